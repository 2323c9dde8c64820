#include "talk/speech.h"
#include "codec/template.h"
#include "codec/text.h"
#include "net/stream.h"
#include "talk/converters.h"
#include "talk/ending.h"
#include "talk/senders.h"
#include "talk/state_priv.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static bool is_framed(const dx_peer *p)
{
	return p->stream != NULL && dx_manner_frames(p->manner);
}

/* Line ends */

static const char *eol_text(const dx_peer *p)
{
	static const char *const texts[] = { [DX_EOL_LF] = "\n", [DX_EOL_CRLF] = "\r\n", [DX_EOL_CR] = "\r", [DX_EOL_NONE] = "",
		                             [DX_EOL_NUL] = NULL };
	static const char *const last[] = { [DX_LAST_UNKNOWN] = "\n", [DX_LAST_NONE] = "", [DX_LAST_LF] = "\n",
		                            [DX_LAST_CRLF] = "\r\n", [DX_LAST_CR] = "\r" };
	const dx_manner *m = p->manner;

	if (!m->eol_named && (p->stream == NULL || is_framed(p)))
		return "";
	if (is_framed(p) && !dx_frame_is_binary(&m->frame_out))
		return "";      /* the frame ends it */
	if (m->eol != DX_EOL_FOLLOW)
		return texts[m->eol];
	return p->session->role->listens ? last[p->last_eol] : "\n";
}

static dx_slice eol_of(const dx_peer *p)
{
	const char *text = eol_text(p);

	return text == NULL ? dx_slice_of("", 1) : dx_slice_text(text);
}

/* Delivery */

static int hand_over(dx_peer *p, dx_slice bytes, unsigned flags)
{
	bool automatic = (flags & DX_MESSAGE_AUTOMATIC) != 0;
	dx_datagram *socket = p->place->socket;

	if (p->stream == NULL && socket == NULL)
		return -EPIPE;
	if (p->stream == NULL)
		return (automatic ? dx_datagram_answer : dx_datagram_send_from)(
			socket, dx_sender_ours(p), dx_datagram_peer(socket)->len > 0 ? NULL : p->address, bytes);
	if (!automatic)
		return dx_stream_send_whole(p->stream, bytes);
	return p->cutter.in.len == 0 ? dx_stream_send_now(p->stream, bytes) : dx_stream_send(p->stream, bytes);
}

/* What is delivered: how much of it stands before the message, and how much behind it. */
struct said {
	dx_slice wire;
	size_t head_bytes, eol_bytes;
	unsigned flags;
};

/* One that is long is told in parts, as one that comes is: each of whole characters. */
static void show_said(dx_session *s, dx_message *m, dx_slice text, dx_slice eol)
{
	dx_text_state heard = s->begin, behind;
	unsigned flags = m->flags;

	s->begin = (dx_text_state){ .count = 0 };
	for (; text.len > DX_LIMIT_MESSAGE_BYTES; text = dx_slice_after(text, m->bytes.len)) {
		m->bytes = dx_slice_first(text, DX_LIMIT_MESSAGE_BYTES);
		m->bytes.len -= dx_session_unfinished(m->peer, m->bytes, &behind);
		m->eol = dx_slice_of(m->bytes.data + m->bytes.len, 0);
		m->flags = flags | DX_MESSAGE_PARTIAL;
		dx_session_show(s, m);
		s->begin = behind;
	}
	m->bytes = text;
	m->eol = eol;
	m->flags = flags;
	dx_session_show(s, m);
	s->begin = heard;
}

static void tell_said(dx_peer *p, const struct said *it)
{
	dx_slice bytes = dx_slice_after(it->wire, it->head_bytes);
	size_t text_bytes = bytes.len - it->eol_bytes;
	dx_session *s = p->session;
	dx_message m = { .time_ns = s->message_sinks > 0 ? dx_wall_clock_ns() : 0, .peer = p, .direction = DX_OUT, .flags = it->flags };

	show_said(s, &m, dx_slice_first(bytes, text_bytes), dx_slice_after(bytes, text_bytes));
	for (const dx_rule *const *r = s->rules; *r != NULL; r++) {
		if ((*r)->said == NULL || (*r)->said(s, &m) != DX_END)
			continue;
		s->ended_by_message = true;
		dx_session_end(s, 0);
	}
}

/* What could not be sent is that peer's loss alone where there are others; it is told and the session goes on. */
static int lose(dx_peer *p, int r)
{
	dx_error why;
	char text[DX_ADDR_TEXT];

	(void)dx_error_set(&why, r, "send", dx_addr_print(p->address, text));
	if (r != -EPIPE && !p->session->role->listens)
		dx_session_fail(p->session, &why, NULL);
	else if (r != -EPIPE)
		dx_session_tell_error(p->session, &why, 0, p);
	return r;
}

static void note_answer(dx_peer *p, const struct said *it)
{
	dx_brake *brake = (it->flags & DX_MESSAGE_AUTOMATIC) != 0 ? dx_sender_brake(p) : NULL;

	if (brake != NULL)
		dx_brake_answered(brake, it->wire, dx_loop_now_ns(p->session->loop));
}

static int deliver(dx_peer *p, const struct said *it)
{
	const dx_mode *mode = p->manner->mode;
	int r = hand_over(p, it->wire, it->flags);

	if (r < 0)
		return lose(p, r);
	p->out_bytes += it->wire.len;
	p->out_messages += (it->flags & DX_MESSAGE_FILE) == 0; /* whose pieces are as long as it happens */
	p->session->active_ns = dx_loop_now_ns(p->session->loop);
	p->awaits_answer = !p->ended;
	note_answer(p, it);
	if (mode->said != NULL && (it->flags & DX_MESSAGE_FILE) == 0) /* of which a piece is not a turn */
		mode->said(p);
	tell_said(p, it);
	return 0;
}

/* Frames. What is said is put together in the session's scratch buffer, behind room for a length. */

static int begin_wire(dx_peer *p)
{
	static const uint8_t room[DX_FRAME_HEAD_BYTES];

	dx_buf_clear(&p->session->wire);
	return dx_buf_add(&p->session->wire, dx_slice_of(room, sizeof room));
}

/* Puts around the message what its frame wants; -EILSEQ where that cannot hold it. */
static int frame_wire(dx_peer *p, dx_frame_ends *ret)
{
	dx_session *s = p->session;
	dx_slice message = dx_slice_after(dx_buf_slice(&s->wire), DX_FRAME_HEAD_BYTES);
	char name[64];
	int r;

	*ret = (dx_frame_ends){ .head_bytes = 0 };
	r = is_framed(p) ? dx_frame_wrap(&p->manner->frame_out, message, ret) : 0;
	if (r < 0) {
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NO_FRAME, .peer = p, .number = message.len,
						.detail = dx_slice_text(dx_frame_name(&p->manner->frame_out, name)) });
		return -EILSEQ;
	}
	dx_buf_take(&s->wire, (size_t)DX_FRAME_HEAD_BYTES - ret->head_bytes);
	if (s->wire.used > 0)
		memcpy(s->wire.data + s->wire.start, ret->head, ret->head_bytes);
	return dx_buf_add(&s->wire, dx_slice_of(ret->tail, ret->tail_bytes));
}

/* Delivers the message that was put together, whose last bytes are a line end, unless that failed (`r`); -EILSEQ was told. */
static int deliver_wire(dx_peer *p, int r, size_t eol_bytes, unsigned flags)
{
	dx_frame_ends ends;

	if (r == 0)
		r = frame_wire(p, &ends);
	if (r < 0)
		return r == -EILSEQ ? r : lose(p, r);
	return deliver(p, &(struct said){ dx_buf_slice(&p->session->wire), ends.head_bytes, eol_bytes + ends.tail_bytes, flags });
}

static int speak_as_it_is(dx_peer *p, dx_slice bytes, unsigned flags)
{
	size_t eol = !p->session->settings->as_bytes && bytes.len > 0 && bytes.data[bytes.len - 1] == '\n';

	if (eol > 0 && bytes.len > 1 && bytes.data[bytes.len - 2] == '\r')
		eol++;
	return deliver(p, &(struct said){ bytes, 0, eol, flags });
}

/* Files and echoes are sent as they are. */
int dx_speak_bytes(dx_peer *p, dx_slice bytes, unsigned flags)
{
	int r;

	if (!is_framed(p) || (flags & (DX_MESSAGE_FILE | DX_MESSAGE_AUTOMATIC)) != 0)
		return speak_as_it_is(p, bytes, flags);
	r = begin_wire(p);
	if (r == 0)
		r = dx_buf_add(&p->session->wire, bytes);
	return deliver_wire(p, r, 0, flags);
}

/* Text */

static int add_by(dx_encode *encode, dx_peer *p, dx_slice text)
{
	dx_slice bad = { NULL, 0 };
	int r = encode(p, text, &p->session->wire, &bad);

	if (r == -EILSEQ)
		dx_session_note(p->session, &(dx_event){ .note = DX_NOTE_UNMAPPABLE, .peer = p, .detail = bad });
	return r;
}

static int add_encoded(dx_peer *p, dx_slice utf8)
{
	return add_by(dx_session_encode, p, utf8);
}

static int add_marked(dx_peer *p, dx_slice marked)
{
	return add_by(dx_session_encode_marked, p, marked);
}

/* As deliver_wire, of text that is still to be ended. */
static int deliver_text(dx_peer *p, int r, unsigned flags)
{
	size_t text_bytes = p->session->wire.used;

	if (r == 0 && (flags & DX_MESSAGE_HAS_END) == 0)
		r = add_encoded(p, eol_of(p));
	return deliver_wire(p, r, p->session->wire.used - text_bytes, flags);
}

static int speak_by(dx_encode *encode, dx_peer *p, dx_slice text, unsigned flags)
{
	int r = begin_wire(p);

	if (r == 0)
		r = add_by(encode, p, text);
	return deliver_text(p, r, flags);
}

int dx_speak_line(dx_peer *p, dx_slice utf8, unsigned flags)
{
	return speak_by(dx_session_encode, p, utf8, flags);
}

int dx_speak_text(dx_peer *p, dx_slice marked, unsigned flags)
{
	return speak_by(dx_session_encode_marked, p, marked, flags);
}

/* Templates */

enum template_name { NAME_DATA, NAME_PEER, NAME_IP, NAME_PORT, NAME_TIME, NAME_N };
static const char *const template_names[] = { "data", "peer", "ip", "port", "time", "n", NULL };

static void print_clock(char into[32])
{
	time_t now = (time_t)(dx_wall_clock_ns() / DX_NS_PER_S);
	struct tm parts;

	(void)strftime(into, 32, "%H:%M:%S", localtime_r(&now, &parts));
}

static int add_value(dx_peer *p, int name, const dx_message *to)
{
	char text[DX_ADDR_TEXT] = "";

	switch (name) {
	case NAME_DATA:
		return to == NULL ? 0 : dx_buf_add(&p->session->wire, to->bytes);
	case NAME_PEER:
		(void)snprintf(text, sizeof text, "%u", p->number);
		break;
	case NAME_IP:
		(void)dx_addr_print_host(p->address, text);
		break;
	case NAME_PORT:
		(void)snprintf(text, sizeof text, "%u", dx_addr_port(p->address));
		break;
	case NAME_TIME:
		print_clock(text);
		break;
	default:
		(void)snprintf(text, sizeof text, "%llu", (unsigned long long)p->in_messages);
		break;
	}
	return add_encoded(p, dx_slice_text(text));
}

int dx_speak_template(dx_peer *p, dx_slice marked, const dx_message *to)
{
	dx_template t = dx_template_of(marked, template_names);
	dx_piece piece;
	int r = begin_wire(p);

	while (r == 0 && dx_template_next(&t, &piece))
		r = piece.name < 0 ? add_marked(p, piece.text) : add_value(p, piece.name, to);
	return deliver_text(p, r, to != NULL ? DX_MESSAGE_AUTOMATIC : 0);
}
