/* A server that speaks first: it welcomes each client by its address, prints its answer and lets it go.
 *	greeting_server tcp://:5000 */
#include <duplex/duplex.h>
#include <stdio.h>

static void opened(dx_stream *s, void *ctx)
{
	char host[DX_ADDR_TEXT], text[DX_ADDR_TEXT + 64];
	const dx_addr *peer = dx_stream_peer(s);
	int len = snprintf(text, sizeof text, "hello welcome %s: %u", dx_addr_print_host(peer, host), dx_addr_port(peer));

	(void)ctx;
	if (dx_stream_send(s, dx_slice_of(text, (size_t)len)) < 0)
		dx_stream_close(s);                     /* no memory: better than to let it wait */
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	(void)ctx;
	printf("%.*s\n", (int)in.len, in.data);
	dx_stream_leave(s, 1000);        /* politely: what is queued is sent first */
}

int main(int argc, char **argv)
{
	static const dx_stream_events events = { .open = opened, .data = heard };
	char text[DX_ENDPOINT_TEXT];
	dx_listener *listener;
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
