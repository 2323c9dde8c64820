#include "talk/flow.h"
#include "talk/hearing.h"
#include "talk/place.h"
#include "talk/state_priv.h"

static void pause_all(dx_session *s, bool pause)
{
	dx_peer *p;

	s->sinks_full = pause;
	DX_EACH_PEER(s, p)
	{
		dx_hear_pause(p, pause);
		if (p->stream != NULL && pause)
			dx_stream_pause(p->stream);
		else if (p->stream != NULL && p->aside == NULL)
			dx_stream_resume(p->stream);
		else if (p->stream != NULL)
			dx_hear_on(p);
	}
	dx_places_pause_datagrams(s, pause);
}

void dx_session_check_sinks(dx_session *s)
{
	if (!s->sinks_full && dx_session_sinks_are_full(s))
		pause_all(s, true);
}

void dx_session_sink_has_room(dx_session *s)
{
	if (!s->sinks_full)
		return;
	pause_all(s, false);
	dx_session_check_sinks(s);
}
