/*
 * pg_cells.c: a row of a PostgreSQL source as cells. The select casts every column to its type in the spec, so the binary forms are known.
 */
#include "runtime/sources/pg_source.h"
#include "runtime/functions/calendar.h"
#include "runtime/targets/forms.h"

#include <math.h>
#include <string.h>

typedef struct row {
    const mig_source_table *table;
    rt_arena *arena;
    bool text_is_sure;
    pg_fault *fault;
    bool nomem;
} row;

/* The value is none of the language's: it is shown as the text. */
static void no_value(row *r, int column, mig_cell *c, mig_rule rule, const char *shown, const char *what) {
    *c = (mig_cell){.kind = MIG_CELL_TEXT, .p = shown, .n = strlen(shown)};
    if (r->fault->rule == MIG_RULE_NONE)
        *r->fault = (pg_fault){rule, column, what};
}

/* The language's years are 1 to 9999. */
static void too_far(row *r, int column, mig_cell *c, const char *text, size_t n) {
    const char *shown = rt_arena_copy(r->arena, text, n);
    r->nomem = r->nomem || shown == NULL;
    no_value(r, column, c, MIG_RULE_RANGE, shown != NULL ? shown : "", "is outside the years 1 to 9999");
}

static void damaged(row *r, int column, mig_cell *c) {
    no_value(r, column, c, MIG_RULE_PARSE, "?", "holds bytes that are not of its type");
}

static void put_number(mig_cell *c, mig_cell_kind kind, int64_t v) {
    c->kind = kind;
    c->i = v;
}

static void whole(row *r, int column, mig_cell *c, mig_type type, const char *p, size_t n) {
    size_t size = type == MIG_T_BOOLEAN ? 1 : type == MIG_T_SMALLINT ? 2 : type == MIG_T_INTEGER ? 4 : 8;
    if (n != size)
        damaged(r, column, c);
    else if (size == 1)
        put_number(c, MIG_CELL_VALUE, *p != 0);
    else if (size == 2)
        put_number(c, MIG_CELL_INT, (int16_t)pg_get16(p));
    else if (size == 4)
        put_number(c, MIG_CELL_INT, (int32_t)pg_get32(p));
    else
        put_number(c, MIG_CELL_INT, (int64_t)pg_get64(p));
}

static void real(row *r, int column, mig_cell *c, const char *p, size_t n) {
    double d = 0;
    if (n == 4) {
        uint32_t bits = pg_get32(p);
        float f;
        memcpy(&f, &bits, 4);
        d = (double)f;
    } else if (n == 8) {
        uint64_t bits = pg_get64(p);
        memcpy(&d, &bits, 8);
    } else {
        damaged(r, column, c);
        return;
    }
    c->kind = MIG_CELL_REAL;
    c->d = d;
    if (!isfinite(d))
        no_value(r, column, c, MIG_RULE_RANGE, isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity", "is not a finite number");
}

static void numeric(row *r, int column, mig_cell *c, const char *p, size_t n) {
    mig_numeric v;
    if (!pg_numeric_get(p, n, r->arena, &v, &r->nomem)) {
        no_value(r, column, c, MIG_RULE_RANGE, "NaN or infinity", "is not a finite number");
        return;
    }
    c->kind = MIG_CELL_VALUE;
    c->p = v.p;
    c->n = v.n;
}

static void text(row *r, int column, mig_cell *c, const char *p, size_t n) {
    c->kind = MIG_CELL_TEXT;
    c->p = p;
    c->n = n;
    if (!r->text_is_sure && !rt_is_text(p, n) && r->fault->rule == MIG_RULE_NONE)
        *r->fault = (pg_fault){MIG_RULE_UTF8, column, "is not UTF-8"};
}

static void day(row *r, int column, mig_cell *c, const char *p, size_t n) {
    int32_t v = n == 4 ? (int32_t)pg_get32(p) : 0;
    char text[RT_SPELL];
    if (n != 4)
        damaged(r, column, c);
    else if (v < RT_DATE_MIN || v > RT_DATE_MAX)
        no_value(r, column, c, MIG_RULE_RANGE, v < 0 ? "-infinity" : "infinity", "is not a finite date");
    else if (v < FIRST_DAY || v > LAST_DAY)
        too_far(r, column, c, text, rt_spell_date(text, v));
    else
        put_number(c, MIG_CELL_VALUE, v);
}

static void moment(row *r, int column, mig_cell *c, bool is_time, const char *p, size_t n) {
    int64_t v = n == 8 ? (int64_t)pg_get64(p) : 0;
    char text[RT_SPELL];
    if (n != 8)
        damaged(r, column, c);
    else if (!is_time && (v < RT_TIMESTAMP_MIN || v > RT_TIMESTAMP_MAX))
        no_value(r, column, c, MIG_RULE_RANGE, v < 0 ? "-infinity" : "infinity", "is not a finite timestamp");
    else if (!is_time && !cal_in_range(v))
        too_far(r, column, c, text, rt_spell_timestamp(text, v));
    else
        put_number(c, MIG_CELL_VALUE, v);
}

static void bytes(mig_cell *c, mig_cell_kind kind, const char *p, size_t n) {
    c->kind = kind;
    c->p = p;
    c->n = n;
}

static void list(row *r, int column, mig_cell *c, const char *p, size_t n) {
    const char *end = p + n;
    uint32_t dimensions = n >= 12 ? pg_get32(p) : 2;
    size_t count = dimensions == 1 && n >= 20 ? pg_get32(p + 12) : 0;
    if (dimensions > 1 || (dimensions == 1 && n < 20) || count > n / 4) {
        no_value(r, column, c, MIG_RULE_PARSE, "{{…}}", "is an array of several dimensions");
        return;
    }
    if (dimensions == 1 && pg_get32(p + 16) != 1) { /* its bounds would be lost */
        no_value(r, column, c, MIG_RULE_PARSE, "[…]={…}", "is an array that does not begin at 1");
        return;
    }
    mig_text *items = rt_arena_alloc(r->arena, (count + 1) * sizeof *items);
    if (items == NULL) {
        r->nomem = true;
        return;
    }
    p += dimensions == 1 ? 20 : 12;
    for (size_t i = 0; i < count; i++) {
        uint32_t len = end - p >= 4 ? pg_get32(p) : 0;
        if (end - p < 4 || (len != UINT32_MAX && (size_t)(end - p) - 4 < len)) {
            damaged(r, column, c);
            return;
        }
        p += 4;
        items[i] = len == UINT32_MAX ? MIG_NULL_TEXT : (mig_text){p, len};
        p += len == UINT32_MAX ? 0 : len;
        if (items[i].p != NULL && !r->text_is_sure && !rt_is_text(items[i].p, items[i].n) && r->fault->rule == MIG_RULE_NONE)
            *r->fault = (pg_fault){MIG_RULE_UTF8, column, "is not UTF-8"};
    }
    c->kind = MIG_CELL_VALUE;
    c->p = (const char *)(const void *)items;
    c->n = count;
}

static void cell(row *r, int i, mig_cell *c, const char *p, size_t n) {
    switch (r->table->columns[i].type) {
    case MIG_T_BOOLEAN: case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT:
        whole(r, i, c, r->table->columns[i].type, p, n);
        return;
    case MIG_T_REAL: case MIG_T_DOUBLE: real(r, i, c, p, n); return;
    case MIG_T_NUMERIC: numeric(r, i, c, p, n); return;
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: text(r, i, c, p, n); return;
    case MIG_T_BYTEA: bytes(c, MIG_CELL_BLOB, p, n); return;
    case MIG_T_DATE: day(r, i, c, p, n); return;
    case MIG_T_TIME: moment(r, i, c, true, p, n); return;
    case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ: moment(r, i, c, false, p, n); return;
    case MIG_T_UUID:
        if (n == 16)
            bytes(c, MIG_CELL_VALUE, p, n);
        else
            damaged(r, i, c);
        return;
    case MIG_T_JSON: bytes(c, MIG_CELL_VALUE, p, n); return;
    case MIG_T_JSONB:
        if (n > 1 && *p == 1) /* a version byte in front */
            bytes(c, MIG_CELL_VALUE, p + 1, n - 1);
        else
            damaged(r, i, c);
        return;
    case MIG_T_TEXT_ARRAY: list(r, i, c, p, n); return;
    case MIG_T_COUNT: return;
    }
}

mig_status pg_cells(const mig_source_table *t, const char *p, size_t n, bool text_is_sure, mig_cell *cells, rt_arena *a, pg_fault *fault) {
    row r = {.table = t, .arena = a, .text_is_sure = text_is_sure, .fault = fault};
    const char *end = p + n;
    *fault = (pg_fault){MIG_RULE_NONE, -1, ""};
    p += 2; /* number of columns */
    for (int i = 0; i < t->n_columns; i++) {
        uint32_t len = end - p >= 4 ? pg_get32(p) : UINT32_MAX; /* pg_tuple_size() has seen that it is whole */
        p += 4;
        if (len == UINT32_MAX) {
            cells[i] = (mig_cell){.kind = MIG_CELL_NULL};
            continue;
        }
        cell(&r, i, &cells[i], p, len);
        p += len;
    }
    return r.nomem ? MIG_NOMEM : MIG_OK;
}
