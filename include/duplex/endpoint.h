/* Endpoints: where to talk, as people write it: tcp://HOST:PORT, udp://…, unix:PATH, unix-dgram:PATH, fd://N, a bare
 * HOST:PORT or PORT; with ",key=value" behind. */
#ifndef DUPLEX_ENDPOINT_H
#define DUPLEX_ENDPOINT_H

#include <duplex/address.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sockets that are open already. fd://N is one that was inherited, or made by dx_socket_open where something must be set that no key
 * sets, as by dx_socket_setsockopt. Where what opens it returns 0, it is taken over, and closed in the end: dx_socket_detach tells N
 * and gives it away. On failure it is still the caller's. */

typedef enum dx_transport { DX_TCP, DX_UDP, DX_UNIX, DX_UNIX_DGRAM, DX_FD } dx_transport;

/* What an endpoint may be told by keys. Texts are borrowed from the dx_endpoint that holds them; NULL and -1: not given. */
typedef struct dx_endpoint_keys {
	const char *bind;               /* "HOST:PORT", ":PORT", "HOST" or a path: the local side of a connect */
	const char *encoding, *frame, *eol, *mode;      /* names for the talk floor; the library does not look at them */
	const char *congestion;
	int nodelay;                    /* 0, 1 */
	int reuseport;                  /* 0, 1 */
	int sndbuf, rcvbuf;             /* bytes */
	int backlog;
	int perm;                       /* mode bits of a Unix socket's file */
	int expire;                     /* milliseconds until a silent sender of datagrams is forgotten; 0: never */
} dx_endpoint_keys;

typedef struct dx_endpoint {
	dx_transport transport;
	int family;                     /* AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX */
	const char *host;               /* tcp, udp: without brackets; "" is not given. NULL for others */
	uint16_t port;
	dx_slice path;                  /* unix: as written, '@' first for the abstract name space */
	int fd;                         /* fd://N */
	dx_endpoint_keys keys;
	char *memory;                   /* what the texts above point into */
} dx_endpoint;

/* What is wrong with a text, and where: text[at .. at + len) is the part to blame. Both sentences live for ever. */
typedef struct dx_complaint {
	size_t at, len;
	const char *problem;            /* "bad port": the part to blame follows it */
	const char *expected;           /* "a port is a whole number from 0 to 65535" */
} dx_complaint;

/* Reads an endpoint. Keys follow the first "," or "?"; %HH in a path is that byte, so that a comma can be written as %2C.
 * Hosts are names, not looked up here, or numbers, strict as dx_addr_from_host. Returns 0 and fills *ret, which
 * dx_endpoint_fini releases; -EINVAL and fills *reterr (which may be NULL); -ENOMEM. On failure *ret is untouched. */
int dx_endpoint_parse(const char *text, dx_endpoint *ret, dx_complaint *reterr);

/* The same from two words, HOST and PORT (`connect 127.0.0.1 8090`). `at` in the complaint counts from `host` where it is to
 * blame, and *ret_port_blamed (may be NULL) says whether it is the port instead. */
int dx_endpoint_from_words(const char *host, const char *port, dx_endpoint *ret, dx_complaint *reterr, bool *ret_port_blamed);

/* Gives back what a successful parse acquired. */
void dx_endpoint_fini(dx_endpoint *e);

/* Is it a stream (TCP, Unix stream)? fd:// is asked of the kernel elsewhere and false here. */
bool dx_endpoint_is_stream(const dx_endpoint *e);

/* unix: or unix-dgram:? */
bool dx_endpoint_is_unix(const dx_endpoint *e);

/* The local address that bind= names, for a socket of `family`. Returns 0; -ENOENT where there is no bind=; -EAFNOSUPPORT
 * where it is of another family. */
int dx_endpoint_bind(const dx_endpoint *e, int family, dx_addr *ret);

/* Room for what dx_endpoint_print writes, its NUL included. */
#define DX_ENDPOINT_TEXT (DX_ADDR_TEXT + 16)

/* Writes an address as an endpoint of `transport`: "tcp://127.0.0.1:80", "udp://[::1]:7", "unix:/run/x". Returns `into`. */
const char *dx_endpoint_print(dx_transport transport, const dx_addr *a, char into[DX_ENDPOINT_TEXT]);

#ifdef __cplusplus
}
#endif

#endif
