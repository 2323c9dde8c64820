#include "talk/message.h"
#include "base/number.h"
#include "sys/sys.h"

int64_t dx_wall_clock_ns(void)
{
	struct timespec now = { 0 };

	(void)dx_sys_clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * DX_NS_PER_S + now.tv_nsec;
}

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
