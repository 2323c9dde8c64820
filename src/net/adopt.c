#include "net/adopt.h"
#include "net/listener.h"
#include "net/verbs.h"
#include "sys/sys.h"

#include <stdio.h>

static int ask(int fd, int option, int *ret)
{
	socklen_t len = sizeof *ret;

	return dx_sys_getsockopt(fd, SOL_SOCKET, option, ret, &len) == -1 ? -errno : 0;
}

/* The sockets that we make are non-blocking and close themselves on exec; so must this one. */
static int make_ours(int fd)
{
	int flags = dx_sys_fcntl(fd, F_GETFL, 0);

	if (flags == -1 || dx_sys_fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 || dx_sys_fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return -errno;
	return 0;
}

int dx_adopt(dx_loop *loop, const dx_endpoint *endpoint, const dx_stream_events *stream_events,
	     const dx_datagram_events *datagram_events, void *ctx, dx_stream **ret_stream, dx_listener **ret_listener,
	     dx_datagram **ret_datagram, dx_error *reterr)
{
	int fd = endpoint->fd, type = 0, listening = 0, r = ask(fd, SO_TYPE, &type);
	dx_addr own = { 0 }, peer = { 0 };
	char text[16];

	(void)snprintf(text, sizeof text, "fd://%d", fd);
	*ret_stream = NULL;
	*ret_listener = NULL;
	*ret_datagram = NULL;
	if (r == 0)
		r = ask(fd, SO_ACCEPTCONN, &listening);
	if (r == 0)
		r = make_ours(fd);
	if (r == 0)
		r = dx_verb_getsockname(fd, &own);
	if (r == 0 && listening)
		r = dx_listener_open(loop, endpoint, &own, stream_events, ctx, NULL, ret_listener, NULL);
	else if (r == 0 && type == SOCK_DGRAM)
		r = dx_datagram_bind(loop, endpoint, &own, datagram_events, ctx, ret_datagram, NULL);
	else if (r == 0 && (r = dx_verb_getpeername(fd, &peer)) == 0)
		r = dx_adopt_stream(loop, fd, &peer, stream_events, ctx, ret_stream);
	return r < 0 ? dx_error_set(reterr, r, "inherit", text) : 0;
}
