#include "talk/meeting.h"
#include "sys/sys.h"
#include "talk/ending.h"
#include "talk/flow.h"
#include "talk/hearing.h"
#include "talk/peers.h"
#include "talk/senders.h"
#include "talk/source.h"
#include "talk/speech.h"
#include "talk/state_priv.h"
#include "talk/times.h"

/* With --once there is one, and nobody after it. */
static bool is_welcome(const dx_session *s)
{
	return !s->ending && !(s->settings->once && s->had_peer);
}

static void begin_source(dx_session *s)
{
	if (s->source == NULL && !s->input_over && dx_source_new(s) < 0)
		dx_session_fail_by(s, -ENOMEM, "memory", "");
}

static void meet(dx_place *place, dx_peer *p, dx_stream *stream, const dx_addr *address)
{
	dx_session *s = place->session;
	const dx_mode *mode = place->manner.mode;

	dx_session_add_peer(place, p, stream, address);
	if (dx_session_is_crowded(s) || s->settings->once)
		dx_places_pause_listening(s, true);
	if (mode->met != NULL)
		mode->met(p, !s->role->listens || dx_session_at_terminal(s));
	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_OPEN, .peer = p, .endpoint = place->name });
	if (s->sinks_full && stream != NULL)
		dx_stream_pause(stream);
	if (!s->role->listens)
		dx_session_begin_idle(s);
	dx_session_begin_expiry(s, p);
	if (s->settings->greet.data != NULL)
		(void)dx_speak_template(p, s->settings->greet, NULL);
	begin_source(s);
	if (!s->ending && s->role->met != NULL)
		s->role->met(s, p);
	dx_session_look_again(s);
}

/* Streams. Until `open` a stream's context is its place, then its peer. */

static void on_open(dx_stream *stream, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_peer *p;

	place->connecting = place->connecting == stream ? NULL : place->connecting;
	if (!is_welcome(place->session)) {
		dx_stream_close(stream);
		return;
	}
	p = dx_sys_calloc(1, sizeof *p);
	if (p == NULL) {
		dx_stream_close(stream);
		dx_session_fail_by(place->session, -ENOMEM, "memory", "");
		return;
	}
	dx_stream_set_context(stream, p);
	meet(place, p, stream, dx_stream_peer(stream));
}

static void on_data(dx_stream *stream, dx_slice in, void *ctx)
{
	dx_peer *p = DX_CAST(dx_peer, ctx);

	(void)stream;
	dx_hear_stream(p, in);
	dx_session_check_sinks(p->session);
}

static void on_end(dx_stream *stream, void *ctx)
{
	dx_peer *p = DX_CAST(dx_peer, ctx);
	dx_session *s = p->session;

	(void)stream;
	p->ended = true;
	dx_hear_end(p);
	if (s->ending || p->going)
		return;
	p->awaits_answer = false; /* its end counts as its answer */
	if (p->manner->mode->heard != NULL)
		p->manner->mode->heard(p);
	s->role->peer_ended(s, p);
	dx_session_look_again(s);
}

static void on_room(dx_stream *stream, void *ctx)
{
	dx_peer *p = DX_CAST(dx_peer, ctx);

	(void)stream;
	dx_hear_on(p);
	dx_session_check_sinks(p->session);
	dx_session_look_again(p->session);
}

static void lose_stream(dx_peer *p, const dx_error *why)
{
	dx_session *s = p->session;
	char address[DX_ADDR_TEXT];
	dx_error cut;

	if (why == NULL && !p->going && dx_hear_is_cut(p))
		why = (dx_error_set(&cut, -DX_ECUT, "receive", dx_session_address(p, address)), &cut);
	if (!p->going && (why == NULL || why->code != -DX_ECUT))
		dx_hear_end(p);
	else if (p->going)
		dx_hear_rest(p);
	dx_session_lose(p, why);
	if (!s->ending && !dx_session_is_crowded(s) && !s->settings->once)
		dx_places_pause_listening(s, false);
}

/* It never became a peer. */
static void lose_connection(dx_place *place, dx_stream *stream, const dx_error *why)
{
	dx_session *s = place->session;

	place->connecting = place->connecting == stream ? NULL : place->connecting;
	if (s->ending || s->role->listens || why == NULL)
		return;
	if (s->role->not_connected == NULL || !s->role->not_connected(place, why))
		dx_session_fail(s, why, NULL);
}

static void on_closed(dx_stream *stream, const dx_error *why, void *ctx)
{
	if (*(uint32_t *)ctx == dx_peer_MAGIC)
		lose_stream(DX_CAST(dx_peer, ctx), why);
	else
		lose_connection(DX_CAST(dx_place, ctx), stream, why);
}

/* Datagrams */

/* Too many strangers: the one that has been silent for longest is forgotten. */
static void make_room(dx_place *place)
{
	dx_session *s = place->session;
	dx_peer *p;

	if (!dx_senders_are_full(place))
		return;
	DX_EACH_PEER(s, p)
	{
		if (p->place == place) {
			dx_session_lose(p, NULL);
			return;
		}
	}
}

static dx_peer *meet_sender(dx_place *place, const dx_addr *from, const dx_addr *to)
{
	dx_peer *p = dx_sender_find(place, from);
	bool is_new = p == NULL && is_welcome(place->session);
	const dx_addr *address;

	if (is_new) {
		make_room(place);
		p = dx_sender_add(place, from, &address);
	}
	if (p == NULL)
		return NULL;
	dx_sender_speaks_to(p, to);
	if (is_new)
		meet(place, p, NULL, address);
	return p;
}

static void on_datagram(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_peer *p;

	(void)d;
	dx_session_free_buried(place->session);
	p = meet_sender(place, from, info->to);
	if (p == NULL)
		return;
	dx_hear_datagram(p, in, info);
	dx_session_check_sinks(place->session);
}

static void on_datagram_error(dx_datagram *d, const dx_error *why, void *ctx)
{
	dx_session *s = DX_CAST(dx_place, ctx)->session;
	bool refused = why->code == -ECONNREFUSED || why->code == -ECONNRESET;

	(void)d;
	if (s->ending && !refused)
		return;
	if (s->role->listens)
		dx_session_tell_error(s, why, 0, NULL);
	else if (refused && (dx_session_at_terminal(s) || s->role->is_for_people))
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_REFUSED, .error = why });
	else
		dx_session_fail(s, why, NULL);
}

static void on_datagram_room(dx_datagram *d, void *ctx)
{
	(void)d;
	dx_session_look_again(DX_CAST(dx_place, ctx)->session);
}

static void on_datagram_closed(dx_datagram *d, const dx_error *why, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);

	(void)d;
	place->socket = NULL;
	if (why != NULL)
		dx_session_fail(place->session, why, NULL);
	dx_session_look_again(place->session);
}

static void on_connected(dx_place *place)
{
	if (meet_sender(place, dx_datagram_peer(place->socket), NULL) == NULL)
		dx_session_fail_by(place->session, -ENOMEM, "memory", "");
}

const dx_place_events dx_meeting = {
	.stream = { .open = on_open, .data = on_data, .end = on_end, .room = on_room, .closed = on_closed },
	.datagram = { .data = on_datagram, .error = on_datagram_error, .room = on_datagram_room, .closed = on_datagram_closed },
	.connected = on_connected,
};
