/* Numbers, times and sizes as people write them. Strict: digits only, no sign, no blank, no 0x, no exponent; what does not
 * fit is refused and never wrapped. All return 0, -EINVAL for what is not of the form, -ERANGE for what does not fit. */
#ifndef DX_NUMBER_H
#define DX_NUMBER_H

#include <duplex/slice.h>

#define DX_NS_PER_MS INT64_C(1000000)
#define DX_NS_PER_S  INT64_C(1000000000)

/* "8090": a whole number from min to max. */
int dx_number_parse(dx_slice text, uint64_t min, uint64_t max, uint64_t *ret);

/* "500ms" "0.5s" "2s" "1m" "1h", a bare number is seconds; in nanoseconds, at most a year. */
int dx_duration_parse(dx_slice text, int64_t *ret_ns);

/* "4096" "64k" "64Ki" "1M" "1Mi" "1G" "1Gi"; in bytes. */
int dx_size_parse(dx_slice text, uint64_t max, uint64_t *ret_bytes);

#endif
