/* Senders: peers of datagrams, each known to its place by its address. */
#ifndef DX_SENDERS_H
#define DX_SENDERS_H

#include "talk/brake.h"
#include "talk/peer.h"

/* The peer that sends from there; NULL: nobody known. */
dx_peer *dx_sender_find(const dx_place *place, const dx_addr *from);

/* Room for a stranger's peer, which is all zero; *ret_address is its own. NULL: no memory. */
dx_peer *dx_sender_add(dx_place *place, const dx_addr *from, const dx_addr **ret_address);

/* The peer speaks to this address of ours (NULL: the only one), and is answered from there. */
void dx_sender_speaks_to(dx_peer *p, const dx_addr *ours);
const dx_addr *dx_sender_ours(const dx_peer *p);

/* Its brake; NULL where there is none: for streams, for a session in which no rule answers, and for --echo to this machine, by which
 * somebody measures. */
dx_brake *dx_sender_brake(dx_peer *p);

/* Are there as many as there may be? */
bool dx_senders_are_full(const dx_place *place);

/* Its address is a stranger's from now on; and gives the peer's memory back. */
void dx_sender_forget(dx_peer *p);
void dx_sender_free(dx_peer *p);

#endif
