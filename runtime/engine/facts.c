/*
 * facts.c: how large a phase's tables are and how their indexes are used, before it and behind it, for the migration log. Asked outside
 * of the phase's transaction; what cannot be learnt is left out, for no run shall fail by it.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const int64_t COUNTED_BYTES = (int64_t)64 << 20; /* larger tables are not counted for this alone */
static const int64_t LARGEST_FILE = (int64_t)64 << 20;  /* SQLite reads all pages of a table to know its size */

/* ---- which tables ---------------------------------------------------------------------------------------------------------- */

static bool step_touches(const mig_step *s, const mig_table *t) {
    if (s->table == t || (s->alias != NULL && (s->alias->table == t || s->alias->names == t)) || (s->dedup != NULL && s->dedup->table == t))
        return true;
    for (int i = 0; s->flow != NULL && i < s->flow->n_intos; i++)
        if (s->flow->intos[i].table == t)
            return true;
    return false;
}

/* A statement of the spec, or a program, may touch any table. */
static bool touches_any(const mig_phase *p) {
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].kind == MIG_STEP_SQL || p->steps[i].kind == MIG_STEP_RUN)
            return true;
    return false;
}

static bool touches(const mig_phase *p, const mig_table *t) {
    for (int i = 0; i < p->n_steps; i++)
        if (step_touches(&p->steps[i], t))
            return true;
    for (int i = 0; i < p->n_aliases; i++)
        if (p->aliases[i]->unknown == MIG_UNKNOWN_CREATE && (p->aliases[i]->table == t || p->aliases[i]->names == t))
            return true;
    return touches_any(p);
}

static bool make_list(rt_run *run, const mig_phase *phase, rt_facts *f) {
    if (f->tables != NULL)
        return true;
    f->tables = rt_arena_alloc(run->arena, sizeof *f->tables * (size_t)(run->spec->n_tables + 1));
    for (int i = 0; f->tables != NULL && i < run->spec->n_tables; i++)
        if (touches(phase, run->spec->tables[i]))
            f->tables[f->n_tables++] = (rt_table_fact){.table = run->spec->tables[i], .rows = {-1, -1}, .bytes = {-1, -1}};
    return f->tables != NULL;
}

/* ---- sizes and rows ----------------------------------------------------------------------------------------------------------- */

static bool take_number(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)lens;
    if (n > 0 && v[0] != NULL)
        *(int64_t *)arg = strtoll(v[0], NULL, 10);
    return false;
}

static int64_t ask(rt_run *run, const char *sql, const char *name) {
    rt_error ignored = {.status = MIG_OK};
    int64_t v = -1;
    return run->ops->query(run->target, sql, 1, &name, take_number, &v, &ignored) == MIG_OK ? v : -1;
}

static int64_t count(rt_run *run, const mig_table *t) {
    rt_error ignored = {.status = MIG_OK};
    rt_buf sql = {0};
    int64_t v = -1;
    rt_buf_printf(&sql, "select count(*) from ");
    rt_sql_table(run, t, &sql);
    if (sql.failed || run->ops->query(run->target, sql.p, 0, NULL, take_number, &v, &ignored) != MIG_OK)
        v = -1;
    rt_buf_free(&sql);
    return v;
}

static int64_t file_bytes(const rt_run *run) {
    struct stat s;
    return run->ops->engine == MIG_SQLITE && stat(run->target_location, &s) == 0 ? (int64_t)s.st_size : -1;
}

/* The name as the catalogue finds it: quoted, with its schema. */
static bool catalogue_name(rt_run *run, const mig_table *t, rt_buf *name) {
    if (run->ops->engine == MIG_SQLITE)
        rt_buf_printf(name, "%s", t->name);
    else
        rt_sql_table(run, t, name);
    return !name->failed;
}

static void look_at(rt_run *run, rt_table_fact *f, int when, bool count_it) {
    static const char *const there[] = {"select 1 from sqlite_schema where type in ('table', 'view') and name = $1",
                                        "select 1 where to_regclass($1) is not null"};
    rt_error ignored = {.status = MIG_OK};
    rt_buf name = {0};
    bool pg = run->ops->engine == MIG_POSTGRES;
    if (catalogue_name(run, f->table, &name) && ask(run, there[run->ops->engine], name.p) == 1) {
        int64_t bytes = -1;
        f->there[when] = true;
        if (pg || file_bytes(run) <= LARGEST_FILE)
            if (run->ops->table_size(run->target, f->table->name, &bytes, &ignored) != MIG_OK)
                bytes = -1;
        f->bytes[when] = bytes;
        if (count_it && bytes >= 0 && bytes <= COUNTED_BYTES) {
            f->rows[when] = count(run, f->table);
        } else if (count_it && pg) {
            f->rows[when] = ask(run, "select reltuples::bigint from pg_class where oid = to_regclass($1) and reltuples >= 0", name.p);
            f->about[when] = true;
        }
    }
    rt_buf_free(&name);
}

/* ---- use of indexes (PostgreSQL) ------------------------------------------------------------------------------------------------ */

typedef struct use_list { rt_run *run; rt_facts *f; const mig_table *table; int when; } use_list;

static rt_index_fact *index_fact(const use_list *l, const char *name) {
    rt_facts *f = l->f;
    for (int i = 0; i < f->n_indexes; i++)
        if (f->indexes[i].table == l->table && strcmp(f->indexes[i].name, name) == 0)
            return &f->indexes[i];
    if (f->n_indexes == f->cap_indexes) {
        int cap = f->cap_indexes ? f->cap_indexes * 2 : 16;
        rt_index_fact *v = rt_arena_alloc(l->run->arena, sizeof *v * (size_t)cap);
        if (v == NULL)
            return NULL;
        if (f->n_indexes > 0)
            memcpy(v, f->indexes, sizeof *v * (size_t)f->n_indexes);
        f->indexes = v;
        f->cap_indexes = cap;
    }
    rt_index_fact *x = &f->indexes[f->n_indexes++];
    *x = (rt_index_fact){.table = l->table, .scans = {-1, -1}, .reads = {-1, -1}};
    snprintf(x->name, sizeof x->name, "%s", name);
    return x;
}

static bool take_use(void *arg, int n, const char *const *v, const size_t *lens) {
    use_list *l = arg;
    (void)lens;
    rt_index_fact *x = n >= 3 && v[0] != NULL ? index_fact(l, v[0]) : NULL;
    if (x == NULL)
        return false;
    x->scans[l->when] = v[1] != NULL ? strtoll(v[1], NULL, 10) : 0;
    x->reads[l->when] = v[2] != NULL ? strtoll(v[2], NULL, 10) : 0;
    return true;
}

static void look_at_indexes(rt_run *run, rt_facts *f, int when) {
    rt_error ignored = {.status = MIG_OK};
    if (run->ops->engine != MIG_POSTGRES)
        return;
    for (int i = 0; i < f->n_tables; i++) {
        use_list l = {run, f, f->tables[i].table, when};
        rt_buf name = {0};
        if (f->tables[i].there[when] && catalogue_name(run, l.table, &name)) {
            const char *param = name.p;
            run->ops->query(run->target, "select indexrelname, idx_scan, idx_tup_read from pg_stat_user_indexes"
                                         " where relid = to_regclass($1) order by indexrelname", 1, &param, take_use, &l, &ignored);
        }
        rt_buf_free(&name);
    }
}

/* ---- before, behind ------------------------------------------------------------------------------------------------------------- */

/* What a phase of this run left is not asked again. */
static void look_before(rt_run *run, rt_table_fact *t) {
    const rt_table_fact *seen = &run->seen[t->table->id];
    const rt_table_state *s = &run->phase->tables[t->table->id];
    if (seen->table == NULL) {
        look_at(run, t, 0, !s->written || t->table->existing); /* else the phase counts it for its accounting */
        return;
    }
    t->rows[0] = seen->rows[1];
    t->bytes[0] = seen->bytes[1];
    t->there[0] = seen->there[1];
    t->about[0] = seen->about[1];
}

static void look_behind(rt_run *run, const mig_phase *phase, rt_table_fact *t) {
    const rt_table_state *s = &run->phase->tables[t->table->id];
    bool ours = !touches_any(phase) && !t->table->existing && !rt_chunked(run);
    bool counted = ours && s->written && s->rows_before >= 0, same = ours && !s->written && t->rows[0] >= 0;
    look_at(run, t, 1, !counted && !same);
    if (counted) {
        t->rows[0] = s->rows_before;
        t->rows[1] = s->rows_before + s->inserted;
    } else if (same) {
        t->rows[1] = t->rows[0];
        t->about[1] = t->about[0];
    }
    run->seen[t->table->id] = *t;
}

/* ---- both ------------------------------------------------------------------------------------------------------------------------- */

void rt_facts_look(rt_run *run, const mig_phase *phase, int when, rt_facts *f) {
    if (run->face.record == NULL || run->settings->migration_log == NULL || !make_list(run, phase, f))
        return;
    if (when == 1 && run->ops->engine == MIG_POSTGRES) { /* else the counts come a second late; older servers do not have it */
        rt_error ignored = {.status = MIG_OK};
        if (ask(run, "select 1 where to_regprocedure($1) is not null", "pg_catalog.pg_stat_force_next_flush()") == 1)
            run->ops->query(run->target, "select pg_stat_force_next_flush()", 0, NULL, NULL, NULL, &ignored);
    }
    for (int i = 0; i < f->n_tables; i++) {
        if (when == 0)
            look_before(run, &f->tables[i]);
        else
            look_behind(run, phase, &f->tables[i]);
    }
    look_at_indexes(run, f, when);
    f->file[when] = file_bytes(run);
}
