/* The one door to the kernel and to the C library's fallible calls: numbers and pointers in, numbers out.
 *
 * Each row of DX_SYS_CALLS becomes `dx_sys_NAME`, which behaves as the call NAME does. In the release build that is an
 * inline call and costs nothing. In the checked build (DX_CHECKED) it goes through a table of function pointers, in which
 * tests make the n-th call fail, shorten it or interrupt it: see fault.h. Nothing outside this folder may name these calls;
 * tests/static/doors_test.py looks at the objects to make sure. */
#ifndef DX_SYS_H
#define DX_SYS_H

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* X(type, name, (parameters), (arguments), what it returns when it fails, the error it fails with in tests) */
#define DX_SYS_CALLS(X)                                                                                                   \
	X(int, socket, (int family, int type, int protocol), (family, type, protocol), -1, EMFILE)                        \
	X(int, socketpair, (int family, int type, int protocol, int fds[2]), (family, type, protocol, fds), -1, EMFILE)   \
	X(int, bind, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len), -1, EADDRINUSE)                   \
	X(int, listen, (int fd, int backlog), (fd, backlog), -1, EADDRINUSE)                                              \
	X(int, accept4, (int fd, struct sockaddr *from, socklen_t *len, int flags), (fd, from, len, flags), -1, EMFILE)   \
	X(int, connect, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len), -1, ECONNREFUSED)              \
	X(int, shutdown, (int fd, int how), (fd, how), -1, ENOTCONN)                                                      \
	X(int, getsockname, (int fd, struct sockaddr *name, socklen_t *len), (fd, name, len), -1, ENOBUFS)                \
	X(int, getpeername, (int fd, struct sockaddr *name, socklen_t *len), (fd, name, len), -1, ENOTCONN)               \
	X(int, getsockopt, (int fd, int level, int name, void *value, socklen_t *len), (fd, level, name, value, len), -1, \
	  ENOBUFS)                                                                                                        \
	X(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t len),                               \
	  (fd, level, name, value, len), -1, ENOBUFS)                                                                     \
	X(ssize_t, recv, (int fd, void *into, size_t size, int flags), (fd, into, size, flags), -1, ECONNRESET)           \
	X(ssize_t, recvmsg, (int fd, struct msghdr *msg, int flags), (fd, msg, flags), -1, ENOMEM)                        \
	X(ssize_t, send, (int fd, const void *from, size_t size, int flags), (fd, from, size, flags), -1, EPIPE)          \
	X(ssize_t, sendmsg, (int fd, const struct msghdr *msg, int flags), (fd, msg, flags), -1, ENOBUFS)                 \
	X(ssize_t, sendfile, (int fd, int file, off_t *offset, size_t count), (fd, file, offset, count), -1, EIO)         \
	X(ssize_t, read, (int fd, void *into, size_t size), (fd, into, size), -1, EIO)                                    \
	X(ssize_t, write, (int fd, const void *from, size_t size), (fd, from, size), -1, ENOSPC)                          \
	X(int, open, (const char *path, int flags, mode_t mode), (path, flags, mode), -1, EACCES)                         \
	X(int, fcntl, (int fd, int command, long value), (fd, command, value), -1, EINVAL)                                \
	X(int, ioctl, (int fd, unsigned long request, void *value), (fd, request, value), -1, EINVAL)                     \
	X(int, tcgetattr, (int fd, struct termios *modes), (fd, modes), -1, EIO)                                          \
	X(int, tcsetattr, (int fd, int when, const struct termios *modes), (fd, when, modes), -1, EIO)                    \
	X(void *, dlopen, (const char *path, int flags), (path, flags), NULL, ENOENT)                                     \
	X(void *, dlsym, (void *module, const char *name), (module, name), NULL, ENOENT)                                  \
	X(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL, EMFILE)                                \
	X(int, mkdir, (const char *path, mode_t mode), (path, mode), -1, EACCES)                                          \
	X(int, isatty, (int fd), (fd), 0, ENOTTY)                                                                         \
	X(int, fstat, (int fd, struct stat *into), (fd, into), -1, EIO)                                                   \
	X(int, lstat, (const char *path, struct stat *into), (path, into), -1, EACCES)                                    \
	X(ssize_t, readlink, (const char *path, char *into, size_t size), (path, into, size), -1, EACCES)                 \
	X(int, unlink, (const char *path), (path), -1, EACCES)                                                            \
	X(int, chmod, (const char *path, mode_t mode), (path, mode), -1, EPERM)                                           \
	X(int, fchmod, (int fd, mode_t mode), (fd, mode), -1, EPERM)                                                      \
	X(int, flock, (int fd, int operation), (fd, operation), -1, EWOULDBLOCK)                                          \
	X(int, poll, (struct pollfd *fds, nfds_t count, int timeout_ms), (fds, count, timeout_ms), -1, EINTR)             \
	X(int, epoll_create1, (int flags), (flags), -1, EMFILE)                                                           \
	X(int, epoll_ctl, (int epoll, int command, int fd, struct epoll_event *event), (epoll, command, fd, event), -1,   \
	  ENOMEM)                                                                                                         \
	X(int, epoll_wait, (int epoll, struct epoll_event *events, int count, int timeout_ms),                            \
	  (epoll, events, count, timeout_ms), -1, EINTR)                                                                  \
	X(int, eventfd, (unsigned int value, int flags), (value, flags), -1, EMFILE)                                      \
	X(int, sigaction, (int number, const struct sigaction *action, struct sigaction *old), (number, action, old), -1, \
	  EINVAL)                                                                                                         \
	X(int, pthread_create,                                                                                            \
	  (pthread_t * thread, const pthread_attr_t *attributes, void *(*body)(void *), void *context),                   \
	  (thread, attributes, body, context), EAGAIN, EAGAIN)                                                            \
	X(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *before), (how, set, before), EINVAL, EINVAL)     \
	X(int, posix_spawnp,                                                                                              \
	  (pid_t * process, const char *program, const posix_spawn_file_actions_t *actions,                               \
	   const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]),                      \
	  (process, program, actions, attributes, arguments, environment), EAGAIN, EAGAIN)                                \
	X(int, posix_spawn_file_actions_adddup2,                                                                          \
	  (posix_spawn_file_actions_t * actions, int fd, int place),                                                      \
	  (actions, fd, place), ENOMEM, ENOMEM)                                                                           \
	X(int, posix_spawn_file_actions_addopen,                                                                          \
	  (posix_spawn_file_actions_t * actions, int place, const char *path, int flags, mode_t mode),                    \
	  (actions, place, path, flags, mode), ENOMEM, ENOMEM)                                                            \
	X(int, posix_spawn_file_actions_addclosefrom_np,                                                                  \
	  (posix_spawn_file_actions_t * actions, int from),                                                               \
	  (actions, from), ENOMEM, ENOMEM)                                                                                \
	X(int, posix_spawn_file_actions_addchdir_np,                                                                      \
	  (posix_spawn_file_actions_t * actions, const char *path),                                                       \
	  (actions, path), ENOMEM, ENOMEM)                                                                                \
	X(int, pidfd_open, (pid_t process, unsigned int flags), (process, flags), -1, EMFILE)                             \
	X(int, waitid, (idtype_t what, id_t id, siginfo_t *info, int options), (what, id, info, options), -1, ECHILD)     \
	X(int, sigtimedwait, (const sigset_t *set, siginfo_t *info, const struct timespec *limit), (set, info, limit),    \
	  -1, EAGAIN)                                                                                                     \
	X(int, getaddrinfo,                                                                                               \
	  (const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found),                 \
	  (host, service, hints, found), EAI_AGAIN, 0)                                                                    \
	X(unsigned int, if_nametoindex, (const char *name), (name), 0, ENODEV)                                            \
	X(char *, if_indextoname, (unsigned int index, char *name), (index, name), NULL, ENXIO)                           \
	X(int, clock_gettime, (clockid_t clock, struct timespec *now), (clock, now), -1, EINVAL)                          \
	X(int, getrlimit, (__rlimit_resource_t what, struct rlimit *limit), (what, limit), -1, EINVAL)                    \
	X(int, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit), (what, limit), -1, EPERM)               \
	X(void *, malloc, (size_t size), (size), NULL, ENOMEM)                                                            \
	X(void *, calloc, (size_t count, size_t size), (count, size), NULL, ENOMEM)                                       \
	X(void *, realloc, (void *old, size_t size), (old, size), NULL, ENOMEM)                                           \
	X(iconv_t, iconv_open, (const char *to, const char *from), (to, from), (iconv_t)-1, EMFILE)                       \
	X(size_t, iconv, (iconv_t text, char **in, size_t *in_left, char **out, size_t *out_left),                        \
	  (text, in, in_left, out, out_left), (size_t)-1, EILSEQ)

/* What gives something back, and so cannot fail in a way that a caller could act on. */
#define DX_SYS_RELEASES(X)                                                 \
	X(int, close, (int fd), (fd))                                      \
	X(int, eventfd_write, (int fd, eventfd_t more), (fd, more))        \
	X(void, free, (void *memory), (memory))                            \
	X(int, fclose, (FILE * file), (file))                              \
	X(void, freeaddrinfo, (struct addrinfo * found), (found))          \
	X(int, iconv_close, (iconv_t text), (text))                        \
	X(int, kill, (pid_t process, int number), (process, number))       \
	X(pid_t, getpid, (void), ())                                       \
	X(int, pthread_join, (pthread_t thread, void **result), (thread, result))

#ifdef DX_CHECKED

#define DX_SYS_SLOT(type, name, parameters, arguments, failure, error) type(*name) parameters;
struct dx_sys_table {
	DX_SYS_CALLS(DX_SYS_SLOT)
};
#undef DX_SYS_SLOT
extern struct dx_sys_table dx_sys_table;

#define DX_SYS_DOOR(type, name, parameters, arguments, failure, error) \
	static inline type dx_sys_##name parameters                    \
	{                                                              \
		return dx_sys_table.name arguments;                    \
	}
#define DX_SYS_RELEASE(type, name, parameters, arguments) type dx_sys_##name parameters;

#else

#define DX_SYS_DOOR(type, name, parameters, arguments, failure, error) \
	static inline type dx_sys_##name parameters                    \
	{                                                              \
		return name arguments;                                 \
	}
#define DX_SYS_RELEASE(type, name, parameters, arguments) \
	static inline type dx_sys_##name parameters       \
	{                                                 \
		return name arguments;                    \
	}

#endif

DX_SYS_CALLS(DX_SYS_DOOR)
DX_SYS_RELEASES(DX_SYS_RELEASE)
#undef DX_SYS_DOOR
#undef DX_SYS_RELEASE

#endif
