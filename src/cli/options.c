#include "cli/options.h"

#include "cli/say.h"
#include "talk/settings.h"

#include <stdio.h>

#define LISTEN  (1u << DX_LISTEN)
#define CONNECT (1u << DX_CONNECT)
#define SEND    (1u << DX_SEND)
#define CHAT    (1u << DX_CHAT)
#define TALKERS (LISTEN | CONNECT | CHAT)
#define ALL     (TALKERS | SEND)

#define PUT(member) .place = offsetof(dx_settings, member)
#define PUT_NAMED(member, flag) PUT(member), .named = offsetof(dx_settings, flag)

const dx_option dx_options[] = {
#include "cli/options_table.h"
};

const size_t dx_option_count = sizeof dx_options / sizeof dx_options[0];
_Static_assert(sizeof dx_options / sizeof dx_options[0] <= DX_OPTION_MAX, "a command line has room for every option");

const char *const dx_command_names[DX_COMMAND_COUNT] = {
	[DX_NO_COMMAND] = "", [DX_LISTEN] = "listen", [DX_CONNECT] = "connect",
	[DX_SEND] = "send",   [DX_CHAT] = "chat",     [DX_HELP] = "help",
};

const dx_option *dx_option_find(dx_slice name)
{
	for (const dx_option *o = dx_options; name.len > 0 && o < dx_options + dx_option_count; o++) {
		if (dx_slice_equal(name, dx_slice_text(o->name)))
			return o;
	}
	return NULL;
}

const dx_option *dx_option_find_letter(char letter)
{
	for (const dx_option *o = dx_options; letter != 0 && o < dx_options + dx_option_count; o++) {
		if (o->letter == letter)
			return o;
	}
	return NULL;
}

dx_command dx_command_find(const char *name)
{
	for (int command = DX_HELP; command > DX_NO_COMMAND; command--) {
		if (strcmp(name, dx_command_names[command]) == 0)
			return (dx_command)command;
	}
	return DX_NO_COMMAND;
}

const char *dx_option_word(const dx_option *o, char into[32])
{
	if (o->name[0] != 0)
		snprintf(into, 32, "--%s", o->name);
	else
		snprintf(into, 32, "-%c", o->letter);
	return into;
}
