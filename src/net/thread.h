/* Threads that help a loop. */
#ifndef DX_THREAD_H
#define DX_THREAD_H

#include "sys/sys.h"

/* Starts a thread that gets no signals: they are for the others. Returns 0, or what pthread_create(3) fails with. */
static inline int dx__thread_start(pthread_t *ret, void *(*body)(void *ctx), void *ctx)
{
	sigset_t all, before;
	int r;

	(void)sigfillset(&all);
	(void)dx_sys_pthread_sigmask(SIG_SETMASK, &all, &before);
	r = dx_sys_pthread_create(ret, NULL, body, ctx);
	(void)dx_sys_pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -r;
}

#endif
