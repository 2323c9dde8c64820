/* The brake: against senders of datagrams that send back what they are sent. Two duplexes spare each other by the mark of automatic
 * answers (duplex/datagram.h); where the other is not duplex, or over Unix sockets, which carry no mark, an answer by rule and what
 * comes back of it would chase each other for ever. Such a sender is known by what it does.
 *
 * An exchange is a datagram and our answer to it. It looks like an echo where the datagram came within DX_LIMIT_ECHO_MS of our
 * last answer, and is the datagram before over again or contains that answer whole. After DX_LIMIT_ECHO_EXCHANGES of these in a
 * row, the next such datagram pauses its sender: for DX_LIMIT_ECHO_PAUSE_MS nothing from there is to be answered by rule.
 *
 * Bytes and times are arguments. No bytes are kept, only their lengths and hashes, so a brake is of one size whatever is said.
 * Whoever finds two texts of one hash has found a way to be taken for an echo, and there were easier ones. */
#ifndef DX_BRAKE_H
#define DX_BRAKE_H

#include <duplex/slice.h>
#include <stdbool.h>
#include <stdint.h>

/* What is remembered of bytes. */
typedef struct dx_print {
	size_t len;
	uint64_t hash;
} dx_print;

/* Of one sender; all zero: a stranger. */
typedef struct dx_brake {
	dx_print heard, answer;         /* its last datagram, and our last answer */
	int64_t answered_ns;            /* when that was; 0: never */
	int64_t paused_until_ns;
	unsigned exchanges;             /* in a row that look like an echo: at most DX_LIMIT_ECHO_EXCHANGES */
} dx_brake;

typedef enum dx_braking {
	DX_BRAKE_OFF,                   /* it may be answered */
	DX_BRAKE_BEGINS,                /* it may not: its sender is paused from now on */
	DX_BRAKE_ON                     /* it may not: its sender is paused */
} dx_braking;

/* A datagram came that a rule may want to answer: may it? */
dx_braking dx_brake_heard(dx_brake *b, dx_slice in, int64_t now_ns);

/* A rule has answered. */
void dx_brake_answered(dx_brake *b, dx_slice answer, int64_t now_ns);

#endif
