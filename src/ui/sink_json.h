/* json: messages and events, one object a line, always valid UTF-8. The keys are DESIGN's events; keys are only ever added. */
#ifndef DX_SINK_JSON_H
#define DX_SINK_JSON_H

#include "ui/screen.h"

/* Appends one line. Returns 0, -ENOBUFS, -ENOMEM. */
int dx_json_add_message(dx_buf *out, const dx_screen *screen, const dx_message *m);
int dx_json_add_event(dx_buf *out, const dx_event *e);

#endif
