#include "cli/options.h"

#include "base/limits.h"
#include "ui/say.h"
#include "talk/role.h"
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

const dx_command_row dx_commands[DX_COMMAND_COUNT] = {
#include "cli/commands_table.h"
};

const dx_option *dx_option_find(dx_slice name)
{
	for (const dx_option *o = dx_options; o < dx_options + dx_option_count; o++) {
		bool is_letter = name.len == 2 && name.data[0] == '-' && name.data[1] == o->letter;

		if (is_letter || dx_slice_equal(name, dx_slice_text(o->name)))
			return o;
	}
	return NULL;
}

const char *dx_option_takers(const dx_option *o, char into[DX_WORDS_ROOM])
{
	size_t used = 0;

	for (int c = 0; c < DX_COMMAND_COUNT; c++) {
		if (dx_option_is_for(o, (dx_command)c))
			used += (size_t)snprintf(into + used, DX_WORDS_ROOM - used, " %s", dx_commands[c].name);
	}
	return into;
}

dx_command dx_command_find(const char *name)
{
	int c = DX_HELP;

	while (strcmp(name, dx_commands[c].name) != 0 && c > DX_NO_COMMAND)
		c--;
	return (dx_command)c;
}
