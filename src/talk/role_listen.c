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

static void peer_gone(dx_session *s, const dx_peer *p, const dx_error *why)
{
	if (s->settings->once)
		dx_role_end_with_peer(s, p, why);
}

const dx_role dx_role_listen = { .name = "listen", .listens = true, .open = dx_place_listen, .met = met,
				 .input_ended = input_ended, .peer_ended = peer_ended, .peer_gone = peer_gone };
