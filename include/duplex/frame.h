/* Frames: the rules that cut a stream of bytes into messages. No I/O and no clock: bytes and times are arguments. */
#ifndef DUPLEX_FRAME_H
#define DUPLEX_FRAME_H

#include <duplex/slice.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dx_frame_kind dx_frame_kind;     /* one row of the table of frames: the library's own */

/* A rule: a plain value, shared by as many cutters as wanted. */
typedef struct dx_frame {
	const dx_frame_kind *kind;
	int64_t gap_ns;         /* this much silence ends a message; 0: silence ends none */
	uint8_t unit_bytes;     /* 1, 2, 4: a code unit of the encoding, for line ends */
	bool big_endian;        /* the byte order of a unit; a byte order mark that begins a stream overrules it */
} dx_frame;

/* Reads "auto", "raw", "line", "crlf", "nul" or "gap:T". Returns 0; -EINVAL for an unknown name, -ERANGE for an argument that
 * is missing, not wanted or out of range; *ret is untouched then. The unit is one byte until dx_frame_set_unit. */
int dx_frame_parse(const char *name, dx_frame *ret);

/* What a code unit of the encoding is: 1, 2 or 4 bytes. */
void dx_frame_set_unit(dx_frame *f, unsigned unit_bytes, bool big_endian);

/* Writes the rule as dx_frame_parse reads it, and returns `into`. */
const char *dx_frame_name(const dx_frame *f, char into[64]);

/* The names for help, "gap:T" with its argument's letter; a NULL ends the list, which lives for ever. */
const char *const *dx_frame_names(void);

/* Is a peer that ends inside a frame cut off? All but auto, raw and gap say so. */
bool dx_frame_is_strict(const dx_frame *f);

/* A message, or a part of one that is over the limit. */
typedef struct dx_cut {
	dx_slice bytes;         /* without the line end */
	dx_slice eol;           /* the line end as it came, in the wire's encoding; empty where there was none */
	bool partial;           /* a part of a message over the limit, and not the last */
} dx_cut;

/* A peer's place in its stream; lies inside the peer. Zeroed and given a limit it is ready. What is fed is borrowed until
 * dx_cutter_next returns 0, which copies what is unfinished; that copy is the only memory a cutter ever owns, is never larger
 * than the limit and one line end, and is given back as soon as nothing is unfinished. */
typedef struct dx_cutter {
	dx_slice in;            /* fed and not yet cut: behind what is held */
	uint8_t *held;          /* the unfinished message, copied */
	int64_t heard_ns;       /* when something was last fed */
	uint32_t held_bytes, held_size;
	uint32_t lent_bytes;    /* of these, the first that the last cut points to */
	uint32_t scanned_bytes; /* of the unfinished message: no line end begins before */
	uint32_t limit_bytes;
	uint8_t phase;          /* bytes of the stream already cut, modulo 4: where code units begin */
	bool begun;             /* the stream's first unit has been seen … */
	bool swapped;           /* … and was a byte order mark of the other order than the rule's */
	bool ended_line;        /* a message ended with a line end before */
} dx_cutter;

/* Prepares a cutter; a message longer than `limit_bytes`, 8 to 2^30, comes in parts. */
void dx_cutter_init(dx_cutter *c, size_t limit_bytes);

/* Gives the memory back. */
void dx_cutter_fini(dx_cutter *c);

/* Feeds what one read brought; call dx_cutter_next until it returns 0 before feeding more:
 *	dx_cutter_feed(c, in, now_ns);
 *	while ((r = dx_cutter_next(c, f, &cut)) > 0)
 *		use(&cut);
 * Nothing is copied where nothing was unfinished: the slices of a cut then point into `in`. */
void dx_cutter_feed(dx_cutter *c, dx_slice in, int64_t now_ns);

/* Cuts the next message. Returns 1 and fills *ret, whose slices live until the next call on this cutter; 0 where the next
 * message is not complete, and `in` is no longer needed; -ENOMEM, after which the cutter can only be released. */
int dx_cutter_next(dx_cutter *c, const dx_frame *f, dx_cut *ret);

/* The rule has become another: what is unfinished will be looked through anew. */
void dx_cutter_rescan(dx_cutter *c);

/* Is there an unfinished message? */
bool dx_cutter_pending(const dx_cutter *c);

/* When the unfinished message becomes one by silence, on the clock that dx_cutter_feed was given; INT64_MAX: never, or there
 * is none. */
int64_t dx_cutter_deadline_ns(const dx_cutter *c, const dx_frame *f);

/* The silence was long enough, or the peer has finished: what is unfinished is a message. Returns 1 and fills *ret as
 * dx_cutter_next does, 0 where nothing was unfinished. Call it until it returns 0: what is just over the limit comes in two. */
int dx_cutter_flush(dx_cutter *c, const dx_frame *f, dx_cut *ret);

#ifdef __cplusplus
}
#endif

#endif
