/* Command lines that are right and what becomes of them; command lines that are wrong and what is said. */
#include "cli/parse.h"
#include "sys/fault.h"
#include "talk/mode.h"
#include "ui/view.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define WORDS_MAX 24
#define MINUTE    INT64_C(60000000000)

/* A command line as it is typed: words between blanks, 'quoted' ones whole. */
struct typed {
	char text[512];
	char *words[WORDS_MAX];
	int count;
};

static void type(struct typed *t, const char *line)
{
	char *c = t->text;

	snprintf(t->text, sizeof t->text, "%s", line);
	for (t->count = 0; *c != 0 && *c != '|' && *c != '>'; t->count++) {
		char end = *c == '\'' ? *c++ : ' ';

		assert_true(t->count + 1 < WORDS_MAX);
		t->words[t->count] = c;
		c += strcspn(c, end == '\'' ? "'" : " ");
		while (*c == end || *c == ' ')
			*c++ = 0;
	}
	t->words[t->count] = NULL;
}

/* Parses with standard error kept in `said`. */
static int parse(struct typed *t, dx_command_line *line, char *said, size_t size)
{
	FILE *kept = tmpfile();
	int before = dup(2), r;
	size_t got;

	assert_non_null(kept);
	fflush(stderr);
	dup2(fileno(kept), 2);
	r = dx_cli_parse(t->count, t->words, line);
	fflush(stderr);
	dup2(before, 2);
	close(before);
	rewind(kept);
	got = fread(said, 1, size - 1, kept);
	said[got] = 0;
	fclose(kept);
	return r;
}

static dx_command_line understood(struct typed *t, const char *words)
{
	dx_command_line line;
	char said[2048];
	int r;

	type(t, words);
	r = parse(t, &line, said, sizeof said);
	if (r != 0 || *said != 0)
		fail_msg("%s: %d, %s", words, r, said);
	return line;
}

static void check_refused(const char *words, const char *what)
{
	struct typed t;
	dx_command_line line;
	char said[4096];
	int r;

	type(&t, words);
	r = parse(&t, &line, said, sizeof said);
	if (r != -EINVAL)
		fail_msg("%s: %d", words, r);
	if (strstr(said, what) == NULL)
		fail_msg("%s: %s lacks %s", words, said, what);
	assert_int_equal(strncmp(said, "duplex: ", 8), 0);
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

#define WITH(words)                                                                                              \
	for (struct typed typed_, *once_ = &typed_; once_ != NULL; once_ = NULL)                                 \
		for (dx_command_line line = understood(&typed_, words), *l = &line; l != NULL; dx_cli_fini(l), l = NULL)

static void test_options_go_where_the_table_says(void **state)
{
	(void)state;
	WITH("duplex listen 8090 -m half -e GBK -f crlf -n --reply 'a\\x00b' --count 3 --max-peers 1 --once -s hex -t iso -jqvv -4") {
		const dx_settings *s = &l->settings;

		assert_int_equal(l->act, DX_ACT_TALK);
		assert_int_equal(l->command, DX_LISTEN);
		assert_string_equal(s->manner.mode->name, "half");
		assert_string_equal(s->manner.encoding->name, "gbk");
		assert_true(s->manner.frame_named && s->manner.eol_named);
		assert_int_equal(s->manner.eol, DX_EOL_NONE);
		assert_int_equal(s->reply.len, 3);
		assert_memory_equal(s->reply.data, "a\0b", 3);
		assert_int_equal(s->count, 3);
		assert_int_equal(s->max_peers, 1);
		assert_true(s->once && s->json && s->quiet);
		assert_int_equal(s->verbose, 2);
		assert_string_equal(s->view->name, "hex");
		assert_int_equal(s->time, DX_TIME_ISO);
		assert_int_equal(s->endpoints[0].family, AF_INET);
		assert_int_equal(s->endpoints[0].port, 8090);
	}
	WITH("duplex connect tcp://h:1 --trace=c --color always --unmappable replace") {
		assert_int_equal(l->settings.trace, DX_TRACE_C);
		assert_int_equal(l->settings.color, DX_COLOR_ALWAYS);
		assert_int_equal(l->settings.unmappable, DX_UNMAPPABLE_REPLACE);
		assert_null(l->settings.view);
		assert_null(l->settings.greet.data);
	}
	WITH("duplex connect --trace tcp://h:1") {
		assert_int_equal(l->settings.trace, DX_TRACE_PYTHON);
	}
	WITH("duplex listen 1 --until exit --until bye --until 'a b' --hangup x") {
		assert_int_equal(l->settings.until.count, 3);
		assert_memory_equal(l->settings.until.items[2].data, "a b", 3);
		assert_int_equal(l->settings.hangup.count, 1);
	}
}

static void test_times(void **state)
{
	(void)state;
	WITH("duplex connect h:1") {
		assert_int_equal(l->settings.timeout_ns, -1);
		assert_int_equal(l->settings.idle_ns, -1);
		assert_int_equal(l->settings.connect_timeout_ns, -1);
	}
	WITH("duplex connect h:1 -w1m") {
		assert_int_equal(l->settings.timeout_ns, MINUTE);
		assert_int_equal(l->settings.idle_ns, MINUTE);
		assert_int_equal(l->settings.connect_timeout_ns, MINUTE);
	}
	WITH("duplex connect h:1 --idle 500ms -w 1m") {
		assert_int_equal(l->settings.idle_ns, MINUTE / 120);
		assert_int_equal(l->settings.connect_timeout_ns, MINUTE);
	}
	WITH("duplex connect -w 1m h:1 --idle 0 --deadline 0.5m") {
		assert_int_equal(l->settings.idle_ns, 0);
		assert_int_equal(l->settings.deadline_ns, MINUTE / 2);
	}
}

static void check_wait(const char *words, dx_wait_kind kind, uint64_t count, int64_t idle_ns, const char *until)
{
	WITH(words) {
		assert_int_equal(l->settings.wait.kind, kind);
		assert_int_equal(l->settings.wait.count, count);
		assert_int_equal(l->settings.wait.idle_ns, idle_ns);
		assert_int_equal(l->settings.wait.until.len, strlen(until));
		assert_memory_equal(l->settings.wait.until.data, until, strlen(until));
	}
}

static void test_waits(void **state)
{
	(void)state;
	check_wait("duplex send h:1 x", DX_WAIT_NONE, 0, 0, "");
	check_wait("duplex send h:1 x --wait none", DX_WAIT_NONE, 0, 0, "");
	check_wait("duplex send h:1 x --wait close", DX_WAIT_CLOSE, 0, 0, "");
	check_wait("duplex send h:1 x --wait 2", DX_WAIT_COUNT, 2, 0, "");
	check_wait("duplex send h:1 x --wait idle:1m", DX_WAIT_IDLE, 0, MINUTE, "");
	check_wait("duplex send h:1 x --wait until:O\\x4b", DX_WAIT_UNTIL, 0, 0, "OK");
}

static void check_frames(const char *words, const char *in, const char *out)
{
	char name[64];

	WITH(words) {
		assert_string_equal(dx_frame_name(&l->settings.manners[0].frame_in, name), in);
		assert_string_equal(dx_frame_name(&l->settings.manners[0].frame_out, name), out);
	}
}

static void test_frames(void **state)
{
	(void)state;
	check_frames("duplex listen 1", "auto", "auto");
	check_frames("duplex listen 1 --hex", "gap:50ms", "gap:50ms");
	check_frames("duplex listen 1 -s both", "gap:50ms", "gap:50ms");
	check_frames("duplex listen 1 -s both -f line", "line", "line");
	check_frames("duplex listen 1 --frame-in nul --frame crlf", "nul", "crlf");
	check_frames("duplex listen 1 --frame crlf --frame-in nul", "nul", "crlf");
	check_frames("duplex listen 1,frame=line --frame-in nul", "line", "line");
	check_frames("duplex listen 1 --frame-out nul", "auto", "nul");
	check_frames("duplex listen 1 --frame delim:0D0A", "delim:0d0a", "delim:0d0a");
	check_frames("duplex listen 1,frame=len2+le --frame-out fixed:4", "len2+le", "len2+le");
	check_frames("duplex send :1 abcd --frame-in len8 --frame-out fixed:4", "len8", "fixed:4");
}

static void test_endpoint_keys_override_options(void **state)
{
	(void)state;
	WITH("duplex listen tcp://:1,encoding=gbk,eol=crlf udp://:2,mode=simplex-in tcp://:3 -e big5") {
		const dx_manner *m = l->settings.manners;

		assert_int_equal(l->settings.endpoint_count, 3);
		assert_string_equal(m[0].encoding->name, "gbk");
		assert_int_equal(m[0].eol, DX_EOL_CRLF);
		assert_true(m[0].eol_named);
		assert_string_equal(m[1].encoding->name, "big5");
		assert_string_equal(m[1].mode->name, "simplex-in");
		assert_string_equal(m[2].mode->name, "full");
		assert_false(m[2].eol_named);
	}
	WITH("duplex listen 1 -e utf-16be") {
		assert_int_equal(l->settings.manners[0].frame_in.unit_bytes, 2);
		assert_true(l->settings.manners[0].frame_in.big_endian);
	}
}

static void test_hosts_and_ports(void **state)
{
	(void)state;
	WITH("duplex connect localhost 80") {
		assert_string_equal(l->settings.endpoints[0].host, "localhost");
		assert_int_equal(l->settings.endpoints[0].port, 80);
	}
	WITH("duplex listen 127.0.0.1 80,encoding=gbk 90 localhost 100 unix:/x") {
		assert_int_equal(l->settings.endpoint_count, 4);
		assert_int_equal(l->settings.endpoints[1].port, 90);
		assert_int_equal(l->settings.endpoints[2].port, 100);
	}
	WITH("duplex chat") {
		assert_int_equal(l->settings.endpoint_count, 0);
		assert_string_equal(l->settings.manner.mode->name, "full");
	}
	check_refused("duplex send h 80", "no port in \"h\"");
	check_refused("duplex connect h 70000", "bad port \"70000\"");
	check_refused("duplex connect h x", "bad port \"x\"");
}

static void test_texts_of_send(void **state)
{
	(void)state;
	WITH("duplex send h:1 'a\\tb' -- -n --hex") {
		assert_int_equal(l->settings.texts.count, 3);
		assert_memory_equal(l->settings.texts.items[0].data, "a\tb", 3);
		assert_memory_equal(l->settings.texts.items[2].data, "--hex", 5);
		assert_false(l->settings.hex);
	}
	WITH("duplex send h:1 'ff 0x01,02' 41 --hex") {
		assert_int_equal(l->settings.texts.count, 2);
		assert_memory_equal(l->settings.texts.items[0].data, "\xff\x01\x02", 3);
		assert_int_equal(l->settings.texts.items[1].len, 1);
	}
}

static void test_help_and_other_answers(void **state)
{
	(void)state;
	WITH("duplex") {
		assert_int_equal(l->act, DX_ACT_INTRODUCE);
	}
	WITH("duplex listen --help") {
		assert_int_equal(l->act, DX_ACT_HELP);
		assert_string_equal(l->words[0], "listen");
	}
	WITH("duplex help --reply") {
		assert_int_equal(l->act, DX_ACT_HELP);
		assert_string_equal(l->words[0], "--reply");
	}
	WITH("duplex -h") {
		assert_int_equal(l->act, DX_ACT_HELP);
		assert_int_equal(l->word_count, 0);
	}
	WITH("duplex --version") {
		assert_int_equal(l->act, DX_ACT_VERSION);
	}
	WITH("duplex listen 1 --explain") {
		assert_int_equal(l->act, DX_ACT_EXPLAIN);
	}
}

static void test_what_chat_asks(void **state)
{
	(void)state;
	WITH("duplex chat --hex") {
		char place[] = "udp://127.0.0.1:7,encoding=gb2312";

		assert_int_equal(dx_cli_add_endpoint(l, place), 0);
		memset(place, 'x', sizeof place - 1);
		assert_string_equal(l->settings.manners[0].encoding->name, "gb2312");
		assert_int_equal(l->settings.endpoints[0].transport, DX_UDP);
	}
}

/* Each option's example, and each of a command's in help, is a command line that is understood. */
static void test_examples_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < dx_option_count; i++) {
		const dx_option *o = &dx_options[i];
		const char *example;

		if (o->kind == DX_KIND_ELSEWHERE)
			continue;
		example = strstr(o->example, "duplex");
		assert_non_null(example);
		assert_true(*o->line != 0 && *o->paragraph != 0);
		WITH(example) {
			assert_true(l->given[i] != NULL || o->kind == DX_KIND_ACT);
		}
	}
}

static void test_names_and_letters_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < dx_option_count; i++) {
		const dx_option *o = &dx_options[i];
		const char letter[] = { '-', o->letter, 0 };

		assert_true((o->commands != 0) == (o->kind != DX_KIND_ELSEWHERE));
		assert_ptr_equal(dx_option_find(dx_slice_text(o->name)), o);
		if (o->letter != 0)
			assert_ptr_equal(dx_option_find(dx_slice_text(letter)), o);
		assert_true(strncmp(o->name, "--", 2) == 0 ? o->name[3] != 0 : strcmp(o->name, letter) == 0);
	}
}

/* Faults */

static void test_A1_unknown_missing_contradictory(void **state)
{
	static const char *const table[][2] = {
		{ "duplex -", "unknown command \"-\"" },
		{ "duplex bogus", "unknown command \"bogus\"" },
		{ "duplex lisen 80", "perhaps listen was meant" },
		{ "duplex --explain", "no command" },
		{ "duplex listen", "no endpoint" },
		{ "duplex connect", "no endpoint" },
		{ "duplex send", "no endpoint" },
		{ "duplex connect h:1 h:2", "one endpoint too many: \"h:2\"" },
		{ "duplex listen 80 --bogus", "unknown option \"--bogus\"" },
		{ "duplex listen 80 --bogus=x", "unknown option \"--bogus\" in \"--bogus=x\" (column 1)" },
		{ "duplex listen 80 --ecko", "perhaps --echo was meant" },
		{ "duplex listen 80 -qY", "unknown option \"Y\" in \"-qY\" (column 3)" },
		{ "duplex listen 80 -é", "unknown option \"é\"" },
		{ "duplex listen 80 --exec cat", "unknown option \"--exec\"" },
		{ "duplex listen 80 --reply", "nothing behind \"--reply\": write --reply TEXT" },
		{ "duplex listen 80 -w", "nothing behind \"-w\"" },
		{ "duplex listen 80 --echo=1", "\"--echo=1\"" },
		{ "duplex listen 80 --wait close", "listen does not take it, only send" },
		{ "duplex connect h:1 --once", "connect does not take it, only listen" },
		{ "duplex listen 80 --echo --reply x", "--echo --reply" },
		{ "duplex listen 80 --reply x --mode simplex-in", "--reply --mode simplex-in" },
		{ "duplex listen 80,mode=simplex-in --echo", "--echo --mode simplex-in" },
		{ "duplex connect h:1 --greet x -m simplex-in", "--greet --mode simplex-in" },
		{ "duplex send h:1,mode=simplex-in x", "send mode=simplex-in" },
		{ "duplex listen 80 --json --format x", "--json --format" },
		{ "duplex connect h:1 -4 -6", "-4 -6" },
		{ "duplex connect [::1]:80 -4", "wrong kind of address" },
		{ "duplex connect 127.0.0.1:80 -6", "wrong kind of address" },
		{ "duplex connect tcp6://h:80 -4", "wrong kind of address" },
		{ "duplex connect udp://h:80,bind=[::1]:7 -4", "wrong kind of address" },
		{ "duplex listen 80,bind=:9", "wrong key \"bind\"" },
		{ "duplex connect h:0", "bad port \"0\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		check_refused(table[i][0], table[i][1]);
}

static void test_letters_of_nc(void **state)
{
	static const char *const table[][2] = {
		{ "duplex -l 8080", "duplex listen" },      { "duplex -lvp 8080", "duplex listen" },
		{ "duplex -u h 80", "udp://" },             { "duplex listen -k 80", "--once" },
		{ "duplex connect h:1 -p 9", "bind=" },     { "duplex connect -z h:1", "duplex send" },
		{ "duplex connect -N h:1", "finishes writing" }, { "duplex -U /x", "unix:" },
		{ "duplex connect -C h:1", "--eol crlf" },  { "duplex connect h:1 -e /bin/sh", "--exec" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		check_refused(table[i][0], table[i][1]);
}

static void test_A2_numbers(void **state)
{
	static const char *const numbers[] = { "-1", "+80", "' 80'", "0x10", "1e3", "18446744073709551616", "''", "80.", "٣" };
	static const char *const uses[][2] = {
		{ "duplex listen 80 --count=", "from 1 to 4294967295" },
		{ "duplex listen 80 --max-peers ", "from 1 to 4294967295" },
		{ "duplex send h:1 x --wait ", "a number of messages" },
		{ "duplex connect h:1 -w ", "a time is like" },
		{ "duplex connect h:1 --idle ", "a time is like" },
		{ "duplex connect h:1 --deadline ", "a time is like" },
		{ "duplex connect h:1 --linger ", "a time is like" },
		{ "duplex connect h:1 --connect-timeout ", "a time is like" },
		{ "duplex connect -- h ", "from 0 to 65535" },
	};
	char words[128];

	(void)state;
	for (size_t u = 0; u < sizeof uses / sizeof uses[0]; u++) {
		for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
			bool joined = uses[u][0][strlen(uses[u][0]) - 1] == '=';

			if (joined && numbers[n][0] == '\'')
				continue;       /* the quotes are for whole words here */
			snprintf(words, sizeof words, "%s%s", uses[u][0], numbers[n]);
			check_refused(words, uses[u][1]);
		}
	}
	check_refused("duplex connect h 65536", "from 0 to 65535");
	check_refused("duplex listen 80 --count 0", "from 1 to");
	check_refused("duplex listen 80 --count 4294967296", "from 1 to");
	check_refused("duplex connect h:1 --idle 400000h", "at most a year");
	check_refused("duplex connect h:1 --idle 1.s", "a time is like");
	check_refused("duplex send h:1 x --wait idle:0", "a time is like");
}

/* What each option makes of a word; nothing but a crash or a leak is wrong here. */
static void feed_every_option(char *word)
{
	char command[16], name[DX_WORDS_ROOM], said[4096];

	for (size_t i = 0; i < dx_option_count; i++) {
		const dx_option *o = &dx_options[i];
		struct typed t = { .words = { NULL, command, NULL, name, word, NULL } };
		static char program[] = "duplex", place[] = "h:1";
		dx_command_line line;
		dx_command c = DX_LISTEN;

		while (c < DX_CHAT && !dx_option_is_for(o, c))
			c++;
		snprintf(command, sizeof command, "%s", dx_commands[c].name);
		snprintf(name, sizeof name, "%s", o->name);
		t.words[0] = program;
		t.words[2] = place;
		t.count = 5;
		if (parse(&t, &line, said, sizeof said) == 0)
			dx_cli_fini(&line);
		else
			assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
		assert_null(strchr(said, '\x1b'));
		assert_true(dx_utf8_valid(dx_slice_text(said)));
	}
}

static void test_A3_long_arguments(void **state)
{
	static const size_t lengths[] = { 513, 4096, 131071 };

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		for (const char *fill = "x4\\:"; *fill != 0; fill++) {
			char *word = malloc(lengths[i] + 1);

			assert_non_null(word);
			memset(word, *fill, lengths[i]);
			word[lengths[i]] = 0;
			feed_every_option(word);
			free(word);
		}
	}
}

static void test_A4_argument_bytes(void **state)
{
	char nasty[] = "\xff\xfe\n\x1b[31m%n%s\xc2\x9b\xe2\x80\xae";
	struct typed t = { .count = 4 };
	char program[] = "duplex", command[] = "send", place[] = "h:1", text[] = "\xff\n\x1b%n%s";
	dx_command_line line;

	(void)state;
	feed_every_option(nasty);
	t.words[0] = program;
	t.words[1] = command;
	t.words[2] = place;
	t.words[3] = text;
	assert_int_equal(dx_cli_parse(4, t.words, &line), 0);
	assert_int_equal(line.settings.texts.items[0].len, strlen(text));
	assert_memory_equal(line.settings.texts.items[0].data, text, strlen(text));
	dx_cli_fini(&line);
	check_refused("duplex connect 'h\x1b[31m:80'", "bad host \"h\\x1b[31m\"");
}

static void test_A5_empty_texts(void **state)
{
	static const char *const table[][2] = {
		{ "duplex ''", "no command" },                        { "duplex connect ''", "no endpoint" },
		{ "duplex connect '' 80", "no endpoint" },                { "duplex connect tcp://", "no port" },
		{ "duplex connect unix:", "no path" },                { "duplex listen 80 -e ''", "unknown encoding" },
		{ "duplex listen 80 -f ''", "unknown frame" },        { "duplex listen 80 -m ''", "unknown mode" },
		{ "duplex listen 80 -s ''", "unknown view" },         { "duplex listen 80 --eol ''", "unknown name" },
		{ "duplex listen 80 --until ''", "no word" },         { "duplex listen 80 --hangup ''", "no word" },
		{ "duplex send h:1 --file ''", "nothing given" },     { "duplex listen 80 --format ''", "nothing given" },
		{ "duplex send h:1 --wait until:", "no text after" }, { "duplex listen 80,encoding=", "no value for \"encoding\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		check_refused(table[i][0], table[i][1]);
	WITH("duplex listen :8090 --reply ''") {
		assert_string_equal(l->settings.endpoints[0].host, "");
		assert_non_null(l->settings.reply.data);
		assert_int_equal(l->settings.reply.len, 0);
	}
}

static void test_A6_no_words_at_all(void **state)
{
	char *words[] = { NULL };
	dx_command_line line;

	(void)state;
	assert_int_equal(dx_cli_parse(0, words, &line), 0);
	assert_int_equal(line.act, DX_ACT_INTRODUCE);
	dx_cli_fini(&line);
}

/* Memory runs out at each place in turn, iconv refuses: it is said, and nothing is leaked. */
static void test_memory_runs_out(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t n = 1; dx_fault_arm(n, false); n++) {
		struct typed t;
		dx_command_line line;
		char said[4096];
		int r;

		type(&t, "duplex send udp://127.0.0.1:9,encoding=big5,bind=:7 'a\\n' b c -e gbk --wait until:x -w 3");
		r = parse(&t, &line, said, sizeof said);
		if (r == 0)
			dx_cli_fini(&line);
		else if (r != -ENOMEM && strstr(said, "lacks it") == NULL)      /* iconv's own way to fail */
			fail_msg("the %zu. call: %d, %s", n, r, said);
		failed += r != 0;
	}
	dx_fault_clear();
	assert_true(failed > 5);
}

static void test_names_are_known(void **state)
{
	static const char *const table[][2] = {
		{ "duplex listen 80 -e gkb", "perhaps gbk was meant" },
		{ "duplex listen 80 -e gbk//TRANSLIT", "unknown encoding \"gbk//TRANSLIT\"" },
		{ "duplex listen 80,encoding=x", "unknown encoding \"x\" in \"encoding=x\" (column 10)" },
		{ "duplex listen 80 -f gap", "bad frame \"gap\"" },
		{ "duplex listen 80 -f gap:5x", "bad frame" },
		{ "duplex listen 80 -f len3", "unknown frame" },
		{ "duplex listen 80 -f delim:", "bad frame" },
		{ "duplex listen 80 -f fixed:0", "bad frame" },
		{ "duplex listen 80 -f len2:1", "bad frame" },
		{ "duplex send :80 abc -f fixed:4", "contradiction: \"--frame fixed:4\"" },
		{ "duplex send :80 61 6162 -f fixed:1 --hex", "contradiction" },
		{ "duplex send :80 abc -f fixed:4 -n", "contradiction: \"--frame fixed:4\"" },
		{ "duplex send :80 'a|b' -f delim:7c", "holds what ends" },
		{ "duplex send :80 'a\\n' --frame-out line", "holds what ends" },
		{ "duplex listen 80,mode=fool", "unknown mode \"fool\"" },
		{ "duplex listen 80 --trace=perl", "there are python c" },
		{ "duplex listen 80 -t noon", "unknown name" },
		{ "duplex send h:1 'a\\q'", "unknown escape \"\\q\" in \"a\\q\" (column 2)" },
		{ "duplex send h:1 --wait 'until:é\\q'", "(column 15)" },
		{ "duplex listen 80 --reply 'a\\'", "unknown escape" },
		{ "duplex send h:1 --hex '01 zz'", "bad hex \"z\" in \"01 zz\" (column 4)" },
		{ "duplex send h:1 --hex 1", "bad hex" },
		{ "duplex send h:1 -e gb2312 'hi ☃'", "\"☃\" in \"hi ☃\" (column 4): gb2312 lacks it" },
		{ "duplex send h:1,encoding=gb2312 'hi ☃'", "gb2312 lacks it" },
		{ "duplex listen 80 -e ascii --reply '{data} é'", "ascii lacks it" },
		{ "duplex listen 80 -e ascii --greet é", "ascii lacks it" },
		{ "duplex send h:1 -e ascii x --wait until:é", "ascii lacks it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		check_refused(table[i][0], table[i][1]);
	WITH("duplex send h:1 -e gb2312 'hi ☃' --unmappable replace") {
		assert_int_equal(l->settings.texts.count, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_go_where_the_table_says),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_endpoint_keys_override_options),
		cmocka_unit_test(test_hosts_and_ports),
		cmocka_unit_test(test_texts_of_send),
		cmocka_unit_test(test_help_and_other_answers),
		cmocka_unit_test(test_what_chat_asks),
		cmocka_unit_test(test_examples_are_understood),
		cmocka_unit_test(test_names_and_letters_are_unique),
		cmocka_unit_test(test_A1_unknown_missing_contradictory),
		cmocka_unit_test(test_letters_of_nc),
		cmocka_unit_test(test_A2_numbers),
		cmocka_unit_test(test_A3_long_arguments),
		cmocka_unit_test(test_A4_argument_bytes),
		cmocka_unit_test(test_A5_empty_texts),
		cmocka_unit_test(test_A6_no_words_at_all),
		cmocka_unit_test(test_names_are_known),
		cmocka_unit_test(test_memory_runs_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
