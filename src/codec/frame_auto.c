/* auto: a line is a message, and so is text without a line end once nothing more has come for a while. A peer that has ended a
 * line before is given longer, since its next line may come in pieces. */
#include "base/number.h"
#include "codec/frame_priv.h"

#include <errno.h>

#define GAP_NS (50 * DX_NS_PER_MS)

static int parse(dx_frame *f, const char *argument)
{
	f->gap_ns = GAP_NS;
	return argument == NULL ? 0 : -ERANGE;
}

const dx_frame_kind dx__frame_auto = {
	.name = "auto",
	.usage = "auto",
	.patience_ns = DX_NS_PER_S,
	.parse = parse,
	.find = dx__frame_find_line,
	.wrap = dx__frame_wrap_line,
};
