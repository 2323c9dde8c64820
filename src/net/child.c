/* Children. A descriptor of the process (pidfd_open(2)) says that it has ended; until it was waited for its number is nobody
 * else's, so a signal cannot go astray. */
#include <duplex/child.h>

#include "base/check.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

#define STANDARD 3

struct dx_child {
	pid_t pid;                      /* -1: it was waited for */
	bool own_group;
	dx_watch watch;
	dx_task task;
	dx_loop *loop;
	void (*ended)(dx_child *c, int status, void *ctx);
	void *ctx;
};

/* How it is started: the two of posix_spawn(3), and copies of descriptors that stood where another one goes. */
struct launch {
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int copies[STANDARD];
};

static void on_reap(dx_task *t)
{
	dx_sys_free(DX_OWNER(dx_child, task, t));
}

static void let_go(dx_child *c)
{
	int fd = c->watch.fd;

	dx_watch_stop(c->loop, &c->watch);
	(void)dx_sys_close(fd);
	dx_task_put(&c->loop->reaping, &c->task);
}

void dx_child_forget(dx_child *c)
{
	if (c != NULL && c->pid != -1)
		let_go(c);
}

/* Its status, as waitpid(2) has it. */
static int status_of(const siginfo_t *info)
{
	int core = info->si_code == CLD_DUMPED ? WCOREFLAG : 0;

	return info->si_code == CLD_EXITED ? W_EXITCODE(info->si_status, 0) : W_EXITCODE(0, info->si_status) | core;
}

/* Returns whether it has ended; *ret_status -1: nobody can tell how. */
static bool has_ended(idtype_t what, id_t id, int options, int *ret_status)
{
	siginfo_t info = { .si_pid = 0 };
	long r = TEMP_FAILURE_RETRY(dx_sys_waitid(what, id, &info, WEXITED | options));

	*ret_status = r == -1 ? -1 : status_of(&info);
	return r == -1 || info.si_pid != 0;
}

static void on_ended(dx_watch *w, uint32_t events)
{
	dx_child *c = DX_OWNER(dx_child, watch, w);
	int status;

	(void)events;
	if (!has_ended(P_PIDFD, (id_t)w->fd, WNOHANG, &status))
		return;
	c->pid = -1;
	let_go(c);
	if (c->ended != NULL)
		c->ended(c, status, c->ctx);
}

/* Starting */

/* A descriptor that may become the `place`-th: one of the first three would be overwritten before it is copied. */
static int out_of_the_way(struct launch *l, int fd, int place)
{
	if (fd == place || fd >= STANDARD)
		return fd;
	l->copies[place] = dx_sys_fcntl(fd, F_DUPFD_CLOEXEC, STANDARD);
	return l->copies[place] == -1 ? -errno : l->copies[place];
}

/* Programs expect that their descriptors wait; our sockets do not. */
static int let_wait(int fd)
{
	int flags = dx_sys_fcntl(fd, F_GETFL, 0);

	if (flags == -1 || ((flags & O_NONBLOCK) != 0 && dx_sys_fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == -1))
		return -errno;
	return 0;
}

static int give(struct launch *l, int fd, int place)
{
	if (fd == -1)
		return -dx_sys_posix_spawn_file_actions_addopen(&l->actions, place, "/dev/null", O_RDWR, 0);
	fd = out_of_the_way(l, fd, place);
	return fd < 0 ? fd : -dx_sys_posix_spawn_file_actions_adddup2(&l->actions, fd, place);
}

static int prepare(struct launch *l, const dx_child_options *o)
{
	static const int ours[STANDARD] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
	short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (o->own_group ? POSIX_SPAWN_SETPGROUP : 0);
	sigset_t none, all;
	int r = 0;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	(void)posix_spawnattr_setsigmask(&l->attributes, &none);
	(void)posix_spawnattr_setsigdefault(&l->attributes, &all);
	(void)posix_spawnattr_setflags(&l->attributes, flags);
	for (int place = 0; o->standard != NULL && r == 0 && place < STANDARD; place++)
		r = o->standard[place] != -1 ? let_wait(o->standard[place]) : 0;
	for (int place = 0; r == 0 && place < STANDARD; place++)
		r = give(l, (o->standard != NULL ? o->standard : ours)[place], place);
	if (r == 0)
		r = -dx_sys_posix_spawn_file_actions_addclosefrom_np(&l->actions, STANDARD);
	if (r == 0 && o->directory != NULL)
		r = -dx_sys_posix_spawn_file_actions_addchdir_np(&l->actions, o->directory);
	return r;
}

/* The pid of what runs now, or negative errno. */
static int launch(const dx_child_options *o)
{
	struct launch l = { .copies = { -1, -1, -1 } };
	char *const *arguments = (char *const *)(uintptr_t)o->arguments;
	char *const *environment = o->environment != NULL ? (char *const *)(uintptr_t)o->environment : environ;
	pid_t pid;
	int r;

	(void)posix_spawn_file_actions_init(&l.actions);
	(void)posix_spawnattr_init(&l.attributes);
	r = prepare(&l, o);
	if (r == 0)
		r = -dx_sys_posix_spawnp(&pid, arguments[0], &l.actions, &l.attributes, arguments, environment);
	for (int i = 0; i < STANDARD; i++) {
		if (l.copies[i] != -1)
			(void)dx_sys_close(l.copies[i]);
	}
	(void)posix_spawn_file_actions_destroy(&l.actions);
	(void)posix_spawnattr_destroy(&l.attributes);
	return r < 0 ? r : pid;
}

/* Waits for its end on the loop. One that cannot be waited for must not run. */
static int watch_over(dx_child *c)
{
	int r, status;

	dx_watch_init(&c->watch, dx_sys_pidfd_open(c->pid, 0), on_ended);
	r = c->watch.fd == -1 ? -errno : dx_watch_set(c->loop, &c->watch, EPOLLIN);
	if (r == 0)
		return 0;
	if (c->watch.fd != -1)
		(void)dx_sys_close(c->watch.fd);
	(void)dx_sys_kill(c->own_group ? -c->pid : c->pid, SIGKILL);
	(void)has_ended(P_PID, (id_t)c->pid, 0, &status);
	return r;
}

int dx_child_start(dx_loop *loop, const dx_child_options *options, void (*ended)(dx_child *c, int status, void *ctx), void *ctx,
		   dx_child **ret_child, dx_error *reterr)
{
	dx_child *c;
	int r;

	if (options == NULL || options->arguments == NULL || options->arguments[0] == NULL)
		return dx_error_set(reterr, -EINVAL, "start", "");
	c = dx_sys_calloc(1, sizeof *c);
	if (c == NULL)
		return dx_error_set(reterr, -ENOMEM, "memory", "");
	*c = (dx_child){ .loop = loop, .own_group = options->own_group, .ended = ended, .ctx = ctx };
	dx_task_init(&c->task, on_reap);
	r = c->pid = launch(options);
	if (r > 0)
		r = watch_over(c);
	if (r == 0 && ret_child != NULL)
		*ret_child = c;
	if (r == 0)
		return 0;
	dx_sys_free(c);
	return dx_error_set(reterr, r, "start", options->arguments[0]);
}

int dx_child_signal(dx_child *c, int number)
{
	if (c->pid == -1)
		return -ESRCH;
	return dx_sys_kill(c->own_group ? -c->pid : c->pid, number) == -1 ? -errno : 0;
}

pid_t dx_child_pid(const dx_child *c)
{
	return c->pid;
}
