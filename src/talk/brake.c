#include "talk/brake.h"
#include "base/limits.h"
#include "base/number.h"

/* The hash of bytes b1 … bn is b1 * F^(n-1) + … + bn, modulo 2^64: that of a window is had from that of the one before (Karp and
 * Rabin), so that an answer is found in a datagram without having been kept. */
#define FACTOR 0x9e3779b97f4a7c15u

static dx_print print_of(dx_slice bytes)
{
	dx_print p = { .len = bytes.len };

	for (size_t i = 0; i < bytes.len; i++)
		p.hash = p.hash * FACTOR + bytes.data[i];
	return p;
}

static bool are_same(const dx_print *a, const dx_print *b)
{
	return a->len == b->len && a->hash == b->hash;
}

/* An empty answer is in every datagram, and seen in none that has something to say. */
static bool contains(dx_slice in, const dx_print *what)
{
	uint64_t hash = 0, leaving = 1; /* the factor of the byte that leaves the window */

	if (what->len == 0 || in.len < what->len)
		return what->len == in.len;
	for (size_t i = 0; i < what->len; i++)
		leaving *= FACTOR;
	for (size_t i = 0; i < in.len; i++) {
		hash = hash * FACTOR + in.data[i];
		if (i >= what->len)
			hash -= leaving * in.data[i - what->len];
		if (i + 1 >= what->len && hash == what->hash)
			return true;
	}
	return false;
}

static bool looks_like_an_echo(const dx_brake *b, dx_slice in, const dx_print *heard, int64_t now_ns)
{
	bool at_once = b->answered_ns != 0 && now_ns - b->answered_ns <= DX_LIMIT_ECHO_MS * DX_NS_PER_MS;

	return at_once && (are_same(heard, &b->heard) || contains(in, &b->answer));
}

dx_braking dx_brake_heard(dx_brake *b, dx_slice in, int64_t now_ns)
{
	dx_print heard;

	if (now_ns < b->paused_until_ns)
		return DX_BRAKE_ON;
	heard = print_of(in);
	b->exchanges = looks_like_an_echo(b, in, &heard, now_ns) ? b->exchanges + 1 : 0;
	b->heard = heard;
	if (b->exchanges <= DX_LIMIT_ECHO_EXCHANGES)
		return DX_BRAKE_OFF;
	b->exchanges = 0;
	b->paused_until_ns = now_ns + DX_LIMIT_ECHO_PAUSE_MS * DX_NS_PER_MS;
	return DX_BRAKE_BEGINS;
}

void dx_brake_answered(dx_brake *b, dx_slice answer, int64_t now_ns)
{
	b->answer = print_of(answer);
	b->answered_ns = now_ns;
}
