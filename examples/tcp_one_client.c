/* A TCP server for one client at a time: prints what it says and acknowledges it; "exit", or its end, and the next may come.
 *	tcp_one_client tcp://:8090 */
#include <duplex/duplex.h>
#include <stdio.h>

#define SENTENCE "服务器已经收到消息了！"

static dx_listener *listener;

static void opened(dx_stream *s, void *ctx)
{
	char text[DX_ADDR_TEXT];

	(void)ctx;
	dx_listener_pause(listener);            /* further clients wait in the backlog */
	printf("connected: %s\n", dx_addr_print(dx_stream_peer(s), text));
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	(void)ctx;
	if (dx_slice_equal(in, dx_slice_text("exit"))) {
		dx_stream_leave(s, 1000);
		return;
	}
	printf("%.*s\n", (int)in.len, in.data);
	if (dx_stream_send(s, dx_slice_text(SENTENCE)) < 0)
		dx_stream_close(s);                     /* it does not read what it is sent */
}

static void closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)s, (void)ctx;
	printf("gone%s%s\n", why != NULL ? ": " : "", why != NULL ? dx_error_text(why->code) : "");
	dx_listener_resume(listener);
}

int main(int argc, char **argv)
{
	static const dx_stream_events events = { .open = opened, .data = heard, .closed = closed };
	char text[DX_ENDPOINT_TEXT];
	static dx_loop *loop;
	dx_error why;

	if (argc != 2 || dx_loop_new(&loop) < 0)
		return 2;
	if (dx_listen(loop, argv[1], &events, NULL, &listener, &why) < 0) {
		fprintf(stderr, "%s %s: %s\n", why.operation, why.address, dx_error_text(why.code));
		return 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	fprintf(stderr, "listening on %s\n", dx_endpoint_print(DX_TCP, dx_listener_address(listener), text));
	return dx_loop_run(loop) < 0;
}
