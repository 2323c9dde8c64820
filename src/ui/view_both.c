/* both: the text, and the hex beneath it, indented. */
#include "ui/view.h"

static int render(const dx_message *m, dx_buf *out, bool *ret_escaped)
{
	int r = dx_view_add_text(m, out, ret_escaped);

	if (r == 0)
		r = dx_buf_add_text(out, "\n    ");
	return r < 0 ? r : dx_view_hex.render(m, out, ret_escaped);
}

static int spread(const dx_message *m, size_t columns, dx_buf *out)
{
	bool escaped;
	int r = dx_view_add_text(m, out, &escaped);

	return r < 0 ? r : dx_view_add_dump(m, columns, out);
}

const dx_view dx_view_both = { .name = "both", .shows_bytes = true, .render = render, .spread = spread };
