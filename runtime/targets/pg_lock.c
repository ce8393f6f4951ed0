/*
 * pg_lock.c: one run at a time of a migration in a database: a session's advisory lock, whose key is a hash of the
 * migration's name. The server lets go of it when the session ends, however it ends.
 */
#include "runtime/targets/pg.h"

#include <string.h>
#include <xxhash.h>

/* The key is the same in every program and version: XXH3 without a secret. */
static void set_key(rt_target *t, const char *migration) {
    char text[512];
    int n = snprintf(text, sizeof text, "migc migration %s", migration);
    uint64_t key = XXH3_64bits(text, n > 0 ? strnlen(text, sizeof text) : 0);
    snprintf(t->lock_hi, sizeof t->lock_hi, "%u", (unsigned)(key >> 32));
    snprintf(t->lock_lo, sizeof t->lock_lo, "%u", (unsigned)key);
}

typedef struct answer { char *out; size_t cap; bool yes; } answer;

static bool take_yes(void *arg, int n, const char *const *values, const size_t *lens) {
    (void)n;
    (void)lens;
    ((answer *)arg)->yes = values[0] != NULL && values[0][0] == 't';
    return false;
}

static bool take_text(void *arg, int n, const char *const *values, const size_t *lens) {
    answer *a = arg;
    (void)n;
    if (values[0] != NULL)
        rt_shorten(a->out, a->cap, values[0], lens[0]);
    return false;
}

static mig_status lock_call(rt_target *t, const char *call, bool *yes, rt_error *e) {
    char sql[128];
    answer a = {0};
    /* The key from its halves: the two-number form of the call would be another lock. */
    snprintf(sql, sizeof sql, "select %s(($1::bigint << 32) | $2::bigint)", call);
    const char *params[] = {t->lock_hi, t->lock_lo};
    mig_status st = pg_query(t, sql, 2, params, take_yes, &a, e);
    *yes = a.yes;
    return st;
}

/* Who holds it: the server knows the session, the ledger (when there is one) the run. */
static mig_status who(rt_target *t, const char *migration, char *holder, size_t holder_n, rt_error *e) {
    answer a = {holder, holder_n, false};
    const char *params[] = {t->lock_hi, t->lock_lo};
    snprintf(holder, holder_n, "another session");
    mig_status st = pg_query(t, "select format('%s, server process %s, user %s, %s, since %s', coalesce(nullif(a.application_name, ''), '?'),"
                                " a.pid, a.usename, case when a.client_addr is not null then 'from ' || host(a.client_addr) "
                                " when a.backend_start is null then 'of which no more may be shown' else 'local' end,"
                                " coalesce(to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'), '?'))"
                                " from pg_locks l join pg_stat_activity a on a.pid = l.pid"
                                " where l.locktype = 'advisory' and l.granted and l.objsubid = 1"
                                " and l.database = (select oid from pg_database where datname = current_database())"
                                " and l.classid = $1::oid and l.objid = $2::oid", 2, params, take_text, &a, e);
    if (st != MIG_OK)
        return st;
    answer ledger = {0};
    st = pg_query(t, "select to_regclass('migc.run') is not null", 0, NULL, take_yes, &ledger, e);
    if (st != MIG_OK || !ledger.yes)
        return st;
    char run[256] = "";
    answer b = {run, sizeof run, false};
    st = pg_query(t, "select format('run by %s, begun %s', by_whom, to_char(started at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS UTC'))"
                     " from migc.run where migration = $1 and state = 'running' order by started desc limit 1",
                  1, &migration, take_text, &b, e);
    size_t n = strlen(holder);
    if (st == MIG_OK && *run != '\0' && n + 8 < holder_n)
        snprintf(holder + n, holder_n - n, "; %s", run);
    return st;
}

mig_status pg_lock(rt_target *t, const char *migration, char *holder, size_t holder_n, rt_error *e) {
    bool yes;
    if (t->locked)
        return MIG_OK;
    set_key(t, migration);
    mig_status st = lock_call(t, "pg_try_advisory_lock", &yes, e);
    if (st != MIG_OK)
        return st;
    t->locked = yes;
    if (yes)
        return MIG_OK;
    st = who(t, migration, holder, holder_n, e);
    return st == MIG_OK ? MIG_LOCKED : st;
}

void pg_unlock(rt_target *t) {
    rt_error e = {0};
    bool yes;
    if (t->locked)
        lock_call(t, "pg_advisory_unlock", &yes, &e); /* where it fails the session has ended, and the lock with it */
    t->locked = false;
}
