/*
 * buf.c: bytes that grow. Running out of memory is remembered in `failed` and looked at once, at the end.
 */
#include "runtime/rt.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Room for n more bytes and a NUL behind them. */
static bool buf_room(rt_buf *b, size_t n) {
    if (b->failed)
        return false;
    if (n < b->cap - b->n)
        return true;
    if (n > SIZE_MAX / 2 - b->n - 1) {
        b->failed = true;
        return false;
    }
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap - b->n <= n)
        cap *= 2;
    char *p = realloc(b->p, cap);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

char *rt_buf_room(rt_buf *b, size_t n) {
    if (!buf_room(b, n))
        return NULL;
    b->n += n;
    b->p[b->n] = '\0';
    return b->p + b->n - n;
}

/* A NUL stands behind the bytes, so that a text may be used as a C string. */
void rt_buf_add(rt_buf *b, const void *p, size_t n) {
    if (!buf_room(b, n))
        return;
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void rt_buf_printf(rt_buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = true;
        return;
    }
    if (!buf_room(b, (size_t)n))
        return;
    va_start(ap, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

/* Forgets the bytes, keeps the memory. */
void rt_buf_clear(rt_buf *b) {
    b->n = 0;
    b->failed = false;
    if (b->p != NULL)
        b->p[0] = '\0';
}

void rt_buf_free(rt_buf *b) {
    free(b->p);
    *b = (rt_buf){0};
}
