#include "ui/sink_json.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "talk/converters.h"
#include "talk/ending.h"
#include "talk/peers.h"

#define EVENT_VERSION 1
#define TEXT_LIMIT ((size_t)1024 * 1024)

static void begin(dx_json *j, dx_buf *out, const char *event, int64_t time_ns, bool first)
{
	char time[40];

	dx_json_begin(j, out);
	dx_json_object(j);
	dx_json_key(j, "event");
	dx_json_text(j, event);
	if (first) {
		dx_json_key(j, "v");
		dx_json_int(j, EVENT_VERSION);
	}
	dx_json_key(j, "time");
	dx_json_text(j, dx_stamp_event(time_ns, time));
}

static int end(dx_json *j, dx_buf *out)
{
	int r;

	dx_json_end(j);
	r = dx_json_finish(j);
	return r < 0 ? r : dx_buf_add_text(out, "\n");
}

static void add_text(dx_json *j, const char *key, const char *text)
{
	dx_json_key(j, key);
	dx_json_text(j, text);
}

static void add_int(dx_json *j, const char *key, int64_t value)
{
	dx_json_key(j, key);
	dx_json_int(j, value);
}

static void add_peer(dx_json *j, const dx_peer *p)
{
	char address[DX_ADDR_TEXT];

	add_int(j, "peer", p->number);
	add_text(j, "address", dx_session_address(p, address));
}

/* The text where it gives the bytes back, else the hex. */
static void add_content(dx_json *j, const dx_screen *screen, const dx_message *m)
{
	dx_buf text;
	size_t bad = 0;

	dx_buf_init(&text, TEXT_LIMIT);
	if (!screen->settings->as_bytes && dx_session_decode(m->peer, m->bytes, false, true, &text, &bad) == 0 && bad == 0 &&
	    dx_session_gives_back(m->peer, dx_buf_slice(&text), m->bytes)) {
		dx_json_key(j, "text");
		dx_json_string(j, dx_buf_slice(&text));
	} else {
		dx_buf_clear(&text);
		(void)dx_hex_print(m->bytes, &text);
		dx_json_key(j, "hex");
		dx_json_string(j, dx_buf_slice(&text));
	}
	dx_buf_clear(&text);
	(void)dx_session_decode(m->peer, m->eol, false, true, &text, &bad);
	dx_json_key(j, "eol");
	dx_json_string(j, dx_buf_slice(&text));
	dx_buf_fini(&text);
}

int dx_json_add_message(dx_buf *out, const dx_screen *screen, const dx_message *m)
{
	dx_json j;

	begin(&j, out, "message", m->time_ns, false);
	add_peer(&j, m->peer);
	add_text(&j, "direction", m->direction == DX_IN ? "in" : "out");
	add_int(&j, "length", (int64_t)((m->flags & DX_MESSAGE_TRUNCATED) != 0 ? m->true_len : m->bytes.len));
	add_content(&j, screen, m);
	add_text(&j, "encoding", m->peer->manner->encoding != NULL ? m->peer->manner->encoding->name : "utf-8");
	if ((m->flags & DX_MESSAGE_TRUNCATED) != 0) {
		dx_json_key(&j, "truncated");
		dx_json_bool(&j, true);
	}
	if ((m->flags & DX_MESSAGE_PARTIAL) != 0) {
		dx_json_key(&j, "partial");
		dx_json_bool(&j, true);
	}
	return end(&j, out);
}

static void add_error(dx_json *j, const dx_event *e)
{
	add_text(j, "operation", e->error->operation);
	add_text(j, "address", e->error->address);
	add_text(j, "code", dx_error_key(e->error->code));
	add_text(j, "text", dx_error_text(e->error->code));
	add_int(j, "status", e->status);
}

int dx_json_add_event(dx_buf *out, const dx_event *e)
{
	static const char *const names[] = { "listening", "open", "close", "error", "notice", "end" };
	dx_json j;

	if (e->kind == DX_EVENT_NOTICE)
		return 0;
	begin(&j, out, names[e->kind], e->time_ns, e->kind == DX_EVENT_LISTENING);
	if (e->peer != NULL && e->kind == DX_EVENT_ERROR)
		add_int(&j, "peer", e->peer->number);
	else if (e->peer != NULL)
		add_peer(&j, e->peer);
	if (e->endpoint != NULL && e->kind != DX_EVENT_ERROR)
		add_text(&j, "endpoint", e->endpoint);
	if (e->kind == DX_EVENT_CLOSE) {
		add_text(&j, "reason", dx_reason_word(e->reason));
		add_int(&j, "in", (int64_t)e->peer->in_bytes);
		add_int(&j, "out", (int64_t)e->peer->out_bytes);
	} else if (e->kind == DX_EVENT_ERROR) {
		add_error(&j, e);
	} else if (e->kind == DX_EVENT_END) {
		add_int(&j, "status", e->status);
	}
	return end(&j, out);
}

static void put(dx_screen *screen, int r)
{
	if (r == 0)
		dx_screen_put(screen);
	else
		dx_session_sink_failed(screen->session, r);
}

static void message(dx_sink *k, const dx_message *m)
{
	dx_screen *screen = ((dx_screen_sink *)k)->screen;

	dx_buf_clear(&screen->text);
	put(screen, dx_json_add_message(&screen->text, screen, m));
}

static void event(dx_sink *k, const dx_event *e)
{
	dx_screen *screen = ((dx_screen_sink *)k)->screen;

	dx_buf_clear(&screen->text);
	put(screen, dx_json_add_event(&screen->text, e));
}

static const dx_sink_kind kind = { .name = "json", .message = message, .event = event, .is_full = dx_screen_is_full };

dx_sink *dx_sink_json_new(dx_screen *screen)
{
	return dx_screen_sink_new(screen, &kind, sizeof(dx_screen_sink));
}
