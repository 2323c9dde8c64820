#include "talk/rule.h"

#include <stddef.h>

const dx_rule *const dx_rules[DX_RULES + 1] = { &dx_rule_hangup, &dx_rule_until, &dx_rule_reply, &dx_rule_echo, &dx_rule_count, NULL };
