/*
 * ledger.c: writing the ledger: its tables, the row of a run, what a finished phase leaves behind. Phase rows are written
 * inside the phase's transaction, so that "done" is true exactly when the rows are there.
 */
#include "runtime/ledger/ledger.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

extern const char embed_ledger_postgres_sql[];
extern const char embed_ledger_sqlite_sql[];
extern const char embed_chunks_postgres_sql[];
extern const char embed_chunks_sqlite_sql[];
extern const char embed_backup_postgres_sql[];
extern const char embed_backup_sqlite_sql[];
extern const char embed_measure_postgres_sql[];
extern const char embed_measure_sqlite_sql[];
extern const char embed_provenance_postgres_sql[];
extern const char embed_provenance_sqlite_sql[];

const char *rt_ledger_table(mig_engine engine, const char *table) {
    static const char *const names[][3] = {
        {"run", "_migc_run", "migc.run"},       {"phase", "_migc_phase", "migc.phase"},
        {"flow", "_migc_flow", "migc.flow"},    {"alias", "_migc_alias", "migc.alias"},
        {"reject", "_migc_reject", "migc.reject"}, {"duplicate", "_migc_duplicate", "migc.duplicate"},
        {"check", "_migc_check", "migc.\"check\""}, {"measure", "_migc_measure", "migc.measure"},
        {"backup", "_migc_backup", "migc.backup"}, {"provenance", "_migc_provenance", "migc.provenance"},
        {"chunk", "_migc_chunk", "migc.chunk"},
        {"place", "_migc_place", "migc.place"},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i][0], table) == 0)
            return names[i][1 + (engine == MIG_POSTGRES)];
    return table;
}

/* Microseconds since 2000-01-01 UTC as both engines read it. */
static void spell(char out[RT_SPELL + 8], int64_t at) {
    size_t n = rt_spell_timestamp(out, at);
    memcpy(out + n, "+00:00", 7);
}

static bool set_true(void *arg, int n, const char *const *values, const size_t *lens) {
    (void)lens;
    if (n > 0 && values[0] != NULL)
        *(bool *)arg = true;
    return false;
}

/* Another role may have made it, and kept it to itself. */
static mig_status may_read(rt_run *run) {
    static const char sql[] =
        "select 1 from pg_namespace n where n.nspname = 'migc' and (not has_schema_privilege(n.oid, 'usage') or exists"
        " (select from pg_class c where c.relnamespace = n.oid and c.relkind = 'r' and not has_table_privilege(c.oid, 'select')))";
    bool no = false;
    mig_status st = run->ops->query(run->target, sql, 0, NULL, set_true, &no, &run->error);
    if (st != MIG_OK || !no)
        return st;
    rt_error_hint(&run->error, "grant all on schema migc and on all tables in schema migc to the role, or use the role that made them.");
    return rt_error_set(&run->error, MIG_PREFLIGHT, "the role may not read the ledger: schema migc");
}

mig_status rt_ledger_find(rt_run *run) {
    static const char *const sql[] = {
        "select 1 from sqlite_master where type = 'table' and name = '_migc_check'",
        "select 1 from pg_namespace n where n.nspname = 'migc'"
        " and (select count(*) from pg_class c where c.relnamespace = n.oid and c.relname in ('phase', 'check')) = 2"};
    run->ledger_there = false;
    mig_status st = run->ops->query(run->target, sql[run->ops->engine], 0, NULL, set_true, &run->ledger_there, &run->error);
    return st == MIG_OK && run->ledger_there && run->ops->engine == MIG_POSTGRES ? may_read(run) : st;
}

/* A role may be let into a schema that is there without the right to make one, so it is not asked for in vain. */
static mig_status create_schema(rt_run *run) {
    bool there = false;
    mig_status st = run->ops->query(run->target, "select 1 where to_regnamespace('migc') is not null", 0, NULL, set_true, &there,
                                    &run->error);
    return st == MIG_OK && !there ? run->ops->exec(run->target, "create schema migc", &run->error) : st;
}

/* Tables that only some specs need. */
static const struct optional { const char *table, *sql[2]; } optional[] = {
    {"backup", {embed_backup_sqlite_sql, embed_backup_postgres_sql}},
    {"measure", {embed_measure_sqlite_sql, embed_measure_postgres_sql}},
    {"provenance", {embed_provenance_sqlite_sql, embed_provenance_postgres_sql}},
    {"place", {embed_chunks_sqlite_sql, embed_chunks_postgres_sql}}, /* and chunk */
};
enum { N_OPTIONAL = sizeof optional / sizeof optional[0] };

/* A look-up by source rows asks what an earlier phase, or chunk, has committed. */
static bool has_provenance(const mig_spec *spec) {
    for (int i = 0; i < spec->n_lookups; i++)
        if (spec->lookups[i]->kept)
            return true;
    return false;
}

static bool is_needed(const rt_run *run, const struct optional *o) {
    if (strcmp(o->table, "provenance") == 0)
        return has_provenance(run->spec);
    if (strcmp(o->table, "place") == 0)
        return rt_ledger_has_chunks(run->spec);
    if (strcmp(o->table, "backup") == 0)
        return rt_ledger_has_backups(run->spec);
    return run->spec->n_measures > 0;
}

/* Asked first, for `if not exists` wants the right to make it all the same. */
static mig_status create_optional(rt_run *run, const struct optional *o) {
    static const char *const sql[] = {"select 1 from sqlite_master where type = 'table' and name = $1",
                                      "select 1 where to_regclass($1) is not null"};
    const char *name = rt_ledger_table(run->ops->engine, o->table);
    bool there = false;
    mig_status st = run->ops->query(run->target, sql[run->ops->engine], 1, &name, set_true, &there, &run->error);
    return st == MIG_OK && !there ? run->ops->exec(run->target, o->sql[run->ops->engine], &run->error) : st;
}

/*
 * The ledger is every migration's in that database, and the lock only this one's: others may be making it, too. Until the transaction ends
 * they wait (the two numbers: "migc" in ASCII, and nothing); what they have made meanwhile is seen now.
 */
static mig_status one_at_a_time(rt_run *run) {
    static const char sql[] = "select pg_advisory_xact_lock(1835624291, 0)";
    bool ignored;
    if (run->ops->engine != MIG_POSTGRES)
        return MIG_OK; /* its lock is the file's */
    mig_status st = run->ops->query(run->target, sql, 0, NULL, set_true, &ignored, &run->error);
    return st == MIG_OK ? rt_ledger_find(run) : st;
}

mig_status rt_ledger_create(rt_run *run) {
    bool more = false;
    for (int i = 0; i < N_OPTIONAL; i++)
        more = more || is_needed(run, &optional[i]);
    if (run->ledger_there && !more)
        return MIG_OK;
    mig_status st = run->ops->begin(run->target, false, &run->error);
    if (st != MIG_OK)
        return st;
    st = one_at_a_time(run);
    if (st == MIG_OK && run->ops->engine == MIG_POSTGRES && !run->ledger_there)
        st = create_schema(run);
    const char *sql = run->ops->engine == MIG_POSTGRES ? embed_ledger_postgres_sql : embed_ledger_sqlite_sql;
    if (st == MIG_OK && !run->ledger_there)
        st = run->ops->exec(run->target, sql, &run->error);
    for (int i = 0; i < N_OPTIONAL && st == MIG_OK; i++)
        if (is_needed(run, &optional[i]))
            st = create_optional(run, &optional[i]);
    if (st == MIG_OK)
        st = run->ops->commit(run->target, &run->error);
    if (st != MIG_OK)
        run->ops->rollback(run->target);
    run->ledger_there = run->ledger_there || st == MIG_OK;
    return st;
}

/* ---- statements: insert into TABLE values ($1, …) ------------------------------------------------------------------------ */

enum { MOST = 20 };
typedef struct row { const char *v[MOST]; int n; char numbers[MOST][32]; } row;

static void add_text(row *r, const char *text) {
    r->v[r->n++] = text;
}

static void add_int(row *r, int64_t v) {
    snprintf(r->numbers[r->n], sizeof r->numbers[0], "%lld", (long long)v);
    r->v[r->n] = r->numbers[r->n];
    r->n++;
}

static void add_seconds(row *r, double v) {
    snprintf(r->numbers[r->n], sizeof r->numbers[0], "%.6f", v);
    r->v[r->n] = r->numbers[r->n];
    r->n++;
}

static mig_status insert(rt_run *run, const char *table, const row *r) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "insert into %s values (", rt_ledger_table(run->ops->engine, table));
    for (int i = 0; i < r->n; i++)
        rt_buf_printf(&sql, "%s$%d", i > 0 ? ", " : "", i + 1);
    rt_buf_printf(&sql, ")");
    mig_status st = sql.failed ? rt_run_nomem(run)
                               : run->ops->query(run->target, sql.p, r->n, r->v, NULL, NULL, &run->error);
    rt_buf_free(&sql);
    return st;
}

static void add_sample(row *r, const rt_run *run) {
    if (run->settings->sample >= 0)
        add_int(r, run->settings->sample);
    else
        add_text(r, NULL);
}

/* Runs that were killed or lost their target could not write their end. We hold the lock, so none of them is at work. */
static mig_status end_lost_runs(rt_run *run, const char *now) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "update %s set finished = $1, state = 'failed', message = 'cut off: killed, or its target was lost'"
                        " where migration = $2 and state = 'running'", rt_ledger_table(run->ops->engine, "run"));
    const char *params[] = {now, run->spec->name};
    mig_status st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 2, params, NULL, NULL, &run->error);
    rt_buf_free(&sql);
    return st;
}

mig_status rt_ledger_begin_run(rt_run *run) {
    char now[RT_SPELL + 8], who[256], host[128] = "?";
    const struct passwd *pw = getpwuid(getuid());
    gethostname(host, sizeof host - 1);
    snprintf(who, sizeof who, "%s@%s process %ld", pw != NULL ? pw->pw_name : "?", host, (long)getpid());
    spell(now, run->now);
    mig_status st = end_lost_runs(run, now);
    if (st != MIG_OK)
        return st;
    row r = {.n = 0};
    add_text(&r, run->id);
    add_text(&r, run->spec->name);
    add_text(&r, run->spec->file);
    add_text(&r, run->spec->hash);
    add_text(&r, run->spec->compiler);
    add_sample(&r, run);
    add_text(&r, who);
    add_text(&r, now);
    add_text(&r, NULL);
    add_text(&r, "running");
    add_text(&r, NULL);
    return insert(run, "run", &r);
}

static mig_status end_run(rt_run *run, const char *state, const char *message, rt_error *e) {
    char now[RT_SPELL + 8];
    rt_buf sql = {0}, clean = {0};
    spell(now, rt_now());
    rt_buf_printf(&sql, "update %s set finished = $1, state = $2, message = $3 where id = $4",
                  rt_ledger_table(run->ops->engine, "run"));
    if (message != NULL)
        rt_clean(message, strlen(message), SIZE_MAX, &clean);
    const char *params[] = {now, state, message != NULL ? clean.p : NULL, run->id};
    mig_status st = sql.failed || clean.failed ? rt_run_nomem(run)
                                               : run->ops->query(run->target, sql.p, 4, params, NULL, NULL, e);
    rt_buf_free(&sql);
    rt_buf_free(&clean);
    return st;
}

void rt_ledger_end_run(rt_run *run, const char *state, const char *message) {
    rt_error ignored = {.status = MIG_OK};
    end_run(run, state, message, &ignored);
}

/* ---- a finished phase -------------------------------------------------------------------------------------------------------- */

void rt_ledger_logged(rt_run *run, const char *table, const char *key, const char *name) {
    rt_error ignored = {.status = MIG_OK};
    rt_buf sql = {0};
    rt_buf_printf(&sql, "update %s set logged = 1 where migration = $1 and %s = $2", rt_ledger_table(run->ops->engine, table), key);
    const char *params[] = {run->spec->name, name};
    if (!sql.failed)
        run->ops->query(run->target, sql.p, 2, params, NULL, NULL, &ignored);
    rt_buf_free(&sql);
}

static mig_status into_row(rt_run *run, const rt_phase_count *c, int flow_no, int into_no) {
    const rt_flow_count *f = c->flows[flow_no];
    row r = {.n = 0};
    add_text(&r, run->spec->name);
    add_text(&r, c->phase->name);
    add_int(&r, flow_no);
    add_int(&r, into_no);
    add_text(&r, f->name);
    add_text(&r, f->flow != NULL ? rt_source_table_name(run, f->flow->source) : NULL);
    add_text(&r, into_no >= 0 ? f->intos[into_no].table->name : NULL);
    if (into_no < 0) {
        add_int(&r, f->read);
        add_int(&r, f->skipped);
        add_int(&r, f->rejected);
        add_int(&r, f->carried);
        for (int i = 0; i < 6; i++)
            add_text(&r, NULL);
    } else {
        const rt_into_count *i = &f->intos[into_no];
        for (int k = 0; k < 4; k++)
            add_text(&r, NULL);
        add_int(&r, i->emitted);
        add_int(&r, i->inserted);
        add_int(&r, i->updated);
        add_int(&r, i->unchanged);
        add_int(&r, i->merged);
        add_int(&r, i->skipped);
    }
    return insert(run, "flow", &r);
}

static mig_status alias_row(rt_run *run, const rt_phase_count *c, const rt_alias_count *a) {
    row r = {.n = 0};
    add_text(&r, run->spec->name);
    add_text(&r, c->phase->name);
    add_text(&r, a->alias->name);
    add_int(&r, a->hits);
    add_int(&r, a->created);
    add_int(&r, a->unknown);
    return insert(run, "alias", &r);
}

static mig_status check_row(rt_run *run, const rt_phase_count *c, const rt_check_result *k) {
    row r = {.n = 0};
    add_text(&r, run->spec->name);
    add_text(&r, c->phase->name);
    add_text(&r, k->check->name);
    add_text(&r, run->id);
    add_text(&r, k->ok ? "passed" : "warned");
    add_text(&r, k->ok ? NULL : k->detail);
    return insert(run, "check", &r);
}

static mig_status phase_row(rt_run *run, const rt_phase_count *c, double started) {
    char then[RT_SPELL + 8], now[RT_SPELL + 8];
    double seconds = rt_clock() - started;
    int64_t at = rt_now();
    row r = {.n = 0};
    spell(now, at);
    spell(then, at - (int64_t)(seconds * 1e6));
    add_text(&r, run->spec->name);
    add_text(&r, c->phase->name);
    add_text(&r, run->spec->hash);
    add_sample(&r, run);
    add_text(&r, run->id);
    add_text(&r, then);
    add_text(&r, now);
    add_seconds(&r, seconds);
    add_int(&r, c->read);
    add_int(&r, c->rejected);
    add_int(&r, c->inserted);
    add_int(&r, c->merged);
    add_text(&r, run->settings->migration_log != NULL ? "0" : NULL);
    return insert(run, "phase", &r);
}

static bool is_last(const rt_run *run, const mig_phase *phase) {
    for (int i = 0; i < run->spec->n_phases; i++)
        if (run->spec->phases[i] != phase && rt_run_wants(run, run->spec->phases[i]))
            return false;
    for (int i = 0; i < run->spec->n_measures; i++)
        if (run->spec->phases[run->spec->measures[i]->phase] == phase || rt_measure_pending(run, run->spec->measures[i]))
            return false; /* it is taken behind the phase */
    return true;
}

mig_status rt_ledger_phase_done(rt_run *run, const rt_phase_count *c, double started) {
    mig_status st = phase_row(run, c, started);
    for (int f = 0; f < c->n_flows && st == MIG_OK; f++)
        for (int i = -1; i < c->flows[f]->n_intos && st == MIG_OK; i++)
            st = into_row(run, c, f, i);
    for (int i = 0; i < c->n_aliases && st == MIG_OK; i++)
        st = alias_row(run, c, &c->aliases[i]);
    for (int i = 0; i < c->n_checks && st == MIG_OK; i++)
        st = check_row(run, c, &c->checks[i]);
    /* The end of the run commits with its last phase: a run that did it all never looks cut off. */
    if (st == MIG_OK && is_last(run, c->phase))
        st = end_run(run, "done", NULL, &run->error);
    return st;
}
