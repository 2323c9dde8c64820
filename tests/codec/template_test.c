/* Templates: names in braces, and braces that are just braces. */
#include "helper.h"

#include "codec/template.h"

static const char *const names[] = { "data", "peer", "n", NULL };

static void test_pieces(void **state)
{
	static const struct {
		const char *text, *pieces;      /* literal text in [ ], names by their numbers */
	} table[] = {
		{ "", "" },
		{ "plain", "[plain]" },
		{ "{data}", "0" },
		{ "a{peer}b{n}", "[a]1[b]2" },
		{ "{n}{n}", "22" },
		{ "{\"a\":{\"n\":{n}}}", "[{\"a\":{\"n\":]2[}}]" },
		{ "{ n}{N}{nn}{}", "[{ n}{N}{nn}{}]" },
		{ "{{n}}", "[{]2[}]" },
		{ "{", "[{]" },
		{ "{n", "[{n]" },
		{ "{dat{data}", "[{dat]0" },
		{ "}{", "[}{]" },
		{ "你{n}好", "[你]2[好]" },
		{ "{1}", "[{1}]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_template t = dx_template_of(dx_slice_text(table[i].text), names);
		dx_buf out = { .limit = AMPLE };
		dx_piece piece;

		while (dx_template_next(&t, &piece)) {
			if (piece.name >= 0)
				assert_int_equal(dx_buf_printf(&out, "%d", piece.name), 0);
			else
				assert_int_equal(dx_buf_printf(&out, "[%.*s]", (int)piece.text.len, piece.text.data), 0);
		}
		check_text(&out, table[i].pieces);
		dx_buf_fini(&out);
	}
}

/* Values are put between the pieces by the caller, so a value that looks like a template stays as it is; here the pieces of any
 * text are the text again. */
static void test_pieces_together_are_the_text(void **state)
{
	uint64_t seed = 2;
	char text[40];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		dx_buf out = { .limit = AMPLE };
		dx_template t;
		dx_piece piece;

		for (size_t k = 0; k < sizeof text; k++)
			text[k] = "{}ndata"[next_random(&seed) % 7];
		t = dx_template_of(dx_slice_of(text, sizeof text), names);
		while (dx_template_next(&t, &piece))
			assert_int_equal(dx_buf_add(&out, piece.text), 0);
		check_bytes(dx_buf_slice(&out), dx_slice_of(text, sizeof text));
		dx_buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_pieces_together_are_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
