/* Columns: what the C library's wcwidth says where it knows, and a few that matter. */
#include "helper.h"

#include "codec/width.h"

#include <locale.h>
#include <wchar.h>

static void test_columns_of_text(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} table[] = {
		{ "", 0 },      { "abc", 3 },        { "你好", 4 },  { "Ａ", 2 },  { "ｱ", 1 },      { "é", 1 },  { "e\xcc\x81", 1 },
		{ "가", 2 },    { "😀", 2 },         { "กำ", 2 },     { "\xff", 1 }, { "\xed\xb2\x80", 1 }, { "\xe2\x80\x8b", 0 },
		{ "a\xc2\xad", 2 }, { "\n", 0 },     { "…", 1 },     { "　", 2 },  { "\xe1\x84\x80\xe1\x85\xa1", 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		assert_int_equal(dx_width(dx_slice_text(table[i].text)), table[i].columns);
}

/* The tables are of near but not of one Unicode version, and differ in taste about some signs. */
static void test_nearly_all_are_as_wcwidth_has_them(void **state)
{
	unsigned known = 0, different = 0;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		skip();
	for (uint32_t c = 0x20; c < 0x20000; c++) {
		int columns = wcwidth((wchar_t)c);

		if (columns < 0 || (c >= 0x7f && c < 0xa0))
			continue;
		known++;
		different += dx_width_of(c) != (unsigned)columns;
	}
	assert_true(known > 60000);
	assert_in_range(different, 0, known / 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_of_text),
		cmocka_unit_test(test_nearly_all_are_as_wcwidth_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
