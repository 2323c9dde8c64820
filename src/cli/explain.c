/* --explain: the settings as they were understood, endpoint by endpoint and option by option. */
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/say.h"
#include "talk/mode.h"

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
	for (size_t i = 0; i < s->texts.count; i++) {
		dx_buf b;

		dx_buf_init(&b, LINE_BYTES);
		dx_add_safe(&b, s->texts.items[i]);
		put(_("message"), &b);
	}
	for (size_t i = 0; i < dx_option_count; i++)
		put_option(line, &dx_options[i]);
}
