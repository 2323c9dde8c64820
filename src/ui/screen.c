#include "ui/screen.h"
#include "sys/sys.h"
#include "ui/wrap.h"

void dx_screen_put(dx_screen *screen)
{
	if (screen->console != NULL)
		dx_console_write(screen->console, dx_buf_slice(&screen->text), screen->indent);
	else
		dx_output_write(screen->out, dx_buf_slice(&screen->text));
	screen->indent = 0;
}

int dx_screen_stamp(dx_screen *screen, const dx_message *m, const char *whom)
{
	size_t before = screen->text.used;
	int r = dx_stamp_message(&screen->stamper, &screen->text, m, whom);

	screen->indent = dx_wrap_columns(dx_slice_after(dx_buf_slice(&screen->text), before));
	return r;
}

bool dx_screen_shows(dx_screen *screen, const dx_message *m)
{
	bool is_typed = (m->flags & DX_MESSAGE_TYPED) != 0, first = !screen->typed_shown;

	if (m->direction == DX_IN)
		return true;
	if (!is_typed || screen->console == NULL)
		return !is_typed && screen->out_is_terminal;
	screen->typed_shown |= (m->flags & (DX_MESSAGE_FILE | DX_MESSAGE_PARTIAL)) == 0;
	return first && (m->flags & DX_MESSAGE_FILE) == 0;
}

const char *dx_screen_whom(const dx_screen *screen, const dx_message *m)
{
	return (m->flags & DX_MESSAGE_TYPED) != 0 && screen->typed_to[0] != 0 ? screen->typed_to : NULL;
}

size_t dx_screen_columns(const dx_screen *screen)
{
	return screen->console != NULL ? dx_console_columns(screen->console) : 80;
}

void dx_screen_tell(dx_screen *screen, dx_slice line)
{
	if (screen->console != NULL && screen->err_is_terminal)
		dx_console_write(screen->console, line, 2);
	else
		dx_output_write(screen->err, line);
}

void dx_screen_trace(dx_slice line, void *screen)
{
	dx_screen_tell(screen, line);
	dx_screen_tell(screen, dx_slice_text("\n"));
}

bool dx_screen_is_full(const dx_sink *k)
{
	return dx_output_is_full(((const dx_screen_sink *)k)->screen->out);
}

dx_sink *dx_screen_sink_new(dx_screen *screen, const dx_sink_kind *kind, size_t size)
{
	dx_screen_sink *k = dx_sys_calloc(1, size);

	if (k == NULL)
		return NULL;
	k->sink.kind = kind;
	k->screen = screen;
	return &k->sink;
}
