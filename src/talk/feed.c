#include "talk/feed.h"
#include <duplex/pipe.h>
#include "sys/sys.h"
#include "talk/peers.h"
#include "talk/state_priv.h"

#include <stdio.h>

typedef struct dx_feed {
	dx_session *session;
	dx_inlet *inlet;
	int fd;
	uint64_t bytes;
	char path[DX_ADDR_TEXT]; /* its beginning, for people */
	dx_targets to;
	uint32_t numbers[]; /* what `to` points to */
} dx_feed;

void dx_feed_free(dx_session *s)
{
	dx_feed *f = s->feed;

	s->feed = NULL;
	if (f == NULL)
		return;
	dx_inlet_free(f->inlet);
	if (f->fd != -1)
		(void)dx_sys_close(f->fd);
	dx_sys_free(f);
}

/* A note of its end comes first: whoever hears it may begin another one. */
static void finish(dx_feed *f, int code, const char *operation)
{
	dx_session *s = f->session;
	uint64_t bytes = f->bytes;
	dx_error why;

	(void)dx_error_set(&why, code, operation, f->path);
	dx_feed_free(s);
	if (code < 0)
		dx_session_tell_error(s, &why, 0, NULL);
	else
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_FILE_SENT, .number = bytes });
	dx_session_look_again(s);
}

static void on_data(dx_inlet *i, dx_slice in, void *ctx)
{
	dx_feed *f = ctx;
	int r = dx_order_bytes(f->session, &f->to, in, DX_MESSAGE_TYPED | DX_MESSAGE_FILE);

	(void)i;
	if (r == 0) { /* the session ends, and tells what was not delivered */
		dx_feed_free(f->session);
		return;
	}
	if (r < 0) {
		finish(f, r, "deliver");
		return;
	}
	f->bytes += in.len;
	dx_session_look_again(f->session);
}

static void on_end(dx_inlet *i, void *ctx)
{
	(void)i;
	finish(ctx, 0, "");
}

static void on_error(dx_inlet *i, int code, void *ctx)
{
	(void)i;
	finish(ctx, code, "read");
}

void dx_feed_go_on(dx_session *s)
{
	dx_feed *f = s->feed;
	bool full = false;
	dx_peer *p;

	if (f == NULL)
		return;
	DX_EACH_PEER(s, p)
	full |= dx_targets_hold(&f->to, p->number) && dx_peer_is_full(p);
	(full ? dx_inlet_pause : dx_inlet_resume)(f->inlet);
}

int dx_order_file(dx_session *s, const dx_targets *to, const char *path)
{
	static const dx_inlet_events events = { .data = on_data, .end = on_end, .error = on_error };
	dx_feed *f;
	int r;

	if (s->feed != NULL)
		return -EBUSY;
	f = dx_sys_calloc(1, sizeof *f + to->count * sizeof *to->numbers);
	if (f == NULL)
		return -ENOMEM;
	f->session = s;
	(void)snprintf(f->path, sizeof f->path, "%s", path);
	f->to = (dx_targets){ f->numbers, to->count };
	if (to->count > 0)
		memcpy(f->numbers, to->numbers, to->count * sizeof *to->numbers);
	s->feed = f;
	f->fd = dx_sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
	r = f->fd == -1 ? -errno : dx_inlet_new(s->loop, f->fd, &events, f, &f->inlet);
	if (r < 0)
		dx_feed_free(s);
	dx_session_look_again(s);
	return r;
}
