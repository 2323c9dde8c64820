/* What goes: text becomes bytes of the peer's encoding, gets the line end that the peer expects, and is delivered. */
#include "codec/template.h"
#include "sys/sys.h"
#include "talk/session_priv.h"

#include <stdio.h>

bool dx_may_speak(const dx_peer *p)
{
	const dx_mode *mode = p->manner->mode;

	return mode->speaks && !p->going && (mode->may_speak == NULL || mode->may_speak(p));
}

/* Line ends */

static const char *eol_text(const dx_peer *p)
{
	static const char *const texts[] = { [DX_EOL_LF] = "\n", [DX_EOL_CRLF] = "\r\n", [DX_EOL_CR] = "\r", [DX_EOL_NONE] = "" };
	static const char *const last[] = { [DX_LAST_UNKNOWN] = "\n", [DX_LAST_NONE] = "", [DX_LAST_LF] = "\n",
		                            [DX_LAST_CRLF] = "\r\n", [DX_LAST_CR] = "\r" };
	const dx_manner *m = p->manner;

	if (p->stream == NULL && !m->eol_named)
		return "";
	if (m->eol != DX_EOL_FOLLOW)
		return texts[m->eol];
	return p->session->role->listens ? last[p->last_eol] : "\n";
}

static dx_slice eol_of(const dx_peer *p)
{
	return p->manner->eol == DX_EOL_NUL ? dx_slice_of("", 1) : dx_slice_text(eol_text(p));
}

/* Delivery */

static int hand_over(dx_peer *p, dx_slice bytes, unsigned flags)
{
	bool automatic = (flags & DX_MESSAGE_AUTOMATIC) != 0;
	dx_datagram *socket = p->place->socket;

	if (p->stream == NULL && socket == NULL)
		return -EPIPE;
	if (p->stream == NULL)
		return dx_datagram_send(socket, dx_datagram_peer(socket)->len > 0 ? NULL : p->address, bytes, automatic);
	return automatic && p->cutter.in.len == 0 ? dx_stream_send_now(p->stream, bytes) : dx_stream_send(p->stream, bytes);
}

static void tell_said(dx_peer *p, dx_slice bytes, size_t eol_bytes, unsigned flags)
{
	dx_session *s = p->session;
	dx_message m = { .time_ns = s->message_sinks > 0 ? dx_wall_clock_ns() : 0, .peer = p, .direction = DX_OUT, .flags = flags,
			 .bytes = dx_slice_first(bytes, bytes.len - eol_bytes),
			 .eol = dx_slice_after(bytes, bytes.len - eol_bytes) };

	dx_session_show(s, &m);
	for (const dx_rule *const *r = s->rules; *r != NULL; r++) {
		if ((*r)->said != NULL && (*r)->said(s, &m) == DX_END)
			dx_session_end(s, 0);
	}
}

/* A datagram that could not be sent is that peer's loss alone; it is told and the session goes on. */
static int deliver(dx_peer *p, dx_slice bytes, size_t eol_bytes, unsigned flags)
{
	const dx_mode *mode = p->manner->mode;
	int r = hand_over(p, bytes, flags);

	if (r < 0) {
		dx_error why;
		char text[DX_ADDR_TEXT];

		(void)dx_error_set(&why, r, "send", dx_addr_print(p->address, text));
		if (r != -EPIPE && !p->session->role->listens)
			dx_session_fail(p->session, &why, NULL);
		else if (r != -EPIPE)
			dx_session_tell_error(p->session, &why, 0, p);
		return r;
	}
	p->out_bytes += bytes.len;
	p->out_messages++;
	p->session->active_ns = dx_loop_now_ns(p->session->loop);
	p->awaits_answer = true;
	if (mode->said != NULL)
		mode->said(p);
	tell_said(p, bytes, eol_bytes, flags);
	return 0;
}

int dx_speak_bytes(dx_peer *p, dx_slice bytes, unsigned flags)
{
	size_t eol = bytes.len > 0 && bytes.data[bytes.len - 1] == '\n';

	if (eol > 0 && bytes.len > 1 && bytes.data[bytes.len - 2] == '\r')
		eol++;
	return deliver(p, bytes, eol, flags);
}

/* Text */

static int add_encoded(dx_peer *p, dx_slice utf8)
{
	dx_session *s = p->session;
	dx_slice bad = { NULL, 0 };
	int r = dx_text_encode(dx_session_text(p), utf8, s->settings->unmappable == DX_UNMAPPABLE_REPLACE, &s->wire, &bad);

	if (r == -EILSEQ)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_UNMAPPABLE, .peer = p, .detail = bad });
	return r;
}

static int add_eol(dx_peer *p, size_t *ret_bytes)
{
	size_t before = p->session->wire.used;
	int r = add_encoded(p, eol_of(p));

	*ret_bytes = p->session->wire.used - before;
	return r;
}

int dx_speak_line(dx_peer *p, dx_slice utf8, unsigned flags)
{
	dx_session *s = p->session;
	size_t eol_bytes = 0;
	int r;

	dx_buf_clear(&s->wire);
	r = add_encoded(p, utf8);
	if (r == 0 && (flags & DX_MESSAGE_HAS_END) == 0)
		r = add_eol(p, &eol_bytes);
	return r < 0 ? r : deliver(p, dx_buf_slice(&s->wire), eol_bytes, flags);
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

int dx_speak_template(dx_peer *p, dx_slice text, const dx_message *to)
{
	dx_template t = dx_template_of(text, template_names);
	size_t eol_bytes = 0;
	dx_piece piece;
	int r = 0;

	dx_buf_clear(&p->session->wire);
	while (r == 0 && dx_template_next(&t, &piece))
		r = piece.name < 0 ? add_encoded(p, piece.text) : add_value(p, piece.name, to);
	if (r == 0)
		r = add_eol(p, &eol_bytes);
	return r < 0 ? r : deliver(p, dx_buf_slice(&p->session->wire), eol_bytes, to != NULL ? DX_MESSAGE_AUTOMATIC : 0);
}
