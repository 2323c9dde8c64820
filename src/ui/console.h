/* The console: a terminal at which a person both reads and types. Messages scroll above, the region stays below. Whatever is
 * shown there goes through here; whoever edits the line (typing.c) is told what was typed, and asked what it looks like. */
#ifndef DX_CONSOLE_H
#define DX_CONSOLE_H

#include "talk/output.h"
#include "ui/region.h"

typedef struct dx_console dx_console;

typedef struct dx_console_events {
	void (*typed)(void *ctx, dx_slice bytes);       /* borrowed until it returns */
	void (*end)(void *ctx);                         /* nobody types any more */
	void (*tick)(void *ctx);                        /* it is about to be drawn */
	void (*look)(void *ctx, dx_region_view *view);  /* fills in what stands below the messages; borrowed until it is drawn */
} dx_console_events;

/* Takes the terminal over. Returns 0, -ENOMEM, or what asking the terminal fails with. */
int dx_console_new(dx_session *s, dx_output *out, const dx_settings *settings, const dx_console_events *on, void *ctx,
		   dx_console **ret);

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
