/*
 * arena.h: memory by lifetime.
 *
 * An arena owns everything allocated from it and gives all of it back at once: `perm` for the whole
 * compilation, `scratch` for one pass, with mark and reset. Allocation never returns NULL: out of
 * memory ends the process. All memory comes zeroed and aligned for any type.
 *
 * Built with MIG_ARENA_MALLOC (sanitizer builds) each object is a malloc of its own, so that overruns
 * between neighbours and uses after a reset are seen.
 */
#ifndef COMPILER_BASE_ARENA_H
#define COMPILER_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct arena arena;

/* A point in an arena's life; everything allocated after it goes with arena_reset. */
typedef struct {
    void *block;  /* newest block (or object) at the time of the mark */
    size_t used;  /* bytes used of it */
} arena_mark;

arena *arena_create(void);
void arena_destroy(arena *a); /* NULL is allowed */

/* Zeroed memory; a size of 0 gives a valid pointer. */
void *arena_alloc(arena *a, size_t size);

/* Zeroed memory for n elements; an overflow of n * size counts as out of memory. */
void *arena_alloc_array(arena *a, size_t n, size_t size);

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc_array((a), (size_t)(n), sizeof(type)))

/* Copies of text, NUL-terminated. arena_strndup copies exactly n bytes, NUL bytes included. */
char *arena_strdup(arena *a, const char *text);
char *arena_strndup(arena *a, const char *text, size_t n);
char *arena_printf(arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/*
 * Makes room for one more element in a growing array and returns the new, zeroed element:
 *     *(ast_expr **)arena_push(a, &args, &n_args, &cap, sizeof(ast_expr *)) = e;
 * `array` is the address of the array pointer, which may move; n is counted up.
 */
void *arena_push(arena *a, void *array, int *n, int *cap, size_t size);

arena_mark arena_get_mark(const arena *a);
void arena_reset(arena *a, arena_mark mark);

/* Bytes handed out so far, for --stats and for tests. */
size_t arena_used(const arena *a);

#endif
