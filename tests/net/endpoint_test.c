/* Endpoints: what they are read as, and what is said of those that make no sense. */
#include <duplex/endpoint.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* What a text is read as. */
struct sense {
	const char *text;
	dx_transport transport;
	int family;
	const char *place;              /* the host, or the path */
	unsigned port;
};

static void check_sense(const struct sense *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		dx_complaint wrong = { .problem = "" };
		dx_endpoint e;

		if (dx_endpoint_parse(rows[i].text, &e, &wrong) != 0)
			fail_msg("\"%s\": %s at %zu", rows[i].text, wrong.problem, wrong.at);
		assert_int_equal(e.transport, rows[i].transport);
		assert_int_equal(e.family, rows[i].family);
		if (e.host != NULL)
			assert_string_equal(e.host, rows[i].place);
		else
			assert_true(dx_slice_equal(e.path, dx_slice_text(rows[i].place)));
		assert_int_equal(e.port, rows[i].port);
		dx_endpoint_fini(&e);
	}
}

#define CHECK_SENSE(rows) check_sense(rows, sizeof(rows) / sizeof(rows)[0])

/* What is blamed in a text that makes no sense: the part between the bars, and some words of what would be right. */
struct nonsense {
	const char *text;               /* "tcp://h:|70000|" is tcp://h:70000 */
	const char *problem, *expected;
};

static void remove_bars(const char *marked, char *text, size_t *ret_at, size_t *ret_len)
{
	size_t bars[2] = { 0 }, count = 0, len = 0;

	for (; *marked != 0; marked++) {
		if (*marked == '|' && count < 2)
			bars[count++] = len;
		else
			text[len++] = *marked;
	}
	text[len] = 0;
	*ret_at = bars[0];
	*ret_len = bars[1] - bars[0];
}

static void check_nonsense(const struct nonsense *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		dx_complaint wrong = { .problem = "accepted", .expected = "" };
		dx_endpoint e = { .fd = 7 };
		char text[256];
		size_t at, len;

		remove_bars(rows[i].text, text, &at, &len);
		if (dx_endpoint_parse(text, &e, &wrong) != -EINVAL || strcmp(wrong.problem, rows[i].problem) != 0)
			fail_msg("\"%s\" is %s, not %s", text, wrong.problem, rows[i].problem);
		if (wrong.at != at || wrong.len != len)
			fail_msg("\"%s\": blamed %zu+%zu, not %zu+%zu", text, wrong.at, wrong.len, at, len);
		if (strstr(wrong.expected, rows[i].expected) == NULL)
			fail_msg("\"%s\" is answered: %s", text, wrong.expected);
		assert_int_equal(e.fd, 7);
		assert_int_equal(dx_endpoint_parse(text, &e, NULL), -EINVAL);
	}
}

#define CHECK_NONSENSE(rows) check_nonsense(rows, sizeof(rows) / sizeof(rows)[0])

static void test_what_is_understood(void **state)
{
	static const struct sense rows[] = {
		{ "tcp://127.0.0.1:80", DX_TCP, AF_UNSPEC, "127.0.0.1", 80 },
		{ "tcp4://localhost:80", DX_TCP, AF_INET, "localhost", 80 },
		{ "tcp6://[::1]:80", DX_TCP, AF_INET6, "::1", 80 },
		{ "udp://h:7", DX_UDP, AF_UNSPEC, "h", 7 },
		{ "udp4://:7", DX_UDP, AF_INET, "", 7 },
		{ "udp6://:7", DX_UDP, AF_INET6, "", 7 },
		{ "UDP://h:7", DX_UDP, AF_UNSPEC, "h", 7 },
		{ "h:80", DX_TCP, AF_UNSPEC, "h", 80 },
		{ ":80", DX_TCP, AF_UNSPEC, "", 80 },
		{ "80", DX_TCP, AF_UNSPEC, "", 80 },
		{ "0", DX_TCP, AF_UNSPEC, "", 0 },
		{ "[::1]:80", DX_TCP, AF_UNSPEC, "::1", 80 },
		{ "a-b_c.example.:80", DX_TCP, AF_UNSPEC, "a-b_c.example.", 80 },
		{ "例子.example:80", DX_TCP, AF_UNSPEC, "例子.example", 80 },
		{ "80,nodelay=1", DX_TCP, AF_UNSPEC, "", 80 },
		{ "unix:/run/x", DX_UNIX, AF_UNIX, "/run/x", 0 },
		{ "unix:///run/x", DX_UNIX, AF_UNIX, "/run/x", 0 },
		{ "unix://x", DX_UNIX, AF_UNIX, "x", 0 },
		{ "unix:x", DX_UNIX, AF_UNIX, "x", 0 },
		{ "unix:@x", DX_UNIX, AF_UNIX, "@x", 0 },
		{ "unix:%40x", DX_UNIX, AF_UNIX, "./@x", 0 },
		{ "unix:a%2Cb%2cc%3F,perm=600", DX_UNIX, AF_UNIX, "a,b,c?", 0 },
		{ "unix:50%", DX_UNIX, AF_UNIX, "50%", 0 },
		{ "unix-dgram:/run/x", DX_UNIX_DGRAM, AF_UNIX, "/run/x", 0 },
		{ "unix-dgram:///run/x", DX_UNIX_DGRAM, AF_UNIX, "/run/x", 0 },
		{ "fd://3", DX_FD, AF_UNSPEC, "", 0 },
	};

	(void)state;
	CHECK_SENSE(rows);
}

static void test_A2_ports(void **state)
{
	static const struct nonsense rows[] = {
		{ "tcp://h:|70000|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|65536|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|18446744073709551696|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|-1|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|+80|", "bad port", "from 0 to 65535" },
		{ "tcp://h:| 80|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|80 |", "bad port", "from 0 to 65535" },
		{ "tcp://h:|0x10|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|1e3|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|http|", "bad port", "from 0 to 65535" },
		{ "tcp://h:|80/|", "bad port", "from 0 to 65535" },
		{ "|70000|", "bad port", "from 0 to 65535" },
		{ "[::1]:|70000|", "bad port", "from 0 to 65535" },
		{ "fd://|-1|", "bad descriptor", "fd://N" },
		{ "fd://|x|", "bad descriptor", "fd://N" },
		{ "fd://|4294967296|", "bad descriptor", "fd://N" },
		{ "fd://||", "bad descriptor", "fd://N" },
	};

	(void)state;
	CHECK_NONSENSE(rows);
}

static void test_A2_keys(void **state)
{
	static const struct nonsense rows[] = {
		{ "tcp://h:1,sndbuf=|-1|", "bad size", "4096, 64k or 1Mi" },
		{ "tcp://h:1,sndbuf=|0|", "bad size", "4096" },
		{ "tcp://h:1,rcvbuf=|4294967296|", "bad size", "4096" },
		{ "tcp://h:1,rcvbuf=|18446744073709551617|", "bad size", "4096" },
		{ "tcp://h:1,rcvbuf=|4 k|", "bad size", "4096" },
		{ "tcp://h:1,rcvbuf=|9999999Gi|", "bad size", "4096" },
		{ "tcp://:1,backlog=|65536|", "bad backlog", "from 0 to 65535" },
		{ "tcp://:1,backlog=|0x10|", "bad backlog", "from 0 to 65535" },
		{ "tcp://h:1,nodelay=|2|", "bad value", "0 or 1" },
		{ "tcp://h:1,nodelay=|yes|", "bad value", "0 or 1" },
		{ "unix:x,perm=|1000|", "bad perm", "octal, from 0 to 777" },
		{ "unix:x,perm=|8|", "bad perm", "octal" },
		{ "udp://:1,expire=|-1|", "bad time", "30s or 5m" },
		{ "udp://:1,expire=|25d|", "bad time", "24 days" },
		{ "udp://:1,expire=|2147484s|", "bad time", "24 days" },
		{ "unix:x,perm=|0777777777777777|", "bad perm", "octal" },
		{ "unix:x,perm=|-1|", "bad perm", "octal" },
		{ "tcp://h:1,bind=|:70000|", "bad bind", "bind=:9999" },
	};

	(void)state;
	CHECK_NONSENSE(rows);
}

static void test_A3_long_arguments(void **state)
{
	static const char *const shapes[] = { "tcp://%s:80", "tcp://h:%s", "%s:80", "unix:%s", "unix-dgram:%s", "fd://%s", "%s://h:80",
					      "tcp://h:80,%s=1", "tcp://h:80,bind=%s", "unix:x,bind=%s", "tcp://h:80,nodelay=%s",
					      "tcp://[%s]:80", "tcp://[fe80::1%%%s]:80", "unix:x,perm=%s", "%s" };
	static const size_t sizes[] = { 513, 4096, 131071 };
	static char filling[131072], text[131200];

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		memset(filling, '7', sizes[i]);
		filling[sizes[i]] = 0;
		for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
			const char *mark = strstr(shapes[shape], "%s");
			dx_complaint wrong = { 0 };
			dx_endpoint e;

			snprintf(text, sizeof text, "%.*s%s%s", (int)(mark - shapes[shape]), shapes[shape], filling, mark + 2);
			assert_int_equal(dx_endpoint_parse(text, &e, &wrong), -EINVAL);
			assert_true(wrong.at + wrong.len <= strlen(text));
		}
	}
}

static void test_A4_bytes_of_any_kind(void **state)
{
	static const struct sense understood[] = {
		{ "unix:/tmp/\xff\xfe\x1b[2J%n%s\n", DX_UNIX, AF_UNIX, "/tmp/\xff\xfe\x1b[2J%n%s\n", 0 },
	};
	static const struct nonsense refused[] = {
		{ "tcp://|a\nb|:80", "bad host", "without blanks" },     { "tcp://|\x1b[2J|:80", "bad host", "brackets" },
		{ "tcp://|a b|:80", "bad host", "without blanks" },      { "tcp://|%n%s|:80", "bad host", "without blanks" },
		{ "tcp://|a/b|:80", "bad host", "slashes" },             { "tcp://|u@h|:80", "bad host", "a name or an address" },
		{ "tcp://h:|\xff|", "bad port", "65535" },               { "tcp://h:80,|\xff|=1", "unknown key", "keys are" },
	};

	(void)state;
	CHECK_SENSE(understood);
	CHECK_NONSENSE(refused);
}

static void test_A5_empty(void **state)
{
	static const struct nonsense rows[] = {
		{ "||", "no endpoint", "tcp://HOST:PORT" },
		{ "||,bind=:9", "no endpoint", "tcp://HOST:PORT" },
		{ "tcp://||", "no port", "HOST:PORT" },
		{ "tcp://h||", "no port", "HOST:PORT" },
		{ "tcp://h:||", "no port", "from 0 to 65535" },
		{ "tcp://:||", "no port", "from 0 to 65535" },
		{ "localhost||", "no port", "HOST:PORT" },
		{ "[::1]||", "no port", "HOST:PORT" },
		{ "unix:||", "no path", "unix:/run/x.sock" },
		{ "unix:|@|", "bad path", "@NAME" },
		{ "unix-dgram://||", "no path", "unix:/run/x.sock" },
		{ "tcp://h:1,||", "no key", "key=value" },
		{ "tcp://h:1,||,nodelay=1", "no key", "key=value" },
		{ "tcp://h:1,||=x", "no key", "key=value" },
		{ "tcp://h:1,|encoding|=", "no value for", "as in bind=:9999" },
		{ "tcp://h:1,|nodelay|", "no value for", "followed by = and its value" },
	};

	(void)state;
	CHECK_NONSENSE(rows);
}

static void test_B4_v6(void **state)
{
	static const struct sense understood[] = {
		{ "[::1]:80", DX_TCP, AF_UNSPEC, "::1", 80 },
		{ "tcp://[fe80::1%lo]:80", DX_TCP, AF_UNSPEC, "fe80::1%lo", 80 },
		{ "tcp://[::ffff:127.0.0.1]:80", DX_TCP, AF_UNSPEC, "::ffff:127.0.0.1", 80 },
		{ "tcp4://[::ffff:127.0.0.1]:80", DX_TCP, AF_INET, "::ffff:127.0.0.1", 80 },
	};
	static const struct nonsense refused[] = {
		{ "|::1:80|", "more than one colon in", "[::1]:80" },
		{ "|::1|", "more than one colon in", "[::1]:80" },
		{ "tcp://|::1:80|", "more than one colon in", "[::1]:80" },
		{ "udp://|fe80::1%lo:7|", "more than one colon in", "[::1]:80" },
		{ "tcp://|a:b:80|", "more than one colon in", "[::1]:80" },
		{ "tcp://[|fe80::1|]:80", "no such interface", "[fe80::1%eth0]:80" },
		{ "tcp://[|fe80::1%nosuch|]:80", "no such interface", "[fe80::1%eth0]:80" },
		{ "tcp://[|fe80::1%|]:80", "no such interface", "[fe80::1%eth0]:80" },
		{ "tcp://|[::1|", "bad host", "brackets stand around an IPv6 address" },
		{ "tcp://|[::1]80|", "bad host", "brackets stand around an IPv6 address" },
		{ "tcp://|[127.0.0.1]:80|", "bad host", "brackets stand around an IPv6 address" },
		{ "tcp://|[h]:80|", "bad host", "brackets stand around an IPv6 address" },
		{ "tcp://[|1::2::3|]:80", "bad host", "2001:db8::7" },
		{ "tcp4://[|::1|]:80", "wrong kind of address", "tcp4://" },
		{ "udp6://|127.0.0.1|:80", "wrong kind of address", "tcp6://" },
	};

	(void)state;
	CHECK_SENSE(understood);
	CHECK_NONSENSE(refused);
}

static void test_B5_strict_numbers(void **state)
{
	static const struct nonsense rows[] = {
		{ "tcp://|127.1|:80", "bad host", "four numbers" },        { "tcp://|0x7f.1|:80", "bad host", "four numbers" },
		{ "tcp://|010.0.0.1|:80", "bad host", "leading zeros" },   { "tcp://|0|:80", "bad host", "four numbers" },
		{ "tcp://|127.0.0.1.|:80", "bad host", "four numbers" },   { "tcp://|2130706433|:80", "bad host", "four numbers" },
		{ "|1.2.3|:80", "bad host", "four numbers" },              { "udp://|256.0.0.1|:80", "bad host", "0 to 255" },
		{ "tcp://|8090|", "no colon before", "tcp://:8090" },
		{ "tcp://h:1,bind=|127.1|", "bad bind", "bind=:9999" },
		{ "tcp://h:1,bind=|localhost|", "bad bind", "ADDRESS" },
	};

	(void)state;
	CHECK_NONSENSE(rows);
}

static void test_B7_paths(void **state)
{
	static const size_t sizes[] = { 107, 108, 109 };
	static const struct nonsense refused[] = {
		{ "unix:|/tmp/|", "bad path", "names a file" },
		{ "unix:|a%00b|", "bad path", "names a file" },
		{ "unix:x,bind=|/tmp/|", "bad path", "names a file" },
		{ "unix:x,bind=|a%00b|", "bad path", "names a file" },
	};

	(void)state;
	CHECK_NONSENSE(refused);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		char text[200] = "unix:";
		dx_complaint wrong = { 0 };
		dx_endpoint e;

		memset(text + 5, 'x', sizes[i]);
		text[5 + sizes[i]] = 0;
		if (sizes[i] == 107) {
			assert_int_equal(dx_endpoint_parse(text, &e, &wrong), 0);
			assert_int_equal(e.path.len, 107);
			dx_endpoint_fini(&e);
			continue;
		}
		assert_int_equal(dx_endpoint_parse(text, &e, &wrong), -EINVAL);
		assert_string_equal(wrong.problem, "path too long");
		assert_int_equal(wrong.len, sizes[i]);
	}
}

static void test_schemes(void **state)
{
	static const struct nonsense rows[] = {
		{ "|http://|h:80", "unknown scheme", "tcp://" },
		{ "|tcp5://|h:80", "unknown scheme", "tcp4://" },
		{ "|tcp:|h:80", "no slashes after", "tcp://HOST:PORT" },
		{ "|udp:|7788", "no slashes after", "udp://HOST:PORT" },
		{ "|fd:|3", "no slashes after", "fd://N" },
		{ "|/tmp/x|", "bad endpoint", "after unix:" },
		{ "|./x|", "bad endpoint", "after unix:" },
	};

	(void)state;
	CHECK_NONSENSE(rows);
}

static void test_keys(void **state)
{
	static const struct nonsense refused[] = {
		{ "tcp://h:1,|encodng|=gbk", "unknown key", "perhaps encoding= was meant" },
		{ "tcp://h:1,|Bind|=:9", "unknown key", "perhaps bind= was meant" },
		{ "tcp://h:1,|zzz|=1", "unknown key", "the keys are bind encoding" },
		{ "udp://h:1,|ttl|=1", "unknown key", "the keys are" },
		{ "tcp://h:1,|keepalive|=1", "unknown key", "the keys are" },
		{ "udp://h:1,|nodelay|=1", "wrong key", "does not know it" },
		{ "tcp://h:1,|perm|=600", "wrong key", "does not know it" },
		{ "unix:x,|congestion|=reno", "wrong key", "does not know it" },
		{ "fd://3,|bind|=:9", "wrong key", "does not know it" },
		{ "tcp://h:1,eol=lf,|eol|=crlf", "repeated key", "once" },
	};
	dx_endpoint e;

	(void)state;
	CHECK_NONSENSE(refused);
	assert_int_equal(dx_endpoint_parse("tcp://h:1,bind=:9999,encoding=gbk,frame=gap:50ms,eol=crlf,mode=half,nodelay=1,sndbuf=64k,"
	                                   "rcvbuf=1Mi,backlog=5,reuseport=0,congestion=reno", &e, NULL), 0);
	assert_int_equal(e.keys.expire, -1);
	assert_string_equal(e.keys.bind, ":9999");
	assert_string_equal(e.keys.encoding, "gbk");
	assert_string_equal(e.keys.frame, "gap:50ms");
	assert_string_equal(e.keys.eol, "crlf");
	assert_string_equal(e.keys.mode, "half");
	assert_string_equal(e.keys.congestion, "reno");
	assert_int_equal(e.keys.nodelay, 1);
	assert_int_equal(e.keys.sndbuf, 64000);
	assert_int_equal(e.keys.rcvbuf, 1 << 20);
	assert_int_equal(e.keys.backlog, 5);
	assert_int_equal(e.keys.reuseport, 0);
	assert_int_equal(e.keys.perm, -1);
	dx_endpoint_fini(&e);
	assert_int_equal(dx_endpoint_parse("unix:x?perm=0640&encoding=gbk", &e, NULL), 0);
	assert_int_equal(e.keys.perm, 0640);
	assert_string_equal(e.keys.encoding, "gbk");
	assert_null(e.keys.bind);
	dx_endpoint_fini(&e);
}

static void test_the_local_side(void **state)
{
	static const struct {
		const char *text;
		int family, result;
		const char *bound;
	} rows[] = {
		{ "udp://h:7,bind=:9999", AF_INET, 0, "0.0.0.0:9999" },
		{ "udp://h:7,bind=:9999", AF_INET6, 0, "[::]:9999" },
		{ "udp://h:7,bind=9999", AF_INET, 0, "0.0.0.0:9999" },
		{ "udp://h:7,bind=127.0.0.1", AF_INET, 0, "127.0.0.1:0" },
		{ "udp://h:7,bind=127.0.0.1:9", AF_INET, 0, "127.0.0.1:9" },
		{ "udp://h:7,bind=127.0.0.1:9", AF_INET6, -EAFNOSUPPORT, "" },
		{ "udp://h:7,bind=[::1]:9", AF_INET6, 0, "[::1]:9" },
		{ "udp://h:7,bind=[::1]", AF_INET6, 0, "[::1]:0" },
		{ "udp://h:7", AF_INET, -ENOENT, "" },
		{ "unix-dgram:x,bind=y%2Cz", AF_UNIX, 0, "unix:y%2Cz" },
		{ "unix:x,bind=@y", AF_UNIX, 0, "unix:@y" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		dx_endpoint e;
		dx_addr a;
		char into[DX_ADDR_TEXT];

		assert_int_equal(dx_endpoint_parse(rows[i].text, &e, NULL), 0);
		assert_int_equal(dx_endpoint_bind(&e, rows[i].family, &a), rows[i].result);
		if (rows[i].result == 0)
			assert_string_equal(dx_addr_print(&a, into), rows[i].bound);
		dx_endpoint_fini(&e);
	}
}

static void test_two_words(void **state)
{
	dx_complaint wrong;
	dx_endpoint e;
	bool port = true;

	(void)state;
	assert_int_equal(dx_endpoint_from_words("localhost", "8090,encoding=gbk", &e, NULL, NULL), 0);
	assert_string_equal(e.host, "localhost");
	assert_int_equal(e.port, 8090);
	assert_string_equal(e.keys.encoding, "gbk");
	dx_endpoint_fini(&e);
	assert_int_equal(dx_endpoint_from_words("::1", "8090", &e, NULL, NULL), 0);
	dx_endpoint_fini(&e);
	assert_int_equal(dx_endpoint_from_words("127.1", "8090", &e, &wrong, &port), -EINVAL);
	assert_false(port);
	assert_int_equal(wrong.at, 0);
	assert_int_equal(wrong.len, 5);
	assert_int_equal(dx_endpoint_from_words("h", "70000", &e, &wrong, &port), -EINVAL);
	assert_true(port);
	assert_int_equal(wrong.at, 0);
	assert_int_equal(wrong.len, 5);
	assert_int_equal(dx_endpoint_from_words("h", "80,ecoding=gbk", &e, &wrong, &port), -EINVAL);
	assert_true(port);
	assert_int_equal(wrong.at, 3);
	assert_int_equal(dx_endpoint_from_words("", "80", &e, &wrong, &port), -EINVAL);
	assert_false(port);
	assert_int_equal(dx_endpoint_from_words("h", "", &e, &wrong, &port), -EINVAL);
	assert_true(port);
}

/* What `listening on` says is an endpoint that can be typed. */
static void test_B8_printed_endpoints_are_read_back(void **state)
{
	static const char *const texts[] = { "tcp://127.0.0.1:80", "tcp://[::1]:80", "udp://[fe80::1%lo]:7", "unix:/run/a%2Cb%3Fc",
					     "unix:@x", "unix-dgram:50%25", "unix-dgram:@a%0Ab" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		dx_endpoint e;
		dx_addr a;
		char into[DX_ENDPOINT_TEXT];

		assert_int_equal(dx_endpoint_parse(texts[i], &e, NULL), 0);
		if (dx_endpoint_is_unix(&e))
			assert_int_equal(dx_addr_from_path(e.path, &a), 0);
		else
			assert_int_equal(dx_addr_from_host(e.host, e.port, e.family, &a), 0);
		assert_string_equal(dx_endpoint_print(e.transport, &a, into), texts[i]);
		dx_endpoint_fini(&e);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_understood),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_A2_ports),
		cmocka_unit_test(test_A2_keys),
		cmocka_unit_test(test_A3_long_arguments),
		cmocka_unit_test(test_A4_bytes_of_any_kind),
		cmocka_unit_test(test_A5_empty),
		cmocka_unit_test(test_B4_v6),
		cmocka_unit_test(test_B5_strict_numbers),
		cmocka_unit_test(test_B7_paths),
		cmocka_unit_test(test_B8_printed_endpoints_are_read_back),
		cmocka_unit_test(test_the_local_side),
		cmocka_unit_test(test_two_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
