#include "ui/notices.h"
#include "codec/safe.h"
#include "talk/peers.h"
#include "ui/say.h"
#include "ui/screen.h"

static void add_safe(dx_buf *out, dx_slice text)
{
	(void)dx_safe_add(out, text, 0, NULL);
}

static void add_peer(dx_buf *out, const dx_peer *p)
{
	char address[DX_ADDR_TEXT];

	(void)dx_buf_printf(out, "#%u ", p->number);
	add_safe(out, dx_slice_text(dx_session_address(p, address)));
}

void dx_add_amount(dx_buf *out, uint64_t messages, uint64_t bytes)
{
	(void)dx_buf_printf(out, ngettext("%llu message, ", "%llu messages, ", messages), (unsigned long long)messages);
	(void)dx_buf_printf(out, ngettext("%llu byte", "%llu bytes", bytes), (unsigned long long)bytes);
}

/* What was being tried, for people; the word itself stays searchable. */
static const char *attempt(const char *operation)
{
	static const struct {
		const char *operation, *sentence;
	} attempts[] = { { "connect", N_("cannot connect to") },
			 { "bind", N_("cannot listen at") },
			 { "resolve", N_("cannot find") },
			 { "send", N_("cannot send to") },
			 { "receive", N_("cannot receive from") },
			 { "open", N_("cannot open") },
			 { "read", N_("cannot read") },
			 { "write", N_("cannot write to") },
			 { "deliver", N_("cannot deliver the rest of") },
			 { "inherit", N_("cannot take over") },
			 { "wait", N_("what was waited for did not come") },
			 { "answer", N_("no answer") },
			 { "idle", N_("silence") },
			 { "end", N_("it is over") },
			 { "deadline", N_("the deadline has passed") },
			 { "input", N_("a line of standard input:") } };

	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		if (strcmp(attempts[i].operation, operation) == 0)
			return _(attempts[i].sentence);
	}
	return operation;
}

static void add_error(dx_buf *out, const dx_event *e)
{
	(void)dx_buf_printf(out, "duplex: %s", attempt(e->error->operation));
	if (e->error->address[0] != 0) {
		(void)dx_buf_add_text(out, " ");
		add_safe(out, dx_slice_text(e->error->address));
	}
	(void)dx_buf_printf(out, ": %s (%s)", _(dx_error_text(e->error->code)), dx_error_key(e->error->code));
	if (e->number > 0)
		(void)dx_buf_printf(out, _("; %llu bytes were not acknowledged"), (unsigned long long)e->number);
}

static void add_close(dx_buf *out, const dx_event *e)
{
	add_peer(out, e->peer);
	(void)dx_buf_printf(out, " %s", _(dx_reason_sentence(e->reason)));
	(void)dx_buf_add_text(out, _(" (in "));
	dx_add_amount(out, e->peer->in_messages, e->peer->in_bytes);
	(void)dx_buf_add_text(out, _("; out "));
	dx_add_amount(out, e->peer->out_messages, e->peer->out_bytes);
	(void)dx_buf_add_text(out, _(")"));
}

/* Which notes warn: they are told off a terminal too. */
static bool warns(dx_note note)
{
	return note != DX_NOTE_WAITING && note != DX_NOTE_NO_LINE_END && note != DX_NOTE_FILE_SENT;
}

/* Those that are a sentence, or the beginning of one that `detail` ends. */
static const char *const notes[] = {
	[DX_NOTE_ESCAPED] = N_("duplex: some bytes were shown escaped; --once or --show raw gives them as they came"),
	[DX_NOTE_NO_LINE_END] = N_("(the other side sends no line ends; -n sends none either)"),
	[DX_NOTE_UNMAPPABLE] = N_("duplex: not sent: the encoding has no "),
	[DX_NOTE_NOBODY] = N_("(nobody is there yet; it was not sent)"),
	[DX_NOTE_V4_ONLY] = N_("duplex: IPv6 is off here; listening on IPv4 alone"),
	[DX_NOTE_NO_ANSWER] = N_("(no answer came; it is your turn again)"),
	[DX_NOTE_REFUSED] = N_("(nobody hears it there: refused)"),
	[DX_NOTE_ENCODING] = N_("duplex: some bytes are not valid in this encoding; they would be with -e "),
	[DX_NOTE_WAITING] = N_("(nobody is there yet; waiting here)"),
	[DX_NOTE_NOT_YOUR_TURN] = N_("(it is the other side's turn; it was not sent)"),
};

static const char *note_text(dx_note note, bool at_console)
{
	if (note == DX_NOTE_ENCODING && at_console)
		return _("duplex: some bytes are not valid in this encoding; they would be with /encoding ");
	return _(notes[note]);
}

/* It was not sent to one of several, and to others it may have been. */
static bool names_its_peer(const dx_screen *screen, const dx_event *e)
{
	const dx_peer *first = dx_session_next_peer(screen->session, NULL);

	return (e->note == DX_NOTE_UNMAPPABLE || e->note == DX_NOTE_NO_FRAME) && e->peer != NULL && first != NULL &&
	       dx_session_next_peer(screen->session, first) != NULL;
}

static void add_note(dx_buf *out, const dx_event *e, const dx_screen *screen)
{
	unsigned long long number = e->number;

	switch (e->note) {
	case DX_NOTE_NO_FRAME:
		(void)dx_buf_printf(out, _("duplex: not sent: these %llu bytes cannot be a message of "), number);
		break;
	case DX_NOTE_NOT_HEX:
		(void)dx_buf_printf(out, _("duplex: not sent: no hex at column %llu of "), number);
		break;
	case DX_NOTE_DISCARDED:
		(void)dx_buf_printf(out, _("duplex: %llu bytes came and were discarded (simplex-out)"), number);
		break;
	case DX_NOTE_RESTING:
		(void)dx_buf_printf(out, _("duplex: no further clients for a moment: %s"), _(dx_error_text(e->error->code)));
		break;
	case DX_NOTE_TRUNCATED:
		(void)dx_buf_add_text(out, _("duplex: truncated: a datagram of "));
		(void)dx_buf_printf(out, _("%llu bytes came from "), number);
		add_peer(out, e->peer);
		break;
	case DX_NOTE_PAUSED:
		(void)dx_buf_printf(out, _("duplex: no automatic answer for %llu ms: it looks like an echo that comes from "), number);
		add_peer(out, e->peer);
		break;
	case DX_NOTE_LOST:
		(void)dx_buf_printf(out, ngettext("duplex: %llu datagram was lost, since it came faster than it was taken: ",
						  "duplex: %llu datagrams were lost, since they came faster than they were taken: ",
						  number), number);
		break;
	case DX_NOTE_FILE_SENT:
		(void)dx_buf_printf(out, ngettext("(the file has gone: %llu byte)", "(the file has gone: %llu bytes)", number), number);
		break;
	default:
		(void)dx_buf_add_text(out, note_text(e->note, screen->console != NULL));
	}
	add_safe(out, e->detail);
	if (names_its_peer(screen, e)) {
		(void)dx_buf_add_text(out, _(", to "));
		add_peer(out, e->peer);
	}
}

/* The sentence, in the reader's language; false where nothing is to be said. */
static bool add_sentence(const dx_screen *screen, const dx_event *e, dx_buf *out)
{
	bool talkative = !screen->settings->quiet && !screen->settings->json &&
			 (screen->settings->verbose > 0 || (screen->err_is_terminal && screen->out_is_terminal));

	if (!talkative && (e->kind == DX_EVENT_OPEN || e->kind == DX_EVENT_CLOSE))
		return false; /* first, since a translation costs files to look for */
	switch (e->kind) {
	case DX_EVENT_LISTENING:
		(void)dx_buf_add_text(out, "listening on ");
		add_safe(out, dx_slice_text(e->endpoint));
		return true;
	case DX_EVENT_ERROR:
		add_error(out, e);
		return true;
	case DX_EVENT_OPEN:
		(void)dx_buf_add_text(out, screen->listens ? "" : _("connected to "));
		add_peer(out, e->peer);
		(void)dx_buf_add_text(out, screen->listens ? _(" is here") : "");
		return talkative;
	case DX_EVENT_CLOSE:
		add_close(out, e);
		return talkative;
	case DX_EVENT_NOTICE:
		add_note(out, e, screen);
		return talkative || (warns(e->note) && !screen->settings->quiet);
	default:
		return false;
	}
}

static void event(dx_sink *k, const dx_event *e)
{
	dx_screen *screen = ((dx_screen_sink *)k)->screen;

	dx_buf_clear(&screen->text);
	if (add_sentence(screen, e, &screen->text) && dx_buf_add_text(&screen->text, "\n") == 0)
		dx_screen_tell(screen, dx_buf_slice(&screen->text));
}

static const dx_sink_kind kind = { .name = "notices", .event = event };

dx_sink *dx_notices_new(dx_screen *screen)
{
	return dx_screen_sink_new(screen, &kind, sizeof(dx_screen_sink));
}
