/* The verbs of Python's socket object. Each is attempted at once, and waits only where the kernel says EAGAIN. */
#include "net/address_priv.h"
#include "net/socket_priv.h"
#include "net/trace.h"
#include "net/verbs.h"
#include "sys/sys.h"

#include <stdio.h>

static int outcome(int r)
{
	return r == -1 ? -errno : r;
}

/* Birth and end */

/* What a type may be told besides is always so here. */
#define TYPE_FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

int dx_socket_open(int family, int type, int protocol, dx_socket *ret)
{
	int fd = outcome(dx_sys_socket(family, type | TYPE_FLAGS, protocol));

	if (fd < 0)
		return fd;
	*ret = (dx_socket){ fd, family, type & ~TYPE_FLAGS, protocol };
	return 0;
}

int dx_socketpair(int family, int type, int protocol, dx_socket ret[2])
{
	int fds[2];

	if (dx_sys_socketpair(family, type | TYPE_FLAGS, protocol, fds) == -1)
		return -errno;
	for (int i = 0; i < 2; i++)
		ret[i] = (dx_socket){ fds[i], family, type & ~TYPE_FLAGS, protocol };
	return 0;
}

static int add_flags(int fd, int get, int set, int flags)
{
	int now = outcome(dx_sys_fcntl(fd, get, 0));

	return now < 0 ? now : outcome(dx_sys_fcntl(fd, set, now | flags));
}

int dx_socket_adopt(int fd, dx_socket *ret)
{
	dx_socket s = { .fd = fd };
	int r = dx_socket_getsockopt(&s, SOL_SOCKET, SO_DOMAIN, &s.family);

	if (r == 0)
		r = dx_socket_getsockopt(&s, SOL_SOCKET, SO_TYPE, &s.type);
	if (r == 0)
		r = dx_socket_getsockopt(&s, SOL_SOCKET, SO_PROTOCOL, &s.protocol);
	if (r == 0)
		r = add_flags(fd, F_GETFD, F_SETFD, FD_CLOEXEC);
	if (r == 0)
		r = add_flags(fd, F_GETFL, F_SETFL, O_NONBLOCK);
	if (r == 0)
		*ret = s;
	return r;
}

int dx_socket_dup(const dx_socket *s, dx_socket *ret)
{
	int fd = outcome(dx_sys_fcntl(dx__socket_fd(s), F_DUPFD_CLOEXEC, 0));

	if (fd < 0)
		return fd;
	*ret = (dx_socket){ fd, s->family, s->type, s->protocol };
	return 0;
}

int dx_socket_detach(dx_socket *s)
{
	int fd = dx__socket_fd(s);

	if (fd < 0)
		return -EBADF;
	s->fd = -1;
	return fd;
}

int dx_socket_close(dx_socket *s)
{
	int fd = dx_socket_detach(s);

	if (fd < 0)
		return fd;
	return dx_sys_close(fd) == -1 && errno == EBADF ? -EBADF : 0;
}

/* Addresses */

int dx_socket_bind_addr(const dx_socket *s, const dx_addr *at)
{
	return outcome(dx_sys_bind(dx__socket_fd(s), &at->sa, at->len));
}

int dx_socket_bind(const dx_socket *s, const char *host, int port)
{
	dx_addr at;
	int r = dx_socket_address(s, host, port, -1, &at);

	return r < 0 ? r : dx_socket_bind_addr(s, &at);
}

int dx_socket_getsockname(const dx_socket *s, dx_addr *ret)
{
	return dx_verb_getsockname(dx__socket_fd(s), ret);
}

int dx_socket_getpeername(const dx_socket *s, dx_addr *ret)
{
	return dx_verb_getpeername(dx__socket_fd(s), ret);
}

/* Connections */

int dx_socket_listen(const dx_socket *s, int backlog)
{
	return outcome(dx_sys_listen(dx__socket_fd(s), backlog));
}

static ssize_t try_accept(const dx_socket *s, void *ctx)
{
	dx_addr *from = ctx;

	*from = (dx_addr){ .len = sizeof from->un, .un = { 0 } };
	return dx_sys_accept4(s->fd, &from->sa, &from->len, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int dx_socket_accept(const dx_socket *s, int timeout_ms, dx_socket *ret, dx_addr *ret_from)
{
	struct dx__patience p = { .timeout_ms = timeout_ms };
	dx_addr from;
	int fd = (int)dx__persist(s, POLLIN, &p, try_accept, &from);

	if (fd < 0)
		return fd;
	*ret = (dx_socket){ fd, s->family, s->type, s->protocol };
	if (ret_from != NULL)
		*ret_from = from;
	return 0;
}

static ssize_t try_connect(const dx_socket *s, void *ctx)
{
	const dx_addr *to = ctx;

	return dx_sys_connect(dx__socket_fd(s), &to->sa, to->len);
}

int dx__begin_connect(const dx_socket *s, const dx_addr *to)
{
	return outcome((int)try_connect(s, (void *)(uintptr_t)to));
}

int dx_socket_connect_addr(const dx_socket *s, const dx_addr *to, int timeout_ms)
{
	struct dx__patience p = { .timeout_ms = timeout_ms };
	int r = dx__begin_connect(s, to);

	if (r == -EAGAIN && s->family == AF_UNIX)
		return (int)dx__persist_in_kernel(s, &p, try_connect, (void *)(uintptr_t)to);
	if (timeout_ms == 0 || (r != -EINPROGRESS && r != -EALREADY))
		return r;
	r = dx__wait(&p, s->fd, POLLOUT);
	return r < 0 ? r : dx_verb_pending_error(s->fd);
}

int dx_socket_connect(const dx_socket *s, const char *host, int port, int timeout_ms)
{
	dx_addr to;
	int r = dx_socket_address(s, host, port, timeout_ms, &to);

	return r < 0 ? r : dx_socket_connect_addr(s, &to, timeout_ms);
}

int dx_socket_shutdown(const dx_socket *s, int how)
{
	return outcome(dx_sys_shutdown(dx__socket_fd(s), how));
}

/* Bytes */

struct transfer {
	struct iovec piece;
	int flags;
	const dx_addr *to;              /* NULL: to whom it is connected */
	dx_addr *from;
};

/* A wait that the flags forbid is none. */
static struct dx__patience patience_of(int timeout_ms, int flags)
{
	return (struct dx__patience){ .timeout_ms = (flags & MSG_DONTWAIT) != 0 ? 0 : timeout_ms };
}

static ssize_t try_send(const dx_socket *s, void *ctx)
{
	const struct transfer *t = ctx;

	return dx_sys_send(s->fd, t->piece.iov_base, t->piece.iov_len, t->flags | MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t dx__send(const dx_socket *s, dx_slice data, int flags, struct dx__patience *p)
{
	struct transfer t = { .piece = { (void *)(uintptr_t)data.data, data.len }, .flags = flags };

	return dx__persist(s, POLLOUT, p, try_send, &t);
}

ssize_t dx_socket_send(const dx_socket *s, dx_slice data, int flags, int timeout_ms)
{
	struct dx__patience p = patience_of(timeout_ms, flags);

	return dx__send(s, data, flags, &p);
}

int dx_socket_sendall(const dx_socket *s, dx_slice data, int flags, int timeout_ms, size_t *sent)
{
	struct dx__patience p = patience_of(timeout_ms, flags);
	size_t unsaid = 0;
	ssize_t r;

	if (sent == NULL)
		sent = &unsaid;
	if (*sent > data.len)
		return -EINVAL;
	if (*sent > 0 && *sent == data.len)
		return 0;
	do {
		r = dx__send(s, dx_slice_after(data, *sent), flags, &p);
		*sent += r > 0 ? (size_t)r : 0;
	} while (r >= 0 && *sent < data.len);
	return r < 0 ? (int)r : 0;
}

static ssize_t send_to(const dx_socket *s, const struct transfer *t, int flags)
{
	struct msghdr msg = { .msg_iov = (struct iovec *)(uintptr_t)&t->piece, .msg_iovlen = 1 };

	msg.msg_name = (void *)(uintptr_t)&t->to->un;
	msg.msg_namelen = t->to->len;
	return dx_sys_sendmsg(s->fd, &msg, flags | MSG_NOSIGNAL);
}

static ssize_t try_send_to(const dx_socket *s, void *ctx)
{
	const struct transfer *t = ctx;

	return send_to(s, t, t->flags | MSG_DONTWAIT);
}

static ssize_t try_send_to_in_kernel(const dx_socket *s, void *ctx)
{
	const struct transfer *t = ctx;

	return send_to(s, t, t->flags & ~MSG_DONTWAIT);
}

/* poll(2) looks at our own room; whether a Unix socket that we are not connected to has any, no event tells. */
ssize_t dx_socket_sendto_addr(const dx_socket *s, dx_slice data, int flags, const dx_addr *to, int timeout_ms)
{
	struct transfer t = { .piece = { (void *)(uintptr_t)data.data, data.len }, .flags = flags, .to = to };
	struct dx__patience p = patience_of(timeout_ms, flags), once = { .timeout_ms = 0 };
	bool silent = s != NULL && s->family == AF_UNIX;
	ssize_t r = dx__persist(s, POLLOUT, silent ? &once : &p, try_send_to, &t);

	return r == -EAGAIN && silent ? dx__persist_in_kernel(s, &p, try_send_to_in_kernel, &t) : r;
}

ssize_t dx_socket_sendto(const dx_socket *s, dx_slice data, int flags, const char *host, int port, int timeout_ms)
{
	dx_addr to;
	int r = dx_socket_address(s, host, port, timeout_ms, &to);

	return r < 0 ? r : dx_socket_sendto_addr(s, data, flags, &to, timeout_ms);
}

static ssize_t try_recv(const dx_socket *s, void *ctx)
{
	const struct transfer *t = ctx;

	return dx_sys_recv(s->fd, t->piece.iov_base, t->piece.iov_len, t->flags | MSG_DONTWAIT);
}

ssize_t dx__recv(const dx_socket *s, void *into, size_t size, int flags, struct dx__patience *p)
{
	struct transfer t = { .piece = { into, size }, .flags = flags };

	return dx__persist(s, POLLIN, p, try_recv, &t);
}

ssize_t dx_socket_recv(const dx_socket *s, void *into, size_t size, int flags, int timeout_ms)
{
	struct dx__patience p = patience_of(timeout_ms, flags);

	return dx__recv(s, into, size, flags, &p);
}

static ssize_t try_recv_from(const dx_socket *s, void *ctx)
{
	struct transfer *t = ctx;
	dx_addr from = { .un = { 0 } };
	struct msghdr msg = { .msg_name = &from.un, .msg_namelen = sizeof from.un, .msg_iov = &t->piece, .msg_iovlen = 1 };
	ssize_t came = dx_sys_recvmsg(s->fd, &msg, t->flags | MSG_DONTWAIT);

	from.len = msg.msg_namelen;
	if (came != -1 && t->from != NULL)
		*t->from = from;
	return came;
}

ssize_t dx_socket_recvfrom(const dx_socket *s, void *into, size_t size, int flags, int timeout_ms, dx_addr *ret_from)
{
	struct dx__patience p = patience_of(timeout_ms, flags);
	struct transfer t = { .piece = { into, size }, .flags = flags, .from = ret_from };

	return dx__persist(s, POLLIN, &p, try_recv_from, &t);
}

/* Options */

int dx_socket_setsockopt_bytes(const dx_socket *s, int level, int name, dx_slice value)
{
	return outcome(dx_sys_setsockopt(dx__socket_fd(s), level, name, value.data, (socklen_t)value.len));
}

ssize_t dx_socket_getsockopt_bytes(const dx_socket *s, int level, int name, void *into, size_t size)
{
	socklen_t len = (socklen_t)size;
	int r = outcome(dx_sys_getsockopt(dx__socket_fd(s), level, name, into, &len));

	return r < 0 ? r : (ssize_t)len;
}

int dx_socket_setsockopt(const dx_socket *s, int level, int name, int value)
{
	return dx_socket_setsockopt_bytes(s, level, name, dx_slice_of(&value, sizeof value));
}

int dx_socket_getsockopt(const dx_socket *s, int level, int name, int *ret)
{
	int value = 0;
	ssize_t r = dx_socket_getsockopt_bytes(s, level, name, &value, sizeof value);

	if (r < 0)
		return (int)r;
	*ret = value;
	return 0;
}

/* As a name that is empty prints as nothing in Python, so does a Unix socket without one. */
static void print_address(dx_buf *b, const char *which, const dx_addr *a)
{
	if (a->sa.sa_family == AF_UNIX && a->len <= offsetof(struct sockaddr_un, sun_path))
		return;
	(void)dx_buf_printf(b, ", %s=", which);
	dx_trace_python_address(b, a);
}

const char *dx_socket_print(const dx_socket *s, char into[DX_SOCKET_TEXT])
{
	/* The buffer is `into`: it never grows, so it owns nothing. */
	dx_buf b = { .data = (uint8_t *)into, .size = DX_SOCKET_TEXT, .limit = DX_SOCKET_TEXT };
	dx_socket none = DX_SOCKET_CLOSED;
	dx_addr a;

	if (s == NULL)
		s = &none;
	(void)dx_buf_printf(&b, "<socket.socket%s fd=%d, family=%d, type=%d, proto=%d", s->fd < 0 ? " [closed]" : "", s->fd,
			    s->family, s->type, s->protocol);
	if (dx_socket_getsockname(s, &a) == 0)
		print_address(&b, "laddr", &a);
	if (dx_socket_getpeername(s, &a) == 0)
		print_address(&b, "raddr", &a);
	(void)dx_buf_add_text(&b, ">");
	(void)dx_buf_string(&b);
	return into;
}
