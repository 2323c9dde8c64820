/* Polls a device whose messages begin with their length in two bytes: asks, prints the answer, asks again 100 ms later.
 *	poller tcp://192.0.2.7:502 status */
#include <duplex/duplex.h>
#include <stdio.h>

static dx_loop *loop;
static dx_stream *device;
static dx_timer next;
static dx_frame frame;
static dx_cutter cutter;
static uint8_t question[1024];
static int status, question_bytes;

static void ask(void *ctx)
{
	(void)ctx;
	status = dx_stream_send(device, dx_slice_of(question, (size_t)question_bytes)) < 0;
	if (status != 0)
		dx_stream_close(device);
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	dx_cut cut;

	(void)s, (void)ctx;
	dx_cutter_feed(&cutter, in, dx_loop_now_ns(loop));
	while (dx_cutter_next(&cutter, &frame, &cut) > 0) {
		for (size_t i = 0; i < cut.bytes.len; i++)
			printf("%02x%c", cut.bytes.data[i], i + 1 < cut.bytes.len ? ' ' : '\n');
		if (dx_timer_start(loop, &next, 100 * DX_MS) < 0)
			status = 1, dx_stream_close(device);
	}
}

static void closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)s, (void)ctx;
	dx_timer_stop(loop, &next);
	status |= why != NULL || dx_cutter_pending(&cutter);    /* cut off, perhaps inside a message */
	dx_cutter_fini(&cutter);
}

int main(int argc, char **argv)
{
	static const dx_stream_events events = { .data = heard, .closed = closed };

	if (argc != 3 || dx_frame_parse("len2", &frame) < 0 || dx_loop_new(&loop) < 0 ||
	    (question_bytes = (int)dx_frame_encode(&frame, dx_slice_text(argv[2]), question, sizeof question)) < 0)
		return 2;
	dx_timer_init(&next, ask, NULL);
	dx_cutter_init(&cutter, 65535);
	if (dx_stream_open(loop, argv[1], 5000, &events, NULL, &device, NULL) < 0)
		return 1;
	ask(NULL);                              /* as soon as it is connected */
	if (dx_loop_run(loop) < 0)
		return 1;
	dx_loop_free(loop);
	return status;
}
