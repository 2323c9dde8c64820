#include "ui/commands.h"
#include "base/near.h"
#include "sys/sys.h"
#include "talk/ending.h"
#include "talk/feed.h"
#include "talk/mode.h"
#include "talk/peers.h"
#include "ui/operator_priv.h"

#include <limits.h>
#include <stdio.h>

#define PHRASE_BYTES ((size_t)64 * 1024)

static void say_peer(dx_operator *o, const dx_peer *p)
{
	const char *encoding = p->manner->encoding != NULL ? p->manner->encoding->name : "utf-8";
	char address[DX_ADDR_TEXT];
	dx_buf text;

	dx_buf_init(&text, 1024);
	(void)dx_buf_printf(&text, "#%u %s, %s, %s; ", p->number, dx_session_address(p, address), encoding,
			    p->manner->mode->name);
	dx__operator_add_both_ways(&text, (uint64_t[]){ p->in_messages, p->out_messages },
				   (uint64_t[]){ p->in_bytes, p->out_bytes });
	dx__operator_say(o, "%s", dx_buf_string(&text));
	dx_buf_fini(&text);
}

static void run_peers(dx_operator *o, const dx_words *w)
{
	dx_session *s = o->screen->session;
	size_t count = 0;

	(void)w;
	for (const dx_peer *p = NULL; (p = dx_session_next_peer(s, p)) != NULL; count++)
		say_peer(o, p);
	if (count == 0)
		dx__operator_say(o, _("(nobody is here)"));
}

/* Bytes of what stands between two numbers: a blank, a comma, or one as a Chinese keyboard has it. */
static size_t separator_bytes(const char *text)
{
	static const char *const separators[] = { " ", ",", "，", "、" };

	for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
		size_t len = strlen(separators[i]);

		if (strncmp(text, separators[i], len) == 0)
			return len;
	}
	return 0;
}

/* Adds the numbers of a list, each once. False after saying what is wrong. */
static bool add_numbers(dx_operator *o, const char *list, dx_targets *to, uint32_t numbers[DX_TARGETS_MAX])
{
	while (*list != 0) {
		size_t len = 0, between = separator_bytes(list);
		uint32_t number;

		while (between == 0 && list[len] != 0 && separator_bytes(list + len) == 0)
			len++;
		if (len > 0 && !dx__word_peer(o, dx_slice_of(list, len), &number))
			return false;
		if (len > 0 && to->count == DX_TARGETS_MAX) {
			dx__operator_say(o, _("duplex: no more than %d peers can be chosen"), DX_TARGETS_MAX);
			return false;
		}
		if (len > 0 && (to->count == 0 || !dx_targets_hold(to, number)))
			numbers[to->count++] = number;
		list += between + len;
	}
	return true;
}

static void run_to(dx_operator *o, const dx_words *w)
{
	uint32_t numbers[DX_TARGETS_MAX];
	dx_targets to = { numbers, 0 };

	for (size_t i = 0; i < w->count; i++) {
		if (!add_numbers(o, w->word[i], &to, numbers))
			return;
	}
	if (to.count == 0) { /* commas alone: nobody would mean everybody */
		dx__operator_say(o, _("duplex: there is no peer \"%s\"; /peers lists them"), w->word[0]);
		return;
	}
	memcpy(o->numbers, numbers, to.count * sizeof *numbers);
	o->to = (dx_targets){ o->numbers, to.count };
}

static void run_all(dx_operator *o, const dx_words *w)
{
	(void)w;
	o->to.count = 0;
}

static void run_kick(dx_operator *o, const dx_words *w)
{
	uint32_t number;

	if (dx__word_peer(o, dx_slice_text(w->word[0]), &number))
		(void)dx_order_hang_up(o->screen->session, number);
}

static void run_hex(dx_operator *o, const dx_words *w)
{
	(void)dx__operator_speak_hex(o, &o->to, dx_slice_text(w->word[0]));
}

/* A path, "~/" at its beginning being the home folder, as Tab and every shell have it. */
static const char *path_of(const dx_operator *o, const char *word, char into[PATH_MAX])
{
	const char *home = o->screen->settings->home;

	if (strncmp(word, "~/", 2) != 0 || home == NULL || snprintf(into, PATH_MAX, "%s%s", home, word + 1) >= PATH_MAX)
		return word;
	return into;
}

static void run_file(dx_operator *o, const dx_words *w)
{
	char path[PATH_MAX];
	int r = dx__operator_send_file(o, &o->to, path_of(o, w->word[0], path));

	if (r == -EBUSY)
		dx__operator_say(o, _("duplex: another file is still on its way; /stop gives it up"));
	else if (r < 0 && r != -ENOTCONN && r != -EAGAIN)
		dx__operator_say(o, _("duplex: cannot send the file \"%s\": %s (%s)"), w->word[0], _(dx_error_text(r)),
				 dx_error_key(r));
}

static void run_stop(dx_operator *o, const dx_words *w)
{
	uint64_t bytes;

	(void)w;
	if (dx_feed_stop(o->screen->session, &bytes))
		dx__operator_say(o, ngettext("(the file was given up after %llu byte)", "(the file was given up after %llu bytes)", bytes),
				 (unsigned long long)bytes);
	else
		dx__operator_say(o, _("(no file is on its way)"));
}

/* "/encoding gbk 2": of one peer; without a number, of all and of those who come. */
static bool read_whose(dx_operator *o, const dx_words *w, uint32_t *ret)
{
	*ret = 0;
	return w->count < 2 || dx__word_peer(o, dx_slice_text(w->word[1]), ret);
}

static void run_encoding(dx_operator *o, const dx_words *w)
{
	const dx_encoding *e = dx_encoding_find(w->word[0]); /* which knows more names than are listed */
	uint32_t number;

	if (e == NULL)
		(void)dx__word_find(o, DX_NAMES_ENCODING, w->word[0]);
	else if (read_whose(o, w, &number) && dx_order_encoding(o->screen->session, number, e) == 0)
		dx__operator_say(o, number == 0 ? _("(the encoding is %s)") : _("(the encoding is %s for #%u)"), e->name,
				 number);
}

static void run_mode(dx_operator *o, const dx_words *w)
{
	int i = dx__word_find(o, DX_NAMES_MODE, w->word[0]);
	uint32_t number;

	if (i >= 0 && read_whose(o, w, &number) && dx_order_mode(o->screen->session, number, dx_mode_at((unsigned)i)) == 0)
		dx__operator_say(o, number == 0 ? _("(the mode is %s)") : _("(the mode is %s for #%u)"), w->word[0], number);
}

static void run_frame(dx_operator *o, const dx_words *w)
{
	uint32_t number;
	dx_frame f;

	if (dx_frame_parse(w->word[0], &f) < 0)
		(void)dx__word_find(o, DX_NAMES_FRAME, w->word[0]);
	else if (read_whose(o, w, &number) && dx_order_frame(o->screen->session, number, &f) == 0)
		dx__operator_say(o, number == 0 ? _("(the frame is %s)") : _("(the frame is %s for #%u)"), w->word[0],
				 number);
}

static void run_eol(dx_operator *o, const dx_words *w)
{
	int i = dx__word_find(o, DX_NAMES_EOL, w->word[0]);
	uint32_t number;

	if (i >= 0 && read_whose(o, w, &number) && dx_order_eol(o->screen->session, number, (dx_eol)i) == 0)
		dx__operator_say(o, number == 0 ? _("(lines end in %s)") : _("(lines end in %s for #%u)"), w->word[0],
				 number);
}

static void run_show(dx_operator *o, const dx_words *w)
{
	int i = dx__word_find(o, DX_NAMES_VIEW, w->word[0]);

	if (i < 0)
		return;
	if (dx_view_at((unsigned)i) == &dx_view_raw) { /* which asks for all that a terminal is kept from here */
		dx__operator_say(o, _("(raw is for the start: --show raw)"));
		return;
	}
	o->screen->view = dx_view_at((unsigned)i);
	dx__operator_say(o, _("(the view is %s)"), w->word[0]);
}

static void run_resend(dx_operator *o, const dx_words *w)
{
	dx_buf line;

	(void)w;
	if (!o->has_last) {
		dx__operator_say(o, _("(nothing was sent yet)"));
		return;
	}
	dx_buf_init(&line, DX_LINE_LIMIT);
	(void)dx_buf_add(&line, dx_buf_slice(&o->last));
	(void)dx__operator_speak(o, &o->to, dx_buf_slice(&line));
	dx_buf_fini(&line);
}

static void run_save(dx_operator *o, const dx_words *w)
{
	uint64_t lost = 0;
	char path[PATH_MAX];
	int r = dx_keeper_save(o->keeper, path_of(o, w->word[0], path), &lost);

	if (r < 0)
		dx__operator_say(o, _("duplex: cannot save to \"%s\": %s (%s)"), w->word[0], _(dx_error_text(r)),
				 dx_error_key(r));
	else if (lost > 0)
		dx__operator_say(o, _("(saved, but for the first %llu messages, which are no longer kept)"),
				 (unsigned long long)lost);
	else
		dx__operator_say(o, _("(saved)"));
}

static void run_stats(dx_operator *o, const dx_words *w)
{
	dx_buf text;

	(void)w;
	dx_buf_init(&text, DX_ADDR_TEXT);
	dx_operator_add_status(o, &text);
	dx__operator_say(o, "%s", dx_buf_string(&text));
	dx_buf_fini(&text);
}

static void run_trace(dx_operator *o, const dx_words *w)
{
	int i = w->count == 0 ? DX_TRACE_PYTHON : dx__word_find(o, DX_NAMES_STYLE, w->word[0]);

	if (i < 0)
		return;
	dx__operator_say(o, _("(the trace is %s)"), dx__word_at(o, DX_NAMES_STYLE, (size_t)i));
	(void)dx_order_trace(o->screen->session, (dx_trace_style)i, dx_screen_trace, o->screen);
}

static void run_over(dx_operator *o, const dx_words *w)
{
	(void)w;
	if (!dx__operator_takes_turns(o))
		dx__operator_say(o, _("(nobody takes turns; /mode half begins it)"));
	else
		dx_order_over(o->screen->session);
}

static void run_quit(dx_operator *o, const dx_words *w)
{
	(void)w;
	dx_session_end(o->screen->session, 0);
}

static void run_help(dx_operator *o, const dx_words *w);

static const dx_command_row commands[] = {
	{ "peers", "对端", 0, 0, DX_NAMES_NONE, "", N_("who is here, in which encoding, with what was said"), "/peers",
	  run_peers },
	{ "to", "发给", 1, DX_COMMAND_WORDS, DX_NAMES_PEER, N_("N[,N…]"), N_("typed lines go to these alone"), "/to 2,3",
	  run_to },
	{ "all", "全部", 0, 0, DX_NAMES_NONE, "", N_("typed lines go to everybody again"), "/all", run_all },
	{ "kick", "踢出", 1, 1, DX_NAMES_PEER, "N", N_("lets a peer go"), "/kick 2", run_kick },
	{ "hex", "十六进制", 1, 1, DX_NAMES_NONE, N_("BYTES"), N_("sends bytes, written in hex"), "/hex 01 03 00 0a",
	  run_hex },
	{ "file", "文件", 1, 1, DX_NAMES_FILE, N_("PATH"), N_("sends a file as it is"), "/file photo.jpg", run_file },
	{ "stop", "停止", 0, 0, DX_NAMES_NONE, "", N_("gives up the file that is on its way"), "/stop", run_stop },
	{ "encoding", "编码", 1, 2, DX_NAMES_ENCODING, N_("NAME [N]"),
	  N_("the other side's character set; of one peer, or of all"), "/encoding gbk 2", run_encoding },
	{ "mode", "方式", 1, 2, DX_NAMES_MODE, N_("NAME [N]"), N_("who may speak when: full, half, simplex-in, simplex-out"),
	  "/mode half", run_mode },
	{ "show", "视图", 1, 1, DX_NAMES_VIEW, N_("VIEW"), N_("how messages are shown: text, hex, both, quoted, none"),
	  "/show both", run_show },
	{ "frame", "帧", 1, 2, DX_NAMES_FRAME, N_("NAME [N]"), N_("the rule that cuts a stream into messages"),
	  "/frame gap:50ms 1", run_frame },
	{ "eol", "行尾", 1, 2, DX_NAMES_EOL, N_("NAME [N]"), N_("how typed lines end: follow, lf, crlf, cr, nul, none"),
	  "/eol crlf", run_eol },
	{ "resend", "重发", 0, 0, DX_NAMES_NONE, "", N_("says the last line once more"), "/resend", run_resend },
	{ "save", "保存", 1, 1, DX_NAMES_FILE, N_("FILE"),
	  N_("keeps the conversation so far: as text, or as events where FILE ends in .jsonl"), "/save talk.txt", run_save },
	{ "stats", "统计", 0, 0, DX_NAMES_NONE, "", N_("peers, messages and bytes each way, rate"), "/stats", run_stats },
	{ "trace", "跟踪", 0, 1, DX_NAMES_STYLE, N_("[python|c|off]"), N_("shows every socket call"), "/trace c",
	  run_trace },
	{ "over", "完毕", 0, 0, DX_NAMES_NONE, "", N_("half duplex: gives the turn away without a word"), "/over",
	  run_over },
	{ "help", "帮助", 0, 1, DX_NAMES_COMMAND, N_("[COMMAND]"), N_("this list, or one of it"), "/help encoding",
	  run_help },
	{ "quit", "退出", 0, 0, DX_NAMES_NONE, "", N_("says goodbye to everybody and leaves"), "/quit", run_quit },
};

#define COMMANDS_COUNT (sizeof commands / sizeof *commands)

const dx_command_row *dx__command_find(dx_slice name)
{
	for (size_t i = 0; i < COMMANDS_COUNT; i++) {
		if (dx_slice_equal(name, dx_slice_text(commands[i].name)) ||
		    dx_slice_equal(name, dx_slice_text(commands[i].chinese)))
			return &commands[i];
	}
	return NULL;
}

const char *dx__command_name(size_t i)
{
	if (i >= 2 * COMMANDS_COUNT)
		return NULL;
	return i < COMMANDS_COUNT ? commands[i].name : commands[i - COMMANDS_COUNT].chinese;
}

static void say_command(dx_operator *o, const dx_command_row *c)
{
	bool bare = c->arguments[0] == 0;

	dx__operator_say(o, _("/%s (/%s)%s%s: %s; for example %s"), c->name, c->chinese, bare ? "" : " ",
			 bare ? "" : _(c->arguments), _(c->line), c->example);
}

static void refuse(dx_operator *o, const char *name)
{
	const char *names[COMMANDS_COUNT];
	int near;

	for (size_t i = 0; i < COMMANDS_COUNT; i++)
		names[i] = commands[i].name;
	near = dx_near_find(dx_slice_text(name), names, COMMANDS_COUNT);
	if (near >= 0)
		dx__operator_say(o, _("duplex: unknown command \"/%s\": perhaps /%s was meant"), name, names[near]);
	else
		dx__operator_say(o, _("duplex: unknown command \"/%s\": /help lists them; //%s says it"), name, name);
}

static void run_help(dx_operator *o, const dx_words *w)
{
	const char *name = w->count > 0 ? w->word[0] + (w->word[0][0] == '/') : NULL;

	if (name != NULL && dx__command_find(dx_slice_text(name)) != NULL) {
		say_command(o, dx__command_find(dx_slice_text(name)));
		return;
	}
	if (name != NULL) {
		refuse(o, name);
		return;
	}
	for (size_t i = 0; i < COMMANDS_COUNT; i++)
		say_command(o, &commands[i]);
	dx__operator_say(o, _("@N TEXT: says it to one peer, whomever /to chose"));
	dx__operator_say(o, _("//TEXT: says /TEXT"));
	dx__operator_say(o, _("/1 … /9: says a line of the phrases, %s"),
			 o->screen->settings->phrases_file != NULL ? o->screen->settings->phrases_file : "");
}

/* Phrases: the lines of a file, said by their number. */

/* Reads what fits. A pipe or a device would have us wait: -ENOTSUP. The number of bytes, or negative errno. */
static ssize_t read_phrases(const char *path, char *into, size_t size)
{
	int fd = dx_sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
	struct stat what;
	ssize_t n = -ENOTSUP;

	if (fd == -1 || dx_sys_fstat(fd, &what) == -1)
		n = -errno;
	else if (S_ISREG(what.st_mode) && (n = dx_sys_read(fd, into, size)) == -1)
		n = -errno;
	if (fd != -1)
		(void)dx_sys_close(fd);
	return n;
}

/* The n-th line, as editors of any system write it; false: there is none, or it is empty. */
static bool find_phrase(dx_slice rest, unsigned number, dx_slice *ret)
{
	static const char bom[] = "\xef\xbb\xbf";
	const uint8_t *end;

	if (rest.len >= sizeof bom - 1 && memcmp(rest.data, bom, sizeof bom - 1) == 0)
		rest = dx_slice_after(rest, sizeof bom - 1);
	while ((end = rest.len > 0 ? memchr(rest.data, '\n', rest.len) : NULL) != NULL && --number > 0)
		rest = dx_slice_after(rest, (size_t)(end + 1 - rest.data));
	if (end == NULL && number > 1)
		return false;
	rest.len = end != NULL ? (size_t)(end - rest.data) : rest.len;
	rest.len -= rest.len > 0 && rest.data[rest.len - 1] == '\r';
	*ret = rest;
	return rest.len > 0;
}

static void say_phrase(dx_operator *o, unsigned number)
{
	const char *path = o->screen->settings->phrases_file != NULL ? o->screen->settings->phrases_file : "", *why = NULL;
	char text[PHRASE_BYTES];
	ssize_t n = read_phrases(path, text, sizeof text);
	dx_slice all = dx_slice_of(text, n > 0 ? (size_t)n : 0), phrase;
	bool found = find_phrase(all, number, &phrase);

	if (n == -ENOTSUP)
		why = N_("it is no file");
	else if (n < 0 && n != -ENOENT)
		why = dx_error_text((int)n);
	else if (all.len == sizeof text && (!found || phrase.data + phrase.len == all.data + all.len))
		why = N_("only its first 64 KiB are read");
	if (why != NULL)
		dx__operator_say(o, _("duplex: there is no phrase %u in %s: %s"), number, path, _(why));
	else if (!found)
		dx__operator_say(o, _("duplex: there is no phrase %u in %s"), number, path);
	else
		(void)dx__operator_speak(o, &o->to, phrase);
}

/* Cuts up to c->words words; the last one takes the rest of the line. */
static void cut_words(char *text, size_t most, dx_words *ret)
{
	ret->count = 0;
	text += strspn(text, " ");
	while (*text != 0 && ret->count < most) {
		ret->word[ret->count++] = text;
		if (ret->count == most)
			break;
		text += strcspn(text, " ");
		if (*text != 0)
			*text++ = 0;
		text += strspn(text, " ");
	}
}

void dx__operator_obey(dx_operator *o, dx_slice line)
{
	dx_buf copy;
	char *text, *rest;
	dx_words w;
	const dx_command_row *c;

	dx_buf_init(&copy, DX_LINE_LIMIT);
	(void)dx_buf_add(&copy, line);
	text = (char *)(uintptr_t)dx_buf_string(&copy);
	if (text != NULL) {
		rest = text + strcspn(text, " ");
		c = dx__command_find(dx_slice_of(text, (size_t)(rest - text)));
		if (*rest != 0)
			*rest++ = 0;
		cut_words(rest, c != NULL ? c->most : 0, &w);
		for (char *end = rest + strlen(rest); end > rest && end[-1] == ' ';)
			*--end = 0;
		if (c != NULL && (w.count < c->least || (c->most == 0 && *rest != 0)))
			say_command(o, c);
		else if (c != NULL)
			c->run(o, &w);
		else if (text[0] >= '1' && text[0] <= '9' && text[1] == 0)
			say_phrase(o, (unsigned)(text[0] - '0'));
		else
			refuse(o, text);
	}
	dx_buf_fini(&copy);
}
