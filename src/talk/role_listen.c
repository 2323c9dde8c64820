/* listen: whoever comes; one that goes leaves the others where they are. With --once there is one, served as by connect. */
#include "talk/peers.h"
#include "talk/place.h"
#include "talk/role_shared.h"
#include "talk/state_priv.h"

static void met(dx_session *s, dx_peer *p)
{
	(void)p;
	if (s->settings->once)
		dx_places_stop_listening(s);
}

static void input_ended(dx_session *s)
{
	const dx_peer *p = dx_session_next_peer(s, NULL);

	if (s->settings->once && p != NULL && p->stream != NULL)
		dx_role_finish_and_stay(s);
}

static void peer_ended(dx_session *s, dx_peer *p)
{
	if (s->settings->once)
		dx_role_finish_after_peer(s, p);
	else
		dx_stream_finish(p->stream);
}

/* One that breaks off is no failure of the session's, but what it did not get is lost, and that is said. */
static void tell_loss(dx_session *s, const dx_peer *p, const dx_error *why)
{
	uint64_t lost = p->stream != NULL && why != NULL ? dx_stream_unacknowledged(p->stream) : 0;

	if (lost > 0)
		dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = why, .peer = p, .number = lost });
}

static void peer_gone(dx_session *s, const dx_peer *p, const dx_error *why)
{
	if (s->settings->once)
		dx_role_end_with_peer(s, p, why);
	else
		tell_loss(s, p, why);
}

const dx_role dx_role_listen = { .name = "listen", .listens = true, .open = dx_place_listen, .met = met,
				 .input_ended = input_ended, .peer_ended = peer_ended, .peer_gone = peer_gone };
