/* raw: the peer's bytes as they came, at once, nothing added; with -e the same as UTF-8 text. */
#include "codec/text.h"
#include "talk/converters.h"
#include "talk/ending.h"
#include "ui/screen.h"

#define MARKED_LIMIT ((size_t)4 * 1024 * 1024)

/* `running`: it is a part of the stream, and goes on where the one before it stopped; `last`: nothing goes on behind it. */
static void put(dx_screen *screen, dx_peer *p, dx_slice in, bool running, bool last)
{
	dx_buf *text = &screen->text, marked;
	size_t bad;
	int r;

	if (p->manner->encoding == NULL) {
		dx_output_write(screen->out, in);
		return;
	}
	dx_buf_init(&marked, MARKED_LIMIT);
	dx_buf_clear(text);
	r = dx_session_decode(p, in, running, last, &marked, &bad);
	if (r == 0)
		r = dx_text_unmark_into(dx_buf_slice(&marked), text);
	dx_buf_fini(&marked);
	if (r == 0)
		dx_screen_put(screen);
	else
		dx_session_sink_failed(screen->session, r);
}

static void bytes(dx_sink *k, dx_peer *p, dx_slice in)
{
	put(((dx_screen_sink *)k)->screen, p, in, true, false);
}

static void message(dx_sink *k, const dx_message *m)
{
	if (m->direction == DX_IN && m->peer->stream == NULL)
		put(((dx_screen_sink *)k)->screen, m->peer, dx_message_wire(m), false, true);
}

static void event(dx_sink *k, const dx_event *e)
{
	dx_screen *screen = ((dx_screen_sink *)k)->screen;

	/* What the peer's end left unfinished is shown too. */
	if (e->kind == DX_EVENT_CLOSE && e->peer->stream != NULL && e->peer->text.count > 0)
		put(screen, (dx_peer *)(uintptr_t)e->peer, dx_slice_of("", 0), true, true);
}

static const dx_sink_kind kind = { .name = "raw", .bytes = bytes, .message = message, .event = event, .is_full = dx_screen_is_full };

dx_sink *dx_sink_raw_new(dx_screen *screen)
{
	return dx_screen_sink_new(screen, &kind, sizeof(dx_screen_sink));
}
