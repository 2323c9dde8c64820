/* JSON that is valid whatever it is given; jansson is the strict reader. */
#include "helper.h"

#include "codec/json.h"
#include "sys/fault.h"

#include <errno.h>
#include <jansson.h>

static void write_text(dx_buf *out, dx_slice text)
{
	dx_json j;

	dx_json_begin(&j, out);
	dx_json_object(&j);
	dx_json_key(&j, "text");
	dx_json_string(&j, text);
	dx_json_end(&j);
	assert_int_equal(dx_json_finish(&j), 0);
}

static void test_an_event_is_one_line_with_commas_where_they_belong(void **state)
{
	dx_buf out = { .limit = AMPLE };
	dx_json j;

	(void)state;
	dx_json_begin(&j, &out);
	dx_json_object(&j);
	dx_json_key(&j, "event");
	dx_json_text(&j, "message");
	dx_json_key(&j, "peer");
	dx_json_int(&j, 1);
	dx_json_key(&j, "least");
	dx_json_int(&j, INT64_MIN);
	dx_json_key(&j, "partial");
	dx_json_bool(&j, true);
	dx_json_key(&j, "empty");
	dx_json_object(&j);
	dx_json_end(&j);
	dx_json_key(&j, "in");
	dx_json_object(&j);
	dx_json_key(&j, "a");
	dx_json_bool(&j, false);
	dx_json_end(&j);
	dx_json_end(&j);
	assert_int_equal(dx_json_finish(&j), 0);
	check_text(&out, "{\"event\":\"message\",\"peer\":1,\"least\":-9223372036854775808,\"partial\":true,\"empty\":{},"
	                 "\"in\":{\"a\":false}}");
	dx_buf_fini(&out);
}

static void test_F11_what_a_string_may_hold(void **state)
{
	static const struct {
		dx_slice text;
		const char *json;
	} table[] = {
		{ BYTES("你好 'a' /"), "你好 'a' /" },
		{ BYTES("\"\\\n\r\t\b\f"), "\\\"\\\\\\n\\r\\t\\b\\f" },
		{ BYTES("\0\x1b\x1f\x7f\xc2\x85"), "\\u0000\\u001b\\u001f\\u007f\\u0085" },
		{ BYTES("\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae\xd8\x9c"), "\\u2028\\u2029\\u202e\\u061c" },
		{ BYTES("a\xff\xed\xb2\x80\xed\xb0\xa2\xe4\xbd"), "a\\\\xff\\\\x80\\\\x22\\\\xe4\\\\xbd" },
		{ BYTES("\x22\x5c"), "\\\"\\\\" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_buf out = { .limit = AMPLE };

		write_text(&out, table[i].text);
		dx_buf_take(&out, strlen("{\"text\":\""));
		out.used -= strlen("\"}");
		check_text(&out, table[i].json);
		dx_buf_fini(&out);
	}
}

static void check_readable(dx_slice text)
{
	dx_buf out = { .limit = AMPLE };
	json_t *read;

	write_text(&out, text);
	assert_null(memchr(out.data, '\n', out.used));
	read = json_loadb((const char *)out.data, out.used, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	assert_non_null(read);
	json_decref(read);
	dx_buf_fini(&out);
}

static void test_F11_whatever_the_bytes_it_is_valid(void **state)
{
	uint64_t seed = 11;
	uint8_t bytes[50];

	(void)state;
	for (int i = 0; i < 50000; i++) {
		fill_random(&seed, bytes, sizeof bytes);
		for (size_t k = 0; k < sizeof bytes; k += 1 + next_random(&seed) % 6)
			bytes[k] = (uint8_t)("\"\\\n\x00\xed\xb2\x80\xe2"[next_random(&seed) % 8]);
		check_readable(dx_slice_of(bytes, next_random(&seed) % sizeof bytes));
	}
}

static void test_F11_ten_megabytes(void **state)
{
	enum { SIZE = 10 << 20 };
	uint8_t *large = malloc(SIZE);
	uint64_t seed = 12;

	(void)state;
	assert_non_null(large);
	fill_random(&seed, large, SIZE);
	check_readable(dx_slice_of(large, SIZE));
	check_readable(dx_slice_of(memset(large, 'a', SIZE), SIZE));
	free(large);
}

static void test_errors_stick(void **state)
{
	dx_buf out = { .limit = 70 };
	dx_json j;

	(void)state;
	dx_json_begin(&j, &out);
	dx_json_object(&j);
	dx_json_key(&j, "text");
	dx_json_string(&j, BYTES("a text that is longer than the limit of the buffer, which is seventy bytes"));
	dx_json_key(&j, "n");
	dx_json_int(&j, 1);
	assert_int_equal(dx_json_finish(&j), -ENOBUFS);
	dx_buf_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_event_is_one_line_with_commas_where_they_belong),
		cmocka_unit_test(test_F11_what_a_string_may_hold),
		cmocka_unit_test(test_F11_whatever_the_bytes_it_is_valid),
		cmocka_unit_test(test_F11_ten_megabytes),
		cmocka_unit_test(test_errors_stick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
