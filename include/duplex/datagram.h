/* Datagram sockets on a loop: UDP and Unix, bound (hearing everybody) or connected (hearing one).
 *
 * A datagram socket belongs to its loop; after dx_datagram_close, or a failure of the whole socket, `closed` is told once. No
 * function calls back before it returns; all may be called from any callback of the same loop. */
#ifndef DUPLEX_DATAGRAM_H
#define DUPLEX_DATAGRAM_H

#include <duplex/endpoint.h>
#include <duplex/loop.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Groups and broadcast. What they take is set on a socket before that is handed over (endpoint.h): to hear a group,
 *
 *	struct ip_mreqn group = { .imr_ifindex = (int)if_nametoindex("eth0") };
 *	char endpoint[32];
 *	dx_socket s;
 *
 *	inet_pton(AF_INET, "239.1.2.3", &group.imr_multiaddr);
 *	dx_socket_open(AF_INET, SOCK_DGRAM, 0, &s);
 *	dx_socket_setsockopt(&s, SOL_SOCKET, SO_REUSEADDR, 1);
 *	dx_socket_bind(&s, "", 5353);
 *	dx_socket_setsockopt_bytes(&s, IPPROTO_IP, IP_ADD_MEMBERSHIP, dx_slice_of(&group, sizeof group));
 *	snprintf(endpoint, sizeof endpoint, "fd://%d", dx_socket_detach(&s));
 *	dx_datagram_bind(loop, endpoint, &events, ctx, &d, &why);
 * What was broadcast is heard by whoever is bound to every address (udp://:5353); to send it takes SO_BROADCAST, set likewise, and
 * fails with -EACCES without. */

typedef struct dx_datagram dx_datagram;

/* What came with a datagram besides its bytes. */
typedef struct dx_datagram_info {
	size_t true_len;                /* more than came: it was truncated */
	bool automatic;                 /* marked as an automatic answer (DSCP 1, RFC 8622): never answer it automatically */
	bool to_group;                  /* sent to a group or broadcast address */
	const dx_addr *to;              /* where the socket is bound to every address: which of them it came to; NULL: the only one */
} dx_datagram_info;

/* What a socket tells. Any may be NULL, and so may the pointer to them all. They are not copied: make them static. */
typedef struct dx_datagram_events {
	/* A datagram came, an empty one too; `from`, `in` and `info` with its address are borrowed until the callback returns. */
	void (*data)(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx);
	/* One datagram went wrong: refused by the other host (ICMP), or not sent after all. The socket goes on. */
	void (*error)(dx_datagram *d, const dx_error *why, void *ctx);
	/* What was queued has gone. */
	void (*room)(dx_datagram *d, void *ctx);
	/* The last event; `why` is NULL after dx_datagram_close. */
	void (*closed)(dx_datagram *d, const dx_error *why, void *ctx);
} dx_datagram_events;

/* Binds a socket at `endpoint` (udp://, unix-dgram:, or fd:// of one that is bound already) and hears everybody. A host name is
 * looked up before the call returns. Returns 0; -EINVAL where the endpoint makes no sense (dx_endpoint_parse says why) or is not
 * of datagrams; -EADDRINUSE, -DX_EINUSE and -DX_ENOTSOCK for a Unix path that is taken; and what socket(2), bind(2) and the
 * resolver fail with. */
int dx_datagram_bind(dx_loop *loop, const char *endpoint, const dx_datagram_events *events, void *ctx, dx_datagram **ret,
		     dx_error *reterr);

/* Connects a socket to `endpoint`: only that address is heard. Its key bind= is the local side; a Unix socket without one gets a
 * name of the kernel's choice, so that it can be answered. A host name is looked up aside: what is sent meanwhile is queued, and a
 * name that leads nowhere is told by `closed`. Returns 0; -EINVAL as above; -ENOMEM; and, but for names, what socket(2), bind(2)
 * and connect(2) fail with. */
int dx_datagram_connect(dx_loop *loop, const char *endpoint, const dx_datagram_events *events, void *ctx, dx_datagram **ret,
			dx_error *reterr);

/* Sends one datagram to `to` (NULL: to whom the socket is connected), or queues it where the kernel has no room at the moment.
 * Returns 0; -EMSGSIZE where it is too long (never split); -ENOBUFS where too many wait already; -EPIPE after dx_datagram_close;
 * or what sendmsg(2) fails with: that datagram is lost, the socket goes on. */
int dx_datagram_send(dx_datagram *d, const dx_addr *to, dx_slice data);

/* As dx_datagram_send, and it leaves from `ours`, one of our addresses, such as info->to: who asked at one address of several may
 * wait for the answer from there and from nowhere else. NULL: as
 * the kernel chooses. Its port does not count (ip(7): IP_PKTINFO, RFC 3542). */
int dx_datagram_send_from(dx_datagram *d, const dx_addr *ours, const dx_addr *to, dx_slice data);

/* As dx_datagram_send_from, for an answer that nobody typed: it is marked so (DSCP 1, RFC 8622), and whoever asks info->automatic
 * before it answers is never caught with another such program in a talk without an end. */
int dx_datagram_answer(dx_datagram *d, const dx_addr *ours, const dx_addr *to, dx_slice data);

/* Datagrams that wait for the kernel. */
size_t dx_datagram_queued(const dx_datagram *d);

/* Datagrams that came since the socket was opened and that the kernel dropped, because nobody received the earlier ones in time. 0
 * after dx_datagram_close. */
uint64_t dx_datagram_lost(const dx_datagram *d);

/* Stops and resumes receiving; meanwhile the kernel keeps what fits and drops the rest, and no loop is kept running. */
void dx_datagram_pause(dx_datagram *d);
void dx_datagram_resume(dx_datagram *d);

/* The true local address, and the one it is connected to (len 0: none, or its name is still being looked up). */
const dx_addr *dx_datagram_address(const dx_datagram *d);
const dx_addr *dx_datagram_peer(const dx_datagram *d);

/* Closes at once; what is queued is lost. NULL is fine. */
void dx_datagram_close(dx_datagram *d);

#ifdef __cplusplus
}
#endif

#endif
