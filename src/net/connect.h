/* What connecting streams and datagram sockets share. */
#ifndef DX_CONNECT_H
#define DX_CONNECT_H

#include <duplex/stream.h>

/* The local address that the key bind= names; len 0 where there is none. Returns 0, -EINVAL, -EAFNOSUPPORT. */
int dx_connect_bind_address(const dx_endpoint *endpoint, dx_addr *ret);

/* As dx_stream_open, with an endpoint that is read already and outlives the connecting. timeout_ns -1: for ever. */
int dx_connect_open(dx_loop *loop, const dx_endpoint *endpoint, int64_t timeout_ns, const dx_stream_events *events, void *ctx,
		    dx_stream **ret);

#endif
