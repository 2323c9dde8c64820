#include "cli/help.h"

#include "cli/complain.h"
#include "cli/say.h"
#include "codec/width.h"

#include <duplex/frame.h>
#include <duplex/text.h>
#include <stdio.h>
#include <stdlib.h>

#define PAGE_COLUMNS     80
#define OPTION_COLUMNS   29      /* where its line begins */
#define COMMAND_COLUMNS  12
#define ENCODING_COLUMNS 18

/* What can be asked about, apart from commands and options */

struct item {
	const char *name, *line;
};

static const struct {
	const char *usage, *line;
	const char *examples[5];
} commands[DX_COMMAND_COUNT] = {
	[DX_LISTEN] = { N_("ENDPOINT…"), N_("accept any number of peers; see who says what, and answer"),
			{ "duplex listen tcp://:8090 --reply '{data}, you said' --hangup exit", "duplex listen udp://:7789 -e gb2312",
			  "duplex listen unix:/tmp/talk --echo", "duplex listen 8090 --once > photo.jpg" } },
	[DX_CONNECT] = { N_("ENDPOINT, or HOST PORT"), N_("be the client: lines or bytes, both ways"),
			 { "duplex connect 127.0.0.1 8090", "duplex connect tcp://127.0.0.1:8090 -n --until exit",
			   "duplex connect udp://127.0.0.1:7788,bind=:9999", "tar c . | duplex connect 127.0.0.1:8090" } },
	[DX_SEND] = { N_("ENDPOINT [TEXT…]"), N_("say it, wait for what was asked, and leave with a status that tells"),
		      { "duplex send udp://127.0.0.1:7788 hello world", "duplex send tcp://127.0.0.1:8090 --file photo.jpg",
			"duplex send tcp://127.0.0.1:80 'GET / HTTP/1.0\\r\\n\\r\\n' --wait close",
			"duplex send tcp://127.0.0.1:8090 ping --wait until:OK -w 3" } },
	[DX_CHAT] = { N_("[ENDPOINT, or HOST PORT]"), N_("two people, both typing at once; asks for what was not given"),
		      { "duplex chat", "duplex chat udp://127.0.0.1:4567 -e gb2312", "duplex chat tcp://127.0.0.1:8090" } },
	[DX_HELP] = { N_("[WORD]"), N_("a command, an option, an encoding, a frame, an exit status"),
		      { "duplex help listen", "duplex help --reply", "duplex help encodings", "duplex help endpoints",
			"duplex help exit status" } },
};

static const char *const group_names[DX_GROUP_COUNT] = {
	[DX_TALKING] = N_("Talking"), [DX_SENDING] = N_("Sending"), [DX_ENDING] = N_("Ending"), [DX_SHOWING] = N_("Showing"),
};

static const struct item frames[] = {
	{ "auto", N_("a line ended by LF or CRLF is a message; text without a line end is one once nothing has followed for 50 ms "
	             "(1 s from a peer that has ended a line before) or the peer has finished; the default") },
	{ "raw", N_("what one read brings is a message") },
	{ "line", N_("what stands before LF or CRLF is a message") },
	{ "crlf", N_("what stands before CRLF is a message") },
	{ "nul", N_("what stands before a NUL is a message") },
	{ "gap", N_("gap:T: what stands before a silence of T is a message, as in gap:50ms") },
};

static const struct item statuses[] = {
	{ "0", N_("done") },
	{ "1", N_("anything else that failed: memory, disk, a pipe, an address in use") },
	{ "2", N_("the command line makes no sense") },
	{ "3", N_("the name was not found") },
	{ "4", N_("refused, or unreachable") },
	{ "5", N_("timed out") },
	{ "6", N_("reset by the other side, or cut off before all was delivered") },
	{ "8", N_("what --wait or --count asked for did not come") },
	{ "130", N_("ended by Ctrl-C") },
	{ "141", N_("whoever read the output has gone") },
};

static const struct item endpoints[] = {
	{ "tcp://HOST:PORT", N_("a TCP stream; tcp4:// and tcp6:// force the family. HOST:PORT and HOST PORT are short for it") },
	{ "udp://HOST:PORT", N_("UDP datagrams; udp4://, udp6://") },
	{ "tcp://:PORT", N_("every address of this machine to listen on, this machine to connect to; PORT alone is short for it. "
	                    "Port 0 lets the kernel choose") },
	{ "tcp://[::1]:80", N_("an IPv6 address stands in brackets") },
	{ "unix:PATH", N_("a Unix stream socket; unix:@NAME in the abstract name space") },
	{ "unix-dgram:PATH", N_("Unix datagrams") },
	{ "fd://N", N_("an inherited socket") },
	{ ",key=value", N_("keys may follow: bind=[ADDRESS]:PORT encoding= frame= eol= mode= nodelay=0|1 sndbuf=BYTES rcvbuf=BYTES "
	                   "backlog=N reuseport=0|1 congestion=NAME perm=OCTAL expire=TIME. %2C is a comma in a path") },
};

static const struct topic {
	const char *names[2];
	const struct item *items;
	size_t count, at;               /* the column where lines begin */
} topics[] = {
#define TOPIC(name, other, list, column) { { name, other }, list, sizeof list / sizeof list[0], column }
	TOPIC("exit", "status", statuses, 8),
	TOPIC("endpoints", "endpoint", endpoints, 20),
	TOPIC("frames", "framing", frames, 9),
#undef TOPIC
};

#define TOPICS (sizeof topics / sizeof topics[0])

/* Putting it on a page */

static size_t character_bytes(const char *text)
{
	size_t n = 1;

	while ((text[n] & 0xc0) == 0x80)
		n++;
	return n;
}

/* What must not be parted: a wide character, or what is narrow up to the next blank. */
static size_t word_bytes(const char *text)
{
	size_t n = character_bytes(text);

	if (dx_width(dx_slice_of(text, n)) > 1)
		return n;
	while (text[n] != 0 && text[n] != ' ' && dx_width(dx_slice_of(text + n, character_bytes(text + n))) < 2)
		n += character_bytes(text + n);
	return n;
}

void dx_put_wrapped(const char *text, size_t column, size_t indent)
{
	while (*text != 0) {
		size_t blanks = strspn(text, " "), bytes = text[blanks] == 0 ? 0 : word_bytes(text + blanks);
		size_t columns = dx_width(dx_slice_of(text + blanks, bytes));

		if (column + blanks + columns > PAGE_COLUMNS && column > indent) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			text += blanks;
			blanks = 0;
		}
		printf("%.*s", (int)(blanks + bytes), text);
		column += blanks + columns;
		text += blanks + bytes;
	}
	putchar('\n');
}

/* "  NAME      its line", the line on its own where the name is too long. */
static void put_item(const char *name, const char *line, size_t at)
{
	size_t column = 2 + dx_width(dx_slice_text(name));

	printf("  %s", name);
	if (*line == 0)
		at = column;
	if (column >= at && *line != 0) {
		putchar('\n');
		column = 0;
	}
	printf("%*s", (int)(at - column), "");
	dx_put_wrapped(line, at, at);
}

static void put_topic(const struct topic *t)
{
	for (size_t i = 0; i < t->count; i++)
		put_item(t->items[i].name, _(t->items[i].line), t->at);
}

/* "-e, --encoding NAME": how it is written. */
static void write_option(const dx_option *o, char *into, size_t size)
{
	char letter[8] = "", name[48] = "";

	if (o->letter != 0)
		snprintf(letter, sizeof letter, "-%c%s", o->letter, o->name[0] != 0 ? ", " : "");
	if (o->name[0] != 0)
		snprintf(name, sizeof name, "%s--%s", o->letter == 0 ? "    " : "", o->name);
	snprintf(into, size, "%s%s%s%s", letter, name, o->argument != NULL && o->argument[0] != '[' ? " " : "",
		 o->argument != NULL ? o->argument : "");
}

static void put_options(dx_command command, dx_option_group group)
{
	bool any = false;

	for (const dx_option *o = dx_options; o < dx_options + dx_option_count; o++) {
		char written[64];

		if (o->group != group || !(o->commands >> command & 1))
			continue;
		if (!any)
			printf("\n%s\n", _(group_names[group]));
		any = true;
		write_option(o, written, sizeof written);
		put_item(written, _(o->line), OPTION_COLUMNS);
	}
}

/* One answer each */

const char *dx_command_line_of(dx_command command)
{
	return _(commands[command].line);
}

static void put_command(dx_command command)
{
	printf("duplex %s %s%s\n", dx_command_names[command], _(commands[command].usage), command == DX_HELP ? "" : _(" [OPTIONS]"));
	dx_put_wrapped(dx_command_line_of(command), 0, 0);
	for (int group = 0; group < DX_GROUP_COUNT; group++)
		put_options(command, (dx_option_group)group);
	printf("\n%s\n", _("Examples"));
	for (size_t i = 0; i < 5 && commands[command].examples[i] != NULL; i++)
		printf("  %s\n", commands[command].examples[i]);
}

static void put_option(const dx_option *o)
{
	char written[64];

	write_option(o, written, sizeof written);
	printf("%s: ", written + strspn(written, " "));
	dx_put_wrapped(_(o->line), 2 + strlen(written + strspn(written, " ")), 0);
	dx_put_wrapped(_(o->paragraph), 0, 0);
	if (o->fallback != NULL)
		printf(_("Default: %s\n"), o->fallback);
	printf(_("With:"));
	for (int command = 0; command < DX_COMMAND_COUNT; command++) {
		if (o->commands >> command & 1)
			printf(" %s", dx_command_names[command]);
	}
	printf("\n  %s\n", o->example);
}

static void put_encoding(const dx_encoding *e)
{
	put_item(e->name, e->aliases, ENCODING_COLUMNS);
}

static void put_encodings(void)
{
	const dx_encoding *e;

	dx_put_wrapped(_("The names, and others for the same; capitals, - and _ do not matter. gb2312 and gbk are decoded as GB18030, "
	                 "which is what comes under those names, and encoded strictly as what was named."), 0, 0);
	for (size_t i = 0; (e = dx_encoding_at(i)) != NULL; i++)
		put_encoding(e);
}

static void put_everything(void)
{
	puts(_("duplex holds any conversation that can be held over a socket.\n\nCommands"));
	for (int command = 1; command < DX_COMMAND_COUNT; command++)
		put_item(dx_command_names[command], dx_command_line_of((dx_command)command), COMMAND_COLUMNS);
	puts("");
	dx_put_wrapped(_("`duplex help WORD` says more about a command, an option (--reply), endpoints, encodings, frames and exit "
	                 "status."), 0, 0);
}

/* A topic by its name, or one item of it: "5", "gap:20ms". */
static bool put_topic_word(const char *word)
{
	dx_slice name = dx_slice_of(word, strcspn(word, ":"));

	for (const struct topic *t = topics; t < topics + TOPICS; t++) {
		if (strcmp(word, t->names[0]) == 0 || strcmp(word, t->names[1]) == 0) {
			put_topic(t);
			return true;
		}
		for (size_t i = 0; i < t->count; i++) {
			if (dx_slice_equal(name, dx_slice_text(t->items[i].name))) {
				put_item(t->items[i].name, _(t->items[i].line), t->at);
				return true;
			}
		}
	}
	return false;
}

static const dx_option *find_option(const char *word)
{
	size_t dashes = strspn(word, "-");

	if (word[dashes] != 0 && word[dashes + 1] == 0)
		return dx_option_find_letter(word[dashes]);
	return dashes == 1 ? NULL : dx_option_find(dx_slice_of(word + dashes, strcspn(word + dashes, "=")));
}

/* Statuses and frames are asked about more often than options of the same name (-4). */
static int put_word(const char *word)
{
	const dx_option *o = find_option(word);
	const dx_encoding *e = dx_encoding_find(word);

	if (dx_command_find(word) != DX_NO_COMMAND)
		put_command(dx_command_find(word));
	else if (put_topic_word(word))
		;
	else if (o != NULL)
		put_option(o);
	else if (strcmp(word, "encodings") == 0)
		put_encodings();
	else if (e != NULL)
		put_encoding(e);
	else
		return dx_complain(dx_blame_all(NULL, word), _("no help on"),
				   _("there is help on commands, options, endpoints, encodings, frames and exit status"));
	return 0;
}

/* Of several words the last says most: `help exit status`, `help exit 5`, `help listen --reply`. */
int dx_help(const dx_command_line *line)
{
	if (line->word_count == 0)
		put_everything();
	else if (put_word(line->words[line->word_count - 1]) < 0)
		return 2;
	return 0;
}

static void introduce(void)
{
	puts(_("duplex holds any conversation that can be held over a socket: it listens,\n"
	       "connects, sends and chats, from a terminal, a pipe or a script, in the other\n"
	       "side's encoding.\n"
	       "\n"
	       "Try, in one terminal,\n"
	       "  duplex listen 8090                    # see who comes, answer\n"
	       "and in another\n"
	       "  duplex connect 127.0.0.1 8090         # type; Ctrl-D ends it\n"
	       "  duplex send 127.0.0.1:8090 hello      # say one thing and leave\n"
	       "or, over UDP and in GB2312,\n"
	       "  duplex listen udp://:7788 -e gb2312 --reply '{data} too'\n"
	       "  duplex send udp://127.0.0.1:7788 hello -e gb2312 --wait 1\n"
	       "\n"
	       "duplex help            the commands\n"
	       "duplex help listen     a command, its options and examples\n"
	       "duplex help endpoints  where one can talk: tcp:// udp:// unix: …"));
}

int dx_cli_answer(const dx_command_line *line)
{
	int status = 0;

	if (line->act == DX_ACT_HELP)
		status = dx_help(line);
	else if (line->act == DX_ACT_VERSION)
		printf("duplex %s\n%s\n", DX_VERSION, _("modules: none"));
	else if (line->act == DX_ACT_EXPLAIN)
		dx_explain(line);
	else
		introduce();
	if (fflush(stdout) == EOF || ferror(stdout)) {
		fputs(_("duplex: standard output cannot be written\n"), stderr);
		return 1;
	}
	return status;
}
