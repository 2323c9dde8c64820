/* Notices: what people are told on standard error, in one sentence each. Off a terminal only warnings, errors and the port. */
#ifndef DX_NOTICES_H
#define DX_NOTICES_H

#include "base/buf.h"

/* Appends "2 messages, 13 bytes". */
void dx_add_amount(dx_buf *out, uint64_t messages, uint64_t bytes);

#endif
