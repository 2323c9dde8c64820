/* The encodings that duplex speaks: a name that is not here is not one. */
#include "codec/text_priv.h"

#define WIDE(name, aliases, iconv, unit, big, kind) { name, aliases, iconv, iconv, unit, big, kind }
#define MULTI(name, aliases, iconv) { name, aliases, iconv, iconv, 1, false, DX_KIND_MULTI }
#define SINGLE(name, aliases, iconv) { name, aliases, iconv, iconv, 1, false, DX_KIND_SINGLE }

/* In the order of help. gb2312 and gbk: Windows sends GB18030 under both names. */
static const dx_encoding encodings[] = {
	{ "utf-8", "", "UTF-8", "UTF-8", 1, false, DX_KIND_UTF8 },
	{ "gbk", "cp936 ms936 windows-936", "GB18030", "GBK", 1, false, DX_KIND_WINDOWS },
	MULTI("gb18030", "", "GB18030"),
	{ "gb2312", "euc-cn gb2312-80", "GB18030", "GB2312", 1, false, DX_KIND_WINDOWS },
	MULTI("big5", "cp950 ms950 windows-950", "BIG5"),
	MULTI("big5-hkscs", "", "BIG5-HKSCS"),
	MULTI("euc-tw", "", "EUC-TW"),
	{ "shift_jis", "sjis shift-jis", "SJIS", "SJIS", 1, false, DX_KIND_YEN },
	MULTI("cp932", "ms932 windows-31j", "CP932"),
	MULTI("euc-jp", "ujis", "EUC-JP"),
	{ "iso-2022-jp", "jis", "ISO-2022-JP", "ISO-2022-JP", 1, false, DX_KIND_SHIFTED },
	MULTI("euc-kr", "ks-c-5601-1987", "EUC-KR"),
	{ "cp949", "uhc ms949 windows-949", "CP949", "CP949", 1, false, DX_KIND_UHC },
	WIDE("utf-16", "ucs-2 unicode", "UTF-16LE", 2, false, DX_KIND_MARKED),
	WIDE("utf-16le", "ucs-2le", "UTF-16LE", 2, false, DX_KIND_MULTI),
	WIDE("utf-16be", "ucs-2be", "UTF-16BE", 2, true, DX_KIND_MULTI),
	WIDE("utf-32", "ucs-4", "UTF-32LE", 4, false, DX_KIND_MARKED),
	WIDE("utf-32le", "ucs-4le", "UTF-32LE", 4, false, DX_KIND_MULTI),
	WIDE("utf-32be", "ucs-4be", "UTF-32BE", 4, true, DX_KIND_MULTI),
	SINGLE("ascii", "us-ascii", "ASCII"),
	SINGLE("iso-8859-1", "latin1 l1", "ISO-8859-1"),
	SINGLE("iso-8859-2", "latin2 l2", "ISO-8859-2"),
	SINGLE("iso-8859-3", "latin3 l3", "ISO-8859-3"),
	SINGLE("iso-8859-4", "latin4 l4", "ISO-8859-4"),
	SINGLE("iso-8859-5", "cyrillic", "ISO-8859-5"),
	SINGLE("iso-8859-6", "arabic", "ISO-8859-6"),
	SINGLE("iso-8859-7", "greek", "ISO-8859-7"),
	SINGLE("iso-8859-8", "hebrew", "ISO-8859-8"),
	SINGLE("iso-8859-9", "latin5 l5", "ISO-8859-9"),
	SINGLE("iso-8859-10", "latin6 l6", "ISO-8859-10"),
	SINGLE("iso-8859-11", "thai", "ISO-8859-11"),
	SINGLE("iso-8859-13", "latin7 l7", "ISO-8859-13"),
	SINGLE("iso-8859-14", "latin8 l8", "ISO-8859-14"),
	SINGLE("iso-8859-15", "latin9 l9", "ISO-8859-15"),
	SINGLE("iso-8859-16", "latin10 l10", "ISO-8859-16"),
	SINGLE("cp1250", "windows-1250", "CP1250"),
	SINGLE("cp1251", "windows-1251", "CP1251"),
	SINGLE("cp1252", "windows-1252", "CP1252"),
	SINGLE("cp1253", "windows-1253", "CP1253"),
	SINGLE("cp1254", "windows-1254", "CP1254"),
	SINGLE("cp1255", "windows-1255", "CP1255"),
	SINGLE("cp1256", "windows-1256", "CP1256"),
	SINGLE("cp1257", "windows-1257", "CP1257"),
	SINGLE("cp1258", "windows-1258", "CP1258"),
	SINGLE("koi8-r", "", "KOI8-R"),
	SINGLE("koi8-u", "", "KOI8-U"),
	SINGLE("cp437", "ibm437", "CP437"),
	SINGLE("cp850", "ibm850", "CP850"),
	SINGLE("cp866", "ibm866", "CP866"),
	SINGLE("tis-620", "", "TIS-620"),
};
#define ENCODING_COUNT (sizeof encodings / sizeof *encodings)

const dx_encoding *dx_encoding_at(size_t i)
{
	return i < ENCODING_COUNT ? &encodings[i] : NULL;
}

/* The next letter of a name, small; '-' and '_' do not count. 0 at the end, which a blank is too. */
static char next_letter(const char **name)
{
	char letter;

	while (**name == '-' || **name == '_')
		(*name)++;
	letter = **name;
	if (letter == '\0' || letter == ' ')
		return '\0';
	(*name)++;
	return letter >= 'A' && letter <= 'Z' ? (char)(letter | 0x20) : letter;
}

/* Is `name` one of the `words`, between which blanks stand? */
static bool is_among(const char *name, const char *words)
{
	while (*words != '\0') {
		const char *rest = name;
		char letter, other;

		do {
			letter = next_letter(&rest);
			other = next_letter(&words);
		} while (letter == other && letter != '\0');
		if (letter == other && *rest == '\0')
			return true;
		words += strcspn(words, " ");
		words += strspn(words, " ");
	}
	return false;
}

const dx_encoding *dx_encoding_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < ENCODING_COUNT; i++) {
		if (is_among(name, encodings[i].name) || is_among(name, encodings[i].aliases))
			return &encodings[i];
	}
	return NULL;
}
