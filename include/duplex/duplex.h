/* All of libduplex. */
#ifndef DUPLEX_DUPLEX_H
#define DUPLEX_DUPLEX_H

#include <duplex/address.h>
#include <duplex/child.h>
#include <duplex/datagram.h>
#include <duplex/endpoint.h>
#include <duplex/error.h>
#include <duplex/frame.h>
#include <duplex/loop.h>
#include <duplex/pipe.h>
#include <duplex/slice.h>
#include <duplex/socket.h>
#include <duplex/stream.h>
#include <duplex/text.h>

#endif
