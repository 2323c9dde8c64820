/* What the bare programs share. They show what the kernel allows: system calls and nothing between, over 127.0.0.1 only.
 * Each is bounded in time, so that none outlives the run that started it. */
#ifndef BARE_H
#define BARE_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS 1000000ull
#define NS_PER_S  1000000000ull

__attribute__((noreturn)) static inline void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The i-th word of the command line, a number. */
static inline unsigned number(int argc, char **argv, int i)
{
	unsigned value = 0;

	if (i >= argc || argv[i][0] == 0) {
		fprintf(stderr, "%s: number %d is missing\n", argv[0], i);
		exit(2);
	}
	for (const char *c = argv[i]; *c != 0; c++) {
		if (*c < '0' || *c > '9' || value > 100000000) {
			fprintf(stderr, "%s: %s is no number\n", argv[0], argv[i]);
			exit(2);
		}
		value = value * 10 + (unsigned)(*c - '0');
	}
	return value;
}

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* SIGALRM ends the program after so many seconds, and it gets all the descriptors that it may have. */
static inline void begin(unsigned most_seconds)
{
	struct rlimit limit;

	alarm(most_seconds);
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static inline struct sockaddr_in this_machine(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

/* As duplex does it: no delay, and not the congestion control of a long way. */
static inline void tune(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
}

/* Listens at a port that the kernel chooses, and announces it as duplex does. */
static inline int listen_somewhere(int flags)
{
	struct sockaddr_in at = this_machine(0);
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&at, len) == -1 || listen(fd, 4096) == -1)
		die("listen");
	if (getsockname(fd, (struct sockaddr *)&at, &len) == -1)
		die("getsockname");
	fprintf(stderr, "listening on tcp://127.0.0.1:%u\n", ntohs(at.sin_port));
	return fd;
}

static inline int connect_to(unsigned port)
{
	struct sockaddr_in to = this_machine(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof to) == -1)
		die("connect");
	return fd;
}

/* A close that leaves nothing behind: 10,000 ports in TIME_WAIT would be missed by the next run. */
static inline void reset_at_close(int fd)
{
	struct linger at_once = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

#endif
