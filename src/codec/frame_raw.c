/* raw: what one read brought is a message. */
#include "codec/frame_priv.h"

static ssize_t find(dx_frame_view *v)
{
	v->scanned = v->bytes.len;
	return 0;
}

const dx_frame_kind dx__frame_raw = {
	.name = "raw",
	.usage = "raw",
	.find = find,
};
