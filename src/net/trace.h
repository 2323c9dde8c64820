/* Following the verbs: each socket call with its arguments and outcome, as one would write it in Python or in C. */
#ifndef DX_TRACE_H
#define DX_TRACE_H

#include "base/buf.h"
#include <duplex/address.h>
#include <duplex/loop.h>
#include <stdint.h>

/* One call. What it takes, besides its descriptor, and what it gives are strings of letters, each a member below:
 *   w W the first and second word   t the second, a socket's type   n number   a addr   d data   r result   f its name */
typedef struct dx_traced {
	const char *verb, *takes, *gives;
	char opens;                     /* 's' or 'c': what a new descriptor is called; 0: it makes none */
	int fd;
	const char *words[2];           /* constants by name */
	int number;
	const dx_addr *addr;
	dx_slice data;
	int result;                     /* negative errno where it failed */
} dx_traced;

typedef struct dx_tracer dx_tracer;

/* Follows a loop from now on: `line` is called at each verb, with a line without its end. It must not call into the loop.
 * Returns 0 or -ENOMEM. dx_loop_free ends it. */
int dx_trace_start(dx_loop *loop, bool as_c, void (*line)(dx_slice text, void *ctx), void *ctx);

/* Writes one verb of a loop that is followed down; called by verbs.c. */
void dx_trace(dx_loop *loop, const dx_traced *t);

/* Appends an address as Python writes it: ('127.0.0.1', 80), ('::1', 80, 0, 0), '/run/x', b'\\x00x'. */
void dx_trace_python_address(dx_buf *b, const dx_addr *a);

void dx_trace_free(dx_loop *loop);

#endif
