/* Roles: what a command is to its peers; the rows of the table "end of input". A role is one file and one row; a function that is
 * absent has nothing to do. */
#ifndef DX_ROLE_H
#define DX_ROLE_H

#include "talk/peer.h"

typedef struct dx_role {
	const char *name;
	bool listens;                   /* takes whoever comes; others have one peer, the one they went to */
	bool is_for_people;             /* who type lines, and whom a peer that is not there yet does not send away */
	/* Opens a place: dx_place_listen or dx_place_connect. */
	void (*open)(dx_place *place);
	/* It could not be connected. True: that is seen to; otherwise it is the end. */
	bool (*not_connected)(dx_place *place, const dx_error *why);
	/* A peer is there, and has been greeted. */
	void (*met)(dx_session *s, dx_peer *p);
	/* All that the source had was said; in half duplex, the last answer has come too. */
	void (*input_ended)(dx_session *s);
	/* The peer has finished its direction. */
	void (*peer_ended)(dx_session *s, dx_peer *p);
	/* The peer is gone; why is NULL where it went in order. It is off the list already. */
	void (*peer_gone)(dx_session *s, const dx_peer *p, const dx_error *why);
	/* Something came, of any peer: for waits. */
	void (*heard)(dx_session *s, dx_peer *p, dx_slice bytes);
} dx_role;

extern const dx_role dx_role_listen, dx_role_connect, dx_role_send, dx_role_chat;

#endif
