/*
 * waiting.c: the store of source rows that wait for look-ups: a private temporary database (few pages in memory, the rest in a file
 * that SQLite removes by itself). Rows come in source order and are walked in it; they may be changed and dropped on the way.
 */
#include "runtime/engine/state.h"

#include <sqlite3.h>
#include <stdlib.h>

enum { ADD, NEXT, CHANGE, DROP, STATEMENTS };

struct rt_waiting {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    int64_t n;
};

static mig_status failed(rt_run *run, rt_waiting *w) {
    return rt_sqlite_store_failed(w->db, "rows that wait for look-ups", &run->error);
}

mig_status rt_waiting_new(rt_run *run, rt_waiting **out) {
    static const char *const sql[STATEMENTS] = {
        [ADD] = "insert into waiting values (null, ?, ?, ?, ?, ?, ?, ?)",
        [NEXT] = "select * from waiting where seq > ? order by seq limit 1",
        [CHANGE] = "update waiting set data = ? where seq = ?",
        [DROP] = "delete from waiting where seq = ?"};
    rt_waiting *w = calloc(1, sizeof *w);
    if (w == NULL)
        return rt_run_nomem(run);
    *out = w;
    if (sqlite3_open_v2("", &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        return failed(run, w);
    if (sqlite3_exec(w->db, "pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -8192; pragma temp_store = file;"
                     "create table waiting (seq integer primary key, flow integer, file integer, line integer, row integer,"
                     " off integer, raw blob, data blob); begin", NULL, NULL, NULL) != SQLITE_OK)
        return failed(run, w);
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v2(w->db, sql[i], -1, &w->statements[i], NULL) != SQLITE_OK)
            return failed(run, w);
    return MIG_OK;
}

void rt_waiting_free(rt_waiting *w) {
    if (w == NULL)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(w->statements[i]);
    sqlite3_close(w->db);
    free(w);
}

int64_t rt_waiting_count(const rt_waiting *w) {
    return w != NULL ? w->n : 0;
}

static mig_status done(rt_run *run, rt_waiting *w, sqlite3_stmt *s) {
    mig_status st = sqlite3_step(s) == SQLITE_DONE ? MIG_OK : failed(run, w);
    sqlite3_reset(s);
    return st;
}

mig_status rt_waiting_add(rt_run *run, rt_waiting *w, const rt_waiting_row *r) {
    sqlite3_stmt *s = w->statements[ADD];
    sqlite3_bind_int(s, 1, r->flow);
    sqlite3_bind_int(s, 2, r->place.file);
    sqlite3_bind_int64(s, 3, r->place.line);
    sqlite3_bind_int64(s, 4, r->place.row);
    sqlite3_bind_int64(s, 5, r->offset);
    sqlite3_bind_blob64(s, 6, r->raw != NULL ? r->raw : "", r->raw_n, SQLITE_STATIC);
    sqlite3_bind_blob64(s, 7, r->data, r->data_n, SQLITE_STATIC);
    mig_status st = done(run, w, s);
    if (st == MIG_OK)
        w->n++;
    return st;
}

mig_status rt_waiting_next(rt_run *run, rt_waiting *w, int64_t seq, rt_waiting_row *out, bool *more) {
    sqlite3_stmt *s = w->statements[NEXT];
    sqlite3_reset(s);
    sqlite3_bind_int64(s, 1, seq);
    int code = sqlite3_step(s);
    *more = code == SQLITE_ROW;
    if (code != SQLITE_ROW) {
        sqlite3_reset(s);
        return code == SQLITE_DONE ? MIG_OK : failed(run, w);
    }
    out->seq = sqlite3_column_int64(s, 0);
    out->flow = sqlite3_column_int(s, 1);
    out->place = (rt_place){sqlite3_column_int(s, 2), sqlite3_column_int64(s, 3), sqlite3_column_int64(s, 4)};
    out->offset = sqlite3_column_int64(s, 5);
    out->raw = sqlite3_column_blob(s, 6);
    out->raw_n = (size_t)sqlite3_column_bytes(s, 6);
    if (out->raw == NULL)
        out->raw = "";
    out->data = sqlite3_column_blob(s, 7);
    out->data_n = (size_t)sqlite3_column_bytes(s, 7);
    return MIG_OK;
}

mig_status rt_waiting_change(rt_run *run, rt_waiting *w, int64_t seq, const void *data, size_t n) {
    sqlite3_stmt *s = w->statements[CHANGE];
    sqlite3_reset(w->statements[NEXT]);
    sqlite3_bind_blob64(s, 1, data, n, SQLITE_STATIC);
    sqlite3_bind_int64(s, 2, seq);
    return done(run, w, s);
}

mig_status rt_waiting_drop(rt_run *run, rt_waiting *w, int64_t seq) {
    sqlite3_stmt *s = w->statements[DROP];
    sqlite3_reset(w->statements[NEXT]);
    sqlite3_bind_int64(s, 1, seq);
    return done(run, w, s);
}
