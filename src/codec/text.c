/* A converter: bytes of the wire to marked UTF-8 and back.
 *
 * Decoding never keeps anything in an iconv descriptor between two calls, since all peers share it: unfinished characters and
 * the escape sequence in force lie in the peer's state. A malformed byte is marked alone, and decoding goes on behind it (in
 * UTF-16 and UTF-32: a malformed unit), so every call of iconv is followed by progress. */
#include "base/check.h"
#include "codec/safe_priv.h"
#include "codec/text.h"
#include "codec/text_priv.h"
#include "codec/utf8.h"
#include "sys/sys.h"

#define CLOSED      ((iconv_t)-1)
#define LEAST_ROOM  ((size_t)16)
#define FLAG_BEGUN  1u                  /* of a state: its byte order mark was looked for */
#define FLAG_BIG    2u                  /* and was the big-endian one */

struct dx_text {
	const dx_encoding *encoding;
	iconv_t in, in_big, out;        /* in_big: where a byte order mark said so */
	uint32_t *singles;              /* what each byte of a single-byte encoding is: a character or a mark */
};

/* One decoding in progress. */
struct decoding {
	dx_text *text;
	const dx_encoding *encoding;
	iconv_t in;
	dx_buf *out;
	size_t bad;
};

int dx_text_new(const dx_encoding *e, dx_text **ret)
{
	dx_text *t = e != NULL ? dx_sys_malloc(sizeof *t) : NULL;

	if (t == NULL)
		return e != NULL ? -ENOMEM : -EINVAL;
	*t = (dx_text){ .encoding = e, .in = CLOSED, .in_big = CLOSED, .out = CLOSED };
	*ret = t;
	return 0;
}

static void shut(iconv_t descriptor)
{
	if (descriptor != CLOSED)
		(void)dx_sys_iconv_close(descriptor);
}

void dx_text_free(dx_text *t)
{
	if (t == NULL)
		return;
	shut(t->in);
	shut(t->in_big);
	shut(t->out);
	dx_sys_free(t->singles);
	dx_sys_free(t);
}

const dx_encoding *dx_text_encoding(const dx_text *t)
{
	return t->encoding;
}

static bool is_utf8(const dx_text *t)
{
	return t == NULL || t->encoding->kind == DX_KIND_UTF8;
}

/* Opens a descriptor, where it is not open, and sets it to its start. */
static int open_at_start(iconv_t *descriptor, const char *to, const char *from)
{
	if (*descriptor == CLOSED)
		*descriptor = dx_sys_iconv_open(to, from);
	if (*descriptor == CLOSED)
		return -errno;
	(void)dx_sys_iconv(*descriptor, NULL, NULL, NULL, NULL);
	return 0;
}

/* Converts from the start of *in, which moves on, and appends. Returns 0, or -EINVAL or -EILSEQ at what does not convert;
 * -ENOBUFS, -ENOMEM. With `in` NULL: what the descriptor still holds. */
static int convert(iconv_t descriptor, dx_slice *in, dx_buf *out)
{
	char *from = in == NULL ? NULL : (char *)(uintptr_t)in->data;
	size_t left = in == NULL ? 0 : in->len;
	int error, r = dx_buf_reserve(out, 1);

	while (r == 0) {
		char *to = (char *)dx_buf_tail(out);
		size_t room = dx_buf_room(out), before = room;

		error = dx_sys_iconv(descriptor, in == NULL ? NULL : &from, &left, &to, &room) == (size_t)-1 ? errno : 0;
		dx_buf_grew(out, before - room);
		if (error != E2BIG) {
			r = in == NULL ? 0 : -error;
			break;
		}
		r = dx_buf_reserve(out, room + left + LEAST_ROOM);
	}
	if (in != NULL)
		*in = dx_slice_of(from, left);
	return r;
}

/* Marks the first `n` bytes of *in, or all where there are fewer; *in moves on. */
static int mark(struct decoding *d, dx_slice *in, size_t n)
{
	uint8_t bytes[DX_MARK_BYTES];
	int r = 0;

	for (; r == 0 && n > 0 && in->len > 0; n--) {
		r = dx_buf_add(d->out, dx_slice_of(bytes, dx_utf8_put(DX_MARK(in->data[0]), bytes)));
		*in = dx_slice_after(*in, 1);
		d->bad++;
	}
	return r;
}

/* As convert, from UTF-8. */
static int copy_valid(dx_slice *in, dx_buf *out)
{
	size_t run = dx_utf8_run(*in);
	int r = dx_buf_add(out, dx_slice_first(*in, run));
	uint32_t ignored;

	if (r < 0)
		return r;
	*in = dx_slice_after(*in, run);
	if (in->len == 0)
		return 0;
	return dx_utf8_next(*in, &ignored) == 0 ? -EINVAL : -EILSEQ;
}

static int decode_single(struct decoding *d, dx_slice *in)
{
	int r = dx_buf_reserve(d->out, in->len * DX_MARK_BYTES);

	for (; r == 0 && in->len > 0; *in = dx_slice_after(*in, 1)) {
		uint32_t single = d->text->singles[in->data[0]];

		dx_buf_grew(d->out, dx_utf8_put(single, dx_buf_tail(d->out)));
		d->bad += single == DX_MARK(in->data[0]);
	}
	return r;
}

/* What begins *in, behind `before`, does not convert. */
static int pass_malformed(struct decoding *d, const uint8_t *before, dx_slice *in)
{
	const dx_encoding *e = d->encoding;

	if (e->kind == DX_KIND_WINDOWS && in->len > 0 && in->data[0] == 0x80) {
		*in = dx_slice_after(*in, 1);
		return dx_buf_add_text(d->out, "\xe2\x82\xac");
	}
	if (e->kind == DX_KIND_UHC && in->data - before >= 2 && memcmp(in->data - 2, "\xa2\xe8", 2) == 0) {
		*in = dx_slice_of(in->data - 2, in->len + 2);
		return mark(d, in, 2);
	}
	return mark(d, in, e->unit_bytes);
}

static int decode_multi(struct decoding *d, dx_slice *in)
{
	int r = 0;

	while (r == 0 && in->len > 0) {
		const uint8_t *before = in->data;

		r = d->in == CLOSED ? copy_valid(in, d->out) : convert(d->in, in, d->out);
		if (r == -EINVAL && in->len < sizeof((dx_text_state *)0)->bytes)
			return 0;
		if (r == -EILSEQ || r == -EINVAL)
			r = pass_malformed(d, before, in);
	}
	return r;
}

/* In what was appended behind `start`: ¥ to \ and ‾ to ~, which nothing else of SJIS becomes. */
static void without_yen(dx_buf *out, size_t start)
{
	uint8_t *text = out->data + out->start;
	size_t to = start;

	for (size_t at = start; at < out->used; to++) {
		if (out->used - at >= 2 && memcmp(text + at, "\xc2\xa5", 2) == 0) {
			text[to] = '\\';
			at += 2;
		} else if (out->used - at >= 3 && memcmp(text + at, "\xe2\x80\xbe", 3) == 0) {
			text[to] = '~';
			at += 3;
		} else {
			text[to] = text[at++];
		}
	}
	out->used = to;
}

/* Remembers the last escape sequence of `in`: ESC ( B, ESC ( J, ESC $ @ or ESC $ B. */
static void note_shift(dx_text_state *st, dx_slice in)
{
	for (size_t at = 0; in.len - at >= 3; at++) {
		const uint8_t *s = in.data + at;

		if (s[0] == 0x1b && ((s[1] == '(' && (s[2] == 'B' || s[2] == 'J')) ||
		                     (s[1] == '$' && (s[2] == '@' || s[2] == 'B'))))
			memcpy(st->shift, s, sizeof st->shift);
	}
}

/* Decodes as much of *in as is complete. */
static int decode_some(struct decoding *d, dx_text_state *st, dx_slice *in)
{
	size_t start = d->out->used;
	dx_slice all = *in;
	int r;

	if (d->encoding->kind == DX_KIND_SINGLE)
		return decode_single(d, in);
	r = decode_multi(d, in);
	if (d->encoding->kind == DX_KIND_YEN)
		without_yen(d->out, start);
	if (d->encoding->kind == DX_KIND_SHIFTED)
		note_shift(st, dx_slice_first(all, all.len - in->len));
	return r;
}

/* Keeps what is unfinished. */
static void keep(dx_text_state *st, dx_slice rest)
{
	dx_assert(rest.len <= sizeof st->bytes);
	if (rest.len != 0)
		memmove(st->bytes, rest.data, rest.len);
	st->count = (uint8_t)rest.len;
}

/* Decodes what is kept, its first `bad` bytes as malformed. */
static int decode_kept(struct decoding *d, dx_text_state *st, size_t bad)
{
	dx_slice rest = dx_slice_of(st->bytes, st->count);
	int r = mark(d, &rest, bad);

	if (r == 0)
		r = decode_some(d, st, &rest);
	keep(st, rest);
	return r;
}

/* First what the last call left unfinished, with as many bytes as complete it. Where nothing follows, what is unfinished then is
 * malformed, a unit at a time. */
static int decode_all(struct decoding *d, dx_text_state *st, dx_slice in, bool last)
{
	int r = st->count == 0 ? 0 : decode_kept(d, st, 0);

	for (; r == 0 && st->count > 0 && in.len > 0; in = dx_slice_after(in, 1)) {
		st->bytes[st->count++] = in.data[0];
		r = decode_kept(d, st, 0);
	}
	if (r == 0 && in.len > 0) {
		r = decode_some(d, st, &in);
		if (r == 0)
			keep(st, in);
	}
	while (r == 0 && last && st->count > 0)
		r = decode_kept(d, st, d->encoding->unit_bytes);
	return r;
}

/* The stream's first unit: a byte order mark is taken away and remembered. Returns what follows; where the unit has not come
 * wholly, nothing, and `st` holds what came. */
static dx_slice take_order_mark(dx_text_state *st, size_t unit, dx_slice in, bool last)
{
	dx_slice first = dx_slice_of(st->bytes, unit);

	while (st->count < unit && in.len > 0) {
		st->bytes[st->count++] = in.data[0];
		in = dx_slice_after(in, 1);
	}
	if (st->count < unit && !last)
		return in;
	st->flags |= FLAG_BEGUN;
	if (st->count < unit)
		return in;
	if (dx__is_order_mark(first, unit, true))
		st->flags |= FLAG_BIG;
	if ((st->flags & FLAG_BIG) != 0 || dx__is_order_mark(first, unit, false))
		st->count = 0;
	return in;
}

/* What one byte is in a single-byte encoding. */
static uint32_t convert_single(iconv_t descriptor, uint8_t byte)
{
	uint32_t character = 0;
	uint8_t utf8[8];
	char *from = (char *)&byte, *to = (char *)utf8;
	size_t left = 1, room = sizeof utf8;

	(void)dx_sys_iconv(descriptor, NULL, NULL, NULL, NULL);
	if (dx_sys_iconv(descriptor, &from, &left, &to, &room) != (size_t)-1)
		(void)dx_sys_iconv(descriptor, NULL, NULL, &to, &room);        /* what waits for a combining mark */
	return dx_utf8_next(dx_slice_of(utf8, sizeof utf8 - room), &character) > 0 ? character : DX_MARK(byte);
}

static int open_singles(dx_text *t)
{
	int r;

	if (t->singles != NULL)
		return 0;
	r = open_at_start(&t->in, "UTF-8", t->encoding->iconv_in);
	if (r < 0)
		return r;
	t->singles = dx_sys_calloc(256, sizeof *t->singles);
	for (size_t byte = 0; byte < 256 && t->singles != NULL; byte++)
		t->singles[byte] = convert_single(t->in, (uint8_t)byte);
	shut(t->in);
	t->in = CLOSED;
	return t->singles == NULL ? -ENOMEM : 0;
}

/* Opens what decodes the peer's text and brings it to where the peer is. */
static int open_for(struct decoding *d, const dx_text_state *st)
{
	dx_text *t = d->text;
	dx_slice shift = dx_slice_of(st->shift, sizeof st->shift);
	const char *big = d->encoding->unit_bytes == 2 ? "UTF-16BE" : "UTF-32BE";
	iconv_t *in;
	int r;

	if (is_utf8(t))
		return 0;
	if (t->encoding->kind == DX_KIND_SINGLE)
		return open_singles(t);
	in = (st->flags & FLAG_BIG) != 0 ? &t->in_big : &t->in;
	r = open_at_start(in, "UTF-8", in == &t->in_big ? big : t->encoding->iconv_in);
	d->in = *in;
	if (r == 0 && st->shift[0] != 0)
		r = convert(d->in, &shift, d->out);
	return r;
}

int dx_text_decode_into(dx_text *t, dx_text_state *st, dx_slice in, bool last, dx_buf *out, size_t *ret_bad)
{
	const dx_encoding *e = t == NULL ? dx_encoding_find("utf-8") : t->encoding;
	struct decoding d = { .text = t, .encoding = e, .in = CLOSED, .out = out };
	dx_text_state at = *st;
	size_t before = out->used;
	int r;

	if (e->kind == DX_KIND_MARKED && (at.flags & FLAG_BEGUN) == 0)
		in = take_order_mark(&at, e->unit_bytes, in, last);
	r = open_for(&d, &at);
	if (r == 0)
		r = decode_all(&d, &at, in, last);
	if (r == 0 && d.in != CLOSED)
		r = convert(d.in, NULL, out);
	if (r < 0) {
		out->used = before;
		return r;
	}
	*st = at;
	if (ret_bad != NULL)
		*ret_bad = d.bad;
	return 0;
}

int dx_text_unmark_into(dx_slice marked, dx_buf *out)
{
	size_t before = out->used;
	int r;

	while ((r = copy_valid(&marked, out)) == -EILSEQ || r == -EINVAL) {
		dx_glyph malformed = dx_glyph_next(marked);

		r = dx__escape_byte(out, "\\x", malformed.character);
		if (r < 0)
			break;
		marked = dx_slice_after(marked, malformed.len);
	}
	if (r < 0)
		out->used = before;
	return r;
}

/* What iconv is given at once: little, since it is looked through again behind each character that an encoding lacks. */
#define RUN_BYTES ((size_t)1024)

/* How much of the start of `text` may be given to iconv: what is valid, and no tag U+E0000 … U+E007F, which it would leave out
 * where the encoding lacks them instead of saying so. */
static size_t encodable_run(const dx_text *t, dx_slice text)
{
	size_t run = dx_utf8_run(dx_slice_first(text, text.len < RUN_BYTES ? text.len : RUN_BYTES));
	const uint8_t *end = text.data + run, *tag = text.data;

	if (dx_encoding_is_complete(t->encoding))
		return run;
	while ((tag = memmem(tag, (size_t)(end - tag), "\xf3\xa0", 2)) != NULL && tag[2] > 0x81)
		tag += 4;
	return tag == NULL ? run : (size_t)(tag - text.data);
}

/* The character that iconv knows this one as, NULL for none: the dash (A1 AA) and the middle dot (A1 A4) of GB2312, which
 * Chinese is written with and GB18030 decodes, are two others to it. */
static const char *known_as(const dx_encoding *e, dx_slice character)
{
	if (strcmp(e->iconv_out, "GB2312") != 0)
		return NULL;
	if (dx_slice_equal(character, dx_slice_text("—")))
		return "―";
	return dx_slice_equal(character, dx_slice_text("·")) ? "・" : NULL;
}

/* iconv lacks what begins *text: puts what the encoding has for it or a substitute and moves on, or complains. */
static int encode_lacking(dx_text *t, dx_slice *text, bool replace, dx_buf *out, dx_slice *ret_bad)
{
	const char *put = t->encoding->unit_bytes > 1 ? "\xef\xbf\xbd" : "?";
	dx_slice lacking = dx_slice_first(*text, dx_glyph_next(*text).len), instead;
	const char *known = known_as(t->encoding, lacking);

	if (known == NULL && !replace) {
		if (ret_bad != NULL)
			*ret_bad = lacking;
		return -EILSEQ;
	}
	instead = dx_slice_text(known != NULL ? known : put);
	*text = dx_slice_after(*text, lacking.len);
	return convert(t->out, &instead, out);
}

static int encode_all(dx_text *t, dx_slice utf8, bool replace, dx_buf *out, dx_slice *ret_bad)
{
	int r = 0;

	while (r == 0 && utf8.len > 0) {
		size_t run = encodable_run(t, utf8);
		dx_slice rest = dx_slice_first(utf8, run);

		r = run == 0 ? -EILSEQ : convert(t->out, &rest, out);
		utf8 = dx_slice_after(utf8, run - rest.len);
		if (r == -EILSEQ && utf8.len > 0)
			r = encode_lacking(t, &utf8, replace, out, ret_bad);
	}
	return r;
}

int dx_text_encode_into(dx_text *t, dx_slice utf8, bool replace, dx_buf *out, dx_slice *ret_bad)
{
	size_t before = out->used;
	int r;

	if (is_utf8(t))
		return dx_buf_add(out, utf8);
	r = open_at_start(&t->out, t->encoding->iconv_out, "UTF-8");
	if (r == 0)
		r = encode_all(t, utf8, replace, out, ret_bad);
	if (r == 0)
		r = convert(t->out, NULL, out);
	if (r < 0)
		out->used = before;
	return r;
}

int dx_text_encode_marked_into(dx_text *t, dx_slice marked, bool replace, dx_buf *out, dx_slice *ret_bad)
{
	size_t before = out->used;
	int r = 0;

	while (r == 0 && marked.len > 0) {
		dx_slice plain = dx_slice_first(marked, dx_unmarked_run(marked));

		r = dx_text_encode_into(t, plain, replace, out, ret_bad);
		marked = dx_slice_after(marked, plain.len);
		if (r < 0 || marked.len == 0)
			break;
		r = dx_buf_add_byte(out, (uint8_t)dx_glyph_next(marked).character);
		marked = dx_slice_after(marked, DX_MARK_BYTES);
	}
	if (r < 0)
		out->used = before;
	return r;
}

bool dx_text_gives_back(dx_text *t, dx_slice utf8, dx_slice bytes)
{
	dx_buf again = { .limit = 16 * (utf8.len + LEAST_ROOM) };
	bool same;

	if (is_utf8(t))
		return dx_slice_equal(utf8, bytes);
	same = dx_text_encode_into(t, utf8, false, &again, NULL) == 0 && dx_slice_equal(dx_buf_slice(&again), bytes);
	dx_buf_fini(&again);
	return same;
}

/* The same into a caller's memory, which is a buffer that cannot grow */

static dx_buf buffer_at(void *into, size_t size)
{
	return (dx_buf){ .data = into, .size = size, .limit = size };
}

ptrdiff_t dx_text_decode(dx_text *t, dx_text_state *st, dx_slice in, bool last, void *into, size_t size, size_t *ret_bad)
{
	dx_buf out = buffer_at(into, size);
	int r = dx_text_decode_into(t, st, in, last, &out, ret_bad);

	return r < 0 ? r : (ptrdiff_t)out.used;
}

ptrdiff_t dx_text_encode(dx_text *t, dx_slice utf8, bool replace, void *into, size_t size, dx_slice *ret_bad)
{
	dx_buf out = buffer_at(into, size);
	int r = dx_text_encode_into(t, utf8, replace, &out, ret_bad);

	return r < 0 ? r : (ptrdiff_t)out.used;
}

ptrdiff_t dx_text_unmark(dx_slice marked, void *into, size_t size)
{
	dx_buf out = buffer_at(into, size);
	int r = dx_text_unmark_into(marked, &out);

	return r < 0 ? r : (ptrdiff_t)out.used;
}
