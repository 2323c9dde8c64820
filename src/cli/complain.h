/* The one way in which a command line is complained of: one line on standard error,
 *	duplex: bad port "70000" in "tcp://h:70000" (column 9): a port is a whole number from 0 to 65535 */
#ifndef DX_COMPLAIN_H
#define DX_COMPLAIN_H

#include "base/buf.h"

/* What is to blame: text[at .. at + len), where `text` stands behind `prefix` ("--wait ", or ""). Without a text
 * nothing is quoted. */
typedef struct dx_blame {
	const char *prefix;
	dx_slice text;
	size_t at, len;
} dx_blame;

/* All of `text`. */
dx_blame dx_blame_all(const char *prefix, const char *text);

/* Says what was wrong and what would be right, both already in the reader's language. Returns -EINVAL. */
int dx_complain(dx_blame what, const char *problem, const char *expected, ...) __attribute__((format(printf, 3, 4)));

/* The same, of a word as a whole. */
#define dx_complain_of(word, problem, ...) dx_complain(dx_blame_all("", (word)), (problem), __VA_ARGS__)

/* The same, of a name that is none of `names`, which NULL ends. What would be right is the one that was meant, perhaps, or else
 * `others`; where that is NULL, all of them. The first `dashes` bytes of what is blamed are not part of the name. */
int dx_complain_of_name(dx_blame what, size_t dashes, const char *problem, const char *const *names, const char *others);

/* Says that there is no memory, and returns -ENOMEM. */
int dx_no_memory(void);

/* Appends a word of the command line so that it is shown and not obeyed, whatever it holds; a long one is shortened. Where
 * memory is short a part is missing: people are spoken to all the same. */
void dx_add_safe(dx_buf *line, dx_slice text);

/* The bytes of the character at text[at], 1 where it is malformed, 0 at the end. */
size_t dx_character_bytes(dx_slice text, size_t at);

#endif
