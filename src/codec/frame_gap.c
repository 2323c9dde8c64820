/* gap:T: T of silence ends a message, and nothing else does. */
#include "base/number.h"
#include "codec/frame_priv.h"

#include <errno.h>
#include <stdio.h>

static int parse(dx_frame *f, const char *argument)
{
	if (argument == NULL || dx_duration_parse(dx_slice_text(argument), &f->gap_ns) < 0 || f->gap_ns == 0)
		return -ERANGE;
	return 0;
}

static void print(const dx_frame *f, char *into, size_t size)
{
	long long ns = f->gap_ns;

	if (ns % DX_NS_PER_S == 0)
		(void)snprintf(into, size, "%llds", ns / DX_NS_PER_S);
	else if (ns % DX_NS_PER_MS == 0)
		(void)snprintf(into, size, "%lldms", ns / DX_NS_PER_MS);
	else
		(void)snprintf(into, size, "%lld.%09llds", ns / DX_NS_PER_S, ns % DX_NS_PER_S);
}

static ssize_t find(dx_frame_view *v)
{
	v->scanned = v->bytes.len;
	return -1;
}

const dx_frame_kind dx__frame_gap = {
	.name = "gap",
	.usage = "gap:T",
	.parse = parse,
	.print = print,
	.find = find,
};
