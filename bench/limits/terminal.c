/* terminal first RUNS TYPED WANTED -- COMMAND… : on a pseudo terminal, from exec until WANTED has been written, TYPED having
 *     been typed at once; RUNS times. Prints a line of JSON, in ms.
 * terminal shown MEGABYTES LINE_BYTES -- COMMAND… PORT : a server of one client, the command, sends it lines of text, Chinese and
 *     ASCII; all that the command writes is read and thrown away. Prints a line of JSON: MB of text a second, by the clock and by
 *     the command's own time. */
#define _GNU_SOURCE
#include "bare.h"

#include <pty.h>
#include <sys/wait.h>

#define RUNS_MOST    1000
#define MOST_SECONDS 100
#define TEXT         "这是中文 and ascii "

static pid_t child;

static void give_up(int number)
{
	(void)number;
	if (child > 0)
		kill(child, SIGKILL);
	_exit(1);
}

static int start(char **command)
{
	struct winsize window = { .ws_row = 24, .ws_col = 80 };
	int master;

	child = forkpty(&master, NULL, NULL, &window);
	if (child == -1)
		die("forkpty");
	if (child == 0) {
		setenv("TERM", "xterm", 1);
		execv(command[0], command);
		_exit(127);
	}
	return master;
}

static double end(int master, int number)
{
	struct rusage used;
	int status;

	if (number != 0)
		kill(child, number);
	wait4(child, &status, 0, &used);
	child = 0;
	close(master);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

/* How often `wanted` stands in the text. */
static unsigned count(const char *text, const char *wanted)
{
	unsigned n = 0;

	while ((text = strstr(text, wanted)) != NULL) {
		text += strlen(wanted);
		n++;
	}
	return n;
}

/* What was typed is echoed: it must come once more. */
static double first(char **command, const char *typed, const char *wanted)
{
	static char seen[1 << 16];
	uint64_t from_ns = now_ns();
	int master = start(command);
	size_t used = 0;
	double ms;

	if (typed[0] != 0 && (write(master, typed, strlen(typed)) == -1 || write(master, "\n", 1) == -1))
		die("write");
	do {
		ssize_t n = read(master, seen + used, sizeof seen - 1 - used);

		if (n <= 0)
			die(command[0]);
		used += (size_t)n;
		seen[used] = 0;
	} while (count(seen, wanted) < (typed[0] != 0 ? 2 : 1));
	ms = (double)(now_ns() - from_ns) / (double)NS_PER_MS;
	(void)end(master, SIGKILL);
	return ms;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure_first(unsigned runs, char **argv)
{
	double ms[RUNS_MOST];

	for (unsigned i = 0; i < runs && i < RUNS_MOST; i++)
		ms[i] = first(argv + 6, argv[3], argv[4]);
	qsort(ms, runs, sizeof *ms, by_size);
	printf("{\"median\": %.3f, \"p10\": %.3f, \"p90\": %.3f}\n", ms[runs / 2], ms[runs / 10], ms[runs * 9 / 10]);
}

/* A process of its own, so that reading the terminal never waits for writing the text. */
static pid_t start_sending(int client, size_t bytes, unsigned line_bytes)
{
	static char text[1 << 16];
	size_t used = 0, column = 0;
	pid_t sender;

	while (used + sizeof TEXT < sizeof text) {
		memcpy(text + used, TEXT, sizeof TEXT - 1);
		used += sizeof TEXT - 1;
		column += sizeof TEXT - 1;
		if (column >= line_bytes) {
			text[used++] = '\n';
			column = 0;
		}
	}
	text[used++] = '\n';
	sender = fork();
	if (sender != 0)
		return sender;
	for (size_t sent = 0; sent < bytes;) {
		ssize_t n = write(client, text, used);

		if (n <= 0)
			_exit(1);
		sent += (size_t)n;
	}
	_exit(0);
}

static void measure_shown(size_t megabytes, unsigned line_bytes, char **command)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), master, client;
	static char thrown_away[1 << 16];
	char port[16];
	uint64_t from_ns;
	double seconds, used;
	size_t last = 0;

	if (bind(listener, (struct sockaddr *)&at, len) == -1 || listen(listener, 1) == -1 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) == -1)
		die("listen");
	snprintf(port, sizeof port, "%u", ntohs(at.sin_port));
	while (command[last] != NULL)
		last++;
	command[last] = port; /* there is room: see main */
	master = start(command);
	client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	from_ns = now_ns();
	(void)start_sending(client, megabytes * 1000000, line_bytes);
	close(client);
	while (read(master, thrown_away, sizeof thrown_away) > 0)
		;
	seconds = (double)(now_ns() - from_ns) / (double)NS_PER_S;
	used = end(master, 0);
	printf("{\"per_second\": %.2f, \"per_cpu_second\": %.2f}\n", (double)megabytes / seconds, (double)megabytes / used);
}

int main(int argc, char **argv)
{
	char *words[64] = { NULL };

	begin(MOST_SECONDS);
	signal(SIGALRM, give_up);
	signal(SIGTERM, give_up);
	for (int i = 0; i < argc && i < 60; i++)
		words[i] = argv[i];
	if (argc > 6 && strcmp(argv[1], "first") == 0)
		measure_first(number(argc, argv, 2), words);
	else if (argc > 5 && strcmp(argv[1], "shown") == 0)
		measure_shown(number(argc, argv, 2), number(argc, argv, 3), words + 5);
	else
		return 2;
	return 0;
}
