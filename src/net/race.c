#include "net/race.h"
#include "base/number.h"

#define STAGGER_NS (250 * DX_NS_PER_MS)         /* RFC 8305, 5 */

/* The families in turn, beginning with the first one's, each in the resolver's order (RFC 8305, 4). */
static void interleave(dx_addr *a, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		size_t other = i;
		dx_addr moved;

		while (other < count && a[other].sa.sa_family == a[i - 1].sa.sa_family)
			other++;
		if (other == count)
			return;
		moved = a[other];
		memmove(a + i + 1, a + i, (other - i) * sizeof *a);
		a[i] = moved;
	}
}

void dx_race_line_up(dx_race *r, const dx_addr *found, size_t count)
{
	memcpy(r->addresses, found, count * sizeof *found);
	interleave(r->addresses, count);
	r->count = count;
	r->started = r->running = 0;
	r->next_ns = 0;
}

int dx_race_start(dx_race *r, int64_t now_ns)
{
	if (r->started == r->count || now_ns < r->next_ns)
		return -1;
	r->next_ns = now_ns + STAGGER_NS;
	r->running++;
	return (int)r->started++;
}

void dx_race_lose(dx_race *r, int64_t now_ns)
{
	r->running--;
	r->next_ns = now_ns;
}

void dx_race_call_back(dx_race *r, int64_t now_ns, int64_t after_ns)
{
	r->running--;
	r->started--;
	r->next_ns = now_ns + after_ns;
}

bool dx_race_is_over(const dx_race *r)
{
	return r->running == 0 && r->started == r->count;
}

int64_t dx_race_next_ns(const dx_race *r)
{
	return r->started < r->count ? r->next_ns : INT64_MAX;
}
