/* Addresses: read strictly, written so that reading gives the same again. */
#include <duplex/address.h>

#include "base/number.h"
#include "net/address_priv.h"
#include "sys/sys.h"

#include <arpa/inet.h>
#include <stdio.h>

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)

/* Reading */

static void put_v4(dx_addr *a, struct in_addr host, uint16_t port)
{
	*a = (dx_addr){ .len = sizeof a->in };
	a->in.sin_family = AF_INET;
	a->in.sin_port = htons(port);
	a->in.sin_addr = host;
}

static void put_v6(dx_addr *a, const struct in6_addr *host, uint32_t scope, uint16_t port)
{
	*a = (dx_addr){ .len = sizeof a->in6 };
	a->in6.sin6_family = AF_INET6;
	a->in6.sin6_port = htons(port);
	a->in6.sin6_addr = *host;
	a->in6.sin6_scope_id = scope;
}

static struct in_addr v4_inside(const struct in6_addr *mapped)
{
	struct in_addr v4;

	memcpy(&v4, mapped->s6_addr + 12, sizeof v4);
	return v4;
}

static int read_v4(const char *host, uint16_t port, int family, dx_addr *ret)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) != 1)
		return -EINVAL;
	if (family == AF_INET6)
		return -EAFNOSUPPORT;
	put_v4(ret, v4, port);
	return 0;
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

static int read_v6(const char *host, uint16_t port, int family, dx_addr *ret)
{
	char number[INET6_ADDRSTRLEN];
	size_t len = strcspn(host, "%");
	struct in6_addr v6;
	uint32_t scope = 0;

	if (len >= sizeof number)
		return -EINVAL;
	memcpy(number, host, len);
	number[len] = 0;
	if (inet_pton(AF_INET6, number, &v6) != 1)
		return -EINVAL;
	if (host[len] == '%' ? read_scope(host + len + 1, &scope) < 0 : IN6_IS_ADDR_LINKLOCAL(&v6))
		return -ENODEV;
	if (IN6_IS_ADDR_V4MAPPED(&v6) && family != AF_INET6)
		put_v4(ret, v4_inside(&v6), port);
	else if (family == AF_INET)
		return -EAFNOSUPPORT;
	else
		put_v6(ret, &v6, scope, port);
	return 0;
}

int dx_addr_from_host(const char *host, uint16_t port, int family, dx_addr *ret)
{
	if (*host == 0 && family == AF_INET)
		put_v4(ret, (struct in_addr){ INADDR_ANY }, port);
	else if (*host == 0)
		put_v6(ret, &in6addr_any, 0, port);
	else
		return strchr(host, ':') != NULL ? read_v6(host, port, family, ret) : read_v4(host, port, family, ret);
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

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t dx__addr_unescape(char *text)
{
	char *to = text;

	if (strncmp(text, "%40", 3) == 0)
		memcpy(text, "./@", 3);
	for (const char *from = text; *from != 0; to++) {
		int high = from[0] == '%' ? hex_digit(from[1]) : -1, low = high >= 0 ? hex_digit(from[2]) : -1;

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

int dx_addr_parse(const char *text, dx_addr *ret)
{
	char host[INET6_ADDRSTRLEN + IF_NAMESIZE];
	const char *colon = strrchr(text, ':');
	bool brackets = text[0] == '[' && colon != NULL && colon[-1] == ']';
	size_t len;
	uint64_t port;

	if (strncmp(text, "unix:", 5) == 0)
		return read_unix(text + 5, ret);
	if (colon == NULL || dx_number_parse(dx_slice_text(colon + 1), 0, UINT16_MAX, &port) < 0)
		return -EINVAL;
	len = (size_t)(colon - text) - (brackets ? 2 : 0);
	if (len == 0 || len >= sizeof host)
		return -EINVAL;
	memcpy(host, text + brackets, len);
	host[len] = 0;
	if (brackets != (strchr(host, ':') != NULL))
		return -EINVAL;
	return dx_addr_from_host(host, (uint16_t)port, AF_UNSPEC, ret);
}

/* Writing */

/* The IPv4 address in `a`, plain or mapped. */
static bool get_v4(const dx_addr *a, struct in_addr *ret)
{
	if (a->sa.sa_family == AF_INET)
		*ret = a->in.sin_addr;
	else if (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr))
		*ret = v4_inside(&a->in6.sin6_addr);
	else
		return false;
	return true;
}

/* As the kernel keeps it: the first byte of an abstract name is NUL; len 0 is a socket without a name. */
static dx_slice unix_name(const dx_addr *a)
{
	size_t bytes = a->len < sizeof a->un ? a->len : sizeof a->un;   /* the kernel may count a NUL behind the struct */
	size_t len = bytes > PATH_OFFSET ? bytes - PATH_OFFSET : 0;

	return dx_slice_of(a->un.sun_path, len == 0 || a->un.sun_path[0] == 0 ? len : strnlen(a->un.sun_path, len));
}

static char *print_escaped(uint8_t byte, char *into)
{
	static const char digits[] = "0123456789ABCDEF";

	*into++ = '%';
	*into++ = digits[byte >> 4];
	*into++ = digits[byte & 15];
	return into;
}

static void print_path(dx_slice name, char *into)
{
	bool at = name.len > 0 && name.data[0] == '@';          /* a file's name, and must not look abstract */

	if (name.len > 0 && name.data[0] == 0) {
		*into++ = '@';
		name = dx_slice_after(name, 1);
	}
	for (size_t i = 0; i < name.len; i++) {
		uint8_t byte = name.data[i];

		if (byte < 0x20 || byte == 0x7f || byte == '%' || byte == ',' || byte == '?' || (at && i == 0))
			into = print_escaped(byte, into);
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
	struct in_addr v4;

	*into = 0;
	if (a->len == 0)
		return into;
	if (a->sa.sa_family == AF_UNIX) {
		print_path(unix_name(a), into);
	} else if (get_v4(a, &v4)) {
		inet_ntop(AF_INET, &v4, into, DX_ADDR_TEXT);
	} else if (a->sa.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a->in6.sin6_addr, into, DX_ADDR_TEXT);
		if (a->in6.sin6_scope_id != 0)
			print_scope(a->in6.sin6_scope_id, into + strlen(into));
	}
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
	struct in_addr v4_a = { 0 }, v4_b = { 0 };
	bool is_v4 = get_v4(a, &v4_a);

	if (a->len == 0 || b->len == 0)
		return a->len == b->len;
	if (is_v4 != get_v4(b, &v4_b) || dx_addr_port(a) != dx_addr_port(b))
		return false;
	if (is_v4)
		return v4_a.s_addr == v4_b.s_addr;
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_UNIX)
		return dx_slice_equal(unix_name(a), unix_name(b));
	return IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr) && a->in6.sin6_scope_id == b->in6.sin6_scope_id;
}

bool dx_addr_is_loopback(const dx_addr *a)
{
	struct in_addr v4;

	if (get_v4(a, &v4))
		return ntohl(v4.s_addr) >> 24 == 127;
	return a->sa.sa_family == AF_UNIX || (a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&a->in6.sin6_addr));
}

bool dx_addr_is_group(const dx_addr *a)
{
	struct in_addr v4;

	if (get_v4(a, &v4))
		return IN_MULTICAST(ntohl(v4.s_addr)) || v4.s_addr == INADDR_BROADCAST;
	return a->sa.sa_family == AF_INET6 && IN6_IS_ADDR_MULTICAST(&a->in6.sin6_addr);
}
