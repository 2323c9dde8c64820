#include "talk/sink.h"
#include "talk/state_priv.h"

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

void dx_session_tell_error(dx_session *s, const dx_error *why, int status, const dx_peer *p)
{
	bool of_stream = p != NULL && p->stream != NULL && status != 0;

	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = why, .status = status, .peer = p,
					.number = of_stream ? dx_stream_unacknowledged(p->stream) : 0 });
}

bool dx_session_sinks_are_full(const dx_session *s)
{
	for (size_t i = 0; i < s->sink_count; i++) {
		if (s->sinks[i]->kind->is_full != NULL && s->sinks[i]->kind->is_full(s->sinks[i]))
			return true;
	}
	return false;
}

void dx_session_show(dx_session *s, const dx_message *m)
{
	for (size_t i = 0; s->message_sinks > 0 && i < s->sink_count; i++) {
		if (s->sinks[i]->kind->message != NULL)
			s->sinks[i]->kind->message(s->sinks[i], m);
	}
}

void dx_session_show_bytes(dx_peer *p, dx_slice in)
{
	dx_session *s = p->session;

	for (size_t i = 0; s->byte_sinks > 0 && i < s->sink_count && in.len > 0; i++) {
		if (s->sinks[i]->kind->bytes != NULL)
			s->sinks[i]->kind->bytes(s->sinks[i], p, in);
	}
}
