/* Sources. What was read lies in `pending` until it may be said: a line waits for its turn, bytes for room in every queue.
 * Invariant: the inlet is paused while `pending` holds something that could not be said yet. */
#include "talk/source.h"
#include "base/check.h"
#include "codec/hex.h"
#include "net/pipe.h"
#include "sys/sys.h"

struct dx_source {
	dx_session *session;
	dx_inlet *inlet;                /* NULL: nothing (more) to open */
	int file_fd;                    /* ours to close; -1 */
	size_t next_text;               /* of the command line */
	bool as_bytes, as_json;         /* otherwise by lines */
	bool stopped;                   /* by who asked to pause */
	bool input_ended;
	dx_buf pending;
	size_t scanned;                 /* of pending: no line end begins before */
};

/* By lines only where something asks for lines; a terminal gives nothing else. */
static bool wants_lines(const dx_session *s)
{
	const dx_settings *set = s->settings;
	const dx_manner *m = s->place_count > 0 ? s->places[0].manner : &set->manner;
	bool streams = s->place_count > 0 && (dx_endpoint_is_stream(s->places[0].endpoint) || s->places[0].endpoint->transport == DX_FD);

	return !streams || s->input == DX_INPUT_TERMINAL || s->role == &dx_role_chat || m->encoding != NULL || m->eol_named ||
	       m->frame_named || m->mode->takes_turns || set->until.count > 0 || set->hex;
}

/* To all who are there */

void dx_source_pour(dx_session *s, dx_slice bytes)
{
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (dx_may_speak(p))
			(void)dx_speak_bytes(p, bytes, DX_MESSAGE_TYPED);
	}
}

static int say_hex(dx_session *s, dx_slice line)
{
	dx_buf bytes;
	size_t at;
	int r;

	dx_buf_init(&bytes, DX_LIMIT_STREAM_QUEUE_BYTES);
	r = dx_hex_parse(line, &bytes, &at);
	if (r == 0)
		dx_source_pour(s, dx_buf_slice(&bytes));
	else
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOT_HEX, .detail = line, .number = at + 1 });
	dx_buf_fini(&bytes);
	return r;
}

/* Off a terminal nobody sees the note and types the line again, so the session ends there with 1. */
void dx_source_say(dx_session *s, dx_slice line)
{
	dx_peer *p;
	int r = 0;

	if (s->peer_count == 0)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOBODY });
	if (s->settings->hex) {
		r = say_hex(s, line);
	} else {
		DX_EACH_PEER(s, p) {
			int failed = dx_may_speak(p) ? dx_speak_line(p, line, DX_MESSAGE_TYPED) : 0;

			r = failed == -EILSEQ ? failed : r;
			if (s->ending)
				return;
		}
	}
	if ((r == -EILSEQ || r == -EINVAL) && s->input != DX_INPUT_TERMINAL)
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
		if (src->as_json)
			dx_source_json_line(s, line);
		else
			dx_source_say(s, line);
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

	src->next_text++;
	if (p == NULL)
		return;
	if (s->settings->hex || (has_end && p->place->text == NULL))
		(void)dx_speak_bytes(p, text, DX_MESSAGE_TYPED);
	else
		(void)dx_speak_line(p, text, DX_MESSAGE_TYPED | (has_end ? DX_MESSAGE_HAS_END : 0));
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
		dx_source_pour(s, bytes);
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
		dx_error why;

		dx_session_fail(src->session, (dx_error_set(&why, -ENOBUFS, "input", ""), &why), NULL);
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
	dx_error why;

	end_input(src);
	(void)dx_error_set(&why, code, "read", src->session->settings->file != NULL ? src->session->settings->file : "standard input");
	dx_session_fail(src->session, &why, NULL);
}

/* Opening */

static int open_file(struct dx_source *src, const char *path, int *ret_fd)
{
	dx_error why;
	int fd = dx_sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0);

	if (fd == -1) {
		dx_session_fail(src->session, (dx_error_set(&why, -errno, "open", path), &why), NULL);
		return -1;
	}
	src->file_fd = *ret_fd = fd;
	return 0;
}

int dx_source_new(dx_session *s)
{
	static const dx_inlet_events events = { .data = on_data, .end = on_end, .error = on_error };
	const char *file = s->settings->file;
	struct dx_source *src = dx_sys_calloc(1, sizeof *src);
	bool reads_input = s->input != DX_INPUT_NONE && (s->settings->texts.count == 0 || (file != NULL && strcmp(file, "-") == 0));
	int fd = s->input_fd, r;

	if (src == NULL)
		return -ENOMEM;
	src->session = s;
	src->file_fd = -1;
	src->stopped = true;
	src->as_json = s->settings->json && file == NULL && s->role != &dx_role_send;
	src->as_bytes = file != NULL || (!src->as_json && !wants_lines(s));
	dx_buf_init(&src->pending, DX_LIMIT_LINE_BYTES);
	s->source = src;
	if (file != NULL && strcmp(file, "-") != 0) {
		if (open_file(src, file, &fd) < 0)
			return 0;
		reads_input = true;
		s->input = DX_INPUT_FILE;
	}
	if (!reads_input) {
		src->input_ended = true;
		return 0;
	}
	r = dx_inlet_new(s->loop, fd, &events, src, &src->inlet);
	return r;
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
