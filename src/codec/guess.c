/* Which encodings could it be? Only a guess, for a notice that names them; a peer's text never chooses one. */
#include "codec/text.h"
#include "codec/text_priv.h"

/* The likeliest first, where Chinese is spoken. All decode by units of one byte. */
static const char *const candidates[] = { "utf-8", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "cp1251", "cp1252" };
#define CANDIDATE_COUNT (sizeof candidates / sizeof *candidates)

#define GUESS_COUNT 3

/* Does UTF-8 hold C1 controls, which nobody writes? */
static bool has_controls(dx_slice text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.data[i] == 0xc2 && text.data[i + 1] < 0xa0)
			return true;
	}
	return false;
}

/* Would all of `bytes` be valid in it, but for an unfinished character at the end? */
static bool is_valid_in(const dx_encoding *e, dx_slice bytes)
{
	dx_buf decoded = { .limit = 16 * (bytes.len + 16) };
	dx_text_state state = { 0 };
	dx_text *text;
	size_t bad;
	bool valid;

	if (dx_text_new(e, &text) < 0)
		return false;
	valid = dx_text_decode_into(text, &state, bytes, false, &decoded, &bad) == 0 && bad == 0 &&
	        !has_controls(dx_buf_slice(&decoded));
	dx_buf_fini(&decoded);
	dx_text_free(text);
	return valid;
}

/* UTF-16 leaves zeros where the text is ASCII, or begins with a byte order mark; text in no other encoding has either.
 * The place of the first zero is the high byte's. */
static const dx_encoding *guess_wide(dx_slice bytes)
{
	const uint8_t *zero = bytes.len == 0 ? NULL : memchr(bytes.data, 0, bytes.len);

	if (bytes.len >= 2 && (memcmp(bytes.data, "\xff\xfe", 2) == 0 || memcmp(bytes.data, "\xfe\xff", 2) == 0))
		return dx_encoding_find("utf-16");
	if (zero == NULL)
		return NULL;
	return dx_encoding_find(((zero - bytes.data) & 1) != 0 ? "utf-16le" : "utf-16be");
}

size_t dx_text_guess(dx_slice bytes, const dx_encoding *ret[GUESS_COUNT])
{
	const dx_encoding *wide = guess_wide(bytes);
	size_t count = 0;

	if (wide != NULL && is_valid_in(wide, bytes))
		ret[count++] = wide;
	for (size_t i = 0; i < CANDIDATE_COUNT && count < GUESS_COUNT; i++) {
		const dx_encoding *e = dx_encoding_find(candidates[i]);

		if (is_valid_in(e, bytes))
			ret[count++] = e;
	}
	return count;
}
