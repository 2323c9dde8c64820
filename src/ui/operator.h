/* The operator: what a person at a terminal says, to everybody or to whom /to chose, and what is shown of it. */
#ifndef DX_OPERATOR_H
#define DX_OPERATOR_H

#include "ui/screen.h"

typedef struct dx_operator dx_operator;

/* Makes one that answers at the screen's console, and adds its sinks to the session: it counts, and keeps the conversation. 0 or
 * -ENOMEM. */
int dx_operator_new(dx_screen *screen, dx_operator **ret);
void dx_operator_free(dx_operator *o);

/* What stands before the line: whom it is for; nothing where it is not our turn. It lives until the next call. */
const char *dx_operator_prompt(dx_operator *o);

/* Tells whose turn it has become, where turns are taken. */
void dx_operator_tell_turn(dx_operator *o);

/* Tells that nothing more will be typed, and how one leaves now. */
void dx_operator_say_farewell(dx_operator *o);

/* Tells that the history is neither read nor kept. */
void dx_operator_say_no_history(dx_operator *o);

/* The row that --status asks for. */
void dx_operator_add_status(dx_operator *o, dx_buf *out);

#endif
