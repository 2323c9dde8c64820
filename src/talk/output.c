#include "talk/output.h"
#include <duplex/pipe.h>
#include "sys/sys.h"
#include "talk/ending.h"
#include "talk/flow.h"
#include "talk/state_priv.h"

struct dx_output {
	dx_session *session;
	dx_outlet *outlet;
	dx_output_use use;
	bool is_terminal;
};

static void on_room(dx_outlet *o, void *ctx)
{
	(void)o;
	dx_session_sink_has_room(((dx_output *)ctx)->session);
}

static void on_error(dx_outlet *o, int code, void *ctx)
{
	(void)o;
	dx_session_sink_failed(((dx_output *)ctx)->session, code);
}

int dx_output_new(dx_session *s, int fd, dx_output_use use, dx_output **ret)
{
	static const dx_outlet_events events[] = { [DX_OUTPUT_OF_PEERS] = { .room = on_room, .error = on_error },
						   [DX_OUTPUT_OF_NOTICES] = { .room = NULL } };
	dx_output *o = dx_sys_calloc(1, sizeof *o);
	int r;

	if (o == NULL)
		return -ENOMEM;
	o->session = s;
	o->use = use;
	o->is_terminal = dx_pipe_kind_of(fd) == DX_PIPE_TERMINAL;
	r = dx_outlet_new(s->loop, fd, &events[use], o, &o->outlet);
	if (r < 0) {
		dx_sys_free(o);
		return r;
	}
	dx_outlet_set_ceiling(o->outlet, DX_LIMIT_TOLD_BYTES);
	*ret = o;
	return 0;
}

void dx_output_free(dx_output *o)
{
	if (o == NULL)
		return;
	dx_outlet_free(o->outlet);
	dx_sys_free(o);
}

bool dx_output_is_terminal(const dx_output *o)
{
	return o->is_terminal;
}

void dx_output_write(dx_output *o, dx_slice bytes)
{
	int r = dx_outlet_write(o->outlet, bytes, o->is_terminal || o->use == DX_OUTPUT_OF_NOTICES);

	if (r < 0 && r != -EPIPE && o->use == DX_OUTPUT_OF_PEERS)
		dx_session_sink_failed(o->session, r);
}

void dx_output_keep_short(dx_output *o)
{
	dx_outlet_set_full(o->outlet, DX_LIMIT_ECHO_BYTES);
}

bool dx_output_is_full(const dx_output *o)
{
	return dx_outlet_is_full(o->outlet);
}

int dx_output_drain(dx_output *o, int within_ms)
{
	return dx_outlet_drain(o->outlet, within_ms);
}
