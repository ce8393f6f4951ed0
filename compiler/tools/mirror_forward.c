/*
 * mirror_forward.c: old to new. Per flow three functions: …_map makes of a source row the rows that are due on the new side, by the
 * flow's own statements; …_carry makes the new tables hold these and no others of that source row; …_old is the trigger.
 */
#include "compiler/tools/mirror.h"

#include <string.h>

/* State while one function is written. */
typedef struct forward {
    mirror *m;
    const mirror_flow *f;
    strbuf *out;
    px_sql w;
    int into;               /* number of the `into` at hand; -1: none */
    const plan_site *site;  /* of the statement at hand */
} forward;

static bool lacks_sql(forward *w, const plan_site *at, const char *what) {
    diag_error(w->m->d, tool_span(at), D_NOT_IN_ENGINE, "the mirror cannot carry %s: %s", what, w->w.why);
    return diag_hint(w->m->d, "Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.");
}

/* The expression as SQL in a text of its own; NULL: it has none, and an error says so. */
static const char *sql_of(forward *w, const plan_expr *e, const char *what) {
    strbuf sql = STRBUF_INIT;
    const char *text = NULL;
    w->w.out = &sql;
    w->w.why = NULL;
    if (px_sql_put(&w->w, e))
        text = sb_take(&sql, w->m->a);
    else
        lacks_sql(w, e->site != NULL ? e->site : w->site, what);
    sb_free(&sql);
    return text;
}

static void put_text(strbuf *out, const char *text) {
    plan_sql_text(out, text);
}

/* ---- what becomes of the row when something fails ------------------------------------------------------------------------- */

static void forget_rows(forward *w, const char *indent) {
    for (int i = 0; i < w->f->n_groups; i++)
        sb_printf(w->out, "%srows_%d := null;\n", indent, i + 1);
    sb_printf(w->out, "%sreturn;\n", indent);
}

/* A reject aborts the writer's transaction: nobody else would ever hear of it. */
static void put_reject(forward *w, const char *indent, const plan_site *at, const char *why) {
    strbuf message = STRBUF_INIT;
    sb_printf(&message, "%s:%d: the row cannot be mirrored: %s", at->file, at->line, why);
    sb_printf(w->out, "%sraise exception using errcode = 'MIGC1', message = ", indent);
    put_text(w->out, sb_text(&message));
    sb_puts(w->out, ";\n");
    sb_free(&message);
}

static bool put_value(forward *w, const char *indent, const char *dest, const plan_expr *e, const char *what);

static bool put_failed(forward *w, const char *indent, const char *dest, const plan_expr *e, const char *what) {
    const plan_handler *h = &e->handler;
    const plan_site *at = e->site != NULL ? e->site : w->site;
    switch (h->kind) {
    case PLAN_H_VALUE: return put_value(w, indent, dest, h->value, what);
    case PLAN_H_SKIP:
        if (w->into >= 0)
            sb_printf(w->out, "%sexit into_%d;\n", indent, w->into + 1);
        else
            forget_rows(w, indent);
        return true;
    case PLAN_H_REJECT: case PLAN_H_ABORT:
        put_reject(w, indent, at, h->why != NULL ? h->why : arena_printf(w->m->a, "%s does not fit", what));
        return true;
    }
    return true;
}

/* ---- values ------------------------------------------------------------------------------------------------------------- */

/* Is e a chain of narrowings over something that cannot fail, each with a test? Then `inside` is that something. */
static bool peel(forward *w, const plan_expr *e, const plan_expr **inside) {
    strbuf test = STRBUF_INIT;
    bool ok = true;
    w->w.out = &test;
    while (ok && e->fallible && (e->kind == PX_NOT_NULL || e->kind == PX_NARROW)) {
        ok = px_sql_failure(&w->w, e, "x");
        e = e->args[0];
    }
    sb_free(&test);
    *inside = e;
    return ok && !e->fallible;
}

static void put_tests(forward *w, const plan_expr *e, const plan_expr *inside, const char *value) {
    bool first = true;
    w->w.out = w->out;
    for (; e != inside; e = e->args[0]) {
        if (!e->fallible)
            continue;
        if (!first)
            sb_puts(w->out, " or ");
        px_sql_failure(&w->w, e, value);
        first = false;
    }
}

static bool is_plain(const plan_expr *e) {
    return e->kind == PX_CELL || e->kind == PX_VAR;
}

/* As a value for a variable of its own type: a cell needs no cast. */
static const char *plain_sql(forward *w, const plan_expr *e, const char *what) {
    const char *sql = sql_of(w, e, what);
    char *cast = sql != NULL && e->kind == PX_CELL ? strstr(sql, "::") : NULL;
    return cast != NULL && strstr(cast + 2, "::") == NULL ? arena_strndup(w->m->a, sql, (size_t)(cast - sql)) : sql;
}

/* `value else handler`, where a test tells whether the value fails. */
static bool put_tested(forward *w, const char *indent, const char *dest, const plan_expr *e, const plan_expr *inside, const char *what) {
    const char *deeper = arena_printf(w->m->a, "%s    ", indent);
    const char *value = sql_of(w, inside, what), *plain = value != NULL ? plain_sql(w, inside, what) : NULL;
    if (value == NULL)
        return false;
    const plan_expr *over = e->args[0];
    if (over->kind == PX_NOT_NULL && over->args[0] == inside && e->handler.kind == PLAN_H_VALUE && !e->handler.value->fallible) {
        const char *other = sql_of(w, e->handler.value, what);
        if (other != NULL)
            sb_printf(w->out, "%s%s := coalesce(%s, %s);\n", indent, dest, value, other);
        return other != NULL;
    }
    if (!is_plain(inside)) {
        sb_printf(w->out, "%s%s := %s;\n%sif ", indent, dest, value, indent);
        value = dest;
    } else {
        sb_printf(w->out, "%sif ", indent);
    }
    put_tests(w, over, inside, value);
    sb_puts(w->out, " then\n");
    if (!put_failed(w, deeper, dest, e, what))
        return false;
    if (is_plain(inside))
        sb_printf(w->out, "%selse\n%s%s := %s;\n", indent, deeper, dest, plain);
    sb_printf(w->out, "%send if;\n", indent);
    return true;
}

/* Where only the attempt tells. */
static bool put_tried(forward *w, const char *indent, const char *dest, const plan_expr *e, const char *what) {
    const char *deeper = arena_printf(w->m->a, "%s    ", indent);
    const char *value = sql_of(w, e->args[0], what);
    if (value == NULL)
        return false;
    sb_printf(w->out, "%sbegin\n%s%s := %s;\n%sexception when data_exception or cardinality_violation or sqlstate 'MIGC1' then\n", indent,
              deeper, dest, value, indent);
    bool ok = put_failed(w, deeper, dest, e, what);
    sb_printf(w->out, "%send;\n", indent);
    return ok;
}

static bool only_not_null(const plan_expr *e, const plan_expr *inside) {
    for (; e != inside; e = e->args[0])
        if (e->fallible && e->kind != PX_NOT_NULL)
            return false;
    return true;
}

/* A computed value cannot be tested for its length when it is in the column: there the attempt has failed already. */
static bool put_value(forward *w, const char *indent, const char *dest, const plan_expr *e, const char *what) {
    const plan_expr *inside;
    if (e->kind != PX_ELSE) {
        const char *value = is_plain(e) ? plain_sql(w, e, what) : sql_of(w, e, what);
        if (value != NULL)
            sb_printf(w->out, "%s%s := %s;\n", indent, dest, value);
        return value != NULL;
    }
    if (!peel(w, e->args[0], &inside))
        return put_tried(w, indent, dest, e, what);
    return is_plain(inside) || only_not_null(e->args[0], inside) ? put_tested(w, indent, dest, e, inside, what)
                                                                  : put_tried(w, indent, dest, e, what);
}

/* A condition as SQL that stands behind `if`: a plain one, or a variable that has been computed before. */
static const char *put_condition(forward *w, const char *indent, const plan_expr *e, const char *what) {
    if (e->kind != PX_ELSE)
        return sql_of(w, e, what);
    return put_value(w, indent, "yes", e, what) ? "yes" : NULL;
}

/* ---- statements ----------------------------------------------------------------------------------------------------------- */

static bool put_skip(forward *w, const plan_stmt *s) {
    const char *yes = put_condition(w, "    ", s->value, "this condition");
    if (yes == NULL)
        return false;
    sb_printf(w->out, "    if %s then\n", yes);
    forget_rows(w, "        ");
    sb_puts(w->out, "    end if;\n");
    return true;
}

static bool put_rejects(forward *w, const plan_stmt *s) {
    if (s->value == NULL) {
        put_reject(w, "    ", &s->site, s->why);
        return true;
    }
    const char *yes = put_condition(w, "    ", s->value, "this condition");
    if (yes == NULL)
        return false;
    sb_printf(w->out, "    if %s then\n", yes);
    put_reject(w, "        ", &s->site, s->why);
    sb_puts(w->out, "    end if;\n");
    return true;
}

static const char *dest_of(forward *w, int group, const plan_column *c) {
    strbuf sb = STRBUF_INIT;
    sb_printf(&sb, "t_%d.", group + 1);
    plan_sql_ident(&sb, c->name);
    return sb_take(&sb, w->m->a);
}

static bool put_sets(forward *w, const mirror_into *in, const char *indent) {
    const plan_table *t = in->s->table;
    bool ok = true;
    sb_printf(w->out, "%st_%d := null;\n", indent, in->group + 1);
    for (int i = 0; i < in->s->n_sets; i++) {
        const plan_set *set = &in->s->sets[i];
        const plan_column *c = &t->columns[set->column];
        w->site = &set->site;
        mirror_put_site(w->out, indent, &set->site);
        ok = put_value(w, indent, dest_of(w, in->group, c), set->value, arena_printf(w->m->a, "\"%s.%s\"", t->name, c->name)) && ok;
    }
    sb_printf(w->out, "%srows_%d := array_append(rows_%d, t_%d);\n", indent, in->group + 1, in->group + 1, in->group + 1);
    return ok;
}

/* A block with a name, so that `else skip` can leave it. */
static bool put_guarded_sets(forward *w, const mirror_into *in, const char *indent) {
    const char *deeper = arena_printf(w->m->a, "%s    ", indent);
    sb_printf(w->out, "%s<<into_%d>>\n%sbegin\n", indent, in->s->into + 1, indent);
    w->into = in->s->into;
    const char *yes = NULL;
    bool ok = true;
    if (in->s->when != NULL) {
        yes = put_condition(w, deeper, in->s->when, "this condition");
        ok = yes != NULL;
        sb_printf(w->out, "%sif (%s) is not true then\n%s    exit into_%d;\n%send if;\n", deeper, ok ? yes : "", deeper, in->s->into + 1,
                  deeper);
    }
    ok = put_sets(w, in, deeper) && ok;
    sb_printf(w->out, "%send into_%d;\n", indent, in->s->into + 1);
    w->into = -1;
    return ok;
}

static bool put_each(forward *w, const mirror_into *in) {
    const plan_stmt *s = in->s;
    strbuf element = STRBUF_INIT, position = STRBUF_INIT;
    px_sql_var(&element, s->each_var);
    if (s->at_var != NULL)
        px_sql_var(&position, s->at_var);
    else
        sb_puts(&position, "place_in_list");
    sb_printf(w->out, "    declare\n        list text[];\n        %s text;\n        %s integer;\n    begin\n", sb_text(&element),
              sb_text(&position));
    bool ok = put_value(w, "        ", "list", s->each, "this list");
    sb_printf(w->out, "        for %s, %s in select e.x, e.n from unnest(list) with ordinality as e(x, n) loop\n", sb_text(&element),
              sb_text(&position));
    ok = put_guarded_sets(w, in, "            ") && ok;
    sb_puts(w->out, "        end loop;\n    end;\n");
    sb_free(&element);
    sb_free(&position);
    return ok;
}

static const mirror_into *into_of(const mirror_flow *f, const plan_stmt *s) {
    for (int i = 0; i < f->n_intos; i++)
        if (f->intos[i].s == s)
            return &f->intos[i];
    return NULL;
}

static bool put_stmt(forward *w, const plan_stmt *s) {
    w->site = &s->site;
    mirror_put_site(w->out, "    ", &s->site);
    switch (s->kind) {
    case PLAN_LET: {
        strbuf name = STRBUF_INIT;
        px_sql_var(&name, s->var);
        bool ok = put_value(w, "    ", sb_text(&name), s->value, arena_printf(w->m->a, "\"%s\"", s->var->name));
        sb_free(&name);
        return ok;
    }
    case PLAN_SKIP: return put_skip(w, s);
    case PLAN_REJECT: return put_rejects(w, s);
    case PLAN_INTO:
        return s->each != NULL ? put_each(w, into_of(w->f, s)) : put_guarded_sets(w, into_of(w->f, s), "    ");
    case PLAN_ENTRY: return true;
    }
    return true;
}

/* ---- …_map ------------------------------------------------------------------------------------------------------------------ */

static void put_variables(forward *w) {
    sb_puts(w->out, "declare\n    yes boolean;\n");
    for (int i = 0; i < w->f->f->n_stmts; i++) {
        const plan_stmt *s = &w->f->f->stmts[i];
        if (s->kind != PLAN_LET)
            continue;
        sb_puts(w->out, "    ");
        px_sql_var(w->out, s->var);
        sb_printf(w->out, " %s;\n", px_sql_type(s->var->type));
    }
    for (int i = 0; i < w->f->n_groups; i++) {
        sb_printf(w->out, "    t_%d ", i + 1);
        mirror_put_new(w->m, w->f->groups[i].t, w->out);
        sb_puts(w->out, ";\n");
    }
    sb_puts(w->out, "begin\n");
}

static void put_map(mirror *m, const mirror_flow *f, strbuf *out) {
    strbuf body = STRBUF_INIT;
    forward w = {.m = m, .f = f, .out = &body, .into = -1};
    w.w = (px_sql){.a = m->a, .row = "r", .source = f->f->source, .schema = m->p->target->schema, .refuse = "migc.mirror_refuse"};
    put_variables(&w);
    for (int i = 0; i < f->f->n_stmts; i++)
        put_stmt(&w, &f->f->stmts[i]);
    sb_puts(&body, "end");
    sb_puts(out, "\n-- The rows that a row of ");
    plan_sql_comment(out, f->f->source->name);
    sb_puts(out, " makes on the new side.\ncreate function ");
    mirror_put_function(m, out, f, "map");
    sb_puts(out, "(r ");
    mirror_put_old(f, out);
    for (int i = 0; i < f->n_groups; i++) {
        sb_printf(out, ", out rows_%d ", i + 1);
        mirror_put_new(m, f->groups[i].t, out);
        sb_puts(out, "[]");
    }
    sb_puts(out, f->n_groups == 1 ? ")\n" : ") returns record\n");
    mirror_put_body(out, &body);
    sb_free(&body);
}

/* ---- …_carry ---------------------------------------------------------------------------------------------------------------- */

static bool refers_to(const plan_table *t, const plan_table *to) {
    for (int i = 0; i < t->n_references; i++)
        if (t->references[i].to == to && to != t)
            return true;
    return false;
}

/* Groups so that a table comes behind those it refers to. */
static int *in_order(mirror *m, const mirror_flow *f) {
    int *order = arena_array(m->a, int, f->n_groups);
    bool *placed = arena_array(m->a, bool, f->n_groups);
    for (int n = 0; n < f->n_groups; n++) {
        int next = -1;
        for (int i = 0; i < f->n_groups; i++) {
            bool waits = false;
            for (int k = 0; k < f->n_groups && !placed[i]; k++)
                waits = waits || (!placed[k] && k != i && refers_to(f->groups[i].t, f->groups[k].t));
            if (!placed[i] && (next < 0 || !waits)) {
                next = i;
                if (!waits)
                    break;
            }
        }
        placed[next] = true;
        order[n] = next;
    }
    return order;
}

const plan_site *mirror_site_of_group(const mirror_flow *f, int group) {
    for (int i = 0; i < f->n_intos; i++)
        if (f->intos[i].group == group)
            return &f->intos[i].s->site;
    return &f->f->site;
}

void mirror_put_fixed(const mirror *m, const mirror_flow *f, int group, strbuf *out) {
    px_sql w = {.a = m->a, .out = out};
    int n = 0;
    for (int i = 0; i < f->n_intos; i++)
        if (f->intos[i].group == group && f->intos[i].n_fixed == 0)
            return;
    for (int i = 0; i < f->n_intos; i++) {
        const mirror_into *in = &f->intos[i];
        if (in->group != group)
            continue;
        sb_puts(out, n++ == 0 ? " and (" : " or ");
        for (int k = 0; k < in->n_fixed; k++) {
            sb_puts(out, k > 0 ? " and t." : "t.");
            plan_sql_ident(out, in->s->table->columns[in->fixed[k]->column].name);
            sb_puts(out, " = ");
            px_sql_put(&w, in->fixed[k]->value);
        }
    }
    sb_putc(out, ')');
}

static void put_delete(mirror *m, const mirror_flow *f, int group, strbuf *out) {
    const mirror_group *g = &f->groups[group];
    mirror_put_place(out, "    ", mirror_site_of_group(f, group));
    sb_puts(out, "    delete from ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t where ");
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? " and t." : "t.");
        plan_sql_ident(out, g->t->columns[g->link[k]].name);
        sb_printf(out, " = key_%d", k + 1);
    }
    mirror_put_fixed(m, f, group, out);
    sb_printf(out, "\n        and not exists (select from unnest(rows_%d) as d where ", group + 1);
    for (int k = 0; k < g->n_key; k++) {
        sb_puts(out, k > 0 ? " and d." : "d.");
        plan_sql_ident(out, g->t->columns[g->key[k]].name);
        sb_puts(out, " = t.");
        plan_sql_ident(out, g->t->columns[g->key[k]].name);
    }
    sb_puts(out, ");\n");
}

static bool is_key(const mirror_group *g, int column) {
    for (int k = 0; k < g->n_key; k++)
        if (g->key[k] == column)
            return true;
    return false;
}

/* Columns that an update writes: those that the source row decides, but for the key. format: one of "%c" a column each. */
static int put_changed(const mirror_group *g, strbuf *out, const char *before, bool assigned, bool comparable) {
    int n = 0;
    for (int i = 0; i < g->t->n_columns; i++) {
        const plan_column *c = &g->t->columns[i];
        if (!g->changes[i] || is_key(g, i))
            continue;
        sb_puts(out, n++ > 0 ? ", " : "");
        if (assigned) {
            plan_sql_ident(out, c->name);
            sb_puts(out, " = ");
        }
        sb_puts(out, before);
        plan_sql_ident(out, c->name);
        if (comparable && c->type.id == MIG_T_JSON)
            sb_puts(out, "::text");
    }
    return n;
}

static void put_list(const mirror_group *g, strbuf *out, const char *before) {
    for (int i = 0, n = 0; i < g->t->n_columns; i++) {
        if (!g->set[i])
            continue;
        sb_printf(out, "%s%s", n++ > 0 ? ", " : "", before);
        plan_sql_ident(out, g->t->columns[i].name);
    }
}

static void put_upsert(mirror *m, const mirror_flow *f, int group, strbuf *out) {
    const mirror_group *g = &f->groups[group];
    mirror_put_place(out, "    ", mirror_site_of_group(f, group));
    sb_puts(out, "    insert into ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t (");
    put_list(g, out, "");
    sb_puts(out, ")\n        select ");
    put_list(g, out, "d.");
    sb_printf(out, " from unnest(rows_%d) as d\n        on conflict (", group + 1);
    for (int k = 0; k < g->n_key; k++) {
        sb_puts(out, k > 0 ? ", " : "");
        plan_sql_ident(out, g->t->columns[g->key[k]].name);
    }
    strbuf changed = STRBUF_INIT;
    if (put_changed(g, &changed, "excluded.", true, false) == 0) {
        sb_puts(out, ") do nothing;\n");
    } else {
        sb_printf(out, ") do update set %s\n        where row(", sb_text(&changed));
        put_changed(g, out, "t.", false, true);
        sb_puts(out, ") is distinct from row(");
        put_changed(g, out, "excluded.", false, true);
        sb_puts(out, ");\n");
    }
    sb_free(&changed);
}

void mirror_put_call_of_map(const mirror *m, const mirror_flow *f, strbuf *out) {
    sb_puts(out, "    if not (due is null) then\n        select ");
    for (int i = 0; i < f->n_groups; i++)
        sb_printf(out, "%sm.rows_%d", i > 0 ? ", " : "", i + 1);
    sb_puts(out, " into ");
    for (int i = 0; i < f->n_groups; i++)
        sb_printf(out, "%srows_%d", i > 0 ? ", " : "", i + 1);
    sb_puts(out, " from ");
    mirror_put_function(m, out, f, "map");
    sb_puts(out, "(due) as m");
    if (f->n_groups == 1)
        sb_puts(out, "(rows_1)");
    sb_puts(out, ";\n    end if;\n");
}

void mirror_put_same_key(const mirror_flow *f, strbuf *out, const char *was, const char *is, const mirror_group *g) {
    strbuf message = STRBUF_INIT;
    sb_printf(&message, "%s:%d: the key of a row cannot change while the row is mirrored", f->f->site.file, f->f->site.line);
    sb_puts(out, "    if ");
    for (int k = 0; k < f->n_key; k++) {
        const char *name = g != NULL ? g->t->columns[g->link[k]].name : f->f->source->columns[f->key[k]].name;
        sb_printf(out, "%s%s.", k > 0 ? " or " : "", was);
        plan_sql_ident(out, name);
        sb_printf(out, " <> %s.", is);
        plan_sql_ident(out, name);
    }
    sb_puts(out, " then\n        raise exception using errcode = 'MIGC1', message = ");
    plan_sql_text(out, sb_text(&message));
    sb_puts(out, ";\n    end if;\n");
    sb_free(&message);
}

/* The source row as it is now, which may be newer than what fired the trigger: other triggers write, too. */
void mirror_put_source_row(const mirror_flow *f, const char *into, strbuf *out) {
    sb_printf(out, "    select o.* into %s from ", into);
    mirror_put_old(f, out);
    sb_puts(out, " as o where ");
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? " and o." : "o.");
        plan_sql_ident(out, f->f->source->columns[f->key[k]].name);
        sb_printf(out, " = key_%d", k + 1);
    }
    sb_puts(out, ";\n");
}

void mirror_put_rows(const mirror *m, const mirror_flow *f, strbuf *out) {
    for (int i = 0; i < f->n_groups; i++) {
        sb_printf(out, "    rows_%d ", i + 1);
        mirror_put_new(m, f->groups[i].t, out);
        sb_puts(out, "[];\n");
    }
}

/* When a trigger of the application changes the source row again while it is carried, it is carried again. */
static void put_carry(mirror *m, const mirror_flow *f, strbuf *out) {
    strbuf body = STRBUF_INIT;
    int *order = in_order(m, f);
    mirror_put_declare(&body, &f->f->site);
    sb_puts(&body, "    due ");
    mirror_put_old(f, &body);
    sb_puts(&body, ";\n    due_now ");
    mirror_put_old(f, &body);
    sb_puts(&body, ";\n");
    mirror_put_rows(m, f, &body);
    sb_puts(&body, "begin\n");
    mirror_put_mirroring(&body);
    mirror_put_source_row(f, "due", &body);
    mirror_put_call_of_map(m, f, &body);
    for (int i = f->n_groups - 1; i >= 0; i--)
        put_delete(m, f, order[i], &body);
    for (int i = 0; i < f->n_groups; i++)
        put_upsert(m, f, order[i], &body);
    mirror_put_source_row(f, "due_now", &body);
    sb_puts(&body, "    if due_now::text is distinct from due::text then\n        perform ");
    mirror_put_function(m, &body, f, "carry");
    sb_putc(&body, '(');
    for (int k = 0; k < f->n_key; k++)
        sb_printf(&body, "%skey_%d", k > 0 ? ", " : "", k + 1);
    sb_puts(&body, ");\n    end if;\n");
    mirror_put_handler(&body, NULL);
    sb_puts(out, "\n-- Makes the new tables hold what is due for the row of ");
    plan_sql_comment(out, f->f->source->name);
    sb_puts(out, " with that key, and nothing that was due for it and is no more.\ncreate function ");
    mirror_put_function(m, out, f, "carry");
    mirror_put_parameters(f, out);
    sb_puts(out, " returns void\n");
    mirror_put_body(out, &body);
    sb_free(&body);
}

void mirror_put_parameters(const mirror_flow *f, strbuf *out) {
    sb_putc(out, '(');
    for (int k = 0; k < f->n_key; k++)
        sb_printf(out, "%skey_%d %s", k > 0 ? ", " : "", k + 1, px_sql_type(f->f->source->columns[f->key[k]].type));
    sb_putc(out, ')');
}

void mirror_put_arguments(const mirror_flow *f, const char *row, const mirror_group *g, strbuf *out) {
    sb_putc(out, '(');
    for (int k = 0; k < f->n_key; k++) {
        const plan_source_column *c = &f->f->source->columns[f->key[k]];
        sb_printf(out, "%s%s.", k > 0 ? ", " : "", row);
        plan_sql_ident(out, g != NULL ? g->t->columns[g->link[k]].name : c->name);
        sb_printf(out, "::%s", px_sql_type(c->type));
    }
    sb_putc(out, ')');
}

/* ---- …_old ------------------------------------------------------------------------------------------------------------------ */

static void put_trigger(mirror *m, const mirror_flow *f, strbuf *out) {
    strbuf body = STRBUF_INIT;
    sb_puts(&body, "begin\n");
    mirror_put_guard(m, &body);
    mirror_put_same_key(f, &body, "old", "new", NULL);
    sb_puts(&body, "    if tg_op = 'DELETE' then\n        perform ");
    mirror_put_function(m, &body, f, "carry");
    mirror_put_arguments(f, "old", NULL, &body);
    sb_puts(&body, ";\n    else\n        perform ");
    mirror_put_function(m, &body, f, "carry");
    mirror_put_arguments(f, "new", NULL, &body);
    sb_puts(&body, ";\n    end if;\n    return null;\nend");
    sb_puts(out, "\n");
    mirror_put_row_trigger(m, f, NULL, false, &body, out);
    sb_free(&body);
}

void mirror_forward(mirror *m, const mirror_flow *f, strbuf *out) {
    put_map(m, f, out);
    put_carry(m, f, out);
    put_trigger(m, f, out);
}
