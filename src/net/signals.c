/* The handler does one thing, a write to an eventfd-like pipe that is always there while it is installed; all else happens in
 * the loop's thread. */
#include "net/signals.h"
#include "base/check.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

#define SIGNALS_MAX 64

struct dx_signals {
	dx_watch watch;
	struct {
		void (*caught)(int number, void *ctx);
		void *ctx;
		struct sigaction before;
	} of[SIGNALS_MAX];
};

/* One word per process, because a handler gets no context: the bits of the signals that came, and where to wake the loop. */
static volatile sig_atomic_t came[SIGNALS_MAX];
static volatile int wake_fd = -1;

static void note_signal(int number)
{
	int before = errno;
	uint64_t one = 1;

	came[number] = 1;
	(void)!dx_sys_write(wake_fd, &one, sizeof one);
	errno = before;
}

static void tell_signals(dx_watch *w, uint32_t events)
{
	struct dx_signals *s = DX_OWNER(struct dx_signals, watch, w);
	uint64_t count;

	(void)events;
	(void)!dx_sys_read(w->fd, &count, sizeof count);
	for (int number = 1; number < SIGNALS_MAX; number++) {
		if (!came[number])
			continue;
		came[number] = 0;
		if (s->of[number].caught != NULL)
			s->of[number].caught(number, s->of[number].ctx);
	}
}

static int make_signals(dx_loop *loop)
{
	struct dx_signals *s;
	int r;

	if (wake_fd != -1)
		return -EBUSY;
	s = dx_sys_calloc(1, sizeof *s);
	if (s == NULL)
		return -ENOMEM;
	dx_watch_init(&s->watch, dx_sys_eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), tell_signals);
	r = s->watch.fd == -1 ? -errno : dx_watch_set(loop, &s->watch, EPOLLIN);
	if (r < 0) {
		if (s->watch.fd != -1)
			(void)dx_sys_close(s->watch.fd);
		dx_sys_free(s);
		return r;
	}
	wake_fd = s->watch.fd;
	loop->signals = s;
	return 0;
}

int dx_loop_signal(dx_loop *loop, int number, void (*caught)(int number, void *ctx), void *ctx)
{
	struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESTART };
	int r;

	dx_assert(number > 0);
	dx_assert(number < SIGNALS_MAX);
	if (loop->signals == NULL && (r = make_signals(loop)) < 0)
		return r;
	if (dx_sys_sigaction(number, &action, &loop->signals->of[number].before) == -1)
		return -errno;
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
	}
	wake_fd = -1;
	(void)dx_sys_close(s->watch.fd);
	dx_sys_free(s);
	loop->signals = NULL;
}
