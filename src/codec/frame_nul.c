/* nul: a zero ends a message. */
#include "codec/frame_priv.h"

static ssize_t find(dx_frame_view *v)
{
	return dx__frame_find_unit(v, 0) ? (ssize_t)v->unit : -1;
}

static int wrap(const dx_frame *f, dx_slice message, dx_frame_ends *ret)
{
	(void)message;
	dx__frame_add_unit(f, 0, ret);
	return 0;
}

const dx_frame_kind dx__frame_nul = {
	.name = "nul",
	.usage = "nul",
	.strict = true,
	.find = find,
	.wrap = wrap,
};
