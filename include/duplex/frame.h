/* Frames: the rules that cut a stream of bytes into messages, and that put messages on a stream. No I/O and no clock: bytes and
 * times are arguments, so all of it works without a socket too.
 *
 *	auto            a line, or what stands before 50 ms of silence
 *	raw             what one read brought
 *	line crlf nul   what stands before LF (a CR before it belongs to the end), CR LF, a zero
 *	delim:HEX       what stands before these bytes, 1 to 16, written in hex
 *	len1 len2 len4 len8     as many bytes as the 1, 2, 4 or 8 before it say, the high byte first
 *	len2+le len4+le len8+le     the same, the low byte first
 *	fixed:N         N bytes, 1 to 2^32 - 1
 *	gap:T           what stands before a silence of T, as in gap:50ms */
#ifndef DUPLEX_FRAME_H
#define DUPLEX_FRAME_H

#include <duplex/slice.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The most that stands before and behind a message on the wire. */
#define DX_FRAME_HEAD_BYTES 8
#define DX_FRAME_TAIL_BYTES 16

typedef struct dx_frame_kind dx_frame_kind;     /* one row of the table of frames: the library's own */

/* A rule: a plain value, shared by as many cutters as wanted. */
typedef struct dx_frame {
	const dx_frame_kind *kind;
	int64_t gap_ns;         /* this much silence ends a message; 0: silence ends none */
	uint8_t unit_bytes;     /* 1, 2, 4: a code unit of the encoding, for line ends */
	bool big_endian;        /* the byte order of a unit; a byte order mark that begins a stream overrules it */
	uint8_t end_bytes;      /* delim:HEX: so many … */
	uint8_t end[DX_FRAME_TAIL_BYTES];       /* … of these */
	uint32_t fixed_bytes;   /* fixed:N */
} dx_frame;

/* Reads a rule by its name, as in the list above. Returns 0; -EINVAL for an unknown name, -ERANGE for an argument that is
 * missing, not wanted or out of range; *ret is untouched then. The unit is one byte until dx_frame_set_unit. */
int dx_frame_parse(const char *name, dx_frame *ret);

/* What a code unit of the encoding is: 1, 2 or 4 bytes. */
void dx_frame_set_unit(dx_frame *f, unsigned unit_bytes, bool big_endian);

/* Writes the rule as dx_frame_parse reads it, and returns `into`. */
const char *dx_frame_name(const dx_frame *f, char into[64]);

/* The n-th of the rules, from 0, as help shows it: "gap:T" with its argument's letter. NULL after the last. */
const char *dx_frame_usage(size_t n);

/* Is a peer that ends inside a frame cut off? All but auto, raw and gap say so. */
bool dx_frame_is_strict(const dx_frame *f);

/* Do the messages lie between bytes that are no line ends, or at counted places? delim, len1 … len8 and fixed say so: shown as
 * it came, such a stream could not be read. */
bool dx_frame_is_binary(const dx_frame *f);

/* What stands before and behind a message on the wire. */
typedef struct dx_frame_ends {
	uint8_t head[DX_FRAME_HEAD_BYTES], tail[DX_FRAME_TAIL_BYTES];
	uint8_t head_bytes, tail_bytes;
} dx_frame_ends;

/* What must be sent before and behind `message` so that a cutter of the same rule gives it back: the length, or the end (auto:
 * LF). raw and gap add nothing. Returns 0; -EMSGSIZE where it is longer than the rule can say, or not of the fixed length;
 * -EBADMSG where it holds, or with its end would make, what ends a message. *ret is untouched on failure. */
int dx_frame_wrap(const dx_frame *f, dx_slice message, dx_frame_ends *ret);

/* The same into one buffer of `size` bytes: head, message and tail. Returns how many it wrote, at most message.len +
 * DX_FRAME_HEAD_BYTES + DX_FRAME_TAIL_BYTES; -ENOBUFS where `size` is too small; or what dx_frame_wrap fails with. `message`
 * must not lie in `into`, of which nothing is written on failure. */
ptrdiff_t dx_frame_encode(const dx_frame *f, dx_slice message, void *into, size_t size);

/* A message, or a part of one that is over the limit. */
typedef struct dx_cut {
	dx_slice bytes;         /* without its length and its end */
	dx_slice eol;           /* the line end, or other end, as it came, in the wire's encoding; empty where there was none */
	bool partial;           /* a part of a message over the limit, and not the last */
} dx_cut;

/* A peer's place in its stream; lies inside the peer. What is fed is borrowed until dx_cutter_next returns 0, which copies what is
 * unfinished; that copy is the only memory a cutter ever owns, is never larger than the limit and DX_FRAME_TAIL_BYTES, and is given
 * back as soon as nothing is unfinished. A length that a peer sends is only counted down: no memory is asked for by it. */
typedef struct dx_cutter {
	dx_slice in;            /* fed and not yet cut: behind what is held */
	uint8_t *held;          /* the unfinished message, copied */
	int64_t heard_ns;       /* when something was last fed */
	uint64_t left_bytes;    /* of a counted message over the limit, of which parts were cut: what is still to come */
	uint32_t held_bytes, held_size;
	uint32_t lent_bytes;    /* of these, the first that the last cut points to */
	uint32_t scanned_bytes; /* of the unfinished message: no line end begins before */
	uint32_t limit_bytes;
	uint8_t phase;          /* bytes of the stream already cut, modulo 4: where code units begin */
	bool begun;             /* the stream's first unit has been seen … */
	bool swapped;           /* … and was a byte order mark of the other order than the rule's */
	bool ended_line;        /* a message ended with a line end before */
} dx_cutter;

/* Prepares a cutter; a message longer than `limit_bytes` comes in parts. Under 8 and over 2^30 the process ends, and so it does
 * where one is fed that was never prepared. */
void dx_cutter_init(dx_cutter *c, size_t limit_bytes);

/* Gives the memory back; harmless twice, and where all is zero. */
void dx_cutter_fini(dx_cutter *c);

/* Feeds what one read brought; call dx_cutter_next until it returns 0 before feeding more, or the process ends:
 *	dx_cutter_feed(c, in, now_ns);
 *	while ((r = dx_cutter_next(c, f, &cut)) > 0)
 *		use(&cut);
 * Nothing is copied where nothing was unfinished: the slices of a cut then point into `in`. */
void dx_cutter_feed(dx_cutter *c, dx_slice in, int64_t now_ns);

/* Cuts the next message. Returns 1 and fills *ret, whose slices live until the next call on this cutter; 0 where the next
 * message is not complete, and `in` is no longer needed; -ENOMEM, after which the cutter can only be released. */
int dx_cutter_next(dx_cutter *c, const dx_frame *f, dx_cut *ret);

/* Stops cutting what was fed. Returns what of it was not cut yet: a copy of it can be fed later, where the answers to what was cut
 * have filled a queue, say, or it is dropped. */
dx_slice dx_cutter_stop(dx_cutter *c);

/* The last `n` bytes of the part that was just cut (cut.partial) begin the next part after all: so that parts can end where
 * characters do. Fewer than the part has, or the process ends. */
void dx_cutter_give_back(dx_cutter *c, size_t n);

/* The rule has become another: what is unfinished will be looked through anew. */
void dx_cutter_rescan(dx_cutter *c);

/* Is there an unfinished message? Where the peer has finished and the rule is strict, it was cut off. */
bool dx_cutter_pending(const dx_cutter *c);

/* When the unfinished message becomes one by silence, on the clock that dx_cutter_feed was given; INT64_MAX: never, or there
 * is none. */
int64_t dx_cutter_deadline_ns(const dx_cutter *c, const dx_frame *f);

/* The silence was long enough, or the peer has finished: what is unfinished is a message. Returns 1 and fills *ret as
 * dx_cutter_next does, 0 where nothing was unfinished. Call it until it returns 0: what is just over the limit comes in two.
 * What came of a message that a length or fixed:N promised whole is given as partial, and the rest is not waited for. */
int dx_cutter_flush(dx_cutter *c, const dx_frame *f, dx_cut *ret);

#ifdef __cplusplus
}
#endif

#endif
