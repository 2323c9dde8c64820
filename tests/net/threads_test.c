/* N7: loops in several threads, which wake and stop one another, and work beside a loop. Built with ThreadSanitizer, which ends the
 * program with a status of its own after a race. */
#include <duplex/duplex.h>

#include "base/limits.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <stdio.h>
#include <cmocka.h>

#define ROUNDS 5000

/* Assertions of cmocka are for the thread that runs the tests. */
#define must(what) ((what) ? (void)0 : abort())

/* A loop and the thread that runs it. */
struct side {
	dx_loop *loop;
	pthread_t thread;
	struct side *other;
	int rounds, result;
};

static void *run_loop(void *ctx)
{
	struct side *side = ctx;

	side->result = dx_loop_run(side->loop);
	return NULL;
}

static void begin(struct side *side)
{
	assert_int_equal(dx_loop_new(&side->loop), 0);
	dx_loop_stay(side->loop, true);
}

static void run_aside(struct side *side)
{
	assert_int_equal(pthread_create(&side->thread, NULL, run_loop, side), 0);
}

static void end(struct side *side)
{
	assert_int_equal(pthread_join(side->thread, NULL), 0);
	assert_int_equal(side->result, 0);
	dx_loop_settle(side->loop);
	dx_loop_free(side->loop);
}

/* Stopping and waking */

static void test_N7_a_loop_is_stopped_from_another_thread(void **state)
{
	struct side side = { 0 };

	(void)state;
	for (int i = 0; i < 200; i++) {         /* before it runs, while it begins to wait, while it waits */
		begin(&side);
		run_aside(&side);
		dx_loop_stop(side.loop);
		end(&side);
	}
}

static void hit_back(void *ctx)
{
	struct side *side = ctx;

	if (++side->rounds < ROUNDS) {
		must(dx_loop_post(side->other->loop, hit_back, side->other) == 0);
		return;
	}
	dx_loop_stop(side->other->loop);
	dx_loop_stop(side->loop);
}

static void test_N7_two_loops_wake_and_stop_one_another(void **state)
{
	struct side a = { 0 }, b = { .other = &a };

	(void)state;
	a.other = &b;
	begin(&a);
	begin(&b);
	run_aside(&a);
	run_aside(&b);
	assert_int_equal(dx_loop_post(a.loop, hit_back, &a), 0);
	end(&a);
	end(&b);
	assert_int_equal(a.rounds, ROUNDS);
	assert_int_equal(b.rounds, ROUNDS - 1);
}

/* Posts of several threads: those of each come in their order. */

#define POSTERS 4

struct poster {
	struct side *to;
	pthread_t thread;
	int sent, heard;                /* heard: the loop's */
};

struct letter {
	struct poster *from;
	int number;
};

static void open_letter(void *ctx)
{
	struct letter *l = ctx;

	must(l->number == l->from->heard++);
	if (++l->from->to->rounds == POSTERS * ROUNDS)
		dx_loop_stop(l->from->to->loop);
	free(l);
}

static void *write_letters(void *ctx)
{
	struct poster *p = ctx;

	while (p->sent < ROUNDS) {
		struct letter *l = malloc(sizeof *l);

		*l = (struct letter){ p, p->sent++ };
		must(dx_loop_post(p->to->loop, open_letter, l) == 0);
	}
	return NULL;
}

static void test_N7_posts_of_each_thread_come_in_order(void **state)
{
	struct side side = { 0 };
	struct poster posters[POSTERS] = { 0 };

	(void)state;
	begin(&side);
	run_aside(&side);
	for (int i = 0; i < POSTERS; i++) {
		posters[i].to = &side;
		assert_int_equal(pthread_create(&posters[i].thread, NULL, write_letters, &posters[i]), 0);
	}
	for (int i = 0; i < POSTERS; i++)
		assert_int_equal(pthread_join(posters[i].thread, NULL), 0);
	end(&side);
	assert_int_equal(side.rounds, POSTERS * ROUNDS);
}

static void count(void *ctx)
{
	++*(int *)ctx;
}

static void post_again(void *ctx)
{
	struct side *side = ctx;

	if (++side->rounds < 3)
		assert_int_equal(dx_loop_post(side->loop, post_again, side), 0);
}

static void test_a_loop_ends_when_what_was_posted_has_run(void **state)
{
	struct side side = { 0 };

	(void)state;
	begin(&side);
	dx_loop_stay(side.loop, false);
	assert_int_equal(dx_loop_post(side.loop, post_again, &side), 0);
	assert_int_equal(dx_loop_run(side.loop), 0);
	assert_int_equal(side.rounds, 3);
	dx_loop_free(side.loop);
}

static void test_posts_have_a_ceiling_and_are_dropped_with_the_loop(void **state)
{
	struct side side = { 0 };
	int run = 0;

	(void)state;
	begin(&side);
	for (int i = 0; i < DX_LIMIT_POSTS; i++)
		assert_int_equal(dx_loop_post(side.loop, count, &run), 0);
	assert_int_equal(dx_loop_post(side.loop, count, &run), -ENOBUFS);
	dx_loop_free(side.loop);
	assert_int_equal(run, 0);
}

/* Two loops hold a conversation: one listens, the other connects by name, says a word and hears it back. */

#define WORDS 200

struct talk {
	struct side near, far;
	dx_frame frame;
	int heard;
	char where[DX_ADDR_TEXT + 8];
};

static void echo(dx_stream *s, dx_slice in, void *ctx)
{
	(void)ctx;
	must(dx_stream_send(s, in) == 0);
}

static void far_closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)ctx;
	must(why == NULL);
	dx_loop_stop(dx_stream_loop(s));
}

static const dx_stream_events far_events = { .data = echo, .closed = far_closed };

static void greet(dx_stream *s, void *ctx)
{
	struct talk *t = ctx;
	char name[64];

	must(strcmp(dx_frame_name(&t->frame, name), "len2") == 0);
	for (int i = 0; i < WORDS; i++)
		must(dx_stream_send(s, dx_slice_of("\0\2hi", 4)) == 0);
	dx_stream_finish(s);
}

static void heard_back(dx_stream *s, dx_slice in, void *ctx)
{
	struct talk *t = ctx;

	(void)s;
	t->heard += (int)in.len;
}

static void near_closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)ctx;
	must(why == NULL);
	dx_loop_stop(dx_stream_loop(s));
}

static const dx_stream_events near_events = { .open = greet, .data = heard_back, .closed = near_closed };

static void refused(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)s, (void)ctx;
	must(why != NULL && why->code == -ENOENT);
}

static const dx_stream_events refused_events = { .closed = refused };

static void test_N7_two_loops_hold_a_conversation(void **state)
{
	struct talk t = { 0 };
	dx_listener *listener;
	dx_stream *s;

	(void)state;
	begin(&t.near);
	begin(&t.far);
	assert_int_equal(dx_frame_parse("len2", &t.frame), 0);
	assert_int_equal(dx_listen(t.far.loop, "tcp://127.0.0.1:0", &far_events, &t, &listener, NULL), 0);
	(void)snprintf(t.where, sizeof t.where, "tcp4://localhost:%d", ntohs(dx_listener_address(listener)->in.sin_port));
	assert_int_equal(dx_stream_open(t.near.loop, t.where, 5000, &near_events, &t, &s, NULL), 0);
	assert_int_equal(dx_stream_open(t.near.loop, "unix:/nowhere/at/all", 5000, &refused_events, &t, &s, NULL), 0);
	assert_int_equal(dx_stream_open(t.far.loop, "unix:/nowhere/at/all", 5000, &refused_events, &t, &s, NULL), 0);
	run_aside(&t.far);
	run_aside(&t.near);
	assert_int_equal(pthread_join(t.near.thread, NULL), 0);
	assert_int_equal(pthread_join(t.far.thread, NULL), 0);
	assert_int_equal(t.heard, WORDS * 4);
	dx_listener_close(listener);
	for (struct side *side = &t.near; side != NULL; side = side == &t.near ? &t.far : NULL) {
		dx_loop_settle(side->loop);
		dx_loop_free(side->loop);
	}
}

/* Work beside a loop */

struct work {
	dx_loop *loop;
	pthread_t done_in;
	pthread_mutex_t lock;
	pthread_cond_t met;
	int begun, done;
};

static void meet(void *ctx)     /* only two at a time get through */
{
	struct work *w = ctx;

	(void)pthread_mutex_lock(&w->lock);
	w->begun++;
	(void)pthread_cond_broadcast(&w->met);
	while (w->begun % 2 != 0)
		(void)pthread_cond_wait(&w->met, &w->lock);
	(void)pthread_mutex_unlock(&w->lock);
}

static void work(void *ctx)
{
	struct work *w = ctx;

	(void)pthread_mutex_lock(&w->lock);
	w->begun++;
	(void)pthread_mutex_unlock(&w->lock);
}

static void done(void *ctx)
{
	struct work *w = ctx;

	assert_true(pthread_equal(pthread_self(), w->done_in));
	w->done++;
}

static void done_and_more(void *ctx)
{
	struct work *w = ctx;

	done(ctx);
	if (w->done < 50)
		assert_int_equal(dx_loop_work(w->loop, work, done_and_more, w), 0);
}

static void begin_work(struct work *w)
{
	*w = (struct work){ .done_in = pthread_self(), .lock = PTHREAD_MUTEX_INITIALIZER, .met = PTHREAD_COND_INITIALIZER };
	assert_int_equal(dx_loop_new(&w->loop), 0);
}

static void test_work_is_done_in_threads_side_by_side_and_told_by_the_loop(void **state)
{
	struct work w;

	(void)state;
	begin_work(&w);
	for (int i = 0; i < 2; i++)
		assert_int_equal(dx_loop_work(w.loop, meet, done, &w), 0);
	assert_int_equal(w.done, 0);
	assert_int_equal(dx_loop_run(w.loop), 0);
	assert_int_equal(w.done, 2);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(dx_loop_work(w.loop, work, done, &w), 0);
	assert_int_equal(dx_loop_run(w.loop), 0);
	assert_int_equal(w.done, 1002);
	dx_loop_free(w.loop);
}

static void test_settling_waits_for_work_and_for_what_that_asks_for(void **state)
{
	struct work w;

	(void)state;
	begin_work(&w);
	assert_int_equal(dx_loop_work(w.loop, work, done_and_more, &w), 0);
	dx_loop_settle(w.loop);
	assert_int_equal(w.done, 50);
	assert_int_equal(dx_loop_work(w.loop, work, done, &w), 0);
	assert_int_equal(dx_loop_run(w.loop), 0);
	assert_int_equal(w.done, 51);
	assert_int_equal(dx_loop_work(w.loop, work, done, &w), 0);
	dx_loop_free(w.loop);           /* waits for it, and tells nobody */
	assert_int_equal(w.begun, 52);
	assert_int_equal(w.done, 51);
}

/* Signals are one loop's. */

static void nothing(int number, void *ctx)
{
	(void)number, (void)ctx;
}

static void *ask_for_signals(void *ctx)
{
	struct side *side = ctx;

	side->result = dx_loop_signal(side->loop, SIGUSR1, nothing, NULL);
	return NULL;
}

static void test_of_two_loops_that_ask_for_signals_one_gets_them(void **state)
{
	struct side sides[2] = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++) {
		begin(&sides[i]);
		assert_int_equal(pthread_create(&sides[i].thread, NULL, ask_for_signals, &sides[i]), 0);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(sides[i].thread, NULL), 0);
	assert_int_equal(sides[0].result + sides[1].result, -EBUSY);
	for (int i = 0; i < 2; i++)
		dx_loop_free(sides[i].loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_N7_a_loop_is_stopped_from_another_thread),
		cmocka_unit_test(test_N7_two_loops_wake_and_stop_one_another),
		cmocka_unit_test(test_N7_posts_of_each_thread_come_in_order),
		cmocka_unit_test(test_a_loop_ends_when_what_was_posted_has_run),
		cmocka_unit_test(test_posts_have_a_ceiling_and_are_dropped_with_the_loop),
		cmocka_unit_test(test_N7_two_loops_hold_a_conversation),
		cmocka_unit_test(test_work_is_done_in_threads_side_by_side_and_told_by_the_loop),
		cmocka_unit_test(test_settling_waits_for_work_and_for_what_that_asks_for),
		cmocka_unit_test(test_of_two_loops_that_ask_for_signals_one_gets_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
