/* Which sinks a session gets: by what was asked for, and by what its output is. */
#include "ui/ui.h"
#include "base/limits.h"
#include "sys/sys.h"
#include "talk/mode.h"
#include "ui/say.h"
#include "ui/screen.h"
#include "ui/typing.h"

#include <stdio.h>

#define SINKS    2
#define DRAIN_MS 60000

struct dx_ui {
	dx_screen screen;
	dx_sink *sinks[SINKS];
	dx_typing *typing; /* NULL: nobody types here */
};

/* raw where one peer's bytes are the output; text where peers must not run together, or where times were asked for. */
static const dx_view *default_view(const dx_screen *screen, const dx_role *role)
{
	if (screen->out_is_terminal || role == &dx_role_chat || dx_settings_ask_for_times(screen->settings))
		return &dx_view_text;
	return role == &dx_role_listen && !screen->settings->once ? &dx_view_text : &dx_view_raw;
}

static dx_sink *choose_sink(dx_screen *screen)
{
	if (screen->settings->json)
		return dx_sink_json_new(screen);
	if (screen->settings->format.data != NULL)
		return dx_sink_lines_new(screen);
	if (screen->view == &dx_view_raw)
		return dx_sink_raw_new(screen);
	if (screen->out_is_terminal)
		return dx_sink_terminal_new(screen);
	return screen->view == &dx_view_none ? NULL : dx_sink_lines_new(screen);
}

static bool wants_colors(const dx_screen *screen)
{
	return screen->settings->color == DX_COLOR_ALWAYS ||
	       (screen->settings->color == DX_COLOR_AUTO && screen->out_is_terminal);
}

/* Where a person both reads and types, and the terminal can do more than a teletype. */
static bool wants_console(const dx_screen *screen, const dx_role *role)
{
	const dx_settings *set = screen->settings;

	return screen->out_is_terminal && screen->input_is_terminal && set->edits && !set->json &&
	       screen->view != &dx_view_raw && set->manner.mode->speaks && role != &dx_role_send;
}

static int begin_typing(dx_ui *ui, const dx_role *role)
{
	const char *why = NULL;
	int r = wants_console(&ui->screen, role) ? dx_typing_new(&ui->screen, &ui->typing, &why) : 0;

	if (why != NULL)
		fprintf(stderr, _("duplex: %s; lines are edited by the terminal itself\n"), _(why));
	return r == -ENOMEM ? r : 0;
}

static int open_screen(dx_screen *screen, dx_session *s, const dx_role *role, const dx_settings *settings)
{
	screen->session = s;
	screen->settings = settings;
	dx_buf_init(&screen->text, DX_LIMIT_SHOWN_BYTES);
	if (dx_output_new(s, STDOUT_FILENO, DX_OUTPUT_OF_PEERS, &screen->out) < 0 ||
	    dx_output_new(s, STDERR_FILENO, DX_OUTPUT_OF_NOTICES, &screen->err) < 0)
		return -ENOMEM;
	screen->out_is_terminal = dx_output_is_terminal(screen->out);
	screen->err_is_terminal = dx_output_is_terminal(screen->err);
	screen->listens = role == &dx_role_listen || role == &dx_role_chat;
	screen->outlives_input = role == &dx_role_listen && !settings->once;
	screen->input_is_terminal = dx_sys_isatty(STDIN_FILENO) == 1;
	screen->by_default = settings->view == NULL;
	screen->view = settings->view != NULL ? settings->view : default_view(screen, role);
	screen->stamper.colors = wants_colors(screen);
	screen->stamper.style = settings->time != DX_TIME_DEFAULT ? settings->time : DX_TIME_CLOCK;
	return 0;
}

static int add_sinks(dx_ui *ui)
{
	dx_screen *screen = &ui->screen;
	bool shows = screen->settings->json || screen->view != &dx_view_none || screen->out_is_terminal;

	ui->sinks[0] = choose_sink(screen);
	ui->sinks[1] = dx_notices_new(screen);
	if (ui->sinks[1] == NULL || (ui->sinks[0] == NULL && shows))
		return -ENOMEM;
	for (size_t i = 0; i < SINKS; i++) {
		if (ui->sinks[i] != NULL)
			dx_session_add_sink(screen->session, ui->sinks[i]);
	}
	return 0;
}

int dx_ui_new(dx_session *s, const dx_role *role, const dx_settings *settings, dx_ui **ret)
{
	dx_ui *ui = dx_sys_calloc(1, sizeof *ui);

	if (ui == NULL)
		return -ENOMEM;
	if (open_screen(&ui->screen, s, role, settings) < 0 || add_sinks(ui) < 0 || begin_typing(ui, role) < 0) {
		dx_ui_free(ui);
		return -ENOMEM;
	}
	*ret = ui;
	return 0;
}

/* A loss at the very end, when the file is full, is a loss all the same. */
int dx_ui_finish(dx_ui *ui, int status)
{
	dx_screen *screen = &ui->screen;
	int r;

	dx_session_tell(screen->session, &(dx_event){ .kind = DX_EVENT_END, .status = status });
	dx_typing_free(ui->typing);
	ui->typing = NULL;
	r = dx_output_drain(screen->out, DRAIN_MS);
	if (r == -EPIPE) {
		status = 141;
	} else if (r < 0 && status != 1) {
		dx_error why;

		(void)dx_error_set(&why, r, "write", "standard output");
		dx_session_tell(screen->session, &(dx_event){ .kind = DX_EVENT_ERROR, .error = &why, .status = 1 });
		status = 1;
	}
	r = dx_output_drain(screen->err, DRAIN_MS);
	if (r < 0 && r != -EPIPE && status != 0)
		fprintf(stderr, "duplex: %s: %s\n", _("ended, and could not say why"), _(dx_error_text(r)));
	return status;
}

void dx_ui_free(dx_ui *ui)
{
	if (ui == NULL)
		return;
	for (size_t i = 0; i < SINKS; i++)
		dx_sys_free(ui->sinks[i]);
	dx_typing_free(ui->typing);
	dx_output_free(ui->screen.out);
	dx_output_free(ui->screen.err);
	dx_buf_fini(&ui->screen.text);
	dx_sys_free(ui);
}

void dx_ui_trace(dx_slice line, void *ui)
{
	dx_screen_trace(line, &((dx_ui *)ui)->screen);
}

dx_console *dx_ui_console(const dx_ui *ui)
{
	return ui->screen.console;
}

void dx_ui_abandon(void)
{
	dx_console_abandon();
}
