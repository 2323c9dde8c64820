#include "talk/times.h"
#include "talk/ending.h"
#include "talk/peers.h"
#include "talk/state_priv.h"

#define STALL_LOOK_NS (500 * DX_NS_PER_MS)

static void on_deadline(void *ctx)
{
	dx_session_fail_by(ctx, -DX_EDEADLINE, "deadline", "");
}

/* Silence. On listen each peer's counts, and that peer goes; elsewhere the session's does, and it ends. */

static int64_t let_the_silent_go(dx_session *s, int64_t now_ns, int64_t limit_ns)
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (now_ns - p->heard_ns < limit_ns)
			return p->heard_ns;
		if (s->settings->once)
			return p->heard_ns;
		dx_session_let_go(p, DX_REASON_TIMEOUT);
	}
	return now_ns;
}

static void on_idle(void *ctx)
{
	dx_session *s = ctx;
	int64_t limit_ns = s->settings->idle_ns, now_ns = dx_loop_now_ns(s->loop);
	int64_t oldest_ns = s->role->listens ? let_the_silent_go(s, now_ns, limit_ns) : s->active_ns;

	if (now_ns - oldest_ns >= limit_ns)
		dx_session_fail_by(s, -DX_EIDLE, "idle", "");
	else
		(void)dx_timer_start(s->loop, &s->idle, oldest_ns + limit_ns - now_ns);
}

/* A client's silence counts from when it is connected; until then the connection's own time limit holds. Taking turns at a
 * terminal, -w gives the turn back, and does not end the session besides. */
void dx_session_begin_idle(dx_session *s)
{
	const dx_settings *set = s->settings;
	bool gives_turn_back = s->places[0].manner.mode->takes_turns && dx_session_at_terminal(s) &&
			       set->idle_ns == set->timeout_ns;

	s->active_ns = dx_loop_now_ns(s->loop);
	if (set->idle_ns > 0 && !gives_turn_back)
		(void)dx_timer_start(s->loop, &s->idle, set->idle_ns);
}

/* Who sends datagrams never says goodbye, and is forgotten after a while. */

static int64_t expiry_ns(const dx_peer *p)
{
	int ms = p->place->endpoint->keys.expire;

	return p->stream != NULL || !p->session->role->listens ? 0 : (ms >= 0 ? ms : DX_LIMIT_EXPIRE_MS) * DX_NS_PER_MS;
}

static void on_expire(void *ctx)
{
	dx_session *s = ctx;
	int64_t now_ns = dx_loop_now_ns(s->loop), next_ns = INT64_MAX;
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		int64_t left_ns = p->heard_ns + expiry_ns(p) - now_ns;

		if (expiry_ns(p) == 0)
			continue;
		if (left_ns <= 0)
			dx_session_let_go(p, DX_REASON_EXPIRED);
		else
			next_ns = left_ns < next_ns ? left_ns : next_ns;
	}
	if (next_ns != INT64_MAX)
		(void)dx_timer_start(s->loop, &s->expire, next_ns);
}

void dx_session_begin_expiry(dx_session *s, const dx_peer *p)
{
	if (expiry_ns(p) > 0 && !dx_timer_running(&s->expire))
		(void)dx_timer_start(s->loop, &s->expire, expiry_ns(p));
}

/* Taking turns, an answer that does not come: off a terminal that is the end, at one the turn comes back. */
static void on_no_answer(void *ctx)
{
	dx_session *s = ctx;
	dx_peer *p;

	if (!dx_session_at_terminal(s)) {
		dx_session_fail_by(s, -DX_EIDLE, "answer", "");
		return;
	}
	dx_session_note(s, &(dx_event){ .note = DX_NOTE_NO_ANSWER });
	DX_EACH_PEER(s, p)
	{
		p->has_turn = true;
		p->awaits_answer = false;
	}
	dx_session_look_again(s);
}

/* What it did not take is lost, and that is said. */
static void let_stalled_go(dx_peer *p)
{
	char address[DX_ADDR_TEXT];
	dx_error why;

	(void)dx_error_set(&why, -DX_ESTALLED, "send", dx_session_address(p, address));
	dx_session_tell(p->session, &(dx_event){ .kind = DX_EVENT_ERROR, .error = &why, .peer = p,
						 .number = dx_stream_unacknowledged(p->stream) });
	p->going = true;
	p->reason = DX_REASON_STALLED;
	dx_stream_close(p->stream);
}

/* One of several that takes nothing while its queue is full delays the others for so long and no longer. */
static void on_stall(void *ctx)
{
	dx_session *s = ctx;
	int64_t now_ns = dx_loop_now_ns(s->loop);
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (s->peer_count > 1 && p->stream != NULL && dx_peer_is_full(p) &&
		    now_ns - dx_stream_took_ns(p->stream) >= (DX_LIMIT_STALL_MS - 600) * DX_NS_PER_MS)
			let_stalled_go(p);
	}
	dx_session_look_again(s);
}

static void keep_running(dx_session *s, dx_timer *t, bool runs, int64_t limit_ns)
{
	if (!runs)
		dx_timer_stop(s->loop, t);
	else if (!dx_timer_running(t) && limit_ns > 0)
		(void)dx_timer_start(s->loop, t, limit_ns);
}

void dx_session_wait_for_peers(dx_session *s)
{
	keep_running(s, &s->answer, dx_session_any_peer(s, dx_peer_owes_answer), s->answer_ns);
	keep_running(s, &s->stall, dx_session_any_peer(s, dx_peer_is_full), STALL_LOOK_NS);
}

void dx_session_input_is_read(dx_session *s)
{
	if (dx_timer_running(&s->quiet))
		(void)dx_timer_start(s->loop, &s->quiet, DX_LIMIT_QUIET_MS * DX_NS_PER_MS);
}

void dx_session_input_came(dx_session *s)
{
	s->active_ns = dx_loop_now_ns(s->loop);
	dx_session_input_is_read(s);
}

void dx_session_init_times(dx_session *s)
{
	dx_timer_init(&s->deadline, on_deadline, s);
	dx_timer_init(&s->idle, on_idle, s);
	dx_timer_init(&s->expire, on_expire, s);
	dx_timer_init(&s->answer, on_no_answer, s);
	dx_timer_init(&s->stall, on_stall, s);
}

void dx_session_begin_times(dx_session *s)
{
	const dx_settings *set = s->settings;
	dx_transport transport = s->places[0].endpoint->transport;
	bool datagrams = transport == DX_UDP || transport == DX_UNIX_DGRAM;

	s->active_ns = dx_loop_now_ns(s->loop);
	s->answer_ns = s->role->listens       ? 0
		       : set->timeout_ns >= 0 ? set->timeout_ns
		       : datagrams            ? DX_LIMIT_ANSWER_MS * DX_NS_PER_MS
					      : 0;
	if (set->deadline_ns > 0)
		(void)dx_timer_start(s->loop, &s->deadline, set->deadline_ns);
	if (s->role->listens)
		dx_session_begin_idle(s);
}
