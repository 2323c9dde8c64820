/* A peer's place in its stream.
 *
 * What is unfinished lies in `held`; what was fed and not yet looked at is `in`, behind it. A message that lies in `in` alone is
 * given from there. Where something is held, `in` is appended to it for the search, and what the message did not need is left in
 * `in` again.
 * Invariants: held is NULL exactly when held_size is 0; lent_bytes <= held_bytes <= held_size <= limit + one line end; what was
 * lent is dropped at the start of the next call. scanned_bytes counts from the first byte that is neither lent nor cut. */
#include "base/check.h"
#include "codec/frame_priv.h"
#include "sys/sys.h"

#define SMALLEST 64

void dx_cutter_init(dx_cutter *c, size_t limit_bytes)
{
	dx_assert(limit_bytes >= DX_FRAME_EOL_BYTES);
	dx_assert(limit_bytes <= (size_t)1 << 30);
	*c = (dx_cutter){ .limit_bytes = (uint32_t)limit_bytes };
}

static void release(dx_cutter *c)
{
	dx_sys_free(c->held);
	c->held = NULL;
	c->held_bytes = c->held_size = 0;
}

void dx_cutter_fini(dx_cutter *c)
{
	release(c);
	dx_cutter_init(c, c->limit_bytes);
}

void dx_cutter_feed(dx_cutter *c, dx_slice in, int64_t now_ns)
{
	dx_assert(c->in.len == 0);
	if (in.len == 0)
		return;
	c->in = in;
	c->heard_ns = now_ns;
}

void dx_cutter_rescan(dx_cutter *c)
{
	c->scanned_bytes = 0;
}

/* The most that is ever looked at in one piece. */
static size_t window_bytes(const dx_cutter *c)
{
	return c->limit_bytes + DX_FRAME_EOL_BYTES;
}

/* The last cut is no longer looked at. */
static void drop_lent(dx_cutter *c)
{
	if (c->lent_bytes == 0)
		return;
	c->held_bytes -= c->lent_bytes;
	if (c->held_bytes == 0)
		release(c);
	else
		memmove(c->held, c->held + c->lent_bytes, c->held_bytes);
	c->lent_bytes = 0;
}

static int grow(dx_cutter *c, size_t wanted)
{
	size_t size = c->held_size == 0 ? SMALLEST : c->held_size;
	uint8_t *held;

	if (wanted <= c->held_size)
		return 0;
	while (size < wanted)
		size *= 2;
	if (size > window_bytes(c))
		size = window_bytes(c);
	held = dx_sys_realloc(c->held, size);
	if (held == NULL)
		return -ENOMEM;
	c->held = held;
	c->held_size = (uint32_t)size;
	return 0;
}

/* Moves the first `n` bytes of `in` behind what is held. */
static int hold(dx_cutter *c, size_t n)
{
	int r = n == 0 ? 0 : grow(c, c->held_bytes + n);

	if (r < 0 || n == 0)
		return r;
	dx_assert(c->held_bytes + n <= c->held_size);
	memcpy(c->held + c->held_bytes, c->in.data, n);
	c->held_bytes += (uint32_t)n;
	c->in = dx_slice_after(c->in, n);
	return 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Brings what there is into one piece, as far as it is looked at; *ret_fresh bytes of it were in `in` before. */
static int gather(dx_cutter *c, dx_slice *ret, size_t *ret_fresh)
{
	size_t fresh = smaller(c->in.len, window_bytes(c) - c->held_bytes);
	int r;

	*ret_fresh = fresh;
	if (c->held_bytes == 0) {
		*ret = dx_slice_first(c->in, fresh);
		return 0;
	}
	r = hold(c, fresh);
	*ret = dx_slice_of(c->held, c->held_bytes);
	return r;
}

/* Is the stream's first unit a byte order mark, read in the wrong order? */
static void begin(dx_cutter *c, const dx_frame *f, dx_slice bytes)
{
	uint8_t first = f->big_endian ? 0xff : 0xfe, second = f->big_endian ? 0xfe : 0xff;
	size_t at = f->unit_bytes == 4 && !f->big_endian ? 2 : 0;

	if (c->begun || bytes.len < f->unit_bytes)
		return;
	c->begun = true;
	c->swapped = f->unit_bytes > 1 && bytes.data[at] == first && bytes.data[at + 1] == second;
	if (c->swapped && f->unit_bytes == 4)
		c->swapped = bytes.data[2 - at] == 0 && bytes.data[3 - at] == 0;
}

static bool find(dx_cutter *c, const dx_frame *f, dx_slice bytes, dx_frame_end *ret)
{
	dx_frame_view v = { .bytes = bytes, .scanned = c->scanned_bytes, .phase = c->phase, .unit = f->unit_bytes };
	bool found;

	begin(c, f, bytes);
	v.big_endian = f->big_endian != c->swapped;
	found = f->kind->find(&v, ret);
	c->scanned_bytes = (uint32_t)v.scanned;
	return found;
}

/* Lends the first `bytes` and the `eol` behind them. Of what is held, the last `fresh` bytes came from `in` just now: what the
 * cut does not need of them goes back there. */
static int cut(dx_cutter *c, dx_slice all, size_t fresh, dx_frame_end end, dx_cut *ret)
{
	size_t used = end.body + end.eol;

	*ret = (dx_cut){ .bytes = dx_slice_first(all, end.body), .eol = dx_slice_of(all.data + end.body, end.eol) };
	if (c->held_bytes == 0) {
		c->in = dx_slice_after(c->in, used);
	} else {
		size_t back = smaller(all.len - used, fresh);

		if (back != 0)
			c->in = dx_slice_of(c->in.data - back, c->in.len + back);
		c->held_bytes -= (uint32_t)back;
		c->lent_bytes = (uint32_t)used;
	}
	c->phase = (uint8_t)((c->phase + used) & 3);
	c->scanned_bytes -= (uint32_t)smaller(c->scanned_bytes, used);
	c->ended_line = c->ended_line || end.eol != 0;
	return 1;
}

/* The first part of a message that is over the limit: whole units. */
static int cut_part(dx_cutter *c, const dx_frame *f, dx_slice all, size_t fresh, dx_cut *ret)
{
	size_t torn = (c->phase + c->limit_bytes) & (size_t)(f->unit_bytes - 1);
	int r = cut(c, all, fresh, (dx_frame_end){ c->limit_bytes - torn, 0 }, ret);

	ret->partial = true;
	return r;
}

int dx_cutter_next(dx_cutter *c, const dx_frame *f, dx_cut *ret)
{
	dx_frame_end end;
	dx_slice all;
	size_t fresh;
	bool found;
	int r;

	drop_lent(c);
	if (!dx_cutter_pending(c))
		return 0;
	r = gather(c, &all, &fresh);
	if (r < 0)
		return r;
	found = find(c, f, all, &end);
	if (c->scanned_bytes > c->limit_bytes)
		return cut_part(c, f, all, fresh, ret);
	if (found)
		return cut(c, all, fresh, end, ret);
	return hold(c, c->in.len);
}

bool dx_cutter_pending(const dx_cutter *c)
{
	return c->held_bytes > c->lent_bytes || c->in.len > 0;
}

int64_t dx_cutter_deadline_ns(const dx_cutter *c, const dx_frame *f)
{
	bool patient = c->ended_line && f->kind->patience_ns != 0;

	if (f->gap_ns == 0 || !dx_cutter_pending(c))
		return INT64_MAX;
	return c->heard_ns + (patient ? f->kind->patience_ns : f->gap_ns);
}

int dx_cutter_flush(dx_cutter *c, const dx_frame *f, dx_cut *ret)
{
	dx_slice all;

	dx_assert(c->in.len == 0);
	drop_lent(c);
	all = dx_slice_of(c->held, c->held_bytes);
	if (all.len == 0)
		return 0;
	if (all.len > c->limit_bytes)
		return cut_part(c, f, all, 0, ret);
	return cut(c, all, 0, (dx_frame_end){ all.len, 0 }, ret);
}
