/* What stands beside a datagram's bytes (cmsg(3), ip(7), RFC 3542): the mark of automatic answers, and which of our addresses it
 * came to or leaves from. */
#ifndef DX_BESIDE_H
#define DX_BESIDE_H

#include "net/loop_priv.h"
#include <duplex/datagram.h>

/* Room for all that is put beside one. */
#define DX_BESIDE_BYTES (CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct in6_pktinfo)))

/* Has the kernel tell it. That is a favour: without it nothing is lost but the protection, and the choice among addresses. */
void dx_beside_ask(dx_loop *loop, int fd, sa_family_t family);

/* Reads what came on a socket bound to `bound`: of *info the mark, whether it went to everybody, and, where the socket is bound to
 * every address, which it came to, for which `to` is the room. */
void dx_beside_read(struct msghdr *msg, const dx_addr *bound, dx_datagram_info *info, dx_addr *to);

/* Puts beside a datagram for `whom`, into DX_BESIDE_BYTES at msg->msg_control, where it leaves from (NULL: as the kernel chooses) and
 * whether nobody typed it. */
void dx_beside_put(struct msghdr *msg, const dx_addr *whom, const dx_addr *ours, bool automatic);

#endif
