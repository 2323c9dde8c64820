/* Streams: the two directions of a connection. What each may do is drawn in stream_priv.h.
 * Invariants: a stream is watched for output only while something waits that the kernel did not take; it is not read while
 * more than DX_LIMIT_STREAM_DEAF_BYTES wait, which only answers to what was read can bring about: who speaks unasked stops at
 * DX_LIMIT_STREAM_FULL_BYTES. Otherwise two sides that flood one another would both stop reading, for ever. */
#include "base/check.h"
#include "base/limits.h"
#include "base/number.h"
#include "net/adopt.h"
#include "net/stream.h"
#include "net/stream_priv.h"
#include "net/verbs.h"
#include "sys/sys.h"

#define BACKLOG_LEAST 512
#define ACK_FIRST_NS (DX_NS_PER_MS)
#define ACK_MOST_NS  (50 * DX_NS_PER_MS)
#define LEAVE_LOOK_NS (5 * DX_NS_PER_MS)
#define CALM_LOOKS   4

static void on_ready(dx_watch *w, uint32_t events);
static void on_flush(dx_task *t);
static void on_reap(dx_task *t);
static void on_timer(void *ctx);

dx_stream *dx__stream_new(size_t size, const dx_carrier *carrier, dx_loop *loop, const dx_stream_events *on, void *ctx)
{
	dx_stream *s = dx_sys_calloc(1, size);

	static const dx_stream_events nothing = { .open = NULL };

	if (s == NULL)
		return NULL;
	s->magic = dx_stream_MAGIC;
	s->connecting = true;
	s->carrier = carrier;
	s->loop = loop;
	s->on = on != NULL ? on : &nothing;
	s->ctx = ctx;
	dx_watch_init(&s->watch, -1, on_ready);
	dx_task_init(&s->task, on_flush);
	return s;
}

/* Closing */

static void drop_queue(dx_stream *s)
{
	dx_sys_free(s->backlog);
	s->backlog = NULL;
	s->queued = 0;
}

static void begin_closing(dx_stream *s)
{
	s->closing = true;
	if (s->timer != NULL)
		dx_timer_stop(s->loop, s->timer);
	s->carrier->close(s);
	s->task.run = on_reap;
	dx_task_put(&s->loop->reaping, &s->task);
}

/* What is told where there is no memory to tell what happened. */
static const dx_error no_memory = { -ENOMEM, "memory", "" };

static void on_reap(dx_task *t)
{
	dx_stream *s = DX_OWNER(dx_stream, task, t);

	if (s->on->closed != NULL)
		s->on->closed(s, s->why, s->ctx);
	drop_queue(s);
	dx_sys_free(s->timer);
	if (s->why != &no_memory)
		dx_sys_free((void *)(uintptr_t)s->why);
	s->magic = 0;
	dx_sys_free(s);
}

void dx__stream_fail(dx_stream *s, int code, const char *operation, const char *address)
{
	dx_error *why;

	if (s->closing)
		return;
	s->lost = (uint32_t)dx_stream_unacknowledged(s);
	why = dx_sys_malloc(sizeof *why);
	(void)dx_error_set(why, code, operation, address);
	s->why = why != NULL ? why : &no_memory;
	begin_closing(s);
}

void dx__stream_fail_at_peer(dx_stream *s, int code, const char *operation)
{
	char text[DX_ADDR_TEXT];

	dx__stream_fail(s, code, operation, dx_addr_print(&s->peer, text));
}

/* Its user asks something of it: it must live, and its loop's thread be asking. */
static void check_use(dx_stream *s)
{
	DX_LIVE(dx_stream, s);
	dx__loop_check_thread(s->loop);
}

void dx_stream_close(dx_stream *s)
{
	if (s == NULL)
		return;
	check_use(s);
	if (!s->closing)
		begin_closing(s);
}

/* Interest */

static uint32_t unasked(const dx_stream *s)
{
	return s->backlog == NULL ? 0 : s->backlog->unasked;
}

bool dx_stream_is_deaf(const dx_stream *s)
{
	return s->queued - unasked(s) > DX_LIMIT_STREAM_DEAF_BYTES;
}

static bool wants_reading(const dx_stream *s)
{
	if (s->read_ended)
		return false;
	return s->leaving || (!s->paused && !dx_stream_is_deaf(s));
}

static void watch_wanted(dx_stream *s, bool output)
{
	uint32_t events = (wants_reading(s) ? (uint32_t)EPOLLIN : 0) | (output ? (uint32_t)EPOLLOUT : 0);
	int r;

	if (s->closing || s->connecting)
		return;
	r = s->carrier->watch(s, events);
	if (r < 0)
		dx__stream_fail_at_peer(s, r, "wait");
}

static bool awaits_output(const dx_stream *s)
{
	return (s->watch.events & EPOLLOUT) != 0;
}

/* To close at once instead would lose what is under way, and call that an end in order. */
static void look_again(dx_stream *s, int64_t after_ns)
{
	if (s->timer == NULL) {
		s->timer = dx_sys_malloc(sizeof *s->timer);
		if (s->timer != NULL)
			dx_timer_init(s->timer, on_timer, s);
	}
	if (s->timer == NULL || dx_timer_start(s->loop, s->timer, after_ns) < 0)
		dx__stream_fail_at_peer(s, -ENOMEM, "wait");
}

/* Both directions have ended. The kernel goes on sending after a close, but nobody would hear of a reset then; so the close
 * waits until all is acknowledged. */
static void close_when_acknowledged(dx_stream *s)
{
	int64_t wait_ns = ACK_FIRST_NS << (s->waits < 6 ? s->waits : 6);
	size_t unacknowledged;
	int error;

	if (s->closing || !s->read_ended || !s->finished)
		return;
	unacknowledged = s->carrier->unacknowledged(s);
	error = s->carrier->pending_error(s);   /* asked last: a reset between the two is seen now or by the next look */
	if (error < 0) {
		dx__stream_fail_at_peer(s, error, "send");
	} else if (s->waits * 50 < DX_LIMIT_CLOSE_MS && unacknowledged > 0) {
		s->waits++;
		look_again(s, wait_ns < ACK_MOST_NS ? wait_ns : ACK_MOST_NS);
	} else {
		begin_closing(s);
	}
}

/* Leaving: once all is acknowledged and the peer has been calm for a while, closing destroys nothing any more. */
static void close_when_calm(dx_stream *s)
{
	bool all_went = s->queued == 0 && s->carrier->unacknowledged(s) == 0;
	bool late = s->connecting || s->loop->now_ns >= s->leave_by_ns;

	s->calm = all_went ? (uint8_t)(s->calm + 1) : 0;
	if (late && !all_went)
		dx__stream_fail_at_peer(s, -DX_ECUT, "send");
	else if (late || s->calm > CALM_LOOKS)
		begin_closing(s);
	else
		look_again(s, LEAVE_LOOK_NS);
}

static void on_timer(void *ctx)
{
	dx_stream *s = DX_CAST(dx_stream, ctx);

	if (s->leaving)
		close_when_calm(s);
	else
		close_when_acknowledged(s);
}

/* The read end */

static void on_end(dx_stream *s)
{
	s->read_ended = true;
	if (s->write_error != 0) {
		dx__stream_fail_at_peer(s, s->write_error, "send");
		return;
	}
	if (!s->leaving && s->on->end != NULL)
		s->on->end(s, s->ctx);
	else
		dx_stream_finish(s);
	if (s->closing)
		return;
	watch_wanted(s, awaits_output(s));
	close_when_acknowledged(s);
}

/* One read. False: drained, paused or closed; touch nothing more. A read that was short has drained the socket: asking again
 * would cost a call to hear EAGAIN. */
static bool read_once(dx_stream *s)
{
	int n = s->carrier->receive(s, s->loop->scratch, s->loop->read_bytes);

	if (n == -EAGAIN)
		return false;
	if (n < 0) {
		dx__stream_fail_at_peer(s, n, "receive");
		return false;
	}
	if (n == 0) {
		on_end(s);
		return false;
	}
	s->calm = 0;
	if (!s->leaving && s->on->data != NULL)
		s->on->data(s, dx_slice_of(s->loop->scratch, (size_t)n), s->ctx);
	return !s->closing && wants_reading(s) && (size_t)n == s->loop->read_bytes;
}

/* The write end */

static void forget_written(dx_stream *s, size_t n)
{
	s->backlog->start += (uint32_t)n;
	s->queued -= (uint32_t)n;
	if (s->queued == 0)
		drop_queue(s);
	else if (s->backlog->unasked > s->queued)
		s->backlog->unasked = s->queued;
}

static void tell_room(dx_stream *s)
{
	if (s->closing || !s->was_full || !dx_stream_has_room(s))
		return;
	s->was_full = false;
	if (s->on->room != NULL)
		s->on->room(s, s->ctx);
}

/* The peer takes nothing any more. What it said before is still to be read; only then is the error told. Who waits for room
 * before reading on need not wait any more. */
static void break_write_end(dx_stream *s, int code)
{
	s->lost = (uint32_t)dx_stream_unacknowledged(s);
	drop_queue(s);
	s->write_error = (int16_t)code;
	s->finishing = s->finished = true;
	if (s->read_ended)
		dx__stream_fail_at_peer(s, code, "send");
	else
		watch_wanted(s, false);
	tell_room(s);
}

static void finish_now(dx_stream *s)
{
	int r;

	s->finished = true;
	r = s->carrier->finish(s);
	if (r < 0 && r != -ENOTCONN) {
		break_write_end(s, r);
		return;
	}
	close_when_acknowledged(s);
}

static void after_writing(dx_stream *s)
{
	watch_wanted(s, s->queued > 0);
	if (s->closing)
		return;
	if (s->queued == 0 && s->finishing && !s->finished)
		finish_now(s);
	tell_room(s);
}

static void flush(dx_stream *s)
{
	for (int turn = 0; turn < DX_LIMIT_READS_PER_TURN && s->queued > 0; turn++) {
		int n = s->carrier->send(s, dx_slice_of(s->backlog->data + s->backlog->start, s->queued));

		if (n == -EAGAIN || n == -ENOBUFS)
			break;
		if (n < 0) {
			(void)dx_verb_shutdown(s->loop, s->watch.fd);   /* a peer that only listens would wait for ever */
			break_write_end(s, n);
			return;
		}
		forget_written(s, (size_t)n);
		s->took_ns = s->loop->now_ns;
	}
	after_writing(s);
}

static void on_flush(dx_task *t)
{
	dx_stream *s = DX_OWNER(dx_stream, task, t);

	if (!s->closing && !s->connecting && !awaits_output(s) && s->write_error == 0)
		flush(s);
}

void dx__stream_ready(dx_stream *s, uint32_t events)
{
	if ((events & EPOLLOUT) != 0)
		flush(s);
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !s->closing && wants_reading(s)) {
		for (int turn = 0; turn < DX_LIMIT_READS_PER_TURN && read_once(s); turn++)
			;
	}
	if (!s->closing)
		watch_wanted(s, awaits_output(s));
}

/* The socket that carries it */

static void on_ready(dx_watch *w, uint32_t events)
{
	dx__stream_ready(DX_OWNER(dx_stream, watch, w), events);
}

static int socket_receive(dx_stream *s, void *into, size_t size)
{
	return dx_verb_recv(s->loop, s->watch.fd, into, size);
}

static int socket_send(dx_stream *s, dx_slice data)
{
	return dx_verb_send(s->loop, s->watch.fd, data);
}

static int socket_finish(dx_stream *s)
{
	return dx_verb_shutdown(s->loop, s->watch.fd);
}

static int socket_watch(dx_stream *s, uint32_t events)
{
	return dx_watch_set(s->loop, &s->watch, events);
}

static size_t socket_unacknowledged(const dx_stream *s)
{
	return s->watch.fd == -1 || s->peer.sa.sa_family == AF_UNIX ? 0 : dx_verb_unacknowledged(s->watch.fd);
}

static int socket_pending_error(const dx_stream *s)
{
	return dx_verb_pending_error(s->watch.fd);
}

static void socket_close(dx_stream *s)
{
	dx_verb_close_watched(s->loop, &s->watch);
}

const dx_carrier dx__carrier_socket = { socket_receive, socket_send, socket_finish, socket_watch, socket_pending_error,
					socket_unacknowledged, socket_close };

/* Room for `wanted` bytes in all. What has been written already makes way before memory is asked for. */
static int make_room(dx_stream *s, size_t wanted)
{
	dx_backlog *b = s->backlog;
	size_t size = b == NULL ? BACKLOG_LEAST : b->size;

	if (b != NULL && wanted <= b->size - b->start)
		return 0;
	if (b != NULL) {
		memmove(b->data, b->data + b->start, s->queued);
		b->start = 0;
	}
	while (size < wanted)
		size *= 2;
	if (b != NULL && size == b->size)
		return 0;
	b = dx_sys_realloc(b, sizeof *b + size);
	if (b == NULL)
		return -ENOMEM;
	if (s->backlog == NULL)
		*b = (dx_backlog){ .start = 0 };
	b->size = (uint32_t)size;
	s->backlog = b;
	return 0;
}

static int queue(dx_stream *s, dx_slice data, size_t ceiling)
{
	size_t total;
	int r;

	if (dx_stream_finished(s))
		return -EPIPE;
	if (__builtin_add_overflow((size_t)s->queued, data.len, &total) || total > ceiling)
		return -ENOBUFS;
	if (data.len == 0)
		return 0;
	r = make_room(s, total);
	if (r < 0)
		return r;
	memcpy(s->backlog->data + s->backlog->start + s->queued, data.data, data.len);
	s->queued = (uint32_t)total;
	if (!dx_stream_has_room(s))
		s->was_full = true;
	dx_task_put(&s->loop->flushing, &s->task);
	return 0;
}

int dx_stream_send(dx_stream *s, dx_slice data)
{
	check_use(s);
	return queue(s, data, DX_LIMIT_STREAM_QUEUE_BYTES + unasked(s));
}

int dx_stream_send_whole(dx_stream *s, dx_slice message)
{
	int r = queue(s, message, dx_stream_has_room(s) ? UINT32_MAX / 2 : DX_LIMIT_STREAM_QUEUE_BYTES + unasked(s));

	if (r == 0 && message.len > 0)
		s->backlog->unasked += (uint32_t)message.len;
	return r;
}

int dx_stream_send_now(dx_stream *s, dx_slice data)
{
	int n;

	check_use(s);
	if (dx_stream_finished(s) || s->connecting || s->queued > 0 || data.len == 0)
		return dx_stream_send(s, data);
	n = s->carrier->send(s, data);
	if (n < 0)
		n = 0;          /* not now, or never: the flush will find out which */
	return (size_t)n == data.len ? 0 : dx_stream_send(s, dx_slice_after(data, (size_t)n));
}

void dx_stream_finish(dx_stream *s)
{
	check_use(s);
	if (s->closing || s->finishing)
		return;
	s->finishing = true;
	dx_task_put(&s->loop->flushing, &s->task);
}

static void begin_leaving(dx_stream *s, int64_t by_ns)
{
	s->leave_by_ns = by_ns;
	watch_wanted(s, awaits_output(s));
	if (!s->closing)
		look_again(s, LEAVE_LOOK_NS);
}

/* While it connects, the timer itself keeps the time by which it must be over. */
void dx_stream_leave(dx_stream *s, int within_ms)
{
	int64_t within_ns = within_ms < 0 ? INT64_MAX : within_ms * DX_NS_PER_MS, by_ns;

	check_use(s);
	if (s->connecting && s->queued == 0)
		dx_stream_close(s);
	if (s->leaving || s->closing)
		return;
	dx_stream_finish(s);
	s->leaving = true;
	if (__builtin_add_overflow(dx_loop_now_ns(s->loop), within_ns, &by_ns))
		by_ns = INT64_MAX;
	if (s->connecting)
		look_again(s, within_ns);
	else
		begin_leaving(s, by_ns);
}

void dx_stream_pause(dx_stream *s)
{
	check_use(s);
	s->paused = true;
	watch_wanted(s, awaits_output(s));
}

void dx_stream_resume(dx_stream *s)
{
	check_use(s);
	s->paused = false;
	watch_wanted(s, awaits_output(s));
}

void dx__stream_opened(dx_stream *s, int fd, bool nodelay)
{
	s->connecting = false;
	s->took_ns = s->loop->now_ns;
	s->watch.fd = fd;
	if (nodelay && s->peer.sa.sa_family != AF_UNIX)
		(void)dx_verb_setsockopt(s->loop, fd, DX_OPTION(IPPROTO_TCP, TCP_NODELAY), 1);
	if (s->leaving)
		begin_leaving(s, s->timer->due_ns);
	if (!s->closing && s->on->open != NULL)
		s->on->open(s, s->ctx);
	if (s->closing)
		return;
	if (s->queued > 0 || s->finishing)
		dx_task_put(&s->loop->flushing, &s->task);
	watch_wanted(s, false);
}

static void on_adopted(dx_task *t)
{
	dx_stream *s = DX_OWNER(dx_stream, task, t);

	t->run = on_flush;
	dx__stream_opened(s, s->watch.fd, false);
}

int dx_adopt_stream(dx_loop *loop, int fd, const dx_addr *peer, const dx_stream_events *events, void *ctx, dx_stream **ret,
		    dx_error *reterr)
{
	dx_stream *s = dx__stream_new(sizeof *s, &dx__carrier_socket, loop, events, ctx);

	if (s == NULL)
		return dx_error_set(reterr, -ENOMEM, "memory", "");
	s->peer = *peer;
	s->watch.fd = fd;
	s->task.run = on_adopted;
	dx_task_put(&loop->ready, &s->task);
	*ret = s;
	return 0;
}

size_t dx_stream_queued(const dx_stream *s)
{
	return s->queued;
}

size_t dx_stream_unacknowledged(const dx_stream *s)
{
	return s->lost > 0 ? s->lost : s->queued + s->carrier->unacknowledged(s);
}

int64_t dx_stream_took_ns(const dx_stream *s)
{
	return s->took_ns;
}

bool dx_stream_has_room(const dx_stream *s)
{
	return s->queued <= DX_LIMIT_STREAM_FULL_BYTES;
}

bool dx_stream_finished(const dx_stream *s)
{
	return s->closing || s->finishing;
}

const dx_addr *dx_stream_peer(const dx_stream *s)
{
	return &s->peer;
}

void dx_stream_set_context(dx_stream *s, void *ctx)
{
	check_use(s);
	s->ctx = ctx;
}

dx_loop *dx_stream_loop(const dx_stream *s)
{
	return s->loop;
}
