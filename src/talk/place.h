/* Places: the endpoints of a command, and how they are opened. What happens there is meeting.c's. */
#ifndef DX_PLACE_H
#define DX_PLACE_H

#include "talk/peer.h"
#include <duplex/datagram.h>

#define dx_place_MAGIC 0x91ace5edu

/* What is told of it, with the place as context. */
typedef struct dx_place_events {
	dx_stream_events stream;
	dx_datagram_events datagram;
	void (*connected)(dx_place *place);     /* its datagrams go to one peer, which is there at once */
} dx_place_events;

/* Opens all of them, each as the command's role does. What fails ends the session. */
void dx_places_open(dx_session *s, const dx_place_events *on);

/* What roles choose from: waits for whoever comes, or goes to who is there. */
void dx_place_listen(dx_place *place);
void dx_place_connect(dx_place *place);

/* Closes all; of datagrams, those whose queue is empty, so it may be called again, or `at_once`. */
void dx_places_close(dx_session *s, bool at_once);
bool dx_places_are_closed(const dx_session *s);

void dx_places_stop_listening(dx_session *s);
void dx_places_pause_listening(dx_session *s, bool pause);
void dx_places_pause_datagrams(dx_session *s, bool pause);

#endif
