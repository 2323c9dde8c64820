#include "net/trace.h"
#include "base/buf.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

#include <arpa/inet.h>

#define SHOWN_BYTES 4096        /* of one call's data */
#define LINE_BYTES  ((size_t)64 * 1024)
#define LABELS_MAX  65536

/* A descriptor's name in the trace: s, s2, … were opened, c, c2, … accepted. */
struct label {
	char letter;
	unsigned number;
};

struct dx_tracer {
	bool as_c;
	const char *module;             /* of a constant */
	void (*line)(dx_slice text, void *ctx);
	void *ctx;
	unsigned opened, accepted;
	dx_buf text;
	struct label labels[LABELS_MAX];        /* by descriptor; memory only where it is touched */
};

int dx_trace_start(dx_loop *loop, bool as_c, void (*line)(dx_slice text, void *ctx), void *ctx)
{
	dx_tracer *t = dx_sys_calloc(1, sizeof *t);

	if (t == NULL)
		return -ENOMEM;
	t->as_c = as_c;
	t->module = as_c ? "" : "socket.";
	t->line = line;
	t->ctx = ctx;
	dx_buf_init(&t->text, LINE_BYTES);
	loop->tracer = t;
	return 0;
}

void dx_trace_free(dx_loop *loop)
{
	if (loop->tracer == NULL)
		return;
	dx_buf_fini(&loop->tracer->text);
	dx_sys_free(loop->tracer);
	loop->tracer = NULL;
}

static void name_descriptor(dx_tracer *t, int fd, char letter)
{
	if (fd < LABELS_MAX)
		t->labels[fd] = (struct label){ letter, letter == 's' ? ++t->opened : ++t->accepted };
}

static void add_name(dx_tracer *t, int fd)
{
	struct label l = fd >= 0 && fd < LABELS_MAX ? t->labels[fd] : (struct label){ 0, 0 };

	if (l.letter == 0)
		(void)dx_buf_printf(&t->text, "fd%d", fd);
	else if (l.number == 1)
		(void)dx_buf_printf(&t->text, "%c", l.letter);
	else
		(void)dx_buf_printf(&t->text, "%c%u", l.letter, l.number);
}

/* Bytes as Python's repr writes them, b'…', and C's string between quotes: both know \n \r \t \\ \xHH. */
static void add_bytes(dx_buf *b, bool as_c, dx_slice data)
{
	bool has_single = data.len != 0 && memchr(data.data, '\'', data.len) != NULL;
	bool has_double = data.len != 0 && memchr(data.data, '"', data.len) != NULL;
	char quote = as_c || (has_single && !has_double) ? '"' : '\'';

	(void)dx_buf_printf(b, "%s%c", as_c ? "" : "b", quote);
	for (size_t i = 0; i < data.len && i < SHOWN_BYTES; i++) {
		uint8_t c = data.data[i];

		if (c == '\n' || c == '\r' || c == '\t')
			(void)dx_buf_printf(b, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
		else if (c == '\\' || c == quote)
			(void)dx_buf_printf(b, "\\%c", c);
		else if (c < 32 || c > 126)
			(void)dx_buf_printf(b, as_c ? "\\%03o" : "\\x%02x", c);
		else
			(void)dx_buf_add_byte(b, c);
	}
	(void)dx_buf_printf(b, "%c%s", quote, data.len > SHOWN_BYTES ? "..." : "");
}

void dx_trace_python_address(dx_buf *b, const dx_addr *a)
{
	const void *host = a->sa.sa_family == AF_INET ? (const void *)&a->in.sin_addr : (const void *)&a->in6.sin6_addr;
	size_t path_bytes = a->len - offsetof(struct sockaddr_un, sun_path);
	char text[DX_ADDR_TEXT];

	if (a->sa.sa_family != AF_UNIX) {
		(void)inet_ntop(a->sa.sa_family, host, text, sizeof text);
		(void)dx_buf_printf(b, "('%s', %u", text, dx_addr_port(a));
		if (a->sa.sa_family == AF_INET6)
			(void)dx_buf_printf(b, ", %u, %u", ntohl(a->in6.sin6_flowinfo), a->in6.sin6_scope_id);
		(void)dx_buf_add_text(b, ")");
	} else if (path_bytes > 0 && a->un.sun_path[0] == 0) {
		add_bytes(b, false, dx_slice_of(a->un.sun_path, path_bytes));
	} else {
		(void)dx_buf_printf(b, "'%s'", path_bytes == 0 ? "" : dx_addr_print_host(a, text));
	}
}

static void add_address(dx_tracer *t, const dx_addr *a)
{
	char text[DX_ADDR_TEXT];

	if (!t->as_c)
		dx_trace_python_address(&t->text, a);
	else
		(void)dx_buf_printf(&t->text, "{%s}, %u", dx_addr_print(a, text), a->len);
}

static void add_part(dx_tracer *t, const dx_traced *e, char letter)
{
	switch (letter) {
	case 'w':
	case 'W':
		(void)dx_buf_printf(&t->text, "%s%s", t->module, e->words[letter == 'W']);
		break;
	case 't':
		(void)dx_buf_printf(&t->text, "%s%s%s", t->module, e->words[1], t->as_c ? ", 0" : "");
		break;
	case 'n':
	case 'r':
		(void)dx_buf_printf(&t->text, "%d", letter == 'n' ? e->number : e->result);
		break;
	case 'a':
		add_address(t, e->addr);
		break;
	case 'd':
		add_bytes(&t->text, t->as_c, e->data);
		break;
	case 'f':
		add_name(t, e->result);
		break;
	}
}

static void add_parts(dx_tracer *t, const dx_traced *e, const char *letters)
{
	for (; *letters != 0; letters++) {
		add_part(t, e, *letters);
		(void)dx_buf_add_text(&t->text, letters[1] != 0 ? ", " : "");
	}
}

static const char *python_exception(int code)
{
	static const struct {
		int code;
		const char *name;
	} rows[] = {
		{ -ECONNREFUSED, "ConnectionRefusedError" }, { -ECONNRESET, "ConnectionResetError" },
		{ -ECONNABORTED, "ConnectionAbortedError" }, { -EPIPE, "BrokenPipeError" },
		{ -ETIMEDOUT, "TimeoutError" },              { -EACCES, "PermissionError" },
		{ -EPERM, "PermissionError" },               { -ENOENT, "FileNotFoundError" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].code == code)
			return rows[i].name;
	}
	return "OSError";
}

static void add_outcome(dx_tracer *t, const dx_traced *e)
{
	bool pair = !t->as_c && strlen(e->gives) > 1;

	if (e->result < 0 && t->as_c) {
		(void)dx_buf_printf(&t->text, " = -1 %s (%s)", dx_error_key(e->result), dx_error_text(e->result));
	} else if (e->result < 0) {
		(void)dx_buf_printf(&t->text, " -> %s(%d, '%s')", python_exception(e->result), -e->result,
				    dx_error_text(e->result));
	} else if (*e->gives != 0) {
		(void)dx_buf_add_text(&t->text, t->as_c ? " = " : pair ? " -> (" : " -> ");
		add_parts(t, e, e->gives);
		(void)dx_buf_add_text(&t->text, pair ? ")" : "");
	} else if (t->as_c && e->opens == 0) {
		(void)dx_buf_add_text(&t->text, " = 0");
	}
}

void dx_trace(dx_loop *loop, const dx_traced *e)
{
	dx_tracer *t = loop->tracer;

	dx_buf_clear(&t->text);
	if (e->opens != 0 && e->result >= 0)
		name_descriptor(t, e->result, e->opens);
	if (e->opens == 's' && e->result >= 0) {
		add_name(t, e->result);
		(void)dx_buf_printf(&t->text, " = %s%s(", t->module, e->verb);
	} else if (t->as_c) {
		(void)dx_buf_printf(&t->text, "%s(", e->verb);
		add_name(t, e->fd);
		(void)dx_buf_add_text(&t->text, *e->takes != 0 ? ", " : "");
	} else {
		add_name(t, e->fd);
		(void)dx_buf_printf(&t->text, ".%s(", e->verb);
	}
	add_parts(t, e, e->takes);
	(void)dx_buf_add_text(&t->text, ")");
	add_outcome(t, e);
	t->line(dx_buf_slice(&t->text), t->ctx);
}
