/* What the tests of the loop share: a loop for each test, and streams that write down what they are told. */
#ifndef TEST_NET_TALKER_H
#define TEST_NET_TALKER_H

#include "helper.h"
#include "base/limits.h"
#include "base/number.h"

#define PATIENCE_S 50           /* a conversation that does not end ends the program */

/* A path for a Unix socket, as an endpoint of `transport`. */
static inline const char *unix_endpoint(const char *transport, char into[DX_ENDPOINT_TEXT])
{
	const char *folder = getenv("TMPDIR");

	(void)snprintf(into, DX_ENDPOINT_TEXT, "%s:%s/dx-%d.sock", transport, folder != NULL ? folder : P_tmpdir, (int)getpid());
	return into;
}

/* The loop of the test at hand, and what each test begins and ends with. */
static dx_loop *loop;

static inline int make_loop(void **state)
{
	(void)state;
	(void)alarm(PATIENCE_S);
	at_start = open_descriptors();
	return dx_loop_new(&loop);
}

static inline int free_loop(void **state)
{
	(void)state;
	dx_fault_clear();
	if (loop != NULL)
		dx_loop_stop(loop);
	if (loop != NULL && dx_loop_run(loop) == -EBUSY)
		return -1;              /* an assertion in a callback has left it turning */
	dx_loop_free(loop);
	wait_for_descriptors(at_start);
	return 0;
}

static inline void run_loop(void)
{
	assert_int_equal(dx_loop_run(loop), 0);
}

/* The calls that fail from now on, as fault.h says it. */
static inline void arm(const char *faults)
{
	dx_fault_clear();
	assert_int_equal(dx_fault_set(faults), 0);
}

/* Adds a word to what somebody was told; a word that comes again at once is written once. */
static inline void write_down(char *told, size_t size, const char *word)
{
	size_t len = strlen(told), n = strlen(word);

	if (len > n && strncmp(told + len - n - 1, word, n) == 0 && (len == n + 1 || told[len - n - 2] == ' '))
		return;
	(void)snprintf(told + len, size - len, "%s ", word);
}

/* "closed", or "closed:" and the error's key. */
static inline void write_down_error(char *told, size_t size, const char *word, const dx_error *why)
{
	char whole[64];

	(void)snprintf(whole, sizeof whole, why == NULL ? "%s" : "%s:%s", word, why == NULL ? "" : dx_error_key(why->code));
	write_down(told, size, whole);
}

/* One end of a stream, which does at each event what the test has told it to. */
typedef enum moment { AT_OPEN, AT_DATA, AT_END, AT_ROOM, AT_CLOSED, MOMENTS } moment;

typedef struct talker {
	dx_stream *stream;              /* NULL before it is there, and when it is closed */
	void (*at[MOMENTS])(struct talker *t);
	struct talker *other;
	dx_listener *listener;          /* closed once somebody has come; NULL: it stays */
	char told[400];                 /* "open data end closed " */
	char heard[64];                 /* the beginning of it */
	size_t heard_bytes;
	dx_error why;                   /* code 0: none */
} talker;

static inline void tell(talker *t, moment when, const char *word)
{
	write_down(t->told, sizeof t->told, word);
	if (t->at[when] != NULL)
		t->at[when](t);
}

static inline void on_open(dx_stream *s, void *ctx)
{
	talker *t = ctx;

	t->stream = s;
	if (t->listener != NULL)
		dx_listener_close(t->listener);
	t->listener = NULL;
	tell(t, AT_OPEN, "open");
}

static inline void on_data(dx_stream *s, dx_slice in, void *ctx)
{
	talker *t = ctx;

	(void)s;
	for (size_t i = 0; i < in.len && t->heard_bytes + i + 1 < sizeof t->heard; i++)
		t->heard[t->heard_bytes + i] = (char)in.data[i];
	t->heard_bytes += in.len;
	tell(t, AT_DATA, "data");
}

static inline void on_end(dx_stream *s, void *ctx)
{
	(void)s;
	tell(ctx, AT_END, "end");
}

static inline void on_room(dx_stream *s, void *ctx)
{
	(void)s;
	tell(ctx, AT_ROOM, "room");
}

static inline void on_closed(dx_stream *s, const dx_error *why, void *ctx)
{
	talker *t = ctx;

	(void)s;
	if (why != NULL)
		t->why = *why;
	write_down_error(t->told, sizeof t->told, "closed", why);
	if (t->at[AT_CLOSED] != NULL)
		t->at[AT_CLOSED](t);
	t->stream = NULL;
}

static const dx_stream_events talk = { on_open, on_data, on_end, on_room, on_closed };

/* What a talker may do. */
static inline void say_hello(talker *t)
{
	assert_int_equal(dx_stream_send(t->stream, text("hello")), 0);
}

static inline void finish(talker *t)
{
	dx_stream_finish(t->stream);
}

static inline void close_it(talker *t)
{
	dx_stream_close(t->stream);
}

static inline void leave(talker *t)
{
	dx_stream_leave(t->stream, LONG_MS);
}

static inline void say_hello_and_finish(talker *t)
{
	say_hello(t);
	finish(t);
}

/* The endpoint at which a listener is. */
static inline const char *endpoint_of(const dx_listener *l, char into[DX_ENDPOINT_TEXT])
{
	const dx_addr *at = dx_listener_address(l);

	return dx_endpoint_print(at->sa.sa_family == AF_UNIX ? DX_UNIX : DX_TCP, at, into);
}

static inline dx_listener *listen_at(const char *endpoint, const dx_stream_events *events, void *ctx)
{
	dx_listener *l = NULL;

	assert_int_equal(dx_listen(loop, endpoint, events, ctx, &l, NULL), 0);
	return l;
}

static inline void open_at(const char *endpoint, talker *t)
{
	assert_int_equal(dx_stream_open(loop, endpoint, LONG_MS, &talk, t, &t->stream, NULL), 0);
}

/* One listens at `endpoint` for the other, who has the same keys. */
static inline void meet(const char *endpoint, talker *server, talker *client)
{
	const char *keys = strchr(endpoint, ',');
	char at[DX_ENDPOINT_TEXT], whole[2 * DX_ENDPOINT_TEXT];

	server->other = client;
	client->other = server;
	server->listener = listen_at(endpoint, &talk, server);
	(void)snprintf(whole, sizeof whole, "%s%s", endpoint_of(server->listener, at), keys != NULL ? keys : "");
	open_at(whole, client);
}

/* And they talk until both have ended. */
static inline void converse(const char *endpoint, talker *server, talker *client)
{
	meet(endpoint, server, client);
	run_loop();
}

/* Something that happens once, later. */
static inline void happen_after(dx_timer *t, int64_t after_ns, void (*what)(void *ctx), void *ctx)
{
	dx_timer_init(t, what, ctx);
	assert_int_equal(dx_timer_start(loop, t, after_ns), 0);
}

static inline void stop_loop(void *ctx)
{
	(void)ctx;
	dx_loop_stop(loop);
}

/* Runs for a while, for what must not happen in it. */
static inline void run_for(int ms)
{
	dx_timer t;

	happen_after(&t, ms * DX_NS_PER_MS, stop_loop, NULL);
	run_loop();
	dx_timer_stop(loop, &t);
}

#endif
