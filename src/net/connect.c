/* How a stream is born by connecting: the name is looked up, then its addresses race until one answers (net/race.h). One
 * deadline holds for all of it. */
#include "base/check.h"
#include "base/number.h"
#include "net/adopt.h"
#include "net/bound.h"
#include "net/connect.h"
#include "net/race.h"
#include "net/resolver.h"
#include "net/stream_priv.h"
#include "net/verbs.h"
#include "sys/sys.h"

#define FULL_UNIX_NS (10 * DX_NS_PER_MS)        /* until a Unix socket whose backlog is full is asked again: no event tells */

struct attempt {
	dx_watch watch;                 /* fd -1: it has no socket */
	struct dx_connecting *of;
};

struct dx_connecting {
	dx_stream *stream;              /* its `peer` is the address that began or failed last */
	dx_task task;                   /* freed in the reap: an event of its watches may be in the batch at hand */
	dx_lookup *lookup;
	dx_timer deadline;
	dx_timer next;                  /* until the next address may start */
	dx_addr bind;
	const dx_endpoint *endpoint;
	dx_endpoint own;                /* where we parsed it ourselves */
	int why;                        /* the last one failed */
	dx_race race;
	struct attempt attempts[DX_LIMIT_ADDRESSES];    /* one for each address of the race */
};

static void stop_trying(struct dx_connecting *c)
{
	dx_loop *loop = c->stream->loop;

	dx_timer_stop(loop, &c->deadline);
	dx_timer_stop(loop, &c->next);
	for (size_t i = 0; i < c->race.count; i++)
		dx_verb_close_watched(loop, &c->attempts[i].watch);
}

static void on_reap(dx_task *t)
{
	struct dx_connecting *c = DX_OWNER(struct dx_connecting, task, t);

	dx_endpoint_fini(&c->own);
	dx_sys_free(c);
}

/* While it connects, a stream is carried by nothing, and closing it gives all of this back. */

static void stop_connecting(dx_stream *s)
{
	struct dx_connecting *c = s->birth;

	stop_trying(c);
	if (c->lookup != NULL)
		dx_resolve_cancel(c->lookup);
	dx_task_init(&c->task, on_reap);
	dx_task_put(&s->loop->reaping, &c->task);
}

static size_t nothing_was_sent(const dx_stream *s)
{
	(void)s;
	return 0;
}

static const dx_carrier carrier_connecting = { .unacknowledged = nothing_was_sent, .close = stop_connecting };

static const dx_addr *goal_of(const struct attempt *a)
{
	return &a->of->race.addresses[a - a->of->attempts];
}

static void lose(struct attempt *a, int why)
{
	struct dx_connecting *c = a->of;

	dx_verb_close_watched(c->stream->loop, &a->watch);
	c->stream->peer = *goal_of(a);
	c->why = why;
	dx_race_lose(&c->race, c->stream->loop->now_ns);
}

/* It has answered: the stream is born, unless it was ourselves. */
static void arrive(struct attempt *a)
{
	struct dx_connecting *c = a->of;
	dx_stream *s = c->stream;
	bool nodelay = c->endpoint->keys.nodelay != 0;
	int fd = a->watch.fd;

	if (dx_verb_is_own_echo(fd, goal_of(a))) {
		lose(a, -DX_ESELF);
		return;
	}
	s->peer = *goal_of(a);
	dx_watch_stop(s->loop, &a->watch);
	stop_connecting(s);
	s->carrier = &dx__carrier_socket;
	dx__stream_opened(s, fd, nodelay);
}

/* Starts whoever may start. */
static void go_on(struct dx_connecting *c);

static void on_ready(dx_watch *w, uint32_t events)
{
	struct attempt *a = DX_OWNER(struct attempt, watch, w);
	struct dx_connecting *c = a->of;
	dx_stream *s = c->stream;
	int r = dx_verb_connected(s->loop, w->fd, goal_of(a));

	(void)events;
	if (r < 0)
		lose(a, r);
	else
		arrive(a);
	if (s->connecting)
		go_on(c);
}

static int prepare(struct attempt *a, const dx_addr *to)
{
	const struct dx_connecting *c = a->of;
	dx_loop *loop = c->stream->loop;
	const char *key;
	int r;

	if (c->bind.len > 0 && c->bind.sa.sa_family != to->sa.sa_family)
		return -EAFNOSUPPORT;
	r = dx_verb_socket(loop, to->sa.sa_family, SOCK_STREAM);
	if (r < 0)
		return r;
	dx_watch_init(&a->watch, r, on_ready);
	dx_verb_tune_loopback(a->watch.fd, to);
	r = dx_bound_apply_keys(loop, a->watch.fd, c->endpoint, &key);
	if (r == 0 && c->bind.len > 0 && to->sa.sa_family != AF_UNIX)
		r = dx_verb_setsockopt(loop, a->watch.fd, DX_OPTION(SOL_SOCKET, SO_REUSEADDR), 1);
	if (r == 0 && c->bind.len > 0)
		r = dx_verb_bind(loop, a->watch.fd, &c->bind);
	return r;
}

static void begin(struct attempt *a)
{
	struct dx_connecting *c = a->of;
	const dx_addr *to = goal_of(a);
	dx_loop *loop = c->stream->loop;
	int r = a->watch.fd == -1 ? prepare(a, to) : 0;

	c->stream->peer = *to;
	if (r == 0)
		r = dx_verb_connect(loop, a->watch.fd, to);
	if (r == -EINPROGRESS)
		r = dx_watch_set(loop, &a->watch, EPOLLOUT);
	else if (r == 0)
		arrive(a);
	if (r == -EAGAIN && to->sa.sa_family == AF_UNIX)
		dx_race_call_back(&c->race, loop->now_ns, FULL_UNIX_NS);
	else if (r < 0)
		lose(a, r);
}

static void go_on(struct dx_connecting *c)
{
	dx_stream *s = c->stream;
	dx_loop *loop = s->loop;
	int64_t next_ns;
	int i;

	while (s->connecting && (i = dx_race_start(&c->race, loop->now_ns)) >= 0)
		begin(&c->attempts[i]);
	if (!s->connecting)
		return;
	next_ns = dx_race_next_ns(&c->race);
	if (dx_race_is_over(&c->race))
		dx__stream_fail_at_peer(s, c->why, "connect");
	else if (next_ns != INT64_MAX && dx_timer_start(loop, &c->next, next_ns - loop->now_ns) < 0)
		dx__stream_fail_at_peer(s, -ENOMEM, "connect");
}

static void on_next(void *ctx)
{
	go_on(ctx);
}

static void on_deadline(void *ctx)
{
	struct dx_connecting *c = ctx;

	if (c->lookup != NULL)
		dx__stream_fail(c->stream, -ETIMEDOUT, "resolve", c->endpoint->host);
	else
		dx__stream_fail_at_peer(c->stream, -ETIMEDOUT, "connect");
}

static void on_resolved(void *ctx, const dx_addr *found, size_t count, int why)
{
	struct dx_connecting *c = ctx;

	c->lookup = NULL;
	if (count == 0) {
		dx__stream_fail(c->stream, why, "resolve", c->endpoint->host);
		return;
	}
	dx_race_line_up(&c->race, found, count);
	go_on(c);
}

/* ":9999" is of the family of where one goes to; where that is a name, of IPv4, unless -6 or tcp6 says otherwise. */
int dx_connect_bind_address(const dx_endpoint *endpoint, dx_addr *ret)
{
	int family = endpoint->family, r;
	dx_addr there;

	*ret = (dx_addr){ 0 };
	if (endpoint->keys.bind == NULL)
		return 0;
	if (family == AF_UNSPEC && endpoint->host[0] != 0 && dx_addr_from_host(endpoint->host, 1, AF_UNSPEC, &there) == 0)
		family = there.sa.sa_family;
	r = dx_endpoint_bind(endpoint, family, ret);
	if (r == 0 && family == AF_UNSPEC && ret->sa.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&ret->in6.sin6_addr))
		r = dx_endpoint_bind(endpoint, AF_INET, ret);
	return r;
}

/* Even what a Unix socket answers at once is told from the loop, since all begins with the lookup. */
static int begin_birth(struct dx_connecting *c, int64_t within_ns)
{
	dx_loop *loop = c->stream->loop;
	int r = dx_endpoint_is_stream(c->endpoint) ? dx_connect_bind_address(c->endpoint, &c->bind) : -EINVAL;

	if (r == 0 && within_ns >= 0)
		r = dx_timer_start(loop, &c->deadline, within_ns);
	return r < 0 ? r : dx_resolve(loop, c->endpoint, on_resolved, c, &c->lookup);
}

int dx_connect_open(dx_loop *loop, const dx_endpoint *endpoint, int64_t timeout_ns, const dx_stream_events *events, void *ctx,
		    dx_stream **ret)
{
	struct dx_connecting *c = dx_sys_calloc(1, sizeof *c);
	dx_stream *s = dx__stream_new(sizeof *s, &carrier_connecting, loop, events, ctx);
	int r = -ENOMEM;

	if (c != NULL && s != NULL) {
		c->endpoint = endpoint;
		c->stream = s;
		dx_timer_init(&c->deadline, on_deadline, c);
		dx_timer_init(&c->next, on_next, c);
		for (size_t i = 0; i < DX_LIMIT_ADDRESSES; i++)
			c->attempts[i] = (struct attempt){ .of = c, .watch.fd = -1 };
		r = begin_birth(c, timeout_ns);
		if (r == 0) {
			s->birth = c;
			*ret = s;
			return 0;
		}
		dx_timer_stop(loop, &c->deadline);
	}
	dx_sys_free(s);
	dx_sys_free(c);
	return r;
}

static int open_inherited(dx_loop *loop, const dx_endpoint *e, const dx_stream_events *events, void *ctx, dx_stream **ret,
			  dx_error *reterr)
{
	dx_adopted it;
	int r = dx_adopt(loop, e, 1u << DX_ADOPTED_STREAM, &it, reterr);

	return r < 0 ? r : dx_adopt_stream(loop, e->fd, &it.peer, events, ctx, ret, reterr);
}

int dx_stream_open(dx_loop *loop, const char *endpoint, int timeout_ms, const dx_stream_events *events, void *ctx,
		   dx_stream **ret_stream, dx_error *reterr)
{
	dx_endpoint e = { .memory = NULL };
	dx_stream *s = NULL;
	int r = dx_endpoint_parse(endpoint, &e, NULL);

	if (r == 0 && e.transport == DX_FD)
		r = open_inherited(loop, &e, events, ctx, &s, reterr);
	else if (r < 0 || (r = dx_connect_open(loop, &e, timeout_ms < 0 ? -1 : timeout_ms * DX_NS_PER_MS, events, ctx, &s)) < 0)
		(void)dx_error_set(reterr, r, "connect", endpoint);
	if (r < 0 || e.transport == DX_FD) {
		dx_endpoint_fini(&e);
	} else {
		s->birth->own = e;
		s->birth->endpoint = &s->birth->own;
	}
	if (r == 0 && ret_stream != NULL)
		*ret_stream = s;
	return r;
}
