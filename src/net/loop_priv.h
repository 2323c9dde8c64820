/* What the floor `net` knows of its loop. */
#ifndef DX_LOOP_PRIV_H
#define DX_LOOP_PRIV_H

#include "base/check.h"
#include "base/heap.h"
#include "base/list.h"
#include <duplex/loop.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>

/* A descriptor that the loop waits for. It lies inside its owner; `ready` gets the events that came. A watch without events
 * is not in epoll at all, so that a hang-up which nobody wants to hear cannot spin the loop. */
typedef struct dx_watch {
	int fd;
	uint32_t events;
	void (*ready)(struct dx_watch *w, uint32_t events);
} dx_watch;

/* Something to be done at a certain place of the turn: in the flush (writes), in the reap (last event, memory back), or
 * again each turn (descriptors that are always ready, such as regular files). On one list at most. */
typedef struct dx_task {
	dx_link link;
	void (*run)(struct dx_task *t);
} dx_task;

struct dx_tracer;

struct dx_loop {
	int epoll_fd;
	pid_t owner;                    /* the process that turns it: a child of fork(2) shares the epoll of its parent */
	bool running;                   /* dx_loop_run is on the stack … */
	pthread_t thread;               /* … of this thread */
	atomic_bool stopped;
	bool stays;                     /* runs without anything to wait for */
	size_t waiting_for;             /* watches in epoll */
	int64_t now_ns;
	dx_heap timers;
	dx_link flushing;               /* tasks: in this turn's flush (the next one's, if it is over) */
	dx_link reaping;                /* at the end of the turn */
	dx_link ready;                  /* in the next turn, which does not wait */
	dx_link kept;                   /* what nobody else can close: when the loop is freed */
	struct dx_tracer *tracer;       /* NULL: nobody follows */
	struct dx_signals *signals;     /* NULL: none asked for */
	struct dx_workers *workers;     /* NULL: there was no work */
	dx_watch wake;                  /* an eventfd, always watched: posts, signals, a stop from elsewhere */
	pthread_mutex_t post_lock;      /* of the next two */
	dx_link posted;                 /* tasks of other threads */
	size_t posted_count;
	uint8_t *scratch;               /* one read's bytes: DX_LIMIT_READ_BYTES, shared by all */
	size_t read_bytes;              /* that one read of a stream may bring */
	struct epoll_event *events;
};

/* False in a child that was forked: what it does must not reach its parent's epoll, nor the files of its sockets. */
bool dx__loop_is_ours(const dx_loop *loop);

/* While a thread turns the loop, no other one may touch what lives on it; a forked child may, whichever thread it comes from. */
static inline void dx__loop_check_thread(const dx_loop *loop)
{
	dx_assert(!loop->running || pthread_equal(loop->thread, pthread_self()) || !dx__loop_is_ours(loop));
}

void dx_watch_init(dx_watch *w, int fd, void (*ready)(dx_watch *w, uint32_t events));

/* Waits for `events` from now on; 0 is nothing. Returns 0, -EPERM where the descriptor cannot be waited for (a regular file),
 * or what epoll_ctl(2) fails with. */
int dx_watch_set(dx_loop *loop, dx_watch *w, uint32_t events);

/* Forgets the descriptor before it is closed. It may be open in a forked child besides, so that closing alone would leave it in
 * the epoll; and in that child it stays there, being the parent's. */
void dx_watch_stop(dx_loop *loop, dx_watch *w);

void dx_task_init(dx_task *t, void (*run)(dx_task *t));

/* Puts it on one of the loop's lists, off any other; dx_link_remove takes it off. */
void dx_task_put(dx_link *list, dx_task *t);

/* Runs all that are on it now, and not what they put there. */
void dx__tasks_run(dx_link *list);

#endif
