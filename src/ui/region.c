#include "ui/region.h"
#include "codec/safe.h"
#include "ui/wrap.h"

#define TEXT_LIMIT ((size_t)16 * 1024 * 1024)

void dx_region_init(dx_region *r)
{
	*r = (dx_region){ .columns = 80, .rows = 24 };
	dx_buf_init(&r->safe, TEXT_LIMIT);
	dx_buf_init(&r->text, TEXT_LIMIT);
	dx_buf_init(&r->shown, TEXT_LIMIT);
}

void dx_region_fini(dx_region *r)
{
	dx_buf_fini(&r->safe);
	dx_buf_fini(&r->text);
	dx_buf_fini(&r->shown);
}

void dx_region_resize(dx_region *r, size_t columns, size_t rows, bool reflows)
{
	size_t above = 0;

	for (size_t i = 0; i < r->cursor_row && columns > 0; i++)
		above += r->widths[i] > columns ? (r->widths[i] + columns - 1) / columns : 1;
	if (reflows && r->drawn > 0 && columns > 0)
		r->cursor_row = above + r->cursor_column / columns;
	dx_buf_clear(&r->shown);
	r->columns = columns > 0 ? columns : 80;
	r->rows = rows > 0 ? rows : 24;
}

static void go_up(size_t rows, dx_buf *out)
{
	if (rows > 0)
		(void)dx_buf_printf(out, "\033[%zuA", rows);
}

void dx_region_erase(dx_region *r, dx_buf *out)
{
	if (r->drawn == 0)
		return;
	(void)dx_buf_add_text(out, "\r");
	go_up(r->cursor_row, out);
	(void)dx_buf_add_text(out, "\033[J");
	r->drawn = 0;
}

/* A part of the line, whatever was typed: shown, not obeyed. */
static void add_typed(dx_region *r, dx_wrap *w, dx_slice part)
{
	dx_buf_clear(&r->safe);
	if (part.len > 0 && dx_safe_add(&r->safe, part, 0, NULL) == 0)
		(void)dx_wrap_add(w, dx_buf_slice(&r->safe), &r->text);
}

/* The line from `from` to `to`, of which what is selected is reversed. */
static void add_line(dx_region *r, dx_wrap *w, const dx_region_view *v, size_t from, size_t to)
{
	size_t begin = v->marked < from ? from : v->marked > to ? to : v->marked;
	size_t end = v->marked + v->marked_bytes < begin ? begin
		     : v->marked + v->marked_bytes > to  ? to
							 : v->marked + v->marked_bytes;

	add_typed(r, w, dx_slice_of(v->line.data + from, begin - from));
	if (end > begin) {
		(void)dx_wrap_add(w, dx_slice_text("\033[7m"), &r->text);
		add_typed(r, w, dx_slice_of(v->line.data + begin, end - begin));
		(void)dx_wrap_add(w, dx_slice_text("\033[27m"), &r->text);
	}
	add_typed(r, w, dx_slice_of(v->line.data + end, to - end));
}

/* One row, cut where it is too long; the last column stays free. */
static void add_status(dx_region *r, dx_wrap *w, dx_slice status)
{
	dx_wrap row = { .columns = w->columns > 1 ? w->columns - 1 : 1 };
	size_t before = r->text.used;
	const uint8_t *end;

	(void)dx_wrap_add(&row, status, &r->text);
	end = row.row > 0 ? memchr(dx_buf_slice(&r->text).data + before, '\n', r->text.used - before) : NULL;
	if (end != NULL)
		r->text.used = (size_t)(end - dx_buf_slice(&r->text).data);
	w->column = row.row > 0 ? row.columns : row.column;
	(void)dx_buf_add_text(&r->text, "\033[0m");
}

/* Lays all rows out in the scratch, and tells where the cursor is to stand. */
static dx_wrap lay_out(dx_region *r, const dx_region_view *v, dx_wrap *ret_cursor)
{
	dx_wrap w = { .columns = r->columns,
		      .indent = v->open_indent <= r->columns / 2 ? v->open_indent : 2,
		      .by_words = true };

	dx_buf_clear(&r->text);
	if (v->open.len > 0) {
		(void)dx_wrap_add(&w, v->open, &r->text);
		w.indent = 0;
		(void)dx_wrap_break(&w, &r->text);
	}
	w.indent = 0;
	w.by_words = false;
	if (v->status.len > 0) {
		add_status(r, &w, v->status);
		(void)dx_wrap_break(&w, &r->text);
	}
	(void)dx_wrap_add(&w, v->prompt, &r->text);
	add_line(r, &w, v, 0, v->point);
	if (w.column >= w.columns) /* a cursor cannot stand behind the last column */
		(void)dx_wrap_break(&w, &r->text);
	*ret_cursor = w;
	add_line(r, &w, v, v->point, v->line.len);
	return w;
}

/* Appends the rows from `first` on, `count` of them, and notes how wide they are. */
static void put_rows(dx_region *r, size_t first, size_t count, dx_buf *out)
{
	dx_slice rest = dx_buf_slice(&r->text);

	for (size_t i = 0; i < first + count; i++) {
		const uint8_t *end = rest.len > 0 ? memchr(rest.data, '\n', rest.len) : NULL;
		dx_slice row = dx_slice_first(rest, end != NULL ? (size_t)(end - rest.data) : rest.len);

		if (i >= first) {
			r->widths[i - first] = (uint16_t)dx_wrap_columns(row);
			(void)dx_buf_add_text(out, i > first ? "\n" : "");
			(void)dx_buf_add(out, row);
		}
		rest = dx_slice_after(rest, row.len + (end != NULL));
	}
}

/* Would drawing change anything? */
static bool is_drawn(const dx_region *r, const dx_wrap *cursor)
{
	return r->drawn > 0 && dx_slice_equal(dx_buf_slice(&r->text), dx_buf_slice(&r->shown)) &&
	       cursor->row == r->first_row + r->cursor_row && cursor->column == r->cursor_column;
}

/* Where there are more rows than the window has, the first of them, or those up to the cursor's. */
void dx_region_draw(dx_region *r, const dx_region_view *v, dx_buf *out)
{
	size_t window = r->rows < DX_REGION_ROWS ? r->rows : DX_REGION_ROWS, first;
	dx_wrap cursor, end;

	end = lay_out(r, v, &cursor);
	if (is_drawn(r, &cursor))
		return;
	dx_region_erase(r, out);
	r->drawn = end.row + 1 < window ? end.row + 1 : window;
	first = cursor.row < r->drawn ? 0 : cursor.row - r->drawn + 1;
	put_rows(r, first, r->drawn, out);
	go_up(r->drawn - 1 - (cursor.row - first), out);
	(void)dx_buf_add_text(out, "\r");
	if (cursor.column > 0)
		(void)dx_buf_printf(out, "\033[%zuC", cursor.column);
	r->first_row = first;
	r->cursor_row = cursor.row - first;
	r->cursor_column = cursor.column;
	dx_buf_clear(&r->shown);
	(void)dx_buf_add(&r->shown, dx_buf_slice(&r->text));
}
