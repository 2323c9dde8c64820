#include "ui/words.h"
#include "base/near.h"
#include "base/number.h"
#include "talk/mode.h"
#include "talk/peers.h"
#include "ui/operator_priv.h"

#include <stdio.h>

#define NAMES_MOST 128
#define PEER_BYTES 64

static const char *const eols[] = { "follow", "lf", "crlf", "cr", "nul", "none" };
static const char *const styles[] = { "off", "python", "c" };

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

static const char *nth_of(const char *const *list, size_t count, size_t i)
{
	return i < count ? list[i] : NULL;
}

const char *dx__word_at(dx_operator *o, dx_name_kind kind, size_t i)
{
	switch (kind) {
	case DX_NAMES_PEER:
		return nth_peer(o, i);
	case DX_NAMES_ENCODING:
		return dx_encoding_at(i) != NULL ? dx_encoding_at(i)->name : NULL;
	case DX_NAMES_MODE:
		return dx_mode_at((unsigned)i) != NULL ? dx_mode_at((unsigned)i)->name : NULL;
	case DX_NAMES_VIEW:
		return dx_view_at((unsigned)i) != NULL ? dx_view_at((unsigned)i)->name : NULL;
	case DX_NAMES_FRAME:
		return dx_frame_usage(i);
	case DX_NAMES_EOL:
		return nth_of(eols, sizeof eols / sizeof *eols, i);
	case DX_NAMES_STYLE:
		return nth_of(styles, sizeof styles / sizeof *styles, i);
	default:
		return NULL;
	}
}

/* The one that was meant is told where it is none of them. */
static int complain(dx_operator *o, dx_name_kind kind, const char *word, const char *const *names, size_t count)
{
	static const char *const problems[] = {
		[DX_NAMES_ENCODING] = N_("no such encoding"), [DX_NAMES_MODE] = N_("no such mode"),
		[DX_NAMES_FRAME] = N_("no such frame"),       [DX_NAMES_VIEW] = N_("no such view"),
		[DX_NAMES_EOL] = N_("no such line end"),      [DX_NAMES_STYLE] = N_("no such style")
	};
	int near = dx_near_find(dx_slice_text(word), names, count);

	if (near >= 0)
		dx__operator_say(o, _("duplex: %s \"%s\": perhaps %s was meant"), _(problems[kind]), word, names[near]);
	else
		dx__operator_say(o, _("duplex: %s \"%s\"; Tab shows those there are"), _(problems[kind]), word);
	return -1;
}

int dx__word_find(dx_operator *o, dx_name_kind kind, const char *word)
{
	const char *names[NAMES_MOST];
	size_t count = 0;

	for (; count < NAMES_MOST && (names[count] = dx__word_at(o, kind, count)) != NULL; count++) {
		if (strcmp(names[count], word) == 0)
			return (int)count;
	}
	return complain(o, kind, word, names, count);
}

/* As much of a word as is shown of what is no number: whole characters. */
static size_t beginning(dx_slice word)
{
	size_t n = word.len < PEER_BYTES ? word.len : PEER_BYTES - 1;

	while (n > 0 && n < word.len && (word.data[n] & 0xc0) == 0x80)
		n--;
	return n;
}

bool dx__word_peer(dx_operator *o, dx_slice word, uint32_t *ret)
{
	uint64_t number;
	char shown[PEER_BYTES];

	if (dx_number_parse(word, 1, UINT32_MAX, &number) < 0 ||
	    dx_session_find_peer(o->screen->session, (uint32_t)number) == NULL) {
		(void)snprintf(shown, sizeof shown, "%.*s", (int)beginning(word), (const char *)word.data);
		dx__operator_say(o, _("duplex: there is no peer \"%s\"; /peers lists them"), shown);
		return false;
	}
	*ret = (uint32_t)number;
	return true;
}
