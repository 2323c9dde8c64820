/* Templates and formats: text in which {name} stands for a value. A brace that opens none of the names is itself. The values
 * are the caller's and are never looked into, so what a peer said is not expanded again. */
#ifndef DX_TEMPLATE_H
#define DX_TEMPLATE_H

#include <duplex/slice.h>

typedef struct dx_template {
	dx_slice rest;                  /* not yet given */
	const char *const *names;       /* ended by NULL */
} dx_template;

typedef struct dx_piece {
	int name;                       /* which of the names; -1: text as it is */
	dx_slice text;                  /* as it stands in the template, a name with its braces */
} dx_piece;

/* Starts over `text`, which is borrowed as the names are. */
dx_template dx_template_of(dx_slice text, const char *const *names);

/* The next piece; false at the end. */
bool dx_template_next(dx_template *t, dx_piece *ret);

#endif
