/* Sources: what gives a session messages to send: TEXTs of the command line, a file, standard input by lines, bytes or JSON. */
#ifndef DX_SOURCE_H
#define DX_SOURCE_H

#include "talk/peer.h"

/* Makes the session's source of its settings and its standard input. Nothing is read or said before dx_source_go_on. 0, -ENOMEM,
 * or what opening the file failed with, told as an error of the session. */
int dx_source_new(dx_session *s);
void dx_source_free(dx_session *s);

/* Says what may be said, goes on or stops reading, and tells the role when all has been said. */
void dx_source_go_on(dx_session *s);

/* Reads no more. */
void dx_source_stop(dx_session *s);

/* Is it being read, so that all that came, save an unfinished line, has been said? */
bool dx_source_is_read(const dx_session *s);

/* What came is all there is, as if the input had ended. */
void dx_source_end(dx_session *s);

#endif
