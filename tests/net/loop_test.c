/* The loop: timers in their order, turns in which everybody has a share, signals, forks, and how it ends. */
#include "../codec/mistake.h"
#include "talker.h"

#include "net/datagram.h"

#define TIMERS   200
#define OPS      200000
#define MILLION  1000000
#define A_DAY_NS (INT64_C(86400) * DX_NS_PER_S)

/* A clock of our own: time passes while the loop waits, and only then. */
static int64_t our_time_ns;

static int read_our_clock(clockid_t clock, struct timespec *now)
{
	(void)clock;
	*now = (struct timespec){ our_time_ns / DX_NS_PER_S, our_time_ns % DX_NS_PER_S };
	return 0;
}

static int wait_by_our_clock(int epoll, struct epoll_event *events, int count, int timeout_ms)
{
	int64_t waited_ns = timeout_ms * DX_NS_PER_MS;

	assert_true(timeout_ms >= 0);
	(void)epoll;
	(void)events;
	(void)count;
	if (__builtin_add_overflow(our_time_ns, waited_ns, &our_time_ns))
		our_time_ns = INT64_MAX;
	return 0;
}

static void use_our_clock(int64_t starts_ns)
{
	our_time_ns = starts_ns;
	dx_sys_table.clock_gettime = read_our_clock;
	dx_sys_table.epoll_wait = wait_by_our_clock;
}

/* Timers that write down their names. */
typedef struct named {
	dx_timer timer;
	const char *name;
	struct named *other;
	int64_t again_ns;
	int fired;
} named;

static char fired[200];

static void write_name(void *ctx)
{
	named *n = ctx;

	n->fired++;
	write_down(fired, sizeof fired, n->name);
}

static void start(named *n, const char *name, int64_t after_ns)
{
	n->name = name;
	dx_timer_init(&n->timer, write_name, n);
	assert_int_equal(dx_timer_start(loop, &n->timer, after_ns), 0);
	assert_true(dx_timer_running(&n->timer));
}

static void test_H3_order_of_time_and_then_of_start(void **state)
{
	static const struct {
		const char *name;
		int64_t after_ns;
	} rows[] = { { "g", INT64_MAX }, { "c", 7 }, { "h", INT64_MAX - 1 }, { "a", 0 }, { "e", A_DAY_NS }, { "d", 7 },
		     { "b", 1 },         { "aa", -5 }, { "i", INT64_MAX },    { "f", 200 * 365 * A_DAY_NS } };
	named all[COUNT(rows)] = { 0 };

	(void)state;
	fired[0] = 0;
	use_our_clock(50 * DX_NS_PER_S);
	for (size_t i = 0; i < COUNT(rows); i++)
		start(&all[i], rows[i].name, rows[i].after_ns);
	run_loop();
	assert_string_equal(fired, "a aa b c d e f g h i ");
	assert_int_equal(our_time_ns, INT64_MAX);
}

static void start_again(void *ctx)
{
	named *n = ctx;

	write_name(n);
	if (n->fired < 3)
		assert_int_equal(dx_timer_start(loop, &n->timer, n->again_ns), 0);
}

static void stop_other(void *ctx)
{
	named *n = ctx;

	write_name(n);
	assert_false(dx_timer_running(&n->timer));
	dx_timer_stop(loop, &n->timer);
	dx_timer_stop(loop, &n->other->timer);
	assert_false(dx_timer_running(&n->other->timer));
}

static void restart_other(void *ctx)
{
	named *n = ctx;

	write_name(n);
	assert_int_equal(dx_timer_start(loop, &n->other->timer, 0), 0);
}

/* What a timer of 0 starts in its own turn fires in the next one, behind all that were due in this one. */
static void test_H3_stopped_and_started_in_callbacks(void **state)
{
	named a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 }, e = { 0 };

	(void)state;
	fired[0] = 0;
	use_our_clock(1);
	start(&a, "a", 0);
	a.timer.fire = start_again;
	start(&b, "b", 0);
	b.timer.fire = stop_other;
	b.other = &c;
	start(&c, "stopped", 0);
	start(&d, "d", 0);
	d.timer.fire = restart_other;
	d.other = &e;
	start(&e, "e", 5);
	run_loop();
	assert_string_equal(fired, "a b d a e a ");
}

/* Starting one that runs is to start it anew; it fires once. */
static void test_H3_started_twice(void **state)
{
	named a = { 0 }, b = { 0 };

	(void)state;
	fired[0] = 0;
	use_our_clock(1);
	start(&a, "a", 3);
	start(&b, "b", 5);
	assert_int_equal(dx_timer_start(loop, &a.timer, 9), 0);
	run_loop();
	assert_string_equal(fired, "b a ");
	assert_int_equal(a.fired, 1);
}

static int64_t last_due_ns;
static int fired_of_million;

static void check_not_before_the_last(void *ctx)
{
	const dx_timer *t = ctx;

	assert_true(t->due_ns >= last_due_ns);
	assert_true(t->due_ns <= dx_loop_now_ns(loop));
	last_due_ns = t->due_ns;
	fired_of_million++;
}

static void test_H3_a_million_at_once(void **state)
{
	dx_timer *all = calloc(MILLION, sizeof *all);
	uint64_t seed = 7;

	(void)state;
	use_our_clock(1);
	last_due_ns = fired_of_million = 0;
	for (int i = 0; i < MILLION; i++) {
		dx_timer_init(&all[i], check_not_before_the_last, &all[i]);
		assert_int_equal(dx_timer_start(loop, &all[i], next_random(&seed) % DX_NS_PER_S), 0);
	}
	for (int i = 0; i < MILLION; i++) {
		if (i % 5 != 0)
			dx_timer_stop(loop, &all[i]);
	}
	run_loop();
	assert_int_equal(fired_of_million, MILLION / 5);
	free(all);
}

/* The model: a plain list, sorted by insertion. What fires must be its first, and due. */
static struct {
	dx_timer timers[TIMERS];
	struct {
		dx_timer *timer;
		int64_t due_ns;
	} list[TIMERS];
	size_t count;
	uint64_t seed, first_seed;
	int ops;
} model;

static void model_remove(const dx_timer *t)
{
	for (size_t i = 0; i < model.count; i++) {
		if (model.list[i].timer == t) {
			model.count--;
			memmove(&model.list[i], &model.list[i + 1], (model.count - i) * sizeof model.list[0]);
			return;
		}
	}
}

static void model_add(dx_timer *t, int64_t due_ns)
{
	size_t i = model.count++;

	for (; i > 0 && model.list[i - 1].due_ns > due_ns; i--)
		model.list[i] = model.list[i - 1];
	model.list[i].timer = t;
	model.list[i].due_ns = due_ns;
}

static int64_t random_span(void)
{
	switch (next_random(&model.seed) % 8) {
	case 0:
		return 0;
	case 1:
		return 1;
	case 2:
		return INT64_MAX - (int64_t)(next_random(&model.seed) % 3);
	case 3:
		return next_random(&model.seed) * DX_NS_PER_S;
	default:
		return (int64_t)(next_random(&model.seed) % 50) * DX_NS_PER_MS;
	}
}

static void do_something(void)
{
	dx_timer *t = &model.timers[next_random(&model.seed) % TIMERS];
	int64_t after_ns = random_span(), due_ns;

	model.ops--;
	model_remove(t);
	if (next_random(&model.seed) % 3 == 0) {
		dx_timer_stop(loop, t);
		return;
	}
	if (__builtin_add_overflow(our_time_ns, after_ns, &due_ns))
		due_ns = INT64_MAX;
	assert_int_equal(dx_timer_start(loop, t, after_ns), 0);
	model_add(t, due_ns);
}

static void fire_by_the_model(void *ctx)
{
	if (model.count == 0 || model.list[0].timer != ctx || model.list[0].due_ns > our_time_ns)
		fail_msg("not in order; again with DUPLEX_TEST_SEED=%llu", (unsigned long long)model.first_seed);
	model_remove(ctx);
	for (unsigned n = next_random(&model.seed) % 4; n > 0 && model.ops > 0; n--)
		do_something();
	if (our_time_ns > INT64_MAX / 2)
		dx_loop_stop(loop);
}

/* The clock goes back to the start between rounds: far ones have then been fired or stopped. */
static void test_H3_as_a_sorted_list_says(void **state)
{
	const char *given = getenv("DUPLEX_TEST_SEED");

	(void)state;
	model.first_seed = (uint64_t)now_ms();
	if (given != NULL)
		assert_int_equal(dx_number_parse(text(given), 0, UINT64_MAX, &model.first_seed), 0);
	model.seed = model.first_seed;
	model.ops = OPS;
	for (size_t i = 0; i < TIMERS; i++)
		dx_timer_init(&model.timers[i], fire_by_the_model, &model.timers[i]);
	while (model.ops > 0) {
		use_our_clock(1);
		for (int n = 0; n < TIMERS && model.ops > 0; n++)
			do_something();
		run_loop();
		for (size_t i = 0; i < TIMERS; i++)
			dx_timer_stop(loop, &model.timers[i]);
		model.count = 0;
	}
}

/* The clock */

static void test_time_stands_still_within_a_turn_only(void **state)
{
	named a = { 0 };

	(void)state;
	fired[0] = 0;
	use_our_clock(1);
	our_time_ns += A_DAY_NS;
	assert_int_equal(dx_loop_now_ns(loop), our_time_ns);
	start(&a, "a", 2 * DX_NS_PER_S);
	run_loop();
	assert_int_equal(our_time_ns, 1 + A_DAY_NS + 2 * DX_NS_PER_S);
	our_time_ns += A_DAY_NS;
	start(&a, "a", 2 * DX_NS_PER_S);
	run_loop();
	assert_int_equal(our_time_ns, 1 + 2 * A_DAY_NS + 4 * DX_NS_PER_S);
}

static void look_twice_at_the_clock(void *ctx)
{
	int64_t now_ns = dx_loop_now_ns(loop);

	(void)ctx;
	our_time_ns += A_DAY_NS;
	assert_int_equal(dx_loop_now_ns(loop), now_ns);
	write_name(ctx);
}

/* What is started in a turn counts from its beginning, however long the turn has taken. */
static void test_a_turn_has_one_time(void **state)
{
	named a = { 0 };

	(void)state;
	use_our_clock(1);
	start(&a, "a", 5);
	a.timer.fire = look_twice_at_the_clock;
	run_loop();
	assert_int_equal(a.fired, 1);
}

/* How it ends */

static void stop_the_loop(void *ctx)
{
	write_name(ctx);
	dx_loop_stop(loop);
}

/* The turn in progress is finished: all that is due fires. */
static void test_stopped_after_the_turn(void **state)
{
	named a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	fired[0] = 0;
	use_our_clock(1);
	start(&a, "a", 0);
	a.timer.fire = stop_the_loop;
	start(&b, "b", 0);
	start(&c, "c", 1);
	run_loop();
	assert_string_equal(fired, "a b ");
	run_loop();
	assert_string_equal(fired, "a b c ");
}

static void run_once_more(void *ctx)
{
	write_name(ctx);
	assert_int_equal(dx_loop_run(loop), -EBUSY);
}

static void test_N2_turns_do_not_nest(void **state)
{
	named a = { 0 };

	(void)state;
	start(&a, "a", 0);
	a.timer.fire = run_once_more;
	run_loop();
	assert_int_equal(a.fired, 1);
	run_loop();             /* nothing is left */
	dx_loop_free(NULL);
}

/* Mistakes */

static void free_the_loop(void *ctx)
{
	(void)ctx;
	dx_loop_free(loop);
}

static void settle_the_loop(void *ctx)
{
	(void)ctx;
	dx_loop_settle(loop);
}

/* A forked child has its parent's loop, and may free that anywhere. */
static void call_back_on_another(void (*run)(void *ctx))
{
	(void)dx_loop_new(&loop);
	(void)dx_loop_post(loop, run, NULL);
	(void)dx_loop_run(loop);
}

static void free_in_a_callback(void)
{
	call_back_on_another(free_the_loop);
}

static void settle_in_a_callback(void)
{
	call_back_on_another(settle_the_loop);
}

static void start_a_timer_that_is_none(void)
{
	dx_timer t = { 0 };

	(void)dx_timer_start(loop, &t, 0);
}

static void prepare_a_running_timer(void)
{
	named a = { 0 };

	start(&a, "a", 0);
	start(&a, "a", 0);
	(void)dx_loop_run(loop);
}

/* What free(3) leaves of one. */
static void lose_a_running_timer(void)
{
	named a = { 0 };

	start(&a, "a", 0);
	memset(&a.timer, 0xff, 2 * sizeof(void *));
	(void)dx_loop_run(loop);
}

static void stop_a_timer_of_another_loop(void)
{
	named a = { 0 };
	dx_loop *other;

	start(&a, "a", 0);
	if (dx_loop_new(&other) == 0)
		dx_timer_stop(other, &a.timer);
}

static void post_nothing(void)
{
	(void)dx_loop_post(loop, NULL, NULL);
}

static void work_on_nothing(void)
{
	(void)dx_loop_work(loop, NULL, NULL, NULL);
}

static void *start_a_timer(void *ctx)
{
	static dx_timer t;

	dx_timer_init(&t, free_the_loop, NULL);
	(void)dx_timer_start(ctx, &t, A_DAY_NS);
	return NULL;
}

static void let_a_thread_start_a_timer(void *ctx)
{
	pthread_t thread;

	(void)ctx;
	if (pthread_create(&thread, NULL, start_a_timer, loop) == 0)
		(void)pthread_join(thread, NULL);
	dx_loop_stop(loop);
}

static void touch_from_another_thread(void)
{
	call_back_on_another(let_a_thread_start_a_timer);
}

static void test_N2_mistakes_end_with_a_sentence(void **state)
{
	static const struct mistake mistakes[] = {
		{ "freed in a callback", free_in_a_callback },
		{ "settled in a callback", settle_in_a_callback },
		{ "touched from another thread", touch_from_another_thread },
		{ "no timer", start_a_timer_that_is_none },
		{ "a running timer prepared", prepare_a_running_timer },
		{ "a running timer lost", lose_a_running_timer },
		{ "another loop's timer", stop_a_timer_of_another_loop },
		{ "nothing posted", post_nothing },
		{ "nothing to work on", work_on_nothing },
	};

	(void)state;
	check_mistakes(mistakes, COUNT(mistakes));
}

static void do_work(void *ctx)
{
	*(bool *)ctx = true;
}

static void test_N2_work_without_done(void **state)
{
	bool worked = false;

	(void)state;
	assert_int_equal(dx_loop_work(loop, do_work, NULL, &worked), 0);
	run_loop();
	assert_true(worked);
}

static void test_a_wait_that_fails(void **state)
{
	named a = { 0 };

	(void)state;
	start(&a, "a", LONG_MS * DX_NS_PER_MS);
	arm("epoll_wait=1:EBADF");
	assert_int_equal(dx_loop_run(loop), -EBADF);
	arm("epoll_wait=1+:EINTR");
	assert_int_equal(dx_loop_run(loop), -EINTR);
	assert_int_equal(a.fired, 0);
	dx_timer_stop(loop, &a.timer);
}

static void test_D4_interruptions_are_not_seen(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_hello_and_finish };

	(void)state;
	arm("epoll_wait=1-400:EINTR recv=1-3:EINTR send=1-3:EINTR accept4=1:EINTR");
	converse("tcp://127.0.0.1:0", &server, &client);
	assert_string_equal(server.told, "open data end closed ");
	assert_string_equal(client.told, "open end closed ");
}

static void stop_talking(talker *t)
{
	(void)t;
	dx_loop_stop(loop);
}

/* What was closed while no turn will come any more. */
static void test_settled(void **state)
{
	talker server = { .at[AT_OPEN] = say_hello }, client = { .at[AT_DATA] = stop_talking };

	(void)state;
	meet("tcp://127.0.0.1:0", &server, &client);
	dx_loop_settle(loop);
	assert_string_equal(client.told, "");
	run_loop();
	dx_stream_close(client.stream);
	dx_stream_close(server.stream);
	assert_string_equal(client.told, "open data ");
	dx_loop_settle(loop);
	assert_string_equal(client.told, "open data closed ");
	assert_string_equal(server.told, "open closed ");
	dx_loop_settle(loop);
}

static void test_freed_after_a_close(void **state)
{
	talker client = { .told = "" };

	(void)state;
	open_at("tcp://127.0.0.1:1", &client);
	dx_stream_close(client.stream);
	dx_loop_free(loop);
	loop = NULL;
	assert_string_equal(client.told, "closed ");
}

/* Everybody has a share */

/* A timer of 0 that never ends, and so fires once a turn: it counts what others do in between. */
static struct {
	dx_timer timer;
	int turns, in_this_turn, most;
} budget;

static void begin_turn(void *ctx)
{
	(void)ctx;
	budget.turns++;
	budget.in_this_turn = 0;
	assert_int_equal(dx_timer_start(loop, &budget.timer, 0), 0);
}

static void count_turns(void)
{
	budget.turns = budget.in_this_turn = budget.most = 0;
	happen_after(&budget.timer, 0, begin_turn, NULL);
}

static void spend(void)
{
	if (++budget.in_this_turn > budget.most)
		budget.most = budget.in_this_turn;
}

static void stop_counting(talker *t)
{
	(void)t;
	dx_timer_stop(loop, &budget.timer);
}

/* Another conversation, and a timer, in the company of somebody who is always busy. */
static void check_others_are_served(void)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_hello_and_finish };
	named beats[10] = { 0 };

	for (size_t i = 0; i < COUNT(beats); i++)
		start(&beats[i], "beat", (int64_t)i * DX_NS_PER_MS);
	beats[COUNT(beats) - 1].timer.fire = stop_the_loop;
	meet("tcp://127.0.0.1:0", &server, &client);
	run_loop();
	for (size_t i = 0; i < COUNT(beats); i++)
		assert_int_equal(beats[i].fired, 1);
	while (client.stream != NULL || server.stream != NULL) {
		start(&beats[0], "beat", DX_NS_PER_MS);
		beats[0].timer.fire = stop_the_loop;
		run_loop();
	}
	assert_string_equal(server.told, "open data end closed ");
	assert_string_equal(client.told, "open end closed ");
}

static void spend_on_data(dx_inlet *i, dx_slice in, void *ctx)
{
	(void)i, (void)in, (void)ctx;
	spend();
}

static void test_N8_a_descriptor_that_is_always_ready(void **state)
{
	static const dx_inlet_events events = { .data = spend_on_data };
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	dx_inlet *i;

	(void)state;
	assert_int_equal(dx_inlet_new(loop, fd, &events, NULL, &i), 0);
	dx_inlet_resume(i);
	count_turns();
	check_others_are_served();
	assert_int_equal(budget.most, 1);
	dx_inlet_free(i);
	stop_counting(NULL);
	close(fd);
}

/* A callback whose answer is its own next question. */
static void answer_oneself(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	(void)from;
	(void)info;
	(void)ctx;
	spend();
	assert_int_equal(dx_datagram_send(d, dx_datagram_address(d), in), 0);
}

static void test_N8_one_that_always_sends_to_itself(void **state)
{
	static const dx_datagram_events events = { .data = answer_oneself };
	dx_datagram *d;
	dx_endpoint e;
	dx_addr at;

	(void)state;
	assert_int_equal(dx_endpoint_parse("udp://127.0.0.1:0", &e, NULL), 0);
	assert_int_equal(dx_addr_parse("127.0.0.1:0", &at), 0);
	assert_int_equal(dx_datagram_bind_at(loop, &e, &at, &events, NULL, &d, NULL), 0);
	assert_int_equal(dx_datagram_send(d, dx_datagram_address(d), text("x")), 0);
	count_turns();
	check_others_are_served();
	assert_in_range(budget.most, 1, DX_LIMIT_DATAGRAMS_PER_TURN);
	dx_datagram_close(d);
	stop_counting(NULL);
	dx_endpoint_fini(&e);
}

/* As much as the queue takes, again and again. */
static void flood(talker *t)
{
	static const uint8_t bytes[DX_LIMIT_STREAM_QUEUE_BYTES];

	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(bytes, sizeof bytes - dx_stream_queued(t->stream))), 0);
}

static void spend_on_reading(talker *t)
{
	(void)t;
	spend();
}

static void test_N8_a_flood(void **state)
{
	talker server = { .at = { flood, NULL, NULL, flood } }, client = { .at[AT_DATA] = spend_on_reading };

	(void)state;
	meet("tcp://127.0.0.1:0", &server, &client);
	count_turns();
	do
		check_others_are_served();
	while (client.heard_bytes <= DX_LIMIT_STREAM_QUEUE_BYTES);
	assert_in_range(budget.most, 1, DX_LIMIT_READS_PER_TURN);
	dx_stream_close(server.stream);
	dx_stream_close(client.stream);
	dx_loop_settle(loop);
	stop_counting(NULL);
}

#define CROWD (DX_LIMIT_ACCEPTS_PER_TURN + 20)

static void spend_and_close(dx_stream *s, void *ctx)
{
	int *came = ctx;

	spend();
	dx_stream_close(s);
	if (++*came == CROWD)
		dx_loop_stop(loop);
}

static void test_N8_a_crowd_at_the_door(void **state)
{
	static const dx_stream_events events = { .open = spend_and_close };
	dx_socket crowd[CROWD];
	int came = 0;
	dx_listener *l = listen_at("tcp://127.0.0.1:0", &events, &came);

	(void)state;
	for (size_t i = 0; i < CROWD; i++) {
		assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, &crowd[i]), 0);
		assert_int_equal(dx_socket_connect_addr(&crowd[i], dx_listener_address(l), LONG_MS), 0);
	}
	count_turns();
	run_loop();
	assert_int_equal(budget.most, DX_LIMIT_ACCEPTS_PER_TURN);
	for (size_t i = 0; i < CROWD; i++)
		assert_int_equal(dx_socket_close(&crowd[i]), 0);
	dx_listener_close(l);
	stop_counting(NULL);
}

/* Signals */

static char caught[100];

static void write_signal(int number, void *ctx)
{
	char word[32];

	(void)snprintf(word, sizeof word, "%s%d", (const char *)ctx, number == SIGUSR1 ? 1 : 2);
	write_down(caught, sizeof caught, word);
	dx_loop_stop(loop);
}

static void raise_signals(void *ctx)
{
	(void)ctx;
	raise(SIGUSR1);
	raise(SIGUSR1);
	raise(SIGUSR2);
	assert_string_equal(caught, "");        /* not before the loop says so */
}

static void ask_for_signals(const char *word)
{
	assert_int_equal(dx_loop_signal(loop, SIGUSR1, write_signal, (void *)(uintptr_t)word), 0);
	assert_int_equal(dx_loop_signal(loop, SIGUSR2, write_signal, (void *)(uintptr_t)word), 0);
}

static void test_signals(void **state)
{
	dx_timer t, long_after;

	(void)state;
	caught[0] = 0;
	ask_for_signals("got");
	run_loop();             /* they alone keep no loop turning */
	happen_after(&t, 0, raise_signals, NULL);
	happen_after(&long_after, LONG_MS * DX_NS_PER_MS, raise_signals, NULL);
	run_loop();
	assert_string_equal(caught, "got1 got2 ");
	dx_timer_stop(loop, &long_after);
}

static void remember(int number)
{
	(void)number;
	write_down(caught, sizeof caught, "before");
}

/* The second asking holds; whoever had the signal before the first has it again in the end, and what nobody was told yet is not
 * told to the next loop. */
static void test_signals_are_given_back(void **state)
{
	dx_timer t, long_after;

	(void)state;
	caught[0] = 0;
	happen_after(&long_after, LONG_MS * DX_NS_PER_MS, raise_signals, NULL);
	signal(SIGUSR1, remember);
	signal(SIGUSR2, SIG_IGN);
	ask_for_signals("first");
	ask_for_signals("second");
	happen_after(&t, 0, raise_signals, NULL);
	run_loop();
	assert_string_equal(caught, "second1 second2 ");
	raise(SIGUSR2);
	dx_loop_free(loop);
	loop = NULL;
	assert_true(signal(SIGUSR2, SIG_DFL) == SIG_IGN);
	raise(SIGUSR1);
	assert_string_equal(caught, "second1 second2 before ");
	assert_int_equal(dx_loop_new(&loop), 0);
	ask_for_signals("third");
	raise(SIGUSR1);
	happen_after(&t, LONG_MS * DX_NS_PER_MS, raise_signals, NULL);
	run_loop();
	assert_string_equal(caught, "second1 second2 before third1 ");
	dx_timer_stop(loop, &t);
	signal(SIGUSR1, SIG_DFL);
}

static void test_signals_for_one_loop_at_a_time(void **state)
{
	dx_loop *second;

	(void)state;
	assert_int_equal(dx_loop_new(&second), 0);
	assert_int_equal(dx_loop_signal(loop, SIGKILL, write_signal, NULL), -EINVAL);
	assert_int_equal(dx_loop_signal(loop, 0, write_signal, NULL), -EINVAL);
	assert_int_equal(dx_loop_signal(loop, SIGUSR1, NULL, NULL), -EINVAL);
	assert_int_equal(dx_loop_signal(loop, SIGRTMAX + 1, write_signal, NULL), -EINVAL);
	assert_int_equal(dx_loop_signal(loop, SIGRTMAX, write_signal, NULL), 0);
	assert_int_equal(dx_loop_signal(loop, SIGUSR1, write_signal, NULL), 0);
	assert_int_equal(dx_loop_signal(second, SIGUSR1, write_signal, NULL), -EBUSY);
	dx_loop_free(loop);
	loop = second;
	assert_int_equal(dx_loop_signal(second, SIGUSR1, write_signal, NULL), 0);
}

/* Forks: everything that can be on a loop, and what a child does to its copy of it. */
static struct {
	talker server, client, late, late_client;
	dx_listener *listener;
	dx_datagram *datagram;
	dx_inlet *inlet;
	dx_outlet *outlet;
	int pipe[2], hold[2];
	char told[100];                 /* of the datagram and the pipe */
	void (*in_child)(void);
} family;

static void hear_datagram(dx_datagram *d, const dx_addr *from, dx_slice in, const dx_datagram_info *info, void *ctx)
{
	(void)from;
	(void)in;
	(void)info;
	(void)ctx;
	write_down(family.told, sizeof family.told, "datagram");
	dx_datagram_close(d);
}

static void hear_pipe(dx_inlet *i, dx_slice in, void *ctx)
{
	(void)ctx;
	(void)in;
	write_down(family.told, sizeof family.told, "pipe");
	dx_inlet_free(i);
}

static void meet_late(talker *t)
{
	char at[DX_ENDPOINT_TEXT];

	(void)t;
	open_at(endpoint_of(family.listener, at), &family.late_client);
	assert_int_equal(dx_datagram_send(family.datagram, dx_datagram_address(family.datagram), text("x")), 0);
	assert_int_equal(dx_outlet_write(family.outlet, text("x"), false), 0);
}

/* In the middle of a conversation. It goes on when the child is done, so that all it has broken is to be seen. */
static void fork_and_go_on(talker *t)
{
	pid_t child = fork();
	int status = -1;

	if (child == 0) {
		family.in_child();
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	say_hello_and_finish(t);
}

static void do_nothing(void *ctx)
{
	(void)ctx;
}

static void gather_family(void (*in_child)(void))
{
	static const dx_datagram_events datagram_events = { .data = hear_datagram };
	static const dx_inlet_events inlet_events = { .data = hear_pipe };
	static const dx_outlet_events outlet_events = { .room = NULL };
	char path[DX_ENDPOINT_TEXT];
	dx_endpoint e;
	dx_addr at;

	memset(&family, 0, sizeof family);
	family.in_child = in_child;
	family.client.at[AT_OPEN] = say_hello_and_finish;
	family.server.at[AT_DATA] = fork_and_go_on;
	family.client.at[AT_CLOSED] = meet_late;
	family.late_client.at[AT_OPEN] = say_hello_and_finish;
	family.late.at[AT_END] = finish;
	family.listener = family.late.listener = listen_at(unix_endpoint("unix", path), &talk, &family.late);
	assert_int_equal(dx_endpoint_parse("udp://127.0.0.1:0", &e, NULL), 0);
	assert_int_equal(dx_addr_parse("127.0.0.1:0", &at), 0);
	assert_int_equal(dx_datagram_bind_at(loop, &e, &at, &datagram_events, NULL, &family.datagram, NULL), 0);
	dx_endpoint_fini(&e);
	assert_int_equal(pipe2(family.pipe, O_CLOEXEC), 0);
	assert_int_equal(dx_inlet_new(loop, family.pipe[0], &inlet_events, NULL, &family.inlet), 0);
	assert_int_equal(dx_outlet_new(loop, family.pipe[1], &outlet_events, NULL, &family.outlet), 0);
	dx_inlet_resume(family.inlet);
	assert_int_equal(dx_loop_work(loop, do_nothing, stop_loop, NULL), 0);
	run_loop();             /* from now on there is a thread, which no child has */
	meet("tcp://127.0.0.1:0", &family.server, &family.client);
}

static void check_family(void (*in_child)(void))
{
	gather_family(in_child);
	run_loop();
	assert_string_equal(family.server.told, "open data end closed ");
	assert_string_equal(family.client.told, "open data end closed ");
	assert_string_equal(family.late.told, "open data end closed ");
	assert_string_equal(family.late_client.told, "open end closed ");
	assert_non_null(strstr(family.told, "datagram"));
	assert_non_null(strstr(family.told, "pipe"));
	dx_outlet_free(family.outlet);
	close(family.pipe[0]);
	close(family.pipe[1]);
}

static void execute_something(void)
{
	(void)execl("/bin/true", "true", (char *)NULL);
}

static void test_N6_a_child_that_executes(void **state)
{
	(void)state;
	check_family(execute_something);
}

/* What is told in the child is told to the child's copies. */
static void give_all_back(void)
{
	family.client.at[AT_CLOSED] = NULL;
	dx_stream_close(family.server.stream);
	dx_stream_close(family.client.stream);
	dx_listener_close(family.listener);
	dx_datagram_close(family.datagram);
	dx_inlet_free(family.inlet);
	dx_outlet_free(family.outlet);
	dx_loop_free(loop);
	if (strcmp(family.server.told, "open data closed ") == 0 && strcmp(family.client.told, "open closed ") == 0)
		_exit(0);
}

static void test_N6_a_child_that_closes_and_frees(void **state)
{
	(void)state;
	check_family(give_all_back);
}

static void exit_at_once(void)
{
	dx_loop_free(loop);
	_exit(0);
}

static void test_N6_a_child_that_only_frees(void **state)
{
	(void)state;
	check_family(exit_at_once);
}

/* A child that lives on with copies of the descriptors, until the pipe `hold` ends. */
static pid_t fork_a_holder(void)
{
	pid_t child;
	char byte;

	assert_int_equal(pipe2(family.hold, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		close(family.hold[1]);
		_exit((int)read(family.hold[0], &byte, 1));
	}
	return child;
}

static pid_t holder;

static void close_while_held(talker *t)
{
	holder = fork_a_holder();
	dx_stream_close(t->stream);
	say_hello(t->other);
}

static void close_other(talker *t)
{
	dx_stream_close(t->other->stream);
}

/* What the parent closes is closed for its loop, though a child still has it open and bytes come for it. */
static void test_N6_closed_while_a_child_holds_it(void **state)
{
	talker server = { .at = { [AT_DATA] = close_while_held, [AT_CLOSED] = close_other } };
	talker client = { .at[AT_OPEN] = say_hello };
	int status = -1;

	(void)state;
	converse("tcp://127.0.0.1:0", &server, &client);
	assert_string_equal(server.told, "open data closed ");
	assert_string_equal(client.told, "open closed ");
	close(family.hold[0]);
	close(family.hold[1]);
	assert_int_equal(waitpid(holder, &status, 0), holder);
	assert_int_equal(status, 0);
}

/* One of the two turns it: as daemon(3) would have it, the child. */
static void test_N6_a_child_that_takes_over(void **state)
{
	talker server = { .at[AT_END] = finish }, client = { .at[AT_OPEN] = say_hello_and_finish };
	int status = -1;
	pid_t child;

	(void)state;
	meet("tcp://127.0.0.1:0", &server, &client);
	child = fork();
	if (child == 0) {
		bool all_well = dx_loop_run(loop) == 0 && strcmp(server.told, "open data end closed ") == 0;

		dx_loop_free(loop);
		_exit(!all_well);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	dx_stream_close(client.stream);
	dx_listener_close(server.listener);
	dx_loop_settle(loop);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_H3_order_of_time_and_then_of_start, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_H3_stopped_and_started_in_callbacks, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_H3_started_twice, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_H3_a_million_at_once, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_H3_as_a_sorted_list_says, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_time_stands_still_within_a_turn_only, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_turn_has_one_time, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_stopped_after_the_turn, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_turns_do_not_nest, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_mistakes_end_with_a_sentence, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_work_without_done, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_wait_that_fails, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_D4_interruptions_are_not_seen, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_settled, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_freed_after_a_close, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N8_a_descriptor_that_is_always_ready, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N8_one_that_always_sends_to_itself, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N8_a_flood, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N8_a_crowd_at_the_door, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_signals, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_signals_are_given_back, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_signals_for_one_loop_at_a_time, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N6_a_child_that_executes, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N6_a_child_that_closes_and_frees, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N6_a_child_that_only_frees, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N6_closed_while_a_child_holds_it, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N6_a_child_that_takes_over, make_loop, free_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
