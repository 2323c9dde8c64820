/* What the environment says: of the terminal, of colours, and where files of the user are. */
#ifndef DX_ENVIRONMENT_H
#define DX_ENVIRONMENT_H

#include "cli/parse.h"

/* Settles what depends on it. */
void dx_environment_read(dx_command_line *line);

/* The path of a file that remembers something from run to run; NULL where there is no place. It lives as long as the line. */
const char *dx_environment_state(dx_command_line *line, const char *name);

/* The folders of a file's path, where they lack; as private as such places are (XDG Base Directory Specification). */
void dx_environment_make_folders(const char *path);

#endif
