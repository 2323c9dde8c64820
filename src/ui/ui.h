/* What a person or a script sees of a session: the sinks that its settings and its output ask for. */
#ifndef DX_UI_H
#define DX_UI_H

#include "talk/output.h"
#include "ui/view.h"

typedef struct dx_ui dx_ui;

/* Chooses the sinks and gives them to the session. Returns 0 or -ENOMEM. */
int dx_ui_new(dx_session *s, const dx_role *role, const dx_settings *settings, dx_ui **ret);

/* The session is over: tells it, writes what waits, and returns the exit status, which a failed write changes. */
int dx_ui_finish(dx_ui *ui, int status);
void dx_ui_free(dx_ui *ui);

/* A line of the trace, for dx_trace_start. */
void dx_ui_trace(dx_slice line, void *ui);

/* For the sinks of this floor: where they write, and what they were asked. */
typedef struct dx_screen {
	dx_session *session;
	const dx_settings *settings;
	dx_output *out, *err;
	bool out_is_terminal, err_is_terminal;
	bool listens;                   /* others come to us */
	bool colors;
	bool input_is_terminal;         /* what is typed is echoed there */
	bool by_default;                /* nobody named a view */
	dx_time_style time;
	const dx_view *view;
	dx_buf text;                    /* scratch */
	int64_t last_ns;                /* the message before */
	bool escape_told;
} dx_screen;

dx_sink *dx_sink_raw_new(dx_screen *screen);
dx_sink *dx_sink_lines_new(dx_screen *screen);
dx_sink *dx_sink_terminal_new(dx_screen *screen);
dx_sink *dx_sink_json_new(dx_screen *screen);
dx_sink *dx_notices_new(dx_screen *screen);

/* Writes the scratch to standard output; at a terminal at once. */
void dx_screen_put(dx_screen *screen);
bool dx_screen_is_full(const dx_sink *k);

/* What every sink begins with. */
typedef struct dx_screen_sink {
	dx_sink sink;
	dx_screen *screen;
} dx_screen_sink;

dx_sink *dx_screen_sink_new(dx_screen *screen, const dx_sink_kind *kind, size_t size);

/* The sentence of a notice or event, in the reader's language; false where nothing is to be said. */
bool dx_notice_sentence(const dx_screen *screen, const dx_event *e, dx_buf *out);

#endif
