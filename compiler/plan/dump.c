/*
 * dump.c: `--dump=plan`: the whole plan, one step or expression a line, for tests and for people who work on the compiler.
 */
#include "compiler/plan/make.h"

#include <string.h>

static const char *const kind_names[] = {
    [PX_NULL] = "null", [PX_BOOL] = "bool", [PX_INT] = "int", [PX_TEXT] = "text", [PX_NUMERIC] = "numeric",
    [PX_FLOAT] = "float", [PX_CELL] = "cell", [PX_VAR] = "var", [PX_FIELD] = "field", [PX_CALL] = "call", [PX_OP] = "op",
    [PX_AND] = "and", [PX_OR] = "or", [PX_NOT] = "not", [PX_IS_NULL] = "is-null", [PX_IS_NOT_NULL] = "is-not-null",
    [PX_IS_TRUE] = "is-true", [PX_IS_NOT_TRUE] = "is-not-true", [PX_IS_FALSE] = "is-false",
    [PX_IS_NOT_FALSE] = "is-not-false", [PX_DISTINCT] = "distinct", [PX_NOT_DISTINCT] = "not-distinct", [PX_CASE] = "case",
    [PX_COALESCE] = "coalesce", [PX_NULLIF] = "nullif", [PX_GREATEST] = "greatest", [PX_LEAST] = "least", [PX_IN] = "in",
    [PX_NOT_IN] = "not-in", [PX_ALIAS] = "alias", [PX_LOOKUP] = "lookup",
    [PX_SOURCE_LOOKUP] = "source-lookup", [PX_WIDEN] = "widen", [PX_NARROW] = "narrow",
    [PX_NOT_NULL] = "not-null", [PX_ELSE] = "else", [PX_COUNT] = "count", [PX_EVERY] = "every", [PX_UNIQUE] = "unique",
    [PX_REFERS] = "refers", [PX_REJECTED] = "rejected", [PX_SKIPPED] = "skipped", [PX_MERGED] = "merged", [PX_SQL] = "sql"};

static const char *const op_names[] = {
    [PLAN_EQ] = "=", [PLAN_NE] = "<>", [PLAN_LT] = "<", [PLAN_LE] = "<=", [PLAN_GT] = ">", [PLAN_GE] = ">=", [PLAN_ADD] = "+",
    [PLAN_SUB] = "-", [PLAN_MUL] = "*", [PLAN_DIV] = "/", [PLAN_MOD] = "%", [PLAN_NEG] = "neg", [PLAN_CONCAT] = "||",
    [PLAN_LIKE] = "like", [PLAN_NOT_LIKE] = "not like", [PLAN_ILIKE] = "ilike", [PLAN_NOT_ILIKE] = "not ilike"};

static const char *const type_names[] = {
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) spelling,
#include "runtime/types.def"
#undef MIG_TYPE
};

static const char *const fn_names[] = {
#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help) #cname,
#define MIG_FORM(id, syntax, family, help)
#include "runtime/functions.def"
#undef MIG_FN
#undef MIG_FORM
};

static void put_type(strbuf *out, plan_type t) {
    sb_puts(out, type_names[t.id]);
    if (t.p >= 0 && t.s >= 0)
        sb_printf(out, "(%d,%d)", t.p, t.s);
    else if (t.p >= 0)
        sb_printf(out, "(%d)", t.p);
}

static void put_detail(strbuf *out, const plan_expr *e) {
    switch (e->kind) {
    case PX_BOOL: sb_puts(out, e->truth ? " true" : " false"); break;
    case PX_INT: case PX_NUMERIC: case PX_FLOAT: case PX_TEXT: case PX_SQL:
        sb_putc(out, ' ');
        sb_put_json(out, e->text, e->len);
        break;
    case PX_CELL: sb_printf(out, " %d", e->field.index); break;
    case PX_VAR: sb_printf(out, " %s", e->var->name); break;
    case PX_FIELD: sb_printf(out, " %s", e->field.row_table->columns[e->field.index].name); break;
    case PX_CALL: sb_printf(out, " %s", fn_names[e->call.fn]); break;
    case PX_OP: sb_printf(out, " %s", op_names[e->op]); break;
    case PX_ALIAS: sb_printf(out, " %s", e->alias->name); break;
    case PX_LOOKUP:
        sb_printf(out, " %s (", e->key->table->name);
        if (e->key->from != NULL)
            sb_printf(out, "%s.%s: ", e->key->from->source->name, e->key->from->name);
        sb_printf(out, "%s).%s", e->key->name, e->key->table->columns[e->key->result].name);
        break;
    case PX_SOURCE_LOOKUP:
        sb_printf(out, " %s.%s (%s).%s", e->found.key->table->source->name, e->found.key->table->name, e->found.key->name,
                  e->found.key->table->columns[e->found.index].name);
        break;
    case PX_ELSE: {
        static const char *const words[] = {
            [PLAN_H_VALUE] = "value", [PLAN_H_SKIP] = "skip", [PLAN_H_REJECT] = "reject", [PLAN_H_ABORT] = "abort"};
        sb_printf(out, " %s", words[e->handler.kind]);
        break;
    }
    case PX_COUNT: case PX_EVERY: case PX_UNIQUE: case PX_REJECTED: case PX_SKIPPED: case PX_MERGED: case PX_REFERS:
        sb_printf(out, " %s", e->check.table != NULL ? e->check.table->name : e->check.source->name);
        break;
    case PX_NULL: case PX_AND: case PX_OR: case PX_NOT: case PX_IS_NULL: case PX_IS_NOT_NULL: case PX_IS_TRUE:
    case PX_IS_NOT_TRUE: case PX_IS_FALSE: case PX_IS_NOT_FALSE: case PX_DISTINCT: case PX_NOT_DISTINCT: case PX_CASE:
    case PX_COALESCE: case PX_NULLIF: case PX_GREATEST: case PX_LEAST: case PX_IN: case PX_NOT_IN: case PX_WIDEN:
    case PX_NARROW: case PX_NOT_NULL: break;
    }
}

static void dump_expr(const plan_expr *e, int depth, strbuf *out) {
    sb_repeat(out, ' ', (size_t)depth * 2);
    sb_puts(out, kind_names[e->kind]);
    put_detail(out, e);
    sb_puts(out, " : ");
    put_type(out, e->type);
    sb_printf(out, "%s%s\n", e->nullable ? "" : " not null", e->fallible ? " fallible" : "");
    for (int i = 0; i < e->n_args; i++)
        dump_expr(e->args[i], depth + 1, out);
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE)
        dump_expr(e->handler.value, depth + 1, out);
}

static void dump_stmt(const plan *p, const plan_stmt *s, strbuf *out) {
    static const char *const words[] = {
        [PLAN_LET] = "let", [PLAN_SKIP] = "skip", [PLAN_REJECT] = "reject", [PLAN_INTO] = "into", [PLAN_ENTRY] = "entry"};
    (void)p;
    sb_printf(out, "      %s", words[s->kind]);
    if (s->kind == PLAN_LET)
        sb_printf(out, " %s", s->var->name);
    if (s->kind == PLAN_INTO)
        sb_printf(out, " %s", s->table->name);
    sb_printf(out, " @%d:%d\n", s->site.line, s->site.column);
    if (s->value != NULL)
        dump_expr(s->value, 4, out);
    if (s->each != NULL)
        dump_expr(s->each, 4, out);
    if (s->when != NULL)
        dump_expr(s->when, 4, out);
    if (s->canonical != NULL)
        dump_expr(s->canonical, 4, out);
    for (int i = 0; i < s->n_synonyms; i++)
        dump_expr(s->synonyms[i], 4, out);
    const plan_table *t = s->kind == PLAN_ENTRY ? s->alias->table : s->table;
    for (int i = 0; i < s->n_sets; i++) {
        sb_printf(out, "        %s =\n", t->columns[s->sets[i].column].name);
        dump_expr(s->sets[i].value, 5, out);
    }
}

static void dump_step(const plan *p, const plan_step *s, strbuf *out) {
    switch (s->kind) {
    case MIG_STEP_CREATE: sb_printf(out, "    create %s\n", s->table->name); break;
    case MIG_STEP_CONSTRAIN: sb_printf(out, "    constrain %s\n", s->table->name); break;
    case MIG_STEP_RESOLVE:
        sb_puts(out, "    resolve");
        for (int i = 0; i < s->ring->n_flows; i++)
            sb_printf(out, " %s", s->ring->flows[i]->name);
        sb_putc(out, '\n');
        break;
    case MIG_STEP_INDEX: sb_printf(out, "    index %s\n", s->table->name); break;
    case MIG_STEP_LOAD:
        sb_printf(out, "    load %s\n", s->alias->name);
        for (int i = 0; i < s->alias->n_lists; i++)
            for (int k = 0; k < s->alias->lists[i]->n_stmts; k++)
                dump_stmt(p, &s->alias->lists[i]->stmts[k], out);
        break;
    case MIG_STEP_FLOW:
        sb_printf(out, "    flow %s\n", s->flow->name);
        for (int k = 0; k < s->flow->n_stmts; k++)
            dump_stmt(p, &s->flow->stmts[k], out);
        break;
    case MIG_STEP_SETTLE: sb_printf(out, "    settle %s\n", s->dedup->table->name); break;
    case MIG_STEP_SQL: sb_printf(out, "    sql%s\n", s->undo != NULL ? " undo" : ""); break;
    case MIG_STEP_BACKUP:
        sb_printf(out, "    backup %s %s to", s->source < 0 ? "target" : "source", s->system);
        if (s->to.env != NULL)
            sb_printf(out, " env '%s'%s", s->to.env, s->to.fallback != NULL ? " default" : "");
        if (s->to.text != NULL || s->to.fallback != NULL)
            sb_printf(out, " '%s'", s->to.text != NULL ? s->to.text : s->to.fallback);
        sb_putc(out, '\n');
        break;
    case MIG_STEP_RUN:
        sb_puts(out, "    run");
        for (int i = 0; i < s->n_words; i++)
            sb_printf(out, "%s '%s'", i > 0 ? "," : "", s->words[i]);
        sb_putc(out, '\n');
        break;
    case MIG_STEP_OBJECT: sb_printf(out, "    make %s: %s\n", s->label, s->sql); break;
    case MIG_STEP_SEQUENCE:
        sb_printf(out, "    sequence of %s\n", s->sequence->table != NULL ? s->sequence->table->name : s->sequence->name);
        break;
    }
}

static void dump_sql(const char *what, const char *const *sql, int n, strbuf *out) {
    for (int i = 0; i < n; i++)
        sb_printf(out, "    %s: %s\n", what, sql[i]);
}

static void dump_timed(const char *word, const plan_timed *t, const plan *p, strbuf *out) {
    if (t == NULL)
        return;
    sb_printf(out, "    %s %s: ", word, t->source != NULL ? t->source->name : p->target->name);
    sb_put_json(out, t->sql, strlen(t->sql));
    sb_putc(out, '\n');
}

static void dump_measure(const plan_measure *m, const plan *p, strbuf *out) {
    sb_printf(out, "  measure '%s' after %s\n", m->name, p->phases[m->phase]->name);
    dump_timed("before", m->before, p, out);
    dump_timed("after", m->after, p, out);
    for (int i = 0; i < m->n_expects; i++) {
        sb_printf(out, "    expect%s\n", m->expects[i].warn ? " else warn" : "");
        dump_expr(m->expects[i].test, 3, out);
    }
}

void plan_dump(const plan *p, strbuf *out) {
    sb_printf(out, "plan %s\n", p->name);
    for (int i = 0; i < p->n_tables; i++) {
        const plan_table *t = p->tables[i];
        sb_printf(out, "  table %s%s\n", t->name, t->existing ? " existing" : "");
        for (int k = 0; k < t->n_rules; k++) {
            sb_printf(out, "    rule %s\n", t->rules[k].name);
            dump_expr(t->rules[k].holds, 3, out);
        }
        dump_sql("sqlite", t->create[MIG_SQLITE], t->n_create[MIG_SQLITE], out);
        dump_sql("sqlite then", t->constrain[MIG_SQLITE], t->n_constrain[MIG_SQLITE], out);
        dump_sql("postgres", t->create[MIG_POSTGRES], t->n_create[MIG_POSTGRES], out);
        dump_sql("postgres then", t->constrain[MIG_POSTGRES], t->n_constrain[MIG_POSTGRES], out);
    }
    for (int i = 0; i < p->n_phases; i++) {
        const plan_phase *ph = p->phases[i];
        sb_printf(out, "  phase %s%s%s\n", ph->name, ph->implicit ? " implicit" : "", ph->manual ? " manual" : "");
        if (ph->commit_every > 0)
            sb_printf(out, "    commit every %lld\n", (long long)ph->commit_every);
        for (int k = 0; k < ph->n_after; k++)
            sb_printf(out, "    after %s\n", p->phases[ph->after[k]]->name);
        for (int k = 0; k < ph->n_steps; k++)
            dump_step(p, &ph->steps[k], out);
    }
    for (int i = 0; i < p->n_checks; i++) {
        sb_printf(out, "  check '%s' %s %s\n", p->checks[i]->name, p->checks[i]->before ? "before" : "after",
                  p->phases[p->checks[i]->phase]->name);
        dump_expr(p->checks[i]->test, 2, out);
    }
    for (int i = 0; i < p->n_measures; i++)
        dump_measure(p->measures[i], p, out);
}
