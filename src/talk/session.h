/* A session: one run of a talk command; its endpoints, peers, rules, mode, source and sinks. */
#ifndef DX_SESSION_H
#define DX_SESSION_H

#include "talk/role.h"

/* Makes a session of the settings, which must outlive it. Returns 0 or -ENOMEM. */
int dx_session_new(dx_loop *loop, const dx_role *role, const dx_settings *settings, dx_session **ret);

/* Frees it once the loop has stopped; its sinks (sink.h) are the caller's. NULL is fine. */
void dx_session_free(dx_session *s);

/* Says what standard input is, and where it is to be read. */
void dx_session_set_input(dx_session *s, dx_input what, int fd);

/* With DX_INPUT_KEYS: nothing more will be typed. */
void dx_session_end_input(dx_session *s);

/* Opens the endpoints. What fails at once ends the session (ending.h) in its loop's first turn; the loop stops by itself when it
 * has ended. */
void dx_session_start(dx_session *s);

#endif
