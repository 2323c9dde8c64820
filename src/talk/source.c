#include "talk/source.h"
#include <duplex/pipe.h>
#include "sys/sys.h"
#include "talk/ending.h"
#include "talk/feed.h"
#include "talk/orders.h"
#include "talk/peers.h"
#include "talk/source_json.h"
#include "talk/speech.h"
#include "talk/state_priv.h"
#include "talk/times.h"

/* What was read lies in `pending` until it may be said: a line waits for its turn, bytes for room in every queue. */
typedef struct dx_source {
	dx_session *session;
	dx_inlet *inlet;                           /* NULL: nothing (more) to open */
	bool reading;
	int fd, file_fd;                           /* the second is ours to close; -1 */
	int64_t size;                              /* when it was opened */
	size_t next_text;                          /* of the command line */
	bool as_bytes;                             /* otherwise by lines … */
	void (*say)(dx_session *s, dx_slice line); /* … as this says them */
	bool input_ended;
	dx_buf pending;
	size_t scanned; /* of pending: no line end begins before */
} dx_source;

#define LONGEST_LINE (DX_LIMIT_LINE_BYTES - DX_LIMIT_INLET_BYTES)       /* so that another read always fits */

static const dx_targets everybody = { NULL, 0 };

/* By lines only where something asks for lines; a terminal gives nothing else. */
static bool wants_lines(const dx_session *s)
{
	const dx_settings *set = s->settings;
	const dx_manner *m = &s->places[0].manner;
	bool streams = dx_endpoint_is_stream(s->places[0].endpoint) || s->places[0].endpoint->transport == DX_FD;

	return !streams || dx_session_at_terminal(s) || s->role->is_for_people || m->encoding != NULL || m->eol_named ||
	       m->frame_named || m->frame_out_named || m->mode->takes_turns || set->until.count > 0 || set->hex;
}

/* Saying */

/* Not while somebody's queue is full, or a file is on its way; and somebody must be there to whom we may speak. What a person
 * types to nobody is answered. */
static bool may_say(const dx_session *s)
{
	bool somebody = s->peer_count == 0 ? dx_session_at_terminal(s) : dx_session_any_peer(s, dx_may_speak);

	return somebody && !s->ending && s->feed == NULL && !dx_session_any_peer(s, dx_peer_is_full);
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

/* Takes one line out of what is pending; what the end of input left is a line too. One that does not end is not cut. */
static bool take_line(dx_source *src, dx_slice *ret, size_t *ret_used)
{
	dx_slice all = dx_buf_slice(&src->pending);
	const uint8_t *end = all.len > src->scanned ? memchr(all.data + src->scanned, '\n', all.len - src->scanned) : NULL;

	if (end == NULL) {
		src->scanned = all.len;
		*ret = all;
		*ret_used = all.len;
		if (all.len > LONGEST_LINE)
			dx_session_fail_by(src->session, -EMSGSIZE, "read", "standard input");
		return src->input_ended && all.len > 0 && all.len <= LONGEST_LINE;
	}
	*ret = dx_slice_first(all, (size_t)(end - all.data));
	*ret_used = ret->len + 1;
	if (ret->len > 0 && ret->data[ret->len - 1] == '\r')
		ret->len--;
	return true;
}

static void say_text(dx_session *s, dx_slice text)
{
	bool has_end = text.len > 0 && (text.data[text.len - 1] == '\n' || text.data[text.len - 1] == '\r');
	dx_peer *p = dx_session_next_peer(s, NULL);
	int r;

	if (p == NULL)
		return;
	if (s->settings->hex)
		r = dx_speak_bytes(p, text, DX_MESSAGE_TYPED);
	else
		r = dx_speak_text(p, text, DX_MESSAGE_TYPED | (has_end ? DX_MESSAGE_HAS_END : 0));
	if (r == -EILSEQ)
		dx_session_end(s, 1);
}

/* What comes next, in order: TEXTs, then what was read. False: there is nothing, now. */
static bool say_next(dx_source *src)
{
	dx_session *s = src->session;
	dx_slice what = dx_buf_slice(&src->pending);
	size_t used = what.len;

	if (src->next_text < s->settings->texts.count) {
		say_text(s, s->settings->texts.items[src->next_text++]);
		return true;
	}
	if (src->as_bytes ? what.len == 0 : !take_line(src, &what, &used))
		return false;
	if (src->as_bytes)
		(void)dx_order_bytes(s, &everybody, what, DX_MESSAGE_TYPED | DX_MESSAGE_FILE);
	else
		src->say(s, what);
	dx_buf_take(&src->pending, used);
	src->scanned = 0;
	return true;
}

/* Says what may be said, then reads on where it all could be. */
static void go_on(dx_source *src)
{
	dx_session *s = src->session;
	bool may;

	while ((may = may_say(s)) && say_next(src))
		;
	if (s->ending)
		return;
	s->input_over |= may && src->input_ended;
	if (src->inlet != NULL && may != src->reading)
		(may ? dx_inlet_resume : dx_inlet_pause)(src->inlet);
	if (may && !src->reading)
		dx_session_input_is_read(s);
	src->reading = may;
	dx_session_wait_for_peers(s);
}

/* A person who leaves a chat does not wait for a last word. */
static bool waits_for_answer(const dx_session *s)
{
	return dx_session_any_peer(s, dx_peer_owes_answer) && !(s->role->is_for_people && dx_session_at_terminal(s));
}

void dx_source_go_on(dx_session *s)
{
	if (!s->ending && s->source != NULL && !s->input_over)
		go_on(s->source);
	if (!s->ending && s->input_over && !s->input_finished && !waits_for_answer(s)) {
		s->input_finished = true;
		s->role->input_ended(s);
	}
}

void dx_source_stop(dx_session *s)
{
	if (s->source != NULL && s->source->inlet != NULL)
		dx_inlet_pause(s->source->inlet);
}

/* Reading */

static void end_input(dx_source *src)
{
	dx_inlet_free(src->inlet);
	src->inlet = NULL;
	if (src->file_fd != -1)
		(void)dx_sys_close(src->file_fd);
	src->file_fd = -1;
	src->input_ended = true;
}

bool dx_source_is_read(const dx_session *s)
{
	return s->source != NULL && s->source->reading;
}

void dx_source_end(dx_session *s)
{
	if (s->source == NULL)
		return;
	end_input(s->source);
	dx_source_go_on(s);
}

static void on_data(dx_inlet *i, dx_slice in, void *ctx)
{
	dx_source *src = ctx;

	(void)i;
	if (dx_buf_add(&src->pending, in) < 0) {
		dx_session_fail_by(src->session, -ENOBUFS, "read", "standard input");
		return;
	}
	dx_session_input_came(src->session);
	dx_source_go_on(src->session);
}

static void on_error(dx_inlet *i, int code, void *ctx)
{
	dx_source *src = ctx;
	const char *file = src->session->settings->file;

	(void)i;
	end_input(src);
	dx_session_fail_by(src->session, code, "read", file != NULL ? file : "standard input");
}

static void on_end(dx_inlet *i, void *ctx)
{
	dx_source *src = ctx;

	if (dx_file_size(src->fd) < src->size) {
		on_error(i, -DX_ESHRUNK, ctx);
		return;
	}
	end_input(src);
	dx_source_go_on(src->session);
}

/* Opening */

static int open_file(dx_source *src, const char *path)
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
	dx_source *src = dx_sys_calloc(1, sizeof *src);
	int fd = s->input_fd;

	if (src == NULL)
		return -ENOMEM;
	*src = (dx_source){ .session = s,
			    .file_fd = -1,
			    .say = as_json ? dx_source_json_line : say_line,
			    .as_bytes = file != NULL || (!as_json && !wants_lines(s)) };
	dx_buf_init(&src->pending, DX_LIMIT_LINE_BYTES);
	s->source = src;
	if (named && (fd = open_file(src, file)) == -1)
		return 0;
	src->fd = fd;
	src->size = dx_file_size(fd);
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
