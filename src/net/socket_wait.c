#include "base/number.h"
#include "net/socket_priv.h"
#include "sys/sys.h"

#define LONG_S (24 * 3600)

int dx__clock_ns(int64_t *ret)
{
	struct timespec now;

	if (dx_sys_clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		return -errno;
	*ret = now.tv_sec * DX_NS_PER_S + now.tv_nsec;
	return 0;
}

int dx__time_left(struct dx__patience *p, int *ret_ms)
{
	int64_t now_ns = 0;
	int r;

	*ret_ms = p->timeout_ms < 0 ? -1 : 0;
	if (p->timeout_ms <= 0)
		return 0;
	r = dx__clock_ns(&now_ns);
	if (r < 0)
		return r;
	if (p->until_ns == 0)
		p->until_ns = now_ns + p->timeout_ms * DX_NS_PER_MS;
	if (now_ns < p->until_ns)
		*ret_ms = (int)((p->until_ns - now_ns + DX_NS_PER_MS - 1) / DX_NS_PER_MS);
	return 0;
}

int dx__wait(struct dx__patience *p, int fd, short events)
{
	struct pollfd ready = { .fd = fd, .events = events };
	int left_ms, r = dx__time_left(p, &left_ms);

	if (r < 0 || left_ms == 0)
		return r < 0 ? r : -EAGAIN;
	r = dx_sys_poll(&ready, 1, left_ms);
	if (r == -1)
		return -errno;
	return r == 0 ? -EAGAIN : 0;
}

ssize_t dx__persist(const dx_socket *s, short events, struct dx__patience *p, dx__attempt *attempt, void *ctx)
{
	ssize_t done = s == NULL ? (errno = EBADF, -1) : attempt(s, ctx);
	int r;

	while (done == -1 && errno == EAGAIN) {
		r = dx__wait(p, s->fd, events);
		if (r < 0)
			return r;
		done = attempt(s, ctx);
	}
	return done == -1 ? -errno : done;
}

static int set_blocking(int fd, bool blocking)
{
	int flags = dx_sys_fcntl(fd, F_GETFL, 0);

	if (flags == -1 || dx_sys_fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) == -1)
		return -errno;
	return 0;
}

/* How long the kernel waits. Never for ever: only a wait with an end is left to EINTR when a handler has SA_RESTART. */
static int set_patience(int fd, int left_ms)
{
	struct timeval left = { .tv_sec = LONG_S };

	if (left_ms >= 0)
		left = (struct timeval){ .tv_sec = left_ms / 1000, .tv_usec = left_ms % 1000 * 1000 };
	return dx_sys_setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof left) == -1 ? -errno : 0;
}

ssize_t dx__persist_in_kernel(const dx_socket *s, struct dx__patience *p, dx__attempt *attempt, void *ctx)
{
	int left_ms, r;
	ssize_t done;

	do {
		r = dx__time_left(p, &left_ms);
		if (r == 0)
			r = left_ms == 0 ? -EAGAIN : set_patience(s->fd, left_ms);
		if (r == 0)
			r = set_blocking(s->fd, true);
		if (r < 0)
			return r;
		done = attempt(s, ctx);
		done = done == -1 ? -errno : done;
		(void)set_blocking(s->fd, false);
	} while (done == -EAGAIN);
	return done;
}
