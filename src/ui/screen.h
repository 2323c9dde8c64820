/* The screen: where the sinks of this floor write, and what they were asked. */
#ifndef DX_SCREEN_H
#define DX_SCREEN_H

#include "talk/output.h"
#include "talk/sink.h"
#include "ui/console.h"
#include "ui/stamp.h"
#include "ui/view.h"

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
	dx_console *console;            /* where a line is edited below; NULL: nowhere */
	size_t indent;                  /* of the line that is put: where its further rows begin */
	char typed_to[64];              /* who is spoken to, where it is not one peer */
	bool typed_shown;               /* what is being said is on the screen already */
	bool escape_told;
} dx_screen;

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

/* What every sink begins with. */
typedef struct dx_screen_sink {
	dx_sink sink;
	dx_screen *screen;
} dx_screen_sink;

dx_sink *dx_screen_sink_new(dx_screen *screen, const dx_sink_kind *kind, size_t size);

/* Is standard output full? As a sink is asked. */
bool dx_screen_is_full(const dx_sink *k);

/* The sinks, a file each. */
dx_sink *dx_sink_raw_new(dx_screen *screen);
dx_sink *dx_sink_lines_new(dx_screen *screen);
dx_sink *dx_sink_terminal_new(dx_screen *screen);
dx_sink *dx_sink_json_new(dx_screen *screen);
dx_sink *dx_notices_new(dx_screen *screen);

#endif
