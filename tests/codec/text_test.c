/* Encodings: what is decoded at any split, what is malformed, what is encoded and what cannot be. */
#include "helper.h"

#include "codec/text.h"
#include "sys/fault.h"

#include <errno.h>

static dx_text *text_of(const char *name)
{
	const dx_encoding *e = dx_encoding_find(name);
	dx_text *t;

	assert_non_null(e);
	assert_int_equal(dx_text_new(NULL, &t), -EINVAL);
	assert_int_equal(dx_text_new(e, &t), 0);
	return t;
}

/* Decodes the pieces in turn, the last of them as the last, and returns how many bytes were malformed. */
static size_t decode(dx_text *t, const dx_slice *pieces, size_t count, dx_buf *out)
{
	dx_text_state state = { 0 };
	size_t bad, all_bad = 0;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(dx_text_decode_into(t, &state, pieces[i], i + 1 == count, out, &bad), 0);
		all_bad += bad;
	}
	return all_bad;
}

/* Marks become \xHH, so that tables can be read. */
static void check_decoded(const dx_buf *decoded, const char *should)
{
	dx_buf shown = { .limit = AMPLE };

	assert_int_equal(dx_text_unmark_into(dx_buf_slice(decoded), &shown), 0);
	check_text(&shown, should);
	dx_buf_fini(&shown);
}

struct sample {
	const char *encoding, *bytes;   /* bytes: escapes */
	const char *text;               /* with \xHH where malformed */
	size_t bad;
};

static const struct sample samples[] = {
	{ "utf-8", "a\\xe4\\xbd\\xa0\\xf0\\x9f\\x98\\x80", "a你😀", 0 },
	{ "gbk", "\\xc4\\xe3\\xba\\xc3", "你好", 0 },
	{ "gbk", "\\x80\\x80a\\x80", "€€a€", 0 },
	{ "gbk", "\\x80\\xffa", "€\\xffa", 1 },
	{ "gb18030", "\\x80a", "\\x80a", 1 },
	{ "gb2312", "\\xb3\\xcc\\xe9F\\x94\\x39\\xda\\x33", "程镕💩", 0 },      /* as Windows sends: more than GB2312 has */
	{ "gb18030", "\\x94\\x39\\xda\\x33\\x81\\x30\\x81\\x30", "💩\xc2\x80", 0 },
	{ "gb18030", "\\x94\\x39\\xda!", "\\x949\\xda!", 2 },
	{ "gb18030", "a\\xff\\x81\\x20b", "a\\xff\\x81 b", 2 },
	{ "big5", "\\xa7\\x41\\xa6\\x6e", "你好", 0 },
	{ "big5-hkscs", "\\x88\\x62\\x88\\xa5\\xa7\\x41", "Ê̄ê̌你", 0 },
	{ "shift_jis", "\\x83\\x5c\\x5c~\\xb1", "ソ\\~ｱ", 0 },
	{ "cp932", "\\x93\\xfa\\x96\\x7b", "日本", 0 },
	{ "euc-jp", "\\xc6\\xfc\\x8f\\xb0\\xa1", "日丂", 0 },
	{ "iso-2022-jp", "a\\x1b$B$3$s\\x1b(Bb\\x1b$B$3\\x1b(B\nc", "aこんbこ\nc", 0 },
	{ "iso-2022-jp", "\\x1b$B$3\\xe4$3\\x1b(Bb", "こ\\xe4こb", 1 },
	{ "euc-kr", "\\xb0\\xa1", "가", 0 },
	{ "cp949", "\\x81\\x41a\\xa2\\xe8yz", "갂a\\xa2\\xe8yz", 2 },
	{ "utf-16le", "`O\\x3d\\xd8\\x00\\xde", "你😀", 0 },
	{ "utf-16le", "a\\0\\x3d\\xd8b\\0\\x00\\xdcc\\0", "a\\x3d\\xd8b\\x00\\xdcc", 4 },
	{ "utf-16be", "O`\\0a", "你a", 0 },
	{ "utf-16", "\\xff\\xfe`Oa\\0", "你a", 0 },
	{ "utf-16", "\\xfe\\xffO`\\0a", "你a", 0 },
	{ "utf-16", "`Oa\\0", "你a", 0 },
	{ "utf-32", "\\0\\0\\xfe\\xff\\0\\x01\\xf6\\0", "😀", 0 },
	{ "utf-32", "\\xff\\xfe\\0\\0a\\0\\0\\0", "a", 0 },
	{ "utf-32le", "a\\0\\0\\0\\0\\0\\x11\\0b\\0\\0\\0", "a\\x00\\x00\\x11\\x00b", 4 },
	{ "latin1", "caf\\xe9\\xff", "caféÿ", 0 },
	{ "cp1252", "\\x80\\x81", "€\\x81", 1 },
	{ "cp1255", "\\xe0\\xc8", "אָ", 0 },
	{ "cp1258", "a\\xec", "a\xcc\x81", 0 },
	{ "koi8-r", "\\xf0\\xd2", "Пр", 0 },
	{ "tis-620", "\\xa1\\xd9", "กู", 0 },
	{ "ascii", "a\\x80b", "a\\x80b", 1 },
	/* F2: cut off inside a character */
	{ "utf-8", "a\\xe4\\xbd", "a\\xe4\\xbd", 2 },
	{ "gb18030", "a\\x94\\x39\\xda", "a\\x949\\xda", 2 },
	{ "gbk", "a\\xc4", "a\\xc4", 1 },
	{ "utf-16le", "a\\0`", "a\\x60", 1 },
	{ "utf-16le", "a\\0\\x3d\\xd8z", "a\\x3d\\xd8\\x7a", 3 },
	{ "utf-32", "a\\0\\0\\0b\\0\\0", "a\\x62\\x00\\x00", 3 },
	{ "iso-2022-jp", "\\x1b$B$3$", "こ\\x24", 1 },
	{ "iso-2022-jp", "a\\x1b$", "a\\x1b$", 1 },
	/* F3: overlong, surrogates, over 10FFFF, lone continuation */
	{ "utf-8", "\\xc0\\xaf\\xc1\\x81", "\\xc0\\xaf\\xc1\\x81", 4 },
	{ "utf-8", "\\xe0\\x80\\xaf", "\\xe0\\x80\\xaf", 3 },
	{ "utf-8", "\\xf0\\x80\\x80\\xaf", "\\xf0\\x80\\x80\\xaf", 4 },
	{ "utf-8", "\\xed\\xa0\\x80\\xed\\xb2\\x80", "\\xed\\xa0\\x80\\xed\\xb2\\x80", 6 },
	{ "utf-8", "\\xf4\\x90\\x80\\x80\\xf5\\xf8\\xff", "\\xf4\\x90\\x80\\x80\\xf5\\xf8\\xff", 7 },
	{ "utf-8", "\\x80a\\xbfb\\xe4b\\xe4\\xbdb", "\\x80a\\xbfb\\xe4b\\xe4\\xbdb", 5 },
	{ "utf-8", "\\xf4\\x8f\\xbf\\xbf\\xed\\x9f\\xbf\\xee\\x80\\x80", "\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80", 0 },
};

static void test_F2_F3_what_decodes_and_what_is_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		dx_buf bytes = resolved(samples[i].bytes), out = { .limit = AMPLE };
		dx_text *t = text_of(samples[i].encoding);
		dx_slice whole = dx_buf_slice(&bytes);

		if (decode(t, &whole, 1, &out) != samples[i].bad)
			fail_msg("%s %s", samples[i].encoding, samples[i].bytes);
		check_decoded(&out, samples[i].text);
		dx_text_free(t);
		dx_buf_fini(&bytes);
		dx_buf_fini(&out);
	}
}

/* Decodes `whole` cut at `a` and at `b`; with SIZE_MAX byte by byte. */
static void decode_split(dx_text *t, dx_slice whole, size_t a, size_t b, dx_buf *out)
{
	dx_slice pieces[64];
	size_t count = 0;

	if (a == SIZE_MAX) {
		for (; count < whole.len; count++)
			pieces[count] = dx_slice_first(dx_slice_after(whole, count), 1);
	} else {
		pieces[0] = dx_slice_first(whole, a);
		pieces[1] = dx_slice_first(dx_slice_after(whole, a), b - a);
		pieces[2] = dx_slice_after(whole, b);
		count = 3;
	}
	(void)decode(t, pieces, count, out);
}

static void check_every_split(dx_text *t, dx_slice whole)
{
	dx_buf once = { .limit = AMPLE }, split = { .limit = AMPLE };

	(void)decode(t, &whole, 1, &once);
	for (size_t a = 0; a <= whole.len; a++) {
		for (size_t b = a; b <= whole.len; b++) {
			dx_buf_clear(&split);
			decode_split(t, whole, a, b, &split);
			check_bytes(dx_buf_slice(&split), dx_buf_slice(&once));
		}
	}
	dx_buf_clear(&split);
	decode_split(t, whole, SIZE_MAX, 0, &split);
	check_bytes(dx_buf_slice(&split), dx_buf_slice(&once));
	dx_buf_fini(&once);
	dx_buf_fini(&split);
}

static void test_F1_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		dx_buf bytes = resolved(samples[i].bytes);
		dx_text *t = text_of(samples[i].encoding);

		check_every_split(t, dx_buf_slice(&bytes));
		dx_text_free(t);
		dx_buf_fini(&bytes);
	}
}

/* Bytes that are nearly text: leads, trails, escapes and ASCII. */
static size_t near_text(uint64_t *seed, uint8_t *into, size_t size)
{
	static const char *const parts[] = { "\x1b$B", "\x1b(B", "\x1b", "\x81\x30\x81\x30", "\xc4\xe3", "\xe4\xbd\xa0",
	                                     "\xf0\x9f\x98\x80", "\xff\xfe", "\x3d\xd8", "\xa2\xe8", "\x88\x62", "\x8f\xb0\xa1", "a",
	                                     "\n", "\x80" };
	size_t used = 0;

	while (used + 4 <= size) {
		const char *part = parts[next_random(seed) % COUNT(parts)];

		if (next_random(seed) % 3 == 0) {
			into[used++] = (uint8_t)next_random(seed);
		} else {
			memcpy(into + used, part, strlen(part));
			used += strlen(part);
		}
	}
	return used;
}

static void test_F1_F5_every_split_of_near_text_in_every_encoding(void **state)
{
	uint64_t seed = 1;
	uint8_t bytes[24];

	(void)state;
	for (size_t i = 0; dx_encoding_at(i) != NULL; i++) {
		dx_text *t = text_of(dx_encoding_at(i)->name);

		for (int k = 0; k < 40; k++)
			check_every_split(t, dx_slice_of(bytes, near_text(&seed, bytes, sizeof bytes)));
		dx_text_free(t);
	}
}

static void test_F1_peers_that_share_a_converter_do_not_meet(void **state)
{
	dx_text *t = text_of("iso-2022-jp");
	dx_text_state a = { 0 }, b = { 0 };
	dx_buf out = { .limit = AMPLE };

	(void)state;
	assert_int_equal(dx_text_decode_into(t, &a, BYTES("\x1b$B$3$"), false, &out, NULL), 0);
	assert_int_equal(dx_text_decode_into(t, &b, BYTES("$3"), false, &out, NULL), 0);
	assert_int_equal(dx_text_decode_into(t, &a, BYTES("s"), false, &out, NULL), 0);
	check_text(&out, "こ$3ん");
	dx_text_free(t);
	dx_buf_fini(&out);
}

/* Room of 0, 1, 2 … bytes is left in the buffer, so that iconv runs out of it at every place. */
static void test_F4_little_room_loses_nothing(void **state)
{
	static const char *const names[] = { "gb18030", "big5-hkscs", "iso-2022-jp", "utf-16" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		dx_slice text = dx_slice_text(i == 1 ? "Ê̄ê̌你好aÊ̄" : "a日本b");
		dx_text *t = text_of(names[i]);

		for (size_t room = 0; room <= 64; room++) {
			dx_buf wire = { .limit = AMPLE }, out = { .limit = AMPLE };
			dx_text_state st = { 0 };

			assert_int_equal(dx_buf_reserve(&wire, 64), 0);
			dx_buf_grew(&wire, 64 - room);
			assert_int_equal(dx_text_encode_into(t, text, false, &wire, NULL), 0);
			dx_buf_take(&wire, 64 - room);
			assert_int_equal(dx_buf_reserve(&out, 64), 0);
			dx_buf_grew(&out, 64 - room);
			assert_int_equal(dx_text_decode_into(t, &st, dx_buf_slice(&wire), true, &out, NULL), 0);
			dx_buf_take(&out, 64 - room);
			check_bytes(dx_buf_slice(&out), text);
			dx_buf_fini(&wire);
			dx_buf_fini(&out);
		}
		dx_text_free(t);
	}
}

static void test_F5_storms_of_malformed_bytes_end(void **state)
{
	enum { SIZE = 1 << 16 };
	uint8_t *storm = malloc(SIZE);

	(void)state;
	assert_non_null(storm);
	for (size_t i = 0; dx_encoding_at(i) != NULL; i++) {
		dx_text *t = text_of(dx_encoding_at(i)->name);

		for (unsigned byte = 0x80; byte < 0x100; byte += 0x7f) {
			dx_buf out = { .limit = AMPLE };
			dx_slice in = dx_slice_of(memset(storm, (int)byte, SIZE), SIZE);

			(void)decode(t, &in, 1, &out);
			assert_true(out.used >= SIZE / 4);
			dx_buf_fini(&out);
		}
		dx_text_free(t);
	}
	free(storm);
}

static void test_F5_only_names_of_the_list(void **state)
{
	static const struct {
		const char *name, *is;
	} table[] = {
		{ "GBK", "gbk" }, { "cp936", "gbk" }, { "UTF8", "utf-8" }, { "utf_8", "utf-8" }, { "GB-2312", "gb2312" },
		{ "latin1", "iso-8859-1" }, { "ISO8859-15", "iso-8859-15" }, { "iso-8859-1", "iso-8859-1" },
		{ "iso-8859-11", "iso-8859-11" }, { "Shift-JIS", "shift_jis" }, { "sjis", "shift_jis" }, { "BIG5HKSCS", "big5-hkscs" },
		{ "windows-1252", "cp1252" }, { "KOI8-U", "koi8-u" }, { "TIS620", "tis-620" }, { "us-ascii", "ascii" },
		{ "", NULL }, { NULL, NULL }, { "-", NULL }, { "utf-8//TRANSLIT", NULL }, { "gbk//IGNORE", NULL }, { "gbk,utf-8", NULL },
		{ "cp936 ms936", NULL }, { "iso-2022-cn-ext", NULL }, { "utf-7", NULL }, { "gb", NULL }, { "gbk ", NULL }, { "l", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		const dx_encoding *e = dx_encoding_find(table[i].name);

		if (table[i].is == NULL)
			assert_null(e);
		else
			assert_string_equal(e->name, table[i].is);
	}
}

/* The table names what this system's iconv has, and ASCII survives in all of it. */
static void test_every_encoding_opens_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; dx_encoding_at(i) != NULL; i++) {
		dx_text *t = text_of(dx_encoding_at(i)->name);
		dx_buf wire = { .limit = AMPLE }, out = { .limit = AMPLE };
		dx_slice text = BYTES("duplex 0123 {}[]\\~|\r\n"), encoded;

		assert_int_equal(dx_text_encode_into(t, text, false, &wire, NULL), 0);
		encoded = dx_buf_slice(&wire);
		assert_int_equal(encoded.len, text.len * dx_text_encoding(t)->unit_bytes);
		assert_int_equal(decode(t, &encoded, 1, &out), 0);
		check_bytes(dx_buf_slice(&out), text);
		assert_true(dx_text_gives_back(t, text, encoded));
		dx_buf_fini(&wire);
		dx_buf_fini(&out);
		dx_text_free(t);
	}
}

static void test_what_is_encoded_and_what_is_lacking(void **state)
{
	static const struct {
		const char *encoding, *text, *wire;     /* wire: escapes; NULL: it is refused */
		const char *bad, *replaced;
	} table[] = {
		{ "utf-8", "a你", "a你", NULL, NULL },
		{ "gbk", "你好", "\\xc4\\xe3\\xba\\xc3", NULL, NULL },
		{ "gb2312", "朱镕基", NULL, "镕", "\\xd6\\xec?\\xbb\\xf9" },
		{ "gb2312", "——马可·波罗", "\\xa1\\xaa\\xa1\\xaa\\xc2\\xed\\xbf\\xc9\\xa1\\xa4\\xb2\\xa8\\xc2\\xde", NULL, NULL },
		{ "gbk", "——·", "\\xa1\\xaa\\xa1\\xaa\\xa1\\xa4", NULL, NULL },
		{ "gbk", "a😀b", NULL, "😀", "a?b" },
		{ "gb18030", "😀", "\\x94\\x39\\xfc\\x36", NULL, NULL },
		{ "ascii", "é", NULL, "é", "?" },
		{ "latin1", "a\xf3\xa0\x81\x81\xf3\xa0\x80\x81z", NULL, "\xf3\xa0\x81\x81", "a??z" },     /* tags: glibc drops them */
		{ "gb18030", "\xf3\xa0\x81\x81", "\\xd3\\x36\\x9c\\x33", NULL, NULL },
		{ "big5", "你", "\\xa7\\x41", NULL, NULL },
		{ "big5-hkscs", "Ê", "\\x88\\x66", NULL, NULL },
		{ "iso-2022-jp", "aこ", "a\\x1b$B$3\\x1b(B", NULL, NULL },
		{ "iso-2022-jp", "こ你こ", NULL, "你", "\\x1b$B$3\\x1b(B?\\x1b$B$3\\x1b(B" },
		{ "shift_jis", "\\~", "\\\\~", NULL, NULL },
		{ "utf-16", "a你", "a\\0`O", NULL, NULL },
		{ "utf-16be", "a", "\\0a", NULL, NULL },
		{ "utf-32", "a", "a\\0\\0\\0", NULL, NULL },
		{ "gbk", "a\xff" "b", NULL, "\xff", "a?b" },
		{ "utf-16le", "a\xe4\xbd", NULL, "\xe4", "a\\0\\xfd\\xff\\xfd\\xff" },
		{ "gbk", "", "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_text *t = text_of(table[i].encoding);
		dx_buf out = { .limit = AMPLE };
		dx_slice bad = { NULL, 0 }, text = dx_slice_text(table[i].text);
		dx_buf wire = resolved(table[i].wire == NULL ? table[i].replaced : table[i].wire);

		assert_int_equal(dx_buf_add_text(&out, "kept"), 0);
		if (table[i].wire == NULL) {
			assert_int_equal(dx_text_encode_into(t, text, false, &out, &bad), -EILSEQ);
			check_bytes(bad, dx_slice_text(table[i].bad));
			assert_true(bad.data >= text.data && bad.data < text.data + text.len);
			check_text(&out, "kept");
		}
		assert_int_equal(dx_text_encode_into(t, text, table[i].wire == NULL, &out, NULL), 0);
		dx_buf_take(&out, 4);
		check_bytes(dx_buf_slice(&out), dx_buf_slice(&wire));
		dx_buf_fini(&out);
		dx_buf_fini(&wire);
		dx_text_free(t);
	}
}

static void test_long_text_goes_there_and_back(void **state)
{
	static const char *const names[] = { "gb18030", "utf-16be", "big5-hkscs" };
	dx_buf text = { .limit = AMPLE };

	(void)state;
	for (uint32_t i = 0; i < 20000; i++)
		assert_int_equal(dx_buf_add_text(&text, i % 7 == 0 ? "ab" : i % 7 == 1 ? "Ê" : "你"), 0);
	for (size_t i = 0; i < COUNT(names); i++) {
		dx_text *t = text_of(names[i]);
		dx_buf wire = { .limit = AMPLE }, out = { .limit = AMPLE };
		dx_slice encoded;

		assert_int_equal(dx_text_encode_into(t, dx_buf_slice(&text), false, &wire, NULL), 0);
		encoded = dx_buf_slice(&wire);
		assert_int_equal(decode(t, &encoded, 1, &out), 0);
		check_bytes(dx_buf_slice(&out), dx_buf_slice(&text));
		assert_true(dx_text_gives_back(t, dx_buf_slice(&text), encoded));
		dx_buf_fini(&wire);
		dx_buf_fini(&out);
		dx_text_free(t);
	}
	dx_buf_fini(&text);
}

static void test_gives_back_only_what_came(void **state)
{
	dx_text *gbk = text_of("gbk"), *utf16 = text_of("utf-16");

	(void)state;
	assert_true(dx_text_gives_back(NULL, BYTES("你"), BYTES("你")));
	assert_false(dx_text_gives_back(NULL, BYTES("\xed\xb2\x80"), BYTES("\x80")));
	assert_true(dx_text_gives_back(gbk, BYTES("你€"), BYTES("\xc4\xe3\x80")));
	assert_false(dx_text_gives_back(gbk, BYTES("😀"), BYTES("\x94\x39\xfc\x36")));
	assert_false(dx_text_gives_back(gbk, BYTES("a"), BYTES("b")));
	assert_false(dx_text_gives_back(utf16, BYTES("a"), BYTES("\xff\xfe" "a\0")));
	dx_text_free(gbk);
	dx_text_free(utf16);
}

static void test_guesses_are_valid_and_in_order(void **state)
{
	static const struct {
		const char *bytes, *names;
	} table[] = {
		{ "\\xc4\\xe3\\xba\\xc3", "gb18030 big5 shift_jis" },
		{ "\\xe4\\xbd\\xa0", "utf-8 gb18030 euc-jp" },
		{ "a\\0b\\0", "utf-16le utf-8 gb18030" },
		{ "\\0a\\0b", "utf-16be utf-8 gb18030" },
		{ "\\xff\\xfe`O", "utf-16 cp1251 cp1252" },
		{ "\\x98\\xff", "cp1252" },
		{ "\\x98\\xff\\x81 ", "" },
		{ "\\xc4\\xe3\\xba", "gb18030 big5 shift_jis" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		dx_buf bytes = resolved(table[i].bytes), names = { .limit = AMPLE };
		const dx_encoding *found[3];
		size_t count = dx_text_guess(dx_buf_slice(&bytes), found);

		for (size_t k = 0; k < count; k++)
			assert_int_equal(dx_buf_printf(&names, "%s%s", k == 0 ? "" : " ", found[k]->name), 0);
		check_text(&names, table[i].names);
		dx_buf_fini(&names);
		dx_buf_fini(&bytes);
	}
}

/* One valid-or-not decision for all that our validator and a naive reading of the standard could differ about. */
static bool naive_valid(const uint8_t *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	for (size_t i = 0; i < n;) {
		size_t len = s[i] < 0x80 ? 1 : s[i] >> 5 == 6 ? 2 : s[i] >> 4 == 14 ? 3 : s[i] >> 3 == 30 ? 4 : 0;
		uint32_t c = len == 1 ? s[i] : len == 0 ? 0 : s[i] & (0x7fu >> len);

		if (len == 0 || len > n - i)
			return false;
		for (size_t k = 1; k < len; k++) {
			if (s[i + k] >> 6 != 2)
				return false;
			c = c << 6 | (s[i + k] & 0x3f);
		}
		if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return false;
		i += len;
	}
	return true;
}

static void test_F3_validity_is_the_standards(void **state)
{
	uint64_t seed = 3;
	uint8_t bytes[40];

	(void)state;
	for (uint32_t lead = 0; lead < 0x1000000; lead += 7) {
		uint8_t four[4] = { (uint8_t)(0x80 | lead >> 16), (uint8_t)(lead >> 8), (uint8_t)lead, 0x80 };

		assert_int_equal(dx_utf8_valid(dx_slice_of(four, 3)), naive_valid(four, 3));
		assert_int_equal(dx_utf8_valid(dx_slice_of(four, 4)), naive_valid(four, 4));
	}
	for (int i = 0; i < 100000; i++) {
		size_t n = near_text(&seed, bytes, sizeof bytes);

		assert_int_equal(dx_utf8_valid(dx_slice_of(bytes, n)), naive_valid(bytes, n));
	}
}

static void talk_a_little(void)
{
	static const char *const names[] = { "gbk", "iso-2022-jp", "cp1252", "utf-16" };

	for (size_t i = 0; i < COUNT(names); i++) {
		dx_buf out = { .limit = AMPLE };
		dx_text_state st = { 0 };
		dx_text *t;

		if (dx_text_new(dx_encoding_find(names[i]), &t) < 0)
			continue;
		if (dx_text_decode_into(t, &st, BYTES("\xfe\xff\0a\xc4\xe3"), true, &out, NULL) < 0)
			assert_int_equal(out.used, 0);
		dx_buf_clear(&out);
		if (dx_text_encode_into(t, BYTES("a你b"), true, &out, NULL) < 0)
			assert_int_equal(out.used, 0);
		dx_buf_fini(&out);
		dx_text_free(t);
	}
}

static void test_calls_that_fail_leave_nothing_behind(void **state)
{
	(void)state;
	for (size_t n = 1; dx_fault_arm(n, false); n++)
		talk_a_little();
	for (size_t n = 1; dx_fault_arm(n, true); n++)
		talk_a_little();
	dx_fault_clear();
}

static void test_a_full_buffer_leaves_the_state_as_it_was(void **state)
{
	dx_text *t = text_of("gbk");
	dx_buf out = { .limit = 64 };
	dx_text_state st = { 0 }, before;
	uint8_t many[100];

	(void)state;
	memset(many, 0xc4, sizeof many);
	assert_int_equal(dx_text_decode_into(t, &st, BYTES("a\xc4"), false, &out, NULL), 0);
	before = st;
	assert_int_equal(dx_text_decode_into(t, &st, dx_slice_of(many, sizeof many), false, &out, NULL), -ENOBUFS);
	check_text(&out, "a");
	assert_memory_equal(&st, &before, sizeof st);
	dx_text_free(t);
	dx_buf_fini(&out);
}

/* The same functions with a caller's memory: every size up to what is needed, and the state of a call that failed. */
static void test_F4_a_caller_s_memory_that_is_too_small_is_told(void **state)
{
	static const char *const names[] = { "gbk", "big5-hkscs", "utf-16le", "iso-2022-jp", "cp1252", "utf-8", "utf-32be" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		dx_text *t = text_of(names[i]);
		dx_slice text = i == 4 ? BYTES("café") : BYTES("a日b本");
		uint8_t wire[DX_TEXT_ROOM(8)], back[DX_TEXT_ROOM(sizeof wire)];
		dx_text_state st = { 0 };
		ptrdiff_t n = -ENOBUFS, m = -ENOBUFS;
		size_t bad = 7;

		for (size_t size = 0; n == -ENOBUFS; size++)
			n = dx_text_encode(t, text, false, wire, size, NULL);
		assert_true(n > 0);
		for (size_t size = 0; m == -ENOBUFS; size++) {
			assert_int_equal(st.count, 0);
			m = dx_text_decode(t, &st, dx_slice_of(wire, (size_t)n), true, back, size, &bad);
		}
		assert_true(m > 0 && bad == 0);
		check_bytes(dx_slice_of(back, (size_t)m), text);
		dx_text_free(t);
	}
}

/* DX_TEXT_ROOM is room for whatever comes, also of bytes that mean nothing, behind what another call left unfinished. */
static void test_F4_the_room_that_is_promised_suffices(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int i = 0; i < 3000; i++) {        /* each opens descriptors of iconv */
		const dx_encoding *e = dx_encoding_at((size_t)i % 40);
		uint8_t in[24], into[DX_TEXT_ROOM(sizeof in)];
		size_t len = next_random(&seed) % sizeof in;
		dx_text_state st = { 0 };
		dx_text *t;
		ptrdiff_t n;

		if (e == NULL)
			continue;
		assert_int_equal(dx_text_new(e, &t), 0);
		fill_random(&seed, in, sizeof in);
		(void)dx_text_decode(t, &st, dx_slice_of(in, 8), false, into, sizeof into, NULL);
		n = dx_text_decode(t, &st, dx_slice_of(in, len), true, into, DX_TEXT_ROOM(len), NULL);
		assert_true(n >= 0);
		n = dx_text_encode(t, dx_slice_of(in, len), true, into, DX_TEXT_ROOM(len), NULL);
		assert_true(n >= 0);
		n = dx_text_unmark(dx_slice_of(in, len), into, DX_TEXT_ROOM(len));
		assert_true(n >= 0);
		dx_text_free(t);
	}
}

static void test_a_character_that_is_lacking_is_named_to_a_caller(void **state)
{
	dx_text *t = text_of("gb2312");
	dx_slice text = BYTES("a😀z"), bad = { NULL, 0 };
	uint8_t into[DX_TEXT_ROOM(6)];

	(void)state;
	assert_int_equal(dx_text_encode(t, text, false, into, sizeof into, &bad), -EILSEQ);
	assert_ptr_equal(bad.data, text.data + 1);
	assert_int_equal(bad.len, 4);
	assert_int_equal(dx_text_encode(t, text, true, into, sizeof into, NULL), 3);
	check_bytes(dx_slice_of(into, 3), BYTES("a?z"));
	assert_int_equal(dx_text_unmark(BYTES("\xed\xb3\xbf"), into, 3), -ENOBUFS);
	assert_int_equal(dx_text_unmark(BYTES("\xed\xb3\xbf"), into, 5), 4);
	check_bytes(dx_slice_of(into, 4), BYTES("\\xff"));
	dx_text_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_F5_only_names_of_the_list),
		cmocka_unit_test(test_every_encoding_opens_both_ways),
		cmocka_unit_test(test_F2_F3_what_decodes_and_what_is_malformed),
		cmocka_unit_test(test_what_is_encoded_and_what_is_lacking),
		cmocka_unit_test(test_long_text_goes_there_and_back),
		cmocka_unit_test(test_gives_back_only_what_came),
		cmocka_unit_test(test_guesses_are_valid_and_in_order),
		cmocka_unit_test(test_F1_peers_that_share_a_converter_do_not_meet),
		cmocka_unit_test(test_F1_every_split),
		cmocka_unit_test(test_F1_F5_every_split_of_near_text_in_every_encoding),
		cmocka_unit_test(test_F3_validity_is_the_standards),
		cmocka_unit_test(test_F4_little_room_loses_nothing),
		cmocka_unit_test(test_F5_storms_of_malformed_bytes_end),
		cmocka_unit_test(test_calls_that_fail_leave_nothing_behind),
		cmocka_unit_test(test_a_full_buffer_leaves_the_state_as_it_was),
		cmocka_unit_test(test_F4_a_caller_s_memory_that_is_too_small_is_told),
		cmocka_unit_test(test_F4_the_room_that_is_promised_suffices),
		cmocka_unit_test(test_a_character_that_is_lacking_is_named_to_a_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
