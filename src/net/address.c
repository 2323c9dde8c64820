/* Addresses: read strictly, written so that reading gives the same again. */
#include <duplex/address.h>

#include "base/number.h"
#include "codec/hex.h"
#include "net/address_priv.h"
#include "sys/sys.h"

#include <arpa/inet.h>
#include <stdio.h>

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

/* Reading */

bool dx__addr_is_mapped(const dx_addr *a)
{
	return a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr);
}

/* A v4-mapped address as the IPv4 one that it is; any other as it stands. */
static dx_addr unmapped(const dx_addr *a)
{
	dx_addr v4 = { .len = sizeof v4.in, .in.sin_family = AF_INET };

	if (!dx__addr_is_mapped(a))
		return *a;
	v4.in.sin_port = a->in6.sin6_port;
	memcpy(&v4.in.sin_addr, a->in6.sin6_addr.s6_addr + 12, sizeof v4.in.sin_addr);
	return v4;
}

bool dx__addr_is_everywhere(const dx_addr *a)
{
	return (a->sa.sa_family == AF_INET && a->in.sin_addr.s_addr == INADDR_ANY) ||
	       (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr));
}

static int read_v4(const char *host, dx_addr *ret)
{
	*ret = (dx_addr){ .len = sizeof ret->in, .in.sin_family = AF_INET };
	return inet_pton(AF_INET, host, &ret->in.sin_addr) == 1 ? 0 : -EINVAL;
}

/* A name comes first: an interface may be called "1". A number need not exist yet. */
static int read_scope(const char *name, uint32_t *ret)
{
	unsigned int index = dx_sys_if_nametoindex(name);
	uint64_t number;

	if (index == 0 && dx_number_parse(dx_slice_text(name), 1, UINT32_MAX, &number) < 0)
		return -ENODEV;
	*ret = index != 0 ? index : (uint32_t)number;
	return 0;
}

static int read_v6(const char *host, dx_addr *ret)
{
	char number[INET6_ADDRSTRLEN];
	size_t len = strcspn(host, "%");

	*ret = (dx_addr){ .len = sizeof ret->in6, .in6.sin6_family = AF_INET6 };
	if (len >= sizeof number)
		return -EINVAL;
	memcpy(number, host, len);
	number[len] = 0;
	if (inet_pton(AF_INET6, number, &ret->in6.sin6_addr) != 1)
		return -EINVAL;
	if (host[len] == '%')
		return read_scope(host + len + 1, &ret->in6.sin6_scope_id);
	return IN6_IS_ADDR_LINKLOCAL(&ret->in6.sin6_addr) ? -ENODEV : 0;
}

int dx_addr_from_host(const char *host, uint16_t port, int family, dx_addr *ret)
{
	dx_addr a;
	int r;

	if (host == NULL)
		return -EINVAL;
	if (*host == 0)
		host = family == AF_INET ? "0.0.0.0" : "::";
	r = strchr(host, ':') != NULL ? read_v6(host, &a) : read_v4(host, &a);
	if (r < 0)
		return r;
	if (family != AF_INET6)
		a = unmapped(&a);
	if (family != AF_UNSPEC && family != a.sa.sa_family)
		return -EAFNOSUPPORT;
	dx_addr_set_port(&a, port);
	*ret = a;
	return 0;
}

/* inet_aton(3), which resolvers use, takes any host whose last label is a number. */
bool dx_addr_looks_numeric(const char *host)
{
	const char *end = host + strlen(host), *label;

	if (strchr(host, ':') != NULL)
		return true;
	while (end > host && end[-1] == '.')
		end--;
	label = end;
	while (label > host && label[-1] != '.')
		label--;
	if (end - label >= 2 && label[0] == '0' && (label[1] | 0x20) == 'x')
		return label + 2 + strspn(label + 2, "0123456789abcdefABCDEF") >= end;
	return end > label && label + strspn(label, "0123456789") >= end;
}

int dx_addr_from_path(dx_slice path, dx_addr *ret)
{
	bool abstract = path.len > 0 && path.data[0] == '@';
	dx_addr a = { 0 };

	if (path.len == (size_t)abstract || (!abstract && path.data[path.len - 1] == '/'))
		return -EINVAL;
	if (path.len > DX_ADDR_PATH_BYTES + (size_t)abstract)
		return -ENAMETOOLONG;
	if (!abstract && memchr(path.data, 0, path.len) != NULL)
		return -EINVAL;
	a.un.sun_family = AF_UNIX;
	memcpy(a.un.sun_path, path.data, path.len);
	if (abstract)
		a.un.sun_path[0] = 0;
	a.len = (socklen_t)(PATH_OFFSET + path.len + !abstract);
	*ret = a;
	return 0;
}

size_t dx__addr_unescape(char *text)
{
	char *to = text;

	if (strncmp(text, "%40", 3) == 0)
		memcpy(text, "./@", 3);
	for (const char *from = text; *from != 0; to++) {
		int high = from[0] == '%' ? dx_hex_digit((uint8_t)from[1]) : -1;
		int low = high >= 0 ? dx_hex_digit((uint8_t)from[2]) : -1;

		*to = (char)(low >= 0 ? high << 4 | low : *from);
		from += low >= 0 ? 3 : 1;
	}
	*to = 0;
	return (size_t)(to - text);
}

static int read_unix(const char *name, dx_addr *ret)
{
	char path[DX_ADDR_TEXT];

	if (strlen(name) >= sizeof path)
		return -ENAMETOOLONG;
	if (*name == 0) {
		*ret = (dx_addr){ .len = PATH_OFFSET, .un.sun_family = AF_UNIX };
		return 0;
	}
	memcpy(path, name, strlen(name) + 1);
	return dx_addr_from_path(dx_slice_of(path, dx__addr_unescape(path)), ret);
}

int dx__addr_cut(char *text, char **ret_host, char **ret_port)
{
	bool brackets = text[0] == '[';
	char *end = brackets ? strchr(text, ']') : strchrnul(text, ':');

	if (brackets && (end == NULL || (end[1] != ':' && end[1] != 0) || memchr(text, ':', (size_t)(end - text)) == NULL))
		return -EINVAL;
	if (!brackets && *end != 0 && strchr(end + 1, ':') != NULL)
		return -EINVAL;
	*ret_host = text + brackets;
	*ret_port = end[brackets] == ':' ? end + brackets + 1 : NULL;
	*end = 0;
	return 0;
}

bool dx__addr_is_number(const char *text)
{
	return *text != 0 && text[strspn(text, "0123456789")] == 0;
}

int dx__addr_from_local(const char *text, int family, dx_addr *ret)
{
	char copy[DX_ADDR_TEXT], *host = copy, *port = copy;
	uint64_t number = 0;

	if (strlen(text) >= sizeof copy)
		return -EINVAL;
	memcpy(copy, text, strlen(text) + 1);
	if (dx__addr_is_number(copy))
		host += strlen(copy);
	else if (dx__addr_cut(copy, &host, &port) < 0)
		return -EINVAL;
	if (port != NULL && dx_number_parse(dx_slice_text(port), 0, UINT16_MAX, &number) < 0)
		return -EINVAL;
	return dx_addr_from_host(host, (uint16_t)number, family, ret);
}

int dx_addr_parse(const char *text, dx_addr *ret)
{
	if (text == NULL)
		return -EINVAL;
	if (strncmp(text, "unix:", 5) == 0)
		return read_unix(text + 5, ret);
	if (*text == ':' || strchr(text, ':') == NULL || text[strlen(text) - 1] == ']')
		return -EINVAL;
	return dx__addr_from_local(text, AF_UNSPEC, ret);
}

/* Writing */

/* What names the place, without its port: the host's bytes; or a Unix socket's name as the kernel keeps it, the first byte of an
 * abstract one NUL, of a socket without a name nothing. */
static dx_slice name_of(const dx_addr *a)
{
	size_t bytes = a->len < sizeof a->un ? a->len : sizeof a->un;   /* the kernel may count a NUL behind the struct */
	size_t len = bytes > PATH_OFFSET ? bytes - PATH_OFFSET : 0;

	if (a->sa.sa_family == AF_INET)
		return dx_slice_of(&a->in.sin_addr, sizeof a->in.sin_addr);
	if (a->sa.sa_family == AF_INET6)
		return dx_slice_of(&a->in6.sin6_addr, sizeof a->in6.sin6_addr);
	return dx_slice_of(a->un.sun_path, len == 0 || a->un.sun_path[0] == 0 ? len : strnlen(a->un.sun_path, len));
}

/* A file's name must not look abstract, so its first "@" is escaped. */
static void print_path(dx_slice name, char *into)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t byte = name.data[i];

		if (i == 0 && byte == 0)
			*into++ = '@';
		else if (byte < 0x20 || byte == 0x7f || strchr("%,?", byte) != NULL || (i == 0 && byte == '@'))
			into += snprintf(into, sizeof "%FF", "%%%02X", byte);
		else
			*into++ = (char)byte;
	}
	*into = 0;
}

static void print_scope(uint32_t scope, char *into)
{
	char name[IF_NAMESIZE];

	if (dx_sys_if_indextoname(scope, name) != NULL)
		snprintf(into, IF_NAMESIZE + 1, "%%%s", name);
	else
		snprintf(into, IF_NAMESIZE + 1, "%%%u", scope);
}

const char *dx_addr_print_host(const dx_addr *a, char into[DX_ADDR_TEXT])
{
	dx_addr plain = unmapped(a);

	*into = 0;
	if (plain.sa.sa_family == AF_UNIX)
		print_path(name_of(&plain), into);
	else
		(void)inet_ntop(plain.sa.sa_family, name_of(&plain).data, into, DX_ADDR_TEXT);
	if (plain.sa.sa_family == AF_INET6 && plain.in6.sin6_scope_id != 0)
		print_scope(plain.in6.sin6_scope_id, into + strlen(into));
	return into;
}

const char *dx_addr_print(const dx_addr *a, char into[DX_ADDR_TEXT])
{
	char host[DX_ADDR_TEXT];

	dx_addr_print_host(a, host);
	if (a->len == 0)
		*into = 0;
	else if (a->sa.sa_family == AF_UNIX)
		snprintf(into, DX_ADDR_TEXT, "unix:%.*s", DX_ADDR_TEXT - 6, host);
	else
		snprintf(into, DX_ADDR_TEXT, strchr(host, ':') != NULL ? "[%.*s]:%u" : "%.*s:%u", DX_ADDR_TEXT - 10, host,
			 dx_addr_port(a));
	return into;
}

int dx__error_at(dx_error *reterr, int code, const char *operation, const dx_addr *where)
{
	char text[DX_ADDR_TEXT];

	return dx_error_set(reterr, code, operation, dx_addr_print(where, text));
}

/* Asking */

uint16_t dx_addr_port(const dx_addr *a)
{
	if (a->sa.sa_family == AF_INET)
		return ntohs(a->in.sin_port);
	return a->sa.sa_family == AF_INET6 ? ntohs(a->in6.sin6_port) : 0;
}

void dx_addr_set_port(dx_addr *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET)
		a->in.sin_port = htons(port);
	else if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons(port);
}

bool dx_addr_equal(const dx_addr *a, const dx_addr *b)
{
	dx_addr one = unmapped(a), other = unmapped(b);
	bool v6 = one.sa.sa_family == AF_INET6;

	return one.sa.sa_family == other.sa.sa_family && dx_addr_port(&one) == dx_addr_port(&other) &&
	       dx_slice_equal(name_of(&one), name_of(&other)) && (!v6 || one.in6.sin6_scope_id == other.in6.sin6_scope_id);
}

bool dx_addr_is_loopback(const dx_addr *a)
{
	dx_addr plain = unmapped(a);

	if (plain.sa.sa_family == AF_INET)
		return ntohl(plain.in.sin_addr.s_addr) >> 24 == 127;
	return a->sa.sa_family == AF_UNIX || (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr));
}

bool dx_addr_is_group(const dx_addr *a)
{
	dx_addr plain = unmapped(a);

	if (plain.sa.sa_family == AF_INET)
		return IN_MULTICAST(ntohl(plain.in.sin_addr.s_addr)) || plain.in.sin_addr.s_addr == INADDR_BROADCAST;
	return a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_MULTICAST(&a->in6.sin6_addr);
}
