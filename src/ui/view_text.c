/* text: what was said, on one line; what is no text is escaped. */
#include "codec/safe.h"
#include "talk/converters.h"
#include "ui/view.h"

#define TEXT_LIMIT ((size_t)1024 * 1024)

int dx_view_add_text(const dx_message *m, dx_buf *out, bool *ret_escaped)
{
	dx_buf text;
	size_t bad;
	int r;

	dx_buf_init(&text, TEXT_LIMIT);
	r = dx_session_decode(m->peer, m->bytes, false, true, &text, &bad);
	if (r == 0)
		r = dx_safe_add(out, dx_buf_slice(&text), DX_SAFE_KEEP_TAB, ret_escaped);
	dx_buf_fini(&text);
	return r;
}

const dx_view dx_view_text = { .name = "text", .render = dx_view_add_text };
