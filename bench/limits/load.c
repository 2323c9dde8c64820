/* load PORT CONNECTIONS BYTES WARM_MS MEASURE_MS SERVER: a closed loop. Each connection sends a line of BYTES, waits until it
 * has come back, and sends it again; SERVER is a process whose CPU time is counted. Prints one line of JSON. */
#include "bare.h"

#include <fcntl.h>

#define EVENTS     1024
#define TIMES_MOST (1u << 22)
#define STALL_MS   5000

typedef struct talker {
	int fd;
	size_t missing;         /* of the answer */
	uint64_t sent_ns;
} talker;

static char line[65536], answer[65536];
static size_t line_bytes;
static uint32_t times_us[TIMES_MOST];
static size_t time_count;
static uint64_t messages;

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
	messages++;
	if (time_count < TIMES_MOST)
		times_us[time_count++] = (uint32_t)((now_ns() - t->sent_ns) / 1000);
	send_line(t);
}

static void run_until(int epoll, uint64_t end_ns)
{
	static struct epoll_event events[EVENTS];

	while (now_ns() < end_ns) {
		int count = epoll_wait(epoll, events, EVENTS, STALL_MS);

		if (count <= 0)
			die("nothing came back");
		for (int i = 0; i < count; i++)
			hear(events[i].data.ptr);
	}
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

static void report(double ns, double server_ns)
{
	qsort(times_us, time_count, sizeof *times_us, by_size);
	printf("{\"per_second\": %.0f, \"server_us\": %.3f, \"p50_us\": %u, \"p99_us\": %u}\n", (double)messages * (double)NS_PER_S / ns,
	       server_ns / 1000 / (double)messages, times_us[time_count / 2], times_us[time_count * 99 / 100]);
}

int main(int argc, char **argv)
{
	unsigned port = number(argc, argv, 1), count = number(argc, argv, 2), server = number(argc, argv, 6);
	uint64_t warm_ns = number(argc, argv, 4) * NS_PER_MS, measure_ns = number(argc, argv, 5) * NS_PER_MS, from_ns, cpu_ns;
	talker *talkers = calloc(count, sizeof *talkers);
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	begin(60);
	line_bytes = number(argc, argv, 3);
	if (talkers == NULL || epoll == -1 || line_bytes == 0 || line_bytes > sizeof line)
		die("load");
	memset(line, 'x', line_bytes);
	line[line_bytes - 1] = '\n';
	for (unsigned i = 0; i < count; i++)
		join(epoll, &talkers[i], port);
	for (unsigned i = 0; i < count; i++)
		send_line(&talkers[i]);
	run_until(epoll, now_ns() + warm_ns);
	messages = time_count = 0;
	from_ns = now_ns();
	cpu_ns = cpu_ns_of(server);
	run_until(epoll, from_ns + measure_ns);
	report((double)(now_ns() - from_ns), (double)(cpu_ns_of(server) - cpu_ns));
	return 0;
}
