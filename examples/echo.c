#include <duplex/duplex.h>

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	(void)ctx;
	(void)dx_stream_send(s, in);    /* what one read brought always fits */
}
static const dx_stream_events echo = { .data = heard };

int main(void)
{
	dx_loop *loop;

	if (dx_loop_new(&loop) < 0 || dx_listen(loop, "tcp://:8090", &echo, NULL, NULL, NULL) < 0)
		return 1;
	return dx_loop_run(loop) < 0;
}
