/* Children of a loop: how they start, what they have, how they end and what is told of it. */
#include <duplex/duplex.h>

#include "sys/fault.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define NOT_ENDED INT32_MAX

struct ending {
	int status, times;
};

static void ended(dx_child *c, int status, void *ctx)
{
	struct ending *e = ctx;

	assert_int_equal(dx_child_pid(c), -1);
	assert_int_equal(dx_child_signal(c, SIGTERM), -ESRCH);
	dx_child_forget(c);
	e->status = status;
	e->times++;
}

/* Runs `script` in a shell until it has ended, its standard output as asked for. Returns its status. */
static int run_with(dx_child_options options, const char *script)
{
	const char *const words[] = { "sh", "-c", script, NULL };
	struct ending e = { .status = NOT_ENDED };
	dx_child *c;
	dx_loop *loop;

	options.arguments = words;
	assert_int_equal(dx_loop_new(&loop), 0);
	assert_int_equal(dx_child_start(loop, &options, ended, &e, &c, NULL), 0);
	assert_int_equal(e.times, 0);
	assert_int_equal(dx_loop_run(loop), 0);
	assert_int_equal(e.times, 1);
	dx_loop_free(loop);
	return e.status;
}

static int run(const char *script)
{
	return run_with((dx_child_options){ .directory = NULL }, script);
}

/* Nobody wants to know. */
static void run_unheard(const char *program)
{
	const char *const words[] = { program, NULL };
	dx_loop *loop;

	assert_int_equal(dx_loop_new(&loop), 0);
	assert_int_equal(dx_child_start(loop, &(dx_child_options){ .arguments = words }, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(dx_loop_run(loop), 0);
	dx_loop_free(loop);
}

static void test_the_status_is_that_of_waitpid(void **state)
{
	int status = run("exit 7");

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	status = run("kill -9 $$");
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(run("true"), 0);
	run_unheard("true");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);       /* no zombie is left */
}

static void test_nothing_runs_where_there_is_no_such_program(void **state)
{
	const char *const words[] = { "no-such-program", NULL };
	dx_child_options options = { .arguments = words };
	struct ending e = { .times = 0 };
	dx_child *c = NULL;
	dx_error why;
	dx_loop *loop;

	(void)state;
	assert_int_equal(dx_loop_new(&loop), 0);
	assert_int_equal(dx_child_start(loop, &options, ended, &e, &c, &why), -ENOENT);
	assert_null(c);
	assert_int_equal(why.code, -ENOENT);
	assert_string_equal(why.operation, "start");
	assert_string_equal(why.address, "no-such-program");
	assert_int_equal(dx_child_start(loop, &(dx_child_options){ .arguments = words + 1 }, ended, &e, &c, &why), -EINVAL);
	assert_int_equal(dx_child_start(loop, &(dx_child_options){ .directory = "/" }, ended, &e, &c, &why), -EINVAL);
	assert_int_equal(dx_child_start(loop, NULL, ended, &e, &c, &why), -EINVAL);
	assert_int_equal(why.code, -EINVAL);
	assert_null(c);
	dx_child_forget(c);
	assert_int_equal(dx_loop_run(loop), 0);
	assert_int_equal(e.times, 0);
	dx_loop_free(loop);
}

static void test_folder_and_environment_are_as_asked_for(void **state)
{
	const char *const environment[] = { "WORD=hello", NULL };

	(void)state;
	(void)setenv("WORD", "ours", 1);
	assert_int_equal(run_with((dx_child_options){ .directory = "/usr" }, "test $PWD = /usr -a $WORD = ours"), 0);
	assert_int_equal(run_with((dx_child_options){ .environment = environment }, "test $WORD = hello -a -z \"$HOME\""), 0);
}

static void test_H8_signals_are_as_usual(void **state)
{
	sigset_t all, before;

	(void)state;
	(void)sigfillset(&all);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	/* The C library itself ignores two of its own, 32 and 33. */
	assert_int_equal(run("grep -q 'SigBlk:.0*$' /proc/$$/status && grep -q 'SigIgn:.0*[18]*0000000$' /proc/$$/status"), 0);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
}

/* Descriptors */

static void test_H8_a_child_has_three_descriptors_and_no_other(void **state)
{
	int leaky = open("/dev/null", O_RDONLY);        /* not close-on-exec */

	(void)state;
	assert_true(leaky > 2 && leaky < 20);
	assert_int_equal(run("for fd in 0 1 2; do test -e /proc/$$/fd/$fd || exit 1; done"), 0);
	assert_int_equal(run("for fd in 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do test -e /proc/$$/fd/$fd && exit 1; done; true"), 0);
	close(leaky);
}

static void test_descriptors_may_change_places(void **state)
{
	int out[2], in[2];
	char came[16] = { 0 };

	(void)state;
	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(write(in[1], "word\n", 5), 5);
	assert_int_equal(run_with((dx_child_options){ .standard = (int[]){ in[0], -1, out[1] } }, "read x; echo lost; echo got $x >&2"), 0);
	assert_int_equal(read(out[0], came, sizeof came), 9);
	assert_string_equal(came, "got word\n");
	assert_int_equal(run_with((dx_child_options){ .standard = (int[]){ -1, 2, 1 } },
				  "test /proc/$$/fd/1 -ef /proc/$PPID/fd/2 -a /proc/$$/fd/2 -ef /proc/$PPID/fd/1"), 0);
	for (int i = 0; i < 2; i++) {
		close(in[i]);
		close(out[i]);
	}
}

/* A child is talked with over a stream. */

struct talk {
	char heard[64];
	size_t len;
	bool closed;
};

static void heard(dx_stream *s, dx_slice in, void *ctx)
{
	struct talk *t = ctx;

	(void)s;
	assert_true(t->len + in.len < sizeof t->heard);
	memcpy(t->heard + t->len, in.data, in.len);
	t->len += in.len;
}

static void closed(dx_stream *s, const dx_error *why, void *ctx)
{
	struct talk *t = ctx;

	(void)s;
	assert_null(why);
	t->closed = true;
}

static void test_a_child_is_talked_with_over_a_stream(void **state)
{
	static const dx_stream_events events = { .data = heard, .closed = closed };
	const char *const words[] = { "sort", NULL };
	struct talk t = { .len = 0 };
	struct ending e = { .times = 0 };
	dx_socket pair[2];
	char endpoint[16];
	dx_stream *s;
	dx_child *c;
	dx_loop *loop;

	(void)state;
	assert_int_equal(dx_loop_new(&loop), 0);
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dx_child_start(loop, &(dx_child_options){ .arguments = words, .standard = (int[]){ pair[1].fd, pair[1].fd, 2 } },
					ended, &e, &c, NULL), 0);
	(void)dx_socket_close(&pair[1]);
	(void)snprintf(endpoint, sizeof endpoint, "fd://%d", pair[0].fd);
	assert_int_equal(dx_stream_open(loop, endpoint, -1, &events, &t, &s, NULL), 0);
	assert_int_equal(dx_stream_send(s, dx_slice_text("b\nc\na\n")), 0);
	dx_stream_finish(s);
	assert_int_equal(dx_loop_run(loop), 0);
	assert_int_equal(t.len, 6);
	assert_memory_equal(t.heard, "a\nb\nc\n", 6);
	assert_true(t.closed);
	assert_int_equal(e.times, 1);
	assert_int_equal(e.status, 0);
	dx_loop_free(loop);
}

/* Signals and letting go */

static dx_child *start_sleeper(dx_loop *loop, bool own_group, struct ending *e)
{
	const char *const words[] = { "sh", "-c", "sleep 100 & wait", NULL };
	dx_child *c;

	assert_int_equal(dx_child_start(loop, &(dx_child_options){ .arguments = words, .own_group = own_group }, ended, e, &c, NULL), 0);
	return c;
}

static void test_a_signal_ends_a_child_or_its_whole_group(void **state)
{
	struct ending e = { .times = 0 };
	dx_loop *loop;
	dx_child *c;
	pid_t group;

	(void)state;
	assert_int_equal(dx_loop_new(&loop), 0);
	c = start_sleeper(loop, true, &e);
	group = dx_child_pid(c);
	assert_int_equal(dx_child_signal(c, SIGTERM), 0);
	assert_int_equal(dx_loop_run(loop), 0);
	assert_true(WIFSIGNALED(e.status));
	assert_int_equal(WTERMSIG(e.status), SIGTERM);
	while (kill(-group, 0) == 0)            /* what the shell started ends too; init waits for it */
		(void)sched_yield();
	dx_loop_free(loop);
}

static void test_a_child_that_is_forgotten_goes_on_by_itself(void **state)
{
	struct ending e = { .times = 0 };
	dx_loop *loop;
	dx_child *c;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(dx_loop_new(&loop), 0);
	c = start_sleeper(loop, true, &e);
	pid = dx_child_pid(c);
	dx_child_forget(c);
	assert_int_equal(dx_loop_run(loop), 0);
	assert_int_equal(e.times, 0);
	assert_int_equal(kill(-pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	dx_loop_free(loop);
}

static void test_nobody_can_tell_how_a_child_ended_where_SIGCHLD_is_ignored(void **state)
{
	(void)state;
	(void)signal(SIGCHLD, SIG_IGN);
	assert_int_equal(run("exit 3"), -1);
	(void)signal(SIGCHLD, SIG_DFL);
}

/* Each call fails: either nothing runs, or the end is told. */

static void attempt(void)
{
	const char *const words[] = { "true", NULL };
	dx_child_options options = { .arguments = words, .directory = "/", .standard = (int[]){ -1, 2, 1 } };
	struct ending e = { .times = 0 };
	dx_loop *loop;
	dx_child *c;
	pid_t pid;
	int r = dx_loop_new(&loop);

	if (r < 0)
		return;
	r = dx_child_start(loop, &options, ended, &e, &c, NULL);
	pid = r == 0 ? dx_child_pid(c) : 0;
	if (r == 0 && dx_loop_run(loop) < 0 && e.times == 0) {
		dx_child_forget(c);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
	} else {
		assert_int_equal(e.times, r == 0);
	}
	dx_loop_settle(loop);
	dx_loop_free(loop);
	while (waitpid(-1, NULL, 0) > 0)
		;       /* where even waiting for it failed */
}

static void check_torture(bool for_ever)
{
	for (size_t n = 1; dx_fault_arm(n, for_ever); n++)
		attempt();
	dx_fault_clear();
}

static void test_N1_every_call_of_a_child_fails_once(void **state)
{
	(void)state;
	check_torture(false);
}

static void test_N1_every_call_of_a_child_fails_from_then_on(void **state)
{
	(void)state;
	check_torture(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_status_is_that_of_waitpid),
		cmocka_unit_test(test_nothing_runs_where_there_is_no_such_program),
		cmocka_unit_test(test_folder_and_environment_are_as_asked_for),
		cmocka_unit_test(test_H8_signals_are_as_usual),
		cmocka_unit_test(test_H8_a_child_has_three_descriptors_and_no_other),
		cmocka_unit_test(test_descriptors_may_change_places),
		cmocka_unit_test(test_a_child_is_talked_with_over_a_stream),
		cmocka_unit_test(test_a_signal_ends_a_child_or_its_whole_group),
		cmocka_unit_test(test_a_child_that_is_forgotten_goes_on_by_itself),
		cmocka_unit_test(test_nobody_can_tell_how_a_child_ended_where_SIGCHLD_is_ignored),
		cmocka_unit_test(test_N1_every_call_of_a_child_fails_once),
		cmocka_unit_test(test_N1_every_call_of_a_child_fails_from_then_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
