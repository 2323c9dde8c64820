/* once PORT: the limit of a client. Connects, says a line, shows the answer, and leaves. */
#include "bare.h"

int main(int argc, char **argv)
{
	int fd = connect_to(number(argc, argv, 1));
	char answer[64];
	ssize_t n;

	if (write(fd, "hello\n", 6) != 6)
		die("write");
	n = recv(fd, answer, 6, MSG_WAITALL);
	if (n != 6 || write(STDOUT_FILENO, answer, 6) != 6)
		die("answer");
	return 0;
}
