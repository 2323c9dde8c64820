#include "cli/page.h"

#include "cli/complain.h"
#include "codec/width.h"

#include <stdio.h>

#define PAGE_COLUMNS 80
#define INDENT       2

void dx_put_padded(const char *word, size_t at)
{
	size_t columns = dx_width(dx_slice_text(word));

	printf("%s%*s", word, columns < at ? (int)(at - columns) : 0, "");
}

static bool is_wide(dx_slice text, size_t at)
{
	return dx_width(dx_slice_of(text.data + at, dx_character_bytes(text, at))) > 1;
}

static bool is_one_of(const char *marks, dx_slice text, size_t at)
{
	size_t bytes = dx_character_bytes(text, at);

	return bytes > 1 && memmem(marks, strlen(marks), text.data + at, bytes) != NULL;
}

/* That is a wide character, or what is narrow up to the next blank or wide one; and Chinese marks from what
 * they stand at. */
size_t dx_word_bytes(dx_slice text)
{
	size_t n = dx_character_bytes(text, 0);

	if (is_one_of("（《", text, 0))
		return n + dx_word_bytes(dx_slice_after(text, n));
	while (!is_wide(text, 0) && n < text.len && text.data[n] != ' ' && !is_wide(text, n))
		n += dx_character_bytes(text, n);
	while (is_one_of("，。、；：！？）》", text, n))
		n += dx_character_bytes(text, n);
	return n;
}

/* At most PAGE_COLUMNS wide; `column` is where the first line begins, `indent` where the others do. */
static void put_wrapped(const char *words, size_t column, size_t indent)
{
	dx_slice text = dx_slice_text(words);

	while (text.len > 0) {
		size_t blanks = strspn((const char *)text.data, " "), bytes = dx_word_bytes(dx_slice_after(text, blanks));
		size_t columns = dx_width(dx_slice_of(text.data + blanks, bytes));

		if (column + blanks + columns > PAGE_COLUMNS && column > indent) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			text = dx_slice_after(text, blanks);
			blanks = 0;
		}
		printf("%.*s", (int)(blanks + bytes), (const char *)text.data);
		column += blanks + columns;
		text = dx_slice_after(text, blanks + bytes);
	}
	putchar('\n');
}

static void put_paragraph(const char *text)
{
	put_wrapped(text, 0, 0);
}

static void put_begin(const char *command, const char *usage, const char *line)
{
	printf("duplex %s %s\n", command, usage);
	put_paragraph(line);
}

static void put_heading(const char *text)
{
	printf("\n%s\n", text);
}

static void put_item(const char *word, const char *line, const char *more, size_t at)
{
	size_t columns = INDENT + dx_width(dx_slice_text(word));

	(void)more;
	printf("%*s%s", INDENT, "", word);
	if (*line == 0)
		at = columns;
	else if (columns >= at)
		printf("\n%*s", (int)at, "");
	else
		printf("%*s", (int)(at - columns), "");
	put_wrapped(line, at, at);
}

static void put_example(const char *line)
{
	printf("%*s%s\n", INDENT, "", line);
}

const dx_page dx_page_screen = { put_begin, put_heading, put_paragraph, put_item, put_example };
