/* Messages and events: what a session tells its sinks. */
#ifndef DX_MESSAGE_H
#define DX_MESSAGE_H

#include "talk/peer.h"
#include <duplex/error.h>

typedef enum dx_direction { DX_IN, DX_OUT } dx_direction;

#define DX_MESSAGE_TRUNCATED 1u         /* a datagram that was longer than what came of it */
#define DX_MESSAGE_PARTIAL   2u         /* a part of a message over the limit, not the last */
#define DX_MESSAGE_TYPED     4u         /* somebody typed it here, and has seen it */
#define DX_MESSAGE_HAS_END   16u        /* a text that brings its own line end */
#define DX_MESSAGE_FILE      32u        /* a piece of a file */
#define DX_MESSAGE_AUTOMATIC 8u         /* a rule said it, it bears the mark of one that did, it was said to a whole group, or its
                                         * sender is paused (brake.h): never answer it by rule */

/* The unit of talk. The slices are borrowed until the sink returns. */
typedef struct dx_message {
	int64_t time_ns;                /* of the wall clock */
	dx_peer *peer;
	dx_direction direction;
	dx_slice bytes;                 /* as on the wire, without its length and its end */
	dx_slice eol;
	unsigned flags;
	size_t true_len;                /* of a truncated datagram */
} dx_message;

typedef enum dx_event_kind {
	DX_EVENT_LISTENING,             /* endpoint */
	DX_EVENT_OPEN,                  /* peer */
	DX_EVENT_CLOSE,                 /* peer, reason */
	DX_EVENT_ERROR,                 /* error, status, endpoint or peer where known */
	DX_EVENT_NOTICE,                /* note */
	DX_EVENT_END                    /* status */
} dx_event_kind;

/* Why a peer is gone, a row each: the word in events, and the sentence's end. */
#define DX_REASONS(X)                                                              \
	X(DX_REASON_FINISHED, "finished", "finished")                              \
	X(DX_REASON_RESET, "reset", "reset the connection")                        \
	X(DX_REASON_CUT, "cut", "was cut off inside a message")                    \
	X(DX_REASON_TIMEOUT, "timeout", "was silent for too long")                 \
	X(DX_REASON_HANGUP, "hangup", "was let go")                                \
	X(DX_REASON_EXPIRED, "expired", "was silent for so long that it is forgotten") \
	X(DX_REASON_STALLED, "stalled", "took nothing for too long and was let go")\
	X(DX_REASON_ENDED, "ended", "was told goodbye")                            \
	X(DX_REASON_ERROR, "error", "was lost")
#define DX_REASON_NUMBER(name, word, sentence) name,
typedef enum dx_reason { DX_REASONS(DX_REASON_NUMBER) } dx_reason;
#undef DX_REASON_NUMBER

/* What people are told besides, a row each: off a terminal only those that warn, unless -v. */
typedef enum dx_note {
	DX_NOTE_ESCAPED,                /* text off a terminal by default had something to escape */
	DX_NOTE_NO_LINE_END,            /* the peer's first text has no line end: -n exists */
	DX_NOTE_UNMAPPABLE,             /* detail: the character; a line was not sent */
	DX_NOTE_NO_FRAME,               /* detail: the frame's name, number: a message's bytes, which it cannot hold; it was not sent */
	DX_NOTE_NOT_HEX,                /* a typed line is no hex; it was not sent */
	DX_NOTE_NOBODY,                 /* nobody is there yet; a line was not sent */
	DX_NOTE_DISCARDED,              /* number: bytes that simplex-out discarded */
	DX_NOTE_RESTING,                /* error: the listener rests */
	DX_NOTE_V4_ONLY,                /* IPv6 is off: listening on IPv4 alone */
	DX_NOTE_NO_ANSWER,              /* half duplex, at a terminal: the turn comes back */
	DX_NOTE_REFUSED,                /* nobody is there (datagrams) */
	DX_NOTE_ENCODING,               /* detail: names under which undecodable bytes would be valid */
	DX_NOTE_WAITING,                /* chat: the first one here waits */
	DX_NOTE_TRUNCATED,              /* peer, number: its true length */
	DX_NOTE_PAUSED,                 /* peer, an echo as it seems; number: ms for which no rule answers it */
	DX_NOTE_NOT_YOUR_TURN,          /* half duplex: a line was not sent */
	DX_NOTE_FILE_SENT,              /* number: bytes of a file that has gone */
	DX_NOTE_LOST,                   /* number: datagrams that came faster than they were taken; detail: where */
} dx_note;

typedef struct dx_event {
	dx_event_kind kind;
	int64_t time_ns;
	const dx_peer *peer;
	const char *endpoint;
	dx_reason reason;
	const dx_error *error;
	int status;
	dx_note note;
	uint64_t number;
	dx_slice detail;
} dx_event;

/* The message as it was on the wire, line end included: both slices lie together there. */
static inline dx_slice dx_message_wire(const dx_message *m)
{
	return dx_slice_of(m->bytes.data, m->bytes.len + m->eol.len);
}

/* Nanoseconds since 1970, for stamps alone: this clock jumps. What lies between two moments is told by the other one. */
int64_t dx_wall_clock_ns(void);
int64_t dx_clock_ns(void);

/* The words of a reason. */
const char *dx_reason_word(dx_reason r);
const char *dx_reason_sentence(dx_reason r);

#endif
