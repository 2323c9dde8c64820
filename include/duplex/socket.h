/* Sockets: the verbs of Python's socket object under the same names, blocking, each with a time limit.
 *
 *	dx_socket s, c;
 *	if (dx_create_server("", 8090, NULL, &s, NULL) == 0 && dx_socket_accept(&s, -1, &c, NULL) == 0) …
 *
 * Time limits are milliseconds: -1 for ever, 0 at once. Errors are negative errno, returned, and four of them mean the same in
 * every verb that has a time limit:
 *	-EAGAIN     the time limit is over; nothing is lost, and the call may be made again
 *	-EINTR      a signal was handled while the call waited; nothing is lost
 *	-EBADF      the socket is closed (or the pointer NULL)
 *	-EPIPE      the other side takes nothing any more; there is no SIGPIPE
 * -ETIMEDOUT is the kernel's word for a connection whose other side is gone; only dx_create_connection, which keeps nothing that
 * could be waited for again, says it of its limit, too. -EINTR is returned at once, whatever SA_RESTART says: who wants to wait
 * on calls again, with the time that remains. A signal that came just before the call does not end it: who must not miss one, as
 * Ctrl-C, waits in steps of a short limit and looks between them, or waits on s.fd by ppoll(2).
 *
 * A limit for several calls is what is left of it before each:
 *
 *	left = end_ms - now_ms();       by clock_gettime(2) and CLOCK_MONOTONIC
 *	n = left > 0 ? dx_socket_recv(&s, into, size, 0, left) : -EAGAIN;
 * Whether anything is left is asked before each, since a limit of 0 takes what is there all the same, and a peer may always have
 * more; and a negative one, whichever, is for ever.
 *
 * Addresses are text, as Python's pairs are: a host and a port, where "" is every address of this machine, and a name is looked
 * up; or a path for a Unix socket, whose port is ignored, and which begins with '@' in the abstract name space. Where a name
 * holds a NUL, or the address is one that a verb has told, the verb's twin that ends in _addr takes a dx_addr. Hosts that are
 * numbers are read strictly (address.h).
 *
 * A dx_socket is four numbers, which its user keeps wherever he likes and may copy; the copy is the same socket, to be closed
 * once. Every descriptor is close-on-exec and non-blocking underneath: poll s.fd as you wish, and hand it to others with that in
 * mind. No verb keeps anything between two calls, so several threads may use one socket as the kernel lets them. */
#ifndef DUPLEX_SOCKET_H
#define DUPLEX_SOCKET_H

#include <duplex/address.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dx_socket {
	int fd;                         /* -1: closed */
	int family, type, protocol;     /* AF_INET, AF_INET6, AF_UNIX; SOCK_STREAM, SOCK_DGRAM */
} dx_socket;

/* What a dx_socket is before it is opened. One that is all zero is descriptor 0: standard input. */
#define DX_SOCKET_CLOSED { -1, 0, 0, 0 }

/* Birth and end */

/* A new socket; protocol 0 is the usual one. Returns 0, or what socket(2) fails with. *ret is untouched on failure. */
int dx_socket_open(int family, int type, int protocol, dx_socket *ret);

/* Two sockets that are connected to each other; Python's default is AF_UNIX, SOCK_STREAM, 0. Returns 0, or what socketpair(2)
 * fails with, -EOPNOTSUPP for internet families among it. */
int dx_socketpair(int family, int type, int protocol, dx_socket ret[2]);

/* Makes a socket of a descriptor that is one, as socket(fileno=fd) does. It becomes close-on-exec and non-blocking, which everybody
 * sees who shares it. Returns 0 and owns it; -ENOTSOCK, -EBADF, or what fcntl(2) fails with: then it is still the caller's. */
int dx_socket_adopt(int fd, dx_socket *ret);

/* Another descriptor of the same socket. Returns 0; -EBADF, -EMFILE. */
int dx_socket_dup(const dx_socket *s, dx_socket *ret);

/* Closes it; bytes that nobody has read make the other side see a reset. Returns 0, or -EBADF where it was closed before: nothing
 * happens then. */
int dx_socket_close(dx_socket *s);

/* Gives the descriptor away, which the caller then owns, and leaves the socket closed. Returns it, or -EBADF. */
int dx_socket_detach(dx_socket *s);

/* Addresses */

/* The address that `host` and `port` mean to this socket: what the verbs below do with them first. A name is looked up in a thread
 * of its own, for timeout_ms at most, and its first address taken; with 0 only numbers can be understood. Returns 0; -EINVAL for
 * a port outside 0 to 65535 and a host that only looks like a number ("127.1", "010.0.0.1"); -EAFNOSUPPORT for a number of
 * another family; -ENAMETOOLONG for a path; -DX_ENAME and its siblings (error.h) for a name; -EAGAIN, -EINTR; -ENOMEM, -EMFILE. */
int dx_socket_address(const dx_socket *s, const char *host, int port, int timeout_ms, dx_addr *ret);

/* Binds it. Port 0, and the path "", let the kernel choose. Returns 0; as dx_socket_address, which waits for the name server as
 * long as that takes; -EADDRINUSE, -EADDRNOTAVAIL, -EACCES and whatever else bind(2) fails with. */
int dx_socket_bind(const dx_socket *s, const char *host, int port);

/* The same at a known address. */
int dx_socket_bind_addr(const dx_socket *s, const dx_addr *at);

/* The address that it is bound to: 0.0.0.0 and port 0 where it is not, a Unix socket's without a name. Returns 0 or errno. */
int dx_socket_getsockname(const dx_socket *s, dx_addr *ret);

/* The address that it is connected to. Returns 0; -ENOTCONN. */
int dx_socket_getpeername(const dx_socket *s, dx_addr *ret);

/* Connections */

/* Lets clients connect; so many wait until they are accepted. Returns 0; -EADDRINUSE, -EOPNOTSUPP for datagrams. */
int dx_socket_listen(const dx_socket *s, int backlog);

/* Takes the next client that waits. ret_from may be NULL. Returns 0 and the client's socket, the caller's to close; -EAGAIN,
 * -EINTR; -EINVAL where it does not listen; -ECONNABORTED for a client that left before (call again); -EMFILE. */
int dx_socket_accept(const dx_socket *s, int timeout_ms, dx_socket *ret, dx_addr *ret_from);

/* Connects, as connect_ex does: 0, or the error. After -EAGAIN or -EINTR it goes on by itself; the same call again waits on. With
 * timeout_ms 0: -EINPROGRESS where it goes on, and -EALREADY as long as it does. A Unix listener whose backlog is full gives
 * -EAGAIN, and connecting has not begun. A datagram socket is connected at once. Returns besides as dx_socket_address;
 * -ECONNREFUSED, -ENETUNREACH, -EHOSTUNREACH, -ETIMEDOUT and whatever else connect(2) fails with. */
int dx_socket_connect(const dx_socket *s, const char *host, int port, int timeout_ms);

/* The same to a known address. */
int dx_socket_connect_addr(const dx_socket *s, const dx_addr *to, int timeout_ms);

/* Ends one direction or both: SHUT_RD, SHUT_WR, SHUT_RDWR. Returns 0; -ENOTCONN, -EINVAL. */
int dx_socket_shutdown(const dx_socket *s, int how);

/* Bytes. `flags` are those of send(2) and recv(2): MSG_PEEK, MSG_OOB, MSG_TRUNC …; MSG_DONTWAIT makes the time limit 0, and
 * MSG_WAITALL has no effect (dx_socket_recv_exact waits for all). */

/* Sends what the kernel takes, which may be less than all. Returns how many bytes; -EAGAIN, -EINTR, -EPIPE, -ECONNRESET,
 * -ENOTCONN; -EMSGSIZE for a datagram that is too long; whatever else send(2) fails with. */
ssize_t dx_socket_send(const dx_socket *s, dx_slice data, int flags, int timeout_ms);

/* Sends all of it. *sent, 0 before the first call, tells how much went, whatever is returned, and is where the next call goes on, so
 * that the same call made again after -EAGAIN or -EINTR sends the rest. NULL: nobody wants to know. Returns 0; -EINVAL where *sent
 * is more than there is, as one that nobody set to 0 may be; or as dx_socket_send. */
int dx_socket_sendall(const dx_socket *s, dx_slice data, int flags, int timeout_ms, size_t *sent);

/* Sends a datagram to an address. Returns its length; as dx_socket_address; as dx_socket_send. */
ssize_t dx_socket_sendto(const dx_socket *s, dx_slice data, int flags, const char *host, int port, int timeout_ms);

/* The same to a known address, for instance the one that dx_socket_recvfrom told. */
ssize_t dx_socket_sendto_addr(const dx_socket *s, dx_slice data, int flags, const dx_addr *to, int timeout_ms);

/* Receives what is there, `size` bytes at most; of a datagram, the rest is lost. Returns how many bytes; 0 at the end of a stream,
 * and for an empty datagram; -EAGAIN, -EINTR, -ECONNRESET, -ENOTCONN; -ECONNREFUSED where the other host refused a datagram that
 * was sent before. */
ssize_t dx_socket_recv(const dx_socket *s, void *into, size_t size, int flags, int timeout_ms);

/* The same, and who sent it: its len is 0 where the kernel does not say, as on a stream. ret_from may be NULL. */
ssize_t dx_socket_recvfrom(const dx_socket *s, void *into, size_t size, int flags, int timeout_ms, dx_addr *ret_from);

/* Receives exactly `size` bytes of a stream. *got, 0 before the first call, tells how many are there, whatever is returned, and is
 * where the next call goes on. NULL: nobody wants to know, nor to go on. Returns 0; -DX_ECUT where the stream ended before;
 * -EAGAIN, -EINTR, -ECONNRESET; -EINVAL where *got is more than `size`. */
int dx_socket_recv_exact(const dx_socket *s, void *into, size_t size, int timeout_ms, size_t *got);

/* Receives a line of a stream, its LF included, and not one byte more: what follows is for whichever verb comes next. *got, 0
 * before the first call, tells how many bytes are there, and is where the next call goes on. Returns 0 and a line; without LF where
 * the stream ended behind it, and of no bytes where nothing was left; -ENOBUFS where `size` bytes brought no LF: take them and
 * go on with *got 0; -EAGAIN, -EINTR, -ECONNRESET; -EOPNOTSUPP where it is not a stream; -EINVAL where *got is more than `size`, or
 * `got` NULL. */
int dx_socket_recv_line(const dx_socket *s, void *into, size_t size, int timeout_ms, size_t *got);

/* Sends `count` bytes of a regular file from `offset` on, or up to its end: SIZE_MAX is all. *sent as of dx_socket_sendall; the
 * file's own position stays where it is. Returns 0, also where the file ended before `count`; as dx_socket_send; -EINVAL where it
 * is no regular file, the socket no stream, or *sent more than `count`. */
int dx_socket_sendfile(const dx_socket *s, int file, uint64_t offset, size_t count, int timeout_ms, size_t *sent);

/* Options */

/* Sets and tells an option that is a number: SO_KEEPALIVE, SO_RCVBUF, TCP_NODELAY, IPV6_V6ONLY … Returns 0; -ENOPROTOOPT,
 * -EINVAL, -EPERM. */
int dx_socket_setsockopt(const dx_socket *s, int level, int name, int value);
int dx_socket_getsockopt(const dx_socket *s, int level, int name, int *ret);

/* Sets and tells one that is not: SO_LINGER, SO_BINDTODEVICE, IP_ADD_MEMBERSHIP, TCP_CONGESTION … The second returns how many of
 * `size` bytes were written. */
int dx_socket_setsockopt_bytes(const dx_socket *s, int level, int name, dx_slice value);
ssize_t dx_socket_getsockopt_bytes(const dx_socket *s, int level, int name, void *into, size_t size);

/* Room for what dx_socket_print writes, its NUL included. */
#define DX_SOCKET_TEXT 1280

/* Writes what Python prints for a socket, and returns `into`: "<socket.socket fd=3, family=2, type=1, proto=0,
 * laddr=('127.0.0.1', 8090), raddr=('127.0.0.1', 51322)>"; where there is no such address, without it. */
const char *dx_socket_print(const dx_socket *s, char into[DX_SOCKET_TEXT]);

/* Whole beginnings */

/* How dx_create_server makes one; all zero is what NULL means. */
typedef struct dx_server_options {
	int family;                     /* 0: AF_INET; AF_INET6, AF_UNIX */
	int backlog;                    /* 0: as many as the system lets wait */
	bool reuse_port;                /* several servers share the port, and the kernel shares out the clients */
	bool dualstack_ipv6;            /* with AF_INET6: IPv4 clients too */
} dx_server_options;

/* A socket that listens at the address, SO_REUSEADDR set, as Python's create_server makes it. Returns 0 and the socket; -EINVAL
 * for dualstack_ipv6 without AF_INET6; what dx_socket_open, _bind and _listen fail with. `options` and `reterr` may be NULL. */
int dx_create_server(const char *host, int port, const dx_server_options *options, dx_socket *ret, dx_error *reterr);

/* A TCP connection to whichever address of `host` answers first ("" is this machine). They are tried as RFC 8305 says: the families
 * in turn, the next one 250 ms after the last or as soon as that has failed, the others let go once one has answered. `from` (may
 * be NULL) is the local side. timeout_ms bounds the whole of it, the name too. Returns 0 and the socket; -ETIMEDOUT where the
 * time is over; -EINTR at once, and another call begins anew; as dx_socket_address; otherwise why the last one failed,
 * -DX_ESELF among it for a port of this machine where nobody listens and which was given to the client itself. */
int dx_create_connection(const char *host, int port, int timeout_ms, const dx_addr *from, dx_socket *ret, dx_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
