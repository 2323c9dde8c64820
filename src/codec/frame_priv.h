/* What a kind of frame is: one row, one file, and what the rows share. */
#ifndef DX_FRAME_PRIV_H
#define DX_FRAME_PRIV_H

#include <duplex/frame.h>
#include <sys/types.h>

/* The least limit of a message: the longest line end, CR and LF in UTF-32. */
#define DX_FRAME_EOL_BYTES ((size_t)8)

/* What has come of a message and lies together. */
typedef struct dx_frame_view {
	dx_slice bytes;
	size_t scanned;         /* no line end begins before this place */
	size_t phase;           /* bytes of the stream before bytes[0], modulo the unit */
	size_t unit;            /* 1, 2, 4 */
	bool big_endian;
	const dx_frame *frame;
} dx_frame_view;

struct dx_frame_kind {
	const char *name;
	const char *usage;      /* as help shows it */
	bool strict;            /* an end inside a frame means cut off */
	bool binary;            /* what parts messages is no line end */
	uint8_t width;          /* len1 … len8: bytes of the length … */
	bool little;            /* … the low one first */
	int64_t patience_ns;    /* of silence, where the peer has ended a line before; 0: the rule's gap */

	/* Reads what follows the name's colon, NULL where there is none, into a rule that is zeroed but for its kind.
	 * Returns 0 or -ERANGE. NULL: the kind takes no argument. */
	int (*parse)(dx_frame *f, const char *argument);

	/* Writes the argument, as parse reads it. NULL: the kind takes none. */
	void (*print)(const dx_frame *f, char *into, size_t size);

	/* Finds the end of the message: moves v->scanned there and returns the bytes of its line end, 0 for none. Where it has
	 * not come, moves v->scanned behind all that is surely the message's own and returns -1. NULL: messages are counted. */
	ssize_t (*find)(dx_frame_view *v);

	/* How long the message at the start of `bytes` is, and how many bytes stand before it to say so, at most
	 * DX_FRAME_HEAD_BYTES. False where those have not all come. */
	bool (*measure)(const dx_frame *f, dx_slice bytes, size_t *ret_head, uint64_t *ret_body);

	/* What stands around a message, into *ret, which is zeroed. Whether the message holds what would end it is not asked here.
	 * Returns 0 or -EMSGSIZE. NULL: nothing stands there. */
	int (*wrap)(const dx_frame *f, dx_slice message, dx_frame_ends *ret);
};

extern const dx_frame_kind dx__frame_auto, dx__frame_raw, dx__frame_line, dx__frame_crlf, dx__frame_nul, dx__frame_delim,
	dx__frame_len1, dx__frame_len2, dx__frame_len2_le, dx__frame_len4, dx__frame_len4_le, dx__frame_len8, dx__frame_len8_le,
	dx__frame_fixed, dx__frame_gap;

/* Is there a code unit `value`? v->scanned moves to the first from there on, or behind the last whole unit. */
bool dx__frame_find_unit(dx_frame_view *v, uint8_t value);

/* Is a CR the unit before v->scanned? Then v->scanned moves before it. */
bool dx__frame_back_over_cr(dx_frame_view *v);

/* A find: LF, with the CR before it where there is one. */
ssize_t dx__frame_find_line(dx_frame_view *v);

/* Adds a code unit `value` to a tail. */
void dx__frame_add_unit(const dx_frame *f, uint8_t value, dx_frame_ends *e);

/* A wrap: LF behind the message. */
int dx__frame_wrap_line(const dx_frame *f, dx_slice message, dx_frame_ends *ret);

#endif
