/* What the writers of this floor share: text in which what is not plain is escaped, each in its own manner. */
#ifndef DX_SAFE_PRIV_H
#define DX_SAFE_PRIV_H

#include "base/buf.h"
#include "codec/utf8.h"

/* A manner of escaping. */
typedef struct dx__escapes {
	const char *bytes, *letters;    /* each of these bytes is a backslash and the letter at its place … */
	size_t count;                   /* … of so many */
	unsigned marks;                 /* how many may follow a base as they are */
	int (*other)(dx_buf *out, dx_glyph g);  /* appends the escape of any other; returns 0, -ENOBUFS, -ENOMEM */
} dx__escapes;

/* As people write them: escape.h. */
extern const dx__escapes dx__people_escapes;

/* As dx_safe_add, in any manner. */
int dx__escape_add(dx_buf *out, dx_slice marked, unsigned flags, const dx__escapes *how, bool *ret_escaped);

/* Appends `before` and the byte's two hex digits. Returns 0; -ENOBUFS or -ENOMEM, after which `before` may be there. */
int dx__escape_byte(dx_buf *out, const char *before, uint32_t byte);

#endif
