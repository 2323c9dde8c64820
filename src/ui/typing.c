#include "ui/typing.h"
#include "base/limits.h"
#include "base/number.h"
#include "codec/safe.h"
#include "sys/sys.h"
#include "talk/session.h"
#include "ui/editor.h"
#include "ui/line.h"
#include "ui/operator.h"

#define STATUS_LIMIT ((size_t)1024 * 1024)
#define LINE_LIMIT   ((size_t)4 * 1024 * 1024)
#define PASTE_BEGIN  "\033[200~"
#define PASTE_END    "\033[201~"
#define MARKER_BYTES (sizeof PASTE_BEGIN - 1)
#define PASTE_END_NS (5 * DX_NS_PER_MS) /* what follows an end of a paste so soon was not typed */

struct dx_typing {
	dx_screen *screen;
	const dx_editor *editor;
	FILE *nowhere;
	dx_operator *operator;
	dx_buf text;                    /* scratch: the status, choices */
	dx_buf typed;                   /* a part of a marker that has not come whole */
	bool pasting, is_open, is_over;
	int64_t pasted_ns;
};

/* What the editor tells */

static void on_line(void *ctx, dx_slice line)
{
	dx_typing *t = ctx;
	size_t done = dx_operator_line(t->operator, line);

	if (done < line.len)
		t->editor->give_back(done);
}

static void on_changed(void *ctx)
{
	dx_console_touch(((dx_typing *)ctx)->screen->console);
}

static void on_end(void *ctx)
{
	dx_typing *t = ctx;

	t->is_over = true;
	dx_console_close(t->screen->console);
	if (t->screen->outlives_input)
		dx_operator_say_farewell(t->operator);
	dx_session_end_input(t->screen->session);
}

static const char *candidate(void *ctx, dx_slice line, size_t start, dx_slice begun, size_t i)
{
	return dx_operator_candidate(((dx_typing *)ctx)->operator, line, start, begun, i);
}

static bool takes_file(void *ctx, dx_slice line, size_t start)
{
	(void)ctx;
	return dx_operator_takes_file(line, start);
}

static void choices(void *ctx, const char *const *words, size_t count)
{
	dx_typing *t = ctx;
	dx_buf *text = &t->text;

	dx_buf_clear(text);
	for (size_t i = 0; i < count; i++) {
		(void)dx_buf_add_text(text, i > 0 ? "  " : "");
		(void)dx_safe_add(text, dx_slice_text(words[i]), 0, NULL);
	}
	(void)dx_buf_add_text(text, "\n");
	dx_console_write(t->screen->console, dx_buf_slice(text), 0);
}

/* Pasting: between its markers all is text, line ends included; what else commands a terminal or an editor is left out. A paste
 * that holds an end marker itself goes on behind it, since nobody types so soon. */

static void paste(dx_typing *t, dx_slice in)
{
	dx_buf text;
	bool after_cr = false;

	dx_buf_init(&text, LINE_LIMIT);
	for (size_t i = 0; i < in.len; i++) {
		uint8_t byte = in.data[i];

		if (byte == '\r' || (byte == '\n' && !after_cr))
			(void)dx_buf_add_byte(&text, '\n');
		else if (byte == '\t' || (byte >= 0x20 && byte != 0x7f))
			(void)dx_buf_add_byte(&text, byte);
		after_cr = byte == '\r';
	}
	if (t->editor->look().line.len + text.used <= LINE_LIMIT)
		t->editor->paste(dx_buf_slice(&text));
	dx_buf_fini(&text);
}

/* Bytes at the end that may be the beginning of the marker. */
static size_t begun_marker(dx_slice in, const char *marker)
{
	for (size_t n = MARKER_BYTES - 1; n > 1; n--) {
		if (n <= in.len && memcmp(in.data + in.len - n, marker, n) == 0)
			return n;
	}
	return 0;
}

static dx_slice take_until(dx_slice *in, const char *marker, bool *ret_found)
{
	const uint8_t *at = in->len > 0 ? memmem(in->data, in->len, marker, MARKER_BYTES) : NULL;
	dx_slice before = dx_slice_first(*in, at != NULL ? (size_t)(at - in->data) : in->len - begun_marker(*in, marker));

	*ret_found = at != NULL;
	*in = dx_slice_after(*in, before.len + (at != NULL ? MARKER_BYTES : 0));
	return before;
}

static void on_typed(void *ctx, dx_slice bytes)
{
	dx_typing *t = ctx;
	int64_t now_ns = dx_clock_ns();
	dx_slice in;

	t->pasting |= now_ns - t->pasted_ns < PASTE_END_NS;
	if (dx_buf_add(&t->typed, bytes) < 0)
		return;
	in = dx_buf_slice(&t->typed);
	while (in.len > 0) {
		bool found, pasting = t->pasting;
		dx_slice part = take_until(&in, pasting ? PASTE_END : PASTE_BEGIN, &found);

		if (pasting)
			paste(t, part);
		else if (part.len > 0)
			t->editor->type(part);
		if (!found || t->is_over)
			break;
		t->pasting = !pasting || in.len > 0;
		t->pasted_ns = pasting ? now_ns : 0;
	}
	dx_buf_take(&t->typed, t->typed.used - in.len);
}

/* What the console asks */

static void on_tick(void *ctx)
{
	dx_operator_tell_turn(((dx_typing *)ctx)->operator);
}

static void look(void *ctx, dx_region_view *view)
{
	dx_typing *t = ctx;
	dx_editor_look now;

	t->editor->set_prompt(dx_operator_prompt(t->operator));
	dx_buf_clear(&t->text);
	if (t->screen->settings->status)
		dx_operator_add_status(t->operator, &t->text);
	now = t->editor->look();
	view->status = dx_buf_slice(&t->text);
	view->prompt = now.prompt;
	view->line = now.line;
	view->point = now.point;
	view->marked = now.marked;
	view->marked_bytes = now.marked_bytes;
}

/* Birth and death */

/* The editor reads all that is there, and would wait for a pipe; so it is looked at first. What does not exist will be made. */
static const char *find_history(dx_typing *t)
{
	const char *path = t->screen->settings->history_file;
	int fd = path != NULL ? dx_sys_open(path, O_PATH | O_CLOEXEC, 0) : -1;
	bool good = fd == -1;
	struct stat what;

	if (fd != -1 && dx_sys_fstat(fd, &what) == 0)
		good = S_ISREG(what.st_mode) && what.st_size <= (off_t)DX_LIMIT_HISTORY_BYTES;
	if (fd != -1)
		(void)dx_sys_close(fd);
	if (!good)
		dx_operator_say_no_history(t->operator);
	return good ? path : NULL;
}

static int begin(dx_typing *t)
{
	static const dx_console_events console_events = { .typed = on_typed, .end = on_end, .tick = on_tick, .look = look };
	static const dx_editor_events editor_events = { .line = on_line,         .end = on_end,
							.changed = on_changed,   .candidate = candidate,
							.takes_file = takes_file, .choices = choices };
	dx_screen *screen = t->screen;
	int r = dx_console_new(screen->session, screen->out, screen->settings, &console_events, t, &screen->console);

	if (r == 0)
		r = dx_operator_new(screen, &t->operator);
	if (r < 0)
		return r;
	t->nowhere = dx_sys_fopen("/dev/null", "we");
	if (t->nowhere == NULL)
		return -errno;
	t->is_open = t->editor->open(&editor_events, t, find_history(t), t->nowhere);
	return t->is_open ? 0 : -ENOTTY;
}

int dx_typing_new(dx_screen *screen, dx_typing **ret, const char **ret_why)
{
	const dx_editor *editor = dx_editor_find(ret_why);
	dx_typing *t;
	int r;

	if (editor == NULL)
		return 0;
	*ret_why = NULL;
	t = dx_sys_calloc(1, sizeof *t);
	if (t == NULL)
		return -ENOMEM;
	t->screen = screen;
	t->editor = editor;
	dx_buf_init(&t->text, STATUS_LIMIT);
	dx_buf_init(&t->typed, LINE_LIMIT);
	r = begin(t);
	if (r < 0)
		dx_typing_free(t);
	else
		*ret = t;
	return r;
}

void dx_typing_free(dx_typing *t)
{
	if (t == NULL)
		return;
	if (t->is_open)
		t->editor->close();
	dx_console_free(t->screen->console);
	t->screen->console = NULL;
	dx_operator_free(t->operator);
	if (t->nowhere != NULL)
		(void)dx_sys_fclose(t->nowhere);
	dx_buf_fini(&t->text);
	dx_buf_fini(&t->typed);
	dx_sys_free(t);
}
