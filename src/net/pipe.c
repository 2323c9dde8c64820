#include "net/pipe.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

#define PIECES_PER_TURN 64
#define FILE_PIECE_BYTES ((size_t)256 * 1024)

struct dx_inlet {
	int fd;
	bool always_ready, paused, over;
	dx_watch watch;
	dx_task task;
	dx_loop *loop;
	const dx_inlet_events *on;
	void *ctx;
	uint8_t buffer[DX_LIMIT_INLET_BYTES];
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

/* Can the descriptor be waited for? Regular files, folders and /dev/zero cannot, and are always ready. */
static bool can_wait(dx_loop *loop, dx_watch *w)
{
	int r = dx_watch_set(loop, w, EPOLLIN);

	if (r == -EPERM)
		return false;
	(void)dx_watch_set(loop, w, 0);
	return true;
}

static void read_once(dx_inlet *i)
{
	ssize_t n = dx_sys_read(i->fd, i->buffer, sizeof i->buffer);
	int code = n == -1 ? -errno : 0;

	if (code == -EINTR || code == -EAGAIN)
		return;
	if (n > 0) {
		i->on->data(i->ctx, dx_slice_of(i->buffer, (size_t)n));
		return;
	}
	i->over = true;
	dx_inlet_pause(i);
	if (n == 0)
		i->on->end(i->ctx);
	else
		i->on->error(i->ctx, code);
}

static void on_input(dx_watch *w, uint32_t events)
{
	(void)events;
	read_once(DX_OWNER(dx_inlet, watch, w));
}

static void on_turn(dx_task *t)
{
	dx_inlet *i = DX_OWNER(dx_inlet, task, t);

	dx_task_ready(i->loop, &i->task);       /* first, since what is read may pause it */
	read_once(i);
}

int dx_inlet_new(dx_loop *loop, int fd, const dx_inlet_events *events, void *ctx, dx_inlet **ret)
{
	dx_inlet *i = dx_sys_malloc(sizeof *i);

	if (i == NULL)
		return -ENOMEM;
	i->fd = fd;
	i->loop = loop;
	i->on = events;
	i->ctx = ctx;
	i->paused = true;
	i->over = false;
	dx_watch_init(&i->watch, fd, on_input);
	dx_task_init(&i->task, on_turn);
	i->always_ready = !can_wait(loop, &i->watch);
	*ret = i;
	return 0;
}

void dx_inlet_free(dx_inlet *i)
{
	if (i == NULL)
		return;
	dx_inlet_pause(i);
	dx_sys_free(i);
}

void dx_inlet_pause(dx_inlet *i)
{
	i->paused = true;
	dx_task_stop(&i->task);
	(void)dx_watch_set(i->loop, &i->watch, 0);
}

void dx_inlet_resume(dx_inlet *i)
{
	if (i->over || !i->paused)
		return;
	i->paused = false;
	if (i->always_ready || dx_watch_set(i->loop, &i->watch, EPOLLIN) < 0)
		dx_task_ready(i->loop, &i->task);
}

/* Outlets */

struct dx_outlet {
	int fd;
	bool always_ready;      /* a regular file: a write may be as large as it likes */
	bool failed, told, was_full;
	int error;
	dx_watch watch;
	dx_task task;
	dx_loop *loop;
	const dx_outlet_events *on;
	void *ctx;
	dx_buf waiting;
};

static bool is_writable(const dx_outlet *o, int wait)
{
	struct pollfd p = { .fd = o->fd, .events = POLLOUT };

	return o->always_ready || dx_sys_poll(&p, 1, wait) > 0;
}

/* One piece that cannot block: a pipe that is writable at all takes a page (pipe(7)). Returns bytes, 0 for not now, or errno. */
static ssize_t write_piece(dx_outlet *o, int wait_ms)
{
	size_t most = o->always_ready ? FILE_PIECE_BYTES : DX_LIMIT_PIECE_BYTES;
	dx_slice all = dx_buf_slice(&o->waiting);
	ssize_t n;

	if (!is_writable(o, wait_ms))
		return 0;
	n = dx_sys_write(o->fd, all.data, all.len < most ? all.len : most);
	if (n == -1)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	dx_buf_take(&o->waiting, (size_t)n);
	return n;
}

static void fail(dx_outlet *o, int code)
{
	o->failed = true;
	o->error = code;
	dx_buf_fini(&o->waiting);
	(void)dx_watch_set(o->loop, &o->watch, 0);
}

/* As many pieces as go without waiting, within a turn's share. */
static void write_pieces(dx_outlet *o)
{
	for (int pieces = 0; pieces < PIECES_PER_TURN && o->waiting.used > 0 && !o->failed; pieces++) {
		ssize_t n = write_piece(o, 0);

		if (n == 0)
			break;
		if (n < 0)
			fail(o, (int)n);
	}
}

/* Told from the loop only, so never out of dx_outlet_write. */
static void tell(dx_outlet *o)
{
	if (o->failed && !o->told) {
		o->told = true;
		o->on->error(o->ctx, o->error);
	} else if (o->was_full && !dx_outlet_is_full(o)) {
		o->was_full = false;
		o->on->room(o->ctx);
	}
}

static void wait_for_room(dx_outlet *o)
{
	if (o->failed || o->waiting.used == 0)
		(void)dx_watch_set(o->loop, &o->watch, 0);
	else if (o->always_ready || dx_watch_set(o->loop, &o->watch, EPOLLOUT) < 0)
		dx_task_ready(o->loop, &o->task);
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

int dx_outlet_new(dx_loop *loop, int fd, const dx_outlet_events *events, void *ctx, dx_outlet **ret)
{
	dx_outlet *o = dx_sys_calloc(1, sizeof *o);

	if (o == NULL)
		return -ENOMEM;
	o->fd = fd;
	o->loop = loop;
	o->on = events;
	o->ctx = ctx;
	dx_buf_init(&o->waiting, DX_LIMIT_OUTLET_BYTES);
	dx_watch_init(&o->watch, fd, on_output);
	dx_task_init(&o->task, on_flush);
	o->always_ready = !can_wait(loop, &o->watch);
	*ret = o;
	return 0;
}

void dx_outlet_free(dx_outlet *o)
{
	if (o == NULL)
		return;
	(void)dx_watch_set(o->loop, &o->watch, 0);
	dx_task_stop(&o->task);
	dx_buf_fini(&o->waiting);
	dx_sys_free(o);
}

int dx_outlet_write(dx_outlet *o, dx_slice bytes, bool now)
{
	int r = o->failed ? -EPIPE : dx_buf_add(&o->waiting, bytes);

	if (r < 0)
		return r;
	if (now)
		write_pieces(o);
	if (dx_outlet_is_full(o))
		o->was_full = true;
	if (o->waiting.used > 0 || o->failed)
		dx_task_flush(o->loop, &o->task);
	return 0;
}

bool dx_outlet_is_full(const dx_outlet *o)
{
	return o->waiting.used > DX_LIMIT_OUTLET_BYTES / 2;
}

size_t dx_outlet_waiting(const dx_outlet *o)
{
	return o->waiting.used;
}

int dx_outlet_drain(dx_outlet *o, int within_ms)
{
	struct timespec now;
	int64_t end_ms = -1;

	while (o->waiting.used > 0 && !o->failed) {
		int64_t left_ms;
		ssize_t n;

		if (dx_sys_clock_gettime(CLOCK_MONOTONIC, &now) == -1)
			return -EAGAIN;
		left_ms = now.tv_sec * 1000 + now.tv_nsec / 1000000;
		end_ms = end_ms < 0 ? left_ms + within_ms : end_ms;
		left_ms = end_ms - left_ms;
		if (left_ms <= 0)
			return -EAGAIN;
		n = write_piece(o, (int)left_ms);
		if (n < 0)
			fail(o, (int)n);
	}
	return o->failed ? o->error : 0;
}
