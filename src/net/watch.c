/* What lives on a loop gets onto it here: watches wait in epoll, tasks on one of its lists. */
#include "base/check.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

bool dx__loop_is_ours(const dx_loop *loop)
{
	return loop->owner == dx_sys_getpid();
}

void dx_watch_init(dx_watch *w, int fd, void (*ready)(dx_watch *w, uint32_t events))
{
	*w = (dx_watch){ .fd = fd, .ready = ready };
}

int dx_watch_set(dx_loop *loop, dx_watch *w, uint32_t events)
{
	struct epoll_event wanted = { .events = events, .data.ptr = w };
	int command = w->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;

	if (events == w->events)
		return 0;
	if (command == EPOLL_CTL_DEL) {
		if (dx__loop_is_ours(loop))
			(void)dx_sys_epoll_ctl(loop->epoll_fd, command, w->fd, &wanted);
		loop->waiting_for--;
	} else {
		if (dx_sys_epoll_ctl(loop->epoll_fd, command, w->fd, &wanted) == -1)
			return -errno;
		loop->waiting_for += command == EPOLL_CTL_ADD;
	}
	w->events = events;
	return 0;
}

void dx_watch_stop(dx_loop *loop, dx_watch *w)
{
	(void)dx_watch_set(loop, w, 0);
	w->fd = -1;
}

void dx_task_init(dx_task *t, void (*run)(dx_task *t))
{
	dx_link_init(&t->link);
	t->run = run;
}

void dx_task_put(dx_link *list, dx_task *t)
{
	dx_link_remove(&t->link);
	dx_link_add(list, &t->link);
}

void dx__tasks_run(dx_link *list)
{
	dx_link now;

	dx_link_move(list, &now);
	while (!dx_link_alone(&now)) {
		dx_task *t = DX_OWNER(dx_task, link, now.next);

		dx_link_remove(&t->link);
		t->run(t);
	}
}
