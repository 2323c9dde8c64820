/* Sources: what gives a session messages to send: TEXTs of the command line, a file, standard input by lines, bytes or JSON. */
#ifndef DX_SOURCE_H
#define DX_SOURCE_H

#include "talk/session_priv.h"

/* Makes the session's source of its settings and its standard input. Nothing is read before dx_source_resume. 0, -ENOMEM, or
 * what opening the file failed with, told as an error of the session. */
int dx_source_new(dx_session *s);
void dx_source_free(dx_session *s);

/* Goes on, or stops. */
void dx_source_resume(dx_session *s);
void dx_source_pause(dx_session *s);

/* Is something left that was read and not said? */
bool dx_source_is_pending(const dx_session *s);

/* source_json.c: carries out one line. */
void dx_source_json_line(dx_session *s, dx_slice line);

/* feed.c: goes on or waits, as those have room for whom the file is; forgets it. */
void dx_feed_update(dx_session *s);
void dx_feed_free(dx_session *s);

#endif
