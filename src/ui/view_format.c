/* --format: the message in the user's own words. */
#include "codec/hex.h"
#include "codec/safe.h"
#include "codec/template.h"
#include "codec/text.h"
#include "talk/peers.h"
#include "ui/stamp.h"
#include "ui/view.h"

enum format_name { NAME_TIME, NAME_PEER, NAME_ADDRESS, NAME_DIRECTION, NAME_LENGTH, NAME_TEXT, NAME_HEX };
static const char *const names[] = { "time", "peer", "address", "direction", "length", "text", "hex", NULL };

static int add_value(int name, const dx_message *m, dx_stamper *time, dx_buf *out, bool *ret_escaped)
{
	char address[DX_ADDR_TEXT];

	switch (name) {
	case NAME_TIME:
		return dx_stamp_add(time, out, m->time_ns);
	case NAME_PEER:
		return dx_buf_printf(out, "%u", m->peer->number);
	case NAME_ADDRESS:
		return dx_safe_add(out, dx_slice_text(dx_session_address(m->peer, address)), 0, NULL);
	case NAME_DIRECTION:
		return dx_buf_add_text(out, m->direction == DX_IN ? "in" : "out");
	case NAME_LENGTH:
		return dx_buf_printf(out, "%zu", m->bytes.len);
	case NAME_TEXT:
		return dx_view_add_text(m, out, ret_escaped);
	default:
		return dx_hex_print(m->bytes, out);
	}
}

int dx_view_format(dx_slice format, const dx_message *m, dx_stamper *time, dx_buf *out, bool *ret_escaped)
{
	dx_template t = dx_template_of(format, names);
	dx_piece piece;
	int r = 0;

	while (r == 0 && dx_template_next(&t, &piece))
		r = piece.name < 0 ? dx_text_encode_marked_into(NULL, piece.text, false, out, NULL) : add_value(piece.name, m, time, out, ret_escaped);
	return r;
}
