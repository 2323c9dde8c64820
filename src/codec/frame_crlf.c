/* crlf: CR and LF together end a message; either alone is part of it. */
#include "codec/frame_priv.h"

static bool find(dx_frame_view *v, dx_frame_end *ret)
{
	size_t at;

	while (dx__frame_find_unit(v, '\n', &at)) {
		if (dx__frame_unit_before(v, at, '\r')) {
			v->scanned = at - v->unit;
			*ret = (dx_frame_end){ v->scanned, 2 * v->unit };
			return true;
		}
		v->scanned = at + v->unit;
	}
	if (dx__frame_unit_before(v, v->scanned, '\r'))
		v->scanned -= v->unit;
	return false;
}

const dx_frame_kind dx__frame_crlf = {
	.name = "crlf",
	.usage = "crlf",
	.strict = true,
	.find = find,
};
