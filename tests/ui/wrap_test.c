/* Wrapping: rows of a window, which put together again are the text. */
#include "../codec/helper.h"

#include "ui/wrap.h"

#include <errno.h>

#define ACUTE  "\xcc\x81"
#define ZWJ    "\xe2\x80\x8d"
#define FAMILY "👨" ZWJ "👩" ZWJ "👧"
#define RED    "\033[31m"
#define PLAIN  "\033[0m"

static dx_wrap wrapped(dx_wrap w, const char *text, dx_buf *out)
{
	dx_buf_clear(out);
	assert_int_equal(dx_wrap_add(&w, dx_slice_text(text), out), 0);
	return w;
}

static void test_J6_rows_of_a_text(void **state)
{
	static const struct {
		const char *text;
		dx_wrap how;
		const char *rows;
		size_t column, row;     /* where it has come to */
	} table[] = {
		{ "", { .columns = 5 }, "", 0, 0 },
		{ "abcde", { .columns = 5 }, "abcde", 5, 0 },
		{ "abcdef", { .columns = 5 }, "abcde\nf", 1, 1 },
		{ "abcdef", { .columns = 1 }, "a\nb\nc\nd\ne\nf", 1, 5 },
		{ "ab", { .columns = 0 }, "a\nb", 1, 1 },
		{ "abcdef", { .columns = 2 }, "ab\ncd\nef", 2, 2 },
		{ "你好吗", { .columns = 4 }, "你好\n吗", 2, 1 },
		{ "你好吗", { .columns = 5 }, "你好\n吗", 2, 1 },
		{ "a你好", { .columns = 2 }, "a\n你\n好", 2, 2 },
		{ "你好", { .columns = 1 }, "你\n好", 2, 1 },
		{ "e" ACUTE "f", { .columns = 1 }, "e" ACUTE "\nf", 1, 1 },
		{ "abe" ACUTE, { .columns = 3 }, "abe" ACUTE, 3, 0 },
		{ FAMILY "a", { .columns = 6 }, FAMILY "\na", 1, 1 },
		{ "a" FAMILY, { .columns = 6 }, "a\n" FAMILY, 6, 1 },
		{ "👨" ZWJ "👩a", { .columns = 2 }, "👨\n" ZWJ "👩\na", 1, 2 },     /* wider than the window: parted all the same */
		{ "שלום", { .columns = 2 }, "של\nום", 2, 1 },
		{ "مرحبا", { .columns = 20 }, "مرحبا", 5, 0 },
		{ "a\tb", { .columns = 20 }, "a\tb", 9, 0 },
		{ "a\tb", { .columns = 8 }, "a\n\t\nb", 1, 2 },
		{ "a\tb", { .columns = 4 }, "a\n\t\nb", 1, 2 },
		{ "12345678\tb", { .columns = 20 }, "12345678\tb", 17, 0 },
		{ "ab\ncd", { .columns = 5 }, "ab\ncd", 2, 1 },
		{ RED "ab" PLAIN "c", { .columns = 2 }, RED "ab" PLAIN "\nc", 1, 1 },
		{ "abcd", { .columns = 3, .indent = 1 }, "abc\n d", 2, 1 },
		{ "你好吗", { .columns = 4, .indent = 2 }, "你好\n  吗", 4, 1 },
		{ "a bc", { .columns = 3, .by_words = true }, "a \nbc", 2, 1 },
		{ "one two three", { .columns = 8, .by_words = true }, "one two \nthree", 5, 1 },
		{ "one twothree", { .columns = 8, .by_words = true }, "one twot\nhree", 4, 1 },
		{ "one two", { .columns = 7, .by_words = true }, "one two", 7, 0 },
		{ "onetwos three", { .columns = 7, .by_words = true }, "onetwos\n three", 6, 1 },
		{ "你好 吗吗", { .columns = 8, .by_words = true }, "你好 \n吗吗", 4, 1 },
	};
	dx_buf out = { .limit = AMPLE };

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_wrap w = wrapped(table[i].how, table[i].text, &out);

		check_text(&out, table[i].rows);
		assert_int_equal(w.column, table[i].column);
		assert_int_equal(w.row, table[i].row);
	}
	dx_buf_fini(&out);
}

static void test_columns_of_a_row(void **state)
{
	(void)state;
	assert_int_equal(dx_wrap_columns(dx_slice_text("")), 0);
	assert_int_equal(dx_wrap_columns(dx_slice_text(RED "你e" ACUTE PLAIN)), 3);
	assert_int_equal(dx_wrap_columns(dx_slice_text("a\tb")), 9);
	assert_int_equal(dx_wrap_columns(dx_slice_text("a\033[3")), 1);
}

static void test_what_follows_goes_on_in_the_row(void **state)
{
	dx_wrap w = { .columns = 6, .indent = 2 };
	dx_buf out = { .limit = AMPLE };

	(void)state;
	assert_int_equal(dx_wrap_add(&w, dx_slice_text("abcd"), &out), 0);
	assert_int_equal(dx_wrap_add(&w, dx_slice_text("你好"), &out), 0);
	check_text(&out, "abcd你\n  好");
	assert_int_equal(dx_wrap_break(&w, &out), 0);
	assert_int_equal(dx_wrap_add(&w, dx_slice_text("x"), &out), 0);
	check_text(&out, "abcd你\n  好\n  x");
	assert_int_equal(w.row, 2);
	assert_int_equal(w.column, 3);
	dx_buf_fini(&out);
}

static void test_no_room_is_told(void **state)
{
	dx_wrap w = { .columns = 80 };
	dx_buf out = { .limit = 3 };

	(void)state;
	assert_int_equal(dx_wrap_add(&w, dx_slice_text("abcd"), &out), -ENOBUFS);
	dx_buf_fini(&out);
}

/* Texts of all kinds. */
static void random_text(uint64_t *seed, dx_buf *text)
{
	static const char *const parts[] = { "a", "word ", " ", "plain words", "你", "天地玄黄", "，", "가", ACUTE, "é", "я", "😀", FAMILY,
	                                     "❤\xef\xb8\x8f", "🇨🇳", "שלום", "\t", RED, PLAIN, "\xe2\x80\x8b", "\\x1b" };

	dx_buf_clear(text);
	for (uint32_t n = next_random(seed) % 40; n > 0; n--)
		assert_int_equal(dx_buf_add_text(text, parts[next_random(seed) % COUNT(parts)]), 0);
}

/* Checks each row, and puts them together again: without line ends and what indents them. */
static void take_apart(const dx_wrap *how, dx_slice rows, dx_buf *text)
{
	bool first = true;

	dx_buf_clear(text);
	while (rows.len > 0) {
		const uint8_t *end = memchr(rows.data, '\n', rows.len);
		dx_slice row = dx_slice_first(rows, end != NULL ? (size_t)(end - rows.data) : rows.len), own = row;

		if (!first) {
			assert_true(row.len >= how->indent);
			own = dx_slice_after(row, how->indent);
		}
		if (memchr(row.data, '\t', row.len) == NULL && how->columns - how->indent >= 2 && dx_wrap_columns(row) > how->columns) {
			print_error("%zu columns: %.*s\n", how->columns, (int)row.len, row.data);
			fail();
		}
		assert_int_equal(dx_buf_add(text, own), 0);
		rows = dx_slice_after(rows, row.len + (end != NULL));
		first = false;
	}
}

static void test_J5_J6_rows_put_together_again_are_the_text(void **state)
{
	static const size_t widths[] = { 1, 2, 3, 7, 20, 80 };
	dx_buf text = { .limit = AMPLE }, out = { .limit = AMPLE }, again = { .limit = AMPLE };
	uint64_t seed = 41;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		size_t columns = widths[next_random(&seed) % COUNT(widths)];
		dx_wrap how = { .columns = columns, .indent = next_random(&seed) % (columns / 2 + 1), .by_words = next_random(&seed) % 2 };
		dx_wrap w = how;
		size_t rows = 0;

		random_text(&seed, &text);
		dx_buf_clear(&out);
		assert_int_equal(dx_wrap_add(&w, dx_buf_slice(&text), &out), 0);
		for (size_t n = 0; n < out.used; n++)
			rows += dx_buf_slice(&out).data[n] == '\n';
		assert_int_equal(w.row, rows);
		take_apart(&how, dx_buf_slice(&out), &again);
		check_bytes(dx_buf_slice(&again), dx_buf_slice(&text));
	}
	dx_buf_fini(&text);
	dx_buf_fini(&out);
	dx_buf_fini(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_J6_rows_of_a_text),
		cmocka_unit_test(test_columns_of_a_row),
		cmocka_unit_test(test_what_follows_goes_on_in_the_row),
		cmocka_unit_test(test_no_room_is_told),
		cmocka_unit_test(test_J5_J6_rows_put_together_again_are_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
