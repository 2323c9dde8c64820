/* What other threads and signal handlers ask of a loop: the two ways past "an object lives in one thread". */
#ifndef DX_POST_H
#define DX_POST_H

#include "net/loop_priv.h"

/* Makes what wakes the loop. Returns 0, or what eventfd(2) and epoll_ctl(2) fail with. */
int dx__post_init(dx_loop *loop);

/* Forgets what was posted and not run. */
void dx__post_fini(dx_loop *loop);

/* From any thread: the task runs in the loop's next turn, behind those that were posted before it. It begins a block of memory
 * of its own, which goes back if the loop ends before. */
void dx__post(dx_loop *loop, dx_task *t);

/* Runs what was posted; false where there was nothing. */
bool dx__post_run(dx_loop *loop);

/* Is anything posted? */
bool dx__post_waits(dx_loop *loop);

/* From any thread and any signal handler: the loop does not go on waiting. */
void dx__wake(const dx_loop *loop);

#endif
