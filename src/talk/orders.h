/* Orders: what an operator at a terminal, or a program in JSON lines, can have a session do. Those that speak return how many
 * peers they reached; -ENOTCONN where none of those meant is here; -EAGAIN where it is nobody's turn to be spoken to; -EILSEQ
 * where an encoding lacks a character, or a frame cannot hold it (told as a note, and not sent to that peer); or what delivery failed with. */
#ifndef DX_ORDERS_H
#define DX_ORDERS_H

#include "talk/peer.h"

/* Who is meant, by number; none: everybody. Borrowed. */
typedef struct dx_targets {
	const uint32_t *numbers;
	size_t count;
} dx_targets;

#define DX_TARGETS_MAX 256

bool dx_targets_hold(const dx_targets *to, uint32_t number);

/* A typed line, encoded and ended for each; bytes as they are; bytes as hex (-EINVAL: none at *ret_at). */
int dx_order_line(dx_session *s, const dx_targets *to, dx_slice line);
int dx_order_bytes(dx_session *s, const dx_targets *to, dx_slice bytes, unsigned flags);
int dx_order_hex(dx_session *s, const dx_targets *to, dx_slice hex, size_t *ret_at);

/* Half duplex: gives the turn away without a word, to all of whom we have it. */
void dx_order_over(dx_session *s);

/* Follows the socket calls from now on, or no more: as dx_trace_start (net/trace.h). */
int dx_order_trace(dx_session *s, dx_trace_style style, void (*line)(dx_slice text, void *ctx), void *ctx);

/* Lets a peer go. 0 or -ENOTCONN. */
int dx_order_hang_up(dx_session *s, uint32_t number);

/* How one peer is talked with (-ENOTCONN: there is none of that number), or, number 0, all of them and those who come; -ENOMEM. */
int dx_order_encoding(dx_session *s, uint32_t number, const dx_encoding *e);
int dx_order_frame(dx_session *s, uint32_t number, const dx_frame *f);
int dx_order_mode(dx_session *s, uint32_t number, const struct dx_mode *mode);
int dx_order_eol(dx_session *s, uint32_t number, dx_eol eol);

#endif
