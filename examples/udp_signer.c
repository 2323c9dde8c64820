/* A UDP server that signs: whatever comes goes back with "| lee" behind it. Ctrl-C ends it.
 *	udp_signer udp://127.0.0.1:7788 */
#include <duplex/duplex.h>
#include <signal.h>
#include <stdio.h>

static void heard(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	static const char name[] = "| lee";
	char signed_text[1024 + sizeof name];

	(void)ctx;
	if (info->automatic || in.len == 0 || in.len > 1024)
		return;                                 /* who answers answers loops for ever */
	memcpy(signed_text, in.data, in.len);
	memcpy(signed_text + in.len, name, sizeof name - 1);
	(void)dx_datagram_answer(d, info->to, from, dx_slice_of(signed_text, in.len + sizeof name - 1));
}

static void interrupted(int number, void *ctx)
{
	(void)number;
	dx_datagram_close((dx_datagram *)ctx);
}

int main(int argc, char **argv)
{
	static const dx_datagram_events events = { .data = heard };
	char text[DX_ENDPOINT_TEXT];
	dx_datagram *d;
	static dx_loop *loop;
	dx_error why;

	if (argc != 2 || dx_loop_new(&loop) < 0)
		return 2;
	if (dx_datagram_bind(loop, argv[1], &events, NULL, &d, &why) < 0) {
		fprintf(stderr, "%s %s: %s\n", why.operation, why.address, dx_error_text(why.code));
		return 1;
	}
	fprintf(stderr, "listening on %s\n", dx_endpoint_print(DX_UDP, dx_datagram_address(d), text));
	if (dx_loop_signal(loop, SIGINT, interrupted, d) < 0)
		dx_datagram_close(d);
	(void)dx_loop_run(loop);
	dx_loop_free(loop);
	return 0;
}
