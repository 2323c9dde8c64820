/* What may have been meant by a mistyped word. */
#include "base/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static size_t distance(const char *a, const char *b)
{
	return dx_near_distance(dx_slice_text(a), dx_slice_text(b));
}

static void test_distances(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} rows[] = {
		{ "", "", 0 },           { "", "abc", 3 },         { "echo", "echo", 0 },    { "ECHO", "echo", 0 },
		{ "ehco", "echo", 1 },   { "eco", "echo", 1 },     { "echoo", "echo", 1 },   { "ecko", "echo", 1 },
		{ "abcd", "badc", 2 },   { "kitten", "sitting", 3 },
		{ "a word of more than thirty-two bytes", "a", SIZE_MAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (distance(rows[i].a, rows[i].b) != rows[i].distance || distance(rows[i].b, rows[i].a) != rows[i].distance)
			fail_msg("%s, %s: %zu", rows[i].a, rows[i].b, distance(rows[i].a, rows[i].b));
	}
}

static void test_the_nearest_is_found(void **state)
{
	static const char *const names[] = { "echo", "encoding", "frame", "frame-in", "", "gbk", "--frame", "--count" };
	static const struct {
		const char *typed;
		int found;
	} rows[] = {
		{ "ehco", 0 }, { "encodng", 1 }, { "endcodin", 1 }, { "framein", 3 }, { "fram", 2 }, { "gkb", 5 },
		{ "x", -1 },   { "", -1 },       { "reply", -1 },   { "bg", -1 },
		{ "--rate", -1 }, { "--chunk", -1 }, { "--fram", 6 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(dx_near_find(dx_slice_text(rows[i].typed), names, sizeof names / sizeof *names), rows[i].found);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distances),
		cmocka_unit_test(test_the_nearest_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
