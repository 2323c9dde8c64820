/* What the floor `net` knows of addresses. */
#ifndef DX_ADDRESS_PRIV_H
#define DX_ADDRESS_PRIV_H

#include <duplex/address.h>

/* Makes each %HH of `text` the byte that it stands for, in place; other percent signs stay. A %40 at the start becomes "./@",
 * since "@" alone would begin an abstract name. Returns the new length, which counts past a %00. */
size_t dx__addr_unescape(char *text);

/* Cuts "HOST:PORT", "HOST" or "[V6]:PORT" in place; *ret_port is NULL where there is none. Returns 0; -EINVAL where brackets stand
 * around anything but an IPv6 address, or where without brackets there is more than one colon. */
int dx__addr_cut(char *text, char **ret_host, char **ret_port);

/* HOST:PORT, HOST or PORT; what is not said is any. Returns as dx_addr_from_host. */
int dx__addr_from_local(const char *text, int family, dx_addr *ret);

/* Digits and nothing else? */
bool dx__addr_is_number(const char *text);

/* An IPv4 address that is written as an IPv6 one? */
bool dx__addr_is_mapped(const dx_addr *a);

/* Is it every address of this machine ("0.0.0.0", "::")? */
bool dx__addr_is_everywhere(const dx_addr *a);

/* As dx_error_set, tried on an address. */
int dx__error_at(dx_error *reterr, int code, const char *operation, const dx_addr *where);

#endif
