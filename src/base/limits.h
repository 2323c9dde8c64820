/* Every ceiling of the library and of the talk commands, by name. */
#ifndef DX_LIMITS_H
#define DX_LIMITS_H

#define DX_LIMIT_MESSAGE_BYTES      ((size_t)64 * 1024)         /* a longer one is given in parts */
#define DX_LIMIT_DATAGRAM_BYTES     ((size_t)64 * 1024)         /* a longer one is truncated, and says so */
#define DX_LIMIT_READ_BYTES         ((size_t)256 * 1024)        /* one read of a stream */
#define DX_LIMIT_STREAM_QUEUE_BYTES ((size_t)1024 * 1024)       /* what waits to be written to one stream */
#define DX_LIMIT_STREAM_FULL_BYTES  ((size_t)256 * 1024)        /* over this it is full: who speaks unasked waits */
#define DX_LIMIT_STREAM_DEAF_BYTES  ((size_t)512 * 1024)        /* over this, by answers, the stream is not read */
#define DX_LIMIT_DATAGRAM_QUEUE     64                          /* datagrams that wait in one socket */
#define DX_LIMIT_OUTLET_BYTES       ((size_t)1024 * 1024)       /* what waits for standard output */
#define DX_LIMIT_TOLD_BYTES         (8 * DX_LIMIT_LINE_BYTES)   /* and of a session: one message, in any view, fits behind the rest */
#define DX_LIMIT_SHOWN_BYTES        (4 * DX_LIMIT_LINE_BYTES)   /* one message, as a view or a format writes it */
#define DX_LIMIT_ECHO_BYTES         ((size_t)64 * 1024)         /* what waits for a terminal before a typed key is shown */
#define DX_LIMIT_INLET_BYTES        ((size_t)64 * 1024)         /* one read of standard input */
#define DX_LIMIT_LINE_BYTES         ((size_t)16 * 1024 * 1024)  /* one line of standard input */
#define DX_LIMIT_SAID_BYTES         (4 * DX_LIMIT_LINE_BYTES + DX_LIMIT_PIECE_BYTES)    /* and what it is in any encoding and frame */
#define DX_LIMIT_HISTORY_BYTES      ((size_t)16 * 1024 * 1024)  /* a larger file of what was typed is left alone */
#define DX_LIMIT_PIECE_BYTES        ((size_t)4096)              /* one write to a shared pipe or terminal */
#define DX_LIMIT_KEYED_READ_BYTES   ((size_t)8 * 1024)          /* one read of a stream where keys are echoed in between */
#define DX_LIMIT_READS_PER_TURN     4                           /* reads of one stream before others have their turn */
#define DX_LIMIT_ACCEPTS_PER_TURN   256                         /* of one listener */
#define DX_LIMIT_DATAGRAMS_PER_TURN 64                          /* of one socket */
#define DX_LIMIT_EVENTS_PER_TURN    1024
#define DX_LIMIT_POSTS              65536                       /* calls that wait for one loop's next turn */
#define DX_LIMIT_WORKERS            8                           /* threads beside one loop */
#define DX_LIMIT_WORK               65536                       /* jobs of one loop that are not done */
#define DX_LIMIT_BACKLOG            4096
#define DX_LIMIT_ADDRESSES          64                          /* of one host name */
#define DX_LIMIT_ENDPOINTS          64                          /* of one command */
#define DX_LIMIT_LISTENER_REST_MS   100                         /* out of descriptors: pause before the next accept */
#define DX_LIMIT_STALL_MS           3000                        /* one of several that takes nothing is let go */
#define DX_LIMIT_QUIET_MS           200                         /* a piped input this silent has no more for who left */
#define DX_LIMIT_ANSWER_MS          5000                        /* an answer over datagrams */
#define DX_LIMIT_LINGER_MS          1000                        /* for late datagrams after the end of input */
#define DX_LIMIT_CLOSE_MS           2000                        /* a polite end */
#define DX_LIMIT_LATE_CLOSE_MS      200                         /* and where the time was over already */
#define DX_LIMIT_EXPIRE_MS          300000                      /* who sent datagrams and is silent is forgotten */
#define DX_LIMIT_ECHO_MS            50                          /* who gives our answer back this fast may be an echo */
#define DX_LIMIT_ECHO_EXCHANGES     64                          /* in a row with what may be an echo */
#define DX_LIMIT_ECHO_PAUSE_MS      1000                        /* then it is not answered by rule */
#define DX_LIMIT_NAME_TRIES         3                           /* for a name server that says "try again" */
#define DX_LIMIT_DATAGRAM_PEERS     65536                       /* remembered by one session */
#define DX_LIMIT_OPTION_BYTES       ((size_t)1024 * 1024)       /* one argument of the command line */

#endif
