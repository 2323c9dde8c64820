/* Work that waits or computes, in threads beside the loop: dx_loop_work stands in loop.h. */
#ifndef DX_WORK_H
#define DX_WORK_H

#include <duplex/loop.h>

/* Is there work whose `done` was not called yet? */
bool dx__work_waits(const dx_loop *loop);

/* Waits until all of it is done, and lets the threads end. What is done is posted. */
void dx__work_finish(dx_loop *loop);

/* The same, for good. */
void dx__work_free(dx_loop *loop);

#endif
