/* The inside of the operator: operator.c (speaking, and what is shown of it), words.c (the names that commands take), commands.c
 * (what / obeys), line.c (which of these a line is). */
#ifndef DX_OPERATOR_PRIV_H
#define DX_OPERATOR_PRIV_H

#include "talk/orders.h"
#include "ui/keeper.h"
#include "ui/operator.h"
#include "ui/say.h"

#define DX_LINE_LIMIT ((size_t)4 * 1024 * 1024)

struct dx_operator {
	dx_sink sink;
	dx_screen *screen;
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

/* Says a sentence here. */
void dx__operator_say(dx_operator *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says a line there, or bytes written in hex. False: it could not be said now, and belongs back where it was typed. */
bool dx__operator_speak(dx_operator *o, const dx_targets *to, dx_slice line);
bool dx__operator_speak_hex(dx_operator *o, const dx_targets *to, dx_slice hex);

/* As dx_order_file; that nobody is there, or may be spoken to now, is said. */
int dx__operator_send_file(dx_operator *o, const dx_targets *to, const char *path);

/* Does anybody whom /to chose take turns? */
bool dx__operator_takes_turns(const dx_operator *o);

/* Appends what was said each way. */
void dx__operator_add_both_ways(dx_buf *out, const uint64_t messages[2], const uint64_t bytes[2]);

#endif
