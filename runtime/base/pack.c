/*
 * pack.c: a row as bytes and back, through its table's codec. For rows that wait (held by a dedup rule, on their way to
 * a writer's thread); the bytes never leave the process and its private files, so they are in the machine's own order.
 *
 * Per column a tag, then the value: fixed types as they are, texts with a length, lists with a count and, per element, its
 * length + 1 (0: a null element).
 */
#include "runtime/rt.h"

#include <string.h>

enum { TAG_NULL, TAG_VALUE };

/* ---- out ---- */

typedef struct packer {
    mig_codec c; /* must stand first */
    rt_buf *out;
} packer;

static void pack_fixed(mig_codec *c, bool is_null, const void *p, size_t n) {
    char bytes[17];
    bytes[0] = is_null ? TAG_NULL : TAG_VALUE;
    memcpy(bytes + 1, p, n);
    rt_buf_add(((packer *)c)->out, bytes, is_null ? 1 : n + 1);
}

/* Seven bits a byte, low ones first. */
static void pack_size(rt_buf *out, size_t n) {
    char bytes[10];
    size_t len = 0;
    for (; n >= 0x80; n >>= 7)
        bytes[len++] = (char)(n | 0x80);
    bytes[len++] = (char)n;
    rt_buf_add(out, bytes, len);
}

static void pack_sized(mig_codec *c, const char *p, size_t n) {
    rt_buf *out = ((packer *)c)->out;
    char tag = p == NULL ? TAG_NULL : TAG_VALUE;
    rt_buf_add(out, &tag, 1);
    if (p == NULL)
        return;
    pack_size(out, n);
    rt_buf_add(out, p, n);
}

static void pack_bool(mig_codec *c, mig_bool *v) { pack_fixed(c, v->is_null, &v->v, sizeof v->v); }
static void pack_int(mig_codec *c, mig_int *v) { pack_fixed(c, v->is_null, &v->v, sizeof v->v); }
static void pack_float(mig_codec *c, mig_float *v) { pack_fixed(c, v->is_null, &v->v, sizeof v->v); }
static void pack_numeric(mig_codec *c, mig_numeric *v) { pack_sized(c, v->p, v->n); }
static void pack_text(mig_codec *c, mig_text *v) { pack_sized(c, v->p, v->n); }
static void pack_bytea(mig_codec *c, mig_bytea *v) { pack_sized(c, v->p, v->n); }
static void pack_json(mig_codec *c, mig_json *v) { pack_sized(c, v->p, v->n); }
static void pack_date(mig_codec *c, mig_date *v) { pack_fixed(c, v->is_null, &v->v, sizeof v->v); }
static void pack_time(mig_codec *c, mig_time *v) { pack_fixed(c, v->is_null, &v->v, sizeof v->v); }
static void pack_timestamp(mig_codec *c, mig_timestamp *v) { pack_fixed(c, v->is_null, &v->v, sizeof v->v); }
static void pack_timestamptz(mig_codec *c, mig_timestamptz *v) { pack_fixed(c, v->is_null, &v->v, sizeof v->v); }
static void pack_uuid(mig_codec *c, mig_uuid *v) { pack_fixed(c, v->is_null, v->v, sizeof v->v); }

static void pack_list(mig_codec *c, mig_list *v) {
    rt_buf *out = ((packer *)c)->out;
    char tag = v->is_null ? TAG_NULL : TAG_VALUE;
    rt_buf_add(out, &tag, 1);
    if (v->is_null)
        return;
    pack_size(out, v->n);
    for (size_t i = 0; i < v->n; i++) {
        pack_size(out, v->v[i].p == NULL ? 0 : v->v[i].n + 1);
        if (v->v[i].p != NULL)
            rt_buf_add(out, v->v[i].p, v->v[i].n);
    }
}

mig_status rt_pack(const mig_table *t, void *row, rt_buf *out) {
    packer p = {
        .c = {.boolean = pack_bool, .smallint = pack_int, .integer = pack_int, .bigint = pack_int, .real = pack_float,
              .double_ = pack_float, .numeric = pack_numeric, .text = pack_text, .bytea = pack_bytea, .date = pack_date,
              .time = pack_time, .timestamp = pack_timestamp, .timestamptz = pack_timestamptz, .uuid = pack_uuid,
              .json = pack_json, .jsonb = pack_json, .list = pack_list},
        .out = out,
    };
    t->visit(row, &p.c);
    return out->failed ? MIG_NOMEM : MIG_OK;
}

/* ---- in ---- */

typedef struct unpacker {
    mig_codec c; /* must stand first */
    const char *p, *end;
    rt_arena *arena;
    mig_status st;
} unpacker;

/* n bytes of the input, or NULL when they are not there. */
static const char *take(unpacker *u, size_t n) {
    if (u->st != MIG_OK || (size_t)(u->end - u->p) < n) {
        if (u->st == MIG_OK)
            u->st = MIG_IO;
        return NULL;
    }
    const char *p = u->p;
    u->p += n;
    return p;
}

/* True when a value follows. */
static bool take_tag(unpacker *u) {
    const char *tag = take(u, 1);
    return tag != NULL && *tag == TAG_VALUE;
}

/* True when the value is there; false: null. */
static bool take_fixed(mig_codec *c, void *v, size_t n) {
    unpacker *u = (unpacker *)c;
    const char *p = take_tag(u) ? take(u, n) : NULL;
    if (p != NULL)
        memcpy(v, p, n);
    return p != NULL;
}

static size_t take_size(unpacker *u) {
    size_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const char *p = take(u, 1);
        if (p == NULL)
            return 0;
        n |= (size_t)(*p & 0x7f) << shift;
        if ((*p & 0x80) == 0)
            return n;
    }
    u->st = MIG_IO;
    return 0;
}

static void take_sized(mig_codec *c, const char **p, size_t *n) {
    unpacker *u = (unpacker *)c;
    *p = NULL;
    *n = 0;
    if (!take_tag(u))
        return;
    size_t len = take_size(u);
    *p = take(u, len);
    *n = *p != NULL ? len : 0;
}

static void unpack_bool(mig_codec *c, mig_bool *v) { v->is_null = !take_fixed(c, &v->v, sizeof v->v); }
static void unpack_int(mig_codec *c, mig_int *v) { v->is_null = !take_fixed(c, &v->v, sizeof v->v); }
static void unpack_float(mig_codec *c, mig_float *v) { v->is_null = !take_fixed(c, &v->v, sizeof v->v); }
static void unpack_numeric(mig_codec *c, mig_numeric *v) { take_sized(c, &v->p, &v->n); }
static void unpack_text(mig_codec *c, mig_text *v) { take_sized(c, &v->p, &v->n); }
static void unpack_bytea(mig_codec *c, mig_bytea *v) { take_sized(c, &v->p, &v->n); }
static void unpack_json(mig_codec *c, mig_json *v) { take_sized(c, &v->p, &v->n); }
static void unpack_date(mig_codec *c, mig_date *v) { v->is_null = !take_fixed(c, &v->v, sizeof v->v); }
static void unpack_time(mig_codec *c, mig_time *v) { v->is_null = !take_fixed(c, &v->v, sizeof v->v); }
static void unpack_timestamp(mig_codec *c, mig_timestamp *v) { v->is_null = !take_fixed(c, &v->v, sizeof v->v); }
static void unpack_timestamptz(mig_codec *c, mig_timestamptz *v) { v->is_null = !take_fixed(c, &v->v, sizeof v->v); }
static void unpack_uuid(mig_codec *c, mig_uuid *v) { v->is_null = !take_fixed(c, v->v, sizeof v->v); }

static void unpack_list(mig_codec *c, mig_list *v) {
    unpacker *u = (unpacker *)c;
    *v = MIG_NULL_LIST;
    if (!take_tag(u))
        return;
    size_t n = take_size(u);
    if (n > (size_t)(u->end - u->p)) /* every element takes a byte at least */
        u->st = MIG_IO;
    if (u->st != MIG_OK)
        return;
    mig_text *items = rt_arena_alloc(u->arena, (n + 1) * sizeof *items);
    if (items == NULL) {
        u->st = MIG_NOMEM;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t len = take_size(u);
        items[i] = len == 0 ? MIG_NULL_TEXT : (mig_text){take(u, len - 1), len - 1};
    }
    if (u->st == MIG_OK)
        *v = (mig_list){items, n, false};
}

mig_status rt_unpack(const mig_table *t, const void *p, size_t n, void *row, rt_arena *a) {
    unpacker u = {
        .c = {.boolean = unpack_bool, .smallint = unpack_int, .integer = unpack_int, .bigint = unpack_int,
              .real = unpack_float, .double_ = unpack_float, .numeric = unpack_numeric, .text = unpack_text,
              .bytea = unpack_bytea, .date = unpack_date, .time = unpack_time, .timestamp = unpack_timestamp,
              .timestamptz = unpack_timestamptz, .uuid = unpack_uuid, .json = unpack_json, .jsonb = unpack_json,
              .list = unpack_list},
        .p = p, .end = (const char *)p + n, .arena = a, .st = MIG_OK,
    };
    t->visit(row, &u.c);
    if (u.st == MIG_OK && u.p != u.end)
        u.st = MIG_IO;
    return u.st;
}
