/* Modes: who may speak when. Simplex is a radio, half duplex a walkie-talkie, full duplex a telephone.
 * A mode is one file and one row of at most five functions; a function that is absent has nothing to say. */
#ifndef DX_MODE_H
#define DX_MODE_H

#include <stdbool.h>

struct dx_peer;

typedef struct dx_mode {
	const char *name;
	bool speaks;            /* input, replies and greetings are sent */
	bool hears;             /* what comes is shown and ruled on; otherwise it is counted and discarded */
	bool takes_turns;       /* sending waits for an answer; an answer that does not come in time ends it */

	/* A peer came; `first` says whether we have the first word. */
	void (*met)(struct dx_peer *p, bool first);
	/* May something be sent to this peer now? */
	bool (*may_speak)(const struct dx_peer *p);
	/* Something was sent to it; a message of its came (or it finished, which counts as one). */
	void (*said)(struct dx_peer *p);
	void (*heard)(struct dx_peer *p);
} dx_mode;

extern const dx_mode dx_mode_full, dx_mode_half, dx_mode_simplex_in, dx_mode_simplex_out;

/* The mode of that name, NULL where there is none; and the i-th, NULL past the last. */
const dx_mode *dx_mode_find(const char *name);
const dx_mode *dx_mode_at(unsigned i);

#endif
