/*
 * map.c: 128-bit keys to short byte strings, within a memory limit shared by all maps of a run.
 *
 * The keys are random to an adversary (XXH3 with a secret of this process), so their bits pick the place directly. A map
 * is 64 parts by the key's top bits, each an open-addressing table with linear probing that grows on its own: growing
 * needs room for one part twice, not for the map twice. Values of up to 15 bytes stand in the slot. A part that would
 * grow past the limit stays as it is and sends new entries to the map's spill file (spill.c), which then is asked for
 * every key of that part that memory does not know.
 */
#include "runtime/base/spill.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#define XXH_STATIC_LINKING_ONLY /* XXH3_generateSecret */
#include <xxhash.h>

/* ---- hashing ---- */

static unsigned char secret[XXH3_SECRET_DEFAULT_SIZE];
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void make_secret(void) {
    unsigned char seed[192];
    if (getentropy(seed, sizeof seed) != 0) {
        /* The system has no randomness to give: still a value per process, though no longer one that cannot be guessed. */
        uintptr_t here[2] = {(uintptr_t)&seed, (uintptr_t)secret};
        memset(seed, 0x5a, sizeof seed);
        memcpy(seed, here, sizeof here);
    }
    XXH3_generateSecret(secret, sizeof secret, seed, sizeof seed);
}

rt_hash rt_hash_bytes(const void *p, size_t n) {
    pthread_once(&secret_once, make_secret);
    XXH128_hash_t h = XXH3_128bits_withSecret(p, n, secret, sizeof secret);
    return (rt_hash){h.low64, h.high64};
}

rt_hash rt_hash_lasting(const void *p, size_t n) {
    XXH128_hash_t h = XXH3_128bits(p, n);
    return (rt_hash){h.low64, h.high64};
}

/* ---- the table in memory ---- */

enum { PARTS = 64, INLINE_MAX = 15, TAG_EMPTY = 0, TAG_OUTSIDE = 255, FIRST_CAP = 16 };

/* v[15] is the tag: TAG_EMPTY, length + 1 of a value in v, or TAG_OUTSIDE: v holds a pointer to an `outside`. */
typedef struct slot { uint64_t lo, hi; uint8_t v[16]; } slot;
typedef struct outside { size_t n; uint8_t bytes[]; } outside;

typedef struct part {
    slot *slots;
    uint32_t cap, n;
    int64_t spilled; /* its entries in the spill file */
} part;

struct rt_map {
    part parts[PARTS];
    rt_spill *spill; /* NULL until the limit is reached */
    size_t spill_cache;
    int64_t count;
    rt_budget *budget;
    rt_error *error;
};

static part *part_of(rt_map *m, rt_hash k) { return &m->parts[k.hi >> 58]; }
static uint32_t home(const part *p, uint64_t lo) { return (uint32_t)(((lo & 0xffffffffu) * p->cap) >> 32); }

static outside *outside_of(const slot *s) {
    outside *o;
    memcpy(&o, s->v, sizeof o);
    return o;
}

/* The slot of the key, or the empty slot where it would stand. The part must have slots. */
static slot *find(const part *p, rt_hash k) {
    uint32_t i = home(p, k.lo);
    while (p->slots[i].v[15] != TAG_EMPTY && (p->slots[i].lo != k.lo || p->slots[i].hi != k.hi))
        i = i + 1 < p->cap ? i + 1 : 0;
    return &p->slots[i];
}

static bool take_budget(rt_map *m, size_t n) {
    if (m->budget->used > m->budget->limit || n > m->budget->limit - m->budget->used)
        return false;
    m->budget->used += n;
    return true;
}

/* True when the part has room for one entry more. False: the limit is reached (or memory is out, which is the same here). */
static bool make_room(rt_map *m, part *p) {
    if (p->cap > 0 && p->n < p->cap - p->cap / 4)
        return true;
    uint32_t cap = p->cap == 0 ? FIRST_CAP : p->cap + p->cap / 2;
    bool still_fits = p->cap > 0 && p->n < p->cap - p->cap / 8;
    if (p->cap > UINT32_MAX / 2 || !take_budget(m, cap * sizeof(slot)))
        return still_fits;
    part grown = {.slots = calloc(cap, sizeof(slot)), .cap = cap, .n = p->n, .spilled = p->spilled};
    if (grown.slots == NULL) {
        m->budget->used -= cap * sizeof(slot);
        return still_fits;
    }
    for (uint32_t i = 0; i < p->cap; i++)
        if (p->slots[i].v[15] != TAG_EMPTY)
            *find(&grown, (rt_hash){p->slots[i].lo, p->slots[i].hi}) = p->slots[i];
    free(p->slots);
    m->budget->used -= p->cap * sizeof(slot);
    *p = grown;
    return true;
}

static void drop_value(rt_map *m, slot *s) {
    if (s->v[15] != TAG_OUTSIDE)
        return;
    outside *o = outside_of(s);
    m->budget->used -= sizeof *o + o->n;
    free(o);
}

/* Puts the value into the slot, replacing what was there. False: no room for it. The value may be the slot's own. */
static bool set_value(rt_map *m, slot *s, const void *value, size_t n) {
    uint8_t v[16] = {0};
    if (n <= INLINE_MAX) {
        if (n > 0)
            memcpy(v, value, n);
        v[15] = (uint8_t)(n + 1);
    } else {
        outside *o = take_budget(m, sizeof *o + n) ? malloc(sizeof *o + n) : NULL;
        if (o == NULL)
            return false;
        o->n = n;
        memcpy(o->bytes, value, n);
        memcpy(v, &o, sizeof o);
        v[15] = TAG_OUTSIDE;
    }
    drop_value(m, s);
    memcpy(s->v, v, sizeof v);
    return true;
}

/* Takes the slot out, moving later ones of its run back so that no search stops short. */
static void remove_slot(rt_map *m, part *p, slot *s) {
    drop_value(m, s);
    uint32_t hole = (uint32_t)(s - p->slots), i = hole;
    for (;;) {
        i = i + 1 < p->cap ? i + 1 : 0;
        if (p->slots[i].v[15] == TAG_EMPTY)
            break;
        uint32_t from_home = (i + p->cap - home(p, p->slots[i].lo)) % p->cap;
        uint32_t from_hole = (i + p->cap - hole) % p->cap;
        if (from_home >= from_hole) {
            p->slots[hole] = p->slots[i];
            hole = i;
        }
    }
    p->slots[hole].v[15] = TAG_EMPTY;
    p->n--;
}

/* ---- the map ---- */

rt_map *rt_map_new(rt_budget *b, rt_error *e) {
    rt_map *m = calloc(1, sizeof *m);
    if (m == NULL) {
        rt_error_set(e, MIG_NOMEM, "out of memory");
        return NULL;
    }
    m->budget = b;
    m->error = e;
    return m;
}

void rt_map_free(rt_map *m) {
    if (m == NULL)
        return;
    for (int i = 0; i < PARTS; i++) {
        part *p = &m->parts[i];
        for (uint32_t k = 0; k < p->cap; k++)
            drop_value(m, &p->slots[k]);
        m->budget->used -= p->cap * sizeof(slot);
        free(p->slots);
    }
    m->budget->used -= m->spill_cache;
    rt_spill_close(m->spill);
    free(m);
}

mig_status rt_map_get(rt_map *m, rt_hash k, const void **value, size_t *n, bool *found) {
    part *p = part_of(m, k);
    *found = false;
    if (p->cap > 0) {
        const slot *s = find(p, k);
        if (s->v[15] != TAG_EMPTY) {
            *found = true;
            *value = s->v[15] == TAG_OUTSIDE ? outside_of(s)->bytes : s->v;
            *n = s->v[15] == TAG_OUTSIDE ? outside_of(s)->n : (size_t)s->v[15] - 1;
            return MIG_OK;
        }
    }
    return p->spilled > 0 ? rt_spill_get(m->spill, k, value, n, found, m->error) : MIG_OK;
}

static mig_status put_spilled(rt_map *m, part *p, rt_hash k, const void *value, size_t n, bool *is_new) {
    if (m->spill == NULL) {
        size_t cache = m->budget->limit / 16;
        cache = cache < 65536 ? 65536 : cache > (8u << 20) ? 8u << 20 : cache;
        mig_status st = rt_spill_open(m->budget->tmpdir, cache, &m->spill, m->error);
        if (st != MIG_OK)
            return st;
        m->spill_cache = cache;
        m->budget->used += cache; /* may stand above the limit; nothing else grows then */
    }
    mig_status st = rt_spill_put(m->spill, k, value, n, is_new, m->error);
    if (st == MIG_OK && *is_new)
        p->spilled++;
    return st;
}

mig_status rt_map_put(rt_map *m, rt_hash k, const void *value, size_t n) {
    part *p = part_of(m, k);
    slot *s = p->cap > 0 ? find(p, k) : NULL;
    bool known = s != NULL && s->v[15] != TAG_EMPTY, is_new = true;
    if (known && set_value(m, s, value, n))
        return MIG_OK;
    /* Once a part has entries in the file its new ones go there too: a key stands in one place. */
    if (!known && p->spilled == 0 && make_room(m, p)) {
        s = find(p, k);
        if (set_value(m, s, value, n)) {
            s->lo = k.lo;
            s->hi = k.hi;
            p->n++;
            m->count++;
            return MIG_OK;
        }
    }
    mig_status st = put_spilled(m, p, k, value, n, &is_new);
    if (st == MIG_OK && known)
        remove_slot(m, p, s); /* its new value did not fit: it moved */
    else if (st == MIG_OK && is_new)
        m->count++;
    return st;
}

mig_status rt_map_delete(rt_map *m, rt_hash k) {
    part *p = part_of(m, k);
    if (p->cap > 0) {
        slot *s = find(p, k);
        if (s->v[15] != TAG_EMPTY) {
            remove_slot(m, p, s);
            m->count--;
            return MIG_OK;
        }
    }
    if (p->spilled == 0)
        return MIG_OK;
    bool was_there;
    mig_status st = rt_spill_delete(m->spill, k, &was_there, m->error);
    if (st == MIG_OK && was_there) {
        p->spilled--;
        m->count--;
    }
    return st;
}

int64_t rt_map_count(const rt_map *m) { return m->count; }
