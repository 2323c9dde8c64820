/* The operator: what a person at a terminal types. A line goes to everybody, or to whom /to chose; @N TEXT goes to one; /COMMAND
 * is an order, and // at the start a slash. */
#ifndef DX_OPERATOR_H
#define DX_OPERATOR_H

#include "talk/sink.h"

struct dx_console;
struct dx_screen;
typedef struct dx_operator dx_operator;

/* Makes one that answers at `console`, and adds its sinks to the session: it counts, and keeps the conversation. 0 or -ENOMEM. */
int dx_operator_new(struct dx_screen *screen, struct dx_console *console, dx_operator **ret);
void dx_operator_free(dx_operator *o);

/* Carries a line out. False: it could not be said now, and belongs back where it was typed. */
bool dx_operator_line(dx_operator *o, dx_slice line);

/* What stands before the line: whom it is for; nothing where it is not our turn. It lives until the next call. */
const char *dx_operator_prompt(dx_operator *o);

/* Tells whose turn it has become, where turns are taken. */
void dx_operator_tell_turn(dx_operator *o);

/* Tells that nothing more will be typed, and how one leaves now. */
void dx_operator_say_farewell(dx_operator *o);

/* The row that --status asks for. */
void dx_operator_add_status(dx_operator *o, dx_buf *out);

/* Completion: as the editor asks (editor.h). */
const char *dx_operator_candidate(dx_operator *o, dx_slice line, size_t start, dx_slice begun, size_t i);
bool dx_operator_takes_file(dx_operator *o, dx_slice line, size_t start);

#endif
