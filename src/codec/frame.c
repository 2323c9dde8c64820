/* The table of frames, what finds line ends in code units of any size, and what puts messages on a stream. */
#include "base/check.h"
#include "codec/frame_priv.h"

#include <errno.h>
#include <stdio.h>

static const dx_frame_kind *const kinds[] = {
	&dx__frame_auto, &dx__frame_raw,     &dx__frame_line, &dx__frame_crlf,    &dx__frame_nul,  &dx__frame_delim,   &dx__frame_len1,
	&dx__frame_len2, &dx__frame_len2_le, &dx__frame_len4, &dx__frame_len4_le, &dx__frame_len8, &dx__frame_len8_le, &dx__frame_fixed,
	&dx__frame_gap,
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

static const dx_frame_kind *find_kind(dx_slice name)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if (dx_slice_equal(name, dx_slice_text(kinds[i]->name)))
			return kinds[i];
	}
	return NULL;
}

int dx_frame_parse(const char *name, dx_frame *ret)
{
	size_t len = name != NULL ? strcspn(name, ":") : 0;
	const char *argument = len > 0 && name[len] == ':' ? name + len + 1 : NULL;
	dx_frame f = { .kind = find_kind(dx_slice_of(name, len)), .unit_bytes = 1 };

	if (f.kind == NULL)
		return -EINVAL;
	if (f.kind->parse != NULL ? f.kind->parse(&f, argument) < 0 : argument != NULL)
		return -ERANGE;
	*ret = f;
	return 0;
}

void dx_frame_set_unit(dx_frame *f, unsigned unit_bytes, bool big_endian)
{
	dx_assert(unit_bytes == 1 || unit_bytes == 2 || unit_bytes == 4);
	f->unit_bytes = (uint8_t)unit_bytes;
	f->big_endian = big_endian;
}

const char *dx_frame_name(const dx_frame *f, char into[64])
{
	int len = snprintf(into, 64, "%s%s", f->kind->name, f->kind->print == NULL ? "" : ":");

	if (f->kind->print != NULL)
		f->kind->print(f, into + len, 64 - (size_t)len);
	return into;
}

const char *dx_frame_usage(size_t n)
{
	return n < KIND_COUNT ? kinds[n]->usage : NULL;
}

bool dx_frame_is_strict(const dx_frame *f)
{
	return f->kind->strict;
}

bool dx_frame_is_binary(const dx_frame *f)
{
	return f->kind->binary;
}

/* The code unit at `at`, which is whole, is `value`: its bytes are zero but one. */
static bool is_unit(const dx_frame_view *v, size_t at, uint8_t value)
{
	static const uint8_t zeros[3];
	const uint8_t *unit = v->bytes.data + at;
	size_t low = v->big_endian ? v->unit - 1 : 0;

	return unit[low] == value && memcmp(unit + (v->big_endian ? 0 : 1), zeros, v->unit - 1) == 0;
}

/* The first place at or behind `at` where a code unit begins. */
static size_t align(const dx_frame_view *v, size_t at)
{
	return at + ((v->unit - (v->phase + at)) & (v->unit - 1));
}

bool dx__frame_find_unit(dx_frame_view *v, uint8_t value)
{
	size_t at = align(v, v->scanned), end = v->bytes.len;
	bool found = false;

	while (!found && at <= end && end - at >= v->unit) {
		const uint8_t *byte = memchr(v->bytes.data + at, value, end - at);

		at += (byte == NULL ? end - at : (size_t)(byte - v->bytes.data) - at) & ~(v->unit - 1);
		if (end - at < v->unit)
			break;
		found = is_unit(v, at, value);
		at += found ? 0 : v->unit;
	}
	v->scanned = at <= end ? at : v->scanned;
	return found;
}

bool dx__frame_back_over_cr(dx_frame_view *v)
{
	size_t end = v->scanned;
	bool is = end >= v->unit && align(v, end) == end && is_unit(v, end - v->unit, '\r');

	v->scanned -= is ? v->unit : 0;
	return is;
}

ssize_t dx__frame_find_line(dx_frame_view *v)
{
	bool found = dx__frame_find_unit(v, '\n');
	size_t eol = (dx__frame_back_over_cr(v) ? 2 : 1) * v->unit;

	return found ? (ssize_t)eol : -1;
}

/* Putting messages on a stream */

void dx__frame_add_unit(const dx_frame *f, uint8_t value, dx_frame_ends *e)
{
	uint8_t *unit = e->tail + e->tail_bytes;

	dx_assert(e->tail_bytes + f->unit_bytes <= DX_FRAME_TAIL_BYTES);
	memset(unit, 0, f->unit_bytes);
	unit[f->big_endian ? f->unit_bytes - 1 : 0] = value;
	e->tail_bytes = (uint8_t)(e->tail_bytes + f->unit_bytes);
}

int dx__frame_wrap_line(const dx_frame *f, dx_slice message, dx_frame_ends *ret)
{
	(void)message;
	dx__frame_add_unit(f, '\n', ret);
	return 0;
}

/* Would `bytes`, which begin so many bytes into a message, be cut at `end` and nowhere before? SIZE_MAX: be cut nowhere. */
static bool ends_at(const dx_frame *f, dx_slice bytes, size_t into, size_t end)
{
	dx_frame_view v = { .bytes = bytes, .phase = into & 3, .unit = f->unit_bytes, .big_endian = f->big_endian, .frame = f };
	ssize_t eol = f->kind->find(&v);

	return eol < 0 ? end == SIZE_MAX : v.scanned == end && bytes.len - end == (size_t)eol;
}

/* Does the message hold nothing that would end it, nor make such a thing together with its end? */
static bool is_found_again(const dx_frame *f, dx_slice message, const dx_frame_ends *e)
{
	uint8_t joint[2 * DX_FRAME_TAIL_BYTES];
	size_t last = message.len < DX_FRAME_TAIL_BYTES ? message.len : DX_FRAME_TAIL_BYTES;

	if (!ends_at(f, message, 0, SIZE_MAX))
		return false;
	if (last > 0)
		memcpy(joint, message.data + message.len - last, last);
	memcpy(joint + last, e->tail, e->tail_bytes);
	return ends_at(f, dx_slice_of(joint, last + e->tail_bytes), message.len - last, last);
}

int dx_frame_wrap(const dx_frame *f, dx_slice message, dx_frame_ends *ret)
{
	dx_frame_ends e = { .head_bytes = 0 };
	int r = f->kind->wrap == NULL ? 0 : f->kind->wrap(f, message, &e);

	if (r == 0 && e.tail_bytes > 0 && !is_found_again(f, message, &e))
		r = -EBADMSG;
	if (r == 0)
		*ret = e;
	return r;
}

ptrdiff_t dx_frame_encode(const dx_frame *f, dx_slice message, void *into, size_t size)
{
	uint8_t *to = (uint8_t *)into;
	dx_frame_ends e;
	int r = dx_frame_wrap(f, message, &e);

	if (r < 0)
		return r;
	if (size < message.len || size - message.len < (size_t)e.head_bytes + e.tail_bytes)
		return -ENOBUFS;
	memcpy(to, e.head, e.head_bytes);
	if (message.len > 0)
		memcpy(to + e.head_bytes, message.data, message.len);
	memcpy(to + e.head_bytes + message.len, e.tail, e.tail_bytes);
	return (ptrdiff_t)(e.head_bytes + message.len + e.tail_bytes);
}
