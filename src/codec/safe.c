#include "codec/safe.h"
#include "codec/hex.h"
#include "codec/safe_priv.h"
#include "codec/width.h"

/* Does it act instead of being seen: a C0 or C1 control, DEL, a line separator, or what turns the direction of writing? */
static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_escaped(dx_glyph g, unsigned flags)
{
	if (g.malformed)
		return true;
	if (g.character == '\t' || g.character == '\n')
		return (flags & (g.character == '\t' ? DX_SAFE_KEEP_TAB : DX_SAFE_KEEP_NEWLINE)) == 0;
	if (g.character == '"' || g.character == '\\')
		return (flags & DX_SAFE_QUOTE) != 0;
	return is_control(g.character);
}

/* Bytes at the start that are printable ASCII, quotes and backslashes aside. */
static size_t ascii_run(dx_slice text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] >= 0x20 && text.data[n] < 0x7f && text.data[n] != '"' && text.data[n] != '\\')
		n++;
	return n;
}

/* Bytes at the start that are shown as they are in any manner; their last character is a base. */
static size_t plain_run(dx_slice text)
{
	size_t n = 0, before;

	do {
		before = n;
		n += ascii_run(dx_slice_after(text, n));
		n += dx__wide_run(dx_slice_after(text, n));
	} while (n > before);
	return n;
}

/* Is it seen on its own, so that marks may follow? */
static bool is_base(dx_glyph g)
{
	return g.malformed || is_control(g.character) || dx_width_of(g.character) > 0;
}

static int escape(dx_buf *out, dx_glyph g, const dx__escapes *how)
{
	const char *byte = g.malformed || g.character > 0x7f ? NULL : memchr(how->bytes, (int)g.character, how->count);

	if (byte == NULL)
		return how->other(out, g);
	return dx_buf_add(out, dx_slice_of((char[]){ '\\', how->letters[byte - how->bytes] }, 2));
}

int dx__escape_add(dx_buf *out, dx_slice marked, unsigned flags, const dx__escapes *how, bool *ret_escaped)
{
	size_t before = out->used, at = 0;      /* so much of `marked` is shown as it is */
	unsigned marks = 0;                     /* in a row, before it */
	int r = 0;

	while (r == 0 && at < marked.len) {
		size_t plain = plain_run(dx_slice_after(marked, at));
		dx_glyph g;

		at += plain;
		marks = plain > 0 ? 0 : marks;
		if (at == marked.len)
			break;
		g = dx_glyph_next(dx_slice_after(marked, at));
		marks = is_base(g) ? 0 : marks + 1;
		if (!is_escaped(g, flags) && marks <= how->marks) {
			at += g.len;
			continue;
		}
		r = dx_buf_add(out, dx_slice_first(marked, at));
		if (r == 0)
			r = escape(out, g, how);
		marked = dx_slice_after(marked, at + g.len);
		at = 0;
		if (ret_escaped != NULL)
			*ret_escaped = true;
	}
	if (r == 0)
		r = dx_buf_add(out, marked);
	if (r < 0)
		out->used = before;
	return r;
}

int dx__escape_byte(dx_buf *out, const char *before, uint32_t byte)
{
	int r = dx_buf_add_text(out, before);

	return r < 0 ? r : dx_hex_print(dx_slice_of((uint8_t[]){ (uint8_t)byte }, 1), out);
}

static int escape_other(dx_buf *out, dx_glyph g)
{
	if (g.malformed || g.character < 0x80)
		return dx__escape_byte(out, "\\x", g.character);
	return dx_buf_printf(out, "\\u{%x}", g.character);
}

const dx__escapes dx__people_escapes = { "\n\r\t\0\\", "nrt0\\", 5, DX_SAFE_MARKS, escape_other };

int dx_safe_add(dx_buf *out, dx_slice marked, unsigned flags, bool *ret_escaped)
{
	return dx__escape_add(out, marked, flags, &dx__people_escapes, ret_escaped);
}
