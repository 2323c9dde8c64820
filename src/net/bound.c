#include "net/bound.h"
#include "base/limits.h"
#include "net/address_priv.h"
#include "net/verbs.h"
#include "sys/sys.h"

#include <libgen.h>
#include <stdio.h>

#define LOCK_TRIES 100
#define LOCK_WAIT_MS 10

int dx_bound_address(const dx_endpoint *endpoint, dx_addr *ret)
{
	int r;

	if (dx_endpoint_is_unix(endpoint))
		return dx_addr_from_path(endpoint->path, ret);
	r = dx_addr_from_host(endpoint->host, endpoint->port, endpoint->family, ret);
	return r == -EINVAL ? -EAGAIN : r;
}

int dx_bound_apply_keys(dx_loop *loop, int fd, const dx_endpoint *endpoint, const char **ret_key)
{
	const dx_endpoint_keys *k = &endpoint->keys;
	int r;

	*ret_key = "sndbuf";
	if (k->sndbuf > 0 && (r = dx_verb_setsockopt(loop, fd, DX_OPTION(SOL_SOCKET, SO_SNDBUF), k->sndbuf)) < 0)
		return r;
	*ret_key = "rcvbuf";
	if (k->rcvbuf > 0 && (r = dx_verb_setsockopt(loop, fd, DX_OPTION(SOL_SOCKET, SO_RCVBUF), k->rcvbuf)) < 0)
		return r;
	*ret_key = "congestion";
	return k->congestion != NULL ? dx_verb_set_congestion(fd, k->congestion) : 0;
}

/* Unix socket files. Two programs that find the same dead socket must not both replace it, so the folder is locked from the
 * look until the new socket listens. */

static int lock_folder(const char *path)
{
	char copy[sizeof((struct sockaddr_un *)NULL)->sun_path + 1];
	int fd;

	(void)snprintf(copy, sizeof copy, "%s", path);
	fd = dx_sys_open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	for (int tries = 0; dx_sys_flock(fd, LOCK_EX | LOCK_NB) == -1 && tries < LOCK_TRIES; tries++)
		(void)dx_sys_poll(NULL, 0, LOCK_WAIT_MS);
	return fd;
}

/* -DX_EINUSE where somebody has a socket there, 0 where it is dead. It is asked for by the other type of socket: EPROTOTYPE is said
 * of a live one, which hears nothing of it, whereas a connection would be the one peer of a listener that wants one. */
static int somebody_is_there(const dx_addr *to, int type)
{
	int other = type == SOCK_STREAM ? SOCK_DGRAM : SOCK_STREAM;
	int fd = dx_sys_socket(AF_UNIX, other | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd == -1)
		return -errno;
	r = dx_sys_connect(fd, &to->sa, to->len) == -1 ? errno : 0;
	(void)dx_sys_close(fd);
	return r == ECONNREFUSED || r == ENOENT ? 0 : -DX_EINUSE;
}

static int clear_the_way(const dx_addr *to, int type)
{
	struct stat found;
	int r;

	if (dx_sys_lstat(to->un.sun_path, &found) == -1)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(found.st_mode))
		return -DX_ENOTSOCK;
	r = somebody_is_there(to, type);
	if (r < 0)
		return r;
	return dx_sys_unlink(to->un.sun_path) == -1 && errno != ENOENT ? -errno : 0;
}

static bool has_file(const dx_addr *a)
{
	return a->sa.sa_family == AF_UNIX && a->len > offsetof(struct sockaddr_un, sun_path) && a->un.sun_path[0] != 0;
}

/* The mode is narrowed before the bind, when nobody can connect yet, and widened to what was asked after it. */
static int bind_file(dx_loop *loop, const dx_addr *to, int perm, dx_bound *b)
{
	struct stat made;
	int r;

	if (perm >= 0 && dx_sys_fchmod(b->watch.fd, (mode_t)perm) == -1)
		return -errno;
	r = dx_verb_bind(loop, b->watch.fd, to);
	if (r < 0)
		return r;
	if (dx_sys_lstat(to->un.sun_path, &made) == -1)
		return -errno;
	b->file.device = made.st_dev;
	b->file.inode = made.st_ino;
	return perm >= 0 && dx_sys_chmod(to->un.sun_path, (mode_t)perm) == -1 ? -errno : 0;
}

static int bind_and_listen(dx_loop *loop, const dx_addr *to, int type, const dx_endpoint *e, dx_bound *b)
{
	bool file = has_file(to);
	int lock = file ? lock_folder(to->un.sun_path) : -1, r = file && lock < 0 ? lock : 0;

	if (r == 0 && file)
		r = clear_the_way(to, type);
	if (r == 0)
		r = file ? bind_file(loop, to, e->keys.perm, b) : dx_verb_bind(loop, b->watch.fd, to);
	if (r == 0 && type == SOCK_STREAM)
		r = dx_verb_listen(loop, b->watch.fd, e->keys.backlog > 0 ? e->keys.backlog : DX_LIMIT_BACKLOG);
	if (r == 0)
		r = dx_verb_getsockname(b->watch.fd, &b->address);
	if (lock >= 0)
		(void)dx_sys_close(lock);
	return r;
}

/* What is set before the bind. IPv6's "only" is always said aloud, since its default is the administrator's. */
static int prepare(dx_loop *loop, const dx_addr *to, int type, const dx_endpoint *e, dx_bound *b)
{
	int fd = b->watch.fd = dx_verb_socket(loop, to->sa.sa_family, type), r = fd < 0 ? fd : 0;

	if (r == 0 && to->sa.sa_family == AF_INET6)
		r = dx_verb_setsockopt(loop, fd, DX_OPTION(IPPROTO_IPV6, IPV6_V6ONLY), e->family == AF_INET6);
	if (r == 0 && to->sa.sa_family != AF_UNIX && type == SOCK_STREAM)
		r = dx_verb_setsockopt(loop, fd, DX_OPTION(SOL_SOCKET, SO_REUSEADDR), 1);
	if (r == 0 && e->keys.reuseport == 1)
		r = dx_verb_setsockopt(loop, fd, DX_OPTION(SOL_SOCKET, SO_REUSEPORT), 1);
	return r;
}

int dx_bound_open(dx_loop *loop, const dx_addr *to, const dx_endpoint *endpoint, dx_bound *ret, dx_error *reterr)
{
	int type = dx_endpoint_is_stream(endpoint) ? SOCK_STREAM : SOCK_DGRAM, r = 0;
	dx_bound b = { .watch.fd = endpoint->fd, .address = *to };
	const char *operation = "socket";

	if (endpoint->transport != DX_FD) {     /* which is bound, and has its options, already */
		r = prepare(loop, to, type, endpoint, &b);
		if (r == 0)
			r = dx_bound_apply_keys(loop, b.watch.fd, endpoint, &operation);
		if (r == 0) {
			operation = "bind";
			r = bind_and_listen(loop, to, type, endpoint, &b);
		}
	}
	if (r == 0) {
		*ret = b;
		return 0;
	}
	dx_bound_close(loop, &b);
	return dx__error_at(reterr, r, operation, to);
}

void dx_bound_close(dx_loop *loop, dx_bound *b)
{
	struct stat found;

	if (b->file.inode != 0 && dx__loop_is_ours(loop) && dx_sys_lstat(b->address.un.sun_path, &found) == 0 &&
	    found.st_dev == b->file.device && found.st_ino == b->file.inode)
		(void)dx_sys_unlink(b->address.un.sun_path);
	b->file.inode = 0;
	dx_verb_close_watched(loop, &b->watch);
}
