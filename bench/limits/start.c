/* start RUNS INPUT -- COMMAND… -- COMMAND… : from exec to exit. Runs the commands one after another, RUNS times, every
 * second time in the opposite order, with standard input from the file INPUT. Prints a line of JSON for each, in ms. */
#define _GNU_SOURCE
#include "bare.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#define COMMANDS_MOST 16
#define RUNS_MOST     10000
#define MOST_SECONDS  100

typedef struct command {
	char **words;
	double *ms, *cpu_ms;
} command;

static volatile pid_t child;

static void give_up(int number)
{
	(void)number;
	if (child > 0)
		kill(child, SIGKILL);
	_exit(1);
}

static double ms_of(struct timeval t)
{
	return (double)t.tv_sec * 1000 + (double)t.tv_usec / 1000;
}

static void run(const command *c, const posix_spawn_file_actions_t *files, unsigned i)
{
	uint64_t from_ns = now_ns();
	struct rusage used;
	pid_t process;
	int status;

	if (posix_spawn(&process, c->words[0], files, NULL, c->words, environ) != 0)
		die(c->words[0]);
	child = process;
	if (wait4(process, &status, 0, &used) != process)
		die("wait4");
	child = 0;
	if (status != 0) {
		fprintf(stderr, "%s: status %x\n", c->words[0], (unsigned)status);
		exit(1);
	}
	c->ms[i] = (double)(now_ns() - from_ns) / (double)NS_PER_MS;
	c->cpu_ms[i] = ms_of(used.ru_utime) + ms_of(used.ru_stime);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void report(const command *c, unsigned runs)
{
	qsort(c->ms, runs, sizeof *c->ms, by_size);
	qsort(c->cpu_ms, runs, sizeof *c->cpu_ms, by_size);
	printf("{\"median\": %.4f, \"p10\": %.4f, \"p90\": %.4f, \"cpu\": %.4f}\n", c->ms[runs / 2], c->ms[runs / 10],
	       c->ms[runs * 9 / 10], c->cpu_ms[runs / 2]);
}

/* The words behind each "--" are a command; the "--" becomes the NULL that ends the one before. */
static unsigned read_commands(char **words, command *commands, unsigned runs)
{
	unsigned count = 0;

	for (; *words != NULL; words++) {
		if (strcmp(*words, "--") != 0 || count == COMMANDS_MOST)
			continue;
		*words = NULL;
		commands[count].words = words + 1;
		commands[count].ms = calloc(runs, sizeof(double));
		commands[count++].cpu_ms = calloc(runs, sizeof(double));
	}
	return count;
}

int main(int argc, char **argv)
{
	unsigned runs = number(argc, argv, 1), count;
	command commands[COMMANDS_MOST];
	posix_spawn_file_actions_t files;

	if (argc < 5 || runs == 0 || runs > RUNS_MOST) {
		fprintf(stderr, "start RUNS INPUT -- COMMAND…\n");
		return 2;
	}
	signal(SIGALRM, give_up);
	alarm(MOST_SECONDS);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, argv[2], O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	count = read_commands(argv + 3, commands, runs);
	for (unsigned i = 0; i < runs; i++) {
		for (unsigned k = 0; k < count; k++)
			run(&commands[i % 2 == 0 ? k : count - 1 - k], &files, i);
	}
	for (unsigned k = 0; k < count; k++)
		report(&commands[k], runs);
	return 0;
}
