/* Safe text: nothing that a peer says is obeyed. */
#include "helper.h"

#include <duplex/text.h>
#include "codec/safe.h"
#include "codec/utf8.h"

static void check_safe(dx_slice text, unsigned flags, const char *should)
{
	dx_buf out = { .limit = AMPLE };
	bool escaped = false;

	assert_int_equal(dx_safe_add(&out, text, flags, &escaped), 0);
	check_text(&out, should);
	assert_int_equal(escaped, !dx_slice_equal(text, dx_slice_text(should)));
	dx_buf_fini(&out);
}

static void test_J1_sequences_are_shown_and_not_obeyed(void **state)
{
	(void)state;
	check_safe(BYTES("plain 你好 \\n \"é\" 😀"), 0, "plain 你好 \\n \"é\" 😀");
	check_safe(BYTES("\x1b[31mred\x1b[0m"), 0, "\\x1b[31mred\\x1b[0m");
	check_safe(BYTES("\x1b]0;title\x07\x1b]52;c;AA==\x1b\\"), 0, "\\x1b]0;title\\x07\\x1b]52;c;AA==\\x1b\\");
	check_safe(BYTES("\x1bP1$r\x1b_x\x1b^y\x1bX"), 0, "\\x1bP1$r\\x1b_x\\x1b^y\\x1bX");
	check_safe(BYTES("\x9b" "5n\xc2\x9b" "6n"), 0, "\\x9b5n\\u{9b}6n");
	check_safe(BYTES("\xed\xb2\x9b" "5n"), 0, "\\x9b5n");
	check_safe(BYTES("a\rb\bc\x7f" "d\0e\x05\x0e\x0f\v\f"), 0, "a\\rb\\x08c\\x7fd\\0e\\x05\\x0e\\x0f\\x0b\\x0c");
	check_safe(BYTES("a\tb\nc"), 0, "a\\tb\\nc");
	check_safe(BYTES("a\tb\nc\r"), DX_SAFE_KEEP_TAB, "a\tb\\nc\\r");
	check_safe(BYTES("a\tb\nc\r"), DX_SAFE_KEEP_NEWLINE, "a\\tb\nc\\r");
	check_safe(BYTES("\"\\"), DX_SAFE_QUOTE, "\\x22\\\\");
	check_safe(BYTES("a\xe2\x80\xa8z\xe2\x80\xa9"), 0, "a\\u{2028}z\\u{2029}");
}

static void test_F3_malformed_bytes_are_shown_each(void **state)
{
	(void)state;
	check_safe(BYTES("a\xff\xc0\xaf\xe4\xbd"), 0, "a\\xff\\xc0\\xaf\\xe4\\xbd");
	check_safe(BYTES("\xed\xb3\xbf\xed\xb0\x80\xed\xb1\xa1"), 0, "\\xff\\x00\\x61");
	check_safe(BYTES("\xed\xa0\x80\xed\xb2"), 0, "\\xed\\xa0\\x80\\xed\\xb2");
}

static void test_J4_the_direction_of_writing_is_not_turned(void **state)
{
	static const uint32_t turns[] = { 0x61c,  0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d,
	                                  0x202e, 0x2066, 0x2067, 0x2068, 0x2069 };

	(void)state;
	for (size_t i = 0; i < COUNT(turns); i++) {
		uint8_t utf8[4];
		char should[16];

		(void)snprintf(should, sizeof should, "\\u{%x}", turns[i]);
		check_safe(dx_slice_of(utf8, dx_utf8_put(turns[i], utf8)), 0, should);
	}
	check_safe(BYTES("\xd7\x90\xe2\x80\x90\xe2\x81\xa5"), 0, "\xd7\x90\xe2\x80\x90\xe2\x81\xa5");
}

static void test_J5_eight_marks_a_base_at_most(void **state)
{
	dx_buf text = { .limit = AMPLE }, should = { .limit = AMPLE };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(dx_buf_add_text(&text, i % 500 == 0 ? "a\xcc\x81" : "\xcc\x81"), 0);
		assert_int_equal(dx_buf_add_text(&should, i % 500 == 0 ? "a\xcc\x81" : i % 500 < 8 ? "\xcc\x81" : "\\u{301}"), 0);
	}
	check_safe(dx_buf_slice(&text), 0, dx_buf_string(&should));
	check_safe(BYTES("👨\xe2\x80\x8d👩\xe2\x80\x8d👧 กำ \xef\xb8\x8f"), 0, "👨\xe2\x80\x8d👩\xe2\x80\x8d👧 กำ \xef\xb8\x8f");
	dx_buf_fini(&text);
	dx_buf_fini(&should);
}

/* Of whatever bytes: valid UTF-8 without a control in it. */
static void test_J1_random_bytes_leave_no_control(void **state)
{
	uint64_t seed = 9;
	uint8_t bytes[60];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		dx_buf out = { .limit = AMPLE };

		fill_random(&seed, bytes, sizeof bytes);
		for (size_t k = 0; k < sizeof bytes; k += 1 + next_random(&seed) % 8)
			bytes[k] = (uint8_t)("\x1b\xc2\xe2\x80\x9b\xaa"[next_random(&seed) % 6]);
		assert_int_equal(dx_safe_add(&out, dx_slice_of(bytes, sizeof bytes), 0, NULL), 0);
		assert_true(dx_utf8_valid(dx_buf_slice(&out)));
		for (dx_slice rest = dx_buf_slice(&out); rest.len > 0;) {
			dx_glyph g = dx_glyph_next(rest);

			assert_true(g.character >= 0x20 && !(g.character >= 0x7f && g.character < 0xa0));
			assert_false(g.character >= 0x2028 && g.character <= 0x202e);
			rest = dx_slice_after(rest, g.len);
		}
		dx_buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_J1_sequences_are_shown_and_not_obeyed),
		cmocka_unit_test(test_F3_malformed_bytes_are_shown_each),
		cmocka_unit_test(test_J4_the_direction_of_writing_is_not_turned),
		cmocka_unit_test(test_J5_eight_marks_a_base_at_most),
		cmocka_unit_test(test_J1_random_bytes_leave_no_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
