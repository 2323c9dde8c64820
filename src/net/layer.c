/* A layer is a stream whose carrier is another stream. What it has heard and its user has not is kept here, at most what one
 * read of the stream below brings: that is paused until all of it is taken. */
#include "net/layer.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/stream_priv.h"
#include "sys/sys.h"

#define SAID_AT_ONCE ((size_t)64 * 1024)

struct layer {
	dx_stream stream;               /* first: it is freed as a stream */
	dx_stream *below;               /* NULL: it has closed */
	const dx_layer_kind *kind;
	void *state;
	dx_buf heard;
	bool ended;                     /* below: nothing more comes */
	size_t lost;                    /* what was unacknowledged when that closed */
	int broken;                     /* why nothing goes any more, either way; told after what was heard */
	dx_task ready;
};

static struct layer *layer_of(const dx_stream *s)
{
	return DX_OWNER(struct layer, stream, s);
}

/* The way down: what the stream asks of its carrier */

static int layer_receive(dx_stream *s, void *into, size_t size)
{
	struct layer *l = layer_of(s);
	dx_slice heard = dx_buf_slice(&l->heard);
	size_t n = heard.len < size ? heard.len : size;

	if (n == 0)
		return l->broken != 0 ? l->broken : l->ended ? 0 : -EAGAIN;
	memcpy(into, heard.data, n);
	dx_buf_take(&l->heard, n);
	if (l->heard.used == 0)
		dx_buf_fini(&l->heard);
	return (int)n;
}

/* Sends down what the kind makes of it. */
static int pass_down(struct layer *l, int r, dx_buf *out)
{
	if (r == 0 && out->used > 0)
		r = dx_stream_send_now(l->below, dx_buf_slice(out));
	dx_buf_fini(out);
	return r;
}

static int layer_send(dx_stream *s, dx_slice data)
{
	struct layer *l = layer_of(s);
	dx_slice now = dx_slice_of(data.data, data.len < SAID_AT_ONCE ? data.len : SAID_AT_ONCE);
	dx_buf out;
	int r;

	if (l->below == NULL)
		return l->broken != 0 ? l->broken : -EPIPE;
	if (!dx_stream_has_room(l->below))
		return -EAGAIN;
	dx_buf_init(&out, DX_LIMIT_STREAM_QUEUE_BYTES / 2);
	r = pass_down(l, l->kind->said(l->state, now, &out), &out);
	return r < 0 ? r : (int)now.len;
}

static int layer_finish(dx_stream *s)
{
	struct layer *l = layer_of(s);
	dx_buf out;
	int r = 0;

	if (l->below == NULL)
		return l->broken;
	dx_buf_init(&out, DX_LIMIT_STREAM_QUEUE_BYTES / 2);
	if (l->kind->finished != NULL)
		r = pass_down(l, l->kind->finished(l->state, &out), &out);
	dx_stream_finish(l->below);
	return r;
}

static uint32_t readiness(const struct layer *l)
{
	bool in = l->heard.used > 0 || l->ended || l->broken != 0;
	bool out = l->below == NULL || dx_stream_has_room(l->below);

	return (in ? (uint32_t)EPOLLIN : 0) | (out ? (uint32_t)EPOLLOUT : 0);
}

static void tell_if_ready(struct layer *l)
{
	if ((readiness(l) & l->stream.watch.events) != 0)
		dx_task_put(&l->stream.loop->ready, &l->ready);
}

static int layer_watch(dx_stream *s, uint32_t events)
{
	struct layer *l = layer_of(s);

	s->watch.events = events;
	if (l->below != NULL && (events & EPOLLIN) != 0 && l->heard.used == 0)
		dx_stream_resume(l->below);
	tell_if_ready(l);
	return 0;
}

static size_t layer_unacknowledged(const dx_stream *s)
{
	const struct layer *l = layer_of(s);

	return l->below != NULL ? dx_stream_unacknowledged(l->below) : l->lost;
}

static int layer_pending_error(const dx_stream *s)
{
	return layer_of(s)->broken;
}

static void layer_close(dx_stream *s)
{
	static const dx_stream_events nobody = { .open = NULL };
	struct layer *l = layer_of(s);

	if (l->below != NULL) {
		l->below->on = &nobody;
		dx_stream_close(l->below);
	}
	l->below = NULL;
	dx_link_remove(&l->ready.link);
	dx_buf_fini(&l->heard);
	if (l->kind->free != NULL)
		l->kind->free(l->state);
}

static const dx_carrier carrier = { layer_receive, layer_send, layer_finish, layer_watch, layer_pending_error, layer_unacknowledged,
				    layer_close };

/* The way up: what the stream below tells */

static void on_ready(dx_task *t)
{
	struct layer *l = DX_OWNER(struct layer, ready, t);
	uint32_t events = readiness(l) & l->stream.watch.events;

	if (events != 0)
		dx__stream_ready(&l->stream, events);
}

static void below_open(dx_stream *below, void *ctx)
{
	struct layer *l = ctx;

	l->stream.peer = below->peer;
	dx__stream_opened(&l->stream, -1, false);
}

/* Put on a stream that was open: `open` is told in a turn of the loop all the same. */
static void on_first_turn(dx_task *t)
{
	struct layer *l = DX_OWNER(struct layer, ready, t);

	t->run = on_ready;
	below_open(l->below, l);
}

static void below_data(dx_stream *below, dx_slice in, void *ctx)
{
	struct layer *l = ctx;

	l->broken = l->kind->heard(l->state, in, &l->heard);
	if (l->heard.used > 0 || l->broken != 0)
		dx_stream_pause(below);         /* until that is taken */
	tell_if_ready(l);
}

static void below_end(dx_stream *below, void *ctx)
{
	struct layer *l = ctx;

	(void)below;
	l->ended = true;
	l->broken = l->kind->ended != NULL ? l->kind->ended(l->state) : 0;
	tell_if_ready(l);
}

static void below_room(dx_stream *below, void *ctx)
{
	(void)below;
	tell_if_ready(ctx);
}

static void below_closed(dx_stream *below, const dx_error *why, void *ctx)
{
	static const dx_error by_somebody_else = { -ECONNABORTED, "close", "" };
	struct layer *l = ctx;
	bool in_order = why == NULL && l->ended && l->stream.finished;

	l->lost = dx_stream_unacknowledged(below);
	l->below = NULL;
	why = why != NULL ? why : &by_somebody_else;
	if (l->stream.connecting) {
		dx__stream_fail(&l->stream, why->code, why->operation, why->address);
	} else if (!in_order) {
		l->broken = why->code;
		tell_if_ready(l);
	}
}

static const dx_stream_events below_events = { below_open, below_data, below_end, below_room, below_closed };

int dx_layer_new(dx_stream *below, const dx_layer_kind *kind, void *state, const dx_stream_events *events, void *ctx,
		 dx_stream **ret)
{
	dx_stream *s = dx__stream_new(sizeof(struct layer), &carrier, below->loop, events, ctx);
	struct layer *l = layer_of(s);

	if (s == NULL)
		return -ENOMEM;
	l->below = below;
	l->kind = kind;
	l->state = state;
	dx_buf_init(&l->heard, DX_LIMIT_STREAM_QUEUE_BYTES);
	dx_task_init(&l->ready, below->connecting ? on_ready : on_first_turn);
	below->on = &below_events;
	below->ctx = l;
	if (!below->connecting)
		dx_task_put(&below->loop->ready, &l->ready);
	*ret = s;
	return 0;
}
