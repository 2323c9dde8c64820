/* Each verb of socket.h where it can succeed, and where it must wait in vain: a stage on which all that it needs is there, the call,
 * and what it returns when nothing fails. Who includes this decides what fails meanwhile (socket_torture_test.c), or only lets
 * himself be watched (tests/interop/quiet.c). tests/static/library_test.py sees to it that none is missing.
 * Only the public headers, and no word to anybody: what is not as it should be is left to MUST. What is there comes within WITHIN_MS,
 * or -EAGAIN does. */
#ifndef TEST_NET_EVERY_VERB_H
#define TEST_NET_EVERY_VERB_H

#include <duplex/socket.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define IN_VAIN_MS 2

/* What a verb gives back besides what it returns. Untouched, each byte of it is UNTOUCHED. */
#define UNTOUCHED 0xa5
struct gifts {
	dx_socket sockets[2];
	dx_addr address;
	int number;
};

struct stage {
	dx_socket server;       /* a client waits there */
	dx_socket client, peer; /* the two ends of a TCP connection: the client has been sent "a line\nand more" */
	dx_socket waits;
	dx_socket fresh, spare;         /* of TCP, neither bound nor connected */
	dx_socket full, other_end;      /* a pair whose one end can send nothing any more */
	dx_socket left_alone;           /* the other side of which has gone */
	dx_socket receiver, sender;     /* of UDP: a datagram waits */
	dx_socket mailbox, writer;      /* datagrams of Unix: it takes no more */
	dx_socket doorman, first, next; /* a Unix server that lets nobody in any more */
	dx_addr server_at, receiver_at, mailbox_at, doorman_at, anywhere;
	FILE *file; /* ten bytes */
	struct gifts gifts;
	dx_error why;
	size_t so_far; /* of what is sent or received piece by piece */
	char into[16], printed[DX_SOCKET_TEXT];
};

static inline int port_at(const dx_addr *a)
{
	return dx_addr_port(a);
}

static inline void set_stage_for_streams(struct stage *t)
{
	MUST(dx_create_server("127.0.0.1", 0, NULL, &t->server, NULL) == 0);
	MUST(dx_socket_getsockname(&t->server, &t->server_at) == 0);
	MUST(dx_create_connection("127.0.0.1", port_at(&t->server_at), -1, NULL, &t->client, NULL) == 0);
	MUST(dx_socket_accept(&t->server, -1, &t->peer, NULL) == 0);
	MUST(dx_socket_sendall(&t->peer, dx_slice_text("a line\nand more"), 0, -1, NULL) == 0);
	MUST(dx_create_connection("127.0.0.1", port_at(&t->server_at), -1, NULL, &t->waits, NULL) == 0);
	MUST(dx_socket_open(AF_INET, SOCK_STREAM, 0, &t->fresh) == 0);
	MUST(dx_socket_open(AF_INET, SOCK_STREAM, 0, &t->spare) == 0);
}

static inline void set_stage_for_pairs(struct stage *t)
{
	static const char bytes[65536];
	dx_socket pair[2];

	MUST(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	t->full = pair[0];
	t->other_end = pair[1];
	while (dx_socket_send(&t->full, dx_slice_of(bytes, sizeof bytes), 0, 0) > 0)
		;
	MUST(dx_socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	t->left_alone = pair[0];
	MUST(dx_socket_close(&pair[1]) == 0);
}

static inline void set_stage_for_datagrams(struct stage *t)
{
	MUST(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &t->receiver) == 0);
	MUST(dx_socket_bind_addr(&t->receiver, &t->anywhere) == 0);
	MUST(dx_socket_getsockname(&t->receiver, &t->receiver_at) == 0);
	MUST(dx_socket_open(AF_INET, SOCK_DGRAM, 0, &t->sender) == 0);
	MUST(dx_socket_sendto_addr(&t->sender, dx_slice_text("x"), 0, &t->receiver_at, -1) == 1);
}

static inline void set_stage_in_unix(struct stage *t)
{
	MUST(dx_socket_open(AF_UNIX, SOCK_DGRAM, 0, &t->mailbox) == 0);
	MUST(dx_socket_bind(&t->mailbox, "", 0) == 0);
	MUST(dx_socket_getsockname(&t->mailbox, &t->mailbox_at) == 0);
	MUST(dx_socket_open(AF_UNIX, SOCK_DGRAM, 0, &t->writer) == 0);
	while (dx_socket_sendto_addr(&t->writer, dx_slice_text("x"), 0, &t->mailbox_at, 0) == 1)
		;
	MUST(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &t->doorman) == 0);
	MUST(dx_socket_bind(&t->doorman, "", 0) == 0);
	MUST(dx_socket_listen(&t->doorman, 0) == 0);
	MUST(dx_socket_getsockname(&t->doorman, &t->doorman_at) == 0);
	MUST(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &t->first) == 0);
	MUST(dx_socket_connect_addr(&t->first, &t->doorman_at, 0) == 0);
	MUST(dx_socket_open(AF_UNIX, SOCK_STREAM, 0, &t->next) == 0);
}

static inline void set_stage(struct stage *t, FILE *file)
{
	*t = (struct stage){ .file = file };
	memset(&t->gifts, UNTOUCHED, sizeof t->gifts);
	MUST(dx_addr_parse("127.0.0.1:0", &t->anywhere) == 0);
	set_stage_for_streams(t);
	set_stage_for_pairs(t);
	set_stage_for_datagrams(t);
	set_stage_in_unix(t);
}

/* Whatever has happened, all can still be closed, once. */
static inline void clear_stage(struct stage *t)
{
	dx_socket *all[] = { &t->server,  &t->client,    &t->peer,       &t->waits,    &t->fresh,
			     &t->full,    &t->other_end, &t->left_alone, &t->receiver, &t->sender,
			     &t->mailbox, &t->writer,    &t->doorman,    &t->first,    &t->next };

	for (size_t i = 0; i < 2; i++) {
		if (t->gifts.sockets[i].fd >= 0)
			MUST(dx_socket_close(&t->gifts.sockets[i]) == 0);
	}
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		MUST(dx_socket_close(all[i]) == 0);
		MUST(dx_socket_close(all[i]) == -EBADF);
	}
	(void)dx_socket_close(&t->spare); /* it may have been given away */
}

/* Gives the descriptor back at once, so that somebody closes it. */
static inline int put_back(dx_socket *s, int fd)
{
	s->fd = fd;
	return fd < 0 ? fd : 0;
}

static inline int check_print(const char *printed)
{
	static const char start[] = "<socket.socket fd=";

	return memcmp(printed, start, sizeof start - 1) == 0 && printed[strlen(printed) - 1] == '>' ? 0 : -EBADMSG;
}

/* X(name, what it returns when nothing fails, the call) */
#define EVERY_VERB(X)                                                                                                      \
	X(open, 0, dx_socket_open(AF_INET, SOCK_STREAM, 0, &g->sockets[0]))                                                \
	X(socketpair, 0, dx_socketpair(AF_UNIX, SOCK_STREAM, 0, g->sockets))                                               \
	X(adopt, 0, dx_socket_adopt(t->spare.fd, &g->sockets[0]))                                                          \
	X(dup, 0, dx_socket_dup(&t->client, &g->sockets[0]))                                                               \
	X(close, 0, dx_socket_close(&t->spare))                                                                            \
	X(detach, 0, put_back(&t->spare, dx_socket_detach(&t->spare)))                                                     \
	X(address, 0, dx_socket_address(&t->fresh, "localhost", 80, WITHIN_MS, &g->address))                               \
	X(bind, 0, dx_socket_bind(&t->fresh, "127.0.0.1", 0))                                                              \
	X(bind_addr, 0, dx_socket_bind_addr(&t->fresh, &t->anywhere))                                                      \
	X(getsockname, 0, dx_socket_getsockname(&t->client, &g->address))                                                  \
	X(getpeername, 0, dx_socket_getpeername(&t->client, &g->address))                                                  \
	X(listen, 0, dx_socket_listen(&t->fresh, 1))                                                                       \
	X(accept, 0, dx_socket_accept(&t->server, WITHIN_MS, &g->sockets[0], &g->address))                                 \
	X(accept_nobody, -EAGAIN,                                                                                          \
	  dx_socket_listen(&t->fresh, 1) == 0 ? dx_socket_accept(&t->fresh, IN_VAIN_MS, &g->sockets[0], &g->address)       \
					      : -EIO)                                                                      \
	X(connect, 0, dx_socket_connect(&t->fresh, "localhost", port_at(&t->server_at), WITHIN_MS))                        \
	X(connect_addr, 0, dx_socket_connect_addr(&t->fresh, &t->server_at, WITHIN_MS))                                    \
	X(connect_in_vain, -EAGAIN, dx_socket_connect_addr(&t->next, &t->doorman_at, IN_VAIN_MS))                          \
	X(shutdown, 0, dx_socket_shutdown(&t->client, SHUT_WR))                                                            \
	X(send, 5, dx_socket_send(&t->client, dx_slice_text("hello"), 0, WITHIN_MS))                                       \
	X(send_in_vain, -EAGAIN, dx_socket_send(&t->full, dx_slice_text("hello"), 0, IN_VAIN_MS))                          \
	X(send_to_nobody, -EPIPE, dx_socket_send(&t->left_alone, dx_slice_text("hello"), 0, WITHIN_MS))                    \
	X(sendall, 0, dx_socket_sendall(&t->client, dx_slice_text("hello"), 0, WITHIN_MS, &t->so_far))                     \
	X(sendall_in_vain, -EAGAIN, dx_socket_sendall(&t->full, dx_slice_text("hello"), 0, IN_VAIN_MS, &t->so_far))        \
	X(sendto, 5,                                                                                                       \
	  dx_socket_sendto(&t->sender, dx_slice_text("hello"), 0, "localhost", port_at(&t->receiver_at), WITHIN_MS))       \
	X(sendto_addr, 5, dx_socket_sendto_addr(&t->sender, dx_slice_text("hello"), 0, &t->receiver_at, WITHIN_MS))        \
	X(sendto_in_vain, -EAGAIN,                                                                                         \
	  dx_socket_sendto_addr(&t->writer, dx_slice_text("hello"), 0, &t->mailbox_at, IN_VAIN_MS))                        \
	X(recv, 15, dx_socket_recv(&t->client, t->into, sizeof t->into, 0, WITHIN_MS))                                     \
	X(recv_in_vain, -EAGAIN, dx_socket_recv(&t->peer, t->into, sizeof t->into, 0, IN_VAIN_MS))                         \
	X(recvfrom, 1, dx_socket_recvfrom(&t->receiver, t->into, sizeof t->into, 0, WITHIN_MS, &g->address))               \
	X(recv_exact, 0, dx_socket_recv_exact(&t->client, t->into, 15, WITHIN_MS, &t->so_far))                             \
	X(recv_exact_in_vain, -EAGAIN, dx_socket_recv_exact(&t->client, t->into, 16, IN_VAIN_MS, &t->so_far))              \
	X(recv_line, 0, dx_socket_recv_line(&t->client, t->into, sizeof t->into, WITHIN_MS, &t->so_far))                   \
	X(sendfile, 0, dx_socket_sendfile(&t->client, fileno(t->file), 0, SIZE_MAX, WITHIN_MS, &t->so_far))                \
	X(sendfile_in_vain, -EAGAIN, dx_socket_sendfile(&t->full, fileno(t->file), 0, 10, IN_VAIN_MS, &t->so_far))         \
	X(sendfile_to_nobody, -EPIPE, dx_socket_sendfile(&t->left_alone, fileno(t->file), 0, 10, WITHIN_MS, &t->so_far))   \
	X(setsockopt, 0, dx_socket_setsockopt(&t->client, SOL_SOCKET, SO_KEEPALIVE, 1))                                    \
	X(getsockopt, 0, dx_socket_getsockopt(&t->client, SOL_SOCKET, SO_KEEPALIVE, &g->number))                           \
	X(setsockopt_bytes, 0, dx_socket_setsockopt_bytes(&t->client, SOL_SOCKET, SO_KEEPALIVE, dx_slice_of("\1\0\0", 4))) \
	X(getsockopt_bytes, 4, dx_socket_getsockopt_bytes(&t->client, SOL_SOCKET, SO_KEEPALIVE, &g->number, sizeof(int)))  \
	X(print, 0, check_print(dx_socket_print(&t->client, t->printed)))                                                  \
	X(create_server, 0, dx_create_server("127.0.0.1", 0, NULL, &g->sockets[0], &t->why))                               \
	X(create_server_of_both, 0,                                                                                        \
	  dx_create_server("", 0, &(dx_server_options){ AF_INET6, 1, true, true }, &g->sockets[0], &t->why))               \
	X(create_connection, 0,                                                                                            \
	  dx_create_connection("localhost", port_at(&t->server_at), WITHIN_MS, &t->anywhere, &g->sockets[0], &t->why))

#define EVERY_VERB_FUNCTION(name, returns, call)     \
	static ssize_t every_##name(struct stage *t) \
	{                                            \
		struct gifts *g = &t->gifts;         \
                                                     \
		(void)g;                             \
		return call;                         \
	}
EVERY_VERB(EVERY_VERB_FUNCTION)

#define EVERY_VERB_ROW(name, returns, call) { #name, returns, every_##name },
static const struct verb {
	const char *name;
	ssize_t returns;
	ssize_t (*call)(struct stage *t);
} every_verb[] = { EVERY_VERB(EVERY_VERB_ROW) };

#define EVERY_VERB_COUNT (sizeof every_verb / sizeof *every_verb)

#endif
