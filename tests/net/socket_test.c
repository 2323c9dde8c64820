/* The verbs of socket.h: conversations, what each returns when it cannot, and when time is over or a signal comes. */
#include "helper.h"

#include <limits.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#define BIG          ((size_t)4 * 1024 * 1024) /* more than any two sockets hold */

static const dx_socket closed = DX_SOCKET_CLOSED;

static int port_of(const dx_socket *s)
{
	dx_addr at;

	assert_int_equal(dx_socket_getsockname(s, &at), 0);
	return dx_addr_port(&at);
}

static dx_socket server(void)
{
	dx_socket s;

	assert_int_equal(dx_create_server("127.0.0.1", 0, NULL, &s, NULL), 0);
	return s;
}

/* Two ends of a TCP connection. */
static void connect_two(dx_socket *client, dx_socket *peer)
{
	dx_socket s = server();

	assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, client), 0);
	assert_int_equal(dx_socket_connect(client, "127.0.0.1", port_of(&s), LONG_MS), 0);
	assert_int_equal(dx_socket_accept(&s, LONG_MS, peer, NULL), 0);
	assert_int_equal(dx_socket_close(&s), 0);
}

static void close_all(dx_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)dx_socket_close(&sockets[i]);
}

static void check_heard(const dx_socket *s, const char *wanted)
{
	char into[64];
	ssize_t came = dx_socket_recv(s, into, sizeof into, 0, LONG_MS);

	assert_int_equal(came, (ssize_t)strlen(wanted));
	assert_memory_equal(into, wanted, strlen(wanted));
}

/* Conversations */

static void test_a_tcp_conversation(void **state)
{
	dx_socket s = server(), c, peer;
	dx_addr from, own;
	char into[16];

	(void)state;
	assert_int_equal(dx_create_connection("localhost", port_of(&s), LONG_MS, NULL, &c, NULL), 0);
	assert_int_equal(dx_socket_accept(&s, LONG_MS, &peer, &from), 0);
	assert_int_equal(dx_socket_getsockname(&c, &own), 0);
	assert_true(dx_addr_equal(&from, &own));
	assert_int_equal(dx_socket_getpeername(&peer, &own), 0);
	assert_true(dx_addr_equal(&from, &own));
	assert_int_equal(dx_socket_send(&c, text("hello"), 0, -1), 5);
	assert_int_equal(dx_socket_recv(&peer, into, 2, MSG_PEEK, -1), 2);
	check_heard(&peer, "hello");
	assert_int_equal(dx_socket_recvfrom(&peer, into, sizeof into, 0, 0, &from), -EAGAIN);
	assert_int_equal(dx_socket_shutdown(&c, SHUT_WR), 0);
	assert_int_equal(dx_socket_recvfrom(&peer, into, sizeof into, 0, LONG_MS, &from), 0);
	assert_int_equal(from.len, 0);
	assert_int_equal(dx_socket_sendall(&peer, text("bye"), 0, 0, NULL), 0);
	check_heard(&c, "bye");
	assert_int_equal(dx_socket_send(&c, text("more"), 0, -1), -EPIPE);
	close_all((dx_socket[]){ s, c, peer }, 3);
}

static void test_a_udp_conversation(void **state)
{
	dx_socket a, b;
	dx_addr from;
	char into[4];

	(void)state;
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &a), 0);
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &b), 0);
	assert_int_equal(dx_socket_bind(&a, "", 0), 0);
	assert_int_equal(dx_socket_sendto(&b, text("question"), 0, "localhost", port_of(&a), LONG_MS), 8);
	assert_int_equal(dx_socket_recvfrom(&a, into, sizeof into, MSG_TRUNC, LONG_MS, &from), 8);
	assert_int_equal(dx_addr_port(&from), port_of(&b));
	assert_int_equal(dx_socket_sendto_addr(&a, text(""), 0, &from, -1), 0);
	assert_int_equal(dx_socket_recv(&b, into, sizeof into, 0, LONG_MS), 0);
	assert_int_equal(dx_socket_connect(&b, "127.0.0.1", port_of(&a), 0), 0);
	assert_int_equal(dx_socket_send(&b, text("ok"), 0, 0), 2);
	check_heard(&a, "ok");
	assert_int_equal(dx_socket_listen(&a, 1), -EOPNOTSUPP);
	assert_int_equal(dx_socket_recv_line(&a, into, sizeof into, 0, &(size_t){ 0 }), -EOPNOTSUPP);
	close_all((dx_socket[]){ a, b }, 2);
}

/* A datagram to a port where nobody is: the next call hears of it. */
static void test_a_refused_datagram(void **state)
{
	dx_socket a, b;
	int port;

	(void)state;
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &a), 0);
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &b), 0);
	assert_int_equal(dx_socket_bind(&a, "127.0.0.1", 0), 0);
	port = port_of(&a);
	assert_int_equal(dx_socket_close(&a), 0);
	assert_int_equal(dx_socket_connect(&b, "127.0.0.1", port, -1), 0);
	assert_int_equal(dx_socket_send(&b, text("anybody?"), 0, -1), 8);
	assert_int_equal(dx_socket_recv(&b, &port, sizeof port, 0, LONG_MS), -ECONNREFUSED);
	assert_int_equal(dx_socket_close(&b), 0);
}

static void test_unix_and_abstract_names(void **state)
{
	char abstract[64], path[64];
	const char *names[] = { abstract, path, "" };

	(void)state;
	(void)snprintf(abstract, sizeof abstract, "@duplex %d \xff", (int)getpid());
	(void)snprintf(path, sizeof path, "%s/dx-%d.sock", P_tmpdir, (int)getpid());
	for (size_t i = 0; i < COUNT(names); i++) {
		dx_socket s, c, peer;
		dx_addr at, from;

		assert_int_equal(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &s), 0);
		assert_int_equal(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &c), 0);
		assert_int_equal(dx_socket_bind(&s, names[i], 0), 0);
		assert_int_equal(dx_socket_getsockname(&s, &at), 0);
		assert_int_equal(dx_socket_listen(&s, 1), 0);
		assert_int_equal(dx_socket_connect_addr(&c, &at, LONG_MS), 0);
		assert_int_equal(dx_socket_accept(&s, LONG_MS, &peer, &from), 0);
		assert_int_equal(from.len, offsetof(struct sockaddr_un, sun_path));
		assert_int_equal(dx_socket_send(&peer, text("hi"), 0, -1), 2);
		check_heard(&c, "hi");
		close_all((dx_socket[]){ s, c, peer }, 3);
	}
	(void)unlink(path);
}

static void test_births(void **state)
{
	dx_socket pair[2], unmade[2], other, adopted = closed;
	int fd, files[2];

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(pair[0].type, SOCK_DGRAM);
	assert_int_equal(dx_socket_dup(&pair[0], &other), 0);
	assert_int_equal(dx_socket_send(&other, text("a copy"), 0, -1), 6);
	check_heard(&pair[1], "a copy");
	fd = dx_socket_detach(&other);
	assert_int_equal(other.fd, -1);
	assert_int_equal(dx_socket_adopt(fd, &adopted), 0);
	assert_true(adopted.fd == fd && adopted.family == AF_UNIX && adopted.type == SOCK_DGRAM);
	assert_int_equal(pipe(files), 0);
	assert_int_equal(dx_socket_adopt(files[0], &other), -ENOTSOCK);
	assert_int_equal(other.fd, -1);
	close(files[0]);
	close(files[1]);
	assert_int_equal(dx_socketpair(AF_INET, SOCK_STREAM, 0, unmade), -EOPNOTSUPP);
	assert_int_equal(dx_socket_open(AF_INET, 77, 0, &other), -EINVAL);
	close_all((dx_socket[]){ pair[0], pair[1], adopted }, 3);
}

/* Lines and pieces */

static void test_lines(void **state)
{
	dx_socket pair[2];
	char line[8];
	size_t got = 0;

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dx_socket_sendall(&pair[0], text("one\n\nun"), 0, 0, NULL), 0);
	assert_int_equal(dx_socket_recv_line(&pair[1], line, sizeof line, -1, &got), 0);
	assert_int_equal(got, 4);
	assert_memory_equal(line, "one\n", 4);
	got = 0;
	assert_int_equal(dx_socket_recv_line(&pair[1], line, sizeof line, -1, &got), 0);
	assert_int_equal(got, 1);
	got = 0;
	assert_int_equal(dx_socket_recv_line(&pair[1], line, sizeof line, 20, &got), -EAGAIN);
	assert_int_equal(got, 2);
	assert_int_equal(dx_socket_sendall(&pair[0], text("til\nthen 12345678"), 0, 0, NULL), 0);
	assert_int_equal(dx_socket_recv_line(&pair[1], line, sizeof line, 20, &got), 0);
	assert_int_equal(got, 6);
	assert_memory_equal(line, "until\n", 6);
	check_heard(&pair[1], "then 12345678");
	got = 0;
	assert_int_equal(dx_socket_sendall(&pair[0], text("12345678last"), 0, 0, NULL), 0);
	assert_int_equal(dx_socket_recv_line(&pair[1], line, sizeof line, 0, &got), -ENOBUFS);
	assert_int_equal(got, sizeof line);
	got = 0;
	assert_int_equal(dx_socket_shutdown(&pair[0], SHUT_WR), 0);
	assert_int_equal(dx_socket_recv_line(&pair[1], line, sizeof line, 0, &got), 0);
	assert_int_equal(got, 4);
	got = 0;
	assert_int_equal(dx_socket_recv_line(&pair[1], line, sizeof line, 0, &got), 0);
	assert_int_equal(got, 0);
	close_all(pair, 2);
}

static void test_exactly_so_many(void **state)
{
	dx_socket pair[2];
	char into[5];
	size_t got = 0;

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dx_socket_sendall(&pair[0], text("abc"), 0, 0, NULL), 0);
	assert_int_equal(dx_socket_recv_exact(&pair[1], into, sizeof into, 20, &got), -EAGAIN);
	assert_int_equal(got, 3);
	assert_int_equal(dx_socket_sendall(&pair[0], text("defg"), 0, 0, NULL), 0);
	assert_int_equal(dx_socket_recv_exact(&pair[1], into, sizeof into, 0, &got), 0);
	assert_memory_equal(into, "abcde", 5);
	got = 0;
	assert_int_equal(dx_socket_close(&pair[0]), 0);
	assert_int_equal(dx_socket_recv_exact(&pair[1], into, sizeof into, -1, &got), -DX_ECUT);
	assert_int_equal(got, 2);
	close_all(pair, 2);
}

static void check_pattern(const dx_socket *s, size_t from, size_t to)
{
	uint8_t into[4096];

	while (from < to) {
		size_t wanted = to - from < sizeof into ? to - from : sizeof into, got = 0;

		assert_int_equal(dx_socket_recv_exact(s, into, wanted, LONG_MS, &got), 0);
		for (size_t i = 0; i < wanted; i++)
			assert_int_equal(into[i], (from + i) % 251);
		from += wanted;
	}
}

static void test_files(void **state)
{
	FILE *file = file_of(BIG);
	dx_socket pair[2], datagrams;
	size_t sent = 0, before;
	int r;

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &datagrams), 0);
	assert_int_equal(dx_socket_sendfile(&pair[0], fileno(file), 100, 50, 0, &sent), 0);
	assert_int_equal(sent, 50);
	check_pattern(&pair[1], 100, 150);
	sent = 0;
	do {
		before = sent;
		r = dx_socket_sendfile(&pair[0], fileno(file), 0, SIZE_MAX, 10, &sent);
		check_pattern(&pair[1], before, sent);
	} while (r == -EAGAIN);
	assert_int_equal(r, 0);
	assert_int_equal(sent, BIG);
	assert_int_equal(dx_socket_sendfile(&pair[0], pair[1].fd, 0, 1, 0, NULL), -EINVAL);
	assert_int_equal(dx_socket_sendfile(&datagrams, fileno(file), 0, 1, 0, NULL), -EINVAL);
	assert_int_equal(dx_socket_sendfile(&pair[0], -1, 0, 1, 0, NULL), -EBADF);
	assert_int_equal(dx_socket_sendfile(&pair[0], fileno(file), UINT64_MAX, 1, 0, NULL), -EINVAL);
	close_all((dx_socket[]){ pair[0], pair[1], datagrams }, 3);
	fclose(file);
}

/* Addresses and options */

static void test_what_hosts_mean(void **state)
{
	static const struct {
		int family;
		const char *host;
		int port, result;
		const char *printed;
	} rows[] = {
		{ AF_INET, "", 80, 0, "0.0.0.0:80" },
		{ AF_INET6, "", 80, 0, "[::]:80" },
		{ AF_INET, "127.0.0.1", 65535, 0, "127.0.0.1:65535" },
		{ AF_INET, "localhost", 1, 0, "127.0.0.1:1" },
		{ AF_INET, "<broadcast>", 9, 0, "255.255.255.255:9" },
		{ AF_INET6, "::1", 0, 0, "[::1]:0" },
		{ AF_INET, "127.0.0.1", 65536, -EINVAL, NULL },
		{ AF_INET, "127.0.0.1", -1, -EINVAL, NULL },
		{ AF_INET, "127.1", 80, -EINVAL, NULL },
		{ AF_INET, "010.0.0.1", 80, -EINVAL, NULL },
		{ AF_INET, "::1", 80, -EAFNOSUPPORT, NULL },
		{ AF_INET6, "127.0.0.1", 80, -EAFNOSUPPORT, NULL },
		{ AF_INET6, "fe80::1", 80, -ENODEV, NULL },
		{ AF_UNIX, "/run/x", 0, 0, "unix:/run/x" },
		{ AF_UNIX, "@name", 0, 0, "unix:@name" },
		{ AF_UNIX, "", 0, 0, "unix:" },
		{ AF_UNIX, "/", 0, -EINVAL, NULL },
		{ AF_UNIX, NULL, 0, -EINVAL, NULL },
		{ AF_INET, NULL, 80, -EINVAL, NULL },
	};
	char into[DX_ADDR_TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		dx_addr at = { .len = 0 };
		dx_socket s;
		int r;

		assert_int_equal(dx_socket_open(rows[i].family, SOCK_STREAM, 0, &s), 0);
		r = dx_socket_address(&s, rows[i].host, rows[i].port, LONG_MS, &at);
		if (r != rows[i].result)
			fail_msg("\"%s\" gives %d, not %d", rows[i].host, r, rows[i].result);
		assert_string_equal(dx_addr_print(&at, into), rows[i].printed != NULL ? rows[i].printed : "");
		assert_int_equal(dx_socket_close(&s), 0);
	}
}

static void test_names_that_are_not_found(void **state)
{
	static const struct {
		const char *fault;
		int result;
	} rows[] = {
		{ "getaddrinfo=1:EAI_NONAME", -DX_ENAME },
		{ "getaddrinfo=1+:EAI_AGAIN", -DX_ENAMEAGAIN },
		{ "getaddrinfo=1:EAI_FAIL", -DX_ENAMEFAIL },
		{ "getaddrinfo=1:EAI_MEMORY", -ENOMEM },
		{ "eventfd=1", -EMFILE },
		{ "pthread_create=1", -EAGAIN },
		{ "calloc=1", -ENOMEM },
	};
	char name[300];
	dx_socket s;

	(void)state;
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = 0;
	assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, &s), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		dx_fault_clear();
		assert_int_equal(dx_fault_set(rows[i].fault), 0);
		assert_int_equal(dx_socket_connect(&s, "some.host", 80, LONG_MS), rows[i].result);
	}
	dx_fault_clear();
	assert_int_equal(dx_socket_connect(&s, name, 80, LONG_MS), -DX_ENAME);
	assert_int_equal(dx_socket_connect(&s, "localhost", 80, 0), -EAGAIN);
	assert_int_equal(dx_socket_close(&s), 0);
	wait_for_descriptors(at_start);
}

static void test_options(void **state)
{
	struct linger given = { 1, 7 }, told = { 0, 0 };
	dx_socket s;
	int value;

	(void)state;
	assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, &s), 0);
	assert_int_equal(dx_socket_setsockopt(&s, IPPROTO_TCP, TCP_NODELAY, 1), 0);
	assert_int_equal(dx_socket_getsockopt(&s, IPPROTO_TCP, TCP_NODELAY, &value), 0);
	assert_int_equal(value, 1);
	assert_int_equal(dx_socket_setsockopt_bytes(&s, SOL_SOCKET, SO_LINGER, dx_slice_of(&given, sizeof given)), 0);
	assert_int_equal(dx_socket_getsockopt_bytes(&s, SOL_SOCKET, SO_LINGER, &told, sizeof told), sizeof told);
	assert_int_equal(told.l_linger, 7);
	assert_int_equal(dx_socket_setsockopt(&s, IPPROTO_TCP, 9999, 1), -ENOPROTOOPT);
	assert_int_equal(dx_socket_getsockopt(&s, IPPROTO_TCP, 9999, &value), -ENOPROTOOPT);
	assert_int_equal(value, 1);
	assert_int_equal(dx_socket_close(&s), 0);
}

__attribute__((format(printf, 2, 3))) static void check_print(const dx_socket *s, const char *format, ...)
{
	char printed[DX_SOCKET_TEXT], wanted[DX_SOCKET_TEXT];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(wanted, sizeof wanted, format, arguments);
	va_end(arguments);
	assert_string_equal(dx_socket_print(s, printed), wanted);
}

static void test_print(void **state)
{
	dx_socket s, c, longest;
	char name[DX_ADDR_PATH_BYTES + 2], escaped[4 * DX_ADDR_PATH_BYTES + 1] = "", *end = escaped;

	(void)state;
	connect_two(&c, &s);
	check_print(&s, "<socket.socket fd=%d, family=2, type=1, proto=0, laddr=('127.0.0.1', %d), raddr=('127.0.0.1', %d)>",
		    s.fd, port_of(&s), port_of(&c));
	memset(name, 1, sizeof name);
	name[0] = '@';
	name[sizeof name - 1] = 0;
	for (int i = 0; i < DX_ADDR_PATH_BYTES; i++)
		end = stpncpy(end, "\\x01", 5);
	assert_int_equal(dx_socket_open(AF_UNIX, SOCK_DGRAM, 0, &longest), 0);
	check_print(&longest, "<socket.socket fd=%d, family=1, type=2, proto=0>", longest.fd);
	assert_int_equal(dx_socket_bind(&longest, name, 0), 0);
	assert_int_equal(dx_socket_connect(&longest, name, 0, 0), 0);
	check_print(&longest, "<socket.socket fd=%d, family=1, type=2, proto=0, laddr=b'\\x00%s', raddr=b'\\x00%s'>",
		    longest.fd, escaped, escaped);
	close_all((dx_socket[]){ c, longest }, 2);
	assert_int_equal(dx_socket_close(&s), 0);
	check_print(&s, "<socket.socket [closed] fd=-1, family=2, type=1, proto=0>");
}

/* Servers and connections */

static void test_N3_what_failed_and_where(void **state)
{
	dx_socket s = server(), other = closed;
	char wanted[64];
	dx_error why;
	int port = port_of(&s);

	(void)state;
	(void)snprintf(wanted, sizeof wanted, "127.0.0.1:%d", port);
	assert_int_equal(dx_create_server("127.0.0.1", port, NULL, &other, &why), -EADDRINUSE);
	assert_int_equal(why.code, -EADDRINUSE);
	assert_string_equal(why.operation, "bind");
	assert_string_equal(why.address, wanted);
	assert_int_equal(dx_socket_close(&s), 0);
	assert_int_equal(dx_create_connection("127.0.0.1", port, LONG_MS, NULL, &other, &why), -ECONNREFUSED);
	assert_int_equal(why.code, -ECONNREFUSED);
	assert_string_equal(why.operation, "connect");
	assert_string_equal(why.address, wanted);
	assert_int_equal(dx_create_connection("127.1", 80, LONG_MS, NULL, &other, &why), -EINVAL);
	assert_string_equal(why.operation, "resolve");
	assert_string_equal(why.address, "127.1:80");
	assert_int_equal(dx_create_connection(NULL, 80, LONG_MS, NULL, &other, &why), -EINVAL);
	assert_string_equal(why.address, ":80");
	assert_int_equal(dx_create_server(NULL, 80, NULL, &other, &why), -EINVAL);
	assert_int_equal(dx_create_server("::1", 0, &(dx_server_options){ .dualstack_ipv6 = true }, &other, &why), -EINVAL);
	assert_int_equal(dx_create_server("/no/such/path", 0, &(dx_server_options){ .family = AF_UNIX }, &other, &why), -ENOENT);
	assert_string_equal(why.address, "unix:/no/such/path");
	assert_string_equal(dx_error_text(-EAGAIN), "the time limit is over");
	assert_int_equal(other.fd, -1);
}

static void test_servers(void **state)
{
	dx_socket s, same, c, peer;
	dx_server_options shared = { .reuse_port = true, .backlog = 3 };
	dx_server_options both = { .family = AF_INET6, .dualstack_ipv6 = true };

	(void)state;
	assert_int_equal(dx_create_server("127.0.0.1", 0, &shared, &s, NULL), 0);
	assert_int_equal(dx_create_server("127.0.0.1", port_of(&s), &shared, &same, NULL), 0);
	close_all((dx_socket[]){ s, same }, 2);
	assert_int_equal(dx_create_server("", 0, &both, &s, NULL), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(dx_create_connection(i == 0 ? "127.0.0.1" : "::1", port_of(&s), LONG_MS, NULL, &c, NULL),
				 0);
		assert_int_equal(dx_socket_accept(&s, LONG_MS, &peer, NULL), 0);
		assert_int_equal(c.family, i == 0 ? AF_INET : AF_INET6);
		close_all((dx_socket[]){ c, peer }, 2);
	}
	assert_int_equal(dx_socket_close(&s), 0);
}

/* What the resolver finds, whatever it is asked: hosts, NULL behind the last. */
static const char *const *found;
static int found_port;

static int find(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	struct addrinfo numeric = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
	char port[8];

	(void)host;
	(void)service;
	(void)hints;
	(void)snprintf(port, sizeof port, "%d", found_port);
	for (const char *const *each = found; *each != NULL; each++) {
		assert_int_equal(getaddrinfo(*each, port, &numeric, ret), 0);
		ret = &(*ret)->ai_next;
	}
	return 0;
}

static char tried[256];

static int refuse(int fd, const struct sockaddr *to, socklen_t len)
{
	dx_addr a = { .len = len };
	char host[DX_ADDR_TEXT];

	(void)fd;
	memcpy(&a.un, to, len);
	(void)snprintf(tried + strlen(tried), sizeof tried - strlen(tried), "%s ", dx_addr_print_host(&a, host));
	errno = ECONNREFUSED;
	return -1;
}

static void test_B3_families_are_tried_in_turn(void **state)
{
	static const struct {
		const char *hosts[8], *order;
	} rows[] = {
		{ { "::1", "::2", "::3", "10.0.0.1", "10.0.0.2" }, "::1 10.0.0.1 ::2 10.0.0.2 ::3 " },
		{ { "10.0.0.1", "10.0.0.2", "::1" }, "10.0.0.1 ::1 10.0.0.2 " },
		{ { "10.0.0.1", "::1", "::2", "::3" }, "10.0.0.1 ::1 ::2 ::3 " },
		{ { "10.0.0.2", "10.0.0.1" }, "10.0.0.2 10.0.0.1 " },
	};
	dx_socket s = closed;
	dx_error why;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		found = rows[i].hosts;
		dx_sys_table.getaddrinfo = find;
		dx_sys_table.connect = refuse;
		tried[0] = 0;
		assert_int_equal(dx_create_connection("some.host", 80, LONG_MS, NULL, &s, &why), -ECONNREFUSED);
		assert_string_equal(tried, rows[i].order);
		assert_int_equal(s.fd, -1);
	}
	dx_fault_clear();
}

/* A listener that takes nobody any more: who connects now hears nothing, neither yes nor no. */
static void fill_backlog(const char *host, int port, dx_socket *s, dx_socket *first)
{
	assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, s), 0);
	assert_int_equal(dx_socket_bind(s, host, port), 0);
	assert_int_equal(dx_socket_listen(s, 0), 0);
	assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, first), 0);
	assert_int_equal(dx_socket_connect(first, host, port_of(s), LONG_MS), 0);
}

/* The first address is silent, the second refuses, the third answers: 250 ms later than at once, and no second later. */
static void test_C2_a_silent_address_is_overtaken(void **state)
{
	static const char *const hosts[] = { "127.0.0.2", "127.0.0.3", "127.0.0.4", NULL };
	dx_socket silent, first, good, s;
	int64_t start;

	(void)state;
	fill_backlog("127.0.0.2", 0, &silent, &first);
	found = hosts;
	found_port = port_of(&silent);
	assert_int_equal(dx_create_server("127.0.0.4", found_port, NULL, &good, NULL), 0);
	dx_sys_table.getaddrinfo = find;
	start = now_ms();
	assert_int_equal(dx_create_connection("some.host", found_port, LONG_MS, NULL, &s, NULL), 0);
	assert_in_range(now_ms() - start, 249, 900);
	close_all((dx_socket[]){ silent, first, good, s }, 4);
	dx_fault_clear();
	wait_for_descriptors(at_start);
}

static void test_C5_a_connection_to_itself(void **state)
{
	dx_socket s = server(), self = closed;
	dx_addr at;

	(void)state;
	assert_int_equal(dx_socket_getsockname(&s, &at), 0);
	assert_int_equal(dx_socket_close(&s), 0);
	assert_int_equal(dx_create_connection("127.0.0.1", dx_addr_port(&at), LONG_MS, &at, &self, NULL), -DX_ESELF);
	assert_int_equal(dx_addr_parse("[::1]:0", &at), 0);
	assert_int_equal(dx_create_connection("127.0.0.1", 1, LONG_MS, &at, &self, NULL), -EAFNOSUPPORT);
	assert_int_equal(self.fd, -1);
}

/* Closed, and none at all */

static char byte;
static dx_addr somewhere;
static size_t so_many;

#define VERB(name, call)                            \
	static ssize_t call_##name(dx_socket *s)    \
	{                                           \
		dx_socket other = DX_SOCKET_CLOSED; \
		dx_addr a;                          \
		int value;                          \
                                                    \
		(void)other;                        \
		(void)a;                            \
		(void)value;                        \
		return call;                        \
	}
#define VERBS(X)                                                                                               \
	X(dup, dx_socket_dup(s, &other))                                                                       \
	X(close, dx_socket_close(s))                                                                           \
	X(detach, dx_socket_detach(s))                                                                         \
	X(address, dx_socket_address(s, "127.0.0.1", 80, -1, &a))                                              \
	X(bind, dx_socket_bind(s, "127.0.0.1", 0))                                                             \
	X(bind_addr, dx_socket_bind_addr(s, &somewhere))                                                       \
	X(getsockname, dx_socket_getsockname(s, &a))                                                           \
	X(getpeername, dx_socket_getpeername(s, &a))                                                           \
	X(listen, dx_socket_listen(s, 1))                                                                      \
	X(accept, dx_socket_accept(s, -1, &other, NULL))                                                       \
	X(connect, dx_socket_connect(s, "127.0.0.1", 80, -1))                                                  \
	X(connect_addr, dx_socket_connect_addr(s, &somewhere, -1))                                             \
	X(shutdown, dx_socket_shutdown(s, SHUT_WR))                                                            \
	X(send, dx_socket_send(s, text("x"), 0, -1))                                                           \
	X(sendall, dx_socket_sendall(s, text("x"), 0, -1, NULL))                                               \
	X(sendto, dx_socket_sendto(s, text("x"), 0, "127.0.0.1", 80, -1))                                      \
	X(sendto_addr, dx_socket_sendto_addr(s, text("x"), 0, &somewhere, -1))                                 \
	X(recv, dx_socket_recv(s, &byte, 1, 0, -1))                                                            \
	X(recvfrom, dx_socket_recvfrom(s, &byte, 1, 0, -1, &a))                                                \
	X(recv_exact, dx_socket_recv_exact(s, &byte, 1, -1, (so_many = 0, &so_many)))                          \
	X(recv_line, dx_socket_recv_line(s, &byte, 1, -1, (so_many = 0, &so_many)))                            \
	X(sendfile, dx_socket_sendfile(s, 0, 0, 1, -1, NULL))                                                  \
	X(setsockopt, dx_socket_setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, 1))                                    \
	X(getsockopt, dx_socket_getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &value))                               \
	X(setsockopt_bytes, dx_socket_setsockopt_bytes(s, SOL_SOCKET, SO_KEEPALIVE, dx_slice_of("\1\0\0", 4))) \
	X(getsockopt_bytes, dx_socket_getsockopt_bytes(s, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value))

VERBS(VERB)

static void test_N2_closed_and_none_at_all(void **state)
{
#define ROW(name, call) { #name, call_##name },
	static const struct {
		const char *name;
		ssize_t (*call)(dx_socket *s);
	} rows[] = { VERBS(ROW) };
	char into[DX_SOCKET_TEXT];

	(void)state;
	assert_int_equal(dx_addr_parse("127.0.0.1:9", &somewhere), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* `stream` is one, so that nothing but its being closed can be wrong. */
		dx_socket stream = { -1, AF_INET, SOCK_STREAM, 0 };

		if (rows[i].call(&stream) != -EBADF || rows[i].call(NULL) != -EBADF)
			fail_msg("%s: not -EBADF", rows[i].name);
	}
	assert_string_equal(dx_socket_print(NULL, into), "<socket.socket [closed] fd=-1, family=0, type=0, proto=0>");
}

/* The number of a closed descriptor is soon somebody else's. */
static void test_N2_closed_twice(void **state)
{
	dx_socket pair[2], next;

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dx_socket_close(&pair[0]), 0);
	assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, &next), 0);
	assert_int_equal(dx_socket_close(&pair[0]), -EBADF);
	assert_int_equal(dx_socket_close(&next), 0);
	assert_int_equal(dx_socket_close(&pair[1]), 0);
}

/* What went is told by its user, who may have forgotten to begin it with 0: no byte beside his own is sent or overwritten. */
static void test_N2_more_went_than_there_is(void **state)
{
	FILE *file = file_of(9);
	dx_socket pair[2];
	char into[4];
	size_t went = sizeof into + 1;

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dx_socket_sendall(&pair[0], text("one\n"), 0, 0, &went), -EINVAL);
	assert_int_equal(dx_socket_sendfile(&pair[0], fileno(file), 0, 4, 0, &went), -EINVAL);
	assert_int_equal(dx_socket_recv(&pair[1], into, sizeof into, 0, 0), -EAGAIN);
	assert_int_equal(dx_socket_sendall(&pair[0], text("one\n"), 0, 0, NULL), 0);
	assert_int_equal(dx_socket_recv_line(&pair[1], into, sizeof into, 0, &went), -EINVAL);
	assert_int_equal(dx_socket_recv_exact(&pair[1], into, sizeof into, 0, &went), -EINVAL);
	assert_int_equal(dx_socket_recv_line(&pair[1], into, sizeof into, 0, NULL), -EINVAL);
	assert_int_equal(went, sizeof into + 1);
	assert_int_equal(dx_socket_recv_exact(&pair[1], into, sizeof into, 0, NULL), 0);
	assert_memory_equal(into, "one\n", 4);
	close_all(pair, 2);
	fclose(file);
}

/* The process stays as it is */

static void test_N4_every_descriptor_is_close_on_exec(void **state)
{
	dx_socket all[8];

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, all), 0);
	connect_two(&all[2], &all[3]);
	assert_int_equal(dx_socket_dup(&all[0], &all[4]), 0);
	assert_int_equal(dx_socket_adopt(dup(all[0].fd), &all[5]), 0);
	all[6] = server();
	assert_int_equal(dx_create_connection("127.0.0.1", port_of(&all[6]), LONG_MS, NULL, &all[7], NULL), 0);
	for (size_t i = 0; i < COUNT(all); i++)
		assert_int_equal(fcntl(all[i].fd, F_GETFD), FD_CLOEXEC);
	close_all(all, COUNT(all));
}

/* SIGPIPE would end this program. One that somebody else's write has left waiting is left to wait. */
static void test_N4_no_SIGPIPE(void **state)
{
	FILE *file = file_of(1);
	sigset_t pipe_signal, waiting;
	dx_socket pair[2];

	(void)state;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(dx_socket_close(&pair[1]), 0);
	assert_int_equal(dx_socket_send(&pair[0], text("x"), 0, -1), -EPIPE);
	assert_int_equal(dx_socket_sendall(&pair[0], text("x"), 0, -1, NULL), -EPIPE);
	assert_int_equal(dx_socket_sendfile(&pair[0], fileno(file), 0, 1, -1, NULL), -EPIPE);
	sigpending(&waiting);
	assert_false(sigismember(&waiting, SIGPIPE));
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_signal, NULL);
	raise(SIGPIPE);
	assert_int_equal(dx_socket_sendfile(&pair[0], fileno(file), 0, 1, -1, NULL), -EPIPE);
	assert_int_equal(sigtimedwait(&pipe_signal, NULL, &(struct timespec){ 0, 0 }), SIGPIPE);
	pthread_sigmask(SIG_UNBLOCK, &pipe_signal, NULL);
	assert_int_equal(dx_socket_close(&pair[0]), 0);
	fclose(file);
}

/* Time */

/* Where everybody must wait: a pair whose one direction is full and whose other is empty, a server without clients and one that
 * takes no more, of TCP and Unix; a Unix datagram socket that is full; a name server that does not answer. */
static struct {
	dx_socket full, server, busy, first, client, unix_busy, unix_first, unix_client, receiver, sender;
	dx_addr busy_at, unix_busy_at, receiver_at;
	FILE *file;
	int gate[2]; /* getaddrinfo waits until it can read */
	dx_socket other_end;
} w;

static int ask_nobody(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
	(void)host;
	(void)service;
	(void)hints;
	(void)ret;
	(void)!read(w.gate[0], &(char){ 0 }, 1);
	return EAI_NONAME;
}

static void fill(const dx_socket *s)
{
	static const char bytes[65536];

	while (dx_socket_send(s, dx_slice_of(bytes, sizeof bytes), 0, 0) > 0)
		;
	while (dx_socket_send(s, dx_slice_of(bytes, 1), 0, 0) > 0)
		;
}

static void wait_everywhere(void)
{
	dx_socket pair[2];

	memset(&w, 0, sizeof w);
	w.file = file_of(10);
	assert_int_equal(pipe(w.gate), 0);
	dx_sys_table.getaddrinfo = ask_nobody;
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	w.full = pair[0];
	w.other_end = pair[1];
	fill(&w.full);
	w.server = server();
	fill_backlog("127.0.0.1", 0, &w.busy, &w.first);
	assert_int_equal(dx_socket_getsockname(&w.busy, &w.busy_at), 0);
	assert_int_equal(dx_socket_open(AF_INET, SOCK_STREAM, 0, &w.client), 0);
	assert_int_equal(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &w.unix_busy), 0);
	assert_int_equal(dx_socket_bind(&w.unix_busy, "", 0), 0);
	assert_int_equal(dx_socket_listen(&w.unix_busy, 0), 0);
	assert_int_equal(dx_socket_getsockname(&w.unix_busy, &w.unix_busy_at), 0);
	assert_int_equal(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &w.unix_first), 0);
	assert_int_equal(dx_socket_connect_addr(&w.unix_first, &w.unix_busy_at, 0), 0);
	assert_int_equal(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &w.unix_client), 0);
	assert_int_equal(dx_socket_open(AF_UNIX, SOCK_DGRAM, 0, &w.receiver), 0);
	assert_int_equal(dx_socket_bind(&w.receiver, "", 0), 0);
	assert_int_equal(dx_socket_getsockname(&w.receiver, &w.receiver_at), 0);
	assert_int_equal(dx_socket_open(AF_UNIX, SOCK_DGRAM, 0, &w.sender), 0);
	while (dx_socket_sendto_addr(&w.sender, text("x"), 0, &w.receiver_at, 0) == 1)
		;
}

static void wait_nowhere(void)
{
	close_all((dx_socket[]){ w.full, w.server, w.busy, w.first, w.client, w.unix_busy, w.unix_first, w.unix_client,
				 w.receiver, w.sender, w.other_end },
		  11);
	fclose(w.file);
	close(w.gate[1]);
	wait_for_descriptors(at_start + 1); /* the threads have left the gate */
	close(w.gate[0]);
	dx_fault_clear();
}

#define WAIT(name, call)                            \
	static ssize_t wait_##name(int ms)          \
	{                                           \
		dx_socket other = DX_SOCKET_CLOSED; \
		size_t some = 0;                    \
		dx_addr a;                          \
                                                    \
		(void)other;                        \
		(void)some;                         \
		(void)a;                            \
		return call;                        \
	}
#define WAITS(X)                                                                                                         \
	X(accept, dx_socket_accept(&w.server, ms, &other, &a), -EAGAIN, -EAGAIN)                                         \
	X(recv, dx_socket_recv(&w.full, &byte, 1, 0, ms), -EAGAIN, -EAGAIN)                                              \
	X(recv_peek, dx_socket_recv(&w.full, &byte, 1, MSG_PEEK, ms), -EAGAIN, -EAGAIN)                                  \
	X(recvfrom, dx_socket_recvfrom(&w.full, &byte, 1, 0, ms, &a), -EAGAIN, -EAGAIN)                                  \
	X(recv_exact, dx_socket_recv_exact(&w.full, &byte, 1, ms, &some), -EAGAIN, -EAGAIN)                              \
	X(recv_line, dx_socket_recv_line(&w.full, &byte, 1, ms, &some), -EAGAIN, -EAGAIN)                                \
	X(send, dx_socket_send(&w.full, text("x"), 0, ms), -EAGAIN, -EAGAIN)                                             \
	X(sendall, dx_socket_sendall(&w.full, text("xyz"), 0, ms, &some), -EAGAIN, -EAGAIN)                              \
	X(sendfile, dx_socket_sendfile(&w.full, fileno(w.file), 0, 10, ms, &some), -EAGAIN, -EAGAIN)                     \
	X(sendto_addr, dx_socket_sendto_addr(&w.sender, text("x"), 0, &w.receiver_at, ms), -EAGAIN, -EAGAIN)             \
	X(connect, dx_socket_connect_addr(&w.client, &w.busy_at, ms), -EINPROGRESS, -EAGAIN)                             \
	X(connect_again, dx_socket_connect_addr(&w.client, &w.busy_at, ms), -EALREADY, -EAGAIN)                          \
	X(connect_unix, dx_socket_connect_addr(&w.unix_client, &w.unix_busy_at, ms), -EAGAIN, -EAGAIN)                   \
	X(address, dx_socket_address(&w.server, "some.host", 80, ms, &a), -EAGAIN, -EAGAIN)                              \
	X(create_connection_name, dx_create_connection("some.host", 80, ms, NULL, &other, NULL), -ETIMEDOUT, -ETIMEDOUT) \
	X(create_connection, dx_create_connection("127.0.0.1", dx_addr_port(&w.busy_at), ms, NULL, &other, NULL),        \
	  -ETIMEDOUT, -ETIMEDOUT)

#define WAIT_OF(name, call, at_once, over) WAIT(name, call)
WAITS(WAIT_OF)

static const struct wait {
	const char *name;
	ssize_t (*call)(int timeout_ms);
	int at_once, over; /* what it returns without waiting, and when the time is over */
} waits[] = {
#define WAIT_ROW(name, call, at_once, over) { #name, wait_##name, at_once, over },
	WAITS(WAIT_ROW)
};

#define LIMIT_MS 30

static void test_N5_time_limits(void **state)
{
	(void)state;
	wait_everywhere();
	for (size_t i = 0; i < COUNT(waits); i++) {
		int64_t start = now_ms(), took;
		ssize_t at_once = waits[i].call(0), over;

		took = now_ms() - start;
		if (at_once != waits[i].at_once || took > 1000)
			fail_msg("%s at once gives %zd after %d ms", waits[i].name, at_once, (int)took);
		start = now_ms();
		over = waits[i].call(LIMIT_MS);
		took = now_ms() - start;
		if (over != waits[i].over || took < LIMIT_MS - 1 || took > 5000)
			fail_msg("%s with a limit gives %zd after %d ms", waits[i].name, over, (int)took);
	}
	wait_nowhere();
}

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

/* Again and again, so that one that comes before the wait is not the last. */
static void ring(int every_ms)
{
	struct sigaction quiet = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct itimerval every = { .it_interval.tv_usec = every_ms * 1000, .it_value.tv_usec = every_ms * 1000 };

	sigaction(SIGALRM, &quiet, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static void test_D4_N5_a_signal_is_told_at_once(void **state)
{
	(void)state;
	wait_everywhere();
	ring(20);
	for (size_t i = 0; i < COUNT(waits); i++) {
		static const int limits[] = { -1, LONG_MS, INT_MAX };

		for (size_t k = 0; k < COUNT(limits); k++) {
			int64_t start = now_ms();
			ssize_t r = waits[i].call(limits[k]);

			if (r != -EINTR || now_ms() - start > 1000)
				fail_msg("%s with the limit %d gives %zd", waits[i].name, limits[k], r);
		}
	}
	ring(0);
	assert_true(alarms > 0);
	wait_nowhere();
}

/* Everybody who waited is interrupted, then there is what he waits for, and the same call again brings it. */
static void test_N5_an_interrupted_call_goes_on(void **state)
{
	dx_socket next;
	char drain[4096];

	(void)state;
	wait_everywhere();
	ring(20);
	for (size_t i = 0; i < COUNT(waits); i++)
		assert_int_equal(waits[i].call(-1), -EINTR);
	ring(0);
	assert_int_equal(dx_socket_send(&w.other_end, text("!\n"), 0, 0), 2);
	assert_int_equal(wait_recv(-1), 1);
	assert_int_equal(byte, '!');
	assert_int_equal(wait_recv_line(-1), 0);
	while (dx_socket_recv(&w.other_end, drain, sizeof drain, 0, 0) > 0)
		;
	assert_int_equal(wait_sendall(-1), 0);
	assert_int_equal(wait_sendfile(-1), 0);
	assert_int_equal(dx_socket_recv(&w.other_end, drain, sizeof drain, 0, 0), 13);
	assert_memory_equal(drain, "xyz\0\1\2\3\4\5\6\7\10\11", 13);
	assert_int_equal(dx_socket_recv(&w.receiver, &byte, 1, 0, 0), 1);
	assert_int_equal(wait_sendto_addr(-1), 1);
	assert_int_equal(dx_socket_accept(&w.unix_busy, 0, &next, NULL), 0);
	assert_int_equal(wait_connect_unix(-1), 0);
	assert_int_equal(dx_socket_close(&next), 0);
	assert_int_equal(dx_socket_accept(&w.busy, 0, &next, NULL), 0);
	assert_int_equal(wait_connect(LONG_MS), 0);
	assert_int_equal(dx_socket_close(&next), 0);
	wait_nowhere();
}

/* A sendall that ran out of time, or was interrupted, tells how much went; going on from there, nothing is lost or said twice. */
static void test_N5_sendall_tells_how_much_went(void **state)
{
	FILE *file = file_of(BIG);
	uint8_t *data = malloc(BIG), *heard_there = malloc(BIG);
	size_t sent = 0, heard = 0;
	int r, expired = 0;
	dx_socket pair[2];

	(void)state;
	rewind(file);
	assert_int_equal(fread(data, 1, BIG, file), BIG);
	assert_int_equal(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ring(7);
	do {
		r = dx_socket_sendall(&pair[0], dx_slice_of(data, BIG), 0, 5, &sent);
		expired += r == -EAGAIN;
		assert_true(r == 0 || r == -EAGAIN || r == -EINTR);
		while (r == -EAGAIN && heard < sent) {
			ssize_t came = dx_socket_recv(&pair[1], heard_there + heard, sent - heard, 0, 0);

			heard += came > 0 ? (size_t)came : 0;
		}
	} while (r != 0);
	ring(0);
	assert_true(expired > 0);
	assert_int_equal(sent, BIG);
	check_pattern(&pair[1], heard, BIG);
	for (size_t i = 0; i < heard; i++)
		assert_int_equal(heard_there[i], i % 251);
	close_all(pair, 2);
	free(data);
	free(heard_there);
	fclose(file);
}

/* In small pieces */

/* Reads and writes of one byte each. */
static void test_D1_D2_a_byte_at_a_time(void **state)
{
	dx_socket c, peer;
	size_t sent = 0, got = 0;
	char line[32];

	(void)state;
	assert_int_equal(dx_fault_set("short"), 0);
	connect_two(&c, &peer);
	assert_int_equal(dx_socket_sendall(&c, text("a line that is whole\nrest"), 0, LONG_MS, &sent), 0);
	assert_int_equal(sent, 25);
	assert_int_equal(dx_socket_recv_line(&peer, line, sizeof line, LONG_MS, &got), 0);
	assert_int_equal(got, 21);
	got = 0;
	assert_int_equal(dx_socket_recv_exact(&peer, line, 4, LONG_MS, &got), 0);
	assert_memory_equal(line, "rest", 4);
	close_all((dx_socket[]){ c, peer }, 2);
	dx_fault_clear();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_tcp_conversation),
		cmocka_unit_test(test_a_udp_conversation),
		cmocka_unit_test(test_a_refused_datagram),
		cmocka_unit_test(test_unix_and_abstract_names),
		cmocka_unit_test(test_births),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_exactly_so_many),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_what_hosts_mean),
		cmocka_unit_test(test_names_that_are_not_found),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_B3_families_are_tried_in_turn),
		cmocka_unit_test(test_C2_a_silent_address_is_overtaken),
		cmocka_unit_test(test_C5_a_connection_to_itself),
		cmocka_unit_test(test_D1_D2_a_byte_at_a_time),
		cmocka_unit_test(test_N2_closed_and_none_at_all),
		cmocka_unit_test(test_N2_closed_twice),
		cmocka_unit_test(test_N2_more_went_than_there_is),
		cmocka_unit_test(test_N3_what_failed_and_where),
		cmocka_unit_test(test_N4_every_descriptor_is_close_on_exec),
		cmocka_unit_test(test_N4_no_SIGPIPE),
		cmocka_unit_test(test_N5_time_limits),
		cmocka_unit_test(test_D4_N5_a_signal_is_told_at_once),
		cmocka_unit_test(test_N5_an_interrupted_call_goes_on),
		cmocka_unit_test(test_N5_sendall_tells_how_much_went),
	};

	at_start = open_descriptors();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
