/* Peers: one other side each, a connection or an address that sent datagrams. Numbered 1, 2, … and never again.
 * A peer that is idle owns no buffer, no running timer and no converter. */
#ifndef DX_PEER_H
#define DX_PEER_H

#include "base/buf.h"
#include "base/list.h"
#include "talk/settings.h"
#include <duplex/datagram.h>
#include <duplex/stream.h>

#define dx_peer_MAGIC 0x0bee2a11u

typedef struct dx_session dx_session;
typedef struct dx_place dx_place;

/* How a peer's last message ended: what --eol follow goes by. */
typedef enum dx_last_eol { DX_LAST_UNKNOWN, DX_LAST_NONE, DX_LAST_LF, DX_LAST_CRLF, DX_LAST_CR } dx_last_eol;

/* Ten thousand of them may be idle: the order leaves no hole (bench/run idle). */
typedef struct dx_peer {
	uint32_t magic;
	uint32_t number;
	dx_session *session;
	dx_place *place;                /* the endpoint where we met */
	const dx_manner *manner;        /* how one talks with it: the place's, or its own */
	dx_stream *stream;              /* NULL: datagrams, at `address` */
	const dx_addr *address;         /* a stream's own, or in the table of datagram peers */
	dx_link link;                   /* in the session's list, the longest silent first */
	dx_cutter cutter;
	dx_timer *gap;                  /* while something unfinished waits for silence */
	dx_buf *aside;                  /* what was read and must wait until its own queue, or a sink, has room */
	dx_text_state text;             /* of what is shown as it comes */
	uint8_t shift[3], order;        /* of a dx_text_state: in force where the next part of a long message begins */
	bool gap_passed;                /* its time has come; what has come meanwhile is being read */
	bool has_turn;                  /* half duplex */
	bool awaits_answer : 1;         /* something was sent, and nothing heard since; in one byte with the next */
	bool is_fed : 1;                /* a file is on its way to it */
	bool ended;                     /* it has finished its direction */
	bool going;                     /* it was let go: nothing more is heard or said */
	uint8_t reason;                 /* why it goes, where we know already: a dx_reason */
	uint8_t last_eol;               /* a dx_last_eol */
	uint64_t in_bytes, out_bytes;   /* on the wire */
	uint64_t in_messages, out_messages;
	int64_t heard_ns;               /* when it last said something */
} dx_peer;

#endif
