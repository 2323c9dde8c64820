/* Names to addresses, in a thread that lives as long as getaddrinfo(3) takes; the loop never waits for it. */
#ifndef DX_RESOLVER_H
#define DX_RESOLVER_H

#include <duplex/endpoint.h>
#include <duplex/loop.h>

typedef struct dx_lookup dx_lookup;

/* `count` addresses (borrowed until the call returns), or count 0 and why: -DX_ENAME, -DX_ENAMEAGAIN, -DX_ENAMEFAIL,
 * -DX_ENAMEFAMILY, -ENOMEM, another negative errno. */
typedef void dx_resolved(void *ctx, const dx_addr *found, size_t count, int why);

/* Looks the endpoint's host up, with its port and family, or tells what a number or a path means; `told` is called from the loop,
 * once, unless dx_resolve_cancel was first. A host that is not given is this machine (127.0.0.1 before ::1 for datagrams, ::1
 * before 127.0.0.1 for streams). Returns 0, -ENOMEM or what pthread_create(3) and eventfd(2) fail with. */
int dx_resolve(dx_loop *loop, const dx_endpoint *endpoint, dx_resolved *told, void *ctx, dx_lookup **ret);

/* Forgets it; the thread ends by itself whenever the name server lets it. */
void dx_resolve_cancel(dx_lookup *l);

/* All of its addresses, for a caller without a loop: `found` has room for DX_LIMIT_ADDRESSES. timeout_ms is -1 for ever; with 0 nobody
 * is asked. Returns 0, -EAGAIN where the time is over, -EINTR after a signal, or as dx_resolved tells. */
int dx_resolve_within(const dx_endpoint *endpoint, int timeout_ms, dx_addr *found, size_t *ret_count);

/* The first address to listen at, waiting for the name server. */
int dx_resolve_now(const dx_endpoint *endpoint, dx_addr *ret);

#endif
