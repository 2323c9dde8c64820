#include "ui/line.h"
#include "ui/commands.h"
#include "ui/operator_priv.h"

#include <stdio.h>

/* Several pasted lines are so many messages, and never commands. Those that were said are not said again. */
static size_t speak_lines(dx_operator *o, dx_slice text)
{
	size_t done = 0;

	while (done < text.len) {
		dx_slice rest = dx_slice_after(text, done);
		const uint8_t *end = memchr(rest.data, '\n', rest.len);
		dx_slice line = dx_slice_first(rest, end != NULL ? (size_t)(end - rest.data) : rest.len);

		if (!dx__operator_speak(o, &o->to, line))
			break;
		done += line.len + (end != NULL);
	}
	return done;
}

/* "@2 text": to one, without choosing. */
static bool speak_to_one(dx_operator *o, dx_slice line)
{
	const uint8_t *blank = memchr(line.data, ' ', line.len);
	size_t end = blank != NULL ? (size_t)(blank - line.data) : line.len;
	uint32_t number;

	if (!dx__word_peer(o, dx_slice_of(line.data + 1, end - 1), &number))
		return false;
	return dx__operator_speak(o, &(dx_targets){ &number, 1 }, dx_slice_after(line, end + (end < line.len)));
}

static bool carry_out(dx_operator *o, dx_slice line)
{
	if (line.len > 1 && line.data[0] == '/' && line.data[1] == '/')
		return dx__operator_speak(o, &o->to, dx_slice_after(line, 1));
	if (line.len > 1 && line.data[0] == '/') {
		dx__operator_obey(o, dx_slice_after(line, 1));
		return true;
	}
	if (line.len > 1 && line.data[0] == '@' && line.data[1] >= '0' && line.data[1] <= '9')
		return speak_to_one(o, line);
	return dx__operator_speak(o, &o->to, line);
}

size_t dx_operator_line(dx_operator *o, dx_slice line)
{
	if (line.len > 0 && memchr(line.data, '\n', line.len) != NULL)
		return speak_lines(o, line);
	return carry_out(o, line) ? line.len : 0;
}

/* Completion */

/* The command that a line begins with, and whether a word of its first argument stands at `start`. */
static const dx_command_row *command_at(dx_slice line, size_t start, bool *ret_first)
{
	size_t end = 1;

	if (line.len == 0 || line.data[0] != '/')
		return NULL;
	while (end < line.len && line.data[end] != ' ')
		end++;
	*ret_first = start == end + 1;
	return start > end ? dx__command_find(dx_slice_of(line.data + 1, end - 1)) : NULL;
}

static const char *name_at(dx_operator *o, dx_name_kind kind, size_t i)
{
	return kind == DX_NAMES_COMMAND ? dx__command_name(i) : dx__word_at(o, kind, i);
}

const char *dx_operator_candidate(dx_operator *o, dx_slice line, size_t start, dx_slice begun, size_t i)
{
	bool first = true, is_command = start == 0 && begun.len > 0 && begun.data[0] == '/';
	const dx_command_row *c = command_at(line, start, &first);
	dx_name_kind kind = is_command                           ? DX_NAMES_COMMAND
			    : c == NULL                          ? DX_NAMES_NONE
			    : first || c->takes == DX_NAMES_PEER ? c->takes
			    : c->most == 2                       ? DX_NAMES_PEER
								 : DX_NAMES_NONE;
	const char *word;

	if (is_command)
		begun = dx_slice_after(begun, 1);
	for (size_t n = 0; (word = name_at(o, kind, n)) != NULL; n++) {
		if (strncmp(word, (const char *)begun.data, begun.len) != 0 || i-- > 0)
			continue;
		if (!is_command)
			return word;
		(void)snprintf(o->candidate, sizeof o->candidate, "/%s", word);
		return o->candidate;
	}
	return NULL;
}

bool dx_operator_takes_file(dx_slice line, size_t start)
{
	bool first;
	const dx_command_row *c = command_at(line, start, &first);

	return c != NULL && c->takes == DX_NAMES_FILE;
}
