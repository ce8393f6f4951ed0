/*
 * mirror_model.c: which flows `migc emit mirror` keeps equal on both sides, how their rows are known, and which columns can be read
 * back. What stands in the way is an error about its place in the spec.
 */
#include "compiler/tools/mirror.h"

#include <string.h>

/* ---- what an expression is -------------------------------------------------------------------------------------------- */

static const plan_expr *value_of_var(const plan_flow *f, const plan_var *v) {
    for (int i = 0; i < f->n_stmts; i++)
        if (f->stmts[i].kind == PLAN_LET && f->stmts[i].var == v)
            return f->stmts[i].value;
    return NULL;
}

bool mirror_is_constant(const plan_expr *e) {
    if (e->kind == PX_CALL && e->n_args == 1 && !e->fallible)
        return mirror_is_constant(e->args[0]);
    if (e->kind == PX_WIDEN || e->kind == PX_NARROW || e->kind == PX_ELSE)
        return mirror_is_constant(e->args[0]);
    return e->kind == PX_NULL || e->kind == PX_BOOL || e->kind == PX_INT || e->kind == PX_TEXT || e->kind == PX_NUMERIC ||
           e->kind == PX_FLOAT;
}

bool mirror_reads(const plan_flow *f, const plan_expr *e) {
    if (e == NULL)
        return false;
    if (e->kind == PX_CELL)
        return true;
    if (e->kind == PX_VAR) {
        const plan_expr *value = value_of_var(f, e->var);
        return value == NULL || mirror_reads(f, value); /* no let: an element of a list */
    }
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE && mirror_reads(f, e->handler.value))
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (mirror_reads(f, e->args[i]))
            return true;
    return false;
}

static bool is_integer(mig_type t) {
    return t == MIG_T_SMALLINT || t == MIG_T_INTEGER || t == MIG_T_BIGINT;
}

static bool is_text(mig_type t) {
    return t == MIG_T_TEXT || t == MIG_T_VARCHAR || t == MIG_T_CHAR;
}

/* A value goes there and back without a loss. */
static bool is_same_kind(mig_type a, mig_type b) {
    return a == b || (is_integer(a) && is_integer(b)) || (is_text(a) && is_text(b));
}

/* The value without what only says what happens when it does not fit; NULL: it is changed on the way. */
static const plan_expr *bare(const plan_flow *f, const plan_expr *e, bool through) {
    for (;;) {
        if (e->kind == PX_ELSE || e->kind == PX_NOT_NULL)
            e = e->args[0];
        else if ((e->kind == PX_WIDEN || e->kind == PX_NARROW) && is_same_kind(e->type.id, e->args[0]->type.id))
            e = e->args[0];
        else if (e->kind == PX_COALESCE && through && e->n_args > 0)
            e = e->args[0];
        else if (e->kind == PX_VAR && value_of_var(f, e->var) != NULL)
            e = value_of_var(f, e->var);
        else
            return e;
    }
}

int mirror_cell(const plan_flow *f, const plan_expr *e, bool through) {
    const plan_expr *b = bare(f, e, through);
    if (through && e->kind == PX_COALESCE)
        for (int i = 1; i < e->n_args; i++)
            if (!mirror_is_constant(e->args[i]))
                return -1;
    return b->kind == PX_CELL ? b->field.index : -1;
}

static const plan_set *set_of(const plan_stmt *s, int column) {
    for (int i = 0; i < s->n_sets; i++)
        if (s->sets[i].column == column)
            return &s->sets[i];
    return NULL;
}

/* ---- going back --------------------------------------------------------------------------------------------------------- */

static const plan_expr *call_of(const plan_expr *e, const char *cname) {
    return e->kind == PX_CALL && strcmp(px_sql_function(e->call.fn), cname) == 0 ? e : NULL;
}

static const char *constant_text(const plan_expr *e) {
    if (e->kind == PX_CALL && e->n_args == 1)
        e = e->args[0];
    return e->kind == PX_TEXT ? e->text : NULL;
}

/* to_jsonb(x) or jsonb_object('key', x) of a text x. */
static bool back_of_json(const plan_flow *f, const plan_expr *e, mirror_back *out) {
    const char *key = NULL;
    if ((call_of(e, "mig_jsonb_object") != NULL || call_of(e, "mig_json_object") != NULL) && e->n_args == 2) {
        key = constant_text(e->args[0]);
        if (key == NULL)
            return false;
        e = e->args[1];
    }
    if (call_of(e, "mig_to_json_text") == NULL)
        return false;
    out->source_column = mirror_cell(f, e->args[0], true);
    out->way = key != NULL ? MIRROR_JSON_KEY : MIRROR_JSON_TEXT;
    out->text = key;
    return out->source_column >= 0;
}

/* The element of an `each` over a list that is a column, or a column that was split. */
static bool back_of_list(const plan_flow *f, const plan_stmt *s, const plan_expr *e, mirror_back *out) {
    const plan_expr *list = s->each != NULL ? bare(f, s->each, false) : NULL;
    if (list == NULL || e->kind != PX_VAR || e->var != s->each_var)
        return false;
    if (list->kind == PX_CELL) {
        out->source_column = list->field.index;
        out->way = MIRROR_ARRAY;
        return true;
    }
    if (call_of(list, "mig_split") == NULL || constant_text(list->args[1]) == NULL)
        return false;
    out->source_column = mirror_cell(f, list->args[0], false);
    out->way = MIRROR_JOINED;
    out->text = constant_text(list->args[1]);
    return out->source_column >= 0;
}

static bool back_of(const plan_flow *f, const plan_stmt *s, const plan_set *set, mirror_back *out) {
    *out = (mirror_back){.column = set->column, .way = MIRROR_COPY};
    out->source_column = mirror_cell(f, set->value, true);
    if (out->source_column >= 0)
        return s->each == NULL;
    const plan_expr *e = bare(f, set->value, true);
    return (s->each == NULL && back_of_json(f, e, out)) || back_of_list(f, s, e, out);
}

/* ---- errors --------------------------------------------------------------------------------------------------------- */

static bool refuse(mirror *m, const plan_site *at, const char *why, const char *hint) {
    diag_error(m->d, tool_span(at), D_NOT_IN_ENGINE, "%s", why);
    diag_hint(m->d, "%s", hint);
    return false;
}

/* ---- rows and their keys ------------------------------------------------------------------------------------------------- */

static bool sets_all(const plan_flow *f, const plan_stmt *s, const int *columns, int n) {
    for (int i = 0; i < n; i++) {
        const plan_set *set = set_of(s, columns[i]);
        if (set == NULL || (!mirror_reads(f, set->value) && !mirror_is_constant(set->value)))
            return false;
    }
    return n > 0;
}

/* Unique columns of the table that the statement sets: its primary key first. */
static bool find_key(const plan_flow *f, const plan_stmt *s, const int **key, int *n) {
    const plan_table *t = s->table;
    for (int primary = 1; primary >= 0; primary--)
        for (int i = 0; i < t->n_uniques; i++)
            if (t->uniques[i].primary == (bool)primary && sets_all(f, s, t->uniques[i].columns, t->uniques[i].n_columns)) {
                *key = t->uniques[i].columns;
                *n = t->uniques[i].n_columns;
                return true;
            }
    for (int i = 0; i < t->n_indexes; i++)
        if (t->indexes[i].unique && sets_all(f, s, t->indexes[i].columns, t->indexes[i].n_columns)) {
            *key = t->indexes[i].columns;
            *n = t->indexes[i].n_columns;
            return true;
        }
    return false;
}

static int group_of(mirror *m, mirror_flow *f, const plan_table *t) {
    for (int i = 0; i < f->n_groups; i++)
        if (f->groups[i].t == t)
            return i;
    mirror_group *g = &f->groups[f->n_groups];
    g->t = t;
    g->set = arena_array(m->a, bool, t->n_columns);
    g->changes = arena_array(m->a, bool, t->n_columns);
    return f->n_groups++;
}

static bool add_into(mirror *m, mirror_flow *f, const plan_stmt *s) {
    const plan_table *t = s->table;
    mirror_into *in = &f->intos[f->n_intos++];
    const int *key = NULL;
    int n_key = 0;
    in->s = s;
    in->order = -1;
    in->group = group_of(m, f, t);
    mirror_group *g = &f->groups[in->group];
    if (!find_key(f->f, s, &key, &n_key))
        return refuse(m, &s->site,
                      arena_printf(m->a, "the mirror cannot tell the rows of \"%s\" apart: no primary key or unique rule is set by this `into`",
                                   t->name),
                      "Copy the source's key into the primary key, or give the table a unique rule over columns that are set here.");
    if (g->key != NULL && (g->n_key != n_key || memcmp(g->key, key, (size_t)n_key * sizeof *key) != 0))
        return refuse(m, &s->site,
                      arena_printf(m->a, "the rows of \"%s\" are known by other columns here than in the first `into`", t->name),
                      "Set the same key columns in each `into` of a table.");
    g->key = key;
    g->n_key = n_key;
    in->fixed = arena_array(m->a, const plan_set *, n_key);
    for (int i = 0; i < n_key; i++)
        if (mirror_is_constant(set_of(s, key[i])->value))
            in->fixed[in->n_fixed++] = set_of(s, key[i]);
    for (int i = 0; i < s->n_sets; i++) {
        const plan_expr *e = bare(f->f, s->sets[i].value, false);
        g->set[s->sets[i].column] = true;
        g->changes[s->sets[i].column] = g->changes[s->sets[i].column] || mirror_reads(f->f, s->sets[i].value);
        if (e->kind == PX_VAR && e->var == s->at_var && s->at_var != NULL)
            in->order = s->sets[i].column;
    }
    return true;
}

/* The row that stands for the source row: no condition, no list, its key copied. */
static bool find_base(mirror *m, mirror_flow *f) {
    for (int i = 0; i < f->n_intos; i++) {
        const mirror_into *in = &f->intos[i];
        const mirror_group *g = &f->groups[in->group];
        bool ok = in->s->when == NULL && in->s->each == NULL;
        int *cells = arena_array(m->a, int, g->n_key);
        for (int k = 0; ok && k < g->n_key; k++) {
            cells[k] = mirror_cell(f->f, set_of(in->s, g->key[k])->value, false);
            ok = cells[k] >= 0;
        }
        if (!ok)
            continue;
        f->base = in->group;
        f->base_into = i;
        f->key = cells;
        f->n_key = g->n_key;
        return true;
    }
    return refuse(m, &f->f->site, arena_printf(m->a, "the mirror finds no row that stands for a row of \"%s\"", f->f->source->name),
                  "One `into` without `when` and `each` must copy the source's key into the primary key or a unique rule of its table.");
}

/* In each table the columns that hold the source row's key. */
static bool find_links(mirror *m, mirror_flow *f) {
    bool ok = true;
    for (int i = 0; i < f->n_intos; i++) {
        const mirror_into *in = &f->intos[i];
        mirror_group *g = &f->groups[in->group];
        int *link = arena_array(m->a, int, f->n_key);
        for (int k = 0; k < f->n_key; k++) {
            link[k] = -1;
            for (int c = 0; c < in->s->n_sets; c++)
                if (link[k] < 0 && mirror_cell(f->f, in->s->sets[c].value, false) == f->key[k])
                    link[k] = in->s->sets[c].column;
            if (link[k] < 0)
                ok = refuse(m, &in->s->site,
                            arena_printf(m->a, "the mirror cannot go from a row of \"%s\" to its source row: no column holds \"%s\"",
                                         g->t->name, f->f->source->columns[f->key[k]].name),
                            "Copy the source's key into a column of the table.");
        }
        if (g->link != NULL && ok && memcmp(g->link, link, (size_t)f->n_key * sizeof *link) != 0)
            ok = refuse(m, &in->s->site, arena_printf(m->a, "rows of \"%s\" refer to their source row by other columns here", g->t->name),
                        "Set the same columns in each `into` of a table.");
        g->link = link;
    }
    return ok;
}

/* ---- columns that are read back -------------------------------------------------------------------------------------------- */

static bool has_back(const mirror_flow *f, int source_column) {
    for (int i = 0; i < f->n_intos; i++)
        for (int k = 0; k < f->intos[i].n_back; k++)
            if (f->intos[i].back[k].source_column == source_column)
                return true;
    return false;
}

static bool is_key(const mirror_flow *f, int source_column) {
    for (int i = 0; i < f->n_key; i++)
        if (f->key[i] == source_column)
            return true;
    return false;
}

/* Is there a better place: in this `into`, or in one that is there for every source row? */
static bool is_settled(const mirror_flow *f, const mirror_into *in, int source_column) {
    for (int i = 0; i < f->n_intos; i++)
        for (int k = 0; k < f->intos[i].n_back; k++)
            if (f->intos[i].back[k].source_column == source_column &&
                (&f->intos[i] == in || f->intos[i].s->when == NULL || in->s->when == NULL))
                return true;
    return false;
}

/*
 * Copies first, so that name = p.name wins over slug = to_jsonb(p.name). A source column comes back from one place, or from several
 * that are there under conditions (a table for each type, metadata for the rest).
 */
static void find_backs(mirror *m, mirror_flow *f) {
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < f->n_intos; i++) {
            mirror_into *in = &f->intos[i];
            if (in->back == NULL)
                in->back = arena_array(m->a, mirror_back, in->s->n_sets);
            for (int k = 0; k < in->s->n_sets; k++) {
                mirror_back b;
                if (!back_of(f->f, in->s, &in->s->sets[k], &b) || (pass == 0 && b.way != MIRROR_COPY) ||
                    is_key(f, b.source_column) || is_settled(f, in, b.source_column))
                    continue;
                in->back[in->n_back++] = b;
            }
        }
}

/* The first cell of the expression that nothing brings back; -1: none. */
static int lost_cell(const mirror_flow *f, const plan_expr *e) {
    if (e == NULL)
        return -1;
    if (e->kind == PX_CELL)
        return is_key(f, e->field.index) || has_back(f, e->field.index) ? -1 : e->field.index;
    if (e->kind == PX_VAR) {
        const plan_expr *value = value_of_var(f->f, e->var);
        return value != NULL ? lost_cell(f, value) : -1;
    }
    for (int i = 0; i < e->n_args; i++) {
        int lost = lost_cell(f, e->args[i]);
        if (lost >= 0)
            return lost;
    }
    return -1;
}

static bool cannot_come_back(mirror *m, const mirror_flow *f, const plan_site *at, const char *what, int cell) {
    return refuse(m, at, arena_printf(m->a, "%s is made of \"%s\" in a way that the mirror cannot reverse", what,
                                      f->f->source->columns[cell].name),
                  arena_printf(m->a, "Copy \"%s\" into a column too, or mirror old to new only, with --one-way.",
                               f->f->source->columns[cell].name));
}

static bool check_backs(mirror *m, const mirror_flow *f) {
    bool ok = true;
    for (int i = 0; i < f->n_intos; i++) {
        const plan_stmt *s = f->intos[i].s;
        int lost = lost_cell(f, s->when);
        if (lost >= 0)
            ok = cannot_come_back(m, f, &s->site, "the condition of this `into`", lost);
        lost = lost_cell(f, s->each);
        if (lost >= 0)
            ok = cannot_come_back(m, f, &s->site, "the list of this `into`", lost);
        for (int k = 0; k < s->n_sets; k++) {
            lost = lost_cell(f, s->sets[k].value);
            if (lost >= 0)
                ok = cannot_come_back(m, f, &s->sets[k].site,
                                      arena_printf(m->a, "\"%s.%s\"", s->table->name, s->table->columns[s->sets[k].column].name), lost);
        }
        for (int k = 0; k < f->intos[i].n_back; k++)
            if (f->intos[i].back[k].way >= MIRROR_ARRAY && f->intos[i].order < 0)
                ok = refuse(m, &s->site, arena_printf(m->a, "the order of the list in \"%s\" is lost, so the mirror cannot reverse it",
                                                      f->f->source->columns[f->intos[i].back[k].source_column].name),
                            "Keep it: each x at n in …, and a column set to n.");
    }
    return ok;
}

/* ---- which flows ------------------------------------------------------------------------------------------------------- */

static bool applies(const plan_flow *f) {
    return f->alias == NULL && f->source->source->kind == MIG_SOURCE_POSTGRES && f->source->query == NULL && f->n_intos > 0;
}

static bool is_same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool check_tables(mirror *m, const mirror_flow *f) {
    const char *new_schema = m->p->target->schema;
    for (int g = 0; g < f->n_groups; g++) {
        const plan_table *t = f->groups[g].t;
        if (is_same_text(f->f->source->schema, new_schema) && strcmp(f->f->source->name, t->name) == 0)
            return refuse(m, &f->f->site, arena_printf(m->a, "\"%s\" is the old table and the new one", t->name),
                          "Say the schema of each: options (schema 'old') in the source, options (schema 'new') in the target.");
        for (int i = 0; i < m->p->n_dedups; i++)
            if (m->p->dedups[i]->table == t)
                return refuse(m, &m->p->dedups[i]->site,
                              arena_printf(m->a, "a dedup rule decides over all rows of \"%s\" at once, and the mirror sees one", t->name),
                              "A unique rule makes the second writer fail; drop the dedup rule for the time of the mirror.");
        for (int i = 0; i < m->n_flows && !m->one_way; i++)
            for (int k = 0; k < m->flows[i].n_groups; k++)
                if (&m->flows[i] != f && m->flows[i].groups[k].t == t)
                    return refuse(m, &f->f->site,
                                  arena_printf(m->a, "two flows write \"%s\": the mirror cannot tell which old row a new one belongs to",
                                               t->name),
                                  "Mirror old to new only, with --one-way.");
    }
    return true;
}

static bool flow_model(mirror *m, mirror_flow *f) {
    bool ok = true;
    f->intos = arena_array(m->a, mirror_into, f->f->n_intos);
    f->groups = arena_array(m->a, mirror_group, f->f->n_intos);
    for (int i = 0; i < f->f->n_stmts; i++)
        if (f->f->stmts[i].kind == PLAN_INTO)
            ok = add_into(m, f, &f->f->stmts[i]) && ok;
    if (!ok || !find_base(m, f) || !find_links(m, f))
        return false;
    find_backs(m, f);
    return m->one_way || check_backs(m, f);
}

/* In running order, so that a table that is referred to comes before the one that refers. */
static void collect(mirror *m) {
    m->flows = arena_array(m->a, mirror_flow, m->p->n_flows);
    for (int i = 0; i < m->p->n_phases; i++)
        for (int k = 0; k < m->p->phases[i]->n_steps; k++) {
            const plan_step *s = &m->p->phases[i]->steps[k];
            if (s->kind == MIG_STEP_FLOW && applies(s->flow))
                m->flows[m->n_flows++].f = s->flow;
        }
}

bool mirror_model(mirror *m) {
    bool ok = true;
    if (m->p->target->engine != MIG_POSTGRES)
        return refuse(m, &m->p->target->site, "a mirror is made of PostgreSQL's triggers, and the target is SQLite",
                      "Say `target … postgres`; a run can still go into SQLite with --target.");
    collect(m);
    if (m->n_flows == 0)
        return refuse(m, &m->p->target->site, "there is nothing to mirror: no flow goes from a table of a PostgreSQL source into this target",
                      "Flows from queries, CSV files and SQLite databases have no table on which a trigger could stand.");
    for (int i = 0; i < m->n_flows; i++)
        ok = flow_model(m, &m->flows[i]) && ok;
    for (int i = 0; i < m->n_flows; i++)
        ok = check_tables(m, &m->flows[i]) && ok;
    return ok;
}
