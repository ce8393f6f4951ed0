/*
 * fuzz_csv.c: any text under any options gives the same records whichever scanner finds the bytes, wherever blocks end, and
 * as a reader that was written a second time, for the whole text in memory, one byte after the other. The first eight bytes
 * of the input are the options.
 */
#include "runtime/sources/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct memory { const char *p; size_t n, at; } memory;

static mig_status pull(void *from, char *p, size_t cap, size_t *got, rt_error *e) {
    memory *m = from;
    (void)e;
    *got = m->n - m->at < cap ? m->n - m->at : cap;
    if (*got > 0)
        memcpy(p, m->p + m->at, *got);
    m->at += *got;
    return MIG_OK;
}

static void told(rt_buf *out, int64_t line, size_t offset, size_t size, mig_rule fault) {
    rt_buf_printf(out, "%lld@%zu+%zu fault %d", (long long)line, offset, size, (int)fault);
}

static void add_field(rt_buf *out, const char *p, size_t n) {
    rt_buf_printf(out, " [%zu:", n);
    rt_buf_add(out, p, n);
    rt_buf_printf(out, "]");
}

/* ---- the reader under test ---- */

static void by_reader(const mig_csv_options *o, int columns, const rt_csv_tuning *t, memory m, rt_buf *out) {
    const rt_csv_record *r;
    rt_error e = {0};
    rt_csv *c = rt_csv_new(o, t);
    rt_csv_start(c, pull, &m);
    if (rt_csv_columns(c, columns, &e) != MIG_OK)
        abort();
    for (;;) {
        if (rt_csv_next(c, &r, &e) != MIG_OK)
            abort();
        if (r == NULL)
            break;
        told(out, r->line, (size_t)r->offset, (size_t)r->size, r->fault);
        if (memcmp(r->raw, m.p + r->offset, r->raw_n) != 0)
            abort();
        if (r->fault == MIG_RULE_NONE) {
            rt_buf_printf(out, " %lld fields", (long long)r->n_fields);
            for (int64_t i = 0; i < r->n_fields && (columns == 0 || i < columns); i++) {
                char *p = malloc(r->raw_n + 1);
                size_t n = rt_csv_unescape(c, &r->fields[i], p);
                add_field(out, p, n);
                free(p);
            }
        }
        rt_buf_add(out, "\n", 1);
    }
    rt_csv_free(c);
}

/* ---- the same rules once more, as plainly as can be ---- */

typedef struct plain {
    const mig_csv_options *o;
    const char *p;
    size_t n, limit;
    int columns;
    rt_buf fields;
    int64_t n_fields;
} plain;

static bool is_end(const plain *s, size_t i) { return i >= s->n || s->p[i] == '\n' || s->p[i] == '\r'; }

static size_t line_end(const plain *s, size_t i) {
    while (!is_end(s, i))
        i++;
    return i;
}

/* Behind the line end at i. */
static size_t next_line(const plain *s, size_t i) {
    return i < s->n && s->p[i] == '\r' && i + 1 < s->n && s->p[i + 1] == '\n' ? i + 2 : i < s->n ? i + 1 : i;
}

static bool special(const plain *s, size_t i) {
    char c = s->p[i];
    return c == s->o->delimiter || c == '\r' || c == '\n' || c == '\0' || (s->o->quote != '\0' && (c == s->o->quote || c == s->o->escape));
}

/* From the opening quote at i; behind the closing quote, or NONE with *broken where the fault is seen. */
static size_t quoted(plain *s, size_t i, size_t *broken) {
    const mig_csv_options *o = s->o;
    rt_buf text = {0};
    size_t at = i + 1;
    for (; at < s->n; at++) {
        if (o->escape != o->quote && s->p[at] == o->escape && at + 1 < s->n && (s->p[at + 1] == o->quote || s->p[at + 1] == o->escape))
            at++;
        else if (s->p[at] == o->quote && !(o->escape == o->quote && at + 1 < s->n && s->p[at + 1] == o->quote))
            break;
        else if (s->p[at] == o->quote)
            at++;
        rt_buf_add(&text, &s->p[at], 1);
    }
    size_t end = at + 1;
    if (at >= s->n) {
        *broken = s->n;
        end = SIZE_MAX;
    } else if (!is_end(s, end) && s->p[end] != o->delimiter) {
        while (end < s->n && !special(s, end))
            end++;
        *broken = end;
        end = SIZE_MAX;
    } else if (s->columns == 0 || s->n_fields < s->columns) {
        add_field(&s->fields, text.p == NULL ? "" : text.p, text.n);
    }
    s->n_fields++;
    rt_buf_free(&text);
    return end;
}

/* The record at i: its end. */
static size_t record(plain *s, size_t i, mig_rule *fault) {
    size_t at = i;
    for (;; at++) {
        size_t begin = at, broken = 0;
        if (at < s->n && s->o->quote != '\0' && s->p[at] == s->o->quote) {
            at = quoted(s, at, &broken);
            if (at == SIZE_MAX) {
                *fault = MIG_RULE_QUOTE;
                return line_end(s, broken - i > s->limit ? broken : begin);
            }
        } else {
            while (!is_end(s, at) && s->p[at] != s->o->delimiter)
                at++;
            if (s->columns == 0 || s->n_fields < s->columns)
                add_field(&s->fields, s->p + begin, at - begin);
            s->n_fields++;
        }
        if (is_end(s, at))
            return at;
    }
}

static void by_hand(plain *s, rt_buf *out) {
    size_t i = s->n >= 3 && memcmp(s->p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    int64_t line = 1;
    for (int k = 0; k < s->o->skip; k++, line++)
        i = next_line(s, line_end(s, i));
    while (i < s->n) {
        size_t k = s->o->comment != NULL ? strlen(s->o->comment) : 0;
        if (k > 0 && s->n - i >= k && memcmp(s->p + i, s->o->comment, k) == 0) {
            i = next_line(s, line_end(s, i));
            line++;
            continue;
        }
        if (is_end(s, i) && s->columns != 1) {
            i = next_line(s, i);
            line++;
            continue;
        }
        mig_rule fault = MIG_RULE_NONE;
        rt_buf_clear(&s->fields);
        s->n_fields = 0;
        size_t end = record(s, i, &fault), n = end - i;
        if (n > s->limit)
            fault = MIG_RULE_TOO_LARGE;
        else if (fault == MIG_RULE_NONE && memchr(s->p + i, '\0', n) != NULL)
            fault = MIG_RULE_NUL;
        else if (fault == MIG_RULE_NONE && rt_utf8_check(s->p + i, n) < n)
            fault = MIG_RULE_UTF8;
        told(out, line, i, n, fault);
        if (fault == MIG_RULE_NONE) {
            rt_buf_printf(out, " %lld fields", (long long)s->n_fields);
            rt_buf_add(out, s->fields.p, s->fields.n);
        }
        rt_buf_add(out, "\n", 1);
        for (size_t to = next_line(s, end); i < to; line++)
            i = next_line(s, line_end(s, i));
    }
    rt_buf_free(&s->fields);
}

/* ---- */

static void same(const char *what, const rt_buf *a, const rt_buf *b) {
    if (a->n == b->n && memcmp(a->p, b->p, a->n) == 0)
        return;
    fprintf(stderr, "%s differs\n--- wanted\n%.*s\n--- got\n%.*s\n", what, (int)a->n, a->p, (int)b->n, b->p);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char delimiters[] = ",;\t|", quotes[] = "\"\"'";
    static const char *const comments[] = {NULL, NULL, "#", "//", ",", "\"#"};
    static const size_t blocks[] = {1, 2, 3, 7, 64, 65, 100};
    if (size < 8)
        return 0;
    char quote = data[1] % 8 == 7 ? '\0' : quotes[data[1] % 3];
    mig_csv_options o = {.delimiter = delimiters[data[0] % 4], .quote = quote, .escape = data[2] % 3 == 0 ? '\\' : quote,
                         .comment = comments[data[3] % 6], .skip = data[4] % 4 == 0 ? data[4] / 4 % 4 : 0};
    size_t limit = data[5] % 2 == 0 ? 1 + data[5] / 2 : RT_CSV_LIMIT;
    int columns = data[6] % 4, n;
    memory m = {(const char *)data + 8, size - 8, 0};
    char *dense = malloc(size);
    for (size_t i = 0; i < m.n && dense != NULL; i++) /* half of the inputs: nothing but bytes that matter */
        dense[i] = "\"\"\"\",,;\n\n\r\\#/a\0\xC3"[m.p[i] & 15];
    if (data[6] & 0x80 && dense != NULL)
        m.p = dense;
    rt_buf want = {0}, first = {0};
    rt_buf_add(&want, "", 0);
    rt_buf_add(&first, "", 0);
    by_hand(&(plain){.o = &o, .p = m.p, .n = m.n, .limit = limit, .columns = columns}, &want);
    by_reader(&o, columns, &(rt_csv_tuning){.limit = limit, .scan = rt_csv_scan_portable}, m, &first);
    same("large blocks, portable", &want, &first);
    rt_buf_free(&first);
    const rt_csv_scanner *scan = rt_csv_scanners(&n);
    for (int k = 0; k < n; k++) {
        rt_buf got = {0};
        if (!scan[k].usable)
            continue;
        rt_buf_add(&got, "", 0);
        by_reader(&o, columns, &(rt_csv_tuning){.limit = limit, .scan = scan[k].scan, .block = blocks[(data[7] + k) % 7]}, m, &got);
        same(scan[k].name, &want, &got);
        rt_buf_free(&got);
    }
    rt_buf_free(&want);
    free(dense);
    return 0;
}
