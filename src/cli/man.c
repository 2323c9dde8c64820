/* Manual pages, in man(7). */
#include "cli/page.h"

#include "ui/say.h"

#include <stdio.h>

#define DATE_OF_PAGES "2026-11-28"
#define WHOLE_BYTES   2048

static bool after_heading;      /* where a paragraph begins by itself */

/* Hyphens that can be copied, quotes that stay straight. */
static void put_byte(char byte)
{
	static const struct {
		char plain;
		const char *escape;
	} escapes[] = { { '\\', "\\e" }, { '-', "\\-" }, { '\'', "\\(aq" }, { '`', "\\(ga" }, { '^', "\\(ha" }, { '~', "\\(ti" } };
	const char *escape = NULL;

	for (size_t i = 0; i < sizeof escapes / sizeof *escapes && escape == NULL; i++)
		escape = escapes[i].plain == byte ? escapes[i].escape : NULL;
	if (escape != NULL)
		fputs(escape, stdout);
	else
		putchar(byte);
}

/* As it stands, whatever roff would make of it; between words without a blank, as in Chinese, it is told that a line may end. */
static void put_escaped(const char *words)
{
	dx_slice text = dx_slice_text(words);

	fputs(*words == '.' ? "\\&" : "", stdout);
	while (text.len > 0) {
		size_t blanks = strspn((const char *)text.data, " "), bytes = blanks + dx_word_bytes(dx_slice_after(text, blanks));

		for (size_t i = 0; i < bytes; i++)
			put_byte((char)text.data[i]);
		text = dx_slice_after(text, bytes);
		if (text.len > 0 && text.data[0] != ' ')
			fputs("\\:", stdout);
	}
}

static void put_line(const char *macro, const char *text)
{
	fputs(macro, stdout);
	put_escaped(text);
	putchar('\n');
	after_heading = false;
}

/* In capitals, as is the custom; Chinese has none. */
static void put_heading(const char *text)
{
	fputs(".SH ", stdout);
	for (; *text != 0; text++)
		putchar(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text);
	putchar('\n');
	after_heading = true;
}

static void begin_paragraph(void)
{
	if (!after_heading)
		puts(".PP");
}

static void put_paragraph(const char *text)
{
	begin_paragraph();
	put_line("", text);
}

/* `duplex listen` is told on the page duplex-listen. */
static void put_begin(const char *command, const char *usage, const char *line)
{
	const char *dash = *command == 0 ? "" : "-", *blank = *command == 0 ? "" : " ";

	printf(".TH duplex%s%s 1 " DATE_OF_PAGES " \"duplex " DX_VERSION "\"\n.nh\n.ad l\n", dash, command);
	put_heading(_("Name"));
	printf("duplex%s%s \\- ", dash, command);
	put_line("", line);
	put_heading(_("Synopsis"));
	printf(".B duplex%s%s\n", blank, command);
	put_line("", usage);
}

static void put_item(const char *word, const char *line, const char *more, size_t at)
{
	char whole[WHOLE_BYTES];

	(void)at;
	puts(".TP");
	put_line(".B ", word + strspn(word, " "));
	if (more != NULL)
		snprintf(whole, sizeof whole, _("%s. %s"), line, more);
	put_line("", more != NULL ? whole : line);
}

static void put_example(const char *line)
{
	begin_paragraph();
	puts(".EX");
	put_line("", line);
	puts(".EE");
}

const dx_page dx_page_man = { put_begin, put_heading, put_paragraph, put_item, put_example };
