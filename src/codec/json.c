#include "codec/json.h"
#include "base/check.h"
#include "codec/safe.h"
#include "codec/safe_priv.h"

#include <inttypes.h>
#include <limits.h>

void dx_json_begin(dx_json *j, dx_buf *out)
{
	*j = (dx_json){ .out = out };
}

static void put(dx_json *j, const char *text)
{
	if (j->error == 0)
		j->error = dx_buf_add_text(j->out, text);
}

/* Before a value or a key: a comma where one is due. */
static void separate(dx_json *j)
{
	if (j->comma)
		put(j, ",");
	j->comma = true;
}

void dx_json_object(dx_json *j)
{
	separate(j);
	put(j, "{");
	j->depth++;
	j->comma = false;
}

void dx_json_end(dx_json *j)
{
	dx_assert(j->depth > 0);
	put(j, "}");
	j->depth--;
	j->comma = true;
}

void dx_json_key(dx_json *j, const char *key)
{
	separate(j);
	put(j, "\"");
	put(j, key);
	put(j, "\":");
	j->comma = false;
}

static int escape_other(dx_buf *out, dx_glyph g)
{
	return g.malformed ? dx__escape_byte(out, "\\\\x", g.character) : dx_buf_printf(out, "\\u%04x", g.character);
}

void dx_json_string(dx_json *j, dx_slice marked)
{
	static const dx__escapes escapes = { "\n\r\t\b\f\"\\", "nrtbf\"\\", 7, UINT_MAX, escape_other };

	separate(j);
	put(j, "\"");
	if (j->error == 0)
		j->error = dx__escape_add(j->out, marked, DX_SAFE_QUOTE, &escapes, NULL);
	put(j, "\"");
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
	put(j, value ? "true" : "false");
}

int dx_json_finish(const dx_json *j)
{
	dx_assert(j->error != 0 || j->depth == 0);
	return j->error;
}
