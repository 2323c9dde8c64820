/* A UDP receiver: prints who sent what, until somebody sends "exit".
 *	udp_receiver udp://127.0.0.1:7788 */
#include <duplex/duplex.h>
#include <stdio.h>

static void heard(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	char text[DX_ADDR_TEXT];

	(void)ctx;
	printf("%s %.*s%s\n", dx_addr_print(from, text), (int)in.len, in.data, info->true_len > in.len ? " …" : "");
	if (dx_slice_equal(in, dx_slice_text("exit")))
		dx_datagram_close(d);
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
	(void)dx_loop_run(loop);
	dx_loop_free(loop);
	return 0;
}
