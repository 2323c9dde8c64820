/* Full duplex: everybody speaks when they like. */
#include "talk/mode.h"

const dx_mode dx_mode_full = { .name = "full", .speaks = true, .hears = true };
