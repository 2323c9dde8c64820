/* Three steps: read the words (options go to where the table says), settle what follows from what, check what goes together. */
#include "cli/parse.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/near.h"
#include "cli/complain.h"
#include "cli/say.h"
#include "cli/values.h"
#include "sys/sys.h"
#include "talk/mode.h"
#include "ui/view.h"

#include <stdio.h>

struct parse {
	dx_command_line *line;
	const char *const *argv;        /* ended by NULL */
	size_t next;                    /* of argv */
	const char **operands;          /* the words that are no options */
	size_t operand_count;
};

static int complain_of_word(const char *word, const char *problem, const char *expected)
{
	return dx_complain(dx_blame_all(NULL, word), problem, "%s", expected);
}

/* Options */

static int give(dx_command_line *line, const dx_option *o, const char *prefix, const char *text)
{
	dx_value value = { o, prefix, text, line->given, &line->owned };

	line->given[o - dx_options] = text;
	if (o->kind == DX_KIND_ACT) {
		line->act = line->act == DX_ACT_HELP ? line->act : (dx_act)o->first;
		return 0;
	}
	return dx_value_read(&value, &line->settings);
}

/* The argument of an option is what is joined to it, or else the next word, whatever that begins with. */
static int give_argument(struct parse *p, const dx_option *o, const char *word, const char *joined)
{
	const char *text = joined;
	char prefix[40];

	if (o->argument == NULL && joined != NULL)
		return complain_of_word(p->argv[p->next - 1], _("too much in"), _("this option takes no argument"));
	snprintf(prefix, sizeof prefix, "%s ", word);
	if (o->argument == NULL)
		text = "";
	else if (text == NULL && o->argument[0] == '[')
		text = "";
	else if (text == NULL && (text = p->argv[p->next++]) == NULL)
		return dx_complain(dx_blame_all(NULL, word), _("nothing behind"), _("write %s %s"), word, o->argument);
	return give(p->line, o, prefix, text);
}

static int complain_of_option(const char *word)
{
	dx_blame name = { NULL, dx_slice_text(word), 0, strcspn(word, "=") };
	const char *names[DX_OPTION_MAX];
	int near;

	for (size_t i = 0; i < dx_option_count; i++)
		names[i] = dx_options[i].name;
	near = dx_near_find(dx_slice_of(word + 2, name.len - 2), names, dx_option_count);
	if (near >= 0)
		return dx_complain(name, _("unknown option"), _("perhaps --%s was meant"), names[near]);
	return dx_complain(name, _("unknown option"), _("`duplex help COMMAND` lists those of a command"));
}

static int read_long(struct parse *p, const char *word)
{
	size_t len = strcspn(word + 2, "=");
	const dx_option *o = dx_option_find(dx_slice_of(word + 2, len));
	char name[40];

	if (o == NULL)
		return complain_of_option(word);
	return give_argument(p, o, dx_option_word(o, name), word[2 + len] == '=' ? word + 2 + len + 1 : NULL);
}

/* nc's letters that mean nothing here, and the words to use. */
static const struct {
	char letter;
	const char *instead;
} ncs[] = {
	{ 'l', N_("listening is a command: duplex listen ENDPOINT") },
	{ 'u', N_("UDP is said by the endpoint: udp://HOST:PORT") },
	{ 'k', N_("duplex listen goes on after a peer has left; --once serves only one") },
	{ 'p', N_("the local port is a key of the endpoint: tcp://HOST:PORT,bind=:PORT") },
	{ 'z', N_("duplex scans no ports; to try one: duplex send tcp://HOST:PORT </dev/null") },
	{ 'N', N_("duplex always finishes writing when its input ends") },
	{ 'U', N_("a Unix socket is said by the endpoint: unix:PATH") },
	{ 'C', N_("the line end is named: --eol crlf") },
};

static int complain_of_letter(const char *word, size_t at)
{
	dx_blame blame = { NULL, dx_slice_text(word), at, 1 };

	for (size_t i = 0; i < sizeof ncs / sizeof ncs[0]; i++) {
		if (ncs[i].letter == word[at])
			return dx_complain(blame, _("nc's option"), "%s", _(ncs[i].instead));
	}
	while (blame.at + blame.len < blame.text.len && (blame.text.data[blame.at + blame.len] & 0xc0) == 0x80)
		blame.len++;
	return dx_complain(blame, _("unknown option"), _("`duplex help COMMAND` lists those of a command"));
}

/* Letters without an argument may be joined: -nq4; the first that takes one takes the rest of the word. */
static int read_letters(struct parse *p, const char *word)
{
	for (size_t at = 1; word[at] != 0; at++) {
		const dx_option *o = dx_option_find_letter(word[at]);
		char name[40] = { '-', word[at] };
		int r;

		if (o == NULL)
			return complain_of_letter(word, at);
		if (o->argument != NULL)
			return give_argument(p, o, name, word[at + 1] != 0 ? word + at + 1 : NULL);
		r = give_argument(p, o, name, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_arguments(struct parse *p)
{
	bool options = true;
	const char *word;
	int r = 0;

	while (r == 0 && (word = p->argv[p->next]) != NULL) {
		p->next++;
		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && strncmp(word, "--", 2) == 0)
			r = read_long(p, word);
		else if (options && word[0] == '-' && word[1] != 0)
			r = read_letters(p, word);
		else
			p->operands[p->operand_count++] = word;
		if (p->operand_count == 1 && strcmp(p->operands[0], dx_command_names[DX_HELP]) == 0)
			options = false;        /* `duplex help --reply` asks about it */
	}
	return r;
}

/* The command and its endpoints and texts */

static int read_command(struct parse *p)
{
	const char *word = p->operand_count > 0 ? p->operands[0] : "";
	int near;

	p->line->command = dx_command_find(word);
	if (p->line->command != DX_NO_COMMAND || p->line->act == DX_ACT_HELP)
		return 0;
	near = dx_near_find(dx_slice_text(word), dx_command_names + 1, DX_COMMAND_COUNT - 1);
	if (near >= 0)
		return dx_complain(dx_blame_all(NULL, word), _("unknown command"), _("perhaps %s was meant"), dx_command_names[1 + near]);
	return complain_of_word(word, *word == 0 ? _("no command") : _("unknown command"),
				_("the first word is listen, connect, send, chat or help, as in duplex listen 8090"));
}

static int check_commands(const dx_command_line *line)
{
	for (size_t i = 0; i < dx_option_count; i++) {
		const dx_option *o = &dx_options[i];
		char word[40], takers[64] = "";
		size_t used = 0;

		if (line->given[i] == NULL || o->commands >> line->command & 1)
			continue;
		for (size_t c = 0; c < DX_COMMAND_COUNT; c++) {
			if (o->commands >> c & 1)
				used += (size_t)snprintf(takers + used, sizeof takers - used, " %s", dx_command_names[c]);
		}
		return dx_complain(dx_blame_all(NULL, dx_option_word(o, word)), _("misplaced option"), _("%s does not take it, only%s"),
				   dx_command_names[line->command], takers);
	}
	return 0;
}

static int add_endpoint(dx_command_line *line, const char *host, const char *port, size_t max)
{
	dx_settings *s = &line->settings;
	dx_complaint wrong;
	bool port_blamed = port != NULL;
	const char *text = host;
	int r;

	if (s->endpoint_count == max)
		return dx_complain(dx_blame_all(NULL, host), _("one endpoint too many:"), _("%s takes at most %zu"),
				   dx_command_names[line->command], max);
	r = port == NULL ? dx_endpoint_parse(text, &s->endpoints[s->endpoint_count], &wrong) :
		           dx_endpoint_from_words(host, port, &s->endpoints[s->endpoint_count], &wrong, &port_blamed);
	if (r == -ENOMEM)
		return dx_no_memory();
	if (r < 0)
		return dx_complain((dx_blame){ NULL, dx_slice_text(port_blamed ? port : text), wrong.at, wrong.len }, _(wrong.problem),
				   "%s", _(wrong.expected));
	s->endpoint_count++;
	return 0;
}

static bool is_host(const char *word)
{
	return strpbrk(word, ":/") == NULL && word[strspn(word, "0123456789")] != 0;
}

static int read_endpoints(struct parse *p, size_t max)
{
	int r = 0;

	for (size_t i = 1; i < p->operand_count && r == 0; i++) {
		bool pair = is_host(p->operands[i]) && i + 1 < p->operand_count;

		r = add_endpoint(p->line, p->operands[i], pair ? p->operands[i + 1] : NULL, max);
		i += pair;
	}
	return r;
}

static int read_send(struct parse *p)
{
	int r = p->operand_count < 2 ? 0 : add_endpoint(p->line, p->operands[1], NULL, 1);

	for (size_t i = 2; i < p->operand_count && r == 0; i++) {
		dx_value text = { NULL, NULL, p->operands[i], NULL, &p->line->owned };

		r = dx_value_add_text(&text, p->line->settings.hex, &p->line->settings.texts);
	}
	return r;
}

static int read_operands(struct parse *p)
{
	dx_settings *s = &p->line->settings;
	dx_command command = p->line->command;
	int r;

	s->endpoints = dx_own(&p->line->owned, DX_LIMIT_ENDPOINTS * sizeof *s->endpoints);
	s->manners = dx_own(&p->line->owned, DX_LIMIT_ENDPOINTS * sizeof *s->manners);
	if (s->endpoints == NULL || s->manners == NULL)
		return dx_no_memory();
	r = command == DX_SEND ? read_send(p) : read_endpoints(p, command == DX_LISTEN ? DX_LIMIT_ENDPOINTS : 1);
	if (r == 0 && s->endpoint_count == 0 && command != DX_CHAT)
		return dx_complain(dx_blame_all(NULL, dx_command_names[command]), _("no endpoint behind"),
				   command == DX_LISTEN ? _("say where, as in duplex listen tcp://:8090") :
				                          _("say to whom, as in duplex %s tcp://HOST:PORT"), dx_command_names[command]);
	return r;
}

/* What follows from what */

static int settle_family(const dx_settings *s, dx_endpoint *e)
{
	dx_addr unused;
	bool internet = e->transport == DX_TCP || e->transport == DX_UDP;

	if (!internet || s->family == AF_UNSPEC)
		return 0;
	if (e->family == AF_UNSPEC)
		e->family = s->family;
	if (e->family != s->family || dx_addr_from_host(e->host, 0, e->family, &unused) == -EAFNOSUPPORT)
		return complain_of_word(e->host, _("wrong kind of address"), _("-4 takes IPv4 endpoints, -6 IPv6 endpoints"));
	if (dx_endpoint_bind(e, e->family, &unused) == -EAFNOSUPPORT)
		return complain_of_word(e->keys.bind, _("wrong kind of address"), _("bind= is of the same family as the endpoint"));
	return 0;
}

/* The parts of a manner that nobody named, by the parts that somebody did. */
static void settle_manner(const dx_settings *s, dx_manner *m)
{
	bool bytes = s->hex || (s->view != NULL && s->view->shows_bytes);
	const char *fallback = bytes ? "gap:50ms" : "auto";

	if (m->mode == NULL)
		m->mode = dx_mode_find("full");
	if (m->frame_in.kind == NULL)
		(void)dx_frame_parse(fallback, &m->frame_in);
	if (m->frame_out.kind == NULL)
		(void)dx_frame_parse(fallback, &m->frame_out);
	if (m->encoding != NULL) {
		dx_frame_set_unit(&m->frame_in, m->encoding->unit_bytes, m->encoding->big_endian);
		dx_frame_set_unit(&m->frame_out, m->encoding->unit_bytes, m->encoding->big_endian);
	}
}

/* An endpoint's manner is the session's, with its keys read as the options of the same names are. */
static int apply_keys(dx_command_line *line, const dx_endpoint_keys *keys, dx_manner *ret)
{
	const struct {
		const char *name, *text;
	} given[] = { { "encoding", keys->encoding }, { "frame", keys->frame }, { "eol", keys->eol }, { "mode", keys->mode } };
	dx_settings scratch = line->settings;
	int r = 0;

	for (size_t i = 0; i < sizeof given / sizeof given[0] && r == 0; i++) {
		dx_value value = { dx_option_find(dx_slice_text(given[i].name)), NULL, given[i].text, NULL, &line->owned };
		char prefix[16];

		snprintf(prefix, sizeof prefix, "%s=", given[i].name);
		value.prefix = prefix;
		r = given[i].text == NULL ? 0 : dx_value_read(&value, &scratch);
	}
	settle_manner(&scratch, &scratch.manner);
	*ret = scratch.manner;
	return r;
}

static int settle(dx_command_line *line)
{
	dx_settings *s = &line->settings;
	int r = 0;

	if (s->timeout_ns >= 0 && s->connect_timeout_ns < 0)
		s->connect_timeout_ns = s->timeout_ns;
	if (s->timeout_ns >= 0 && s->idle_ns < 0)
		s->idle_ns = s->timeout_ns;
	for (size_t i = 0; i < s->endpoint_count && r == 0; i++) {
		r = settle_family(s, &s->endpoints[i]);
		if (r == 0)
			r = apply_keys(line, &s->endpoints[i].keys, &s->manners[i]);
	}
	settle_manner(s, &s->manner);
	return r;
}

/* What goes together */

static int contradiction(const char *words, const char *why)
{
	return complain_of_word(words, _("contradiction:"), why);
}

static bool is_given(const dx_command_line *line, char letter)
{
	return line->given[dx_option_find_letter(letter) - dx_options] != NULL;
}

static int check_options(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;

	if (is_given(line, '4') && is_given(line, '6'))
		return contradiction("-4 -6", _("without either both kinds of address are used"));
	if (s->echo && s->reply.data != NULL)
		return contradiction("--echo --reply", _("a message gets one answer"));
	if (s->format.data != NULL && s->format.len == 0)
		return dx_complain(dx_blame_all("--format ", ""), _("nothing given"), _("a template such as '[{address}]:{text}'"));
	if (s->json && s->format.data != NULL)
		return contradiction("--json --format", _("a message is shown in one way"));
	return 0;
}

static int check_manner(const dx_command_line *line, const dx_manner *m)
{
	const dx_settings *s = &line->settings;
	char words[64];
	const char *spoken = s->reply.data != NULL ? "--reply" : s->echo ? "--echo" : s->greet.data != NULL ? "--greet" :
			     line->command == DX_SEND ? "send" : NULL;

	if (spoken == NULL || m->mode->speaks)
		return 0;
	snprintf(words, sizeof words, line->command == DX_SEND ? "%s mode=%s" : "%s --mode %s", spoken, m->mode->name);
	return contradiction(words, _("in this mode nothing is sent"));
}

static int check_endpoint(dx_command command, const dx_endpoint *e)
{
	bool internet = e->transport == DX_TCP || e->transport == DX_UDP;

	if (command == DX_LISTEN && e->keys.bind != NULL)
		return complain_of_word("bind", _("wrong key"), _("listen is told by the endpoint itself where to be"));
	if (command != DX_LISTEN && e->keys.expire >= 0)
		return complain_of_word("expire", _("wrong key"), _("only listen forgets who has been silent"));
	if ((command == DX_CONNECT || command == DX_SEND) && internet && e->port == 0)
		return complain_of_word("0", _("bad port"), _("nobody can be reached at port 0; it is from 1 to 65535"));
	return 0;
}

/* A text that cannot be sent is better refused before anything is opened. The names in a template are ASCII, which every
 * encoding has. */
static int check_text(const dx_settings *s, dx_text *converter, dx_slice text)
{
	dx_buf encoded;
	dx_slice bad = { NULL, 0 };
	int r;

	dx_buf_init(&encoded, DX_LIMIT_OPTION_BYTES * 4);
	r = dx_text_encode(converter, text, s->unmappable == DX_UNMAPPABLE_REPLACE, &encoded, &bad);
	dx_buf_fini(&encoded);
	if (r == -ENOMEM)
		return dx_no_memory();
	if (r != -EILSEQ)
		return 0;
	return dx_complain((dx_blame){ NULL, text, (size_t)(bad.data - text.data), bad.len }, _("unmappable:"),
			   _("%s lacks it; --unmappable replace sends a substitute"), dx_text_encoding(converter)->name);
}

static int check_texts(const dx_settings *s, const dx_manner *m)
{
	const dx_slice others[] = { s->greet, s->reply, s->wait.until };
	dx_text *converter;
	int r = 0;

	if (m->encoding == NULL)
		return 0;
	if (dx_text_new(m->encoding, &converter) < 0)
		return dx_no_memory();
	for (size_t i = 0; i < sizeof others / sizeof others[0] && r == 0; i++)
		r = others[i].len == 0 ? 0 : check_text(s, converter, others[i]);
	for (size_t i = 0; i < s->texts.count && !s->hex && r == 0; i++)
		r = check_text(s, converter, s->texts.items[i]);
	dx_text_free(converter);
	return r;
}

static int check(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;
	int r = check_options(line);

	if (r == 0 && s->endpoint_count == 0)
		r = check_manner(line, &s->manner);
	for (size_t i = 0; i < s->endpoint_count && r == 0; i++) {
		r = check_endpoint(line->command, &s->endpoints[i]);
		if (r == 0)
			r = check_manner(line, &s->manners[i]);
		if (r == 0)
			r = check_texts(s, &s->manners[i]);
	}
	return r;
}

/* The whole */

static int read_line(struct parse *p)
{
	dx_command_line *line = p->line;
	int r = read_arguments(p);

	if (r == 0 && line->act != DX_ACT_VERSION)
		r = read_command(p);
	if (r < 0 || line->act == DX_ACT_VERSION)
		return r;
	line->words = p->operands;
	line->word_count = p->operand_count;
	if (line->command == DX_HELP) {
		line->act = DX_ACT_HELP;
		line->words++;
		line->word_count--;
	} else if (line->act == DX_ACT_HELP && line->command != DX_NO_COMMAND) {
		line->word_count = 1;           /* whatever else was typed before --help */
	}
	if (line->act == DX_ACT_HELP)
		return 0;
	r = check_commands(line);
	if (r == 0)
		r = read_operands(p);
	if (r == 0)
		r = settle(line);
	return r < 0 ? r : check(line);
}

int dx_cli_parse(int argc, char **argv, dx_command_line *ret)
{
	struct parse p = { ret, (const char *const *)argv, 1, NULL, 0 };
	dx_settings *s = &ret->settings;
	int r;

	*ret = (dx_command_line){ .act = argc <= 1 ? DX_ACT_INTRODUCE : DX_ACT_TALK };
	s->connect_timeout_ns = s->idle_ns = s->deadline_ns = s->linger_ns = s->timeout_ns = -1;
	s->family = AF_UNSPEC;
	if (argc <= 1)
		return 0;
	p.operands = dx_own(&ret->owned, (size_t)argc * sizeof *p.operands);
	r = p.operands == NULL ? dx_no_memory() : read_line(&p);
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
	int r = add_endpoint(line, text, NULL, 1);

	if (r == 0)
		r = settle(line);
	return r < 0 ? r : check(line);
}

int dx_cli_set(dx_command_line *line, const char *option, const char *value)
{
	char prefix[40], *copy = dx_own(&line->owned, strlen(value) + 1);
	int r;

	if (copy == NULL)
		return dx_no_memory();
	memcpy(copy, value, strlen(value));
	snprintf(prefix, sizeof prefix, "--%s ", option);
	r = give(line, dx_option_find(dx_slice_text(option)), prefix, copy);
	if (r == 0)
		r = settle(line);
	return r < 0 ? r : check(line);
}
