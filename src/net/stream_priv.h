/* A stream's inside, shared by stream.c (the two directions), listener.c and connect.c (its two births), and layer.c.
 *
 *   CONNECTING --dx__stream_opened--> OPEN --dx_stream_finish--> finishing --flushed--> finished
 *   The read end and the write end of an OPEN stream end alone, in any order:
 *     read end:   reading --peer's FIN--> ended            write end:  writing --finish, queue empty--> finished
 *   Both ended and all acknowledged, or dx_stream_close, or an error --> CLOSING --end of the turn: `closed`--> (freed)
 *   Only in CONNECTING and in CLOSING is watch.fd -1, and in a layer, which has none. */
#ifndef DX_STREAM_PRIV_H
#define DX_STREAM_PRIV_H

#include "net/loop_priv.h"
#include <duplex/stream.h>

#define dx_stream_MAGIC 0x5d7a11e5u

/* What waits to be written: data[start .. start + the stream's `queued`), of which at most `unasked` was said whole
 * (net/stream.h) and answers nothing. */
typedef struct dx_backlog {
	uint32_t start, size, unasked;
	uint8_t data[];
} dx_backlog;

struct dx_connecting;

/* What carries a stream's bytes: a socket (stream.c), another stream below it (layer.c), or nothing yet (connect.c): then only the
 * last two are called. */
typedef struct dx_carrier {
	/* Bytes that came, 0 at the end, -EAGAIN, or what failed. */
	int (*receive)(dx_stream *s, void *into, size_t size);

	/* Bytes that it took, -EAGAIN, or what failed. */
	int (*send)(dx_stream *s, dx_slice data);

	/* Nothing more is sent. */
	int (*finish)(dx_stream *s);

	/* dx__stream_ready is called from the loop when it is ready for these events of epoll(7), which s->watch.events keeps. */
	int (*watch)(dx_stream *s, uint32_t events);

	/* A failure that nobody was told of yet, or 0. */
	int (*pending_error)(const dx_stream *s);

	/* What the other side has not acknowledged of all that was sent. */
	size_t (*unacknowledged)(const dx_stream *s);

	/* Gives back all that it has. */
	void (*close)(dx_stream *s);
} dx_carrier;

/* Ten thousand of them may be idle: the order leaves no hole (bench/run idle). */
struct dx_stream {
	uint32_t magic;
	int16_t write_error;            /* the write end broke; what had come is still read */
	uint8_t waits, calm;            /* looks at what is unacknowledged; of these, in a row with nothing to wait for */
	bool connecting : 1, closing : 1;
	bool paused : 1;                /* by its user */
	bool read_ended : 1;            /* the peer has finished */
	bool finishing : 1, finished : 1; /* asked to; told the peer */
	bool leaving : 1;               /* politely: what comes is discarded */
	bool was_full : 1;              /* `room` is owed */
	uint32_t queued;                /* at most DX_LIMIT_STREAM_QUEUE_BYTES, besides what was said whole */
	dx_watch watch;
	dx_loop *loop;
	const dx_carrier *carrier;
	const dx_stream_events *on;
	void *ctx;
	dx_backlog *backlog;            /* NULL exactly when nothing is queued */
	dx_task task;                   /* flush, or reap once closing */
	dx_timer *timer;                /* leaving's limit; waiting for acknowledgement. NULL before it was needed */
	int64_t took_ns;                /* when the kernel last took something */
	union {
		struct dx_connecting *birth;    /* while connecting, where it is made by connect.c */
		int64_t leave_by_ns;            /* while leaving: when it must be over */
	};
	const dx_error *why;            /* told by `closed`; NULL: in order */
	uint32_t lost;                  /* what was queued or unacknowledged when it failed */
	dx_addr peer;                   /* while connecting: the address that is tried */
};

_Static_assert(DX_ERROR_AFTER <= INT16_MAX, "write_error holds every code");

/* A stream without a descriptor, connecting, at the beginning of `size` bytes of zeros. NULL where memory is short. */
dx_stream *dx__stream_new(size_t size, const dx_carrier *carrier, dx_loop *loop, const dx_stream_events *on, void *ctx);

/* The carrier of those that have a socket. */
extern const dx_carrier dx__carrier_socket;

/* What it waited for with carrier->watch is there. */
void dx__stream_ready(dx_stream *s, uint32_t events);

/* Gives it a connected descriptor, whose peer it knows: `open` is told and reading begins. Only from the loop. */
void dx__stream_opened(dx_stream *s, int fd, bool nodelay);

/* Ends it with an error, told by `closed`; tried on a text, or on the peer. */
void dx__stream_fail(dx_stream *s, int code, const char *operation, const char *address);
void dx__stream_fail_at_peer(dx_stream *s, int code, const char *operation);

#endif
