/* Every call that may fail fails once, and for ever from then on, while the verbs of the loop are used: what fails is returned or
 * told, nothing leaks, all can be closed, and it ends. What both sides say has ended in order was heard whole. */
#include "talker.h"

#include "net/datagram.h"

#define WITHIN_MS  40            /* who is not answered does not wait for ever */
#define MUCH       (DX_LIMIT_STREAM_QUEUE_BYTES / 4 * 3)
#define FEW_PIECES ((size_t)5 * DX_LIMIT_PIECE_BYTES)

static const uint8_t much[MUCH];

static int say(talker *t, int r)
{
	if (r < 0) {
		t->why.code = r;
		dx_stream_close(t->stream);
	}
	return r;
}

static void ask_and_finish(talker *t)
{
	if (say(t, dx_stream_send_now(t->stream, text("question"))) == 0)
		(void)say(t, dx_stream_send(t->stream, dx_slice_of(much, sizeof much)));
	dx_stream_finish(t->stream);
}

static void answer(talker *t)
{
	t->at[AT_DATA] = NULL;
	dx_stream_pause(t->stream);
	(void)say(t, dx_stream_send(t->stream, text("answer")));
	(void)dx_stream_unacknowledged(t->stream);
	dx_stream_resume(t->stream);
}

static void leave_soon(talker *t)
{
	dx_stream_leave(t->stream, WITHIN_MS);
}

static bool ended_in_order(const talker *t)
{
	return strstr(t->told, "closed ") != NULL && t->why.code == 0;
}

static void close_talker(talker *t)
{
	if (t->listener != NULL)
		dx_listener_close(t->listener);
	if (t->stream != NULL)
		dx_stream_close(t->stream);
}

/* Whoever was there was told that it is closed, once. */
static void check_told(const talker *t, bool was_there)
{
	const char *closed = strstr(t->told, "closed");

	assert_null(t->stream);
	assert_true((closed != NULL) == was_there);
	assert_true(closed == NULL || strstr(closed + 1, "closed") == NULL);
}

/* Turns until it is over, or the time is; without a timer for that it is not tried. */
static void run_within(void)
{
	dx_timer limit;

	dx_timer_init(&limit, stop_loop, NULL);
	if (dx_timer_start(loop, &limit, WITHIN_MS * DX_NS_PER_MS) == 0)
		(void)dx_loop_run(loop);
	dx_timer_stop(loop, &limit);
}

static void stop_when_closed(talker *t)
{
	if (t->other->stream == NULL)
		dx_loop_stop(loop);
}

/* Streams. `host`: what the client calls the place; NULL: what the listener says. */
static void talk_at(const char *endpoint, const char *host, void (*end)(talker *t))
{
	talker server = { .at = { [AT_DATA] = answer, [AT_END] = end, [AT_CLOSED] = stop_when_closed } };
	talker client = { .at = { [AT_OPEN] = ask_and_finish, [AT_CLOSED] = stop_when_closed } };
	char at[DX_ENDPOINT_TEXT];
	dx_error why = { .code = 0 };
	bool opened = false;

	server.other = &client;
	client.other = &server;
	if (dx_listen(loop, endpoint, &talk, &server, &server.listener, &why) == 0) {
		(void)endpoint_of(server.listener, at);
		if (host != NULL)
			(void)snprintf(at, sizeof at, "tcp://%s:%u", host, dx_addr_port(dx_listener_address(server.listener)));
		opened = dx_stream_open(loop, at, WITHIN_MS, &talk, &client, &client.stream, &why) == 0;
	}
	if (opened)
		run_within();
	else
		assert_true(why.code < 0);
	if (ended_in_order(&server) && ended_in_order(&client)) {
		assert_int_equal(server.heard_bytes, strlen("question") + MUCH);
		assert_string_equal(client.heard, "answer");
	}
	close_talker(&client);
	close_talker(&server);
	dx_loop_settle(loop);
	check_told(&client, opened);
	check_told(&server, server.told[0] != 0);
}

static void talk_over_tcp(void)
{
	talk_at("tcp://127.0.0.1:0,sndbuf=100000", NULL, finish);
}

static void talk_over_tcp6(void)
{
	talk_at("tcp://[::1]:0", NULL, leave_soon);
}

static void talk_over_unix(void)
{
	char path[DX_ENDPOINT_TEXT];

	talk_at(unix_endpoint("unix", path), NULL, finish);
	(void)unlink(path + strlen("unix:"));           /* to look at it is one of the calls that fail */
}

static void talk_by_name(void)
{
	talk_at("tcp://localhost:0", "localhost", finish);
}

/* Datagrams */

typedef struct counter {
	dx_datagram *socket;
	bool asks;                      /* and is content with an answer */
	int heard, closed;
} counter;

static void count_heard(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	counter *c = ctx;

	(void)info;
	if (c->asks)
		dx_loop_stop(loop);
	else if (c->heard++ == 0)
		(void)dx_datagram_answer(d, info->to, from, in);
}

static void check_error(dx_datagram *d, const dx_error *why, void *ctx)
{
	(void)d;
	(void)ctx;
	assert_true(why->code < 0);
}

static void count_closed(dx_datagram *d, const dx_error *why, void *ctx)
{
	counter *c = ctx;

	(void)d;
	(void)why;
	c->closed++;
	c->socket = NULL;
}

static void close_counter(counter *c, bool opened)
{
	if (c->socket != NULL)
		dx_datagram_close(c->socket);
	dx_loop_settle(loop);
	assert_int_equal(c->closed, opened);
}

static void send_datagrams(const char *endpoint, const dx_addr *at)
{
	static const dx_datagram_events events = { count_heard, check_error, NULL, count_closed };
	counter bound = { .socket = NULL }, connected = { .asks = true };
	bool is_bound, is_connected = false;
	dx_endpoint e;
	dx_error why;

	if (dx_endpoint_parse(endpoint, &e, NULL) < 0)
		return;
	is_bound = dx_datagram_bind_at(loop, &e, at, &events, &bound, &bound.socket, &why) == 0;
	if (is_bound)
		is_connected = dx_datagram_connect_to(loop, &e, dx_datagram_address(bound.socket), &events, &connected,
						   &connected.socket, &why) == 0;
	assert_true(is_connected || why.code < 0);
	if (is_connected) {
		dx_datagram_pause(bound.socket);
		for (int i = 0; i < 20; i++)
			(void)(i % 2 == 0 ? dx_datagram_answer : dx_datagram_send_from)(connected.socket, NULL, NULL, text("x"));
		dx_datagram_resume(bound.socket);
		run_within();
	}
	close_counter(&bound, is_bound);
	close_counter(&connected, is_connected);
	dx_endpoint_fini(&e);
}

static void talk_in_datagrams(void)
{
	dx_addr at;

	if (dx_addr_parse("127.0.0.1:0", &at) == 0)
		send_datagrams("udp://127.0.0.1:0", &at);
	if (dx_addr_parse("unix:@duplex torture", &at) == 0)
		send_datagrams("unix-dgram:@duplex torture", &at);
}

/* Pipes and signals */

static void stop_on_inlet(dx_inlet *i, int code, void *ctx)
{
	(void)i, (void)ctx;
	assert_true(code < 0);
	dx_loop_stop(loop);
}

static void stop_on_outlet(dx_outlet *o, int code, void *ctx)
{
	(void)o;
	stop_on_inlet(NULL, code, ctx);
}

static void count_bytes(dx_inlet *i, dx_slice in, void *ctx)
{
	size_t *left = ctx;

	(void)i;
	*left -= in.len;
	if (*left == 0)
		dx_loop_stop(loop);
}

static void talk_through_a_pipe(void)
{
	static const dx_inlet_events inlet_events = { .data = count_bytes, .error = stop_on_inlet };
	static const dx_outlet_events outlet_events = { .error = stop_on_outlet };
	size_t left = FEW_PIECES;
	dx_inlet *i = NULL;
	dx_outlet *o = NULL;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	if (dx_inlet_new(loop, fds[0], &inlet_events, &left, &i) == 0 &&
	    dx_outlet_new(loop, fds[1], &outlet_events, &left, &o) == 0 &&
	    dx_outlet_write(o, dx_slice_of(much, FEW_PIECES), true) == 0) {
		dx_inlet_resume(i);
		run_within();
		(void)dx_outlet_drain(o, 0);
	}
	dx_inlet_free(i);
	dx_outlet_free(o);
	close(fds[0]);
	close(fds[1]);
}

static void stop_on_signal(int number, void *ctx)
{
	(void)number;
	(void)ctx;
	dx_loop_stop(loop);
}

static void hear_a_signal(void)
{
	if (dx_loop_signal(loop, SIGUSR1, stop_on_signal, NULL) == 0) {
		raise(SIGUSR1);
		run_within();
	}
}

/* All that fail */

static void check_torture(void (*conversation)(void), bool for_ever)
{
	sigset_t none;

	sigemptyset(&none);
	for (size_t n = 1; dx_fault_arm(n, for_ever); n++) {
		if (dx_loop_new(&loop) == 0) {
			conversation();
			dx_loop_free(loop);
		}
		wait_for_descriptors(at_start);
		pthread_sigmask(SIG_SETMASK, &none, NULL);      /* to set them back is one of the calls that fail */
		signal(SIGUSR1, SIG_DFL);
	}
}

static void torture(void (*conversation)(void))
{
	(void)alarm(PATIENCE_S);
	at_start = open_descriptors();
	check_torture(conversation, false);
	check_torture(conversation, true);
	dx_fault_clear();
}

static void test_N1_over_tcp(void **state)
{
	(void)state;
	torture(talk_over_tcp);
}

static void test_N1_over_tcp6(void **state)
{
	(void)state;
	torture(talk_over_tcp6);
}

static void test_N1_over_unix(void **state)
{
	(void)state;
	torture(talk_over_unix);
}

static void test_N1_by_name(void **state)
{
	(void)state;
	torture(talk_by_name);
}

static void test_N1_in_datagrams(void **state)
{
	(void)state;
	torture(talk_in_datagrams);
}

static void test_N1_through_a_pipe(void **state)
{
	(void)state;
	torture(talk_through_a_pipe);
}

static void test_N1_with_a_signal(void **state)
{
	(void)state;
	torture(hear_a_signal);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_N1_over_tcp),
		cmocka_unit_test(test_N1_over_tcp6),
		cmocka_unit_test(test_N1_over_unix),
		cmocka_unit_test(test_N1_by_name),
		cmocka_unit_test(test_N1_in_datagrams),
		cmocka_unit_test(test_N1_through_a_pipe),
		cmocka_unit_test(test_N1_with_a_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
