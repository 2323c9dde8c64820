#include "codec/utf8.h"

#include <duplex/text.h>

/* What may follow a lead byte: how many bytes, the second one's range, and the lead's own bits. */
struct lead {
	uint8_t len, low, high, bits;
};

static struct lead lead_of(uint8_t byte)
{
	if (byte < 0x80)
		return (struct lead){ 1, 0, 0, 0x7f };
	if (byte >= 0xc2 && byte <= 0xdf)
		return (struct lead){ 2, 0x80, 0xbf, 0x1f };
	if (byte >= 0xe0 && byte <= 0xef)
		return (struct lead){ 3, byte == 0xe0 ? 0xa0 : 0x80, byte == 0xed ? 0x9f : 0xbf, 0x0f };
	if (byte >= 0xf0 && byte <= 0xf4)
		return (struct lead){ 4, byte == 0xf0 ? 0x90 : 0x80, byte == 0xf4 ? 0x8f : 0xbf, 0x07 };
	return (struct lead){ 0 };
}

int dx_utf8_next(dx_slice text, uint32_t *ret)
{
	struct lead lead;
	uint32_t character;

	if (text.len == 0)
		return 0;
	lead = lead_of(text.data[0]);
	if (lead.len == 0)
		return -1;
	character = text.data[0] & lead.bits;
	for (size_t i = 1; i < lead.len; i++) {
		if (i == text.len)
			return 0;
		if (text.data[i] < (i == 1 ? lead.low : 0x80) || text.data[i] > (i == 1 ? lead.high : 0xbf))
			return -1;
		character = character << 6 | (text.data[i] & 0x3f);
	}
	*ret = character;
	return lead.len;
}

size_t dx_utf8_put(uint32_t character, uint8_t *into)
{
	size_t len = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
	static const uint8_t leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = len - 1; i > 0; i--, character >>= 6)
		into[i] = (uint8_t)(0x80 | (character & 0x3f));
	into[0] = (uint8_t)(leads[len] | character);
	return len;
}

/* Bytes of ASCII at the start, eight at a time while they last. */
static size_t ascii_run(dx_slice text)
{
	size_t n = 0;
	uint64_t eight;

	for (; text.len - n >= sizeof eight; n += sizeof eight) {
		memcpy(&eight, text.data + n, sizeof eight);
		if ((eight & UINT64_C(0x8080808080808080)) != 0)
			break;
	}
	while (n < text.len && text.data[n] < 0x80)
		n++;
	return n;
}

/* Bytes of three-byte characters but those that E0 and ED begin, whose second byte is special: nearly all of Chinese. */
static size_t three_byte_run(dx_slice text)
{
	size_t n = 0;

	for (; text.len - n >= 3; n += 3) {
		const uint8_t *c = text.data + n;

		if (c[0] < 0xe1 || c[0] > 0xef || c[0] == 0xed || (c[1] & 0xc0) != 0x80 || (c[2] & 0xc0) != 0x80)
			break;
	}
	return n;
}

size_t dx_utf8_run(dx_slice text)
{
	size_t n = 0;
	uint32_t character;
	int len;

	for (;;) {
		n += ascii_run(dx_slice_after(text, n));
		n += three_byte_run(dx_slice_after(text, n));
		len = dx_utf8_next(dx_slice_after(text, n), &character);
		if (len <= 0)
			return n;
		n += (size_t)len;
	}
}

bool dx_utf8_valid(dx_slice text)
{
	return dx_utf8_run(text) == text.len;
}

dx_glyph dx_glyph_next(dx_slice marked)
{
	const uint8_t *m = marked.data;
	uint32_t character;
	int len = dx_utf8_next(marked, &character);

	if (len > 0)
		return (dx_glyph){ character, false, (size_t)len };
	if (marked.len >= DX_MARK_BYTES && m[0] == 0xed && (m[1] & 0xfc) == 0xb0 && (m[2] & 0xc0) == 0x80)
		return (dx_glyph){ (m[1] & 0x03u) << 6 | (m[2] & 0x3f), true, DX_MARK_BYTES };
	return (dx_glyph){ m[0], true, 1 };
}

size_t dx_unmarked_run(dx_slice marked)
{
	const uint8_t *end = marked.data + marked.len, *lead = marked.data;

	while (lead != end && (lead = memchr(lead, 0xed, (size_t)(end - lead))) != NULL) {
		dx_glyph g = dx_glyph_next(dx_slice_of(lead, (size_t)(end - lead)));

		if (g.malformed && g.len == DX_MARK_BYTES)
			return (size_t)(lead - marked.data);
		lead++;
	}
	return marked.len;
}

bool dx__is_order_mark(dx_slice text, size_t unit_bytes, bool big_endian)
{
	static const uint8_t little[] = { 0xff, 0xfe, 0, 0 }, big[] = { 0, 0, 0xfe, 0xff };

	return text.len >= unit_bytes && memcmp(text.data, big_endian ? big + 4 - unit_bytes : little, unit_bytes) == 0;
}
