/* Signals of a loop: dx_loop_signal stands in loop.h. */
#ifndef DX_SIGNALS_H
#define DX_SIGNALS_H

#include <duplex/loop.h>

/* Puts the former handlers back and frees what dx_loop_signal made. */
void dx_signals_free(dx_loop *loop);

/* How many of the loop's watches are the signals' own: they alone do not keep a loop running. */
size_t dx_signals_watched(const dx_loop *loop);

#endif
