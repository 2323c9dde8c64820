/* Addresses as text and back. */
#include <duplex/address.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PATH_OFFSET offsetof(struct sockaddr_un, sun_path)
#define ROUNDS      1000000

/* What each text is read as: the text that it is printed as (NULL: the same), or the error. */
struct row {
	const char *text;
	int result;
	const char *printed;
};

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		dx_addr a = { .len = 7 };
		char into[DX_ADDR_TEXT];
		int r = dx_addr_parse(rows[i].text, &a);

		if (r != rows[i].result)
			fail_msg("\"%s\" gives %d, not %d", rows[i].text, r, rows[i].result);
		if (r == 0)
			assert_string_equal(dx_addr_print(&a, into), rows[i].printed != NULL ? rows[i].printed : rows[i].text);
		else
			assert_int_equal(a.len, 7);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof(rows)[0])

static void test_internet_addresses(void **state)
{
	static const struct row rows[] = {
		{ "127.0.0.1:80" },
		{ "255.255.255.255:65535" },
		{ "0.0.0.0:0" },
		{ "[::1]:80" },
		{ "[2001:db8::7]:443" },
		{ "[2001:DB8:0:0::7]:443", 0, "[2001:db8::7]:443" },
		{ "127.0.0.1", -EINVAL },
		{ "127.0.0.1:", -EINVAL },
		{ "[::1]", -EINVAL },
		{ "[127.0.0.1]:80", -EINVAL },
		{ "[::1:80", -EINVAL },
		{ "::1]:80", -EINVAL },
		{ "[]:80", -EINVAL },
		{ "localhost:80", -EINVAL },
		{ ":80", -EINVAL },
		{ ":", -EINVAL },
		{ "[", -EINVAL },
		{ "]:80", -EINVAL },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void test_A2_ports(void **state)
{
	static const struct row rows[] = {
		{ "127.0.0.1:65535" },          { "127.0.0.1:65536", -EINVAL },
		{ "127.0.0.1:-1", -EINVAL },    { "127.0.0.1:+80", -EINVAL },
		{ "127.0.0.1: 80", -EINVAL },   { "127.0.0.1:80 ", -EINVAL },
		{ "127.0.0.1:0x10", -EINVAL },  { "127.0.0.1:1e3", -EINVAL },
		{ "127.0.0.1:18446744073709551616", -EINVAL },
		{ "127.0.0.1:18446744073709551696", -EINVAL },
		{ "[::1]:70000", -EINVAL },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void test_A4_bytes_of_any_kind(void **state)
{
	static const struct row rows[] = {
		{ "\xff\xfe:80", -EINVAL },     { "%n%s:80", -EINVAL },       { "127.0.0.1\n:80", -EINVAL },
		{ "unix:/tmp/\xff\x80" },       { "unix:/tmp/%n%s", 0, "unix:/tmp/%25n%25s" },
		{ "unix:/tmp/\x1b[2J\n", 0, "unix:/tmp/%1B[2J%0A" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void test_A5_empty(void **state)
{
	static const struct row rows[] = { { "", -EINVAL }, { "unix:@", -EINVAL } };
	dx_addr a;

	(void)state;
	CHECK_ROWS(rows);
	assert_int_equal(dx_addr_parse(NULL, &a), -EINVAL);
	assert_int_equal(dx_addr_from_host(NULL, 80, AF_INET, &a), -EINVAL);
	assert_int_equal(dx_addr_from_path(dx_slice_text(""), &a), -EINVAL);
	assert_int_equal(dx_addr_from_path(dx_slice_text("@"), &a), -EINVAL);
}

static void test_B4_v6(void **state)
{
	static const struct row rows[] = {
		{ "[::1]:80" },
		{ "[fe80::1%lo]:80" },
		{ "[fe80::1%1]:80", 0, "[fe80::1%lo]:80" },
		{ "[fe80::1%4294967295]:80" },
		{ "[fe80::1%4294967296]:80", -ENODEV },
		{ "[fe80::1%0]:80", -ENODEV },
		{ "[fe80::1%]:80", -ENODEV },
		{ "[fe80::1%nosuch]:80", -ENODEV },
		{ "[fe80::1]:80", -ENODEV },
		{ "[::ffff:127.0.0.1]:80", 0, "127.0.0.1:80" },
		{ "::1:80", -EINVAL },
		{ "::1", -EINVAL },
		{ "[::1%lo%lo]:80", -ENODEV },
		{ "[1:2:3:4:5:6:7:8:9]:80", -EINVAL },
		{ "[::12345]:80", -EINVAL },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void test_B5_strict_numbers(void **state)
{
	static const char *const dodges[] = { "127.1", "0x7f.1", "010.0.0.1", "0", "127.0.0.1.", "2130706433", "0x7f000001",
					      "127.0.0.256", "1.2.3.4.5", "127.0.0.0x1", "017700000001", "1.", "0X7F.0.0.1" };
	static const char *const names[] = { "localhost", "example.com", "1and1.de", "node-1", "0xyz.org", "a1", "7.example.", "x" };
	dx_addr a;

	(void)state;
	for (size_t i = 0; i < sizeof dodges / sizeof *dodges; i++) {
		assert_int_equal(dx_addr_from_host(dodges[i], 80, AF_UNSPEC, &a), -EINVAL);
		assert_true(dx_addr_looks_numeric(dodges[i]));
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		assert_int_equal(dx_addr_from_host(names[i], 80, AF_UNSPEC, &a), -EINVAL);
		assert_false(dx_addr_looks_numeric(names[i]));
	}
}

static void test_hosts_have_a_family(void **state)
{
	dx_addr a;

	(void)state;
	assert_int_equal(dx_addr_from_host("", 80, AF_UNSPEC, &a), 0);
	assert_int_equal(a.sa.sa_family, AF_INET6);
	assert_int_equal(dx_addr_from_host("", 80, AF_INET, &a), 0);
	assert_int_equal(a.sa.sa_family, AF_INET);
	assert_int_equal(dx_addr_port(&a), 80);
	assert_int_equal(dx_addr_from_host("::1", 80, AF_INET, &a), -EAFNOSUPPORT);
	assert_int_equal(dx_addr_from_host("127.0.0.1", 80, AF_INET6, &a), -EAFNOSUPPORT);
	assert_int_equal(dx_addr_from_host("::ffff:1.2.3.4", 80, AF_INET6, &a), 0);
	assert_int_equal(a.sa.sa_family, AF_INET6);
}

static dx_slice path_of(size_t bytes, char first, char *into)
{
	memset(into, 'x', bytes);
	into[0] = first;
	return dx_slice_of(into, bytes);
}

static void test_A3_B7_paths(void **state)
{
	static const struct row rows[] = {
		{ "unix:/run/x.sock" }, { "unix:relative" },          { "unix:@abstract" },         { "unix:@a/" },
		{ "unix:/tmp/", -EINVAL }, { "unix:/", -EINVAL },     { "unix:/tmp/a%00b", -EINVAL }, { "unix:@a%00b" },
		{ "unix:a%2cb", 0, "unix:a%2Cb" }, { "unix:50%" , 0, "unix:50%25" }, { "unix:%40x", 0, "unix:./@x" },
		{ "unix:" },
	};
	char text[200];
	dx_addr a;

	(void)state;
	CHECK_ROWS(rows);
	assert_int_equal(dx_addr_from_path(path_of(107, '/', text), &a), 0);
	assert_int_equal(a.len, PATH_OFFSET + 108);
	assert_int_equal(dx_addr_from_path(path_of(108, '/', text), &a), -ENAMETOOLONG);
	assert_int_equal(dx_addr_from_path(path_of(109, '/', text), &a), -ENAMETOOLONG);
	assert_int_equal(dx_addr_from_path(path_of(108, '@', text), &a), 0);
	assert_int_equal(a.len, PATH_OFFSET + 108);
	assert_int_equal(dx_addr_from_path(path_of(109, '@', text), &a), -ENAMETOOLONG);
	assert_int_equal(dx_addr_from_path(dx_slice_of("/a\0b", 4), &a), -EINVAL);
}

static void test_A3_long_arguments(void **state)
{
	static const size_t sizes[] = { 513, 4096, 131071 };
	static char text[131072];
	dx_addr a;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		memset(text, '1', sizes[i]);
		text[sizes[i]] = 0;
		assert_int_equal(dx_addr_parse(text, &a), -EINVAL);
		assert_int_equal(dx_addr_from_host(text, 80, AF_UNSPEC, &a), -EINVAL);
		memcpy(text, "unix:", 5);
		assert_int_equal(dx_addr_parse(text, &a), -ENAMETOOLONG);
		memcpy(text, "[::1%", 5);
		memcpy(text + sizes[i] - 3, "]:1", 3);
		assert_int_equal(dx_addr_parse(text, &a), -EINVAL);
	}
}

/* What the kernel may report: a path of 108 bytes without a NUL, and a length that counts one behind the struct. */
static void test_B7_a_path_that_fills_the_struct(void **state)
{
	dx_addr a = { .len = sizeof a.un + 1, .un.sun_family = AF_UNIX };
	char into[DX_ADDR_TEXT];

	(void)state;
	memset(a.un.sun_path, 1, sizeof a.un.sun_path);
	assert_int_equal(strlen(dx_addr_print(&a, into)), 5 + 3 * sizeof a.un.sun_path);
}

/* xorshift: the same addresses in every run */
static uint64_t random_bits(void)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

static void fill_random(void *into, size_t bytes)
{
	for (uint8_t *b = into; bytes > 0; bytes--)
		*b++ = (uint8_t)(random_bits() >> 32);
}

static void make_v4(dx_addr *a)
{
	a->len = sizeof a->in;
	a->in.sin_family = AF_INET;
	a->in.sin_port = (in_port_t)random_bits();
	fill_random(&a->in.sin_addr, sizeof a->in.sin_addr);
}

/* Half of them with runs of zeros, which are written short. A scope goes with an address of a link; the name of an interface is
 * asked of the kernel, which is slow, so few have one. */
static void make_v6(dx_addr *a, size_t i)
{
	a->len = sizeof a->in6;
	a->in6.sin6_family = AF_INET6;
	a->in6.sin6_port = (in_port_t)random_bits();
	fill_random(&a->in6.sin6_addr, sizeof a->in6.sin6_addr);
	for (size_t group = 0; group < 8 && i % 2 == 0; group++) {
		if (random_bits() >> 63)
			memset(a->in6.sin6_addr.s6_addr + 2 * group, 0, 2);
	}
	if (i % 1000 == 1) {
		memcpy(a->in6.sin6_addr.s6_addr, "\xfe\x80", 2);
		a->in6.sin6_scope_id = 1 + (uint32_t)(random_bits() >> 32) % 5;
	} else if (IN6_IS_ADDR_LINKLOCAL(&a->in6.sin6_addr) || IN6_IS_ADDR_V4MAPPED(&a->in6.sin6_addr)) {
		a->in6.sin6_addr.s6_addr[0] = 0x20;
	}
}

static void make_unix(dx_addr *a, bool abstract)
{
	size_t bytes = 1 + (size_t)(random_bits() >> 32) % DX_ADDR_PATH_BYTES;
	uint8_t *name = (uint8_t *)a->un.sun_path + abstract;

	a->un.sun_family = AF_UNIX;
	a->len = (socklen_t)(PATH_OFFSET + bytes + 1);
	fill_random(name, bytes);
	for (size_t i = 0; i < bytes && !abstract; i++)
		name[i] = name[i] == 0 || name[i] == '/' || name[i] == '@' ? 'x' : name[i];
}

static void test_B8_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		dx_addr a, b;
		char first[DX_ADDR_TEXT], second[DX_ADDR_TEXT];

		memset(&a, 0, sizeof a);
		if (i % 4 == 0)
			make_v4(&a);
		else if (i % 4 == 1 || i % 4 == 2)
			make_v6(&a, i / 4);
		else
			make_unix(&a, i % 8 == 3);
		dx_addr_print(&a, first);
		if (dx_addr_parse(first, &b) != 0)
			fail_msg("cannot be read back: %s", first);
		if (a.len != b.len || memcmp(&a.sa, &b.sa, a.len) != 0 || !dx_addr_equal(&a, &b))
			fail_msg("reads back as another address: %s", first);
		if (strcmp(first, dx_addr_print(&b, second)) != 0)
			fail_msg("%s is then %s", first, second);
	}
}

static void test_questions(void **state)
{
	static const struct {
		const char *text;
		bool loopback, group;
	} rows[] = {
		{ "127.0.0.1:1", true, false },   { "127.255.0.9:1", true, false },  { "128.0.0.1:1", false, false },
		{ "[::1]:1", true, false },       { "[::2]:1", false, false },       { "[::ffff:127.0.0.1]:1", true, false },
		{ "unix:/x", true, false },       { "unix:@x", true, false },        { "224.0.0.1:1", false, true },
		{ "239.255.255.255:1", false, true }, { "240.0.0.1:1", false, false }, { "255.255.255.255:1", false, true },
		{ "[ff02::1]:1", false, true },   { "[fe80::1%1]:1", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		dx_addr a;

		assert_int_equal(dx_addr_parse(rows[i].text, &a), 0);
		if (dx_addr_is_loopback(&a) != rows[i].loopback || dx_addr_is_group(&a) != rows[i].group)
			fail_msg("%s", rows[i].text);
	}
}

static dx_addr mapped(const char *host, uint16_t port)
{
	dx_addr a;

	assert_int_equal(dx_addr_from_host(host, port, AF_INET6, &a), 0);
	return a;
}

static void test_a_mapped_address_is_its_v4_one(void **state)
{
	dx_addr six = mapped("::ffff:10.1.2.3", 80), four, none = { 0 };
	char into[DX_ADDR_TEXT];

	(void)state;
	assert_int_equal(dx_addr_parse("10.1.2.3:80", &four), 0);
	assert_true(dx_addr_equal(&six, &four));
	assert_string_equal(dx_addr_print(&six, into), "10.1.2.3:80");
	assert_string_equal(dx_addr_print_host(&six, into), "10.1.2.3");
	dx_addr_set_port(&six, 81);
	assert_int_equal(dx_addr_port(&six), 81);
	assert_false(dx_addr_equal(&six, &four));
	assert_false(dx_addr_equal(&none, &four));
	assert_true(dx_addr_equal(&none, &none));
	assert_string_equal(dx_addr_print(&none, into), "");
	assert_int_equal(dx_addr_port(&none), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_internet_addresses),
		cmocka_unit_test(test_A2_ports),
		cmocka_unit_test(test_A4_bytes_of_any_kind),
		cmocka_unit_test(test_A5_empty),
		cmocka_unit_test(test_B4_v6),
		cmocka_unit_test(test_B5_strict_numbers),
		cmocka_unit_test(test_hosts_have_a_family),
		cmocka_unit_test(test_A3_B7_paths),
		cmocka_unit_test(test_A3_long_arguments),
		cmocka_unit_test(test_B7_a_path_that_fills_the_struct),
		cmocka_unit_test(test_B8_round_trip),
		cmocka_unit_test(test_questions),
		cmocka_unit_test(test_a_mapped_address_is_its_v4_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
