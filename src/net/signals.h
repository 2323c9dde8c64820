/* Signals of a loop: dx_loop_signal stands in loop.h. */
#ifndef DX_SIGNALS_H
#define DX_SIGNALS_H

#include <duplex/loop.h>

/* Calls back for the signals that have come. */
void dx__signals_tell(dx_loop *loop);

/* Puts the former handlers back and frees what dx_loop_signal made. */
void dx_signals_free(dx_loop *loop);

#endif
