/* Endpoints: the text is copied once and cut up in the copy, so that every part still knows its place for the complaint. */
#include <duplex/endpoint.h>

#include "base/near.h"
#include "base/number.h"
#include "net/address_priv.h"
#include "sys/sys.h"

#include <stdio.h>
#include <strings.h>

#define HOST_NAME_BYTES 253

struct reading {
	char *memory;                   /* the copy */
	dx_endpoint e;
	dx_complaint wrong;
};

static int complain(struct reading *r, const char *part, const char *problem, const char *expected)
{
	r->wrong = (dx_complaint){ (size_t)(part - r->memory), strlen(part), problem, expected };
	return -EINVAL;
}

/* Ends the text at its first byte out of `marks`, and returns what stands behind that; NULL where there is none. */
static char *cut(char *text, const char *marks)
{
	char *at = strpbrk(text, marks);

	if (at == NULL)
		return NULL;
	*at = 0;
	return at + 1;
}

static int read_number(struct reading *r, const char *part, int max, const char *problem, const char *expected, int *ret)
{
	uint64_t number;

	if (dx_number_parse(dx_slice_text(part), 0, (uint64_t)max, &number) < 0)
		return complain(r, part, problem, expected);
	*ret = (int)number;
	return 0;
}

static bool is_number(const char *text)
{
	return *text != 0 && text[strspn(text, "0123456789")] == 0;
}

/* Places */

static int check_name(struct reading *r, const char *host)
{
	for (const char *c = host; *c != 0; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("/\\[]%@,", *c) != NULL)
			return complain(r, host, "bad host", "a host is a name or an address, without blanks, slashes or brackets");
	}
	if (strlen(host) > HOST_NAME_BYTES)
		return complain(r, host, "bad host", "a host name has at most 253 characters");
	return 0;
}

static int check_host(struct reading *r, const char *host, int family)
{
	dx_addr unused;

	switch (dx_addr_from_host(host, 0, family, &unused)) {
	case 0:
		return 0;
	case -EAFNOSUPPORT:
		return complain(r, host, "wrong kind of address",
				"tcp4:// and udp4:// take IPv4 addresses, tcp6:// and udp6:// IPv6 addresses");
	case -ENODEV:
		return complain(r, host, "no such interface", "a link-local address names its interface, as in [fe80::1%eth0]:80");
	}
	if (strchr(host, ':') != NULL)
		return complain(r, host, "bad host", "an IPv6 address is like ::1 or 2001:db8::7");
	if (dx_addr_looks_numeric(host))
		return complain(r, host, "bad host",
				"an IPv4 address is four numbers from 0 to 255 without leading zeros, as in 127.0.0.1");
	return check_name(r, host);
}

/* Cuts "HOST:PORT" or "[V6]:PORT": where the host begins, and *ret_port its port, NULL where there is none. */
static int split_host(struct reading *r, char *text, char **ret_host, char **ret_port)
{
	char *end = text[0] == '[' ? strchr(text, ']') : NULL;

	if (text[0] == '[') {
		if (end == NULL || (end[1] != ':' && end[1] != 0) || memchr(text, ':', (size_t)(end - text)) == NULL)
			return complain(r, text, "bad host", "brackets stand around an IPv6 address, as in [::1]:80");
		*end = 0;
		*ret_host = text + 1;
		*ret_port = end[1] == ':' ? end + 2 : NULL;
		return 0;
	}
	if (strchr(text, ':') != strrchr(text, ':'))
		return complain(r, text, "more than one colon in", "an IPv6 address stands in brackets before its port, as in [::1]:80");
	*ret_host = text;
	*ret_port = cut(text, ":");
	return 0;
}

static int read_port(struct reading *r, const char *port)
{
	int number, result;

	if (*port == 0)
		return complain(r, port, "no port", "a port is a whole number from 0 to 65535");
	result = read_number(r, port, UINT16_MAX, "bad port", "a port is a whole number from 0 to 65535", &number);
	if (result == 0)
		r->e.port = (uint16_t)number;
	return result;
}

static int read_net(struct reading *r, char *text)
{
	char *host, *port;
	int result = split_host(r, text, &host, &port);

	if (result < 0)
		return result;
	if (port == NULL && is_number(host))
		return complain(r, host, "no colon before", "a port comes behind a colon, as in tcp://:8090");
	r->e.host = host;
	if (*host != 0)
		result = check_host(r, host, r->e.family);
	if (result == 0 && port == NULL)
		result = complain(r, text + strlen(text) + (*text == '['), "no port", "HOST:PORT is expected, or :PORT for this machine");
	return result < 0 ? result : read_port(r, port);
}

static int complain_of_path(struct reading *r, const char *text, size_t written_bytes, int code)
{
	if (code == -ENAMETOOLONG)
		complain(r, text, "path too long", "the path of a Unix socket has at most 107 bytes");
	else
		complain(r, text, *text == 0 ? "no path" : "bad path", "a path names a file, as in unix:/run/x.sock, or is @NAME");
	r->wrong.len = written_bytes;
	return -EINVAL;
}

static int read_path(struct reading *r, char *text)
{
	size_t written_bytes = strlen(text);
	dx_addr unused;
	int result;

	r->e.path = dx_slice_of(text, dx__addr_unescape(text));
	result = dx_addr_from_path(r->e.path, &unused);
	return result < 0 ? complain_of_path(r, text, written_bytes, result) : 0;
}

static int read_fd(struct reading *r, char *text)
{
	return read_number(r, text, INT32_MAX, "bad descriptor", "fd://N is the number of an open socket", &r->e.fd);
}

/* Keys */

#define ON(transport) (1u << (transport))
#define ON_NET     (ON(DX_TCP) | ON(DX_UDP))
#define ON_UNIX    (ON(DX_UNIX) | ON(DX_UNIX_DGRAM))
#define ON_ANY     (ON_NET | ON_UNIX | ON(DX_FD))

enum kind { TEXT, BIND, SWITCH, BYTES, COUNT, OCTAL };

static const struct key {
	const char *name, *meant;
	enum kind kind;
	unsigned on;
	size_t place;
} keys[] = {
#define KEY(name, kind, on, member) { name, "perhaps " name "= was meant", kind, on, offsetof(dx_endpoint_keys, member) }
	KEY("bind", BIND, ON_NET | ON_UNIX, bind),
	KEY("encoding", TEXT, ON_ANY, encoding),
	KEY("frame", TEXT, ON_ANY, frame),
	KEY("eol", TEXT, ON_ANY, eol),
	KEY("mode", TEXT, ON_ANY, mode),
	KEY("nodelay", SWITCH, ON(DX_TCP) | ON(DX_FD), nodelay),
	KEY("sndbuf", BYTES, ON_ANY, sndbuf),
	KEY("rcvbuf", BYTES, ON_ANY, rcvbuf),
	KEY("backlog", COUNT, ON(DX_TCP) | ON(DX_UNIX), backlog),
	KEY("reuseport", SWITCH, ON_NET, reuseport),
	KEY("congestion", TEXT, ON(DX_TCP) | ON(DX_FD), congestion),
	KEY("perm", OCTAL, ON_UNIX, perm),
#undef KEY
};

#define KEYS_KNOWN "the keys are bind encoding frame eol mode nodelay sndbuf rcvbuf backlog reuseport congestion perm"

static int read_perm(struct reading *r, const char *value, int *ret)
{
	size_t digits = strspn(value, "01234567");
	int mode = 0;

	for (size_t i = 0; i < digits && mode <= 0777; i++)
		mode = mode * 8 + (value[i] - '0');
	if (digits == 0 || value[digits] != 0 || mode > 0777)
		return complain(r, value, "bad perm", "perm is octal, from 0 to 777");
	*ret = mode;
	return 0;
}

static int read_size(struct reading *r, const char *value, int *ret)
{
	uint64_t bytes;

	if (dx_size_parse(dx_slice_text(value), INT32_MAX, &bytes) < 0 || bytes == 0)
		return complain(r, value, "bad size", "a size is a whole number of bytes, such as 4096, 64k or 1Mi");
	*ret = (int)bytes;
	return 0;
}

/* The local side, in the words of the transport: looked at here so that it can be blamed, read by dx_endpoint_bind. */
static int read_bind(struct reading *r, char *value, const char **ret)
{
	size_t written_bytes = strlen(value);
	bool is_path = dx_endpoint_is_unix(&r->e), whole = !is_path || dx__addr_unescape(value) == strlen(value);
	dx_addr unused;
	int result;

	r->e.keys.bind = *ret = value;
	result = whole ? dx_endpoint_bind(&r->e, r->e.family, &unused) : -EINVAL;
	if (result < 0 && is_path)
		return complain_of_path(r, value, written_bytes, result);
	if (result < 0)
		return complain(r, value, "bad bind", "the local side is :PORT, ADDRESS or ADDRESS:PORT, as in bind=:9999");
	return 0;
}

static int read_value(struct reading *r, const struct key *key, char *value)
{
	void *into = (char *)&r->e.keys + key->place;

	switch (key->kind) {
	case TEXT:
		*(const char **)into = value;
		return 0;
	case BIND:
		return read_bind(r, value, into);
	case SWITCH:
		return read_number(r, value, 1, "bad value", "it is 0 or 1", into);
	case BYTES:
		return read_size(r, value, into);
	case COUNT:
		return read_number(r, value, UINT16_MAX, "bad backlog", "a backlog is a whole number from 0 to 65535", into);
	case OCTAL:
		return read_perm(r, value, into);
	}
	return -EINVAL;
}

static const struct key *find_key(const char *name)
{
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	}
	return NULL;
}

static int refuse_key(struct reading *r, const char *name)
{
	const char *expected = KEYS_KNOWN;
	size_t nearest = SIZE_MAX;

	if (*name == 0)
		return complain(r, name, "no key", "key=value is expected behind a comma");
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		dx_slice typed = dx_slice_text(name), known = dx_slice_text(keys[i].name);

		if (dx_near_enough(typed, known) && dx_near_distance(typed, known) < nearest) {
			nearest = dx_near_distance(typed, known);
			expected = keys[i].meant;
		}
	}
	return complain(r, name, "unknown key", expected);
}

static int read_key(struct reading *r, char *name, unsigned *seen)
{
	char *value = cut(name, "=");
	const struct key *key = find_key(name);

	if (key == NULL)
		return refuse_key(r, name);
	if ((key->on & ON(r->e.transport)) == 0)
		return complain(r, name, "wrong key", "this kind of endpoint does not know it");
	if ((*seen & 1u << (key - keys)) != 0)
		return complain(r, name, "repeated key", "each key stands once");
	if (value == NULL || *value == 0)
		return complain(r, name, "no value for", "a key is followed by = and its value, as in bind=:9999");
	*seen |= 1u << (key - keys);
	return read_value(r, key, value);
}

static int read_keys(struct reading *r, char *text, const char *separators)
{
	unsigned seen = 0;
	int result = 0;

	while (text != NULL && result == 0) {
		char *next = cut(text, separators);

		result = read_key(r, text, &seen);
		text = next;
	}
	return result;
}

/* The whole */

static const struct scheme {
	const char *prefix;
	dx_transport transport;
	int family;
} schemes[] = {
	{ "tcp://", DX_TCP, AF_UNSPEC },          { "tcp4://", DX_TCP, AF_INET },      { "tcp6://", DX_TCP, AF_INET6 },
	{ "udp://", DX_UDP, AF_UNSPEC },          { "udp4://", DX_UDP, AF_INET },      { "udp6://", DX_UDP, AF_INET6 },
	{ "unix://", DX_UNIX, AF_UNIX },          { "unix:", DX_UNIX, AF_UNIX },       { "unix-dgram://", DX_UNIX_DGRAM, AF_UNIX },
	{ "unix-dgram:", DX_UNIX_DGRAM, AF_UNIX }, { "fd://", DX_FD, AF_UNSPEC },
};

#define SCHEMES_KNOWN "an endpoint begins with tcp:// udp:// tcp4:// tcp6:// udp4:// udp6:// unix: unix-dgram: or fd://"

static int refuse_scheme(struct reading *r, char *text)
{
	char *slashes = strstr(text, "://");

	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0] && slashes == NULL; i++) {
		size_t len = strcspn(schemes[i].prefix, ":") + 1;

		if (strncasecmp(text, schemes[i].prefix, len) == 0) {
			text[len] = 0;
			return complain(r, text, "no slashes after", "write tcp://HOST:PORT, udp://HOST:PORT or fd://N");
		}
	}
	if (slashes != NULL) {
		slashes[3] = 0;
		return complain(r, text, "unknown scheme", SCHEMES_KNOWN);
	}
	if (strchr(text, '/') != NULL)
		return complain(r, text, "bad endpoint", "the path of a Unix socket comes after unix:");
	return 0;
}

/* What stands before the place; *ret_rest is the place. A text without any is HOST:PORT, or a port alone. */
static int read_scheme(struct reading *r, char *text, char **ret_rest)
{
	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
		size_t len = strlen(schemes[i].prefix);

		if (strncasecmp(text, schemes[i].prefix, len) == 0) {
			r->e.transport = schemes[i].transport;
			r->e.family = schemes[i].family;
			*ret_rest = text + len;
			return 0;
		}
	}
	*ret_rest = text;
	return refuse_scheme(r, text);
}

static int read_place(struct reading *r, char *text)
{
	switch (r->e.transport) {
	case DX_TCP:
	case DX_UDP:
		if (text != r->memory || !is_number(text))
			return read_net(r, text);
		r->e.host = text + strlen(text);
		return read_port(r, text);
	case DX_UNIX:
	case DX_UNIX_DGRAM:
		return read_path(r, text);
	case DX_FD:
		return read_fd(r, text);
	}
	return -EINVAL;
}

/* The place, with keys behind its first comma or question mark; HOST and PORT are two words, `host` NULL where they are not. */
static int read_endpoint(struct reading *r, char *host, char *text)
{
	const char *separators = text[strcspn(text, ",?")] == '?' ? "&," : ",";
	char *keys_text = cut(text, ",?");
	int result;

	if ((host != NULL ? *host : *text) == 0)
		return complain(r, host != NULL ? host : text, host != NULL ? "no host" : "no endpoint",
				"an endpoint is like tcp://HOST:PORT, udp://:PORT or unix:PATH");
	if (host != NULL) {
		r->e.host = host;
		result = check_host(r, host, AF_UNSPEC);
		if (result == 0)
			result = read_port(r, text);
	} else {
		result = read_scheme(r, text, &text);
		if (result == 0)
			result = read_place(r, text);
	}
	return result < 0 ? result : read_keys(r, keys_text, separators);
}

static int start(struct reading *r, size_t bytes)
{
	*r = (struct reading){ .e = { .transport = DX_TCP, .family = AF_UNSPEC, .fd = -1 } };
	r->e.keys.nodelay = r->e.keys.reuseport = r->e.keys.sndbuf = r->e.keys.rcvbuf = r->e.keys.backlog = r->e.keys.perm = -1;
	r->memory = r->e.memory = dx_sys_malloc(bytes);
	return r->memory == NULL ? -ENOMEM : 0;
}

static int finish(struct reading *r, int result, dx_endpoint *ret, dx_complaint *reterr)
{
	if (result == 0) {
		*ret = r->e;
		return 0;
	}
	dx_sys_free(r->memory);
	if (result == -EINVAL && reterr != NULL)
		*reterr = r->wrong;
	return result;
}

int dx_endpoint_parse(const char *text, dx_endpoint *ret, dx_complaint *reterr)
{
	struct reading r;
	size_t bytes = strlen(text) + 1;

	if (start(&r, bytes) < 0)
		return -ENOMEM;
	memcpy(r.memory, text, bytes);
	return finish(&r, read_endpoint(&r, NULL, r.memory), ret, reterr);
}

int dx_endpoint_from_words(const char *host, const char *port, dx_endpoint *ret, dx_complaint *reterr, bool *ret_port_blamed)
{
	size_t host_bytes = strlen(host) + 1, port_bytes = strlen(port) + 1;
	struct reading r;
	int result;

	if (start(&r, host_bytes + port_bytes) < 0)
		return -ENOMEM;
	memcpy(r.memory, host, host_bytes);
	memcpy(r.memory + host_bytes, port, port_bytes);
	result = read_endpoint(&r, r.memory, r.memory + host_bytes);
	if (result == -EINVAL) {
		bool port_blamed = r.wrong.at >= host_bytes;

		r.wrong.at -= port_blamed ? host_bytes : 0;
		if (ret_port_blamed != NULL)
			*ret_port_blamed = port_blamed;
	}
	return finish(&r, result, ret, reterr);
}

void dx_endpoint_fini(dx_endpoint *e)
{
	dx_sys_free(e->memory);
	*e = (dx_endpoint){ .fd = -1 };
}

bool dx_endpoint_is_stream(const dx_endpoint *e)
{
	return e->transport == DX_TCP || e->transport == DX_UNIX;
}

bool dx_endpoint_is_unix(const dx_endpoint *e)
{
	return e->transport == DX_UNIX || e->transport == DX_UNIX_DGRAM;
}

/* The bind= of the internet: a copy is cut up, since the text belongs to the endpoint. */
static int bind_net(const char *bind, int family, dx_addr *ret)
{
	char text[DX_ADDR_TEXT];
	char *host, *port = NULL;
	struct reading r = { .memory = text };

	if (strlen(bind) >= sizeof text)
		return -EINVAL;
	memcpy(text, bind, strlen(bind) + 1);
	if (is_number(text))
		port = text, host = text + strlen(text);
	else if (split_host(&r, text, &host, &port) < 0)
		return -EINVAL;
	if (port != NULL && read_port(&r, port) < 0)
		return -EINVAL;
	return dx_addr_from_host(host, r.e.port, family, ret);
}

int dx_endpoint_bind(const dx_endpoint *e, int family, dx_addr *ret)
{
	if (e->keys.bind == NULL)
		return -ENOENT;
	if (dx_endpoint_is_unix(e))
		return dx_addr_from_path(dx_slice_text(e->keys.bind), ret);
	return bind_net(e->keys.bind, family, ret);
}

const char *dx_endpoint_print(dx_transport transport, const dx_addr *a, char into[DX_ENDPOINT_TEXT])
{
	static const char *const prefixes[] = { [DX_TCP] = "tcp://", [DX_UDP] = "udp://", [DX_UNIX] = "",
		                                [DX_UNIX_DGRAM] = "unix-dgram:", [DX_FD] = "" };
	char text[DX_ADDR_TEXT];

	dx_addr_print(a, text);
	snprintf(into, DX_ENDPOINT_TEXT, "%s%s", prefixes[transport], text + (transport == DX_UNIX_DGRAM ? strlen("unix:") : 0));
	return into;
}
