/* Peers: how they come and go. */
#include "sys/sys.h"
#include "talk/source.h"

#include <stdio.h>

dx_peer *dx_session_first_peer(const dx_session *s)
{
	return dx_link_alone(&s->peers) ? NULL : DX_OWNER(dx_peer, link, s->peers.next);
}

dx_peer *dx_session_find_peer(dx_session *s, uint32_t number)
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (p->number == number)
			return p;
	}
	return NULL;
}

dx_peer *dx_session_next_peer(dx_session *s, const dx_peer *p)
{
	dx_link *next = p != NULL ? p->link.next : s->peers.next;

	return next == &s->peers ? NULL : DX_OWNER(dx_peer, link, next);
}

const char *dx_session_address(const dx_peer *p, char into[DX_ADDR_TEXT])
{
	bool unnamed = p->address->sa.sa_family == AF_UNIX && p->address->len <= sizeof(sa_family_t);

	if (!unnamed)
		return dx_addr_print(p->address, into);
	(void)snprintf(into, DX_ADDR_TEXT, "%.*s", DX_ADDR_TEXT - 1, p->place->name);
	return into;
}

static bool is_crowded(const dx_session *s)
{
	return s->settings->max_peers > 0 && s->stream_count >= s->settings->max_peers;
}

/* Coming */

static void begin_source(dx_session *s)
{
	if (s->source == NULL && !s->input_over && dx_source_new(s) < 0)
		dx_session_fail_by(s, -ENOMEM, "memory", "");
}

dx_peer *dx_session_meet(dx_place *place, dx_peer *p, dx_stream *stream, const dx_addr *address)
{
	dx_session *s = place->session;
	const dx_mode *mode = place->manner.mode;

	p->magic = dx_peer_MAGIC;
	p->number = ++s->last_number;
	p->session = s;
	p->place = place;
	p->manner = &place->manner;
	p->stream = stream;
	p->address = address;
	p->heard_ns = dx_loop_now_ns(s->loop);
	dx_cutter_init(&p->cutter, DX_LIMIT_MESSAGE_BYTES);
	dx_link_init(&p->link);
	dx_link_add(&s->peers, &p->link);
	s->peer_count++;
	s->stream_count += stream != NULL;
	s->had_peer = true;
	if (is_crowded(s) || s->settings->once)
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
	dx_session_update_input(s);
	return p;
}

void dx_session_touch(dx_session *s, dx_peer *p)
{
	p->heard_ns = s->active_ns = dx_loop_now_ns(s->loop);
	if (p->stream != NULL && s->settings->idle_ns <= 0)
		return; /* nobody asks who was silent for longest, and the neighbours are not in the cache */
	dx_link_remove(&p->link);
	dx_link_add(&s->peers, &p->link);
}

/* Going */

void dx_session_let_go(dx_peer *p, dx_reason reason)
{
	if (p->going)
		return;
	p->going = true;
	p->reason = (uint8_t)(reason == DX_REASON_ENDED && p->ended ? DX_REASON_FINISHED : reason);
	if (p->stream != NULL)
		dx_stream_leave(p->stream, DX_LIMIT_CLOSE_MS * DX_NS_PER_MS);
	else
		dx_session_lose(p, NULL);
}

static dx_reason reason_of(const dx_peer *p, const dx_error *why)
{
	if (p->going)
		return p->reason;
	if (why == NULL)
		return DX_REASON_FINISHED;
	return why->code == -ECONNRESET || why->code == -EPIPE ? DX_REASON_RESET
	       : why->code == -DX_ECUT                         ? DX_REASON_CUT
							       : DX_REASON_ERROR;
}

static void free_peer(dx_peer *p)
{
	dx_sys_free(p->gap);
	if (p->aside != NULL)
		dx_buf_fini(p->aside);
	dx_sys_free(p->aside);
	if (p->manner != &p->place->manner)
		dx_sys_free((void *)(uintptr_t)p->manner);
	dx_cutter_fini(&p->cutter);
	p->magic = 0;
	dx_sys_free(p->stream == NULL ? (void *)DX_OWNER(dx_known, peer, p) : p);
}

/* A datagram peer may be lost out of the hearing of its own message, so it is only buried: who looks next frees it. */
static void bury(dx_peer *p)
{
	if (p->gap != NULL)
		dx_timer_stop(p->session->loop, p->gap);
	if (p->stream == NULL) {
		p->going = true;
		dx_place_forget(p);
		dx_link_add(&p->session->buried, &p->link);
	} else {
		free_peer(p);
	}
}

void dx_session_free_buried(dx_session *s)
{
	dx_link gone;

	dx_link_move(&s->buried, &gone);
	while (!dx_link_alone(&gone)) {
		dx_peer *p = DX_OWNER(dx_peer, link, gone.next);

		dx_link_remove(&p->link);
		free_peer(p);
	}
}

/* The last bytes of a session that ends politely may have been lost; that is found out here. */
static void count_loss(dx_session *s, const dx_peer *p, const dx_error *why)
{
	if (!s->ending || why == NULL || s->status != 0)
		return;
	s->status = 6;
	dx_session_tell_error(s, why, 6, p);
}

void dx_session_lose(dx_peer *p, const dx_error *why)
{
	dx_session *s = p->session;
	dx_event close;
	dx_error cut;

	if (why == NULL && !p->going && dx_hear_is_cut(p))
		why = (dx_error_set(&cut, -DX_ECUT, "receive", ""), &cut);
	if (!p->going && p->stream != NULL && (why == NULL || why->code != -DX_ECUT))
		dx_hear_end(p);
	if (p->going && p->reason == DX_REASON_TIMEOUT && !s->role->listens)
		why = (dx_error_set(&cut, -DX_EIDLE, "receive", ""), &cut);
	dx_link_remove(&p->link);
	s->peer_count--;
	s->stream_count -= p->stream != NULL;
	count_loss(s, p, why);
	close = (dx_event){ .kind = DX_EVENT_CLOSE, .peer = p, .reason = reason_of(p, why), .error = why };
	if (!s->ending && s->role->peer_gone != NULL)
		s->role->peer_gone(s, p, why);
	dx_session_tell(s, &close);
	bury(p);
	if (!s->ending && !is_crowded(s) && !s->settings->once)
		dx_places_pause_listening(s, false);
	dx_session_update_input(s);
	dx_session_stop_if_over(s);
}

void dx_session_hear_end(dx_peer *p)
{
	dx_session *s = p->session;

	p->ended = true;
	dx_hear_end(p);
	if (s->ending || p->going)
		return;
	p->awaits_answer = false; /* its end counts as its answer */
	if (p->manner->mode->heard != NULL)
		p->manner->mode->heard(p);
	s->role->peer_ended(s, p);
	dx_session_update_input(s);
}
