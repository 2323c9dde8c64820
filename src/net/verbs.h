/* The socket verbs as the floor `net` uses them: never blocking, close-on-exec, negative errno for failure, an interruption
 * tried again at once, and each followed by the trace. */
#ifndef DX_VERBS_H
#define DX_VERBS_H

#include "net/loop_priv.h"
#include <duplex/address.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>

/* An integer socket option, with its words for the trace. */
typedef struct dx_option_name {
	int level, name;
	const char *words[2];
} dx_option_name;
#define DX_OPTION(level, name) (&(dx_option_name){ level, name, { #level, #name } })

int dx_verb_socket(dx_loop *loop, int family, int type);
int dx_verb_bind(dx_loop *loop, int fd, const dx_addr *to);
int dx_verb_listen(dx_loop *loop, int fd, int backlog);
int dx_verb_accept(dx_loop *loop, int fd, dx_addr *ret_from);

/* 0, -EINPROGRESS (not followed yet: dx_verb_connected tells the outcome), or what failed. */
int dx_verb_connect(dx_loop *loop, int fd, const dx_addr *to);
int dx_verb_connected(dx_loop *loop, int fd, const dx_addr *to);

/* An error that the socket keeps for whoever asks next; 0 where there is none. */
int dx_verb_pending_error(int fd);

int dx_verb_recv(dx_loop *loop, int fd, void *into, size_t size);
int dx_verb_send(dx_loop *loop, int fd, dx_slice data);

/* One datagram, into and out of the one piece of `msg`. `from` is filled: len 0 where the kernel names nobody; `to` may be NULL.
 * `from_anybody` is for the trace: the socket is not connected. Returns the true length. */
int dx_verb_recvmsg(dx_loop *loop, int fd, struct msghdr *msg, dx_addr *ret_from, bool from_anybody);
int dx_verb_sendmsg(dx_loop *loop, int fd, struct msghdr *msg, const dx_addr *to);

int dx_verb_shutdown(dx_loop *loop, int fd);
int dx_verb_setsockopt(dx_loop *loop, int fd, const dx_option_name *option, int value);
int dx_verb_getsockname(int fd, dx_addr *ret);
int dx_verb_getpeername(int fd, dx_addr *ret);

/* A connection to a free port of this machine may be given that very port as its own, and then talks to itself (tcp(7)). */
bool dx_verb_is_own_echo(int fd, const dx_addr *to);

void dx_verb_close(dx_loop *loop, int fd);

/* Forgets the watch and closes its descriptor, where it has one. */
void dx_verb_close_watched(dx_loop *loop, dx_watch *w);

/* Bytes that the other side's kernel has not acknowledged (TCP) or its owner has not taken (Unix); 0 where it cannot be told. */
size_t dx_verb_unacknowledged(int fd);

/* Datagrams that the kernel has dropped for want of room (SO_MEMINFO in socket(7)); 0 where it cannot be told. */
uint32_t dx_verb_dropped(int fd);

/* Congestion control that suits a peer on this machine: reno where bbr is the default, 3 to 7 times as fast. */
void dx_verb_tune_loopback(int fd, const dx_addr *peer);
int dx_verb_set_congestion(int fd, const char *name);

#endif
