/* What Python's socket object has besides the kernel's verbs: all of it, a line of it, a file. */
#include "net/socket_priv.h"
#include "sys/sys.h"

#define SENDFILE_BYTES ((size_t)1 << 30)        /* the kernel takes 2 GiB at most */

int dx_socket_recv_exact(const dx_socket *s, void *into, size_t size, int timeout_ms, size_t *got)
{
	struct dx__patience p = { .timeout_ms = timeout_ms };
	size_t unsaid = 0;
	ssize_t came = 1;

	if (got == NULL)
		got = &unsaid;
	if (*got > size)
		return -EINVAL;
	while (*got < size && came > 0) {
		came = dx__recv(s, (uint8_t *)into + *got, size - *got, 0, &p);
		*got += came > 0 ? (size_t)came : 0;
	}
	if (came < 0)
		return (int)came;
	return *got < size ? -DX_ECUT : 0;
}

/* Lines. Nothing behind the LF may be taken, so one looks before one takes. */

/* How much of what is there belongs to the line: up to its LF, or all. */
static size_t line_part(const uint8_t *there, size_t len)
{
	const uint8_t *lf = memchr(there, '\n', len);

	return lf == NULL ? len : (size_t)(lf - there) + 1;
}

int dx_socket_recv_line(const dx_socket *s, void *into, size_t size, int timeout_ms, size_t *got)
{
	struct dx__patience p = { .timeout_ms = timeout_ms };
	uint8_t *line = into;
	ssize_t came;

	if (s != NULL && s->type != SOCK_STREAM)
		return -EOPNOTSUPP;
	if (got == NULL || *got > size)
		return -EINVAL;
	while (*got < size && (*got == 0 || line[*got - 1] != '\n')) {
		came = dx__recv(s, line + *got, size - *got, MSG_PEEK, &p);
		if (came > 0)
			came = dx__recv(s, line + *got, line_part(line + *got, (size_t)came), 0, &p);
		if (came <= 0)
			return (int)came;
		*got += (size_t)came;
	}
	return *got > 0 && line[*got - 1] == '\n' ? 0 : -ENOBUFS;
}

/* Files */

struct file_piece {
	int file;
	off_t offset;
	size_t count;
};

/* Were it not taken away, it would end the program as soon as it is let through: one failure is not the last word. */
static void take_away(const sigset_t *signals)
{
	static const struct timespec at_once = { 0, 0 };

	for (int tries = 0; tries < 2 && dx_sys_sigtimedwait(signals, NULL, &at_once) == -1; tries++)
		;
}

/* sendfile(2) knows no MSG_NOSIGNAL: where the other side has gone, SIGPIPE is held back in this thread and taken away, unless one
 * waited before. */
static ssize_t try_sendfile(const dx_socket *s, void *ctx)
{
	struct file_piece *piece = ctx;
	sigset_t pipe_signal, before, waiting;
	ssize_t sent;
	int error;

	(void)sigemptyset(&pipe_signal);
	(void)sigaddset(&pipe_signal, SIGPIPE);
	error = dx_sys_pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
	if (error != 0)
		return errno = error, -1;
	(void)sigpending(&waiting);
	sent = dx_sys_sendfile(s->fd, piece->file, &piece->offset, piece->count);
	error = errno;
	if (sent == -1 && error == EPIPE && sigismember(&waiting, SIGPIPE) == 0)
		take_away(&pipe_signal);
	(void)dx_sys_pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return sent;
}

static int check_file(const dx_socket *s, int file)
{
	struct stat found;

	if (dx__socket_fd(s) < 0)
		return -EBADF;
	if (dx_sys_fstat(file, &found) == -1)
		return -errno;
	return S_ISREG(found.st_mode) && s->type == SOCK_STREAM ? 0 : -EINVAL;
}

int dx_socket_sendfile(const dx_socket *s, int file, uint64_t offset, size_t count, int timeout_ms, size_t *sent)
{
	struct dx__patience p = { .timeout_ms = timeout_ms };
	size_t unsaid = 0;
	ssize_t r = check_file(s, file);

	if (sent == NULL)
		sent = &unsaid;
	if (r == 0 && (*sent > count || offset > INT64_MAX || *sent > INT64_MAX - offset))
		r = -EINVAL;
	if (r < 0)
		return (int)r;
	do {
		struct file_piece piece = { file, (off_t)(offset + *sent), count - *sent };

		if (piece.count > SENDFILE_BYTES)
			piece.count = SENDFILE_BYTES;
		r = dx__persist(s, POLLOUT, &p, try_sendfile, &piece);
		*sent += r > 0 ? (size_t)r : 0;
	} while (r > 0 && *sent < count);
	return r < 0 ? (int)r : 0;
}
