#include "talk/role_shared.h"
#include "talk/ending.h"
#include "talk/peers.h"
#include "talk/source.h"
#include "talk/state_priv.h"

#define QUIET_NS (DX_LIMIT_QUIET_MS * DX_NS_PER_MS)

static void finish_streams(dx_session *s)
{
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (p->stream != NULL)
			dx_stream_finish(p->stream);
	}
}

static void on_linger_over(void *ctx)
{
	dx_session *s = ctx;
	dx_peer *p = dx_session_next_peer(s, NULL);

	dx_session_end(s, p != NULL && p->stream != NULL && dx_stream_unacknowledged(p->stream) > 0 ? 6 : 0);
}

void dx_role_finish_and_stay(dx_session *s)
{
	dx_peer *p = dx_session_next_peer(s, NULL);
	int64_t stay_ns = s->settings->linger_ns;

	if (p == NULL)
		return;
	if (p->stream == NULL && stay_ns < 0)
		stay_ns = DX_LIMIT_LINGER_MS * DX_NS_PER_MS;
	if (p->manner->mode->speaks)
		finish_streams(s);
	if (stay_ns > 0 && p->manner->mode->speaks)
		dx_session_after(s, &s->linger, stay_ns, on_linger_over);
}

/* A pipe that is not read, since the peer takes nothing now, is not silent. */
static void on_quiet(void *ctx)
{
	dx_session *s = ctx;

	if (dx_source_is_read(s))
		dx_source_end(s);
	else
		(void)dx_timer_start(s->loop, &s->quiet, QUIET_NS);
}

void dx_role_finish_after_peer(dx_session *s, dx_peer *p)
{
	bool nothing_left = s->input_over || s->source == NULL || s->input == DX_INPUT_NONE;

	if (nothing_left || dx_session_at_terminal(s))
		dx_stream_finish(p->stream);
	else if (s->input == DX_INPUT_PIPE)
		dx_session_after(s, &s->quiet, QUIET_NS, on_quiet);
}

void dx_role_end_with_peer(dx_session *s, const dx_peer *p, const dx_error *why)
{
	if (why != NULL)
		dx_session_fail(s, why, p);
	else
		dx_session_end(s, 0);
}
