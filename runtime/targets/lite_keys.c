/*
 * lite_keys.c: foreign keys of rows that were loaded, looked at once, before the commit.
 *
 * With enforcement by SQLite every row whose parent is not there yet makes SQLite read the whole child table for each
 * parent that comes after it (there is no index on the reference during a load): the square of the rows. So a transaction
 * that only loads rows runs without, and asks for what is broken in the tables it wrote before it commits.
 */
#include "runtime/targets/lite.h"

#include <stdlib.h>

enum { COUNT_TO = 1000 };

mig_status lite_wrote(rt_target *t, const mig_table *table, rt_error *e) {
    for (int i = 0; i < t->n_written; i++)
        if (t->written[i] == table)
            return MIG_OK;
    if (t->n_written == t->cap_written) {
        int cap = t->cap_written == 0 ? 16 : 2 * t->cap_written;
        const mig_table **grown = realloc(t->written, (size_t)cap * sizeof *grown);
        if (grown == NULL)
            return rt_error_set(e, MIG_NOMEM, "out of memory");
        t->written = grown;
        t->cap_written = cap;
    }
    t->written[t->n_written++] = table;
    return MIG_OK;
}

/* What the row has there, as SQL writes it: " (99)"; nothing when it cannot be asked. */
static void value_of(rt_target *t, sqlite3_stmt *q, char *out, size_t cap) {
    sqlite3_stmt *ask;
    rt_buf sql = {0};
    rt_error unused = {.status = MIG_OK};
    const char *column = (const char *)sqlite3_column_text(q, 3);
    out[0] = '\0';
    if (column == NULL || sqlite3_column_type(q, 1) != SQLITE_INTEGER)
        return;
    rt_buf_printf(&sql, "select quote(");
    rt_sql_ident(&sql, column);
    rt_buf_printf(&sql, ") from ");
    rt_sql_ident(&sql, (const char *)sqlite3_column_text(q, 0));
    rt_buf_printf(&sql, " where rowid = %lld", (long long)sqlite3_column_int64(q, 1));
    if (!sql.failed && lite_prepare(t, sql.p, false, &ask, &unused) == MIG_OK) {
        if (sqlite3_step(ask) == SQLITE_ROW && sqlite3_column_bytes(ask, 0) < 100)
            snprintf(out, cap, " (%s)", (const char *)sqlite3_column_text(ask, 0));
        sqlite3_finalize(ask);
    }
    rt_buf_free(&sql);
}

/* The first row that refers to nothing, and how many there are. */
static mig_status say(rt_target *t, sqlite3_stmt *q, rt_error *e) {
    const char *column = (const char *)sqlite3_column_text(q, 3);
    char value[120];
    value_of(t, q, value, sizeof value);
    char row[48] = "a row", more[48];
    if (sqlite3_column_type(q, 1) == SQLITE_INTEGER) /* tables without row ids have none */
        snprintf(row, sizeof row, "rowid %lld", (long long)sqlite3_column_int64(q, 1));
    long long n = sqlite3_column_int64(q, 4);
    snprintf(more, sizeof more, n < COUNT_TO ? "%lld such rows" : "%lld such rows or more", n);
    return rt_error_set(e, MIG_IO, "foreign keys do not hold: table \"%s\", column \"%s\": %s refers to a row of \"%s\"%s that is not"
                        " there (%s)", (const char *)sqlite3_column_text(q, 0), column != NULL ? column : "?", row,
                        (const char *)sqlite3_column_text(q, 2), value, more);
}

mig_status lite_say_violation(rt_target *t, const char *table, rt_error *e) {
    static const char one[] = "select c.\"table\", c.rowid, c.parent, f.\"from\", count(*) over ()"
                              " from (select * from pragma_foreign_key_check(?1) limit 1000) c"
                              " left join pragma_foreign_key_list(c.\"table\") f on f.id = c.fkid and f.seq = 0";
    static const char any[] = "select c.\"table\", c.rowid, c.parent, f.\"from\", count(*) over ()"
                              " from (select * from pragma_foreign_key_check limit 1000) c"
                              " left join pragma_foreign_key_list(c.\"table\") f on f.id = c.fkid and f.seq = 0";
    sqlite3_stmt *q;
    mig_status st = lite_prepare(t, table != NULL ? one : any, false, &q, e);
    if (st != MIG_OK)
        return st;
    int rc = table != NULL ? sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC) : SQLITE_OK;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    if (rc == SQLITE_ROW)
        st = say(t, q, e);
    else if (rc != SQLITE_DONE)
        st = lite_error(t, rc, e, "looking at foreign keys");
    sqlite3_finalize(q);
    return st;
}

mig_status lite_check_keys(rt_target *t, rt_error *e) {
    mig_status st = MIG_OK;
    for (int i = 0; i < t->n_written && st == MIG_OK; i++)
        st = lite_say_violation(t, t->written[i]->name, e);
    return st;
}
