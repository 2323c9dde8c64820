/* What the tests of this floor share. */
#ifndef TEST_CODEC_HELPER_H
#define TEST_CODEC_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/buf.h"
#include "codec/escape.h"
#include "codec/text.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))
#define BYTES(literal) ((dx_slice){ (const uint8_t *)(literal), sizeof(literal) - 1 })
#define AMPLE ((size_t)1 << 28)

/* The bytes that a text with our escapes stands for. */
static inline dx_buf resolved_slice(dx_slice text)
{
	dx_buf marked = { .limit = AMPLE }, bytes = { .limit = AMPLE };

	assert_int_equal(dx_escape_resolve(text, &marked, NULL), 0);
	assert_int_equal(dx_text_encode_marked_into(NULL, dx_buf_slice(&marked), false, &bytes, NULL), 0);
	dx_buf_fini(&marked);
	return bytes;
}

static inline dx_buf resolved(const char *text)
{
	return resolved_slice(dx_slice_text(text));
}

/* Are these the bytes? Says both in quotes where not. */
static inline void check_bytes(dx_slice is, dx_slice should)
{
	dx_buf a = { .limit = AMPLE }, b = { .limit = AMPLE };

	if (!dx_slice_equal(is, should)) {
		(void)dx_escape_quote(is, &a);
		(void)dx_escape_quote(should, &b);
		print_error("it is     %.2000s\nshould be %.2000s\n", dx_buf_string(&a), dx_buf_string(&b));
		dx_buf_fini(&a);
		dx_buf_fini(&b);
		fail();
	}
}

static inline void check_text(const dx_buf *is, const char *should)
{
	check_bytes(dx_buf_slice(is), dx_slice_text(should));
}

/* Numbers that are the same in every run. */
static inline uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static inline void fill_random(uint64_t *seed, uint8_t *into, size_t n)
{
	for (size_t i = 0; i < n; i++)
		into[i] = (uint8_t)next_random(seed);
}

#endif
