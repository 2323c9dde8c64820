/* A session holds together what the other files of this floor do: the peers, the timers, what is told, and the end. */
#include "talk/session.h"
#include "base/check.h"
#include "sys/sys.h"
#include "talk/source.h"

#define MANY_BAD_BYTES 2
#define STALL_LOOK_NS  (500 * DX_NS_PER_MS)
#define CLOSE_LIMIT_NS ((DX_LIMIT_CLOSE_MS + 200) * DX_NS_PER_MS)

int64_t dx_wall_clock_ns(void)
{
	struct timespec now = { 0 };

	(void)dx_sys_clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * DX_NS_PER_S + now.tv_nsec;
}

/* Telling */

void dx_session_tell(dx_session *s, dx_event *e)
{
	s->error_told |= e->kind == DX_EVENT_ERROR && e->status != 0;
	e->time_ns = dx_wall_clock_ns();
	for (size_t i = 0; i < s->sink_count; i++) {
		if (s->sinks[i]->kind->event != NULL)
			s->sinks[i]->kind->event(s->sinks[i], e);
	}
}

void dx_session_note(dx_session *s, dx_event *note)
{
	note->kind = DX_EVENT_NOTICE;
	dx_session_tell(s, note);
}

int dx_status_of(const dx_error *why)
{
	switch (-why->code) {
	case DX_ENAME:
	case DX_ENAMEAGAIN:
	case DX_ENAMEFAIL:
	case DX_ENAMEFAMILY:
		return 3;
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
	case DX_ESELF:
		return 4;
	case ETIMEDOUT:
	case DX_EIDLE:
	case DX_EDEADLINE:
		return 5;
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
	case DX_ECUT:
	case DX_ESTALLED:
		return 6;
	default:
		return 1;
	}
}

void dx_session_fail(dx_session *s, const dx_error *why, const dx_place *place)
{
	int status = dx_status_of(why);

	if (s->ending)
		return;
	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = why, .status = status,
					.endpoint = place != NULL ? place->name : NULL });
	dx_session_end(s, status);
}

void dx_session_fail_at(dx_session *s, const dx_error *why, const dx_peer *p)
{
	int status = dx_status_of(why);

	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = why, .status = status, .peer = p,
					.number = p->stream != NULL ? dx_stream_unacknowledged(p->stream) : 0 });
	dx_session_end(s, status);
}

/* The end */

static void stop_if_over(dx_session *s)
{
	if (s->ending && s->peer_count == 0 && dx_places_are_closed(s))
		dx_loop_stop(s->loop);
}

/* No failure without a sentence. */
static void tell_why(dx_session *s, int code, const char *operation)
{
	dx_error why;

	if (s->error_told)
		return;
	(void)dx_error_set(&why, code, operation, "");
	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = &why, .status = s->status });
}

static void on_closing_over(void *ctx)
{
	dx_session *s = ctx;

	if (s->status == 0) {
		s->status = 6;
		tell_why(s, -DX_ECUT, "send");
	}
	dx_loop_stop(s->loop);
}

static void stop_timers(dx_session *s)
{
	dx_timer *const timers[] = { &s->deadline, &s->idle, &s->answer, &s->linger, &s->quiet, &s->stall, &s->acknowledged };

	for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
		dx_timer_stop(s->loop, timers[i]);
}

static bool is_all_there(const dx_session *s)
{
	return s->in_messages >= s->settings->count && (s->settings->wait.kind == DX_WAIT_NONE || s->wait_met);
}

void dx_session_end(dx_session *s, int status)
{
	dx_peer *p;

	if (s->ending)
		return;
	s->ending = true;
	s->status = status != 0 ? status : s->settings->count > s->in_messages ? 8 : 0;
	if (s->status == 8)
		tell_why(s, -DX_EMISSING, "end");
	stop_timers(s);
	dx_source_pause(s);
	if (s->discarded_bytes > 0)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_DISCARDED, .number = s->discarded_bytes });
	DX_EACH_PEER(s, p)
		dx_session_let_go(p, DX_REASON_ENDED);
	dx_places_close(s);
	(void)dx_timer_start(s->loop, &s->closing, CLOSE_LIMIT_NS);
	stop_if_over(s);
}

void dx_session_terminate(dx_session *s)
{
	s->terminated = true;
	dx_session_end(s, is_all_there(s) ? 0 : 8);
}

void dx_session_place_closed(dx_session *s)
{
	stop_if_over(s);
}

int dx_session_status(const dx_session *s)
{
	return s->status == 6 && s->terminated ? 8 : s->status;
}

/* Peers */

dx_peer *dx_session_first_peer(const dx_session *s)
{
	return dx_link_alone(&s->peers) ? NULL : DX_OWNER(dx_peer, link, s->peers.next);
}

static bool takes_turns(const dx_session *s);

static bool is_crowded(const dx_session *s)
{
	return s->settings->max_peers > 0 && s->stream_count >= s->settings->max_peers;
}

static void greet(dx_peer *p)
{
	const dx_settings *set = p->session->settings;

	if (set->greet.data != NULL)
		(void)dx_speak_template(p, set->greet, NULL);
}

static void begin_source(dx_session *s)
{
	if (s->source == NULL && !s->input_over && dx_source_new(s) < 0) {
		dx_error why;

		(void)dx_error_set(&why, -ENOMEM, "memory", "");
		dx_session_fail(s, &why, NULL);
	}
}

/* A client's silence counts from when it is connected; until then the connection's own time limit holds. */
static void begin_idle(dx_session *s)
{
	const dx_settings *set = s->settings;

	s->active_ns = dx_loop_now_ns(s->loop);
	/* Taking turns at a terminal, -w gives the turn back, and does not end the session besides. */
	if (set->idle_ns > 0 && !(takes_turns(s) && s->input == DX_INPUT_TERMINAL && set->idle_ns == set->timeout_ns))
		(void)dx_timer_start(s->loop, &s->idle, set->idle_ns);
}

dx_peer *dx_session_meet(dx_place *place, dx_peer *p, dx_stream *stream, const dx_addr *address)
{
	dx_session *s = place->session;
	const dx_mode *mode = place->manner->mode;

	p->magic = dx_peer_MAGIC;
	p->number = ++s->last_number;
	p->session = s;
	p->place = place;
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
		mode->met(p, !s->role->listens || s->input == DX_INPUT_TERMINAL);
	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_OPEN, .peer = p, .endpoint = place->name });
	if (s->sinks_full && stream != NULL)
		dx_stream_pause(stream);
	if (!s->role->listens)
		begin_idle(s);
	greet(p);
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
		return;         /* nobody asks who was silent for longest, and the neighbours are not in the cache */
	dx_link_remove(&p->link);
	dx_link_add(&s->peers, &p->link);
}

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
	return why->code == -ECONNRESET || why->code == -EPIPE ? DX_REASON_RESET : why->code == -DX_ECUT ? DX_REASON_CUT
										   : DX_REASON_ERROR;
}

static void free_peer(dx_peer *p)
{
	dx_sys_free(p->gap);
	if (p->aside != NULL)
		dx_buf_fini(p->aside);
	dx_sys_free(p->aside);
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
	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = why, .status = 6, .peer = p,
					.number = p->stream != NULL ? dx_stream_unacknowledged(p->stream) : 0 });
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
	stop_if_over(s);
}

void dx_session_hear_end(dx_peer *p)
{
	dx_session *s = p->session;
	const dx_mode *mode = p->place->manner->mode;

	p->ended = true;
	dx_hear_end(p);
	if (s->ending || p->going)
		return;
	p->awaits_answer = false;       /* its end counts as its answer */
	if (mode->heard != NULL)
		mode->heard(p);
	s->role->peer_ended(s, p);
	dx_session_update_input(s);
}

/* Input: it stops while somebody's queue is full, while nobody is there, and, taking turns, while nobody may be spoken to. */

static bool is_anybody_full(const dx_session *s)
{
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (p->stream != NULL && !dx_stream_has_room(p->stream))
			return true;
	}
	return false;
}

static bool may_anybody_be_spoken_to(const dx_session *s)
{
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (dx_may_speak(p))
			return true;
	}
	return false;
}

static bool takes_turns(const dx_session *s)
{
	return s->settings->manner.mode->takes_turns || (s->place_count > 0 && s->places[0].manner->mode->takes_turns);
}

static bool awaits_anybody(const dx_session *s)
{
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (p->awaits_answer)
			return true;
	}
	return false;
}

static void finish_input(dx_session *s)
{
	if (s->input_finished || s->ending || (takes_turns(s) && awaits_anybody(s)))
		return;
	s->input_finished = true;
	s->role->input_ended(s);
}

void dx_session_input_is_over(dx_session *s)
{
	s->input_over = true;
	finish_input(s);
}

void dx_session_update_input(dx_session *s)
{
	if (s->ending || s->source == NULL)
		return;
	if (s->input_over) {
		finish_input(s);
		return;
	}
	if (is_anybody_full(s)) {
		if (!dx_timer_running(&s->stall))
			(void)dx_timer_start(s->loop, &s->stall, STALL_LOOK_NS);
		dx_source_pause(s);
	} else if (s->peer_count == 0 && s->input != DX_INPUT_TERMINAL) {
		dx_source_pause(s);
	} else if (takes_turns(s) && !may_anybody_be_spoken_to(s)) {
		dx_source_pause(s);
		if (!dx_timer_running(&s->answer) && s->answer_ns > 0)
			(void)dx_timer_start(s->loop, &s->answer, s->answer_ns);
	} else {
		dx_timer_stop(s->loop, &s->answer);
		dx_source_resume(s);
	}
	if (takes_turns(s) && awaits_anybody(s) && !dx_timer_running(&s->answer) && s->answer_ns > 0)
		(void)dx_timer_start(s->loop, &s->answer, s->answer_ns);
}

void dx_session_input_came(dx_session *s)
{
	s->active_ns = dx_loop_now_ns(s->loop);
	if (dx_timer_running(&s->quiet))
		(void)dx_timer_start(s->loop, &s->quiet, DX_LIMIT_QUIET_MS * DX_NS_PER_MS);
}

/* One of several that takes nothing while its queue is full delays the others for so long and no longer. */
static void on_stall(void *ctx)
{
	dx_session *s = ctx;
	int64_t now_ns = dx_loop_now_ns(s->loop);
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (s->peer_count > 1 && p->stream != NULL && !dx_stream_has_room(p->stream) &&
		    now_ns - dx_stream_took_ns(p->stream) >= (DX_LIMIT_STALL_MS - 600) * DX_NS_PER_MS) {
			p->going = true;
			p->reason = DX_REASON_STALLED;
			dx_stream_close(p->stream);
		}
	}
	if (is_anybody_full(s))
		(void)dx_timer_start(s->loop, &s->stall, STALL_LOOK_NS);
	else
		dx_session_update_input(s);
}

static void on_no_answer(void *ctx)
{
	dx_session *s = ctx;
	dx_error why;
	dx_peer *p;

	if (s->input != DX_INPUT_TERMINAL) {
		(void)dx_error_set(&why, -DX_EIDLE, "answer", "");
		dx_session_fail(s, &why, NULL);
		return;
	}
	dx_session_note(s, &(dx_event){ .note = DX_NOTE_NO_ANSWER });
	DX_EACH_PEER(s, p) {
		p->has_turn = true;
		p->awaits_answer = false;
	}
	dx_session_update_input(s);
}

/* Times */

static void on_deadline(void *ctx)
{
	dx_error why;

	(void)dx_error_set(&why, -DX_EDEADLINE, "deadline", "");
	dx_session_fail(ctx, &why, NULL);
}

/* On listen each peer's silence counts, and that peer goes; elsewhere the session's does, and it ends. */
static void on_idle(void *ctx)
{
	dx_session *s = ctx;
	int64_t limit_ns = s->settings->idle_ns, now_ns = dx_loop_now_ns(s->loop), oldest_ns = now_ns;
	dx_error why;
	dx_peer *p;

	if (!s->role->listens) {
		oldest_ns = s->active_ns;
		if (now_ns - oldest_ns >= limit_ns) {
			(void)dx_error_set(&why, -DX_EIDLE, "idle", "");
			dx_session_fail(s, &why, NULL);
			return;
		}
	} else {
		DX_EACH_PEER(s, p) {
			if (now_ns - p->heard_ns < limit_ns) {
				oldest_ns = p->heard_ns;
				break;
			}
			if (s->settings->once) {
				(void)dx_error_set(&why, -DX_EIDLE, "idle", "");
				dx_session_fail(s, &why, NULL);
				return;
			}
			dx_session_let_go(p, DX_REASON_TIMEOUT);
		}
	}
	(void)dx_timer_start(s->loop, &s->idle, oldest_ns + limit_ns - now_ns);
}

static void tell_guess(dx_session *s);

/* Sinks: a full one stops what feeds it, up to the peers' own sockets. */

static void pause_all(dx_session *s, bool pause)
{
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (p->stream != NULL && pause)
			dx_stream_pause(p->stream);
		else if (p->stream != NULL && p->aside == NULL)
			dx_stream_resume(p->stream);
	}
	dx_places_pause_datagrams(s, pause);
}

void dx_session_check_sinks(dx_session *s)
{
	if (s->guess_count > 0 && !s->guess_told)
		tell_guess(s);
	for (size_t i = 0; i < s->sink_count && !s->sinks_full; i++) {
		if (s->sinks[i]->kind->is_full != NULL && s->sinks[i]->kind->is_full(s->sinks[i])) {
			s->sinks_full = true;
			pause_all(s, true);
		}
	}
}

void dx_session_sink_has_room(dx_session *s)
{
	if (!s->sinks_full)
		return;
	s->sinks_full = false;
	pause_all(s, false);
	dx_session_check_sinks(s);
}

void dx_session_sink_failed(dx_session *s, int code)
{
	dx_error why;
	int status = code == -EPIPE ? 141 : 1;

	(void)dx_error_set(&why, code, "write", "standard output");
	if (status == 1)
		dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = &why, .status = 1 });
	dx_session_end(s, status);
	s->status = status;             /* even where it was ending already */
}

/* Text */

int dx_session_decode(dx_peer *p, dx_slice bytes, bool running, bool last, dx_buf *out, size_t *ret_bad)
{
	dx_session *s = p->session;
	dx_text_state fresh = { .count = 0 };
	int r = dx_text_decode(p->place->text, running ? &p->text : &fresh, bytes, last, out, ret_bad);

	if (r == 0 && *ret_bad >= MANY_BAD_BYTES && s->guess_count == 0)
		s->guess_count = dx_text_guess(bytes, s->guesses);
	return r;
}

/* Sinks decode in the middle of a line; what was found out on the way is told when they are done. */
static void tell_guess(dx_session *s)
{
	dx_buf names;

	s->guess_told = true;
	dx_buf_init(&names, DX_LIMIT_PIECE_BYTES);
	for (size_t i = 0; i < s->guess_count; i++)
		(void)dx_buf_printf(&names, "%s%s", i > 0 ? ", " : "", s->guesses[i]->name);
	dx_session_note(s, &(dx_event){ .note = DX_NOTE_ENCODING, .detail = dx_buf_slice(&names) });
	dx_buf_fini(&names);
}

bool dx_session_gives_back(dx_peer *p, dx_slice text, dx_slice bytes)
{
	return dx_text_gives_back(p->place->text, text, bytes);
}

const dx_encoding *dx_session_encoding(const dx_peer *p)
{
	return p->place->encoding;
}

int dx_session_set_encoding(dx_session *s, const dx_encoding *e)
{
	for (size_t i = 0; i < s->place_count; i++) {
		dx_text *text;

		if (dx_text_new(e, &text) < 0)
			return -ENOMEM;
		dx_text_free(s->places[i].text);
		s->places[i].text = text;
		s->places[i].encoding = e;
	}
	return 0;
}

/* Birth and death */

static int make_places(dx_session *s)
{
	const dx_settings *set = s->settings;
	dx_text *utf8;

	s->places = dx_sys_calloc(set->endpoint_count, sizeof *s->places);
	if (s->places == NULL)
		return -ENOMEM;
	s->place_count = s->opening = set->endpoint_count;
	for (size_t i = 0; i < s->place_count; i++) {
		dx_place *place = &s->places[i];

		place->session = s;
		place->endpoint = &set->endpoints[i];
		place->manner = &set->manners[i];
		place->encoding = place->manner->encoding;
		utf8 = NULL;
		if (dx_text_new(place->manner->encoding != NULL ? place->manner->encoding : dx_encoding_find("utf-8"), &utf8) < 0)
			return -ENOMEM;
		place->text = utf8;
	}
	return 0;
}

static void init_timers(dx_session *s)
{
	dx_timer_init(&s->deadline, on_deadline, s);
	dx_timer_init(&s->idle, on_idle, s);
	dx_timer_init(&s->answer, on_no_answer, s);
	dx_timer_init(&s->stall, on_stall, s);
	dx_timer_init(&s->closing, on_closing_over, s);
}

static void choose_rules(dx_session *s)
{
	size_t count = 0;

	for (const dx_rule *const *r = dx_rules; *r != NULL; r++) {
		if ((*r)->wanted(s->settings))
			s->rules[count++] = *r;
	}
}

int dx_session_new(dx_loop *loop, const dx_role *role, const dx_settings *settings, dx_session **ret)
{
	dx_session *s = dx_sys_calloc(1, sizeof *s);

	if (s == NULL)
		return -ENOMEM;
	s->loop = loop;
	s->role = role;
	s->settings = settings;
	dx_link_init(&s->peers);
	dx_link_init(&s->buried);
	dx_buf_init(&s->wire, DX_LIMIT_STREAM_QUEUE_BYTES);
	dx_buf_init(&s->text, 4 * DX_LIMIT_READ_BYTES);
	dx_buf_init(&s->tail, DX_LIMIT_STREAM_QUEUE_BYTES);
	init_timers(s);
	choose_rules(s);
	if (make_places(s) < 0) {
		dx_session_free(s);
		return -ENOMEM;
	}
	*ret = s;
	return 0;
}

void dx_session_free(dx_session *s)
{
	dx_peer *p;

	if (s == NULL)
		return;
	s->ending = true;
	DX_EACH_PEER(s, p) {
		if (p->stream != NULL)
			dx_stream_close(p->stream);
		else
			dx_session_lose(p, NULL);
	}
	dx_places_shut(s);
	s->sink_count = 0;
	dx_loop_settle(s->loop);
	dx_session_free_buried(s);
	dx_source_free(s);
	for (size_t i = 0; i < s->place_count; i++)
		dx_text_free(s->places[i].text);
	dx_sys_free(s->places);
	dx_buf_fini(&s->wire);
	dx_buf_fini(&s->text);
	dx_buf_fini(&s->tail);
	dx_sys_free(s);
}

void dx_session_add_sink(dx_session *s, dx_sink *k)
{
	dx_assert(s->sink_count < DX_SINKS_MAX);
	s->sinks[s->sink_count++] = k;
	s->byte_sinks += k->kind->bytes != NULL;
	s->message_sinks += k->kind->message != NULL;
}

void dx_session_set_input(dx_session *s, dx_input what, int fd)
{
	s->input = what;
	s->input_fd = fd;
}

void dx_session_start(dx_session *s)
{
	const dx_settings *set = s->settings;
	bool datagrams = s->places[0].endpoint->transport == DX_UDP || s->places[0].endpoint->transport == DX_UNIX_DGRAM;

	s->active_ns = dx_loop_now_ns(s->loop);
	s->answer_ns = s->role->listens ? 0 : set->timeout_ns >= 0 ? set->timeout_ns : datagrams ? DX_LIMIT_ANSWER_MS * DX_NS_PER_MS : 0;
	if (set->deadline_ns > 0)
		(void)dx_timer_start(s->loop, &s->deadline, set->deadline_ns);
	if (s->role->listens)
		begin_idle(s);
	dx_places_open(s);
}
