/* A terminal: one line a message, text shown the moment it comes; an unfinished line is completed in place. Where the kernel's own
 * line discipline echoes what is typed, a message may tear the line being typed; where it is edited (console.h), never. */
#include "codec/safe.h"
#include "talk/converters.h"
#include "ui/screen.h"

typedef struct terminal {
	dx_screen_sink base;
	uint32_t open_peer; /* whose unfinished line the cursor stands in; 0: the cursor is at the start of a line */
	bool is_done;       /* that line is a message already: what comes begins a new one */
	bool held_cr;       /* a CR that LF may follow */
	bool is_prompt;     /* what stands in it looks like a question to type behind */
	bool is_bad;        /* something in it did not decode */
} terminal;

static void break_line(terminal *t)
{
	if (t->open_peer != 0)
		(void)dx_buf_add_text(&t->base.screen->text, "\n");
	t->open_peer = 0;
	t->is_done = t->held_cr = false;
}

static void open_line(terminal *t, const dx_message *m)
{
	dx_screen *screen = t->base.screen;

	if (t->open_peer == m->peer->number && !t->is_done)
		return;
	break_line(t);
	(void)dx_screen_stamp(screen, m, NULL);
	t->open_peer = m->peer->number;
}

static void add_part(terminal *t, const dx_message *m, dx_slice marked)
{
	open_line(t, m);
	if (t->held_cr && marked.len > 0)
		(void)dx_buf_add_text(&t->base.screen->text, "\\r");
	t->held_cr = marked.len > 0 && marked.data[marked.len - 1] == '\r';
	marked.len -= t->held_cr;
	if (marked.len > 0)
		t->is_prompt = strchr(" :>$#%", marked.data[marked.len - 1]) != NULL;
	(void)dx_safe_add(&t->base.screen->text, marked, DX_SAFE_KEEP_TAB, NULL);
}

static void add_lines(terminal *t, const dx_message *m, dx_slice marked)
{
	const uint8_t *end;

	while (marked.len > 0 && (end = memchr(marked.data, '\n', marked.len)) != NULL) {
		dx_slice line = dx_slice_first(marked, (size_t)(end - marked.data));

		if (line.len > 0)
			add_part(t, m, line);
		else
			open_line(t, m);
		break_line(t);
		marked = dx_slice_after(marked, (size_t)(end - marked.data) + 1);
	}
	if (marked.len > 0)
		add_part(t, m, marked);
}

/* Lengths and such ends are no text: what comes so is shown a message at a time. */
static bool is_by_message(const dx_peer *p)
{
	return p->stream == NULL || dx_frame_is_binary(&p->manner->frame_in);
}

/* Shows what has come; with `last` what is unfinished too. */
static void add_bytes(terminal *t, dx_peer *p, dx_slice in, bool last)
{
	dx_screen *screen = t->base.screen;
	dx_message m = { .time_ns = dx_wall_clock_ns(), .peer = p, .direction = DX_IN };
	dx_buf decoded;
	size_t bad = 0;

	dx_buf_init(&decoded, 4 * in.len + 64);
	dx_buf_clear(&screen->text);
	if (dx_session_decode(p, in, true, last, &decoded, &bad) == 0)
		add_lines(t, &m, dx_buf_slice(&decoded));
	t->is_bad |= bad > 0;
	dx_buf_fini(&decoded);
	dx_screen_put(screen);
}

static void bytes(dx_sink *k, dx_peer *p, dx_slice in)
{
	if (((dx_screen_sink *)k)->screen->view == &dx_view_text && !is_by_message(p))
		add_bytes((terminal *)k, p, in, false);
}

/* Shown already, as it came. Behind a prompt one types on; behind anything else the line is over. A character that is not yet
 * whole waits for the next message, but not where the encoding seems to be another one anyway. */
static void finish_line(terminal *t, dx_peer *p)
{
	if (t->is_bad && p->text.count > 0)
		add_bytes(t, p, dx_slice_of("", 0), true);
	t->is_done = true;
	t->is_bad = false;
	if (t->open_peer == 0 || t->is_prompt)
		return;
	dx_buf_clear(&t->base.screen->text);
	break_line(t);
	dx_screen_put(t->base.screen);
}

static void message(dx_sink *k, const dx_message *m)
{
	terminal *t = (terminal *)k;
	dx_screen *screen = t->base.screen;
	const dx_view *view = screen->view;
	bool escaped;

	if ((m->flags & DX_MESSAGE_TYPED) != 0 && screen->input_is_terminal && screen->console == NULL)
		t->open_peer = 0; /* the Enter that ended it was echoed */
	if (view->render == NULL || !dx_screen_shows(screen, m))
		return;
	if (view == &dx_view_text && m->direction == DX_IN && !is_by_message(m->peer)) {
		finish_line(t, m->peer);
		return;
	}
	dx_buf_clear(&screen->text);
	break_line(t);
	(void)dx_screen_stamp(screen, m, dx_screen_whom(screen, m));
	if (view->spread != NULL)
		(void)view->spread(m, dx_screen_columns(screen), &screen->text);
	else
		(void)view->render(m, &screen->text, &escaped);
	(void)dx_buf_add_text(&screen->text, "\n");
	dx_screen_put(screen);
}

/* A notice follows: it begins a line of its own. */
static void event(dx_sink *k, const dx_event *e)
{
	terminal *t = (terminal *)k;
	dx_peer *gone = e->kind == DX_EVENT_CLOSE ? (dx_peer *)(uintptr_t)e->peer : NULL;

	if (gone != NULL && gone->text.count > 0 && t->base.screen->view == &dx_view_text)
		add_bytes(t, gone, dx_slice_of("", 0), true);
	if (t->open_peer == 0)
		return;
	dx_buf_clear(&t->base.screen->text);
	break_line(t);
	dx_screen_put(t->base.screen);
}

static const dx_sink_kind kind = {
	.name = "terminal", .bytes = bytes, .message = message, .event = event, .is_full = dx_screen_is_full
};

dx_sink *dx_sink_terminal_new(dx_screen *screen)
{
	return dx_screen_sink_new(screen, &kind, sizeof(terminal));
}
