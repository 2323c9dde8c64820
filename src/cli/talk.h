/* The commands that talk: listen, connect, send, chat. */
#ifndef DX_CLI_TALK_H
#define DX_CLI_TALK_H

#include "cli/parse.h"

/* Holds the conversation. Returns the exit status, or ends the process by the signal that ended it. */
int dx_cli_talk(dx_command_line *line);

/* chat.c: asks for what `chat` was not given. Returns 0, or the exit status with which to leave. */
int dx_chat_ask(dx_command_line *line);

#endif
