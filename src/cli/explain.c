/* --explain: the settings as they were understood, endpoint by endpoint and option by option. */
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/say.h"
#include "talk/mode.h"
#include "ui/view.h"

#include <stdio.h>

#define AT 20                   /* the column where values begin */
#define LINE_BYTES 4096

static void put(const char *name, dx_buf *value)
{
	printf("%-*s%.*s\n", AT, name, (int)value->used, value->used > 0 ? (const char *)dx_buf_slice(value).data : "");
	dx_buf_fini(value);
}

static void add_place(dx_buf *b, const dx_endpoint *e)
{
	static const char *const names[] = { [DX_TCP] = "TCP", [DX_UDP] = "UDP", [DX_UNIX] = N_("Unix stream"),
		                             [DX_UNIX_DGRAM] = N_("Unix datagrams"), [DX_FD] = N_("descriptor") };
	bool internet = e->transport == DX_TCP || e->transport == DX_UDP;

	(void)dx_buf_printf(b, "%s ", _(names[e->transport]));
	if (e->transport == DX_FD)
		(void)dx_buf_printf(b, "%d", e->fd);
	else if (!internet)
		dx_add_safe(b, e->path);
	else
		dx_add_safe(b, dx_slice_text(e->host));
	if (internet)
		(void)dx_buf_printf(b, e->host[0] == 0 ? "%s%u" : _("%s port %u"), e->host[0] == 0 ? ":" : "", e->port);
}

static const char *family_name(int family)
{
	return family == AF_INET ? ", IPv4" : family == AF_INET6 ? ", IPv6" : "";
}

static void put_endpoint(const dx_endpoint *e, const dx_manner *m)
{
	static const char *const eols[] = { "follow", "lf", "crlf", "cr", "nul", "none" };
	char in[64], out[64];
	dx_buf b;

	dx_buf_init(&b, LINE_BYTES);
	add_place(&b, e);
	(void)dx_buf_printf(&b, "%s", family_name(e->family));
	if (e->keys.bind != NULL) {
		(void)dx_buf_add_text(&b, _(", from "));
		dx_add_safe(&b, dx_slice_text(e->keys.bind));
	}
	put(_("endpoint"), &b);
	dx_buf_init(&b, LINE_BYTES);
	(void)dx_buf_printf(&b, _("mode %s, encoding %s, frame in %s, frame out %s, eol %s"), m->mode->name,
			    m->encoding != NULL ? m->encoding->name : "utf-8", dx_frame_name(&m->frame_in, in),
			    dx_frame_name(&m->frame_out, out), eols[m->eol]);
	put("", &b);
}

static bool told_by_endpoint(const dx_option *o)
{
	return o->place < sizeof(dx_manner);    /* the manner is the first of the settings */
}

static void put_text(const char *name, const char *text)
{
	printf("%-*s%s\n", AT, name, text);
}

static void put_shown(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;
	bool many = line->command == DX_LISTEN && !s->once;

	if (s->json)
		put_text(_("shown"), _("JSON lines"));
	else if (s->format.data != NULL)
		put_text(_("shown"), _("as --format says"));
	else if (s->view != NULL)
		put_text(_("shown"), s->view->name);
	else
		put_text(_("shown"), many ? _("text") : _("text at a terminal, raw elsewhere"));
}

static const char *end_of_send(const dx_wait *wait)
{
	switch (wait->kind) {
	case DX_WAIT_NONE:
		return _("all was acknowledged");
	case DX_WAIT_CLOSE:
		return _("the other side has finished");
	case DX_WAIT_COUNT:
		return _("so many messages as --wait says were received");
	case DX_WAIT_IDLE:
		return _("the other side was silent for as long as --wait says");
	case DX_WAIT_UNTIL:
		return _("what came contains the text of --wait");
	}
	return "";
}

/* What ends it as long as nothing goes wrong; what the options add to that is told with them. */
static const char *end_of(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;
	bool stream = s->endpoint_count == 0 || dx_endpoint_is_stream(&s->endpoints[0]);

	if (line->command == DX_SEND)
		return end_of_send(&s->wait);
	if (line->command == DX_LISTEN)
		return s->once ? _("its one peer has gone") : _("somebody ends it, by Ctrl-C");
	return stream ? _("the other side has finished") : _("input has ended, and late answers had their time");
}

static void add_words(dx_buf *b, const dx_texts *words)
{
	for (size_t i = 0; i < words->count; i++) {
		(void)dx_buf_add_text(b, i > 0 ? " " : "");
		dx_add_safe(b, words->items[i]);
	}
}

static void put_option(const dx_command_line *line, const dx_option *o)
{
	const char *given = line->given[o - dx_options];
	char word[40];
	dx_buf b;

	if (!(o->commands >> line->command & 1) || o->kind == DX_KIND_ACT || told_by_endpoint(o))
		return;
	if (given == NULL && o->fallback == NULL)
		return;
	dx_buf_init(&b, LINE_BYTES);
	if (o->kind == DX_KIND_WORDS)
		add_words(&b, (const dx_texts *)((const char *)&line->settings + o->place));
	else
		dx_add_safe(&b, dx_slice_text(given != NULL ? given : o->fallback));
	(void)dx_buf_add_text(&b, given == NULL ? _(" (by default)") : *given == 0 ? _("yes") : "");
	put(dx_option_word(o, word), &b);
}

void dx_explain(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;

	printf("%-*s%s\n", AT, dx_command_names[line->command], dx_command_line_of(line->command));
	for (size_t i = 0; i < s->endpoint_count; i++)
		put_endpoint(&s->endpoints[i], &s->manners[i]);
	put_shown(line);
	put_text(_("ends when"), end_of(line));
	for (size_t i = 0; i < s->texts.count; i++) {
		dx_buf b;

		dx_buf_init(&b, LINE_BYTES);
		dx_add_safe(&b, s->texts.items[i]);
		put(_("message"), &b);
	}
	for (size_t i = 0; i < dx_option_count; i++)
		put_option(line, &dx_options[i]);
}
