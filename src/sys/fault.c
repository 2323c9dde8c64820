/* The table behind sys.h in the checked build, and the faults that fault.h describes. One thread arms them, before the
 * conversation; threads that help (the resolver) only count. */
#include "sys/fault.h"
#include "sys/sys.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define FAULTS_MAX 8
#define SITES_MAX  4096
#define FOR_EVER   SIZE_MAX

enum call {
#define CALL_ID(type, name, parameters, arguments, failure, error) CALL_##name,
	DX_SYS_CALLS(CALL_ID)
#undef CALL_ID
	CALL_COUNT
};

static const char *const call_names[] = {
#define CALL_NAME(type, name, parameters, arguments, failure, error) #name,
	DX_SYS_CALLS(CALL_NAME)
#undef CALL_NAME
};

/* The calls from `first` to `last` fail with `error` (0: that of the row): of one call, or of all for the torture. */
struct fault {
	int call;                       /* -1: all */
	size_t first, last;
	int error;
};

static struct fault faults[FAULTS_MAX];
static size_t fault_count;
static bool one_byte_at_a_time;
static atomic_size_t calls_of[CALL_COUNT], calls_of_all, failures;
static _Atomic(void *) sites[SITES_MAX];
static atomic_bool site_failed[SITES_MAX];

static size_t find_site(void *site)
{
	size_t at = ((uintptr_t)site >> 2) % SITES_MAX;

	for (size_t tries = 0; tries < SITES_MAX; tries++, at = (at + 1) % SITES_MAX) {
		void *empty = NULL;

		if (atomic_load(&sites[at]) == site || atomic_compare_exchange_strong(&sites[at], &empty, site))
			return at;
	}
	return 0;
}

/* Counts a call; the error it must fail with, or 0. */
static int fault_for(enum call call, int row_error, void *site)
{
	size_t nth = atomic_fetch_add(&calls_of[call], 1) + 1;
	size_t nth_of_all = atomic_fetch_add(&calls_of_all, 1) + 1;
	size_t place = find_site(site);

	for (size_t i = 0; i < fault_count; i++) {
		const struct fault *f = &faults[i];
		size_t n = f->call < 0 ? nth_of_all : nth;

		if ((f->call < 0 || f->call == (int)call) && n >= f->first && n <= f->last) {
			atomic_fetch_add(&failures, 1);
			atomic_store(&site_failed[place], true);
			return f->error != 0 ? f->error : row_error != 0 ? row_error : -1;
		}
	}
	return 0;
}

#define FAULTY(type, name, parameters, arguments, failure, error)                                         \
	static type faulty_##name parameters                                                              \
	{                                                                                                 \
		int fails = fault_for(CALL_##name, error, __builtin_return_address(0));                   \
                                                                                                          \
		if (fails != 0)                                                                           \
			return fail_with_##name(fails);                                                   \
		return name arguments;                                                                    \
	}
/* Where failing is neither -1 nor nothing, it is the error itself that is returned. */
#define FAIL_WITH(type, name, parameters, arguments, failure, error)                                      \
	static type fail_with_##name(int fails)                                                           \
	{                                                                                                 \
		if ((intptr_t)(failure) != -1 && (intptr_t)(failure) != 0)                                \
			return (type)(intptr_t)(fails == -1 ? (intptr_t)(failure) : fails);               \
		errno = fails;                                                                            \
		return (failure);                                                                         \
	}
DX_SYS_CALLS(FAIL_WITH)
DX_SYS_CALLS(FAULTY)

/* One byte at a time: the size is cut before the call goes on. Datagrams cannot be moved so. */
static bool is_stream(int fd)
{
	int kind = 0;
	socklen_t len = sizeof kind;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &len) == -1 || kind == SOCK_STREAM;
}

static size_t cut_size(int fd, size_t size)
{
	return one_byte_at_a_time && size > 1 && is_stream(fd) ? 1 : size;
}

static ssize_t cut_recv(int fd, void *into, size_t size, int flags)
{
	return faulty_recv(fd, into, cut_size(fd, size), flags);
}

static ssize_t cut_send(int fd, const void *from, size_t size, int flags)
{
	return faulty_send(fd, from, cut_size(fd, size), flags);
}

static ssize_t cut_read(int fd, void *into, size_t size)
{
	return faulty_read(fd, into, cut_size(fd, size));
}

static ssize_t cut_write(int fd, const void *from, size_t size)
{
	return faulty_write(fd, from, cut_size(fd, size));
}

#define SLOT(type, name, parameters, arguments, failure, error) .name = faulty_##name,
struct dx_sys_table dx_sys_table = { DX_SYS_CALLS(SLOT) };

#define RELEASE(type, name, parameters, arguments) \
	type dx_sys_##name parameters              \
	{                                          \
		return name arguments;             \
	}
DX_SYS_RELEASES(RELEASE)

/* The number of an error by its name, of errno or of getaddrinfo(3); 0 for none. */
static int error_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} of_names[] = { { "EAI_NONAME", EAI_NONAME }, { "EAI_AGAIN", EAI_AGAIN },   { "EAI_FAIL", EAI_FAIL },
			 { "EAI_MEMORY", EAI_MEMORY }, { "EAI_SYSTEM", EAI_SYSTEM } };

	for (size_t i = 0; i < sizeof of_names / sizeof *of_names; i++) {
		if (strcmp(of_names[i].name, name) == 0)
			return of_names[i].number;
	}
	for (int number = 1; number <= EHWPOISON; number++) {
		const char *known = strerrorname_np(number);

		if (known != NULL && strcmp(known, name) == 0)
			return number;
	}
	return 0;
}

static int call_number(const char *name)
{
	if (strcmp(name, "torture") == 0)
		return -1;
	for (int i = 0; i < CALL_COUNT; i++) {
		if (strcmp(call_names[i], name) == 0)
			return i;
	}
	return -2;
}

static int set_one(char *text)
{
	const char *name = strsep(&text, "=");
	struct fault f = { .call = call_number(name) };
	char *after;

	if (text == NULL && strcmp(name, "short") == 0) {
		dx_sys_table.recv = cut_recv;
		dx_sys_table.send = cut_send;
		dx_sys_table.read = cut_read;
		dx_sys_table.write = cut_write;
		one_byte_at_a_time = true;
		return 0;
	}
	if (text == NULL || fault_count == FAULTS_MAX)
		return -1;
	f.first = f.last = strtoul(text, &after, 10);
	if (*after == '+') {
		f.last = FOR_EVER;
		after++;
	} else if (*after == '-') {
		f.last = strtoul(after + 1, &after, 10);
	}
	f.error = *after == ':' ? error_number(after + 1) : 0;
	if (f.call == -2 || f.first == 0 || (*after != 0 && f.error == 0))
		return -1;
	faults[fault_count++] = f;
	return 0;
}

int dx_fault_set(const char *text)
{
	char copy[512], *rest = copy, *word;

	if (strlen(text) >= sizeof copy)
		return -1;
	memcpy(copy, text, strlen(text) + 1);
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word != 0 && set_one(word) < 0)
			return -1;
	}
	return 0;
}

void dx_fault_clear(void)
{
	static const struct dx_sys_table untouched = { DX_SYS_CALLS(SLOT) };

	dx_sys_table = untouched;
	one_byte_at_a_time = false;
	fault_count = 0;
	calls_of_all = 0;
	for (size_t i = 0; i < CALL_COUNT; i++)
		calls_of[i] = 0;
}

bool dx_fault_arm(size_t n, bool for_ever)
{
	bool reached = n <= 1 || dx_fault_calls() >= n - 1;

	dx_fault_clear();
	faults[fault_count++] = (struct fault){ .call = -1, .first = n, .last = for_ever ? FOR_EVER : n };
	return reached;
}

size_t dx_fault_calls(void)
{
	return calls_of_all;
}

static void report(void)
{
	FILE *log = fopen(getenv("DUPLEX_FAULTS_LOG"), "a");
	size_t all = 0, failed = 0;

	if (log == NULL)
		return;
	for (size_t i = 0; i < SITES_MAX; i++) {
		all += sites[i] != NULL;
		failed += site_failed[i];
	}
	fprintf(log, "calls %zu sites %zu failed %zu failed-sites %zu\n", dx_fault_calls(), all, failures + (size_t)0, failed);
	fclose(log);
}

__attribute__((constructor)) static void read_environment(void)
{
	const char *text = getenv("DUPLEX_FAULTS");

	if (text != NULL && dx_fault_set(text) < 0) {
		fprintf(stderr, "DUPLEX_FAULTS makes no sense: %s\n", text);
		abort();
	}
	if (getenv("DUPLEX_FAULTS_LOG") != NULL)
		(void)atexit(report);
}
