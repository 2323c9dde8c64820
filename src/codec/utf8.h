/* UTF-8, character by character, and the marks that stand for malformed bytes (duplex/text.h). */
#ifndef DX_UTF8_H
#define DX_UTF8_H

#include <duplex/slice.h>

#define DX_MARK_BYTES ((size_t)3)

/* Reads the character that begins `text`. Returns its bytes, 1 to 4; 0 where `text` ends before it could be complete;
 * -1 where it is malformed. */
int dx_utf8_next(dx_slice text, uint32_t *ret);

/* Writes a character and returns its bytes. */
size_t dx_utf8_put(uint32_t character, uint8_t into[4]);

/* How many bytes at the start of `text` are valid. */
size_t dx_utf8_run(dx_slice text);

/* Writes the mark of a malformed byte. */
void dx_mark_put(uint8_t byte, uint8_t into[DX_MARK_BYTES]);

/* Does a mark begin `text`? Of which byte? */
bool dx_mark_next(dx_slice text, uint8_t *ret);

/* What people are shown one at a time: a character, or a byte that is malformed or marked so. */
typedef struct dx_glyph {
	uint32_t character;     /* or the byte */
	bool malformed;
	size_t len;             /* bytes of the text that it takes */
} dx_glyph;

/* The glyph that begins marked text, which is not empty. */
dx_glyph dx_glyph_next(dx_slice marked);

#endif
