/* UTF-8, character by character, and the marks that stand for malformed bytes (duplex/text.h). */
#ifndef DX_UTF8_H
#define DX_UTF8_H

#include <duplex/slice.h>

#define DX_MARK_BYTES ((size_t)3)
#define DX_MARK(byte) (0xdc00u | (byte))        /* what stands for a malformed byte */

/* Reads the character that begins `text`. Returns its bytes, 1 to 4; 0 where `text` ends before it could be complete;
 * -1 where it is malformed. */
int dx_utf8_next(dx_slice text, uint32_t *ret);

/* Writes a character, or a mark, and returns its bytes: at most 4. */
size_t dx_utf8_put(uint32_t character, uint8_t *into);

/* How many bytes at the start of `text` are valid. */
size_t dx_utf8_run(dx_slice text);

/* What people are shown one at a time: a character, or a byte that is malformed or marked so. */
typedef struct dx_glyph {
	uint32_t character;     /* or the byte */
	bool malformed;
	size_t len;             /* bytes of the text that it takes */
} dx_glyph;

/* The glyph that begins marked text, which is not empty. */
dx_glyph dx_glyph_next(dx_slice marked);

/* How many bytes at the start of marked text stand before the first mark. */
size_t dx_unmarked_run(dx_slice marked);

/* Does `text` begin with U+FEFF in units of 2 or 4 bytes? */
bool dx__is_order_mark(dx_slice text, size_t unit_bytes, bool big_endian);

#endif
