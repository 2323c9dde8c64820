/* Sockets bound to an address, with the options that an endpoint's keys ask for: what listeners and datagram sockets share. */
#ifndef DX_BOUND_H
#define DX_BOUND_H

#include "net/loop_priv.h"
#include <duplex/endpoint.h>

typedef struct dx_bound {
	dx_watch watch;                 /* of its descriptor; its owner says who is told */
	dx_addr address;                /* the true one */
	struct {
		uint64_t device, inode;
	} file;                         /* of a Unix socket: which file is ours; 0 0: none */
} dx_bound;

/* The address that `endpoint` binds to where its host is numeric or not given; -EAGAIN where a name must be looked up. */
int dx_bound_address(const dx_endpoint *endpoint, dx_addr *ret);

/* Makes the endpoint's kind of socket, bound to `to`; one of streams listens too, before a lock on a Unix path is let go. A dead
 * socket's file in the way is replaced, anything else never. Port 0 is chosen by the kernel. Of fd://N, `to` is where it is bound
 * already. Returns 0 or negative errno. */
int dx_bound_open(dx_loop *loop, const dx_addr *to, const dx_endpoint *endpoint, dx_bound *ret, dx_error *reterr);

/* Closes the socket, and removes a Unix socket's file that is still ours. */
void dx_bound_close(dx_loop *loop, dx_bound *b);

/* Sets what keys ask for on any socket; the name of the key that the kernel refused in *ret_key. */
int dx_bound_apply_keys(dx_loop *loop, int fd, const dx_endpoint *endpoint, const char **ret_key);

#endif
