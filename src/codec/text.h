/* Conversion for the rest of the tree: as the functions of duplex/text.h without _into, but what comes of it is appended to a
 * buffer, nothing on failure. Return 0; -ENOBUFS at the buffer's limit, -ENOMEM, and what those return. */
#ifndef DX_TEXT_H
#define DX_TEXT_H

#include "base/buf.h"
#include <duplex/text.h>

int dx_text_decode_into(dx_text *t, dx_text_state *st, dx_slice in, bool last, dx_buf *out, size_t *ret_bad);

int dx_text_encode_into(dx_text *t, dx_slice utf8, bool replace, dx_buf *out, dx_slice *ret_bad);

/* Of marked text, whose marks are the bytes that they stand for: so people say bytes among characters (codec/escape.h). */
int dx_text_encode_marked_into(dx_text *t, dx_slice marked, bool replace, dx_buf *out, dx_slice *ret_bad);

/* `marked` must not lie in `out`. */
int dx_text_unmark_into(dx_slice marked, dx_buf *out);

#endif
