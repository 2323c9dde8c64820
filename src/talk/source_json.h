/* JSON lines in: one object a line, a command each. What cannot be carried out is answered with an `error` event that names it. */
#ifndef DX_SOURCE_JSON_H
#define DX_SOURCE_JSON_H

#include "talk/peer.h"

/* Carries out one line. */
void dx_source_json_line(dx_session *s, dx_slice line);

#endif
