/* What a host and a port mean to a socket. */
#include "base/limits.h"
#include "net/address_priv.h"
#include "net/resolver.h"
#include "net/socket_priv.h"
#include "sys/sys.h"

#define HOST_NAME_BYTES 253

static int read_path(const char *path, dx_addr *ret)
{
	return *path == 0 ? dx_addr_parse("unix:", ret) : dx_addr_from_path(dx_slice_text(path), ret);
}

/* "127.1" is no name, whatever the resolver would make of it. */
static bool is_misspelt(const char *host)
{
	dx_addr unused;

	return dx_addr_looks_numeric(host) && dx_addr_from_host(host, 0, AF_UNSPEC, &unused) == -EINVAL;
}

int dx__socket_resolve(const char *host, int port, int family, int type, int timeout_ms, dx_addr *found, size_t *ret_count)
{
	dx_endpoint e = { .transport = type == SOCK_DGRAM ? DX_UDP : DX_TCP, .family = family, .host = host, .fd = -1 };

	if (host == NULL || port < 0 || port > UINT16_MAX || is_misspelt(host))
		return -EINVAL;
	e.port = (uint16_t)port;
	if (strlen(host) > HOST_NAME_BYTES)
		return -DX_ENAME;
	return dx_resolve_within(&e, timeout_ms, found, ret_count);
}

static int look_up(const dx_socket *s, const char *host, int port, int timeout_ms, dx_addr *ret)
{
	dx_addr found[DX_LIMIT_ADDRESSES];
	size_t count;
	int r = dx__socket_resolve(host, port, s->family, s->type, timeout_ms, found, &count);

	if (r == 0)
		*ret = found[0];
	return r;
}

int dx_socket_address(const dx_socket *s, const char *host, int port, int timeout_ms, dx_addr *ret)
{
	int r;

	if (dx__socket_fd(s) < 0)
		return -EBADF;
	if (host == NULL)
		return -EINVAL;
	if (s->family == AF_UNIX)
		return read_path(host, ret);
	if (port < 0 || port > UINT16_MAX)
		return -EINVAL;
	if (s->family == AF_INET && strcmp(host, "<broadcast>") == 0)
		host = "255.255.255.255";
	r = dx_addr_from_host(host, (uint16_t)port, s->family, ret);
	return r == -EINVAL ? look_up(s, host, port, timeout_ms, ret) : r;
}
