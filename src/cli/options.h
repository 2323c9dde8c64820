/* The options: one table, from which parsing, help and whatever else tells about them are made. */
#ifndef DX_OPTIONS_H
#define DX_OPTIONS_H

#include <duplex/slice.h>

typedef enum dx_command { DX_NO_COMMAND, DX_LISTEN, DX_CONNECT, DX_SEND, DX_CHAT, DX_HELP, DX_COMMAND_COUNT } dx_command;

/* What the words ask for. Only DX_ACT_TALK opens anything. */
typedef enum dx_act {
	DX_ACT_TALK,            /* hold the conversation that the settings describe */
	DX_ACT_INTRODUCE,       /* no words at all */
	DX_ACT_HELP,            /* help [WORD…], --help, -h */
	DX_ACT_VERSION,
	DX_ACT_EXPLAIN          /* say what was understood */
} dx_act;

/* How an argument is read; values.c has a reader for each. */
typedef enum dx_option_kind {
	DX_KIND_FLAG,           /* none: a bool becomes true */
	DX_KIND_SET,            /* none: an int becomes `first` */
	DX_KIND_MORE,           /* none: an int grows by one */
	DX_KIND_TEXT,           /* escapes are resolved: a dx_slice */
	DX_KIND_WORDS,          /* the same, not empty, repeatable: dx_texts */
	DX_KIND_STRING,         /* as it stands, not empty: a const char * */
	DX_KIND_DURATION,       /* an int64_t in nanoseconds */
	DX_KIND_COUNT,          /* a uint64_t from 1 */
	DX_KIND_CHOICE,         /* one of the words of `choices`: an int, counted from `first` */
	DX_KIND_ENCODING,
	DX_KIND_FRAME,          /* a dx_frame */
	DX_KIND_MODE,
	DX_KIND_VIEW,
	DX_KIND_WAIT,
	DX_KIND_ACT,            /* none: `first` is what to do instead of talking, a dx_act */
	DX_KIND_ELSEWHERE       /* what nc calls so; `line` says what is done here */
} dx_option_kind;

typedef enum dx_option_group { DX_TALKING, DX_SENDING, DX_ENDING, DX_SHOWING, DX_GROUP_COUNT } dx_option_group;

typedef struct dx_option {
	const char *name;               /* as it is typed: "--mode"; "-n" where there is only a letter */
	char letter;                    /* 0: none */
	dx_option_kind kind;
	dx_option_group group;
	unsigned commands;              /* 1 << dx_command, of each that takes it */
	size_t place;                   /* in dx_settings */
	size_t named;                   /* there: a bool that becomes true besides; 0: none */
	const char *argument;           /* "TEXT"; NULL: none. "[=KIND]" is one that may be left out */
	const char *choices[7];         /* of DX_KIND_CHOICE, ended by NULL */
	int first;                      /* what the first choice, or the option itself, stands for */
	const char *fallback;           /* the default in words; NULL: none worth telling */
	const char *line, *paragraph;   /* in help; without a full stop, and with */
	const char *example;
} dx_option;

#define DX_OPTION_MAX 64
#define DX_WORDS_ROOM 64

extern const dx_option dx_options[];
extern const size_t dx_option_count;

/* The option of that name, "--mode" or "-m"; NULL where there is none. */
const dx_option *dx_option_find(dx_slice name);

/* " listen send": the commands that take it. */
const char *dx_option_takers(const dx_option *o, char into[DX_WORDS_ROOM]);

static inline bool dx_option_is_for(const dx_option *o, dx_command command)
{
	return o->commands >> command & 1;
}

typedef struct dx_command_row {
	const char *name;
	const struct dx_role *role;     /* who holds the conversation; NULL: nobody */
	size_t endpoints;               /* so many it takes at most */
	const char *without;            /* one: what is said then; NULL: it can do without */
	const char *usage, *line;       /* in help */
	const char *examples[6];        /* ended by NULL */
} dx_command_row;

extern const dx_command_row dx_commands[DX_COMMAND_COUNT];

/* The command of that name; DX_NO_COMMAND where there is none. */
dx_command dx_command_find(const char *name);

#endif
