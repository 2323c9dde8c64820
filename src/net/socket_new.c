/* Servers and connections in one call. */
#include "base/limits.h"
#include "base/number.h"
#include "net/address_priv.h"
#include "net/race.h"
#include "net/socket_priv.h"
#include "net/verbs.h"
#include "sys/sys.h"

#include <stdio.h>

static int set(const dx_socket *s, int level, int name, bool value)
{
	return dx_socket_setsockopt(s, level, name, value);
}

/* What was tried, where there is no address of it: a path, or "HOST:PORT". */
static int fail_at(dx_error *reterr, int code, const char *operation, int family, const char *host, int port)
{
	char text[DX_ADDR_TEXT];

	if (host == NULL)
		host = "";
	if (family == AF_UNIX)
		(void)snprintf(text, sizeof text, "unix:%s", host);
	else
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
		return fail_at(reterr, r, operation, family, host, port);
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
	return fail_at(reterr, r, operation, family, host, port);
}

/* Connections: the addresses race, and whoever waits here looks on. */

struct runners {
	dx_race race;
	struct pollfd of[DX_LIMIT_ADDRESSES];           /* one for each address; fd -1: it does not run (any more) */
	const dx_addr *from;
	struct dx__patience patience;
	int why;                                        /* the last one failed, at `where` */
	const dx_addr *where;
};

static int open_runner(const struct runners *r, const dx_addr *to, dx_socket *ret)
{
	int result = dx_socket_open(to->sa.sa_family, SOCK_STREAM, 0, ret);

	if (result < 0 || r->from == NULL || r->from->len == 0)
		return result;
	result = r->from->sa.sa_family == to->sa.sa_family ? dx_socket_bind_addr(ret, r->from) : -EAFNOSUPPORT;
	if (result < 0)
		(void)dx_socket_close(ret);
	return result;
}

static int begin_runner(struct runners *r, int i)
{
	dx_socket s = { .fd = -1 };
	int result = open_runner(r, &r->race.addresses[i], &s);

	r->of[i] = (struct pollfd){ .fd = s.fd, .events = POLLOUT };
	return result < 0 ? result : dx__begin_connect(&s, &r->race.addresses[i]);
}

/* How it went with one: still running, won (unless over itself), or lost. Returns whether it won. */
static bool judge(struct runners *r, int i, int result, int64_t now_ns)
{
	if (result == -EINPROGRESS)
		return false;
	if (result == 0 && dx_verb_is_own_echo(r->of[i].fd, &r->race.addresses[i]))
		result = -DX_ESELF;
	if (result == 0)
		return true;
	if (r->of[i].fd != -1)
		(void)dx_sys_close(r->of[i].fd);
	r->of[i].fd = -1;
	r->why = result;
	r->where = &r->race.addresses[i];
	dx_race_lose(&r->race, now_ns);
	return false;
}

/* Until one of them has news, the next one may start, or the patience is over. Returns 0; -ETIMEDOUT, -EINTR. */
static int wait_for_news(struct runners *r, int64_t now_ns)
{
	int64_t next_ns = dx_race_next_ns(&r->race), next_ms = INT64_MAX;
	int left_ms, result = dx__time_left(&r->patience, &left_ms);

	if (result < 0 || left_ms == 0)
		return result < 0 ? result : -ETIMEDOUT;
	if (next_ns != INT64_MAX)
		next_ms = (next_ns - now_ns + DX_NS_PER_MS - 1) / DX_NS_PER_MS;
	if (next_ms != INT64_MAX && (left_ms < 0 || next_ms < left_ms))
		left_ms = (int)next_ms;
	return dx_sys_poll(r->of, r->race.started, left_ms) == -1 ? -errno : 0;
}

/* Who has news is asked for it. Returns the winner's place, or -1. */
static int find_winner(struct runners *r, int64_t now_ns)
{
	for (int i = 0; i < (int)r->race.started; i++) {
		if (r->of[i].fd != -1 && r->of[i].revents != 0 && judge(r, i, dx_verb_pending_error(r->of[i].fd), now_ns))
			return i;
	}
	return -1;
}

/* Returns the winner's place, or why there is none. */
static int run_race(struct runners *r)
{
	for (;;) {
		int64_t now_ns = 0;
		int i, result = dx__clock_ns(&now_ns);

		while (result == 0 && (i = dx_race_start(&r->race, now_ns)) >= 0) {
			if (judge(r, i, begin_runner(r, i), now_ns))
				return i;
		}
		if (result == 0 && dx_race_is_over(&r->race))
			result = r->why;
		if (result == 0)
			result = wait_for_news(r, now_ns);
		if (result < 0)
			return result;
		i = find_winner(r, now_ns);
		if (i >= 0)
			return i;
	}
}

static void dismiss(const struct runners *r, int winner)
{
	for (int i = 0; i < (int)r->race.started; i++) {
		if (i != winner && r->of[i].fd != -1)
			(void)dx_sys_close(r->of[i].fd);
	}
}

int dx_create_connection(const char *host, int port, int timeout_ms, const dx_addr *from, dx_socket *ret, dx_error *reterr)
{
	struct runners r = { .from = from, .patience.timeout_ms = timeout_ms };
	dx_addr found[DX_LIMIT_ADDRESSES];
	size_t count;
	int left_ms, result = dx__time_left(&r.patience, &left_ms);

	if (result == 0)
		result = dx__socket_resolve(host, port, AF_UNSPEC, SOCK_STREAM, left_ms, found, &count);
	if (result < 0)
		return fail_at(reterr, result == -EAGAIN ? -ETIMEDOUT : result, "resolve", AF_UNSPEC, host, port);
	dx_race_line_up(&r.race, found, count);
	result = run_race(&r);
	dismiss(&r, result);
	if (result >= 0) {
		*ret = (dx_socket){ r.of[result].fd, r.race.addresses[result].sa.sa_family, SOCK_STREAM, 0 };
		return 0;
	}
	if (r.where != NULL && result == r.why)
		return dx__error_at(reterr, result, "connect", r.where);
	return fail_at(reterr, result, "connect", AF_UNSPEC, host, port);
}
