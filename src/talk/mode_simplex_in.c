/* Simplex, listening: no input is read, and our side does not finish before the peer's does. */
#include "talk/mode.h"

const dx_mode dx_mode_simplex_in = { .name = "simplex-in", .hears = true };
