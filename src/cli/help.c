#include "cli/help.h"

#include "cli/complain.h"
#include "cli/page.h"
#include "ui/say.h"
#include "ui/editor.h"

#include <duplex/frame.h>
#include <duplex/text.h>
#include <stdio.h>

#define OPTION_COLUMNS   29      /* where its line begins */
#define COMMAND_COLUMNS  12
#define ENCODING_COLUMNS 18
#define OPTION_ROOM      64
#define LINE_ROOM        256
#define MORE_ROOM        1024

struct item {
	const char *name, *line;
};

#include "cli/help_text.h"

#define TOPICS (sizeof topics / sizeof topics[0])

static const char *const group_names[DX_GROUP_COUNT] = {
	[DX_TALKING] = N_("Talking"), [DX_SENDING] = N_("Sending"), [DX_ENDING] = N_("Ending"), [DX_SHOWING] = N_("Showing"),
};

/* "-e, --encoding NAME": how it is written. */
static const char *write_option(const dx_option *o, char into[OPTION_ROOM])
{
	const char *argument = o->argument != NULL ? o->argument : "", *blank = *argument == 0 || *argument == '[' ? "" : " ";
	const char letter[] = { '-', o->letter, ',', ' ', 0 };
	bool is_long = o->name[1] == '-';

	snprintf(into, OPTION_ROOM, "%s%s%s%s", !is_long ? "" : o->letter != 0 ? letter : "    ", o->name, blank, argument);
	return into;
}

/* One answer each */

static void put_option(const dx_page *page, const dx_option *o)
{
	const char *more = _(o->paragraph);
	char written[OPTION_ROOM], with_default[MORE_ROOM];

	if (o->fallback != NULL) {
		snprintf(with_default, sizeof with_default, _("%s Default: %s."), more, o->fallback);
		more = with_default;
	}
	page->item(write_option(o, written), _(o->line), more, OPTION_COLUMNS);
}

static void put_options(const dx_page *page, dx_command command, dx_option_group group)
{
	bool any = false;

	for (const dx_option *o = dx_options; o < dx_options + dx_option_count; o++) {
		if (o->group != group || !dx_option_is_for(o, command))
			continue;
		if (!any)
			page->heading(_(group_names[group]));
		any = true;
		put_option(page, o);
	}
}

static void put_examples(const dx_page *page, dx_command command)
{
	for (const char *const *example = dx_commands[command].examples; *example != NULL; example++)
		page->example(*example);
}

static void put_command(const dx_page *page, dx_command command)
{
	const dx_command_row *row = &dx_commands[command];

	page->begin(row->name, _(row->usage), _(row->line));
	for (int group = 0; group < DX_GROUP_COUNT; group++)
		put_options(page, command, (dx_option_group)group);
	page->heading(_("Examples"));
	put_examples(page, command);
}

/* An option on a page of its own, for a screen. */
static void put_all_of_option(const dx_option *o)
{
	char written[OPTION_ROOM], takers[DX_WORDS_ROOM], line[LINE_ROOM];

	(void)write_option(o, written);
	snprintf(line, sizeof line, "%s: %s", written + strspn(written, " "), _(o->line));
	dx_page_screen.paragraph(line);
	if (o->kind == DX_KIND_ELSEWHERE)
		return;
	dx_page_screen.paragraph(_(o->paragraph));
	if (o->fallback != NULL)
		printf(_("Default: %s\n"), o->fallback);
	printf(_("With:%s\n"), dx_option_takers(o, takers));
	dx_page_screen.example(o->example);
}

static void put_item(const dx_page *page, const struct topic *t, const struct item *item)
{
	page->item(item->name, _(item->line), NULL, t->at);
}

static void put_topic(const dx_page *page, const struct topic *t)
{
	page->heading(_(t->heading));
	for (size_t i = 0; i < t->count; i++)
		put_item(page, t, &t->items[i]);
}

static void put_encoding(const dx_page *page, const dx_encoding *e)
{
	page->item(e->name, e->aliases, NULL, ENCODING_COLUMNS);
}

static void put_encodings(const dx_page *page)
{
	const dx_encoding *e;

	page->paragraph(_(encodings_told));
	for (size_t i = 0; (e = dx_encoding_at(i)) != NULL; i++)
		put_encoding(page, e);
}

static void put_commands(const dx_page *page)
{
	page->heading(_("Commands"));
	for (dx_command c = DX_LISTEN; c < DX_COMMAND_COUNT; c++)
		page->item(dx_commands[c].name, _(dx_commands[c].line), NULL, COMMAND_COLUMNS);
}

static void put_everything(void)
{
	dx_page_screen.paragraph(_("duplex holds any conversation that can be held over a socket."));
	put_commands(&dx_page_screen);
	putchar('\n');
	dx_page_screen.paragraph(_(more_help));
}

/* A topic by its name, or one item of it: "5", "gap:20ms", "len2+le". */
static bool put_topic_word(const char *word)
{
	dx_slice name = dx_slice_of(word, strcspn(word, ":+"));

	for (const struct topic *t = topics; t < topics + TOPICS; t++) {
		bool all = strcmp(word, t->names[0]) == 0 || strcmp(word, t->names[1]) == 0, found = all;

		for (size_t i = 0; i < t->count; i++) {
			if (!all && !dx_slice_equal(name, dx_slice_text(t->items[i].name)))
				continue;
			put_item(&dx_page_screen, t, &t->items[i]);
			found = true;
		}
		if (found)
			return true;
	}
	return false;
}

/* With its dashes or without, and whatever argument is behind it. */
static const dx_option *find_option(const char *word)
{
	size_t len = strcspn(word, "=");
	char typed[DX_WORDS_ROOM];

	snprintf(typed, sizeof typed, "%s%.*s", *word == '-' ? "" : len == 1 ? "-" : "--", (int)len, word);
	return dx_option_find(dx_slice_text(typed));
}

/* `duplex help --man COMMAND`, for those who install manual pages: its page, or duplex(1). */
static void put_manual(dx_command command)
{
	const dx_page *page = &dx_page_man;

	if (command != DX_NO_COMMAND) {
		put_command(page, command);
	} else {
		page->begin("", _("COMMAND [ARGUMENT…] [OPTIONS]"), _("hold any conversation that can be held over a socket"));
		page->heading(_("Description"));
		page->paragraph(_(description));
		put_commands(page);
		for (const struct topic *t = topics; t < topics + TOPICS; t++)
			put_topic(page, t);
		page->heading(_("Encodings"));
		put_encodings(page);
		page->heading(_("Examples"));
		for (dx_command c = DX_LISTEN; c < DX_HELP; c++)
			put_examples(page, c);
	}
	page->heading(_("See also"));
	page->paragraph("duplex(1), duplex-listen(1), duplex-connect(1), duplex-send(1), duplex-chat(1), nc(1), socat(1)");
}

/* Statuses and frames are asked about more often than options of the same name (-4). */
static int put_word(const char *word)
{
	const dx_option *o = find_option(word);
	const dx_encoding *e = dx_encoding_find(word);

	if (dx_command_find(word) != DX_NO_COMMAND)
		put_command(&dx_page_screen, dx_command_find(word));
	else if (put_topic_word(word))
		;
	else if (o != NULL)
		put_all_of_option(o);
	else if (strcmp(word, "encodings") == 0)
		put_encodings(&dx_page_screen);
	else if (e != NULL)
		put_encoding(&dx_page_screen, e);
	else
		return dx_complain_of(word, _("no help on"),
				      _("there is help on commands, options, endpoints, encodings, frames, the end of input and exit "
				        "status"));
	return 0;
}

/* Of several words the last says most: `help exit status`, `help exit 5`, `help listen --reply`. */
static int help(const dx_command_line *line)
{
	if (line->word_count == 0)
		put_everything();
	else if (strcmp(line->words[0], "--man") == 0)
		put_manual(line->word_count > 1 ? dx_command_find(line->words[1]) : DX_NO_COMMAND);
	else if (put_word(line->words[line->word_count - 1]) < 0)
		return 2;
	return 0;
}

int dx_cli_answer(const dx_command_line *line)
{
	const char *why;
	int status = 0;

	if (line->act == DX_ACT_HELP)
		status = help(line);
	else if (line->act == DX_ACT_VERSION)
		printf("duplex %s\n%s\n", DX_VERSION, dx_editor_find(&why) != NULL ? _("modules: terminal") : _("modules: none"));
	else if (line->act == DX_ACT_EXPLAIN)
		dx_explain(line);
	else
		puts(_(introduction));
	if (fflush(stdout) == EOF || ferror(stdout)) {
		fputs(_("duplex: standard output cannot be written\n"), stderr);
		return 1;
	}
	return status;
}
