/* What a kind of frame is: one row, one file, and what the rows share. */
#ifndef DX_FRAME_PRIV_H
#define DX_FRAME_PRIV_H

#include <duplex/frame.h>

/* The longest line end: CR and LF in UTF-32. */
#define DX_FRAME_EOL_BYTES ((size_t)8)

/* What has come of a message and lies together. */
typedef struct dx_frame_view {
	dx_slice bytes;
	size_t scanned;         /* no line end begins before this place */
	size_t phase;           /* bytes of the stream before bytes[0], modulo the unit */
	size_t unit;            /* 1, 2, 4 */
	bool big_endian;
} dx_frame_view;

/* Where a message ends: its line end is bytes[body .. body + eol). */
typedef struct dx_frame_end {
	size_t body, eol;
} dx_frame_end;

struct dx_frame_kind {
	const char *name;
	const char *usage;      /* as help shows it */
	bool strict;            /* an end inside a frame means cut off */
	int64_t patience_ns;    /* of silence, where the peer has ended a line before; 0: the rule's gap */

	/* Reads what follows the name's colon, NULL where there is none, into a rule that is zeroed but for its kind.
	 * Returns 0 or -ERANGE. NULL: the kind takes no argument. */
	int (*parse)(dx_frame *f, const char *argument);

	/* Writes the argument, as parse reads it. NULL: the kind takes none. */
	void (*print)(const dx_frame *f, char *into, size_t size);

	/* Finds the end of the message. Moves v->scanned to it, or, where it has not come, behind all that is surely the
	 * message's own. */
	bool (*find)(dx_frame_view *v, dx_frame_end *ret);
};

extern const dx_frame_kind dx__frame_auto, dx__frame_raw, dx__frame_line, dx__frame_crlf, dx__frame_nul, dx__frame_gap;

/* The first code unit `value`, at or behind v->scanned, which moves there or behind the last whole unit. */
bool dx__frame_find_unit(dx_frame_view *v, uint8_t value, size_t *ret_at);

/* Is the code unit that ends at `end` this `value`? */
bool dx__frame_unit_before(const dx_frame_view *v, size_t end, uint8_t value);

/* A find: LF, with the CR before it where there is one. */
bool dx__frame_find_line(dx_frame_view *v, dx_frame_end *ret);

#endif
