#include "codec/json.h"
#include "base/check.h"
#include "codec/safe_priv.h"

#include <inttypes.h>

void dx_json_begin(dx_json *j, dx_buf *out)
{
	*j = (dx_json){ .out = out };
}

static void put(dx_json *j, dx_slice bytes)
{
	if (j->error == 0)
		j->error = dx_buf_add(j->out, bytes);
}

static void put_text(dx_json *j, const char *text)
{
	put(j, dx_slice_text(text));
}

/* Before a value or a key: a comma where one is due. */
static void separate(dx_json *j)
{
	if (j->comma)
		put_text(j, ",");
	j->comma = true;
}

void dx_json_object(dx_json *j)
{
	separate(j);
	put_text(j, "{");
	j->depth++;
	j->comma = false;
}

void dx_json_end(dx_json *j)
{
	dx_assert(j->depth > 0);
	put_text(j, "}");
	j->depth--;
	j->comma = true;
}

void dx_json_key(dx_json *j, const char *key)
{
	separate(j);
	put_text(j, "\"");
	put_text(j, key);
	put_text(j, "\":");
	j->comma = false;
}

static void put_escape(dx_json *j, dx_glyph g)
{
	static const char bytes[] = "\n\r\t\b\f\"\\", letters[] = "nrtbf\"\\";
	const char *byte = g.malformed || g.character > 0x7f ? NULL : memchr(bytes, (int)g.character, sizeof bytes - 1);

	if (j->error != 0)
		return;
	if (g.malformed)
		j->error = dx_buf_printf(j->out, "\\\\x%02x", g.character);
	else if (byte != NULL)
		j->error = dx_buf_printf(j->out, "\\%c", letters[byte - bytes]);
	else
		j->error = dx_buf_printf(j->out, "\\u%04x", g.character);
}

void dx_json_string(dx_json *j, dx_slice marked)
{
	size_t at = 0;          /* so much of `marked` is plain */

	separate(j);
	put_text(j, "\"");
	while (j->error == 0 && at < marked.len) {
		dx_glyph g;

		at += dx__plain_run(dx_slice_after(marked, at));
		if (at == marked.len)
			break;
		g = dx_glyph_next(dx_slice_after(marked, at));
		if (dx__must_escape(g) || g.character == '"' || g.character == '\\') {
			put(j, dx_slice_first(marked, at));
			put_escape(j, g);
			marked = dx_slice_after(marked, at + g.len);
			at = 0;
		} else {
			at += g.len;
		}
	}
	put(j, marked);
	put_text(j, "\"");
}

void dx_json_text(dx_json *j, const char *text)
{
	dx_json_string(j, dx_slice_text(text));
}

void dx_json_int(dx_json *j, int64_t value)
{
	separate(j);
	if (j->error == 0)
		j->error = dx_buf_printf(j->out, "%" PRId64, value);
}

void dx_json_bool(dx_json *j, bool value)
{
	separate(j);
	put_text(j, value ? "true" : "false");
}

int dx_json_finish(const dx_json *j)
{
	dx_assert(j->error != 0 || j->depth == 0);
	return j->error;
}
