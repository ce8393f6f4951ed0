/*
 * pg_write.c: rows into a PostgreSQL table: encoded at once into the table's buffer, which goes to the server as one
 * COPY … (FORMAT binary) when it holds about a megabyte, and before anything else is asked of the connection. Several
 * tables take turns on the one connection, a buffer at a time.
 */
#include "runtime/targets/pg.h"
#include "runtime/targets/statement.h"

#include <stdlib.h>
#include <string.h>

enum { FULL = 960 << 10 }; /* with the last row still within a megabyte, as a rule */

struct rt_writer {
    rt_target *target;
    const mig_table *table;
    pg_form *forms;      /* one a column */
    rt_buf copy;         /* the COPY statement */
    pg_batch batch;      /* rows not yet handed over */
    int64_t rows;        /* put so far */
    unsigned long oid;   /* of the table */
    unsigned long *refs; int n_refs; /* tables that its foreign keys refer to */
    bool handing;        /* hand_over is at work on it: foreign keys may form a ring */
    rt_writer *next;
};

/* ---- the live table's columns decide on the form ---- */

typedef struct match { rt_writer *w; int found; int bad; char live[128]; } match;

static int column_named(const mig_table *t, const char *name) {
    for (int i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return i;
    return -1;
}

/*
 * values: name, type as shown, type's oid, its kind (S: text), its typtype (e: enum), oid of its elements, their kind. Domains come as
 * what they are made of.
 */
static bool take_form(void *arg, int n, const char *const *values, const size_t *lens) {
    enum { BOOL = 16, BYTEA = 17, INT8 = 20, INT2 = 21, INT4 = 23, JSON = 114, FLOAT4 = 700, FLOAT8 = 701, DATE = 1082, TIME = 1083,
           TIMESTAMP = 1114, TIMESTAMPTZ = 1184, NUMERIC = 1700, UUID = 2950, JSONB = 3802 };
    match *m = arg;
    (void)n;
    (void)lens;
    int i = column_named(m->w->table, values[0]);
    if (i < 0)
        return true;
    m->found++;
    unsigned long oid = strtoul(values[2], NULL, 10);
    bool ok = false;
    pg_form *f = &m->w->forms[i];
    switch (m->w->table->columns[i].type) {
    case MIG_T_BOOLEAN: ok = oid == BOOL; break;
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT:
        ok = oid == INT2 || oid == INT4 || oid == INT8;
        f->width = oid == INT2 ? 2 : oid == INT4 ? 4 : 8;
        break;
    case MIG_T_REAL:
        ok = oid == FLOAT4 || oid == FLOAT8;
        f->width = oid == FLOAT4 ? 4 : 8;
        break;
    case MIG_T_DOUBLE: ok = oid == FLOAT8; break;
    case MIG_T_NUMERIC: ok = oid == NUMERIC; break;
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: ok = values[3][0] == 'S' || values[4][0] == 'e'; break;
    case MIG_T_BYTEA: ok = oid == BYTEA; break;
    case MIG_T_DATE: ok = oid == DATE; break;
    case MIG_T_TIME: ok = oid == TIME; break;
    case MIG_T_TIMESTAMP: ok = oid == TIMESTAMP; break;
    case MIG_T_TIMESTAMPTZ: ok = oid == TIMESTAMPTZ; break;
    case MIG_T_UUID: ok = oid == UUID; break;
    case MIG_T_JSON: case MIG_T_JSONB:
        ok = oid == JSON || oid == JSONB;
        f->versioned = oid == JSONB;
        break;
    case MIG_T_TEXT_ARRAY:
        ok = values[6] != NULL && values[6][0] == 'S';
        f->element = ok ? (uint32_t)strtoul(values[5], NULL, 10) : 0;
        break;
    case MIG_T_COUNT: break;
    }
    if (!ok && m->bad < 0) {
        m->bad = i;
        snprintf(m->live, sizeof m->live, "%s", values[1]);
    }
    return true;
}

static mig_status find_forms(rt_writer *w, rt_error *e) {
    rt_target *t = w->target;
    match m = {.w = w, .bad = -1};
    rt_buf name = {0};
    rt_sql_qualified(&name, pg_schema(t, w->table), w->table->name);
    const char *param = name.p;
    mig_status st = name.failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : MIG_OK;
    for (int i = 0; i < w->table->n_columns; i++)
        w->forms[i] = pg_form_of(w->table->columns[i].type);
    if (st == MIG_OK)
        st = pg_query(t, "with recursive c(name, shown, oid) as ("
                         " select attname, format_type(atttypid, atttypmod), atttypid from pg_attribute"
                         " where attrelid = to_regclass($1) and attnum > 0 and not attisdropped"
                         " union all select c.name, c.shown, t.typbasetype from c join pg_type t on t.oid = c.oid where t.typtype = 'd')"
                         " select c.name, c.shown, t.oid, t.typcategory, t.typtype, e.oid, e.typcategory"
                         " from c join pg_type t on t.oid = c.oid left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'"
                         " where t.typtype <> 'd'", 1, &param, take_form, &m, e);
    rt_buf_free(&name);
    if (st != MIG_OK)
        return st;
    if (m.bad >= 0)
        return rt_error_set(e, MIG_IO, "table \"%s\", column \"%s\" is %s in the database; the spec says %s", w->table->name,
                            w->table->columns[m.bad].name, m.live, pg_cast_of(w->table->columns[m.bad].type));
    if (m.found == 0)
        return rt_error_set(e, MIG_IO, "there is no table \"%s\"", w->table->name);
    return MIG_OK; /* a column that is missing is named by the COPY */
}

/* values: oid of the table, oid of a table that it refers to or null */
static bool take_reference(void *arg, int n, const char *const *values, const size_t *lens) {
    rt_writer *w = arg;
    (void)n;
    (void)lens;
    w->oid = values[0] != NULL ? strtoul(values[0], NULL, 10) : 0;
    if (values[1] == NULL)
        return true;
    unsigned long *refs = realloc(w->refs, sizeof *refs * (size_t)(w->n_refs + 1));
    if (refs == NULL)
        return false; /* the order of rows may then be refused by the server, never wrong */
    w->refs = refs;
    w->refs[w->n_refs++] = strtoul(values[1], NULL, 10);
    return true;
}

static mig_status find_references(rt_writer *w, rt_error *e) {
    rt_buf name = {0};
    rt_sql_qualified(&name, pg_schema(w->target, w->table), w->table->name);
    const char *param = name.p;
    mig_status st = name.failed ? rt_error_set(e, MIG_NOMEM, "out of memory")
                                : pg_query(w->target, "select t.oid::oid, c.confrelid::oid from (select to_regclass($1)) t(oid)"
                                           " left join pg_constraint c on c.conrelid = t.oid and c.contype = 'f'"
                                           " and c.confrelid <> t.oid", 1, &param, take_reference, w, e);
    rt_buf_free(&name);
    return st;
}

/* ---- the writer ---- */

mig_status pg_writer(rt_target *t, const mig_table *table, rt_writer **out, rt_error *e) {
    *out = NULL;
    rt_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    w->target = t;
    w->table = table;
    w->forms = calloc((size_t)table->n_columns + 1, sizeof *w->forms);
    rt_buf_printf(&w->copy, "copy ");
    rt_sql_qualified(&w->copy, pg_schema(t, table), table->name);
    rt_buf_printf(&w->copy, " (");
    rt_sql_columns(&w->copy, table);
    rt_buf_printf(&w->copy, ") from stdin (format binary)");
    rt_sql_origin(&w->copy, table->site);
    mig_status st = w->forms == NULL || w->copy.failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : find_forms(w, e);
    if (st == MIG_OK)
        st = find_references(w, e);
    if (st != MIG_OK) {
        rt_buf_free(&w->copy);
        free(w->forms);
        free(w->refs);
        free(w);
        return st;
    }
    w->batch = (pg_batch){.table = table, .copy = w->copy.p, .first = 1};
    w->next = t->writers;
    t->writers = w;
    *out = w;
    return MIG_OK;
}

static bool refers_to(const rt_writer *w, const rt_writer *other) {
    for (int i = 0; i < w->n_refs; i++)
        if (w->refs[i] == other->oid)
            return true;
    return false;
}

/*
 * Hands the rows over; does not wait for the server. Rows of tables that its foreign keys refer to go first: the server
 * checks them at the end of each COPY, unless they are made after the load.
 */
static mig_status hand_over(rt_writer *w, rt_error *e) {
    mig_status st = MIG_OK;
    if (w->batch.rows.n == 0 || w->handing)
        return MIG_OK;
    w->handing = true;
    for (rt_writer *other = w->target->writers; other != NULL && w->n_refs > 0 && st == MIG_OK; other = other->next)
        if (refers_to(w, other))
            st = hand_over(other, e);
    w->handing = false;
    if (st != MIG_OK)
        return st;
    w->batch.n = w->rows - w->batch.first + 1;
    st = pg_send(w->target, &w->batch, e);
    w->batch.first = w->rows + 1;
    return st;
}

mig_status pg_put(rt_writer *w, void *row, rt_error *e) {
    const char *refused;
    int column;
    if (w->target->scan != NULL)
        return pg_free(w->target, e);
    w->rows++;
    if (!pg_encode(w->table, w->forms, row, &w->batch.rows, &refused, &column)) {
        if (refused == NULL)
            return rt_error_set(e, MIG_NOMEM, "out of memory");
        return rt_error_set(e, MIG_IO, "row %lld written to table \"%s\", column \"%s\": %s", (long long)w->rows, w->table->name,
                            w->table->columns[column].name, refused);
    }
    return w->batch.rows.n < FULL ? MIG_OK : hand_over(w, e);
}

mig_status pg_flush(rt_writer *w, rt_error *e) {
    if (w->target->scan != NULL)
        return pg_free(w->target, e);
    mig_status st = hand_over(w, e);
    return st == MIG_OK ? pg_sender_wait(w->target, e) : st;
}

/* In the order in which the writers were opened: rows that others refer to come first. */
static mig_status hand_over_from(rt_writer *w, rt_error *e) {
    if (w == NULL)
        return MIG_OK;
    mig_status st = hand_over_from(w->next, e);
    return st == MIG_OK ? hand_over(w, e) : st;
}

mig_status pg_flush_all(rt_target *t, rt_error *e) {
    mig_status st = hand_over_from(t->writers, e);
    return st == MIG_OK ? pg_sender_wait(t, e) : st;
}

void pg_forget_all(rt_target *t) {
    for (rt_writer *w = t->writers; w != NULL; w = w->next) {
        rt_buf_clear(&w->batch.rows);
        w->batch.first = w->rows + 1;
    }
    pg_sender_drop(t);
}

/* Rows that were not flushed still go; what goes wrong with them comes back with the commit. */
void pg_writer_close(rt_writer *w) {
    rt_error later = {0};
    if (w == NULL)
        return;
    hand_over(w, &later);
    pg_sender_wait(w->target, NULL);
    rt_writer **at = &w->target->writers;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    rt_buf_free(&w->batch.rows);
    rt_buf_free(&w->copy);
    free(w->forms);
    free(w->refs);
    free(w);
}
