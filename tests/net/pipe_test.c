/* Inlets and outlets: each sentence of pipe.h. */
#include "talker.h"

#include <fcntl.h>

#define LARGE ((size_t)300 * 1024)      /* more than a pipe holds */

/* Both ends of a pipe on the loop, and what they are told. */
typedef struct plumbing {
	int fds[2];
	dx_inlet *inlet, *second;       /* the second reads another pipe */
	dx_outlet *outlet;
	void (*at_data)(struct plumbing *p);
	void (*at_over)(struct plumbing *p);
	char told[200], heard[64];
	size_t heard_bytes, most;       /* in all, and at once */
} plumbing;

static void on_input(dx_inlet *i, dx_slice in, void *ctx)
{
	plumbing *p = ctx;

	(void)i;
	write_down(p->told, sizeof p->told, "data");
	(void)snprintf(p->heard, sizeof p->heard, "%.*s", (int)(in.len < 60 ? in.len : 60), (const char *)in.data);
	p->heard_bytes += in.len;
	p->most = in.len > p->most ? in.len : p->most;
	if (p->at_data != NULL)
		p->at_data(p);
}

static void be_over(plumbing *p, const char *word)
{
	write_down(p->told, sizeof p->told, word);
	if (p->at_over != NULL)
		p->at_over(p);
}

static void on_input_end(dx_inlet *i, void *ctx)
{
	(void)i;
	be_over(ctx, "end");
}

static void tell_failure(plumbing *p, int code)
{
	char word[40];

	(void)snprintf(word, sizeof word, "error:%s", dx_error_key(code));
	be_over(p, word);
}

static void on_inlet_failure(dx_inlet *i, int code, void *ctx)
{
	(void)i;
	tell_failure(ctx, code);
}

static void on_outlet_failure(dx_outlet *o, int code, void *ctx)
{
	(void)o;
	tell_failure(ctx, code);
}

static void on_way(dx_outlet *o, void *ctx)
{
	(void)o;
	be_over(ctx, "room");
}

static const dx_inlet_events inlet_events = { on_input, on_input_end, on_inlet_failure };
static const dx_outlet_events outlet_events = { on_way, on_outlet_failure };

static void lay(plumbing *p)
{
	assert_int_equal(pipe2(p->fds, O_CLOEXEC), 0);
	assert_int_equal(dx_inlet_new(loop, p->fds[0], &inlet_events, p, &p->inlet), 0);
	assert_int_equal(dx_outlet_new(loop, p->fds[1], &outlet_events, p, &p->outlet), 0);
}

static void end_writing(plumbing *p)
{
	dx_outlet_free(p->outlet);
	p->outlet = NULL;
	close(p->fds[1]);
	p->fds[1] = -1;
}

static void take_away(plumbing *p)
{
	dx_inlet_free(p->inlet);
	dx_outlet_free(p->outlet);
	close(p->fds[0]);
	if (p->fds[1] != -1)
		close(p->fds[1]);
	dx_loop_settle(loop);
}

static int file_with(const char *what)
{
	FILE *file = tmpfile();
	int fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, 0);

	assert_true(fputs(what, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void test_what_a_descriptor_is(void **state)
{
	int file = file_with(""), master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(dx_pipe_kind_of(file), DX_PIPE_FILE);
	assert_int_equal(dx_pipe_kind_of(fds[0]), DX_PIPE_STREAM);
	assert_int_equal(dx_pipe_kind_of(master), DX_PIPE_TERMINAL);
	assert_int_equal(dx_pipe_kind_of(-1), DX_PIPE_STREAM);
	close(file);
	close(master);
	close(fds[0]);
	close(fds[1]);
}

/* Reading */

static void test_nothing_is_read_before_it_is_resumed(void **state)
{
	plumbing p = { .told = "" };

	(void)state;
	lay(&p);
	assert_int_equal(dx_outlet_write(p.outlet, text("hello"), true), 0);
	run_loop();             /* a paused inlet keeps no loop running */
	assert_string_equal(p.told, "");
	dx_inlet_resume(p.inlet);
	assert_string_equal(p.told, "");
	end_writing(&p);
	run_loop();
	assert_string_equal(p.told, "data end ");
	assert_string_equal(p.heard, "hello");
	dx_inlet_resume(p.inlet);
	run_loop();             /* after the end nothing is read */
	assert_string_equal(p.told, "data end ");
	assert_int_equal(fcntl(p.fds[0], F_GETFL), O_RDONLY);   /* still open, still as it was */
	take_away(&p);
}

static void pause_it(plumbing *p)
{
	dx_inlet_pause(p->inlet);
}

static void check_paused(int fd)
{
	plumbing p = { .at_data = pause_it };

	assert_int_equal(dx_inlet_new(loop, fd, &inlet_events, &p, &p.inlet), 0);
	dx_inlet_resume(p.inlet);
	run_loop();
	assert_string_equal(p.told, "data ");
	assert_int_equal(p.most, DX_LIMIT_INLET_BYTES);
	dx_inlet_free(p.inlet);
	close(fd);
	dx_loop_settle(loop);
}

static void test_no_data_while_paused(void **state)
{
	plumbing p = { .told = "" };
	char bytes[2 * DX_LIMIT_INLET_BYTES + 1];

	(void)state;
	lay(&p);
	memset(bytes, 'x', sizeof bytes - 1);
	bytes[sizeof bytes - 1] = 0;
	check_paused(file_with(bytes));
	check_paused(open("/dev/zero", O_RDONLY | O_CLOEXEC));
	p.at_data = pause_it;
	dx_inlet_resume(p.inlet);
	assert_int_equal(dx_outlet_write(p.outlet, text("one"), false), 0);
	run_loop();
	assert_int_equal(dx_outlet_write(p.outlet, text("two"), false), 0);
	run_loop();
	assert_string_equal(p.heard, "one");
	dx_inlet_resume(p.inlet);
	run_loop();
	assert_string_equal(p.heard, "two");
	take_away(&p);
}

static void test_a_file_is_always_ready(void **state)
{
	plumbing p = { .told = "" };
	int fd = file_with("all of it");

	(void)state;
	assert_int_equal(dx_inlet_new(loop, fd, &inlet_events, &p, &p.inlet), 0);
	dx_inlet_resume(p.inlet);
	run_loop();
	assert_string_equal(p.told, "data end ");
	assert_string_equal(p.heard, "all of it");
	dx_inlet_free(p.inlet);
	close(fd);
}

static void test_N3_reading_or_waiting_fails(void **state)
{
	int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	plumbing p = { .told = "" }, waits = { .told = "" };

	(void)state;
	assert_int_equal(dx_inlet_new(loop, folder, &inlet_events, &p, &p.inlet), 0);
	dx_inlet_resume(p.inlet);
	run_loop();
	assert_string_equal(p.told, "error:EISDIR ");
	dx_inlet_free(p.inlet);
	close(folder);
	lay(&waits);
	arm("epoll_ctl=1:ENOMEM");
	dx_inlet_resume(waits.inlet);
	assert_string_equal(waits.told, "");
	run_loop();             /* and a read of the silent pipe would not come back */
	assert_string_equal(waits.told, "error:ENOMEM ");
	take_away(&waits);
}

static void free_both(plumbing *p)
{
	dx_inlet_free(p->inlet);
	dx_inlet_free(p->second);
	p->inlet = p->second = NULL;
}

/* Freed in its own callback, and in another's whose event is in the same batch. */
static void test_N2_freed_in_a_callback(void **state)
{
	plumbing p = { .at_data = free_both };
	int other[2];

	(void)state;
	lay(&p);
	assert_int_equal(pipe2(other, O_CLOEXEC), 0);
	assert_int_equal(dx_inlet_new(loop, other[0], &inlet_events, &p, &p.second), 0);
	assert_int_equal(write(other[1], "x", 1), 1);
	assert_int_equal(write(p.fds[1], "x", 1), 1);
	dx_inlet_resume(p.inlet);
	dx_inlet_resume(p.second);
	run_loop();
	assert_int_equal(p.heard_bytes, 1);
	dx_inlet_free(NULL);
	dx_outlet_free(NULL);
	close(other[0]);
	close(other[1]);
	take_away(&p);
}

static void say_much_and_finish(talker *t)
{
	static const uint8_t bytes[LARGE];

	assert_int_equal(dx_stream_send(t->stream, dx_slice_of(bytes, sizeof bytes)), 0);
	finish(t);
}

static void check_small_piece(talker *t)
{
	static size_t before;

	assert_in_range(t->heard_bytes - before, 1, DX_LIMIT_KEYED_READ_BYTES);
	before = t->heard_bytes;
}

/* Where keys are waited for, streams are read in small pieces. */
static void test_keys_go_first(void **state)
{
	talker server = { .at = { [AT_DATA] = check_small_piece, [AT_END] = finish } };
	talker client = { .at[AT_OPEN] = say_much_and_finish };
	plumbing p = { .told = "" };

	(void)state;
	lay(&p);
	dx_inlet_go_first(p.inlet);
	converse("tcp://127.0.0.1:0", &server, &client);
	assert_string_equal(server.told, "open data end closed ");
	take_away(&p);
}

/* Writing */

static void test_now_and_at_the_end_of_the_turn(void **state)
{
	plumbing p = { .told = "" };
	char into[16];

	(void)state;
	lay(&p);
	assert_int_equal(fcntl(p.fds[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(dx_outlet_write(p.outlet, text("later"), false), 0);
	assert_int_equal(read(p.fds[0], into, sizeof into), -1);
	run_loop();
	assert_int_equal(read(p.fds[0], into, sizeof into), 5);
	assert_int_equal(dx_outlet_write(p.outlet, text("now"), true), 0);
	assert_int_equal(read(p.fds[0], into, sizeof into), 3);
	run_loop();
	assert_string_equal(p.told, "");
	take_away(&p);
}

static void resume_reading(plumbing *p)
{
	dx_inlet_resume(p->inlet);
}

/* More than a pipe holds never blocks; it is full, and there is room again. */
static void test_full_and_room(void **state)
{
	static const uint8_t bytes[DX_LIMIT_OUTLET_BYTES];
	plumbing p = { .told = "" };

	(void)state;
	lay(&p);
	assert_int_equal(dx_outlet_write(p.outlet, dx_slice_of(bytes, DX_LIMIT_OUTLET_BYTES / 2), false), 0);
	assert_false(dx_outlet_is_full(p.outlet));
	assert_int_equal(dx_outlet_write(p.outlet, text("x"), false), 0);
	assert_true(dx_outlet_is_full(p.outlet));
	assert_int_equal(dx_outlet_write(p.outlet, dx_slice_of(bytes, sizeof bytes), false), -ENOBUFS);
	dx_outlet_set_ceiling(p.outlet, 2 * sizeof bytes);
	assert_int_equal(dx_outlet_write(p.outlet, dx_slice_of(bytes, sizeof bytes), false), 0);
	assert_int_equal(dx_outlet_write(p.outlet, dx_slice_of(bytes, sizeof bytes / 2), false), -ENOBUFS);
	dx_outlet_set_full(p.outlet, 10);
	run_for(10);
	assert_string_equal(p.told, "");
	resume_reading(&p);
	while (p.heard_bytes <= sizeof bytes + sizeof bytes / 2)
		run_for(1);
	assert_int_equal(p.heard_bytes, sizeof bytes + sizeof bytes / 2 + 1);
	assert_non_null(strstr(p.told, "room "));
	assert_false(dx_outlet_is_full(p.outlet));
	assert_int_equal(fcntl(p.fds[1], F_GETFL), O_WRONLY);
	take_away(&p);
}

static void test_N3_writing_fails_once(void **state)
{
	plumbing p = { .told = "" };

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	lay(&p);
	dx_inlet_free(p.inlet);
	p.inlet = NULL;
	close(p.fds[0]);
	assert_int_equal(dx_outlet_write(p.outlet, text("x"), true), 0);
	assert_string_equal(p.told, "");        /* not before the loop says so */
	assert_int_equal(dx_outlet_write(p.outlet, text("y"), false), -EPIPE);
	run_loop();
	assert_string_equal(p.told, "error:EPIPE ");
	assert_int_equal(dx_outlet_write(p.outlet, text("z"), false), -EPIPE);
	run_loop();
	assert_string_equal(p.told, "error:EPIPE ");
	assert_int_equal(dx_outlet_drain(p.outlet, 10), -EPIPE);
	p.fds[0] = p.fds[1];
	p.fds[1] = -1;
	take_away(&p);
	signal(SIGPIPE, SIG_DFL);
}

static void free_outlet(plumbing *p)
{
	dx_outlet_free(p->outlet);
	p->outlet = NULL;
}

static void test_N2_an_outlet_freed_in_its_callback(void **state)
{
	plumbing p = { .at_over = free_outlet };

	(void)state;
	lay(&p);
	dx_outlet_set_full(p.outlet, 2);
	assert_int_equal(dx_outlet_write(p.outlet, text("hello"), false), 0);
	run_loop();
	assert_string_equal(p.told, "room ");
	take_away(&p);
}

/* Who is freed is nobody's any more, at once, and does nothing till the turn takes the memory. */
static void test_N2_used_after_it_was_freed(void **state)
{
	plumbing p = { .told = "" };

	(void)state;
	lay(&p);
	assert_int_equal(dx_outlet_write(p.outlet, text("hello"), true), 0);
	dx_inlet_resume(p.inlet);
	dx_inlet_free(p.inlet);
	dx_inlet_resume(p.inlet);
	dx_inlet_pause(p.inlet);
	dx_inlet_free(p.inlet);
	dx_outlet_free(p.outlet);
	assert_int_equal(dx_outlet_write(p.outlet, text("hello"), true), -EPIPE);
	dx_outlet_free(p.outlet);
	run_loop();
	assert_string_equal(p.told, "");
	close(p.fds[0]);
	close(p.fds[1]);
}

static void test_events_may_be_absent(void **state)
{
	int fds[2];
	dx_inlet *inlet;
	dx_outlet *outlet;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(dx_inlet_new(loop, fds[0], NULL, NULL, &inlet), 0);
	assert_int_equal(dx_outlet_new(loop, fds[1], NULL, NULL, &outlet), 0);
	dx_inlet_resume(inlet);
	assert_int_equal(dx_outlet_write(outlet, text("hello"), true), 0);
	dx_outlet_free(outlet);
	close(fds[1]);
	run_loop();
	dx_inlet_free(inlet);
	close(fds[0]);
	assert_int_equal(dx_outlet_new(loop, fds[0], NULL, NULL, &outlet), 0);
	assert_int_equal(dx_outlet_write(outlet, text("hello"), false), 0);
	run_loop();
	assert_int_equal(dx_outlet_write(outlet, text("hello"), false), -EPIPE);
	dx_outlet_free(outlet);
	dx_loop_settle(loop);
}

/* What open(2) returned, unlooked at. */
static void test_N2_no_descriptor_at_all(void **state)
{
	plumbing p = { .told = "" };

	(void)state;
	assert_int_equal(dx_inlet_new(loop, -1, &inlet_events, &p, &p.inlet), 0);
	dx_inlet_resume(p.inlet);
	run_loop();
	assert_string_equal(p.told, "error:EBADF ");
	p.told[0] = '\0';
	assert_int_equal(dx_outlet_new(loop, -1, &outlet_events, &p, &p.outlet), 0);
	assert_int_equal(dx_outlet_write(p.outlet, text("hello"), false), 0);
	run_loop();
	assert_string_equal(p.told, "error:EBADF ");
	dx_inlet_free(p.inlet);
	dx_outlet_free(p.outlet);
	dx_loop_settle(loop);
}

static void test_drained_at_the_end(void **state)
{
	static const uint8_t bytes[LARGE];
	plumbing p = { .told = "" };

	(void)state;
	lay(&p);
	assert_int_equal(dx_outlet_write(p.outlet, text("hello"), false), 0);
	assert_int_equal(dx_outlet_drain(p.outlet, LONG_MS), 0);
	assert_int_equal(dx_outlet_write(p.outlet, dx_slice_of(bytes, sizeof bytes), false), 0);
	assert_int_equal(dx_outlet_drain(p.outlet, 20), -EAGAIN);
	take_away(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_a_descriptor_is, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_nothing_is_read_before_it_is_resumed, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_no_data_while_paused, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_a_file_is_always_ready, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_reading_or_waiting_fails, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_freed_in_a_callback, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_keys_go_first, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_now_and_at_the_end_of_the_turn, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_full_and_room, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N3_writing_fails_once, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_an_outlet_freed_in_its_callback, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_used_after_it_was_freed, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_events_may_be_absent, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_N2_no_descriptor_at_all, make_loop, free_loop),
		cmocka_unit_test_setup_teardown(test_drained_at_the_end, make_loop, free_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
