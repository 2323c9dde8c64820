/* Times: how long silence may last, and the whole. One timer each for the session, however many peers there are. */
#ifndef DX_TIMES_H
#define DX_TIMES_H

#include "talk/peer.h"

void dx_session_init_times(dx_session *s);

/* From the session's beginning on; a client's silence from when it is connected; a sender's from when it came. */
void dx_session_begin_times(dx_session *s);
void dx_session_begin_idle(dx_session *s);
void dx_session_begin_expiry(dx_session *s, const dx_peer *p);

/* The input has to wait for those who owe an answer, and whose queue is full; for so long and no longer. */
void dx_session_wait_for_peers(dx_session *s);

/* From now on its silence counts. */
void dx_session_input_is_read(dx_session *s);

/* Something was typed or read. */
void dx_session_input_came(dx_session *s);

#endif
