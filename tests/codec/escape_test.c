/* Escapes: read, written, and written so that they can be read. */
#include "helper.h"

#include "codec/utf8.h"
#include "sys/fault.h"

#include <errno.h>

static void test_escapes_are_resolved_or_refused_with_their_place(void **state)
{
	static const struct {
		const char *text;
		dx_slice bytes;         /* data NULL: refused … */
		size_t at;              /* … and here */
	} table[] = {
		{ "", BYTES(""), 0 },
		{ "plain 你", BYTES("plain 你"), 0 },
		{ "\\n\\r\\t\\0\\\\", BYTES("\n\r\t\0\\"), 0 },
		{ "a\\x00\\xfF\\x1b", BYTES("a\x00\xed\xb3\xbf\x1b"), 0 },
		{ "\\xe4\\xbd\\xa0", BYTES("\xed\xb3\xa4\xed\xb2\xbd\xed\xb2\xa0"), 0 },  /* bytes, although they would be 你 */
		{ "\x7f\x80", BYTES("\x7f\x80"), 0 },                                   /* typed as they are, they stay so */
		{ "\xed\xb2\x80", BYTES("\xed\xb3\xad\xed\xb2\xb2\xed\xb2\x80"), 0 }, /* but for what looks like a mark */
		{ "\\u{0}\\u{4f60}\\u{1F600}\\u{10ffff}", BYTES("\0你😀\xf4\x8f\xbf\xbf"), 0 },
		{ "\\u{00004f}", BYTES("O"), 0 },
		{ "\\\\n", BYTES("\\n"), 0 },
		{ "ab\\q", { NULL, 0 }, 2 },
		{ "\\", { NULL, 0 }, 0 },
		{ "a\\\\\\", { NULL, 0 }, 3 },
		{ "\\x", { NULL, 0 }, 0 },
		{ "a\\x1", { NULL, 0 }, 1 },
		{ "a\\x1g", { NULL, 0 }, 1 },
		{ "\\X41", { NULL, 0 }, 0 },
		{ "\\u", { NULL, 0 }, 0 },
		{ "\\u{", { NULL, 0 }, 0 },
		{ "\\u{}", { NULL, 0 }, 0 },
		{ "\\u{41", { NULL, 0 }, 0 },
		{ "\\u{0000041}", { NULL, 0 }, 0 },
		{ "\\u{110000}", { NULL, 0 }, 0 },
		{ "\\u{d800}", { NULL, 0 }, 0 },
		{ "\\u{dfff}", { NULL, 0 }, 0 },
		{ "\\u4f60", { NULL, 0 }, 0 },
		{ "\\a", { NULL, 0 }, 0 },
		{ "\\\"", { NULL, 0 }, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_buf out = { .limit = AMPLE };
		size_t at = 99;
		int r;

		assert_int_equal(dx_buf_add_text(&out, "kept"), 0);
		r = dx_escape_resolve(dx_slice_text(table[i].text), &out, &at);
		dx_buf_take(&out, 4);
		if (table[i].bytes.data == NULL) {
			assert_int_equal(r, -EINVAL);
			assert_int_equal(at, table[i].at);
			assert_int_equal(out.used, 0);
		} else {
			assert_int_equal(r, 0);
			check_bytes(dx_buf_slice(&out), table[i].bytes);
		}
		dx_buf_fini(&out);
	}
}

static void test_quotes_show_what_is_not_plain(void **state)
{
	static const struct {
		dx_slice text;
		const char *quoted;
	} table[] = {
		{ BYTES(""), "\"\"" },
		{ BYTES("a b 你"), "\"a b 你\"" },
		{ BYTES("say \"hi\" \\n"), "\"say \\x22hi\\x22 \\\\n\"" },
		{ BYTES("\n\r\t\0\x1b\x7f"), "\"\\n\\r\\t\\0\\x1b\\x7f\"" },
		{ BYTES("\xed\xb2\x80\xff"), "\"\\x80\\xff\"" },
		{ BYTES("\xc2\x9b\xe2\x80\xae"), "\"\\u{9b}\\u{202e}\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_buf out = { .limit = AMPLE };

		assert_int_equal(dx_escape_quote(table[i].text, &out), 0);
		check_text(&out, table[i].quoted);
		dx_buf_fini(&out);
	}
}

static void test_what_is_quoted_is_resolved_to_the_same(void **state)
{
	uint64_t seed = 5;
	uint8_t bytes[30];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		dx_buf quoted = { .limit = AMPLE }, again;
		dx_slice text = dx_slice_of(bytes, next_random(&seed) % sizeof bytes), inside;

		fill_random(&seed, bytes, text.len);
		for (size_t k = 0; k < text.len; k++)           /* few of the lead bytes: a mark is not what came */
			bytes[k] = bytes[k] == 0xed ? '\\' : bytes[k];
		assert_int_equal(dx_escape_quote(text, &quoted), 0);
		assert_true(dx_utf8_run(dx_buf_slice(&quoted)) == quoted.used);
		inside = dx_slice_of(quoted.data + 1, quoted.used - 2);
		assert_null(memchr(inside.data, '"', inside.len));
		again = resolved_slice(inside);
		check_bytes(dx_buf_slice(&again), text);
		dx_buf_fini(&quoted);
		dx_buf_fini(&again);
	}
}

/* Whatever somebody types that has no backslash: nothing is made of it, although some of it looks like marks. */
static void test_what_has_no_escapes_is_itself(void **state)
{
	static const uint8_t letters[] = { 0xed, 0xb2, 0xb3, 0x80, 0xbf, 'a', 0xff };
	uint64_t seed = 7;
	uint8_t bytes[12];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		dx_slice text = dx_slice_of(bytes, next_random(&seed) % sizeof bytes);
		dx_buf is;

		for (size_t k = 0; k < text.len; k++)
			bytes[k] = letters[next_random(&seed) % sizeof letters];
		is = resolved_slice(text);
		check_bytes(dx_buf_slice(&is), text);
		dx_buf_fini(&is);
	}
}

static void test_memory_that_is_refused_leaves_nothing_appended(void **state)
{
	(void)state;
	for (size_t n = 1; dx_fault_arm(n, true); n++) {
		dx_buf out = { .limit = AMPLE };

		if (dx_escape_quote(BYTES("a rather long text \xff that grows \n\n\n\n\n\n\n\n the buffer \" more than once"), &out) < 0)
			assert_int_equal(out.used, 0);
		dx_buf_clear(&out);
		if (dx_escape_resolve(BYTES("and \\x41 back"), &out, NULL) < 0)
			assert_int_equal(out.used, 0);
		dx_buf_fini(&out);
	}
	dx_fault_clear();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escapes_are_resolved_or_refused_with_their_place),
		cmocka_unit_test(test_quotes_show_what_is_not_plain),
		cmocka_unit_test(test_what_is_quoted_is_resolved_to_the_same),
		cmocka_unit_test(test_what_has_no_escapes_is_itself),
		cmocka_unit_test(test_memory_that_is_refused_leaves_nothing_appended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
