/* lines: one message a line, as the view or the format writes it. */
#include "talk/ending.h"
#include "ui/screen.h"

static bool has_stamp(const dx_screen *screen)
{
	return screen->settings->format.data == NULL && (screen->settings->time != DX_TIME_DEFAULT || screen->settings->verbose > 0);
}

/* Off a terminal and by default, what a line cannot hold is escaped, and the first time that is said. */
static void tell_escaped(dx_screen *screen)
{
	if (screen->escape_told || screen->out_is_terminal || !screen->by_default)
		return;
	screen->escape_told = true;
	dx_session_note(screen->session, &(dx_event){ .note = DX_NOTE_ESCAPED });
}

static void message(dx_sink *k, const dx_message *m)
{
	dx_screen *screen = ((dx_screen_sink *)k)->screen;
	dx_slice format = screen->settings->format;
	dx_buf *text = &screen->text;
	bool escaped = false;
	int r = 0;

	if (!dx_screen_shows(screen, m))
		return;
	dx_buf_clear(text);
	if (has_stamp(screen))
		r = dx_screen_stamp(screen, m, NULL);
	if (r == 0)
		r = format.data != NULL ? dx_view_format(format, m, &screen->stamper, text, &escaped) : screen->view->render(m, text, &escaped);
	if (r == 0 && (text->used == 0 || text->data[text->start + text->used - 1] != '\n' || format.data == NULL))
		r = dx_buf_add_text(text, "\n");
	if (r == 0)
		dx_screen_put(screen);
	else
		dx_session_sink_failed(screen->session, r);
	if (escaped)
		tell_escaped(screen);
}

static const dx_sink_kind kind = { .name = "lines", .message = message, .is_full = dx_screen_is_full };

dx_sink *dx_sink_lines_new(dx_screen *screen)
{
	return dx_screen_sink_new(screen, &kind, sizeof(dx_screen_sink));
}
