/* Streams for those who say long messages. */
#ifndef DX_STREAM_H
#define DX_STREAM_H

#include <duplex/stream.h>

/* As dx_stream_send, for one message that answers nothing that was read: where there is room it is taken whole, however long it
 * is (so the ceiling is the caller's), and while it waits the stream is read all the same. */
int dx_stream_send_whole(dx_stream *s, dx_slice message);

/* Do so many answers wait that it is not read before some have gone? */
bool dx_stream_is_deaf(const dx_stream *s);

#endif
