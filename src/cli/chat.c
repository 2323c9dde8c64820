/* What `chat` asks for where it was not told: address, port, encoding. Plain prompts, one line each. */
#include "cli/say.h"
#include "cli/talk.h"
#include "sys/sys.h"

#include <stdio.h>

#define ANSWER_BYTES 512

/* Byte by byte, so that what is typed ahead stays for the conversation. False at the end of input. */
static bool ask(const char *question, char answer[ANSWER_BYTES])
{
	size_t used = 0;
	char c = 0;

	fprintf(stderr, "%s", question);
	while (used < ANSWER_BYTES - 1 && dx_sys_read(STDIN_FILENO, &c, 1) == 1 && c != '\n') {
		if (c != '\r')
			answer[used++] = c;
	}
	answer[used] = 0;
	return used > 0 || c == '\n';
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

int dx_chat_ask(dx_command_line *line)
{
	char host[ANSWER_BYTES], port[ANSWER_BYTES], encoding[ANSWER_BYTES], endpoint[4 * ANSWER_BYTES];
	int used;

	if (line->settings.endpoint_count == 0) {
		if (!ask(_("With whom? Address (empty: this machine), or a whole endpoint such as udp://HOST:PORT: "), host))
			return 2;
		if (strstr(host, "://") != NULL || strncmp(host, "unix", 4) == 0)
			used = snprintf(endpoint, sizeof endpoint, "%s", host);
		else if (!ask(_("Port: "), port))
			return 2;
		else
			used = snprintf(endpoint, sizeof endpoint, strchr(host, ':') != NULL ? "tcp://[%s]:%s" : "tcp://%s:%s",
					host[0] != 0 ? host : "127.0.0.1", port);
		if (ask(_("Encoding (empty: utf-8): "), encoding) && encoding[0] != 0)
			(void)snprintf(endpoint + used, sizeof endpoint - (size_t)used, "%cencoding=%s",
				       strchr(endpoint, '?') != NULL ? '&' : ',', encoding);
		if (dx_cli_add_endpoint(line, endpoint) < 0)
			return 2;
	}
	bind_own_number(&line->settings.endpoints[0]);
	return 0;
}
