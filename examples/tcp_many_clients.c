/* A TCP server for any number of clients at once: what one says goes to all the others. Ctrl-C ends it politely.
 *	tcp_many_clients tcp://:8090 */
#include <duplex/duplex.h>
#include <signal.h>
#include <stdio.h>

#define MOST 100

static dx_listener *listener;
static dx_stream *clients[MOST];
static size_t count;

static void opened(dx_stream *s, void *ctx)
{
	(void)ctx;
	clients[count++] = s;
	if (count == MOST)
		dx_listener_pause(listener);
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	(void)ctx;
	for (size_t i = 0; i < count; i++) {
		if (clients[i] != s && dx_stream_send(clients[i], in) < 0)
			dx_stream_close(clients[i]);            /* it reads too slowly, or not at all */
	}
}

static void closed(dx_stream *s, const dx_error *why, void *ctx)
{
	(void)why, (void)ctx;
	for (size_t i = 0; i < count; i++) {
		if (clients[i] == s)
			clients[i--] = clients[--count];
	}
	if (listener != NULL)
		dx_listener_resume(listener);
}

static void interrupted(int number, void *ctx)
{
	(void)number, (void)ctx;
	dx_listener_close(listener);
	listener = NULL;
	for (size_t i = 0; i < count; i++)
		dx_stream_leave(clients[i], 1000);
}

int main(int argc, char **argv)
{
	static const dx_stream_events events = { .open = opened, .data = heard, .closed = closed };
	char text[DX_ENDPOINT_TEXT];
	static dx_loop *loop;

	if (argc != 2 || dx_loop_new(&loop) < 0 || dx_listen(loop, argv[1], &events, NULL, &listener, NULL) < 0)
		return 2;
	fprintf(stderr, "listening on %s\n", dx_endpoint_print(DX_TCP, dx_listener_address(listener), text));
	return dx_loop_signal(loop, SIGINT, interrupted, NULL) < 0 || dx_loop_run(loop) < 0 || (dx_loop_free(loop), 0);
}
