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
	dx_stream *stream;
	dx_task task;                   /* freed in the reap: an event of its watch may be in the batch at hand */
	dx_lookup *lookup;
	int64_t deadline_ns;            /* INT64_MAX: none */
	dx_timer timer;                 /* the present address's share */
	dx_watch watch;
	int error;                      /* of the last address that failed */
	dx_addr failed;
	dx_addr bind;
	const dx_endpoint *endpoint;
	dx_endpoint own;                /* where we parsed it ourselves */
	size_t count, next;
	dx_addr addresses[DX_LIMIT_ADDRESSES];
};

static void try_next(struct dx_connecting *c);

static void stop_trying(struct dx_connecting *c)
{
	int fd = c->watch.fd;

	dx_timer_stop(c->stream->loop, &c->timer);
	if (fd == -1)
		return;
	dx_watch_stop(c->stream->loop, &c->watch);
	dx_verb_close(c->stream->loop, fd);
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
	dx_task_reap(s->loop, &c->task);
}

static void give_up(struct dx_connecting *c)
{
	char text[DX_ADDR_TEXT];

	dx__stream_fail(c->stream, c->error, "connect", dx_addr_print(&c->failed, text));
}

static void address_failed(struct dx_connecting *c, const dx_addr *to, int code)
{
	c->error = code;
	c->failed = *to;
	stop_trying(c);
	try_next(c);
}

/* A connection to a free port of this machine may be given that very port as its own, and then talks to itself (tcp(7)). */
static bool is_own_echo(int fd, const dx_addr *to)
{
	dx_addr own;

	return to->sa.sa_family != AF_UNIX && dx_verb_getsockname(fd, &own) == 0 && dx_addr_equal(&own, to);
}

static void address_answered(struct dx_connecting *c)
{
	dx_stream *s = c->stream;
	const dx_addr *to = &c->addresses[c->next - 1];
	int fd = c->watch.fd;

	if (is_own_echo(fd, to)) {
		address_failed(c, to, -DX_ESELF);
		return;
	}
	s->peer = *to;
	if (to->sa.sa_family != AF_UNIX && c->endpoint->keys.nodelay != 0)
		(void)dx_verb_setsockopt(s->loop, fd, &dx_opt_nodelay, 1);
	dx_watch_stop(s->loop, &c->watch);
	dx__connecting_free(s);
	dx__stream_opened(s, fd);
}

static void on_ready(dx_watch *w, uint32_t events)
{
	struct dx_connecting *c = DX_OWNER(struct dx_connecting, watch, w);
	const dx_addr *to = &c->addresses[c->next - 1];
	int r = dx_verb_connected(c->stream->loop, w->fd, to);

	(void)events;
	if (r < 0)
		address_failed(c, to, r);
	else
		address_answered(c);
}

static void on_share_over(void *ctx)
{
	struct dx_connecting *c = ctx;

	if (c->lookup != NULL) {
		dx__stream_fail(c->stream, -ETIMEDOUT, "resolve", c->endpoint->host);
		return;
	}
	address_failed(c, &c->addresses[c->next - 1], -ETIMEDOUT);
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
	int r = dx_verb_socket(loop, to->sa.sa_family, SOCK_STREAM);

	if (r < 0)
		return r;
	dx_watch_init(&c->watch, r, on_ready);
	dx_verb_tune_loopback(c->watch.fd, to);
	r = dx_bound_apply_keys(loop, c->watch.fd, c->endpoint, &key);
	if (r == 0 && c->bind.len > 0) {
		if (c->bind.sa.sa_family != AF_UNIX)
			r = dx_verb_setsockopt(loop, c->watch.fd, &dx_opt_reuseaddr, 1);
		if (r == 0)
			r = dx_verb_bind(loop, c->watch.fd, &c->bind);
	}
	return r;
}

static int begin(struct dx_connecting *c, const dx_addr *to)
{
	int r = prepare(c, to);
	int64_t within_ns = share_ns(c);

	if (r == 0)
		r = dx_verb_connect(c->stream->loop, c->watch.fd, to);
	if (r != -EINPROGRESS)
		return r;
	r = dx_watch_set(c->stream->loop, &c->watch, EPOLLOUT);
	if (r == 0 && within_ns != INT64_MAX)
		r = dx_timer_start(c->stream->loop, &c->timer, within_ns);
	return r < 0 ? r : -EINPROGRESS;
}

static bool of_other_family(const struct dx_connecting *c, const dx_addr *to)
{
	return c->bind.len > 0 && c->bind.sa.sa_family != to->sa.sa_family;
}

static void try_next(struct dx_connecting *c)
{
	while (c->next < c->count) {
		const dx_addr *to = &c->addresses[c->next++];
		int r = of_other_family(c, to) ? -EAFNOSUPPORT : begin(c, to);

		if (r == -EINPROGRESS)
			return;
		if (r == 0) {
			address_answered(c);
			return;
		}
		c->error = r;
		c->failed = *to;
		stop_trying(c);
	}
	give_up(c);
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
	try_next(c);
}

/* A Unix socket may refuse at once; even that is told from the loop. */
static void on_first_turn(void *ctx)
{
	struct dx_connecting *c = ctx;

	c->timer.fire = on_share_over;
	try_next(c);
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

static int begin_birth(struct dx_connecting *c)
{
	dx_loop *loop = c->stream->loop;
	int r = dx_connect_bind_address(c->endpoint, &c->bind);

	if (r < 0)
		return r;
	if (c->endpoint->transport == DX_UNIX) {
		r = dx_addr_from_path(c->endpoint->path, &c->addresses[0]);
		c->count = 1;
		c->timer.fire = on_first_turn;
		return r < 0 ? r : dx_timer_start(loop, &c->timer, 0);
	}
	if (c->deadline_ns != INT64_MAX) {
		r = dx_timer_start(loop, &c->timer, c->deadline_ns - loop->now_ns);
		if (r < 0)
			return r;
	}
	return dx_resolve(loop, c->endpoint, on_resolved, c, &c->lookup);
}

static int open_stream(dx_loop *loop, struct dx_connecting *c, int64_t timeout_ns, const dx_stream_events *events, void *ctx,
		       dx_stream **ret)
{
	dx_stream *s = dx__stream_new(loop, events, ctx);
	int r;

	if (s == NULL)
		return -ENOMEM;
	c->watch.fd = -1;
	c->stream = s;
	c->deadline_ns = timeout_ns < 0 ? INT64_MAX : loop->now_ns + timeout_ns;
	dx_timer_init(&c->timer, on_share_over, c);
	r = dx_endpoint_is_stream(c->endpoint) ? begin_birth(c) : -EINVAL;
	if (r < 0) {
		dx_timer_stop(loop, &c->timer);
		dx_sys_free(s);
		return r;
	}
	s->birth = c;
	*ret = s;
	return 0;
}

int dx_connect_open(dx_loop *loop, const dx_endpoint *endpoint, int64_t timeout_ns, const dx_stream_events *events, void *ctx,
		    dx_stream **ret)
{
	struct dx_connecting *c = dx_sys_calloc(1, sizeof *c);
	int r;

	if (c == NULL)
		return -ENOMEM;
	c->endpoint = endpoint;
	r = open_stream(loop, c, timeout_ns, events, ctx, ret);
	if (r < 0)
		dx_sys_free(c);
	return r;
}

int dx_stream_open(dx_loop *loop, const char *endpoint, int timeout_ms, const dx_stream_events *events, void *ctx,
		   dx_stream **ret_stream, dx_error *reterr)
{
	struct dx_connecting *c = dx_sys_calloc(1, sizeof *c);
	int r = c == NULL ? -ENOMEM : dx_endpoint_parse(endpoint, &c->own, NULL);

	if (r == 0) {
		c->endpoint = &c->own;
		r = open_stream(loop, c, timeout_ms < 0 ? -1 : timeout_ms * DX_NS_PER_MS, events, ctx, ret_stream);
		if (r < 0)
			dx_endpoint_fini(&c->own);
	}
	if (r == 0)
		return 0;
	dx_sys_free(c);
	return dx_error_set(reterr, r, "connect", endpoint);
}
