/* A TCP client: standard input goes to the server, and what the server says to standard output, both at once.
 *	tcp_client tcp://127.0.0.1:8090 */
#include <duplex/duplex.h>
#include <stdio.h>

static dx_stream *server;
static dx_inlet *input;
static int status;

static void typed(dx_inlet *i, dx_slice in, void *ctx)
{
	(void)ctx;
	status = dx_stream_send(server, in) < 0;
	if (status != 0)
		dx_stream_close(server);
	else if (!dx_stream_has_room(server))
		dx_inlet_pause(i);
}

static void typed_all(dx_inlet *i, void *ctx)
{
	(void)i, (void)ctx;
	dx_stream_finish(server);               /* what the server still says is read */
}

static void opened(dx_stream *s, void *ctx)
{
	(void)s, (void)ctx;
	dx_inlet_resume(input);
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	(void)s, (void)ctx;
	fwrite(in.data, 1, in.len, stdout);
	fflush(stdout);
}

static void closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)s, (void)ctx;
	dx_inlet_free(input);                   /* nothing is left to wait for: the loop ends */
	if (why != NULL)
		status = fprintf(stderr, "%s %s: %s\n", why->operation, why->address, dx_error_text(why->code)) > 0;
}

int main(int argc, char **argv)
{
	static const dx_stream_events events = { .open = opened, .data = heard, .room = opened, .closed = closed };
	static const dx_inlet_events keys = { .data = typed, .end = typed_all };
	static dx_loop *loop;

	if (argc != 2 || dx_loop_new(&loop) < 0 || dx_inlet_new(loop, 0, &keys, NULL, &input) < 0 ||
	    dx_stream_open(loop, argv[1], 10000, &events, NULL, &server, NULL) < 0)
		return 2;
	(void)dx_loop_run(loop);
	dx_loop_free(loop);
	return status;
}
