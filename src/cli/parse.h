/* The command line: argv in, settings out. What is wrong with it is said on standard error, in one line. */
#ifndef DX_PARSE_H
#define DX_PARSE_H

#include "cli/options.h"
#include "talk/settings.h"

typedef struct dx_command_line {
	dx_act act;
	dx_command command;             /* DX_NO_COMMAND but for DX_ACT_TALK and DX_ACT_EXPLAIN, and `COMMAND --help` */
	dx_settings settings;
	const char *given[DX_OPTION_MAX];       /* by the option's place in the table: as typed, "" without an argument */
	const char **words;                     /* that are no options; of help: what it is asked about */
	size_t word_count;
	struct dx_owned *owned;                 /* what the settings point into */
} dx_command_line;

/* Reads the command line. argv must outlive *ret, which dx_cli_fini releases. Returns 0; -EINVAL where it makes no sense
 * (exit status 2) or -ENOMEM (1), after saying so; *ret is released then. */
int dx_cli_parse(int argc, char **argv, dx_command_line *ret);

/* Gives back what the parse acquired; the settings and their texts are gone with it. */
void dx_cli_fini(dx_command_line *line);

/* Answers what is no conversation (help, version, explanation, introduction) on standard output. Returns the exit status. */
int dx_cli_answer(const dx_command_line *line);

/* For what `chat` asks: one more endpoint, as if it had been typed. Returns 0, -EINVAL or -ENOMEM after saying why. */
int dx_cli_add_endpoint(dx_command_line *line, const char *text);

#endif
