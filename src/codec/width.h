/* How many columns of a terminal text takes: the one answer for what is shown and for what is edited.
 *
 * A character takes what wcwidth(3) says; several can be one cluster, which is never parted:
 * - a character and the combining marks, joiners and variation selectors behind it; two columns where U+FE0F asks for the
 *   coloured form of a pictograph;
 * - pictographs that U+200D joins, or with a tone of skin; a flag, of two regional indicators.
 * A cluster takes the columns of all its characters, as on terminals that show its pictographs side by side. Others show it in
 * fewer, and then the end of a row stays free; to count fewer would tear the screen on the first kind.
 * A cluster has at most 16 characters, more than any emoji; what follows begins another. */
#ifndef DX_WIDTH_H
#define DX_WIDTH_H

#include <duplex/slice.h>

/* Columns of one character: 0 (combining, invisible, control), 1 or 2 (East Asian wide). */
unsigned dx_width_of(uint32_t character);

/* Columns of UTF-8; a byte that is malformed counts one. */
size_t dx_width(dx_slice utf8);

/* How much of safe text (safe.h) fits into so many columns: returns the bytes, whole clusters, and puts the columns that these
 * take into *ret_columns. What takes no column is among them also where no column is left. Where not even the first cluster fits it
 * is 0. Tabs and line ends count nothing: expand and cut them before. */
size_t dx_width_fit(dx_slice text, size_t columns, size_t *ret_columns);

/* Bytes at the start that are three-byte characters of two columns each which need no second look: ideographs, kana, Hangul,
 * their punctuation. Nothing joins behind them but what takes no column. */
size_t dx__wide_run(dx_slice text);

#endif
