/* chat: two people. Streams connect first and, where nobody is there and the host is this machine, listen: the first waits, the
 * second joins. Datagrams bind the peer's own number, so that both can be told the same words. */
#include "net/bound.h"
#include "talk/ending.h"
#include "talk/place.h"
#include "talk/role_shared.h"
#include "talk/state_priv.h"

#include <errno.h>

static bool is_this_machine(const dx_endpoint *e)
{
	dx_addr a;

	if (e->transport == DX_UNIX || e->transport == DX_UNIX_DGRAM || e->host[0] == 0 || strcmp(e->host, "localhost") == 0)
		return true;
	return dx_bound_address(e, &a) == 0 && dx_addr_is_loopback(&a);
}

static void wait_here(dx_place *place)
{
	dx_place_listen(place);
	if (!place->session->ending)
		dx_session_note(place->session, &(dx_event){ .note = DX_NOTE_WAITING, .endpoint = place->name });
}

static bool not_connected(dx_place *place, const dx_error *why)
{
	bool nobody = why->code == -ECONNREFUSED || why->code == -ENOENT || why->code == -DX_ESELF;

	if (!nobody || !is_this_machine(place->endpoint) || place->listener != NULL)
		return false;
	wait_here(place);
	return true;
}

/* The port that both people name: the first here gets it and waits, the second takes any and speaks to it. */
static bool can_wait_for_datagrams(dx_place *place)
{
	const dx_endpoint *e = place->endpoint;
	dx_bound probe;
	dx_addr at;

	if (e->keys.bind != NULL || !is_this_machine(e) || dx_bound_address(e, &at) < 0)
		return false;
	if (dx_bound_open(place->session->loop, &at, e, &probe, NULL) < 0)
		return false;
	dx_bound_close(place->session->loop, &probe);
	return true;
}

static void open_place(dx_place *place)
{
	if (!dx_endpoint_is_stream(place->endpoint) && can_wait_for_datagrams(place))
		wait_here(place);
	else
		dx_place_connect(place);
}

static void met(dx_session *s, dx_peer *p)
{
	(void)p;
	dx_places_stop_listening(s);
}

static void leave(void *ctx)
{
	dx_session_end(ctx, 0);
}

/* At a terminal leave once what was typed has gone. */
static void input_ended(dx_session *s)
{
	if (dx_session_at_terminal(s))
		dx_session_after(s, &s->linger, 0, leave);
	else
		dx_role_finish_and_stay(s);
}

static void peer_ended(dx_session *s, dx_peer *p)
{
	(void)p;
	dx_session_end(s, 0);
}

const dx_role dx_role_chat = { .name = "chat", .is_for_people = true, .open = open_place, .not_connected = not_connected, .met = met,
			       .input_ended = input_ended, .peer_ended = peer_ended, .peer_gone = dx_role_end_with_peer };
