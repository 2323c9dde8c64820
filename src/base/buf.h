/* A growable run of bytes with a ceiling.
 *
 * Invariants: used <= size <= limit; data is NULL exactly when size is 0; what is in use begins at data[start].
 * A buffer that was zeroed and given a limit is ready; an empty one owns no memory after dx_buf_fini. */
#ifndef DX_BUF_H
#define DX_BUF_H

#include <duplex/slice.h>
#include <stdarg.h>

typedef struct dx_buf {
	uint8_t *data;
	size_t start, used;     /* the bytes are data[start .. start + used) */
	size_t size, limit;
} dx_buf;

/* An empty buffer that never holds more than `limit` bytes. */
void dx_buf_init(dx_buf *b, size_t limit);

/* Gives the memory back; the buffer is empty and usable afterwards. */
void dx_buf_fini(dx_buf *b);

/* Forgets the bytes and keeps the memory. */
void dx_buf_clear(dx_buf *b);

/* Makes room for `more` bytes behind those in use. Returns 0, -ENOBUFS past the limit, -ENOMEM. */
int dx_buf_reserve(dx_buf *b, size_t more);

/* Appends. Returns 0, or as dx_buf_reserve and nothing is appended. `in` must not lie in the buffer. */
int dx_buf_add(dx_buf *b, dx_slice in);
int dx_buf_add_byte(dx_buf *b, uint8_t byte);
int dx_buf_add_text(dx_buf *b, const char *text);
int dx_buf_printf(dx_buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the first `n` bytes; n must not exceed those in use. */
void dx_buf_take(dx_buf *b, size_t n);

/* The bytes in use, borrowed until the buffer changes. */
static inline dx_slice dx_buf_slice(const dx_buf *b)
{
	return dx_slice_of(b->used == 0 ? NULL : b->data + b->start, b->used);
}

/* Room behind the bytes in use: write there up to dx_buf_room bytes, then dx_buf_grew. */
static inline uint8_t *dx_buf_tail(dx_buf *b)
{
	return b->data == NULL ? NULL : b->data + b->start + b->used;
}
static inline size_t dx_buf_room(const dx_buf *b)
{
	return b->size - b->start - b->used;
}
static inline void dx_buf_grew(dx_buf *b, size_t n)
{
	b->used += n;
}

/* The bytes as a C string: a NUL is put behind them, not counted. NULL where memory is short or the limit is reached. */
const char *dx_buf_string(dx_buf *b);

#endif
