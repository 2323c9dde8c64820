#include "codec/width.h"
#include "codec/utf8.h"

struct span {
	uint32_t first, last;
};

#include "codec/width_table.h"

#define COUNT(spans) (sizeof(spans) / sizeof *(spans))

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
	if (character < 0x300)
		return character < 0x20 || (character >= 0x7f && character < 0xa0) ? 0 : 1;
	if ((character >= 0x4e00 && character <= 0x9fff) || is_in(character, wide, COUNT(wide)))
		return 2;
	return is_in(character, zero_width, COUNT(zero_width)) ? 0 : 1;
}

size_t dx_width(dx_slice utf8)
{
	size_t columns = 0;

	while (utf8.len > 0) {
		dx_glyph g = dx_glyph_next(utf8);

		columns += g.malformed ? 1 : dx_width_of(g.character);
		utf8 = dx_slice_after(utf8, g.len);
	}
	return columns;
}

#include "codec/utf8.h"
size_t dx_width_fit(dx_slice text, size_t columns, size_t *ret_columns)
{
	size_t n = 0, used = 0;

	while (n < text.len) {
		dx_glyph g = dx_glyph_next(dx_slice_after(text, n));
		unsigned w = g.malformed ? 1 : dx_width_of(g.character);

		if (used + w > columns)
			break;
		used += w;
		n += g.len;
	}
	*ret_columns = used;
	return n;
}
