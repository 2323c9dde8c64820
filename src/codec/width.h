/* How many columns of a terminal text takes. */
#ifndef DX_WIDTH_H
#define DX_WIDTH_H

#include <duplex/slice.h>

/* Columns of one character: 0 (combining, invisible, control), 1 or 2 (East Asian wide). */
unsigned dx_width_of(uint32_t character);

/* Columns of UTF-8; a byte that is malformed counts one. */
size_t dx_width(dx_slice utf8);

size_t dx_width_fit(dx_slice text, size_t columns, size_t *ret_columns);

#endif
