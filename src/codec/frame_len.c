/* len1, len2, len4, len8: so many bytes say how long the message behind them is, as an unsigned number, the high byte first; with
 * +le the low one. Any length is taken as it is, up to 2^64 - 1: it is counted down, and nothing is ever allocated by it. */
#include "codec/frame_priv.h"

#include <errno.h>

/* Where the byte lies that counts 2^(8 * i). */
static size_t place(const dx_frame *f, size_t i)
{
	return f->kind->little ? i : f->kind->width - 1 - i;
}

static bool measure(const dx_frame *f, dx_slice bytes, size_t *ret_head, uint64_t *ret_body)
{
	uint64_t body = 0;

	if (bytes.len < f->kind->width)
		return false;
	for (size_t i = 0; i < f->kind->width; i++)
		body |= (uint64_t)bytes.data[place(f, i)] << 8 * i;
	*ret_head = f->kind->width;
	*ret_body = body;
	return true;
}

static int wrap(const dx_frame *f, dx_slice message, dx_frame_ends *ret)
{
	size_t width = f->kind->width;

	if (width < sizeof(uint64_t) && (uint64_t)message.len >> 8 * width != 0)
		return -EMSGSIZE;
	for (size_t i = 0; i < width; i++)
		ret->head[place(f, i)] = (uint8_t)((uint64_t)message.len >> 8 * i);
	ret->head_bytes = (uint8_t)width;
	return 0;
}

#define LEN(word, bytes, low_first)                                                                                         \
	{                                                                                                                   \
		.name = word, .usage = word, .strict = true, .binary = true, .width = bytes, .little = low_first,           \
		.measure = measure, .wrap = wrap                                                                            \
	}

const dx_frame_kind dx__frame_len1 = LEN("len1", 1, false);
const dx_frame_kind dx__frame_len2 = LEN("len2", 2, false);
const dx_frame_kind dx__frame_len4 = LEN("len4", 4, false);
const dx_frame_kind dx__frame_len8 = LEN("len8", 8, false);
const dx_frame_kind dx__frame_len2_le = LEN("len2+le", 2, true);
const dx_frame_kind dx__frame_len4_le = LEN("len4+le", 4, true);
const dx_frame_kind dx__frame_len8_le = LEN("len8+le", 8, true);
