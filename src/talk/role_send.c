/* send: say it, wait for what was asked, leave with a status that tells. */
#include "talk/converters.h"
#include "talk/ending.h"
#include "talk/hearing.h"
#include "talk/peers.h"
#include "talk/place.h"
#include "talk/role_shared.h"
#include "talk/state_priv.h"

#define LOOK_NS (5 * DX_NS_PER_MS)

static bool is_met(const dx_session *s)
{
	const dx_wait *w = &s->settings->wait;

	return s->wait_met || (w->kind == DX_WAIT_COUNT && s->in_messages >= w->count);
}

/* What met it is shown, be it the end of a message or not. */
static void leave_if_met(dx_session *s)
{
	dx_peer *p = dx_session_next_peer(s, NULL);

	if (!s->input_finished || s->ending || !is_met(s))
		return;
	s->wait_met = true;
	if (p != NULL)
		dx_hear_end(p);
	dx_session_end(s, 0);
}

/* Under --wait none: what arrives until all is acknowledged is shown. */
static void on_look(void *ctx)
{
	dx_session *s = ctx;
	dx_peer *p = dx_session_next_peer(s, NULL);

	if (p == NULL || p->stream == NULL || dx_stream_unacknowledged(p->stream) == 0)
		dx_session_end(s, 0);
	else
		(void)dx_timer_start(s->loop, &s->acknowledged, LOOK_NS);
}

static void on_silence(void *ctx)
{
	dx_session *s = ctx;

	s->wait_met = true;
	leave_if_met(s);
}

static void on_wait_over(void *ctx)
{
	dx_session_fail_by(ctx, -DX_EIDLE, "wait", "");
}

static void input_ended(dx_session *s)
{
	const dx_wait *w = &s->settings->wait;
	dx_peer *p = dx_session_next_peer(s, NULL);
	bool finishes = w->kind == DX_WAIT_NONE || w->kind == DX_WAIT_CLOSE || (p != NULL && p->ended);
	int64_t limit_ns = s->settings->timeout_ns >= 0 ? s->settings->timeout_ns : DX_LIMIT_ANSWER_MS * DX_NS_PER_MS;

	if (p == NULL)
		return;
	if (finishes && p->stream != NULL)
		dx_stream_finish(p->stream);
	if (w->kind == DX_WAIT_NONE)
		dx_session_after(s, &s->acknowledged, LOOK_NS, on_look);
	else if (w->kind == DX_WAIT_IDLE)
		dx_session_after(s, &s->acknowledged, w->idle_ns, on_silence);
	else if (limit_ns > 0 && (p->stream == NULL || s->settings->timeout_ns > 0))
		dx_session_after(s, &s->linger, limit_ns, on_wait_over);
	leave_if_met(s);
}

/* Has the text come, in the peer's encoding and also across two reads? The last bytes are kept, one fewer than the text has. */
static void look_for_text(dx_session *s, dx_peer *p, dx_slice bytes)
{
	dx_slice text, all;

	dx_buf_clear(&s->text);
	if (dx_session_encode_marked(p, s->settings->wait.until, &s->text, NULL) < 0 || dx_buf_add(&s->tail, bytes) < 0)
		return;
	text = dx_buf_slice(&s->text);
	all = dx_buf_slice(&s->tail);
	if (memmem(all.data, all.len, text.data, text.len) != NULL)
		s->wait_met = true;
	if (all.len >= text.len)
		dx_buf_take(&s->tail, all.len - text.len + 1);
}

static void heard(dx_session *s, dx_peer *p, dx_slice bytes)
{
	const dx_wait *w = &s->settings->wait;

	if (w->kind == DX_WAIT_UNTIL && !s->wait_met)
		look_for_text(s, p, bytes);
	if (w->kind == DX_WAIT_IDLE && dx_timer_running(&s->acknowledged))
		(void)dx_timer_start(s->loop, &s->acknowledged, w->idle_ns);
	leave_if_met(s);
}

/* The peer's end meets close and idle; what is left to say is said first. */
static void peer_ended(dx_session *s, dx_peer *p)
{
	const dx_wait *w = &s->settings->wait;

	if (w->kind == DX_WAIT_CLOSE || w->kind == DX_WAIT_IDLE)
		s->wait_met = true;
	dx_role_finish_after_peer(s, p);
}

static void peer_gone(dx_session *s, const dx_peer *p, const dx_error *why)
{
	const dx_wait *w = &s->settings->wait;

	if (why != NULL)
		dx_session_fail(s, why, p);
	else
		dx_session_end(s, w->kind == DX_WAIT_NONE || is_met(s) ? 0 : 8);
}

const dx_role dx_role_send = { .name = "send", .open = dx_place_connect, .input_ended = input_ended,
			       .peer_ended = peer_ended, .peer_gone = peer_gone, .heard = heard };
