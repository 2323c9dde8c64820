#include "codec/escape.h"
#include "codec/hex.h"
#include "codec/safe.h"
#include "codec/safe_priv.h"
#include "codec/utf8.h"

#include <errno.h>

#define LONGEST_CHARACTER 6             /* hex digits of \u{10FFFF} */

/* "\u{…}", behind the u: as resolve. */
static size_t character_escape(dx_slice text, uint8_t into[4], size_t *ret_len)
{
	uint32_t character = 0;
	size_t n = 1;
	int digit;

	if (text.len < 3 || text.data[0] != '{')
		return 0;
	for (; n < text.len && n <= LONGEST_CHARACTER; n++) {
		digit = dx_hex_digit(text.data[n]);
		if (digit < 0)
			break;
		character = character << 4 | (uint32_t)digit;
	}
	if (n == 1 || n == text.len || text.data[n] != '}' || character > 0x10ffff || (character & 0x1ff800) == 0xd800)
		return 0;
	*ret_len = dx_utf8_put(character, into);
	return n + 2;
}

/* One escape, behind its backslash. Returns how much of `text` it takes, 0 where it is none. */
static size_t resolve(dx_slice text, uint8_t into[4], size_t *ret_len)
{
	const dx__escapes *simple = &dx__people_escapes;
	const char *letter = text.len == 0 ? NULL : memchr(simple->letters, text.data[0], simple->count);
	int byte = -1;

	*ret_len = 1;
	if (letter != NULL) {
		into[0] = (uint8_t)simple->bytes[letter - simple->letters];
		return 1;
	}
	if (text.len > 0 && text.data[0] == 'u')
		return character_escape(dx_slice_after(text, 1), into, ret_len);
	if (text.len > 0 && text.data[0] == 'x')
		byte = dx_hex_byte(dx_slice_after(text, 1));
	if (byte < 0)
		return 0;
	*ret_len = dx_utf8_put(byte < 0x80 ? (uint32_t)byte : DX_MARK((uint32_t)byte), into);
	return 3;
}

/* Text without escapes. What looks like a mark was typed so, and each of its bytes is one. */
static int add_plain(dx_slice text, dx_buf *out)
{
	uint8_t mark[DX_MARK_BYTES];
	int r = 0;

	while (r == 0 && text.len > 0) {
		size_t run = dx_unmarked_run(text);

		r = dx_buf_add(out, dx_slice_first(text, run));
		text = dx_slice_after(text, run);
		for (size_t i = 0; i < DX_MARK_BYTES && r == 0 && text.len > 0; i++) {
			r = dx_buf_add(out, dx_slice_of(mark, dx_utf8_put(DX_MARK(text.data[0]), mark)));
			text = dx_slice_after(text, 1);
		}
	}
	return r;
}

int dx_escape_resolve(dx_slice text, dx_buf *out, size_t *ret_at)
{
	size_t before = out->used, at = 0;
	int r = 0;

	while (r == 0 && at < text.len) {
		dx_slice rest = dx_slice_after(text, at);
		const uint8_t *backslash = memchr(rest.data, '\\', rest.len);
		size_t plain = backslash == NULL ? rest.len : (size_t)(backslash - rest.data), taken, len = 0;
		uint8_t resolved[4];

		r = add_plain(dx_slice_first(rest, plain), out);
		at += plain;
		if (r < 0 || at == text.len)
			break;
		taken = resolve(dx_slice_after(text, at + 1), resolved, &len);
		r = taken == 0 ? -EINVAL : dx_buf_add(out, dx_slice_of(resolved, len));
		if (r == 0)
			at += 1 + taken;
	}
	if (r < 0)
		out->used = before;
	if (r == -EINVAL && ret_at != NULL)
		*ret_at = at;
	return r;
}

int dx_escape_quote(dx_slice marked, dx_buf *out)
{
	size_t before = out->used;
	int r = dx_buf_add_byte(out, '"');

	if (r == 0)
		r = dx_safe_add(out, marked, DX_SAFE_QUOTE, NULL);
	if (r == 0)
		r = dx_buf_add_byte(out, '"');
	if (r < 0)
		out->used = before;
	return r;
}
