/* A few threads, begun when there is more work than hands, kept until the loop ends. The loop's side counts what is not done;
 * what the threads share lies under the lock. */
#include "net/work.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/post.h"
#include "net/thread.h"

struct job {
	dx_task task;                   /* first: see dx__post; in the line, then posted to the loop */
	dx_loop *loop;
	void (*work)(void *ctx);
	void (*done)(void *ctx);
	void *ctx;
};

struct dx_workers {
	size_t undone;                  /* the loop's own: jobs whose `done` was not called */
	size_t count;                   /* the loop's own: threads */
	pthread_t threads[DX_LIMIT_WORKERS];
	pthread_mutex_t lock;
	pthread_cond_t wanted;
	dx_link line;
	size_t in_line, idle;           /* jobs; threads that wait for one */
	bool over;                      /* they end once the line is empty */
};

static void on_done(dx_task *t)
{
	struct job j = *DX_OWNER(struct job, task, t);

	dx_sys_free(DX_OWNER(struct job, task, t));
	j.loop->workers->undone--;
	if (j.done != NULL)
		j.done(j.ctx);
}

/* The next job in the line, NULL where there will be none. */
static struct job *take_job(struct dx_workers *w)
{
	struct job *j = NULL;

	(void)pthread_mutex_lock(&w->lock);
	w->idle++;
	while (dx_link_alone(&w->line) && !w->over)
		(void)pthread_cond_wait(&w->wanted, &w->lock);
	w->idle--;
	if (!dx_link_alone(&w->line)) {
		j = DX_OWNER(struct job, task.link, w->line.next);
		dx_link_remove(&j->task.link);
		w->in_line--;
	}
	(void)pthread_mutex_unlock(&w->lock);
	return j;
}

static void *run_thread(void *ctx)
{
	struct job *j;

	while ((j = take_job(ctx)) != NULL) {
		j->work(j->ctx);
		dx__post(j->loop, &j->task);
	}
	return NULL;
}

/* Puts it into the line. Returns whether a thread is free for it. */
static bool line_up(struct dx_workers *w, struct job *j)
{
	bool hands;

	(void)pthread_mutex_lock(&w->lock);
	dx_link_add(&w->line, &j->task.link);
	hands = ++w->in_line <= w->idle;
	(void)pthread_cond_signal(&w->wanted);
	(void)pthread_mutex_unlock(&w->lock);
	return hands;
}

static int make_workers(dx_loop *loop)
{
	struct dx_workers *w = dx_sys_calloc(1, sizeof *w);

	if (w == NULL)
		return -ENOMEM;
	(void)pthread_mutex_init(&w->lock, NULL);
	(void)pthread_cond_init(&w->wanted, NULL);
	dx_link_init(&w->line);
	loop->workers = w;
	return 0;
}

static int add_worker(struct dx_workers *w)
{
	int r = dx__thread_start(&w->threads[w->count], run_thread, w);

	if (r == 0)
		w->count++;
	return r;
}

static int begin(struct dx_workers *w, struct job *j)
{
	int r = w->undone >= DX_LIMIT_WORK ? -ENOBUFS : w->count == 0 ? add_worker(w) : 0;

	if (r < 0)
		return r;
	w->undone++;
	if (!line_up(w, j) && w->count < DX_LIMIT_WORKERS)
		(void)add_worker(w);            /* the others will come to it, if later */
	return 0;
}

int dx_loop_work(dx_loop *loop, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx)
{
	struct job *j = dx_sys_malloc(sizeof *j);
	int r = j == NULL ? -ENOMEM : loop->workers == NULL ? make_workers(loop) : 0;

	dx_assert(work != NULL);
	dx__loop_check_thread(loop);
	if (r == 0) {
		*j = (struct job){ .loop = loop, .work = work, .done = done, .ctx = ctx };
		dx_task_init(&j->task, on_done);
		r = begin(loop->workers, j);
	}
	if (r < 0)
		dx_sys_free(j);
	return r;
}

bool dx__work_waits(const dx_loop *loop)
{
	return loop->workers != NULL && loop->workers->undone > 0;
}

void dx__work_finish(dx_loop *loop)
{
	struct dx_workers *w = loop->workers;

	if (w == NULL)
		return;
	(void)pthread_mutex_lock(&w->lock);
	w->over = true;
	(void)pthread_cond_broadcast(&w->wanted);
	(void)pthread_mutex_unlock(&w->lock);
	while (w->count > 0)
		(void)dx_sys_pthread_join(w->threads[--w->count], NULL);
	w->over = false;
}

void dx__work_free(dx_loop *loop)
{
	struct dx_workers *w = loop->workers;

	dx__work_finish(loop);
	if (w != NULL) {
		(void)pthread_cond_destroy(&w->wanted);
		(void)pthread_mutex_destroy(&w->lock);
	}
	dx_sys_free(w);
}
