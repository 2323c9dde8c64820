/* Echoes: which conversations are taken for one, when, and for how long. */
#include "talk/brake.h"
#include "base/limits.h"
#include "base/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS   200
#define IN_A_ROW (1 + DX_LIMIT_ECHO_EXCHANGES)  /* the first of a row repeats nothing yet */

/* One who says two words in turn, or, where there are none, gives back what it was told; and we, who answer each the same way. */
typedef struct talk {
	const char *what;
	const char *says[2], *around;           /* around what it gives back */
	const char *answers[2];
	int64_t gap_ms;                         /* from our answer to what it says next */
	int answered;                           /* before it is paused */
} talk;

static dx_slice next_of(const char *const words[2], int n, dx_slice other, const char *around, char *into)
{
	size_t len = strlen(around);

	if (words[n % 2] != NULL)
		return dx_slice_text(words[n % 2]);
	memcpy(into, around, len);
	memcpy(into + len, other.data, other.len);
	memcpy(into + len + other.len, around, len);
	return dx_slice_of(into, other.len + 2 * len);
}

static int answered_before_pause(dx_brake *b, const talk *t, int64_t now_ns)
{
	char said[2048], answer[2048];
	dx_slice back = dx_slice_text("forged");
	int n = 0;

	while (n < ROUNDS) {
		dx_slice in = next_of(t->says, n, back, t->around != NULL ? t->around : "", said);

		if (dx_brake_heard(b, in, now_ns) != DX_BRAKE_OFF)
			break;
		back = next_of(t->answers, n, in, "", answer);
		dx_brake_answered(b, back, now_ns);
		now_ns += t->gap_ms * DX_NS_PER_MS;
		n++;
	}
	return n;
}

static void test_E6_echoes_are_braked_and_nobody_else(void **state)
{
	static const talk talks[] = {
		{ "an echo", { NULL }, NULL, { "hi", "hi" }, 0, IN_A_ROW },
		{ "an echo of answers that differ", { NULL }, NULL, { "one", "two" }, 1, IN_A_ROW },
		{ "an echo that adds something", { NULL }, "<", { "hi", "hi" }, 1, IN_A_ROW },
		{ "an echo of what grows by that", { NULL }, "<", { NULL }, 1, IN_A_ROW },
		{ "an echo of an echo", { NULL }, NULL, { NULL }, 1, IN_A_ROW },
		{ "an error, always the same", { "what?", "what?" }, NULL, { "one", "two" }, 1, IN_A_ROW },
		{ "nothing, always the same", { "", "" }, NULL, { "one", "two" }, 1, IN_A_ROW },
		{ "an echo of nothing", { NULL }, NULL, { "", "" }, 1, IN_A_ROW },
		{ "an echo that is just fast enough", { NULL }, NULL, { "hi", "hi" }, DX_LIMIT_ECHO_MS, IN_A_ROW },
		{ "an echo that is not", { NULL }, NULL, { "hi", "hi" }, DX_LIMIT_ECHO_MS + 1, ROUNDS },
		{ "the same word again and again", { "ping", "ping" }, NULL, { "pong", "pong" }, DX_LIMIT_ECHO_MS + 1, ROUNDS },
		{ "words that differ", { "one", "two" }, NULL, { "yes", "yes" }, 0, ROUNDS },
		{ "words that differ, at their ends", { "a word", "a ward" }, NULL, { "yes", "yes" }, 1, ROUNDS },
		{ "words that differ in length", { "o", "oo" }, NULL, { "yes", "yes" }, 1, ROUNDS },
		{ "parts of the answer", { "hi the", "i there" }, NULL, { "hi there", "hi there" }, 1, ROUNDS },
		{ "words that differ, answered by nothing", { "one", "two" }, NULL, { "", "" }, 1, ROUNDS },
		{ "words that differ, sent back", { "one", "two" }, NULL, { NULL }, 1, ROUNDS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof talks / sizeof *talks; i++) {
		dx_brake b = { .exchanges = 0 };
		int answered = answered_before_pause(&b, &talks[i], DX_NS_PER_S);

		if (answered != talks[i].answered)
			fail_msg("%s: answered %d times", talks[i].what, answered);
	}
}

static const talk echo = { .answers = { "hi", "hi" }, .gap_ms = 1 };

static void test_E6_the_pause_is_told_once_and_ends(void **state)
{
	dx_brake b = { .exchanges = 0 };
	int64_t begin_ns = DX_NS_PER_S, paused_ns = begin_ns + (IN_A_ROW + 1) * DX_NS_PER_MS;
	int64_t over_ns = paused_ns + DX_LIMIT_ECHO_PAUSE_MS * DX_NS_PER_MS;

	(void)state;
	for (int n = 0; n < IN_A_ROW; n++) {
		assert_int_equal(dx_brake_heard(&b, dx_slice_text("hi"), begin_ns + n * DX_NS_PER_MS), DX_BRAKE_OFF);
		dx_brake_answered(&b, dx_slice_text("hi"), begin_ns + n * DX_NS_PER_MS);
	}
	assert_int_equal(dx_brake_heard(&b, dx_slice_text("hi"), paused_ns), DX_BRAKE_BEGINS);
	assert_int_equal(dx_brake_heard(&b, dx_slice_text("hi"), paused_ns), DX_BRAKE_ON);
	assert_int_equal(dx_brake_heard(&b, dx_slice_text("something else"), over_ns - 1), DX_BRAKE_ON);
	assert_int_equal(answered_before_pause(&b, &echo, over_ns), IN_A_ROW);
}

static void test_E6_one_that_is_no_echo_begins_the_row_anew(void **state)
{
	static const struct {
		const char *says;
		int64_t late_ms;
	} rows[] = { { "no", 1 }, { "hi", DX_LIMIT_ECHO_MS + 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		dx_brake b = { .exchanges = 0 };
		int64_t now_ns = DX_NS_PER_S;

		for (int n = 0; n < 10 * IN_A_ROW; n++) {
			bool breaks = n % IN_A_ROW == 0;

			now_ns += (breaks ? rows[i].late_ms : 1) * DX_NS_PER_MS;
			assert_int_equal(dx_brake_heard(&b, dx_slice_text(breaks ? rows[i].says : "hi"), now_ns), DX_BRAKE_OFF);
			dx_brake_answered(&b, dx_slice_text("hi"), now_ns);
		}
	}
}

static void test_E6_who_is_not_answered_is_not_paused(void **state)
{
	dx_brake b = { .exchanges = 0 };

	(void)state;
	for (int n = 0; n < 10 * IN_A_ROW; n++)
		assert_int_equal(dx_brake_heard(&b, dx_slice_text("hi"), DX_NS_PER_S), DX_BRAKE_OFF);
}

/* Two letters only, so that an answer is often there, often twice, and often nearly. */
static dx_slice random_text(uint8_t *into, size_t most)
{
	size_t len = (size_t)rand() % (most + 1);

	for (size_t i = 0; i < len; i++)
		into[i] = (uint8_t)(rand() % 2);
	return dx_slice_of(into, len);
}

static void test_E6_an_answer_is_found_wherever_it_stands(void **state)
{
	(void)state;
	srand(1);
	for (int n = 0; n < 200000; n++) {
		uint8_t text[24], wanted[8];
		dx_slice in = random_text(text, sizeof text), answer = random_text(wanted, sizeof wanted);
		bool is_there = answer.len > 0 ? memmem(in.data, in.len, answer.data, answer.len) != NULL : in.len == 0;
		dx_brake b = { .heard.len = SIZE_MAX };

		dx_brake_answered(&b, answer, DX_NS_PER_S);
		assert_int_equal(dx_brake_heard(&b, in, DX_NS_PER_S), DX_BRAKE_OFF);
		assert_int_equal(b.exchanges, is_there);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_E6_echoes_are_braked_and_nobody_else),
		cmocka_unit_test(test_E6_the_pause_is_told_once_and_ends),
		cmocka_unit_test(test_E6_one_that_is_no_echo_begins_the_row_anew),
		cmocka_unit_test(test_E6_who_is_not_answered_is_not_paused),
		cmocka_unit_test(test_E6_an_answer_is_found_wherever_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
