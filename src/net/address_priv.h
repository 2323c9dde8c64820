/* What the floor `net` knows of addresses. */
#ifndef DX_ADDRESS_PRIV_H
#define DX_ADDRESS_PRIV_H

#include <duplex/address.h>

/* Makes each %HH of `text` the byte that it stands for, in place; other percent signs stay. A %40 at the start becomes "./@",
 * since "@" alone would begin an abstract name. Returns the new length, which counts past a %00. */
size_t dx__addr_unescape(char *text);

/* As dx_error_set, tried on an address. */
int dx__error_at(dx_error *reterr, int code, const char *operation, const dx_addr *where);

#endif
