/* One run: a loop, a session, its sinks, and what the process itself does with signals and limits. */
#include "cli/talk.h"
#include "cli/environment.h"
#include "ui/say.h"
#include <duplex/pipe.h>
#include "net/trace.h"
#include "sys/sys.h"
#include "talk/ending.h"
#include "talk/mode.h"
#include "talk/session.h"
#include "ui/ui.h"

#include <jansson.h>
#include <stdio.h>

typedef struct run {
	dx_loop *loop;
	dx_session *session;
	dx_ui *ui;
	int signal;                     /* that asked for the end; 0 */
} run;

/* Signals: the first ends politely, a second at once. */
static void on_signal(int number, void *ctx)
{
	run *r = ctx;

	if (r->signal != 0) {
		dx_loop_stop(r->loop);
		return;
	}
	r->signal = number;
	dx_session_terminate(r->session);
}

static void on_window(int number, void *ctx)
{
	(void)number;
	dx_console_resized(dx_ui_console(((run *)ctx)->ui));
}

/* Ctrl-Z: the shell gets its terminal back as it was. */
static void on_stop(int number, void *ctx)
{
	dx_console *console = dx_ui_console(((run *)ctx)->ui);

	(void)number;
	dx_console_suspend(console);
	(void)dx_sys_kill(dx_sys_getpid(), SIGSTOP);
	dx_console_resume(console);
}

/* A crash leaves the terminal as it was. Out of a handler: only calls that signal-safety(7) allows. */
static void on_crash(int number)
{
	struct sigaction fatal = { .sa_handler = SIG_DFL };

	dx_ui_abandon();
	(void)dx_sys_sigaction(number, &fatal, NULL);
	(void)dx_sys_kill(dx_sys_getpid(), number);
}

static int hear_terminal(run *r)
{
	static const int crashes[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT };
	struct sigaction crash = { .sa_handler = on_crash, .sa_flags = (int)SA_RESETHAND };
	int result = dx_loop_signal(r->loop, SIGWINCH, on_window, r);

	if (result == 0)
		result = dx_loop_signal(r->loop, SIGTSTP, on_stop, r);
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		(void)dx_sys_sigaction(crashes[i], &crash, NULL);
	return result;
}

static int hear_signals(run *r)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	int result = 0;

	(void)dx_sys_sigaction(SIGPIPE, &ignore, NULL);
	for (size_t i = 0; result == 0 && i < sizeof numbers / sizeof *numbers; i++) {
		struct sigaction before = { .sa_handler = SIG_DFL };

		(void)dx_sys_sigaction(numbers[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)       /* nohup, and a shell's background jobs, stay as they are */
			result = dx_loop_signal(r->loop, numbers[i], on_signal, r);
	}
	return result;
}

static void block_signals(int how)
{
	sigset_t all;

	(void)sigfillset(&all);
	(void)dx_sys_pthread_sigmask(how, &all, NULL);
}

/* Ends by the signal itself, so that the caller's loops can be broken. */
static int die_by(int number)
{
	struct sigaction fatal = { .sa_handler = SIG_DFL };

	(void)fflush(NULL);
	(void)dx_sys_sigaction(number, &fatal, NULL);
	(void)dx_sys_kill(dx_sys_getpid(), number);
	block_signals(SIG_UNBLOCK);
	return 128 + number;
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (dx_sys_getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	(void)dx_sys_setrlimit(RLIMIT_NOFILE, &limit);
}

static dx_input input_of(const dx_command_line *line)
{
	static const dx_input inputs[] = { [DX_PIPE_TERMINAL] = DX_INPUT_TERMINAL, [DX_PIPE_FILE] = DX_INPUT_FILE,
		                           [DX_PIPE_STREAM] = DX_INPUT_PIPE };
	const dx_settings *s = &line->settings;
	bool reads = s->manner.mode->speaks && (line->command != DX_SEND || s->texts.count == 0 || s->file != NULL);

	return reads ? inputs[dx_pipe_kind_of(STDIN_FILENO)] : DX_INPUT_NONE;
}

static int prepare(run *r, const dx_command_line *line)
{
	const dx_settings *set = &line->settings;
	const dx_role *role = dx_commands[line->command].role;
	int result = dx_loop_new(&r->loop);

	if (result == 0)
		result = dx_session_new(r->loop, role, set, &r->session);
	if (result == 0)
		result = dx_ui_new(r->session, role, set, &r->ui);
	if (result == 0)
		result = hear_signals(r);
	if (result == 0 && set->trace != DX_TRACE_OFF)
		result = dx_trace_start(r->loop, set->trace == DX_TRACE_C, dx_ui_trace, r->ui);
	if (result == 0 && dx_ui_console(r->ui) != NULL)
		result = hear_terminal(r);
	if (result == 0)
		dx_session_set_input(r->session, dx_ui_console(r->ui) != NULL ? DX_INPUT_KEYS : input_of(line), STDIN_FILENO);
	return result;
}

static int hold(run *r, const dx_command_line *line)
{
	int result = prepare(r, line);

	if (result == 0) {
		dx_session_start(r->session);
		result = dx_loop_run(r->loop);
	}
	if (result < 0)
		fprintf(stderr, "duplex: %s\n", _(dx_error_text(result)));
	return r->ui == NULL ? 1 : dx_ui_finish(r->ui, result < 0 ? 1 : dx_session_status(r->session));
}

int dx_cli_talk(dx_command_line *line)
{
	run r = { 0 };
	int status;

	raise_descriptor_limit();
	dx_environment_read(line);
	json_set_alloc_funcs(dx_sys_malloc, dx_sys_free);
	if (line->command == DX_CHAT && (status = dx_chat_ask(line)) != 0)
		return status;
	status = hold(&r, line);
	block_signals(SIG_BLOCK);       /* the handlers go with the loop; what comes now comes too late */
	dx_session_free(r.session);
	dx_ui_free(r.ui);
	dx_loop_free(r.loop);
	if (r.signal == SIGINT)
		return die_by(SIGINT);
	return status == 141 ? die_by(SIGPIPE) : status;
}
