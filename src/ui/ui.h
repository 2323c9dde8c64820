/* What a person or a script sees of a session: the sinks that its settings and its output ask for. */
#ifndef DX_UI_H
#define DX_UI_H

#include "talk/output.h"
#include "talk/role.h"
#include "talk/sink.h"
#include "ui/stamp.h"
#include "ui/view.h"

typedef struct dx_ui dx_ui;

/* Chooses the sinks and gives them to the session. Returns 0 or -ENOMEM. */
int dx_ui_new(dx_session *s, const dx_role *role, const dx_settings *settings, dx_ui **ret);

/* The session is over: tells it, writes what waits, and returns the exit status, which a failed write changes. */
int dx_ui_finish(dx_ui *ui, int status);
void dx_ui_free(dx_ui *ui);

/* A line of the trace, for dx_trace_start. */
void dx_ui_trace(dx_slice line, void *ui);

/* Is the line that is typed edited here? Then it is read here, too. The rest is of no effect elsewhere: the window's size has
 * changed; the program is about to stop, and goes on; it dies, and a signal's handler gives the terminal back. */
bool dx_ui_edits(const dx_ui *ui);
void dx_ui_resized(dx_ui *ui);
void dx_ui_suspend(dx_ui *ui);
void dx_ui_resume(dx_ui *ui);
void dx_ui_abandon(void);

/* For the sinks of this floor: where they write, and what they were asked. */
typedef struct dx_screen {
	dx_session *session;
	const dx_settings *settings;
	dx_output *out, *err;
	bool out_is_terminal, err_is_terminal;
	bool listens;                   /* others come to us … */
	bool outlives_input;            /* … and stay when nothing more is typed */
	dx_stamper stamper;
	bool input_is_terminal;         /* what is typed is echoed there */
	bool by_default;                /* nobody named a view */
	const dx_view *view;
	dx_buf text;                    /* scratch */
	struct dx_console *console;     /* where a line is edited below; NULL: nowhere */
	bool terminal_reflows;          /* rows that become too long are wrapped anew */
	size_t indent;                  /* of the line that is put: where its further rows begin */
	char typed_to[64];              /* who is spoken to, where it is not one peer */
	bool typed_shown;               /* what is being said is on the screen already */
	bool escape_told;
} dx_screen;

dx_sink *dx_sink_raw_new(dx_screen *screen);
dx_sink *dx_sink_lines_new(dx_screen *screen);
dx_sink *dx_sink_terminal_new(dx_screen *screen);
dx_sink *dx_sink_json_new(dx_screen *screen);
dx_sink *dx_notices_new(dx_screen *screen);

/* Writes the scratch to standard output; at a terminal at once. */
void dx_screen_put(dx_screen *screen);

/* Appends to the scratch what stands before a message; `whom` as in stamp.h. */
int dx_screen_stamp(dx_screen *screen, const dx_message *m, const char *whom);

/* Is it to be shown? What comes is; what a rule says is, at a terminal; what was typed is where the editor took it away from the
 * screen, once, to however many it goes. */
bool dx_screen_shows(dx_screen *screen, const dx_message *m);

/* Whom a message goes to, where that is not one peer; NULL: its peer. */
const char *dx_screen_whom(const dx_screen *screen, const dx_message *m);

/* How wide it is; 80 where nobody knows. */
size_t dx_screen_columns(const dx_screen *screen);

/* Writes a line for people. */
void dx_screen_tell(dx_screen *screen, dx_slice line);
void dx_screen_trace(dx_slice line, void *screen);

/* One line of JSON. Returns 0, -ENOBUFS, -ENOMEM. */
int dx_json_add_message(dx_buf *out, const dx_screen *screen, const dx_message *m);
int dx_json_add_event(dx_buf *out, const dx_event *e);
bool dx_screen_is_full(const dx_sink *k);

/* What every sink begins with. */
typedef struct dx_screen_sink {
	dx_sink sink;
	dx_screen *screen;
} dx_screen_sink;

dx_sink *dx_screen_sink_new(dx_screen *screen, const dx_sink_kind *kind, size_t size);

/* Appends "2 messages, 13 bytes". */
void dx_add_amount(dx_buf *out, uint64_t messages, uint64_t bytes);

/* The sentence of a notice or event, in the reader's language; false where nothing is to be said. */
bool dx_notice_sentence(const dx_screen *screen, const dx_event *e, dx_buf *out);

#endif
