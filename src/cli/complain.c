#include "cli/complain.h"

#include "base/near.h"
#include "ui/say.h"
#include "codec/safe.h"
#include "codec/text.h"
#include "codec/utf8.h"

#include <errno.h>
#include <stdio.h>

#define SHOWN_BYTES    200      /* of a text; what is longer is shortened */
#define LINE_BYTES     8192
#define EXPECTED_BYTES 1024
#define NAMES_BYTES    256

dx_blame dx_blame_all(const char *prefix, const char *text)
{
	return (dx_blame){ prefix, dx_slice_text(text), 0, strlen(text) };
}

size_t dx_character_bytes(dx_slice text, size_t at)
{
	return at < text.len ? dx_glyph_next(dx_slice_after(text, at)).len : 0;
}

void dx_add_safe(dx_buf *line, dx_slice text)
{
	dx_buf marked;
	dx_text_state state = { 0 };
	size_t shown = 0, next = 0;

	for (; next <= SHOWN_BYTES && shown < text.len; next += dx_character_bytes(text, next))
		shown = next;
	dx_buf_init(&marked, SHOWN_BYTES * 4);
	(void)dx_text_decode_into(NULL, &state, dx_slice_first(text, shown), true, &marked, NULL);
	(void)dx_safe_add(line, dx_buf_slice(&marked), 0, NULL);
	(void)dx_buf_add_text(line, shown < text.len ? "…" : "");
	dx_buf_fini(&marked);
}

/* A column counts characters of what is shown. */
static size_t column_of(const dx_blame *what)
{
	size_t column = 1 + strlen(what->prefix);

	for (size_t i = 0; i < what->at; i += dx_character_bytes(what->text, i))
		column++;
	return column;
}

static void add_blame(dx_buf *line, const dx_blame *what)
{
	if (what->len > 0) {
		(void)dx_buf_add_text(line, " \"");
		dx_add_safe(line, dx_slice_of(what->text.data + what->at, what->len));
		(void)dx_buf_add_text(line, "\"");
	}
	if (*what->prefix == 0 && what->len == what->text.len)
		return;
	(void)dx_buf_printf(line, "%s%s", _(" in \""), what->prefix);
	dx_add_safe(line, what->text);
	(void)dx_buf_printf(line, _("\" (column %zu)"), column_of(what));
}

int dx_complain(dx_blame what, const char *problem, const char *expected, ...)
{
	char sentence[EXPECTED_BYTES];
	va_list arguments;
	dx_buf line;

	va_start(arguments, expected);
	(void)vsnprintf(sentence, sizeof sentence, expected, arguments);
	va_end(arguments);
	dx_buf_init(&line, LINE_BYTES);
	(void)dx_buf_printf(&line, "duplex: %s", problem);
	add_blame(&line, &what);
	(void)dx_buf_printf(&line, _(": %s\n"), sentence);
	fwrite(dx_buf_slice(&line).data, 1, line.used, stderr);
	dx_buf_fini(&line);
	return -EINVAL;
}

int dx_complain_of_name(dx_blame what, size_t dashes, const char *problem, const char *const *names, const char *others)
{
	const uint8_t *typed = what.text.data + what.at;
	char list[NAMES_BYTES] = "";
	size_t count = 0, used = 0;
	int near;

	for (; names[count] != NULL; count++)
		used += used < sizeof list ? (size_t)snprintf(list + used, sizeof list - used, " %s", names[count]) : 0;
	near = dx_near_find(dx_slice_of(typed + dashes, what.len - dashes), names, count);
	if (near >= 0)
		return dx_complain(what, problem, _("perhaps %.*s%s was meant"), (int)dashes, (const char *)typed,
				   names[near]);
	if (others != NULL)
		return dx_complain(what, problem, "%s", others);
	return dx_complain(what, problem, _("there are%s"), list);
}

int dx_no_memory(void)
{
	fputs(_("duplex: there is not enough memory\n"), stderr);
	return -ENOMEM;
}
