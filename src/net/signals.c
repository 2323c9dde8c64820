/* The handler does two things: it notes that the signal came, and wakes the loop that has the signals; all else happens in the
 * loop's thread. */
#include "net/signals.h"
#include "base/check.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

#define SIGNALS_MAX 65                  /* SIGRTMAX is 64 */

struct dx_signals {
	struct {
		void (*caught)(int number, void *ctx);
		void *ctx;
		struct sigaction before;
	} of[SIGNALS_MAX];
};

/* Of the process, because a handler gets no context: which signals came, and the eventfd of the loop that has them (-1: none). */
static atomic_bool came[SIGNALS_MAX];
static atomic_int wake_fd = -1;

static void note_signal(int number)
{
	int before = errno;

	atomic_store(&came[number], true);
	(void)dx_sys_eventfd_write(atomic_load(&wake_fd), 1);
	errno = before;
}

void dx__signals_tell(dx_loop *loop)
{
	for (int number = 1; loop->signals != NULL && number < SIGNALS_MAX; number++) {
		if (loop->signals->of[number].caught != NULL && atomic_exchange(&came[number], false))
			loop->signals->of[number].caught(number, loop->signals->of[number].ctx);
	}
}

static int make_signals(dx_loop *loop)
{
	int nobody = -1;

	loop->signals = dx_sys_calloc(1, sizeof *loop->signals);
	if (loop->signals == NULL)
		return -ENOMEM;
	if (atomic_compare_exchange_strong(&wake_fd, &nobody, loop->wake.fd))
		return 0;
	dx_sys_free(loop->signals);
	loop->signals = NULL;
	return -EBUSY;
}

int dx_loop_signal(dx_loop *loop, int number, void (*caught)(int number, void *ctx), void *ctx)
{
	struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESTART }, before;
	int r;

	if (number <= 0 || number >= SIGNALS_MAX || caught == NULL)
		return -EINVAL;
	if (loop->signals == NULL && (r = make_signals(loop)) < 0)
		return r;
	if (dx_sys_sigaction(number, &action, &before) == -1)
		return -errno;
	if (loop->signals->of[number].caught == NULL)
		loop->signals->of[number].before = before;
	loop->signals->of[number].caught = caught;
	loop->signals->of[number].ctx = ctx;
	return 0;
}

void dx_signals_free(dx_loop *loop)
{
	struct dx_signals *s = loop->signals;

	if (s == NULL)
		return;
	for (int number = 1; number < SIGNALS_MAX; number++) {
		if (s->of[number].caught != NULL)
			(void)dx_sys_sigaction(number, &s->of[number].before, NULL);
		came[number] = 0;
	}
	atomic_store(&wake_fd, -1);
	dx_sys_free(s);
	loop->signals = NULL;
}
