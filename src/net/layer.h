/* Streams that sit on streams: what one says is changed on its way down, and what comes is changed back on its way up. A layer is
 * a dx_stream like any other (queue, ceiling, half-close, events); only what it does with bytes is said here, without I/O or a
 * clock. */
#ifndef DX_LAYER_H
#define DX_LAYER_H

#include "base/buf.h"
#include <duplex/stream.h>

typedef struct dx_layer_kind {
	/* Bytes came from below: appends those for above to `out`. Returns 0, or what is wrong with them. */
	int (*heard)(void *state, dx_slice in, dx_buf *out);

	/* Bytes come from above: appends those for below. Returns 0 or -ENOMEM. */
	int (*said)(void *state, dx_slice in, dx_buf *out);

	/* Nothing more comes from above: appends last words. Returns 0 or -ENOMEM. NULL: there are none. */
	int (*finished)(void *state, dx_buf *out);

	/* Nothing more comes from below. Returns 0, or -DX_ECUT where that is too early. NULL: it never is. */
	int (*ended)(void *state);

	/* The last call. NULL: the state is the caller's. */
	void (*free)(void *state);
} dx_layer_kind;

/* Puts a layer on `below`, which is connecting or open and of which nothing was told after `open`: all its events are the layer's
 * from now on, and it closes with the layer. `open` is told from the loop, once `below` is open. Returns 0; -ENOMEM: `below` and
 * the state are still the caller's. */
int dx_layer_new(dx_stream *below, const dx_layer_kind *kind, void *state, const dx_stream_events *events, void *ctx,
		 dx_stream **ret);

#endif
