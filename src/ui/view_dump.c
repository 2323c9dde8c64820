/* A dump: rows of offset, hex, and the text that the bytes are in the peer's encoding. A character stands where its first byte
 * does and takes the room of its bytes, so that both columns stay in step; what is no text is a dot. */
#include "codec/utf8.h"
#include "codec/width.h"
#include "talk/converters.h"
#include "ui/view.h"

#define ROW_MOST  16
#define ROW_FRAME 11 /* columns of a row besides four a byte: its indent, offset and bars */
#define CHARACTER 16 /* bytes of UTF-8 that one may become */

struct cells {
	char text[ROW_MOST + 1][CHARACTER]; /* by byte: what stands there */
	unsigned columns[ROW_MOST + 1];
};

static size_t row_bytes(size_t columns)
{
	size_t n = ROW_MOST;

	while (n > 1 && ROW_FRAME + 4 * n > columns)
		n /= 2;
	return n;
}

static bool is_shown(dx_slice character)
{
	uint32_t code;

	return dx_utf8_next(character, &code) == (int)character.len && dx_width(character) > 0;
}

/* Puts each character that `row` ends into the cell of its first byte; `st` is in the middle of what the row before began. */
static void fill(const dx_message *m, dx_text_state *st, dx_slice row, struct cells *ret)
{
	dx_buf decoded;
	size_t first = 0, bad;

	memset(ret, 0, sizeof *ret);
	dx_buf_init(&decoded, 256);
	for (size_t i = 0; i < row.len; i++) {
		dx_slice text;

		dx_buf_clear(&decoded);
		if (dx_session_decode_at(m->peer, st, dx_slice_of(row.data + i, 1), &decoded, &bad) < 0 || decoded.used == 0)
			continue;
		text = dx_buf_slice(&decoded);
		if (!is_shown(text) || text.len >= CHARACTER || dx_width(text) > i + 1 - first + (first > 0))
			text = dx_slice_text(".");
		memcpy(ret->text[first], text.data, text.len);
		ret->columns[first] = (unsigned)dx_width(text);
		first = i + 1;
	}
	dx_buf_fini(&decoded);
}

static int add_row(dx_buf *out, size_t offset, dx_slice row, size_t bytes, const struct cells *cells)
{
	int r = dx_buf_printf(out, "\n  %04zx  ", offset);
	size_t at = 0;

	for (size_t i = 0; r == 0 && i < bytes; i++)
		r = i < row.len ? dx_buf_printf(out, "%02x ", row.data[i]) : dx_buf_add_text(out, "   ");
	if (r == 0)
		r = dx_buf_add_text(out, "|");
	for (size_t i = 0; r == 0 && i < row.len; i++) {
		if (cells->columns[i] > 0) {
			r = dx_buf_add_text(out, cells->text[i]);
			at += cells->columns[i];
		} else if (at <= i) {
			r = dx_buf_add_text(out, " ");
			at++;
		}
	}
	return r < 0 ? r : dx_buf_add_text(out, "|");
}

int dx_view_add_dump(const dx_message *m, size_t columns, dx_buf *out)
{
	size_t bytes = row_bytes(columns);
	dx_slice rest = dx_message_wire(m);
	dx_text_state st = { .count = 0 };
	struct cells cells;
	int r = 0;

	for (size_t offset = 0; r == 0 && rest.len > 0; offset += bytes) {
		dx_slice row = dx_slice_first(rest, rest.len < bytes ? rest.len : bytes);

		fill(m, &st, row, &cells);
		r = add_row(out, offset, row, bytes, &cells);
		rest = dx_slice_after(rest, row.len);
	}
	return r;
}
