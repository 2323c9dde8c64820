/* The region: what stands at the bottom of a terminal, below the messages, and moves down as they come: an unfinished message,
 * the status, the line being typed with its prompt and its cursor. It is erased before anything is written and drawn anew
 * behind it, so nothing that arrives can tear it. Bytes out, no I/O. */
#ifndef DX_REGION_H
#define DX_REGION_H

#include "base/buf.h"

#define DX_REGION_ROWS 512              /* of a window that are made use of */

typedef struct dx_region {
	size_t columns, rows;           /* of the window */
	size_t drawn;                   /* rows that are on the screen; 0: none, and the cursor is at the start of a free row */
	size_t first_row;               /* of all its rows, the first that is on the screen */
	size_t cursor_row;              /* of those on the screen */
	uint16_t widths[DX_REGION_ROWS];
	size_t cursor_column;
	dx_buf safe, text;              /* scratch: a part of the line, as it may be shown; all its rows */
	dx_buf shown;                   /* those that were last drawn */
} dx_region;

/* What is to stand there. All but the line is safe text and may hold our colours. */
typedef struct dx_region_view {
	dx_slice open;                  /* an unfinished message … */
	size_t open_indent;             /* … and where its rows after the first begin */
	dx_slice status;                /* one row, or nothing */
	dx_slice prompt, line;
	size_t point;                   /* of the line: where the cursor stands */
	size_t marked, marked_bytes;    /* of the line: what is selected */
} dx_region_view;

void dx_region_init(dx_region *r);
void dx_region_fini(dx_region *r);

/* The window has another size. Where the terminal wraps rows that have become too long anew (`reflows`), the region has grown. */
void dx_region_resize(dx_region *r, size_t columns, size_t rows, bool reflows);

/* Appends what erases it; and what draws it, nothing where it stands there already as it is to be. What cannot be had for want of
 * memory is left out. */
void dx_region_erase(dx_region *r, dx_buf *out);
void dx_region_draw(dx_region *r, const dx_region_view *v, dx_buf *out);

#endif
