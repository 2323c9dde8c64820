/* Commands of the operator: what stands behind a slash. A row and a function each. */
#ifndef DX_COMMANDS_H
#define DX_COMMANDS_H

#include "ui/words.h"

#define DX_COMMAND_WORDS 4

/* The words behind a command; the last of as many as it takes is all that follows. */
typedef struct dx_words {
	const char *word[DX_COMMAND_WORDS];
	size_t count;
} dx_words;

typedef struct dx_command_row {
	const char *name, *chinese;
	size_t least, most; /* words that it takes */
	dx_name_kind takes;
	const char *arguments, *line, *example;
	void (*run)(dx_operator *o, const dx_words *w);
} dx_command_row;

/* Carries out what stands behind the slash. */
void dx__operator_obey(dx_operator *o, dx_slice line);

/* The command of that name; the i-th name of all, in both languages, NULL past the last. */
const dx_command_row *dx__command_find(dx_slice name);
const char *dx__command_name(size_t i);

#endif
