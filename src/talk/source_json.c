/* JSON lines in: one object a line, a command each. What cannot be carried out is answered with an `error` event that names it. */
#include "codec/hex.h"
#include "sys/sys.h"
#include "talk/source.h"

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

static dx_peer *find_peer(dx_session *s, json_int_t number)
{
	dx_peer *p;

	DX_EACH_PEER(s, p) {
		if (p->number == number)
			return p;
	}
	return NULL;
}

/* Calls `act` for each peer of "to", or for all where it is not given. */
static void for_targets(dx_session *s, json_t *object, void (*act)(dx_peer *p, dx_slice what), dx_slice what)
{
	json_t *to = json_object_get(object, "to"), *number;
	dx_peer *p;
	char text[32];
	size_t i;

	if (to == NULL) {
		DX_EACH_PEER(s, p)
			act(p, what);
		return;
	}
	json_array_foreach(to, i, number) {
		p = find_peer(s, json_integer_value(number));
		(void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(number));
		if (p != NULL)
			act(p, what);
		else
			complain(s, "no such peer", text);
	}
}

static void say_line(dx_peer *p, dx_slice what)
{
	if (dx_may_speak(p) && dx_speak_line(p, what, DX_MESSAGE_TYPED) == -EILSEQ)
		complain(p->session, "the encoding lacks a character of", (const char *)what.data);
}

static void say_bytes(dx_peer *p, dx_slice what)
{
	if (dx_may_speak(p))
		(void)dx_speak_bytes(p, what, DX_MESSAGE_TYPED);
}

static dx_slice text_of(json_t *value)
{
	return dx_slice_of(json_string_value(value), json_string_length(value));
}

static void do_send(dx_session *s, json_t *object, json_t *value)
{
	for_targets(s, object, say_line, text_of(value));
}

static void do_hex(dx_session *s, json_t *object, json_t *value)
{
	dx_buf bytes;
	size_t at;

	dx_buf_init(&bytes, DX_LIMIT_STREAM_QUEUE_BYTES);
	if (dx_hex_parse(text_of(value), &bytes, &at) < 0)
		complain(s, "this is no hex", json_string_value(value));
	else
		for_targets(s, object, say_bytes, dx_buf_slice(&bytes));
	dx_buf_fini(&bytes);
}

static void do_file(dx_session *s, json_t *object, json_t *value)
{
	int fd = dx_sys_open(json_string_value(value), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
	dx_buf bytes;
	ssize_t n = fd == -1 ? -1 : 1;

	dx_buf_init(&bytes, DX_LIMIT_STREAM_QUEUE_BYTES);
	while (n > 0 && dx_buf_reserve(&bytes, DX_LIMIT_INLET_BYTES) == 0) {
		n = dx_sys_read(fd, dx_buf_tail(&bytes), dx_buf_room(&bytes));
		if (n > 0)
			dx_buf_grew(&bytes, (size_t)n);
	}
	if (n != 0)
		complain(s, n < 0 ? "this file cannot be read" : "this file is too long for one command", json_string_value(value));
	else
		for_targets(s, object, say_bytes, dx_buf_slice(&bytes));
	if (fd != -1)
		(void)dx_sys_close(fd);
	dx_buf_fini(&bytes);
}

static void do_hangup(dx_session *s, json_t *object, json_t *value)
{
	dx_peer *p = find_peer(s, json_integer_value(value));
	char text[32];

	(void)object;
	(void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(value));
	if (p == NULL)
		complain(s, "no such peer", text);
	else
		dx_session_let_go(p, DX_REASON_HANGUP);
}

static void do_set(dx_session *s, json_t *object, json_t *value)
{
	const char *name = json_string_value(json_object_get(value, "encoding"));
	const dx_encoding *e = name != NULL ? dx_encoding_find(name) : NULL;

	(void)object;
	if (e == NULL)
		complain(s, "no such setting or encoding", name != NULL ? name : "");
	else if (dx_session_set_encoding(s, e) < 0)
		complain(s, "there is no memory for", name);
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
	void (*act)(dx_session *s, json_t *object, json_t *value);
} commands[] = { { "send", JSON_STRING, do_send },       { "hex", JSON_STRING, do_hex }, { "file", JSON_STRING, do_file },
		 { "hangup", JSON_INTEGER, do_hangup },  { "set", JSON_OBJECT, do_set }, { "quit", JSON_TRUE, do_quit } };

static bool carry_out(dx_session *s, json_t *object)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		json_t *value = json_object_get(object, commands[i].key);

		if (value == NULL)
			continue;
		if (json_typeof(value) != commands[i].type)
			complain(s, "the value is of the wrong kind", commands[i].key);
		else
			commands[i].act(s, object, value);
		return true;
	}
	return false;
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
	} else if (!json_is_object(object) || !carry_out(s, object)) {
		complain(s, "it holds no command", "");
	}
	json_decref(object);
}
