#include "talk/senders.h"
#include "talk/state_priv.h"

/* The table's memory is had through the door, and where there is none it says so instead of exiting. */
#define HASH_NONFATAL_OOM 1
#define uthash_malloc(size) dx_sys_malloc(size)
#define uthash_free(memory, size) dx_sys_free(memory)
#include "sys/sys.h"
#include <uthash.h>

typedef struct dx_sender {
	dx_peer peer;
	dx_addr address, ours;
	dx_brake brake;
	UT_hash_handle hh;
} dx_sender;

dx_peer *dx_sender_find(const dx_place *place, const dx_addr *from)
{
	dx_sender *found = NULL;

	HASH_FIND(hh, place->senders, &from->un, from->len, found);
	return found != NULL ? &found->peer : NULL;
}

dx_peer *dx_sender_add(dx_place *place, const dx_addr *from, const dx_addr **ret_address)
{
	dx_sender *k = dx_sys_calloc(1, sizeof *k);

	if (k == NULL)
		return NULL;
	k->address = *from;
	HASH_ADD_KEYPTR(hh, place->senders, &k->address.un, k->address.len, k);
	if (k->hh.tbl == NULL) {
		dx_sys_free(k);
		return NULL;
	}
	*ret_address = &k->address;
	return &k->peer;
}

void dx_sender_speaks_to(dx_peer *p, const dx_addr *ours)
{
	dx_sender *k = DX_OWNER(dx_sender, peer, p);

	k->ours = ours != NULL ? *ours : (dx_addr){ .len = 0 };
}

const dx_addr *dx_sender_ours(const dx_peer *p)
{
	const dx_sender *k = DX_OWNER(const dx_sender, peer, p);

	return k->ours.len > 0 ? &k->ours : NULL;
}

dx_brake *dx_sender_brake(dx_peer *p)
{
	const dx_session *s = p->session;

	if (p->stream != NULL || !s->answers || (s->settings->echo && dx_addr_is_loopback(p->address)))
		return NULL;
	return &DX_OWNER(dx_sender, peer, p)->brake;
}

bool dx_senders_are_full(const dx_place *place)
{
	return HASH_COUNT(place->senders) >= DX_LIMIT_DATAGRAM_PEERS;
}

void dx_sender_forget(dx_peer *p)
{
	dx_sender *k = DX_OWNER(dx_sender, peer, p);

	HASH_DELETE(hh, p->place->senders, k);
}

void dx_sender_free(dx_peer *p)
{
	dx_sys_free(DX_OWNER(dx_sender, peer, p));
}
