/* What is never shown as it came, for the writers of this floor. */
#ifndef DX_SAFE_PRIV_H
#define DX_SAFE_PRIV_H

#include "codec/utf8.h"

/* Is it a character that acts instead of being seen: a C0 or C1 control, DEL, a line separator, or one that turns the direction
 * of writing? */
bool dx__is_control(uint32_t character);

/* Bytes at the start that are printable ASCII, quotes and backslashes aside. */
size_t dx__plain_run(dx_slice text);

/* Is it one of these, or malformed? */
bool dx__must_escape(dx_glyph g);

#endif
