/* What a person or a script sees of a session: the sinks that its settings and its output ask for. */
#ifndef DX_UI_H
#define DX_UI_H

#include "talk/role.h"

typedef struct dx_ui dx_ui;

/* Chooses the sinks and gives them to the session. Returns 0 or -ENOMEM. */
int dx_ui_new(dx_session *s, const dx_role *role, const dx_settings *settings, dx_ui **ret);

/* The session is over: tells it, writes what waits, and returns the exit status, which a failed write changes. */
int dx_ui_finish(dx_ui *ui, int status);
void dx_ui_free(dx_ui *ui);

/* A line of the trace, for dx_trace_start. */
void dx_ui_trace(dx_slice line, void *ui);

/* Is the line that is typed edited here? Then it is read here, too, and only then the rest is called: the window's size has
 * changed; the program is about to stop, and goes on; it dies, and a signal's handler gives the terminal back. */
bool dx_ui_edits(const dx_ui *ui);
void dx_ui_resized(dx_ui *ui);
void dx_ui_suspend(dx_ui *ui);
void dx_ui_resume(dx_ui *ui);
void dx_ui_abandon(void);

#endif
