/* What goes: text becomes bytes of the peer's encoding, gets the line end and the frame that the peer expects, and is delivered.
 * All return 0; -EILSEQ where the encoding lacks a character or the frame cannot hold it, which is told; or what delivery failed
 * with. `flags` are a message's. */
#ifndef DX_SPEECH_H
#define DX_SPEECH_H

#include "talk/message.h"

int dx_speak_line(dx_peer *p, dx_slice utf8, unsigned flags);           /* encoded, with a line end */
int dx_speak_text(dx_peer *p, dx_slice marked, unsigned flags);         /* so is this, but a mark is a byte */
int dx_speak_bytes(dx_peer *p, dx_slice bytes, unsigned flags);         /* as they are */
int dx_speak_template(dx_peer *p, dx_slice marked, const dx_message *to);       /* `to` NULL: a greeting */

#endif
