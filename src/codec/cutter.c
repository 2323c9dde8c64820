/* A peer's place in its stream.
 *
 * What is unfinished lies in `held`; what was fed and not yet looked at is `in`, behind it. A message that lies in `in` alone is
 * given from there. Where something is held, `in` is appended to it for the search, and what the message did not need is left in
 * `in` again.
 * Invariants: held is NULL exactly when held_size is 0; lent_bytes <= held_bytes <= held_size <= window_bytes(); what was lent is
 * dropped at the start of the next call. scanned_bytes counts from the first byte that is neither lent nor cut.
 *
 * Messages that a length or fixed:N counts are cut by next_counted; what a peer says of their length is compared and counted down
 * (left_bytes), and never added to anything. */
#include "base/buf.h"
#include "base/check.h"
#include "codec/frame_priv.h"
#include "codec/utf8.h"
#include "sys/sys.h"

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
	*c = (dx_cutter){ .limit_bytes = c->limit_bytes };
}

void dx_cutter_feed(dx_cutter *c, dx_slice in, int64_t now_ns)
{
	dx_assert(c->in.len == 0);
	dx_assert(c->limit_bytes > 0);          /* dx_cutter_init */
	if (in.len == 0)
		return;
	c->in = in;
	c->heard_ns = now_ns;
}

void dx_cutter_rescan(dx_cutter *c)
{
	c->scanned_bytes = 0;
	c->left_bytes = 0;
}

/* The most that is ever looked at in one piece. */
static size_t window_bytes(const dx_cutter *c)
{
	return (size_t)c->limit_bytes + DX_FRAME_TAIL_BYTES;
}

/* The last cut is no longer looked at. */
static void drop_lent(dx_cutter *c)
{
	c->held_bytes -= c->lent_bytes;
	if (c->held_bytes == 0)
		release(c);
	else if (c->lent_bytes != 0)
		memmove(c->held, c->held + c->lent_bytes, c->held_bytes);
	c->lent_bytes = 0;
}

/* Moves the first `n` bytes of `in` behind what is held. */
static int hold(dx_cutter *c, size_t n)
{
	dx_buf held = { .data = c->held, .used = c->held_bytes, .size = c->held_size, .limit = window_bytes(c) };
	int r = dx_buf_add(&held, dx_slice_first(c->in, n));

	dx_assert(r != -ENOBUFS);
	if (r < 0)
		return r;
	c->held = held.data;
	c->held_bytes = (uint32_t)held.used;
	c->held_size = (uint32_t)held.size;
	c->in = dx_slice_after(c->in, n);
	return 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Is the stream's first unit a byte order mark, read in the wrong order? */
static void begin(dx_cutter *c, const dx_frame *f, dx_slice bytes)
{
	if (c->begun || bytes.len < f->unit_bytes)
		return;
	c->begun = true;
	c->swapped = f->unit_bytes > 1 && dx__is_order_mark(bytes, f->unit_bytes, !f->big_endian);
}

/* Where the message ends: as the kind's find, with scanned_bytes for the place. */
static ssize_t find(dx_cutter *c, const dx_frame *f, dx_slice bytes)
{
	dx_frame_view v = { .bytes = bytes, .scanned = c->scanned_bytes, .phase = c->phase, .unit = f->unit_bytes, .frame = f };
	ssize_t eol;

	begin(c, f, bytes);
	v.big_endian = f->big_endian != c->swapped;
	eol = f->kind->find(&v);
	c->scanned_bytes = (uint32_t)v.scanned;
	return eol;
}

/* Lends the first `used` bytes of what lies together. The last `fresh` bytes of what is held came from `in` just now: what the cut
 * does not need of them goes back there. */
static void lend(dx_cutter *c, size_t all_bytes, size_t fresh, size_t used)
{
	if (c->held_bytes == 0) {
		c->in = dx_slice_after(c->in, used);
	} else {
		size_t back = smaller(all_bytes - used, fresh);

		if (back != 0)
			c->in = dx_slice_of(c->in.data - back, c->in.len + back);
		c->held_bytes -= (uint32_t)back;
		c->lent_bytes = (uint32_t)used;
	}
	c->phase = (uint8_t)((c->phase + used) & 3);
	c->scanned_bytes -= (uint32_t)smaller(c->scanned_bytes, used);
}

/* Cuts what was scanned and the `eol` behind it; of what is over the limit, the first part, in whole units. */
static int cut(dx_cutter *c, const dx_frame *f, dx_slice all, size_t fresh, size_t eol, dx_cut *ret)
{
	size_t body = c->scanned_bytes;
	bool partial = body > c->limit_bytes;

	if (partial) {
		body = c->limit_bytes - ((c->phase + c->limit_bytes) & (size_t)(f->unit_bytes - 1));
		eol = 0;
	}
	*ret = (dx_cut){ dx_slice_first(all, body), dx_slice_of(all.data + body, eol), partial };
	lend(c, all.len, fresh, body + eol);
	c->ended_line = c->ended_line || eol != 0;
	return 1;
}

/* Cuts the counted message at the start of `all`, or its next part; 0 where it has not come. */
static int cut_counted(dx_cutter *c, const dx_frame *f, dx_slice all, size_t fresh, dx_cut *ret)
{
	uint64_t body = c->left_bytes;
	size_t head = 0, part;

	if (body == 0 && !f->kind->measure(f, all, &head, &body))
		return 0;
	part = body > c->limit_bytes ? c->limit_bytes : (size_t)body;
	if (all.len - head < part)
		return 0;
	*ret = (dx_cut){ dx_slice_of(all.data + head, part), dx_slice_of(NULL, 0), part < body };
	lend(c, all.len, fresh, head + part);
	c->left_bytes = body - part;
	return 1;
}

int dx_cutter_next(dx_cutter *c, const dx_frame *f, dx_cut *ret)
{
	size_t fresh;
	dx_slice all;
	ssize_t eol;

	dx_assert(f->kind != NULL);             /* dx_frame_parse */
	drop_lent(c);
	if (c->held_bytes == 0 && c->in.len == 0)
		return 0;
	fresh = smaller(c->in.len, window_bytes(c) - c->held_bytes);
	all = dx_slice_first(c->in, fresh);
	if (c->held_bytes > 0) {
		if (hold(c, fresh) < 0)
			return -ENOMEM;
		all = dx_slice_of(c->held, c->held_bytes);
	}
	if (f->kind->measure != NULL)
		return cut_counted(c, f, all, fresh, ret) > 0 ? 1 : hold(c, c->in.len);
	eol = find(c, f, all);
	if (eol >= 0 || c->scanned_bytes > c->limit_bytes)
		return cut(c, f, all, fresh, (size_t)eol, ret);
	return hold(c, c->in.len);
}

dx_slice dx_cutter_stop(dx_cutter *c)
{
	dx_slice rest = c->in;

	c->in = dx_slice_of(NULL, 0);
	return rest;
}

void dx_cutter_give_back(dx_cutter *c, size_t n)
{
	if (c->lent_bytes > 0) {
		dx_assert(n < c->lent_bytes);
		c->lent_bytes -= (uint32_t)n;
	} else {
		c->in = dx_slice_of(c->in.data - n, c->in.len + n);
	}
	if (c->left_bytes > 0)
		c->left_bytes += n;
	else
		c->scanned_bytes += (uint32_t)n;
	c->phase = (uint8_t)((c->phase - n) & 3);
}

bool dx_cutter_pending(const dx_cutter *c)
{
	return c->held_bytes > c->lent_bytes || c->in.len > 0 || c->left_bytes > 0;
}

int64_t dx_cutter_deadline_ns(const dx_cutter *c, const dx_frame *f)
{
	bool patient = c->ended_line && f->kind->patience_ns != 0;

	if (f->gap_ns == 0 || !dx_cutter_pending(c))
		return INT64_MAX;
	return c->heard_ns + (patient ? f->kind->patience_ns : f->gap_ns);
}

/* What came of a message that was promised whole. Its length, or a part of that, is none of it. */
static int flush_counted(dx_cutter *c, const dx_frame *f, dx_cut *ret)
{
	dx_slice all = dx_slice_of(c->held, c->held_bytes);
	uint64_t body = c->left_bytes;
	size_t head = 0;

	c->left_bytes = 0;
	if (all.len == 0 || (body == 0 && !f->kind->measure(f, all, &head, &body)) || all.len == head) {
		release(c);
		return 0;
	}
	*ret = (dx_cut){ dx_slice_after(all, head), dx_slice_of(NULL, 0), true };
	lend(c, all.len, 0, all.len);
	return 1;
}

int dx_cutter_flush(dx_cutter *c, const dx_frame *f, dx_cut *ret)
{
	dx_assert(c->in.len == 0);
	drop_lent(c);
	if (f->kind->measure != NULL)
		return flush_counted(c, f, ret);
	c->scanned_bytes = c->held_bytes;
	return c->held_bytes == 0 ? 0 : cut(c, f, dx_slice_of(c->held, c->held_bytes), 0, 0, ret);
}
