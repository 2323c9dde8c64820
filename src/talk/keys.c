#include "talk/keys.h"
#include <duplex/pipe.h>
#include "sys/sys.h"
#include "talk/state_priv.h"
#include "talk/times.h"

struct dx_keys {
	dx_session *session;
	const dx_keys_events *on;
	void *ctx;
	dx_inlet *inlet;
	dx_timer tick;
	int64_t due_ns;                 /* where it runs */
};

static void on_data(dx_inlet *i, dx_slice in, void *ctx)
{
	dx_keys *k = ctx;

	(void)i;
	dx_session_input_came(k->session);
	k->on->typed(k->ctx, in);
}

static void on_end(dx_inlet *i, void *ctx)
{
	dx_keys *k = ctx;

	(void)i;
	k->on->end(k->ctx);
}

/* A terminal that has gone (EIO) is the end of what was typed there. */
static void on_error(dx_inlet *i, int code, void *ctx)
{
	(void)code;
	on_end(i, ctx);
}

static void on_tick(void *ctx)
{
	dx_keys *k = ctx;

	k->on->tick(k->ctx);
}

int dx_keys_new(dx_session *s, int fd, const dx_keys_events *on, void *ctx, dx_keys **ret)
{
	static const dx_inlet_events events = { .data = on_data, .end = on_end, .error = on_error };
	dx_keys *k = dx_sys_calloc(1, sizeof *k);
	int r;

	if (k == NULL)
		return -ENOMEM;
	*k = (dx_keys){ .session = s, .on = on, .ctx = ctx };
	dx_timer_init(&k->tick, on_tick, k);
	r = dx_inlet_new(s->loop, fd, &events, k, &k->inlet);
	if (r < 0) {
		dx_sys_free(k);
		return r;
	}
	dx_inlet_go_first(k->inlet);
	dx_inlet_resume(k->inlet);
	*ret = k;
	return 0;
}

void dx_keys_free(dx_keys *k)
{
	if (k == NULL)
		return;
	dx_timer_stop(k->session->loop, &k->tick);
	dx_inlet_free(k->inlet);
	dx_sys_free(k);
}

void dx_keys_tick(dx_keys *k, int64_t after_ns)
{
	int64_t due_ns = dx_loop_now_ns(k->session->loop) + after_ns;

	if (dx_timer_running(&k->tick) && k->due_ns <= due_ns)
		return;
	k->due_ns = due_ns;
	(void)dx_timer_start(k->session->loop, &k->tick, after_ns);
}
