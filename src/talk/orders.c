#include "talk/orders.h"
#include "codec/hex.h"
#include "net/trace.h"
#include "sys/sys.h"
#include "talk/converters.h"
#include "talk/peers.h"
#include "talk/speech.h"
#include "talk/state_priv.h"

/* Telling whom it reached: how many were spoken to, or why nobody was. */
static int reach(dx_session *s, const dx_targets *to, dx_slice what, int (*say)(dx_peer *p, dx_slice what, unsigned flags),
		 unsigned flags)
{
	int reached = 0, r = 0;
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		int said = -EAGAIN;

		if (s->ending)
			return reached;
		if (!dx_targets_hold(to, p->number))
			continue;
		if (dx_may_speak(p))
			said = say(p, what, flags);
		reached += said == 0;
		r = said == -EILSEQ || r == 0 ? said : r;
	}
	return reached > 0 && r != -EILSEQ ? reached : r == 0 ? -ENOTCONN : r;
}

bool dx_targets_hold(const dx_targets *to, uint32_t number)
{
	for (size_t i = 0; i < to->count; i++) {
		if (to->numbers[i] == number)
			return true;
	}
	return to->count == 0;
}

int dx_order_line(dx_session *s, const dx_targets *to, dx_slice line)
{
	return reach(s, to, line, dx_speak_line, DX_MESSAGE_TYPED);
}

int dx_order_bytes(dx_session *s, const dx_targets *to, dx_slice bytes, unsigned flags)
{
	return reach(s, to, bytes, dx_speak_bytes, flags);
}

int dx_order_hex(dx_session *s, const dx_targets *to, dx_slice hex, size_t *ret_at)
{
	dx_buf bytes;
	int r;

	dx_buf_init(&bytes, DX_LIMIT_LINE_BYTES);
	r = dx_hex_parse(hex, &bytes, ret_at);
	if (r == 0)
		r = dx_order_bytes(s, to, dx_buf_slice(&bytes), DX_MESSAGE_TYPED);
	dx_buf_fini(&bytes);
	return r;
}

int dx_order_hang_up(dx_session *s, uint32_t number)
{
	dx_peer *p = dx_session_find_peer(s, number);

	if (p != NULL)
		dx_session_let_go(p, DX_REASON_HANGUP);
	return p != NULL ? 0 : -ENOTCONN;
}

/* Settings: of one peer, or, number 0, of all and of those who come. */

static int change_one(dx_peer *p, void (*how)(dx_manner *m, const void *to), const void *to)
{
	dx_manner *own = (dx_manner *)(uintptr_t)p->manner;

	if (own == &p->place->manner) {
		own = dx_sys_malloc(sizeof *own);
		if (own == NULL)
			return -ENOMEM;
		*own = *p->manner;
		p->manner = own;
	}
	how(own, to);
	return 0;
}

static int change(dx_session *s, uint32_t number, void (*how)(dx_manner *m, const void *to), const void *to)
{
	dx_peer *one = number != 0 ? dx_session_find_peer(s, number) : NULL, *p;
	int r = 0;

	if (number != 0 && one == NULL)
		return -ENOTCONN;
	for (size_t i = 0; i < s->place_count && one == NULL; i++)
		how(&s->places[i].manner, to);
	DX_EACH_PEER(s, p)
	{
		if (one != NULL && one != p)
			continue;
		if (one != NULL || p->manner != &p->place->manner)
			r = change_one(p, how, to);
		dx_cutter_rescan(&p->cutter);
		memset(p->text.shift, 0, sizeof p->text.shift); /* but what is unfinished is not lost */
		p->text.flags = 0;
	}
	dx_session_look_again(s);
	return r;
}

static void set_encoding(dx_manner *m, const void *to)
{
	m->encoding = to;
	dx_frame_set_unit(&m->frame_in, m->encoding->unit_bytes, m->encoding->big_endian);
	dx_frame_set_unit(&m->frame_out, m->encoding->unit_bytes, m->encoding->big_endian);
}

int dx_order_encoding(dx_session *s, uint32_t number, const dx_encoding *e)
{
	int r = dx_session_open_text(s, e);

	return r < 0 ? r : change(s, number, set_encoding, e);
}

static void set_frame(dx_manner *m, const void *to)
{
	m->frame_in = m->frame_out = *(const dx_frame *)to;
	m->frame_named = true;
	m->frame_out_named = false;
	if (m->encoding != NULL)
		set_encoding(m, m->encoding);
}

int dx_order_frame(dx_session *s, uint32_t number, const dx_frame *f)
{
	return change(s, number, set_frame, f);
}

static void set_mode(dx_manner *m, const void *to)
{
	m->mode = to;
}

/* Who begins to take turns may begin. */
int dx_order_mode(dx_session *s, uint32_t number, const dx_mode *mode)
{
	int r = change(s, number, set_mode, mode);
	dx_peer *p;

	DX_EACH_PEER(s, p)
	p->has_turn |= r == 0 && (number == 0 || p->number == number) && !p->awaits_answer;
	return r;
}

static void set_eol(dx_manner *m, const void *to)
{
	m->eol = *(const dx_eol *)to;
	m->eol_named = true;
}

int dx_order_eol(dx_session *s, uint32_t number, dx_eol eol)
{
	return change(s, number, set_eol, &eol);
}

void dx_order_over(dx_session *s)
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (p->manner->mode->takes_turns && p->has_turn) {
			p->has_turn = false;
			p->awaits_answer = true;
		}
	}
	dx_session_look_again(s);
}

int dx_order_trace(dx_session *s, dx_trace_style style, void (*line)(dx_slice text, void *ctx), void *ctx)
{
	dx_trace_free(s->loop);
	return style == DX_TRACE_OFF ? 0 : dx_trace_start(s->loop, style == DX_TRACE_C, line, ctx);
}
