/* What comes. Bytes go two ways from one read: as they are to the sinks that show them at once, and through the frame to rules,
 * counts and views. Of a read whose message ended the session nothing behind that message is shown. */
#ifndef DX_HEARING_H
#define DX_HEARING_H

#include "talk/peer.h"
#include <duplex/datagram.h>

void dx_hear_stream(dx_peer *p, dx_slice in);
void dx_hear_datagram(dx_peer *p, dx_slice in, const dx_datagram_info *info);

/* The peer has finished: what is unfinished is a message, unless the frame is a strict one; then it is cut off. */
void dx_hear_end(dx_peer *p);
bool dx_hear_is_cut(const dx_peer *p);

/* It was let go: what was put aside or is unfinished is shown, and nothing else is done with it. Not where a message ended it all. */
void dx_hear_rest(dx_peer *p);

/* While we do not read, the silence is ours and ends no message. */
void dx_hear_pause(dx_peer *p, bool pause);

/* Its queue has room again: what was put aside is heard. */
void dx_hear_on(dx_peer *p);

#endif
