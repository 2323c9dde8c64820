/* Sockets that were inherited open (fd://N): the kernel says what they are. */
#ifndef DX_ADOPT_H
#define DX_ADOPT_H

#include <duplex/datagram.h>
#include <duplex/stream.h>

typedef enum dx_adopted_kind { DX_ADOPTED_STREAM, DX_ADOPTED_LISTENER, DX_ADOPTED_DATAGRAM } dx_adopted_kind;

typedef struct dx_adopted {
	dx_adopted_kind kind;
	dx_addr own, peer;              /* peer: of a stream, or of datagrams where it is connected */
} dx_adopted;

/* Takes over the descriptor of fd://N where it is of a kind in `wanted` (1 << kind), non-blocking and with the options that the
 * endpoint's keys ask for; it closes with what it becomes. Returns 0; -ENOTSOCK; -ENOTCONN for a stream that is neither connected
 * nor listening; -EINVAL where it is of another kind; what setsockopt(2) fails with. */
int dx_adopt(dx_loop *loop, const dx_endpoint *endpoint, unsigned wanted, dx_adopted *ret, dx_error *reterr);

/* The same for one that is bound, of this kind: where it is. */
int dx_adopt_bound(dx_loop *loop, const dx_endpoint *endpoint, dx_adopted_kind kind, dx_addr *ret);

/* What a connected one becomes; born in stream.c. Returns 0 or -ENOMEM. */
int dx_adopt_stream(dx_loop *loop, int fd, const dx_addr *peer, const dx_stream_events *events, void *ctx, dx_stream **ret,
		    dx_error *reterr);

#endif
