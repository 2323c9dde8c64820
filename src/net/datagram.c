/* Datagram sockets. One datagram in, one message; one message, one datagram out: never split, never joined.
 * Invariant: the socket is watched for output exactly while something waits in the queue. */
#include <duplex/datagram.h>

#include "base/check.h"
#include "base/limits.h"
#include "net/adopt.h"
#include "net/bound.h"
#include "net/connect.h"
#include "net/loop_priv.h"
#include "net/trace.h"
#include "net/verbs.h"
#include "sys/sys.h"

#include <netinet/ip.h>

#define dx_datagram_MAGIC 0xda7a6a3au
#define AUTOMATIC_TRAFFIC_CLASS (1 << 2)        /* DSCP 1, lower effort */

/* One that waits. */
struct waiting {
	struct waiting *next;
	dx_addr to;
	bool automatic;
	size_t len;
	uint8_t data[];
};

struct dx_datagram {
	uint32_t magic;
	bool paused, closing;
	dx_bound bound;
	dx_addr peer;
	dx_watch watch;
	dx_task task;
	dx_loop *loop;
	const dx_datagram_events *on;
	void *ctx;
	struct waiting *first, *last;
	size_t queued;
};

static void drop_queue(dx_datagram *d)
{
	struct waiting *next;

	for (struct waiting *w = d->first; w != NULL; w = next) {
		next = w->next;
		dx_sys_free(w);
	}
	d->first = d->last = NULL;
	d->queued = 0;
}

static void on_reap(dx_task *t)
{
	dx_datagram *d = DX_OWNER(dx_datagram, task, t);

	if (d->on->closed != NULL)
		d->on->closed(d, NULL, d->ctx);
	drop_queue(d);
	d->magic = 0;
	dx_sys_free(d);
}

void dx_datagram_close(dx_datagram *d)
{
	if (d->closing)
		return;
	d->closing = true;
	dx_watch_stop(d->loop, &d->watch);
	dx_bound_close(d->loop, &d->bound);
	dx_task_reap(d->loop, &d->task);
}

static void tell_error(dx_datagram *d, int code, const char *operation, const dx_addr *where)
{
	char text[DX_ADDR_TEXT];
	dx_error why;

	(void)dx_error_set(&why, code, operation, where->len > 0 ? dx_addr_print(where, text) : "");
	if (d->on->error != NULL)
		d->on->error(d, &why, d->ctx);
}

static void watch_wanted(dx_datagram *d)
{
	if (!d->closing)
		(void)dx_watch_set(d->loop, &d->watch, (d->paused ? 0 : (uint32_t)EPOLLIN) | (d->queued > 0 ? (uint32_t)EPOLLOUT : 0));
}

/* Receiving */

static bool is_marked(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		int traffic_class = 0;

		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			traffic_class = *CMSG_DATA(c);
		else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)
			memcpy(&traffic_class, CMSG_DATA(c), sizeof traffic_class);
		if ((traffic_class & ~3) == AUTOMATIC_TRAFFIC_CLASS)
			return true;
	}
	return false;
}

static void follow_receive(dx_datagram *d, const dx_addr *from, dx_slice in, ssize_t r)
{
	bool from_anybody = d->peer.len == 0;

	dx_trace(d->loop, &(dx_traced){ .verb = from_anybody ? DX_VERB_RECVFROM : DX_VERB_RECV, .fd = d->watch.fd,
					.number = (long)DX_LIMIT_DATAGRAM_BYTES, .data = in, .result = r,
					.addr = from_anybody ? from : NULL });
}

/* One datagram. False: no more now, or closed. */
static bool receive_once(dx_datagram *d)
{
	uint8_t control[256];
	dx_addr from = { .len = 0 };
	struct iovec into = { d->loop->scratch, DX_LIMIT_DATAGRAM_BYTES };
	struct msghdr msg = { .msg_name = &from.un, .msg_namelen = sizeof from.un, .msg_iov = &into, .msg_iovlen = 1,
			      .msg_control = control, .msg_controllen = sizeof control };
	ssize_t n = dx_sys_recvmsg(d->watch.fd, &msg, MSG_DONTWAIT | MSG_TRUNC);
	int error = n == -1 ? -errno : 0;
	dx_datagram_info info;
	dx_slice in;

	if (error == -EAGAIN)
		return false;
	if (error == -EINTR)
		return true;
	in = dx_slice_of(into.iov_base, error < 0 ? 0 : (size_t)n < into.iov_len ? (size_t)n : into.iov_len);
	from.len = msg.msg_namelen;
	if (d->loop->tracer != NULL)
		follow_receive(d, &from, in, error < 0 ? error : n);
	if (error < 0) {
		tell_error(d, error, "receive", &d->peer);
		return !d->closing && error != -ENOMEM;
	}
	info = (dx_datagram_info){ .true_len = (size_t)n, .automatic = is_marked(&msg) };
	if (d->on->data != NULL)
		d->on->data(d, from.len > 0 ? &from : &d->peer, in, &info, d->ctx);
	return !d->closing && !d->paused;
}

/* Sending */

static void mark(struct msghdr *msg, uint8_t *control, int family)
{
	struct cmsghdr *c;
	int traffic_class = AUTOMATIC_TRAFFIC_CLASS;

	msg->msg_control = control;
	msg->msg_controllen = CMSG_SPACE(sizeof traffic_class);
	c = CMSG_FIRSTHDR(msg);
	c->cmsg_level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = family == AF_INET ? IP_TOS : IPV6_TCLASS;
	c->cmsg_len = CMSG_LEN(sizeof traffic_class);
	memcpy(CMSG_DATA(c), &traffic_class, sizeof traffic_class);
}

static bool is_mapped(const dx_addr *a)
{
	return a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr);
}

static ssize_t send_once(dx_datagram *d, const dx_addr *to, dx_slice data, bool automatic)
{
	uint8_t control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = { 0 };
	const dx_addr *whom = to != NULL ? to : &d->peer;
	struct iovec piece = { (void *)(uintptr_t)data.data, data.len };
	struct msghdr msg = { .msg_iov = &piece, .msg_iovlen = 1 };
	ssize_t r;

	if (to != NULL) {
		msg.msg_name = (void *)(uintptr_t)&to->un;
		msg.msg_namelen = to->len;
	}
	if (automatic && whom->sa.sa_family != AF_UNIX)
		mark(&msg, control, is_mapped(whom) ? AF_INET : whom->sa.sa_family);
	do
		r = dx_sys_sendmsg(d->watch.fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (r == -1 && errno == EINTR);
	if (r == -1)
		r = -errno;
	if (d->loop->tracer != NULL && r != -EAGAIN)
		dx_trace(d->loop, &(dx_traced){ .verb = to != NULL ? DX_VERB_SENDTO : DX_VERB_SEND, .fd = d->watch.fd, .data = data,
						.addr = to, .result = r });
	return r;
}

/* A refusal that came for an earlier datagram is told by the next call on the socket, which then has not sent anything: tell
 * it for what it is, and send again. */
static ssize_t send_through_refusal(dx_datagram *d, const dx_addr *to, dx_slice data, bool automatic)
{
	ssize_t r = send_once(d, to, data, automatic);

	return r == -ECONNREFUSED && to == NULL && d->peer.sa.sa_family != AF_UNIX ? send_once(d, to, data, automatic) : r;
}

static int queue(dx_datagram *d, const dx_addr *to, dx_slice data, bool automatic)
{
	struct waiting *w;

	if (d->queued >= DX_LIMIT_DATAGRAM_QUEUE)
		return -ENOBUFS;
	w = dx_sys_malloc(sizeof *w + data.len);
	if (w == NULL)
		return -ENOMEM;
	*w = (struct waiting){ .to = to != NULL ? *to : (dx_addr){ .len = 0 }, .automatic = automatic, .len = data.len };
	if (data.len > 0)
		memcpy(w->data, data.data, data.len);
	if (d->last == NULL)
		d->first = w;
	else
		d->last->next = w;
	d->last = w;
	d->queued++;
	watch_wanted(d);
	return 0;
}

int dx_datagram_send(dx_datagram *d, const dx_addr *to, dx_slice data, bool automatic)
{
	ssize_t r;

	if (d->closing)
		return -EPIPE;
	if (d->queued > 0)
		return queue(d, to, data, automatic);
	r = send_through_refusal(d, to, data, automatic);
	/* An unconnected Unix socket is always writable, whoever is full: waiting for it would spin. */
	if (r == -EAGAIN)
		return to != NULL && to->sa.sa_family == AF_UNIX ? -ENOBUFS : queue(d, to, data, automatic);
	return r < 0 ? (int)r : 0;
}

static void send_queued(dx_datagram *d)
{
	while (d->first != NULL) {
		struct waiting *w = d->first;
		const dx_addr *to = w->to.len > 0 ? &w->to : NULL;
		ssize_t r = send_through_refusal(d, to, dx_slice_of(w->data, w->len), w->automatic);

		if (r == -EAGAIN)
			return;
		d->first = w->next;
		d->last = d->first == NULL ? NULL : d->last;
		d->queued--;
		if (r < 0)
			tell_error(d, (int)r, "send", to != NULL ? to : &d->peer);
		dx_sys_free(w);
		if (d->closing)
			return;
	}
	watch_wanted(d);
	if (d->on->room != NULL)
		d->on->room(d, d->ctx);
}

static void on_ready(dx_watch *w, uint32_t events)
{
	dx_datagram *d = DX_OWNER(dx_datagram, watch, w);

	if ((events & EPOLLOUT) != 0 && d->queued > 0)
		send_queued(d);
	if ((events & (EPOLLIN | EPOLLERR)) == 0)
		return;
	for (int turn = 0; turn < DX_LIMIT_DATAGRAMS_PER_TURN && d->watch.events != 0 && !d->paused && receive_once(d); turn++)
		;
}

/* Opening */

static dx_datagram *new_socket(dx_loop *loop, const dx_datagram_events *events, void *ctx)
{
	dx_datagram *d = dx_sys_calloc(1, sizeof *d);

	if (d == NULL)
		return NULL;
	*d = (dx_datagram){ .magic = dx_datagram_MAGIC, .loop = loop, .on = events, .ctx = ctx, .bound.fd = -1 };
	dx_task_init(&d->task, on_reap);
	return d;
}

/* Hearing marks is a favour of the kernel's: without it nothing is lost but the protection. */
static int begin(dx_datagram *d)
{
	sa_family_t family = d->bound.address.sa.sa_family;

	if (family == AF_INET6)
		(void)dx_verb_setsockopt(d->loop, d->bound.fd, &dx_opt_recvtclass, 1);
	if (family != AF_UNIX)
		(void)dx_verb_setsockopt(d->loop, d->bound.fd, &dx_opt_recvtos, 1);
	dx_watch_init(&d->watch, d->bound.fd, on_ready);
	return dx_watch_set(d->loop, &d->watch, EPOLLIN);
}

static int give_up(dx_datagram *d, int code, const char *operation, const dx_addr *at, dx_error *reterr)
{
	char text[DX_ADDR_TEXT];

	dx_bound_close(d->loop, &d->bound);
	dx_sys_free(d);
	return dx_error_set(reterr, code, operation, dx_addr_print(at, text));
}

int dx_datagram_bind(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *at, const dx_datagram_events *events, void *ctx,
		     dx_datagram **ret, dx_error *reterr)
{
	dx_datagram *d = new_socket(loop, events, ctx);
	int r;

	if (d == NULL)
		return dx_error_set(reterr, -ENOMEM, "memory", "");
	r = dx_bound_open(loop, at, SOCK_DGRAM, 0, endpoint, &d->bound, reterr);
	if (r < 0) {
		dx_sys_free(d);
		return r;
	}
	r = begin(d);
	if (r < 0)
		return give_up(d, r, "wait", at, reterr);
	*ret = d;
	return 0;
}

/* The local side of a connected socket where bind= names none: nothing for UDP, a name of the kernel's choice for Unix. */
static int open_local(dx_datagram *d, const dx_endpoint *endpoint, const dx_addr *to, dx_error *reterr)
{
	dx_addr local;
	int r = dx_connect_bind_address(endpoint, &local);

	if (r == 0 && local.len == 0 && to->sa.sa_family == AF_UNIX) {
		local.len = sizeof local.un.sun_family;
		local.un.sun_family = AF_UNIX;
	}
	if (r < 0)
		return dx_error_set(reterr, r, "bind", endpoint->keys.bind);
	if (local.len > 0)
		return dx_bound_open(d->loop, &local, SOCK_DGRAM, 0, endpoint, &d->bound, reterr);
	r = dx_verb_socket(d->loop, to->sa.sa_family, SOCK_DGRAM);
	if (r < 0)
		return dx_error_set(reterr, r, "socket", "");
	d->bound.fd = r;
	return 0;
}

int dx_datagram_connect(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *to, const dx_datagram_events *events,
			void *ctx, dx_datagram **ret, dx_error *reterr)
{
	dx_datagram *d = new_socket(loop, events, ctx);
	int r;

	if (d == NULL)
		return dx_error_set(reterr, -ENOMEM, "memory", "");
	r = open_local(d, endpoint, to, reterr);
	if (r < 0) {
		dx_sys_free(d);
		return r;
	}
	r = dx_verb_connect(loop, d->bound.fd, to);
	if (r == 0)
		r = dx_verb_getsockname(d->bound.fd, &d->bound.address);
	if (r == 0)
		r = begin(d);
	if (r < 0)
		return give_up(d, r, "connect", to, reterr);
	d->peer = *to;
	*ret = d;
	return 0;
}

int dx_adopt_datagram(dx_loop *loop, int fd, const dx_addr *at, const dx_addr *peer, const dx_datagram_events *events, void *ctx,
		      dx_datagram **ret)
{
	dx_datagram *d = new_socket(loop, events, ctx);
	int r;

	if (d == NULL)
		return -ENOMEM;
	d->bound.fd = fd;
	d->bound.address = *at;
	d->peer = *peer;
	r = begin(d);
	if (r < 0)
		dx_sys_free(d);
	else
		*ret = d;
	return r;
}

size_t dx_datagram_queued(const dx_datagram *d)
{
	return d->queued;
}

void dx_datagram_pause(dx_datagram *d)
{
	d->paused = true;
	watch_wanted(d);
}

void dx_datagram_resume(dx_datagram *d)
{
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
