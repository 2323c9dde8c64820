/* echo: the limit of an echo server. One epoll loop, one read and one write a message. */
#define _GNU_SOURCE
#include "bare.h"

#define EVENTS 1024

typedef struct peer {
	int fd;
	uint64_t bytes;
} peer;

static char buffer[65536];

static void welcome(int epoll, int listener)
{
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
		peer *p = calloc(1, sizeof *p);
		struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = p };

		if (p == NULL)
			die("calloc");
		p->fd = fd;
		tune(fd);
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted) == -1)
			die("epoll_ctl");
	}
}

static void echo(peer *p)
{
	ssize_t n = read(p->fd, buffer, sizeof buffer);

	if (n == -1 && errno == EAGAIN)
		return;
	if (n > 0 && write(p->fd, buffer, (size_t)n) == n) {
		p->bytes += (uint64_t)n;
		return;
	}
	close(p->fd);
	free(p);
}

int main(void)
{
	static struct epoll_event events[EVENTS];
	struct epoll_event someone = { .events = EPOLLIN };
	int epoll = epoll_create1(EPOLL_CLOEXEC), listener;

	begin(900);
	listener = listen_somewhere(SOCK_NONBLOCK);
	if (epoll == -1 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &someone) == -1)
		die("epoll");
	for (;;) {
		int count = epoll_wait(epoll, events, EVENTS, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.ptr == NULL)
				welcome(epoll, listener);
			else
				echo(events[i].data.ptr);
		}
	}
}
