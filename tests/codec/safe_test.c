/* Safe text: nothing that a peer says is obeyed. */
#include "helper.h"

#include <duplex/text.h>
#include "codec/safe.h"
#include "codec/utf8.h"
#include "codec/width.h"

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

static void test_J4_J5_what_a_field_holds_does_not_reach_the_next(void **state)
{
	static const char *const fields[] = { ("\xe2\x80\xae" "evil"), "\xe2\x81\xa7\xe2\x81\xa8", "\x1b[8m", "a\xe2\x80", "\xf0\x9f" };

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		dx_buf out = { .limit = AMPLE };

		assert_int_equal(dx_safe_add(&out, dx_slice_text(fields[i]), 0, NULL), 0);
		assert_true(dx_utf8_valid(dx_buf_slice(&out)));
		assert_null(memmem(out.data, out.used, "\xe2", 1));
		assert_null(memchr(out.data, 0x1b, out.used));
		dx_buf_clear(&out);
		assert_int_equal(dx_safe_add(&out, BYTES("next"), 0, NULL), 0);
		check_text(&out, "next");
		dx_buf_fini(&out);
	}
}

/* What is not seen: up to eight behind a base as they are, further ones as escapes. */
static void test_J5_what_is_not_seen_is_counted_too(void **state)
{
	static const uint32_t unseen[] = { 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff, 0xfe0e, 0xfe0f, 0xe0067, 0xe007f, 0xe0100, 0x3099,
	                                   0x302a, 0x20e3, 0x1160 };

	(void)state;
	for (size_t i = 0; i < COUNT(unseen); i++) {
		dx_buf text = { .limit = AMPLE }, should = { .limit = AMPLE };
		uint8_t utf8[4];
		dx_slice one = dx_slice_of(utf8, dx_utf8_put(unseen[i], utf8));

		for (int k = 0; k < 1001; k++) {
			dx_slice base = dx_slice_text(i % 2 == 0 ? "字" : "x");

			assert_int_equal(dx_buf_add(&text, k % 501 == 0 ? base : one), 0);
			if (k % 501 <= DX_SAFE_MARKS)
				assert_int_equal(dx_buf_add(&should, k % 501 == 0 ? base : one), 0);
			else
				assert_int_equal(dx_buf_printf(&should, "\\u{%x}", unseen[i]), 0);
		}
		check_safe(dx_buf_slice(&text), 0, dx_buf_string(&should));
		dx_buf_fini(&text);
		dx_buf_fini(&should);
	}
	check_safe(BYTES("🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf"), 0,
	           "🏴\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0\x81\xa7\xf3\xa0\x81\xbf");
}

/* The slow way: every glyph for itself, as the header says. */
static bool acts(uint32_t c, unsigned flags)
{
	if (c == '\t' || c == '\n')
		return (flags & (c == '\t' ? DX_SAFE_KEEP_TAB : DX_SAFE_KEEP_NEWLINE)) == 0;
	if (c == '"' || c == '\\')
		return (flags & DX_SAFE_QUOTE) != 0;
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static void add_slowly(dx_buf *out, dx_slice text, unsigned flags)
{
	static const char *const known[] = { ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t", [0] = "\\0", ['\\'] = "\\\\" };
	unsigned marks = 0;

	for (dx_glyph g; text.len > 0; text = dx_slice_after(text, g.len)) {
		g = dx_glyph_next(text);
		marks = g.malformed || acts(g.character, 0) || dx_width_of(g.character) > 0 ? 0 : marks + 1;
		if (g.malformed)
			assert_int_equal(dx_buf_printf(out, "\\x%02x", g.character), 0);
		else if (!acts(g.character, flags) && marks <= DX_SAFE_MARKS)
			assert_int_equal(dx_buf_add(out, dx_slice_first(text, g.len)), 0);
		else if (g.character < COUNT(known) && known[g.character] != NULL)
			assert_int_equal(dx_buf_add_text(out, known[g.character]), 0);
		else
			assert_int_equal(dx_buf_printf(out, g.character < 0x80 ? "\\x%02x" : "\\u{%x}", g.character), 0);
	}
}

static void check_as_slowly(dx_slice text, unsigned flags)
{
	dx_buf out = { .limit = AMPLE }, should = { .limit = AMPLE };

	add_slowly(&should, text, flags);
	assert_int_equal(dx_safe_add(&out, text, flags, NULL), 0);
	check_bytes(dx_buf_slice(&out), dx_buf_slice(&should));
	dx_buf_fini(&out);
	dx_buf_fini(&should);
}

static void test_J1_J4_J5_every_character_between_runs(void **state)
{
	uint8_t text[16];

	(void)state;
	for (uint32_t c = 0; c < 0x110000; c += c < 0x10000 || c % 0x100 < 2 ? 1 : 23) {
		size_t len = 4;

		memcpy(text, "a字", 4);
		if ((c & 0x1ff800) == 0xd800)
			continue;
		len += dx_utf8_put(c, text + len);
		memcpy(text + len, "文b", 4);
		check_as_slowly(dx_slice_of(text, len + 4), 0);
	}
}

/* Runs of what is quick, broken by what is not, cut anywhere. */
static void test_J1_J4_J5_runs_are_shown_as_glyphs_are(void **state)
{
	static const char *const parts[] = {
		"plain ASCII that is long", "天地玄黄宇宙洪荒", "，。！", "「かな」", "한글", "“”…—", "é", "\xcc\x81", "\xe2\x80\x8d",
		"\xef\xb8\x8f", "\xe3\x82\x99", "\xe3\x80\xaa", "\x1b[0m", "\t", "\n", "\"", "\\", "\x7f", "\xe2\x80\xae", "\xe2\x81\xa9",
		"\xd8\x9c", "\xc2\x9b", "\xed\xb2\x9b", "\xed\x9e\xa3", "\xe4\xb8", "\xe4", "\xe3\x80\x00", "\xff", "😀", "\xe0\x9f\xbf",
		"\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
	};
	uint64_t seed = 21;

	(void)state;
	for (int i = 0; i < 30000; i++) {
		dx_buf text = { .limit = AMPLE };

		for (uint32_t n = next_random(&seed) % 12; n > 0; n--)
			assert_int_equal(dx_buf_add_text(&text, parts[next_random(&seed) % COUNT(parts)]), 0);
		if (next_random(&seed) % 4 == 0 && text.used > 0)
			text.data[next_random(&seed) % text.used] = (uint8_t)next_random(&seed);
		text.used -= text.used == 0 ? 0 : next_random(&seed) % text.used % 4;
		check_as_slowly(dx_buf_slice(&text), next_random(&seed) % 8);
		dx_buf_fini(&text);
	}
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
		cmocka_unit_test(test_J4_J5_what_a_field_holds_does_not_reach_the_next),
		cmocka_unit_test(test_J5_eight_marks_a_base_at_most),
		cmocka_unit_test(test_J5_what_is_not_seen_is_counted_too),
		cmocka_unit_test(test_J1_J4_J5_every_character_between_runs),
		cmocka_unit_test(test_J1_J4_J5_runs_are_shown_as_glyphs_are),
		cmocka_unit_test(test_J1_random_bytes_leave_no_control),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
