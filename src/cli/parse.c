/* Three steps: read the words (options go to where the table says), settle what follows from what, check what goes together. */
#include "cli/parse.h"

#include "base/buf.h"
#include "base/limits.h"
#include "cli/complain.h"
#include "codec/text.h"
#include "ui/say.h"
#include "cli/values.h"
#include "sys/sys.h"
#include "talk/mode.h"
#include "ui/view.h"

#include <stdio.h>

struct parse {
	dx_command_line *line;
	const char *const *next;        /* the words not yet read, ended by NULL */
};

/* Options */

/* The argument of an option is what is joined to it, or else the next word, whatever that begins with. */
static int give_argument(struct parse *p, const dx_option *o, const char *word, const char *text)
{
	dx_command_line *line = p->line;
	char prefix[DX_WORDS_ROOM];
	dx_value value = { o, prefix, text, line->given, &line->owned };

	if (o->argument == NULL && text != NULL)
		return dx_complain_of(p->next[-1], _("too much in"), _("this option takes no argument"));
	if (text == NULL)
		value.text = o->argument == NULL || o->argument[0] == '[' ? "" : *p->next++;
	if (value.text == NULL)
		return dx_complain_of(word, _("nothing behind"), _("write %s %s"), word, o->argument);
	snprintf(prefix, sizeof prefix, "%s ", word);
	line->given[o - dx_options] = value.text;
	if (o->kind != DX_KIND_ACT)
		return dx_value_read(&value, &line->settings);
	if (line->act != DX_ACT_HELP)
		line->act = (dx_act)o->first;
	return 0;
}

static int complain_of_option(dx_blame name, size_t dashes)
{
	const char *names[DX_OPTION_MAX + 1] = { NULL };

	for (size_t i = 0; i < dx_option_count; i++)
		names[i] = dx_options[i].name + strlen("--");   /* letters are near to nothing */
	return dx_complain_of_name(name, dashes, _("unknown option"), names,
				   _("`duplex help COMMAND` lists those of a command"));
}

static int read_long(struct parse *p, const char *word)
{
	size_t len = strcspn(word, "=");
	const dx_option *o = dx_option_find(dx_slice_of(word, len));

	if (o == NULL)
		return complain_of_option((dx_blame){ "", dx_slice_text(word), 0, len }, strlen("--"));
	return give_argument(p, o, o->name, word[len] == '=' ? word + len + 1 : NULL);
}

/* Letters without an argument may be joined: -nq4; the first that takes one takes the rest of the word. */
static int read_letters(struct parse *p, const char *word)
{
	dx_slice text = dx_slice_text(word);
	int r = 0;

	for (size_t at = 1; word[at] != 0 && r == 0; at++) {
		const char name[] = { '-', word[at], 0 };
		const dx_option *o = dx_option_find(dx_slice_text(name));
		dx_blame letter = { "", text, at, dx_character_bytes(text, at) };

		if (o == NULL)
			return complain_of_option(letter, 0);
		if (o->kind == DX_KIND_ELSEWHERE)
			return dx_complain(letter, _("nc's option"), "%s", _(o->line));
		if (o->argument != NULL)
			return give_argument(p, o, name, word[at + 1] != 0 ? word + at + 1 : NULL);
		r = give_argument(p, o, name, NULL);
	}
	return r;
}

static int read_words(struct parse *p)
{
	dx_command_line *line = p->line;
	bool options = true;
	const char *word;
	int r = 0;

	while (r == 0 && (word = *p->next) != NULL) {
		p->next++;
		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && strncmp(word, "--", 2) == 0)
			r = read_long(p, word);
		else if (options && word[0] == '-' && word[1] != 0)
			r = read_letters(p, word);
		else
			line->words[line->word_count++] = word;
		if (line->word_count == 1 && strcmp(line->words[0], dx_commands[DX_HELP].name) == 0)
			options = false;        /* `duplex help --reply` asks about it */
	}
	return r;
}

/* The command and its endpoints and texts */

static int read_command(dx_command_line *line)
{
	const char *word = line->word_count > 0 ? line->words[0] : "", *names[DX_COMMAND_COUNT] = { NULL };

	line->command = dx_command_find(word);
	if (line->command != DX_NO_COMMAND || line->act == DX_ACT_HELP)
		return 0;
	for (int c = 1; c < DX_COMMAND_COUNT; c++)
		names[c - 1] = dx_commands[c].name;
	return dx_complain_of_name(dx_blame_all("", word), 0, *word == 0 ? _("no command") : _("unknown command"), names,
				   _("the first word is listen, connect, send, chat or help, as in duplex listen 8090"));
}

static int check_commands(const dx_command_line *line)
{
	char takers[DX_WORDS_ROOM];

	for (size_t i = 0; i < dx_option_count; i++) {
		const dx_option *o = &dx_options[i];

		if (line->given[i] != NULL && !dx_option_is_for(o, line->command))
			return dx_complain_of(o->name, _("misplaced option"), _("%s does not take it, only%s"),
					      dx_commands[line->command].name, dx_option_takers(o, takers));
	}
	return 0;
}

static int add_endpoint(dx_command_line *line, const char *text, const char *port)
{
	dx_settings *s = &line->settings;
	dx_endpoint *e = &s->endpoints[s->endpoint_count];
	const dx_command_row *command = &dx_commands[line->command];
	dx_complaint wrong;
	bool port_blamed = false;
	int r;

	if (s->endpoint_count == command->endpoints)
		return dx_complain_of(text, _("one endpoint too many:"), _("%s takes at most %zu"), command->name,
				      command->endpoints);
	r = port == NULL ? dx_endpoint_parse(text, e, &wrong) : dx_endpoint_from_words(text, port, e, &wrong, &port_blamed);
	if (r == -ENOMEM)
		return dx_no_memory();
	if (r < 0)
		return dx_complain((dx_blame){ "", dx_slice_text(port_blamed ? port : text), wrong.at, wrong.len },
				   _(wrong.problem), "%s", _(wrong.expected));
	s->endpoint_count++;
	return 0;
}

static bool is_host(const char *word)
{
	return strpbrk(word, ":/") == NULL && word[strspn(word, "0123456789")] != 0;
}

static int read_endpoints(dx_command_line *line)
{
	int r = 0;

	for (size_t i = 1; i < line->word_count && r == 0; i++) {
		const char *word = line->words[i], *port = NULL;

		if (is_host(word) && i + 1 < line->word_count)
			port = line->words[++i];
		r = add_endpoint(line, word, port);
	}
	return r;
}

static int read_send(dx_command_line *line)
{
	int r = line->word_count < 2 ? 0 : add_endpoint(line, line->words[1], NULL);

	for (size_t i = 2; i < line->word_count && r == 0; i++) {
		dx_value text = { NULL, "", line->words[i], NULL, &line->owned };

		r = dx_value_add_text(&text, line->settings.hex, &line->settings.texts);
	}
	return r;
}

static int read_operands(dx_command_line *line)
{
	const dx_command_row *command = &dx_commands[line->command];
	dx_settings *s = &line->settings;
	int r;

	s->endpoints = dx_own(&line->owned, command->endpoints * sizeof *s->endpoints);
	s->manners = dx_own(&line->owned, command->endpoints * sizeof *s->manners);
	if (s->endpoints == NULL || s->manners == NULL)
		return dx_no_memory();
	r = line->command == DX_SEND ? read_send(line) : read_endpoints(line);
	if (r == 0 && s->endpoint_count == 0 && command->without != NULL)
		return dx_complain_of(command->name, _("no endpoint behind"), "%s", _(command->without));
	return r;
}

/* What follows from what, and what goes together */

static bool is_internet(const dx_endpoint *e)
{
	return e->transport == DX_TCP || e->transport == DX_UDP;
}

static int settle_family(int family, dx_endpoint *e)
{
	dx_addr unused;

	if (!is_internet(e) || family == AF_UNSPEC)
		return 0;
	if (e->family == AF_UNSPEC)
		e->family = family;
	if (e->family != family || dx_addr_from_host(e->host, 0, e->family, &unused) == -EAFNOSUPPORT)
		return dx_complain_of(e->host, _("wrong kind of address"), _("-4 takes IPv4 endpoints, -6 IPv6 endpoints"));
	if (dx_endpoint_bind(e, e->family, &unused) == -EAFNOSUPPORT)
		return dx_complain_of(e->keys.bind, _("wrong kind of address"),
				      _("bind= is of the same family as the endpoint"));
	return 0;
}

/* The parts of a manner that nobody named, by the parts that somebody did. */
static void settle_manner(const dx_settings *s, dx_manner *m)
{
	dx_frame *const frames[] = { &m->frame_in, &m->frame_out };

	if (m->mode == NULL)
		m->mode = dx_mode_find("full");
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
		if (frames[i]->kind == NULL)
			(void)dx_frame_parse(s->as_bytes ? "gap:50ms" : "auto", frames[i]);
		if (m->encoding != NULL)
			dx_frame_set_unit(frames[i], m->encoding->unit_bytes, m->encoding->big_endian);
	}
}

/* An endpoint's manner is the session's, with its keys read as the options of the same names are. */
static int apply_keys(dx_command_line *line, const dx_endpoint_keys *keys, dx_manner *ret)
{
	const char *const given[][2] = { { "--encoding", keys->encoding }, { "--frame", keys->frame }, { "--eol", keys->eol },
		                         { "--mode", keys->mode } };
	dx_settings scratch = line->settings;
	int r = 0;

	for (size_t i = 0; i < sizeof given / sizeof given[0] && r == 0; i++) {
		char prefix[DX_WORDS_ROOM];
		dx_value value = { dx_option_find(dx_slice_text(given[i][0])), prefix, given[i][1], NULL, &line->owned };

		snprintf(prefix, sizeof prefix, "%s=", given[i][0] + strlen("--"));
		r = value.text == NULL ? 0 : dx_value_read(&value, &scratch);
	}
	settle_manner(&scratch, &scratch.manner);
	*ret = scratch.manner;
	return r;
}

static int check_endpoint(dx_command command, const dx_endpoint *e)
{
	if (command == DX_LISTEN && e->keys.bind != NULL)
		return dx_complain_of("bind", _("wrong key"), _("listen is told by the endpoint itself where to be"));
	if (command != DX_LISTEN && e->keys.expire >= 0)
		return dx_complain_of("expire", _("wrong key"), _("only listen forgets who has been silent"));
	if ((command == DX_CONNECT || command == DX_SEND) && is_internet(e) && e->port == 0)
		return dx_complain_of("0", _("bad port"), _("nobody can be reached at port 0; it is from 1 to 65535"));
	return 0;
}

static int check_manner(const dx_command_line *line, const dx_manner *m)
{
	const dx_settings *s = &line->settings;
	bool sends = line->command == DX_SEND;
	const char *spoken = s->reply.data != NULL ? "--reply" : s->echo ? "--echo" : s->greet.data != NULL ? "--greet" :
			     sends ? "send" : NULL;
	char words[64];

	if (spoken == NULL || m->mode->speaks)
		return 0;
	snprintf(words, sizeof words, sends ? "%s mode=%s" : "%s --mode %s", spoken, m->mode->name);
	return dx_complain_of(words, _("contradiction:"), _("in this mode nothing is sent"));
}

static int encode(const dx_settings *s, dx_text *converter, dx_slice text, dx_buf *out, dx_slice *ret_bad)
{
	return dx_text_encode_marked_into(converter, text, s->unmappable == DX_UNMAPPABLE_REPLACE, out, ret_bad);
}

/* Which frame lets a TEXT be a message is known where no line end is added to it. */
static int check_frame(const dx_settings *s, const dx_manner *m, dx_text *converter, dx_slice text)
{
	dx_frame_ends unused;
	dx_buf encoded;
	char words[96] = "--frame ";
	int r;

	if (!dx_manner_frames(m) || (m->eol_named && m->eol != DX_EOL_NONE))
		return 0;
	dx_buf_init(&encoded, DX_LIMIT_OPTION_BYTES * 4);
	r = s->hex ? dx_buf_add(&encoded, text) : encode(s, converter, text, &encoded, NULL);
	r = r < 0 ? 0 : dx_frame_wrap(&m->frame_out, dx_buf_slice(&encoded), &unused);
	dx_buf_fini(&encoded);
	(void)dx_frame_name(&m->frame_out, words + strlen(words));
	if (r == -EMSGSIZE)
		return dx_complain_of(words, _("contradiction:"), _("a message of so many bytes as TEXT has cannot be framed so"));
	return r == 0 ? 0 : dx_complain_of(words, _("contradiction:"), _("TEXT holds what ends a message of this frame"));
}

static int check_text(const dx_settings *s, dx_text *converter, dx_slice text)
{
	dx_buf encoded;
	dx_slice bad = { NULL, 0 };
	int r;

	dx_buf_init(&encoded, DX_LIMIT_OPTION_BYTES * 4);
	r = encode(s, converter, text, &encoded, &bad);
	dx_buf_fini(&encoded);
	if (r == -ENOMEM)
		return dx_no_memory();
	if (r != -EILSEQ)
		return 0;
	return dx_complain((dx_blame){ "", text, (size_t)(bad.data - text.data), bad.len }, _("unmappable:"),
			   _("%s lacks it; --unmappable replace sends a substitute"), dx_text_encoding(converter)->name);
}

/* A text that cannot be sent is better refused before anything is opened. The names in a template are ASCII, which every
 * encoding has. */
static int check_texts(const dx_settings *s, const dx_manner *m)
{
	const dx_slice others[] = { s->greet, s->reply, s->wait.until };
	dx_text *converter = NULL;
	int r = 0;

	if (m->encoding != NULL && dx_text_new(m->encoding, &converter) < 0)
		return dx_no_memory();
	for (size_t i = 0; i < sizeof others / sizeof others[0] && r == 0 && converter != NULL; i++)
		r = check_text(s, converter, others[i]);
	for (size_t i = 0; i < s->texts.count && r == 0; i++) {
		if (converter != NULL && !s->hex)
			r = check_text(s, converter, s->texts.items[i]);
		if (r == 0)
			r = check_frame(s, m, converter, s->texts.items[i]);
	}
	dx_text_free(converter);
	return r;
}

static bool is_given(const dx_command_line *line, const char *option)
{
	return line->given[dx_option_find(dx_slice_text(option)) - dx_options] != NULL;
}

static int check_options(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;
	bool raw = s->view == &dx_view_raw;
	const struct {
		bool both;
		const char *words, *why;
	} pairs[] = {
		{ is_given(line, "-4") && is_given(line, "-6"), "-4 -6", N_("without either both kinds of address are used") },
		{ s->echo && s->reply.data != NULL, "--echo --reply", N_("a message gets one answer") },
		{ s->json && s->format.data != NULL, "--json --format", N_("a message is shown in one way") },
		{ raw && s->format.data != NULL, "--show raw --format", N_("a message is shown in one way") },
		{ raw && dx_settings_ask_for_times(s), "--show raw --time", N_("raw gives the bytes as they came, and a time is none of them") },
	};

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		if (pairs[i].both)
			return dx_complain_of(pairs[i].words, _("contradiction:"), "%s", _(pairs[i].why));
	}
	if (s->format.data != NULL && s->format.len == 0)
		return dx_complain(dx_blame_all("--format ", ""), _("nothing given"), _("a template such as '[{address}]:{text}'"));
	return 0;
}

static int settle_endpoint(dx_command_line *line, dx_endpoint *e, dx_manner *m)
{
	int r = settle_family(line->settings.family, e);

	if (r == 0)
		r = apply_keys(line, &e->keys, m);
	if (r == 0)
		r = check_endpoint(line->command, e);
	if (r == 0)
		r = check_manner(line, m);
	return r < 0 ? r : check_texts(&line->settings, m);
}

static int settle(dx_command_line *line)
{
	dx_settings *s = &line->settings;
	int r = check_options(line);

	s->as_bytes = s->hex || (s->view != NULL && s->view->shows_bytes);
	if (s->timeout_ns >= 0 && s->connect_timeout_ns < 0)
		s->connect_timeout_ns = s->timeout_ns;
	if (s->timeout_ns >= 0 && s->idle_ns < 0)
		s->idle_ns = s->timeout_ns;
	for (size_t i = 0; i < s->endpoint_count && r == 0; i++)
		r = settle_endpoint(line, &s->endpoints[i], &s->manners[i]);
	settle_manner(s, &s->manner);
	return r < 0 || s->endpoint_count > 0 ? r : check_manner(line, &s->manner);
}

/* The whole */

static int read_talk(dx_command_line *line)
{
	int r = check_commands(line);

	if (r == 0)
		r = read_operands(line);
	return r < 0 ? r : settle(line);
}

static int read_line(struct parse *p)
{
	dx_command_line *line = p->line;
	int r = read_words(p);

	if (r < 0 || line->act == DX_ACT_VERSION)
		return r;
	r = read_command(line);
	if (line->command == DX_HELP) {
		line->act = DX_ACT_HELP;
		line->words++;
		line->word_count--;
	} else if (line->act == DX_ACT_HELP && line->command != DX_NO_COMMAND) {
		line->word_count = 1;           /* whatever else was typed before --help */
	}
	return r < 0 || line->act == DX_ACT_HELP ? r : read_talk(line);
}

int dx_cli_parse(int argc, char **argv, dx_command_line *ret)
{
	struct parse p = { ret, (const char *const *)argv + 1 };
	dx_settings *s = &ret->settings;
	int r;

	*ret = (dx_command_line){ .act = argc <= 1 ? DX_ACT_INTRODUCE : DX_ACT_TALK };
	s->connect_timeout_ns = s->idle_ns = s->deadline_ns = s->linger_ns = s->timeout_ns = -1;
	s->family = AF_UNSPEC;
	if (argc <= 1)
		return 0;
	ret->words = dx_own(&ret->owned, (size_t)argc * sizeof *ret->words);
	r = ret->words == NULL ? dx_no_memory() : read_line(&p);
	if (r < 0)
		dx_cli_fini(ret);
	return r;
}

void dx_cli_fini(dx_command_line *line)
{
	for (size_t i = 0; i < line->settings.endpoint_count; i++)
		dx_endpoint_fini(&line->settings.endpoints[i]);
	dx_owned_free(line->owned);
	*line = (dx_command_line){ .act = DX_ACT_INTRODUCE };
}

int dx_cli_add_endpoint(dx_command_line *line, const char *text)
{
	int r = add_endpoint(line, text, NULL);

	return r < 0 ? r : settle(line);
}
