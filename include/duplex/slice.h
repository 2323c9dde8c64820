/* A slice: some bytes that belong to somebody else. It is borrowed until the next call on its owner. */
#ifndef DUPLEX_SLICE_H
#define DUPLEX_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dx_slice {
	const uint8_t *data;    /* may be NULL where len is 0 */
	size_t len;
} dx_slice;

/* The slice of `len` bytes at `data`. */
static inline dx_slice dx_slice_of(const void *data, size_t len)
{
	dx_slice s = { (const uint8_t *)data, len };

	return s;
}

/* The slice of a C string, without its NUL. */
static inline dx_slice dx_slice_text(const char *text)
{
	return dx_slice_of(text, strlen(text));
}

/* What is left of `s` after its first `n` bytes; n must not exceed s.len. */
static inline dx_slice dx_slice_after(dx_slice s, size_t n)
{
	return n == 0 ? s : dx_slice_of(s.data + n, s.len - n);
}

/* The first `n` bytes of `s`; n must not exceed s.len. */
static inline dx_slice dx_slice_first(dx_slice s, size_t n)
{
	return dx_slice_of(s.data, n);
}

/* Do both hold the same bytes? */
static inline bool dx_slice_equal(dx_slice a, dx_slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

#ifdef __cplusplus
}
#endif

#endif
