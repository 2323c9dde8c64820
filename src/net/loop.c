/* The loop. dx_loop_run is the turn of loop.h, line by line; all else here is how one gets onto its lists.
 * Invariant: memory goes back only in `reap`, between a batch of events and the next wait, so epoll may hold plain pointers. */
#include "base/check.h"
#include "base/limits.h"
#include "base/number.h"
#include "net/loop_priv.h"
#include "net/post.h"
#include "net/signals.h"
#include "net/trace.h"
#include "net/work.h"
#include "sys/sys.h"

_Static_assert(offsetof(dx_timer, due_ns) == offsetof(dx_heap_node, key) && offsetof(dx_timer, order) == offsetof(dx_heap_node, order) &&
	       offsetof(dx_timer, place) == offsetof(dx_heap_node, place), "a timer begins as a heap node");

/* A clock that fails stands still. */
static int64_t read_clock(const dx_loop *loop)
{
	struct timespec now;

	if (dx_sys_clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		return loop->now_ns;
	return now.tv_sec * DX_NS_PER_S + now.tv_nsec;
}

int dx_loop_new(dx_loop **ret_loop)
{
	dx_loop *loop = dx_sys_calloc(1, sizeof *loop);
	int r = -ENOMEM;

	if (loop == NULL)
		return -ENOMEM;
	loop->epoll_fd = loop->wake.fd = -1;
	dx_link_init(&loop->flushing);
	dx_link_init(&loop->reaping);
	dx_link_init(&loop->ready);
	dx_link_init(&loop->kept);
	dx_link_init(&loop->posted);
	(void)pthread_mutex_init(&loop->post_lock, NULL);
	loop->scratch = dx_sys_malloc(DX_LIMIT_READ_BYTES);
	loop->read_bytes = DX_LIMIT_READ_BYTES;
	loop->events = dx_sys_malloc(DX_LIMIT_EVENTS_PER_TURN * sizeof *loop->events);
	loop->owner = dx_sys_getpid();
	loop->now_ns = read_clock(loop);
	if (loop->scratch != NULL && loop->events != NULL) {
		loop->epoll_fd = dx_sys_epoll_create1(EPOLL_CLOEXEC);
		r = loop->epoll_fd == -1 ? -errno : dx__post_init(loop);
	}
	if (r == 0)
		*ret_loop = loop;
	else
		dx_loop_free(loop);
	return r;
}

/* A forked child has none of the loop's threads: it would wait for them in vain, and a lock that one of them held stays locked.
 * Their work and what was posted are the parent's. */
static void leave_threads_behind(dx_loop *loop)
{
	if (dx__loop_is_ours(loop))
		return;
	dx_sys_free(loop->workers);
	loop->workers = NULL;
	loop->posted_count = 0;
	dx_link_init(&loop->posted);
	(void)pthread_mutex_init(&loop->post_lock, NULL);
}

/* Tells `closed`, and gives the memory back, until nothing is left: what is told may close others. */
static void reap(dx_loop *loop)
{
	while (!dx_link_alone(&loop->reaping))
		dx__tasks_run(&loop->reaping);
}

void dx_loop_free(dx_loop *loop)
{
	if (loop == NULL)
		return;
	dx_assert(!loop->running || !dx__loop_is_ours(loop));   /* a forked child does not come back to the callback */
	leave_threads_behind(loop);
	dx__tasks_run(&loop->kept);
	reap(loop);
	dx__work_free(loop);
	dx_signals_free(loop);
	dx__post_fini(loop);
	dx_trace_free(loop);
	dx_heap_fini(&loop->timers);
	if (loop->epoll_fd != -1)
		(void)dx_sys_close(loop->epoll_fd);
	dx_sys_free(loop->events);
	dx_sys_free(loop->scratch);
	dx_sys_free(loop);
}

void dx_loop_stop(dx_loop *loop)
{
	atomic_store(&loop->stopped, true);
	dx__wake(loop);
}

void dx_loop_stay(dx_loop *loop, bool stays)
{
	loop->stays = stays;
}

int64_t dx_loop_now_ns(const dx_loop *loop)
{
	return loop->running ? loop->now_ns : read_clock(loop);
}

/* Timers */

void dx_timer_init(dx_timer *t, void (*fire)(void *ctx), void *ctx)
{
	*t = (dx_timer){ .fire = fire, .ctx = ctx };
}

int dx_timer_start(dx_loop *loop, dx_timer *t, int64_t after_ns)
{
	int64_t due_ns;

	dx_assert(t->fire != NULL);             /* dx_timer_init */
	dx__loop_check_thread(loop);
	dx_timer_stop(loop, t);
	if (after_ns < 0)
		after_ns = 0;
	if (__builtin_add_overflow(dx_loop_now_ns(loop), after_ns, &due_ns))
		due_ns = INT64_MAX;
	return dx_heap_add(&loop->timers, (dx_heap_node *)t, due_ns);
}

void dx_timer_stop(dx_loop *loop, dx_timer *t)
{
	dx_heap_remove(&loop->timers, (dx_heap_node *)t);
}

bool dx_timer_running(const dx_timer *t)
{
	return t->place != 0;
}

/* Those that a firing timer starts have a higher order than `last`, so a timer of 0 fires in the next turn. */
static void fire_timers(dx_loop *loop)
{
	uint64_t last = loop->timers.next_order;
	dx_heap_node *first;

	while ((first = dx_heap_first(&loop->timers)) != NULL && first->key <= loop->now_ns && first->order < last) {
		dx_timer *t = (dx_timer *)first;

		dx_timer_stop(loop, t);
		t->fire(t->ctx);
	}
}

void dx_loop_settle(dx_loop *loop)
{
	dx_assert(!loop->running || !dx__loop_is_ours(loop));   /* see dx_loop_free */
	leave_threads_behind(loop);
	do {
		dx__work_finish(loop);
		reap(loop);
	} while (dx__post_run(loop) || !dx_link_alone(&loop->reaping) || dx__work_waits(loop));
}

/* The turn */

static void serve(dx_loop *loop, int count)
{
	for (int i = 0; i < count; i++) {
		dx_watch *w = loop->events[i].data.ptr;

		if (w->events != 0)     /* 0: another one of this batch stopped it */
			w->ready(w, loop->events[i].events);
	}
}

static int wait_ms(const dx_loop *loop)
{
	const dx_heap_node *first = dx_heap_first(&loop->timers);
	int64_t ns;

	if (!dx_link_alone(&loop->ready) || !dx_link_alone(&loop->flushing) || !dx_link_alone(&loop->reaping))
		return 0;
	if (first == NULL)
		return -1;
	ns = first->key - read_clock(loop);
	if (ns <= 0)
		return 0;
	return ns > INT32_MAX / 2 * DX_NS_PER_MS ? INT32_MAX / 2 : (int)((ns + DX_NS_PER_MS - 1) / DX_NS_PER_MS);
}

static bool has_work(dx_loop *loop)
{
	bool waits = loop->stays || loop->waiting_for > 1 || dx_heap_first(&loop->timers) != NULL;      /* 1: to be woken */

	return waits || wait_ms(loop) == 0 || dx__work_waits(loop) || dx__post_waits(loop);
}

/* Signals interrupt a wait as often as somebody likes, over days; a kernel that interrupts without ever waiting will never tell
 * anything. Told apart by their pace. */
#define INTERRUPTIONS_MAX  1000
#define INTERRUPTIONS_NS   (10 * DX_NS_PER_MS)

struct interruptions {
	int count;                      /* in a row, since `since_ns` */
	int64_t since_ns;
};

static bool is_only_interrupted(struct interruptions *i, int64_t now_ns)
{
	if (i->count == 0 || now_ns - i->since_ns > INTERRUPTIONS_NS)
		*i = (struct interruptions){ .since_ns = now_ns };
	return ++i->count == INTERRUPTIONS_MAX;
}

int dx_loop_run(dx_loop *loop)
{
	struct interruptions in_a_row = { 0 };
	int r = 0;

	if (loop->running)
		return -EBUSY;
	loop->now_ns = read_clock(loop);
	leave_threads_behind(loop);
	loop->owner = dx_sys_getpid();
	loop->thread = pthread_self();
	loop->running = true;
	while (!atomic_exchange(&loop->stopped, false) && has_work(loop)) {
		int count = dx_sys_epoll_wait(loop->epoll_fd, loop->events, DX_LIMIT_EVENTS_PER_TURN, wait_ms(loop));
		int error = count == -1 ? errno : 0;

		loop->now_ns = read_clock(loop);
		if (error != 0 && (error != EINTR || is_only_interrupted(&in_a_row, loop->now_ns))) {
			r = -error;
			break;
		}
		if (error == 0)
			in_a_row.count = 0;
		fire_timers(loop);
		serve(loop, count);
		dx__tasks_run(&loop->ready);
		dx__tasks_run(&loop->flushing);
		dx__tasks_run(&loop->reaping);
	}
	loop->running = false;
	return r;
}
