/* Hex: what is forgiven, and what is not. */
#include "helper.h"

#include "codec/hex.h"

#include <errno.h>

static void test_separators_are_forgiven_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		dx_slice bytes;         /* data NULL: refused … */
		size_t at;              /* … and here */
	} table[] = {
		{ "", BYTES(""), 0 },
		{ " , :", BYTES(""), 0 },
		{ "410a", BYTES("\x41\x0a"), 0 },
		{ "41 0A", BYTES("\x41\x0a"), 0 },
		{ "41,0a:ff", BYTES("\x41\x0a\xff"), 0 },
		{ "0x41, 0x0a", BYTES("\x41\x0a"), 0 },
		{ "0x410a 0x00", BYTES("\x41\x0a\x00"), 0 },
		{ " 00  01 ", BYTES("\x00\x01"), 0 },
		{ "4", { NULL, 0 }, 0 },
		{ "41 0", { NULL, 0 }, 3 },
		{ "410 41", { NULL, 0 }, 2 },
		{ "4 1", { NULL, 0 }, 0 },
		{ "0x4", { NULL, 0 }, 2 },
		{ "0x", { NULL, 0 }, 1 },
		{ "410x42", { NULL, 0 }, 3 },
		{ "4g", { NULL, 0 }, 1 },
		{ "41 zz", { NULL, 0 }, 3 },
		{ "41;42", { NULL, 0 }, 2 },
		{ "41\n", { NULL, 0 }, 2 },
		{ "41-42", { NULL, 0 }, 2 },
		{ "\\x41", { NULL, 0 }, 0 },
		{ "41你", { NULL, 0 }, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_buf out = { .limit = AMPLE };
		size_t at = 99;
		int r = dx_hex_parse(dx_slice_text(table[i].text), &out, &at);

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

static void test_what_is_printed_is_read_again(void **state)
{
	uint8_t all[256];
	dx_buf text = { .limit = AMPLE }, again = { .limit = AMPLE };

	(void)state;
	for (size_t i = 0; i < sizeof all; i++)
		all[i] = (uint8_t)i;
	assert_int_equal(dx_hex_print(dx_slice_of(all, 0), &text), 0);
	check_text(&text, "");
	assert_int_equal(dx_hex_print(BYTES("你"), &text), 0);
	check_text(&text, "e4 bd a0");
	dx_buf_clear(&text);
	assert_int_equal(dx_hex_print(dx_slice_of(all, sizeof all), &text), 0);
	assert_int_equal(text.used, 256 * 3 - 1);
	assert_int_equal(dx_hex_parse(dx_buf_slice(&text), &again, NULL), 0);
	check_bytes(dx_buf_slice(&again), dx_slice_of(all, sizeof all));
	dx_buf_fini(&text);
	dx_buf_fini(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_separators_are_forgiven_and_nothing_else),
		cmocka_unit_test(test_what_is_printed_is_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
