/* Uses the library between two marks, and says nothing itself: every verb of socket.h, and a loop with streams, datagrams, pipes, a
 * timer and threads. quiet_test.py watches it. Its status tells whether the process is as it was before. */
#include <duplex/duplex.h>

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define MUST(it)                 \
	do {                     \
		if (!(it))       \
			abort(); \
	} while (0)
#define WITHIN_MS 30000
#include "../net/every_verb.h"

/* What belongs to the whole of it. */
struct process {
	sigset_t held_back;
	struct {
		void (*handler)(int);
		int flags;
	} actions[65];
	mode_t mask;
	char folder[4096], locale[256];
	struct rlimit descriptors;
	int flags[3];
};

static void look(struct process *p)
{
	struct sigaction action;

	memset(p, 0, sizeof *p);
	MUST(pthread_sigmask(SIG_BLOCK, NULL, &p->held_back) == 0);
	for (int number = 1; number < 65; number++) {
		if (sigaction(number, NULL, &action) == 0) {
			p->actions[number].handler = action.sa_handler;
			p->actions[number].flags = action.sa_flags;
		}
	}
	p->mask = umask(0);
	(void)umask(p->mask);
	MUST(getcwd(p->folder, sizeof p->folder) != NULL);
	(void)snprintf(p->locale, sizeof p->locale, "%s", setlocale(LC_ALL, NULL));
	MUST(getrlimit(RLIMIT_NOFILE, &p->descriptors) == 0);
	for (int fd = 0; fd < 3; fd++)
		p->flags[fd] = fcntl(fd, F_GETFL);
}

static void use_every_verb(FILE *file)
{
	for (size_t i = 0; i < EVERY_VERB_COUNT; i++) {
		struct stage t;

		set_stage(&t, file);
		MUST(every_verb[i].call(&t) == every_verb[i].returns);
		clear_stage(&t);
	}
}

/* The loop: whoever has heard enough leaves, and when all have left it ends. */

static dx_loop *loop;
static int heard_by_clients, heard_by_datagrams, heard_in_pipe, worked, posted, fired;
static dx_listener *listeners[2];
static dx_datagram *bound, *connected;
static dx_inlet *inlet;
static dx_outlet *outlet;

static void come_back(dx_stream *s, dx_slice in, void *ctx)
{
	(void)ctx;
	MUST(dx_stream_send_now(s, in) == 0);
}

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	(void)in, (void)ctx;
	dx_stream_leave(s, 1000);
	if (++heard_by_clients == 2) {
		dx_listener_close(listeners[0]);
		dx_listener_close(listeners[1]);
	}
}

static void got(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	(void)info, (void)ctx;
	if (d == bound)
		MUST(dx_datagram_answer(d, NULL, from, in) == 0);
	else
		dx_datagram_close(connected);
	dx_datagram_close(d);
	heard_by_datagrams++;
}

static void came(dx_inlet *i, dx_slice in, void *ctx)
{
	(void)ctx, (void)in;
	heard_in_pipe++;
	dx_inlet_pause(i);
}

static void count(void *number)
{
	(*(int *)number)++;
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void open_streams(void)
{
	static const dx_stream_events server = { .data = come_back }, client = { .data = heard };
	const char *places[] = { "tcp://127.0.0.1:0", "unix:place" };

	for (int i = 0; i < 2; i++) {
		char where[64] = "unix:place";
		dx_stream *s;

		MUST(dx_listen(loop, places[i], &server, NULL, &listeners[i], NULL) == 0);
		if (i == 0)
			(void)snprintf(where, sizeof where, "tcp://localhost:%d",
				       dx_addr_port(dx_listener_address(listeners[0])));
		MUST(dx_stream_open(loop, where, -1, &client, NULL, &s, NULL) == 0);
		MUST(dx_stream_send(s, dx_slice_text("hello")) == 0);
	}
}

static void open_datagrams(void)
{
	static const dx_datagram_events both = { .data = got };
	char endpoint[DX_ENDPOINT_TEXT];

	MUST(dx_datagram_bind(loop, "udp://127.0.0.1:0", &both, NULL, &bound, NULL) == 0);
	(void)dx_endpoint_print(DX_UDP, dx_datagram_address(bound), endpoint);
	MUST(dx_datagram_connect(loop, endpoint, &both, NULL, &connected, NULL) == 0);
	MUST(dx_datagram_send(connected, NULL, dx_slice_text("hello")) == 0);
}

static void open_pipes(const int ends[2])
{
	static const dx_inlet_events in = { .data = came };
	static const dx_outlet_events out = { .room = NULL };

	MUST(dx_inlet_new(loop, ends[0], &in, NULL, &inlet) == 0);
	MUST(dx_outlet_new(loop, ends[1], &out, NULL, &outlet) == 0);
	dx_inlet_resume(inlet);
	MUST(dx_outlet_write(outlet, dx_slice_text("hello"), false) == 0);
}

static void use_a_loop(const int ends[2])
{
	dx_timer timer;

	MUST(dx_loop_new(&loop) == 0);
	open_streams();
	open_datagrams();
	open_pipes(ends);
	dx_timer_init(&timer, count, &fired);
	MUST(dx_timer_start(loop, &timer, 1) == 0);
	MUST(dx_loop_work(loop, nothing, count, &worked) == 0);
	MUST(dx_loop_post(loop, count, &posted) == 0);
	MUST(dx_loop_run(loop) == 0);
	MUST(heard_by_clients == 2 && heard_by_datagrams == 2 && heard_in_pipe == 1 && worked == 1 && posted == 1 &&
	     fired == 1);
	dx_inlet_free(inlet);
	dx_outlet_free(outlet);
	dx_loop_free(loop);
}

int main(void)
{
	static struct process before, after;
	FILE *file = fopen("ten bytes", "we+");
	int ends[2];

	MUST(file != NULL && fputs("ten bytes.", file) >= 0 && fflush(file) == 0 && pipe(ends) == 0);
	look(&before);
	(void)!access("the first mark", F_OK);
	use_every_verb(file);
	use_a_loop(ends);
	(void)!access("the last mark", F_OK);
	look(&after);
	return memcmp(&before, &after, sizeof before) != 0;
}
