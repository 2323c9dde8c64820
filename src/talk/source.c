/* Sources. What was read lies in `pending` until it may be said: a line waits for its turn, bytes for room in every queue.
 * Invariant: the inlet is paused while `pending` holds something that could not be said yet. */
#include "talk/source.h"
#include "base/check.h"
#include <duplex/pipe.h>
#include "sys/sys.h"
#include "talk/orders.h"

struct dx_source {
	dx_session *session;
	dx_inlet *inlet;                           /* NULL: nothing (more) to open */
	int file_fd;                               /* ours to close; -1 */
	size_t next_text;                          /* of the command line */
	bool as_bytes;                             /* otherwise by lines … */
	void (*say)(dx_session *s, dx_slice line); /* … as this says them */
	bool stopped;                              /* by who asked to pause */
	bool input_ended;
	dx_buf pending;
	size_t scanned; /* of pending: no line end begins before */
};

static const dx_targets everybody = { NULL, 0 };

/* By lines only where something asks for lines; a terminal gives nothing else. */
static bool wants_lines(const dx_session *s)
{
	const dx_settings *set = s->settings;
	const dx_manner *m = &s->places[0].manner;
	bool streams = dx_endpoint_is_stream(s->places[0].endpoint) || s->places[0].endpoint->transport == DX_FD;

	return !streams || dx_session_at_terminal(s) || s->role == &dx_role_chat || m->encoding != NULL || m->eol_named ||
	       m->frame_named || m->frame_out_named || m->mode->takes_turns || set->until.count > 0 || set->hex;
}

/* A line that could not be said is named. Off a terminal nobody sees that and types it again, so the session ends there with 1. */
static void say_line(dx_session *s, dx_slice line)
{
	size_t at;
	int r = s->settings->hex ? dx_order_hex(s, &everybody, line, &at) : dx_order_line(s, &everybody, line);

	if (r == -EINVAL)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOT_HEX, .detail = line, .number = at + 1 });
	else if (r == -ENOTCONN)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOBODY });
	if ((r == -EILSEQ || r == -EINVAL) && !dx_session_at_terminal(s))
		dx_session_end(s, 1);
}

/* Reading */

static void end_input(struct dx_source *src)
{
	dx_inlet_free(src->inlet);
	src->inlet = NULL;
	if (src->file_fd != -1)
		(void)dx_sys_close(src->file_fd);
	src->file_fd = -1;
	src->input_ended = true;
}

/* Takes one line out of what is pending; what the end of input left is a line too. */
static bool take_line(struct dx_source *src, dx_slice *ret, size_t *ret_used)
{
	dx_slice all = dx_buf_slice(&src->pending);
	const uint8_t *end = all.len > src->scanned ? memchr(all.data + src->scanned, '\n', all.len - src->scanned) : NULL;

	if (end == NULL) {
		src->scanned = all.len;
		*ret = all;
		*ret_used = all.len;
		return (src->input_ended && all.len > 0) || all.len >= src->pending.limit / 2;
	}
	*ret = dx_slice_first(all, (size_t)(end - all.data));
	*ret_used = ret->len + 1;
	if (ret->len > 0 && ret->data[ret->len - 1] == '\r')
		ret->len--;
	return true;
}

static void say_pending_lines(struct dx_source *src)
{
	dx_session *s = src->session;
	dx_slice line;
	size_t used;

	while (!src->stopped && !s->ending && take_line(src, &line, &used)) {
		src->say(s, line);
		if (s->ending)
			return;
		dx_buf_take(&src->pending, used);
		src->scanned = 0;
		dx_session_update_input(s);
	}
}

static void say_text(struct dx_source *src, dx_slice text)
{
	dx_session *s = src->session;
	dx_peer *p = dx_session_first_peer(s);
	bool has_end = text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r');
	int r;

	src->next_text++;
	if (p == NULL)
		return;
	if (s->settings->hex)
		r = dx_speak_bytes(p, text, DX_MESSAGE_TYPED);
	else
		r = dx_speak_line(p, text, DX_MESSAGE_TYPED | (has_end ? DX_MESSAGE_HAS_END : 0));
	if (r == -EILSEQ)
		dx_session_end(s, 1);
}

/* What can be said now, in order: TEXTs, then what was read; then the end. */
static void say_pending(struct dx_source *src)
{
	dx_session *s = src->session;
	dx_slice bytes;

	while (!src->stopped && !s->ending && src->next_text < s->settings->texts.count) {
		say_text(src, s->settings->texts.items[src->next_text]);
		dx_session_update_input(s);
	}
	if (src->stopped || s->ending || src->next_text < s->settings->texts.count)
		return;
	bytes = dx_buf_slice(&src->pending);
	if (src->as_bytes && bytes.len > 0) {
		(void)dx_order_bytes(s, &everybody, bytes, DX_MESSAGE_TYPED | DX_MESSAGE_FILE);
		dx_buf_clear(&src->pending);
	} else if (!src->as_bytes) {
		say_pending_lines(src);
	}
	if (!s->ending && !s->input_over && !src->stopped && src->input_ended && src->pending.used == 0)
		dx_session_input_is_over(s);
}

static void on_data(void *ctx, dx_slice in)
{
	struct dx_source *src = ctx;

	if (dx_buf_add(&src->pending, in) < 0) {
		dx_session_fail_by(src->session, -ENOBUFS, "input", "");
		return;
	}
	dx_session_input_came(src->session);
	say_pending(src);
	dx_session_update_input(src->session);
}

static void on_end(void *ctx)
{
	struct dx_source *src = ctx;

	end_input(src);
	say_pending(src);
}

static void on_error(void *ctx, int code)
{
	struct dx_source *src = ctx;
	const char *file = src->session->settings->file;

	end_input(src);
	dx_session_fail_by(src->session, code, "read", file != NULL ? file : "standard input");
}

/* Opening */

static int open_file(struct dx_source *src, const char *path)
{
	src->file_fd = dx_sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);
	if (src->file_fd == -1)
		dx_session_fail_by(src->session, -errno, "open", path);
	else
		src->session->input = DX_INPUT_FILE;
	return src->file_fd;
}

int dx_source_new(dx_session *s)
{
	static const dx_inlet_events events = { .data = on_data, .end = on_end, .error = on_error };
	const char *file = s->settings->file;
	bool named = file != NULL && strcmp(file, "-") != 0,
	     as_json = s->settings->json && file == NULL && s->role != &dx_role_send;
	struct dx_source *src = dx_sys_calloc(1, sizeof *src);
	int fd = s->input_fd;

	if (src == NULL)
		return -ENOMEM;
	*src = (struct dx_source){ .session = s,
				   .file_fd = -1,
				   .stopped = true,
				   .say = as_json ? dx_source_json_line : say_line,
				   .as_bytes = file != NULL || (!as_json && !wants_lines(s)) };
	dx_buf_init(&src->pending, DX_LIMIT_LINE_BYTES);
	s->source = src;
	if (named && (fd = open_file(src, file)) == -1)
		return 0;
	src->input_ended = s->input == DX_INPUT_NONE || (s->settings->texts.count > 0 && file == NULL);
	return src->input_ended || s->input == DX_INPUT_KEYS ? 0 : dx_inlet_new(s->loop, fd, &events, src, &src->inlet);
}

void dx_source_free(dx_session *s)
{
	if (s->source == NULL)
		return;
	end_input(s->source);
	dx_buf_fini(&s->source->pending);
	dx_sys_free(s->source);
	s->source = NULL;
}

bool dx_source_is_pending(const dx_session *s)
{
	return s->source != NULL && !s->input_over;
}

/* Saying goes on from the loop, not from whoever found that there is room. */
static void on_turn(void *ctx)
{
	struct dx_source *src = ctx;

	if (src->stopped)
		return;
	say_pending(src);
	if (!src->stopped && src->inlet != NULL && src->pending.used == src->scanned)
		dx_inlet_resume(src->inlet);
}

void dx_source_resume(dx_session *s)
{
	struct dx_source *src = s->source;

	if (src == NULL || !src->stopped)
		return;
	src->stopped = false;
	s->turn.fire = on_turn;
	s->turn.ctx = src;
	(void)dx_timer_start(s->loop, &s->turn, 0);
}

void dx_source_pause(dx_session *s)
{
	struct dx_source *src = s->source;

	if (src == NULL || src->stopped)
		return;
	src->stopped = true;
	dx_timer_stop(s->loop, &s->turn);
	if (src->inlet != NULL)
		dx_inlet_pause(src->inlet);
}

/* Typed before there is anybody to leave politely, it is a farewell to nobody. */
void dx_session_end_input(dx_session *s)
{
	if (s->peer_count == 0 && !s->role->listens)
		dx_session_end(s, 0);
	else if (!s->input_over)
		dx_session_input_is_over(s);
}
