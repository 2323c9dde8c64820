/* Feed: a file on its way to some of the peers. What was read waits until each of them has room, so a file of any size takes no
 * more memory than a piece. */
#ifndef DX_FEED_H
#define DX_FEED_H

#include "talk/orders.h"

/* A file's bytes, as fast as those take them who are meant and may be spoken to now; who comes later gets no part of it. It is one
 * turn, however long. Returns 0 once it has begun; -EBUSY while another one is on its way; -ENOTCONN where none of those meant is
 * here, -EAGAIN where it is nobody's turn to be spoken to; or what opening it fails with. Its end, or its failure, is told as a
 * note. */
int dx_order_file(dx_session *s, const dx_targets *to, const char *path);

/* Is one on its way to somebody of these? What is said to them now would stand in the middle of it. */
bool dx_feed_goes_to(const dx_session *s, const dx_targets *to);

/* Gives it up where it is. False where there is none; otherwise *ret_bytes of it have gone. */
bool dx_feed_stop(dx_session *s, uint64_t *ret_bytes);

/* Goes on or waits, as those have room for whom it is; forgets it. Where there is none, nothing happens. */
void dx_feed_go_on(dx_session *s);
void dx_feed_free(dx_session *s);

/* The size of a regular file; 0 of anything else. Where it is smaller at the end than when it was opened, bytes were lost. */
int64_t dx_file_size(int fd);

#endif
