/* An inlet reads once a turn; an outlet writes what waits, in pieces. */
#include <duplex/pipe.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

#define PIECES_PER_TURN  64
#define FILE_PIECE_BYTES ((size_t)256 * 1024)

struct dx_inlet {
	bool over, freed;
	int cannot_wait;                /* why, told in the next turn; 0 for a descriptor that is always ready */
	dx_watch watch;
	dx_task task;                   /* where the descriptor cannot be waited for; at last, the reap */
	dx_loop *loop;
	const dx_inlet_events *on;
	void *ctx;
};

dx_pipe_kind dx_pipe_kind_of(int fd)
{
	struct stat what;

	if (dx_sys_isatty(fd) == 1)
		return DX_PIPE_TERMINAL;
	if (dx_sys_fstat(fd, &what) == 0 && (S_ISREG(what.st_mode) || S_ISBLK(what.st_mode)))
		return DX_PIPE_FILE;
	return DX_PIPE_STREAM;
}

static const dx_inlet_events nothing_heard = { 0 };

static void be_over(dx_inlet *i, int code)
{
	i->over = true;
	dx_inlet_pause(i);
	if (code < 0 && i->on->error != NULL)
		i->on->error(i, code, i->ctx);
	else if (i->on->end != NULL)
		i->on->end(i, i->ctx);
}

static void read_once(dx_inlet *i)
{
	ssize_t n = dx_sys_read(i->watch.fd, i->loop->scratch, DX_LIMIT_INLET_BYTES);
	int code = n == -1 ? -errno : 0;

	if (code == -EINTR || code == -EAGAIN)
		return;
	if (n <= 0)
		be_over(i, code);
	else if (i->on->data != NULL)
		i->on->data(i, dx_slice_of(i->loop->scratch, (size_t)n), i->ctx);
}

static void on_input(dx_watch *w, uint32_t events)
{
	(void)events;
	read_once(DX_OWNER(dx_inlet, watch, w));
}

static void on_turn(dx_task *t)
{
	dx_inlet *i = DX_OWNER(dx_inlet, task, t);

	if (i->cannot_wait < 0) {
		be_over(i, i->cannot_wait);
		return;
	}
	dx_task_put(&i->loop->ready, &i->task);       /* first, since what is read may pause it */
	read_once(i);
}

static void on_inlet_reap(dx_task *t)
{
	dx_sys_free(DX_OWNER(dx_inlet, task, t));
}

int dx_inlet_new(dx_loop *loop, int fd, const dx_inlet_events *events, void *ctx, dx_inlet **ret)
{
	dx_inlet *i = dx_sys_calloc(1, sizeof *i);

	if (i == NULL)
		return -ENOMEM;
	i->loop = loop;
	i->on = events != NULL ? events : &nothing_heard;
	i->ctx = ctx;
	dx_watch_init(&i->watch, fd, on_input);
	dx_task_init(&i->task, on_turn);
	*ret = i;
	return 0;
}

void dx_inlet_pause(dx_inlet *i)
{
	if (i->freed)
		return;
	dx_link_remove(&i->task.link);
	(void)dx_watch_set(i->loop, &i->watch, 0);
}

void dx_inlet_free(dx_inlet *i)
{
	if (i == NULL)
		return;
	dx_inlet_pause(i);
	i->over = i->freed = true;
	i->task.run = on_inlet_reap;
	dx_task_put(&i->loop->reaping, &i->task);
}

/* Regular files, folders and /dev/zero cannot be waited for, and are always ready; epoll says EPERM of them. Where it says
 * anything else, a read might block. */
void dx_inlet_resume(dx_inlet *i)
{
	int r = i->over ? 0 : dx_watch_set(i->loop, &i->watch, EPOLLIN);

	i->cannot_wait = r == -EPERM ? 0 : r;
	if (r < 0)
		dx_task_put(&i->loop->ready, &i->task);
}

void dx_inlet_go_first(dx_inlet *i)
{
	i->loop->read_bytes = DX_LIMIT_KEYED_READ_BYTES;
}

/* Outlets */

struct dx_outlet {
	bool always_ready;      /* a regular file: a write may be as large as it likes */
	bool told, was_full;
	size_t full_bytes;      /* more than that waits: it is full */
	int error;              /* 0: it has not failed */
	int own;                /* a descriptor of our own for the same terminal; -1 */
	dx_watch watch;
	dx_task task;
	dx_loop *loop;
	const dx_outlet_events *on;
	void *ctx;
	dx_buf waiting;
};

/* No descriptor at all is "writable", so that writing tells what is wrong with it; poll(2) passes it over. */
static bool is_writable(const dx_outlet *o, int wait_ms)
{
	struct pollfd p = { .fd = o->watch.fd, .events = POLLOUT };

	return o->always_ready || p.fd < 0 || dx_sys_poll(&p, 1, wait_ms) > 0;
}

/* One piece that cannot block: a pipe that is writable at all takes a page (pipe(7)). False: not now, or never again. */
static bool write_piece(dx_outlet *o, int wait_ms)
{
	size_t most = o->always_ready ? FILE_PIECE_BYTES : DX_LIMIT_PIECE_BYTES;
	dx_slice all = dx_buf_slice(&o->waiting);
	ssize_t n;

	if (!is_writable(o, wait_ms))
		return false;
	n = dx_sys_write(o->watch.fd, all.data, all.len < most ? all.len : most);
	if (n > 0) {
		dx_buf_take(&o->waiting, (size_t)n);
	} else if (n == -1 && errno != EINTR && errno != EAGAIN) {
		o->error = -errno;
		dx_buf_fini(&o->waiting);
		(void)dx_watch_set(o->loop, &o->watch, 0);
	}
	return n > 0;
}

/* As many pieces as go without waiting, within a turn's share. */
static void write_pieces(dx_outlet *o)
{
	for (int pieces = 0; pieces < PIECES_PER_TURN && o->waiting.used > 0 && write_piece(o, 0); pieces++)
		;
}

static const dx_outlet_events nothing_told = { 0 };

/* Told from the loop only, so never out of dx_outlet_write. */
static void tell(dx_outlet *o)
{
	if (o->error != 0 && !o->told) {
		o->told = true;
		if (o->on->error != NULL)
			o->on->error(o, o->error, o->ctx);
	} else if (o->was_full && !dx_outlet_is_full(o)) {
		o->was_full = false;
		if (o->on->room != NULL)
			o->on->room(o, o->ctx);
	}
}

static void wait_for_room(dx_outlet *o)
{
	if (o->waiting.used == 0)
		(void)dx_watch_set(o->loop, &o->watch, 0);
	else if (o->always_ready || dx_watch_set(o->loop, &o->watch, EPOLLOUT) < 0)
		dx_task_put(&o->loop->ready, &o->task);
	if (o->waiting.used == 0 && o->waiting.size > DX_LIMIT_READ_BYTES)
		dx_buf_fini(&o->waiting);
}

static void serve(dx_outlet *o)
{
	write_pieces(o);
	wait_for_room(o);
	tell(o);
}

static void on_flush(dx_task *t)
{
	serve(DX_OWNER(dx_outlet, task, t));
}

static void on_output(dx_watch *w, uint32_t events)
{
	(void)events;
	serve(DX_OWNER(dx_outlet, watch, w));
}

/* A terminal that takes a byte says that it is writable, and makes who writes two wait, for ever where nobody reads it. To be told
 * instead takes O_NONBLOCK, which belongs to the open file, so it is opened once more. -1: it cannot be, or is no terminal. */
static int open_again(int fd)
{
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return dx_sys_isatty(fd) == 1 ? dx_sys_open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0) : -1;
}

int dx_outlet_new(dx_loop *loop, int fd, const dx_outlet_events *events, void *ctx, dx_outlet **ret)
{
	dx_outlet *o = dx_sys_calloc(1, sizeof *o);

	if (o == NULL)
		return -ENOMEM;
	o->loop = loop;
	o->on = events != NULL ? events : &nothing_told;
	o->ctx = ctx;
	o->full_bytes = DX_LIMIT_OUTLET_BYTES / 2;
	dx_buf_init(&o->waiting, DX_LIMIT_OUTLET_BYTES);
	o->own = open_again(fd);
	dx_watch_init(&o->watch, o->own != -1 ? o->own : fd, on_output);
	dx_task_init(&o->task, on_flush);
	o->always_ready = dx_watch_set(loop, &o->watch, EPOLLOUT) == -EPERM;    /* see dx_inlet_resume */
	(void)dx_watch_set(loop, &o->watch, 0);
	*ret = o;
	return 0;
}

static void on_outlet_reap(dx_task *t)
{
	dx_sys_free(DX_OWNER(dx_outlet, task, t));
}

void dx_outlet_free(dx_outlet *o)
{
	if (o == NULL)
		return;
	(void)dx_watch_set(o->loop, &o->watch, 0);
	if (o->own != -1)
		(void)dx_sys_close(o->own);
	o->own = -1;
	dx_buf_fini(&o->waiting);
	o->error = -EPIPE;              /* nothing is queued any more */
	o->task.run = on_outlet_reap;
	dx_task_put(&o->loop->reaping, &o->task);
}

int dx_outlet_write(dx_outlet *o, dx_slice bytes, bool now)
{
	int r;

	dx__loop_check_thread(o->loop);
	r = o->error != 0 ? -EPIPE : dx_buf_add(&o->waiting, bytes);
	if (r < 0)
		return r;
	if (now)
		write_pieces(o);
	if (dx_outlet_is_full(o))
		o->was_full = true;
	if (o->waiting.used > 0 || o->error != 0)
		dx_task_put(&o->loop->flushing, &o->task);
	return 0;
}

void dx_outlet_set_full(dx_outlet *o, size_t bytes)
{
	o->full_bytes = bytes;
}

void dx_outlet_set_ceiling(dx_outlet *o, size_t bytes)
{
	o->waiting.limit = bytes;
}

bool dx_outlet_is_full(const dx_outlet *o)
{
	return o->waiting.used > o->full_bytes;
}

int dx_outlet_drain(dx_outlet *o, int within_ms)
{
	int64_t end_ms = -1;

	while (o->waiting.used > 0) {
		struct timespec now;
		int64_t now_ms;

		if (dx_sys_clock_gettime(CLOCK_MONOTONIC, &now) == -1)
			return -EAGAIN;
		now_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000;
		end_ms = end_ms < 0 ? now_ms + within_ms : end_ms;
		if (now_ms >= end_ms)
			return -EAGAIN;
		(void)write_piece(o, (int)(end_ms - now_ms));
	}
	return o->error;
}
