#include "talk/message.h"

const char *dx_reason_word(dx_reason r)
{
#define WORD(name, word, sentence) word,
	static const char *const words[] = { DX_REASONS(WORD) };
#undef WORD

	return words[r];
}

const char *dx_reason_sentence(dx_reason r)
{
#define SENTENCE(name, word, sentence) sentence,
	static const char *const sentences[] = { DX_REASONS(SENTENCE) };
#undef SENTENCE

	return sentences[r];
}
