#include "net/verbs.h"
#include "net/trace.h"
#include "sys/sys.h"

#include <linux/sock_diag.h>
#include <linux/sockios.h>

static int outcome(ssize_t r)
{
	return r == -1 ? -errno : (int)r;
}

/* A verb that failed for want of readiness did not happen. */
static int follow(dx_loop *loop, const dx_traced *t)
{
	if (loop->tracer != NULL && t->result != -EAGAIN)
		dx_trace(loop, t);
	return t->result;
}

int dx_verb_socket(dx_loop *loop, int family, int type)
{
	int r = outcome(dx_sys_socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
	const char *family_word = family == AF_INET ? "AF_INET" : family == AF_INET6 ? "AF_INET6" : "AF_UNIX";
	const char *type_word = type == SOCK_STREAM ? "SOCK_STREAM" : "SOCK_DGRAM";

	return follow(loop, &(dx_traced){ "socket", "wt", "", 's', .fd = r, .words = { family_word, type_word },
					  .result = r });
}

int dx_verb_bind(dx_loop *loop, int fd, const dx_addr *to)
{
	int r = outcome(dx_sys_bind(fd, &to->sa, to->len));

	return follow(loop, &(dx_traced){ "bind", "a", "", .fd = fd, .addr = to, .result = r });
}

int dx_verb_listen(dx_loop *loop, int fd, int backlog)
{
	int r = outcome(dx_sys_listen(fd, backlog));

	return follow(loop, &(dx_traced){ "listen", "n", "", .fd = fd, .number = backlog, .result = r });
}

int dx_verb_accept(dx_loop *loop, int fd, dx_addr *ret_from)
{
	int r;

	*ret_from = (dx_addr){ .len = sizeof ret_from->un, .un = { 0 } };
	r = outcome(dx_sys_accept4(fd, &ret_from->sa, &ret_from->len, SOCK_CLOEXEC | SOCK_NONBLOCK));
	return follow(loop, &(dx_traced){ "accept", "", "fa", 'c', .fd = fd, .addr = ret_from, .result = r });
}

static int follow_connect(dx_loop *loop, int fd, const dx_addr *to, int r)
{
	return follow(loop, &(dx_traced){ "connect", "a", "", .fd = fd, .addr = to, .result = r });
}

/* An interrupted connect goes on by itself, so EINTR is EINPROGRESS and is never tried again (connect(2)). */
int dx_verb_connect(dx_loop *loop, int fd, const dx_addr *to)
{
	int r = outcome(dx_sys_connect(fd, &to->sa, to->len));

	return r == -EINPROGRESS || r == -EINTR ? -EINPROGRESS : follow_connect(loop, fd, to, r);
}

int dx_verb_connected(dx_loop *loop, int fd, const dx_addr *to)
{
	return follow_connect(loop, fd, to, dx_verb_pending_error(fd));
}

int dx_verb_pending_error(int fd)
{
	int error = 0;
	socklen_t len = sizeof error;
	int r = outcome(dx_sys_getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));

	return r == 0 ? -error : r;
}

int dx_verb_recv(dx_loop *loop, int fd, void *into, size_t size)
{
	int r = outcome(TEMP_FAILURE_RETRY(dx_sys_recv(fd, into, size, MSG_DONTWAIT)));

	if (loop->tracer == NULL)
		return r;
	return follow(loop, &(dx_traced){ "recv", "n", "d", .fd = fd, .number = (int)size,
					  .data = dx_slice_of(into, r > 0 ? (size_t)r : 0), .result = r });
}

int dx_verb_send(dx_loop *loop, int fd, dx_slice data)
{
	int r = outcome(TEMP_FAILURE_RETRY(dx_sys_send(fd, data.data, data.len, MSG_DONTWAIT | MSG_NOSIGNAL)));

	if (loop->tracer == NULL)
		return r;
	return follow(loop, &(dx_traced){ "send", "d", "r", .fd = fd, .data = data, .result = r });
}

int dx_verb_recvmsg(dx_loop *loop, int fd, struct msghdr *msg, dx_addr *ret_from, bool from_anybody)
{
	size_t size = msg->msg_iov->iov_len, came;
	int r;

	*ret_from = (dx_addr){ .un = { 0 } };
	msg->msg_name = &ret_from->un;
	msg->msg_namelen = sizeof ret_from->un;
	r = outcome(TEMP_FAILURE_RETRY(dx_sys_recvmsg(fd, msg, MSG_DONTWAIT | MSG_TRUNC)));
	ret_from->len = msg->msg_namelen;
	came = r < 0 ? 0 : (size_t)r < size ? (size_t)r : size;
	return follow(loop, &(dx_traced){ from_anybody ? "recvfrom" : "recv", "n", from_anybody ? "da" : "d", .fd = fd,
					  .number = (int)size, .data = dx_slice_of(msg->msg_iov->iov_base, came),
					  .addr = ret_from, .result = r });
}

int dx_verb_sendmsg(dx_loop *loop, int fd, struct msghdr *msg, const dx_addr *to)
{
	int r;

	msg->msg_name = to != NULL ? (void *)(uintptr_t)&to->un : NULL;
	msg->msg_namelen = to != NULL ? to->len : 0;
	r = outcome(TEMP_FAILURE_RETRY(dx_sys_sendmsg(fd, msg, MSG_DONTWAIT | MSG_NOSIGNAL)));
	return follow(loop, &(dx_traced){ to != NULL ? "sendto" : "send", to != NULL ? "da" : "d", "r", .fd = fd, .addr = to,
					  .data = dx_slice_of(msg->msg_iov->iov_base, msg->msg_iov->iov_len), .result = r });
}

int dx_verb_shutdown(dx_loop *loop, int fd)
{
	int r = outcome(dx_sys_shutdown(fd, SHUT_WR));

	return follow(loop, &(dx_traced){ "shutdown", "w", "", .fd = fd, .words = { "SHUT_WR" }, .result = r });
}

int dx_verb_setsockopt(dx_loop *loop, int fd, const dx_option_name *option, int value)
{
	int r = outcome(dx_sys_setsockopt(fd, option->level, option->name, &value, sizeof value));

	return follow(loop, &(dx_traced){ "setsockopt", "wWn", "", .fd = fd, .words = { option->words[0], option->words[1] },
					  .number = value, .result = r });
}

/* What getsockname(2) or getpeername(2) says. */
static int ask_name(int (*ask)(int, struct sockaddr *, socklen_t *), int fd, dx_addr *ret)
{
	dx_addr a = { .len = sizeof a.un, .un = { 0 } };
	int r = outcome(ask(fd, &a.sa, &a.len));

	if (r == 0)
		*ret = a;
	return r;
}

int dx_verb_getsockname(int fd, dx_addr *ret)
{
	return ask_name(dx_sys_getsockname, fd, ret);
}

int dx_verb_getpeername(int fd, dx_addr *ret)
{
	return ask_name(dx_sys_getpeername, fd, ret);
}

bool dx_verb_is_own_echo(int fd, const dx_addr *to)
{
	dx_addr own;

	return to->sa.sa_family != AF_UNIX && dx_verb_getsockname(fd, &own) == 0 && dx_addr_equal(&own, to);
}

void dx_verb_close(dx_loop *loop, int fd)
{
	(void)dx_sys_close(fd);
	(void)follow(loop, &(dx_traced){ "close", "", "", .fd = fd });
}

void dx_verb_close_watched(dx_loop *loop, dx_watch *w)
{
	int fd = w->fd;

	if (fd < 0)
		return;
	dx_watch_stop(loop, w);
	dx_verb_close(loop, fd);
}

size_t dx_verb_unacknowledged(int fd)
{
	int bytes = 0;

	return dx_sys_ioctl(fd, SIOCOUTQ, &bytes) == -1 || bytes < 0 ? 0 : (size_t)bytes;
}

uint32_t dx_verb_dropped(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof info;

	return dx_sys_getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len) == -1 ? 0 : info[SK_MEMINFO_DROPS];
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
