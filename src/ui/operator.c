#include "ui/operator.h"
#include "base/number.h"
#include "codec/safe.h"
#include "sys/sys.h"
#include "talk/feed.h"
#include "talk/mode.h"
#include "talk/peers.h"
#include "ui/notices.h"
#include "ui/operator_priv.h"

#include <stdarg.h>
#include <stdio.h>

void dx__operator_say(dx_operator *o, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	dx_buf_clear(&o->text);
	(void)dx_safe_add(&o->text, dx_slice_text(text), 0, NULL);
	(void)dx_buf_add_text(&o->text, "\n");
	dx_console_write(o->screen->console, dx_buf_slice(&o->text), 2);
}

/* Speaking */

static bool is_reached(const dx_targets *to, const dx_peer *p)
{
	return p != NULL && dx_targets_hold(to, p->number) && dx_may_speak(p);
}

static void add_number(dx_screen *screen, size_t *used, uint32_t number)
{
	size_t room = sizeof screen->typed_to;
	bool first = *used == 0 || screen->typed_to[*used - 1] == ' ';

	if (*used < room - 12)
		*used += (size_t)snprintf(screen->typed_to + *used, room - *used, "%s#%u", first ? "" : ",", number);
}

/* Those whom /to chose in its order, else those who are here. */
static void name_each(dx_screen *screen, const dx_targets *to, size_t used)
{
	dx_session *s = screen->session;

	for (size_t i = 0; i < to->count; i++) {
		if (is_reached(to, dx_session_find_peer(s, to->numbers[i])))
			add_number(screen, &used, to->numbers[i]);
	}
	for (const dx_peer *p = NULL; to->count == 0 && (p = dx_session_next_peer(s, p)) != NULL;) {
		if (is_reached(to, p))
			add_number(screen, &used, p->number);
	}
}

/* Who speaks, where that was named, and to whom, as it is shown before what was said: nothing where the address of the one who is
 * spoken to tells it. Who may not be spoken to now is not named. */
static void name_targets(dx_operator *o, const dx_targets *to)
{
	dx_screen *screen = o->screen;
	dx_session *s = screen->session;
	const char *name = screen->settings->name;
	size_t room = sizeof screen->typed_to, used = 0, count = 0, reached = 0;

	for (const dx_peer *p = NULL; (p = dx_session_next_peer(s, p)) != NULL; count++)
		reached += is_reached(to, p);
	screen->typed_shown = false;
	(void)snprintf(screen->typed_to, room, "%s%s", name != NULL ? name : "", name != NULL && count > 1 ? " " : "");
	used = strlen(screen->typed_to);
	if (to->count == 0 && reached == count && count > 1)
		(void)snprintf(screen->typed_to + used, room - used, _("all %zu"), count);
	else if (name != NULL ? count > 1 : reached > 1)
		name_each(screen, to, used);
}

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

bool dx__operator_takes_turns(const dx_operator *o)
{
	bool may_speak;

	return takes_turns(o, &may_speak);
}

/* What became of it: true where it was said, or can never be. */
static bool answer(dx_operator *o, int r, dx_slice line, size_t at)
{
	dx_session *s = o->screen->session;

	if (r == -EAGAIN && !dx__operator_takes_turns(o))
		dx__operator_say(o, _("(in the mode simplex-in nothing is sent; /mode full speaks again)"));
	else if (r == -EAGAIN)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOT_YOUR_TURN });
	else if (r == -EINVAL)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOT_HEX, .detail = line, .number = at + 1 });
	else if (r == -ENOTCONN && o->to.count > 0)
		dx__operator_say(o, _("(nobody of those whom /to chose is here; /all speaks to everybody)"));
	else if (r == -ENOTCONN)
		dx_session_note(s, &(dx_event){ .note = DX_NOTE_NOBODY });
	else if (r == -EBUSY)
		dx__operator_say(o, _("(a file is still on its way there; it was not sent; /stop gives the file up)"));
	else if (r == -ENOBUFS)
		dx__operator_say(o, _("(not sent: too much is waiting to be taken)"));
	dx_operator_tell_turn(o);
	return r > 0;
}

bool dx__operator_speak(dx_operator *o, const dx_targets *to, dx_slice line)
{
	size_t at = 0;
	int r;

	name_targets(o, to);
	r = dx_feed_goes_to(o->screen->session, to) ? -EBUSY
	    : o->screen->settings->hex              ? dx_order_hex(o->screen->session, to, line, &at)
						    : dx_order_line(o->screen->session, to, line);
	if (r > 0) {
		o->has_last = true;
		dx_buf_clear(&o->last);
		(void)dx_buf_add(&o->last, line);
	}
	return answer(o, r, line, at);
}

bool dx__operator_speak_hex(dx_operator *o, const dx_targets *to, dx_slice hex)
{
	size_t at = 0;
	int r;

	name_targets(o, to);
	r = dx_feed_goes_to(o->screen->session, to) ? -EBUSY : dx_order_hex(o->screen->session, to, hex, &at);
	return answer(o, r, hex, at);
}

int dx__operator_send_file(dx_operator *o, const dx_targets *to, const char *path)
{
	int r = dx_order_file(o->screen->session, to, path);

	if (r == -ENOTCONN || r == -EAGAIN)
		(void)answer(o, r, dx_slice_of("", 0), 0);
	return r;
}

/* What is shown of it */

const char *dx_operator_prompt(dx_operator *o)
{
	size_t used = 0, i = 0;
	bool may_speak;

	o->prompt[0] = 0;
	if (!o->screen->listens && dx_session_next_peer(o->screen->session, NULL) == NULL)
		return "";
	if (takes_turns(o, &may_speak) && !may_speak)
		return "";
	for (; i < o->to.count && used < sizeof o->prompt - 24; i++)
		used += (size_t)snprintf(o->prompt + used, sizeof o->prompt - used, "%s%u", i > 0 ? "," : "",
					 o->to.numbers[i]);
	if (i < o->to.count)
		used += (size_t)snprintf(o->prompt + used, sizeof o->prompt - used, ",…");
	(void)snprintf(o->prompt + used, sizeof o->prompt - used, "> ");
	return o->prompt;
}

void dx_operator_tell_turn(dx_operator *o)
{
	bool may_speak, takes = takes_turns(o, &may_speak);

	if (takes && may_speak != o->had_turn)
		dx__operator_say(o, may_speak ? _("(your turn)") : _("(the other side's turn)"));
	o->had_turn = takes ? may_speak : true;
}

void dx_operator_say_farewell(dx_operator *o)
{
	dx__operator_say(o, _("(nothing more can be typed; Ctrl-C ends it)"));
}

void dx_operator_say_no_history(dx_operator *o)
{
	dx__operator_say(o, _("duplex: what is typed is not kept: %s is no file, or larger than 16 MiB"),
			 o->screen->settings->history_file);
}

void dx__operator_add_both_ways(dx_buf *out, const uint64_t messages[2], const uint64_t bytes[2])
{
	(void)dx_buf_add_text(out, _("in "));
	dx_add_amount(out, messages[DX_IN], bytes[DX_IN]);
	(void)dx_buf_add_text(out, _("; out "));
	dx_add_amount(out, messages[DX_OUT], bytes[DX_OUT]);
}

void dx_operator_add_status(dx_operator *o, dx_buf *out)
{
	int64_t now_ns = dx_clock_ns();
	uint64_t bytes = o->bytes[DX_IN] + o->bytes[DX_OUT];
	size_t peers = 0;

	for (const dx_peer *p = NULL; (p = dx_session_next_peer(o->screen->session, p)) != NULL;)
		peers++;
	if (now_ns - o->rate_ns >= DX_NS_PER_S) {
		o->rate = (double)(bytes - o->rate_bytes) * 1e9 / (double)(now_ns - o->rate_ns);
		o->rate_ns = now_ns;
		o->rate_bytes = bytes;
	}
	(void)dx_buf_printf(out, ngettext("%zu peer; ", "%zu peers; ", peers), peers);
	dx__operator_add_both_ways(out, o->messages, o->bytes);
	(void)dx_buf_printf(out, _("; %.0f bytes/s"), o->rate);
}

/* As a sink it counts. */

static void message(dx_sink *k, const dx_message *m)
{
	dx_operator *o = (dx_operator *)k;

	o->messages[m->direction] += (m->flags & DX_MESSAGE_PARTIAL) == 0;
	o->bytes[m->direction] += m->bytes.len + m->eol.len;
	dx_console_touch(o->screen->console);
}

static void event(dx_sink *k, const dx_event *e)
{
	(void)e;
	dx_console_touch(((dx_operator *)k)->screen->console);
}

static const dx_sink_kind kind = { .name = "operator", .message = message, .event = event };

int dx_operator_new(dx_screen *screen, dx_operator **ret)
{
	dx_operator *o = dx_sys_calloc(1, sizeof *o);
	int r;

	if (o == NULL)
		return -ENOMEM;
	o->sink.kind = &kind;
	o->screen = screen;
	o->had_turn = true;
	o->rate_ns = dx_clock_ns();
	dx_buf_init(&o->last, DX_LINE_LIMIT);
	dx_buf_init(&o->text, DX_LINE_LIMIT);
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
	dx_session_remove_sink(o->screen->session, &o->sink);
	dx_keeper_free(o->keeper);
	dx_buf_fini(&o->last);
	dx_buf_fini(&o->text);
	dx_sys_free(o);
}
