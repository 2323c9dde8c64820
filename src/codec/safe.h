/* Safe text: the one function through which what a peer said reaches a terminal, a log or a message of ours. */
#ifndef DX_SAFE_H
#define DX_SAFE_H

#include "base/buf.h"

#define DX_SAFE_KEEP_TAB     1u         /* a tab stays one */
#define DX_SAFE_KEEP_NEWLINE 2u         /* LF stays one */
#define DX_SAFE_QUOTE        4u         /* double quotes and backslashes are escaped too */

/* Zero-width characters that may follow one that is seen; further ones are escaped. */
#define DX_SAFE_MARKS 8

/* Appends marked UTF-8 so that it is shown and never obeyed: controls, DEL and malformed bytes as \n \r \t \0 \xHH, C1
 * controls, line separators and what turns the direction of writing as \u{…}. The outcome is valid UTF-8. *ret_escaped (may be
 * NULL) is set to true where anything was escaped and left alone otherwise. Returns 0, -ENOBUFS, -ENOMEM. */
int dx_safe_add(dx_buf *out, dx_slice marked, unsigned flags, bool *ret_escaped);

#endif
