#include "codec/hex.h"

#include <errno.h>

int dx_hex_digit(uint8_t letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	letter |= 0x20;
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

int dx_hex_byte(dx_slice text)
{
	int high = text.len < 2 ? -1 : dx_hex_digit(text.data[0]), low = high < 0 ? -1 : dx_hex_digit(text.data[1]);

	return low < 0 ? -1 : high << 4 | low;
}

/* Does a separator, or the end, come at this place? */
static bool is_between(dx_slice text, size_t at)
{
	return at == text.len || memchr(" ,:", text.data[at], 3) != NULL;
}

/* The next pair of digits at *at, before which "0x" may stand where it begins a group; *at moves behind it, or to what is
 * wrong. */
static int parse_pair(dx_slice text, size_t *at, dx_buf *out)
{
	bool begins = *at == 0 || is_between(text, *at - 1);
	int byte;

	if (begins && text.len - *at > 2 && memcmp(text.data + *at, "0x", 2) == 0 && dx_hex_digit(text.data[*at + 2]) >= 0)
		*at += 2;
	byte = dx_hex_byte(dx_slice_after(text, *at));
	if (byte < 0) {
		*at += dx_hex_digit(text.data[*at]) >= 0 && !is_between(text, *at + 1) ? 1 : 0;
		return -EINVAL;
	}
	*at += 2;
	return dx_buf_add_byte(out, (uint8_t)byte);
}

int dx_hex_parse(dx_slice text, dx_buf *out, size_t *ret_at)
{
	size_t before = out->used, at = 0;
	int r = 0;

	while (r == 0 && at < text.len) {
		if (is_between(text, at))
			at++;
		else
			r = parse_pair(text, &at, out);
	}
	if (r < 0)
		out->used = before;
	if (r == -EINVAL && ret_at != NULL)
		*ret_at = at;
	return r;
}

int dx_hex_print(dx_slice bytes, dx_buf *out)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *to;
	int r;

	if (bytes.len == 0)
		return 0;
	r = bytes.len > SIZE_MAX / 3 ? -ENOBUFS : dx_buf_reserve(out, 3 * bytes.len);
	if (r < 0)
		return r;
	to = dx_buf_tail(out);
	for (size_t i = 0; i < bytes.len; i++) {
		*to++ = (uint8_t)digits[bytes.data[i] >> 4];
		*to++ = (uint8_t)digits[bytes.data[i] & 15];
		*to++ = ' ';
	}
	dx_buf_grew(out, 3 * bytes.len - 1);
	return 0;
}
