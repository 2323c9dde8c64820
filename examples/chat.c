/* Two people, both typing at once, in GB2312 on the wire; one loop and no threads. One of them listens.
 *	chat listen tcp://:4567
 *	chat connect tcp://127.0.0.1:4567 */
#include <duplex/duplex.h>
#include <stdio.h>

static dx_stream *friend;
static dx_listener *listener;
static dx_inlet *input;
static dx_text *gb2312;

static void typed(dx_inlet *i, dx_slice in, void *ctx)
{
	static char wire[DX_TEXT_ROOM(65536)];
	ptrdiff_t n = dx_text_encode(gb2312, in, true, wire, sizeof wire, NULL);

	(void)i, (void)ctx;
	if (n < 0 || dx_stream_send(friend, dx_slice_of(wire, (size_t)n)) < 0)
		dx_stream_close(friend);                /* rather than leave something out */
}

static void opened(dx_stream *s, void *ctx)
{
	(void)ctx;
	friend = s;
	if (listener != NULL)
		dx_listener_close(listener);
	dx_inlet_resume(input);
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	static char text[DX_TEXT_ROOM(262144)];         /* for more than one read brings */
	static dx_text_state unfinished;                /* a character whose second byte has not come */
	ptrdiff_t n = dx_text_decode(gb2312, &unfinished, in, false, text, sizeof text, NULL);

	(void)s, (void)ctx;
	printf(">> %.*s", n < 0 ? 0 : (int)n, text), fflush(stdout);
}

static void closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)s, (void)ctx;
	printf(">> %s\n", why == NULL ? "left" : dx_error_text(why->code));
	dx_inlet_free(input);
}

int main(int argc, char **argv)
{
	static const dx_stream_events events = { .open = opened, .data = heard, .closed = closed };
	static const dx_inlet_events keys = { .data = typed };
	static dx_loop *loop;

	if (argc != 3 || dx_loop_new(&loop) < 0 || dx_text_new(dx_encoding_find("gb2312"), &gb2312) < 0 ||
	    dx_inlet_new(loop, 0, &keys, NULL, &input) < 0 ||
	    (strcmp(argv[1], "listen") == 0 ? dx_listen(loop, argv[2], &events, NULL, &listener, NULL) :
	               dx_stream_open(loop, argv[2], 10000, &events, NULL, &friend, NULL)) < 0)
		return 2;
	return dx_loop_run(loop) < 0 || (dx_text_free(gb2312), dx_loop_free(loop), 0);
}
