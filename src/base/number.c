#include "base/number.h"

#include <errno.h>

#define YEAR_NS (INT64_C(366) * 24 * 3600 * DX_NS_PER_S)

static size_t count_digits(dx_slice text)
{
	size_t n = 0;

	while (n < text.len && text.data[n] >= '0' && text.data[n] <= '9')
		n++;
	return n;
}

static int parse_digits(dx_slice digits, uint64_t *ret)
{
	uint64_t value = 0;

	for (size_t i = 0; i < digits.len; i++) {
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(digits.data[i] - '0'), &value))
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

int dx_number_parse(dx_slice text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value;
	int r;

	if (text.len == 0 || count_digits(text) != text.len)
		return -EINVAL;
	r = parse_digits(text, &value);
	if (r < 0)
		return r;
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

struct unit {
	const char *name;
	uint64_t value;
};

static int find_unit(const struct unit *units, dx_slice name, uint64_t *ret)
{
	for (; units->name != NULL; units++) {
		if (dx_slice_equal(name, dx_slice_text(units->name))) {
			*ret = units->value;
			return 0;
		}
	}
	return -EINVAL;
}

/* The fraction ".25" of `unit`; digits beyond the ninth count for nothing. */
static uint64_t fraction_of(dx_slice digits, uint64_t unit)
{
	uint64_t value = 0, scale = 1;

	for (size_t i = 0; i < digits.len && i < 9; i++, scale *= 10)
		value = value * 10 + (uint64_t)(digits.data[i] - '0');
	return (uint64_t)((unsigned __int128)value * unit / scale);
}

int dx_duration_parse(dx_slice text, int64_t *ret_ns)
{
	static const struct unit units[] = { { "", 1000000000 },      { "s", 1000000000 },      { "ms", 1000000 },
		                             { "us", 1000 },          { "m", 60000000000 },     { "min", 60000000000 },
		                             { "h", 3600000000000 },  { NULL, 0 } };
	size_t whole = count_digits(text), part = 0;
	uint64_t value, unit;
	dx_slice rest = dx_slice_after(text, whole), fraction = { NULL, 0 };

	if (rest.len > 0 && rest.data[0] == '.') {
		fraction = dx_slice_after(rest, 1);
		part = count_digits(fraction);
		rest = dx_slice_after(fraction, part);
		fraction.len = part;
		if (part == 0)
			return -EINVAL;
	}
	if (whole == 0 || find_unit(units, rest, &unit) < 0)
		return -EINVAL;
	if (parse_digits(dx_slice_first(text, whole), &value) < 0 || __builtin_mul_overflow(value, unit, &value) ||
	    __builtin_add_overflow(value, fraction_of(fraction, unit), &value) || value > (uint64_t)YEAR_NS)
		return -ERANGE;
	*ret_ns = (int64_t)value;
	return 0;
}

int dx_size_parse(dx_slice text, uint64_t max, uint64_t *ret_bytes)
{
	static const struct unit units[] = { { "", 1 },           { "k", 1000 },          { "K", 1000 },
		                             { "Ki", 1 << 10 },   { "M", 1000000 },       { "Mi", 1 << 20 },
		                             { "G", 1000000000 }, { "Gi", UINT64_C(1) << 30 }, { NULL, 0 } };
	size_t whole = count_digits(text);
	uint64_t value, unit;

	if (whole == 0 || find_unit(units, dx_slice_after(text, whole), &unit) < 0)
		return -EINVAL;
	if (parse_digits(dx_slice_first(text, whole), &value) < 0 || __builtin_mul_overflow(value, unit, &value) || value > max)
		return -ERANGE;
	*ret_bytes = value;
	return 0;
}
