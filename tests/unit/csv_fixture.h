/*
 * csv_fixture.h: a folder with CSV files, a table over them, and what the CSV source reads from it as text that a test
 * can state. Each record is one line: "LINE@OFFSET cell|cell" with \N for null, or "LINE@OFFSET !rule: why {raw}"; an error
 * is "error STATUS: message / hint". Files of other folders are replaced by "DIR". Used by the test_csv*.c programs.
 */
#ifndef TESTS_UNIT_CSV_FIXTURE_H
#define TESTS_UNIT_CSV_FIXTURE_H

#include "tests/unit/unit.h"

#include "runtime/sources/csv.h"
#include <ftw.h>
#include <unistd.h>

typedef struct fx {
    char dir[300];
    mig_source_table t;
    mig_source_column columns[64];
    mig_source_def def;
    rt_csv_tuning tune;
    bool places;    /* LINE@OFFSET before each record */
} fx;

static inline const char *status_name(mig_status st) {
    static const char *const names[] = {
#define MIG_STATUS(id, code, words) [MIG_##id] = #id,
#include "runtime/status.def"
#undef MIG_STATUS
    };
    return names[st];
}

static inline const char *rule_code(mig_rule rule) {
    static const char *const codes[] = {[MIG_RULE_NONE] = "none",
#define MIG_RULE(id, code, words) [MIG_RULE_##id] = code,
#include "runtime/rules.def"
#undef MIG_RULE
    };
    return codes[rule];
}

/* A fresh folder and the table "shows" over "shows.csv" with the columns named ("a,b!": b is not null). */
static inline void fx_begin(fx *f, const char *columns) {
    const char *tmp = getenv("TMPDIR");
    *f = (fx){.places = true};
    snprintf(f->dir, sizeof f->dir, "%s/csvXXXXXX", tmp != NULL ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    f->def = (mig_source_def){.name = "sheets"};
    f->t = (mig_source_table){.name = "shows", .pattern = "shows.csv", .columns = f->columns};
    f->t.csv = (mig_csv_options){.delimiter = ',', .quote = '"', .escape = '"', .header = true, .encoding = "utf8"};
    for (const char *p = columns; *p != '\0';) {
        size_t n = strcspn(p, ",");
        bool not_null = n > 0 && p[n - 1] == '!';
        f->columns[f->t.n_columns++] = (mig_source_column){.name = strndup(p, n - not_null), .not_null = not_null};
        p += n + (p[n] == ',');
    }
}

static inline int fx_remove(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static inline void fx_end(fx *f) {
    for (int i = 0; i < f->t.n_columns; i++)
        free((void *)(uintptr_t)f->columns[i].name);
    assert_int_equal(nftw(f->dir, fx_remove, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static inline const char *fx_path(const fx *f, const char *name) {
    static char path[700];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    return path;
}

static inline void fx_file(const fx *f, const char *name, const char *p, size_t n) {
    FILE *out = fopen(fx_path(f, name), "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(p, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
}

static inline void fx_show(rt_buf *b, const char *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == '\n' || c == '\r' || c == '\t')
            rt_buf_add(b, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t", 2);
        else if (c < 0x20 || c == 0x7F)
            rt_buf_printf(b, "<%02X>", c);
        else
            rt_buf_add(b, p + i, 1);
    }
}

static inline void fx_show_record(const fx *f, const mig_record *r, rt_buf *b) {
    if (f->places)
        rt_buf_printf(b, "%lld@%lld ", (long long)r->line, (long long)r->offset);
    if (r->fault != MIG_RULE_NONE) {
        rt_buf_printf(b, "!%s", rule_code(r->fault));
        if (r->fault_column >= 0)
            rt_buf_printf(b, "[%d]", r->fault_column);
        rt_buf_printf(b, ": %s {", r->fault_why);
        fx_show(b, r->raw, r->raw_n);
        rt_buf_add(b, "}", 1);
    }
    for (int i = 0; i < r->n_cells && r->fault == MIG_RULE_NONE; i++) {
        rt_buf_add(b, "|", i > 0);
        if (r->cells[i].kind == MIG_CELL_NULL)
            rt_buf_add(b, "\\N", 2);
        else
            fx_show(b, r->cells[i].p, r->cells[i].n);
    }
    rt_buf_add(b, "\n", 1);
}

static inline void fx_show_error(const fx *f, const rt_error *e, rt_buf *b) {
    char text[3000], *at;
    snprintf(text, sizeof text, "error %s: %s%s%s\n", status_name(e->status), e->message, e->hint[0] != '\0' ? " / " : "", e->hint);
    for (char *p = text; *p != '\0';) {
        at = strstr(p, f->dir);
        size_t n = at != NULL ? (size_t)(at - p) : strlen(p);
        rt_buf_add(b, p, n);
        p += n;
        if (at != NULL) {
            rt_buf_add(b, "DIR", 3);
            p += strlen(f->dir);
        }
    }
}

/* All records of the table; the caller frees. */
static inline char *fx_read(const fx *f) {
    const rt_source_ops *ops = &rt_source_csv;
    rt_buf b = {0};
    rt_error e = {0};
    rt_source *s = NULL;
    rt_reader *r = NULL;
    const mig_record *rec = NULL;
    rt_buf_add(&b, "", 0);
    mig_status st = ops->open(&f->def, f->dir, &s, &e);
    if (st == MIG_OK) {
        rt_source_csv_tune(s, &f->tune);
        st = ops->read(s, &f->t, &r, &e);
    }
    int64_t rows = 0;
    while (st == MIG_OK && (st = ops->next(r, &rec, &e)) == MIG_OK && rec != NULL) {
        assert_int_equal(rec->row, ++rows);
        fx_show_record(f, rec, &b);
    }
    if (st != MIG_OK) {
        assert_int_equal(st, e.status);
        fx_show_error(f, &e, &b);
    }
    ops->stop(r);
    ops->close(s);
    assert_false(b.failed);
    return b.p;
}

/* What describe says: "FILES files, BYTES bytes, [about] ROWS rows" or the error. */
static inline char *fx_describe(const fx *f) {
    const rt_source_ops *ops = &rt_source_csv;
    rt_buf b = {0};
    rt_error e = {0};
    rt_source *s = NULL;
    rt_source_stat stat = {0};
    mig_status st = ops->open(&f->def, f->dir, &s, &e);
    if (st == MIG_OK) {
        rt_source_csv_tune(s, &f->tune);
        st = ops->describe(s, &f->t, &stat, &e);
    }
    if (st != MIG_OK)
        fx_show_error(f, &e, &b);
    else
        rt_buf_printf(&b, "%d files, %lld bytes, %s%lld rows\n", stat.n_files, (long long)stat.bytes,
                      stat.exact ? "" : "about ", (long long)stat.rows_estimate);
    ops->close(s);
    return b.p;
}

static inline void fx_expect_text(char *got, const char *want) {
    assert_string_equal(got, want);
    free(got);
}

/* The file shows.csv with these bytes reads so, whatever the block size and whichever scanner finds the bytes. */
static inline void fx_expect_n(fx *f, const char *p, size_t n, const char *want) {
    static const size_t blocks[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 16, 31, 63, 64, 65, 100, 127, 128, 129, 5000};
    int scanners;
    const rt_csv_scanner *scan = rt_csv_scanners(&scanners);
    rt_csv_tuning before = f->tune;
    fx_file(f, "shows.csv", p, n);
    for (int i = 0; i < scanners; i++) {
        if (!scan[i].usable)
            continue;
        for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) {
            f->tune.block = blocks[k];
            f->tune.scan = scan[i].scan;
            char *got = fx_read(f);
            if (strcmp(got, want) != 0)
                print_message("scanner %s, block %zu\n", scan[i].name, blocks[k]);
            fx_expect_text(got, want);
        }
    }
    f->tune = before;
}

static inline void fx_expect(fx *f, const char *text, const char *want) { fx_expect_n(f, text, strlen(text), want); }

#endif
