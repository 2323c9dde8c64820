/* The console: a terminal at which a person both reads and types. Messages scroll above, the region stays below. Whatever is
 * shown there goes through here; what is typed comes out of the editor to the operator. */
#ifndef DX_CONSOLE_H
#define DX_CONSOLE_H

#include "base/buf.h"

struct dx_screen;
typedef struct dx_console dx_console;

/* Takes the terminal over. Returns 0 and *ret; *ret NULL with a sentence in *ret_why (NULL: none) where there is no editor;
 * -ENOMEM. */
int dx_console_new(struct dx_screen *screen, dx_console **ret, const char **ret_why);

/* Gives the terminal back as it was. NULL is fine. */
void dx_console_free(dx_console *c);

/* Shows safe text, with our colours: lines that LF ends, and at the end perhaps one that is unfinished, which the next call goes
 * on with. Rows after a line's first begin `indent` columns in. */
void dx_console_write(dx_console *c, dx_slice text, size_t indent);

/* How wide the window is. */
size_t dx_console_columns(const dx_console *c);

/* Something that the region shows may have changed: whose turn it is, who is there. */
void dx_console_touch(dx_console *c);

/* No more will be typed. */
void dx_console_close(dx_console *c);

/* The window has another size. Before the program stops and when it goes on again: the terminal is as others left it. */
void dx_console_resized(dx_console *c);
void dx_console_suspend(dx_console *c);
void dx_console_resume(dx_console *c);

/* Gives the terminal back at once, out of a signal handler; nothing is drawn any more. */
void dx_console_abandon(void);

#endif
