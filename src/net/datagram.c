/* Datagram sockets. One datagram in, one message; one message, one datagram out: never split, never joined.
 * Invariant: the socket is watched for output exactly while something waits in the queue. */
#include "net/datagram.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/address_priv.h"
#include "net/adopt.h"
#include "net/beside.h"
#include "net/bound.h"
#include "net/connect.h"
#include "net/resolver.h"
#include "net/verbs.h"
#include "sys/sys.h"

#define dx_datagram_MAGIC 0xda7a6a3au

/* How a datagram goes. */
struct way {
	const dx_addr *to;              /* NULL: to whom the socket is connected */
	const dx_addr *ours;            /* where it leaves from; NULL: as the kernel chooses */
	bool automatic;
};

/* One that waits. */
struct waiting {
	dx_link link;
	struct way way;                 /* to the two below, where there are such */
	dx_addr to, ours;
	size_t len;
	uint8_t data[];
};

struct dx_datagram {
	uint32_t magic;
	bool paused, closing;
	dx_bound bound;
	dx_addr peer;
	dx_task task;
	dx_loop *loop;
	const dx_datagram_events *on;
	void *ctx;
	dx_link waiting;
	size_t queued;
	dx_lookup *lookup;              /* until it is known whom to connect to, there is no socket */
	dx_endpoint endpoint;           /* … and this is where to go */
	dx_error why;                   /* the whole socket failed; code 0: it did not */
};

static struct waiting *first_waiting(dx_datagram *d)
{
	return DX_OWNER(struct waiting, link, d->waiting.next);
}

static void forget_first(dx_datagram *d)
{
	struct waiting *w = first_waiting(d);

	dx_link_remove(&w->link);
	dx_sys_free(w);
	d->queued--;
}

static void on_reap(dx_task *t)
{
	dx_datagram *d = DX_OWNER(dx_datagram, task, t);

	if (d->on->closed != NULL)
		d->on->closed(d, d->why.code != 0 ? &d->why : NULL, d->ctx);
	while (d->queued > 0)
		forget_first(d);
	dx_endpoint_fini(&d->endpoint);
	d->magic = 0;
	dx_sys_free(d);
}

/* Its user asks something of it: it must live, and its loop's thread be asking. */
static void check_use(dx_datagram *d)
{
	DX_LIVE(dx_datagram, d);
	dx__loop_check_thread(d->loop);
}

void dx_datagram_close(dx_datagram *d)
{
	if (d == NULL)
		return;
	check_use(d);
	if (d->closing)
		return;
	d->closing = true;
	if (d->lookup != NULL)
		dx_resolve_cancel(d->lookup);
	dx_bound_close(d->loop, &d->bound);
	dx_task_put(&d->loop->reaping, &d->task);
}

static void tell_error(dx_datagram *d, int code, const char *operation, const dx_addr *where)
{
	dx_error why;

	(void)dx__error_at(&why, code, operation, where);
	if (d->on->error != NULL)
		d->on->error(d, &why, d->ctx);
}

/* A socket that cannot be waited for would fall silent. */
static void watch_wanted(dx_datagram *d)
{
	uint32_t events = (d->paused ? 0 : (uint32_t)EPOLLIN) | (d->queued > 0 ? (uint32_t)EPOLLOUT : 0);
	int r = d->closing || d->lookup != NULL ? 0 : dx_watch_set(d->loop, &d->bound.watch, events);

	if (r == 0)
		return;
	(void)dx__error_at(&d->why, r, "wait", &d->bound.address);
	dx_datagram_close(d);
}

/* Receiving */

/* One datagram. False: no more now, or closed. */
static bool receive_once(dx_datagram *d)
{
	uint8_t beside[256] __attribute__((aligned(8)));
	dx_addr from, to;
	struct iovec into = { d->loop->scratch, DX_LIMIT_DATAGRAM_BYTES };
	struct msghdr msg = { .msg_iov = &into, .msg_iovlen = 1, .msg_control = beside, .msg_controllen = sizeof beside };
	int n = dx_verb_recvmsg(d->loop, d->bound.watch.fd, &msg, &from, d->peer.len == 0);
	dx_datagram_info info;

	if (n == -EAGAIN)
		return false;
	if (n < 0) {
		tell_error(d, n, "receive", &d->peer);
		return !d->closing && n != -ENOMEM;
	}
	info = (dx_datagram_info){ .true_len = (size_t)n };
	dx_beside_read(&msg, &d->bound.address, &info, &to);
	into.iov_len = info.true_len < into.iov_len ? info.true_len : into.iov_len;
	if (d->on->data != NULL)
		d->on->data(d, from.len > 0 ? &from : &d->peer, dx_slice_of(into.iov_base, into.iov_len), &info, d->ctx);
	return !d->closing && !d->paused;
}

/* Sending */

/* A refusal that came for an earlier datagram is told by the next call on the socket, which then has not sent anything: send
 * again. */
static int send_once(dx_datagram *d, const struct way *way, dx_slice data)
{
	uint8_t beside[DX_BESIDE_BYTES] __attribute__((aligned(8))) = { 0 };
	const dx_addr *to = way->to, *whom = to != NULL ? to : &d->peer;
	struct iovec piece = { (void *)(uintptr_t)data.data, data.len };
	struct msghdr msg = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = beside };
	int r;

	dx_beside_put(&msg, whom, way->ours, way->automatic);
	r = dx_verb_sendmsg(d->loop, d->bound.watch.fd, &msg, to);
	if (r == -ECONNREFUSED && to == NULL && whom->sa.sa_family != AF_UNIX)
		r = dx_verb_sendmsg(d->loop, d->bound.watch.fd, &msg, to);
	return r;
}

static int queue(dx_datagram *d, const struct way *way, dx_slice data)
{
	struct waiting *w;

	if (d->queued >= DX_LIMIT_DATAGRAM_QUEUE)
		return -ENOBUFS;
	w = dx_sys_malloc(sizeof *w + data.len);
	if (w == NULL)
		return -ENOMEM;
	*w = (struct waiting){ .way = { .automatic = way->automatic }, .len = data.len };
	if (way->to != NULL) {
		w->to = *way->to;
		w->way.to = &w->to;
	}
	if (way->ours != NULL) {
		w->ours = *way->ours;
		w->way.ours = &w->ours;
	}
	if (data.len > 0)
		memcpy(w->data, data.data, data.len);
	dx_link_add(&d->waiting, &w->link);
	d->queued++;
	watch_wanted(d);
	return 0;
}

static int send_or_queue(dx_datagram *d, const struct way *way, dx_slice data)
{
	int r;

	check_use(d);
	if (d->closing)
		return -EPIPE;
	if (d->queued > 0 || d->lookup != NULL)
		return queue(d, way, data);
	r = send_once(d, way, data);
	/* An unconnected Unix socket is always writable, whoever is full: waiting for it would spin. */
	if (r == -EAGAIN)
		return way->to != NULL && way->to->sa.sa_family == AF_UNIX ? -ENOBUFS : queue(d, way, data);
	return r < 0 ? r : 0;
}

int dx_datagram_send(dx_datagram *d, const dx_addr *to, dx_slice data)
{
	return send_or_queue(d, &(struct way){ to, NULL, false }, data);
}

int dx_datagram_send_from(dx_datagram *d, const dx_addr *ours, const dx_addr *to, dx_slice data)
{
	return send_or_queue(d, &(struct way){ to, ours, false }, data);
}

int dx_datagram_answer(dx_datagram *d, const dx_addr *ours, const dx_addr *to, dx_slice data)
{
	return send_or_queue(d, &(struct way){ to, ours, true }, data);
}

static void send_queued(dx_datagram *d)
{
	while (d->queued > 0) {
		struct waiting *w = first_waiting(d);
		dx_addr to = w->to;
		int r = send_once(d, &w->way, dx_slice_of(w->data, w->len));

		if (r == -EAGAIN)
			return;
		forget_first(d);
		if (r < 0)
			tell_error(d, r, "send", to.len > 0 ? &to : &d->peer);
		if (d->closing)
			return;
	}
	watch_wanted(d);
	if (!d->closing && d->on->room != NULL)
		d->on->room(d, d->ctx);
}

static void on_ready(dx_watch *w, uint32_t events)
{
	dx_datagram *d = DX_OWNER(dx_datagram, bound.watch, w);

	if ((events & EPOLLOUT) != 0 && d->queued > 0)
		send_queued(d);
	if ((events & (EPOLLIN | EPOLLERR)) == 0)
		return;
	for (int turn = 0; turn < DX_LIMIT_DATAGRAMS_PER_TURN && w->events != 0 && !d->paused && receive_once(d); turn++)
		;
}

/* Opening */

static dx_datagram *new_socket(dx_loop *loop, const dx_datagram_events *events, void *ctx, dx_error *reterr)
{
	static const dx_datagram_events nothing = { .data = NULL };
	dx_datagram *d = dx_sys_calloc(1, sizeof *d);

	if (d == NULL) {
		(void)dx_error_set(reterr, -ENOMEM, "memory", "");
		return NULL;
	}
	*d = (dx_datagram){ .magic = dx_datagram_MAGIC, .loop = loop, .on = events != NULL ? events : &nothing, .ctx = ctx, .bound.watch.fd = -1 };
	dx_link_init(&d->waiting);
	dx_task_init(&d->task, on_reap);
	return d;
}

static int begin(dx_datagram *d)
{
	dx_watch *w = &d->bound.watch;

	dx_beside_ask(d->loop, w->fd, d->bound.address.sa.sa_family);
	w->ready = on_ready;
	return dx_watch_set(d->loop, w, EPOLLIN);
}

/* Hands the socket over, or gives it all back where opening it failed. */
static int hand_over(dx_datagram *d, int r, dx_datagram **ret)
{
	if (r == 0) {
		*ret = d;
		return 0;
	}
	dx_bound_close(d->loop, &d->bound);
	dx_endpoint_fini(&d->endpoint);
	dx_sys_free(d);
	return r;
}

int dx_datagram_bind_at(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *at, const dx_datagram_events *events, void *ctx,
			dx_datagram **ret, dx_error *reterr)
{
	dx_datagram *d = new_socket(loop, events, ctx, reterr);
	int r;

	if (d == NULL)
		return -ENOMEM;
	r = dx_bound_open(loop, at, endpoint, &d->bound, reterr);
	if (r == 0 && endpoint->transport == DX_FD)
		(void)dx_verb_getpeername(endpoint->fd, &d->peer);      /* it may be connected already */
	if (r == 0 && (r = begin(d)) < 0)
		(void)dx__error_at(reterr, r, "wait", at);
	if (r < 0 && endpoint->transport == DX_FD)
		d->bound.watch.fd = -1;         /* still the caller's */
	return hand_over(d, r, ret);
}

/* The local side of a connected socket where bind= names none: nothing for UDP, a name of the kernel's choice for Unix. */
static int open_local(dx_datagram *d, const dx_endpoint *endpoint, const dx_addr *to, dx_error *reterr)
{
	dx_addr local;
	int r = dx_connect_bind_address(endpoint, &local);

	if (r < 0)
		return dx_error_set(reterr, r, "bind", endpoint->keys.bind);
	if (local.len == 0 && to->sa.sa_family == AF_UNIX)
		local = (dx_addr){ .len = sizeof local.un.sun_family, .un.sun_family = AF_UNIX };
	if (local.len > 0)
		return dx_bound_open(d->loop, &local, endpoint, &d->bound, reterr);
	r = dx_verb_socket(d->loop, to->sa.sa_family, SOCK_DGRAM);
	if (r < 0)
		return dx_error_set(reterr, r, "socket", "");
	d->bound.watch.fd = r;
	return 0;
}

static int connect_to(dx_datagram *d, const dx_addr *to, dx_error *reterr)
{
	int r = dx_verb_connect(d->loop, d->bound.watch.fd, to);

	d->peer = *to;
	if (r == 0)
		r = dx_verb_getsockname(d->bound.watch.fd, &d->bound.address);
	if (r == 0)
		r = begin(d);
	return r < 0 ? dx__error_at(reterr, r, "connect", to) : 0;
}

int dx_datagram_connect_to(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *to, const dx_datagram_events *events,
			   void *ctx, dx_datagram **ret, dx_error *reterr)
{
	dx_datagram *d = new_socket(loop, events, ctx, reterr);
	int r;

	if (d == NULL)
		return -ENOMEM;
	r = open_local(d, endpoint, to, reterr);
	if (r == 0)
		r = connect_to(d, to, reterr);
	return hand_over(d, r, ret);
}

/* By endpoints that are text */

static bool is_of_datagrams(const dx_endpoint *e)
{
	return e->transport == DX_UDP || e->transport == DX_UNIX_DGRAM;
}

int dx_datagram_bind(dx_loop *loop, const char *endpoint, const dx_datagram_events *events, void *ctx, dx_datagram **ret,
		     dx_error *reterr)
{
	dx_endpoint e;
	dx_addr at;
	int r = dx_endpoint_parse(endpoint, &e, NULL);

	if (r < 0)
		return dx_error_set(reterr, r, "endpoint", endpoint);
	if (e.transport == DX_FD)
		r = dx_adopt_bound(loop, &e, DX_ADOPTED_DATAGRAM, &at);
	else
		r = is_of_datagrams(&e) ? dx_resolve_now(&e, &at) : -EINVAL;
	if (r < 0)
		(void)dx_error_set(reterr, r, r == -EINVAL ? "endpoint" : "resolve", endpoint);
	else
		r = dx_datagram_bind_at(loop, &e, &at, events, ctx, ret, reterr);
	dx_endpoint_fini(&e);
	return r;
}

static bool is_this_machine(const dx_endpoint *e)
{
	return e->transport == DX_UDP && e->host[0] == 0;
}

/* The first of the addresses to which one can connect. */
static void on_resolved(void *ctx, const dx_addr *found, size_t count, int why)
{
	dx_datagram *d = DX_CAST(dx_datagram, ctx);
	int r = why;

	d->lookup = NULL;
	(void)dx_error_set(&d->why, why, "resolve", d->endpoint.host);
	for (size_t i = 0; i < count && (i == 0 || r < 0); i++) {
		dx_bound_close(d->loop, &d->bound);
		r = open_local(d, &d->endpoint, &found[i], &d->why);
		if (r == 0)
			r = connect_to(d, &found[i], &d->why);
	}
	if (r < 0) {
		dx_datagram_close(d);
		return;
	}
	d->why.code = 0;
	watch_wanted(d);
}

int dx_datagram_connect(dx_loop *loop, const char *endpoint, const dx_datagram_events *events, void *ctx, dx_datagram **ret,
			dx_error *reterr)
{
	dx_datagram *d = new_socket(loop, events, ctx, reterr);
	dx_addr to;
	int r;

	if (d == NULL)
		return -ENOMEM;
	r = dx_endpoint_parse(endpoint, &d->endpoint, NULL);
	if (r == 0 && !is_of_datagrams(&d->endpoint))
		r = -EINVAL;
	if (r < 0)
		return hand_over(d, dx_error_set(reterr, r, "endpoint", endpoint), ret);
	if (!is_this_machine(&d->endpoint) && dx_bound_address(&d->endpoint, &to) == 0) {
		r = open_local(d, &d->endpoint, &to, reterr);
		return hand_over(d, r < 0 ? r : connect_to(d, &to, reterr), ret);
	}
	r = dx_resolve(loop, &d->endpoint, on_resolved, d, &d->lookup);
	return hand_over(d, r < 0 ? dx_error_set(reterr, r, "resolve", d->endpoint.host) : 0, ret);
}

size_t dx_datagram_queued(const dx_datagram *d)
{
	return d->queued;
}

uint64_t dx_datagram_lost(const dx_datagram *d)
{
	return d->bound.watch.fd == -1 ? 0 : dx_verb_dropped(d->bound.watch.fd);
}

void dx_datagram_pause(dx_datagram *d)
{
	check_use(d);
	d->paused = true;
	watch_wanted(d);
}

void dx_datagram_resume(dx_datagram *d)
{
	check_use(d);
	d->paused = false;
	watch_wanted(d);
}

const dx_addr *dx_datagram_address(const dx_datagram *d)
{
	return &d->bound.address;
}

const dx_addr *dx_datagram_peer(const dx_datagram *d)
{
	return &d->peer;
}
