/* A session holds together what the other files of this floor do: session_priv.h is the map. */
#include "codec/text.h"
#include "sys/sys.h"
#include "talk/source.h"

#define MANY_BAD_BYTES 2

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

void dx_session_show(dx_session *s, const dx_message *m)
{
	for (size_t i = 0; s->message_sinks > 0 && i < s->sink_count; i++) {
		if (s->sinks[i]->kind->message != NULL)
			s->sinks[i]->kind->message(s->sinks[i], m);
	}
}

/* Text: one converter an encoding, shared by all who speak it. */

int dx_session_open_text(dx_session *s, const dx_encoding *e)
{
	size_t i = 0;

	while (i < DX_TEXTS_MAX && s->texts[i] != NULL && dx_text_encoding(s->texts[i]) != e)
		i++;
	dx_assert(i < DX_TEXTS_MAX);
	return e == NULL || s->texts[i] != NULL ? 0 : dx_text_new(e, &s->texts[i]);
}

/* Opened when the encoding was named, so it is there; NULL is UTF-8. */
dx_text *dx_session_text(const dx_peer *p)
{
	dx_text *const *t = p->session->texts;

	if (p->manner->encoding == NULL)
		return NULL;
	while (dx_text_encoding(*t) != p->manner->encoding)
		t++;
	return *t;
}

int dx_session_decode(dx_peer *p, dx_slice bytes, bool running, bool last, dx_buf *out, size_t *ret_bad)
{
	dx_session *s = p->session;
	dx_text_state fresh = { .count = 0 };
	int r = dx_text_decode_into(dx_session_text(p), running ? &p->text : &fresh, bytes, last, out, ret_bad);

	if (r == 0 && *ret_bad >= MANY_BAD_BYTES && s->guess_count == 0)
		s->guess_count = dx_text_guess(bytes, s->guesses);
	return r;
}

int dx_session_decode_at(dx_peer *p, dx_text_state *st, dx_slice bytes, dx_buf *out, size_t *ret_bad)
{
	return dx_text_decode_into(dx_session_text(p), st, bytes, false, out, ret_bad);
}

/* Sinks decode in the middle of a line; what was found out on the way is told when they are done. */
void dx_session_tell_guess(dx_session *s)
{
	dx_buf names;

	if (s->guess_count == 0 || s->guess_told)
		return;
	s->guess_told = true;
	dx_buf_init(&names, DX_LIMIT_PIECE_BYTES);
	for (size_t i = 0; i < s->guess_count; i++)
		(void)dx_buf_printf(&names, "%s%s", i > 0 ? ", " : "", s->guesses[i]->name);
	dx_session_note(s, &(dx_event){ .note = DX_NOTE_ENCODING, .detail = dx_buf_slice(&names) });
	dx_buf_fini(&names);
}

bool dx_session_gives_back(dx_peer *p, dx_slice text, dx_slice bytes)
{
	return dx_text_gives_back(dx_session_text(p), text, bytes);
}

/* Manners */

static int change_one(dx_peer *p, void (*change)(dx_manner *m, const void *to), const void *to)
{
	dx_manner *own = (dx_manner *)(uintptr_t)p->manner;

	if (own == &p->place->manner) {
		own = dx_sys_malloc(sizeof *own);
		if (own == NULL)
			return -ENOMEM;
		*own = *p->manner;
		p->manner = own;
	}
	change(own, to);
	return 0;
}

int dx_session_change(dx_session *s, dx_peer *one, void (*change)(dx_manner *m, const void *to), const void *to)
{
	int r = one != NULL ? change_one(one, change, to) : 0;
	dx_peer *p;

	for (size_t i = 0; i < s->place_count && one == NULL; i++)
		change(&s->places[i].manner, to);
	DX_EACH_PEER(s, p)
	{
		if (one == NULL && p->manner != &p->place->manner)
			(void)change_one(p, change, to);
		if (one == NULL || one == p) {
			dx_cutter_rescan(&p->cutter);
			memset(p->text.shift, 0, sizeof p->text.shift); /* but what is unfinished is not lost */
			p->text.flags = 0;
		}
	}
	dx_session_update_input(s);
	return r;
}

/* Birth and death */

static int make_places(dx_session *s)
{
	const dx_settings *set = s->settings;

	s->places = dx_sys_calloc(set->endpoint_count, sizeof *s->places);
	if (s->places == NULL)
		return -ENOMEM;
	s->place_count = s->opening = set->endpoint_count;
	for (size_t i = 0; i < s->place_count; i++) {
		s->places[i].session = s;
		s->places[i].endpoint = &set->endpoints[i];
		s->places[i].manner = set->manners[i];
		if (dx_session_open_text(s, set->manners[i].encoding) < 0)
			return -ENOMEM;
	}
	return 0;
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
	dx_timer_init(&s->stall, dx_session_on_stall, s);
	dx_session_init_times(s);
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
	DX_EACH_PEER(s, p)
	{
		if (p->stream != NULL)
			dx_stream_close(p->stream);
		else
			dx_session_lose(p, NULL);
	}
	dx_places_shut(s);
	s->sink_count = 0;
	dx_loop_settle(s->loop);
	dx_session_free_buried(s);
	dx_feed_free(s);
	dx_source_free(s);
	for (size_t i = 0; i < DX_TEXTS_MAX; i++)
		dx_text_free(s->texts[i]);
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

void dx_session_remove_sink(dx_session *s, const dx_sink *k)
{
	size_t at = 0;

	while (at < s->sink_count && s->sinks[at] != k)
		at++;
	if (at == s->sink_count)
		return;
	s->byte_sinks -= k->kind->bytes != NULL;
	s->message_sinks -= k->kind->message != NULL;
	s->sinks[at] = s->sinks[--s->sink_count];
}

void dx_session_set_input(dx_session *s, dx_input what, int fd)
{
	s->input = what;
	s->input_fd = fd;
}

bool dx_session_at_terminal(const dx_session *s)
{
	return s->input == DX_INPUT_TERMINAL || s->input == DX_INPUT_KEYS;
}

void dx_session_start(dx_session *s)
{
	dx_session_begin_times(s);
	dx_places_open(s);
}
