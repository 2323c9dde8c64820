/* duplex-terminal.so: readline as dx_editor wants it. It draws nothing: its redisplay is our event, and what it prints all the
 * same (line ends, terminal modes) goes nowhere. Keys come out of what type() was given, never from the descriptor. This file is
 * linked with readline and is distributed, so linked, under its licence (GPL-3.0-or-later). */
#include "ui/editor.h"

#include <errno.h>
#include <locale.h>
#include <readline/history.h>
#include <readline/readline.h>

#define HISTORY_LINES 1000
#define ABORT_KEY     7 /* Ctrl-G */

static struct {
	const dx_editor_events *on;
	void *ctx;
	dx_slice keys; /* typed, and not yet read */
	const char *history;
	int kept;      /* lines of this run */
	bool returned; /* by give_back */
	size_t from;   /* what of it */
	char *back;    /* that line, until readline has begun its next one, which is empty */
	bool line_ended;
	bool changed;
	char locale[64]; /* LC_CTYPE as it was before readline looked at the environment */
} e;

/* A command that wants more keys than there are is given up. */
static int next_key(FILE *unused)
{
	int key = ABORT_KEY;

	(void)unused;
	if (e.keys.len > 0) {
		key = e.keys.data[0];
		e.keys = dx_slice_after(e.keys, 1);
	}
	return key;
}

/* Readline would look at the descriptor, where more may have been typed that we were not given yet. */
static int keys_are_left(void)
{
	return e.keys.len > 0;
}

static void on_redisplay(void)
{
	e.changed = true;
}

static void tell_changed(void)
{
	if (e.changed)
		e.on->changed(e.ctx);
	e.changed = false;
}

/* Lines that begin with a blank, and several pasted ones, are for nobody to see again. */
static void keep(const char *line)
{
	HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;

	if (*line == 0 || *line == ' ' || strchr(line, '\n') != NULL || (last != NULL && strcmp(last->line, line) == 0))
		return;
	add_history(line);
	e.kept++;
}

static void on_line(char *line)
{
	e.line_ended = true;
	if (line == NULL) {
		e.on->end(e.ctx);
		return;
	}
	e.returned = false;
	e.on->line(e.ctx, dx_slice_text(line));
	if (e.returned) {
		e.back = line;
		return;
	}
	keep(line);
	rl_free(line);
}

/* At each line readline sets the locale, and with it what it takes for a character, by the environment. What is typed here is
 * UTF-8, whatever that says. */
static void restore_locale(void)
{
	(void)setlocale(LC_CTYPE, e.locale);
	(void)rl_variable_bind("input-meta", "on");
	(void)rl_variable_bind("output-meta", "on");
	(void)rl_variable_bind("convert-meta", "off");
}

/* Readline has begun its next line, which is empty. */
static void begin_line(void)
{
	e.line_ended = false;
	restore_locale();
	if (e.back == NULL)
		return;
	(void)rl_insert_text(e.back + e.from);
	rl_free(e.back);
	e.back = NULL;
	e.changed = true;
}

/* Completion */

static char *candidate(const char *begun, int state)
{
	static size_t i;
	const char *word;
	dx_slice line = dx_slice_of(rl_line_buffer, (size_t)rl_end);
	size_t start = (size_t)rl_point - strlen(begun);

	i = state == 0 ? 0 : i + 1;
	word = e.on->candidate(e.ctx, line, start, dx_slice_text(begun), i);
	return word == NULL ? NULL : strdup(word);
}

/* The name of a file is all that stands behind the command. Where it holds blanks or commas, at which readline begins a word, the
 * whole is looked for, and what stands before that word is taken off again. Otherwise NULL: readline finds files by itself. */
static char **complete_file(size_t start)
{
	size_t name = strcspn(rl_line_buffer, " ");
	char *whole, **found;

	name += strspn(rl_line_buffer + name, " ");
	if (name >= start)
		return NULL;
	rl_attempted_completion_over = 1;
	whole = rl_copy_text((int)name, rl_point);
	found = rl_completion_matches(whole, rl_filename_completion_function);
	rl_free(whole);
	for (char **one = found; one != NULL && *one != NULL; one++)
		memmove(*one, *one + (start - name), strlen(*one) - (start - name) + 1);
	return found;
}

static char **complete(const char *begun, int start, int end)
{
	dx_slice line = dx_slice_of(rl_line_buffer, (size_t)rl_end);

	(void)end;
	rl_attempted_completion_over = 0;
	if (e.on->takes_file(e.ctx, line, (size_t)start))
		return complete_file((size_t)start);
	rl_attempted_completion_over = 1;
	return rl_completion_matches(begun, candidate);
}

/* matches[0] is what they have in common. */
static void show_choices(char **matches, int count, int longest)
{
	(void)longest;
	e.on->choices(e.ctx, (const char *const *)matches + 1, (size_t)count);
	e.changed = true;
}

/* The editor's functions */

static bool open_editor(const dx_editor_events *on, void *ctx, const char *history, FILE *nowhere)
{
	(void)snprintf(e.locale, sizeof e.locale, "%s", setlocale(LC_CTYPE, NULL));
	e.on = on;
	e.ctx = ctx;
	e.history = history;
	rl_readline_name = "duplex";
	rl_outstream = nowhere;
	rl_getc_function = next_key;
	rl_input_available_hook = keys_are_left;
	rl_redisplay_function = on_redisplay;
	rl_prep_term_function = NULL;
	rl_deprep_term_function = NULL;
	rl_catch_signals = rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_completer_word_break_characters = " \t,";
	rl_attempted_completion_function = complete;
	rl_completion_display_matches_hook = show_choices;
	rl_completion_query_items = -1;
	if (rl_initialize() != 0)
		return false;
	(void)rl_variable_bind("enable-bracketed-paste", "off");
	rl_tty_set_echoing(1);
	using_history();
	stifle_history(HISTORY_LINES);
	if (history != NULL)
		(void)read_history(history);
	rl_callback_handler_install("", on_line);
	begin_line();
	tell_changed();
	return true;
}

static void close_editor(void)
{
	rl_callback_handler_remove();
	if (e.history == NULL || e.kept == 0)
		return;
	if (append_history(e.kept < history_length ? e.kept : history_length, e.history) == ENOENT)
		(void)write_history(e.history);
	(void)history_truncate_file(e.history, HISTORY_LINES);
}

static void type(dx_slice keys)
{
	e.keys = keys;
	while (e.keys.len > 0) {
		rl_callback_read_char();
		if (e.line_ended)
			begin_line();
	}
	tell_changed();
}

static void paste(dx_slice text)
{
	char piece[4096 + 1];

	rl_begin_undo_group();
	while (text.len > 0) {
		size_t n = text.len < sizeof piece - 1 ? text.len : sizeof piece - 1;

		memcpy(piece, text.data, n);
		piece[n] = 0;
		(void)rl_insert_text(piece);
		text = dx_slice_after(text, n);
	}
	rl_end_undo_group();
	e.changed = true;
	tell_changed();
}

static void set_prompt(const char *prompt)
{
	if (strcmp(rl_prompt != NULL ? rl_prompt : "", prompt) == 0)
		return;
	rl_set_prompt(prompt);
	e.changed = true;
	tell_changed();
}

static void give_back(size_t from)
{
	e.returned = true;
	e.from = from;
}

static dx_editor_look look(void)
{
	int from = rl_mark < rl_point ? rl_mark : rl_point, to = rl_mark < rl_point ? rl_point : rl_mark;
	bool marked = rl_mark_active_p() != 0 && to <= rl_end;

	return (dx_editor_look){ .prompt = dx_slice_text(rl_display_prompt != NULL ? rl_display_prompt : ""),
				 .line = dx_slice_of(rl_line_buffer, (size_t)rl_end),
				 .point = (size_t)rl_point,
				 .marked = marked ? (size_t)from : 0,
				 .marked_bytes = marked ? (size_t)(to - from) : 0 };
}

const dx_editor dx_editor_module = { .version = DX_EDITOR_VERSION,
				     .open = open_editor,
				     .close = close_editor,
				     .type = type,
				     .paste = paste,
				     .set_prompt = set_prompt,
				     .give_back = give_back,
				     .look = look };
