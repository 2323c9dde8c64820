/* Keys: standard input at a terminal, bytes as they are typed, for who edits the line itself; and the tick by which that is
 * drawn. The descriptor stays the caller's. */
#ifndef DX_KEYS_H
#define DX_KEYS_H

#include "talk/peer.h"

typedef struct dx_keys dx_keys;

typedef struct dx_keys_events {
	void (*typed)(void *ctx, dx_slice bytes);       /* borrowed until it returns */
	void (*end)(void *ctx);                         /* nobody types any more */
	void (*tick)(void *ctx);
} dx_keys_events;

/* Begins to read. Returns 0, -ENOMEM, or what waiting for the descriptor fails with. */
int dx_keys_new(dx_session *s, int fd, const dx_keys_events *on, void *ctx, dx_keys **ret);
void dx_keys_free(dx_keys *k);

/* Ticks once after so many nanoseconds, 0 in the next turn; where it will tick sooner already, it stays as it is. */
void dx_keys_tick(dx_keys *k, int64_t after_ns);

#endif
