/* Standard input and output on a loop, and other descriptors that are read or written as streams of bytes. They may be shared with
 * other programs, so they are never made non-blocking: readiness is asked first, then bytes are moved in pieces that cannot block.
 * Regular files are always ready. A descriptor stays the caller's: it is not closed here. No function calls back before it
 * returns; all may be called from any callback of the same loop. */
#ifndef DUPLEX_PIPE_H
#define DUPLEX_PIPE_H

#include <duplex/loop.h>
#include <duplex/slice.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dx_inlet dx_inlet;
typedef struct dx_outlet dx_outlet;

/* What an inlet tells. Any may be NULL, and so may the pointer to them all. They are not copied: make them static. */
typedef struct dx_inlet_events {
	/* Bytes came; they are borrowed until the callback returns. */
	void (*data)(dx_inlet *i, dx_slice in, void *ctx);
	/* The end of input; nothing follows. */
	void (*end)(dx_inlet *i, void *ctx);
	/* Reading or waiting failed, with this negative errno; nothing follows. Absent: `end` is told. */
	void (*error)(dx_inlet *i, int code, void *ctx);
} dx_inlet_events;

typedef enum dx_pipe_kind { DX_PIPE_FILE, DX_PIPE_STREAM, DX_PIPE_TERMINAL } dx_pipe_kind;

/* What the descriptor is: a regular file (or another that is always ready), a terminal, or anything else. */
dx_pipe_kind dx_pipe_kind_of(int fd);

/* Reads `fd` once dx_inlet_resume was called: it is paused at first. Returns 0 or -ENOMEM. */
int dx_inlet_new(dx_loop *loop, int fd, const dx_inlet_events *events, void *ctx, dx_inlet **ret);

/* Forgets it; nothing is told any more. NULL is fine; legal in any callback. The descriptor may be closed then; the memory goes
 * back at the end of the turn, so free it before the loop. */
void dx_inlet_free(dx_inlet *i);

/* Stops and resumes reading; an inlet that is paused keeps no loop running. After the end or an error nothing is read. */
void dx_inlet_pause(dx_inlet *i);
void dx_inlet_resume(dx_inlet *i);

/* What comes here are keys, and somebody waits to see each: from now on streams are read in small pieces, so that turns are short. */
void dx_inlet_go_first(dx_inlet *i);

/* What an outlet tells. Any may be NULL, and so may the pointer to them all. They are not copied: make them static. */
typedef struct dx_outlet_events {
	/* It was full (dx_outlet_is_full), and is not any more. */
	void (*room)(dx_outlet *o, void *ctx);
	/* Writing failed: -EPIPE, -ENOSPC … Told once; what follows is dropped. */
	void (*error)(dx_outlet *o, int code, void *ctx);
} dx_outlet_events;

/* Writes to `fd`. Returns 0 or -ENOMEM. */
int dx_outlet_new(dx_loop *loop, int fd, const dx_outlet_events *events, void *ctx, dx_outlet **ret);

/* Forgets it, and what still waits. NULL is fine; as dx_inlet_free. */
void dx_outlet_free(dx_outlet *o);

/* Queues a copy, written at the end of the turn; `now` writes what can be written without blocking before it returns. Returns 0;
 * -ENOBUFS past its ceiling, which pausing in time prevents; -EPIPE after a failure; -ENOMEM. */
int dx_outlet_write(dx_outlet *o, dx_slice bytes, bool now);

/* How much may wait before it is full: half a megabyte, or less where who reads it wants to see at once what is written next; and
 * how much may wait at all: a megabyte, or more where what is written at once is long. */
void dx_outlet_set_full(dx_outlet *o, size_t bytes);
void dx_outlet_set_ceiling(dx_outlet *o, size_t bytes);

/* Is more than that waiting? Then pause what feeds it; `room` tells when to go on. */
bool dx_outlet_is_full(const dx_outlet *o);

/* Writes what still waits, blocking at most `within_ms` in all: for the end of the program. Returns 0, -EAGAIN where something
 * is left, or what writing failed with. */
int dx_outlet_drain(dx_outlet *o, int within_ms);

#ifdef __cplusplus
}
#endif

#endif
