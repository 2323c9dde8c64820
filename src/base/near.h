/* What somebody may have meant: the distance between a mistyped word and a known one. */
#ifndef DX_NEAR_H
#define DX_NEAR_H

#include <duplex/slice.h>

/* Words longer than this are near to nothing. */
#define DX_NEAR_BYTES 32

/* How many insertions, deletions, changes and swaps of neighbours make `a` into `b`; SIZE_MAX where one of them is longer
 * than DX_NEAR_BYTES. ASCII letters count as equal in either case. */
size_t dx_near_distance(dx_slice a, dx_slice b);

/* The item of `known` (count names) that is nearest to `typed` and near enough to be offered instead, by one slip in every four
 * letters, or one in all. Returns its index, -1 for none. */
int dx_near_find(dx_slice typed, const char *const *known, size_t count);

#endif
