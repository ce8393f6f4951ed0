/*
 * held.c: rows that wait for a late dedup rule. They go to a private temporary database as they come (few pages in memory,
 * the rest in a file that SQLite removes by itself) and come back sorted by group, twice at once: one cursor runs ahead to find
 * the row that is kept, the other follows and hands the rows out.
 */
#include "runtime/engine/state.h"

#include <sqlite3.h>
#include <stdlib.h>

struct rt_held {
    sqlite3 *db;
    sqlite3_stmt *add, *walk[2];
    int64_t n;
};

static mig_status failed(rt_run *run, rt_held *h) {
    return rt_sqlite_store_failed(h->db, "held rows", &run->error);
}

static mig_status exec(rt_run *run, rt_held *h, const char *sql) {
    return sqlite3_exec(h->db, sql, NULL, NULL, NULL) == SQLITE_OK ? MIG_OK : failed(run, h);
}

mig_status rt_held_new(rt_run *run, rt_held **out) {
    rt_held *h = calloc(1, sizeof *h);
    if (h == NULL)
        return rt_run_nomem(run);
    *out = h;
    if (sqlite3_open_v2("", &h->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        return failed(run, h);
    mig_status st = exec(run, h,
                         "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -8192; pragma temp_store = file;"
                         "create table held (seq integer primary key, grp integer, flow integer, into_no integer, file integer,"
                         " line integer, row integer, off integer, raw blob, data blob, origin blob); begin");
    if (st == MIG_OK && sqlite3_prepare_v2(h->db, "insert into held values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &h->add, NULL) != SQLITE_OK)
        st = failed(run, h);
    return st;
}

void rt_held_free(rt_held *h) {
    if (h == NULL)
        return;
    sqlite3_finalize(h->add);
    sqlite3_finalize(h->walk[0]);
    sqlite3_finalize(h->walk[1]);
    sqlite3_close(h->db);
    free(h);
}

mig_status rt_held_add(rt_run *run, rt_held *h, const rt_held_row *r) {
    sqlite3_stmt *s = h->add;
    sqlite3_reset(s);
    sqlite3_bind_int64(s, 1, r->group);
    sqlite3_bind_int(s, 2, r->flow);
    sqlite3_bind_int(s, 3, r->into);
    sqlite3_bind_int(s, 4, r->place.file);
    sqlite3_bind_int64(s, 5, r->place.line);
    sqlite3_bind_int64(s, 6, r->place.row);
    sqlite3_bind_int64(s, 7, r->offset);
    if (r->raw != NULL)
        sqlite3_bind_blob64(s, 8, r->raw, r->raw_n, SQLITE_STATIC);
    else
        sqlite3_bind_null(s, 8);
    sqlite3_bind_blob64(s, 9, r->data, r->data_n, SQLITE_STATIC);
    if (r->origin.p != NULL)
        sqlite3_bind_blob64(s, 10, r->origin.p, r->origin.n, SQLITE_STATIC);
    else
        sqlite3_bind_null(s, 10);
    if (sqlite3_step(s) != SQLITE_DONE)
        return failed(run, h);
    h->n++;
    return MIG_OK;
}

int64_t rt_held_count(const rt_held *h) {
    return h != NULL ? h->n : 0;
}

mig_status rt_held_sort(rt_run *run, rt_held *h) {
    mig_status st = exec(run, h, "commit; create table sorted as select * from held order by grp, seq; drop table held");
    for (int i = 0; i < 2 && st == MIG_OK; i++)
        if (sqlite3_prepare_v2(h->db, "select * from sorted order by rowid", -1, &h->walk[i], NULL) != SQLITE_OK)
            st = failed(run, h);
    return st;
}

mig_status rt_held_next(rt_run *run, rt_held *h, int cursor, rt_held_row *out, bool *more) {
    sqlite3_stmt *s = h->walk[cursor];
    int code = sqlite3_step(s);
    *more = code == SQLITE_ROW;
    if (code != SQLITE_ROW)
        return code == SQLITE_DONE ? MIG_OK : failed(run, h);
    out->seq = sqlite3_column_int64(s, 0);
    out->group = sqlite3_column_int64(s, 1);
    out->flow = sqlite3_column_int(s, 2);
    out->into = sqlite3_column_int(s, 3);
    out->place = (rt_place){sqlite3_column_int(s, 4), sqlite3_column_int64(s, 5), sqlite3_column_int64(s, 6)};
    out->offset = sqlite3_column_int64(s, 7);
    out->raw = sqlite3_column_blob(s, 8);
    out->raw_n = (size_t)sqlite3_column_bytes(s, 8);
    if (out->raw == NULL && sqlite3_column_type(s, 8) != SQLITE_NULL)
        out->raw = "";
    out->data = sqlite3_column_blob(s, 9);
    out->data_n = (size_t)sqlite3_column_bytes(s, 9);
    out->origin = (mig_text){sqlite3_column_blob(s, 10), (size_t)sqlite3_column_bytes(s, 10)};
    return MIG_OK;
}
