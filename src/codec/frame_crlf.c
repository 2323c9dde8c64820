/* crlf: CR and LF together end a message; either alone is part of it. */
#include "codec/frame_priv.h"

static ssize_t find(dx_frame_view *v)
{
	while (dx__frame_find_unit(v, '\n')) {
		if (dx__frame_back_over_cr(v))
			return (ssize_t)(2 * v->unit);
		v->scanned += v->unit;
	}
	(void)dx__frame_back_over_cr(v);        /* its LF may come */
	return -1;
}

static int wrap(const dx_frame *f, dx_slice message, dx_frame_ends *ret)
{
	(void)message;
	dx__frame_add_unit(f, '\r', ret);
	dx__frame_add_unit(f, '\n', ret);
	return 0;
}

const dx_frame_kind dx__frame_crlf = {
	.name = "crlf",
	.usage = "crlf",
	.strict = true,
	.find = find,
	.wrap = wrap,
};
