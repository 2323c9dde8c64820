/* Wrapping: safe text in rows as wide as the window. It is cut between clusters and never inside a wide character; nothing is
 * left out, so rows put together again are the text. */
#ifndef DX_WRAP_H
#define DX_WRAP_H

#include "base/buf.h"

typedef struct dx_wrap {
	size_t columns;                 /* of a row; 0 counts as 1 */
	size_t indent;                  /* where rows after the first begin */
	bool by_words;                  /* rows end behind a blank, where there is one in their second half */
	size_t column, row;             /* where the text has come to */
} dx_wrap;

/* Appends what follows. LF begins a row at column 0, a tab goes to the next multiple of 8, our own colours (SGR) take no room.
 * Rows end in LF but for the last. Returns 0, -ENOBUFS, -ENOMEM. */
int dx_wrap_add(dx_wrap *w, dx_slice safe, dx_buf *out);

/* Columns of text on one row, colours aside. */
size_t dx_wrap_columns(dx_slice safe);

/* Begins a row. */
int dx_wrap_break(dx_wrap *w, dx_buf *out);

#endif
