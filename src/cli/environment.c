#include "cli/environment.h"
#include "cli/values.h"
#include "sys/sys.h"

#include <limits.h>
#include <stdio.h>
#include <sys/auxv.h>

/* https://no-color.org: any value but an empty one says no. */
static void ask_for_colors(dx_settings *set)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (set->color == DX_COLOR_AUTO && ((no != NULL && no[0] != 0) || term == NULL || strcmp(term, "dumb") == 0))
		set->color = DX_COLOR_NEVER;
}

/* Terminals that wrap rows anew, by what they say of themselves. Others are left alone: to erase too little leaves rubbish, to
 * erase too much takes messages away. */
static bool reflows(const char *term)
{
	static const char *const tellers[] = { "TMUX",       "VTE_VERSION",         "KITTY_WINDOW_ID", "KONSOLE_VERSION",
					       "WT_SESSION", "ALACRITTY_WINDOW_ID", "WEZTERM_PANE" };
	static const char *const terms[] = { "tmux", "screen", "alacritty", "foot", "xterm-kitty", "xterm-ghostty" };

	for (size_t i = 0; i < sizeof tellers / sizeof *tellers; i++) {
		if (getenv(tellers[i]) != NULL)
			return true;
	}
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		if (strncmp(term, terms[i], strlen(terms[i])) == 0)
			return true;
	}
	return false;
}

/* "$XDG_STATE_HOME/duplex/NAME", or under the home folder; NULL where there is neither, or no memory. Who has more rights than his
 * caller neither reads nor writes where the caller says. */
static const char *place_of(dx_command_line *line, const char *variable, const char *under_home, const char *name)
{
	const char *base = secure_getenv(variable), *home = secure_getenv("HOME");
	bool given = base != NULL && base[0] == '/';
	char *path = NULL;
	size_t size;

	if (!given && (home == NULL || home[0] != '/'))
		return NULL;
	size = strlen(given ? base : home) + strlen(under_home) + strlen(name) + 16;
	path = dx_own(&line->owned, size);
	if (path != NULL)
		(void)snprintf(path, size, "%s%s/duplex/%s", given ? base : home, given ? "" : under_home, name);
	return path;
}

void dx_environment_make_folders(const char *path)
{
	char folder[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		if (snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path) < (int)sizeof folder)
			(void)dx_sys_mkdir(folder, 0700);
	}
}

static void ask_for_terminal(dx_command_line *line)
{
	const char *term = getenv("TERM");
	dx_settings *set = &line->settings;

	set->edits = term != NULL && term[0] != 0 && strcmp(term, "dumb") != 0;
	if (!set->edits || dx_sys_isatty(STDIN_FILENO) != 1)
		return;
	set->terminal_reflows = reflows(term);
	if (getauxval(AT_SECURE) != 0)          /* else the editor of lines would read what the caller names */
		(void)setenv("INPUTRC", "/dev/null", 1);
	set->history_file = dx_environment_state(line, "history");
	set->home = getenv("HOME");
	set->phrases_file = place_of(line, "XDG_CONFIG_HOME", "/.config", "phrases");
	if (set->history_file != NULL)
		dx_environment_make_folders(set->history_file);
}

const char *dx_environment_state(dx_command_line *line, const char *name)
{
	return place_of(line, "XDG_STATE_HOME", "/.local/state", name);
}

void dx_environment_read(dx_command_line *line)
{
	ask_for_colors(&line->settings);
	ask_for_terminal(line);
}
