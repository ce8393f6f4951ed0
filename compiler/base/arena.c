/*
 * arena.c: see arena.h. A list of blocks, newest first; blocks double up to 1 MiB, and an object that
 * is larger gets a block of its own size.
 */
#include "compiler/base/arena.h"

#include "compiler/base/bug.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct block {
    struct block *next; /* the one before */
    size_t size;        /* bytes of data */
    size_t used;
    alignas(max_align_t) char data[];
} block;

struct arena {
    block *newest;
    size_t next_size;
    size_t handed_out;
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

arena *arena_create(void)
{
    arena *a = calloc(1, sizeof(*a));

    if (a == NULL)
        migc_out_of_memory();
    a->next_size = FIRST_BLOCK;
    return a;
}

void arena_destroy(arena *a)
{
    if (a == NULL)
        return;
    arena_reset(a, (arena_mark){0});
    free(a);
}

static block *add_block(arena *a, size_t size)
{
    block *b;

    if (size > SIZE_MAX / 2)
        migc_out_of_memory();
    b = calloc(1, sizeof(*b) + size);
    if (b == NULL)
        migc_out_of_memory();
    b->size = size;
    b->next = a->newest;
    a->newest = b;
    return b;
}

void *arena_alloc(arena *a, size_t size)
{
    block *b = a->newest;
    char *p;

    if (size > SIZE_MAX / 2)
        migc_out_of_memory();
    a->handed_out += size;
#ifdef MIG_ARENA_MALLOC
    b = add_block(a, size);
    b->used = size;
    return b->data;
#endif
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (b == NULL || b->size - b->used < size) {
        b = add_block(a, size > a->next_size ? size : a->next_size);
        if (a->next_size < LARGEST_BLOCK)
            a->next_size *= 2;
    }
    p = b->data + b->used;
    b->used += size;
    return p;
}

void *arena_alloc_array(arena *a, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        migc_out_of_memory();
    return arena_alloc(a, n * size);
}

char *arena_strndup(arena *a, const char *text, size_t n)
{
    char *copy = arena_alloc(a, n + 1);

    if (n > 0)
        memcpy(copy, text, n);
    return copy;
}

char *arena_strdup(arena *a, const char *text)
{
    return arena_strndup(a, text, strlen(text));
}

char *arena_vprintf(arena *a, const char *fmt, va_list ap)
{
    va_list again;
    int n;
    char *text;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        migc_bug("bad format \"%s\"", fmt);
    text = arena_alloc(a, (size_t)n + 1);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    return text;
}

char *arena_printf(arena *a, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return text;
}

void *arena_push(arena *a, void *array, int *n, int *cap, size_t size)
{
    char *items;

    memcpy(&items, array, sizeof(items));
    if (*n == *cap) {
        int bigger = *cap == 0 ? 4 : *cap * 2;
        char *moved;

        if (*cap > INT32_MAX / 2)
            migc_out_of_memory();
        moved = arena_alloc_array(a, (size_t)bigger, size);
        if (*n > 0)
            memcpy(moved, items, (size_t)*n * size);
        items = moved;
        *cap = bigger;
        memcpy(array, &items, sizeof(items));
    }
    return items + (size_t)(*n)++ * size;
}

arena_mark arena_get_mark(const arena *a)
{
    arena_mark m = {a->newest, a->newest != NULL ? a->newest->used : 0};

    return m;
}

void arena_reset(arena *a, arena_mark mark)
{
    while (a->newest != NULL && a->newest != mark.block) {
        block *gone = a->newest;

        a->newest = gone->next;
        free(gone);
    }
    if (a->newest != NULL && a->newest->used > mark.used) {
        /* Memory is promised zeroed, so what is given back is cleared now. */
        memset(a->newest->data + mark.used, 0, a->newest->used - mark.used);
        a->newest->used = mark.used;
    }
    if (a->newest == NULL)
        a->next_size = FIRST_BLOCK;
}

size_t arena_used(const arena *a)
{
    return a->handed_out;
}
