/*
 * pg_scan.c: rows of a PostgreSQL table through its codec, by COPY … TO STDOUT (FORMAT binary). Until it is closed the connection does
 * nothing else.
 */
#include "runtime/targets/pg.h"
#include "runtime/targets/statement.h"

#include <stdlib.h>
#include <string.h>

struct rt_scan {
    rt_target *target;
    const mig_table *table;
    rt_arena *arena;     /* of the current row: lists, numerics */
    pg_stream stream;
    char about[200];
    int64_t rows;
};

static mig_status start(rt_scan *s, rt_error *e) {
    rt_target *t = s->target;
    const mig_table *table = s->table;
    rt_buf sql = {0};
    rt_buf_printf(&sql, "copy (select ");
    for (int i = 0; i < table->n_columns; i++) {
        rt_buf_printf(&sql, i > 0 ? ", " : "");
        rt_sql_ident(&sql, table->columns[i].name);
        rt_buf_printf(&sql, "::%s", pg_cast_of(table->columns[i].type));
    }
    rt_buf_printf(&sql, " from ");
    rt_sql_qualified(&sql, pg_schema(t, table), table->name);
    rt_buf_printf(&sql, ") to stdout (format binary)");
    rt_sql_origin(&sql, table->site);
    snprintf(s->about, sizeof s->about, "reading table \"%s\"", table->name);
    mig_status st = sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : pg_stream_start(&s->stream, t, sql.p, s->about, e);
    rt_buf_free(&sql);
    return st;
}

mig_status pg_scan(rt_target *t, const mig_table *table, rt_scan **out, rt_error *e) {
    *out = NULL;
    mig_status st = pg_free(t, e);
    if (st != MIG_OK)
        return st;
    rt_scan *s = calloc(1, sizeof *s);
    if (s == NULL || (s->arena = rt_arena_new(4096)) == NULL) {
        free(s);
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    }
    s->target = t;
    s->table = table;
    st = start(s, e);
    if (st != MIG_OK) {
        rt_arena_free(s->arena);
        free(s);
        return st;
    }
    t->scan = s;
    *out = s;
    return MIG_OK;
}

mig_status pg_scan_next(rt_scan *s, void *row, bool *more, rt_error *e) {
    const char *p, *expected = NULL;
    size_t n = 0;
    int column = 0;
    *more = false;
    mig_status st = pg_stream_next(&s->stream, &p, &n, e);
    if (st != MIG_OK || p == NULL)
        return st;
    s->rows++;
    rt_arena_reset(s->arena);
    st = pg_decode(s->table, p, n, row, s->arena, &expected, &column);
    if (st == MIG_NOMEM)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    if (st != MIG_OK)
        return rt_error_set(e, MIG_IO, "table \"%s\", column \"%s\", row %lld as read: the value is not %s", s->table->name,
                            s->table->columns[column].name, (long long)s->rows, expected);
    *more = true;
    return MIG_OK;
}

/* The rest is read and thrown away: a cancelled COPY would end the transaction. */
void pg_scan_drain(rt_scan *s) {
    if (s != NULL)
        pg_stream_drain(&s->stream);
}

void pg_scan_close(rt_scan *s) {
    if (s == NULL)
        return;
    pg_scan_drain(s);
    s->target->scan = NULL;
    pg_stream_free(&s->stream);
    rt_arena_free(s->arena);
    free(s);
}
