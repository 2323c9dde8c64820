/* Linked with programs that know no end of their own: asked to by SIGTERM, they end in order, with leaks looked for and calls
 * counted. It is a thread that waits for the signal, so that it is heard wherever the program is. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

static void *wait_to_be_asked(void *asked)
{
	int number;

	(void)sigwait(asked, &number);
	exit(0);
}

__attribute__((constructor)) static void begin_to_wait(void)
{
	static sigset_t asked;
	sigset_t all, before;
	pthread_t thread;

	sigemptyset(&asked);
	sigaddset(&asked, SIGTERM);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, wait_to_be_asked, &asked) != 0)
		abort();
	sigaddset(&before, SIGTERM);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
