/* A UDP client that asks: a line of standard input, and its answer, by turns. What does not come within a second is missed.
 *	udp_asker udp://127.0.0.1:25556 */
#include <duplex/duplex.h>
#include <stdio.h>

static dx_loop *loop;
static dx_datagram *to;
static dx_timer patience;
static int status;

static void ask(void)
{
	char line[1024];

	if (fgets(line, sizeof line, stdin) == NULL) {  /* it blocks: nothing else is going on here */
		dx_datagram_close(to);
		return;
	}
	line[strcspn(line, "\n")] = 0;
	(void)dx_datagram_send(to, NULL, dx_slice_text(line));
	status = dx_timer_start(loop, &patience, 1000 * DX_MS) < 0;
	if (status != 0)
		dx_datagram_close(to);          /* rather than wait for ever */
}

static void answered(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	(void)d, (void)from, (void)info, (void)ctx;
	if (!dx_timer_running(&patience))
		return;                         /* too late */
	dx_timer_stop(loop, &patience);
	printf("%.*s\n", (int)in.len, in.data);
	ask();
}

static void missed(void *ctx)
{
	(void)ctx;
	printf("no answer\n");
	ask();
}

int main(int argc, char **argv)
{
	static const dx_datagram_events events = { .data = answered };

	if (argc != 2)
		return 2;
	if (dx_loop_new(&loop) < 0 || dx_datagram_connect(loop, argv[1], &events, NULL, &to, NULL) < 0)
		return 1;
	dx_timer_init(&patience, missed, NULL);
	ask();
	(void)dx_loop_run(loop);
	dx_loop_free(loop);
	return status;
}
