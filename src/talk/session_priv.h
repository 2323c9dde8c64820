/* The inside of a session, for the files of this floor:
 *   place.c    endpoints and how they are opened; peers come from there
 *   hearing.c  what comes: bytes, frames, messages, rules
 *   speech.c   what goes: encoding, line ends, templates, delivery
 *   source.c   standard input, by lines, bytes or JSON
 *   flow.c     when the source goes on and when reading stops
 *   peers.c    who is there: how they come and go
 *   times.c    the limits of silence and of the whole
 *   role_*.c   when a command finishes and leaves
 *   ending.c   what failed, how it ends, with which status
 *   session.c  what holds them together */
#ifndef DX_SESSION_PRIV_H
#define DX_SESSION_PRIV_H

#include "base/buf.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/number.h"
#include "net/resolver.h"
#include "talk/mode.h"
#include "talk/rule.h"
#include "talk/session.h"

/* The table of datagram peers: its memory is had through the door, and where there is none it says so instead of exiting. */
#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) dx_sys_malloc(size)
#define uthash_free(memory, size) dx_sys_free(memory)
#include "sys/sys.h"
#include <uthash.h>

#define DX_SINKS_MAX 4
#define DX_TEXTS_MAX 80         /* converters: one for each encoding that is spoken */

/* A datagram peer and the address it is known by. */
typedef struct dx_known {
	dx_peer peer;
	dx_addr address;
	UT_hash_handle hh;
} dx_known;

/* One endpoint of the command. */
typedef struct dx_place {
	uint32_t magic;
	dx_session *session;
	const dx_endpoint *endpoint;
	dx_manner manner;               /* of who comes here; a peer may have got its own */
	dx_stream *connecting;          /* a stream that has no peer yet */
	dx_listener *listener;
	dx_datagram *socket;
	dx_lookup *lookup;
	dx_timer lookup_limit;
	dx_known *known;                /* by address */
	bool is_open;
	char name[DX_ENDPOINT_TEXT];    /* as events give it */
} dx_place;

struct dx_source;
typedef struct dx_feed dx_feed;

struct dx_role {
	const char *name;
	bool listens;                   /* takes whoever comes; others have one peer, the one they went to */
	/* A peer is there, and has been greeted. */
	void (*met)(dx_session *s, dx_peer *p);
	/* All that the source had was said; in half duplex, the last answer has come too. */
	void (*input_ended)(dx_session *s);
	/* The peer has finished its direction. */
	void (*peer_ended)(dx_session *s, dx_peer *p);
	/* The peer is gone; why is NULL where it went in order. It is off the list already. */
	void (*peer_gone)(dx_session *s, const dx_peer *p, const dx_error *why);
	/* Something came, of any peer: for waits. */
	void (*heard)(dx_session *s, dx_peer *p, dx_slice bytes);
};

struct dx_session {
	dx_loop *loop;
	const dx_settings *settings;
	const dx_role *role;
	dx_sink *sinks[DX_SINKS_MAX];
	size_t sink_count;
	size_t byte_sinks, message_sinks;       /* of these, those that want bytes, and messages */
	const dx_rule *rules[DX_RULES + 1];     /* those that were asked for, in their order, ended by NULL */
	bool sinks_full;
	dx_text *texts[DX_TEXTS_MAX];
	dx_place *places;
	size_t place_count, opening;    /* places that are not open yet */
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
	dx_feed *feed;                  /* a file on its way; NULL: none */
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
	dx_timer turn;                  /* the source's next one */
	dx_buf wire, text;              /* scratch: what is sent; what was decoded */
	dx_buf tail;                    /* the last bytes heard, for --wait until: */
};

/* session.c */
void dx_session_show(dx_session *s, const dx_message *m);               /* to the sinks that want messages */
int dx_session_open_text(dx_session *s, const dx_encoding *e);          /* before an encoding is first spoken; NULL is UTF-8 */
dx_text *dx_session_text(const dx_peer *p);
void dx_session_tell_guess(dx_session *s);

/* Changes how one peer (NULL: everybody, and who comes) is talked with. 0 or -ENOMEM. */
int dx_session_change(dx_session *s, dx_peer *one, void (*change)(dx_manner *m, const void *to), const void *to);

/* peers.c */
dx_peer *dx_session_meet(dx_place *place, dx_peer *p, dx_stream *stream, const dx_addr *address);
void dx_session_lose(dx_peer *p, const dx_error *why);
void dx_session_free_buried(dx_session *s);
void dx_session_hear_end(dx_peer *p);
void dx_session_touch(dx_session *s, dx_peer *p);
void dx_session_let_go(dx_peer *p, dx_reason reason);
dx_peer *dx_session_first_peer(const dx_session *s);                    /* NULL: nobody; for who has one */

/* ending.c: tells an error, and ends the session with its status. */
void dx_session_fail(dx_session *s, const dx_error *why, const dx_peer *p);
void dx_session_fail_by(dx_session *s, int code, const char *operation, const char *address);
void dx_session_tell_error(dx_session *s, const dx_error *why, int status, const dx_peer *p);
void dx_session_stop_if_over(dx_session *s);
void dx_session_on_closing_over(void *session);

/* times.c */
void dx_session_init_times(dx_session *s);
void dx_session_begin_times(dx_session *s);
void dx_session_begin_idle(dx_session *s);
void dx_session_begin_expiry(dx_session *s, const dx_peer *p);

/* flow.c */
void dx_session_update_input(dx_session *s);    /* may the source go on, or must it stop? */
void dx_session_input_came(dx_session *s);
void dx_session_input_is_over(dx_session *s);
void dx_session_check_sinks(dx_session *s);
void dx_session_on_stall(void *session);

#define DX_EACH_PEER(s, p)                                                                                                    \
	for (dx_link *l_ = (s)->peers.next, *next_ = l_->next; l_ != &(s)->peers && ((p) = DX_OWNER(dx_peer, link, l_), true); \
	     l_ = next_, next_ = l_->next)

/* place.c */
extern const dx_stream_events dx_place_stream_events;
int dx_places_open(dx_session *s);
void dx_places_close(dx_session *s);
void dx_places_shut(dx_session *s);
void dx_places_stop_listening(dx_session *s);
bool dx_places_are_closed(const dx_session *s);
void dx_places_pause_listening(dx_session *s, bool pause);
void dx_places_pause_datagrams(dx_session *s, bool pause);
void dx_place_forget(dx_peer *p);
void dx_place_connect(dx_place *place);
void dx_place_listen(dx_place *place);

/* A place that was to be connected to could not be: the end, but for chat, which may listen instead. */
void dx_place_failed(dx_place *place, const dx_error *why);

/* role_chat.c: connects, or waits for the other to. */
void dx_chat_open(dx_place *place);

/* hearing.c */
void dx_hear_stream(dx_peer *p, dx_slice in);
void dx_hear_datagram(dx_peer *p, dx_slice in, const dx_datagram_info *info);
void dx_hear_end(dx_peer *p);           /* the peer has finished: what is unfinished is a message */
void dx_hear_pause(dx_peer *p, bool pause);     /* while we do not read, the silence is ours and ends no message */
void dx_hear_on(dx_peer *p);            /* its queue has room again: what was put aside is heard */
bool dx_hear_is_cut(const dx_peer *p);  /* is something unfinished under a strict frame? */

/* speech.c */
int dx_speak_line(dx_peer *p, dx_slice utf8, unsigned flags);           /* encoded, with a line end */
int dx_speak_bytes(dx_peer *p, dx_slice bytes, unsigned flags);         /* as they are */
int dx_speak_template(dx_peer *p, dx_slice text, const dx_message *to); /* `to` NULL: a greeting */

#endif
