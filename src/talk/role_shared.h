/* What the roles share: the cells of the table "end of input" that say the same. */
#ifndef DX_ROLE_SHARED_H
#define DX_ROLE_SHARED_H

#include "talk/role.h"

/* Finish writing, read on until the peer ends; datagrams: stay a while for late answers. --linger bounds it. */
void dx_role_finish_and_stay(dx_session *s);

/* Still send what standard input has: a file wholly, a pipe until it has been silent for a while; at a terminal leave. */
void dx_role_finish_after_peer(dx_session *s, dx_peer *p);

/* The one peer is gone, and with it the session: 0 in order, else by why. */
void dx_role_end_with_peer(dx_session *s, const dx_peer *p, const dx_error *why);

#endif
