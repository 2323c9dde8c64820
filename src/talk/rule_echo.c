/* --echo: the bytes as they came, at once, whatever view, frame or encoding. */
#include "talk/speech.h"
#include "talk/state_priv.h"

static bool wanted(const dx_settings *settings)
{
	return settings->echo;
}

static void bytes(dx_peer *p, dx_slice in)
{
	(void)dx_speak_bytes(p, in, DX_MESSAGE_AUTOMATIC);
}

/* Of a stream, what of the message has not gone back as unfinished bytes already. */
static dx_verdict heard(dx_session *s, const dx_message *m)
{
	dx_slice back = m->peer->stream != NULL ? s->piece : dx_message_wire(m);

	if ((m->flags & DX_MESSAGE_AUTOMATIC) == 0 && (back.len > 0 || m->peer->stream == NULL))
		(void)dx_speak_bytes(m->peer, back, DX_MESSAGE_AUTOMATIC);
	return DX_GO_ON;
}

const dx_rule dx_rule_echo = { .name = "echo", .answers = true, .wanted = wanted, .heard = heard, .bytes = bytes };
