/* --reply TEXT: each message is answered with the same template. */
#include "talk/speech.h"
#include "talk/state_priv.h"

static bool wanted(const dx_settings *settings)
{
	return settings->reply.data != NULL;
}

static dx_verdict heard(dx_session *s, const dx_message *m)
{
	if ((m->flags & (DX_MESSAGE_PARTIAL | DX_MESSAGE_AUTOMATIC)) == 0)
		(void)dx_speak_template(m->peer, s->settings->reply, m);
	return DX_GO_ON;
}

const dx_rule dx_rule_reply = { .name = "reply", .answers = true, .wanted = wanted, .heard = heard };
