/* Streams stack: a layer sits on a stream and is one. The layer of these tests is rot13, which undoes itself. */
#include "net/layer.h"

#include "base/limits.h"
#include "sys/fault.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

/* rot13 */

static int turn(void *state, dx_slice in, dx_buf *out)
{
	int r = dx_buf_reserve(out, in.len);

	(void)state;
	for (size_t i = 0; r == 0 && i < in.len; i++) {
		int c = in.data[i], first = islower(c) ? 'a' : 'A';

		(void)dx_buf_add_byte(out, (uint8_t)(c < 128 && isalpha(c) ? first + (c - first + 13) % 26 : c));
	}
	return r;
}

static int frees;

static void count_free(void *state)
{
	(void)state;
	frees++;
}

static const dx_layer_kind rot13 = { .heard = turn, .said = turn, .free = count_free };

/* rot13 with a full stop at the end of each direction: without it what came was cut off. The state says whether it came. */

static int turn_with_stop(void *state, dx_slice in, dx_buf *out)
{
	bool *stopped = state;

	*stopped = in.data[in.len - 1] == '.';
	return turn(state, dx_slice_of(in.data, in.len - *stopped), out);
}

static int say_stop(void *state, dx_buf *out)
{
	(void)state;
	return dx_buf_add_byte(out, '.');
}

static int was_stopped(void *state)
{
	return *(bool *)state ? 0 : -DX_ECUT;
}

static const dx_layer_kind with_stop = { .heard = turn_with_stop, .said = turn, .finished = say_stop, .ended = was_stopped };

/* Who talks: two ends of one connection, each with layers. */

struct end {
	const dx_layer_kind *kind;
	void *state;
	int layers;                     /* on this end */
	const char *says;
	bool finishes, closes_on_data, slow;
	char heard[64];
	size_t len;
	uint64_t sum;                   /* of all that was heard */
	int opened, ended, closed;
	int why;
	char why_address[DX_ADDR_TEXT];
	dx_stream *stream;
	dx_timer pause;
};

static void on_open(dx_stream *s, void *ctx)
{
	struct end *e = ctx;

	e->opened++;
	e->stream = s;
	if (e->says != NULL && dx_stream_send(s, dx_slice_text(e->says)) < 0)
		dx_stream_close(s);
	if (e->finishes)
		dx_stream_finish(s);
}

static void on_pause_over(void *ctx)
{
	struct end *e = ctx;

	dx_stream_resume(e->stream);
}

static void on_data(dx_stream *s, dx_slice in, void *ctx)
{
	struct end *e = ctx;

	assert_false(dx_timer_running(&e->pause));      /* nothing comes while it is paused */
	for (size_t i = 0; i < in.len; i++)
		e->sum = e->sum * 31 + in.data[i];
	if (e->len + in.len < sizeof e->heard)
		memcpy(e->heard + e->len, in.data, in.len);
	e->len += in.len;
	if (e->closes_on_data)
		dx_stream_close(s);
	if (e->slow) {
		dx_stream_pause(s);
		assert_int_equal(dx_timer_start(dx_stream_loop(s), &e->pause, 100000), 0);
	}
}

static void on_end(dx_stream *s, void *ctx)
{
	struct end *e = ctx;

	e->ended++;
	dx_stream_finish(s);
}

static void on_closed(dx_stream *s, const dx_error *why, void *ctx)
{
	struct end *e = ctx;

	dx_timer_stop(dx_stream_loop(s), &e->pause);
	e->closed++;
	e->why = why != NULL ? why->code : 0;
	e->stream = NULL;
	if (why != NULL)
		(void)snprintf(e->why_address, sizeof e->why_address, "%s", why->address);
}

static const dx_stream_events events = { .open = on_open, .data = on_data, .end = on_end, .closed = on_closed };

static int put_layers(dx_stream *s, struct end *e)
{
	int r = 0;

	dx_timer_init(&e->pause, on_pause_over, e);
	e->stream = s;
	for (int i = 0; r == 0 && i < e->layers; i++)
		r = dx_layer_new(e->stream, e->kind, e->state, &events, e, &e->stream);
	return r;
}

/* Who is accepted is given its layers at once. */

static void on_accepted(dx_stream *s, void *ctx)
{
	struct end *e = ctx;

	if (e->layers == 0)
		on_open(s, e);
	else if (put_layers(s, e) < 0)
		dx_stream_close(s);
}

static const dx_stream_events accepted = { .open = on_accepted, .data = on_data, .end = on_end, .closed = on_closed };

struct scene {
	dx_loop *loop;
	dx_listener *listener;
	char endpoint[DX_ENDPOINT_TEXT];
};

static int set_up(struct scene *scene, struct end *server, struct end *client)
{
	dx_stream *s;
	int r = dx_loop_new(&scene->loop);

	dx_timer_init(&server->pause, on_pause_over, server);
	dx_timer_init(&client->pause, on_pause_over, client);
	if (r == 0)
		r = dx_listen(scene->loop, "tcp://127.0.0.1:0", &accepted, server, &scene->listener, NULL);
	if (r < 0)
		return r;
	(void)dx_endpoint_print(DX_TCP, dx_listener_address(scene->listener), scene->endpoint);
	r = dx_stream_open(scene->loop, scene->endpoint, 2000, &events, client, &s, NULL);
	return r < 0 ? r : put_layers(s, client);
}

static void take_down(struct scene *scene)
{
	if (scene->listener != NULL)
		dx_listener_close(scene->listener);
	dx_loop_settle(scene->loop);
	dx_loop_free(scene->loop);
}

/* Runs until both have closed. */
static void run(struct scene *scene, const struct end *server, const struct end *client)
{
	while (server->closed == 0 || client->closed == 0) {
		dx_timer tick;

		dx_timer_init(&tick, (void (*)(void *))dx_loop_stop, scene->loop);
		assert_int_equal(dx_timer_start(scene->loop, &tick, 1000000), 0);
		assert_int_equal(dx_loop_run(scene->loop), 0);
		dx_timer_stop(scene->loop, &tick);
	}
}

static void converse(struct end *server, struct end *client)
{
	struct scene scene = { .loop = NULL };

	frees = 0;
	assert_int_equal(set_up(&scene, server, client), 0);
	run(&scene, server, client);
	take_down(&scene);
	assert_int_equal(server->closed, 1);
	assert_int_equal(client->closed, 1);
}

/* Tests */

static void test_a_layer_changes_what_is_said_and_heard(void **state)
{
	struct end server = { .says = "Uryyb, jbeyq", .finishes = true };
	struct end client = { .kind = &rot13, .layers = 1, .says = "Guten Tag", .finishes = true };

	(void)state;
	converse(&server, &client);
	assert_memory_equal(client.heard, "Hello, world", 12);
	assert_memory_equal(server.heard, "Thgra Gnt", 9);
	assert_int_equal(client.why, 0);
	assert_int_equal(server.why, 0);
	assert_int_equal(client.opened, 1);
	assert_int_equal(client.ended, 1);
	assert_int_equal(frees, 1);
}

static void test_layers_on_both_ends_and_on_one_another(void **state)
{
	(void)state;
	for (int layers = 1; layers <= 3; layers++) {
		struct end server = { .kind = &rot13, .layers = layers, .says = "from afar", .finishes = true };
		struct end client = { .kind = &rot13, .layers = layers, .says = "from near", .finishes = true };

		converse(&server, &client);
		assert_memory_equal(client.heard, "from afar", 9);
		assert_memory_equal(server.heard, "from near", 9);
		assert_int_equal(client.why | server.why, 0);
		assert_int_equal(frees, 2 * layers);
	}
}

/* Much, both ways at once: who is full says so and goes on when there is room. */

#define MUCH ((size_t)6 * 1024 * 1024)

struct flood {
	struct end end;                 /* first: the context of on_data and the others */
	size_t said;
	uint64_t sum;
	int rooms;
};

static void pour(struct flood *f, dx_stream *s)
{
	char piece[10007];

	while (f->said < MUCH && dx_stream_has_room(s)) {
		for (size_t i = 0; i < sizeof piece; i++) {
			piece[i] = (char)rand();
			f->sum = f->sum * 31 + (uint8_t)piece[i];
		}
		assert_int_equal(dx_stream_send(s, dx_slice_of(piece, sizeof piece)), 0);
		f->said += sizeof piece;
	}
	if (f->said >= MUCH)
		dx_stream_finish(s);
}

static void flood_open(dx_stream *s, void *ctx)
{
	on_open(s, ctx);
	pour(ctx, s);
}

static void flood_room(dx_stream *s, void *ctx)
{
	struct flood *f = ctx;

	f->rooms++;
	pour(f, s);
}

static const dx_stream_events flood_events = { flood_open, on_data, NULL, flood_room, on_closed };

static void flood_accepted(dx_stream *s, void *ctx)
{
	struct flood *f = ctx;

	f->end.stream = s;
	assert_int_equal(dx_layer_new(s, &rot13, NULL, &flood_events, f, &s), 0);
	assert_int_equal(dx_layer_new(s, &rot13, NULL, &flood_events, f, &s), 0);
}

static void test_D10_a_flood_both_ways_is_held_back_and_comes_whole(void **state)
{
	static const dx_stream_events accept_events = { .open = flood_accepted };
	struct flood server = { .end.slow = true }, client = { .end.slow = false };
	struct scene scene;
	dx_stream *s;

	(void)state;
	dx_timer_init(&server.end.pause, on_pause_over, &server.end);
	dx_timer_init(&client.end.pause, on_pause_over, &client.end);
	assert_int_equal(dx_loop_new(&scene.loop), 0);
	assert_int_equal(dx_listen(scene.loop, "tcp://127.0.0.1:0", &accept_events, &server, &scene.listener, NULL), 0);
	(void)dx_endpoint_print(DX_TCP, dx_listener_address(scene.listener), scene.endpoint);
	assert_int_equal(dx_stream_open(scene.loop, scene.endpoint, 2000, &flood_events, &client, &s, NULL), 0);
	assert_int_equal(dx_layer_new(s, &rot13, NULL, &flood_events, &client, &s), 0);
	assert_int_equal(dx_layer_new(s, &rot13, NULL, &flood_events, &client, &s), 0);
	run(&scene, &server.end, &client.end);
	take_down(&scene);
	assert_int_equal(server.end.why | client.end.why, 0);
	assert_int_equal(server.end.len, client.said);
	assert_int_equal(client.end.len, server.said);
	assert_true(server.end.sum == client.sum);
	assert_true(client.end.sum == server.sum);
	assert_true(client.rooms > 2);
}

static void test_D1_D2_a_byte_at_a_time(void **state)
{
	struct end server = { .kind = &rot13, .layers = 2, .says = "from afar, and quite at length, byte by byte", .finishes = true };
	struct end client = { .kind = &rot13, .layers = 2, .says = "from near", .finishes = true };

	(void)state;
	assert_int_equal(dx_fault_set("short"), 0);
	converse(&server, &client);
	dx_fault_clear();
	assert_memory_equal(client.heard, server.says, strlen(server.says));
	assert_memory_equal(server.heard, "from near", 9);
}

/* Ends */

static void test_last_words_are_the_layers_own(void **state)
{
	bool stops[2] = { false, false };
	struct end server = { .kind = &with_stop, .state = &stops[0], .layers = 1, .says = "word", .finishes = true };
	struct end client = { .kind = &with_stop, .state = &stops[1], .layers = 1, .finishes = true };

	(void)state;
	converse(&server, &client);
	assert_int_equal(client.why | server.why, 0);
	assert_int_equal(client.len, 4);
	assert_int_equal(server.len, 0);
}

static void test_an_end_that_is_too_early_is_told_after_what_came(void **state)
{
	bool stopped = false;
	struct end server = { .says = "jbeq", .finishes = true };       /* without the full stop */
	struct end client = { .kind = &with_stop, .state = &stopped, .layers = 1 };

	(void)state;
	converse(&server, &client);
	assert_memory_equal(client.heard, "word", 4);
	assert_int_equal(client.ended, 0);
	assert_int_equal(client.why, -DX_ECUT);
}

static void test_closing_inside_a_callback(void **state)
{
	struct end server = { .kind = &rot13, .layers = 2, .says = "hang up" };
	struct end client = { .kind = &rot13, .layers = 2, .closes_on_data = true };

	(void)state;
	converse(&server, &client);
	assert_int_equal(client.why | server.why, 0);
	assert_int_equal(client.ended, 0);
	assert_int_equal(frees, 4);
}

static void test_what_nobody_answers_closes_the_layer_with_the_reason(void **state)
{
	struct end client = { .kind = &rot13, .layers = 2 };
	struct scene scene;
	dx_stream *s;

	(void)state;
	assert_int_equal(dx_loop_new(&scene.loop), 0);
	assert_int_equal(dx_stream_open(scene.loop, "unix:/no/such/path", 2000, &events, &client, &s, NULL), 0);
	assert_int_equal(put_layers(s, &client), 0);
	assert_int_equal(dx_loop_run(scene.loop), 0);
	assert_int_equal(client.opened, 0);
	assert_int_equal(client.closed, 1);
	assert_int_equal(client.why, -ENOENT);
	assert_string_equal(client.why_address, "unix:/no/such/path");
	dx_loop_free(scene.loop);
}

static void test_the_stream_below_may_be_closed_by_others(void **state)
{
	struct end server = { .layers = 0 }, client = { .kind = &rot13, .layers = 1, .says = "hello" };
	struct scene scene = { .loop = NULL };
	dx_stream *below;

	(void)state;
	assert_int_equal(dx_loop_new(&scene.loop), 0);
	assert_int_equal(dx_listen(scene.loop, "tcp://127.0.0.1:0", &accepted, &server, &scene.listener, NULL), 0);
	(void)dx_endpoint_print(DX_TCP, dx_listener_address(scene.listener), scene.endpoint);
	assert_int_equal(dx_stream_open(scene.loop, scene.endpoint, 2000, &events, &client, &below, NULL), 0);
	assert_int_equal(put_layers(below, &client), 0);
	while (server.len == 0) {
		dx_timer tick;

		dx_timer_init(&tick, (void (*)(void *))dx_loop_stop, scene.loop);
		assert_int_equal(dx_timer_start(scene.loop, &tick, 1000000), 0);
		assert_int_equal(dx_loop_run(scene.loop), 0);
	}
	dx_stream_close(below);
	run(&scene, &server, &client);
	assert_int_equal(client.why, -ECONNABORTED);
	take_down(&scene);
}

/* Each call fails */

static void attempt(void)
{
	struct end server = { .kind = &rot13, .layers = 1, .says = "from afar", .finishes = true };
	struct end client = { .kind = &rot13, .layers = 2, .says = "from near", .finishes = true };
	struct scene scene = { .loop = NULL };
	dx_timer limit;

	if (set_up(&scene, &server, &client) < 0) {
		if (scene.loop == NULL)
			return;
	} else {
		dx_timer_init(&limit, (void (*)(void *))dx_loop_stop, scene.loop);
		if (dx_timer_start(scene.loop, &limit, 20000000) == 0)
			(void)dx_loop_run(scene.loop);
		dx_timer_stop(scene.loop, &limit);
	}
	for (struct end *e = &server; e != NULL; e = e == &server ? &client : NULL) {
		if (e->stream != NULL)
			dx_stream_close(e->stream);
	}
	take_down(&scene);
	assert_true(server.closed <= 1);
	assert_true(client.closed <= 1);
}

static void check_torture(bool for_ever)
{
	for (size_t n = 1; dx_fault_arm(n, for_ever); n++)
		attempt();
	dx_fault_clear();
}

static void test_N1_every_call_fails_once(void **state)
{
	(void)state;
	check_torture(false);
}

static void test_N1_every_call_fails_from_then_on(void **state)
{
	(void)state;
	check_torture(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_layer_changes_what_is_said_and_heard),
		cmocka_unit_test(test_layers_on_both_ends_and_on_one_another),
		cmocka_unit_test(test_D10_a_flood_both_ways_is_held_back_and_comes_whole),
		cmocka_unit_test(test_D1_D2_a_byte_at_a_time),
		cmocka_unit_test(test_last_words_are_the_layers_own),
		cmocka_unit_test(test_an_end_that_is_too_early_is_told_after_what_came),
		cmocka_unit_test(test_closing_inside_a_callback),
		cmocka_unit_test(test_what_nobody_answers_closes_the_layer_with_the_reason),
		cmocka_unit_test(test_the_stream_below_may_be_closed_by_others),
		cmocka_unit_test(test_N1_every_call_fails_once),
		cmocka_unit_test(test_N1_every_call_fails_from_then_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
