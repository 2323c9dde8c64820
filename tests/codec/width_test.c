/* Columns: what the C library's wcwidth says where it knows, and a few that matter. */
#include "helper.h"

#include "codec/utf8.h"
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

#define ZWJ      "\xe2\x80\x8d"
#define COLOURED "\xef\xb8\x8f"
#define ACUTE    "\xcc\x81"
#define FAMILY   "👨" ZWJ "👩" ZWJ "👧" ZWJ "👦"
#define ENGLAND  "🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf"

/* What fits into so many columns, and how many it takes. */
static void test_J5_what_fits_without_parting_a_cluster(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *fits;
		size_t taken;
	} table[] = {
		{ "", 5, "", 0 },
		{ "abc", 0, "", 0 },
		{ "abc", 2, "ab", 2 },
		{ "abc", 3, "abc", 3 },
		{ "abc", 9, "abc", 3 },
		{ "你好", 0, "", 0 },
		{ "你好", 1, "", 0 },
		{ "你好", 2, "你", 2 },
		{ "你好", 3, "你", 2 },
		{ "你好", 4, "你好", 4 },
		{ "ab你", 3, "ab", 2 },
		{ "ab，c", 4, "ab，", 4 },
		{ "e" ACUTE "f", 1, "e" ACUTE, 1 },
		{ "你" ACUTE ACUTE "好", 3, "你" ACUTE ACUTE, 2 },
		{ ACUTE "a", 0, ACUTE, 0 },
		{ "a\xe2\x80\x8b" "b", 1, "a\xe2\x80\x8b", 1 },
		{ "a" FAMILY "b", 8, "a", 1 },
		{ "a" FAMILY "b", 9, "a" FAMILY, 9 },
		{ "a" FAMILY "b", 10, "a" FAMILY "b", 10 },
		{ "😀😀", 3, "😀", 2 },
		{ "😀😀", 4, "😀😀", 4 },
		{ "🇨🇳🇯🇵", 2, "🇨🇳", 2 },
		{ "🇨🇳🇯🇵", 3, "🇨🇳", 2 },
		{ "🇨🇳🇯🇵🇰", 5, "🇨🇳🇯🇵🇰", 5 },
		{ ENGLAND ENGLAND, 2, ENGLAND, 2 },
		{ "👍🏽👍", 5, "👍🏽", 4 },
		{ "👍🏽👍", 3, "", 0 },
		{ "👍🏽🏽", 4, "👍🏽", 4 },
		{ "❤" COLOURED "a", 2, "❤" COLOURED, 2 },
		{ "❤" COLOURED "a", 1, "", 0 },
		{ "❤a", 2, "❤a", 2 },
		{ "👩🏻" ZWJ "❤" COLOURED ZWJ "💋" ZWJ "👨🏻!", 12, "👩🏻" ZWJ "❤" COLOURED ZWJ "💋" ZWJ "👨🏻", 12 },
		{ "⛹🏻" ZWJ "♂" COLOURED "!", 6, "⛹🏻" ZWJ "♂" COLOURED "!", 6 },
		{ "1" COLOURED "\xe2\x83\xa3" "2", 1, "1" COLOURED "\xe2\x83\xa3", 1 },
		{ "a" ZWJ "b", 1, "a" ZWJ, 1 },
		{ "字" ZWJ "😀", 3, "字" ZWJ, 2 },
		{ "각각", 3, "각", 2 },
		{ "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8x", 2, "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8", 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		size_t columns = 99, len = dx_width_fit(dx_slice_text(table[i].text), table[i].columns, &columns);

		check_bytes(dx_slice_of(table[i].text, len), dx_slice_text(table[i].fits));
		assert_int_equal(columns, table[i].taken);
		assert_int_equal(dx_width(dx_slice_text(table[i].fits)), columns);
	}
}

/* A chain without an end is not one cluster: it would be as wide as the screen where terminals do not know it. */
static void test_J5_a_thousand_joined_are_not_one(void **state)
{
	dx_buf text = { .limit = AMPLE };
	size_t columns;

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(dx_buf_add_text(&text, "😀" ZWJ), 0);
	assert_int_equal(dx_width(dx_buf_slice(&text)), 2 * 1000);
	assert_int_equal(dx_width_fit(dx_buf_slice(&text), 17, &columns), 8 * 7);
	dx_buf_clear(&text);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(dx_buf_add_text(&text, i == 0 ? "e" : ACUTE), 0);
	assert_int_equal(dx_width_fit(dx_buf_slice(&text), 1, &columns), text.used);
	assert_int_equal(columns, 1);
	dx_buf_fini(&text);
}

static void random_text(uint64_t *seed, dx_buf *text, bool pictographs)
{
	static const char *const parts[] = { "a", "plain words", "你", "天地玄黄", "，", "가", "か\xe3\x82\x99", ACUTE, ZWJ, "é", "я",
	                                     "กำ", "\xe2\x80\x8b", "“", "ｱ", "😀", FAMILY, "🏽", "❤", COLOURED, "🇨", "🇨🇳", ENGLAND };

	dx_buf_clear(text);
	for (uint32_t n = next_random(seed) % 16; n > 0; n--)
		assert_int_equal(dx_buf_add_text(text, parts[next_random(seed) % (pictographs ? COUNT(parts) : 15)]), 0);
}

/* Where nothing is joined the columns are those of the characters. */
static void test_J5_runs_are_counted_as_characters_are(void **state)
{
	dx_buf text = { .limit = AMPLE };
	uint64_t seed = 31;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		size_t columns = 0;

		random_text(&seed, &text, false);
		if (text.used > 0 && next_random(&seed) % 3 == 0)
			text.data[next_random(&seed) % text.used] = (uint8_t)(0x80 | (next_random(&seed) & 0x3f));
		for (dx_slice rest = dx_buf_slice(&text); rest.len > 0;) {
			dx_glyph g = dx_glyph_next(rest);

			columns += g.malformed ? 1 : dx_width_of(g.character);
			rest = dx_slice_after(rest, g.len);
		}
		assert_int_equal(dx_width(dx_buf_slice(&text)), columns);
	}
	dx_buf_fini(&text);
}

/* Lines of any width, one behind the other, are the text, and take together what it takes. */
static void test_J5_lines_that_fit_are_the_text(void **state)
{
	dx_buf text = { .limit = AMPLE };
	uint64_t seed = 32;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		size_t width = 32 + next_random(&seed) % 9, all = 0;

		random_text(&seed, &text, true);
		for (dx_slice rest = dx_buf_slice(&text); rest.len > 0;) {
			size_t columns, len = dx_width_fit(rest, width, &columns), more;

			assert_true(len > 0 && columns <= width);
			assert_int_equal(dx_width(dx_slice_first(rest, len)), columns);
			rest = dx_slice_after(rest, len);
			assert_int_equal(dx_width_fit(rest, width - columns, &more), 0);        /* no more would fit */
			all += columns;
		}
		assert_int_equal(all, dx_width(dx_buf_slice(&text)));
	}
	dx_buf_fini(&text);
}

static void test_what_is_taken_for_wide_is(void **state)
{
	uint8_t utf8[4];

	(void)state;
	for (uint32_t c = 0x20; c < 0x20000; c++) {
		size_t len = dx_utf8_put(c, utf8), run = dx__wide_run(dx_slice_of(utf8, len));

		assert_true(run == 0 || (run == 3 && dx_width_of(c) == 2 && dx_utf8_run(dx_slice_of(utf8, len)) == len));
	}
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
		cmocka_unit_test(test_what_is_taken_for_wide_is),
		cmocka_unit_test(test_J5_what_fits_without_parting_a_cluster),
		cmocka_unit_test(test_J5_a_thousand_joined_are_not_one),
		cmocka_unit_test(test_J5_runs_are_counted_as_characters_are),
		cmocka_unit_test(test_J5_lines_that_fit_are_the_text),
		cmocka_unit_test(test_nearly_all_are_as_wcwidth_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
