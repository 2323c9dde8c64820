/* What the files of socket.h share: waiting, with an end. */
#ifndef DX_SOCKET_PRIV_H
#define DX_SOCKET_PRIV_H

#include <duplex/socket.h>

/* How long a call may still wait. The clock is asked when it waits for the first time, so that a call that need not wait costs
 * none. */
struct dx__patience {
	int timeout_ms;                 /* as the caller gave it */
	int64_t until_ns;               /* 0: it has not waited yet */
};

/* The monotonic time. Returns 0, or what clock_gettime(2) fails with. */
int dx__clock_ns(int64_t *ret);

/* Milliseconds that are left, rounded up: -1 for ever, 0 none. Returns 0, or as dx__clock_ns. */
int dx__time_left(struct dx__patience *p, int *ret_ms);

/* Waits for these events of poll(2). Returns 0; -EAGAIN where the time is over; -EINTR, or whatever else poll(2) fails with. */
int dx__wait(struct dx__patience *p, int fd, short events);

/* One attempt at a system call that may answer EAGAIN, as such a call returns: -1 and errno. */
typedef ssize_t dx__attempt(const dx_socket *s, void *ctx);

/* Attempts it, and waits for `events` before each further attempt. Returns what the attempt did, or negative errno. */
ssize_t dx__persist(const dx_socket *s, short events, struct dx__patience *p, dx__attempt *attempt, void *ctx);

/* The same where no event tells that there is room: the kernel waits inside the call. */
ssize_t dx__persist_in_kernel(const dx_socket *s, struct dx__patience *p, dx__attempt *attempt, void *ctx);

/* As dx_socket_send and dx_socket_recv, with what patience is left. */
ssize_t dx__send(const dx_socket *s, dx_slice data, int flags, struct dx__patience *p);
ssize_t dx__recv(const dx_socket *s, void *into, size_t size, int flags, struct dx__patience *p);

/* Begins to connect: 0, -EINPROGRESS, or what failed. */
int dx__begin_connect(const dx_socket *s, const dx_addr *to);

/* The addresses of a host that is no number, for a socket of this family and type; as dx_resolve_within. */
int dx__socket_resolve(const char *host, int port, int family, int type, int timeout_ms, dx_addr *found, size_t *ret_count);

static inline int dx__socket_fd(const dx_socket *s)
{
	return s == NULL ? -1 : s->fd;
}

#endif
