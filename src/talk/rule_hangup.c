/* --hangup WORD: the peer that says it is let go, unanswered. */
#include "talk/converters.h"
#include "talk/state_priv.h"

static bool wanted(const dx_settings *settings)
{
	return settings->hangup.count > 0;
}

static dx_verdict heard(dx_session *s, const dx_message *m)
{
	return dx_message_is_word(m, &s->settings->hangup) ? DX_LET_GO : DX_GO_ON;
}

const dx_rule dx_rule_hangup = { .name = "hangup", .wanted = wanted, .heard = heard };
