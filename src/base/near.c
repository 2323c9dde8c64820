#include "base/near.h"

static uint8_t folded(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The optimal string alignment distance: three rows of the table are enough, since a swap looks back by two. */
size_t dx_near_distance(dx_slice a, dx_slice b)
{
	size_t rows[3][DX_NEAR_BYTES + 1], *before = rows[0], *last = rows[1], *row = rows[2], *spare;

	if (a.len > DX_NEAR_BYTES || b.len > DX_NEAR_BYTES)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			uint8_t here = folded(a.data[i - 1]), there = folded(b.data[j - 1]);

			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (here != there));
			if (i > 1 && j > 1 && here == folded(b.data[j - 2]) && folded(a.data[i - 2]) == there)
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[b.len];
}

int dx_near_find(dx_slice typed, const char *const *known, size_t count)
{
	size_t best = SIZE_MAX;
	int found = -1;

	for (size_t i = 0; i < count; i++) {
		size_t distance = dx_near_distance(typed, dx_slice_text(known[i]));
		size_t letters = least(typed.len, strlen(known[i])), slips = letters < 8 ? 1 : letters / 4;

		if (distance < best && distance <= slips && distance < typed.len) {
			best = distance;
			found = (int)i;
		}
	}
	return found;
}
