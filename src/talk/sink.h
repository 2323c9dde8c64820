/* Sinks: what takes the messages and events of a session: terminal, pipe, file, JSON lines. The floor `ui` makes them.
 * A sink is one file and one row of at most five functions; one that is absent does not want to know. */
#ifndef DX_SINK_H
#define DX_SINK_H

#include "talk/message.h"

typedef struct dx_sink dx_sink;

typedef struct dx_sink_kind {
	const char *name;
	/* Bytes of a stream as they came, before any frame: shown at once. Datagrams come as messages only. */
	void (*bytes)(dx_sink *k, dx_peer *p, dx_slice in);
	/* A message, in or out. */
	void (*message)(dx_sink *k, const dx_message *m);
	/* Something happened. */
	void (*event)(dx_sink *k, const dx_event *e);
	/* Is it full? Then what feeds it is not read until dx_session_sink_has_room (flow.h). */
	bool (*is_full)(const dx_sink *k);
} dx_sink_kind;

struct dx_sink {
	const dx_sink_kind *kind;       /* the maker's own fields follow */
};

/* Adds one, before the session starts; and takes one away that is to hear no more. */
void dx_session_add_sink(dx_session *s, dx_sink *k);
void dx_session_remove_sink(dx_session *s, const dx_sink *k);

/* Tells all sinks what happened; the time is filled in, and of a notice its kind. */
void dx_session_tell(dx_session *s, dx_event *e);
void dx_session_note(dx_session *s, dx_event *note);

/* Tells an error, and what of it is the peer's, where there is one. */
void dx_session_tell_error(dx_session *s, const dx_error *why, int status, const dx_peer *p);

/* Is any of them full? */
bool dx_session_sinks_are_full(const dx_session *s);

/* Shows a message, or a stream's bytes, to the sinks that want them. */
void dx_session_show(dx_session *s, const dx_message *m);
void dx_session_show_bytes(dx_peer *p, dx_slice in);

#endif
