/* The loop: one thread, one wait. Everything that calls back does so from dx_loop_run, never before a dx_ call returns.
 *
 * A turn, in this order: wait; read the clock once; fire due timers; serve ready descriptors, each within its share; flush
 * what was queued, one write a peer; tell `closed` and free what was closed. */
#ifndef DUPLEX_LOOP_H
#define DUPLEX_LOOP_H

#include <duplex/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dx_loop dx_loop;

/* Makes a loop. Returns 0, -ENOMEM, or what epoll_create1(2) and eventfd(2) fail with. */
int dx_loop_new(dx_loop **ret_loop);

/* Frees the loop. Close what lives on it before, and dx_loop_settle. NULL is fine; never call it from a callback. */
void dx_loop_free(dx_loop *loop);

/* Turns until dx_loop_stop is called, or until nothing is left to wait for. Returns 0, or the negative errno of a wait
 * that failed. */
int dx_loop_run(dx_loop *loop);

/* Ends dx_loop_run after the turn in progress. Legal in any callback. */
void dx_loop_stop(dx_loop *loop);

/* Tells `closed` for all that was closed, and frees it, now: for the end, when no turn will come any more. Never from a
 * callback. */
void dx_loop_settle(dx_loop *loop);

/* The monotonic time, in nanoseconds, at which the turn in progress began. */
int64_t dx_loop_now_ns(const dx_loop *loop);

/* Calls `caught` from the loop when signal `number` has come, until the loop is freed. The handler itself only writes to a
 * pipe; one loop of the process at a time may have signals. Returns 0, -EBUSY where another loop has them, or what
 * sigaction(2) and pipe2(2) fail with. */
int dx_loop_signal(dx_loop *loop, int number, void (*caught)(int number, void *ctx), void *ctx);

/* Timers lie inside the caller's objects; one that is not started costs nothing. */
typedef struct dx_timer {
	int64_t due_ns;                 /* these three are the loop's own */
	uint64_t order;
	size_t place;
	void (*fire)(void *ctx);
	void *ctx;
} dx_timer;

/* Prepares a timer: `fire(ctx)` is called once each time that it runs out, after it was stopped by itself. */
void dx_timer_init(dx_timer *t, void (*fire)(void *ctx), void *ctx);

/* Starts it, or starts it anew: it runs out `after_ns` nanoseconds after the present turn began (0: in the next turn).
 * Returns 0 or -ENOMEM; a timer that was running is stopped then. */
int dx_timer_start(dx_loop *loop, dx_timer *t, int64_t after_ns);

/* Stops it; harmless where it is not running. */
void dx_timer_stop(dx_loop *loop, dx_timer *t);

/* Is it running? */
bool dx_timer_running(const dx_timer *t);

#ifdef __cplusplus
}
#endif

#endif
