#include "talk/source_json.h"
#include "talk/ending.h"
#include "talk/feed.h"
#include "talk/peers.h"
#include "talk/state_priv.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

static void complain(dx_session *s, const char *what, const char *about)
{
	char text[DX_ADDR_TEXT];
	dx_error why;

	(void)snprintf(text, sizeof text, "%s%s%s", what, about[0] != 0 ? " " : "", about);
	(void)dx_error_set(&why, -DX_ECOMMAND, "input", text);
	dx_session_tell(s, &(dx_event){ .kind = DX_EVENT_ERROR, .error = &why, .status = 0 });
}

/* What an order returned, and about what. */
static void answer(dx_session *s, int r, const char *about)
{
	static const struct {
		int code;
		const char *what;
	} answers[] = { { -ENOTCONN, "no such peer" },
			{ -EILSEQ, "the encoding or the frame cannot hold" },
			{ -EINVAL, "this is no hex" },
			{ -EAGAIN, "nobody may be spoken to now, for" },
			{ -ENOMEM, "there is no memory for" },
			{ -EBUSY, "another file is on its way, before" } };

	for (size_t i = 0; r < 0 && i < sizeof answers / sizeof *answers; i++) {
		if (r == answers[i].code)
			complain(s, answers[i].what, about);
	}
}

/* The peer's number that stands there; 0, which nobody has, where none does. */
static uint32_t number_in(json_t *value)
{
	json_int_t n = json_integer_value(value);

	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* Is a peer of that number here? If not, that is said. */
static bool is_here(dx_session *s, json_t *value)
{
	char text[32];

	if (dx_session_find_peer(s, number_in(value)) != NULL)
		return true;
	(void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
	answer(s, -ENOTCONN, text);
	return false;
}

/* Has `act` done for each peer of "to", one after another, or for all where it is not given. */
static void for_targets(dx_session *s, json_t *object, int (*act)(dx_session *s, const dx_targets *to, json_t *value),
			json_t *value)
{
	json_t *to = json_object_get(object, "to"), *number;
	size_t i;

	if (to == NULL && s->peer_count > 0)
		answer(s, act(s, &(dx_targets){ NULL, 0 }, value), json_string_value(value));
	json_array_foreach(to, i, number)
	{
		uint32_t one = number_in(number);

		if (is_here(s, number))
			answer(s, act(s, &(dx_targets){ &one, 1 }, value), json_string_value(value));
	}
}

static dx_slice text_of(json_t *value)
{
	return dx_slice_of(json_string_value(value), json_string_length(value));
}

static int say_line(dx_session *s, const dx_targets *to, json_t *value)
{
	return dx_order_line(s, to, text_of(value));
}

static int say_hex(dx_session *s, const dx_targets *to, json_t *value)
{
	size_t at;

	return dx_order_hex(s, to, text_of(value), &at);
}

/* A name is a C string: one that holds a NUL would be taken for the shorter one. */
static const char *name_in(json_t *value)
{
	const char *text = json_string_value(value);

	return text != NULL && strlen(text) == json_string_length(value) ? text : NULL;
}

static void do_file(dx_session *s, json_t *object, json_t *value)
{
	json_t *to = json_object_get(object, "to"), *number;
	uint32_t numbers[DX_TARGETS_MAX];
	dx_targets targets = { numbers, 0 };
	size_t i;
	int r;

	json_array_foreach(to, i, number)
	{
		if (!is_here(s, number))
			return;
		if (targets.count == DX_TARGETS_MAX) {
			complain(s, "more peers than one file can go to, in", "to");
			return;
		}
		numbers[targets.count++] = number_in(number);
	}
	if (to != NULL && targets.count == 0)
		return;
	r = name_in(value) != NULL ? dx_order_file(s, &targets, name_in(value)) : -EINVAL;
	if (r == -EBUSY || r == -EAGAIN || r == -ENOTCONN)
		answer(s, r, json_string_value(value));
	else if (r < 0)
		complain(s, "this file cannot be read", json_string_value(value));
}

static void do_hangup(dx_session *s, json_t *object, json_t *value)
{
	(void)object;
	if (is_here(s, value))
		(void)dx_order_hang_up(s, number_in(value));
}

static void do_set(dx_session *s, json_t *object, json_t *value)
{
	const char *name = name_in(json_object_get(value, "encoding"));
	const dx_encoding *e = name != NULL ? dx_encoding_find(name) : NULL;

	(void)object;
	if (e == NULL)
		complain(s, "no such setting or encoding", name != NULL ? name : "");
	else
		answer(s, dx_order_encoding(s, 0, e), name);
}

static void do_quit(dx_session *s, json_t *object, json_t *value)
{
	(void)object;
	(void)value;
	dx_session_end(s, 0);
}

static const struct {
	const char *key;
	json_type type;
	int (*say)(dx_session *s, const dx_targets *to, json_t *value); /* to each of "to"; or … */
	void (*act)(dx_session *s, json_t *object, json_t *value);
} commands[] = { { "send", JSON_STRING, .say = say_line },     { "hex", JSON_STRING, .say = say_hex },
		 { "file", JSON_STRING, .act = do_file },      { "hangup", JSON_INTEGER, .act = do_hangup },
		 { "set", JSON_OBJECT, .act = do_set },        { "quit", JSON_TRUE, .act = do_quit } };

static const size_t command_count = sizeof commands / sizeof *commands;

/* The first command at or behind the n-th that the object holds; command_count: none. */
static size_t find_command(json_t *object, size_t n)
{
	while (n < command_count && json_object_get(object, commands[n].key) == NULL)
		n++;
	return n;
}

/* A list of numbers, where there is one. */
static bool is_list_of_numbers(json_t *to)
{
	json_t *number;
	size_t i;

	json_array_foreach(to, i, number)
	{
		if (!json_is_integer(number))
			return false;
	}
	return to == NULL || json_is_array(to);
}

/* The one command that the object holds; with two of them nobody knows what was meant, and nothing is done. */
static void carry_out(dx_session *s, json_t *object)
{
	size_t n = find_command(object, 0), other = find_command(object, n + 1);
	json_t *value = n < command_count ? json_object_get(object, commands[n].key) : NULL;

	if (value == NULL)
		complain(s, "it holds no command", "");
	else if (other < command_count)
		complain(s, "it holds a second command,", commands[other].key);
	else if (json_typeof(value) != commands[n].type)
		complain(s, "the value is of the wrong kind", commands[n].key);
	else if (!is_list_of_numbers(json_object_get(object, "to")))
		complain(s, "this is no list of numbers:", "to");
	else if (commands[n].say != NULL)
		for_targets(s, object, commands[n].say, value);
	else
		commands[n].act(s, object, value);
}

void dx_source_json_line(dx_session *s, dx_slice line)
{
	json_error_t at;
	json_t *object;
	char where[160];

	if (line.len == 0)
		return;
	object = json_loadb((const char *)line.data, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &at);
	if (object == NULL) {
		(void)snprintf(where, sizeof where, "column %d", at.column);
		complain(s, "this is not JSON at", where);
	} else if (!json_is_object(object)) {
		complain(s, "it holds no command", "");
	} else {
		carry_out(s, object);
	}
	json_decref(object);
}
