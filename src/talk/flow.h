/* Flow: a sink that is full stops the reading of all peers, which feeds it, until it has room. */
#ifndef DX_FLOW_H
#define DX_FLOW_H

#include "talk/peer.h"

/* Something was shown: is a sink full by now? */
void dx_session_check_sinks(dx_session *s);

/* A sink that was full has room again. */
void dx_session_sink_has_room(dx_session *s);

#endif
