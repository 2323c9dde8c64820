#include "talk/hearing.h"
#include "net/stream.h"
#include "sys/sys.h"
#include "talk/converters.h"
#include "talk/ending.h"
#include "talk/peers.h"
#include "talk/senders.h"
#include "talk/state_priv.h"

#define ASIDE_LIMIT (2 * DX_LIMIT_READ_BYTES)

static bool is_over(const dx_peer *p)
{
	return p->going || p->session->ending;
}

static void apply_rules(dx_session *s, const dx_message *m)
{
	for (const dx_rule *const *r = s->rules; *r != NULL; r++) {
		dx_verdict verdict = DX_GO_ON;

		if ((*r)->heard != NULL)
			verdict = (*r)->heard(s, m);
		s->ended_by_message |= verdict == DX_END;
		if (verdict == DX_END)
			dx_session_end(s, 0);
		else if (verdict == DX_LET_GO)
			dx_session_let_go(m->peer, DX_REASON_HANGUP);
		if (verdict != DX_GO_ON)
			return;
	}
}

/* Counts what came. False: it is nobody's to hear. */
static bool is_heard(dx_peer *p, dx_slice in)
{
	bool hears = p->manner->mode->hears;

	p->in_bytes += in.len;
	dx_session_touch(p->session, p);
	if (!is_over(p) && !hears)
		p->session->discarded_bytes += in.len;
	return !is_over(p) && hears;
}

static void tell_heard(dx_peer *p, dx_slice in)
{
	dx_session *s = p->session;

	if (!is_over(p) && s->role->heard != NULL)
		s->role->heard(s, p, in);
	dx_session_tell_guess(s);
}

static dx_last_eol kind_of_eol(dx_slice eol)
{
	bool cr = eol.len > 0 && memchr(eol.data, '\r', eol.len) != NULL, lf = eol.len > 0 && memchr(eol.data, '\n', eol.len) != NULL;

	return cr && lf ? DX_LAST_CRLF : cr ? DX_LAST_CR : lf ? DX_LAST_LF : DX_LAST_NONE;
}

/* A person who connects to a program that compares words will want to know of -n. */
static void hint_at_eol(dx_peer *p, const dx_message *m)
{
	dx_session *s = p->session;

	if (dx_session_at_terminal(s) && !s->role->listens && p->stream != NULL && p->in_messages == 1 && m->eol.len == 0 &&
	    !p->manner->eol_named && !s->settings->hex && !dx_frame_is_binary(&p->manner->frame_in))
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NO_LINE_END });
}

/* Counts it and shows it. */
static void take_in(dx_peer *p, dx_message *m)
{
	dx_session *s = p->session;

	m->time_ns = s->message_sinks > 0 ? dx_wall_clock_ns() : 0;
	m->peer = p;
	m->direction = DX_IN;
	if ((m->flags & DX_MESSAGE_PARTIAL) == 0) {
		p->in_messages++;
		s->in_messages++;
		p->last_eol = (uint8_t)kind_of_eol(m->eol);
	}
	dx_session_show(s, m);
}

static void hear_message(dx_peer *p, dx_message m)
{
	dx_session *s = p->session;
	const dx_mode *mode = p->manner->mode;

	take_in(p, &m);
	hint_at_eol(p, &m);
	p->awaits_answer = false;
	if (mode->heard != NULL)
		mode->heard(p);
	apply_rules(s, &m);
	if (mode->takes_turns)
		dx_session_look_again(s);
}

/* Parts of a long message end where characters do, since who looks at text looks at one part alone. What the last part left in
 * force is with the peer meanwhile. */
static void begin_part(dx_peer *p, dx_cut *cut, dx_text_state *ret_behind)
{
	dx_session *s = p->session;
	bool goes_on = cut->partial && dx_cutter_pending(&p->cutter);
	size_t unfinished = 0;

	*ret_behind = (dx_text_state){ .count = 0 };
	memcpy(s->begin.shift, p->shift, sizeof s->begin.shift);
	s->begin.flags = p->order;
	if (goes_on && s->message_sinks > 0)
		unfinished = dx_session_unfinished(p, cut->bytes, ret_behind);
	if (unfinished == 0 || unfinished == cut->bytes.len)
		return;
	dx_cutter_give_back(&p->cutter, unfinished);
	cut->bytes.len -= unfinished;
}

static void end_part(dx_peer *p, const dx_text_state *behind)
{
	p->session->begin = (dx_text_state){ .count = 0 };
	memcpy(p->shift, behind->shift, sizeof p->shift);
	p->order = behind->flags;
}

static dx_message message_of(const dx_cut *cut)
{
	return (dx_message){ .bytes = cut->bytes, .eol = cut->eol, .flags = cut->partial ? DX_MESSAGE_PARTIAL : 0 };
}

static void hear_cut(dx_peer *p, const dx_cut *cut, const dx_text_state *behind)
{
	hear_message(p, message_of(cut));
	end_part(p, behind);
}

/* Silence */

static void flush_cutter(dx_peer *p)
{
	dx_text_state behind;
	dx_cut cut;

	while (!is_over(p) && dx_cutter_flush(&p->cutter, &p->manner->frame_in, &cut) > 0) {
		begin_part(p, &cut, &behind);
		hear_cut(p, &cut, &behind);
	}
}

static void on_gap(void *ctx)
{
	dx_peer *p = DX_CAST(dx_peer, ctx);

	if (is_over(p))
		return;
	if (p->gap_passed) {
		flush_cutter(p);
		return;
	}
	p->gap_passed = true;           /* if we were slow, and not the peer, more is there: it is read within this turn */
	(void)dx_timer_start(p->session->loop, p->gap, 0);
}

static void drop_gap(dx_peer *p)
{
	if (p->gap == NULL)
		return;
	dx_timer_stop(p->session->loop, p->gap);
	dx_sys_free(p->gap);
	p->gap = NULL;
}

static void wait_for_gap(dx_peer *p)
{
	dx_loop *loop = p->session->loop;
	int64_t due_ns = dx_cutter_deadline_ns(&p->cutter, &p->manner->frame_in);

	p->gap_passed = false;
	if (due_ns == INT64_MAX) {
		drop_gap(p);
		return;
	}
	if (p->gap == NULL) {
		p->gap = dx_sys_malloc(sizeof *p->gap);
		if (p->gap == NULL)
			return;         /* the next bytes, or the end, will make it a message */
		dx_timer_init(p->gap, on_gap, p);
	}
	if (!p->session->sinks_full)
		(void)dx_timer_start(loop, p->gap, due_ns - dx_loop_now_ns(loop));
}

void dx_hear_pause(dx_peer *p, bool pause)
{
	if (p->gap != NULL && pause)
		dx_timer_stop(p->session->loop, p->gap);
	else if (p->gap != NULL)
		wait_for_gap(p);
}

/* Streams */

/* What was read cannot be kept: better no peer than one whose words have gaps. */
static void lose_for_want_of_memory(dx_peer *p)
{
	dx_error why;

	(void)dx_error_set(&why, -ENOMEM, "memory", "");
	if (p->session->role->listens)
		dx_session_tell_error(p->session, &why, 0, p);
	else
		dx_session_fail(p->session, &why, NULL);
	dx_session_let_go(p, DX_REASON_ERROR);
}

static bool may_go_on(const dx_peer *p)
{
	bool is_deaf = dx_stream_is_deaf(p->stream) && !dx_stream_finished(p->stream);

	return !is_deaf && !dx_session_sinks_are_full(p->session);
}

/* The answers to what was read have filled the peer's queue, or what is shown of it a sink: the rest of the read waits until they
 * are gone. */
static void put_aside(dx_peer *p)
{
	dx_slice rest = dx_cutter_stop(&p->cutter);

	if (rest.len == 0)
		return;
	p->aside = dx_sys_malloc(sizeof *p->aside);
	if (p->aside != NULL)
		dx_buf_init(p->aside, ASIDE_LIMIT);
	if (p->aside == NULL || dx_buf_add(p->aside, rest) < 0)
		lose_for_want_of_memory(p);
	else
		dx_stream_pause(p->stream);
}

static void tell_byte_rules(dx_peer *p, dx_slice in)
{
	for (const dx_rule *const *r = p->session->rules; *r != NULL; r++) {
		if ((*r)->bytes != NULL)
			(*r)->bytes(p, in);
	}
}

/* The next message of what was fed, of which so much has been shown to those who want bytes. As dx_cutter_next. */
static int next_message(dx_peer *p, dx_slice fed, size_t *shown, dx_cut *cut, dx_text_state *ret_behind)
{
	int r = dx_cutter_next(&p->cutter, &p->manner->frame_in, cut);
	size_t end;

	if (r <= 0)
		return r;
	begin_part(p, cut, ret_behind);
	end = fed.len - p->cutter.in.len;
	p->session->piece = dx_slice_of(fed.data + *shown, end - *shown);
	dx_session_show_bytes(p, p->session->piece);
	*shown = end;
	return r;
}

/* What nobody can take now is put aside, where it can be heard `later`. */
static void hear_frames(dx_peer *p, dx_slice in, bool later)
{
	dx_text_state behind;
	size_t shown = 0;
	dx_cut cut;
	int r;

	dx_cutter_feed(&p->cutter, in, dx_loop_now_ns(p->session->loop));
	while ((r = next_message(p, in, &shown, &cut, &behind)) > 0) {
		hear_cut(p, &cut, &behind);
		p->session->piece.len = 0;
		if (is_over(p)) {
			(void)dx_cutter_stop(&p->cutter);
			return;
		}
		if (later && !may_go_on(p)) {
			put_aside(p);
			return;
		}
	}
	dx_session_show_bytes(p, dx_slice_after(in, shown));
	if (shown < in.len)
		tell_byte_rules(p, dx_slice_after(in, shown));
	if (r < 0) {
		(void)dx_cutter_stop(&p->cutter);
		lose_for_want_of_memory(p);
		return;
	}
	wait_for_gap(p);
}

void dx_hear_stream(dx_peer *p, dx_slice in)
{
	if (!is_heard(p, in))
		return;
	hear_frames(p, in, true);
	tell_heard(p, in);
}

static void hear_aside(dx_peer *p, bool later)
{
	dx_buf *aside = p->aside;

	if (aside == NULL)
		return;
	p->aside = NULL;
	if (!is_over(p))
		hear_frames(p, dx_buf_slice(aside), later);
	dx_buf_fini(aside);
	dx_sys_free(aside);
}

void dx_hear_on(dx_peer *p)
{
	if (p->aside == NULL || !may_go_on(p))
		return;
	hear_aside(p, true);
	if (p->aside == NULL && !is_over(p) && !p->session->sinks_full)
		dx_stream_resume(p->stream);
}

bool dx_hear_is_cut(const dx_peer *p)
{
	return p->manner->frame_named && dx_frame_is_strict(&p->manner->frame_in) && dx_cutter_pending(&p->cutter);
}

void dx_hear_end(dx_peer *p)
{
	hear_aside(p, false);
	drop_gap(p);
	if (!is_over(p) && !dx_hear_is_cut(p))
		flush_cutter(p);
}

static void show_cut(dx_peer *p, const dx_cut *cut, const dx_text_state *behind)
{
	dx_message m = message_of(cut);

	take_in(p, &m);
	end_part(p, behind);
	p->session->piece.len = 0;
}

void dx_hear_rest(dx_peer *p)
{
	dx_slice aside = p->aside != NULL ? dx_buf_slice(p->aside) : dx_slice_of(NULL, 0);
	dx_text_state behind;
	size_t shown = 0;
	dx_cut cut;

	if (p->session->ended_by_message)
		return;
	dx_cutter_feed(&p->cutter, aside, dx_loop_now_ns(p->session->loop));
	while (next_message(p, aside, &shown, &cut, &behind) > 0)
		show_cut(p, &cut, &behind);
	dx_session_show_bytes(p, dx_slice_after(aside, shown));
	while (!dx_hear_is_cut(p) && dx_cutter_flush(&p->cutter, &p->manner->frame_in, &cut) > 0) {
		begin_part(p, &cut, &behind);
		show_cut(p, &cut, &behind);
	}
}

/* Datagrams: each is a message; a line end that it brings is one. */

/* Does the code unit that ends at `end` have this value? */
static bool is_unit(const dx_frame *f, dx_slice in, size_t end, uint8_t value)
{
	size_t unit = f->unit_bytes;

	if (end < unit || end % unit != 0 || in.data[f->big_endian ? end - 1 : end - unit] != value)
		return false;
	for (size_t i = 1; i < unit; i++) {
		if (in.data[f->big_endian ? end - 1 - i : end - unit + i] != 0)
			return false;
	}
	return true;
}

static size_t eol_bytes(const dx_frame *f, dx_slice in)
{
	if (!is_unit(f, in, in.len, '\n'))
		return 0;
	return is_unit(f, in, in.len - f->unit_bytes, '\r') ? 2 * (size_t)f->unit_bytes : f->unit_bytes;
}

/* Is it left without an answer, because what we say there only comes back? */
static bool is_braked(dx_peer *p, dx_slice in)
{
	dx_brake *brake = dx_sender_brake(p);
	dx_braking is = brake != NULL ? dx_brake_heard(brake, in, dx_loop_now_ns(p->session->loop)) : DX_BRAKE_OFF;

	if (is == DX_BRAKE_BEGINS)
		dx_session_note(p->session, &(dx_event){ .note = DX_NOTE_PAUSED, .peer = p, .number = DX_LIMIT_ECHO_PAUSE_MS });
	return is != DX_BRAKE_OFF;
}

void dx_hear_datagram(dx_peer *p, dx_slice in, const dx_datagram_info *info)
{
	size_t eol = p->session->settings->as_bytes ? 0 : eol_bytes(&p->manner->frame_in, in);
	dx_message m = { .bytes = dx_slice_first(in, in.len - eol), .eol = dx_slice_after(in, in.len - eol),
			 .true_len = info->true_len };

	if (!is_heard(p, in))
		return;
	if (info->true_len > in.len) {
		m.flags |= DX_MESSAGE_TRUNCATED;
		dx_session_note(p->session, &(dx_event){ .note = DX_NOTE_TRUNCATED, .peer = p, .number = info->true_len });
	}
	if (info->automatic || info->to_group || is_braked(p, in))
		m.flags |= DX_MESSAGE_AUTOMATIC;
	hear_message(p, m);
	tell_heard(p, in);
}
