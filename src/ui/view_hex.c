/* hex: the bytes as e4 bd a0, line end included. */
#include "codec/hex.h"
#include "ui/view.h"

#include <libintl.h>

static int render(const dx_message *m, dx_buf *out, bool *ret_escaped)
{
	int r = dx_hex_print(m->bytes, out);

	(void)ret_escaped;
	if (r == 0 && m->eol.len > 0 && m->bytes.len > 0)
		r = dx_buf_add_text(out, " ");
	return r < 0 ? r : dx_hex_print(m->eol, out);
}

static int spread(const dx_message *m, size_t columns, dx_buf *out)
{
	size_t len = m->bytes.len + m->eol.len;
	int r = dx_buf_printf(out, ngettext("%zu byte", "%zu bytes", len), len);

	return r < 0 ? r : dx_view_add_dump(m, columns, out);
}

const dx_view dx_view_hex = { .name = "hex", .shows_bytes = true, .render = render, .spread = spread };
