/* The line being typed. Its keys, history and search are readline's, which a module of our own brings (duplex-terminal.so), so
 * that only those who type pay for it. The editor knows nothing of screens and peers: bytes that were typed go in, a line comes
 * out, and what it looks like meanwhile is drawn by console.c. There is one in a process, since readline is. */
#ifndef DX_EDITOR_H
#define DX_EDITOR_H

#include <duplex/slice.h>
#include <stdio.h>

#define DX_EDITOR_VERSION 2

/* What it tells; only ever out of a call of its own. All are wanted. */
typedef struct dx_editor_events {
	/* Enter: the line, borrowed until the callback returns. */
	void (*line)(void *ctx, dx_slice line);
	/* Ctrl-D in an empty line. */
	void (*end)(void *ctx);
	/* It looks otherwise than before: look() tells how. */
	void (*changed)(void *ctx);
	/* The i-th word that could stand at line[start …], which begins with `begun`; NULL: no more. Borrowed until the next call. */
	const char *(*candidate)(void *ctx, dx_slice line, size_t start, dx_slice begun, size_t i);
	/* May a file's name stand there? */
	bool (*takes_file)(void *ctx, dx_slice line, size_t start);
	/* Several words are possible. */
	void (*choices)(void *ctx, const char *const *words, size_t count);
} dx_editor_events;

/* What it looks like; borrowed until the next call. line[marked .. marked + marked_bytes) is selected. */
typedef struct dx_editor_look {
	dx_slice prompt, line;
	size_t point, marked, marked_bytes;
} dx_editor_look;

typedef struct dx_editor {
	int version;

	/* Begins: reads the user's inputrc and the history file (NULL: none). What readline itself would draw goes to `nowhere`.
	 * Returns false where the terminal is not to be had. */
	bool (*open)(const dx_editor_events *on, void *ctx, const char *history, FILE *nowhere);
	/* Ends, and keeps the history of this run. */
	void (*close)(void);

	/* Bytes that were typed, in any pieces; and a text that was pasted, which is put into the line whatever it holds. */
	void (*type)(dx_slice keys);
	void (*paste)(dx_slice text);

	/* What stands before the line; "" is nothing. Copied. */
	void (*set_prompt)(const char *prompt);
	/* Puts the line, which could not be taken, or not its bytes from `from` on, back where it was typed: from within the event
	 * `line`. */
	void (*give_back)(size_t from);
	dx_editor_look (*look)(void);
} dx_editor;

/* The module's only symbol. */
extern const dx_editor dx_editor_module;

/* The editor, out of its module beside the program or under libdir. NULL where there is none: *ret_why tells, in English, and lives for ever. */
const dx_editor *dx_editor_find(const char **ret_why);

#endif
