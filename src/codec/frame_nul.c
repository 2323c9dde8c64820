/* nul: a zero ends a message. */
#include "codec/frame_priv.h"

static bool find(dx_frame_view *v, dx_frame_end *ret)
{
	size_t at;

	if (!dx__frame_find_unit(v, 0, &at))
		return false;
	*ret = (dx_frame_end){ at, v->unit };
	return true;
}

const dx_frame_kind dx__frame_nul = {
	.name = "nul",
	.usage = "nul",
	.strict = true,
	.find = find,
};
