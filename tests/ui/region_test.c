/* The region: drawn, erased and drawn again on a screen of a few lines of code, which does what it is told by the few sequences
 * that the region may use, and by no others. */
#include "../codec/helper.h"

#include "codec/utf8.h"
#include "codec/width.h"
#include "ui/region.h"
#include "ui/wrap.h"

#define LINES_MOST   4000
#define COLUMNS_MOST 80

/* A screen: its lines and those that have left it at the top. A cell holds the bytes of a character, the second of a wide one
 * none. The cursor behind the last column waits there, as on terminals. */
static struct {
	char cells[LINES_MOST][COLUMNS_MOST + 1][64];
	size_t columns, rows, top, x, y;        /* y counts from the first line that ever was */
} screen;

static void new_screen(size_t columns, size_t rows)
{
	memset(&screen, 0, sizeof screen);
	screen.columns = columns;
	screen.rows = rows;
}

static void line_feed(void)
{
	screen.y++;
	assert_true(screen.y < LINES_MOST);
	if (screen.y - screen.top >= screen.rows)
		screen.top++;
}

static void put(dx_slice character)
{
	size_t width = dx_width(character), at = screen.x;

	if (width == 0) {
		while (at > 1 && screen.cells[screen.y][at - 1][0] == 0)
			at--;
		if (at > 0) {
			char *cell = screen.cells[screen.y][at - 1];

			assert_true(strlen(cell) + character.len < sizeof screen.cells[0][0]);
			memcpy(cell + strlen(cell), character.data, character.len);
		}
		return;
	}
	if (screen.x + width > screen.columns) {
		screen.x = 0;
		line_feed();
	}
	memset(screen.cells[screen.y][screen.x], 0, 64);
	memcpy(screen.cells[screen.y][screen.x], character.data, character.len);
	for (size_t i = 1; i < width; i++)
		memset(screen.cells[screen.y][screen.x + i], 0, 64);
	screen.x += width;
}

static void erase_below(void)
{
	memset(screen.cells[screen.y][screen.x], 0, sizeof screen.cells[0] - screen.x * 64);
	for (size_t y = screen.y + 1; y <= screen.top + screen.rows && y < LINES_MOST; y++)
		memset(screen.cells[y], 0, sizeof screen.cells[y]);
}

/* ESC [ NUMBER LETTER */
static size_t obey(dx_slice in)
{
	size_t n = 0, end = 2;

	for (; end < in.len && in.data[end] >= '0' && in.data[end] <= '9'; end++)
		n = 10 * n + in.data[end] - '0';
	assert_true(end < in.len);
	switch (in.data[end]) {
	case 'A':
		assert_true(n > 0 && n <= screen.y - screen.top);       /* it never asks for more than there is */
		screen.y -= n;
		break;
	case 'C':
		assert_true(n > 0 && screen.x + n < screen.columns);
		screen.x += n;
		break;
	case 'J':
		erase_below();
		break;
	default:
		assert_int_equal(in.data[end], 'm');
	}
	return end + 1;
}

static void feed(dx_buf *out)
{
	dx_slice in = dx_slice_text(out->used > 0 ? dx_buf_string(out) : "");

	while (in.len > 0) {
		size_t n = 1;

		if (in.data[0] == 0x1b) {
			n = obey(in);
		} else if (in.data[0] == '\n') {
			screen.x = 0;           /* the terminal's ONLCR */
			line_feed();
		} else if (in.data[0] == '\r') {
			screen.x = 0;
		} else if (in.data[0] == '\t') {
			screen.x = screen.x / 8 * 8 + 8 < screen.columns ? screen.x / 8 * 8 + 8 : screen.columns - 1;
		} else {
			n = dx_glyph_next(in).len;
			put(dx_slice_first(in, n));
		}
		in = dx_slice_after(in, n);
	}
	dx_buf_clear(out);
}

/* Cuts off what nobody sees: blanks at the ends of rows, empty rows at the end. */
static void trim(dx_buf *text)
{
	dx_slice rest = dx_buf_slice(text);
	dx_buf trimmed = { .limit = AMPLE };

	while (rest.len > 0) {
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.data) : rest.len, all = len + (end != NULL);

		while (len > 0 && rest.data[len - 1] == ' ')
			len--;
		assert_int_equal(dx_buf_add(&trimmed, dx_slice_first(rest, len)), 0);
		assert_int_equal(dx_buf_add_text(&trimmed, "\n"), 0);
		rest = dx_slice_after(rest, all);
	}
	while (trimmed.used > 0 && dx_buf_slice(&trimmed).data[trimmed.used - 1] == '\n')
		trimmed.used--;
	dx_buf_fini(text);
	*text = trimmed;
}

/* All that was ever on the screen, row by row. */
static void read_screen(dx_buf *text)
{
	dx_buf_clear(text);
	for (size_t y = 0; y < screen.top + screen.rows; y++) {
		for (size_t x = 0, width = 1; x < screen.columns; x += width) {
			const char *cell = screen.cells[y][x];

			width = cell[0] != 0 && dx_width(dx_slice_text(cell)) > 1 ? dx_width(dx_slice_text(cell)) : 1;
			assert_int_equal(dx_buf_add_text(text, cell[0] != 0 ? cell : " "), 0);
		}
		assert_int_equal(dx_buf_add_text(text, "\n"), 0);
	}
	trim(text);
}

static void check_screen(const char *should)
{
	dx_buf text = { .limit = AMPLE };

	read_screen(&text);
	check_text(&text, should);
	dx_buf_fini(&text);
}

static dx_region region_of(size_t columns, size_t rows)
{
	dx_region r;

	dx_region_init(&r);
	dx_region_resize(&r, columns, rows, false);
	new_screen(columns, rows);
	return r;
}

static void draw(dx_region *r, const char *line, size_t point)
{
	dx_buf out = { .limit = AMPLE };

	dx_region_draw(r, &(dx_region_view){ .prompt = dx_slice_text("> "), .line = dx_slice_text(line), .point = point }, &out);
	feed(&out);
	dx_buf_fini(&out);
}

static void write_above(dx_region *r, const char *text)
{
	dx_buf out = { .limit = AMPLE };

	dx_region_erase(r, &out);
	assert_int_equal(dx_buf_add_text(&out, text), 0);
	feed(&out);
	dx_buf_fini(&out);
}

static void check_cursor(size_t y, size_t x)
{
	assert_int_equal(screen.y, y);
	assert_int_equal(screen.x, x);
}

static void test_J9_the_line_and_its_cursor(void **state)
{
	static const struct {
		size_t columns;
		const char *line;
		size_t point;
		const char *shown;
		size_t y, x;
	} table[] = {
		{ 80, "", 0, ">", 0, 2 },
		{ 80, "abc", 3, "> abc", 0, 5 },
		{ 80, "abc", 0, "> abc", 0, 2 },
		{ 80, "你好", 3, "> 你好", 0, 4 },
		{ 80, "e\xcc\x81" "f", 3, "> e\xcc\x81" "f", 0, 3 },
		{ 80, "\x01\x1b[2J\xff", 6, "> \\x01\\x1b[2J\\xff", 0, 17 },
		{ 80, "a\nb", 3, "> a\\nb", 0, 6 },
		{ 80, "\tb", 2, "> \\tb", 0, 5 },
		{ 6, "abcd", 4, "> abcd", 1, 0 },               /* it cannot stand behind the last column */
		{ 6, "abcd", 3, "> abcd", 0, 5 },
		{ 6, "abcdef", 6, "> abcd\nef", 1, 2 },
		{ 6, "abcdef", 1, "> abcd\nef", 0, 3 },
		{ 6, "abcd", 2, "> abcd", 0, 4 },
		{ 6, "a你好吗", 10, "> a你\n好吗", 1, 4 },
		{ 6, "a你好吗", 4, "> a你\n好吗", 0, 5 },
		{ 1, "", 0, ">", 2, 0 },
		{ 1, "ab", 1, ">\n\na\nb", 3, 0 },
		{ 2, "ab", 2, ">\nab", 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_region r = region_of(table[i].columns, 24);

		draw(&r, table[i].line, table[i].point);
		check_screen(table[i].shown);
		check_cursor(table[i].y, table[i].x);
		write_above(&r, "");
		check_screen("");
		check_cursor(0, 0);
		dx_region_fini(&r);
	}
}

static void test_what_arrives_stands_above_and_tears_nothing(void **state)
{
	dx_region r = region_of(10, 4);

	(void)state;
	draw(&r, "half a line", 4);
	write_above(&r, "one\n");
	draw(&r, "half a line", 4);
	check_screen("one\n> half a l\nine");
	check_cursor(1, 6);
	write_above(&r, "two\nthree\n");         /* and the screen scrolls */
	draw(&r, "half a line", 11);
	check_screen("one\ntwo\nthree\n> half a l\nine");
	check_cursor(4, 3);
	dx_region_fini(&r);
}

static void test_what_stands_there_is_not_drawn_again(void **state)
{
	dx_region r = region_of(20, 5);
	dx_region_view v = { .prompt = dx_slice_text("> "), .line = dx_slice_text("abc"), .point = 3 };
	dx_buf out = { .limit = AMPLE };

	(void)state;
	dx_region_draw(&r, &v, &out);
	assert_true(out.used > 0);
	dx_buf_clear(&out);
	dx_region_draw(&r, &v, &out);
	assert_int_equal(out.used, 0);
	v.point = 2;
	dx_region_draw(&r, &v, &out);
	assert_true(out.used > 0);
	dx_buf_clear(&out);
	dx_region_erase(&r, &out);
	dx_region_erase(&r, &out);
	check_text(&out, "\r\033[J");
	dx_buf_clear(&out);
	dx_region_draw(&r, &v, &out);
	assert_true(out.used > 0);
	dx_buf_fini(&out);
	dx_region_fini(&r);
}

static void test_all_that_it_can_show(void **state)
{
	dx_region r = region_of(16, 10);
	dx_region_view v = { .open = dx_slice_text("#1 \xe2\x86\x90 a long question: "), .open_indent = 5, .status = dx_slice_text("1 peer; nothing was said yet"),
		             .prompt = dx_slice_text("2,3> "), .line = dx_slice_text("some of it"), .point = 10, .marked = 5, .marked_bytes = 2 };
	dx_buf out = { .limit = AMPLE };

	(void)state;
	dx_region_draw(&r, &v, &out);
	assert_non_null(strstr(dx_buf_string(&out), "some \033[7mof\033[27m it"));
	feed(&out);
	check_screen("#1 \xe2\x86\x90 a long\n     question:\n1 peer; nothing\n2,3> some of it");
	check_cursor(3, 15);
	dx_buf_fini(&out);
	dx_region_fini(&r);
}

static void test_J6_a_line_longer_than_the_window(void **state)
{
	static const char line[] = "abcdefghijklmnop";
	dx_region r = region_of(4, 3);

	(void)state;
	write_above(&r, "one\ntwo\n");
	draw(&r, line, 16);                     /* of its five rows the last three, for the cursor is there */
	check_screen("one\ntwo\nghij\nklmn\nop");
	check_cursor(4, 2);
	draw(&r, line, 3);
	check_screen("one\ntwo\n> ab\ncdef\nghij");
	check_cursor(3, 1);
	draw(&r, line, 11);
	check_screen("one\ntwo\ncdef\nghij\nklmn");
	write_above(&r, "three\n");
	draw(&r, "x", 1);
	check_screen("one\ntwo\nthre\ne\n> x");
	dx_region_fini(&r);
}

static void test_J6_windows_without_a_size(void **state)
{
	dx_region r = region_of(20, 5);

	(void)state;
	dx_region_resize(&r, 0, 0, true);
	assert_int_equal(r.columns, 80);
	assert_int_equal(r.rows, 24);
	dx_region_resize(&r, 1, 1, true);
	new_screen(1, 1);
	draw(&r, "abc", 3);
	draw(&r, "abcd", 0);
	draw(&r, "", 0);
	write_above(&r, "");
	draw(&r, "a", 1);
	dx_region_fini(&r);
}

static void test_J6_a_window_that_changes_is_erased_as_far_as_it_was_drawn(void **state)
{
	static const struct {
		size_t before, after;
		bool reflows;
		const char *erased;
	} table[] = {
		{ 20, 10, false, "\r\033[1A\033[J" },   /* rows stay rows, and are cut off */
		{ 20, 10, true, "\r\033[3A\033[J" },    /* two rows, and one and a bit of the next */
		{ 20, 40, true, "\r\033[1A\033[J" },    /* each ends where we have ended it */
		{ 20, 3, true, "\r\033[11A\033[J" },
		{ 80, 20, true, "\r\033[1A\033[J" },
		{ 80, 80, true, "\r\033[J" },
	};
	dx_buf out = { .limit = AMPLE };

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_region r = region_of(table[i].before, 24);

		draw(&r, "123456789012345678901234567890", 30);
		dx_region_resize(&r, table[i].after, 24, table[i].reflows);
		dx_buf_clear(&out);
		dx_region_erase(&r, &out);
		check_text(&out, table[i].erased);
		dx_region_fini(&r);
	}
	dx_buf_fini(&out);
}

/* Somewhere in the line, between characters. */
static size_t random_point(uint64_t *seed, dx_slice line)
{
	size_t point = next_random(seed) % (line.len + 1);

	while (point > 0 && point < line.len && ((line.data[point] & 0xc0) == 0x80 || line.data[point] == 0xcc))
		point--;
	return point;
}

/* Messages, lines of all kinds and cursors anywhere, against rows that were never drawn but once. */
static void test_J6_J9_any_line_in_any_window(void **state)
{
	static const char *const parts[] = { "a", "word ", "你", "天地玄黄", "e\xcc\x81", "é", "😀", "שלום", "я", "，" };
	static const size_t widths[] = { 2, 3, 7, 20, 79 };
	uint64_t seed = 43;
	dx_buf line = { .limit = AMPLE }, above = { .limit = AMPLE }, should = { .limit = AMPLE }, is = { .limit = AMPLE };

	(void)state;
	for (int i = 0; i < 200; i++) {
		size_t columns = widths[next_random(&seed) % COUNT(widths)];
		dx_region r = region_of(columns, 200);

		dx_buf_clear(&above);
		dx_buf_clear(&line);
		for (int step = 0; step < 30; step++) {
			dx_wrap w = { .columns = columns };
			char message[16];

			if (next_random(&seed) % 2 == 0) {
				(void)snprintf(message, sizeof message, "%d\n", step);
				write_above(&r, message);
				assert_int_equal(dx_buf_add_text(&above, message), 0);
			} else if (next_random(&seed) % 5 == 0) {
				dx_buf_clear(&line);
			} else {
				assert_int_equal(dx_buf_add_text(&line, parts[next_random(&seed) % COUNT(parts)]), 0);
			}
			draw(&r, line.used > 0 ? dx_buf_string(&line) : "", random_point(&seed, dx_buf_slice(&line)));
			dx_buf_clear(&should);
			assert_int_equal(dx_buf_add(&should, dx_buf_slice(&above)), 0);
			assert_int_equal(dx_wrap_add(&w, dx_slice_text("> "), &should), 0);
			assert_int_equal(dx_wrap_add(&w, dx_buf_slice(&line), &should), 0);
			trim(&should);
			read_screen(&is);
			check_bytes(dx_buf_slice(&is), dx_buf_slice(&should));
		}
		dx_region_fini(&r);
	}
	dx_buf_fini(&line);
	dx_buf_fini(&above);
	dx_buf_fini(&should);
	dx_buf_fini(&is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_J9_the_line_and_its_cursor),
		cmocka_unit_test(test_what_arrives_stands_above_and_tears_nothing),
		cmocka_unit_test(test_what_stands_there_is_not_drawn_again),
		cmocka_unit_test(test_all_that_it_can_show),
		cmocka_unit_test(test_J6_a_line_longer_than_the_window),
		cmocka_unit_test(test_J6_windows_without_a_size),
		cmocka_unit_test(test_J6_a_window_that_changes_is_erased_as_far_as_it_was_drawn),
		cmocka_unit_test(test_J6_J9_any_line_in_any_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
