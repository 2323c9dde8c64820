/* Half duplex: after sending, sending waits until the other side has answered. Two who spoke at once have each heard, so each
 * has the turn. Who has ended cannot answer any more, so our turn lasts. */
#include "talk/mode.h"
#include "talk/peer.h"

static void met(dx_peer *p, bool first)
{
	p->has_turn = first;
}

static bool may_speak(const dx_peer *p)
{
	return p->has_turn;
}

static void said(dx_peer *p)
{
	p->has_turn = p->ended;
}

static void heard(dx_peer *p)
{
	p->has_turn = true;
}

const dx_mode dx_mode_half = { .name = "half", .speaks = true, .hears = true, .takes_turns = true, .met = met,
			       .may_speak = may_speak, .said = said, .heard = heard };
