/* A binary heap of nodes that lie inside other objects, smallest key first. Equal keys leave in the order they came. */
#ifndef DX_HEAP_H
#define DX_HEAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct dx_heap_node {
	int64_t key;
	uint64_t order;
	size_t place;           /* 1-based; 0: in no heap */
} dx_heap_node;

typedef struct dx_heap {
	dx_heap_node **nodes;   /* nodes[0] is place 1 */
	size_t count, size;
	uint64_t next_order;
} dx_heap;

/* Adds `n`, which is in no heap. Returns 0 or -ENOMEM. */
int dx_heap_add(dx_heap *h, dx_heap_node *n, int64_t key);

/* Takes `n` out; nothing happens where it is in no heap. */
void dx_heap_remove(dx_heap *h, dx_heap_node *n);

/* The node with the smallest key, NULL where there is none. */
dx_heap_node *dx_heap_first(const dx_heap *h);

/* Gives the heap's own memory back; the nodes are the caller's. */
void dx_heap_fini(dx_heap *h);

#endif
