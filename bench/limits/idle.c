/* idle PORT CONNECTIONS: so many connections, each of which has said a line, has heard it again and is silent from then on.
 * A line tells when all are there. Leaves at the end of its input. */
#include "bare.h"

static void say_and_hear(int fd)
{
	char back[64];

	if (write(fd, "hello\n", 6) != 6 || recv(fd, back, 6, MSG_WAITALL) != 6)
		die("echo");
}

int main(int argc, char **argv)
{
	unsigned port = number(argc, argv, 1), count = number(argc, argv, 2);
	char end;

	begin(60);
	for (unsigned i = 0; i < count; i++) {
		int fd = connect_to(port);

		reset_at_close(fd);
		say_and_hear(fd);
	}
	printf("ready\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	return 0;
}
