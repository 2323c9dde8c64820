/* Simplex, speaking: what comes is discarded, and counted. */
#include "talk/mode.h"

const dx_mode dx_mode_simplex_out = { .name = "simplex-out", .speaks = true };
