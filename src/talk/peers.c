#include "talk/peers.h"
#include "sys/sys.h"
#include "talk/senders.h"
#include "talk/state_priv.h"

#include <stdio.h>

dx_peer *dx_session_next_peer(const dx_session *s, const dx_peer *p)
{
	dx_link *next = p != NULL ? p->link.next : s->peers.next;

	return next == &s->peers ? NULL : DX_OWNER(dx_peer, link, next);
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

const char *dx_session_address(const dx_peer *p, char into[DX_ADDR_TEXT])
{
	bool unnamed = p->address->sa.sa_family == AF_UNIX && p->address->len <= sizeof(sa_family_t);

	if (!unnamed)
		return dx_addr_print(p->address, into);
	(void)snprintf(into, DX_ADDR_TEXT, "%.*s", DX_ADDR_TEXT - 1, p->place->name);
	return into;
}

/* What they can take */

bool dx_may_speak(const dx_peer *p)
{
	const dx_mode *mode = p->manner->mode;

	bool over = p->going || (p->stream != NULL && dx_stream_finished(p->stream));

	return mode->speaks && !over && (mode->may_speak == NULL || mode->may_speak(p));
}

bool dx_peer_is_full(const dx_peer *p)
{
	if (p->stream != NULL)
		return !dx_stream_has_room(p->stream);
	return p->place->socket != NULL && dx_datagram_queued(p->place->socket) > 0;
}

bool dx_peer_owes_answer(const dx_peer *p)
{
	return p->awaits_answer && p->manner->mode->takes_turns;
}

bool dx_session_any_peer(const dx_session *s, bool (*is)(const dx_peer *p))
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (is(p))
			return true;
	}
	return false;
}

bool dx_session_is_crowded(const dx_session *s)
{
	return s->settings->max_peers > 0 && s->stream_count >= s->settings->max_peers;
}

/* Coming and staying */

void dx_session_add_peer(dx_place *place, dx_peer *p, dx_stream *stream, const dx_addr *address)
{
	dx_session *s = place->session;

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

int dx_session_close_ms(const dx_session *s)
{
	return s->ending && s->status == 5 ? DX_LIMIT_LATE_CLOSE_MS : DX_LIMIT_CLOSE_MS;
}

void dx_session_let_go(dx_peer *p, dx_reason reason)
{
	if (p->going)
		return;
	p->going = true;
	p->reason = (uint8_t)(reason == DX_REASON_ENDED && p->ended ? DX_REASON_FINISHED : reason);
	if (p->stream != NULL)
		dx_stream_leave(p->stream, dx_session_close_ms(p->session));
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
	if (p->stream == NULL)
		dx_sender_free(p);
	else
		dx_sys_free(p);
}

static void bury(dx_peer *p)
{
	if (p->gap != NULL)
		dx_timer_stop(p->session->loop, p->gap);
	if (p->stream == NULL) {
		p->going = true;
		dx_sender_forget(p);
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
	char address[DX_ADDR_TEXT];
	dx_event close;
	dx_error idle;

	if (p->going && p->reason == DX_REASON_TIMEOUT && !s->role->listens)
		why = (dx_error_set(&idle, -DX_EIDLE, "receive", dx_session_address(p, address)), &idle);
	dx_link_remove(&p->link);
	s->peer_count--;
	s->stream_count -= p->stream != NULL;
	count_loss(s, p, why);
	close = (dx_event){ .kind = DX_EVENT_CLOSE, .peer = p, .reason = reason_of(p, why), .error = why };
	if (!s->ending && s->role->peer_gone != NULL)
		s->role->peer_gone(s, p, why);
	dx_session_tell(s, &close);
	bury(p);
	dx_session_look_again(s);
}
