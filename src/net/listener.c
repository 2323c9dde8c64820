/* Listeners: whoever comes becomes a stream. A listener that is out of descriptors or memory rests for a moment, so that it
 * neither spins nor dies; the clients wait in the backlog. */
#include "base/check.h"
#include "base/limits.h"
#include "base/number.h"
#include "net/adopt.h"
#include "net/bound.h"
#include "net/listener.h"
#include "net/resolver.h"
#include "net/stream_priv.h"
#include "net/verbs.h"
#include "sys/sys.h"

#define dx_listener_MAGIC 0x115753e2u

struct dx_listener {
	uint32_t magic;
	bool paused, closing, nodelay;
	dx_bound bound;
	dx_task task;
	dx_timer rest;
	dx_loop *loop;
	const dx_stream_events *on;
	void *ctx;
	void (*rested)(void *ctx, int code);
};

/* Its user asks something of it: it must live, and its loop's thread be asking. */
static void check_use(dx_listener *l)
{
	DX_LIVE(dx_listener, l);
	dx__loop_check_thread(l->loop);
}

static void watch_wanted(dx_listener *l)
{
	bool wanted = !l->paused && !l->closing && !dx_timer_running(&l->rest);

	if (dx_watch_set(l->loop, &l->bound.watch, wanted ? EPOLLIN : 0) < 0)
		(void)dx_timer_start(l->loop, &l->rest, DX_LIMIT_LISTENER_REST_MS * DX_NS_PER_MS);
}

static void on_rested(void *ctx)
{
	watch_wanted(DX_CAST(dx_listener, ctx));
}

static void rest(dx_listener *l, int code)
{
	(void)dx_timer_start(l->loop, &l->rest, DX_LIMIT_LISTENER_REST_MS * DX_NS_PER_MS);
	watch_wanted(l);
	if (l->rested != NULL)
		l->rested(l->ctx, code);
}

static void welcome(dx_listener *l, int fd, const dx_addr *from)
{
	dx_stream *s = dx__stream_new(sizeof *s, &dx__carrier_socket, l->loop, l->on, l->ctx);

	if (s == NULL) {
		dx_verb_close(l->loop, fd);
		rest(l, -ENOMEM);
		return;
	}
	s->peer = *from;
	dx_verb_tune_loopback(fd, from);
	dx__stream_opened(s, fd, l->nodelay);
}

/* What accept4(2) may fail with: nobody is there; that one client is gone, or its network; we are out of something. Where a whole
 * turn brought nothing but failures it is no client's fault: a kernel, or a filter, that does not let us. */
static bool is_out_of_something(int code)
{
	return code == -EMFILE || code == -ENFILE || code == -ENOBUFS || code == -ENOMEM;
}

static void on_ready(dx_watch *w, uint32_t events)
{
	dx_listener *l = DX_OWNER(dx_listener, bound.watch, w);
	int failed = 0;
	dx_addr from;

	(void)events;
	for (int turn = 0; turn < DX_LIMIT_ACCEPTS_PER_TURN && w->events != 0; turn++) {
		int fd = dx_verb_accept(l->loop, w->fd, &from);

		if (fd == -EAGAIN)
			return;
		if (fd >= 0) {
			welcome(l, fd, &from);
		} else if (is_out_of_something(fd) || ++failed == DX_LIMIT_ACCEPTS_PER_TURN) {
			rest(l, fd);
			return;
		}
	}
}

static void on_reap(dx_task *t)
{
	dx_listener *l = DX_OWNER(dx_listener, task, t);

	l->magic = 0;
	dx_sys_free(l);
}

int dx_listener_open(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *at, const dx_stream_events *on, void *ctx,
		     void (*rested)(void *ctx, int code), dx_listener **ret, dx_error *reterr)
{
	dx_listener *l = dx_sys_calloc(1, sizeof *l);
	int r;

	if (l == NULL)
		return dx_error_set(reterr, -ENOMEM, "memory", "");
	*l = (dx_listener){ .magic = dx_listener_MAGIC, .loop = loop, .on = on, .ctx = ctx, .rested = rested,
			    .nodelay = endpoint->keys.nodelay != 0, .bound.watch.fd = -1 };
	dx_task_init(&l->task, on_reap);
	dx_timer_init(&l->rest, on_rested, l);
	r = dx_bound_open(loop, at, endpoint, &l->bound, reterr);
	l->bound.watch.ready = on_ready;
	if (r == 0 && (r = dx_watch_set(loop, &l->bound.watch, EPOLLIN)) < 0)
		(void)dx_error_set(reterr, r, "wait", "");
	if (r < 0 && endpoint->transport == DX_FD)
		l->bound.watch.fd = -1;         /* still the caller's */
	if (r < 0)
		dx_listener_close(l);
	else
		*ret = l;
	return r;
}

static void on_loop_freed(dx_task *t)
{
	t->run = on_reap;
	dx_listener_close(DX_OWNER(dx_listener, task, t));
}

/* Nobody else can close it. */
static void keep(dx_listener *l)
{
	l->task.run = on_loop_freed;
	dx_task_put(&l->loop->kept, &l->task);
}

int dx_listen(dx_loop *loop, const char *endpoint, const dx_stream_events *events, void *ctx, dx_listener **ret_listener,
	      dx_error *reterr)
{
	dx_listener *l;
	dx_endpoint e;
	dx_addr at;
	int r = dx_endpoint_parse(endpoint, &e, NULL);

	if (r < 0)
		return dx_error_set(reterr, r, "endpoint", endpoint);
	if (e.transport == DX_FD)
		r = dx_adopt_bound(loop, &e, DX_ADOPTED_LISTENER, &at);
	else
		r = dx_endpoint_is_stream(&e) ? dx_resolve_now(&e, &at) : -EINVAL;
	if (r < 0)
		(void)dx_error_set(reterr, r, r == -EINVAL ? "endpoint" : "resolve", endpoint);
	else
		r = dx_listener_open(loop, &e, &at, events, ctx, NULL, &l, reterr);
	dx_endpoint_fini(&e);
	if (r == 0 && ret_listener != NULL)
		*ret_listener = l;
	else if (r == 0)
		keep(l);
	return r;
}

const dx_addr *dx_listener_address(const dx_listener *l)
{
	return &l->bound.address;
}

void dx_listener_pause(dx_listener *l)
{
	check_use(l);
	l->paused = true;
	watch_wanted(l);
}

void dx_listener_resume(dx_listener *l)
{
	check_use(l);
	l->paused = false;
	watch_wanted(l);
}

void dx_listener_close(dx_listener *l)
{
	if (l == NULL)
		return;
	check_use(l);
	if (l->closing)
		return;
	l->closing = true;
	dx_timer_stop(l->loop, &l->rest);
	dx_bound_close(l->loop, &l->bound);
	dx_task_put(&l->loop->reaping, &l->task);
}
