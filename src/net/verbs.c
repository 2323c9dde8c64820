#include "net/verbs.h"
#include "net/loop_priv.h"
#include "net/trace.h"
#include "sys/sys.h"

#include <linux/sockios.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>

#define OPTION(level, name) { level, name, #level, #name }
const dx_sockopt dx_opt_reuseaddr = OPTION(SOL_SOCKET, SO_REUSEADDR), dx_opt_reuseport = OPTION(SOL_SOCKET, SO_REUSEPORT),
		 dx_opt_sndbuf = OPTION(SOL_SOCKET, SO_SNDBUF), dx_opt_rcvbuf = OPTION(SOL_SOCKET, SO_RCVBUF),
		 dx_opt_broadcast = OPTION(SOL_SOCKET, SO_BROADCAST), dx_opt_v6only = OPTION(IPPROTO_IPV6, IPV6_V6ONLY),
		 dx_opt_nodelay = OPTION(IPPROTO_TCP, TCP_NODELAY), dx_opt_tos = OPTION(IPPROTO_IP, IP_TOS),
		 dx_opt_tclass = OPTION(IPPROTO_IPV6, IPV6_TCLASS), dx_opt_recvtos = OPTION(IPPROTO_IP, IP_RECVTOS),
		 dx_opt_recvtclass = OPTION(IPPROTO_IPV6, IPV6_RECVTCLASS);
#undef OPTION

static int outcome(int r)
{
	return r == -1 ? -errno : r;
}

/* A traced verb that failed for want of readiness did not happen. */
static ssize_t follow(dx_loop *loop, dx_traced t, ssize_t result)
{
	t.result = result;
	if (loop->tracer != NULL && result != -EAGAIN)
		dx_trace(loop, &t);
	return result;
}

int dx_verb_socket(dx_loop *loop, int family, int type)
{
	int r = outcome(dx_sys_socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));

	return (int)follow(loop, (dx_traced){ .verb = DX_VERB_SOCKET, .family = family, .number = type, .fd = r }, r);
}

int dx_verb_bind(dx_loop *loop, int fd, const dx_addr *to)
{
	int r = outcome(dx_sys_bind(fd, &to->sa, to->len));

	return (int)follow(loop, (dx_traced){ .verb = DX_VERB_BIND, .fd = fd, .addr = to }, r);
}

int dx_verb_listen(dx_loop *loop, int fd, int backlog)
{
	int r = outcome(dx_sys_listen(fd, backlog));

	return (int)follow(loop, (dx_traced){ .verb = DX_VERB_LISTEN, .fd = fd, .number = backlog }, r);
}

int dx_verb_accept(dx_loop *loop, int fd, dx_addr *ret_from)
{
	socklen_t len = sizeof ret_from->un;
	int r;

	memset(&ret_from->un, 0, sizeof ret_from->un);
	r = outcome(dx_sys_accept4(fd, &ret_from->sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK));
	ret_from->len = len;
	return (int)follow(loop, (dx_traced){ .verb = DX_VERB_ACCEPT, .fd = fd, .addr = ret_from }, r);
}

/* An interrupted connect goes on by itself, so EINTR is EINPROGRESS and is never tried again (connect(2)). */
int dx_verb_connect(dx_loop *loop, int fd, const dx_addr *to)
{
	int r = outcome(dx_sys_connect(fd, &to->sa, to->len));

	if (r == -EINPROGRESS || r == -EINTR)
		return -EINPROGRESS;
	return (int)follow(loop, (dx_traced){ .verb = DX_VERB_CONNECT, .fd = fd, .addr = to }, r);
}

int dx_verb_pending_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof error;
	int r = outcome(dx_sys_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));

	return r == 0 ? -error : r;
}

int dx_verb_connected(dx_loop *loop, int fd, const dx_addr *to)
{
	int r = dx_verb_pending_error(fd);

	return (int)follow(loop, (dx_traced){ .verb = DX_VERB_CONNECT, .fd = fd, .addr = to }, r);
}

ssize_t dx_verb_recv(dx_loop *loop, int fd, void *into, size_t size)
{
	ssize_t r;

	do
		r = dx_sys_recv(fd, into, size, MSG_DONTWAIT);
	while (r == -1 && errno == EINTR);
	if (r == -1)
		r = -errno;
	if (loop->tracer == NULL)
		return r;
	return follow(loop, (dx_traced){ .verb = DX_VERB_RECV, .fd = fd, .number = (long)size,
					 .data = dx_slice_of(into, r > 0 ? (size_t)r : 0) }, r);
}

static void follow_send(dx_loop *loop, int fd, const struct iovec *pieces, size_t count, ssize_t r)
{
	uint8_t start[4096 + 1];
	size_t used = 0;

	for (size_t i = 0; i < count && used < sizeof start; i++) {
		size_t n = pieces[i].iov_len < sizeof start - used ? pieces[i].iov_len : sizeof start - used;

		memcpy(start + used, pieces[i].iov_base, n);
		used += n;
	}
	(void)follow(loop, (dx_traced){ .verb = DX_VERB_SEND, .fd = fd, .data = dx_slice_of(start, used) }, r);
}

ssize_t dx_verb_sendv(dx_loop *loop, int fd, struct iovec *pieces, size_t count)
{
	struct msghdr msg = { .msg_iov = pieces, .msg_iovlen = count };
	ssize_t r;

	do
		r = count == 1 ? dx_sys_send(fd, pieces->iov_base, pieces->iov_len, MSG_DONTWAIT | MSG_NOSIGNAL)
			       : dx_sys_sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (r == -1 && errno == EINTR);
	if (r == -1)
		r = -errno;
	if (loop->tracer != NULL)
		follow_send(loop, fd, pieces, count, r);
	return r;
}

int dx_verb_shutdown(dx_loop *loop, int fd)
{
	int r = outcome(dx_sys_shutdown(fd, SHUT_WR));

	return (int)follow(loop, (dx_traced){ .verb = DX_VERB_SHUTDOWN, .fd = fd }, r);
}

int dx_verb_setsockopt(dx_loop *loop, int fd, const dx_sockopt *option, int value)
{
	int r = outcome(dx_sys_setsockopt(fd, option->level, option->name, &value, sizeof value));

	return (int)follow(loop,
			   (dx_traced){ .verb = DX_VERB_SETSOCKOPT, .fd = fd, .number = value, .level_text = option->level_text,
					.name_text = option->name_text },
			   r);
}

int dx_verb_getsockname(int fd, dx_addr *ret)
{
	dx_addr a = { 0 };

	a.len = sizeof a.un;
	if (dx_sys_getsockname(fd, &a.sa, &a.len) == -1)
		return -errno;
	*ret = a;
	return 0;
}

void dx_verb_close(dx_loop *loop, int fd)
{
	(void)dx_sys_close(fd);
	(void)follow(loop, (dx_traced){ .verb = DX_VERB_CLOSE, .fd = fd }, 0);
}

size_t dx_verb_unacknowledged(int fd)
{
	int bytes = 0;

	if (dx_sys_ioctl(fd, SIOCOUTQ, &bytes) == -1 || bytes < 0)
		return 0;
	return (size_t)bytes;
}

int dx_verb_set_congestion(int fd, const char *name)
{
	return outcome(dx_sys_setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, (socklen_t)strlen(name)));
}

void dx_verb_tune_loopback(int fd, const dx_addr *peer)
{
	if (peer->sa.sa_family != AF_UNIX && dx_addr_is_loopback(peer))
		(void)dx_verb_set_congestion(fd, "reno");
}
