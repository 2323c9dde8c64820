/* The inside of the operator: operator.c (lines, and what is shown), commands.c (what / obeys), words.c (the names that commands
 * take, found and completed). */
#ifndef DX_OPERATOR_PRIV_H
#define DX_OPERATOR_PRIV_H

#include "talk/orders.h"
#include "ui/console.h"
#include "ui/keeper.h"
#include "ui/operator.h"
#include "ui/ui.h"

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) text

#define DX_LINE_LIMIT    ((size_t)4 * 1024 * 1024)
#define DX_COMMAND_WORDS 4

struct dx_operator {
	dx_sink sink;
	dx_screen *screen;
	dx_console *console;
	dx_keeper *keeper;
	uint32_t numbers[DX_TARGETS_MAX]; /* whom /to chose; none: everybody */
	dx_targets to;
	dx_buf last;   /* what /resend repeats … */
	bool has_last; /* … and whether there is any */
	dx_buf text;   /* scratch: what is said here */
	char prompt[64], candidate[32];
	bool had_turn;
	uint64_t messages[2], bytes[2]; /* by direction, of everybody who was here */
	uint64_t rate_bytes;            /* at rate_ns, for the rate */
	int64_t rate_ns;
	double rate;
};

/* The words behind a command; the last of as many as it takes is all that follows. */
typedef struct dx_words {
	const char *word[DX_COMMAND_WORDS];
	size_t count;
} dx_words;

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

typedef struct dx_command_row {
	const char *name, *chinese;
	size_t least, most; /* words that it takes */
	dx_name_kind takes;
	const char *arguments, *line, *example;
	void (*run)(dx_operator *o, const dx_words *w);
} dx_command_row;

/* operator.c: says a sentence here; says a line there, and whether it belongs back where it was typed (false); what was said
 * each way. */
void dx__operator_say(dx_operator *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool dx__operator_speak(dx_operator *o, const dx_targets *to, dx_slice line);
bool dx__operator_speak_hex(dx_operator *o, const dx_targets *to, dx_slice hex);
void dx__operator_add_both_ways(dx_buf *out, const uint64_t messages[2], const uint64_t bytes[2]);

/* commands.c: carries out what stands behind the slash; the command of that name; the i-th name of all, both languages. */
void dx__operator_obey(dx_operator *o, dx_slice line);
const dx_command_row *dx__command_find(dx_slice name);
const char *dx__command_name(size_t i);

/* words.c: the i-th name of a kind, NULL past the last; where a word is among them, -1 after saying so where it is not; the
 * number of a peer that is here, false after saying so. */
const char *dx__word_at(dx_operator *o, dx_name_kind kind, size_t i);
int dx__word_find(dx_operator *o, dx_name_kind kind, const char *word);
bool dx__word_peer(dx_operator *o, const char *word, uint32_t *ret);

#endif
