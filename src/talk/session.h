/* A session: one run of a talk command; its endpoints, peers, rules, mode, source and sinks. */
#ifndef DX_SESSION_H
#define DX_SESSION_H

#include "talk/sink.h"

typedef struct dx_session dx_session;
typedef struct dx_role dx_role;

/* What a command is to its peers: the rows of the table "end of input". */
extern const dx_role dx_role_listen, dx_role_connect, dx_role_send, dx_role_chat;

/* What standard input is to a session. */
typedef enum dx_input {
	DX_INPUT_NONE,          /* nothing is read */
	DX_INPUT_TERMINAL,      /* lines, typed, as the kernel's line discipline gives them */
	DX_INPUT_KEYS,          /* lines, typed, edited by the floor above, which says them by orders */
	DX_INPUT_FILE,          /* always ready */
	DX_INPUT_PIPE
} dx_input;

/* Makes a session of the settings, which must outlive it. Returns 0 or -ENOMEM. */
int dx_session_new(dx_loop *loop, const dx_role *role, const dx_settings *settings, dx_session **ret);

/* Frees it once the loop has stopped; its sinks are the caller's. NULL is fine. */
void dx_session_free(dx_session *s);

/* Adds a sink, before dx_session_start; and takes one away that is to hear no more. */
void dx_session_add_sink(dx_session *s, dx_sink *k);
void dx_session_remove_sink(dx_session *s, const dx_sink *k);

/* Says what standard input is, and where it is to be read. */
void dx_session_set_input(dx_session *s, dx_input what, int fd);

/* Does a person type? */
bool dx_session_at_terminal(const dx_session *s);

/* With DX_INPUT_KEYS: nothing more will be typed. */
void dx_session_end_input(dx_session *s);

/* Opens the endpoints. What fails at once ends the session before its loop runs; the loop stops by itself when it has ended. */
void dx_session_start(dx_session *s);

/* Ends it politely: what was queued is sent, peers are told, within 2 s. The first status counts. */
void dx_session_end(dx_session *s, int status);

/* A signal asks for the end: as dx_session_end, and the status says whether all that was asked for had come. */
void dx_session_terminate(dx_session *s);

/* A sink that was full has room again. */
void dx_session_sink_has_room(dx_session *s);

/* A sink failed: the session cannot be heard any more. */
void dx_session_sink_failed(dx_session *s, int code);

/* How it ended, by the table of exit statuses. */
int dx_session_status(const dx_session *s);

/* For sinks. Decodes what a peer sent as it comes (`running`), or one message on its own, and appends marked UTF-8. */
int dx_session_decode(dx_peer *p, dx_slice bytes, bool running, bool last, dx_buf *out, size_t *ret_bad);

/* Decodes bytes that follow what `st` has seen, apart from what the peer is in the middle of. */
int dx_session_decode_at(dx_peer *p, dx_text_state *st, dx_slice bytes, dx_buf *out, size_t *ret_bad);

/* Does encoding the text as this peer's encoding says give exactly these bytes? */
bool dx_session_gives_back(dx_peer *p, dx_slice text, dx_slice bytes);

/* The peer of that number; NULL where there is none. And the one after `p`, NULL to begin with; NULL at the end. */
dx_peer *dx_session_find_peer(dx_session *s, uint32_t number);
dx_peer *dx_session_next_peer(dx_session *s, const dx_peer *p);

/* Where a peer is, as people read it: a Unix socket that has no name of its own is told by the endpoint where we met. */
const char *dx_session_address(const dx_peer *p, char into[DX_ADDR_TEXT]);

/* May something be said to it now, as its mode has it? */
bool dx_may_speak(const dx_peer *p);

/* Tells all sinks something; kind and time are filled in. */
void dx_session_note(dx_session *s, dx_event *note);
void dx_session_tell(dx_session *s, dx_event *e);

/* Nanoseconds since 1970. */
int64_t dx_wall_clock_ns(void);

/* The exit status that belongs to an error. */
int dx_status_of(const dx_error *why);

#endif
