/* Meeting: what happens at a place. Connections and datagrams become peers, who are greeted, heard, and go. */
#ifndef DX_MEETING_H
#define DX_MEETING_H

#include "talk/place.h"

extern const dx_place_events dx_meeting;

#endif
