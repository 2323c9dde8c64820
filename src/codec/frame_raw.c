/* raw: what one read brought is a message. */
#include "codec/frame_priv.h"

static bool find(dx_frame_view *v, dx_frame_end *ret)
{
	v->scanned = v->bytes.len;
	*ret = (dx_frame_end){ v->bytes.len, 0 };
	return true;
}

const dx_frame_kind dx__frame_raw = {
	.name = "raw",
	.usage = "raw",
	.find = find,
};
