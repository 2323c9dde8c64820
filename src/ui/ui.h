/* What a person or a script sees of a session: the sinks that its settings and its output ask for. */
#ifndef DX_UI_H
#define DX_UI_H

#include "talk/role.h"
#include "ui/console.h"

typedef struct dx_ui dx_ui;

/* Chooses the sinks and gives them to the session. Returns 0 or -ENOMEM. */
int dx_ui_new(dx_session *s, const dx_role *role, const dx_settings *settings, dx_ui **ret);

/* The session is over: tells it, writes what waits, and returns the exit status, which a failed write changes. */
int dx_ui_finish(dx_ui *ui, int status);
void dx_ui_free(dx_ui *ui);

/* A line of the trace, for dx_trace_start. */
void dx_ui_trace(dx_slice line, void *ui);

/* Where the line that is typed is edited, and read; NULL: not here. */
dx_console *dx_ui_console(const dx_ui *ui);

/* It dies: a signal's handler gives the terminal back. */
void dx_ui_abandon(void);

#endif
