/* What duplex says about itself, on standard output. */
#ifndef DX_HELP_H
#define DX_HELP_H

#include "cli/parse.h"

/* A command in a few words, for lists. */
const char *dx_command_line_of(dx_command command);

/* Paragraphs: at most 80 columns wide, lines after the first begin `indent` columns in; `column` is where the first stands. */
void dx_put_wrapped(const char *text, size_t column, size_t indent);

/* help, --help: about `words`; an unknown one is complained of. Returns the exit status. */
int dx_help(const dx_command_line *line);

/* --explain: how the command line was understood. */
void dx_explain(const dx_command_line *line);

#endif
