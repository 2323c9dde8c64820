/* A ring of links that lie inside the objects they chain. An object is on one list at most per link; a link that is on no
 * list points to itself, so removing twice is harmless. Move a list to a local head before calling out. */
#ifndef DX_LIST_H
#define DX_LIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct dx_link {
	struct dx_link *next, *prev;
} dx_link;

static inline void dx_link_init(dx_link *l)
{
	l->next = l->prev = l;
}

static inline bool dx_link_alone(const dx_link *l)
{
	return l->next == l;
}

/* Puts `l`, which is alone, at the end of the ring that `head` begins. */
static inline void dx_link_add(dx_link *head, dx_link *l)
{
	l->prev = head->prev;
	l->next = head;
	head->prev->next = l;
	head->prev = l;
}

static inline void dx_link_remove(dx_link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	dx_link_init(l);
}

/* Makes `to` the head of all that `from` heads; `from` is empty afterwards. */
static inline void dx_link_move(dx_link *from, dx_link *to)
{
	dx_link_init(to);
	if (dx_link_alone(from))
		return;
	*to = *from;
	to->next->prev = to->prev->next = to;
	dx_link_init(from);
}

#endif
