/* A writer of JSON: what it writes is always valid, whatever bytes it is given. Errors stick, and are asked for at the end:
 *	dx_json_begin(&j, out);
 *	dx_json_object(&j);
 *	dx_json_key(&j, "event");
 *	dx_json_text(&j, "open");
 *	dx_json_end(&j);
 *	r = dx_json_finish(&j); */
#ifndef DX_JSON_H
#define DX_JSON_H

#include "base/buf.h"

typedef struct dx_json {
	dx_buf *out;
	int error;              /* the first that happened */
	unsigned depth;         /* objects open */
	bool comma;             /* a value stands before: a comma is due */
} dx_json;

/* Starts to append a value to `out`. */
void dx_json_begin(dx_json *j, dx_buf *out);

void dx_json_object(dx_json *j);
void dx_json_end(dx_json *j);

/* The key of the next value. It is ours: plain ASCII without quotes. */
void dx_json_key(dx_json *j, const char *key);

/* A string of marked UTF-8. Malformed bytes are written as the text \xHH; controls, line separators and what turns the
 * direction of writing as \uXXXX. */
void dx_json_string(dx_json *j, dx_slice marked);
void dx_json_text(dx_json *j, const char *text);
void dx_json_int(dx_json *j, int64_t value);
void dx_json_bool(dx_json *j, bool value);

/* Returns 0; -ENOBUFS or -ENOMEM where a part is missing. */
int dx_json_finish(const dx_json *j);

#endif
