/* How a stream is born by connecting: the name is looked up, then its addresses are tried one after another until one answers.
 * One deadline holds for all of it; while other addresses remain, each gets its share of what is left. */
#include "base/check.h"
#include "base/limits.h"
#include "base/number.h"
#include "net/bound.h"
#include "net/connect.h"
#include "net/resolver.h"
#include "net/stream_priv.h"
#include "net/verbs.h"
#include "sys/sys.h"

#define SHARE_WITHOUT_DEADLINE_NS (10 * DX_NS_PER_S)

struct dx_connecting {
	dx_stream *stream;              /* its `peer` is the address at hand */
	dx_task task;                   /* freed in the reap: an event of its watch may be in the batch at hand */
	dx_lookup *lookup;
	int64_t deadline_ns;            /* INT64_MAX: none */
	dx_timer timer;                 /* the lookup's limit, then the share of the address at hand */
	dx_watch watch;
	dx_addr bind;
	const dx_endpoint *endpoint;
	dx_endpoint own;                /* where we parsed it ourselves */
	size_t count, next;
	dx_addr addresses[DX_LIMIT_ADDRESSES];
};

static void try_next(struct dx_connecting *c, int why);

static void stop_trying(struct dx_connecting *c)
{
	dx_timer_stop(c->stream->loop, &c->timer);
	dx_verb_close_watched(c->stream->loop, &c->watch);
}

static void on_reap(dx_task *t)
{
	struct dx_connecting *c = DX_OWNER(struct dx_connecting, task, t);

	dx_endpoint_fini(&c->own);
	dx_sys_free(c);
}

void dx__connecting_free(dx_stream *s)
{
	struct dx_connecting *c = s->birth;

	s->birth = NULL;
	stop_trying(c);
	if (c->lookup != NULL)
		dx_resolve_cancel(c->lookup);
	dx_task_init(&c->task, on_reap);
	dx_task_put(&s->loop->reaping, &c->task);
}

static void address_failed(struct dx_connecting *c, int code)
{
	stop_trying(c);
	try_next(c, code);
}

static void address_answered(struct dx_connecting *c)
{
	dx_stream *s = c->stream;
	bool nodelay = c->endpoint->keys.nodelay != 0;
	int fd = c->watch.fd;

	if (dx_verb_is_own_echo(fd, &s->peer)) {
		address_failed(c, -DX_ESELF);
		return;
	}
	dx_watch_stop(s->loop, &c->watch);
	dx__connecting_free(s);
	dx__stream_opened(s, fd, nodelay);
}

static void on_ready(dx_watch *w, uint32_t events)
{
	struct dx_connecting *c = DX_OWNER(struct dx_connecting, watch, w);
	int r = dx_verb_connected(c->stream->loop, w->fd, &c->stream->peer);

	(void)events;
	if (r < 0)
		address_failed(c, r);
	else
		address_answered(c);
}

static void on_share_over(void *ctx)
{
	struct dx_connecting *c = ctx;

	if (c->lookup != NULL)
		dx__stream_fail(c->stream, -ETIMEDOUT, "resolve", c->endpoint->host);
	else
		address_failed(c, -ETIMEDOUT);
}

static int64_t share_ns(const struct dx_connecting *c)
{
	int64_t left_ns = c->deadline_ns - c->stream->loop->now_ns;

	if (c->deadline_ns == INT64_MAX)
		return c->next < c->count ? SHARE_WITHOUT_DEADLINE_NS : INT64_MAX;
	return left_ns / (int64_t)(c->count - c->next + 1);
}

static int prepare(struct dx_connecting *c, const dx_addr *to)
{
	dx_loop *loop = c->stream->loop;
	const char *key;
	int r;

	if (c->bind.len > 0 && c->bind.sa.sa_family != to->sa.sa_family)
		return -EAFNOSUPPORT;
	r = dx_verb_socket(loop, to->sa.sa_family, SOCK_STREAM);
	if (r < 0)
		return r;
	dx_watch_init(&c->watch, r, on_ready);
	dx_verb_tune_loopback(c->watch.fd, to);
	r = dx_bound_apply_keys(loop, c->watch.fd, c->endpoint, &key);
	if (r == 0 && c->bind.len > 0 && to->sa.sa_family != AF_UNIX)
		r = dx_verb_setsockopt(loop, c->watch.fd, DX_OPTION(SOL_SOCKET, SO_REUSEADDR), 1);
	if (r == 0 && c->bind.len > 0)
		r = dx_verb_bind(loop, c->watch.fd, &c->bind);
	return r;
}

static int begin(struct dx_connecting *c, const dx_addr *to)
{
	dx_loop *loop = c->stream->loop;
	int64_t within_ns = share_ns(c);
	int r = prepare(c, to);

	if (r == 0)
		r = dx_verb_connect(loop, c->watch.fd, to);
	if (r != -EINPROGRESS)
		return r;
	r = dx_watch_set(loop, &c->watch, EPOLLOUT);
	if (r == 0 && within_ns != INT64_MAX)
		r = dx_timer_start(loop, &c->timer, within_ns);
	return r < 0 ? r : -EINPROGRESS;
}

/* On to the next address. `why` the last one failed is what is told where there is none. */
static void try_next(struct dx_connecting *c, int why)
{
	while (c->next < c->count) {
		c->stream->peer = c->addresses[c->next++];
		why = begin(c, &c->stream->peer);
		if (why == 0)
			address_answered(c);
		if (why == 0 || why == -EINPROGRESS)
			return;
		stop_trying(c);
	}
	dx__stream_fail_at_peer(c->stream, why, "connect");
}

static void on_resolved(void *ctx, const dx_addr *found, size_t count, int why)
{
	struct dx_connecting *c = ctx;

	c->lookup = NULL;
	dx_timer_stop(c->stream->loop, &c->timer);
	if (count == 0) {
		dx__stream_fail(c->stream, why, "resolve", c->endpoint->host);
		return;
	}
	memcpy(c->addresses, found, count * sizeof *found);
	c->count = count;
	try_next(c, 0);
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
static int begin_birth(struct dx_connecting *c)
{
	dx_loop *loop = c->stream->loop;
	int r = dx_endpoint_is_stream(c->endpoint) ? dx_connect_bind_address(c->endpoint, &c->bind) : -EINVAL;

	if (r == 0 && c->deadline_ns != INT64_MAX && !dx_endpoint_is_unix(c->endpoint))
		r = dx_timer_start(loop, &c->timer, c->deadline_ns - loop->now_ns);
	return r < 0 ? r : dx_resolve(loop, c->endpoint, on_resolved, c, &c->lookup);
}

int dx_connect_open(dx_loop *loop, const dx_endpoint *endpoint, int64_t timeout_ns, const dx_stream_events *events, void *ctx,
		    dx_stream **ret)
{
	struct dx_connecting *c = dx_sys_calloc(1, sizeof *c);
	dx_stream *s = dx__stream_new(loop, events, ctx);
	int r = -ENOMEM;

	if (c != NULL && s != NULL) {
		c->endpoint = endpoint;
		c->watch.fd = -1;
		c->stream = s;
		c->deadline_ns = timeout_ns < 0 ? INT64_MAX : loop->now_ns + timeout_ns;
		dx_timer_init(&c->timer, on_share_over, c);
		r = begin_birth(c);
		if (r == 0) {
			s->birth = c;
			*ret = s;
			return 0;
		}
		dx_timer_stop(loop, &c->timer);
	}
	dx_sys_free(s);
	dx_sys_free(c);
	return r;
}

int dx_stream_open(dx_loop *loop, const char *endpoint, int timeout_ms, const dx_stream_events *events, void *ctx,
		   dx_stream **ret_stream, dx_error *reterr)
{
	dx_endpoint e = { .memory = NULL };
	int r = dx_endpoint_parse(endpoint, &e, NULL);

	if (r == 0)
		r = dx_connect_open(loop, &e, timeout_ms < 0 ? -1 : timeout_ms * DX_NS_PER_MS, events, ctx, ret_stream);
	if (r < 0) {
		dx_endpoint_fini(&e);
		return dx_error_set(reterr, r, "connect", endpoint);
	}
	(*ret_stream)->birth->own = e;
	(*ret_stream)->birth->endpoint = &(*ret_stream)->birth->own;
	return 0;
}
