/* B3: who of a host's addresses starts when. The time is ours: nothing waits. */
#include "net/race.h"
#include "base/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define STAGGER_NS (250 * DX_NS_PER_MS)

/* Lines up what `families` says, one letter each: the n-th is 127.0.0.n or ::n. */
static void line_up(dx_race *r, const char *families)
{
	dx_addr found[DX_LIMIT_ADDRESSES];
	char host[32];
	size_t n;

	for (n = 0; families[n] != 0; n++) {
		(void)snprintf(host, sizeof host, families[n] == '4' ? "127.0.0.%zu" : "::%zx", n + 1);
		assert_int_equal(dx_addr_from_host(host, 80, AF_UNSPEC, &found[n]), 0);
	}
	dx_race_line_up(r, found, n);
}

static void check_order(const char *families, const char *wanted)
{
	char order[DX_LIMIT_ADDRESSES + 1] = { 0 }, host[DX_ADDR_TEXT];
	dx_race r;

	line_up(&r, families);
	assert_int_equal(r.count, strlen(families));
	for (size_t i = 0; i < r.count; i++) {
		(void)dx_addr_print(&r.addresses[i], host);
		order[i] = strstr(host, host[0] == '[' ? "]:" : ":")[-1];
	}
	assert_string_equal(order, wanted);
}

static void test_B3_families_take_turns_in_the_order_of_the_resolver(void **state)
{
	(void)state;
	check_order("", "");
	check_order("4", "1");
	check_order("444", "123");
	check_order("6644", "1324");
	check_order("4666", "1234");
	check_order("666644", "152634");
	check_order("446646", "132456");
}

static void test_B3_the_next_starts_after_a_while_or_after_a_failure(void **state)
{
	dx_race r;

	(void)state;
	line_up(&r, "444");
	assert_int_equal(dx_race_start(&r, 1000), 0);
	assert_int_equal(dx_race_start(&r, 1000), -1);
	assert_int_equal(dx_race_next_ns(&r), 1000 + STAGGER_NS);
	assert_int_equal(dx_race_start(&r, 999 + STAGGER_NS), -1);
	assert_int_equal(dx_race_start(&r, 1000 + STAGGER_NS), 1);
	dx_race_lose(&r, 2000 + STAGGER_NS);
	assert_int_equal(dx_race_start(&r, 2000 + STAGGER_NS), 2);
	assert_int_equal(dx_race_next_ns(&r), INT64_MAX);
	dx_race_lose(&r, 3000 + STAGGER_NS);
	assert_false(dx_race_is_over(&r));
	dx_race_lose(&r, 3000 + STAGGER_NS);
	assert_true(dx_race_is_over(&r));
}

static void test_who_is_called_back_starts_anew(void **state)
{
	dx_race r;

	(void)state;
	line_up(&r, "4");
	assert_int_equal(dx_race_start(&r, 0), 0);
	dx_race_call_back(&r, 0, 10);
	assert_false(dx_race_is_over(&r));
	assert_int_equal(dx_race_start(&r, 9), -1);
	assert_int_equal(dx_race_start(&r, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_B3_families_take_turns_in_the_order_of_the_resolver),
		cmocka_unit_test(test_B3_the_next_starts_after_a_while_or_after_a_failure),
		cmocka_unit_test(test_who_is_called_back_starts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
