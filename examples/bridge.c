/* A bridge of two endpoints: who comes to the first is connected to the second. A stream's context is the one across the bridge.
 *	bridge tcp://:9000 unix:/run/device */
#include <duplex/duplex.h>

static const char *target;

static void passed(dx_stream *s, dx_slice in, void *other)
{
	if (other == NULL || dx_stream_send(other, in) < 0)
		dx_stream_close(s);
	else if (!dx_stream_has_room(other))
		dx_stream_pause(s);             /* until it has */
}

static void has_room(dx_stream *s, void *other)
{
	(void)s;
	if (other != NULL)
		dx_stream_resume(other);
}

static void ended(dx_stream *s, void *other)
{
	(void)s;
	if (other != NULL)
		dx_stream_finish(other);
}

static void closed(dx_stream *s, const dx_error *why, void *other)
{
	(void)s, (void)why;
	if (other != NULL) {
		dx_stream_set_context(other, NULL);
		dx_stream_leave(other, 5000);
	}
}

static void opened(dx_stream *s, void *ctx)
{
	static const dx_stream_events far_events = { has_room, passed, ended, has_room, closed };
	dx_stream *far = ctx;                   /* NULL */

	if (dx_stream_open(dx_stream_loop(s), target, 5000, &far_events, s, &far, NULL) < 0)
		dx_stream_close(s);
	dx_stream_set_context(s, far);
	dx_stream_pause(s);                     /* until the far side is open */
}

int main(int argc, char **argv)
{
	static const dx_stream_events near_events = { opened, passed, ended, has_room, closed };
	static dx_loop *loop;

	if (argc != 3 || dx_loop_new(&loop) < 0 || dx_listen(loop, argv[1], &near_events, NULL, NULL, NULL) < 0)
		return 2;
	target = argv[2];
	return dx_loop_run(loop) < 0;
}
