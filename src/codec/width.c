#include "codec/width.h"
#include "codec/utf8.h"

struct span {
	uint32_t first, last;
};

#include "codec/width_table.h"

#define COUNT(spans) (sizeof(spans) / sizeof *(spans))

#define FIRST_MARK      0x300           /* below it nothing joins */
#define LONGEST_CLUSTER 16              /* characters */
#define JOINER          0x200d
#define COLOURED        0xfe0f

static bool is_in(uint32_t character, const struct span *spans, size_t count)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (character > spans[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && character >= spans[low].first;
}

unsigned dx_width_of(uint32_t character)
{
	if (character < FIRST_MARK)
		return character < 0x20 || (character >= 0x7f && character < 0xa0) ? 0 : 1;
	if (character >= wide[0].first && is_in(character, wide, COUNT(wide)))
		return 2;
	return is_in(character, zero_width, COUNT(zero_width)) ? 0 : 1;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t printable_run(dx_slice text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] >= 0x20 && text.data[n] < 0x7f)
		n++;
	return n;
}

static bool is_plainly_wide(uint32_t c)
{
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3001 && c <= 0x3029) || (c >= 0xff01 && c <= 0xff60) ||
	       (c >= 0x3041 && c <= 0x3096) || (c >= 0x30a0 && c <= 0x30ff) || (c >= 0xac00 && c <= 0xd7a3);
}

size_t dx__wide_run(dx_slice text)
{
	size_t n = 0;

	for (; text.len - n >= 3; n += 3) {
		const uint8_t *c = text.data + n;

		if ((c[0] & 0xf0) != 0xe0 || (c[1] & 0xc0) != 0x80 || (c[2] & 0xc0) != 0x80 ||
		    !is_plainly_wide((c[0] & 0x0fu) << 12 | (c[1] & 0x3fu) << 6 | (c[2] & 0x3fu)))
			break;
	}
	return n;
}

static bool is_regional(uint32_t c)
{
	return c >= 0x1f1e6 && c <= 0x1f1ff;
}

static bool is_tone(uint32_t c)
{
	return c >= 0x1f3fb && c <= 0x1f3ff;
}

/* Roughly: among them are signs that nobody joins. */
static bool is_pictograph(uint32_t c)
{
	return (c >= 0x203c && c <= 0x2bff) || (c >= 0x1f000 && c <= 0x1faff && !is_regional(c));
}

/* Does `next` belong to the cluster of so many characters that `base` begins and `last` ends so far? */
static bool joins(uint32_t base, uint32_t last, uint32_t next, unsigned count)
{
	if (next < FIRST_MARK)
		return false;
	if (dx_width_of(next) == 0)
		return true;
	if (is_regional(next))
		return count == 1 && is_regional(base);
	if (is_tone(next))
		return is_pictograph(last) && !is_tone(last);
	return last == JOINER && is_pictograph(next) && is_pictograph(base);
}

/* The bytes of the cluster that begins `text`, which is not empty. */
static size_t cluster(dx_slice text, size_t *ret_columns)
{
	dx_glyph base = dx_glyph_next(text), next;
	size_t len = base.len, columns = base.malformed ? 1 : dx_width_of(base.character);
	uint32_t last = base.character;

	for (unsigned count = 1; count < LONGEST_CLUSTER && len < text.len; count++) {
		next = dx_glyph_next(dx_slice_after(text, len));
		if (!joins(base.character, last, next.character, count))
			break;
		columns += next.character == COLOURED && is_pictograph(last) && dx_width_of(last) == 1 ? 1 : dx_width_of(next.character);
		last = next.character;
		len += next.len;
	}
	*ret_columns = columns;
	return len;
}

/* What takes no column may stand behind a run, for itself: it is the run's last character's, and fits always. */
size_t dx_width_fit(dx_slice text, size_t columns, size_t *ret_columns)
{
	size_t at = 0, used = 0;

	while (at < text.len) {
		dx_slice rest = dx_slice_after(text, at);
		size_t room = columns - used, taken, len;

		len = taken = printable_run(dx_slice_first(rest, smaller(rest.len, room)));
		if (len == 0) {
			len = dx__wide_run(dx_slice_first(rest, 3 * smaller(rest.len / 3, room / 2)));
			taken = len / 3 * 2;
		}
		if (len == 0)
			len = cluster(rest, &taken);
		if (taken > room)
			break;
		at += len;
		used += taken;
	}
	*ret_columns = used;
	return at;
}

size_t dx_width(dx_slice utf8)
{
	size_t columns;

	(void)dx_width_fit(utf8, SIZE_MAX, &columns);
	return columns;
}
