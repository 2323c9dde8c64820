#include "codec/hex.h"

#include <errno.h>

int dx_hex_digit(uint8_t letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	letter |= 0x20;
	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

static bool is_separator(uint8_t letter)
{
	return letter == ' ' || letter == ',' || letter == ':';
}

/* One group of digits at *at, "0x" before it or not; *at moves behind it, or to what is wrong. */
static int parse_group(dx_slice text, size_t *at, dx_buf *out)
{
	int high, low, r = 0;

	if (text.len - *at > 2 && memcmp(text.data + *at, "0x", 2) == 0 && dx_hex_digit(text.data[*at + 2]) >= 0)
		*at += 2;
	for (; r == 0 && *at < text.len && !is_separator(text.data[*at]); *at += 2) {
		high = dx_hex_digit(text.data[*at]);
		if (high < 0)
			return -EINVAL;
		if (*at + 1 == text.len || is_separator(text.data[*at + 1]))
			return -EINVAL;
		low = dx_hex_digit(text.data[*at + 1]);
		if (low < 0) {
			(*at)++;
			return -EINVAL;
		}
		r = dx_buf_add_byte(out, (uint8_t)(high << 4 | low));
	}
	return r;
}

int dx_hex_parse(dx_slice text, dx_buf *out, size_t *ret_at)
{
	size_t before = out->used, at = 0;
	int r = 0;

	while (r == 0 && at < text.len) {
		if (is_separator(text.data[at]))
			at++;
		else
			r = parse_group(text, &at, out);
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
