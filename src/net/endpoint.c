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

/* Numbers */

static int parse_decimal(dx_slice text, uint64_t max, uint64_t *ret)
{
	return dx_number_parse(text, 0, max, ret);
}

static int parse_octal(dx_slice text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < text.len && value <= max; i++) {
		if (text.data[i] < '0' || text.data[i] > '7')
			return -EINVAL;
		value = value * 8 + (uint64_t)(text.data[i] - '0');
	}
	*ret = value;
	return text.len > 0 && value <= max ? 0 : -EINVAL;
}

static int parse_ms(dx_slice text, uint64_t max, uint64_t *ret)
{
	int64_t ns;
	int r = dx_duration_parse(text, &ns);

	*ret = r < 0 ? 0 : (uint64_t)(ns / DX_NS_PER_MS);
	return r < 0 || *ret > max ? -EINVAL : 0;
}

/* A kind of number, and what is said of one that makes no sense. */
struct kind {
	int (*parse)(dx_slice text, uint64_t max, uint64_t *ret);
	uint64_t min, max;
	const char *problem, *expected;
};

#define A_PORT "a port is a whole number from 0 to 65535"

static const struct kind a_port = { parse_decimal, 0, UINT16_MAX, "bad port", A_PORT };
static const struct kind a_descriptor = { parse_decimal, 0, INT32_MAX, "bad descriptor",
					  "fd://N is the number of an open socket" };
static const struct kind a_switch = { parse_decimal, 0, 1, "bad value", "it is 0 or 1" };
static const struct kind a_backlog = { parse_decimal, 0, UINT16_MAX, "bad backlog",
				       "a backlog is a whole number from 0 to 65535" };
static const struct kind a_perm = { parse_octal, 0, 0777, "bad perm", "perm is octal, from 0 to 777" };
static const struct kind a_time = { parse_ms, 0, INT32_MAX, "bad time", "a time is like 30s or 5m, at most 24 days; 0 is for ever" };
static const struct kind a_size = { dx_size_parse, 1, INT32_MAX, "bad size",
				    "a size is a whole number of bytes, such as 4096, 64k or 1Mi" };

static int read_number(struct reading *r, const char *part, const struct kind *kind, int *ret)
{
	uint64_t number;

	if (kind->parse(dx_slice_text(part), kind->max, &number) < 0 || number < kind->min)
		return complain(r, part, kind->problem, kind->expected);
	*ret = (int)number;
	return 0;
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

static int read_port(struct reading *r, const char *port)
{
	int number = 0, result = *port == 0 ? complain(r, port, "no port", A_PORT) : read_number(r, port, &a_port, &number);

	r->e.port = (uint16_t)number;
	return result;
}

static int read_net(struct reading *r, char *text)
{
	const char *end = text + strlen(text);
	char *host, *port;
	int result;

	if (dx__addr_cut(text, &host, &port) < 0) {
		if (*text == '[')
			return complain(r, text, "bad host", "brackets stand around an IPv6 address, as in [::1]:80");
		return complain(r, text, "more than one colon in",
				"an IPv6 address stands in brackets before its port, as in [::1]:80");
	}
	if (port == NULL && dx__addr_is_number(host))
		return complain(r, host, "no colon before", "a port comes behind a colon, as in tcp://:8090");
	r->e.host = host;
	result = *host == 0 ? 0 : check_host(r, host, r->e.family);
	if (result == 0 && port == NULL)
		return complain(r, end, "no port", "HOST:PORT is expected, or :PORT for this machine");
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

/* Keys */

#define ON(transport) (1u << (transport))
#define ON_NET     (ON(DX_TCP) | ON(DX_UDP))
#define ON_UNIX    (ON(DX_UNIX) | ON(DX_UNIX_DGRAM))
#define ON_ANY     (ON_NET | ON_UNIX | ON(DX_FD))

static const struct key {
	const char *name, *meant;
	const struct kind *kind;        /* NULL: a text */
	unsigned on;
	size_t place;
} keys[] = {
#define KEY(name, kind, on, member) { name, "perhaps " name "= was meant", kind, on, offsetof(dx_endpoint_keys, member) }
	KEY("bind", NULL, ON_NET | ON_UNIX, bind),
	KEY("encoding", NULL, ON_ANY, encoding),
	KEY("frame", NULL, ON_ANY, frame),
	KEY("eol", NULL, ON_ANY, eol),
	KEY("mode", NULL, ON_ANY, mode),
	KEY("nodelay", &a_switch, ON(DX_TCP) | ON(DX_FD), nodelay),
	KEY("sndbuf", &a_size, ON_ANY, sndbuf),
	KEY("rcvbuf", &a_size, ON_ANY, rcvbuf),
	KEY("backlog", &a_backlog, ON(DX_TCP) | ON(DX_UNIX), backlog),
	KEY("reuseport", &a_switch, ON_NET, reuseport),
	KEY("congestion", NULL, ON(DX_TCP) | ON(DX_FD), congestion),
	KEY("perm", &a_perm, ON_UNIX, perm),
	KEY("expire", &a_time, ON(DX_UDP) | ON(DX_UNIX_DGRAM), expire),
#undef KEY
};

#define KEY_COUNT  (sizeof keys / sizeof keys[0])
#define KEYS_KNOWN "the keys are bind encoding frame eol mode nodelay sndbuf rcvbuf backlog reuseport congestion perm expire"

/* The local side, in the words of the transport: looked at here so that it can be blamed, read by dx_endpoint_bind. */
static int check_bind(struct reading *r, char *value)
{
	size_t written_bytes = strlen(value);
	bool is_path = dx_endpoint_is_unix(&r->e), whole = !is_path || dx__addr_unescape(value) == strlen(value);
	dx_addr unused;
	int result = whole ? dx_endpoint_bind(&r->e, r->e.family, &unused) : -EINVAL;

	if (result < 0 && is_path)
		return complain_of_path(r, value, written_bytes, result);
	if (result < 0)
		return complain(r, value, "bad bind", "the local side is :PORT, ADDRESS or ADDRESS:PORT, as in bind=:9999");
	return 0;
}

static int read_value(struct reading *r, const struct key *key, char *value)
{
	void *into = (char *)&r->e.keys + key->place;

	if (key->kind != NULL)
		return read_number(r, value, key->kind, into);
	*(const char **)into = value;
	return into == &r->e.keys.bind ? check_bind(r, value) : 0;
}

static int refuse_key(struct reading *r, const char *name)
{
	const char *names[KEY_COUNT];
	int near;

	if (*name == 0)
		return complain(r, name, "no key", "key=value is expected behind a comma");
	for (size_t i = 0; i < KEY_COUNT; i++)
		names[i] = keys[i].name;
	near = dx_near_find(dx_slice_text(name), names, KEY_COUNT);
	return complain(r, name, "unknown key", near < 0 ? KEYS_KNOWN : keys[near].meant);
}

static int read_key(struct reading *r, char *name, unsigned *seen)
{
	char *value = cut(name, "=");
	size_t i = 0;

	while (i < KEY_COUNT && strcmp(keys[i].name, name) != 0)
		i++;
	if (i == KEY_COUNT)
		return refuse_key(r, name);
	if ((keys[i].on & ON(r->e.transport)) == 0)
		return complain(r, name, "wrong key", "this kind of endpoint does not know it");
	if ((*seen & 1u << i) != 0)
		return complain(r, name, "repeated key", "each key stands once");
	if (value == NULL || *value == 0)
		return complain(r, name, "no value for", "a key is followed by = and its value, as in bind=:9999");
	*seen |= 1u << i;
	return read_value(r, &keys[i], value);
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

#define SCHEME_COUNT  (sizeof schemes / sizeof schemes[0])
#define SCHEMES_KNOWN "an endpoint begins with tcp:// udp:// tcp4:// tcp6:// udp4:// udp6:// unix: unix-dgram: or fd://"

/* Of a text that begins with no scheme: it is HOST:PORT, or a port alone, unless it looks like something else. */
static int refuse_scheme(struct reading *r, char *text)
{
	char *slashes = strstr(text, "://");

	if (slashes != NULL) {
		slashes[3] = 0;
		return complain(r, text, "unknown scheme", SCHEMES_KNOWN);
	}
	for (size_t i = 0; i < SCHEME_COUNT; i++) {
		size_t len = strcspn(schemes[i].prefix, ":") + 1;

		if (strncasecmp(text, schemes[i].prefix, len) == 0) {
			text[len] = 0;
			return complain(r, text, "no slashes after", "write tcp://HOST:PORT, udp://HOST:PORT or fd://N");
		}
	}
	if (strchr(text, '/') != NULL)
		return complain(r, text, "bad endpoint", "the path of a Unix socket comes after unix:");
	return 0;
}

static int read_place(struct reading *r, char *text)
{
	size_t i = 0;

	while (i < SCHEME_COUNT && strncasecmp(text, schemes[i].prefix, strlen(schemes[i].prefix)) != 0)
		i++;
	if (i < SCHEME_COUNT) {
		r->e.transport = schemes[i].transport;
		r->e.family = schemes[i].family;
		text += strlen(schemes[i].prefix);
	} else if (refuse_scheme(r, text) < 0) {
		return -EINVAL;
	} else if (dx__addr_is_number(text)) {
		r->e.host = text + strlen(text);
		return read_port(r, text);
	}
	if (r->e.transport == DX_FD)
		return read_number(r, text, &a_descriptor, &r->e.fd);
	return dx_endpoint_is_unix(&r->e) ? read_path(r, text) : read_net(r, text);
}

static int read_words(struct reading *r, const char *host, const char *port)
{
	int result = check_host(r, host, AF_UNSPEC);

	r->e.host = host;
	return result < 0 ? result : read_port(r, port);
}

/* The place, with keys behind its first comma or question mark; HOST and PORT are two words, `host` NULL where they are not. */
static int read_endpoint(struct reading *r, const char *host, char *text)
{
	const char *separators = text[strcspn(text, ",?")] == '?' ? "&," : ",";
	char *keys_text = cut(text, ",?");
	int result;

	if ((host != NULL ? *host : *text) == 0)
		return complain(r, host != NULL ? host : text, host != NULL ? "no host" : "no endpoint",
				"an endpoint is like tcp://HOST:PORT, udp://:PORT or unix:PATH");
	result = host != NULL ? read_words(r, host, text) : read_place(r, text);
	return result < 0 ? result : read_keys(r, keys_text, separators);
}

int dx_endpoint_parse(const char *text, dx_endpoint *ret, dx_complaint *reterr)
{
	return dx_endpoint_from_words(NULL, text, ret, reterr, NULL);
}

int dx_endpoint_from_words(const char *host, const char *port, dx_endpoint *ret, dx_complaint *reterr, bool *ret_port_blamed)
{
	size_t host_bytes = host == NULL ? 0 : strlen(host) + 1, port_bytes = port == NULL ? 1 : strlen(port) + 1;
	char *memory = dx_sys_malloc(host_bytes + port_bytes);
	struct reading r = { .memory = memory, .e = { .transport = DX_TCP, .family = AF_UNSPEC, .fd = -1, .memory = memory,
						      .keys = { .nodelay = -1, .reuseport = -1, .sndbuf = -1, .rcvbuf = -1,
								.backlog = -1, .perm = -1, .expire = -1 } } };

	if (memory == NULL)
		return -ENOMEM;
	if (port == NULL)
		port = "";
	if (host != NULL)
		memcpy(memory, host, host_bytes);
	memcpy(memory + host_bytes, port, port_bytes);
	if (read_endpoint(&r, host != NULL ? memory : NULL, memory + host_bytes) == 0) {
		*ret = r.e;
		return 0;
	}
	dx_sys_free(memory);
	if (ret_port_blamed != NULL)
		*ret_port_blamed = r.wrong.at >= host_bytes;
	if (r.wrong.at >= host_bytes)
		r.wrong.at -= host_bytes;
	if (reterr != NULL)
		*reterr = r.wrong;
	return -EINVAL;
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

int dx_endpoint_bind(const dx_endpoint *e, int family, dx_addr *ret)
{
	if (e->keys.bind == NULL)
		return -ENOENT;
	if (dx_endpoint_is_unix(e))
		return dx_addr_from_path(dx_slice_text(e->keys.bind), ret);
	return dx__addr_from_local(e->keys.bind, family, ret);
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
