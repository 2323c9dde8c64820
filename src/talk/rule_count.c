/* --count N: N messages received and answered, then leave. */
#include "talk/session_priv.h"

static bool wanted(const dx_settings *settings)
{
	return settings->count > 0;
}

static dx_verdict heard(dx_session *s, const dx_message *m)
{
	(void)m;
	return s->in_messages >= s->settings->count ? DX_END : DX_GO_ON;
}

const dx_rule dx_rule_count = { .name = "count", .wanted = wanted, .heard = heard };
