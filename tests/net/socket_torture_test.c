/* Whatever the kernel refuses: every call that a verb of socket.h makes fails in turn, once and from then on. The verb says so or
 * does without, gives nothing back where it fails, leaks nothing, and can be called again. */
#include "helper.h"

#define MUST(it)  assert_true(it)
#define WITHIN_MS 200 /* a name is waited for so long whose answer got lost */
#include "every_verb.h"

#include <netinet/tcp.h>

/* Helpers that a call left behind, for instance a resolver's thread, have gone. */
static void wait_for_helpers(void)
{
	int64_t end = now_ms() + LONG_MS;

	while (entries_of("/proc/self/task") > 1 + 2 && now_ms() < end)
		sched_yield();
	assert_int_equal(entries_of("/proc/self/task"), 1 + 2);
}

/* Where the calls failed that set a mask back, signals are still held back, and with them the SIGPIPE that could not be taken
 * away. */
static void let_signals_through(void)
{
	sigset_t none, pipe_signal;

	sigemptyset(&none);
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	(void)sigtimedwait(&pipe_signal, NULL, &(struct timespec){ 0, 0 });
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}

/* One verb at a time */

static bool is_untouched(const struct gifts *g)
{
	const uint8_t *bytes = (const uint8_t *)g;

	for (size_t i = 0; i < sizeof *g; i++) {
		if (bytes[i] != UNTOUCHED)
			return false;
	}
	return true;
}

/* The same call where nothing fails any more. A limit that was too short for this machine is no failure. */
static ssize_t call_again(const struct verb *v, struct stage *t)
{
	int64_t end = now_ms() + LONG_MS;
	ssize_t r;

	do
		r = v->call(t);
	while (r == -EAGAIN && v->returns != -EAGAIN && now_ms() < end);
	return r;
}

/* Who looks up a name asks more than once; a mask is set back as well as that goes; what cannot be asked is not printed. */
static bool may_do_without(const struct verb *v)
{
	static const char *const names[] = { "address", "connect", "sendto", "create_connection", "sendfile", "print" };
	bool found = false;

	for (size_t i = 0; i < COUNT(names); i++)
		found = found || strcmp(names[i], v->name) == 0;
	return found;
}

static void check_failure(const struct verb *v, const struct stage *t, size_t n, int r)
{
	if (strcmp(dx_error_key(r), "EUNKNOWN") == 0)
		fail_msg("%s, call %zu: %d is no error of ours", v->name, n, r);
	if (!is_untouched(&t->gifts))
		fail_msg("%s, call %zu: it failed, and gave something back", v->name, n);
	if (t->why.code != 0 && (t->why.code != r || t->why.operation == NULL))
		fail_msg("%s, call %zu: it returned %d and told of %d", v->name, n, r, t->why.code);
}

/* Returns how many calls it made. */
static size_t torture(const struct verb *v, size_t n, bool for_ever, FILE *file)
{
	size_t calls;
	struct stage t;
	ssize_t r;

	set_stage(&t, file);
	(void)dx_fault_arm(n, for_ever);
	r = v->call(&t);
	wait_for_helpers();
	calls = dx_fault_calls();
	dx_fault_clear();
	let_signals_through();
	if (r < 0)
		check_failure(v, &t, n, (int)r);
	else if (r != v->returns)
		fail_msg("%s, call %zu: %zd", v->name, n, r);
	else if (n <= calls && !may_do_without(v))
		fail_msg("%s, call %zu of %zu failed, and it said nothing", v->name, n, calls);
	if (r < 0 && (r = call_again(v, &t)) != v->returns)
		fail_msg("%s, after call %zu had failed: %zd", v->name, n, r);
	clear_stage(&t);
	wait_for_descriptors(at_start + 1);
	return calls;
}

static void torture_every_verb(bool for_ever)
{
	FILE *file = file_of(10);

	for (size_t i = 0; i < EVERY_VERB_COUNT; i++) {
		for (size_t n = 1; torture(&every_verb[i], n, for_ever, file) >= n; n++)
			;
	}
	fclose(file);
}

static void test_N1_every_verb_every_call_fails_once(void **state)
{
	(void)state;
	torture_every_verb(false);
}

static void test_N1_every_verb_every_call_fails_from_then_on(void **state)
{
	(void)state;
	torture_every_verb(true);
}

/* A conversation. What fails is left out, and the rest goes on as well as it can; nothing waits longer than SHORT_MS. */

#define SHORT_MS 20

static const dx_socket closed = DX_SOCKET_CLOSED;

static void close_all(dx_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)dx_socket_close(&sockets[i]);
}

static void talk(const dx_socket *a, const dx_socket *b, int file)
{
	size_t some = 0;
	char into[16];

	(void)dx_socket_setsockopt(a, IPPROTO_TCP, TCP_NODELAY, 1);
	(void)dx_socket_sendall(a, dx_slice_text("a line\nand more"), 0, SHORT_MS, &some);
	some = 0;
	(void)dx_socket_recv_line(b, into, sizeof into, SHORT_MS, &some);
	some = 0;
	(void)dx_socket_recv_exact(b, into, 8, SHORT_MS, &some);
	some = 0;
	(void)dx_socket_sendfile(a, file, 0, 10, SHORT_MS, &some);
	(void)dx_socket_recvfrom(b, into, sizeof into, 0, SHORT_MS, NULL);
	(void)dx_socket_recv(a, into, sizeof into, 0, 1);
	(void)dx_socket_print(a, (char[DX_SOCKET_TEXT]){ 0 });
	(void)dx_socket_shutdown(a, SHUT_WR);
}

static void talk_in_datagrams(void)
{
	dx_socket a = closed, b = closed;
	dx_addr at;

	if (dx_socket_open(AF_UNIX, SOCK_DGRAM, 0, &a) == 0 && dx_socket_bind(&a, "", 0) == 0 &&
	    dx_socket_getsockname(&a, &at) == 0 && dx_socket_open(AF_UNIX, SOCK_DGRAM, 0, &b) == 0) {
		while (dx_socket_sendto_addr(&b, dx_slice_text("x"), 0, &at, 0) == 1)
			;
		(void)dx_socket_sendto_addr(&b, dx_slice_text("x"), 0, &at, 1);
	}
	close_all((dx_socket[]){ a, b }, 2);
}

static void converse(int file)
{
	dx_socket s = closed, c = closed, peer = closed, pair[2] = { closed, closed }, other = closed;
	dx_error why;

	(void)dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	if (dx_socket_dup(&pair[0], &other) == 0)
		(void)dx_socket_adopt(other.fd, &other);
	(void)dx_socket_close(&other);
	if (dx_create_server("127.0.0.1", 0, NULL, &s, &why) == 0) {
		dx_addr at = { .len = 0 };

		(void)dx_socket_getsockname(&s, &at);
		(void)dx_create_connection("localhost", dx_addr_port(&at), SHORT_MS, NULL, &c, &why);
	}
	if (c.fd >= 0 && dx_socket_accept(&s, SHORT_MS, &peer, NULL) == 0)
		talk(&c, &peer, file);
	talk(&pair[0], &pair[1], file);
	talk_in_datagrams();
	close_all((dx_socket[]){ s, c, peer, pair[0], pair[1] }, 5);
}

static void torture_conversation(bool for_ever)
{
	FILE *file = file_of(10);

	for (size_t n = 1; dx_fault_arm(n, for_ever); n++) {
		converse(fileno(file));
		wait_for_descriptors(at_start + 1);
		let_signals_through();
	}
	dx_fault_clear();
	fclose(file);
}

static void test_N1_a_conversation_every_call_fails_once(void **state)
{
	(void)state;
	torture_conversation(false);
}

static void test_N1_a_conversation_every_call_fails_from_then_on(void **state)
{
	(void)state;
	torture_conversation(true);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_N1_every_verb_every_call_fails_once),
		cmocka_unit_test(test_N1_every_verb_every_call_fails_from_then_on),
		cmocka_unit_test(test_N1_a_conversation_every_call_fails_once),
		cmocka_unit_test(test_N1_a_conversation_every_call_fails_from_then_on),
	};

	at_start = open_descriptors();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
