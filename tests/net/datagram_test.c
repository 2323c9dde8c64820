/* Datagram sockets: each sentence of datagram.h. */
#include "talker.h"

#include "net/datagram.h"

#define UDP      "udp://127.0.0.1:0"
#define LARGEST  65507          /* what IPv4 carries */
#define TOO_LONG (DX_LIMIT_DATAGRAM_BYTES + 100)

static const char *const everywhere[] = { UDP, "udp://[::1]:0", "unix-dgram:@duplex datagram test", "unix-dgram" };

/* One socket, which does at each event what the test has told it to. */
typedef enum event { AT_DATAGRAM, AT_ERROR, AT_WAY, AT_SHUT, EVENTS } event;

typedef struct hearer {
	dx_datagram *socket;            /* NULL when it is closed */
	void (*at[EVENTS])(struct hearer *h);
	char told[400];
	char heard[64];                 /* the last one */
	size_t len, count;
	dx_addr from, ours;             /* ours: len 0 where the socket has one address only */
	dx_datagram_info info;
	dx_error why;
} hearer;

static void tell_hearer(hearer *h, event when)
{
	if (h->at[when] != NULL)
		h->at[when](h);
}

static void on_datagram(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	hearer *h = ctx;

	assert_ptr_equal(d, h->socket);
	write_down(h->told, sizeof h->told, "data");
	(void)snprintf(h->heard, sizeof h->heard, "%.*s", (int)(in.len < 60 ? in.len : 60), (const char *)in.data);
	h->len = in.len;
	h->count++;
	h->from = *from;
	h->info = *info;
	h->ours = info->to != NULL ? *info->to : (dx_addr){ .len = 0 };
	h->info.to = NULL;              /* it was borrowed */
	tell_hearer(h, AT_DATAGRAM);
}

static void on_error(dx_datagram *d, const dx_error *why, void *ctx)
{
	hearer *h = ctx;

	(void)d;
	h->why = *why;
	write_down_error(h->told, sizeof h->told, "error", why);
	tell_hearer(h, AT_ERROR);
}

static void on_way(dx_datagram *d, void *ctx)
{
	hearer *h = ctx;

	(void)d;
	write_down(h->told, sizeof h->told, "room");
	tell_hearer(h, AT_WAY);
}

static void on_shut(dx_datagram *d, const dx_error *why, void *ctx)
{
	hearer *h = ctx;

	(void)d;
	if (why != NULL)
		h->why = *why;
	write_down_error(h->told, sizeof h->told, "closed", why);
	tell_hearer(h, AT_SHUT);
	h->socket = NULL;
}

static const dx_datagram_events hears = { on_datagram, on_error, on_way, on_shut };

/* What one may do. */
static void shut(hearer *h)
{
	dx_datagram_close(h->socket);
}

static void answer(hearer *h)
{
	char said[80];

	(void)snprintf(said, sizeof said, "not %s", h->heard);
	assert_int_equal(dx_datagram_send(h->socket, &h->from, text(said)), 0);
}

static void answer_and_shut(hearer *h)
{
	answer(h);
	shut(h);
}

static void stop(hearer *h)
{
	(void)h;
	dx_loop_stop(loop);
}

static void pause_it(hearer *h)
{
	dx_datagram_pause(h->socket);
}

/* Binds at an endpoint. */
static void bind_at(const char *endpoint, hearer *h)
{
	assert_int_equal(dx_datagram_bind(loop, endpoint, &hears, h, &h->socket, NULL), 0);
}

static void bind_there(size_t i, hearer *h)
{
	char path[DX_ENDPOINT_TEXT];

	bind_at(i < COUNT(everywhere) - 1 ? everywhere[i] : unix_endpoint(everywhere[i], path), h);
}

static void connect_to(const dx_addr *to, hearer *h)
{
	char endpoint[DX_ENDPOINT_TEXT];

	(void)dx_endpoint_print(to->sa.sa_family == AF_UNIX ? DX_UNIX_DGRAM : DX_UDP, to, endpoint);
	assert_int_equal(dx_datagram_connect(loop, endpoint, &hears, h, &h->socket, NULL), 0);
}

/* A connected one asks, and a bound one hears it. */
static void meet_there(size_t i, hearer *bound, hearer *connected)
{
	bind_there(i, bound);
	connect_to(dx_datagram_address(bound->socket), connected);
}

static void ask(hearer *h, const char *what)
{
	assert_int_equal(dx_datagram_send(h->socket, NULL, text(what)), 0);
}

static void close_both(hearer *a, hearer *b)
{
	if (a->socket != NULL)
		dx_datagram_close(a->socket);
	if (b->socket != NULL)
		dx_datagram_close(b->socket);
	dx_loop_settle(loop);
}

/* Conversations */

static void test_a_question_and_its_answer_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(everywhere); i++) {
		hearer bound = { .at[AT_DATAGRAM] = answer_and_shut }, connected = { .at[AT_DATAGRAM] = shut };
		dx_addr own;

		meet_there(i, &bound, &connected);
		own = *dx_datagram_address(connected.socket);
		assert_true(dx_addr_equal(dx_datagram_peer(connected.socket), dx_datagram_address(bound.socket)));
		assert_int_equal(dx_datagram_peer(bound.socket)->len, 0);
		ask(&connected, "you?");
		assert_string_equal(bound.told, "");
		run_loop();
		assert_true(dx_addr_equal(&bound.from, &own));
		assert_string_equal(connected.heard, "not you?");
		assert_string_equal(bound.told, "data closed ");
		assert_string_equal(connected.told, "data closed ");
	}
}

static void test_events_may_be_absent(void **state)
{
	static const dx_datagram_events none = { NULL };
	const dx_datagram_events *const absent[] = { &none, NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(absent); i++) {
		hearer connected = { .told = "" };
		dx_datagram *d;

		assert_int_equal(dx_datagram_bind(loop, UDP, absent[i], NULL, &d, NULL), 0);
		connect_to(dx_datagram_address(d), &connected);
		ask(&connected, "anybody?");
		run_for(10);
		dx_datagram_close(d);
		close_both(&connected, &connected);
	}
}

static void test_E1_an_empty_one_is_a_message(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(everywhere); i++) {
		hearer bound = { .len = 7, .at[AT_DATAGRAM] = shut }, connected = { .told = "" };

		meet_there(i, &bound, &connected);
		ask(&connected, "");
		run_for(0);
		while (bound.socket != NULL)
			run_for(1);
		assert_string_equal(bound.told, "data closed ");
		assert_int_equal(bound.len, 0);
		assert_int_equal(bound.info.true_len, 0);
		close_both(&bound, &connected);
	}
}

/* The largest passes whole, one byte more is refused, and nobody hears a part of it. */
static void test_E2_too_long(void **state)
{
	static const uint8_t bytes[LARGEST + 1];
	hearer bound = { .at[AT_DATAGRAM] = stop }, connected = { .told = "" };

	(void)state;
	meet_there(0, &bound, &connected);
	assert_int_equal(dx_datagram_send(connected.socket, NULL, dx_slice_of(bytes, LARGEST + 1)), -EMSGSIZE);
	assert_int_equal(dx_datagram_queued(connected.socket), 0);
	assert_int_equal(dx_datagram_send(connected.socket, NULL, dx_slice_of(bytes, LARGEST)), 0);
	run_loop();
	assert_int_equal(bound.len, LARGEST);
	assert_int_equal(bound.count, 1);
	close_both(&bound, &connected);
}

static void test_E3_truncated(void **state)
{
	static const uint8_t bytes[TOO_LONG];
	hearer bound = { .at[AT_DATAGRAM] = stop }, connected = { .told = "" };

	(void)state;
	meet_there(2, &bound, &connected);
	assert_int_equal(dx_datagram_send(connected.socket, NULL, dx_slice_of(bytes, TOO_LONG)), 0);
	run_loop();
	assert_int_equal(bound.len, DX_LIMIT_DATAGRAM_BYTES);
	assert_int_equal(bound.info.true_len, TOO_LONG);
	close_both(&bound, &connected);
}

static void test_E6_marked_as_automatic(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		hearer bound = { .at[AT_DATAGRAM] = stop }, connected = { .told = "" };

		meet_there(i, &bound, &connected);
		ask(&connected, "by hand");
		run_loop();
		assert_false(bound.info.automatic);
		assert_int_equal(dx_datagram_answer(connected.socket, NULL, NULL, text("by rule")), 0);
		run_loop();
		assert_true(bound.info.automatic);
		assert_false(bound.info.to_group);
		close_both(&bound, &connected);
	}
}

/* Who is connected to one of our addresses hears only what leaves from there; also where it had to wait for the kernel. */
static void answer_from_there(hearer *h)
{
	assert_int_equal(dx_datagram_answer(h->socket, &h->ours, &h->from, text("by rule")), 0);
	assert_int_equal(dx_datagram_send_from(h->socket, &h->ours, &h->from, text("by hand")), 0);
}

static void shut_after_two(hearer *h)
{
	if (h->count == 2)
		dx_datagram_close(h->socket);
}

static void check_is_answered_from(const char *host, const char *wildcard, const char *faults)
{
	hearer bound = { .at[AT_DATAGRAM] = answer_from_there }, connected = { .at = { [AT_DATAGRAM] = shut_after_two, [AT_SHUT] = stop } };
	dx_addr at;

	bind_at(wildcard, &bound);
	assert_int_equal(dx_addr_from_host(host, dx_addr_port(dx_datagram_address(bound.socket)), AF_UNSPEC, &at), 0);
	connect_to(&at, &connected);
	ask(&connected, "you?");
	arm(faults);
	run_loop();
	dx_fault_clear();
	assert_true(dx_addr_equal(&bound.ours, &at));
	assert_int_equal(connected.ours.len, 0);
	assert_string_equal(connected.told, "data closed ");
	assert_string_equal(connected.heard, "by hand");
	assert_false(connected.info.automatic);
	dx_datagram_close(bound.socket);
	dx_loop_settle(loop);
}

static void test_E11_the_answer_leaves_from_where_it_was_asked(void **state)
{
	static const struct {
		const char *host, *wildcard;
	} rows[] = { { "127.0.0.1", "udp://:0" },  { "127.0.0.2", "udp://:0" }, { "127.9.8.7", "udp4://:0" }, { "::1", "udp://:0" },
		     { "::1", "udp6://[::]:0" } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check_is_answered_from(rows[i].host, rows[i].wildcard, "");
		check_is_answered_from(rows[i].host, rows[i].wildcard, "sendmsg=1:EAGAIN");
	}
}

/* Whoever is connected hears one, and nobody else. */
static void test_a_stranger_is_not_heard(void **state)
{
	hearer bound = { .told = "" }, connected = { .at[AT_DATAGRAM] = stop }, stranger = { .told = "" };

	(void)state;
	meet_there(0, &bound, &connected);
	bind_at(UDP, &stranger);
	assert_int_equal(
		dx_datagram_send(stranger.socket, dx_datagram_address(connected.socket), text("psst")), 0);
	assert_int_equal(dx_datagram_send(bound.socket, dx_datagram_address(connected.socket), text("it is me")), 0);
	run_loop();
	assert_string_equal(connected.heard, "it is me");
	assert_int_equal(connected.count, 1);
	dx_datagram_close(stranger.socket);
	close_both(&bound, &connected);
}

/* One that goes wrong */

static void test_E4_refused_and_going_on(void **state)
{
	hearer gone = { .told = "" }, connected = { .at[AT_ERROR] = stop }, next = { .at[AT_DATAGRAM] = stop };
	char at[DX_ADDR_TEXT], endpoint[DX_ENDPOINT_TEXT];

	(void)state;
	meet_there(0, &gone, &connected);
	(void)dx_addr_print(dx_datagram_address(gone.socket), at);
	shut(&gone);
	ask(&connected, "anybody?");
	run_loop();
	assert_string_equal(connected.told, "error:ECONNREFUSED ");
	assert_string_equal(connected.why.operation, "receive");
	assert_string_equal(connected.why.address, at);
	(void)snprintf(endpoint, sizeof endpoint, "udp://%s", at);
	bind_at(endpoint, &next);
	ask(&connected, "and now?");
	run_loop();
	assert_string_equal(next.heard, "and now?");
	close_both(&next, &connected);
}

static void test_E5_lost_and_going_on(void **state)
{
	hearer bound = { .at[AT_DATAGRAM] = stop }, connected = { .told = "" };

	(void)state;
	meet_there(0, &bound, &connected);
	arm("sendmsg=1:EHOSTUNREACH sendmsg=2:ENOBUFS sendmsg=3:EPERM");
	assert_int_equal(dx_datagram_send(connected.socket, NULL, text("1")), -EHOSTUNREACH);
	assert_int_equal(dx_datagram_send(connected.socket, NULL, text("2")), -ENOBUFS);
	assert_int_equal(dx_datagram_send(connected.socket, NULL, text("3")), -EPERM);
	ask(&connected, "4");
	run_loop();
	assert_string_equal(bound.heard, "4");
	assert_int_equal(bound.count, 1);
	close_both(&bound, &connected);
}

/* Queues */

static void check_in_order(hearer *h)
{
	char wanted[16];

	(void)snprintf(wanted, sizeof wanted, "%zu", h->count - 1);
	assert_string_equal(h->heard, wanted);
}

/* As many as the kernel and the queue take, numbered; how many that were. */
static size_t send_until_full(hearer *h, const dx_addr *to)
{
	char number[16];
	size_t sent = 0;
	int r;

	do {
		(void)snprintf(number, sizeof number, "%zu", sent);
		r = dx_datagram_send(h->socket, to, text(number));
		sent += r == 0;
	} while (r == 0);
	assert_int_equal(r, -ENOBUFS);
	return sent;
}

static void test_a_full_queue_and_room(void **state)
{
	hearer bound = { .at[AT_DATAGRAM] = check_in_order }, connected = { .at[AT_WAY] = stop };
	size_t sent;

	(void)state;
	meet_there(2, &bound, &connected);
	dx_datagram_pause(bound.socket);
	sent = send_until_full(&connected, NULL);
	assert_int_equal(dx_datagram_queued(connected.socket), DX_LIMIT_DATAGRAM_QUEUE);
	run_for(20);
	assert_string_equal(bound.told, "");
	assert_string_equal(connected.told, "");
	dx_datagram_resume(bound.socket);
	run_loop();
	assert_string_equal(connected.told, "room ");
	assert_int_equal(dx_datagram_queued(connected.socket), 0);
	while (bound.count < sent)
		run_for(1);
	assert_int_equal(bound.count, sent);
	close_both(&bound, &connected);
}

/* One that is not connected is writable whoever is full, so nothing waits in it. */
static void test_a_full_receiver_among_many(void **state)
{
	hearer full = { .told = "" }, sender = { .told = "" };

	(void)state;
	bind_there(2, &full);
	bind_at("unix-dgram:@duplex sender", &sender);
	dx_datagram_pause(full.socket);
	assert_true(send_until_full(&sender, dx_datagram_address(full.socket)) > 0);
	assert_int_equal(dx_datagram_queued(sender.socket), 0);
	close_both(&full, &sender);
}

/* What found no room while nobody received is counted; the rest is heard. */
static void test_what_the_kernel_drops_is_counted(void **state)
{
	hearer bound = { .told = "" }, connected = { .told = "" };
	const size_t sent = 100;
	size_t lost;

	(void)state;
	bind_at("udp://127.0.0.1:0,rcvbuf=4096", &bound);
	connect_to(dx_datagram_address(bound.socket), &connected);
	dx_datagram_pause(bound.socket);
	for (size_t i = 0; i < sent; i++)
		assert_int_equal(dx_datagram_send(connected.socket, NULL, text("hello")), 0);
	lost = (size_t)dx_datagram_lost(bound.socket);
	assert_in_range(lost, 1, sent - 1);
	assert_int_equal(dx_datagram_lost(connected.socket), 0);
	dx_datagram_resume(bound.socket);
	while (bound.count < sent - lost)
		run_for(1);
	run_for(20);
	assert_int_equal(bound.count, sent - lost);
	dx_datagram_close(bound.socket);
	assert_int_equal(dx_datagram_lost(bound.socket), 0);
	dx_datagram_close(connected.socket);
	run_loop();
}

static void fail_the_next(hearer *h)
{
	(void)h;
	arm("sendmsg=1:EACCES");
	dx_datagram_resume(h->socket);
}

/* What waited and could not go after all is told, and the rest goes. */
static void test_not_sent_after_all(void **state)
{
	hearer bound = { .told = "" }, connected = { .at[AT_WAY] = stop };
	char at[DX_ADDR_TEXT];
	size_t sent;

	(void)state;
	meet_there(2, &bound, &connected);
	dx_datagram_pause(bound.socket);
	sent = send_until_full(&connected, NULL);
	fail_the_next(&bound);
	run_loop();
	assert_string_equal(connected.told, "error:EACCES room ");
	assert_string_equal(connected.why.operation, "send");
	assert_string_equal(connected.why.address, dx_addr_print(dx_datagram_address(bound.socket), at));
	while (bound.count < sent - 1)
		run_for(1);
	close_both(&bound, &connected);
}

static void test_a_pause(void **state)
{
	hearer bound = { .at[AT_DATAGRAM] = pause_it }, connected = { .told = "" };

	(void)state;
	meet_there(0, &bound, &connected);
	ask(&connected, "1");
	ask(&connected, "2");
	while (bound.count == 0)
		run_for(1);
	run_for(20);
	assert_string_equal(bound.heard, "1");
	bound.at[AT_DATAGRAM] = stop;
	dx_datagram_resume(bound.socket);
	run_loop();
	assert_string_equal(bound.heard, "2");
	close_both(&bound, &connected);
}

/* Ending */

static void check_closed(hearer *h)
{
	char told[sizeof h->told];

	memcpy(told, h->told, sizeof told);
	dx_datagram_close(h->socket);
	dx_datagram_close(h->socket);
	assert_int_equal(dx_datagram_send(h->socket, NULL, text("x")), -EPIPE);
	dx_datagram_pause(h->socket);
	dx_datagram_resume(h->socket);
	assert_true(dx_datagram_queued(h->socket) <= DX_LIMIT_DATAGRAM_QUEUE);
	assert_string_equal(h->told, told);
}

static void test_N2_closed_in_each_callback(void **state)
{
	hearer data = { .at[AT_DATAGRAM] = check_closed }, asks = { .told = "" };
	hearer error = { .at[AT_ERROR] = check_closed };
	hearer full = { .told = "" }, room = { .at = { [AT_WAY] = check_closed, [AT_SHUT] = check_closed } };

	(void)state;
	meet_there(0, &data, &asks);
	ask(&asks, "1");
	ask(&asks, "2");
	while (data.socket != NULL)
		run_for(1);
	assert_string_equal(data.told, "data closed ");
	assert_int_equal(data.count, 1);
	close_both(&asks, &asks);
	meet_there(0, &data, &error);
	data.at[AT_DATAGRAM] = NULL;
	close_both(&data, &data);
	ask(&error, "anybody?");
	run_loop();
	assert_string_equal(error.told, "error:ECONNREFUSED closed ");
	meet_there(2, &full, &room);
	dx_datagram_pause(full.socket);
	(void)send_until_full(&room, NULL);
	dx_datagram_resume(full.socket);
	while (room.socket != NULL)
		run_for(1);
	assert_string_equal(room.told, "room closed ");
	close_both(&full, &full);
}

/* What is queued is lost with a close. */
static void test_N2_closed_with_a_queue(void **state)
{
	hearer full = { .told = "" }, sender = { .told = "" };
	size_t sent;

	(void)state;
	meet_there(2, &full, &sender);
	dx_datagram_pause(full.socket);
	sent = send_until_full(&sender, NULL);
	check_closed(&sender);
	dx_datagram_resume(full.socket);
	while (full.count < sent - DX_LIMIT_DATAGRAM_QUEUE)
		run_for(1);
	run_for(10);
	assert_int_equal(full.count, sent - DX_LIMIT_DATAGRAM_QUEUE);
	assert_string_equal(sender.told, "closed ");
	close_both(&full, &full);
}

/* The whole socket fails: it cannot be waited for any more. */
static void test_N3_a_failure_of_the_whole_socket(void **state)
{
	hearer bound = { .told = "" }, connected = { .told = "" };
	char at[DX_ADDR_TEXT];

	(void)state;
	meet_there(0, &bound, &connected);
	(void)dx_addr_print(dx_datagram_address(bound.socket), at);
	dx_datagram_pause(bound.socket);
	arm("epoll_ctl=1:ENOMEM");
	dx_datagram_resume(bound.socket);
	dx_datagram_resume(bound.socket);
	assert_string_equal(bound.told, "");
	run_for(1);
	assert_string_equal(bound.told, "closed:ENOMEM ");
	assert_string_equal(bound.why.operation, "wait");
	assert_string_equal(bound.why.address, at);
	close_both(&connected, &connected);
}

/* Binding and connecting that fail */

static void check_bind_fails(const char *at, const char *fault, int code, const char *operation)
{
	hearer h = { .told = "" };
	dx_endpoint e;
	dx_error why;
	dx_addr a;

	arm(fault);
	assert_int_equal(dx_endpoint_parse("udp://127.0.0.1:0,rcvbuf=9999", &e, NULL), 0);
	assert_int_equal(dx_addr_parse(at, &a), 0);
	assert_int_equal(dx_datagram_bind_at(loop, &e, &a, &hears, &h, &h.socket, &why), code);
	assert_int_equal(why.code, code);
	assert_string_equal(why.operation, operation);
	dx_endpoint_fini(&e);
	dx_loop_settle(loop);
	dx_fault_clear();
}

static void check_connect_fails(const char *endpoint, const char *to, const char *fault, int code, const char *operation)
{
	hearer h = { .told = "" };
	dx_endpoint e;
	dx_error why;
	dx_addr a;

	arm(fault);
	assert_int_equal(dx_endpoint_parse(endpoint, &e, NULL), 0);
	assert_int_equal(dx_addr_parse(to, &a), 0);
	assert_int_equal(dx_datagram_connect_to(loop, &e, &a, &hears, &h, &h.socket, &why), code);
	assert_int_equal(why.code, code);
	assert_string_equal(why.operation, operation);
	assert_string_equal(h.told, "");
	dx_endpoint_fini(&e);
	dx_fault_clear();
}

static void test_N3_why_it_cannot_be(void **state)
{
	hearer bound = { .told = "" };
	char at[DX_ADDR_TEXT];

	(void)state;
	bind_at(UDP, &bound);
	check_bind_fails(dx_addr_print(dx_datagram_address(bound.socket), at), "", -EADDRINUSE, "bind");
	check_bind_fails("127.0.0.1:0", "calloc=1", -ENOMEM, "memory");
	check_bind_fails("127.0.0.1:0", "socket=1:EMFILE", -EMFILE, "socket");
	check_bind_fails("127.0.0.1:0", "setsockopt=1:EPERM", -EPERM, "rcvbuf");
	check_bind_fails("127.0.0.1:0", "epoll_ctl=1:ENOSPC", -ENOSPC, "wait");
	check_connect_fails(UDP, "127.0.0.1:1", "connect=1:ENETUNREACH", -ENETUNREACH, "connect");
	check_connect_fails(UDP, "127.0.0.1:1", "socket=1:EMFILE", -EMFILE, "socket");
	check_connect_fails("udp://127.0.0.1:0,bind=[::1]:0", "127.0.0.1:1", "", -EAFNOSUPPORT, "bind");
	check_connect_fails("unix-dgram:@x", "unix:@nobody", "", -ECONNREFUSED, "connect");
	close_both(&bound, &bound);
}

/* By name: nothing is known yet when the call returns. */

static void name_endpoint(const char *host, const dx_addr *at, char into[64])
{
	(void)snprintf(into, 64, "udp4://%s:%u", host, dx_addr_port(at));
}

static void test_a_name_is_looked_up_aside_and_what_is_said_waits(void **state)
{
	const char *const hosts[] = { "localhost", "" };
	char endpoint[64];

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		hearer bound = { .told = "" }, connected = { .told = "" };

		bind_at(UDP, &bound);
		name_endpoint(hosts[i], dx_datagram_address(bound.socket), endpoint);
		assert_int_equal(dx_datagram_connect(loop, endpoint, &hears, &connected, &connected.socket, NULL), 0);
		assert_int_equal(dx_datagram_peer(connected.socket)->len, 0);
		dx_datagram_pause(connected.socket);
		dx_datagram_resume(connected.socket);
		assert_int_equal(dx_datagram_send(connected.socket, NULL, text("hello")), 0);
		assert_int_equal(dx_datagram_queued(connected.socket), 1);
		bound.at[AT_DATAGRAM] = stop;
		assert_int_equal(dx_loop_run(loop), 0);
		assert_string_equal(bound.heard, "hello");
		assert_int_equal(dx_datagram_queued(connected.socket), 0);
		close_both(&bound, &connected);
	}
}

static void test_a_name_that_leads_nowhere_is_told_by_closed(void **state)
{
	hearer h = { .told = "" };

	(void)state;
	arm("getaddrinfo=1:EAI_NONAME");
	assert_int_equal(dx_datagram_connect(loop, "udp://nobody.example:1", &hears, &h, &h.socket, NULL), 0);
	assert_int_equal(dx_datagram_send(h.socket, NULL, text("lost")), 0);
	assert_int_equal(dx_loop_run(loop), 0);
	dx_fault_clear();
	assert_string_equal(h.why.operation, "resolve");
	assert_string_equal(h.why.address, "nobody.example");
	assert_int_equal(h.why.code, -DX_ENAME);
}

static void test_N2_closed_while_its_name_is_looked_up(void **state)
{
	hearer h = { .told = "" };

	(void)state;
	assert_int_equal(dx_datagram_connect(loop, "udp://localhost:1", &hears, &h, &h.socket, NULL), 0);
	dx_datagram_close(h.socket);
	assert_int_equal(dx_datagram_send(h.socket, NULL, text("late")), -EPIPE);
	assert_int_equal(dx_loop_run(loop), 0);
	assert_string_equal(h.told, "closed ");
}

static void test_an_inherited_socket_is_taken_where_it_is_bound(void **state)
{
	hearer bound = { .told = "" }, connected = { .told = "" };
	char endpoint[16];
	dx_socket s, server;

	(void)state;
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &s), 0);
	assert_int_equal(dx_socket_bind(&s, "127.0.0.1", 0), 0);
	(void)snprintf(endpoint, sizeof endpoint, "fd://%d", s.fd);
	bind_at(endpoint, &bound);
	connect_to(dx_datagram_address(bound.socket), &connected);
	bound.at[AT_DATAGRAM] = stop;
	ask(&connected, "anybody?");
	assert_int_equal(dx_loop_run(loop), 0);
	assert_string_equal(bound.heard, "anybody?");
	close_both(&bound, &connected);
	assert_int_equal(dx_create_server("127.0.0.1", 0, NULL, &server, NULL), 0);
	(void)snprintf(endpoint, sizeof endpoint, "fd://%d", server.fd);
	assert_int_equal(dx_datagram_bind(loop, endpoint, &hears, &bound, &bound.socket, NULL), -EINVAL);
	assert_int_equal(dx_socket_close(&server), 0);          /* it is still ours */
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &s), 0);
	(void)snprintf(endpoint, sizeof endpoint, "fd://%d", s.fd);
	dx_fault_clear();
	assert_int_equal(dx_fault_set("epoll_ctl=1"), 0);
	assert_int_equal(dx_datagram_bind(loop, endpoint, &hears, &bound, &bound.socket, NULL), -ENOMEM);
	dx_fault_clear();
	assert_int_equal(dx_socket_close(&s), 0);
}

static void test_endpoints_that_are_not_of_datagrams(void **state)
{
	const char *const wrong[] = { "tcp://127.0.0.1:1", "unix:/x", "udp://", "fd://1", "what", NULL };
	hearer h = { .told = "" };
	dx_error why;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		why.code = 0;
		assert_true(dx_datagram_bind(loop, wrong[i], &hears, &h, &h.socket, &why) < 0);
		assert_true(why.code < 0);
		assert_int_equal(dx_datagram_connect(loop, wrong[i], &hears, &h, &h.socket, &why), -EINVAL);
		assert_string_equal(why.operation, "endpoint");
		assert_null(h.socket);
	}
	dx_datagram_close(h.socket);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_question_and_its_answer_everywhere, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_events_may_be_absent, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_E1_an_empty_one_is_a_message, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_E2_too_long, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_E3_truncated, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_E6_marked_as_automatic, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_E11_the_answer_leaves_from_where_it_was_asked, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_stranger_is_not_heard, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_E4_refused_and_going_on, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_E5_lost_and_going_on, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_full_queue_and_room, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_full_receiver_among_many, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_what_the_kernel_drops_is_counted, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_not_sent_after_all, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_pause, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_closed_in_each_callback, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_closed_with_a_queue, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_a_failure_of_the_whole_socket, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_why_it_cannot_be, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_name_is_looked_up_aside_and_what_is_said_waits, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_name_that_leads_nowhere_is_told_by_closed, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_closed_while_its_name_is_looked_up, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_an_inherited_socket_is_taken_where_it_is_bound, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_endpoints_that_are_not_of_datagrams, make_loop, free_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
