/* duplex: the program. Words in, a conversation, an exit status out. */
#include "cli/parse.h"
#include "cli/talk.h"
#include "sys/sys.h"

#include <libintl.h>
#include <locale.h>

/* What was closed when we began must not become a socket that a stray message goes to (FAULTS.md A7). */
static void open_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (dx_sys_fcntl(fd, F_GETFD, 0) == -1 && errno == EBADF)
			(void)dx_sys_open("/dev/null", O_RDWR, 0);
	}
}

static void speak_the_readers_language(void)
{
	(void)setlocale(LC_CTYPE, "");          /* these two; each of the others costs a file to open, and numbers stay plain */
	(void)setlocale(LC_MESSAGES, "");
	(void)bindtextdomain(GETTEXT_PACKAGE, DX_LOCALEDIR);
	(void)textdomain(GETTEXT_PACKAGE);
}

int main(int argc, char **argv)
{
	dx_command_line line;
	int r, status;

	open_standard_descriptors();
	speak_the_readers_language();
	r = dx_cli_parse(argc, argv, &line);
	if (r < 0)
		return r == -ENOMEM ? 1 : 2;
	status = line.act == DX_ACT_TALK ? dx_cli_talk(&line) : dx_cli_answer(&line);
	dx_cli_fini(&line);
	return status;
}
