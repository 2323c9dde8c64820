#include "talk/ending.h"
#include "talk/peers.h"
#include "talk/state_priv.h"

#include <errno.h>

#define BEHIND_THAT_MS 100              /* the streams know best when it is over */

/* Which status: decided by what is known, and by nothing else. */

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

/* What --count and --wait asked for. */
static bool count_came(const dx_session *s)
{
	return s->in_messages >= s->settings->count;
}

static bool all_came(const dx_session *s)
{
	return count_came(s) && (s->settings->wait.kind == DX_WAIT_NONE || s->wait_met);
}

int dx_session_status(const dx_session *s)
{
	return s->status == 6 && s->terminated ? 8 : s->status;
}

/* Ending */

/* No failure without a sentence. */
static void tell_why(dx_session *s, int code, const char *operation)
{
	dx_error why;

	if (s->error_told)
		return;
	(void)dx_error_set(&why, code, operation, "");
	dx_session_tell_error(s, &why, s->status, NULL);
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
	dx_timer *const timers[] = { &s->deadline, &s->idle,  &s->expire, &s->answer,
				     &s->linger,   &s->quiet, &s->stall,  &s->acknowledged };

	for (size_t i = 0; i < sizeof timers / sizeof *timers; i++)
		dx_timer_stop(s->loop, timers[i]);
}

/* The peers go now; the rest, which nobody waits for, follows in session.c's turn. */
void dx_session_end(dx_session *s, int status)
{
	dx_peer *p;

	if (s->ending)
		return;
	s->ending = true;
	s->status = status == 0 && !count_came(s) ? 8 : status;
	if (s->status == 8)
		tell_why(s, -DX_EMISSING, "end");
	stop_timers(s);
	if (s->discarded_bytes > 0)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_DISCARDED, .number = s->discarded_bytes });
	DX_EACH_PEER(s, p)
	dx_session_let_go(p, DX_REASON_ENDED);
	dx_session_after(s, &s->closing, (dx_session_close_ms(s) + BEHIND_THAT_MS) * DX_NS_PER_MS, on_closing_over);
	dx_session_look_again(s);
}

void dx_session_terminate(dx_session *s)
{
	s->terminated = true;
	dx_session_end(s, all_came(s) ? 0 : 8);
}

/* Failing */

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

/* Nobody keeps what comes any more, so it is not read to its end either: who still sends it hears of that, and in no time. */
static void close_streams(dx_session *s)
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (p->stream == NULL)
			continue;
		p->reason = p->going ? p->reason : (uint8_t)DX_REASON_ENDED;
		p->going = true;
		dx_stream_close(p->stream);
	}
}

void dx_session_sink_failed(dx_session *s, int code)
{
	int status = code == -EPIPE ? 141 : 1;
	dx_error why;

	(void)dx_error_set(&why, code, "write", "standard output");
	if (status == 1)
		dx_session_tell_error(s, &why, 1, NULL);
	close_streams(s);
	dx_session_end(s, status);
	s->status = status; /* even where it was ending already */
}
