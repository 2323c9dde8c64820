/* fixed:N: every message has N bytes. */
#include "base/number.h"
#include "codec/frame_priv.h"

#include <errno.h>
#include <stdio.h>

static int parse(dx_frame *f, const char *argument)
{
	uint64_t n;

	if (argument == NULL || dx_number_parse(dx_slice_text(argument), 1, UINT32_MAX, &n) < 0)
		return -ERANGE;
	f->fixed_bytes = (uint32_t)n;
	return 0;
}

static void print(const dx_frame *f, char *into, size_t size)
{
	(void)snprintf(into, size, "%u", f->fixed_bytes);
}

static bool measure(const dx_frame *f, dx_slice bytes, size_t *ret_head, uint64_t *ret_body)
{
	(void)bytes;
	*ret_head = 0;
	*ret_body = f->fixed_bytes;
	return true;
}

static int wrap(const dx_frame *f, dx_slice message, dx_frame_ends *ret)
{
	(void)ret;
	return message.len == f->fixed_bytes ? 0 : -EMSGSIZE;
}

const dx_frame_kind dx__frame_fixed = {
	.name = "fixed",
	.usage = "fixed:N",
	.strict = true,
	.binary = true,
	.parse = parse,
	.print = print,
	.measure = measure,
	.wrap = wrap,
};
