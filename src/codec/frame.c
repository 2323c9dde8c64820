/* The table of frames, and what finds line ends in code units of any size. */
#include "base/check.h"
#include "codec/frame_priv.h"

#include <errno.h>
#include <stdio.h>

static const dx_frame_kind *const kinds[] = {
	&dx__frame_auto, &dx__frame_raw, &dx__frame_line, &dx__frame_crlf, &dx__frame_nul, &dx__frame_gap,
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
	size_t len = strcspn(name, ":");
	const char *argument = name[len] == ':' ? name + len + 1 : NULL;
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

const char *const *dx_frame_names(void)
{
	static const char *names[KIND_COUNT + 1];

	for (size_t i = 0; i < KIND_COUNT; i++)
		names[i] = kinds[i]->usage;
	return names;
}

bool dx_frame_is_strict(const dx_frame *f)
{
	return f->kind->strict;
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
