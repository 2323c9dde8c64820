#include "ui/operator.h"
#include "base/near.h"
#include "base/number.h"
#include "codec/safe.h"
#include "sys/sys.h"
#include "talk/mode.h"
#include "talk/orders.h"
#include "ui/console.h"
#include "ui/keeper.h"
#include "ui/ui.h"

#include <libintl.h>
#include <stdarg.h>
#include <stdio.h>

#define _(text)  gettext(text)
#define N_(text) text

#define LINE_LIMIT   ((size_t)4 * 1024 * 1024)
#define PHRASE_BYTES ((size_t)64 * 1024)
#define WORDS_MAX    4

struct dx_operator {
	dx_sink sink;
	dx_screen *screen;
	dx_console *console;
	dx_keeper *keeper;
	uint32_t numbers[DX_TARGETS_MAX];       /* whom /to chose; none: everybody */
	dx_targets to;
	dx_buf last;                    /* what /resend repeats … */
	bool has_last;                  /* … and whether there is any */
	dx_buf text;                    /* scratch: what is said here */
	char prompt[64], candidate[32];
	bool had_turn;
	uint64_t messages[2], bytes[2]; /* by direction, of everybody who was here */
	uint64_t rate_bytes;            /* at rate_ns, for the rate */
	int64_t rate_ns;
	double rate;
};

/* The words of a command; the last of them is all that follows. */
struct words {
	const char *word[WORDS_MAX];
	size_t count;
};

enum completes { NOTHING, COMMANDS, PEERS, ENCODINGS, MODES, FRAMES, VIEWS, EOLS, FILES, STYLES };

typedef struct command {
	const char *name, *chinese;
	size_t least, most;             /* words that it takes */
	enum completes completes;
	const char *arguments, *line, *example;
	void (*run)(dx_operator *o, const struct words *w);
} command;

static const char *const eols[] = { "follow", "lf", "crlf", "cr", "nul", "none", NULL };
static const char *const styles[] = { "off", "python", "c", NULL };

/* Saying something here */

static void say(dx_operator *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(dx_operator *o, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	dx_buf_clear(&o->text);
	(void)dx_safe_add(&o->text, dx_slice_text(text), 0, NULL);
	(void)dx_buf_add_text(&o->text, "\n");
	dx_console_write(o->console, dx_buf_slice(&o->text), 2);
}

/* Names in a list that NULL ends: where it is; the one that was meant is told where it is none of them. */
static int find_name(dx_operator *o, const char *word, const char *const *names, const char *what)
{
	size_t count = 0;
	int near;

	for (; names[count] != NULL; count++) {
		if (strcmp(names[count], word) == 0)
			return (int)count;
	}
	near = dx_near_find(dx_slice_text(word), names, count);
	if (near >= 0)
		say(o, _("duplex: %s \"%s\": perhaps %s was meant"), what, word, names[near]);
	else
		say(o, _("duplex: %s \"%s\""), what, word);
	return -1;
}

static bool read_peer(dx_operator *o, const char *word, uint32_t *ret)
{
	uint64_t number;

	if (dx_number_parse(dx_slice_text(word), 1, UINT32_MAX, &number) < 0 ||
	    dx_session_find_peer(o->screen->session, (uint32_t)number) == NULL) {
		say(o, _("duplex: there is no peer \"%s\"; /peers lists them"), word);
		return false;
	}
	*ret = (uint32_t)number;
	return true;
}

/* Speaking */

/* Who is spoken to, as it is shown before what was said. */
static void name_targets(dx_operator *o, const dx_targets *to)
{
	dx_screen *screen = o->screen;
	size_t used = 0, count = 0;

	screen->typed_shown = false;
	screen->typed_to[0] = 0;
	if (screen->settings->name != NULL) {
		(void)snprintf(screen->typed_to, sizeof screen->typed_to, "%s", screen->settings->name);
		return;
	}
	for (const dx_peer *p = NULL; (p = dx_session_next_peer(screen->session, p)) != NULL;)
		count++;
	if (to->count == 0 && count > 1)
		(void)snprintf(screen->typed_to, sizeof screen->typed_to, _("all %zu"), count);
	for (size_t i = 0; to->count > 1 && i < to->count && used < sizeof screen->typed_to - 12; i++)
		used += (size_t)snprintf(screen->typed_to + used, sizeof screen->typed_to - used, "%s#%u", i > 0 ? "," : "", to->numbers[i]);
}

/* What became of it: true where it was said, or can never be. */
static bool answer(dx_operator *o, int r, dx_slice line, size_t at)
{
	dx_session *s = o->screen->session;

	if (r == -EAGAIN)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOT_YOUR_TURN });
	else if (r == -EINVAL)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOT_HEX, .detail = line, .number = at + 1 });
	else if (r == -ENOTCONN && o->to.count > 0)
		say(o, _("(nobody of those whom /to chose is here; /all speaks to everybody)"));
	else if (r == -ENOTCONN)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOBODY });
	else if (r == -ENOBUFS)
		say(o, _("(not sent: too much is waiting to be taken)"));
	return r > 0;
}

static bool speak(dx_operator *o, const dx_targets *to, dx_slice line)
{
	size_t at = 0;
	int r;

	name_targets(o, to);
	r = o->screen->settings->hex ? dx_order_hex(o->screen->session, to, line, &at) : dx_order_line(o->screen->session, to, line);
	if (r > 0) {
		o->has_last = true;
		dx_buf_clear(&o->last);
		(void)dx_buf_add(&o->last, line);
	}
	return answer(o, r, line, at);
}

/* Several pasted lines are so many messages, and never commands. */
static bool speak_lines(dx_operator *o, const dx_targets *to, dx_slice text)
{
	const uint8_t *end;

	while ((end = text.len > 0 ? memchr(text.data, '\n', text.len) : NULL) != NULL) {
		if (!speak(o, to, dx_slice_first(text, (size_t)(end - text.data))))
			return false;
		text = dx_slice_after(text, (size_t)(end - text.data) + 1);
	}
	return text.len == 0 || speak(o, to, text);
}

/* "@2 text": to one, without choosing. */
static bool speak_to_one(dx_operator *o, dx_slice line)
{
	size_t digits = 1;
	char word[16];
	uint32_t number;

	while (digits < line.len && digits < sizeof word && line.data[digits] != ' ')
		digits++;
	(void)snprintf(word, sizeof word, "%.*s", (int)digits - 1, line.data + 1);
	if (!read_peer(o, word, &number))
		return false;
	return speak(o, &(dx_targets){ &number, 1 }, dx_slice_after(line, digits + (digits < line.len)));
}

/* Commands */

/* What was said each way. */
static void add_both_ways(dx_buf *out, const uint64_t messages[2], const uint64_t bytes[2])
{
	(void)dx_buf_add_text(out, _("in "));
	dx_add_amount(out, messages[DX_IN], bytes[DX_IN]);
	(void)dx_buf_add_text(out, _("; out "));
	dx_add_amount(out, messages[DX_OUT], bytes[DX_OUT]);
}

static void say_peer(dx_operator *o, const dx_peer *p)
{
	const char *encoding = p->manner->encoding != NULL ? p->manner->encoding->name : "utf-8";
	char address[DX_ADDR_TEXT];
	dx_buf text;

	dx_buf_init(&text, 1024);
	(void)dx_buf_printf(&text, "#%u %s, %s, %s; ", p->number, dx_session_address(p, address), encoding, p->manner->mode->name);
	add_both_ways(&text, (uint64_t[]){ p->in_messages, p->out_messages }, (uint64_t[]){ p->in_bytes, p->out_bytes });
	say(o, "%s", dx_buf_string(&text));
	dx_buf_fini(&text);
}

static void run_peers(dx_operator *o, const struct words *w)
{
	dx_session *s = o->screen->session;
	size_t count = 0;

	(void)w;
	for (const dx_peer *p = NULL; (p = dx_session_next_peer(s, p)) != NULL; count++)
		say_peer(o, p);
	if (count == 0)
		say(o, _("(nobody is here)"));
}

/* Numbers with commas or blanks between them. */
static void run_to(dx_operator *o, const struct words *w)
{
	uint32_t numbers[DX_TARGETS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < w->count; i++) {
		char list[512], *rest = list, *word;

		(void)snprintf(list, sizeof list, "%s", w->word[i]);
		while ((word = strsep(&rest, ", ")) != NULL && count < DX_TARGETS_MAX) {
			if (*word != 0 && !read_peer(o, word, &numbers[count++]))
				return;
		}
	}
	if (count == 0) {               /* commas alone: nobody would mean everybody */
		say(o, _("duplex: there is no peer \"%s\"; /peers lists them"), w->word[0]);
		return;
	}
	memcpy(o->numbers, numbers, count * sizeof *numbers);
	o->to = (dx_targets){ o->numbers, count };
}

static void run_all(dx_operator *o, const struct words *w)
{
	(void)w;
	o->to.count = 0;
}

static void run_kick(dx_operator *o, const struct words *w)
{
	uint32_t number;

	if (read_peer(o, w->word[0], &number))
		(void)dx_order_hang_up(o->screen->session, number);
}

static void run_hex(dx_operator *o, const struct words *w)
{
	dx_slice hex = dx_slice_text(w->word[0]);
	size_t at = 0;

	name_targets(o, &o->to);
	(void)answer(o, dx_order_hex(o->screen->session, &o->to, hex, &at), hex, at);
}

static void run_file(dx_operator *o, const struct words *w)
{
	int r = dx_order_file(o->screen->session, &o->to, w->word[0]);

	if (r == -EBUSY)
		say(o, _("duplex: another file is still on its way"));
	else if (r < 0)
		say(o, _("duplex: cannot send the file \"%s\": %s (%s)"), w->word[0], _(dx_error_text(r)), dx_error_key(r));
}

/* "/encoding gbk 2": of one peer; without a number, of all and of those who come. */
static bool read_whose(dx_operator *o, const struct words *w, uint32_t *ret)
{
	*ret = 0;
	return w->count < 2 || read_peer(o, w->word[1], ret);
}

static void run_encoding(dx_operator *o, const struct words *w)
{
	const dx_encoding *e = dx_encoding_find(w->word[0]);
	const char *names[128];
	uint32_t number;
	size_t count = 0;

	while (e == NULL && count < 127 && dx_encoding_at(count) != NULL) {
		names[count] = dx_encoding_at(count)->name;
		count++;
	}
	names[count] = NULL;
	if (e == NULL)
		(void)find_name(o, w->word[0], names, _("no such encoding"));
	else if (read_whose(o, w, &number) && dx_order_encoding(o->screen->session, number, e) == 0)
		say(o, number == 0 ? _("(the encoding is %s)") : _("(the encoding is %s for #%u)"), e->name, number);
}

static void run_mode(dx_operator *o, const struct words *w)
{
	const char *names[8] = { NULL };
	uint32_t number;
	int i;

	for (unsigned n = 0; dx_mode_at(n) != NULL; n++)
		names[n] = dx_mode_at(n)->name;
	i = find_name(o, w->word[0], names, _("no such mode"));
	if (i >= 0 && read_whose(o, w, &number) && dx_order_mode(o->screen->session, number, dx_mode_at((unsigned)i)) == 0)
		say(o, number == 0 ? _("(the mode is %s)") : _("(the mode is %s for #%u)"), names[i], number);
}

static void run_frame(dx_operator *o, const struct words *w)
{
	uint32_t number;
	dx_frame f;

	if (dx_frame_parse(w->word[0], &f) < 0)
		(void)find_name(o, w->word[0], dx_frame_names(), _("no such frame"));
	else if (read_whose(o, w, &number) && dx_order_frame(o->screen->session, number, &f) == 0)
		say(o, number == 0 ? _("(the frame is %s)") : _("(the frame is %s for #%u)"), w->word[0], number);
}

static void run_eol(dx_operator *o, const struct words *w)
{
	int i = find_name(o, w->word[0], eols, _("no such line end"));
	uint32_t number;

	if (i >= 0 && read_whose(o, w, &number) && dx_order_eol(o->screen->session, number, (dx_eol)i) == 0)
		say(o, number == 0 ? _("(lines end in %s)") : _("(lines end in %s for #%u)"), eols[i], number);
}

static void run_show(dx_operator *o, const struct words *w)
{
	const char *names[8] = { NULL };
	size_t count = 0;
	int i;

	for (unsigned n = 0; dx_view_at(n) != NULL; n++) {
		if (dx_view_at(n) != &dx_view_raw)
			names[count++] = dx_view_at(n)->name;
	}
	i = find_name(o, w->word[0], names, _("no such view"));
	if (i >= 0)
		o->screen->view = dx_view_find(names[i]);
}

static void run_resend(dx_operator *o, const struct words *w)
{
	dx_buf line;

	(void)w;
	if (!o->has_last) {
		say(o, _("(nothing was sent yet)"));
		return;
	}
	dx_buf_init(&line, LINE_LIMIT);
	(void)dx_buf_add(&line, dx_buf_slice(&o->last));
	(void)speak(o, &o->to, dx_buf_slice(&line));
	dx_buf_fini(&line);
}

static void run_save(dx_operator *o, const struct words *w)
{
	uint64_t lost = 0;
	int r = dx_keeper_save(o->keeper, w->word[0], &lost);

	if (r < 0)
		say(o, _("duplex: cannot save to \"%s\": %s (%s)"), w->word[0], _(dx_error_text(r)), dx_error_key(r));
	else if (lost > 0)
		say(o, _("(saved, but for the first %llu messages, which are no longer kept)"), (unsigned long long)lost);
	else
		say(o, _("(saved)"));
}

static void run_stats(dx_operator *o, const struct words *w)
{
	dx_buf text;

	(void)w;
	dx_buf_init(&text, DX_ADDR_TEXT);
	dx_operator_add_status(o, &text);
	say(o, "%s", dx_buf_string(&text));
	dx_buf_fini(&text);
}

static void run_trace(dx_operator *o, const struct words *w)
{
	int i = w->count == 0 ? DX_TRACE_PYTHON : find_name(o, w->word[0], styles, _("no such style"));

	if (i >= 0)
		(void)dx_order_trace(o->screen->session, (dx_trace_style)i, dx_screen_trace, o->screen);
}

static void run_over(dx_operator *o, const struct words *w)
{
	(void)w;
	dx_order_over(o->screen->session);
}

static void run_quit(dx_operator *o, const struct words *w)
{
	(void)w;
	dx_session_end(o->screen->session, 0);
}

static void run_help(dx_operator *o, const struct words *w);

static const command commands[] = {
	{ "peers", "对端", 0, 0, NOTHING, "", N_("who is here, in which encoding, with what was said"), "/peers", run_peers },
	{ "to", "发给", 1, WORDS_MAX, PEERS, N_("N[,N…]"), N_("typed lines go to these alone"), "/to 2,3", run_to },
	{ "all", "全部", 0, 0, NOTHING, "", N_("typed lines go to everybody again"), "/all", run_all },
	{ "kick", "踢出", 1, 1, PEERS, "N", N_("lets a peer go"), "/kick 2", run_kick },
	{ "hex", "十六进制", 1, 1, NOTHING, N_("BYTES"), N_("sends bytes, written in hex"), "/hex 01 03 00 0a", run_hex },
	{ "file", "文件", 1, 1, FILES, N_("PATH"), N_("sends a file as it is"), "/file photo.jpg", run_file },
	{ "encoding", "编码", 1, 2, ENCODINGS, N_("NAME [N]"), N_("the other side's character set; of one peer, or of all"), "/encoding gbk 2",
	  run_encoding },
	{ "mode", "方式", 1, 2, MODES, N_("NAME [N]"), N_("who may speak when: full, half, simplex-in, simplex-out"), "/mode half", run_mode },
	{ "show", "视图", 1, 1, VIEWS, N_("VIEW"), N_("how messages are shown: text, hex, both, quoted, none"), "/show both", run_show },
	{ "frame", "帧", 1, 2, FRAMES, N_("NAME [N]"), N_("the rule that cuts a stream into messages"), "/frame gap:50ms 1", run_frame },
	{ "eol", "行尾", 1, 2, EOLS, N_("NAME [N]"), N_("how typed lines end: follow, lf, crlf, cr, nul, none"), "/eol crlf", run_eol },
	{ "resend", "重发", 0, 0, NOTHING, "", N_("says the last line once more"), "/resend", run_resend },
	{ "save", "保存", 1, 1, FILES, N_("FILE"), N_("keeps the conversation so far: as text, or as events where FILE ends in .jsonl"),
	  "/save talk.txt", run_save },
	{ "stats", "统计", 0, 0, NOTHING, "", N_("peers, messages and bytes each way, rate"), "/stats", run_stats },
	{ "trace", "跟踪", 0, 1, STYLES, N_("[python|c|off]"), N_("shows every socket call"), "/trace c", run_trace },
	{ "over", "完毕", 0, 0, NOTHING, "", N_("half duplex: gives the turn away without a word"), "/over", run_over },
	{ "help", "帮助", 0, 1, COMMANDS, N_("[COMMAND]"), N_("this list, or one of it"), "/help encoding", run_help },
	{ "quit", "退出", 0, 0, NOTHING, "", N_("says goodbye to everybody and leaves"), "/quit", run_quit },
};

#define COMMANDS_COUNT (sizeof commands / sizeof *commands)

static const command *find_command(dx_slice name)
{
	for (size_t i = 0; i < COMMANDS_COUNT; i++) {
		if (dx_slice_equal(name, dx_slice_text(commands[i].name)) || dx_slice_equal(name, dx_slice_text(commands[i].chinese)))
			return &commands[i];
	}
	return NULL;
}

static void say_command(dx_operator *o, const command *c)
{
	bool bare = c->arguments[0] == 0;

	say(o, _("/%s (/%s)%s%s: %s; for example %s"), c->name, c->chinese, bare ? "" : " ", bare ? "" : _(c->arguments), _(c->line),
	    c->example);
}

static void run_help(dx_operator *o, const struct words *w)
{
	const char *name = w->count > 0 ? w->word[0] + (w->word[0][0] == '/') : NULL;

	if (name != NULL && find_command(dx_slice_text(name)) != NULL) {
		say_command(o, find_command(dx_slice_text(name)));
		return;
	}
	for (size_t i = 0; i < COMMANDS_COUNT; i++)
		say_command(o, &commands[i]);
	say(o, _("@N TEXT: says it to one peer, whomever /to chose"));
	say(o, _("//TEXT: says /TEXT"));
	say(o, _("/1 … /9: says a line of the phrases, %s"), o->screen->settings->phrases_file != NULL ? o->screen->settings->phrases_file : "");
}

/* Phrases: the lines of a file, said by their number. */
static void say_phrase(dx_operator *o, unsigned number)
{
	const char *path = o->screen->settings->phrases_file != NULL ? o->screen->settings->phrases_file : "";
	int fd = dx_sys_open(path, O_RDONLY | O_CLOEXEC, 0);
	char text[PHRASE_BYTES], *rest = text, *line = NULL;
	ssize_t n = fd == -1 ? -1 : dx_sys_read(fd, text, sizeof text - 1);

	if (fd != -1)
		(void)dx_sys_close(fd);
	text[n < 0 ? 0 : n] = 0;
	for (unsigned i = 0; i < number && rest != NULL; i++)
		line = strsep(&rest, "\n");
	if (n < 0 || line == NULL || *line == 0 || (rest == NULL && *line == 0))
		say(o, _("duplex: there is no phrase %u in %s"), number, path);
	else
		(void)speak(o, &o->to, dx_slice_text(line));
}

static void refuse(dx_operator *o, const char *name)
{
	const char *names[COMMANDS_COUNT];
	int near;

	for (size_t i = 0; i < COMMANDS_COUNT; i++)
		names[i] = commands[i].name;
	near = dx_near_find(dx_slice_text(name), names, COMMANDS_COUNT);
	if (near >= 0)
		say(o, _("duplex: unknown command \"/%s\": perhaps /%s was meant"), name, names[near]);
	else
		say(o, _("duplex: unknown command \"/%s\": /help lists them; //%s says it"), name, name);
}

/* Cuts up to c->words words; the last one takes the rest of the line. */
static void cut_words(char *text, size_t most, struct words *ret)
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

static void obey(dx_operator *o, dx_slice line)
{
	dx_buf copy;
	char *text, *rest;
	struct words w;
	const command *c;

	dx_buf_init(&copy, LINE_LIMIT);
	(void)dx_buf_add(&copy, line);
	text = (char *)(uintptr_t)dx_buf_string(&copy);
	if (text != NULL) {
		rest = text + strcspn(text, " ");
		c = find_command(dx_slice_of(text, (size_t)(rest - text)));
		if (*rest != 0)
			*rest++ = 0;
		cut_words(rest, c != NULL ? c->most : 0, &w);
		for (char *end = rest + strlen(rest); end > rest && end[-1] == ' ';)
			*--end = 0;
		if (c != NULL && w.count < c->least)
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

bool dx_operator_line(dx_operator *o, dx_slice line)
{
	bool many = line.len > 0 && memchr(line.data, '\n', line.len) != NULL;

	if (many)
		return speak_lines(o, &o->to, line);
	if (line.len > 1 && line.data[0] == '/' && line.data[1] == '/')
		return speak(o, &o->to, dx_slice_after(line, 1));
	if (line.len > 1 && line.data[0] == '/') {
		obey(o, dx_slice_after(line, 1));
		return true;
	}
	if (line.len > 1 && line.data[0] == '@' && line.data[1] >= '0' && line.data[1] <= '9')
		return speak_to_one(o, line);
	return speak(o, &o->to, line);
}

/* What is shown of it */

static bool takes_turns(const dx_operator *o, bool *ret_may_speak)
{
	bool takes = false;

	*ret_may_speak = false;
	for (const dx_peer *p = NULL; (p = dx_session_next_peer(o->screen->session, p)) != NULL;) {
		if (p->going || !dx_targets_hold(&o->to, p->number))
			continue;
		takes |= p->manner->mode->takes_turns;
		*ret_may_speak |= dx_may_speak(p);
	}
	return takes;
}

const char *dx_operator_prompt(dx_operator *o)
{
	size_t used = 0;
	bool may_speak;

	o->prompt[0] = 0;
	if (!o->screen->listens && dx_session_next_peer(o->screen->session, NULL) == NULL)
		return "";
	if (takes_turns(o, &may_speak) && !may_speak)
		return "";
	for (size_t i = 0; i < o->to.count && used < sizeof o->prompt - 16; i++)
		used += (size_t)snprintf(o->prompt + used, sizeof o->prompt - used, "%s%u", i > 0 ? "," : "", o->to.numbers[i]);
	(void)snprintf(o->prompt + used, sizeof o->prompt - used, "> ");
	return o->prompt;
}

void dx_operator_tell_turn(dx_operator *o)
{
	bool may_speak, takes = takes_turns(o, &may_speak);

	if (takes && may_speak != o->had_turn)
		say(o, may_speak ? _("(your turn)") : _("(the other side's turn)"));
	o->had_turn = takes ? may_speak : true;
}

void dx_operator_say_farewell(dx_operator *o)
{
	say(o, _("(nothing more can be typed; Ctrl-C ends it)"));
}

void dx_operator_add_status(dx_operator *o, dx_buf *out)
{
	int64_t now_ns = dx_wall_clock_ns();
	uint64_t bytes = o->bytes[DX_IN] + o->bytes[DX_OUT];
	size_t peers = 0;

	for (const dx_peer *p = NULL; (p = dx_session_next_peer(o->screen->session, p)) != NULL;)
		peers++;
	if (now_ns - o->rate_ns >= DX_NS_PER_S || now_ns < o->rate_ns) {
		o->rate = (double)(bytes - o->rate_bytes) * 1e9 / (double)(now_ns - o->rate_ns > 0 ? now_ns - o->rate_ns : DX_NS_PER_S);
		o->rate_ns = now_ns;
		o->rate_bytes = bytes;
	}
	(void)dx_buf_printf(out, ngettext("%zu peer; ", "%zu peers; ", peers), peers);
	add_both_ways(out, o->messages, o->bytes);
	(void)dx_buf_printf(out, _("; %.0f bytes/s"), o->rate);
}

/* Completion */

static const char *nth_peer(dx_operator *o, size_t i)
{
	const dx_peer *p = dx_session_next_peer(o->screen->session, NULL);

	while (p != NULL && i-- > 0)
		p = dx_session_next_peer(o->screen->session, p);
	if (p == NULL)
		return NULL;
	(void)snprintf(o->candidate, sizeof o->candidate, "%u", p->number);
	return o->candidate;
}

static const char *nth_command(dx_operator *o, size_t i, const char *prefix)
{
	if (i >= 2 * COMMANDS_COUNT)
		return NULL;
	(void)snprintf(o->candidate, sizeof o->candidate, "%s%s", prefix,
		       i < COMMANDS_COUNT ? commands[i].name : commands[i - COMMANDS_COUNT].chinese);
	return o->candidate;
}

/* The i-th of all words of a kind. */
static const char *nth_word(dx_operator *o, enum completes kind, size_t i)
{
	switch (kind) {
	case COMMANDS:
		return nth_command(o, i, "");
	case PEERS:
		return nth_peer(o, i);
	case ENCODINGS:
		return dx_encoding_at(i) != NULL ? dx_encoding_at(i)->name : NULL;
	case MODES:
		return dx_mode_at((unsigned)i) != NULL ? dx_mode_at((unsigned)i)->name : NULL;
	case VIEWS:
		return dx_view_at((unsigned)i) != NULL ? dx_view_at((unsigned)i)->name : NULL;
	case FRAMES:
		return dx_frame_names()[i];
	case EOLS:
		return eols[i];
	case STYLES:
		return styles[i];
	default:
		return NULL;
	}
}

/* The command that a line begins with, and whether a word of its first argument stands at `start`. */
static const command *command_at(dx_slice line, size_t start, bool *ret_first)
{
	size_t end = 1;

	if (line.len == 0 || line.data[0] != '/')
		return NULL;
	while (end < line.len && line.data[end] != ' ')
		end++;
	*ret_first = start == end + 1;
	return start > end ? find_command(dx_slice_of(line.data + 1, end - 1)) : NULL;
}

const char *dx_operator_candidate(dx_operator *o, dx_slice line, size_t start, dx_slice begun, size_t i)
{
	bool first = true, at_start = start == 0 && begun.len > 0 && begun.data[0] == '/';
	const command *c = command_at(line, start, &first);
	enum completes kind = c == NULL ? NOTHING : first || c->completes == PEERS ? c->completes : c->most == 2 ? PEERS : NOTHING;
	const char *word;

	for (size_t n = 0;; n++) {
		word = at_start ? nth_command(o, n, "/") : nth_word(o, kind, n);
		if (word == NULL)
			return NULL;
		if (strncmp(word, (const char *)begun.data, begun.len) == 0 && i-- == 0)
			return word;
	}
}

bool dx_operator_takes_file(dx_operator *o, dx_slice line, size_t start)
{
	bool first;
	const command *c = command_at(line, start, &first);

	(void)o;
	return c != NULL && c->completes == FILES;
}

/* As a sink it counts. */

static void message(dx_sink *k, const dx_message *m)
{
	dx_operator *o = (dx_operator *)k;

	o->messages[m->direction] += (m->flags & DX_MESSAGE_PARTIAL) == 0;
	o->bytes[m->direction] += m->bytes.len + m->eol.len;
	dx_console_touch(o->console);
}

static void event(dx_sink *k, const dx_event *e)
{
	(void)e;
	dx_console_touch(((dx_operator *)k)->console);
}

static const dx_sink_kind kind = { .name = "operator", .message = message, .event = event };

int dx_operator_new(dx_screen *screen, dx_console *console, dx_operator **ret)
{
	dx_operator *o = dx_sys_calloc(1, sizeof *o);
	int r;

	if (o == NULL)
		return -ENOMEM;
	o->sink.kind = &kind;
	o->screen = screen;
	o->console = console;
	o->had_turn = true;
	o->rate_ns = dx_wall_clock_ns();
	dx_buf_init(&o->last, LINE_LIMIT);
	dx_buf_init(&o->text, LINE_LIMIT);
	r = dx_keeper_new(screen, &o->keeper);
	if (r < 0) {
		dx_operator_free(o);
		return r;
	}
	dx_session_add_sink(screen->session, &o->sink);
	*ret = o;
	return 0;
}

void dx_operator_free(dx_operator *o)
{
	if (o == NULL)
		return;
	dx_keeper_free(o->keeper);
	dx_buf_fini(&o->last);
	dx_buf_fini(&o->text);
	dx_sys_free(o);
}
