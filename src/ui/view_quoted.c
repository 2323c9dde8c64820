/* quoted: between double quotes, with our escapes, line end included; it can be given back as a TEXT. */
#include "codec/escape.h"
#include "talk/converters.h"
#include "ui/view.h"

#define TEXT_LIMIT ((size_t)1024 * 1024)

static int render(const dx_message *m, dx_buf *out, bool *ret_escaped)
{
	dx_buf text;
	size_t bad;
	int r;

	(void)ret_escaped;
	dx_buf_init(&text, TEXT_LIMIT);
	r = dx_session_decode(m->peer, m->bytes, false, true, &text, &bad);
	if (r == 0)
		r = dx_session_decode(m->peer, m->eol, false, true, &text, &bad);
	if (r == 0)
		r = dx_escape_quote(dx_buf_slice(&text), out);
	dx_buf_fini(&text);
	return r;
}

const dx_view dx_view_quoted = { .name = "quoted", .render = render };
