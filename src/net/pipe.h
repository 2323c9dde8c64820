/* Standard input and output on a loop. They may be shared with other programs, so they are never made non-blocking: readiness is
 * asked first, then moved in pieces that cannot block. Regular files are always ready. */
#ifndef DX_PIPE_H
#define DX_PIPE_H

#include "base/buf.h"
#include <duplex/loop.h>

typedef struct dx_inlet dx_inlet;
typedef struct dx_outlet dx_outlet;

typedef struct dx_inlet_events {
	void (*data)(void *ctx, dx_slice in);           /* borrowed until it returns */
	void (*end)(void *ctx);                         /* end of input; nothing follows */
	void (*error)(void *ctx, int code);             /* reading failed; nothing follows */
} dx_inlet_events;

typedef enum dx_pipe_kind { DX_PIPE_FILE, DX_PIPE_STREAM, DX_PIPE_TERMINAL } dx_pipe_kind;

/* What the descriptor is: a regular file (or another that is always ready), a terminal, or anything else. */
dx_pipe_kind dx_pipe_kind_of(int fd);

/* Reads `fd`, which stays the caller's; paused at first. Returns 0, -EISDIR, -ENOMEM or negative errno. */
int dx_inlet_new(dx_loop *loop, int fd, const dx_inlet_events *events, void *ctx, dx_inlet **ret);
void dx_inlet_free(dx_inlet *i);
void dx_inlet_pause(dx_inlet *i);
void dx_inlet_resume(dx_inlet *i);

/* What comes here are keys, and somebody waits to see each: from now on streams are read in small pieces, so that turns are short. */
void dx_inlet_go_first(dx_inlet *i);

typedef struct dx_outlet_events {
	void (*room)(void *ctx);                        /* it was full, and has less than half of its ceiling left */
	void (*error)(void *ctx, int code);             /* writing failed: -EPIPE, -ENOSPC … Told once; what follows is dropped */
} dx_outlet_events;

/* Writes to `fd`, which stays the caller's. */
int dx_outlet_new(dx_loop *loop, int fd, const dx_outlet_events *events, void *ctx, dx_outlet **ret);
void dx_outlet_free(dx_outlet *o);

/* Queues a copy, written at the end of the turn; `now` writes what can be written without blocking before it returns. Only past
 * its ceiling, which pausing in time prevents, are bytes refused: -ENOBUFS. -EPIPE after a failure. */
int dx_outlet_write(dx_outlet *o, dx_slice bytes, bool now);

/* How much may wait before it is full: half of its ceiling, or less where who reads it wants to see at once what is written next. */
void dx_outlet_set_full(dx_outlet *o, size_t bytes);

/* Is more than that waiting? Then pause what feeds it; `room` tells when to go on. */
bool dx_outlet_is_full(const dx_outlet *o);

/* Writes what still waits, blocking at most `within_ms` in all: for the end of the program. Returns 0, -EAGAIN where something
 * is left, or what writing failed with. */
int dx_outlet_drain(dx_outlet *o, int within_ms);

#endif
