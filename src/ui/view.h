/* Views: how a message is shown. A view is one file and one row; what it writes is safe for any terminal or log. */
#ifndef DX_VIEW_H
#define DX_VIEW_H

#include "talk/message.h"

struct dx_stamper;

typedef struct dx_view {
	const char *name;
	bool shows_bytes;       /* what it shows is bytes, not text: frames default to gap:50ms, events give hex */
	/* Appends the message, without a line end of its own. *ret_escaped becomes true where something could not be shown as
	 * it is. NULL: raw, where bytes go past all views, and none. */
	int (*render)(const dx_message *m, dx_buf *out, bool *ret_escaped);
	/* The same for a terminal so many columns wide, behind what stands before a message, where rows beneath it show more; NULL:
	 * as render. */
	int (*spread)(const dx_message *m, size_t columns, dx_buf *out);
} dx_view;

extern const dx_view dx_view_text, dx_view_hex, dx_view_both, dx_view_quoted, dx_view_raw, dx_view_none;

/* The view of that name, NULL where there is none; and the i-th, NULL past the last. */
const dx_view *dx_view_find(const char *name);
const dx_view *dx_view_at(unsigned i);

/* --format: a template of {time} {peer} {address} {direction} {length} {text} {hex}. */
int dx_view_format(dx_slice format, const dx_message *m, struct dx_stamper *time, dx_buf *out, bool *ret_escaped);

/* Appends the message in rows of offset, hex and text, each begun by a line end. */
int dx_view_add_dump(const dx_message *m, size_t columns, dx_buf *out);

/* Appends the message's text, decoded and safe. */
int dx_view_add_text(const dx_message *m, dx_buf *out, bool *ret_escaped);

#endif
