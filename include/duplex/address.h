/* Addresses: where one end of a socket is, as the kernel wants it and as people read it. */
#ifndef DUPLEX_ADDRESS_H
#define DUPLEX_ADDRESS_H

#include <duplex/error.h>
#include <duplex/slice.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The longest name of a Unix socket, without its '@' or NUL. */
#define DX_ADDR_PATH_BYTES 107

/* Room for any address that dx_addr_print writes (a path in which every byte is written as %HH), its NUL included. */
#define DX_ADDR_TEXT 352

typedef struct dx_addr {
	socklen_t len;                  /* of the part in use; 0: no address at all */
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	};
} dx_addr;

/* Reads "127.0.0.1:80", "[::1]:80", "[fe80::1%lo]:80", "unix:PATH", "unix:@NAME" or "unix:" (a socket without a name).
 * Numeric hosts only, strict as inet_pton(3); a scope is an interface name or its number; %HH in a path is that byte.
 * Returns 0; -EINVAL where it is none of these; -ENAMETOOLONG for a path over 107 bytes; -ENODEV for an unknown scope, or
 * for a link-local address without one. *ret is untouched on failure. */
int dx_addr_parse(const char *text, dx_addr *ret);

/* A numeric host without brackets, and a port. "" is every address of `family` (AF_UNSPEC and AF_INET6: "::"). A v4-mapped
 * host becomes an IPv4 address, unless `family` is AF_INET6. Returns as dx_addr_parse; -EAFNOSUPPORT where the host is a
 * number of another family than the one asked for. */
int dx_addr_from_host(const char *host, uint16_t port, int family, dx_addr *ret);

/* A Unix socket's address; '@' first means the abstract name space, in which any byte may follow. Returns 0; -EINVAL for an
 * empty name or, in the file system, a NUL inside or "/" at the end; -ENAMETOOLONG. */
int dx_addr_from_path(dx_slice path, dx_addr *ret);

/* Would a resolver that is less strict take this host for a number ("127.1", "0x7f.1", "010.0.0.1", "127.0.0.1.")? What
 * looks like one and is refused by dx_addr_from_host must never be looked up as a name. */
bool dx_addr_looks_numeric(const char *host);

/* Writes the address as dx_addr_parse reads it, and returns `into`. A v4-mapped IPv6 address is written as IPv4; controls,
 * and "%", "," and "?", which mean something in an endpoint, as %HH in a path. No address at all is "". */
const char *dx_addr_print(const dx_addr *a, char into[DX_ADDR_TEXT]);

/* Only the host ("127.0.0.1", "::1", a path), without brackets or port. */
const char *dx_addr_print_host(const dx_addr *a, char into[DX_ADDR_TEXT]);

/* The port in host order; 0 for a Unix socket. */
uint16_t dx_addr_port(const dx_addr *a);

/* Changes the port of an internet address; nothing happens to another. */
void dx_addr_set_port(dx_addr *a, uint16_t port);

/* Same family, same bytes? A v4-mapped address equals its IPv4 one. */
bool dx_addr_equal(const dx_addr *a, const dx_addr *b);

/* 127.0.0.0/8, ::1 or a Unix socket? */
bool dx_addr_is_loopback(const dx_addr *a);

/* A group (multicast) or limited broadcast address? */
bool dx_addr_is_group(const dx_addr *a);

#ifdef __cplusplus
}
#endif

#endif
