#include "talk/rule.h"
#include "talk/converters.h"
#include "talk/state_priv.h"

#include <strings.h>

const dx_rule *const dx_rules[DX_RULES + 1] = { &dx_rule_hangup, &dx_rule_until, &dx_rule_reply, &dx_rule_echo, &dx_rule_count, NULL };

static bool is_same(dx_slice a, dx_slice b)
{
	return a.len == b.len && strncasecmp((const char *)a.data, (const char *)b.data, a.len) == 0;
}

bool dx_rule_is_word(const dx_message *m, const dx_texts *words)
{
	dx_session *s = m->peer->session;
	size_t bad;

	if (words->count == 0 || (m->flags & DX_MESSAGE_PARTIAL) != 0)
		return false;
	dx_buf_clear(&s->text);
	if (dx_session_decode(m->peer, m->bytes, false, true, &s->text, &bad) < 0)
		return false;
	for (size_t i = 0; i < words->count; i++) {
		if (is_same(dx_buf_slice(&s->text), words->items[i]))
			return true;
	}
	return false;
}
