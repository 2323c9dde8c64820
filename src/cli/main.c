/* duplex: the program. Words in, a conversation, an exit status out. */
#include "cli/parse.h"
#include "cli/talk.h"
#include "sys/sys.h"

#include <langinfo.h>
#include <libintl.h>
#include <limits.h>
#include <locale.h>
#include <sys/auxv.h>

/* What was closed when we began must not become a socket that a stray message goes to (FAULTS.md A7). */
static void open_standard_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (dx_sys_fcntl(fd, F_GETFD, 0) == -1 && errno == EBADF)
			(void)dx_sys_open("/dev/null", O_RDWR, 0);
	}
}

/* The language that is asked for, NULL where it is ours. Which there are, gettext knows; this saves the files that it looks for. */
static const char *translation_asked_for(void)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *language = NULL;

	for (size_t i = 0; i < sizeof names / sizeof names[0] && (language == NULL || language[0] == 0); i++)
		language = getenv(names[i]);
	if (language == NULL || strcmp(language, "C") == 0 || strcmp(language, "POSIX") == 0 || strncmp(language, "C.", 2) == 0 ||
	    strncmp(language, "en", 2) == 0)
		return NULL;
	return language;
}

/* Translations lie in `po` beside a program that was built and not installed; else where it was to be installed. Who has more
 * rights than his caller does not look beside himself: the caller may have chosen the place. */
static const char *place_of_translations(char beside[PATH_MAX])
{
	ssize_t len = getauxval(AT_SECURE) != 0 ? -1 : dx_sys_readlink("/proc/self/exe", beside, PATH_MAX - sizeof "po");
	struct stat found;

	while (len > 0 && beside[len - 1] != '/')
		len--;
	if (len <= 0)
		return DX_LOCALEDIR;
	memcpy(beside + len, "po", sizeof "po");
	return dx_sys_lstat(beside, &found) == 0 && S_ISDIR(found.st_mode) ? beside : DX_LOCALEDIR;
}

/* Small systems have not generated the locale that they name. A translation needs no more of it than its name. */
static void speak_the_readers_language(void)
{
	const char *language = translation_asked_for();
	char beside[PATH_MAX];

	/* For who edits lines; all that we write ourselves is UTF-8, whatever the locale says. */
	if (dx_sys_isatty(STDIN_FILENO) && (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0))
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	if (language == NULL)
		return;
	if (setlocale(LC_MESSAGES, "") == NULL && setlocale(LC_MESSAGES, "C.UTF-8") != NULL)
		(void)setenv("LANGUAGE", language, 1);
	(void)bindtextdomain(GETTEXT_PACKAGE, place_of_translations(beside));
	(void)bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
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
