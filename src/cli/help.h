/* What duplex says about itself, on standard output: parse.h declares the rest of it. */
#ifndef DX_HELP_H
#define DX_HELP_H

#include "cli/parse.h"

/* --explain: how the command line was understood. */
void dx_explain(const dx_command_line *line);

#endif
