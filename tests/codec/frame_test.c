/* Frames and cutters, as conversations: what is fed in pieces, and what comes out. */
#include "mistake.h"

#include <duplex/frame.h>
#include "base/limits.h"
#include "base/number.h"
#include "sys/fault.h"

#include <errno.h>

#define LIMIT DX_LIMIT_MESSAGE_BYTES

static dx_frame frame(const char *name)
{
	dx_frame f;

	assert_int_equal(dx_frame_parse(name, &f), 0);
	return f;
}

/* Writes a cut as it is shown in the tables: (text)(line end), with a '+' where more of it follows. */
static void tell(dx_buf *out, const dx_cut *cut)
{
	assert_int_equal(dx_buf_add_text(out, "("), 0);
	assert_int_equal(dx_buf_add(out, cut->bytes), 0);
	assert_int_equal(dx_buf_add_text(out, cut->partial ? ")+" : ")("), 0);
	assert_int_equal(dx_buf_add(out, cut->eol), 0);
	if (!cut->partial)
		assert_int_equal(dx_buf_add_text(out, ")"), 0);
}

static void feed(dx_cutter *c, const dx_frame *f, dx_slice in, dx_buf *out)
{
	uint8_t *copy = malloc(in.len);         /* exactly as large, so that a byte too many is noticed */
	dx_cut cut;
	int r;

	assert_non_null(copy);
	memcpy(copy, in.data, in.len);
	dx_cutter_feed(c, dx_slice_of(copy, in.len), 0);
	while ((r = dx_cutter_next(c, f, &cut)) > 0)
		tell(out, &cut);
	assert_int_equal(r, 0);
	free(copy);
	assert_true(c->held_size <= c->limit_bytes + DX_FRAME_TAIL_BYTES);
	assert_true(dx_cutter_pending(c) || c->held == NULL);
}

static void flush(dx_cutter *c, const dx_frame *f, dx_buf *out)
{
	dx_cut cut;

	while (dx_cutter_flush(c, f, &cut) > 0)
		tell(out, &cut);
	assert_false(dx_cutter_pending(c));
	assert_null(c->held);
}

struct conversation {
	const char *frame;
	unsigned unit;          /* 1, 2, 4; 20, 40: big-endian */
	size_t limit;
	const char *pieces[6];  /* escapes; "~" is silence */
	const char *cuts;       /* escapes; what is pending at the end comes by the peer's end */
};

static const struct conversation conversations[] = {
	{ "auto", 1, LIMIT, { "hello\nworld\n" }, "(hello)(\n)(world)(\n)" },
	{ "auto", 1, LIMIT, { "hel", "lo\nwo", "rld\n" }, "(hello)(\n)(world)(\n)" },
	{ "auto", 1, LIMIT, { "hello", "~", "world", "~" }, "(hello)()(world)()" },
	{ "auto", 1, LIMIT, { "login: " }, "(login: )()" },
	{ "auto", 1, LIMIT, { "\n\n\r\n" }, "()(\n)()(\n)()(\r\n)" },
	{ "raw", 1, LIMIT, { "a\nb", "c", "\n" }, "(a\nb)()(c)()(\n)()" },
	{ "raw", 1, 8, { "12345678", "123456789", "12345678123456781" },
	  "(12345678)()(12345678)+(9)()(12345678)+(12345678)+(1)()" },
	{ "line", 1, LIMIT, { "a\nb\r\nc" }, "(a)(\n)(b)(\r\n)(c)()" },
	{ "crlf", 1, LIMIT, { "a\nb\r\nc\rd\r\r\n" }, "(a\nb)(\r\n)(c\rd\r)(\r\n)" },
	{ "crlf", 1, LIMIT, { "a\r", "\nb\r" }, "(a)(\r\n)(b\r)()" },
	{ "nul", 1, LIMIT, { "a\\0b\n\\0\\0c" }, "(a)(\\0)(b\n)(\\0)()(\\0)(c)()" },
	{ "gap:10ms", 1, LIMIT, { "a\n", "b", "~", "c\\0", "~" }, "(a\nb)()(c\\0)()" },

	/* F6: CR, LF, CRLF, CRLF in two reads, NEL, U+2028, NUL, a byte order mark in mid-stream */
	{ "auto", 1, LIMIT, { "a\rb\n" }, "(a\rb)(\n)" },
	{ "auto", 1, LIMIT, { "a\r", "\nb\n" }, "(a)(\r\n)(b)(\n)" },
	{ "line", 1, LIMIT, { "a\r", "\r", "\nb\n" }, "(a\r)(\r\n)(b)(\n)" },
	{ "auto", 1, LIMIT, { "a\r" }, "(a\r)()" },
	{ "line", 1, LIMIT, { "a\\u{85}b\\u{2028}c\\0d\\u{feff}e\n" }, "(a\\u{85}b\\u{2028}c\\0d\\u{feff}e)(\n)" },

	/* Code units: a line end is one, and lies where units do */
	{ "line", 2, LIMIT, { "a\\0\n\\0b\\0\r\\0\n\\0" }, "(a\\0)(\n\\0)(b\\0)(\r\\0\n\\0)" },
	{ "line", 2, LIMIT, { "\\0\n\\0a\n\\0" }, "(\\0\n\\0a)(\n\\0)" },
	{ "line", 2, LIMIT, { "a", "\\0\r", "\\0", "\n", "\\0" }, "(a\\0)(\r\\0\n\\0)" },
	{ "line", 20, LIMIT, { "\\0a\\0\r\\0\n\n\\0\\0\n" }, "(\\0a)(\\0\r\\0\n)(\n\\0)(\\0\n)" },
	{ "crlf", 20, LIMIT, { "\\0a\\0\n\\0\r\\0", "\n" }, "(\\0a\\0\n)(\\0\r\\0\n)" },
	{ "line", 4, LIMIT, { "a\\0\\0\\0\r\\0\\0\\0\n\\0\\0\\0" }, "(a\\0\\0\\0)(\r\\0\\0\\0\n\\0\\0\\0)" },
	{ "line", 40, LIMIT, { "\\0\\0\\0a\\0\\0\\0\n" }, "(\\0\\0\\0a)(\\0\\0\\0\n)" },
	{ "nul", 2, LIMIT, { "a\\0\\0b\\0\\0" }, "(a\\0\\0b)(\\0\\0)" },
	{ "auto", 2, LIMIT, { "a\\0b", "~", "\\0\n\\0" }, "(a\\0b)()(\\0)(\n\\0)" },
	{ "line", 2, LIMIT, { "\\xfe", "\\xff\\0a\\0\n\\0b\\0\n" }, "(\\xfe\\xff\\0a)(\\0\n)(\\0b)(\\0\n)" },
	{ "line", 2, LIMIT, { "\\xff\\xfea\\0\n\\0" }, "(\\xff\\xfea\\0)(\n\\0)" },
	{ "line", 4, LIMIT, { "\\0\\0\\xfe\\xff\\0\\0\\0\n" }, "(\\0\\0\\xfe\\xff)(\\0\\0\\0\n)" },

	/* F14: a message of the limit, one less, one more */
	{ "line", 1, 8, { "1234567\n12345678\n123456789\n" }, "(1234567)(\n)(12345678)(\n)(12345678)+(9)(\n)" },
	{ "line", 1, 8, { "12345678\r\n12345678\r9\n" }, "(12345678)(\r\n)(12345678)+(\r9)(\n)" },
	{ "crlf", 1, 8, { "12345678\n\r\n1234567\r8\r\n" }, "(12345678)+(\n)(\r\n)(1234567\r)+(8)(\r\n)" },
	{ "auto", 1, 8, { "12345678\r" }, "(12345678)+(\r)()" },
	{ "auto", 1, 8, { "123456781234567812" }, "(12345678)+(12345678)+(12)()" },
	{ "auto", 1, 8, { "1234567812345678" }, "(12345678)+(12345678)()" },
	{ "gap:1s", 1, 8, { "1234567", "8", "~", "123456789", "~" }, "(12345678)()(12345678)+(9)()" },
	{ "line", 2, 9, { "1\\02\\03\\04\\05\\06\\0\n\\0" }, "(1\\02\\03\\04\\0)+(5\\06\\0)(\n\\0)" },
	{ "delim:7c7c", 1, 8, { "12345678||123456789||" }, "(12345678)(||)(12345678)+(9)(||)" },
	{ "len1", 1, 8, { "\\x0812345678\\x09123456789\\x101234567812345678\\x11123456781234567", "81" },
	  "(12345678)()(12345678)+(9)()(12345678)+(12345678)()(12345678)+(12345678)+(1)()" },
	{ "fixed:8", 1, 8, { "1234567812345678" }, "(12345678)()(12345678)()" },
	{ "fixed:9", 1, 8, { "123456789123456789" }, "(12345678)+(9)()(12345678)+(9)()" },

	/* Ends that are bytes: in pieces, overlapping, empty messages */
	{ "delim:0d0a2e0d0a", 1, LIMIT, { "a\r\n.\r", "\nb\r\n..\r\n.\r\n" }, "(a)(\r\n.\r\n)(b\r\n..)(\r\n.\r\n)" },
	{ "delim:6161", 1, LIMIT, { "aaa", "aba", "a" }, "()(aa)()(aa)(b)(aa)" },
	{ "delim:00", 1, LIMIT, { "\\0a\\0\\0" }, "()(\\0)(a)(\\0)()(\\0)" },
	{ "delim:616161616161616161616161616161bb", 1, 8, { "aaaaaaaaaaaaaaaaaaaaaaaa\\xbb" },
	  "(aaaaaaaa)+(a)(aaaaaaaaaaaaaaa\\xbb)" },

	/* Lengths: none, split, the low byte first; F9: less than was promised is never given as whole */
	{ "len1", 1, LIMIT, { "\\0\\x01a\\0\\x02bc" }, "()()(a)()()()(bc)()" },
	{ "len2", 1, LIMIT, { "\\0\\x02h", "i\\0", "\\x01!" }, "(hi)()(!)()" },
	{ "len2+le", 1, LIMIT, { "\\x02\\0hi" }, "(hi)()" },
	{ "len4", 1, LIMIT, { "\\0\\0\\0\\x02hi\\0\\0\\0" }, "(hi)()" },
	{ "len4+le", 1, LIMIT, { "\\x02\\0\\0\\0hi" }, "(hi)()" },
	{ "len8", 1, LIMIT, { "\\0\\0\\0\\0\\0\\0\\0\\x02hi" }, "(hi)()" },
	{ "len8+le", 1, LIMIT, { "\\x02\\0\\0\\0\\0\\0\\0\\0hi" }, "(hi)()" },
	{ "len2", 1, LIMIT, { "\\0\\x05hell" }, "(hell)+" },
	{ "len1", 1, 8, { "\\x0912345678" }, "(12345678)+" },
	{ "len1", 1, LIMIT, { "\\x05" }, "" },
	{ "fixed:3", 1, LIMIT, { "abcde" }, "(abc)()(de)+" },
};

/* Feeds the pieces, each again in pieces of at most `step` bytes. */
static void converse(const struct conversation *t, size_t step, dx_buf *out)
{
	dx_frame f = frame(t->frame);
	dx_cutter c;

	dx_frame_set_unit(&f, t->unit >= 10 ? t->unit / 10 : t->unit, t->unit >= 10);
	dx_cutter_init(&c, t->limit);
	for (size_t i = 0; i < COUNT(t->pieces) && t->pieces[i] != NULL; i++) {
		dx_buf piece = resolved(t->pieces[i]);

		if (strcmp(t->pieces[i], "~") == 0)
			flush(&c, &f, out);
		else
			for (dx_slice in = dx_buf_slice(&piece); in.len > 0; in = dx_slice_after(in, step < in.len ? step : in.len))
				feed(&c, &f, dx_slice_first(in, step < in.len ? step : in.len), out);
		dx_buf_fini(&piece);
	}
	flush(&c, &f, out);
	dx_cutter_fini(&c);
}

static void check_conversations(size_t step, bool raw)
{
	for (size_t i = 0; i < COUNT(conversations); i++) {
		const struct conversation *t = &conversations[i];
		dx_buf is = { .limit = AMPLE }, should = resolved(t->cuts);

		if (raw || strcmp(t->frame, "raw") != 0) {
			converse(t, step, &is);
			check_bytes(dx_buf_slice(&is), dx_buf_slice(&should));
		}
		dx_buf_fini(&is);
		dx_buf_fini(&should);
	}
}

static void test_F6_F14_conversations(void **state)
{
	(void)state;
	check_conversations(SIZE_MAX, true);
}

static void test_F6_conversations_in_pieces_of_any_size(void **state)
{
	(void)state;
	for (size_t step = 1; step < 8; step++)
		check_conversations(step, false);
}

/* Who stops may feed the rest later, copied to somewhere else: the messages are the same. */
static void test_cutting_is_stopped_and_gone_on_with(void **state)
{
	dx_frame f = frame("line");
	dx_slice in = BYTES("half\na message\n\nand the last\nunfin"), pieces[] = { BYTES("the first "), in, BYTES("ished\n") };
	dx_buf is = { .limit = AMPLE };
	dx_cutter c;
	dx_cut cut;

	(void)state;
	dx_cutter_init(&c, LIMIT);
	for (size_t i = 0; i < COUNT(pieces); i++) {
		uint8_t copy[64];
		dx_slice rest = pieces[i];

		while (rest.len > 0) {
			memmove(copy, rest.data, rest.len);
			dx_cutter_feed(&c, dx_slice_of(copy, rest.len), 0);
			if (dx_cutter_next(&c, &f, &cut) > 0) {
				assert_int_equal(dx_buf_add(&is, cut.bytes), 0);
				assert_int_equal(dx_buf_add_text(&is, "|"), 0);
			}
			rest = dx_cutter_stop(&c);
		}
	}
	check_text(&is, "the first half|a message||and the last|unfinished|");
	assert_false(dx_cutter_pending(&c));
	dx_cutter_fini(&c);
	dx_buf_fini(&is);
}

/* Each part gives some of its bytes back, which come again: nothing is lost or doubled, whatever the pieces and the frame. */
#define PART 64

static void check_given_back(const dx_frame *f, dx_slice wire, dx_slice message, uint64_t seed)
{
	dx_buf is = { .limit = AMPLE };
	dx_cutter c;
	dx_cut cut = { .partial = true };

	dx_cutter_init(&c, PART);
	while (wire.len > 0) {
		size_t step = 1 + next_random(&seed) % (3 * PART);

		step = step < wire.len ? step : wire.len;
		dx_cutter_feed(&c, dx_slice_first(wire, step), 0);
		while (dx_cutter_next(&c, f, &cut) > 0) {
			size_t back = cut.partial ? next_random(&seed) % 5 : 0;

			assert_true(cut.bytes.len <= PART);
			if (back > 0)
				dx_cutter_give_back(&c, back);
			assert_int_equal(dx_buf_add(&is, dx_slice_first(cut.bytes, cut.bytes.len - back)), 0);
		}
		wire = dx_slice_after(wire, step);
	}
	check_bytes(dx_buf_slice(&is), message);
	assert_false(cut.partial || dx_cutter_pending(&c));
	dx_cutter_fini(&c);
	dx_buf_fini(&is);
}

static void test_F14_what_a_part_gives_back_comes_again(void **state)
{
	static const char *const names[] = { "line", "nul", "delim:7c7c", "len2", "len8+le", "fixed:1000" };
	uint8_t letters[1000];
	uint64_t seed = 3;

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		dx_frame f = frame(names[i % COUNT(names)]);
		dx_slice message = dx_slice_of(letters, sizeof letters);
		dx_buf wire = { .limit = AMPLE };
		dx_frame_ends ends;

		for (size_t k = 0; k < sizeof letters; k++)
			letters[k] = (uint8_t)('a' + next_random(&seed) % 26);
		assert_int_equal(dx_frame_wrap(&f, message, &ends), 0);
		assert_int_equal(dx_buf_add(&wire, dx_slice_of(ends.head, ends.head_bytes)), 0);
		assert_int_equal(dx_buf_add(&wire, message), 0);
		assert_int_equal(dx_buf_add(&wire, dx_slice_of(ends.tail, ends.tail_bytes)), 0);
		check_given_back(&f, dx_buf_slice(&wire), message, seed);
		dx_buf_fini(&wire);
	}
}

/* Cuts what was joined by line ends, in random pieces, and compares. The payload never holds what would end it. */
static void check_round_trip(const char *name, dx_slice eol, const char *alphabet, uint64_t seed)
{
	dx_frame f = frame(name);
	dx_buf sent = { .limit = AMPLE }, told = { .limit = AMPLE }, should = { .limit = AMPLE };
	dx_cutter c;

	for (int i = 0; i < 2000; i++) {
		dx_cut cut = { .eol = eol };
		uint8_t text[40];

		cut.bytes = dx_slice_of(text, next_random(&seed) % sizeof text);
		for (size_t k = 0; k < cut.bytes.len; k++)
			text[k] = (uint8_t)alphabet[next_random(&seed) % strlen(alphabet)];
		assert_int_equal(dx_buf_add(&sent, cut.bytes), 0);
		assert_int_equal(dx_buf_add(&sent, eol), 0);
		tell(&should, &cut);
	}
	dx_cutter_init(&c, 64);
	for (dx_slice in = dx_buf_slice(&sent); in.len > 0;) {
		size_t n = 1 + next_random(&seed) % 200;

		n = n < in.len ? n : in.len;
		feed(&c, &f, dx_slice_first(in, n), &told);
		in = dx_slice_after(in, n);
	}
	check_bytes(dx_buf_slice(&told), dx_buf_slice(&should));
	dx_cutter_fini(&c);
	dx_buf_fini(&sent);
	dx_buf_fini(&told);
	dx_buf_fini(&should);
}

static void test_F10_what_is_joined_is_cut_again(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 30; seed++) {
		check_round_trip("line", BYTES("\n"), "ab ", seed);
		check_round_trip("auto", BYTES("\r\n"), "a\"{", seed);
		check_round_trip("crlf", BYTES("\r\n"), "a\nb", seed);
		check_round_trip("nul", BYTES("\0"), "a\r\n", seed);
	}
}

/* Bytes of few kinds, so that line ends, halves of them and the limit meet everywhere: any split gives what the whole gives. */
static void test_F10_F14_any_split_at_small_limits(void **state)
{
	static const char *const names[] = { "auto", "line", "crlf", "nul", "delim:0d0a", "delim:0000", "delim:000d00", "delim:61",
		                             "len1", "len2", "len2+le", "len4", "fixed:3", "fixed:21" };
	static const char alphabet[] = "\r\n\0\0\0a\xfe\xff";
	dx_buf whole = { .limit = AMPLE }, split = { .limit = AMPLE };
	uint8_t bytes[100];
	uint64_t seed = 4;

	(void)state;
	for (int i = 0; i < 70000; i++) {
		dx_frame f = frame(names[(size_t)i % COUNT(names)]);
		size_t limit = 8 + next_random(&seed) % 12;
		dx_cutter a, b;

		for (size_t k = 0; k < sizeof bytes; k++)
			bytes[k] = (uint8_t)alphabet[next_random(&seed) % (sizeof alphabet - 1)];
		dx_frame_set_unit(&f, 1u << next_random(&seed) % 3, next_random(&seed) % 2 == 0);
		dx_cutter_init(&a, limit);
		dx_cutter_init(&b, limit);
		feed(&a, &f, dx_slice_of(bytes, sizeof bytes), &whole);
		for (size_t at = 0, n; at < sizeof bytes; at += n) {
			n = 1 + next_random(&seed) % 30;
			n = n < sizeof bytes - at ? n : sizeof bytes - at;
			feed(&b, &f, dx_slice_of(bytes + at, n), &split);
		}
		flush(&a, &f, &whole);
		flush(&b, &f, &split);
		check_bytes(dx_buf_slice(&split), dx_buf_slice(&whole));
		dx_buf_clear(&whole);
		dx_buf_clear(&split);
	}
	dx_buf_fini(&whole);
	dx_buf_fini(&split);
}

/* Properties, over random cases: 10000 of each framing, or as many as DUPLEX_TEST_CASES says (tests/codec/frames_test.py). A seed
 * that fails is told, and DUPLEX_TEST_SEED tries it again. */

#define MESSAGES     40  /* of a conversation, at most */
#define LONGEST      300 /* of them */
#define LONGEST_WIRE (LONGEST + DX_FRAME_HEAD_BYTES + DX_FRAME_TAIL_BYTES)

/* The case at hand; told where it went wrong. */
static const char *said;
static uint64_t said_seed;

static int tell_case(void **state)
{
	(void)state;
	if (said != NULL)
		print_error("%s: DUPLEX_TEST_SEED=%llu DUPLEX_TEST_CASES=1\n", said, (unsigned long long)said_seed);
	said = NULL;
	return 0;
}

static uint64_t number_from(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	if (text != NULL)
		assert_int_equal(dx_number_parse(dx_slice_text(text), 0, UINT64_MAX, &otherwise), 0);
	return otherwise;
}

/* Less than `most`. */
static size_t random_below(uint64_t *seed, size_t most)
{
	return next_random(seed) % most;
}

/* Short ones are the commonest, and so are bytes that end something. */
static void fill_message(uint64_t *seed, uint8_t *into, size_t len)
{
	static const char few[] = "aab\r\n\0\0\xff\xfe|";
	bool any = random_below(seed, 4) == 0;

	for (size_t i = 0; i < len; i++)
		into[i] = any ? (uint8_t)next_random(seed) : (uint8_t)few[random_below(seed, sizeof few - 1)];
}

/* The rule of that name; "delim:" and "fixed:" get an argument. */
static dx_frame random_frame(const char *name, unsigned unit, uint64_t *seed)
{
	char text[64];
	int len = snprintf(text, sizeof text, "%s", name);
	uint8_t end[DX_FRAME_TAIL_BYTES];
	dx_frame f;

	if (strcmp(name, "delim:") == 0) {
		size_t bytes = 1 + random_below(seed, random_below(seed, 2) == 0 ? 2 : sizeof end);

		fill_message(seed, end, bytes);
		for (size_t i = 0; i < bytes; i++)
			len += snprintf(text + len, sizeof text - (size_t)len, "%02x", end[i]);
	} else if (strcmp(name, "fixed:") == 0) {
		(void)snprintf(text + len, sizeof text - (size_t)len, "%zu", 1 + random_below(seed, LONGEST));
	}
	f = frame(text);
	dx_frame_set_unit(&f, unit, random_below(seed, 2) == 0);
	return f;
}

/* What was put on a stream, and where in it the messages are. */
struct stream {
	dx_frame frame;
	uint8_t wire[MESSAGES * LONGEST_WIRE], text[MESSAGES][LONGEST];
	size_t used, count;
	struct {
		size_t len, end_on_wire;
		dx_frame_ends ends;
	} messages[MESSAGES];
};

/* Encodes a random message, unless the rule refuses it. */
static void add_message(struct stream *s, uint64_t *seed)
{
	static const size_t lengths[] = { 17, 17, 65, LONGEST + 1 };
	size_t unit = s->frame.unit_bytes,
	       len = random_below(seed, lengths[random_below(seed, COUNT(lengths))]) / unit * unit;
	uint8_t *text = s->text[s->count];
	ptrdiff_t n;

	if (s->frame.fixed_bytes != 0)
		len = s->frame.fixed_bytes;
	fill_message(seed, text, len);
	if (s->count == 0 && len > 0)
		text[0] = 'a'; /* a byte order mark at the start would mean something */
	n = dx_frame_encode(&s->frame, dx_slice_of(text, len), s->wire + s->used, LONGEST_WIRE);
	if (n <= 0) {
		assert_true(n == 0 || n == -EBADMSG || n == -EMSGSIZE);
		return;
	}
	assert_int_equal(dx_frame_wrap(&s->frame, dx_slice_of(text, len), &s->messages[s->count].ends), 0);
	s->used += (size_t)n;
	s->messages[s->count].len = len;
	s->messages[s->count++].end_on_wire = s->used;
}

/* What has been heard of it, whose parts are joined. */
struct listener {
	uint8_t text[LONGEST];
	size_t used, count;
};

static void hear(struct listener *l, const struct stream *s, const dx_cut *cut)
{
	assert_true(l->count < s->count && l->used + cut->bytes.len <= s->messages[l->count].len);
	if (cut->bytes.len > 0)
		memcpy(l->text + l->used, cut->bytes.data, cut->bytes.len);
	l->used += cut->bytes.len;
	if (cut->partial)
		return;
	check_bytes(dx_slice_of(l->text, l->used), dx_slice_of(s->text[l->count], s->messages[l->count].len));
	check_bytes(cut->eol, dx_slice_of(s->messages[l->count].ends.tail, s->messages[l->count].ends.tail_bytes));
	l->used = 0;
	l->count++;
}

/* Some of it at once: little, or more than the limit. */
static size_t random_piece(uint64_t *seed, size_t most)
{
	size_t piece = 1 + random_below(seed, random_below(seed, 2) == 0 ? 4 : 500);

	return piece < most ? piece : most;
}

static void hear_bytes(struct listener *l, const struct stream *s, dx_cutter *c, dx_slice in)
{
	uint8_t *copy = malloc(in.len); /* exactly as large, so that a byte too many is noticed */
	dx_cut cut;

	memcpy(copy, in.data, in.len);
	dx_cutter_feed(c, dx_slice_of(copy, in.len), 0);
	while (dx_cutter_next(c, &s->frame, &cut) > 0)
		hear(l, s, &cut);
	free(copy);
	assert_true(c->held_size <= c->limit_bytes + DX_FRAME_TAIL_BYTES);
}

static void hear_silence(struct listener *l, const struct stream *s, dx_cutter *c)
{
	dx_cut cut;

	while (dx_cutter_flush(c, &s->frame, &cut) > 0)
		hear(l, s, &cut);
}

/* Says a conversation, hears it in pieces of any size and with any limit, and returns how many messages it had. raw hears a message
 * at once; behind those of gap there is silence. */
static size_t check_stream(const char *name, uint64_t *seed)
{
	static struct stream s;
	bool raw = strcmp(name, "raw") == 0, gap = strncmp(name, "gap", 3) == 0;
	struct listener l = { .used = 0 };
	dx_cutter c;

	s.frame = random_frame(name, 1u << random_below(seed, 3), seed);
	s.used = s.count = 0;
	for (int i = 0; i < MESSAGES; i++)
		add_message(&s, seed);
	dx_cutter_init(&c, 8 + random_below(seed, 100));
	for (size_t at = 0, n; at < s.used; at += n) {
		size_t end = raw || gap ? s.messages[l.count].end_on_wire : s.used;

		n = raw ? end - at : random_piece(seed, end - at);
		hear_bytes(&l, &s, &c, dx_slice_of(s.wire + at, n));
		if (gap && at + n == end)
			hear_silence(&l, &s, &c);
	}
	assert_true(l.count == s.count && !dx_cutter_pending(&c));
	dx_cutter_fini(&c);
	return s.count;
}

/* A length of up to 64 bits, of which less than 500 bytes come: parts, memory for no more than the limit, and never a whole. */
static size_t check_promise_kept_in_part(const char *name, uint64_t *seed)
{
	static const uint8_t zeros[500];
	dx_frame f = frame(name);
	size_t head_bytes = (size_t)(name[3] - '0'), limit = 8 + random_below(seed, 100), to_come, heard = 0;
	uint64_t promised = ((uint64_t)next_random(seed) << 32 | next_random(seed)) >> (64 - 8 * head_bytes) >>
			    random_below(seed, 8 * head_bytes);
	uint8_t head[8];
	dx_cutter c;
	dx_cut cut;

	for (size_t i = 0; i < head_bytes; i++)
		head[strstr(name, "+le") != NULL ? i : head_bytes - 1 - i] = (uint8_t)(promised >> 8 * i);
	if (promised == 0)
		return 0;
	to_come = random_below(seed, promised < sizeof zeros ? (size_t)promised : sizeof zeros);
	dx_cutter_init(&c, limit);
	for (size_t at = 0, n; at < head_bytes + to_come; at += n) {
		n = at < head_bytes ? random_piece(seed, head_bytes - at) : random_piece(seed, head_bytes + to_come - at);
		dx_cutter_feed(&c, at < head_bytes ? dx_slice_of(head + at, n) : dx_slice_of(zeros, n), 0);
		for (; dx_cutter_next(&c, &f, &cut) > 0; heard += cut.bytes.len)
			assert_true(cut.partial && cut.bytes.len <= limit);
		assert_true(c.held_size <= limit + DX_FRAME_TAIL_BYTES);
	}
	assert_true(dx_cutter_pending(&c) && (heard == 0 || heard + c.left_bytes == promised));
	for (; dx_cutter_flush(&c, &f, &cut) > 0; heard += cut.bytes.len)
		assert_true(cut.partial);
	assert_int_equal(heard, to_come);
	dx_cutter_fini(&c);
	return 1;
}

/* So many cases of one framing, each conversation from a seed of its own. */
static void check_cases(const char *name, size_t (*check)(const char *name, uint64_t *seed))
{
	uint64_t cases = number_from("DUPLEX_TEST_CASES", 10000), start = number_from("DUPLEX_TEST_SEED", 1);

	for (uint64_t done = 0, tries = 0; done < cases; tries++) {
		uint64_t seed = start + tries;

		said = name;
		said_seed = seed;
		done += check(name, &seed);
	}
	said = NULL;
}

static void test_F10_decoding_gives_back_what_was_encoded(void **state)
{
	static const char *const names[] = { "auto", "line",    "crlf",    "nul",     "delim:", "len1", "len2",  "len4",
					     "len8", "len2+le", "len4+le", "len8+le", "fixed:", "raw",  "gap:1s" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		check_cases(names[i], check_stream);
}

static void test_F8_F9_a_promise_is_never_believed(void **state)
{
	static const char *const names[] = { "len1", "len2", "len4", "len8", "len2+le", "len4+le", "len8+le" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		check_cases(names[i], check_promise_kept_in_part);
}

/* raw and gap: a message is what one read, or the time before a silence, brought. */
static void test_F10_what_adds_nothing_gives_back_a_read(void **state)
{
	static const char *const names[] = { "raw", "gap:1s" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		dx_frame f = frame(names[i]);
		dx_buf told = { .limit = AMPLE };
		uint8_t wire[8];
		dx_cutter c;

		dx_cutter_init(&c, LIMIT);
		assert_int_equal(dx_frame_encode(&f, BYTES("a\r\n\0b"), wire, 5), 5);
		feed(&c, &f, dx_slice_of(wire, 5), &told);
		flush(&c, &f, &told);
		check_bytes(dx_buf_slice(&told), BYTES("(a\r\n\0b)()"));
		dx_cutter_fini(&c);
		dx_buf_fini(&told);
	}
}

/* Does a cutter make one message of these bytes, and is it `message`? */
static bool comes_back(const dx_frame *f, dx_slice wire, dx_slice message)
{
	dx_cutter c;
	dx_cut cut = { .partial = true };
	bool same;

	dx_cutter_init(&c, LIMIT);
	dx_cutter_feed(&c, wire, 0);
	same = dx_cutter_next(&c, f, &cut) == 1 && !cut.partial && dx_slice_equal(cut.bytes, message) && !dx_cutter_pending(&c);
	c.in.len = 0;
	dx_cutter_fini(&c);
	return same;
}

/* All messages of up to 6 bytes of few kinds: refused exactly where they would not come back. */
static void test_F10_what_would_not_come_back_is_refused(void **state)
{
	static const char *const names[] = { "auto", "line", "crlf", "nul", "delim:61", "delim:6161", "delim:610a", "delim:0a610a" };
	static const char alphabet[] = "a\r\n\0";

	(void)state;
	for (size_t i = 0; i < COUNT(names) * 5461; i++) {
		dx_frame f = frame(names[i % COUNT(names)]);
		uint8_t wire[6 + DX_FRAME_TAIL_BYTES];
		dx_frame_ends ends;
		size_t len = 0;

		for (size_t rest = i / COUNT(names); rest > 0; rest = (rest - 1) / 4)
			wire[len++] = (uint8_t)alphabet[(rest - 1) % 4];
		if (dx_frame_wrap(&f, dx_slice_of(wire, len), &ends) == 0) {
			memcpy(wire + len, ends.tail, ends.tail_bytes);
			assert_true(comes_back(&f, dx_slice_of(wire, len + ends.tail_bytes), dx_slice_of(wire, len)));
		} else {
			assert_int_equal(dx_frame_wrap(&f, BYTES(""), &ends), 0);
			memcpy(wire + len, ends.tail, ends.tail_bytes);
			assert_false(comes_back(&f, dx_slice_of(wire, len + ends.tail_bytes), dx_slice_of(wire, len)));
		}
	}
}

static void test_F8_what_a_length_cannot_say_is_refused(void **state)
{
	static const struct {
		const char *frame;
		uint64_t len;
		int r;
		const char *head;       /* escapes */
	} table[] = {
		{ "len1", 0, 0, "\\0" }, { "len1", 255, 0, "\\xff" }, { "len1", 256, -EMSGSIZE, "" },
		{ "len2", 65535, 0, "\\xff\\xff" }, { "len2", 65536, -EMSGSIZE, "" }, { "len2+le", 258, 0, "\\x02\\x01" },
		{ "len2", 258, 0, "\\x01\\x02" }, { "len4", UINT32_MAX, 0, "\\xff\\xff\\xff\\xff" },
		{ "len4", UINT64_C(1) << 32, -EMSGSIZE, "" }, { "len4", UINT64_C(1) << 31, 0, "\\x80\\0\\0\\0" },
		{ "len8", UINT64_C(1) << 32, 0, "\\0\\0\\0\\x01\\0\\0\\0\\0" },
		{ "len8", UINT64_MAX, 0, "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff" },
		{ "fixed:3", 3, 0, "" }, { "fixed:3", 2, -EMSGSIZE, "" }, { "fixed:3", 4, -EMSGSIZE, "" },
		{ "fixed:3", 0, -EMSGSIZE, "" }, { "fixed:1", (UINT64_C(1) << 32) + 1, -EMSGSIZE, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_frame f = frame(table[i].frame);
		dx_buf head = resolved(table[i].head);
		dx_frame_ends ends;
		uint8_t into[4];

		assert_int_equal(dx_frame_wrap(&f, dx_slice_of("", table[i].len), &ends), table[i].r);
		if (table[i].r == 0)
			check_bytes(dx_slice_of(ends.head, ends.head_bytes), dx_buf_slice(&head));
		assert_int_equal(dx_frame_encode(&f, dx_slice_of("", table[i].len), into, table[i].len == 0 ? 0 : 2),
				 table[i].r < 0 ? table[i].r : -ENOBUFS);
		dx_buf_fini(&head);
	}
}

/* Lengths that no machine has, in one byte steps and at once: parts of the limit come, nothing more is held than that, and the
 * end finds it unfinished. */
static void check_promise(const char *name, const char *head, uint64_t promised, size_t step)
{
	static uint8_t zeros[5 * 64];
	dx_frame f = frame(name);
	dx_buf start = resolved(head);
	dx_slice pieces[] = { dx_buf_slice(&start), dx_slice_of(zeros, sizeof zeros) };
	uint64_t heard = 0;
	dx_cutter c;
	dx_cut cut;

	dx_cutter_init(&c, 64);
	for (size_t i = 0; i < COUNT(pieces); i++) {
		for (dx_slice in = pieces[i]; in.len > 0; in = dx_slice_after(in, step < in.len ? step : in.len)) {
			dx_cutter_feed(&c, dx_slice_first(in, step < in.len ? step : in.len), 0);
			while (dx_cutter_next(&c, &f, &cut) > 0) {
				assert_true(cut.partial && cut.bytes.len == 64);
				heard += cut.bytes.len;
			}
			assert_true(c.held_size <= 64 + DX_FRAME_TAIL_BYTES);
		}
	}
	assert_int_equal(heard, sizeof zeros);
	assert_true(c.left_bytes == promised - heard);
	assert_true(dx_cutter_pending(&c) && dx_frame_is_strict(&f));
	assert_int_equal(dx_cutter_flush(&c, &f, &cut), 0);
	assert_false(dx_cutter_pending(&c));
	dx_cutter_fini(&c);
	dx_buf_fini(&start);
}

static void test_F8_no_length_is_believed(void **state)
{
	static const struct {
		const char *frame, *head;
		uint64_t promised;
	} table[] = {
		{ "len2", "\\x80\\0", 1 << 15 },
		{ "len4", "\\x7f\\xff\\xff\\xff", INT32_MAX },
		{ "len4", "\\x80\\0\\0\\0", UINT64_C(1) << 31 },
		{ "len4", "\\xff\\xff\\xff\\xff", UINT32_MAX },
		{ "len4", "\\xff\\xff\\xff\\xfc", UINT32_MAX - 3 },
		{ "len4+le", "\\0\\0\\0\\x80", UINT64_C(1) << 31 },
		{ "len8", "\\0\\0\\0\\0\\xff\\xff\\xff\\xff", UINT32_MAX },
		{ "len8", "\\0\\0\\0\\x01\\0\\0\\0\\0", UINT64_C(1) << 32 },
		{ "len8", "\\x7f\\xff\\xff\\xff\\xff\\xff\\xff\\xff", INT64_MAX },
		{ "len8", "\\x80\\0\\0\\0\\0\\0\\0\\0", UINT64_C(1) << 63 },
		{ "len8", "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff", UINT64_MAX },
		{ "len8", "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xf8", UINT64_MAX - 7 },
		{ "len8+le", "\\0\\0\\0\\0\\0\\0\\0\\x80", UINT64_C(1) << 63 },
		{ "fixed:4294967295", "", UINT32_MAX },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		for (size_t step = 1; step < 100; step += 49)
			check_promise(table[i].frame, table[i].head, table[i].promised, step);
		check_promise(table[i].frame, table[i].head, table[i].promised, SIZE_MAX);
	}
}

/* F9: a frame that promises n bytes and ends after n - 1 is unfinished, and never given as whole. */
static void test_F9_what_was_promised_and_did_not_come(void **state)
{
	static const char *const table[] = { "\\0\\x03ab", "\\0\\x03", "\\0", "\\0\\x01a\\0\\x02b" };
	dx_frame f = frame("len2");

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_buf bytes = resolved(table[i]), out = { .limit = AMPLE };
		dx_cutter c;
		dx_cut cut;

		dx_cutter_init(&c, LIMIT);
		feed(&c, &f, dx_buf_slice(&bytes), &out);
		assert_true(dx_cutter_pending(&c));
		assert_true(dx_cutter_deadline_ns(&c, &f) == INT64_MAX);
		while (dx_cutter_flush(&c, &f, &cut) > 0)
			assert_true(cut.partial);
		assert_false(dx_cutter_pending(&c));
		dx_cutter_fini(&c);
		dx_buf_fini(&bytes);
		dx_buf_fini(&out);
	}
}

/* `total` bytes of the same, in reads of `step`. Were the start scanned again with each, this would take hours. */
static void check_endless(const char *name, size_t total, size_t step)
{
	static uint8_t zeros[LIMIT];
	dx_frame f = frame(name);
	size_t heard = 0;
	dx_cutter c;
	dx_cut cut;

	memset(zeros, '\r', sizeof zeros);
	dx_cutter_init(&c, LIMIT);
	for (size_t sent = 0; sent < total; sent += step) {
		dx_cutter_feed(&c, dx_slice_of(zeros, step), 0);
		while (dx_cutter_next(&c, &f, &cut) > 0) {
			assert_true(cut.partial && cut.bytes.len == LIMIT);
			heard += cut.bytes.len;
		}
		assert_true(c.held_size <= LIMIT + DX_FRAME_TAIL_BYTES);
	}
	while (dx_cutter_flush(&c, &f, &cut) > 0)
		heard += cut.bytes.len;
	assert_int_equal(heard, total);
	dx_cutter_fini(&c);
}

static void test_F7_64_MiB_without_a_line_end_in_pieces_of_64_KiB(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		check_endless(((const char *[]){ "auto", "crlf", "nul", "gap:1s" })[i], 64 << 20, LIMIT);
}

static void test_F7_64_MiB_without_a_line_end_byte_by_byte(void **state)
{
	(void)state;
	check_endless("auto", 64 << 20, 1);
}

static void test_nothing_is_copied_where_nothing_was_unfinished(void **state)
{
	dx_frame f = frame("auto");
	dx_slice in = BYTES("one\ntwo\nth");
	dx_cutter c;
	dx_cut cut;

	(void)state;
	dx_cutter_init(&c, LIMIT);
	dx_cutter_feed(&c, in, 0);
	assert_int_equal(dx_cutter_next(&c, &f, &cut), 1);
	assert_ptr_equal(cut.bytes.data, in.data);
	assert_int_equal(dx_cutter_next(&c, &f, &cut), 1);
	assert_ptr_equal(cut.bytes.data, in.data + 4);
	assert_null(c.held);
	assert_int_equal(dx_cutter_next(&c, &f, &cut), 0);
	dx_cutter_feed(&c, BYTES("ree\nfour\n"), 0);
	assert_int_equal(dx_cutter_next(&c, &f, &cut), 1);
	check_bytes(cut.bytes, BYTES("three"));
	assert_int_equal(dx_cutter_next(&c, &f, &cut), 1);
	check_bytes(cut.bytes, BYTES("four"));
	assert_null(c.held);
	assert_int_equal(dx_cutter_next(&c, &f, &cut), 0);
	dx_cutter_fini(&c);
	assert_true(sizeof c <= 80);
}

static void test_silence_ends_messages_of_auto_and_gap(void **state)
{
	static const struct {
		const char *frame, *fed;
		int64_t after_ns;
	} table[] = {
		{ "auto", "a", 50 * DX_NS_PER_MS },     { "auto", "a\nb", DX_NS_PER_S }, { "auto", "a\n", -1 },
		{ "gap:20ms", "a\nb", 20 * DX_NS_PER_MS }, { "line", "a\nb", -1 },       { "raw", "a", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_frame f = frame(table[i].frame);
		dx_cutter c;
		dx_cut cut;

		dx_cutter_init(&c, LIMIT);
		assert_true(dx_cutter_deadline_ns(&c, &f) == INT64_MAX);
		dx_cutter_feed(&c, dx_slice_text(table[i].fed), 7);
		while (dx_cutter_next(&c, &f, &cut) > 0)
			;
		assert_true(dx_cutter_deadline_ns(&c, &f) == (table[i].after_ns < 0 ? INT64_MAX : 7 + table[i].after_ns));
		dx_cutter_fini(&c);
	}
}

static void test_another_rule_sees_what_is_unfinished_anew(void **state)
{
	dx_frame gap = frame("gap:1s"), line = frame("line");
	dx_buf out = { .limit = AMPLE };
	dx_cutter c;
	dx_cut cut;

	(void)state;
	dx_cutter_init(&c, LIMIT);
	feed(&c, &gap, BYTES("a\nb\nc"), &out);
	dx_cutter_rescan(&c);
	while (dx_cutter_next(&c, &line, &cut) > 0)
		tell(&out, &cut);
	flush(&c, &line, &out);
	check_text(&out, "(a)(\n)(b)(\n)(c)()");
	dx_buf_fini(&out);
	dx_cutter_fini(&c);
}

static void test_names_are_read_as_they_are_written(void **state)
{
	static const struct {
		const char *name, *again;
		int r;
	} table[] = {
		{ "auto", "auto", 0 }, { "raw", "raw", 0 }, { "line", "line", 0 }, { "crlf", "crlf", 0 }, { "nul", "nul", 0 },
		{ "gap:50ms", "gap:50ms", 0 }, { "gap:2", "gap:2s", 0 }, { "gap:0.25s", "gap:250ms", 0 },
		{ "gap:1us", "gap:0.000001000s", 0 }, { "gap", "", -ERANGE }, { "gap:", "", -ERANGE }, { "gap:0", "", -ERANGE },
		{ "gap:-1", "", -ERANGE }, { "line:3", "", -ERANGE }, { "auto:", "", -ERANGE }, { "", "", -EINVAL }, { NULL, "", -EINVAL },
		{ "Line", "", -EINVAL }, { "lines", "", -EINVAL }, { "len1", "len1", 0 }, { "len2", "len2", 0 },
		{ "len2+le", "len2+le", 0 }, { "len4", "len4", 0 }, { "len4+le", "len4+le", 0 }, { "len8", "len8", 0 },
		{ "len8+le", "len8+le", 0 }, { "len3", "", -EINVAL }, { "len1+le", "", -EINVAL }, { "len2:4", "", -ERANGE },
		{ "delim:0a", "delim:0a", 0 }, { "delim:0D 0x0a", "delim:0d0a", 0 },
		{ "delim:000102030405060708090a0b0c0d0e0f", "delim:000102030405060708090a0b0c0d0e0f", 0 },
		{ "delim:000102030405060708090a0b0c0d0e0f10", "", -ERANGE }, { "delim", "", -ERANGE }, { "delim:", "", -ERANGE },
		{ "delim:a", "", -ERANGE }, { "delim:|", "", -ERANGE }, { "fixed:1", "fixed:1", 0 },
		{ "fixed:4294967295", "fixed:4294967295", 0 }, { "fixed:4294967296", "", -ERANGE }, { "fixed:0", "", -ERANGE },
		{ "fixed:-1", "", -ERANGE }, { "fixed", "", -ERANGE }, { "fixed:", "", -ERANGE },
	};
	char name[64];
	dx_frame f, g;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(dx_frame_parse(table[i].name, &f), table[i].r);
		if (table[i].r < 0)
			continue;
		assert_string_equal(dx_frame_name(&f, name), table[i].again);
		assert_int_equal(dx_frame_parse(name, &g), 0);
		assert_true(g.gap_ns == f.gap_ns && g.kind == f.kind);
		assert_int_equal(dx_frame_is_strict(&f), strchr("lcndf", name[0]) != NULL);
		assert_int_equal(dx_frame_is_binary(&f), strchr("df", name[0]) != NULL || strncmp(name, "len", 3) == 0);
	}
	assert_string_equal(dx_frame_usage(14), "gap:T");
	assert_null(dx_frame_usage(15));
}

static void feed_a_cutter_that_is_none(void)
{
	dx_cutter c = { .limit_bytes = 0 };

	dx_cutter_feed(&c, BYTES("a\n"), 0);
}

static void feed_before_all_is_cut(void)
{
	dx_cutter c;

	dx_cutter_init(&c, LIMIT);
	dx_cutter_feed(&c, BYTES("a\n"), 0);
	dx_cutter_feed(&c, BYTES("b\n"), 0);
}

static void cut_by_no_rule(void)
{
	dx_cutter c;
	dx_frame f = { .kind = NULL };
	dx_cut cut;

	dx_cutter_init(&c, LIMIT);
	dx_cutter_feed(&c, BYTES("a\n"), 0);
	(void)dx_cutter_next(&c, &f, &cut);
}

static void limit_to_nothing(void)
{
	dx_cutter c;

	dx_cutter_init(&c, 0);
}

static void test_N2_mistakes_end_with_a_sentence(void **state)
{
	static const struct mistake mistakes[] = {
		{ "no cutter", feed_a_cutter_that_is_none },
		{ "fed before all is cut", feed_before_all_is_cut },
		{ "no rule", cut_by_no_rule },
		{ "no limit", limit_to_nothing },
	};
	dx_cutter never = { .limit_bytes = 0 };

	(void)state;
	check_mistakes(mistakes, COUNT(mistakes));
	dx_cutter_fini(&never);         /* it lay in an object that ended early */
}

static void test_memory_that_is_refused_is_told(void **state)
{
	dx_frame f = frame("line");
	bool failed = false;

	(void)state;
	for (size_t n = 1; dx_fault_arm(n, false); n++) {
		dx_cutter c;
		dx_cut cut;
		int r = 0;

		dx_cutter_init(&c, LIMIT);
		for (int i = 0; i < 100 && r == 0; i++) {
			dx_cutter_feed(&c, BYTES("a longer piece of text"), 0);
			r = dx_cutter_next(&c, &f, &cut);
		}
		assert_true(r == 0 || r == -ENOMEM);
		failed = failed || r == -ENOMEM;
		dx_cutter_fini(&c);
	}
	dx_fault_clear();
	assert_true(failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_F6_F14_conversations),
		cmocka_unit_test(test_F6_conversations_in_pieces_of_any_size),
		cmocka_unit_test(test_cutting_is_stopped_and_gone_on_with),
		cmocka_unit_test(test_F14_what_a_part_gives_back_comes_again),
		cmocka_unit_test(test_nothing_is_copied_where_nothing_was_unfinished),
		cmocka_unit_test(test_silence_ends_messages_of_auto_and_gap),
		cmocka_unit_test(test_another_rule_sees_what_is_unfinished_anew),
		cmocka_unit_test(test_names_are_read_as_they_are_written),
		cmocka_unit_test(test_N2_mistakes_end_with_a_sentence),
		cmocka_unit_test(test_memory_that_is_refused_is_told),
		cmocka_unit_test(test_F10_what_is_joined_is_cut_again),
		cmocka_unit_test_teardown(test_F10_decoding_gives_back_what_was_encoded, tell_case),
		cmocka_unit_test_teardown(test_F8_F9_a_promise_is_never_believed, tell_case),
		cmocka_unit_test(test_F10_what_adds_nothing_gives_back_a_read),
		cmocka_unit_test(test_F10_what_would_not_come_back_is_refused),
		cmocka_unit_test(test_F8_what_a_length_cannot_say_is_refused),
		cmocka_unit_test(test_F8_no_length_is_believed),
		cmocka_unit_test(test_F9_what_was_promised_and_did_not_come),
		cmocka_unit_test(test_F10_F14_any_split_at_small_limits),
		cmocka_unit_test(test_F7_64_MiB_without_a_line_end_in_pieces_of_64_KiB),
		cmocka_unit_test(test_F7_64_MiB_without_a_line_end_byte_by_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
