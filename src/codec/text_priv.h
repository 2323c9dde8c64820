/* How the encodings of the table are decoded. */
#ifndef DX_TEXT_PRIV_H
#define DX_TEXT_PRIV_H

#include <duplex/text.h>

enum dx_encoding_kind {
	DX_KIND_UTF8,           /* by our own validator */
	DX_KIND_SINGLE,         /* a byte is a character: by a table that iconv filled */
	DX_KIND_MULTI,          /* by iconv */
	DX_KIND_WINDOWS,        /* by iconv as GB18030, which lacks the euro that Windows has at 80 */
	DX_KIND_UHC,            /* by iconv, whose CP949 is behind A2 E8 already when it complains of it */
	DX_KIND_YEN,            /* by iconv, whose SJIS has a yen and an overline where everybody writes \ and ~ */
	DX_KIND_SHIFTED,        /* by iconv; an escape sequence stays in force */
	DX_KIND_MARKED,         /* by iconv; the first unit may be a byte order mark */
};

/* Every Unicode character has a code in it. */
static inline bool dx_encoding_is_complete(const dx_encoding *e)
{
	return e->kind == DX_KIND_UTF8 || e->unit_bytes > 1 || strcmp(e->iconv_out, "GB18030") == 0;
}

#endif
