/* Feed: a file on its way to some of the peers. What was read waits until each of them has room, so a file of any size takes no
 * more memory than a piece. */
#ifndef DX_FEED_H
#define DX_FEED_H

#include "talk/orders.h"

/* A file's bytes, as fast as those who are meant take them; nothing else is said meanwhile. Returns 0 once it has begun; -EBUSY
 * while another one is on its way, or what opening it fails with. Its end, or its failure, is told as a note. */
int dx_order_file(dx_session *s, const dx_targets *to, const char *path);

/* Goes on or waits, as those have room for whom it is; forgets it. Where there is none, nothing happens. */
void dx_feed_go_on(dx_session *s);
void dx_feed_free(dx_session *s);

#endif
