/* Mistakes of a caller that end the process, with a sentence, before they do harm. Each is made in a process of its own. */
#ifndef TEST_CODEC_MISTAKE_H
#define TEST_CODEC_MISTAKE_H

#include "helper.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define MISTAKE_SECONDS 10

struct mistake {
	const char *name;
	void (*make)(void);
};

static inline void make_alone(const struct mistake *m, int standard_error)
{
	static const struct rlimit none = { 0, 0 };

	(void)dup2(standard_error, STDERR_FILENO);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)signal(SIGABRT, SIG_DFL);         /* cmocka's own would go on with the next test */
	(void)alarm(MISTAKE_SECONDS);
	m->make();
	_exit(0);
}

static inline void check_mistake(const struct mistake *m)
{
	char words[400];
	ssize_t came, len = 0;
	int fds[2], status;
	pid_t child;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	child = fork();
	if (child == 0)
		make_alone(m, fds[1]);
	close(fds[1]);
	while ((came = read(fds[0], words + len, sizeof words - 1 - (size_t)len)) > 0)
		len += came;
	words[len] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT || strstr(words, "or in how it was called") == NULL)
		fail_msg("%s: status %#x, \"%s\"", m->name, (unsigned)status, words);
}

static inline void check_mistakes(const struct mistake *mistakes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_mistake(&mistakes[i]);
}

#endif
