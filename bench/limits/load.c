/* load PORT CONNECTIONS BYTES ROUNDS SERVER: a closed loop, on demand. For each byte of its input every connection sends a
 * line of BYTES and waits until it has come back, ROUNDS times; then a line of JSON tells how that went. SERVER is the
 * process whose time on a CPU is counted. Leaves at the end of its input. */
#include "bare.h"

#include <fcntl.h>

#define EVENTS        1024
#define MESSAGES_MOST (1u << 22)
#define STALL_MS      5000
#define MOST_SECONDS  60 /* for joining, for one round of talk, and between two */

typedef struct talker {
	int fd;
	unsigned rounds; /* still to go */
	size_t missing;  /* of the answer */
	uint64_t sent_ns;
} talker;

static char line[65536], answer[65536];
static size_t line_bytes;
static uint32_t times_us[MESSAGES_MOST];
static size_t messages;

/* The time on a CPU is the first number of schedstat. */
static uint64_t cpu_ns_of(unsigned process)
{
	char path[64], text[128] = "";
	uint64_t ns = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%u/schedstat", process);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++)
		ns = ns * 10 + (uint64_t)(text[i] - '0');
	return ns;
}

static void send_line(talker *t)
{
	t->missing = line_bytes;
	t->sent_ns = now_ns();
	if (write(t->fd, line, line_bytes) != (ssize_t)line_bytes)
		die("write");
}

static void hear(talker *t)
{
	ssize_t n = read(t->fd, answer, t->missing);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n <= 0)
		die("the server hung up");
	t->missing -= (size_t)n;
	if (t->missing > 0)
		return;
	times_us[messages++] = (uint32_t)((now_ns() - t->sent_ns) / 1000);
	if (--t->rounds > 0)
		send_line(t);
}

static void join(int epoll, talker *t, unsigned port)
{
	struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = t };

	t->fd = connect_to(port);
	tune(t->fd);
	reset_at_close(t->fd);
	if (fcntl(t->fd, F_SETFL, O_NONBLOCK) == -1 || epoll_ctl(epoll, EPOLL_CTL_ADD, t->fd, &wanted) == -1)
		die("epoll_ctl");
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void talk(int epoll, talker *talkers, unsigned count, unsigned rounds)
{
	static struct epoll_event events[EVENTS];

	messages = 0;
	for (unsigned i = 0; i < count; i++) {
		talkers[i].rounds = rounds;
		send_line(&talkers[i]);
	}
	while (messages < (size_t)count * rounds) {
		int ready = epoll_wait(epoll, events, EVENTS, STALL_MS);

		if (ready <= 0)
			die("nothing came back");
		for (int i = 0; i < ready; i++)
			hear(events[i].data.ptr);
	}
}

static void report(uint64_t took_ns, uint64_t server_ns)
{
	double all = (double)messages;

	qsort(times_us, messages, sizeof *times_us, by_size);
	printf("{\"per_second\": %.0f, \"server_us\": %.3f, \"p99_us\": %u}\n", all * (double)NS_PER_S / (double)took_ns,
	       (double)server_ns / 1000 / all, times_us[messages * 99 / 100]);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	unsigned port = number(argc, argv, 1), count = number(argc, argv, 2), rounds = number(argc, argv, 4);
	unsigned server = number(argc, argv, 5);
	talker *talkers = calloc(count, sizeof *talkers);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	char go;

	begin(MOST_SECONDS);
	line_bytes = number(argc, argv, 3);
	if (talkers == NULL || epoll == -1 || count == 0 || line_bytes == 0 || line_bytes > sizeof line || rounds == 0 ||
	    rounds > MESSAGES_MOST / count)
		die("load");
	memset(line, 'x', line_bytes);
	line[line_bytes - 1] = '\n';
	for (unsigned i = 0; i < count; i++)
		join(epoll, &talkers[i], port);
	while (read(STDIN_FILENO, &go, 1) == 1) {
		uint64_t from_ns = now_ns(), cpu_ns = cpu_ns_of(server);

		alarm(MOST_SECONDS);
		talk(epoll, talkers, count, rounds);
		report(now_ns() - from_ns, cpu_ns_of(server) - cpu_ns);
	}
	return 0;
}
