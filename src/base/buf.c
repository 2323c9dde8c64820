#include "base/buf.h"
#include "base/check.h"
#include "sys/sys.h"

#include <stdio.h>

#define SMALLEST 64

void dx_buf_init(dx_buf *b, size_t limit)
{
	*b = (dx_buf){ .limit = limit };
}

void dx_buf_fini(dx_buf *b)
{
	dx_sys_free(b->data);
	dx_buf_init(b, b->limit);
}

void dx_buf_clear(dx_buf *b)
{
	b->start = b->used = 0;
}

int dx_buf_reserve(dx_buf *b, size_t more)
{
	size_t wanted, size;
	uint8_t *data;

	if (more <= dx_buf_room(b))
		return 0;
	if (__builtin_add_overflow(b->used, more, &wanted) || wanted > b->limit)
		return -ENOBUFS;
	if (b->start != 0 && b->used != 0)
		memmove(b->data, b->data + b->start, b->used);
	b->start = 0;
	if (wanted <= b->size)
		return 0;
	for (size = SMALLEST; size < wanted && size <= b->limit / 2; size *= 2)
		;
	size = size < wanted || size > b->limit ? b->limit : size;
	data = dx_sys_realloc(b->data, size);
	if (data == NULL)
		return -ENOMEM;
	b->data = data;
	b->size = size;
	return 0;
}

int dx_buf_add(dx_buf *b, dx_slice in)
{
	int r = dx_buf_reserve(b, in.len);

	if (r < 0 || in.len == 0)
		return r;
	memcpy(dx_buf_tail(b), in.data, in.len);
	dx_buf_grew(b, in.len);
	return 0;
}

int dx_buf_add_byte(dx_buf *b, uint8_t byte)
{
	return dx_buf_add(b, dx_slice_of(&byte, 1));
}

int dx_buf_add_text(dx_buf *b, const char *text)
{
	return dx_buf_add(b, dx_slice_text(text));
}

int dx_buf_printf(dx_buf *b, const char *format, ...)
{
	va_list arguments;
	int wanted, r;

	va_start(arguments, format);
	wanted = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (wanted < 0)
		return -EINVAL;
	r = dx_buf_reserve(b, (size_t)wanted + 1);
	if (r < 0)
		return r;
	va_start(arguments, format);
	(void)vsnprintf((char *)dx_buf_tail(b), dx_buf_room(b), format, arguments);
	va_end(arguments);
	dx_buf_grew(b, (size_t)wanted);
	return 0;
}

void dx_buf_take(dx_buf *b, size_t n)
{
	dx_assert(n <= b->used);
	b->used -= n;
	b->start = b->used == 0 ? 0 : b->start + n;
}

const char *dx_buf_string(dx_buf *b)
{
	if (dx_buf_reserve(b, 1) < 0)
		return NULL;
	*dx_buf_tail(b) = 0;
	return (const char *)b->data + b->start;
}
