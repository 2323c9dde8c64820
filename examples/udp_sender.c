/* A UDP sender: each line of standard input is a datagram; "exit" is the last one.
 *	udp_sender udp://127.0.0.1:7788 */
#include <duplex/duplex.h>
#include <stdio.h>

static dx_datagram *to;
static dx_inlet *input;
static dx_cutter cutter;
static dx_frame line;

static void leave(dx_inlet *i, void *ctx)
{
	(void)ctx;
	dx_inlet_free(i);
	input = NULL;
	dx_datagram_close(to);
}

static void typed(dx_inlet *i, dx_slice in, void *ctx)
{
	dx_cut cut;

	dx_cutter_feed(&cutter, in, 0);
	while (input != NULL && dx_cutter_next(&cutter, &line, &cut) > 0) {
		(void)dx_datagram_send(to, NULL, cut.bytes);
		if (dx_slice_equal(cut.bytes, dx_slice_text("exit")))
			leave(i, ctx);
	}
}

static void refused(dx_datagram *d, const dx_error *why, void *ctx)
{
	(void)d, (void)ctx;
	fprintf(stderr, "%s %s: %s\n", why->operation, why->address, dx_error_text(why->code));
}

int main(int argc, char **argv)
{
	static const dx_datagram_events events = { .error = refused };
	static const dx_inlet_events keys = { .data = typed, .end = leave };
	static dx_loop *loop;

	if (argc != 2)
		return 2;
	if (dx_loop_new(&loop) < 0 || dx_datagram_connect(loop, argv[1], &events, NULL, &to, NULL) < 0 ||
	    dx_inlet_new(loop, 0, &keys, NULL, &input) < 0)
		return 1;
	(void)dx_frame_parse("line", &line);
	dx_cutter_init(&cutter, 65507);
	dx_inlet_resume(input);
	(void)dx_loop_run(loop);
	dx_cutter_fini(&cutter);
	dx_loop_free(loop);
	return 0;
}
