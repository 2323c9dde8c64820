/* Sockets that were inherited open (fd://N): the kernel says what they are. */
#ifndef DX_ADOPT_H
#define DX_ADOPT_H

#include <duplex/datagram.h>
#include <duplex/stream.h>

/* Takes over the descriptor of fd://N, which closes with what it becomes: one of *ret_stream, *ret_listener and *ret_datagram; the
 * other two are NULL. Returns 0; -ENOTSOCK, -ENOTCONN for a stream that is neither connected nor listening, -ENOMEM. */
int dx_adopt(dx_loop *loop, const dx_endpoint *endpoint, const dx_stream_events *stream_events,
	     const dx_datagram_events *datagram_events, void *ctx, dx_stream **ret_stream, dx_listener **ret_listener,
	     dx_datagram **ret_datagram, dx_error *reterr);

/* One that is connected, born in stream.c. */
int dx_adopt_stream(dx_loop *loop, int fd, const dx_addr *peer, const dx_stream_events *events, void *ctx, dx_stream **ret);

#endif
