#include "talk/place.h"
#include "net/adopt.h"
#include "net/bound.h"
#include "net/connect.h"
#include "net/datagram.h"
#include "net/listener.h"
#include "talk/ending.h"
#include "talk/state_priv.h"

#include <errno.h>

/* Listening */

/* Of fd://N, what the kernel says that it is. */
static dx_transport transport_of(const dx_place *place, const dx_addr *at)
{
	bool streams = place->listener != NULL;

	if (place->endpoint->transport != DX_FD)
		return place->endpoint->transport;
	if (at->sa.sa_family == AF_UNIX)
		return streams ? DX_UNIX : DX_UNIX_DGRAM;
	return streams ? DX_TCP : DX_UDP;
}

static void tell_listening(dx_place *place, const dx_addr *at)
{
	(void)dx_endpoint_print(transport_of(place, at), at, place->name);
	dx_session_tell(place->session, &(dx_event){ .kind = DX_EVENT_LISTENING, .endpoint = place->name });
}

static void on_resting(void *ctx, int code)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_error why;

	(void)dx_error_set(&why, code, "accept", place->name);
	dx_session_note(place->session, &(dx_event){ .note = DX_NOTE_RESTING, .error = &why });
}

static bool is_any_address(const dx_endpoint *e)
{
	return e->host != NULL && e->host[0] == 0 && e->family == AF_UNSPEC;
}

static int listen_at(dx_place *place, const dx_addr *at, bool streams, dx_error *why)
{
	dx_session *s = place->session;

	if (streams)
		return dx_listener_open(s->loop, place->endpoint, at, &s->at_places->stream, place, on_resting, &place->listener, why);
	return dx_datagram_bind_at(s->loop, place->endpoint, at, &s->at_places->datagram, place, &place->socket, why);
}

/* Where IPv6 is off, every address is every IPv4 address, and that is said. */
static void begin_listening(dx_place *place, const dx_addr *at, bool streams)
{
	dx_error why;
	dx_addr v4;
	int r = listen_at(place, at, streams, &why);

	if ((r == -EAFNOSUPPORT || r == -EADDRNOTAVAIL) && is_any_address(place->endpoint) &&
	    dx_addr_from_host("", place->endpoint->port, AF_INET, &v4) == 0) {
		r = listen_at(place, &v4, streams, &why);
		if (r == 0)
			dx_session_note(place->session, &(dx_event){ .note = DX_NOTE_V4_ONLY });
	}
	if (r < 0)
		dx_session_fail(place->session, &why, NULL);
	else
		tell_listening(place, place->listener != NULL ? dx_listener_address(place->listener) : dx_datagram_address(place->socket));
}

/* Names */

static const char *host_of(const dx_place *place)
{
	return place->endpoint->host != NULL ? place->endpoint->host : "";
}

static void on_lookup_limit(void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);

	dx_resolve_cancel(place->lookup);
	place->lookup = NULL;
	dx_session_fail_by(place->session, -ETIMEDOUT, "resolve", host_of(place));
}

static void look_up(dx_place *place, dx_resolved *told)
{
	dx_session *s = place->session;
	int64_t limit_ns = s->settings->connect_timeout_ns;
	int r = dx_resolve(s->loop, place->endpoint, told, place, &place->lookup);

	dx_timer_init(&place->lookup_limit, on_lookup_limit, place);
	if (r == 0 && limit_ns > 0)
		(void)dx_timer_start(s->loop, &place->lookup_limit, limit_ns);
	if (r < 0)
		dx_session_fail_by(s, r, "resolve", host_of(place));
}

static bool looked_up(dx_place *place, size_t count, int why)
{
	place->lookup = NULL;
	dx_timer_stop(place->session->loop, &place->lookup_limit);
	if (count == 0)
		dx_session_fail_by(place->session, why, "resolve", host_of(place));
	return count > 0;
}

static void on_listen_address(void *ctx, const dx_addr *found, size_t count, int why)
{
	dx_place *place = DX_CAST(dx_place, ctx);

	if (looked_up(place, count, why))
		begin_listening(place, &found[0], dx_endpoint_is_stream(place->endpoint));
}

void dx_place_listen(dx_place *place)
{
	dx_addr at;
	int r = dx_bound_address(place->endpoint, &at);

	if (r == -EAGAIN)
		look_up(place, on_listen_address);
	else if (r < 0)
		dx_session_fail_by(place->session, r, "bind", host_of(place));
	else
		begin_listening(place, &at, dx_endpoint_is_stream(place->endpoint));
}

/* Connecting */

static void on_connect_address(void *ctx, const dx_addr *found, size_t count, int failed)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_session *s = place->session;
	dx_error why = { -DX_ENAMEFAMILY, "connect", "" };
	int r = -DX_ENAMEFAMILY;

	if (!looked_up(place, count, failed))
		return;
	for (size_t i = 0; i < count && r < 0; i++)
		r = dx_datagram_connect_to(s->loop, place->endpoint, &found[i], &s->at_places->datagram, place, &place->socket, &why);
	if (r < 0) {
		dx_session_fail(s, &why, NULL);
		return;
	}
	(void)dx_endpoint_print(place->endpoint->transport, dx_datagram_peer(place->socket), place->name);
	s->at_places->connected(place);
}

void dx_place_connect(dx_place *place)
{
	dx_session *s = place->session;
	int64_t timeout_ns = s->settings->connect_timeout_ns > 0 ? s->settings->connect_timeout_ns : -1;
	int r = 0;

	if (dx_endpoint_is_stream(place->endpoint))
		r = dx_connect_open(s->loop, place->endpoint, timeout_ns, &s->at_places->stream, place, &place->connecting);
	else
		look_up(place, on_connect_address);
	if (r < 0)
		dx_session_fail_by(s, r, "connect", host_of(place));
}

/* An inherited socket is what it is: listening, connected, or of datagrams. */
static void open_inherited(dx_place *place)
{
	dx_session *s = place->session;
	unsigned any = 1u << DX_ADOPTED_STREAM | 1u << DX_ADOPTED_LISTENER | 1u << DX_ADOPTED_DATAGRAM;
	dx_adopted it;
	dx_error why;
	int r = dx_adopt(s->loop, place->endpoint, any, &it, &why);

	if (r == 0 && it.kind != DX_ADOPTED_STREAM) {
		begin_listening(place, &it.own, it.kind == DX_ADOPTED_LISTENER);
		return;
	}
	if (r == 0)
		r = dx_adopt_stream(s->loop, place->endpoint->fd, &it.peer, &s->at_places->stream, place, &place->connecting, &why);
	if (r < 0)
		dx_session_fail(s, &why, NULL);
}

void dx_places_open(dx_session *s, const dx_place_events *on)
{
	s->at_places = on;
	for (size_t i = 0; i < s->place_count && !s->ending; i++) {
		if (s->places[i].endpoint->transport == DX_FD)
			open_inherited(&s->places[i]);
		else
			s->role->open(&s->places[i]);
	}
}

/* Closing */

static void stop_listening(dx_place *place)
{
	if (place->listener != NULL)
		dx_listener_close(place->listener);
	place->listener = NULL;
}

/* Datagrams that the kernel dropped are said when the first are missed, and at the end all of them. */
static void tell_lost(dx_place *place, bool at_end)
{
	uint64_t lost = dx_datagram_lost(place->socket);

	if (lost == place->lost_told || (place->lost_told > 0 && !at_end))
		return;
	place->lost_told = lost;
	dx_session_note(place->session, &(dx_event){ .note = DX_NOTE_LOST, .number = lost, .detail = dx_slice_text(place->name) });
}

static void close_place(dx_place *place, bool at_once)
{
	if (place->lookup != NULL) {
		dx_timer_stop(place->session->loop, &place->lookup_limit);
		dx_resolve_cancel(place->lookup);
		place->lookup = NULL;
	}
	if (place->connecting != NULL)
		dx_stream_close(place->connecting);
	stop_listening(place);
	if (place->socket != NULL && (at_once || dx_datagram_queued(place->socket) == 0)) {
		tell_lost(place, true);
		dx_datagram_close(place->socket);
	}
}

void dx_places_close(dx_session *s, bool at_once)
{
	for (size_t i = 0; i < s->place_count; i++)
		close_place(&s->places[i], at_once);
}

void dx_places_stop_listening(dx_session *s)
{
	for (size_t i = 0; i < s->place_count; i++)
		stop_listening(&s->places[i]);
}

bool dx_places_are_closed(const dx_session *s)
{
	for (size_t i = 0; i < s->place_count; i++) {
		if (s->places[i].socket != NULL)
			return false;
	}
	return true;
}

void dx_places_pause_listening(dx_session *s, bool pause)
{
	for (size_t i = 0; i < s->place_count; i++) {
		dx_listener *l = s->places[i].listener;

		if (l != NULL)
			(pause ? dx_listener_pause : dx_listener_resume)(l);
	}
}

void dx_places_pause_datagrams(dx_session *s, bool pause)
{
	for (size_t i = 0; i < s->place_count; i++) {
		dx_datagram *d = s->places[i].socket;

		if (d == NULL)
			continue;
		(pause ? dx_datagram_pause : dx_datagram_resume)(d);
		if (!pause)
			tell_lost(&s->places[i], false);
	}
}
