/* A lookup is owned by two: the loop's side and the thread. Whoever lets go last frees it, so neither waits for the other.
 * The thread writes `found` before it signals the eventfd, and nothing after. */
#include "net/resolver.h"
#include "base/check.h"
#include "base/limits.h"
#include "net/loop_priv.h"
#include "sys/sys.h"

#include <stdatomic.h>
#include <stdio.h>

struct dx_lookup {
	atomic_int owners;
	char host[256], port[8];
	struct addrinfo hints, *found;
	int gai_code, gai_errno;
	dx_watch watch;
	dx_task task;                   /* numeric: told in the next turn */
	dx_loop *loop;
	dx_resolved *told;
	void *ctx;
	dx_addr addresses[DX_LIMIT_ADDRESSES];
	size_t count;
};

static void let_go(dx_lookup *l)
{
	if (atomic_fetch_sub(&l->owners, 1) > 1)
		return;
	if (l->found != NULL)
		dx_sys_freeaddrinfo(l->found);
	if (l->watch.fd != -1)
		(void)dx_sys_close(l->watch.fd);
	dx_sys_free(l);
}

/* The loop's side lets go in the reap: an event of the watch may be in the batch at hand. */
static void on_reap(dx_task *t)
{
	let_go(DX_OWNER(dx_lookup, task, t));
}

static void let_go_later(dx_lookup *l)
{
	(void)dx_watch_set(l->loop, &l->watch, 0);
	l->task.run = on_reap;
	dx_task_reap(l->loop, &l->task);
}

static void look_up(dx_lookup *l)
{
	for (int tries = 0; tries < DX_LIMIT_NAME_TRIES; tries++) {
		l->gai_code = dx_sys_getaddrinfo(l->host, l->port, &l->hints, &l->found);
		l->gai_errno = errno;
		if (l->gai_code != EAI_AGAIN)
			return;
	}
}

static void *run_thread(void *ctx)
{
	dx_lookup *l = ctx;
	uint64_t one = 1;

	look_up(l);
	(void)!dx_sys_write(l->watch.fd, &one, sizeof one);
	let_go(l);
	return NULL;
}

static int why_not(const dx_lookup *l)
{
	switch (l->gai_code) {
	case 0:
	case EAI_NONAME:
	case EAI_NODATA:
		return -DX_ENAME;
	case EAI_ADDRFAMILY:
	case EAI_FAMILY:
		return -DX_ENAMEFAMILY;
	case EAI_AGAIN:
		return -DX_ENAMEAGAIN;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return l->gai_errno != 0 ? -l->gai_errno : -EIO;
	default:
		return -DX_ENAMEFAIL;
	}
}

static size_t collect(dx_lookup *l)
{
	for (const struct addrinfo *a = l->found; a != NULL && l->count < DX_LIMIT_ADDRESSES; a = a->ai_next) {
		dx_addr *to = &l->addresses[l->count];

		if (a->ai_family != AF_INET && a->ai_family != AF_INET6)
			continue;
		*to = (dx_addr){ .len = a->ai_addrlen };
		memcpy(&to->un, a->ai_addr, a->ai_addrlen);
		l->count++;
	}
	return l->count;
}

static void tell(dx_lookup *l)
{
	dx_resolved *told = l->told;
	int why = l->count > 0 || collect(l) > 0 ? 0 : why_not(l);

	let_go_later(l);
	told(l->ctx, l->addresses, l->count, why);
}

static void on_answer(dx_watch *w, uint32_t events)
{
	(void)events;
	tell(DX_OWNER(dx_lookup, watch, w));
}

static void on_turn(dx_task *t)
{
	tell(DX_OWNER(dx_lookup, task, t));
}

static void add_address(dx_lookup *l, const char *host, int family, uint16_t port)
{
	if (dx_addr_from_host(host, port, family, &l->addresses[l->count]) == 0)
		l->count++;
}

/* No host: this machine. Streams try both; datagrams cannot know who hears, so the commoner one is first. */
static void add_this_machine(dx_lookup *l, const dx_endpoint *e)
{
	bool v4 = e->family != AF_INET6, v6 = e->family != AF_INET;

	if (v4 && e->transport == DX_UDP)
		add_address(l, "127.0.0.1", AF_INET, e->port);
	if (v6)
		add_address(l, "::1", AF_INET6, e->port);
	if (v4 && e->transport != DX_UDP)
		add_address(l, "127.0.0.1", AF_INET, e->port);
}

static void prepare(dx_lookup *l, const dx_endpoint *e)
{
	l->hints.ai_family = e->family;
	l->hints.ai_socktype = e->transport == DX_UDP ? SOCK_DGRAM : SOCK_STREAM;
	l->hints.ai_flags = AI_NUMERICSERV;
	memcpy(l->host, e->host, strnlen(e->host, sizeof l->host - 1));
	(void)snprintf(l->port, sizeof l->port, "%u", e->port);
	if (e->host[0] == 0)
		add_this_machine(l, e);
	else
		add_address(l, e->host, e->family, e->port);
}

/* Signals are for the loop's thread. */
static int start_thread(dx_lookup *l)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	pthread_t thread;
	int r;

	(void)sigfillset(&all);
	if (pthread_attr_init(&attributes) != 0)
		return -ENOMEM;
	(void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	(void)dx_sys_pthread_sigmask(SIG_SETMASK, &all, &before);
	r = dx_sys_pthread_create(&thread, &attributes, run_thread, l);
	(void)dx_sys_pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attributes);
	return -r;
}

static int look_up_aside(dx_lookup *l)
{
	int r;

	dx_watch_init(&l->watch, dx_sys_eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), on_answer);
	if (l->watch.fd == -1)
		return -errno;
	r = dx_watch_set(l->loop, &l->watch, EPOLLIN);
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
	dx_lookup *l = dx_sys_calloc(1, sizeof *l);
	int r = 0;

	if (l == NULL)
		return -ENOMEM;
	l->loop = loop;
	l->told = told;
	l->ctx = ctx;
	l->watch.fd = -1;
	atomic_store(&l->owners, 1);
	dx_task_init(&l->task, on_turn);
	prepare(l, endpoint);
	if (l->count > 0)
		dx_task_ready(loop, &l->task);
	else
		r = look_up_aside(l);
	if (r < 0) {
		let_go(l);
		return r;
	}
	*ret = l;
	return 0;
}

void dx_resolve_cancel(dx_lookup *l)
{
	let_go_later(l);
}

int dx_resolve_now(const dx_endpoint *endpoint, dx_addr *ret)
{
	dx_lookup *l = dx_sys_calloc(1, sizeof *l);
	int r = 0;

	if (l == NULL)
		return -ENOMEM;
	l->watch.fd = -1;
	atomic_store(&l->owners, 1);
	prepare(l, endpoint);
	if (l->count == 0) {
		look_up(l);
		r = collect(l) > 0 ? 0 : why_not(l);
	}
	if (r == 0)
		*ret = l->addresses[0];
	let_go(l);
	return r;
}
