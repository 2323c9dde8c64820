/* Peers, as the session has them: who is there, what they can take, and how they go. */
#ifndef DX_PEERS_H
#define DX_PEERS_H

#include "talk/message.h"

/* The peer of that number; NULL where there is none. And the one after `p`, NULL to begin with; NULL at the end. */
dx_peer *dx_session_find_peer(dx_session *s, uint32_t number);
dx_peer *dx_session_next_peer(const dx_session *s, const dx_peer *p);

/* Where a peer is, as people read it: a Unix socket that has no name of its own is told by the endpoint where we met. */
const char *dx_session_address(const dx_peer *p, char into[DX_ADDR_TEXT]);

/* May something be said to it now: as its mode has it, and not once our side has finished? */
bool dx_may_speak(const dx_peer *p);

/* Is its queue full, or, of datagrams, is there one that could not go at once? Was something said to it that it has not answered, where turns are taken? */
bool dx_peer_is_full(const dx_peer *p);
bool dx_peer_owes_answer(const dx_peer *p);
bool dx_session_any_peer(const dx_session *s, bool (*is)(const dx_peer *p));

/* As many streams as --max-peers allows? */
bool dx_session_is_crowded(const dx_session *s);

/* Puts a peer, otherwise all zero, on the list. */
void dx_session_add_peer(dx_place *place, dx_peer *p, dx_stream *stream, const dx_addr *address);

/* It said something just now. */
void dx_session_touch(dx_session *s, dx_peer *p);

/* Leaves it politely: a stream once all has gone, a peer of datagrams at once. */
void dx_session_let_go(dx_peer *p, dx_reason reason);

/* How long a polite end may take: less where a time limit has ended the session. */
int dx_session_close_ms(const dx_session *s);

/* It is gone; why is NULL where it went in order. Its role and the sinks hear of it, and its memory is given back. */
void dx_session_lose(dx_peer *p, const dx_error *why);

/* A peer of datagrams may be lost out of the hearing of its own message, so its memory stays until who looks next frees it. */
void dx_session_free_buried(dx_session *s);

#endif
