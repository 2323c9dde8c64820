#include "ui/wrap.h"
#include "codec/utf8.h"
#include "codec/width.h"

#define TAB_COLUMNS 8
#define ESC         0x1b

int dx_wrap_break(dx_wrap *w, dx_buf *out)
{
	int r = dx_buf_printf(out, "\n%*s", (int)w->indent, "");

	w->column = w->indent;
	w->row++;
	return r;
}

/* Bytes at the start that are neither a line end, a tab nor a colour. */
static size_t plain_run(dx_slice text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] >= 0x20)
		n++;
	return n;
}

/* Bytes of a colour at the start. */
static size_t color_bytes(dx_slice text)
{
	const uint8_t *end = memchr(text.data, 'm', text.len);

	return end != NULL ? (size_t)(end - text.data) + 1 : text.len;
}

size_t dx_wrap_columns(dx_slice safe)
{
	size_t columns = 0;

	while (safe.len > 0) {
		size_t n = plain_run(safe);

		columns += dx_width(dx_slice_first(safe, n));
		if (n == 0 && safe.data[0] == '\t')
			columns += TAB_COLUMNS - columns % TAB_COLUMNS;
		n = n > 0 ? n : safe.data[0] == ESC ? color_bytes(safe) : 1;
		safe = dx_slice_after(safe, n);
	}
	return columns;
}

/* Of what fits into a row, what is put there: up to its last blank, if that is not far. */
static size_t up_to_blank(dx_slice text, size_t fits)
{
	const uint8_t *blank = fits < text.len ? memrchr(text.data + fits / 2, ' ', fits - fits / 2) : NULL;

	return blank != NULL ? (size_t)(blank - text.data) + 1 : fits;
}

static int add_plain(dx_wrap *w, dx_slice text, dx_buf *out)
{
	int r = 0;

	while (r == 0 && text.len > 0) {
		size_t left = w->columns > w->column ? w->columns - w->column : 0, columns = 0;
		size_t fits = left > 0 ? dx_width_fit(text, left, &columns) : 0;

		if (fits == 0 && w->column > w->indent) {
			r = dx_wrap_break(w, out);
			continue;
		}
		if (fits == 0) { /* wider than the window: it must go somewhere */
			fits = dx_glyph_next(text).len;
			columns = dx_width(dx_slice_first(text, fits));
		}
		if (w->by_words && fits < text.len) {
			fits = up_to_blank(text, fits);
			columns = left; /* the row is full */
		}
		r = dx_buf_add(out, dx_slice_first(text, fits));
		w->column += columns;
		text = dx_slice_after(text, fits);
	}
	return r;
}

static int add_tab(dx_wrap *w, dx_buf *out)
{
	size_t columns = TAB_COLUMNS - w->column % TAB_COLUMNS;
	int r = w->column + columns >= w->columns && w->column > w->indent ? dx_wrap_break(w, out) : 0;

	w->column += TAB_COLUMNS - w->column % TAB_COLUMNS;
	return r < 0 ? r : dx_buf_add_byte(out, '\t');
}

int dx_wrap_add(dx_wrap *w, dx_slice safe, dx_buf *out)
{
	int r = 0;

	while (r == 0 && safe.len > 0) {
		size_t n = plain_run(safe);

		if (n > 0) {
			r = add_plain(w, dx_slice_first(safe, n), out);
		} else if (safe.data[0] == ESC) {
			n = color_bytes(safe);
			r = dx_buf_add(out, dx_slice_first(safe, n));
		} else {
			n = 1;
			r = safe.data[0] == '\t' ? add_tab(w, out) : dx_buf_add_byte(out, '\n');
			if (safe.data[0] != '\t') {
				w->column = 0;
				w->row++;
			}
		}
		safe = dx_slice_after(safe, n);
	}
	return r;
}
