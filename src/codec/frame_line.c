/* line: LF ends a message; a CR before it belongs to the line end. */
#include "codec/frame_priv.h"

const dx_frame_kind dx__frame_line = {
	.name = "line",
	.usage = "line",
	.strict = true,
	.find = dx__frame_find_line,
	.wrap = dx__frame_wrap_line,
};
