/* Ending: what failed is told, peers are left politely, and the exit status says what became of it. */
#ifndef DX_ENDING_H
#define DX_ENDING_H

#include "talk/message.h"

/* The exit status that belongs to an error, by the table of exit statuses; and how a session that is over has ended. */
int dx_status_of(const dx_error *why);
int dx_session_status(const dx_session *s);

/* Ends it politely: what was queued is sent, peers are told, within 2 s. The first status counts. */
void dx_session_end(dx_session *s, int status);

/* A signal asks for the end: as dx_session_end, and the status says whether all that was asked for had come. */
void dx_session_terminate(dx_session *s);

/* Tells an error, of a peer where there is one, and ends the session with the status that belongs to it. */
void dx_session_fail(dx_session *s, const dx_error *why, const dx_peer *p);
void dx_session_fail_by(dx_session *s, int code, const char *operation, const char *address);

/* A sink failed: the session cannot be heard any more. */
void dx_session_sink_failed(dx_session *s, int code);

#endif
