/* Streams: TCP and Unix connections on a loop, accepted by a listener or made by dx_stream_open.
 *
 * A stream belongs to its loop: it is never freed by its user. After dx_stream_close, or when both directions have ended, or after an
 * error, `closed` is told once and the stream is gone when that callback returns: whoever keeps a pointer to it forgets it there. No
 * function here calls back before it returns; all may be called from any callback of any object of the same loop, also on a stream
 * that is closing. */
#ifndef DUPLEX_STREAM_H
#define DUPLEX_STREAM_H

#include <duplex/endpoint.h>
#include <duplex/loop.h>
#include <duplex/slice.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dx_stream dx_stream;
typedef struct dx_listener dx_listener;

/* What a stream tells. Any may be NULL, and so may the pointer to them all. They are not copied, and must live as long as what
 * they were given to: make them static. */
typedef struct dx_stream_events {
	/* Connected, or accepted: the first event. */
	void (*open)(dx_stream *s, void *ctx);
	/* Bytes came, 256 KiB at most; they are borrowed until the callback returns. Absent: they are discarded. */
	void (*data)(dx_stream *s, dx_slice in, void *ctx);
	/* The peer has finished its direction. Absent: the stream finishes its own then. */
	void (*end)(dx_stream *s, void *ctx);
	/* The queue was full (dx_stream_has_room) and is not any more: it was taken, or lost, since the peer takes nothing any more. */
	void (*room)(dx_stream *s, void *ctx);
	/* The last event. `why` is NULL where both directions ended in order or dx_stream_close was called. */
	void (*closed)(dx_stream *s, const dx_error *why, void *ctx);
} dx_stream_events;

/* Listens at `endpoint` (tcp://, unix:, or fd:// of a socket that listens already) and accepts whoever comes; each stream begins
 * with `ctx`, the same for all: in `open` it can be given its own by dx_stream_set_context. Without a host both families are heard;
 * port 0 lets the kernel choose. A host name is looked up before the call returns. A Unix socket's file at which nobody listens is
 * replaced. ret_listener may be NULL: then the listener lives as long as the loop. Returns 0; -EINVAL where the endpoint makes no
 * sense (dx_endpoint_parse says why) or is not of streams; -EADDRINUSE, -DX_EINUSE and -DX_ENOTSOCK for a Unix path that is taken;
 * and what socket(2), bind(2), listen(2) and the resolver fail with. */
int dx_listen(dx_loop *loop, const char *endpoint, const dx_stream_events *events, void *ctx, dx_listener **ret_listener,
	      dx_error *reterr);

/* Connects to `endpoint`, or takes over fd://N, a connected socket; `open` or `closed` tells how it went. timeout_ms bounds the
 * whole of it, name and all addresses: -1 for ever; `closed` says -ETIMEDOUT where it is over. ret_stream may be NULL. What is
 * sent before `open` is queued. Returns 0; -EINVAL as above, -ENOMEM, and what can be known at once; then no event follows. */
int dx_stream_open(dx_loop *loop, const char *endpoint, int timeout_ms, const dx_stream_events *events, void *ctx,
		   dx_stream **ret_stream, dx_error *reterr);

/* Queues a copy of `data`, written at the end of the turn. Returns 0; -EPIPE after dx_stream_finish or close, or where the peer
 * takes nothing any more; -ENOBUFS if the queue would pass its ceiling, 1 MiB, which is the same for all: nothing is queued then,
 * and who has more sends it in pieces while dx_stream_has_room, and on at `room`; -ENOMEM. What one `data` brought always fits,
 * as the stream is not read while more than half the ceiling waits. Answers that are longer than their questions may not, if a peer
 * asks much at once and takes nothing: who is told -ENOBUFS then closes it, or keeps the questions until `room`. */
int dx_stream_send(dx_stream *s, dx_slice data);

/* Writes at once what the kernel takes, and queues the rest: for answers that are sent from the very bytes that came. Returns
 * as dx_stream_send; a failed write is told by `closed`. */
int dx_stream_send_now(dx_stream *s, dx_slice data);

/* No more will be sent: once the queue is empty the peer is told (half-close). What it still says is read. */
void dx_stream_finish(dx_stream *s);

/* Ends politely: sends what is queued, finishes, discards what still comes until the peer has finished too, then closes; after
 * within_ms (-1: never) all the same, with -DX_ECUT where not all went. So the last bytes arrive, which closing over unread input
 * would destroy. One that is still connecting does so once it is connected; with nothing queued it closes at once. */
void dx_stream_leave(dx_stream *s, int within_ms);

/* Ends at once; what is queued is lost. NULL is fine. */
void dx_stream_close(dx_stream *s);

/* Stops and resumes reading. What the peer says meanwhile waits in the kernel, and so does the news that it has gone; a stream
 * that is paused and has nothing queued keeps no loop running. */
void dx_stream_pause(dx_stream *s);
void dx_stream_resume(dx_stream *s);

/* Bytes queued and not yet taken by the kernel. */
size_t dx_stream_queued(const dx_stream *s);

/* Bytes that the peer has not acknowledged, queued ones included. */
size_t dx_stream_unacknowledged(const dx_stream *s);

/* When the kernel last took something, on the clock of dx_loop_now_ns; at first, when it was connected. */
int64_t dx_stream_took_ns(const dx_stream *s);

/* Is there at most a quarter of the ceiling in the queue? Who speaks unasked stops where it is not, and goes on at `room`: then the
 * stream goes on being read, and two that flood one another cannot both be stuck. Answers to what was read may go further: over
 * half the ceiling the stream is not read until they have gone. */
bool dx_stream_has_room(const dx_stream *s);

/* Has this side finished, been told to leave, or closed? Then nothing more can be sent. */
bool dx_stream_finished(const dx_stream *s);

/* The other side's address: known once `open` was told. Borrowed as long as the stream lives. */
const dx_addr *dx_stream_peer(const dx_stream *s);

/* Gives its events another context from now on. */
void dx_stream_set_context(dx_stream *s, void *ctx);

/* The loop it lives on. */
dx_loop *dx_stream_loop(const dx_stream *s);

/* The true address that a listener is bound to. */
const dx_addr *dx_listener_address(const dx_listener *l);

/* Lets clients wait in the backlog, and lets them in again; one that is paused keeps no loop running. */
void dx_listener_pause(dx_listener *l);
void dx_listener_resume(dx_listener *l);

/* Stops listening; a Unix socket's file is removed where it is still ours. Legal in any callback; nothing may be asked of the
 * listener afterwards. NULL is fine. */
void dx_listener_close(dx_listener *l);

#ifdef __cplusplus
}
#endif

#endif
