/* A line protocol for any number of clients: "who", "quit", and all else comes back; over 1000 bytes are as "quit".
 *	line_server tcp://:7000 */
#include <duplex/duplex.h>
#include <stdio.h>
#include <stdlib.h>

static dx_frame line;

static void obey(dx_stream *s, const dx_cut *cut)
{
	bool asked = dx_slice_equal(cut->bytes, dx_slice_text("who"));
	char who[DX_ADDR_TEXT];

	if (cut->partial || dx_slice_equal(cut->bytes, dx_slice_text("quit")))
		dx_stream_leave(s, 1000);        /* nothing can be sent any more */
	else if (dx_stream_send(s, asked ? dx_slice_text(dx_addr_print(dx_stream_peer(s), who)) : cut->bytes) < 0 ||
	         dx_stream_send(s, dx_slice_text("\r\n")) < 0)
		dx_stream_close(s);                             /* it does not read what it is sent */
}

static void opened(dx_stream *s, void *ctx)
{
	dx_cutter *c = malloc(sizeof *c);

	(void)ctx;
	if (c == NULL)
		abort();
	dx_cutter_init(c, 1000);
	dx_stream_set_context(s, c);
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	dx_cut cut;

	for (dx_cutter_feed(ctx, in, 0); !dx_stream_finished(s) && dx_cutter_next(ctx, &line, &cut) > 0;)
		obey(s, &cut);
}

static void closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)s, (void)why;
	dx_cutter_fini(ctx);
	free(ctx);
}

int main(int argc, char **argv)
{
	static const dx_stream_events events = { .open = opened, .data = heard, .closed = closed };
	char text[DX_ENDPOINT_TEXT];
	dx_listener *at;
	static dx_loop *loop;

	if (argc != 2 || dx_frame_parse("line", &line) < 0 || dx_loop_new(&loop) < 0 ||
	    dx_listen(loop, argv[1], &events, NULL, &at, NULL) < 0)
		return 2;
	fprintf(stderr, "listening on %s\n", dx_endpoint_print(DX_TCP, dx_listener_address(at), text));
	return dx_loop_run(loop) < 0;
}
