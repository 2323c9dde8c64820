/* Asks a TCP server one thing and prints all that it answers. It waits inside the calls, five seconds at most in each.
 *	ask tcp://localhost:8090 "who are you?" */
#include <duplex/duplex.h>
#include <stdio.h>

#define LIMIT_MS 5000

static int failed(const char *doing, int code)
{
	fprintf(stderr, "%s: %s\n", doing, dx_error_text(code));
	return 1;
}

int main(int argc, char **argv)
{
	char answer[4096];
	dx_endpoint there;
	dx_socket s;
	ssize_t n;
	int r;

	if (argc != 3 || dx_endpoint_parse(argv[1], &there, NULL) < 0 || there.transport != DX_TCP)
		return 2;
	r = dx_create_connection(there.host, there.port, LIMIT_MS, NULL, &s, NULL);
	dx_endpoint_fini(&there);
	if (r < 0)
		return failed("connecting", r);
	r = dx_socket_sendall(&s, dx_slice_text(argv[2]), 0, LIMIT_MS, NULL);
	if (r == 0)
		r = dx_socket_shutdown(&s, SHUT_WR);    /* that was all */
	if (r < 0)
		return failed("asking", r);
	while ((n = dx_socket_recv(&s, answer, sizeof answer, 0, LIMIT_MS)) > 0)
		fwrite(answer, 1, (size_t)n, stdout);
	dx_socket_close(&s);
	return n < 0 ? failed("listening", (int)n) : 0;
}
