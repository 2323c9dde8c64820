/* Child processes on a loop: each is told of by one event when it has ended, and never through SIGCHLD. A child gets its three
 * standard descriptors and no other; its signals are as a shell's child has them. To talk with it, give it one of a
 * pair of sockets, and open the other as a stream:
 *
 *	const char *const words[] = { "sort", "-u", NULL };
 *	dx_socket pair[2];
 *	char endpoint[32];
 *
 *	dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
 *	dx_child_options options = { .arguments = words, .standard = (int[]){ pair[1].fd, pair[1].fd, 2 } };
 *	dx_child_start(loop, &options, ended, ctx, &child, &why);
 *	dx_socket_close(&pair[1]);
 *	snprintf(endpoint, sizeof endpoint, "fd://%d", dx_socket_detach(&pair[0]));
 *	dx_stream_open(loop, endpoint, -1, &events, ctx, &s, &why);
 * While ours of the child's side is open, the end of what it writes is not told. dx_stream_finish ends its input. That it has ended
 * and that all it wrote was heard are two events, in either order: who needs both waits for both. */
#ifndef DUPLEX_CHILD_H
#define DUPLEX_CHILD_H

#include <duplex/loop.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dx_child dx_child;

/* What to start. All is borrowed until dx_child_start returns. */
typedef struct dx_child_options {
	const char *const *arguments;   /* the program and what it is given; NULL at the end. Looked for on PATH unless it has a slash */
	const char *const *environment; /* "NAME=value", NULL at the end; NULL: ours */
	const char *directory;          /* where it starts; NULL: where we are */
	const int *standard;            /* what its 0, 1 and 2 are copies of, which will block; -1: /dev/null; NULL: ours */
	bool own_group;                 /* it leads a process group of its own, and dx_child_signal reaches all of that */
} dx_child_options;

/* Starts a program. `ended` is called once, from the loop, with its status as waitpid(2) gives it (-1 where the process ignores
 * SIGCHLD, so that nobody can tell); the child is gone when that returns. `ended` and ret_child may be NULL. A child keeps the loop
 * running. Returns 0; -EINVAL where `options` name no program; -ENOENT or -EACCES where there is none of that name, or whatever else
 * posix_spawn(3) and pidfd_open(2) fail with: nothing runs then. */
int dx_child_start(dx_loop *loop, const dx_child_options *options, void (*ended)(dx_child *c, int status, void *ctx), void *ctx,
		   dx_child **ret_child, dx_error *reterr);

/* Sends it a signal. Returns 0; -ESRCH in its `ended`, or what kill(2) fails with. */
int dx_child_signal(dx_child *c, int number);

/* Its process id; -1 in its `ended`, when that is free for others. */
pid_t dx_child_pid(const dx_child *c);

/* It goes on by itself, and nothing is told any more: whoever forgets it must wait for it, by waitpid(2). Harmless in its `ended`,
 * and with NULL. */
void dx_child_forget(dx_child *c);

#ifdef __cplusplus
}
#endif

#endif
