#include "codec/safe.h"
#include "codec/safe_priv.h"
#include "codec/width.h"

bool dx__is_control(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} controls[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0x061c, 0x061c }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 },
	};

	for (size_t i = 0; i < sizeof controls / sizeof *controls && character >= controls[i].first; i++) {
		if (character <= controls[i].last)
			return true;
	}
	return false;
}

bool dx__must_escape(dx_glyph g)
{
	return g.malformed || dx__is_control(g.character);
}

static int escape(dx_buf *out, dx_glyph g)
{
	static const char bytes[] = "\n\r\t\0\\", letters[] = "nrt0\\";
	const char *byte = g.malformed || g.character > 0x7f ? NULL : memchr(bytes, (int)g.character, sizeof bytes - 1);

	if (byte != NULL)
		return dx_buf_printf(out, "\\%c", letters[byte - bytes]);
	if (g.malformed || g.character < 0x80)
		return dx_buf_printf(out, "\\x%02x", g.character);
	return dx_buf_printf(out, "\\u{%x}", g.character);
}

/* Must it be escaped under these flags? */
static bool is_escaped(dx_glyph g, unsigned flags)
{
	if (!g.malformed && g.character == '\t')
		return (flags & DX_SAFE_KEEP_TAB) == 0;
	if (!g.malformed && g.character == '\n')
		return (flags & DX_SAFE_KEEP_NEWLINE) == 0;
	if (!g.malformed && (g.character == '"' || g.character == '\\'))
		return (flags & DX_SAFE_QUOTE) != 0;
	return dx__must_escape(g);
}

size_t dx__plain_run(dx_slice text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] >= 0x20 && text.data[n] < 0x7f && text.data[n] != '"' && text.data[n] != '\\')
		n++;
	return n;
}

/* Is it seen on its own, so that marks may follow? */
static bool is_base(dx_glyph g)
{
	return g.malformed || dx__is_control(g.character) || dx_width_of(g.character) > 0;
}

int dx_safe_add(dx_buf *out, dx_slice marked, unsigned flags, bool *ret_escaped)
{
	size_t before = out->used, at = 0;      /* so much of `marked` is shown as it is */
	unsigned marks = 0;                     /* in a row, before it */
	int r = 0;

	while (r == 0 && at < marked.len) {
		size_t plain = dx__plain_run(dx_slice_after(marked, at));
		dx_glyph g;

		at += plain;
		marks = plain > 0 ? 0 : marks;
		if (at == marked.len)
			break;
		g = dx_glyph_next(dx_slice_after(marked, at));
		marks = is_base(g) ? 0 : marks + 1;
		if (!is_escaped(g, flags) && marks <= DX_SAFE_MARKS) {
			at += g.len;
			continue;
		}
		r = dx_buf_add(out, dx_slice_first(marked, at));
		if (r == 0)
			r = escape(out, g);
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
