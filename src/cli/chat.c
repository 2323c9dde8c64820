/* What `chat` asks for where it was not told: address, port, encoding. Plain prompts, one line each. */
#include "base/number.h"
#include "cli/complain.h"
#include "cli/environment.h"
#include "ui/say.h"
#include "cli/talk.h"
#include "sys/sys.h"

#include <stdio.h>

#define ANSWER_BYTES 512

/* What was answered, and what was answered the last time, which Enter alone repeats. */
struct answers {
	char host[ANSWER_BYTES], port[ANSWER_BYTES], encoding[ANSWER_BYTES];
};

static void put_otherwise(const char *otherwise)
{
	dx_buf text;

	dx_buf_init(&text, 8 * ANSWER_BYTES);
	dx_add_safe(&text, dx_slice_text(otherwise));
	fprintf(stderr, otherwise[0] != 0 ? " [%s]: " : "%s: ", otherwise[0] != 0 ? dx_buf_string(&text) : "");
	dx_buf_fini(&text);
}

/* Byte by byte, so that what is typed ahead stays for the conversation. False at the end of input. */
static bool ask(const char *question, const char *otherwise, char answer[ANSWER_BYTES])
{
	size_t used = 0;
	char c = 0;

	fprintf(stderr, "%s", question);
	put_otherwise(otherwise);
	while (used < ANSWER_BYTES - 1 && dx_sys_read(STDIN_FILENO, &c, 1) == 1 && c != '\n') {
		if (c != '\r')
			answer[used++] = c;
	}
	answer[used] = 0;
	if (used == 0)
		(void)snprintf(answer, ANSWER_BYTES, "%s", otherwise);
	return used > 0 || c == '\n';
}

static bool is_port(const char *answer)
{
	uint64_t port;

	return dx_number_parse(dx_slice_text(answer), 1, UINT16_MAX, &port) == 0;
}

static bool is_encoding(const char *answer)
{
	return dx_encoding_find(answer) != NULL;
}

/* Asks a person again until the answer is one, and says what would be; other input is not asked twice. */
static bool ask_for(const char *question, const char *otherwise, char answer[ANSWER_BYTES], bool (*is_one)(const char *answer),
		    const char *what_is)
{
	while (ask(question, otherwise, answer)) {
		if (is_one(answer) || dx_sys_isatty(STDIN_FILENO) != 1)
			return true;
		fprintf(stderr, "%s\n", what_is);
	}
	return false;
}

/* The file of the last answers: a line each. */
static void recall(const char *path, struct answers *last)
{
	char text[3 * ANSWER_BYTES], *rest = text, *line;
	char *const into[] = { last->host, last->port, last->encoding };
	int fd = path != NULL ? dx_sys_open(path, O_RDONLY | O_CLOEXEC, 0) : -1;
	ssize_t n = fd != -1 ? dx_sys_read(fd, text, sizeof text - 1) : 0;

	if (fd != -1)
		(void)dx_sys_close(fd);
	text[n < 0 ? 0 : n] = 0;
	for (size_t i = 0; i < 3 && (line = strsep(&rest, "\n")) != NULL; i++)
		(void)snprintf(into[i], ANSWER_BYTES, "%.*s", ANSWER_BYTES - 1, line);
}

static void remember(const char *path, const struct answers *a)
{
	char text[3 * ANSWER_BYTES + 4];
	int len = snprintf(text, sizeof text, "%s\n%s\n%s\n", a->host, a->port, a->encoding), fd;

	if (path == NULL)
		return;
	dx_environment_make_folders(path);
	fd = dx_sys_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1)
		return; /* a convenience, and no more */
	(void)!dx_sys_write(fd, text, (size_t)len);
	(void)dx_sys_close(fd);
}

/* Two machines meet over UDP where both bind the number that both name. On one machine only the first can: see role_chat.c. */
static void bind_own_number(dx_endpoint *e)
{
	static char own[8];
	dx_addr there;
	bool is_here = e->transport != DX_UDP || e->host[0] == 0 || strcmp(e->host, "localhost") == 0 ||
		       (dx_addr_from_host(e->host, e->port, e->family, &there) == 0 && dx_addr_is_loopback(&there));

	if (is_here || e->keys.bind != NULL)
		return;
	(void)snprintf(own, sizeof own, ":%u", e->port);
	e->keys.bind = own;
}

static bool is_whole_endpoint(const char *host)
{
	return strstr(host, "://") != NULL || strncmp(host, "unix", 4) == 0;
}

static int ask_for_all(dx_command_line *line)
{
	const char *path = dx_environment_state(line, "chat");
	struct answers last = { "", "", "" }, a = { "", "", "" };
	char endpoint[4 * ANSWER_BYTES];
	int used;

	recall(path, &last);
	if (!ask(_("With whom? An address, or udp://HOST:PORT"), last.host[0] != 0 ? last.host : "127.0.0.1", a.host))
		return 2;
	if (!is_whole_endpoint(a.host) &&
	    !ask_for(_("Port"), last.port, a.port, is_port, _("A port is a whole number from 1 to 65535, the same for both.")))
		return 2;
	if (!ask_for(_("Encoding"), last.encoding[0] != 0 ? last.encoding : "utf-8", a.encoding, is_encoding,
		     _("There is no such encoding; utf-8, gbk, gb18030 and big5 are some of those there are.")))
		return 2;
	used = is_whole_endpoint(a.host)
		       ? snprintf(endpoint, sizeof endpoint, "%s", a.host)
		       : snprintf(endpoint, sizeof endpoint, strchr(a.host, ':') != NULL ? "tcp://[%s]:%s" : "tcp://%s:%s",
				  a.host, a.port);
	if (strcmp(a.encoding, "utf-8") != 0)
		(void)snprintf(endpoint + used, sizeof endpoint - (size_t)used, "%cencoding=%s",
			       strchr(endpoint, '?') != NULL ? '&' : ',', a.encoding);
	if (dx_cli_add_endpoint(line, endpoint) < 0)
		return 2;
	remember(path, &a);
	return 0;
}

int dx_chat_ask(dx_command_line *line)
{
	int status = line->settings.endpoint_count == 0 ? ask_for_all(line) : 0;

	if (status == 0)
		bind_own_number(&line->settings.endpoints[0]);
	return status;
}
