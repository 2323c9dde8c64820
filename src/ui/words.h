/* Words: the names that the operator's commands take. */
#ifndef DX_WORDS_H
#define DX_WORDS_H

#include "ui/operator.h"

/* What a command takes first: names of a kind, a peer, a file. */
typedef enum dx_name_kind {
	DX_NAMES_NONE,
	DX_NAMES_COMMAND,
	DX_NAMES_PEER,
	DX_NAMES_ENCODING,
	DX_NAMES_MODE,
	DX_NAMES_FRAME,
	DX_NAMES_VIEW,
	DX_NAMES_EOL,
	DX_NAMES_STYLE,
	DX_NAMES_FILE
} dx_name_kind;

/* The i-th name of a kind, NULL past the last; those of commands are in commands.h, and files have none. */
const char *dx__word_at(dx_operator *o, dx_name_kind kind, size_t i);

/* Where a word is among them; -1 after saying so where it is not. */
int dx__word_find(dx_operator *o, dx_name_kind kind, const char *word);

/* The number of a peer that is here; false after saying that it is none. */
bool dx__word_peer(dx_operator *o, dx_slice word, uint32_t *ret);

#endif
