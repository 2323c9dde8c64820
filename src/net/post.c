/* Invariant: the eventfd is written after the list, and read before it, so what is posted is found or wakes once more. */
#include "net/post.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/signals.h"
#include "sys/sys.h"

/* A call that somebody posted. */
struct letter {
	dx_task task;                   /* first: see dx__post */
	void (*run)(void *ctx);
	void *ctx;
};

static void on_letter(dx_task *t)
{
	struct letter l = *DX_OWNER(struct letter, task, t);

	dx_sys_free(t);
	l.run(l.ctx);
}

void dx__wake(const dx_loop *loop)
{
	(void)dx_sys_eventfd_write(loop->wake.fd, 1);
}

/* Takes all that is posted. */
static void take_posted(dx_loop *loop, dx_link *ret)
{
	(void)pthread_mutex_lock(&loop->post_lock);
	dx_link_move(&loop->posted, ret);
	loop->posted_count = 0;
	(void)pthread_mutex_unlock(&loop->post_lock);
}

bool dx__post_run(dx_loop *loop)
{
	dx_link now;

	take_posted(loop, &now);
	if (dx_link_alone(&now))
		return false;
	dx__tasks_run(&now);
	return true;
}

static void on_wake(dx_watch *w, uint32_t events)
{
	dx_loop *loop = DX_OWNER(dx_loop, wake, w);
	uint64_t times;

	(void)events;
	(void)!dx_sys_read(w->fd, &times, sizeof times);
	dx__signals_tell(loop);
	(void)dx__post_run(loop);
}

int dx__post_init(dx_loop *loop)
{
	dx_watch_init(&loop->wake, dx_sys_eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), on_wake);
	return loop->wake.fd == -1 ? -errno : dx_watch_set(loop, &loop->wake, EPOLLIN);
}

void dx__post_fini(dx_loop *loop)
{
	dx_link left;

	take_posted(loop, &left);
	while (!dx_link_alone(&left)) {
		dx_task *t = DX_OWNER(dx_task, link, left.next);

		dx_link_remove(&t->link);
		dx_sys_free(t);
	}
	if (loop->wake.fd != -1)
		(void)dx_sys_close(loop->wake.fd);
	(void)pthread_mutex_destroy(&loop->post_lock);
}

/* False: too many wait already. */
static bool add(dx_loop *loop, dx_task *t, size_t ceiling)
{
	bool fits;

	(void)pthread_mutex_lock(&loop->post_lock);
	fits = loop->posted_count < ceiling;
	if (fits) {
		dx_link_add(&loop->posted, &t->link);
		loop->posted_count++;
	}
	(void)pthread_mutex_unlock(&loop->post_lock);
	if (fits)
		dx__wake(loop);
	return fits;
}

void dx__post(dx_loop *loop, dx_task *t)
{
	(void)add(loop, t, SIZE_MAX);
}

bool dx__post_waits(dx_loop *loop)
{
	bool waits;

	(void)pthread_mutex_lock(&loop->post_lock);
	waits = !dx_link_alone(&loop->posted);
	(void)pthread_mutex_unlock(&loop->post_lock);
	return waits;
}

int dx_loop_post(dx_loop *loop, void (*run)(void *ctx), void *ctx)
{
	struct letter *l = dx_sys_malloc(sizeof *l);

	dx_assert(run != NULL);
	if (l == NULL)
		return -ENOMEM;
	*l = (struct letter){ .run = run, .ctx = ctx };
	dx_task_init(&l->task, on_letter);
	if (add(loop, &l->task, DX_LIMIT_POSTS))
		return 0;
	dx_sys_free(l);
	return -ENOBUFS;
}
