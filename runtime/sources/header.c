/*
 * header.c: the columns of a file's header against those of the spec, by name. A mismatch is refused with every name
 * that matters, and with a guess at what was meant.
 */
#include "runtime/sources/csv.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 64, SHOWN = 8 }; /* of names compared for likeness; of names in a message */

/* Edits (insert, delete, replace a byte; letters of either case are the same) from a to b. */
static int distance(mig_text a, mig_text b) {
    int row[LONGEST + 1];
    for (int j = 0; j <= (int)b.n; j++)
        row[j] = j;
    for (int i = 1; i <= (int)a.n; i++) {
        int corner = row[0];
        row[0] = i;
        for (int j = 1; j <= (int)b.n; j++) {
            bool same = tolower((unsigned char)a.p[i - 1]) == tolower((unsigned char)b.p[j - 1]);
            int best = corner + !same;
            corner = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.n];
}

int rt_similar(mig_text name, const mig_text *names, int n) {
    int best = -1, least = 0;
    if (name.n == 0 || name.n > LONGEST)
        return -1;
    for (int i = 0; i < n; i++) {
        if (names[i].n == 0 || names[i].n > LONGEST)
            continue;
        int d = distance(name, names[i]);
        if (d <= (int)(name.n > 2 ? (name.n + 2) / 3 : 0) && (best < 0 || d < least)) {
            best = i;
            least = d;
        }
    }
    return best;
}

static void add_quoted(rt_buf *b, mig_text t) {
    char shown[128];
    rt_shorten(shown, sizeof shown, t.p, t.n);
    rt_buf_printf(b, "\"%s\"", shown);
}

static mig_text spec_name(const mig_source_table *t, int i) {
    return (mig_text){t->columns[i].name, strlen(t->columns[i].name)};
}

void rt_header_list(const mig_source_table *t, int most, rt_buf *out) {
    for (int i = 0; i < t->n_columns && i < most; i++) {
        rt_buf_add(out, ", ", i > 0 ? 2 : 0);
        add_quoted(out, spec_name(t, i));
    }
    if (t->n_columns > most)
        rt_buf_printf(out, " and %d more", t->n_columns - most);
}

static bool same(mig_text a, mig_text b) { return a.n == b.n && memcmp(a.p, b.p, a.n) == 0; }

/* A name in order: for finding by bisection, so that wide files cost no square. */
typedef struct place { mig_text name; int at; } place;

static int by_text(const void *a, const void *b) {
    const place *x = a, *y = b;
    int d = memcmp(x->name.p, y->name.p, x->name.n < y->name.n ? x->name.n : y->name.n);
    if (d == 0 && x->name.n != y->name.n)
        d = x->name.n < y->name.n ? -1 : 1;
    return d != 0 ? d : (x->at > y->at) - (x->at < y->at);
}

/* First of the sorted places with this name, or NULL. */
static const place *find(const place *v, int n, mig_text name) {
    place key = {name, -1};
    int low = 0;
    for (int high = n; low < high;) {
        int mid = low + (high - low) / 2;
        if (by_text(&v[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < n && same(v[low].name, name) ? &v[low] : NULL;
}

typedef struct mismatch {
    const mig_source_table *t;
    const mig_text *names;
    int n_names;
    const bool *named;      /* of the file's columns: the spec names it */
    int missing, extra;     /* how many */
    int first_missing;      /* spec column */
    rt_buf what;            /* the message */
} mismatch;

static void add_item(mismatch *m, int count, const char *words, mig_text name) {
    if (count > SHOWN)
        return;
    if (m->what.n > 0)
        rt_buf_printf(&m->what, "; ");
    rt_buf_printf(&m->what, "%s ", words);
    add_quoted(&m->what, name);
}

/* A header of one column that has another delimiter in it. */
static bool advise_delimiter(const mismatch *m, rt_error *e) {
    static const char others[] = {';', '\t', ',', '|'};
    for (size_t k = 0; k < sizeof others && m->n_names == 1 && m->t->n_columns > 1; k++) {
        char d = others[k];
        if (d == m->t->csv.delimiter || memchr(m->names[0].p, d, m->names[0].n) == NULL)
            continue;
        if (d == '\t')
            rt_error_hint(e, "The header is one column with tabs in it: is the delimiter a tab?");
        else
            rt_error_hint(e, "The header is one column with \"%c\" in it; say options (delimiter '%c').", d, d);
        return true;
    }
    return false;
}

/* The file's column that the spec may mean by `want`, of those that the spec does not name; or -1. */
static int likely(const mismatch *m, mig_text want) {
    mig_text *left = calloc((size_t)m->n_names + 1, sizeof *left);
    if (left == NULL)
        return -1;
    for (int i = 0; i < m->n_names; i++)
        left[i] = m->named[i] ? MIG_TEXT("") : m->names[i];
    int near = rt_similar(want, left, m->n_names);
    free(left);
    return near;
}

/* The hint: the likeliest slip first. */
static void advise(const mismatch *m, rt_error *e) {
    rt_buf b = {0};
    if (advise_delimiter(m, e))
        return;
    if (m->missing > 0) {
        mig_text want = spec_name(m->t, m->first_missing);
        int near = likely(m, want);
        rt_buf_printf(&b, near >= 0 ? "Did you mean " : "The header has: ");
        for (int i = 0; i < m->n_names && i < SHOWN && near < 0; i++) {
            rt_buf_add(&b, ", ", i > 0 ? 2 : 0);
            add_quoted(&b, m->names[i]);
        }
        if (near >= 0) {
            add_quoted(&b, m->names[near]);
            rt_buf_printf(&b, " where the spec says ");
            add_quoted(&b, want);
            rt_buf_printf(&b, "?");
        } else if (m->n_names > SHOWN) {
            rt_buf_printf(&b, " and %d more.", m->n_names - SHOWN);
        } else {
            rt_buf_printf(&b, ".");
        }
    } else if (m->extra > 0) {
        rt_buf_printf(&b, "Name the column in the spec, or say options (extra ignore) to pass over columns that it does "
                          "not name.");
    }
    if (b.n > 0 && !b.failed)
        rt_error_hint(e, "%.*s", (int)b.n, b.p);
    rt_buf_free(&b);
}

/* Fills map and named, and m->what with all that does not match. */
static void compare(mismatch *m, const place *sorted, int *map, bool *named) {
    for (int i = 0; i < m->t->n_columns; i++) {
        mig_text want = spec_name(m->t, i);
        const place *p = find(sorted, m->n_names, want);
        if (p == NULL) {
            if (m->missing++ == 0)
                m->first_missing = i;
            add_item(m, m->missing, "it has no column", want);
            continue;
        }
        map[i] = p->at;
        named[p->at] = true;
        if (p + 1 < sorted + m->n_names && same(p[1].name, want))
            add_item(m, 1, "it has more than one column", want);
        for (; p < sorted + m->n_names && same(p->name, want); p++)
            named[p->at] = true;
    }
    for (int i = 0; i < m->n_names && !m->t->csv.extra_ignore; i++)
        if (!named[i])
            add_item(m, ++m->extra, "the spec does not name its column", m->names[i]);
    int more = (m->missing > SHOWN ? m->missing - SHOWN : 0) + (m->extra > SHOWN ? m->extra - SHOWN : 0);
    if (more > 0)
        rt_buf_printf(&m->what, "; and %d more", more);
}

mig_status rt_header_match(const mig_source_table *t, const char *path, int64_t line, const mig_text *names, int n_names,
                           mig_status refusal, int *map, rt_error *e) {
    place *sorted = calloc((size_t)n_names + 1, sizeof *sorted);
    bool *named = calloc((size_t)n_names + 1, sizeof *named);
    mismatch m = {.t = t, .names = names, .n_names = n_names, .named = named};
    mig_status st = MIG_OK;
    if (sorted == NULL || named == NULL) {
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    } else {
        for (int i = 0; i < n_names; i++)
            sorted[i] = (place){names[i], i};
        qsort(sorted, (size_t)n_names, sizeof *sorted, by_text);
        compare(&m, sorted, map, named);
        if (m.what.n > 0 && m.what.failed)
            st = rt_error_set(e, MIG_NOMEM, "out of memory");
        else if (m.what.n > 0) {
            st = rt_error_set(e, refusal, "source table \"%s\": the header of \"%s\" (line %lld) is not what the spec says: %.*s",
                              t->name, path, (long long)line, (int)m.what.n, m.what.p);
            advise(&m, e);
        }
    }
    rt_buf_free(&m.what);
    free(sorted);
    free(named);
    return st;
}
