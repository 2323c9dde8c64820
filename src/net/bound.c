#include "net/bound.h"
#include "net/verbs.h"
#include "base/limits.h"
#include "sys/sys.h"

#define LOCK_TRIES 100
#define LOCK_WAIT_MS 10

int dx_bound_address(const dx_endpoint *endpoint, dx_addr *ret)
{
	int r;

	if (endpoint->transport == DX_UNIX || endpoint->transport == DX_UNIX_DGRAM)
		return dx_addr_from_path(endpoint->path, ret);
	r = dx_addr_from_host(endpoint->host, endpoint->port, endpoint->family, ret);
	return r == -EINVAL ? -EAGAIN : r;
}

int dx_bound_apply_keys(dx_loop *loop, int fd, const dx_endpoint *endpoint, const char **ret_key)
{
	const dx_endpoint_keys *k = &endpoint->keys;
	int r = 0;

	*ret_key = "sndbuf";
	if (k->sndbuf > 0)
		r = dx_verb_setsockopt(loop, fd, &dx_opt_sndbuf, k->sndbuf);
	if (r == 0 && k->rcvbuf > 0) {
		*ret_key = "rcvbuf";
		r = dx_verb_setsockopt(loop, fd, &dx_opt_rcvbuf, k->rcvbuf);
	}
	if (r == 0 && k->congestion != NULL) {
		*ret_key = "congestion";
		r = dx_verb_set_congestion(fd, k->congestion);
	}
	return r;
}

/* Unix socket files. Two programs that find the same dead socket must not both replace it, so the folder is locked from the
 * look until the new socket listens. */

static int lock_folder(const char *path)
{
	char folder[sizeof((struct sockaddr_un *)NULL)->sun_path + 1] = ".";
	const char *slash = strrchr(path, '/');
	int fd;

	if (slash != NULL) {
		size_t len = slash == path ? 1 : (size_t)(slash - path);

		memcpy(folder, path, len);
		folder[len] = 0;
	}
	fd = dx_sys_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	if (fd == -1)
		return -errno;
	for (int tries = 0; dx_sys_flock(fd, LOCK_EX | LOCK_NB) == -1 && tries < LOCK_TRIES; tries++)
		(void)dx_sys_poll(NULL, 0, LOCK_WAIT_MS);
	return fd;
}

/* Somebody answers at the address, or 0 where the socket is dead. */
static int somebody_listens(const dx_addr *to, int type)
{
	int fd = dx_sys_socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
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
	r = somebody_listens(to, type);
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

	if (perm >= 0 && dx_sys_fchmod(b->fd, (mode_t)perm) == -1)
		return -errno;
	r = dx_verb_bind(loop, b->fd, to);
	if (r < 0)
		return r;
	if (dx_sys_lstat(to->un.sun_path, &made) == -1)
		return -errno;
	b->file.device = made.st_dev;
	b->file.inode = made.st_ino;
	return perm >= 0 && dx_sys_chmod(to->un.sun_path, (mode_t)perm) == -1 ? -errno : 0;
}

static int bind_and_listen(dx_loop *loop, const dx_addr *to, int type, int backlog, int perm, dx_bound *b)
{
	int r = 0;

	if (has_file(to))
		r = clear_the_way(to, type);
	if (r == 0)
		r = has_file(to) ? bind_file(loop, to, perm, b) : dx_verb_bind(loop, b->fd, to);
	if (r == 0 && backlog > 0)
		r = dx_verb_listen(loop, b->fd, backlog);
	return r;
}

/* What is set before the bind. IPv6's "only" is always said aloud, since its default is the administrator's. */
static int prepare(dx_loop *loop, const dx_addr *to, int type, const dx_endpoint *e, dx_bound *b)
{
	int r = dx_verb_socket(loop, to->sa.sa_family, type);

	if (r < 0)
		return r;
	b->fd = r;
	r = 0;
	if (to->sa.sa_family == AF_INET6)
		r = dx_verb_setsockopt(loop, b->fd, &dx_opt_v6only, e->family == AF_INET6);
	if (r == 0 && to->sa.sa_family != AF_UNIX && type == SOCK_STREAM)
		r = dx_verb_setsockopt(loop, b->fd, &dx_opt_reuseaddr, 1);
	if (r == 0 && e->keys.reuseport == 1)
		r = dx_verb_setsockopt(loop, b->fd, &dx_opt_reuseport, 1);
	return r;
}

int dx_bound_open(dx_loop *loop, const dx_addr *to, int type, int backlog, const dx_endpoint *endpoint, dx_bound *ret,
		  dx_error *reterr)
{
	dx_bound b = { .fd = -1 };
	char text[DX_ADDR_TEXT];
	const char *operation = "socket";
	int lock = -1, r = prepare(loop, to, type, endpoint, &b);

	if (r == 0)
		r = dx_bound_apply_keys(loop, b.fd, endpoint, &operation);
	if (r == 0) {
		operation = "bind";
		lock = has_file(to) ? lock_folder(to->un.sun_path) : -1;
		r = has_file(to) && lock < 0 ? lock : bind_and_listen(loop, to, type, backlog, endpoint->keys.perm, &b);
	}
	if (r == 0)
		r = dx_verb_getsockname(b.fd, &b.address);
	if (lock >= 0)
		(void)dx_sys_close(lock);
	if (r < 0) {
		dx_bound_close(loop, &b);
		return dx_error_set(reterr, r, operation, dx_addr_print(to, text));
	}
	*ret = b;
	return 0;
}

void dx_bound_close(dx_loop *loop, dx_bound *b)
{
	struct stat found;

	if (b->file.inode != 0 && dx_sys_lstat(b->address.un.sun_path, &found) == 0 && found.st_dev == b->file.device &&
	    found.st_ino == b->file.inode)
		(void)dx_sys_unlink(b->address.un.sun_path);
	b->file.inode = 0;
	if (b->fd != -1)
		dx_verb_close(loop, b->fd);
	b->fd = -1;
}
