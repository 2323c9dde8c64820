/* --explain: the settings as they were understood, endpoint by endpoint and option by option. */
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/page.h"
#include "ui/say.h"
#include "talk/mode.h"
#include "ui/view.h"

#include <stdio.h>

#define AT 20                   /* the column where values begin */
#define LINE_BYTES 4096

/* A row: the value is what `b` holds, which is empty afterwards. */
static void put(const char *name, dx_buf *b)
{
	dx_put_padded(name, AT);
	printf("%.*s\n", (int)b->used, (const char *)dx_buf_slice(b).data);
	dx_buf_clear(b);
}

static void put_text(const char *name, const char *text)
{
	dx_put_padded(name, AT);
	puts(text);
}

static void add_place(dx_buf *b, const dx_endpoint *e)
{
	static const char *const names[] = { [DX_TCP] = "TCP", [DX_UDP] = "UDP", [DX_UNIX] = N_("Unix stream"),
		                             [DX_UNIX_DGRAM] = N_("Unix datagrams"), [DX_FD] = N_("descriptor") };

	(void)dx_buf_printf(b, "%s ", _(names[e->transport]));
	if (e->transport == DX_FD)
		(void)dx_buf_printf(b, "%d", e->fd);
	else if (e->host == NULL)
		dx_add_safe(b, e->path);
	else if (e->host[0] == 0)
		(void)dx_buf_printf(b, ":%u", e->port);
	else {
		dx_add_safe(b, dx_slice_text(e->host));
		(void)dx_buf_printf(b, _(" port %u"), e->port);
	}
	(void)dx_buf_add_text(b, e->family == AF_INET ? ", IPv4" : e->family == AF_INET6 ? ", IPv6" : "");
}

static void put_endpoint(dx_buf *b, const dx_endpoint *e, const dx_manner *m)
{
	const dx_option *eol = dx_option_find(dx_slice_text("--eol"));
	char in[64], out[64];

	add_place(b, e);
	if (e->keys.bind != NULL) {
		(void)dx_buf_add_text(b, _(", from "));
		dx_add_safe(b, dx_slice_text(e->keys.bind));
	}
	put(_("endpoint"), b);
	(void)dx_buf_printf(b, _("mode %s, encoding %s, frame in %s, frame out %s, eol %s"), m->mode->name,
			    m->encoding != NULL ? m->encoding->name : "utf-8", dx_frame_name(&m->frame_in, in),
			    dx_frame_name(&m->frame_out, out), eol->choices[m->eol]);
	put("", b);
}

static bool told_by_endpoint(const dx_option *o)
{
	return o->place < sizeof(dx_manner);    /* the manner is the first of the settings */
}

static const char *shown(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;
	bool is_text = line->command == DX_CHAT || (line->command == DX_LISTEN && !s->once) || dx_settings_ask_for_times(s);

	if (s->json)
		return _("JSON lines");
	if (s->format.data != NULL)
		return _("as --format says");
	if (s->view != NULL)
		return s->view->name;
	return is_text ? _("text") : _("text at a terminal, raw elsewhere");
}

static const char *const ends_of_send[] = {
	[DX_WAIT_NONE] = N_("all was acknowledged"),
	[DX_WAIT_CLOSE] = N_("the other side has finished"),
	[DX_WAIT_COUNT] = N_("so many messages as --wait says were received"),
	[DX_WAIT_IDLE] = N_("the other side was silent for as long as --wait says"),
	[DX_WAIT_UNTIL] = N_("what came contains the text of --wait"),
};

/* What ends it as long as nothing goes wrong; what the options add to that is told with them. */
static const char *end_of(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;
	bool stream = s->endpoint_count == 0 || dx_endpoint_is_stream(&s->endpoints[0]);

	if (line->command == DX_SEND)
		return _(ends_of_send[s->wait.kind]);
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

static void put_option(dx_buf *b, const dx_command_line *line, const dx_option *o)
{
	const char *given = line->given[o - dx_options], *value = given != NULL ? given : o->fallback;

	if (!dx_option_is_for(o, line->command) || o->kind == DX_KIND_ACT || told_by_endpoint(o) || value == NULL)
		return;
	if (o->kind == DX_KIND_WORDS)
		add_words(b, (const dx_texts *)((const char *)&line->settings + o->place));
	else
		dx_add_safe(b, dx_slice_text(value));
	(void)dx_buf_add_text(b, given == NULL ? _(" (by default)") : *given == 0 ? _("yes") : "");
	put(o->name, b);
}

void dx_explain(const dx_command_line *line)
{
	const dx_settings *s = &line->settings;
	dx_buf b;

	dx_buf_init(&b, LINE_BYTES);
	put_text(dx_commands[line->command].name, _(dx_commands[line->command].line));
	for (size_t i = 0; i < s->endpoint_count; i++)
		put_endpoint(&b, &s->endpoints[i], &s->manners[i]);
	put_text(_("shown"), shown(line));
	put_text(_("ends when"), end_of(line));
	for (size_t i = 0; i < s->texts.count; i++) {
		dx_add_safe(&b, s->texts.items[i]);
		put(_("message"), &b);
	}
	for (size_t i = 0; i < dx_option_count; i++)
		put_option(&b, line, &dx_options[i]);
	dx_buf_fini(&b);
}
