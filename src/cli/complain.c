#include "cli/complain.h"

#include "cli/say.h"
#include "codec/safe.h"

#include <duplex/text.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define SHOWN_BYTES    200      /* of a text; what is longer is shortened */
#define EXPECTED_BYTES 1024

dx_blame dx_blame_all(const char *prefix, const char *text)
{
	return (dx_blame){ prefix, dx_slice_text(text), 0, strlen(text) };
}

static bool continues(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

void dx_add_safe(dx_buf *line, dx_slice text)
{
	dx_buf marked;
	dx_text_state state = { 0 };
	size_t len = text.len;

	if (len > SHOWN_BYTES) {
		for (len = SHOWN_BYTES; len > 0 && continues(text.data[len]); len--)
			;
	}
	dx_buf_init(&marked, SHOWN_BYTES * 4);
	(void)dx_text_decode(NULL, &state, dx_slice_first(text, len), true, &marked, NULL);
	(void)dx_safe_add(line, dx_buf_slice(&marked), 0, NULL);
	(void)dx_buf_add_text(line, len < text.len ? "…" : "");
	dx_buf_fini(&marked);
}

/* A column counts characters of what is shown. */
static size_t column_of(const dx_blame *what)
{
	size_t column = 1 + (what->prefix != NULL ? strlen(what->prefix) : 0);

	for (size_t i = 0; i < what->at; i++)
		column += !continues(what->text.data[i]);
	return column;
}

static void add_blame(dx_buf *line, const dx_blame *what)
{
	if (what->len > 0) {
		(void)dx_buf_add_text(line, " \"");
		dx_add_safe(line, dx_slice_of(what->text.data + what->at, what->len));
		(void)dx_buf_add_text(line, "\"");
	}
	if (what->prefix == NULL && (what->len == what->text.len))
		return;
	(void)dx_buf_printf(line, " %s \"%s", _("in"), what->prefix != NULL ? what->prefix : "");
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
	dx_buf_init(&line, 8192);
	(void)dx_buf_printf(&line, "duplex: %s", problem);
	add_blame(&line, &what);
	(void)dx_buf_printf(&line, ": %s\n", sentence);
	fwrite(dx_buf_slice(&line).data, 1, line.used, stderr);
	dx_buf_fini(&line);
	return -EINVAL;
}
