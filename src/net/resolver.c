/* A lookup is owned by two: the loop's side and the thread. Whoever lets go last frees it, so neither waits for the other.
 * The thread writes the addresses, then `answered`, then the eventfd; who was woken reads them in the other order. */
#include "net/resolver.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/bound.h"
#include "net/thread.h"
#include "sys/sys.h"

#include <stdatomic.h>
#include <stdio.h>

struct dx_lookup {
	atomic_int owners;
	atomic_bool answered;
	char host[256], port[8];
	struct addrinfo hints;
	dx_watch watch;
	dx_task task;                   /* nobody need be asked: told in the next turn */
	dx_loop *loop;
	dx_resolved *told;
	void *ctx;
	dx_addr addresses[DX_LIMIT_ADDRESSES];
	size_t count;
	int why;                        /* there are none */
};

static void let_go(dx_lookup *l)
{
	if (atomic_fetch_sub(&l->owners, 1) > 1)
		return;
	if (l->watch.fd != -1)
		(void)dx_sys_close(l->watch.fd);
	dx_sys_free(l);
}

/* The loop's side lets go in the reap: an event of the watch may be in the batch at hand. */
static void on_reap(dx_task *t)
{
	let_go(DX_OWNER(dx_lookup, task, t));
}

void dx_resolve_cancel(dx_lookup *l)
{
	(void)dx_watch_set(l->loop, &l->watch, 0);
	l->task.run = on_reap;
	dx_task_put(&l->loop->reaping, &l->task);
}

/* Asking */

static int why_not(int gai_code)
{
	static const struct {
		int gai_code, code;
	} rows[] = { { 0, -DX_ENAME },
		     { EAI_NONAME, -DX_ENAME },
		     { EAI_NODATA, -DX_ENAME },
		     { EAI_ADDRFAMILY, -DX_ENAMEFAMILY },
		     { EAI_FAMILY, -DX_ENAMEFAMILY },
		     { EAI_AGAIN, -DX_ENAMEAGAIN },
		     { EAI_MEMORY, -ENOMEM } };

	if (gai_code == EAI_SYSTEM)
		return errno != 0 ? -errno : -EIO;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].gai_code == gai_code)
			return rows[i].code;
	}
	return -DX_ENAMEFAIL;
}

static void look_up(dx_lookup *l)
{
	struct addrinfo *found = NULL;
	int code = EAI_AGAIN;

	for (int tries = 0; tries < DX_LIMIT_NAME_TRIES && code == EAI_AGAIN; tries++)
		code = dx_sys_getaddrinfo(l->host, l->port, &l->hints, &found);
	l->why = why_not(code);
	for (const struct addrinfo *a = found; a != NULL && l->count < DX_LIMIT_ADDRESSES; a = a->ai_next) {
		if (a->ai_family != AF_INET && a->ai_family != AF_INET6)
			continue;
		l->addresses[l->count].len = a->ai_addrlen;
		memcpy(&l->addresses[l->count++].un, a->ai_addr, a->ai_addrlen);
	}
	if (found != NULL)
		dx_sys_freeaddrinfo(found);
}

static void *run_thread(void *ctx)
{
	dx_lookup *l = ctx;

	look_up(l);
	atomic_store(&l->answered, true);
	(void)dx_sys_eventfd_write(l->watch.fd, 1);
	let_go(l);
	return NULL;
}

static int start_thread(dx_lookup *l)
{
	pthread_t thread;
	int r = dx__thread_start(&thread, run_thread, l);

	if (r == 0)
		(void)pthread_detach(thread);
	return r;
}

/* Telling */

static void tell(dx_lookup *l)
{
	dx_resolve_cancel(l);
	l->told(l->ctx, l->addresses, l->count, l->count > 0 ? 0 : l->why);
}

static void on_answer(dx_watch *w, uint32_t events)
{
	dx_lookup *l = DX_OWNER(dx_lookup, watch, w);

	(void)events;
	if (atomic_load(&l->answered))
		tell(l);
}

static void on_turn(dx_task *t)
{
	tell(DX_OWNER(dx_lookup, task, t));
}

static dx_lookup *new_lookup(const dx_endpoint *e)
{
	dx_lookup *l = dx_sys_calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->watch.fd = -1;
	atomic_store(&l->owners, 1);
	l->hints.ai_family = e->family;
	l->hints.ai_socktype = e->transport == DX_UDP ? SOCK_DGRAM : SOCK_STREAM;
	l->hints.ai_flags = AI_NUMERICSERV;
	(void)snprintf(l->host, sizeof l->host, "%s", e->host != NULL ? e->host : "");
	(void)snprintf(l->port, sizeof l->port, "%u", e->port);
	return l;
}

/* No host: this machine. Streams try both; datagrams cannot know who hears, so the commoner one is first. */
static void add_this_machine(dx_lookup *l, const dx_endpoint *e)
{
	static const char *const hosts[] = { "127.0.0.1", "::1", "127.0.0.1" };
	size_t first = e->transport == DX_UDP ? 0 : 1;

	for (size_t i = first; i < first + 2; i++) {
		if (dx_addr_from_host(hosts[i], e->port, e->family, &l->addresses[l->count]) == 0)
			l->count++;
	}
}

static int look_up_aside(dx_lookup *l)
{
	int r;

	dx_watch_init(&l->watch, dx_sys_eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), on_answer);
	r = l->watch.fd == -1 ? -errno : dx_watch_set(l->loop, &l->watch, EPOLLIN);
	if (r < 0)
		return r;
	atomic_store(&l->owners, 2);
	r = start_thread(l);
	if (r < 0) {
		(void)dx_watch_set(l->loop, &l->watch, 0);
		atomic_store(&l->owners, 1);
	}
	return r;
}

int dx_resolve(dx_loop *loop, const dx_endpoint *endpoint, dx_resolved *told, void *ctx, dx_lookup **ret)
{
	dx_lookup *l = new_lookup(endpoint);
	int r = 0;

	if (l == NULL)
		return -ENOMEM;
	l->loop = loop;
	l->told = told;
	l->ctx = ctx;
	dx_task_init(&l->task, on_turn);
	if (l->host[0] == 0 && !dx_endpoint_is_unix(endpoint))
		add_this_machine(l, endpoint);
	else if (dx_bound_address(endpoint, &l->addresses[0]) == 0)
		l->count = 1;
	if (l->count > 0)
		dx_task_put(&loop->ready, &l->task);
	else
		r = look_up_aside(l);
	if (r < 0)
		let_go(l);
	else
		*ret = l;
	return r;
}

/* The answer, or -EAGAIN. */
static int wait_for_answer(dx_lookup *l, int timeout_ms)
{
	struct pollfd answer = { .fd = l->watch.fd, .events = POLLIN };
	uint64_t answers;
	int r = dx_sys_poll(&answer, 1, timeout_ms);

	if (r == -1 || (r == 1 && dx_sys_read(l->watch.fd, &answers, sizeof answers) == -1))
		return -errno;
	return r == 0 || !atomic_load(&l->answered) ? -EAGAIN : l->count == 0 ? l->why : 0;
}

/* In the thread too, since getaddrinfo(3) can neither be limited nor interrupted. */
static int ask_aside(dx_lookup *l, int timeout_ms)
{
	int r;

	l->watch.fd = dx_sys_eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->watch.fd == -1)
		return -errno;
	atomic_store(&l->owners, 2);
	r = start_thread(l);
	if (r == 0)
		return wait_for_answer(l, timeout_ms);
	atomic_store(&l->owners, 1);
	return r;
}

int dx_resolve_within(const dx_endpoint *endpoint, int timeout_ms, dx_addr *found, size_t *ret_count)
{
	dx_lookup *l = new_lookup(endpoint);
	int r = 0;

	if (l == NULL)
		return -ENOMEM;
	if (l->host[0] == 0)
		add_this_machine(l, endpoint);
	else if ((r = dx_bound_address(endpoint, &l->addresses[0])) == 0)
		l->count = 1;
	else if (r == -EAGAIN && timeout_ms != 0)
		r = ask_aside(l, timeout_ms);
	if (r == 0) {
		memcpy(found, l->addresses, l->count * sizeof *found);
		*ret_count = l->count;
	}
	let_go(l);
	return r;
}

int dx_resolve_now(const dx_endpoint *endpoint, dx_addr *ret)
{
	int r = dx_bound_address(endpoint, ret);
	dx_lookup *l;

	if (r != -EAGAIN)
		return r;
	l = new_lookup(endpoint);
	if (l == NULL)
		return -ENOMEM;
	look_up(l);
	if (l->count > 0)
		*ret = l->addresses[0];
	r = l->count > 0 ? 0 : l->why;
	let_go(l);
	return r;
}
