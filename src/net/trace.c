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
	void (*line)(dx_slice text, void *ctx);
	void *ctx;
	struct label *labels;           /* by descriptor */
	size_t label_count;
	unsigned opened, accepted;
	dx_buf text;
};

int dx_trace_start(dx_loop *loop, bool as_c, void (*line)(dx_slice text, void *ctx), void *ctx)
{
	dx_tracer *t = dx_sys_calloc(1, sizeof *t);

	if (t == NULL)
		return -ENOMEM;
	t->as_c = as_c;
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
	dx_sys_free(loop->tracer->labels);
	dx_sys_free(loop->tracer);
	loop->tracer = NULL;
}

static void name_descriptor(dx_tracer *t, int fd, char letter)
{
	size_t count = (size_t)fd + 16;

	if (fd < 0 || fd >= LABELS_MAX)
		return;
	if ((size_t)fd >= t->label_count) {
		struct label *labels = dx_sys_realloc(t->labels, count * sizeof *labels);

		if (labels == NULL)
			return;
		memset(labels + t->label_count, 0, (count - t->label_count) * sizeof *labels);
		t->labels = labels;
		t->label_count = count;
	}
	t->labels[fd] = (struct label){ letter, letter == 's' ? ++t->opened : ++t->accepted };
}

static void add_name(dx_tracer *t, int fd)
{
	struct label l = { 0, 0 };

	if (fd >= 0 && (size_t)fd < t->label_count)
		l = t->labels[fd];
	if (l.letter == 0)
		(void)dx_buf_printf(&t->text, "fd%d", fd);
	else if (l.number == 1)
		(void)dx_buf_printf(&t->text, "%c", l.letter);
	else
		(void)dx_buf_printf(&t->text, "%c%u", l.letter, l.number);
}

/* Bytes as Python's repr writes them, b'…', and C's string between quotes: both know \n \r \t \\ \xHH. */
static void add_bytes(dx_tracer *t, dx_slice data)
{
	bool has_single = data.len != 0 && memchr(data.data, '\'', data.len) != NULL;
	bool has_double = data.len != 0 && memchr(data.data, '"', data.len) != NULL;
	char quote = t->as_c || (has_single && !has_double) ? '"' : '\'';
	dx_buf *b = &t->text;

	(void)dx_buf_printf(b, "%s%c", t->as_c ? "" : "b", quote);
	for (size_t i = 0; i < data.len && i < SHOWN_BYTES; i++) {
		uint8_t c = data.data[i];

		if (c == '\n' || c == '\r' || c == '\t')
			(void)dx_buf_printf(b, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
		else if (c == '\\' || c == quote)
			(void)dx_buf_printf(b, "\\%c", c);
		else if (c < 32 || c > 126)
			(void)dx_buf_printf(b, t->as_c ? "\\%03o" : "\\x%02x", c);
		else
			(void)dx_buf_add_byte(b, c);
	}
	(void)dx_buf_printf(b, "%c%s", quote, data.len > SHOWN_BYTES ? "..." : "");
}

static void add_python_address(dx_tracer *t, const dx_addr *a)
{
	char text[DX_ADDR_TEXT];

	if (a->sa.sa_family == AF_UNIX) {
		size_t len = a->len - offsetof(struct sockaddr_un, sun_path);
		bool abstract = len > 0 && a->un.sun_path[0] == 0;

		if (abstract)
			add_bytes(t, dx_slice_of(a->un.sun_path, len));
		else
			(void)dx_buf_printf(&t->text, "'%s'", len == 0 ? "" : dx_addr_print_host(a, text));
		return;
	}
	(void)inet_ntop(a->sa.sa_family, a->sa.sa_family == AF_INET ? (const void *)&a->in.sin_addr : (const void *)&a->in6.sin6_addr,
			text, sizeof text);
	(void)dx_buf_printf(&t->text, "('%s', %u", text, dx_addr_port(a));
	if (a->sa.sa_family == AF_INET6)
		(void)dx_buf_printf(&t->text, ", %u, %u", ntohl(a->in6.sin6_flowinfo), a->in6.sin6_scope_id);
	(void)dx_buf_add_text(&t->text, ")");
}

static void add_address(dx_tracer *t, const dx_addr *a)
{
	char text[DX_ADDR_TEXT];

	if (!t->as_c)
		add_python_address(t, a);
	else
		(void)dx_buf_printf(&t->text, "{%s}, %u", dx_addr_print(a, text), a->len);
}

static const char *family_name(int family)
{
	return family == AF_INET ? "AF_INET" : family == AF_INET6 ? "AF_INET6" : "AF_UNIX";
}

static const char *python_exception(int code)
{
	switch (-code) {
	case ECONNREFUSED:
		return "ConnectionRefusedError";
	case ECONNRESET:
		return "ConnectionResetError";
	case ECONNABORTED:
		return "ConnectionAbortedError";
	case EPIPE:
		return "BrokenPipeError";
	case ETIMEDOUT:
		return "TimeoutError";
	case EACCES:
	case EPERM:
		return "PermissionError";
	case ENOENT:
		return "FileNotFoundError";
	default:
		return "OSError";
	}
}

static const char *verb_name(dx_verb verb)
{
	static const char *const names[] = {
		[DX_VERB_SOCKET] = "socket",     [DX_VERB_BIND] = "bind",       [DX_VERB_LISTEN] = "listen",
		[DX_VERB_ACCEPT] = "accept",     [DX_VERB_CONNECT] = "connect", [DX_VERB_RECV] = "recv",
		[DX_VERB_RECVFROM] = "recvfrom", [DX_VERB_SEND] = "send",       [DX_VERB_SENDTO] = "sendto",
		[DX_VERB_SHUTDOWN] = "shutdown", [DX_VERB_SETSOCKOPT] = "setsockopt", [DX_VERB_CLOSE] = "close",
	};

	return names[verb];
}

static void add_arguments(dx_tracer *t, const dx_traced *e)
{
	const char *module = t->as_c ? "" : "socket.";

	switch (e->verb) {
	case DX_VERB_SOCKET:
		(void)dx_buf_printf(&t->text, "%s%s, %s%s%s", module, family_name(e->family), module,
				    e->number == SOCK_STREAM ? "SOCK_STREAM" : "SOCK_DGRAM", t->as_c ? ", 0" : "");
		break;
	case DX_VERB_BIND:
	case DX_VERB_CONNECT:
		add_address(t, e->addr);
		break;
	case DX_VERB_LISTEN:
	case DX_VERB_RECV:
	case DX_VERB_RECVFROM:
		(void)dx_buf_printf(&t->text, "%ld", e->number);
		break;
	case DX_VERB_SEND:
		add_bytes(t, e->data);
		break;
	case DX_VERB_SENDTO:
		add_bytes(t, e->data);
		(void)dx_buf_add_text(&t->text, ", ");
		add_address(t, e->addr);
		break;
	case DX_VERB_SHUTDOWN:
		(void)dx_buf_printf(&t->text, "%sSHUT_WR", module);
		break;
	case DX_VERB_SETSOCKOPT:
		(void)dx_buf_printf(&t->text, "%s%s, %s%s, %ld", module, e->level_text, module, e->name_text, e->number);
		break;
	default:
		break;
	}
}

static void add_failure(dx_tracer *t, const dx_traced *e)
{
	int code = (int)e->result;

	if (t->as_c)
		(void)dx_buf_printf(&t->text, " = -1 %s (%s)", dx_error_key(code), dx_error_text(code));
	else
		(void)dx_buf_printf(&t->text, " -> %s(%d, '%s')", python_exception(code), -code, dx_error_text(code));
}

static void add_outcome(dx_tracer *t, const dx_traced *e)
{
	bool pair = e->verb == DX_VERB_ACCEPT || e->verb == DX_VERB_RECVFROM;

	if (e->result < 0) {
		add_failure(t, e);
		return;
	}
	if (e->verb != DX_VERB_ACCEPT && e->verb != DX_VERB_RECV && e->verb != DX_VERB_RECVFROM && e->verb != DX_VERB_SEND &&
	    e->verb != DX_VERB_SENDTO) {
		(void)dx_buf_add_text(&t->text, t->as_c && e->verb != DX_VERB_SOCKET ? " = 0" : "");
		return;
	}
	(void)dx_buf_add_text(&t->text, t->as_c ? " = " : pair ? " -> (" : " -> ");
	if (e->verb == DX_VERB_ACCEPT)
		add_name(t, (int)e->result);
	else if (e->verb == DX_VERB_SEND || e->verb == DX_VERB_SENDTO)
		(void)dx_buf_printf(&t->text, "%zd", e->result);
	else
		add_bytes(t, e->data);
	if (pair && e->addr != NULL) {
		(void)dx_buf_add_text(&t->text, ", ");
		add_address(t, e->addr);
	}
	(void)dx_buf_add_text(&t->text, pair && !t->as_c ? ")" : "");
}

void dx_trace(dx_loop *loop, const dx_traced *e)
{
	dx_tracer *t = loop->tracer;

	if (t == NULL)
		return;
	dx_buf_clear(&t->text);
	if (e->verb == DX_VERB_SOCKET && e->result >= 0) {
		name_descriptor(t, (int)e->result, 's');
		add_name(t, (int)e->result);
		(void)dx_buf_add_text(&t->text, t->as_c ? " = socket(" : " = socket.socket(");
	} else if (t->as_c) {
		(void)dx_buf_printf(&t->text, "%s(", verb_name(e->verb));
		add_name(t, e->fd);
		(void)dx_buf_add_text(&t->text, e->verb == DX_VERB_ACCEPT || e->verb == DX_VERB_CLOSE ? "" : ", ");
	} else {
		add_name(t, e->fd);
		(void)dx_buf_printf(&t->text, ".%s(", verb_name(e->verb));
	}
	if (e->verb == DX_VERB_ACCEPT && e->result >= 0)
		name_descriptor(t, (int)e->result, 'c');
	add_arguments(t, e);
	(void)dx_buf_add_text(&t->text, ")");
	add_outcome(t, e);
	t->line(dx_buf_slice(&t->text), t->ctx);
}
