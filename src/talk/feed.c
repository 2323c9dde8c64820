#include "talk/feed.h"
#include <duplex/pipe.h>
#include "sys/sys.h"
#include "talk/mode.h"
#include "talk/peers.h"
#include "talk/speech.h"
#include "talk/state_priv.h"

#include <stdio.h>

typedef struct dx_feed {
	dx_session *session;
	dx_inlet *inlet;
	int fd;
	int64_t size; /* when it was opened */
	uint64_t bytes;
	char path[DX_ADDR_TEXT]; /* its beginning, for people */
} dx_feed;

void dx_feed_free(dx_session *s)
{
	dx_feed *f = s->feed;
	dx_peer *p;

	s->feed = NULL;
	if (f == NULL)
		return;
	DX_EACH_PEER(s, p)
	p->is_fed = false;
	dx_inlet_free(f->inlet);
	if (f->fd != -1)
		(void)dx_sys_close(f->fd);
	dx_sys_free(f);
}

/* All of it was one turn, which is over. */
static void pass_turn(const dx_feed *f)
{
	dx_peer *p;

	DX_EACH_PEER(f->session, p)
	{
		if (p->is_fed && f->bytes > 0 && p->manner->mode->said != NULL)
			p->manner->mode->said(p);
	}
}

/* It is gone before its end is told: whoever hears that may begin another one. */
static void finish(dx_feed *f, int code, const char *operation)
{
	dx_session *s = f->session;
	uint64_t bytes = f->bytes;
	dx_error why;

	(void)dx_error_set(&why, code, operation, f->path);
	pass_turn(f);
	dx_feed_free(s);
	if (code < 0)
		dx_session_tell_error(s, &why, 0, NULL);
	else
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_FILE_SENT, .number = bytes });
	dx_session_look_again(s);
}

/* As dx_order_bytes, but to those only who had its beginning. */
static int say_piece(dx_session *s, dx_slice in)
{
	int reached = 0, r = -ENOTCONN;
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (s->ending)
			return reached;
		if (!p->is_fed || p->going)
			continue;
		r = dx_speak_bytes(p, in, DX_MESSAGE_TYPED | DX_MESSAGE_FILE);
		reached += r == 0;
	}
	return reached > 0 ? reached : r;
}

static void on_data(dx_inlet *i, dx_slice in, void *ctx)
{
	dx_feed *f = ctx;
	int r = say_piece(f->session, in);

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
	dx_feed *f = ctx;

	(void)i;
	finish(f, dx_file_size(f->fd) < f->size ? -DX_ESHRUNK : 0, "read");
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
	full |= p->is_fed && dx_peer_is_full(p);
	(full ? dx_inlet_pause : dx_inlet_resume)(f->inlet);
}

bool dx_feed_goes_to(const dx_session *s, const dx_targets *to)
{
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (p->is_fed && dx_targets_hold(to, p->number))
			return true;
	}
	return false;
}

bool dx_feed_stop(dx_session *s, uint64_t *ret_bytes)
{
	if (s->feed == NULL)
		return false;
	*ret_bytes = s->feed->bytes;
	pass_turn(s->feed);
	dx_feed_free(s);
	dx_session_look_again(s);
	return true;
}

/* Those who are meant, here, and may be spoken to now; why there is none of them. */
static int choose(dx_session *s, const dx_targets *to)
{
	int r = -ENOTCONN;
	dx_peer *p;

	DX_EACH_PEER(s, p)
	{
		if (!dx_targets_hold(to, p->number))
			continue;
		p->is_fed = dx_may_speak(p);
		r = p->is_fed ? 0 : r == 0 ? 0 : -EAGAIN;
	}
	return r;
}

static int begin(dx_feed *f, const char *path)
{
	static const dx_inlet_events events = { .data = on_data, .end = on_end, .error = on_error };

	f->fd = dx_sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
	if (f->fd == -1)
		return -errno;
	f->size = dx_file_size(f->fd);
	return dx_inlet_new(f->session->loop, f->fd, &events, f, &f->inlet);
}

int64_t dx_file_size(int fd)
{
	struct stat what;

	return dx_sys_fstat(fd, &what) == 0 && S_ISREG(what.st_mode) ? what.st_size : 0;
}

int dx_order_file(dx_session *s, const dx_targets *to, const char *path)
{
	dx_feed *f;
	int r;

	if (s->feed != NULL)
		return -EBUSY;
	f = dx_sys_calloc(1, sizeof *f);
	if (f == NULL)
		return -ENOMEM;
	f->session = s;
	f->fd = -1;
	(void)snprintf(f->path, sizeof f->path, "%s", path);
	s->feed = f;
	r = choose(s, to);
	if (r == 0)
		r = begin(f, path);
	if (r < 0)
		dx_feed_free(s);
	dx_session_look_again(s);
	return r;
}
