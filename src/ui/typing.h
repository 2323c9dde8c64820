/* Typing: what comes from the console's keys goes to the editor, or is pasted; its lines go to the operator, who answers on the
 * console. */
#ifndef DX_TYPING_H
#define DX_TYPING_H

#include "ui/screen.h"

typedef struct dx_typing dx_typing;

/* Gives the screen a console. Returns 0 and *ret, which stays as it is, with a sentence in *ret_why (NULL: none), where there is no
 * editor; -ENOMEM, or what fails at the terminal. */
int dx_typing_new(dx_screen *screen, dx_typing **ret, const char **ret_why);

/* Gives the terminal back as it was. NULL is fine. */
void dx_typing_free(dx_typing *t);

#endif
