/* Times as people and events read them, and what stands before a message at a terminal. */
#ifndef DX_STAMP_H
#define DX_STAMP_H

#include "talk/message.h"

/* 12:03:04.123, 2026-11-21T09:44:38.123+08:00, or seconds since `since_ns`. */
int dx_stamp_add(dx_buf *out, int64_t time_ns, dx_time_style style, int64_t since_ns);

/* RFC 3339 in UTC with microseconds. */
const char *dx_stamp_event(int64_t time_ns, char into[40]);

/* "12:03:04.123 #2 127.0.0.1:51322 ← "; in colours a peer has its own, and what was sent is bold. `whom` stands instead of the
 * peer; NULL: the peer itself. */
int dx_stamp_message(dx_buf *out, const dx_message *m, dx_time_style style, int64_t since_ns, bool colors, const char *whom);

#endif
