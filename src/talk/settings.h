/* What a session was asked to do: filled by the option table in cli, read by everything in talk and ui. Plain values, no
 * ownership: texts live as long as the command line and the parser's memory do. */
#ifndef DX_SETTINGS_H
#define DX_SETTINGS_H

#include <duplex/endpoint.h>
#include <duplex/frame.h>
#include <duplex/text.h>

typedef enum dx_eol { DX_EOL_FOLLOW, DX_EOL_LF, DX_EOL_CRLF, DX_EOL_CR, DX_EOL_NUL, DX_EOL_NONE } dx_eol;
typedef enum dx_color { DX_COLOR_AUTO, DX_COLOR_ALWAYS, DX_COLOR_NEVER } dx_color;
typedef enum dx_time_style { DX_TIME_DEFAULT, DX_TIME_CLOCK, DX_TIME_ISO, DX_TIME_SINCE, DX_TIME_NONE } dx_time_style;
typedef enum dx_trace_style { DX_TRACE_OFF, DX_TRACE_PYTHON, DX_TRACE_C } dx_trace_style;
typedef enum dx_unmappable { DX_UNMAPPABLE_ERROR, DX_UNMAPPABLE_REPLACE } dx_unmappable;
typedef enum dx_wait_kind { DX_WAIT_NONE, DX_WAIT_CLOSE, DX_WAIT_COUNT, DX_WAIT_IDLE, DX_WAIT_UNTIL } dx_wait_kind;

/* What standard input is to a session. */
typedef enum dx_input {
	DX_INPUT_NONE,          /* nothing is read */
	DX_INPUT_TERMINAL,      /* lines, typed, as the kernel's line discipline gives them */
	DX_INPUT_KEYS,          /* lines, typed, edited by the floor above, which says them by orders */
	DX_INPUT_FILE,          /* always ready */
	DX_INPUT_PIPE
} dx_input;

/* How one talks with a peer; an endpoint's keys override the options. */
typedef struct dx_manner {
	const struct dx_mode *mode;
	const dx_encoding *encoding;    /* NULL: not named; UTF-8, bytes untouched */
	dx_frame frame_in, frame_out;
	dx_eol eol;
	bool frame_named, frame_out_named, eol_named;   /* by option or key, as opposed to by default; frame_out by itself alone */
} dx_manner;

/* Is what is sent on a stream framed? By line, crlf and nul only where --frame-out names them: otherwise they cut what comes, and
 * a line's end is --eol's affair. */
static inline bool dx_manner_frames(const dx_manner *m)
{
	return dx_frame_is_binary(&m->frame_out) || (m->frame_out_named && dx_frame_is_strict(&m->frame_out));
}

/* A list of words or texts from repeatable options. Each text is its bytes with escapes already resolved (may hold NUL). */
typedef struct dx_texts {
	dx_slice *items;
	size_t count;
} dx_texts;

typedef struct dx_wait {
	dx_wait_kind kind;
	uint64_t count;
	int64_t idle_ns;
	dx_slice until;                 /* escapes resolved, UTF-8 */
} dx_wait;

/* Times: nanoseconds; 0 is for ever (as typed), -1 not given. */
typedef struct dx_settings {
	dx_manner manner;
	dx_unmappable unmappable;
	dx_slice greet, reply;          /* templates, escapes resolved; data NULL: not given */
	bool echo;
	bool as_bytes;                  /* --hex, or a view of bytes: what is said is no text that a line end could end */
	dx_texts hangup, until;
	bool hex;                       /* TEXT and typed lines are hex; hex in events */
	const char *file;               /* send --file; "-" is standard input */
	dx_texts texts;                 /* send TEXT…: escapes resolved (or hex decoded), not yet encoded */
	dx_wait wait;
	bool once;
	uint64_t count, max_peers;      /* 0: not given */
	int64_t connect_timeout_ns, idle_ns, deadline_ns, linger_ns;
	int64_t timeout_ns;             /* -w as given: bounds an answer's waiting in half mode and over datagrams */
	const struct dx_view *view;     /* NULL: by what the output is */
	dx_slice format;                /* data NULL: none */
	dx_time_style time;
	bool json, quiet, status;
	const char *name;               /* what is typed is shown under it, here only; NULL: none */
	bool edits;                     /* a line typed at a terminal may be edited, and drawn again */
	bool terminal_reflows;          /* that terminal wraps rows anew when it becomes narrower */
	const char *history_file, *phrases_file, *home; /* NULL: none */
	int verbose;
	dx_color color;
	dx_trace_style trace;
	int family;                     /* -4, -6: AF_INET, AF_INET6; else AF_UNSPEC */
	dx_endpoint *endpoints;         /* of the command; -4 and -6 are already in their families */
	dx_manner *manners;             /* of each endpoint: `manner` with its keys applied */
	size_t endpoint_count;
} dx_settings;

/* Is a time to stand before each message, by more than a view's own custom? */
static inline bool dx_settings_ask_for_times(const dx_settings *s)
{
	return s->time != DX_TIME_DEFAULT && s->time != DX_TIME_NONE;
}

#endif
