#include "ui/console.h"
#include "base/limits.h"
#include "base/number.h"
#include "sys/sys.h"
#include "talk/keys.h"
#include "talk/message.h"
#include "ui/wrap.h"

#define DRAW_NS      (DX_NS_PER_S / 60)
#define STATUS_NS    DX_NS_PER_S
#define SETTLE_NS    (300 * DX_NS_PER_MS)       /* tmux tells a size up to 250 ms after it has wrapped its rows anew */
#define OPEN_LIMIT   ((size_t)1024 * 1024)
#define OUT_LIMIT    (2 * DX_LIMIT_SHOWN_BYTES)
#define OUT_PIECE    ((size_t)16 * 1024) /* what is gathered before it is handed over within a turn */
#define HELD_LIMIT   ((size_t)4 * 1024 * 1024)

struct dx_console {
	dx_output *output;
	const dx_settings *settings;
	const dx_console_events *on;
	void *ctx;
	dx_keys *keys;
	dx_region region;
	dx_buf out;                     /* for the terminal, at the end of the turn */
	dx_buf open;                    /* the unfinished line */
	size_t open_indent;
	dx_buf held;                    /* what came while the window changes: its indent, its length, itself */
	bool closed, suspended, settling, will_draw;
	int64_t drawn_ns, settled_ns;
};

/* The terminal's modes: of the process, since a crash must find them. */
static struct termios modes_before;
static volatile sig_atomic_t modes_changed;

static void give_modes_back(void)
{
	if (modes_changed)
		(void)dx_sys_tcsetattr(STDIN_FILENO, TCSADRAIN, &modes_before);
	modes_changed = 0;
}

void dx_console_abandon(void)
{
	static const char end[] = "\033[?2004l\r\n";

	if (modes_changed)
		(void)!dx_sys_write(STDOUT_FILENO, end, sizeof end - 1);
	give_modes_back();
}

/* Keys come one by one and unechoed; those that are signals, and what is written, stay as they are. */
static int take_modes(void)
{
	struct termios raw;

	if (dx_sys_tcgetattr(STDIN_FILENO, &modes_before) == -1)
		return -errno;
	raw = modes_before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	modes_changed = 1;
	return dx_sys_tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == -1 ? -errno : 0;
}

/* Showing */

static void hand_over(dx_console *c)
{
	if (c->out.used > 0)
		dx_output_write(c->output, dx_buf_slice(&c->out));
	dx_buf_clear(&c->out);
}

static void look_at_window(dx_console *c)
{
	struct winsize window = { 0 };

	(void)dx_sys_ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
	dx_region_resize(&c->region, window.ws_col, window.ws_row, c->settings->terminal_reflows);
}

static void draw(dx_console *c)
{
	dx_region_view view = { .open = dx_buf_slice(&c->open), .open_indent = c->open_indent };

	if (c->suspended || c->settling)
		return;
	if (c->closed) {
		dx_region_erase(&c->region, &c->out);
	} else {
		c->on->look(c->ctx, &view);
		dx_region_draw(&c->region, &view, &c->out);
	}
	c->drawn_ns = dx_clock_ns();
	hand_over(c);
}

/* At most 60 times a second, and at the end of the turn at the earliest. */
void dx_console_touch(dx_console *c)
{
	int64_t since_ns;

	if (c->will_draw)
		return;
	c->will_draw = true;
	since_ns = dx_clock_ns() - c->drawn_ns;
	dx_keys_tick(c->keys, since_ns >= DRAW_NS ? 0 : DRAW_NS - since_ns);
}

static void settle(dx_console *c);

static void on_tick(void *ctx)
{
	dx_console *c = ctx;
	int64_t left_ns = c->settled_ns - dx_clock_ns();

	c->will_draw = false;
	if (c->settling && left_ns > 0) {
		c->will_draw = true;
		dx_keys_tick(c->keys, left_ns);
		return;
	}
	settle(c);
	c->on->tick(c->ctx);
	draw(c);
	if (c->settings->status && !c->closed && !c->will_draw)
		dx_keys_tick(c->keys, STATUS_NS);
}

/* While a window changes, rows are no longer where they were drawn, nor yet as many as its size says: to erase then takes messages
 * away. So what comes meanwhile is held back. */

typedef struct held {
	size_t indent, len;
} held;

static bool hold(dx_console *c, dx_slice text, size_t indent)
{
	held h = { indent, text.len };

	if (!c->settling)
		return false;
	if (dx_buf_reserve(&c->held, sizeof h + text.len) < 0) {
		settle(c);
		return false;
	}
	(void)dx_buf_add(&c->held, dx_slice_of(&h, sizeof h));
	(void)dx_buf_add(&c->held, text);
	return true;
}

static void settle(dx_console *c)
{
	held h;

	if (!c->settling)
		return;
	c->settling = false;
	look_at_window(c);
	for (dx_slice rest = dx_buf_slice(&c->held); rest.len > 0; rest = dx_slice_after(rest, sizeof h + h.len)) {
		memcpy(&h, rest.data, sizeof h);
		dx_console_write(c, dx_slice_of(rest.data + sizeof h, h.len), h.indent);
	}
	dx_buf_clear(&c->held);
}

static void add_line(dx_console *c, dx_slice line, size_t indent)
{
	dx_wrap w = { .columns = c->region.columns,
		      .indent = indent <= c->region.columns / 2 ? indent : 2,
		      .by_words = true };

	dx_region_erase(&c->region, &c->out);
	(void)dx_wrap_add(&w, line, &c->out);
	(void)dx_buf_add_text(&c->out, "\n");
}

static void end_open_line(dx_console *c)
{
	if (c->open.used > 0)
		add_line(c, dx_buf_slice(&c->open), c->open_indent);
	dx_buf_clear(&c->open);
}

void dx_console_write(dx_console *c, dx_slice text, size_t indent)
{
	const uint8_t *end;

	if (hold(c, text, indent))
		return;
	while (text.len > 0 && (end = memchr(text.data, '\n', text.len)) != NULL) {
		dx_slice line = dx_slice_first(text, (size_t)(end - text.data));
		bool goes_on = c->open.used > 0 && dx_buf_add(&c->open, line) == 0;

		end_open_line(c);
		if (!goes_on)
			add_line(c, line, indent);
		text = dx_slice_after(text, line.len + 1);
	}
	if (text.len > 0) {
		c->open_indent = c->open.used == 0 ? indent : c->open_indent;
		if (dx_buf_add(&c->open, text) < 0) { /* longer than anybody reads: lines of their own */
			end_open_line(c);
			add_line(c, text, indent);
		}
	}
	if (c->out.used > OUT_PIECE)
		hand_over(c);
	dx_console_touch(c);
}

size_t dx_console_columns(const dx_console *c)
{
	return c->region.columns;
}

void dx_console_close(dx_console *c)
{
	if (c->closed)
		return;
	c->closed = true;
	draw(c);
}

static void on_typed(void *ctx, dx_slice bytes)
{
	dx_console *c = ctx;

	if (!c->closed)
		c->on->typed(c->ctx, bytes);
}

static void on_end(void *ctx)
{
	dx_console *c = ctx;

	c->on->end(c->ctx);
}

/* Birth and death */

int dx_console_new(dx_session *s, dx_output *out, const dx_settings *settings, const dx_console_events *on, void *ctx,
		   dx_console **ret)
{
	static const dx_keys_events events = { .typed = on_typed, .end = on_end, .tick = on_tick };
	dx_console *c = dx_sys_calloc(1, sizeof *c);
	int r;

	if (c == NULL)
		return -ENOMEM;
	*c = (dx_console){ .output = out, .settings = settings, .on = on, .ctx = ctx };
	dx_region_init(&c->region);
	dx_buf_init(&c->out, OUT_LIMIT);
	dx_buf_init(&c->open, OPEN_LIMIT);
	dx_buf_init(&c->held, HELD_LIMIT);
	r = dx_keys_new(s, STDIN_FILENO, &events, c, &c->keys);
	if (r == 0)
		r = take_modes();
	if (r < 0) {
		dx_console_free(c);
		return r;
	}
	dx_output_keep_short(out);
	look_at_window(c);
	(void)dx_buf_add_text(&c->out, "\033[?2004h");
	dx_console_touch(c);
	*ret = c;
	return 0;
}

void dx_console_free(dx_console *c)
{
	if (c == NULL)
		return;
	if (modes_changed) {
		settle(c);
		c->closed = true;
		draw(c);
		end_open_line(c);
		(void)dx_buf_add_text(&c->out, "\033[?2004l");
		hand_over(c);
	}
	give_modes_back();
	dx_keys_free(c->keys);
	dx_region_fini(&c->region);
	dx_buf_fini(&c->out);
	dx_buf_fini(&c->open);
	dx_buf_fini(&c->held);
	dx_sys_free(c);
}

void dx_console_resized(dx_console *c)
{
	if (!c->settings->terminal_reflows) {
		look_at_window(c);
		draw(c);
		return;
	}
	c->settling = true;
	c->settled_ns = dx_clock_ns() + SETTLE_NS;
	dx_keys_tick(c->keys, SETTLE_NS);
}

void dx_console_suspend(dx_console *c)
{
	settle(c);
	dx_region_erase(&c->region, &c->out);
	(void)dx_buf_add_text(&c->out, "\033[?2004l");
	hand_over(c);
	(void)dx_output_drain(c->output, 1000);
	c->suspended = true;
	give_modes_back();
}

void dx_console_resume(dx_console *c)
{
	if (take_modes() < 0)
		return;
	c->suspended = false;
	c->region.drawn = 0;
	look_at_window(c);
	(void)dx_buf_add_text(&c->out, "\033[?2004h");
	draw(c);
}
