/* What the tests of this floor share. */
#ifndef TEST_NET_HELPER_H
#define TEST_NET_HELPER_H

#include "../codec/helper.h"
#include "sys/fault.h"
#include "sys/sys.h"
#include <duplex/duplex.h>

#include <dirent.h>
#include <sched.h>

#define LONG_MS 10000

static inline int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline dx_slice text(const char *t)
{
	return dx_slice_text(t);
}

static inline int entries_of(const char *path)
{
	DIR *folder = opendir(path);
	int count = 0;

	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

/* Descriptors that are open, whatever else is: what a leak would add to. */
static inline int open_descriptors(void)
{
	return entries_of("/proc/self/fd");
}

/* As many as there were at the start: every test closes what it opened. */
static int at_start;

/* A resolver's thread lets go of its descriptor in its own time. */
static inline void wait_for_descriptors(int wanted)
{
	int64_t end = now_ms() + LONG_MS;

	while (open_descriptors() != wanted && now_ms() < end)
		sched_yield();
	assert_int_equal(open_descriptors(), wanted);
}

/* A file of so many bytes, which nobody else knows. */
static inline FILE *file_of(size_t bytes)
{
	FILE *file = tmpfile();

	for (size_t i = 0; i < bytes; i++)
		fputc((int)(i % 251), file);
	fflush(file);
	return file;
}

#endif
