/* Servers and connections in one call. */
#include "base/limits.h"
#include "base/number.h"
#include "net/address_priv.h"
#include "net/socket_priv.h"
#include "net/verbs.h"
#include "sys/sys.h"

#include <stdio.h>

#define STAGGER_MS 250          /* RFC 8305, 5 */

static int set(const dx_socket *s, int level, int name, bool value)
{
	return dx_socket_setsockopt(s, level, name, value);
}

/* "HOST:PORT" of what was tried, where there is no address of it. */
static int fail_at(dx_error *reterr, int code, const char *operation, const char *host, int port)
{
	char text[DX_ADDR_TEXT];

	(void)snprintf(text, sizeof text, strchr(host, ':') != NULL ? "[%s]:%d" : "%s:%d", host, port);
	return dx_error_set(reterr, code, operation, text);
}

/* Servers */

static int prepare_server(const dx_socket *s, const dx_server_options *o)
{
	int r = s->family == AF_UNIX ? 0 : set(s, SOL_SOCKET, SO_REUSEADDR, true);

	if (r == 0 && o->reuse_port)
		r = set(s, SOL_SOCKET, SO_REUSEPORT, true);
	if (r == 0 && s->family == AF_INET6)
		r = set(s, IPPROTO_IPV6, IPV6_V6ONLY, !o->dualstack_ipv6);
	return r;
}

int dx_create_server(const char *host, int port, const dx_server_options *options, dx_socket *ret, dx_error *reterr)
{
	dx_server_options o = options != NULL ? *options : (dx_server_options){ 0 };
	int family = o.family != 0 ? o.family : AF_INET;
	const char *operation = "socket";
	dx_socket s;
	int r = o.dualstack_ipv6 && family != AF_INET6 ? -EINVAL : dx_socket_open(family, SOCK_STREAM, 0, &s);

	if (r < 0)
		return fail_at(reterr, r, operation, host, port);
	r = prepare_server(&s, &o);
	if (r == 0) {
		operation = "bind";
		r = dx_socket_bind(&s, host, port);
	}
	if (r == 0) {
		operation = "listen";
		r = dx_socket_listen(&s, o.backlog > 0 ? o.backlog : DX_LIMIT_BACKLOG);
	}
	if (r == 0) {
		*ret = s;
		return 0;
	}
	(void)dx_socket_close(&s);
	return fail_at(reterr, r, operation, host, port);
}

/* Connections: a race, which the first to answer wins. */

struct race {
	dx_addr addresses[DX_LIMIT_ADDRESSES];
	size_t count, next;                             /* next: the first that was not tried yet */
	struct pollfd runners[DX_LIMIT_ADDRESSES];
	const dx_addr *goals[DX_LIMIT_ADDRESSES];       /* where each of them runs to */
	size_t running;
	const dx_addr *from;
	struct dx__patience all, stagger;               /* until it is over; until the next may start */
	int why;                                        /* the last one failed, at `where` */
	const dx_addr *where;
};

/* The families in turn, beginning with the first one's, each in the resolver's order (RFC 8305, 4). */
static void interleave(dx_addr *a, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		size_t other = i;
		dx_addr moved;

		while (other < count && a[other].sa.sa_family == a[i - 1].sa.sa_family)
			other++;
		if (other == count)
			return;
		moved = a[other];
		memmove(a + i + 1, a + i, (other - i) * sizeof *a);
		a[i] = moved;
	}
}

static int lose(struct race *r, int why, const dx_addr *where)
{
	r->why = why;
	r->where = where;
	return 0;
}

static int open_runner(const struct race *r, const dx_addr *to, dx_socket *ret)
{
	int result = dx_socket_open(to->sa.sa_family, SOCK_STREAM, 0, ret);

	if (result < 0 || r->from == NULL || r->from->len == 0)
		return result;
	result = r->from->sa.sa_family == to->sa.sa_family ? dx_socket_bind_addr(ret, r->from) : -EAFNOSUPPORT;
	if (result < 0)
		(void)dx_socket_close(ret);
	return result;
}

/* Connected is won, unless to itself. Returns 1, or 0 where it lost. */
static int arrive(struct race *r, int fd, const dx_addr *to, int result, dx_socket *ret)
{
	if (result == 0 && dx_verb_is_own_echo(fd, to))
		result = -DX_ESELF;
	if (result == 0) {
		*ret = (dx_socket){ fd, to->sa.sa_family, SOCK_STREAM, 0 };
		return 1;
	}
	(void)dx_sys_close(fd);
	return lose(r, result, to);
}

/* Returns 1 where it won at once. */
static int start_next(struct race *r, dx_socket *ret)
{
	const dx_addr *to = &r->addresses[r->next++];
	dx_socket s;
	int result = open_runner(r, to, &s);

	r->stagger = (struct dx__patience){ .timeout_ms = STAGGER_MS };
	if (result < 0)
		return lose(r, result, to);
	result = dx__begin_connect(&s, to);
	if (result != -EINPROGRESS)
		return arrive(r, s.fd, to, result, ret);
	r->runners[r->running] = (struct pollfd){ .fd = s.fd, .events = POLLOUT };
	r->goals[r->running++] = to;
	return 0;
}

static void take_out(struct race *r, size_t i)
{
	r->running--;
	r->runners[i] = r->runners[r->running];
	r->goals[i] = r->goals[r->running];
}

/* Looks at each who has news. Returns 1 where one of them won; who failed makes the next one start. */
static int look(struct race *r, dx_socket *ret)
{
	size_t i = 0;

	while (i < r->running) {
		int fd = r->runners[i].fd;
		const dx_addr *to = r->goals[i];

		if (r->runners[i].revents == 0) {
			i++;
			continue;
		}
		take_out(r, i);
		if (arrive(r, fd, to, dx_verb_pending_error(fd), ret) > 0)
			return 1;
		r->stagger = (struct dx__patience){ .timeout_ms = 0 };
	}
	return 0;
}

/* Until there is news, or the next may start. Returns 0; -ETIMEDOUT, -EINTR. */
static int wait_for_news(struct race *r)
{
	int all_ms, stagger_ms = -1, result = dx__time_left(&r->all, &all_ms);

	if (result == 0 && r->next < r->count)
		result = dx__time_left(&r->stagger, &stagger_ms);
	if (result < 0)
		return result;
	if (all_ms == 0)
		return -ETIMEDOUT;
	if (stagger_ms < 0 || (all_ms > 0 && all_ms < stagger_ms))
		stagger_ms = all_ms;
	return dx_sys_poll(r->runners, r->running, stagger_ms) == -1 ? -errno : 0;
}

static bool may_start(struct race *r)
{
	int left_ms = 0;

	return r->next < r->count && (r->running == 0 || (dx__time_left(&r->stagger, &left_ms) == 0 && left_ms == 0));
}

/* Returns 0 and the winner, or why there is none. Whoever is left is closed. */
static int run_race(struct race *r, dx_socket *ret)
{
	int won = 0, result = 0;

	while (won == 0 && result == 0) {
		if (may_start(r))
			won = start_next(r, ret);
		else if (r->running == 0)
			result = r->why;
		else if ((result = wait_for_news(r)) == 0)
			won = look(r, ret);
	}
	while (r->running > 0)
		(void)dx_sys_close(r->runners[--r->running].fd);
	return won > 0 ? 0 : result;
}

int dx_create_connection(const char *host, int port, int timeout_ms, const dx_addr *from, dx_socket *ret, dx_error *reterr)
{
	struct race r = { .from = from, .all.timeout_ms = timeout_ms };
	int left_ms, result = dx__time_left(&r.all, &left_ms);

	if (result == 0)
		result = dx__socket_resolve(host, port, AF_UNSPEC, SOCK_STREAM, left_ms, r.addresses, &r.count);
	if (result < 0)
		return fail_at(reterr, result == -EAGAIN ? -ETIMEDOUT : result, "resolve", host, port);
	interleave(r.addresses, r.count);
	result = run_race(&r, ret);
	if (result == 0)
		return 0;
	if (r.where != NULL && result == r.why)
		return dx__error_at(reterr, result, "connect", r.where);
	return fail_at(reterr, result, "connect", host, port);
}
