/* Streams and listeners: each sentence of stream.h. */
#include "../codec/mistake.h"
#include "net/stream.h"
#include "talker.h"

#include <sys/un.h>

#define TCP  "tcp://127.0.0.1:0"
#define TINY "tcp://127.0.0.1:0,sndbuf=4096,rcvbuf=4096"

static const char *const everywhere[] = { TCP, "tcp://[::1]:0", "unix:@duplex stream test", "unix" };

/* The last of them is a path. */
static const char *endpoint_at(size_t i, char into[DX_ENDPOINT_TEXT])
{
	return i < COUNT(everywhere) - 1 ? everywhere[i] : unix_endpoint(everywhere[i], into);
}

static void stop_talking(talker *t)
{
	(void)t;
	dx_loop_stop(loop);
}

static void check_heard(const talker *t, const char *wanted)
{
	assert_string_equal(t->heard, wanted);
	assert_int_equal(t->heard_bytes, strlen(wanted));
}

/* As much as the queue takes. */
static void fill(talker *t)
{
	static const uint8_t bytes[DX_LIMIT_STREAM_QUEUE_BYTES];

	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(bytes, sizeof bytes - dx_stream_queued(t->stream))), 0);
}

/* Runs until it has been told this. */
static void run_until(const talker *t, const char *told)
{
	int64_t end = now_ms() + LONG_MS;

	while (strcmp(t->told, told) != 0 && now_ms() < end)
		run_for(1);
	assert_string_equal(t->told, told);
}

static void end_both(talker *a, talker *b)
{
	if (a->stream != NULL)
		dx_stream_close(a->stream);
	if (b->stream != NULL)
		dx_stream_close(b->stream);
	dx_loop_settle(loop);
}

/* Conversations */

static void answer(talker *t)
{
	assert_int_equal(dx_stream_send(t->stream, text("and to you")), 0);
}

static void test_a_conversation_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(everywhere); i++) {
		talker server = { .at = { [AT_DATA] = answer, [AT_END] = finish } };
		talker client = { .at = { [AT_OPEN] = say_hello, [AT_DATA] = finish } };
		char path[DX_ENDPOINT_TEXT];

		converse(endpoint_at(i, path), &server, &client);
		assert_string_equal(server.told, "open data end closed ");
		assert_string_equal(client.told, "open data end closed ");
		check_heard(&server, "hello");
		check_heard(&client, "and to you");
	}
}

static void test_events_may_be_absent(void **state)
{
	static const dx_stream_events none = { NULL };
	talker client = { .at[AT_OPEN] = say_hello_and_finish };
	dx_listener *l = listen_at(TCP, &none, NULL);
	char at[DX_ENDPOINT_TEXT];
	dx_stream *s;

	(void)state;
	open_at(endpoint_of(l, at), &client);
	assert_int_equal(dx_stream_open(loop, at, -1, NULL, NULL, &s, NULL), 0);
	dx_stream_finish(s);
	assert_int_equal(dx_stream_open(loop, "unix:/no/such/path", -1, NULL, NULL, NULL, NULL), 0);
	client.at[AT_CLOSED] = stop_talking;
	dx_stream_close(NULL);
	dx_listener_close(NULL);
	run_loop();
	assert_string_equal(client.told, "open end closed ");   /* without `.end` the other finished by itself */
	dx_listener_close(l);
	run_loop();
}

static void test_an_inherited_socket_that_listens_goes_on_listening(void **state)
{
	static const dx_stream_events none = { NULL };
	talker client = { .at[AT_OPEN] = say_hello_and_finish, .at[AT_CLOSED] = stop_talking };
	char endpoint[DX_ENDPOINT_TEXT];
	dx_socket server, other;
	dx_listener *l;

	(void)state;
	assert_int_equal(dx_create_server("127.0.0.1", 0, NULL, &server, NULL), 0);
	(void)snprintf(endpoint, sizeof endpoint, "fd://%d", server.fd);
	l = listen_at(endpoint, &none, NULL);
	open_at(endpoint_of(l, endpoint), &client);
	run_loop();
	assert_string_equal(client.told, "open end closed ");
	dx_listener_close(l);
	run_loop();
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &other), 0);
	(void)snprintf(endpoint, sizeof endpoint, "fd://%d", other.fd);
	assert_int_equal(dx_listen(loop, endpoint, &none, NULL, &l, NULL), -EINVAL);
	assert_int_equal(dx_socket_close(&other), 0);
	assert_int_equal(dx_create_server("127.0.0.1", 0, NULL, &other, NULL), 0);
	(void)snprintf(endpoint, sizeof endpoint, "fd://%d", other.fd);
	dx_fault_clear();
	assert_int_equal(dx_fault_set("epoll_ctl=1"), 0);
	assert_int_equal(dx_listen(loop, endpoint, &none, NULL, &l, NULL), -ENOMEM);
	dx_fault_clear();
	run_loop();
	assert_int_equal(dx_socket_close(&other), 0);           /* it is still ours */
}

/* Handles */

static void *taken_for_another;

static void send_to_nobody(void)
{
	(void)dx_stream_send(NULL, text("x"));
}

static void send_to_a_listener(void)
{
	(void)dx_stream_send(taken_for_another, text("x"));
}

static void close_a_listener_as_a_stream(void)
{
	dx_stream_close(taken_for_another);
}

static void send_a_datagram_by_a_listener(void)
{
	(void)dx_datagram_send(taken_for_another, NULL, text("x"));
}

static void leave_nobody(void)
{
	dx_stream_leave(NULL, 0);
}

static void *say_something(void *stream)
{
	(void)dx_stream_send(stream, text("x"));
	return NULL;
}

static void let_a_thread_send(void *stream)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, say_something, stream) == 0)
		(void)pthread_join(thread, NULL);
	dx_loop_stop(loop);
}

static void send_from_another_thread(void)
{
	dx_stream *s;

	(void)dx_loop_new(&loop);
	if (dx_stream_open(loop, "tcp://127.0.0.1:1", -1, NULL, NULL, &s, NULL) == 0)
		(void)dx_loop_post(loop, let_a_thread_send, s);
	(void)dx_loop_run(loop);
}

static void test_N2_mistakes_end_with_a_sentence(void **state)
{
	static const struct mistake mistakes[] = {
		{ "sent to nobody", send_to_nobody },
		{ "sent to a listener", send_to_a_listener },
		{ "a listener closed as a stream", close_a_listener_as_a_stream },
		{ "a listener is no datagram socket", send_a_datagram_by_a_listener },
		{ "nobody left", leave_nobody },
		{ "sent from another thread", send_from_another_thread },
	};
	static const dx_stream_events none = { NULL };
	dx_listener *l = listen_at(TCP, &none, NULL);

	(void)state;
	taken_for_another = l;
	check_mistakes(mistakes, COUNT(mistakes));
	dx_listener_close(l);
	run_loop();
}

/* Each direction ends alone. */

static void check_finished(talker *t)
{
	dx_stream_finish(t->stream);
	assert_true(dx_stream_finished(t->stream));
	assert_int_equal(dx_stream_send(t->stream, text("x")), -EPIPE);
	assert_int_equal(dx_stream_send_now(t->stream, text("x")), -EPIPE);
	dx_stream_finish(t->stream);
}

static void say_hello_and_check_finished(talker *t)
{
	assert_false(dx_stream_finished(t->stream));
	say_hello(t);
	check_finished(t);
}

static void answer_and_finish(talker *t)
{
	answer(t);
	finish(t);
}

static void test_the_client_finishes_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(everywhere); i++) {
		talker server = { .at[AT_END] = answer_and_finish }, client = { .at[AT_OPEN] = say_hello_and_check_finished };
		char path[DX_ENDPOINT_TEXT];

		converse(endpoint_at(i, path), &server, &client);
		assert_string_equal(server.told, "open data end closed ");
		assert_string_equal(client.told, "open data end closed ");
		check_heard(&client, "and to you");
	}
}

static void test_the_server_finishes_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(everywhere); i++) {
		talker server = { .at[AT_OPEN] = say_hello_and_check_finished }, client = { .at[AT_END] = answer_and_finish };
		char path[DX_ENDPOINT_TEXT];

		converse(endpoint_at(i, path), &server, &client);
		assert_string_equal(server.told, "open data end closed ");
		check_heard(&server, "and to you");
	}
}

/* The peer is told once the queue is empty, not before. */
static void fill_and_finish(talker *t)
{
	fill(t);
	finish(t);
}

static void test_finished_behind_a_full_queue(void **state)
{
	talker server = { .at[AT_OPEN] = fill_and_finish }, client = { .at[AT_END] = finish };

	(void)state;
	converse(TINY, &server, &client);
	assert_int_equal(client.heard_bytes, DX_LIMIT_STREAM_QUEUE_BYTES);
	assert_string_equal(server.told, "open room end closed ");
	assert_string_equal(client.told, "open data end closed ");
}

/* Sending */

static void send_pieces(talker *t)
{
	char piece[] = "one ";

	assert_int_equal(dx_stream_send(t->stream, text(piece)), 0);
	memset(piece, 'x', 4);
	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(NULL, 0)), 0);
	assert_int_equal(dx_stream_send_now(t->stream, text("two ")), 0);       /* not before what is queued */
	assert_int_equal(dx_stream_send(t->stream, text("three")), 0);
	assert_int_equal(dx_stream_queued(t->stream), 13);
	assert_true(dx_stream_unacknowledged(t->stream) >= 13);
	finish(t);
}

static void test_what_is_sent_is_copied_and_kept_in_order(void **state)
{
	talker server = { .at[AT_OPEN] = send_pieces }, client = { .at[AT_END] = finish };

	(void)state;
	converse(TCP, &server, &client);
	check_heard(&client, "one two three");
}

/* What is queued is written at the end of the turn; a timer of 0 looks in the next one. */
static dx_timer next_turn;

static void look_at_the_queue(void *ctx)
{
	talker *t = ctx;

	assert_int_equal(dx_stream_queued(t->stream), 0);
	assert_true(dx_stream_took_ns(t->stream) > 0);
	assert_true(dx_stream_took_ns(t->stream) < dx_loop_now_ns(loop));
	finish(t);
}

static void say_and_look(talker *t)
{
	assert_int_equal(dx_stream_took_ns(t->stream), dx_loop_now_ns(loop));   /* when it was connected */
	say_hello(t);
	assert_int_equal(dx_stream_queued(t->stream), 5);
	happen_after(&next_turn, 0, look_at_the_queue, t);
}

static void test_written_at_the_end_of_the_turn(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_and_look };

	(void)state;
	converse(TCP, &server, &client);
	assert_string_equal(server.told, "open data end closed ");
}

static void say_now(talker *t)
{
	assert_int_equal(dx_stream_send_now(t->stream, text("hello")), 0);
	assert_int_equal(dx_stream_queued(t->stream), 0);
	finish(t);
}

static void test_sent_now(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_now };

	(void)state;
	converse(TCP, &server, &client);
	check_heard(&server, "hello");
}

static void say_now_in_vain(talker *t)
{
	arm("send=1+:ECONNRESET");
	assert_int_equal(dx_stream_send_now(t->stream, text("hello")), 0);
	assert_string_equal(t->told, "open ");
}

static void test_a_write_that_fails_at_once_is_told_by_closed(void **state)
{
	talker server = { .at[AT_OPEN] = finish }, client = { .at[AT_OPEN] = say_now_in_vain };

	(void)state;
	meet(TCP, &server, &client);
	client.at[AT_CLOSED] = stop_talking;
	run_loop();
	assert_string_equal(client.told, "open closed:ECONNRESET ");
	end_both(&server, &client);
}

/* Full queues */

static void check_ceiling(talker *t)
{
	static const uint8_t more[DX_LIMIT_STREAM_QUEUE_BYTES + 1];

	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(more, sizeof more)), -ENOBUFS);
	assert_int_equal(dx_stream_queued(t->stream), 0);
	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(more, DX_LIMIT_STREAM_FULL_BYTES)), 0);
	assert_true(dx_stream_has_room(t->stream));
	assert_int_equal(dx_stream_send(t->stream, text("x")), 0);
	assert_false(dx_stream_has_room(t->stream));
	fill(t);
	assert_int_equal(dx_stream_send(t->stream, text("x")), -ENOBUFS);
	assert_int_equal(dx_stream_send_now(t->stream, text("x")), -ENOBUFS);
	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(more, SIZE_MAX)), -ENOBUFS);
	assert_int_equal(dx_stream_queued(t->stream), DX_LIMIT_STREAM_QUEUE_BYTES);
}

static void pause_it(talker *t)
{
	dx_stream_pause(t->stream);
}

/* Nothing past the ceiling, and room once. */
static void test_a_full_queue_and_room(void **state)
{
	talker server = { .at = { [AT_OPEN] = check_ceiling, [AT_ROOM] = finish } };
	talker client = { .at = { [AT_OPEN] = pause_it, [AT_END] = finish } };

	(void)state;
	meet(TINY, &server, &client);
	run_until(&server, "open ");
	run_until(&client, "open ");
	run_for(20);
	assert_string_equal(server.told, "open ");
	assert_string_equal(client.told, "open ");
	assert_false(dx_stream_has_room(server.stream));
	assert_true(dx_stream_queued(server.stream) > DX_LIMIT_STREAM_DEAF_BYTES);
	assert_in_range(dx_stream_unacknowledged(server.stream), dx_stream_queued(server.stream) + 1, DX_LIMIT_STREAM_QUEUE_BYTES);
	dx_stream_resume(client.stream);
	run_loop();
	assert_string_equal(server.told, "open room end closed ");
	assert_int_equal(client.heard_bytes, DX_LIMIT_STREAM_QUEUE_BYTES);
}

/* A message that is said whole may be longer than the ceiling, and he who says it is read meanwhile; answers have a ceiling of
 * their own behind it. */
static const uint8_t long_message[3 * DX_LIMIT_STREAM_QUEUE_BYTES];

static void say_it_whole(talker *t)
{
	static const dx_slice most = { long_message, DX_LIMIT_STREAM_QUEUE_BYTES };

	assert_int_equal(dx_stream_send_whole(t->stream, dx_slice_of(long_message, sizeof long_message)), 0);
	assert_int_equal(dx_stream_queued(t->stream), sizeof long_message);
	assert_false(dx_stream_is_deaf(t->stream));
	assert_false(dx_stream_has_room(t->stream));
	assert_int_equal(dx_stream_send_whole(t->stream, dx_slice_of(long_message, sizeof long_message)), -ENOBUFS);
	assert_int_equal(dx_stream_send(t->stream, most), 0);
	assert_true(dx_stream_is_deaf(t->stream));
	assert_int_equal(dx_stream_send(t->stream, text("x")), -ENOBUFS);
}

static void test_said_whole(void **state)
{
	talker server = { .at = { [AT_OPEN] = say_it_whole, [AT_ROOM] = finish } };
	talker client = { .at = { [AT_OPEN] = pause_it, [AT_END] = finish } };

	(void)state;
	meet(TINY, &server, &client);
	run_until(&server, "open ");
	run_until(&client, "open ");
	dx_stream_resume(client.stream);
	run_loop();
	assert_string_equal(server.told, "open room end closed ");
	assert_int_equal(client.heard_bytes, sizeof long_message + DX_LIMIT_STREAM_QUEUE_BYTES);
}

static void say_it_and_finish(talker *t)
{
	assert_int_equal(dx_stream_send_whole(t->stream, dx_slice_of(long_message, sizeof long_message)), 0);
	dx_stream_finish(t->stream);
}

static void test_D12_long_messages_both_ways(void **state)
{
	talker server = { .at[AT_OPEN] = say_it_and_finish }, client = { .at[AT_OPEN] = say_it_and_finish };

	(void)state;
	converse(TINY, &server, &client);
	assert_int_equal(server.heard_bytes, sizeof long_message);
	assert_int_equal(client.heard_bytes, sizeof long_message);
	assert_int_equal(server.why.code, 0);
	assert_int_equal(client.why.code, 0);
}

/* Whose queue is this long is not read: it could only answer more. */
static void test_not_read_while_much_is_queued(void **state)
{
	talker server = { .at[AT_OPEN] = fill }, client = { .at[AT_OPEN] = pause_it };

	(void)state;
	meet(TINY, &server, &client);
	run_until(&server, "open ");
	run_until(&client, "open ");
	say_hello(&client);
	run_for(20);
	assert_string_equal(server.told, "open ");
	dx_stream_resume(client.stream);
	server.at[AT_DATA] = finish;
	client.at[AT_END] = finish;
	run_loop();
	assert_string_equal(server.told, "open data room end closed ");
}

/* Reading */

static void test_no_data_while_paused(void **state)
{
	talker server = { .at[AT_OPEN] = fill }, client = { .at[AT_DATA] = pause_it };
	size_t heard;

	(void)state;
	meet(TCP, &server, &client);
	run_until(&client, "open data ");
	heard = client.heard_bytes;
	assert_in_range(heard, 1, DX_LIMIT_READ_BYTES);         /* one read, and not the rest of its share */
	run_for(20);
	assert_int_equal(client.heard_bytes, heard);
	client.at[AT_DATA] = NULL;
	client.at[AT_END] = finish;
	dx_stream_resume(client.stream);
	dx_stream_finish(server.stream);
	run_loop();
	assert_string_equal(client.told, "open data end closed ");
}

static void test_paused_before_it_is_open(void **state)
{
	talker server = { .at[AT_OPEN] = say_hello_and_finish }, client = { .at[AT_END] = finish };

	(void)state;
	meet(TCP, &server, &client);
	dx_stream_pause(client.stream);
	run_until(&client, "open ");
	run_for(20);
	assert_string_equal(client.told, "open ");
	dx_stream_resume(client.stream);
	run_loop();
	assert_string_equal(client.told, "open data end closed ");
}

static void pause_and_ask(talker *t)
{
	dx_stream_pause(t->stream);
	say_hello(t);
	t->at[AT_DATA] = NULL;
}

static void break_writing(talker *t)
{
	arm("send=1:EPIPE");
	fill(t);
	assert_int_equal(dx_stream_queued(t->stream), DX_LIMIT_STREAM_QUEUE_BYTES);
}

/* What came before a write end broke is read before the error is told, and not while it is paused. */
static void test_paused_while_the_write_end_breaks(void **state)
{
	talker server = { .at[AT_DATA] = pause_and_ask }, client = { .at = { say_hello, say_hello_and_finish } };

	(void)state;
	meet(TCP, &server, &client);
	run_until(&client, "open data ");
	break_writing(&server);
	run_until(&server, "open data room ");
	run_for(20);
	assert_string_equal(server.told, "open data room ");
	assert_int_equal(dx_stream_send(server.stream, text("x")), -EPIPE);
	assert_int_equal(dx_stream_queued(server.stream), 0);
	assert_true(dx_stream_unacknowledged(server.stream) >= DX_LIMIT_STREAM_QUEUE_BYTES);    /* what was lost */
	dx_stream_resume(server.stream);
	run_loop();
	assert_string_equal(server.told, "open data room data closed:EPIPE ");
	check_heard(&server, "hellohello");
	assert_string_equal(server.why.operation, "send");
	end_both(&server, &client);
}

/* Asking it */

static talker *second_context;

static void check_what_it_knows(talker *t)
{
	char at[DX_ADDR_TEXT], port[DX_ADDR_TEXT];

	assert_ptr_equal(dx_stream_loop(t->stream), loop);
	assert_string_equal(dx_addr_print_host(dx_stream_peer(t->stream), at), "127.0.0.1");
	assert_string_not_equal(dx_addr_print(dx_stream_peer(t->stream), port), "127.0.0.1:0");
	second_context->stream = t->stream;
	dx_stream_set_context(t->stream, second_context);
}

static void test_what_a_stream_knows(void **state)
{
	talker server = { .at[AT_OPEN] = check_what_it_knows }, client = { .at[AT_OPEN] = say_hello_and_finish };
	talker second = { .at[AT_END] = finish };

	(void)state;
	second_context = &second;
	converse(TCP, &server, &client);
	assert_string_equal(server.told, "open ");
	assert_string_equal(second.told, "data end closed ");
}

static void test_the_peer_is_the_listener(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(everywhere); i++) {
		talker server = { .at[AT_OPEN] = finish }, client = { .at[AT_OPEN] = stop_talking };
		char path[DX_ENDPOINT_TEXT];
		dx_addr at;

		meet(endpoint_at(i, path), &server, &client);
		at = *dx_listener_address(server.listener);
		run_loop();
		assert_true(dx_addr_equal(dx_stream_peer(client.stream), &at));
		dx_stream_finish(client.stream);
		run_loop();
	}
}

/* Ending */

static void say_and_close(talker *t)
{
	say_hello(t);
	dx_stream_close(t->stream);
}

static void test_what_is_queued_is_lost_with_a_close(void **state)
{
	talker server = { .at[AT_OPEN] = say_and_close }, client = { .at[AT_END] = finish };

	(void)state;
	converse(TCP, &server, &client);
	assert_string_equal(server.told, "open closed ");
	assert_string_equal(client.told, "open end closed ");
}

/* Unread input lies in the socket: closing over it would destroy the last words. */
static void say_last_words(talker *t)
{
	assert_int_equal(dx_stream_send(t->stream, text("last words")), 0);
	leave(t);
	assert_true(dx_stream_finished(t->stream));
	leave(t);
}

static void test_D13_leaving_over_unread_input(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(everywhere); i++) {
		talker server = { .at[AT_DATA] = say_last_words }, client = { .at = { [AT_OPEN] = fill, [AT_END] = finish } };
		char path[DX_ENDPOINT_TEXT];

		converse(endpoint_at(i, path), &server, &client);
		check_heard(&client, "last words");
		assert_string_equal(server.told, "open data closed ");
		assert_true(server.heard_bytes <= DX_LIMIT_READ_BYTES);
		assert_int_equal(client.why.code, 0);
	}
}

/* The peer does not finish: all the same it is over. */
static void test_leaving_one_who_stays(void **state)
{
	talker server = { .at[AT_OPEN] = say_last_words }, client = { .told = "" };

	(void)state;
	converse(TCP, &server, &client);
	assert_string_equal(server.told, "open closed ");
	assert_string_equal(client.told, "open data end ");
	end_both(&server, &client);
}

static void fill_and_leave_soon(talker *t)
{
	fill(t);
	dx_stream_leave(t->stream, 20);
}

static void test_leaving_one_who_takes_nothing(void **state)
{
	talker server = { .at[AT_OPEN] = fill_and_leave_soon }, client = { .at[AT_OPEN] = pause_it };

	(void)state;
	meet(TINY, &server, &client);
	server.at[AT_CLOSED] = stop_talking;
	run_loop();
	assert_string_equal(server.told, "open closed:ECUT ");
	end_both(&server, &client);
}

static void say_and_leave_for_ever(talker *t)
{
	say_hello(t);
	dx_stream_leave(t->stream, -1);
}

static void test_leaving_within_any_time(void **state)
{
	talker server = { .at[AT_OPEN] = say_and_leave_for_ever }, client = { .at[AT_END] = finish };

	(void)state;
	converse(TCP, &server, &client);
	assert_string_equal(client.told, "open data end closed ");
	assert_string_equal(server.told, "open closed ");
}

/* Each way to end, in each callback; `closed` is told once, last, and not before the call returns. */

static void close_twice(talker *t)
{
	dx_stream_close(t->stream);
	dx_stream_close(t->stream);
	assert_int_equal(dx_stream_send(t->stream, text("x")), -EPIPE);
	assert_int_equal(dx_stream_send_now(t->stream, text("x")), -EPIPE);
	assert_true(dx_stream_finished(t->stream));
	dx_stream_finish(t->stream);
	dx_stream_leave(t->stream, 0);
	dx_stream_pause(t->stream);
	dx_stream_resume(t->stream);
	assert_true(dx_stream_queued(t->stream) <= DX_LIMIT_STREAM_QUEUE_BYTES);
	assert_true(dx_stream_unacknowledged(t->stream) < SIZE_MAX);
}

static void leave_and_close(talker *t)
{
	leave(t);
	dx_stream_close(t->stream);
}

static void (*way_to_end)(talker *t);

static void end_in_that_way(talker *t)
{
	char told[sizeof t->told];

	memcpy(told, t->told, sizeof told);
	way_to_end(t);
	assert_string_equal(t->told, told);
}

static void fill_first_and_end(talker *t)
{
	fill(t);
	end_in_that_way(t);
}

static void check_closed_once_at_last(const talker *t)
{
	const char *first = strstr(t->told, "closed");

	assert_int_equal(strncmp(t->told, "open ", 5), 0);
	assert_non_null(first);
	assert_null(strstr(first + 1, "closed"));
	assert_null(strchr(strchr(first, ' ') + 1, ' '));
	assert_null(t->stream);
}

static void check_way(const char *endpoint, moment when, void (*way)(talker *t), bool at_once)
{
	static const char *const words[] = { "open", "data", "end", "room", "closed" };
	talker server = { .at = { [AT_OPEN] = fill, [AT_END] = finish } };
	talker client = { .at = { [AT_OPEN] = say_hello_and_finish, [AT_END] = finish } };
	char wanted[32];

	way_to_end = way;
	server.at[when] = when == AT_OPEN ? fill_first_and_end : end_in_that_way;
	converse(endpoint, &server, &client);
	check_closed_once_at_last(&server);
	check_closed_once_at_last(&client);
	(void)snprintf(wanted, sizeof wanted, "%s closed ", words[when]);
	if (at_once && when != AT_CLOSED)
		assert_string_equal(server.told + strlen(server.told) - strlen(wanted), wanted);
}

static void test_N2_each_way_to_end_in_each_callback(void **state)
{
	static const struct {
		void (*way)(talker *t);
		bool at_once;
	} ways[] = { { close_twice, true }, { leave_and_close, true }, { leave, false }, { finish, false } };

	(void)state;
	for (size_t w = 0; w < COUNT(ways); w++) {
		for (moment when = 0; when < MOMENTS; when++) {
			for (size_t i = 0; i < COUNT(everywhere); i += 2)
				check_way(everywhere[i], when, ways[w].way, ways[w].at_once);
		}
	}
}

/* Closed by another's callback while its own bytes are in the same batch of events. */

#define GUESTS 8

static talker *guests;
static int data_events;

static void close_everybody(talker *t)
{
	(void)t;
	data_events++;
	for (int i = 0; i < GUESTS; i++)
		dx_stream_close(guests[i].stream);
}

static void test_N2_closed_in_another_ones_callback(void **state)
{
	talker hosts[GUESTS] = { 0 }, all[GUESTS] = { 0 };

	(void)state;
	guests = all;
	data_events = 0;
	for (int i = 0; i < GUESTS; i++) {
		all[i].at[AT_DATA] = close_everybody;
		hosts[i].at[AT_END] = finish;
		meet(TCP, &hosts[i], &all[i]);
	}
	for (int i = 0; i < GUESTS; i++)
		run_until(&hosts[i], "open ");
	for (int i = 0; i < GUESTS; i++)
		say_hello(&hosts[i]);
	run_loop();
	assert_int_equal(data_events, 1);
	for (int i = 0; i < GUESTS; i++)
		check_closed_once_at_last(&all[i]);
}

static void test_N2_closed_while_connecting(void **state)
{
	static const char *const goals[] = { TCP, "tcp://localhost:1", "unix:@nobody", "tcp://[::1]:1" };
	static void (*const ways[])(talker *) = { leave, close_it, close_twice, leave_and_close };

	(void)state;
	for (size_t i = 0; i < COUNT(goals) * COUNT(ways); i++) {
		talker t = { .told = "" };

		open_at(goals[i % COUNT(goals)], &t);
		if (ways[i / COUNT(goals)] != leave)
			say_hello(&t);
		ways[i / COUNT(goals)](&t);
		assert_string_equal(t.told, "");
		run_loop();
		assert_string_equal(t.told, "closed ");
	}
}

/* Connecting that fails */

static void check_fails(const char *endpoint, const char *told, const char *operation, const char *address)
{
	talker t = { .told = "" };

	open_at(endpoint, &t);
	assert_string_equal(t.told, "");
	run_loop();
	assert_string_equal(t.told, told);
	assert_string_equal(t.why.operation, operation);
	assert_string_equal(t.why.address, address);
}

static void test_N3_why_it_is_not_open(void **state)
{
	dx_listener *l = listen_at(TCP, &talk, NULL);
	char at[DX_ENDPOINT_TEXT];

	(void)state;
	(void)endpoint_of(l, at);
	dx_listener_close(l);
	check_fails(at, "closed:ECONNREFUSED ", "connect", at + strlen("tcp://"));
	check_fails("unix:@nobody", "closed:ECONNREFUSED ", "connect", "unix:@nobody");
	check_fails("unix:/no/such/socket", "closed:ENOENT ", "connect", "unix:/no/such/socket");
	arm("getaddrinfo=1:EAI_NONAME");
	check_fails("tcp://some.host:1", "closed:ENAME ", "resolve", "some.host");
}

/* Full of those who wait: whoever comes now hears neither yes nor no. */
static struct {
	dx_listener *listener;
	dx_socket waiting[2];
	char endpoint[DX_ENDPOINT_TEXT];
} full_place;

static void open_full_place(void)
{
	full_place.listener = listen_at("tcp://127.0.0.1:0,backlog=1", &talk, NULL);
	dx_listener_pause(full_place.listener);
	for (size_t i = 0; i < COUNT(full_place.waiting); i++) {
		dx_socket *s = &full_place.waiting[i];

		assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, s), 0);
		assert_int_equal(dx_socket_connect_addr(s, dx_listener_address(full_place.listener), LONG_MS), 0);
	}
	(void)endpoint_of(full_place.listener, full_place.endpoint);
}

static void close_full_place(void)
{
	for (size_t i = 0; i < COUNT(full_place.waiting); i++)
		assert_int_equal(dx_socket_close(&full_place.waiting[i]), 0);
	dx_listener_close(full_place.listener);
}

static void test_N3_nobody_answers_in_time(void **state)
{
	talker t = { .told = "" };

	(void)state;
	open_full_place();
	assert_int_equal(dx_stream_open(loop, full_place.endpoint, 30, &talk, &t, &t.stream, NULL), 0);
	run_loop();
	assert_string_equal(t.told, "closed:ETIMEDOUT ");
	assert_string_equal(t.why.operation, "connect");
	close_full_place();
}

static void test_leaving_before_it_is_connected(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .told = "" };

	(void)state;
	meet(TCP, &server, &client);
	say_hello(&client);
	leave(&client);
	assert_int_equal(dx_stream_send(client.stream, text("x")), -EPIPE);
	run_loop();
	assert_string_equal(client.told, "open closed ");
	assert_string_equal(server.told, "open data end closed ");
	assert_string_equal(server.heard, "hello");
}

static void test_leaving_before_nobody_answers(void **state)
{
	static const int limits_ms[] = { 0, 20 };
	talker t;

	(void)state;
	open_full_place();
	for (size_t i = 0; i < COUNT(limits_ms); i++) {
		t = (talker){ .told = "" };
		open_at(full_place.endpoint, &t);
		say_hello(&t);
		dx_stream_leave(t.stream, limits_ms[i]);
		run_loop();
		assert_string_equal(t.told, "closed:ECUT ");
	}
	t = (talker){ .told = "" };
	assert_int_equal(dx_stream_open(loop, full_place.endpoint, 30, &talk, &t, &t.stream, NULL), 0);
	say_hello(&t);
	dx_stream_leave(t.stream, -1);
	run_loop();
	assert_string_equal(t.told, "closed:ETIMEDOUT ");
	close_full_place();
}

/* A resolver that answers when we say so. */
static int resolver[2];

static int answer_late(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
	char byte;

	(void)host;
	(void)service;
	(void)hints;
	(void)found;
	(void)!read(resolver[0], &byte, 1);
	return EAI_NONAME;
}

static void test_N3_no_name_in_time(void **state)
{
	talker t = { .told = "" };
	int before = open_descriptors();

	(void)state;
	assert_int_equal(pipe2(resolver, O_CLOEXEC), 0);
	dx_sys_table.getaddrinfo = answer_late;
	assert_int_equal(dx_stream_open(loop, "tcp://some.host:1", 30, &talk, &t, &t.stream, NULL), 0);
	run_loop();
	assert_string_equal(t.told, "closed:ETIMEDOUT ");
	assert_string_equal(t.why.operation, "resolve");
	assert_string_equal(t.why.address, "some.host");
	close(resolver[1]);
	wait_for_descriptors(before + 1);       /* our end of the pipe; the resolver has let go of its own */
	close(resolver[0]);
}

/* What can be known at once is returned, and no event follows. */
static void test_N3_what_makes_no_sense(void **state)
{
	static const char *const rows[] = { "", "udp://127.0.0.1:1", "tcp://127.0.0.1", "nonsense://x", "unix-dgram:@x",
					    "tcp://127.0.0.1:1,bind=nonsense:x", "tcp://127.0.0.1:1,sndbuf=x", NULL };
	talker t = { .told = "" };
	dx_listener *l;
	dx_error why;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		why.code = 0;
		assert_int_equal(dx_stream_open(loop, rows[i], -1, &talk, &t, &t.stream, &why), -EINVAL);
		assert_int_equal(why.code, -EINVAL);
		assert_string_equal(why.address, rows[i] != NULL ? rows[i] : "");
		assert_int_equal(dx_stream_open(loop, rows[i], -1, &talk, &t, &t.stream, NULL), -EINVAL);
		if (rows[i] != NULL && strstr(rows[i], "bind=") != NULL)
			continue;
		assert_int_equal(dx_listen(loop, rows[i], &talk, &t, &l, &why), -EINVAL);
		assert_string_equal(why.address, rows[i] != NULL ? rows[i] : "");
	}
	run_loop();
	assert_string_equal(t.told, "");
}

/* A reset that both directions run into in the same turn. */
static void pause_and_fill(talker *t)
{
	dx_stream_pause(t->stream);
	fill(t);
}

static void test_N3_two_errors_are_one_event(void **state)
{
	talker server = { .at[AT_OPEN] = fill }, client = { .at[AT_OPEN] = pause_and_fill };

	(void)state;
	meet(TINY, &server, &client);
	run_until(&server, "open ");
	run_until(&client, "open ");
	run_for(20);
	server.told[0] = 0;
	dx_stream_close(client.stream);         /* over unread input: a reset */
	run_loop();
	if (strcmp(server.told, "room closed:ECONNRESET ") != 0 && strcmp(server.told, "closed:ECONNRESET ") != 0)
		assert_string_equal(server.told, "room data closed:ECONNRESET ");
	assert_string_equal(client.told, "open closed ");
}

/* What waits in the queue is lost, too, and once. */
#define SOME_BYTES ((size_t)100000)

static void queue_some(talker *t)
{
	static const uint8_t some[SOME_BYTES];

	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(some, sizeof some)), 0);
}

static void check_lost(talker *t)
{
	assert_in_range(dx_stream_unacknowledged(t->stream), SOME_BYTES / 2 + 1, SOME_BYTES);
}

static void test_what_is_queued_at_a_reset_is_lost_once(void **state)
{
	talker server = { .at = { [AT_OPEN] = queue_some, [AT_CLOSED] = check_lost } }, client = { .at[AT_OPEN] = pause_it };

	(void)state;
	meet(TINY, &server, &client);
	run_until(&server, "open ");
	run_until(&client, "open ");
	run_for(20);
	assert_in_range(dx_stream_queued(server.stream), SOME_BYTES / 2 + 1, SOME_BYTES);
	arm("recv=1:ECONNRESET");
	say_hello(&client);
	run_until(&server, "open closed:ECONNRESET ");
	dx_stream_close(client.stream);
	run_loop();
}

/* Without memory for what is to be said of it, an error is an error all the same. */
static void forget_why(talker *t)
{
	say_hello(t);
	finish(t->other);
	arm("send=1+:ECONNRESET recv=1+:ECONNRESET malloc=1+:ENOMEM");
}

static void test_N3_no_memory_for_the_reason(void **state)
{
	talker server = { .at[AT_OPEN] = say_hello }, client = { .at[AT_DATA] = forget_why };

	(void)state;
	converse(TCP, &server, &client);
	assert_string_equal(client.told, "open data closed:ENOMEM ");
	assert_string_equal(client.why.operation, "memory");
}

/* Listeners */

static void check_listen_fails(const char *endpoint, const char *fault, int code, const char *operation)
{
	dx_listener *l;
	dx_error why;

	arm(fault);
	assert_int_equal(dx_listen(loop, endpoint, &talk, NULL, &l, &why), code);
	assert_int_equal(why.code, code);
	assert_string_equal(why.operation, operation);
	dx_loop_settle(loop);
}

/* Neither the closing of what was half open, nor a file that is in the way of it, changes what is told. */
static void test_N3_why_it_does_not_listen(void **state)
{
	dx_listener *tcp = listen_at(TCP, &talk, NULL), *file;
	char at[DX_ENDPOINT_TEXT], path[DX_ENDPOINT_TEXT];

	(void)state;
	check_listen_fails(endpoint_of(tcp, at), "", -EADDRINUSE, "bind");
	check_listen_fails(TCP, "socket=1:EMFILE", -EMFILE, "socket");
	check_listen_fails(TCP, "bind=1:EACCES", -EACCES, "bind");
	check_listen_fails(TCP, "listen=1:EADDRINUSE", -EADDRINUSE, "bind");
	check_listen_fails(TCP, "epoll_ctl=1:ENOSPC", -ENOSPC, "wait");
	check_listen_fails("tcp://127.0.0.1:0,sndbuf=9999", "setsockopt=2:EPERM", -EPERM, "sndbuf");
	check_listen_fails("tcp://some.host:0", "getaddrinfo=1:EAI_FAIL", -DX_ENAMEFAIL, "resolve");
	file = listen_at(unix_endpoint("unix", path), &talk, NULL);
	check_listen_fails(path, "", -DX_EINUSE, "bind");
	check_listen_fails("unix:/", "", -EINVAL, "endpoint");
	check_listen_fails("unix:/dev/null", "", -DX_ENOTSOCK, "bind");
	dx_listener_close(tcp);
	dx_listener_close(file);
	dx_listener_close(file);
}

static void test_a_host_name_is_looked_up_before(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_hello_and_finish };

	(void)state;
	converse("tcp://localhost:0", &server, &client);
	assert_string_equal(server.told, "open data end closed ");
}

static void test_a_listener_paused(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_hello_and_finish };

	(void)state;
	meet(TCP, &server, &client);
	dx_listener_pause(server.listener);
	dx_listener_pause(server.listener);
	run_until(&client, "open ");            /* in the backlog */
	run_for(20);
	assert_string_equal(server.told, "");
	dx_listener_resume(server.listener);
	run_loop();
	assert_string_equal(server.told, "open data end closed ");
}

/* Three wait at the door, and the first lets nobody in behind. */
static void test_N2_a_listener_closed_in_its_callback(void **state)
{
	talker server = { .at[AT_END] = finish }, clients[3] = { 0 };
	int let_in = 0;

	(void)state;
	clients[0].at[AT_OPEN] = clients[1].at[AT_OPEN] = clients[2].at[AT_OPEN] = finish;
	meet(TCP, &server, &clients[0]);
	dx_listener_pause(server.listener);
	for (int i = 1; i < 3; i++) {
		char at[DX_ENDPOINT_TEXT];

		open_at(endpoint_of(server.listener, at), &clients[i]);
	}
	for (int i = 0; i < 3; i++)
		run_until(&clients[i], "open ");
	dx_listener_resume(server.listener);
	run_loop();
	assert_string_equal(server.told, "open end closed ");
	for (int i = 0; i < 3; i++)
		let_in += strcmp(clients[i].told, "open end closed ") == 0;
	assert_int_equal(let_in, 1);
}

static bool is_there(const char *endpoint)
{
	return access(endpoint + strlen("unix:"), F_OK) == 0;
}

static void test_a_listeners_file_goes_with_it(void **state)
{
	char path[DX_ENDPOINT_TEXT];
	dx_listener *l = listen_at(unix_endpoint("unix", path), &talk, NULL), *next;

	(void)state;
	assert_true(is_there(path));
	assert_int_equal(unlink(path + strlen("unix:")), 0);
	next = listen_at(path, &talk, NULL);
	dx_listener_close(l);
	assert_true(is_there(path));            /* it is not ours any more */
	dx_listener_close(next);
	assert_false(is_there(path));
}

/* Nobody has a handle: it lives as long as the loop. */
static void test_a_listener_without_a_handle(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_hello_and_finish };
	char path[DX_ENDPOINT_TEXT];

	(void)state;
	assert_int_equal(dx_listen(loop, unix_endpoint("unix", path), &talk, &server, NULL, NULL), 0);
	assert_int_equal(dx_listen(loop, TCP, &talk, &server, NULL, NULL), 0);
	open_at(path, &client);
	server.at[AT_CLOSED] = stop_talking;
	run_loop();
	run_until(&client, "open end closed ");
	dx_loop_free(loop);
	loop = NULL;
	assert_false(is_there(path));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_conversation_everywhere, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_events_may_be_absent, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_an_inherited_socket_that_listens_goes_on_listening, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_mistakes_end_with_a_sentence, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_the_client_finishes_first, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_the_server_finishes_first, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_finished_behind_a_full_queue, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_what_is_sent_is_copied_and_kept_in_order, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_written_at_the_end_of_the_turn, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_sent_now, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_write_that_fails_at_once_is_told_by_closed, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_full_queue_and_room, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_said_whole, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_D12_long_messages_both_ways, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_not_read_while_much_is_queued, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_no_data_while_paused, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_paused_before_it_is_open, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_paused_while_the_write_end_breaks, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_what_a_stream_knows, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_the_peer_is_the_listener, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_what_is_queued_is_lost_with_a_close, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_D13_leaving_over_unread_input, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_leaving_one_who_stays, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_leaving_one_who_takes_nothing, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_leaving_within_any_time, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_each_way_to_end_in_each_callback, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_closed_in_another_ones_callback, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_closed_while_connecting, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_why_it_is_not_open, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_nobody_answers_in_time, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_leaving_before_it_is_connected, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_leaving_before_nobody_answers, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_no_name_in_time, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_what_makes_no_sense, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_two_errors_are_one_event, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_what_is_queued_at_a_reset_is_lost_once, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_no_memory_for_the_reason, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_why_it_does_not_listen, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_host_name_is_looked_up_before, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_listener_paused, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_a_listener_closed_in_its_callback, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_listeners_file_goes_with_it, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_listener_without_a_handle, make_loop, free_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
