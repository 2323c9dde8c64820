/* How it ends: what failed is told, peers are left politely, and the exit status says what became of it. */
#include "sys/sys.h"
#include "talk/source.h"

#define CLOSE_LIMIT_NS ((DX_LIMIT_CLOSE_MS + 200) * DX_NS_PER_MS)

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

/* Failing */

void dx_session_tell_error(dx_session *s, const dx_error *why, int status, const dx_peer *p)
{
	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR,
					.error = why,
					.status = status,
					.peer = p,
					.number = p != NULL && p->stream != NULL && status != 0
							  ? dx_stream_unacknowledged(p->stream)
							  : 0 });
}

void dx_session_fail(dx_session *s, const dx_error *why, const dx_peer *p)
{
	int status = dx_status_of(why);

	if (s->ending)
		return;
	dx_session_tell_error(s, why, status, p);
	dx_session_end(s, status);
}

void dx_session_fail_by(dx_session *s, int code, const char *operation, const char *address)
{
	dx_error why;

	(void)dx_error_set(&why, code, operation, address);
	dx_session_fail(s, &why, NULL);
}

/* No failure without a sentence. */
static void tell_why(dx_session *s, int code, const char *operation)
{
	dx_error why;

	if (s->error_told)
		return;
	(void)dx_error_set(&why, code, operation, "");
	dx_session_tell_error(s, &why, s->status, NULL);
}

/* Ending */

void dx_session_stop_if_over(dx_session *s)
{
	if (s->ending && s->peer_count == 0 && dx_places_are_closed(s))
		dx_loop_stop(s->loop);
}

void dx_session_on_closing_over(void *ctx)
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
	dx_timer *const timers[] = { &s->deadline, &s->idle,  &s->expire, &s->answer,
				     &s->linger,   &s->quiet, &s->stall,  &s->acknowledged };

	for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
		dx_timer_stop(s->loop, timers[i]);
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
	dx_session_stop_if_over(s);
}

void dx_session_terminate(dx_session *s)
{
	bool all_came = s->in_messages >= s->settings->count && (s->settings->wait.kind == DX_WAIT_NONE || s->wait_met);

	s->terminated = true;
	dx_session_end(s, all_came ? 0 : 8);
}

int dx_session_status(const dx_session *s)
{
	return s->status == 6 && s->terminated ? 8 : s->status;
}
