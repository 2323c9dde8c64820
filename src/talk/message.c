#include "talk/message.h"
#include "base/number.h"
#include "sys/sys.h"

int64_t dx_wall_clock_ns(void)
{
	struct timespec now = { 0 };

	(void)dx_sys_clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * DX_NS_PER_S + now.tv_nsec;
}

#define ROW(name, word, sentence) { word, sentence },
static const struct {
	const char *word, *sentence;
} reasons[] = { DX_REASONS(ROW) };
#undef ROW

const char *dx_reason_word(dx_reason r)
{
	return reasons[r].word;
}

const char *dx_reason_sentence(dx_reason r)
{
	return reasons[r].sentence;
}
