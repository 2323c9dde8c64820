/* --count N: N messages received and answered, then leave; and --wait N, once all was said. */
#include "talk/state_priv.h"

static bool wanted(const dx_settings *settings)
{
	return settings->count > 0 || settings->wait.kind == DX_WAIT_COUNT;
}

static dx_verdict heard(dx_session *s, const dx_message *m)
{
	const dx_settings *set = s->settings;

	(void)m;
	if (set->wait.kind == DX_WAIT_COUNT && s->input_finished && s->in_messages >= set->wait.count)
		s->wait_met = true;
	return s->wait_met || (set->count > 0 && s->in_messages >= set->count) ? DX_END : DX_GO_ON;
}

const dx_rule dx_rule_count = { .name = "count", .wanted = wanted, .heard = heard };
