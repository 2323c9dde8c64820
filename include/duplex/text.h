/* Text: the encodings of the wire, and UTF-8 inside.
 *
 * A byte that does not decode travels on as a mark: the three bytes that UTF-8 would have for the lone surrogate U+DC00 + byte
 * (ED B2 80 … ED B3 BF for the bytes 80 … FF, as Python's "surrogateescape" does). No valid text holds a mark, so it is exact
 * and is never confused with what somebody typed. Views, quotes and JSON show it as \xHH. "Marked" text may hold marks. */
#ifndef DUPLEX_TEXT_H
#define DUPLEX_TEXT_H

#include <duplex/slice.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One encoding of those that duplex speaks; all live for ever. */
typedef struct dx_encoding {
	const char *name;       /* canonical, lower-case */
	const char *aliases;    /* other names, between blanks; "" for none */
	const char *iconv_in;   /* what decodes it: wider than the name where senders are careless (gb2312, gbk: GB18030) */
	const char *iconv_out;  /* what encodes it: strictly what was named */
	uint8_t unit_bytes;     /* 1, 2, 4: a code unit, in which line ends are counted */
	bool big_endian;        /* the order of its bytes; utf-16 and utf-32 are sent little-endian, without a mark */
	uint8_t kind;           /* how it is decoded: the library's own */
} dx_encoding;

/* The encoding of that name, canonical or alias, in any case, with or without '-' and '_'; NULL where it is none that duplex
 * speaks. Nothing but a name of the list passes (no "//TRANSLIT"). */
const dx_encoding *dx_encoding_find(const char *name);

/* The i-th encoding, for help; NULL past the end. */
const dx_encoding *dx_encoding_at(size_t i);

/* What converts one encoding, both ways: opened when first needed, shared by all peers, reset between them. */
typedef struct dx_text dx_text;

/* Makes a converter. Returns 0; -EINVAL where `e` is NULL, as dx_encoding_find tells of an unknown name; -ENOMEM. */
int dx_text_new(const dx_encoding *e, dx_text **ret);

/* Frees it; NULL is fine. */
void dx_text_free(dx_text *t);

/* Its encoding. */
const dx_encoding *dx_text_encoding(const dx_text *t);

/* What a peer's text is in the middle of; zeroed is the start of a stream. Memory of nobody else. */
typedef struct dx_text_state {
	uint8_t bytes[8];       /* a character not yet complete … */
	uint8_t count;          /* … so many bytes of it */
	uint8_t shift[3];       /* ISO-2022-JP: the escape sequence in force; 0: none */
	uint8_t flags;          /* UTF-16, UTF-32: what the byte order mark said */
} dx_text_state;

/* Room that always suffices for what becomes of so many bytes, by any function here that writes into a caller's memory. */
#define DX_TEXT_ROOM(bytes) (4 * ((size_t)(bytes) + 16))

/* Decodes `in`, which follows what `st` has seen, to marked UTF-8; any split of a stream gives what the whole gives. An unfinished
 * character waits in `st`; with `last` it is malformed instead, and `st` is at a start again, save for the shift and byte order in
 * force. t NULL: UTF-8. *ret_bad (may be NULL) is the number of malformed bytes.
 * Returns how many bytes it wrote into the `size` at `into`; -ENOBUFS where those are too few (DX_TEXT_ROOM(in.len) never is);
 * -ENOMEM, or what iconv_open(3) fails with: `st` is as it was then, and the same can be tried again. */
ptrdiff_t dx_text_decode(dx_text *t, dx_text_state *st, dx_slice in, bool last, void *into, size_t size, size_t *ret_bad);

/* Encodes UTF-8 strictly as the encoding's name says; with t NULL or for utf-8 the bytes as they are. Each call is a text of its
 * own: ISO-2022-JP is back in ASCII at its end. Returns how many bytes it wrote into the `size` at `into`; -ENOBUFS where those
 * are too few (DX_TEXT_ROOM(utf8.len) never is); -EILSEQ where the encoding lacks a character, or a byte is not UTF-8, or there
 * is a mark, which is not made a byte again (as Python's surrogateescape would): *ret_bad (may be NULL) is that character, byte
 * or mark, in `utf8`; with `replace` a '?' (UTF: U+FFFD) stands for it instead; -ENOMEM, or what iconv_open(3) fails with. */
ptrdiff_t dx_text_encode(dx_text *t, dx_slice utf8, bool replace, void *into, size_t size, dx_slice *ret_bad);

/* Writes marked UTF-8, which must not lie in `into`, with a literal \xHH for each mark. Returns how many bytes it wrote, or
 * -ENOBUFS where `size` is too small (DX_TEXT_ROOM(marked.len) never is). */
ptrdiff_t dx_text_unmark(dx_slice marked, void *into, size_t size);

/* Does encoding `utf8` give exactly `bytes`? False also where memory is short. */
bool dx_text_gives_back(dx_text *t, dx_slice utf8, dx_slice bytes);

/* Names up to three encodings under which all of `bytes` would be valid (an unfinished character at the end is allowed), first
 * those that are likeliest where Chinese is spoken. Returns how many it put into `ret`. */
size_t dx_text_guess(dx_slice bytes, const dx_encoding *ret[3]);

/* Is it UTF-8: no overlong form, no surrogate, nothing over U+10FFFF, no unfinished character? */
bool dx_utf8_valid(dx_slice text);

#ifdef __cplusplus
}
#endif

#endif
