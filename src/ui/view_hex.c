/* hex: the bytes as e4 bd a0, line end included. */
#include "codec/hex.h"
#include "ui/view.h"

static int render(const dx_message *m, dx_buf *out, bool *ret_escaped)
{
	int r = dx_hex_print(m->bytes, out);

	(void)ret_escaped;
	if (r == 0 && m->eol.len > 0 && m->bytes.len > 0)
		r = dx_buf_add_text(out, " ");
	return r < 0 ? r : dx_hex_print(m->eol, out);
}

const dx_view dx_view_hex = { .name = "hex", .shows_bytes = true, .render = render };
