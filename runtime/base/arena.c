/*
 * arena.c: memory of one lifetime (a row, a batch, a run), given back at once.
 *
 * Objects are cut from blocks; a reset keeps the largest block that is not out of proportion, so a loop over rows settles
 * on memory that it already has. With MIG_ARENA_MALLOC (sanitizer builds) every object is a malloc of its own, so that
 * overruns and uses after a reset are seen.
 */
#include "runtime/rt.h"

#include <stdlib.h>
#include <string.h>

#define ALIGN 16u
#define KEEP_LIMIT ((size_t)4 << 20) /* a block larger than this is not kept over a reset */

typedef struct block block;
struct block {
    block *next;
    size_t cap;
    _Alignas(ALIGN) char data[];
};

struct rt_arena {
    block *blocks; /* newest first; objects are cut from it */
    size_t at;     /* bytes used of the newest */
    size_t size;   /* of an ordinary block */
    size_t held;
};

static block *block_new(rt_arena *a, size_t cap) {
    if (cap > (size_t)PTRDIFF_MAX - sizeof(block)) /* no object can be larger */
        return NULL;
    block *b = malloc(sizeof(block) + cap);
    if (b == NULL)
        return NULL;
    b->next = a->blocks;
    b->cap = cap;
    a->blocks = b;
    a->at = 0;
    a->held += sizeof(block) + cap;
    return b;
}

static void block_free(rt_arena *a, block *b) {
    a->held -= sizeof(block) + b->cap;
    free(b);
}

rt_arena *rt_arena_new(size_t size) {
    rt_arena *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->size = size < 256 ? 256 : size;
    return a;
}

void rt_arena_free(rt_arena *a) {
    if (a == NULL)
        return;
    for (block *b = a->blocks, *next; b != NULL; b = next) {
        next = b->next;
        block_free(a, b);
    }
    free(a);
}

void *rt_arena_alloc(rt_arena *a, size_t n) {
#ifdef MIG_ARENA_MALLOC
    block *own = block_new(a, n);
    return own != NULL ? own->data : NULL;
#else
    if (n > SIZE_MAX - ALIGN)
        return NULL;
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    block *b = a->blocks;
    if (b == NULL || b->cap - a->at < n) {
        b = block_new(a, n > a->size ? n : a->size);
        if (b == NULL)
            return NULL;
    }
    void *p = b->data + a->at;
    a->at += n;
    return p;
#endif
}

void *rt_arena_zeroed(rt_arena *a, size_t size, size_t n) {
    size_t bytes = size * (n > 0 ? n : 1);
    void *p = n <= SIZE_MAX / (size > 0 ? size : 1) ? rt_arena_alloc(a, bytes) : NULL;
    if (p != NULL)
        memset(p, 0, bytes);
    return p;
}

char *rt_arena_copy(rt_arena *a, const char *p, size_t n) {
    char *copy = n < SIZE_MAX ? rt_arena_alloc(a, n + 1) : NULL;
    if (copy == NULL)
        return NULL;
    if (n > 0)
        memcpy(copy, p, n);
    copy[n] = '\0';
    return copy;
}

void rt_arena_reset(rt_arena *a) {
    block *keep = NULL;
#ifndef MIG_ARENA_MALLOC
    if (a->blocks != NULL && a->blocks->next == NULL && a->blocks->cap <= KEEP_LIMIT) {
        a->at = 0; /* the usual case: one block, kept */
        return;
    }
    for (block *b = a->blocks; b != NULL; b = b->next)
        if (b->cap <= KEEP_LIMIT && (keep == NULL || b->cap > keep->cap))
            keep = b;
#endif
    for (block *b = a->blocks, *next; b != NULL; b = next) {
        next = b->next;
        if (b != keep)
            block_free(a, b);
    }
    if (keep != NULL)
        keep->next = NULL;
    a->blocks = keep;
    a->at = 0;
}

size_t rt_arena_used(const rt_arena *a) {
    return a->held;
}
