/* Rules: what happens to a message besides being shown, in the order of the table. A rule is one file and one row. */
#ifndef DX_RULE_H
#define DX_RULE_H

#include "talk/message.h"

typedef enum dx_verdict {
	DX_GO_ON,
	DX_LET_GO,              /* this peer goes, and nothing more happens to the message */
	DX_END                  /* the session ends */
} dx_verdict;

typedef struct dx_rule {
	const char *name;
	/* Does it answer what comes? */
	bool answers;
	/* Was it asked for? */
	bool (*wanted)(const dx_settings *settings);
	/* A message came. */
	dx_verdict (*heard)(dx_session *s, const dx_message *m);
	/* A message was sent. */
	dx_verdict (*said)(dx_session *s, const dx_message *m);
	/* Bytes of a stream came that are no message yet. */
	void (*bytes)(dx_peer *p, dx_slice in);
} dx_rule;

extern const dx_rule dx_rule_hangup, dx_rule_until, dx_rule_reply, dx_rule_echo, dx_rule_count;

/* The rules in their order, ended by NULL. */
#define DX_RULES 5
extern const dx_rule *const dx_rules[DX_RULES + 1];

#endif
