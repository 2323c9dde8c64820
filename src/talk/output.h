/* Outputs: standard output and standard error, as sinks write to them. They never block the loop, and never hold more than
 * their ceiling: one that is full stops the reading that feeds it. */
#ifndef DX_OUTPUT_H
#define DX_OUTPUT_H

#include "talk/peer.h"

typedef struct dx_output dx_output;

/* What becomes of a failed write. */
typedef enum dx_output_use {
	DX_OUTPUT_OF_PEERS,             /* the session cannot be heard any more, and ends */
	DX_OUTPUT_OF_NOTICES            /* nobody can be told */
} dx_output_use;

/* Opens `fd`, which stays the caller's. Returns 0 or -ENOMEM. */
int dx_output_new(dx_session *s, int fd, dx_output_use use, dx_output **ret);
void dx_output_free(dx_output *o);

/* Is a person looking at it? */
bool dx_output_is_terminal(const dx_output *o);

/* Queues a copy; to a person, and of notices, it is written at once as far as that cannot block. */
void dx_output_write(dx_output *o, dx_slice bytes);
bool dx_output_is_full(const dx_output *o);

/* Little may wait from now on: keys are echoed behind it. */
void dx_output_keep_short(dx_output *o);

/* Writes what still waits, blocking at most within_ms. Returns 0, -EAGAIN, or what writing failed with. */
int dx_output_drain(dx_output *o, int within_ms);

#endif
