/* --echo: the bytes as they came, at once, whatever view, frame or encoding. */
#include "talk/session_priv.h"

static bool wanted(const dx_settings *settings)
{
	return settings->echo;
}

static void bytes(dx_peer *p, dx_slice in)
{
	(void)dx_speak_bytes(p, in, DX_MESSAGE_AUTOMATIC);
}

/* A datagram is a message, and comes only so. */
static dx_verdict heard(dx_session *s, const dx_message *m)
{
	(void)s;
	if (m->peer->stream == NULL && (m->flags & DX_MESSAGE_AUTOMATIC) == 0)
		(void)dx_speak_bytes(m->peer, dx_message_wire(m), DX_MESSAGE_AUTOMATIC);
	return DX_GO_ON;
}

const dx_rule dx_rule_echo = { .name = "echo", .wanted = wanted, .heard = heard, .bytes = bytes };
