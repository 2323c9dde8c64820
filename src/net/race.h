/* Which address of a host is tried when (RFC 8305, Happy Eyeballs): the families take turns; the next one starts 250 ms after the
 * one before, or as soon as that has failed; who answers first has won. It decides only: it owns no socket and reads no clock. */
#ifndef DX_RACE_H
#define DX_RACE_H

#include "base/limits.h"
#include <duplex/address.h>

typedef struct dx_race {
	dx_addr addresses[DX_LIMIT_ADDRESSES];  /* in the order in which they start */
	size_t count, started;
	size_t running;                         /* started, and neither lost nor called back */
	int64_t next_ns;                        /* when the next one may start */
} dx_race;

/* Lines up `count` addresses, at most DX_LIMIT_ADDRESSES. */
void dx_race_line_up(dx_race *r, const dx_addr *found, size_t count);

/* The place in `addresses` of the one that starts now, or -1. */
int dx_race_start(dx_race *r, int64_t now_ns);

/* One that had started has failed: the next one need not wait any longer. */
void dx_race_lose(dx_race *r, int64_t now_ns);

/* The one that started last could not begin, and starts anew after a while. */
void dx_race_call_back(dx_race *r, int64_t now_ns, int64_t after_ns);

/* Has everybody lost? */
bool dx_race_is_over(const dx_race *r);

/* When dx_race_start has to be asked again; INT64_MAX: not any more. */
int64_t dx_race_next_ns(const dx_race *r);

#endif
