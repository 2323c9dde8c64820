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

/* What a unit is worth; the last one has no name. */
struct unit {
	const char *name;
	uint64_t value;
};

/* The fraction ".25" of `unit`; digits beyond the ninth count for nothing. */
static uint64_t fraction_of(dx_slice digits, uint64_t unit)
{
	uint64_t value = 0, scale = 1;

	for (size_t i = 0; i < digits.len && i < 9; i++, scale *= 10)
		value = value * 10 + (uint64_t)(digits.data[i] - '0');
	return (uint64_t)((unsigned __int128)value * unit / scale);
}

/* A whole number, `fraction` of one, and a unit. */
static int parse_amount(dx_slice text, dx_slice fraction, dx_slice name, const struct unit *unit, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	while (unit->name != NULL && !dx_slice_equal(name, dx_slice_text(unit->name)))
		unit++;
	if (text.len == 0 || unit->name == NULL)
		return -EINVAL;
	if (parse_digits(text, &value) < 0 || __builtin_mul_overflow(value, unit->value, &value) ||
	    __builtin_add_overflow(value, fraction_of(fraction, unit->value), &value) || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int dx_duration_parse(dx_slice text, int64_t *ret_ns)
{
	static const struct unit units[] = { { "", 1000000000 },      { "s", 1000000000 },      { "ms", 1000000 },
		                             { "us", 1000 },          { "m", 60000000000 },     { "min", 60000000000 },
		                             { "h", 3600000000000 },  { NULL, 0 } };
	dx_slice whole = dx_slice_first(text, count_digits(text)), name = dx_slice_after(text, whole.len), fraction = { NULL, 0 };
	uint64_t ns;
	int r;

	if (name.len > 0 && name.data[0] == '.') {
		name = dx_slice_after(name, 1);
		fraction = dx_slice_first(name, count_digits(name));
		name = dx_slice_after(name, fraction.len);
		if (fraction.len == 0)
			return -EINVAL;
	}
	r = parse_amount(whole, fraction, name, units, (uint64_t)YEAR_NS, &ns);
	if (r == 0)
		*ret_ns = (int64_t)ns;
	return r;
}

int dx_size_parse(dx_slice text, uint64_t max, uint64_t *ret_bytes)
{
	static const struct unit units[] = { { "", 1 },           { "k", 1000 },          { "K", 1000 },
		                             { "Ki", 1 << 10 },   { "M", 1000000 },       { "Mi", 1 << 20 },
		                             { "G", 1000000000 }, { "Gi", UINT64_C(1) << 30 }, { NULL, 0 } };
	dx_slice whole = dx_slice_first(text, count_digits(text)), none = { NULL, 0 };

	return parse_amount(whole, none, dx_slice_after(text, whole.len), units, max, ret_bytes);
}
