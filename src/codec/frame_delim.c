/* delim:HEX: these bytes end a message, wherever they stand. */
#include "codec/frame_priv.h"
#include "codec/hex.h"

#include <errno.h>
#include <stdio.h>

static int parse(dx_frame *f, const char *argument)
{
	dx_buf bytes = { .limit = 64 };
	dx_slice end;
	int r = argument == NULL ? -ERANGE : dx_hex_parse(dx_slice_text(argument), &bytes, NULL);

	end = dx_buf_slice(&bytes);
	if (r < 0 || end.len == 0 || end.len > sizeof f->end) {
		r = -ERANGE;
	} else {
		memcpy(f->end, end.data, end.len);
		f->end_bytes = (uint8_t)end.len;
	}
	dx_buf_fini(&bytes);
	return r;
}

static void print(const dx_frame *f, char *into, size_t size)
{
	for (size_t i = 0; i < f->end_bytes && size > 2 * i; i++)
		(void)snprintf(into + 2 * i, size - 2 * i, "%02x", f->end[i]);
}

/* The last bytes may be the first of the end. */
static ssize_t find(dx_frame_view *v)
{
	dx_slice rest = dx_slice_after(v->bytes, v->scanned);
	size_t end = v->frame->end_bytes;
	const uint8_t *found = rest.len < end ? NULL : memmem(rest.data, rest.len, v->frame->end, end);

	if (found != NULL)
		v->scanned += (size_t)(found - rest.data);
	else if (rest.len >= end)
		v->scanned += rest.len - (end - 1);
	return found != NULL ? (ssize_t)end : -1;
}

static int wrap(const dx_frame *f, dx_slice message, dx_frame_ends *ret)
{
	(void)message;
	memcpy(ret->tail, f->end, f->end_bytes);
	ret->tail_bytes = f->end_bytes;
	return 0;
}

const dx_frame_kind dx__frame_delim = {
	.name = "delim",
	.usage = "delim:HEX",
	.strict = true,
	.binary = true,
	.parse = parse,
	.print = print,
	.find = find,
	.wrap = wrap,
};
