#include "talk/message.h"
#include "base/number.h"
#include "sys/sys.h"

static int64_t read_clock(clockid_t clock)
{
	struct timespec now = { 0 };

	(void)dx_sys_clock_gettime(clock, &now);
	return now.tv_sec * DX_NS_PER_S + now.tv_nsec;
}

int64_t dx_wall_clock_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

int64_t dx_clock_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
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
