/* Listening at an address that is known already: what dx_listen does once it has read its text. */
#ifndef DX_LISTENER_H
#define DX_LISTENER_H

#include <duplex/stream.h>

/* As dx_listen. `rested` (may be NULL) is told each time that the listener pauses for want of descriptors or memory. */
int dx_listener_open(dx_loop *loop, const dx_endpoint *endpoint, const dx_addr *at, const dx_stream_events *on, void *ctx,
		     void (*rested)(void *ctx, int code), dx_listener **ret, dx_error *reterr);

#endif
