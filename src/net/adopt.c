#include "net/adopt.h"
#include "net/bound.h"
#include "net/verbs.h"
#include "sys/sys.h"

#include <stdio.h>

static int ask(int fd, int option, int *ret)
{
	socklen_t len = sizeof *ret;

	return dx_sys_getsockopt(fd, SOL_SOCKET, option, ret, &len) == -1 ? -errno : 0;
}

static int look(int fd, dx_adopted *ret)
{
	int type = 0, listening = 0, r = ask(fd, SO_TYPE, &type);

	*ret = (dx_adopted){ .kind = DX_ADOPTED_STREAM };
	if (r == 0)
		r = ask(fd, SO_ACCEPTCONN, &listening);
	if (r == 0)
		r = dx_verb_getsockname(fd, &ret->own);
	if (r < 0)
		return r;
	if (listening)
		ret->kind = DX_ADOPTED_LISTENER;
	else if (type == SOCK_DGRAM)
		ret->kind = DX_ADOPTED_DATAGRAM;
	r = listening ? 0 : dx_verb_getpeername(fd, &ret->peer);
	return ret->kind == DX_ADOPTED_DATAGRAM ? 0 : r;
}

/* The sockets that we make are non-blocking and close themselves on exec; so must this one. */
static int make_ours(dx_loop *loop, const dx_endpoint *endpoint, bool connected)
{
	int fd = endpoint->fd, flags = dx_sys_fcntl(fd, F_GETFL, 0), nodelay = endpoint->keys.nodelay, r = 0;
	const char *key;

	if (flags == -1 || dx_sys_fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 || dx_sys_fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return -errno;
	if (connected && nodelay != -1)
		r = dx_verb_setsockopt(loop, fd, DX_OPTION(IPPROTO_TCP, TCP_NODELAY), nodelay);
	return r < 0 ? r : dx_bound_apply_keys(loop, fd, endpoint, &key);
}

int dx_adopt(dx_loop *loop, const dx_endpoint *endpoint, unsigned wanted, dx_adopted *ret, dx_error *reterr)
{
	char text[16];
	int r = look(endpoint->fd, ret);

	if (r == 0 && (wanted >> ret->kind & 1) == 0)
		r = -EINVAL;
	if (r == 0)
		r = make_ours(loop, endpoint, ret->kind == DX_ADOPTED_STREAM && ret->own.sa.sa_family != AF_UNIX);
	if (r == 0)
		return 0;
	(void)snprintf(text, sizeof text, "fd://%d", endpoint->fd);
	return dx_error_set(reterr, r, "inherit", text);
}

int dx_adopt_bound(dx_loop *loop, const dx_endpoint *endpoint, dx_adopted_kind kind, dx_addr *ret)
{
	dx_adopted it;
	int r = dx_adopt(loop, endpoint, 1u << kind, &it, NULL);

	if (r == 0)
		*ret = it.own;
	return r;
}
