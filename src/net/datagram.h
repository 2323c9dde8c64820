/* Datagram sockets for those who have read the endpoint themselves: it tells the options, and must not outlive the call. */
#ifndef DX_DATAGRAM_H
#define DX_DATAGRAM_H

#include <duplex/datagram.h>

/* As dx_datagram_bind, at a known address. */
int dx_datagram_bind_at(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *at, const dx_datagram_events *events, void *ctx,
			dx_datagram **ret, dx_error *reterr);

/* As dx_datagram_connect, to a known address. */
int dx_datagram_connect_to(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *to, const dx_datagram_events *events,
			   void *ctx, dx_datagram **ret, dx_error *reterr);

#endif
