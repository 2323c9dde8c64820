/* The state of a session: what the files of this floor share. In the order in which they are best read, each calling only what
 * stands above it:
 *   sink.c        what is told, and to whom
 *   converters.c  text, in each encoding that is spoken
 *   peers.c       who is there, and how they go; senders.c knows those of datagrams by their address, brake.c the echoes among
 *                 them
 *   ending.c      what failed, and how it ends, with which status
 *   place.c       endpoints, and how they are opened
 *   times.c       the limits of silence and of the whole
 *   speech.c      what goes: encoding, line ends, frames, templates, delivery
 *   hearing.c     what comes: bytes, frames, messages, rules
 *   flow.c        when reading stops, because a sink is full
 *   orders.c      what can be had done; feed.c a file on its way
 *   source.c      standard input, by lines, bytes or JSON (source_json.c), and when it goes on
 *   role_*.c      when a command finishes and leaves
 *   meeting.c     what happens at a place: peers come, speak and go
 *   session.c     what holds them together, and its turn */
#ifndef DX_STATE_PRIV_H
#define DX_STATE_PRIV_H

#include "base/buf.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/number.h"
#include "net/resolver.h"
#include "talk/mode.h"
#include "talk/role.h"
#include "talk/rule.h"
#include "talk/sink.h"

#define DX_SINKS_MAX 4
#define DX_TEXTS_MAX 80         /* converters: one for each encoding that is spoken */

/* One endpoint of the command. */
struct dx_place {
	uint32_t magic;
	dx_session *session;
	const dx_endpoint *endpoint;
	dx_manner manner;               /* of who comes here; a peer may have got its own */
	dx_stream *connecting;          /* a stream that has no peer yet */
	dx_listener *listener;
	dx_datagram *socket;
	uint64_t lost_told;             /* datagrams that the kernel dropped, as far as that was said */
	dx_lookup *lookup;
	dx_timer lookup_limit;
	struct dx_sender *senders;      /* by address */
	char name[DX_ENDPOINT_TEXT];    /* as events give it */
};

struct dx_session {
	dx_loop *loop;
	const dx_settings *settings;
	const dx_role *role;
	dx_sink *sinks[DX_SINKS_MAX];
	size_t sink_count;
	size_t byte_sinks, message_sinks;       /* of these, those that want bytes, and messages */
	const dx_rule *rules[DX_RULES + 1];     /* those that were asked for, in their order, ended by NULL */
	bool answers;                           /* one of them does */
	bool sinks_full;
	bool ended_by_message;          /* after which nothing more is shown */
	dx_text *texts[DX_TEXTS_MAX];
	dx_place *places;
	size_t place_count;
	const struct dx_place_events *at_places;        /* who is told what happens there */
	dx_link peers;                  /* the longest silent first */
	dx_link buried;                 /* datagram peers that are gone, until nobody can be looking at them */
	size_t peer_count, stream_count;
	uint32_t last_number;
	uint64_t in_messages, discarded_bytes;
	dx_slice piece;                 /* of the read in hand: what the message that is being heard took of it */
	bool had_peer;
	dx_input input;
	int input_fd;
	struct dx_source *source;       /* NULL: none, or not yet */
	struct dx_feed *feed;           /* a file on its way; NULL: none */
	bool input_over, input_finished;        /* all of it was said; and the role was told */
	int64_t active_ns, answer_ns;   /* when something was last heard or typed; how long an answer may take, 0: for ever */
	const dx_encoding *guesses[3];  /* under which what did not decode would be valid: told once */
	size_t guess_count;
	bool guess_told;
	bool ending, terminated;
	bool error_told;                /* why the status is not 0 */
	bool wait_met;
	int status;
	dx_timer deadline, idle, expire, answer, linger, quiet, closing, stall, acknowledged;
	dx_timer turn;                  /* the next one, where something has changed */
	dx_buf wire, text;              /* scratch: what is sent; what was decoded */
	dx_text_state begin;            /* in force where the part in hand of a long message begins */
	dx_buf tail;                    /* the last bytes heard, for --wait until: */
};

#define DX_EACH_PEER(s, p)                                                                                                    \
	for (dx_link *l_ = (s)->peers.next, *next_ = l_->next; l_ != &(s)->peers && ((p) = DX_OWNER(dx_peer, link, l_), true); \
	     l_ = next_, next_ = l_->next)

/* Does a person type? */
static inline bool dx_session_at_terminal(const dx_session *s)
{
	return s->input == DX_INPUT_TERMINAL || s->input == DX_INPUT_KEYS;
}

/* Has `fire(s)` called once, so many nanoseconds from now. */
static inline void dx_session_after(dx_session *s, dx_timer *t, int64_t after_ns, void (*fire)(void *session))
{
	dx_timer_stop(s->loop, t);
	dx_timer_init(t, fire, s);
	(void)dx_timer_start(s->loop, t, after_ns);
}

/* Something has changed by which the session may go on or leave: it looks in the loop's next turn, once for all of it. */
static inline void dx_session_look_again(dx_session *s)
{
	if (!dx_timer_running(&s->turn))
		(void)dx_timer_start(s->loop, &s->turn, 0);
}

#endif
