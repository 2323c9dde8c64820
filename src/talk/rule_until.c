/* --until WORD: the session ends once a message that is WORD was received, or sent. */
#include "talk/converters.h"
#include "talk/state_priv.h"

static bool wanted(const dx_settings *settings)
{
	return settings->until.count > 0;
}

static dx_verdict ends(dx_session *s, const dx_message *m)
{
	return dx_message_is_word(m, &s->settings->until) ? DX_END : DX_GO_ON;
}

const dx_rule dx_rule_until = { .name = "until", .wanted = wanted, .heard = ends, .said = ends };
