/* Hex, as people write it and as it is shown. */
#ifndef DX_HEX_H
#define DX_HEX_H

#include "base/buf.h"

/* Appends the bytes that `text` writes in pairs of hex digits. Spaces, commas and colons may stand between them, "0x" before a
 * group; nothing else is forgiven. Returns 0; -EINVAL for another character or a digit without its pair, *ret_at (may be NULL)
 * is where it is; -ENOBUFS, -ENOMEM. Nothing is appended on failure. */
int dx_hex_parse(dx_slice text, dx_buf *out, size_t *ret_at);

/* The value of a hex digit, -1 where it is none. */
int dx_hex_digit(uint8_t letter);

/* The byte that two hex digits at the start of `text` write, -1 where they are none. */
int dx_hex_byte(dx_slice text);

/* Appends "e4 bd a0". Returns 0, -ENOBUFS, -ENOMEM. */
int dx_hex_print(dx_slice bytes, dx_buf *out);

#endif
