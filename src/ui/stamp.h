/* Times as people and events read them, and what stands before a message at a terminal. */
#ifndef DX_STAMP_H
#define DX_STAMP_H

#include "talk/message.h"
#include "base/buf.h"

#include <time.h>

/* What stamps look like; and what the last one was, since the next is mostly of the same second and the same peer. Zeroed, and
 * given a style, it is ready. */
typedef struct dx_stamper {
	dx_time_style style;
	bool colors;                    /* a peer has its own, and what was sent is bold */
	int64_t last_ns;                /* when, by dx_clock_ns, the message before was stamped; 0: none */
	time_t second;                  /* of `clock` */
	char clock[16];
	uint32_t number;                /* whom `who` names; 0: nobody */
	dx_direction direction;
	char who[DX_ADDR_TEXT + 64];
	size_t who_bytes;
} dx_stamper;

/* 12:03:04.123, 2026-11-21T09:44:38.123+08:00, or seconds since the one before. */
int dx_stamp_add(dx_stamper *s, dx_buf *out, int64_t time_ns);

/* RFC 3339 in UTC with microseconds. */
const char *dx_stamp_event(int64_t time_ns, char into[40]);

/* "12:03:04.123 #2 127.0.0.1:51322 ← ". `whom` stands instead of the peer; NULL: the peer itself. */
int dx_stamp_message(dx_stamper *s, dx_buf *out, const dx_message *m, const char *whom);

#endif
