/* The socket verbs as the floor `net` uses them: never blocking, close-on-exec, negative errno for failure, an interruption
 * tried again at once, and each followed by the trace. */
#ifndef DX_VERBS_H
#define DX_VERBS_H

#include <duplex/address.h>
#include <duplex/loop.h>
#include <sys/uio.h>

/* An integer socket option, with its words for the trace. */
typedef struct dx_sockopt {
	int level, name;
	const char *level_text, *name_text;
} dx_sockopt;

extern const dx_sockopt dx_opt_reuseaddr, dx_opt_reuseport, dx_opt_sndbuf, dx_opt_rcvbuf, dx_opt_broadcast, dx_opt_v6only,
	dx_opt_nodelay, dx_opt_tos, dx_opt_tclass, dx_opt_recvtos, dx_opt_recvtclass;

int dx_verb_socket(dx_loop *loop, int family, int type);
int dx_verb_bind(dx_loop *loop, int fd, const dx_addr *to);
int dx_verb_listen(dx_loop *loop, int fd, int backlog);
int dx_verb_accept(dx_loop *loop, int fd, dx_addr *ret_from);

/* 0, -EINPROGRESS (not followed yet: dx_verb_connected tells the outcome), or what failed. */
int dx_verb_connect(dx_loop *loop, int fd, const dx_addr *to);
int dx_verb_connected(dx_loop *loop, int fd, const dx_addr *to);

/* An error that the socket keeps for whoever asks next; 0 where there is none. */
int dx_verb_pending_error(int fd);

ssize_t dx_verb_recv(dx_loop *loop, int fd, void *into, size_t size);
ssize_t dx_verb_sendv(dx_loop *loop, int fd, struct iovec *pieces, size_t count);
int dx_verb_shutdown(dx_loop *loop, int fd);
int dx_verb_setsockopt(dx_loop *loop, int fd, const dx_sockopt *option, int value);
int dx_verb_getsockname(int fd, dx_addr *ret);
void dx_verb_close(dx_loop *loop, int fd);

/* Bytes that the other side's kernel has not acknowledged (TCP) or its owner has not taken (Unix); 0 where it cannot be told. */
size_t dx_verb_unacknowledged(int fd);

/* Congestion control that suits a peer on this machine: reno where bbr is the default, 3 to 7 times as fast. */
void dx_verb_tune_loopback(int fd, const dx_addr *peer);
int dx_verb_set_congestion(int fd, const char *name);

#endif
