#include "base/heap.h"
#include "base/check.h"
#include "sys/sys.h"

#include <stdbool.h>

static bool before(const dx_heap_node *a, const dx_heap_node *b)
{
	return a->key != b->key ? a->key < b->key : a->order < b->order;
}

static void put(dx_heap *h, dx_heap_node *n, size_t place)
{
	h->nodes[place - 1] = n;
	n->place = place;
}

static void rise(dx_heap *h, dx_heap_node *n)
{
	size_t place = n->place;

	for (; place > 1 && before(n, h->nodes[place / 2 - 1]); place /= 2)
		put(h, h->nodes[place / 2 - 1], place);
	put(h, n, place);
}

static void sink(dx_heap *h, dx_heap_node *n)
{
	size_t place = n->place, child;

	for (; (child = 2 * place) <= h->count; place = child) {
		if (child < h->count && before(h->nodes[child], h->nodes[child - 1]))
			child++;
		if (!before(h->nodes[child - 1], n))
			break;
		put(h, h->nodes[child - 1], place);
	}
	put(h, n, place);
}

int dx_heap_add(dx_heap *h, dx_heap_node *n, int64_t key)
{
	if (h->count == h->size) {
		size_t size = h->size == 0 ? 16 : h->size * 2;
		dx_heap_node **nodes = dx_sys_realloc(h->nodes, size * sizeof *nodes);

		if (nodes == NULL)
			return -ENOMEM;
		h->nodes = nodes;
		h->size = size;
	}
	n->key = key;
	n->order = h->next_order++;
	put(h, n, ++h->count);
	rise(h, n);
	return 0;
}

void dx_heap_remove(dx_heap *h, dx_heap_node *n)
{
	dx_heap_node *last;

	if (n->place == 0)
		return;
	dx_assert(n->place <= h->count);
	dx_assert(h->nodes[n->place - 1] == n);
	last = h->nodes[--h->count];
	if (last != n) {
		put(h, last, n->place);
		rise(h, last);
		sink(h, last);
	}
	n->place = 0;
}

/* A node that was prepared anew or freed while it was here has another place or order than it was given; whoever waited for it to
 * leave would wait for ever. */
dx_heap_node *dx_heap_first(const dx_heap *h)
{
	if (h->count == 0)
		return NULL;
	dx_assert(h->nodes[0]->place == 1);
	dx_assert(h->nodes[0]->order < h->next_order);
	return h->nodes[0];
}

void dx_heap_fini(dx_heap *h)
{
	dx_sys_free(h->nodes);
	*h = (dx_heap){ 0 };
}
