/* Places: the endpoints of a command, how they are opened, and how what happens there becomes peers and messages. */
#include "base/check.h"
#include "net/adopt.h"
#include "net/bound.h"
#include "net/connect.h"
#include "net/datagram.h"
#include "net/listener.h"
#include "sys/sys.h"
#include "talk/session_priv.h"

#define dx_place_MAGIC 0x91ace5edu

static void place_is_open(dx_place *place)
{
	place->is_open = true;
	place->session->opening--;
}

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
	place_is_open(place);
	dx_session_tell(place->session, &(dx_event){ .kind = DX_EVENT_LISTENING, .endpoint = place->name });
}

/* Streams. Until `open` a stream's context is its place, then its peer. */

static void on_open(dx_stream *stream, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_session *s = place->session;
	dx_peer *p;

	place->connecting = place->connecting == stream ? NULL : place->connecting;
	if (s->ending || (s->settings->once && s->had_peer)) {
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
	if (!s->role->listens)
		place_is_open(place);
	dx_session_meet(place, p, stream, dx_stream_peer(stream));
}

static void on_data(dx_stream *stream, dx_slice in, void *ctx)
{
	(void)stream;
	dx_hear_stream(DX_CAST(dx_peer, ctx), in);
}

static void on_end(dx_stream *stream, void *ctx)
{
	dx_peer *p = DX_CAST(dx_peer, ctx);

	(void)stream;
	dx_session_hear_end(p);
}

static void on_room(dx_stream *stream, void *ctx)
{
	dx_peer *p = DX_CAST(dx_peer, ctx);

	(void)stream;
	dx_hear_on(p);
	dx_session_update_input(p->session);
}

static void on_closed(dx_stream *stream, const dx_error *why, void *ctx)
{
	if (*(uint32_t *)ctx == dx_peer_MAGIC) {
		dx_session_lose(DX_CAST(dx_peer, ctx), why);
	} else {
		dx_place *place = DX_CAST(dx_place, ctx);

		place->connecting = place->connecting == stream ? NULL : place->connecting;
		if (!place->session->ending && !place->session->role->listens)
			dx_place_failed(place, why);
	}
}

const dx_stream_events dx_place_stream_events = { .open = on_open, .data = on_data, .end = on_end, .room = on_room,
						  .closed = on_closed };

static void on_resting(void *ctx, int code)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_error why;

	(void)dx_error_set(&why, code, "accept", place->name);
	dx_session_note(place->session, &(dx_event){ .note = DX_NOTE_RESTING, .error = &why });
}

/* Datagrams */

static bool is_welcome(const dx_place *place)
{
	const dx_session *s = place->session;

	return !s->ending && !(s->settings->once && s->had_peer);
}

/* Too many strangers: the one that has been silent for longest is forgotten. */
static void make_room(dx_place *place)
{
	dx_session *s = place->session;
	dx_peer *p;

	if (HASH_COUNT(place->known) < DX_LIMIT_DATAGRAM_PEERS)
		return;
	DX_EACH_PEER(s, p) {
		if (p->place == place) {
			dx_session_lose(p, NULL);
			return;
		}
	}
}

static dx_peer *meet_sender(dx_place *place, const dx_addr *from)
{
	dx_known *k = NULL;

	HASH_FIND(hh, place->known, &from->un, from->len, k);
	if (k != NULL || !is_welcome(place))
		return k != NULL ? &k->peer : NULL;
	make_room(place);
	k = dx_sys_calloc(1, sizeof *k);
	if (k == NULL)
		return NULL;
	k->address = *from;
	HASH_ADD_KEYPTR(hh, place->known, &k->address.un, k->address.len, k);
	if (k->hh.tbl == NULL) {
		dx_sys_free(k);
		return NULL;
	}
	return dx_session_meet(place, &k->peer, NULL, &k->address);
}

void dx_place_forget(dx_peer *p)
{
	dx_known *k = DX_OWNER(dx_known, peer, p);

	HASH_DELETE(hh, p->place->known, k);
}

static void on_datagram(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_peer *p;

	(void)d;
	dx_session_free_buried(place->session);
	p = meet_sender(place, from);
	if (p != NULL)
		dx_hear_datagram(p, in, info);
}

static void on_datagram_error(dx_datagram *d, const dx_error *why, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);
	dx_session *s = place->session;
	bool refused = why->code == -ECONNREFUSED || why->code == -ECONNRESET;

	(void)d;
	if (s->ending && !refused)
		return;
	if (s->role->listens)
		dx_session_tell_error(s, why, 0, NULL);
	else if (refused && (dx_session_at_terminal(s) || s->role == &dx_role_chat))
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_REFUSED, .error = why });
	else
		dx_session_fail(s, why, NULL);
}

static void on_datagram_room(dx_datagram *d, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);

	if (place->session->ending)
		dx_datagram_close(d);
	else
		dx_session_update_input(place->session);
}

static void on_datagram_closed(dx_datagram *d, const dx_error *why, void *ctx)
{
	dx_place *place = DX_CAST(dx_place, ctx);

	(void)d;
	place->socket = NULL;
	if (why != NULL)
		dx_session_fail(place->session, why, NULL);
	dx_session_stop_if_over(place->session);
}

static const dx_datagram_events datagram_events = { .data = on_datagram, .error = on_datagram_error, .room = on_datagram_room,
						    .closed = on_datagram_closed };

/* Listening */

static bool is_any_address(const dx_endpoint *e)
{
	return e->host != NULL && e->host[0] == 0 && e->family == AF_UNSPEC;
}

static int listen_at(dx_place *place, const dx_addr *at, bool streams, dx_error *why)
{
	dx_session *s = place->session;

	if (streams)
		return dx_listener_open(s->loop, place->endpoint, at, &dx_place_stream_events, place, on_resting, &place->listener, why);
	return dx_datagram_bind_at(s->loop, place->endpoint, at, &datagram_events, place, &place->socket, why);
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
		dx_session_fail_by(place->session, r, "resolve", host_of(place));
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

static void open_listening(dx_place *place)
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

static void connect_datagrams(dx_place *place, const dx_addr *found, size_t count)
{
	dx_error why = { -DX_ENAMEFAMILY, "connect", "" };
	int r = -DX_ENAMEFAMILY;

	for (size_t i = 0; i < count && r < 0; i++)
		r = dx_datagram_connect_to(place->session->loop, place->endpoint, &found[i], &datagram_events, place, &place->socket, &why);
	if (r < 0) {
		dx_session_fail(place->session, &why, NULL);
		return;
	}
	(void)dx_endpoint_print(place->endpoint->transport, dx_datagram_peer(place->socket), place->name);
	place_is_open(place);
	if (meet_sender(place, dx_datagram_peer(place->socket)) == NULL)
		dx_session_fail_by(place->session, -ENOMEM, "memory", "");
}

static void on_connect_address(void *ctx, const dx_addr *found, size_t count, int why)
{
	dx_place *place = DX_CAST(dx_place, ctx);

	if (!looked_up(place, count, why))
		return;
	connect_datagrams(place, found, count);
}

static void open_connecting(dx_place *place)
{
	dx_session *s = place->session;
	int64_t timeout_ns = s->settings->connect_timeout_ns > 0 ? s->settings->connect_timeout_ns : -1;
	int r = 0;

	if (dx_endpoint_is_stream(place->endpoint))
		r = dx_connect_open(s->loop, place->endpoint, timeout_ns, &dx_place_stream_events, place, &place->connecting);
	else
		look_up(place, on_connect_address);
	if (r < 0)
		dx_session_fail_by(place->session, r, "connect", host_of(place));
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
		r = dx_adopt_stream(s->loop, place->endpoint->fd, &it.peer, &dx_place_stream_events, place, &place->connecting, &why);
	if (r < 0)
		dx_session_fail(s, &why, NULL);
}

int dx_places_open(dx_session *s)
{
	for (size_t i = 0; i < s->place_count && !s->ending; i++) {
		dx_place *place = &s->places[i];

		place->magic = dx_place_MAGIC;
		if (place->endpoint->transport == DX_FD)
			open_inherited(place);
		else if (s->role->listens)
			open_listening(place);
		else if (s->role == &dx_role_chat)
			dx_chat_open(place);
		else
			open_connecting(place);
	}
	return 0;
}

void dx_place_connect(dx_place *place)
{
	open_connecting(place);
}

void dx_place_listen(dx_place *place)
{
	open_listening(place);
}

/* Closing */

static void close_place(dx_place *place)
{
	if (place->lookup != NULL) {
		dx_timer_stop(place->session->loop, &place->lookup_limit);
		dx_resolve_cancel(place->lookup);
		place->lookup = NULL;
	}
	if (place->connecting != NULL)
		dx_stream_close(place->connecting);
	if (place->listener != NULL)
		dx_listener_close(place->listener);
	place->listener = NULL;
	if (place->socket != NULL && dx_datagram_queued(place->socket) == 0)
		dx_datagram_close(place->socket);
}

void dx_places_close(dx_session *s)
{
	for (size_t i = 0; i < s->place_count; i++)
		close_place(&s->places[i]);
}

/* At once, queued datagrams or not. */
void dx_places_shut(dx_session *s)
{
	for (size_t i = 0; i < s->place_count; i++) {
		close_place(&s->places[i]);
		if (s->places[i].socket != NULL)
			dx_datagram_close(s->places[i].socket);
	}
}

void dx_places_stop_listening(dx_session *s)
{
	for (size_t i = 0; i < s->place_count; i++) {
		if (s->places[i].listener != NULL)
			dx_listener_close(s->places[i].listener);
		s->places[i].listener = NULL;
	}
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

		if (l != NULL && pause)
			dx_listener_pause(l);
		else if (l != NULL)
			dx_listener_resume(l);
	}
}

void dx_places_pause_datagrams(dx_session *s, bool pause)
{
	for (size_t i = 0; i < s->place_count; i++) {
		dx_datagram *d = s->places[i].socket;

		if (d != NULL && pause)
			dx_datagram_pause(d);
		else if (d != NULL)
			dx_datagram_resume(d);
	}
}
