/* Escapes, as people write them in texts and as quotes show them: \n \r \t \0 \\ \xHH \u{…}. */
#ifndef DX_ESCAPE_H
#define DX_ESCAPE_H

#include "base/buf.h"

/* Appends `text` with its escapes resolved, as marked UTF-8: \u{…} is that character; \xHH up to 7F too, and above it that byte,
 * as a mark, so that no encoding makes something else of it. Returns 0; -EINVAL for an unknown or unfinished escape, *ret_at (may
 * be NULL) is where it begins; -ENOBUFS, -ENOMEM. Nothing is appended on failure. */
int dx_escape_resolve(dx_slice text, dx_buf *out, size_t *ret_at);

/* Appends marked UTF-8 between double quotes, with escapes for all that is not plain text, so that dx_escape_resolve gives the
 * same back (a quote inside is \x22). Returns 0, -ENOBUFS, -ENOMEM. */
int dx_escape_quote(dx_slice marked, dx_buf *out);

#endif
