/* Flow: when the source goes on, and when reading stops. The source stops while somebody's queue is full, while nobody is there,
 * and, taking turns, while nobody may be spoken to; a sink that is full stops the reading that feeds it. */
#include "talk/source.h"

#define STALL_LOOK_NS (500 * DX_NS_PER_MS)

static bool is_full(const dx_peer *p)
{
	return p->stream != NULL && !dx_stream_has_room(p->stream);
}

static bool awaits_answer(const dx_peer *p)
{
	return p->awaits_answer && p->manner->mode->takes_turns;
}

static bool is_any_peer(const dx_session *s, bool (*is)(const dx_peer *p))
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (is(p))
			return true;
	}
	return false;
}

/* Input */

static void finish_input(dx_session *s)
{
	if (s->input_finished || s->ending || is_any_peer(s, awaits_answer))
		return;
	s->input_finished = true;
	s->role->input_ended(s);
}

void dx_session_input_is_over(dx_session *s)
{
	s->input_over = true;
	finish_input(s);
}

static void start_once(dx_session *s, dx_timer *t, int64_t after_ns)
{
	if (!dx_timer_running(t) && after_ns > 0)
		(void)dx_timer_start(s->loop, t, after_ns);
}

void dx_session_update_input(dx_session *s)
{
	bool may_go_on = s->peer_count == 0 ? dx_session_at_terminal(s) : is_any_peer(s, dx_may_speak);

	if (s->ending || s->source == NULL)
		return;
	if (s->input_over) {
		finish_input(s);
		return;
	}
	if (is_any_peer(s, is_full)) {
		start_once(s, &s->stall, STALL_LOOK_NS);
		may_go_on = false;
	} else if (may_go_on) {
		dx_timer_stop(s->loop, &s->answer);
	}
	if (may_go_on && s->feed == NULL)
		dx_source_resume(s);
	else
		dx_source_pause(s);
	if (is_any_peer(s, awaits_answer))
		start_once(s, &s->answer, s->answer_ns);
	if (s->feed != NULL)
		dx_feed_update(s);
}

void dx_session_input_came(dx_session *s)
{
	s->active_ns = dx_loop_now_ns(s->loop);
	if (dx_timer_running(&s->quiet))
		(void)dx_timer_start(s->loop, &s->quiet, DX_LIMIT_QUIET_MS * DX_NS_PER_MS);
}

/* One of several that takes nothing while its queue is full delays the others for so long and no longer. */
void dx_session_on_stall(void *ctx)
{
	dx_session *s = ctx;
	int64_t now_ns = dx_loop_now_ns(s->loop);
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (s->peer_count > 1 && is_full(p) &&
		    now_ns - dx_stream_took_ns(p->stream) >= (DX_LIMIT_STALL_MS - 600) * DX_NS_PER_MS) {
			p->going = true;
			p->reason = DX_REASON_STALLED;
			dx_stream_close(p->stream);
		}
	}
	if (is_any_peer(s, is_full))
		(void)dx_timer_start(s->loop, &s->stall, STALL_LOOK_NS);
	else
		dx_session_update_input(s);
}

/* Sinks */

static void pause_all(dx_session *s, bool pause)
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		dx_hear_pause(p, pause);
		if (p->stream != NULL && pause)
			dx_stream_pause(p->stream);
		else if (p->stream != NULL && p->aside == NULL)
			dx_stream_resume(p->stream);
	}
	dx_places_pause_datagrams(s, pause);
}

void dx_session_check_sinks(dx_session *s)
{
	for (size_t i = 0; i < s->sink_count && !s->sinks_full; i++) {
		if (s->sinks[i]->kind->is_full != NULL && s->sinks[i]->kind->is_full(s->sinks[i])) {
			s->sinks_full = true;
			pause_all(s, true);
		}
	}
}

void dx_session_sink_has_room(dx_session *s)
{
	if (!s->sinks_full)
		return;
	s->sinks_full = false;
	pause_all(s, false);
	dx_session_check_sinks(s);
}

void dx_session_sink_failed(dx_session *s, int code)
{
	int status = code == -EPIPE ? 141 : 1;
	dx_error why;

	(void)dx_error_set(&why, code, "write", "standard output");
	if (status == 1)
		dx_session_tell_error(s, &why, 1, NULL);
	dx_session_end(s, status);
	s->status = status; /* even where it was ending already */
}
