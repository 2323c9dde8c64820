#include "codec/escape.h"
#include "codec/hex.h"
#include "codec/safe.h"
#include "codec/utf8.h"

#include <errno.h>

#define LONGEST_CHARACTER 6             /* hex digits of \u{10FFFF} */

/* "\xHH", behind the x. Returns how much of `text` it takes, 0 where it is none. */
static size_t byte_escape(dx_slice text, uint8_t *into)
{
	int high = text.len < 2 ? -1 : dx_hex_digit(text.data[0]), low = high < 0 ? -1 : dx_hex_digit(text.data[1]);

	if (low < 0)
		return 0;
	*into = (uint8_t)(high << 4 | low);
	return 2;
}

/* "\u{…}", behind the u. */
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
	return n + 1;
}

/* One escape, behind its backslash. Returns how much of `text` it takes, 0 where it is none. */
static size_t resolve(dx_slice text, uint8_t into[4], size_t *ret_len)
{
	static const char letters[] = "nrt0\\", bytes[] = "\n\r\t\0\\";
	const char *letter;
	size_t taken;

	if (text.len == 0)
		return 0;
	*ret_len = 1;
	letter = memchr(letters, text.data[0], sizeof letters - 1);
	if (letter != NULL) {
		into[0] = (uint8_t)bytes[letter - letters];
		return 1;
	}
	if (text.data[0] == 'x')
		taken = byte_escape(dx_slice_after(text, 1), into);
	else if (text.data[0] == 'u')
		taken = character_escape(dx_slice_after(text, 1), into, ret_len);
	else
		taken = 0;
	return taken == 0 ? 0 : 1 + taken;
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

		r = dx_buf_add(out, dx_slice_first(rest, plain));
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
