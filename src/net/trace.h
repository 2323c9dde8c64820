/* Following the verbs: each socket call with its arguments and outcome, as one would write it in Python or in C. */
#ifndef DX_TRACE_H
#define DX_TRACE_H

#include <duplex/address.h>
#include <duplex/loop.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum dx_verb {
	DX_VERB_SOCKET,         /* number: type */
	DX_VERB_BIND,           /* addr */
	DX_VERB_LISTEN,         /* number: backlog */
	DX_VERB_ACCEPT,         /* addr: of the peer; result: its descriptor */
	DX_VERB_CONNECT,        /* addr */
	DX_VERB_RECV,           /* number: size; data */
	DX_VERB_RECVFROM,       /* number: size; data, addr */
	DX_VERB_SEND,           /* data */
	DX_VERB_SENDTO,         /* data, addr */
	DX_VERB_SHUTDOWN,
	DX_VERB_SETSOCKOPT,     /* level_text, name_text, number: value */
	DX_VERB_CLOSE
} dx_verb;

typedef struct dx_traced {
	dx_verb verb;
	int fd;
	int family;
	long number;
	const char *level_text, *name_text;
	const dx_addr *addr;
	dx_slice data;
	ssize_t result;         /* negative errno where it failed */
} dx_traced;

typedef struct dx_tracer dx_tracer;

/* Follows a loop from now on: `line` is called at each verb, with a line without its end. It must not call into the loop.
 * Returns 0 or -ENOMEM. dx_loop_free ends it. */
int dx_trace_start(dx_loop *loop, bool as_c, void (*line)(dx_slice text, void *ctx), void *ctx);

/* Writes one verb down; called by verbs.c and by who learns the outcome of a connect. */
void dx_trace(dx_loop *loop, const dx_traced *t);

void dx_trace_free(dx_loop *loop);

#endif
