#include "talk/session.h"
#include "sys/sys.h"
#include "talk/converters.h"
#include "talk/ending.h"
#include "talk/feed.h"
#include "talk/meeting.h"
#include "talk/peers.h"
#include "talk/source.h"
#include "talk/state_priv.h"
#include "talk/times.h"

/* The turn: everything tells what it knows (dx_session_look_again), and what follows from that for the whole is done here. */

static void leave(dx_session *s)
{
	dx_source_stop(s);
	dx_places_close(s, false);
	if (s->peer_count == 0 && dx_places_are_closed(s))
		dx_loop_stop(s->loop);
}

static void on_turn(void *ctx)
{
	dx_session *s = ctx;

	if (s->ending) {
		leave(s);
		return;
	}
	dx_source_go_on(s);
	dx_feed_go_on(s);
}

/* Typed before there is anybody to leave politely, it is a farewell to nobody. */
void dx_session_end_input(dx_session *s)
{
	if (s->peer_count == 0 && !s->role->listens)
		dx_session_end(s, 0);
	s->input_over = true;
	dx_session_look_again(s);
}

void dx_session_set_input(dx_session *s, dx_input what, int fd)
{
	s->input = what;
	s->input_fd = fd;
}

void dx_session_start(dx_session *s)
{
	dx_session_begin_times(s);
	dx_places_open(s, &dx_meeting);
}

/* Birth and death */

static int make_places(dx_session *s)
{
	const dx_settings *set = s->settings;

	s->places = dx_sys_calloc(set->endpoint_count, sizeof *s->places);
	if (s->places == NULL)
		return -ENOMEM;
	s->place_count = set->endpoint_count;
	for (size_t i = 0; i < s->place_count; i++) {
		s->places[i].magic = dx_place_MAGIC;
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
		if (!(*r)->wanted(s->settings))
			continue;
		s->rules[count++] = *r;
		s->answers |= (*r)->answers;
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
	dx_buf_init(&s->wire, DX_LIMIT_SAID_BYTES);
	dx_buf_init(&s->text, 4 * DX_LIMIT_READ_BYTES);
	dx_buf_init(&s->tail, DX_LIMIT_STREAM_QUEUE_BYTES);
	dx_timer_init(&s->turn, on_turn, s);
	dx_session_init_times(s);
	choose_rules(s);
	if (make_places(s) < 0 || dx_timer_start(loop, &s->turn, 0) < 0) {
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
	dx_places_close(s, true);
	s->sink_count = 0;
	dx_loop_settle(s->loop);
	dx_timer_stop(s->loop, &s->closing);
	dx_timer_stop(s->loop, &s->turn);
	dx_session_free_buried(s);
	dx_feed_free(s);
	dx_source_free(s);
	dx_session_close_texts(s);
	dx_sys_free(s->places);
	dx_buf_fini(&s->wire);
	dx_buf_fini(&s->text);
	dx_buf_fini(&s->tail);
	dx_sys_free(s);
}
