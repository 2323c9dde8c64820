/* The loop: one thread, one wait. Everything that calls back does so from dx_loop_run, or at the end from
 * dx_loop_settle and dx_loop_free, never before another dx_ call returns.
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

/* Fork. A loop belongs to the process that made it, or turned it last. A child of fork(2) may call exec(2): all descriptors close
 * then. Or it may close what lives on the loop, with dx_stream_close and its like, and free the loop: the parent's conversations
 * go on, files of Unix sockets stay, and so do its posts and its work. Nothing else: what a child sends, finishes, pauses or
 * resumes is done to the parent's own connections; and only one of the two may turn the loop. */

/* Makes a loop. Returns 0, -ENOMEM, or what epoll_create1(2) and eventfd(2) fail with. */
int dx_loop_new(dx_loop **ret_loop);

/* Frees the loop. Close what lives on it before: what was closed and has not been told so is told now, and what was not closed is
 * told nothing, and keeps its memory and its descriptor for good. What was posted and has not run is dropped, and work at hand is
 * waited for; dx_loop_settle before it runs both. NULL is fine; in a callback of the same loop the process ends. */
void dx_loop_free(dx_loop *loop);

/* Turns until dx_loop_stop is called, or until nothing is left to wait for: no descriptor, timer, child, post or work. What is
 * paused and has nothing queued is not waited for, and no signal is. It may be called again. Returns 0; -EBUSY in a callback of
 * the same loop, which is turning already; or the negative errno of a wait that failed. */
int dx_loop_run(dx_loop *loop);

/* Lets dx_loop_run go on where nothing is left to wait for (true), or not (false, at first): for a loop that others post to, or
 * that waits for a signal only. */
void dx_loop_stay(dx_loop *loop, bool stays);

/* Ends dx_loop_run after the turn in progress; where it does not run, the next one ends at once. Legal in any callback, from any
 * thread and in a signal handler. */
void dx_loop_stop(dx_loop *loop);

/* Tells `closed` for all that was closed, waits for the work that was asked for and calls its `done`, runs what was posted,
 * now: for the end, when no turn will come any more. In a callback of the same loop the process ends. */
void dx_loop_settle(dx_loop *loop);

/* Ending in order. A signal, or whatever else ends a program, calls dx_loop_stop; after dx_loop_run all is closed that is still open,
 * and where words are to be waited for, dx_stream_leave and one more dx_loop_run do that:
 *
 *	dx_listener_close(listener);
 *	for (client *c = first; c != NULL; c = c->next)
 *		dx_stream_close(c->stream);
 *	dx_inlet_free(inlet);
 *	dx_loop_settle(loop);
 *	dx_loop_free(loop);
 * `closed` is told in dx_loop_settle, and there, as always, each client gives its memory back. The loop knows no list of its
 * streams: whoever wants to close them keeps one, from `open` to `closed`. Threads that post are joined before dx_loop_settle. After
 * dx_loop_free nothing that lived on the loop may be closed, freed or asked. */

/* Other threads. A loop and all that lives on it belong to the thread that runs it. From another one only dx_loop_stop and
 * dx_loop_post may be called, as long as the loop is not freed; whatever else it wants of the loop, it posts. Who sends or closes,
 * starts a timer or asks for work in the wrong thread ends the process. */

/* Calls `run(ctx)` from the loop in its next turn, after what was posted before, as call_soon_threadsafe of Python's asyncio does.
 * From any thread, the loop's own and its callbacks included; what this thread wrote before is seen by `run`. Returns 0; -ENOBUFS
 * where 65,536 posts wait already; -ENOMEM. */
int dx_loop_post(dx_loop *loop, void (*run)(void *ctx), void *ctx);

/* Calls `work(ctx)` in a thread beside the loop, for what waits or computes, and then, from the loop, `done(ctx)`. Eight at a
 * time, begun in the order asked for; the threads get no signals. Only from the loop's thread. Returns 0; -ENOBUFS where 65,536
 * are not done yet; -ENOMEM, or what pthread_create(3) fails with: neither is called then. `done` may be NULL. */
int dx_loop_work(dx_loop *loop, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx);

/* The monotonic time, in nanoseconds, at which the turn in progress began; while the loop does not turn, the time now. */
int64_t dx_loop_now_ns(const dx_loop *loop);

/* Calls `caught` from the loop when signal `number` has come, until the loop is freed. The handler itself only writes to an
 * eventfd; one loop of the process at a time may have signals. Asked for again, it calls the other function from then on. A signal
 * keeps no loop running: dx_loop_stay does. Returns 0; -EINVAL where there is no such signal or `caught` is NULL; -EBUSY where
 * another loop has them; -ENOMEM, or what sigaction(2) fails with. */
int dx_loop_signal(dx_loop *loop, int number, void (*caught)(int number, void *ctx), void *ctx);

/* A millisecond: times on a loop are in nanoseconds, so half a second is 500 * DX_MS. */
#define DX_MS INT64_C(1000000)

/* Timers lie inside the caller's objects; one that is not started costs nothing. */
typedef struct dx_timer {
	int64_t due_ns;                 /* these three are the loop's own */
	uint64_t order;
	size_t place;
	void (*fire)(void *ctx);
	void *ctx;
} dx_timer;

/* Prepares a timer: `fire(ctx)` is called once each time that it runs out, after it was stopped by itself. Once is enough, however
 * often it is started; one that runs must be stopped before it is prepared anew, moved or freed, unless its loop was freed before. */
void dx_timer_init(dx_timer *t, void (*fire)(void *ctx), void *ctx);

/* Starts it, or starts it anew: it runs out `after_ns` nanoseconds after dx_loop_now_ns (0: in the next turn). Those that run
 * out at the same moment fire in the order in which they were started. Returns 0 or -ENOMEM; a timer that was running is
 * stopped then. */
int dx_timer_start(dx_loop *loop, dx_timer *t, int64_t after_ns);

/* Stops it; harmless where it is not running. */
void dx_timer_stop(dx_loop *loop, dx_timer *t);

/* Is it running? */
bool dx_timer_running(const dx_timer *t);

#ifdef __cplusplus
}
#endif

#endif
