/*
 * cg_dedup.c: dedup rules: the key of a row, which of two rows comes first, how rows become one, how a row that is not kept is
 * rewritten.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

typedef struct functions { /* "NULL" where there is none */
    const char *key, *order, *fold, *finish, *rewrite;
} functions;

/* ---- order ------------------------------------------------------------------------------------------------------------ */

static const char *order_function(cg *g, const plan_dedup *d) {
    if (d->order == NULL)
        return "NULL";
    const plan_type t = d->order->type;
    const char *by = cg_value_function(g, d->table, NULL, emit_printf(g->e, "order_of_%s", d->table->name), d->order);
    const char *suffix = t.id == MIG_T_CHAR ? "text" : cg_type_of(t)->suffix;
    const char *of = t.id == MIG_T_CHAR ? "mig_text_of_char(${by}(x, ${row}))" : "${by}(x, ${row})";
    const char *name = names_make(g->names, "compare_", d->table->name);
    cg_fn f = cg_begin(g, CG_VALUE);
    emit_tpl(g->e, "mig_${suffix} of_a = ${a}, of_b = ${b};\n", "suffix", suffix, "a",
             emit_fill(g->e, of, "by", by, "row", "a", (char *)NULL), "b",
             emit_fill(g->e, of, "by", by, "row", "b", (char *)NULL), (char *)NULL);
    if (d->keep_last) /* a null never wins */
        emit_tpl(g->e,
                 "if (mig_is_null_${suffix}(of_a) || mig_is_null_${suffix}(of_b))\n"
                 "    return mig_is_null_${suffix}(of_b) - mig_is_null_${suffix}(of_a);\n",
                 "suffix", suffix, (char *)NULL);
    emit_tpl(g->e, "return mig_order_${suffix}(of_a, of_b);\n", "suffix", suffix, (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static int %s(mig_ctx *x, const void *a, const void *b)", name));
    return name;
}

/* ---- merge ------------------------------------------------------------------------------------------------------------- */

static const char *add(cg *g, plan_type t, const char *a, const char *b) {
    const cg_type *type = cg_type_of(t);
    bool has_range = cg_is_int(t) || t.id == MIG_T_REAL || t.id == MIG_T_DOUBLE;
    return emit_printf(g->e, "mig_add_%s(x, %s, %s%s%s)", type->suffix, a, b, has_range ? ", " : "", has_range ? type->id : "");
}

/* One more row of the group goes into acc. Nulls do not count. */
static void fold_column(cg *g, plan_type t, plan_merge_rule m, const char *field) {
    const cg_type *type = cg_type_of(t);
    const char *acc = emit_printf(g->e, "acc->%s", field), *row = emit_printf(g->e, "r->%s", field);
    const char *value = NULL;
    switch (m.how) {
    case PLAN_KEEP:
    case PLAN_FIRST: value = emit_printf(g->e, "mig_coalesce_%s(%s, %s)", type->suffix, acc, row); break;
    case PLAN_LAST: value = emit_printf(g->e, "mig_coalesce_%s(%s, %s)", type->suffix, row, acc); break;
    case PLAN_MIN: value = emit_printf(g->e, "mig_least_%s(%s, %s)", type->suffix, acc, row); break;
    case PLAN_MAX: value = emit_printf(g->e, "mig_greatest_%s(%s, %s)", type->suffix, acc, row); break;
    case PLAN_COUNT: return;
    case PLAN_SUM: value = add(g, t, acc, row); break;
    case PLAN_JOIN:
        value = emit_printf(g->e, "mig_concat_text(x, mig_concat_text(x, %s, MIG_TEXT(%s)), %s)", acc,
                            emit_string(g->e, m.separator.p, m.separator.n), row);
        break;
    case PLAN_LONGEST: value = row; break;
    }
    if (m.how == PLAN_LONGEST)
        emit_tpl(g->e, "if (mig_is_true(mig_gt_int(mig_length(x, ${row}), mig_length(x, ${acc}))) || ${null})\n", "row", row,
                 "acc", acc, "null", cg_null_test(g, t, acc, true), (char *)NULL);
    if (m.how == PLAN_SUM || m.how == PLAN_JOIN)
        emit_tpl(g->e, "if (${acc_null})\n    ${acc} = ${row};\nelse if (${row_there})\n", "acc_null",
                 cg_null_test(g, t, acc, true), "acc", acc, "row", row, "row_there", cg_null_test(g, t, row, false),
                 (char *)NULL);
    emit_tpl(g->e, "${indent}${acc} = ${value};\n", "indent",
             m.how == PLAN_LONGEST || m.how == PLAN_SUM || m.how == PLAN_JOIN ? "    " : "", "acc", acc, "value", value,
             (char *)NULL);
}

static const char *fold_function(cg *g, const plan_dedup *d) {
    const plan_table *t = d->table;
    const char *name = names_make(g->names, "merge_", t->name);
    cg_fn f = cg_begin_on_row(g, t, CG_NOTHING, true);
    cg_param(&f, "x");
    cg_param(&f, "n");
    emit_tpl(g->e, "struct ${row} *acc = merged;\n", "row", g->tables[t->id].row, (char *)NULL);
    for (int i = 0; i < t->n_columns; i++) {
        if (d->merge[i].how != PLAN_KEEP && d->merge[i].how != PLAN_COUNT)
            cg_comment(g, &d->merge[i].site);
        fold_column(g, t->columns[i].type, d->merge[i], g->tables[t->id].fields[i]);
    }
    cg_end(&f, emit_printf(g->e, "static void %s(mig_ctx *x, void *merged, const void *row, int64_t n)", name));
    return name;
}

static const char *count(cg *g, plan_type t) {
    if (t.id == MIG_T_SMALLINT || t.id == MIG_T_INTEGER)
        return emit_printf(g->e, "mig_narrow_int(x, MIG_INT(n), %s)", cg_type_of(t)->id);
    if (cg_is_int(t))
        return "MIG_INT(n)";
    if (t.id == MIG_T_NUMERIC)
        return "mig_numeric_of_int(x, MIG_INT(n))";
    migc_bug("a count in a column that is no number");
}

/* The kept row's values win in columns without a rule; a sum must fit its column again. */
static void finish_column(cg *g, plan_type t, plan_merge how, const char *field) {
    const char *acc = emit_printf(g->e, "acc->%s", field);
    const char *value = NULL;
    if (how == PLAN_KEEP)
        value = emit_printf(g->e, "mig_coalesce_%s(r->%s, %s)", cg_type_of(t)->suffix, field, acc);
    else if (how == PLAN_COUNT)
        value = count(g, t);
    else if (how == PLAN_SUM && t.id == MIG_T_NUMERIC && t.p >= 0)
        value = emit_printf(g->e, "mig_narrow_numeric(x, %s, %d, %d)", acc, t.p, t.s < 0 ? 0 : t.s);
    if (value != NULL)
        emit_tpl(g->e, "${acc} = ${value};\n", "acc", acc, "value", value, (char *)NULL);
}

static const char *finish_function(cg *g, const plan_dedup *d) {
    const plan_table *t = d->table;
    const char *name = names_make(g->names, "finish_", t->name);
    bool reads_kept = false;
    for (int i = 0; i < t->n_columns; i++)
        reads_kept = reads_kept || d->merge[i].how == PLAN_KEEP;
    cg_fn f = cg_begin(g, CG_NOTHING);
    cg_param(&f, "x");
    cg_param(&f, reads_kept ? "n" : "kept");
    if (!reads_kept)
        cg_param(&f, "n");
    emit_tpl(g->e, "struct ${row} *acc = merged;\n", "row", g->tables[t->id].row, (char *)NULL);
    if (reads_kept)
        emit_tpl(g->e, "const struct ${row} *r = kept;\n", "row", g->tables[t->id].row, (char *)NULL);
    for (int i = 0; i < t->n_columns; i++)
        finish_column(g, t->columns[i].type, d->merge[i].how, g->tables[t->id].fields[i]);
    cg_end(&f, emit_printf(g->e, "static void %s(mig_ctx *x, void *merged, const void *kept, int64_t n)", name));
    return name;
}

/* ---- rewrite -------------------------------------------------------------------------------------------------------------- */

/* All values are of the row as it was. */
static const char *rewrite_function(cg *g, const plan_dedup *d) {
    if (d->n_rewrite == 0)
        return "NULL";
    const plan_table *t = d->table;
    const char *name = names_make(g->names, "rewrite_", t->name);
    cg_fn f = cg_begin(g, CG_NOTHING);
    cg_param(&f, "x");
    names_reserve(f.names, "r");
    names_reserve(f.names, "was");
    f.hint = t->name;
    f.row_table = t;
    f.row = "r";
    for (int i = 0; i < d->n_rewrite; i++)
        cg_sets(&f, t, "to->", &d->rewrite[i], 1);
    const char *body = cg_body(&f);
    const char *row = g->tables[t->id].row;
    bool reads = cg_mentions(body, "r") > 0;
    f.body = emit_printf(g->e, "    struct %s *to = row;\n%s%s", row,
                         reads ? emit_printf(g->e, "    const struct %s was = *to, *r = &was;\n", row) : "", body);
    cg_end(&f, emit_printf(g->e, "static void %s(mig_ctx *x, void *row)", name));
    return name;
}

/* ---- description -------------------------------------------------------------------------------------------------------------- */

static const char *action(mig_duplicate a) {
    switch (a) {
    case MIG_DUP_DROP: return "MIG_DUP_DROP";
    case MIG_DUP_REJECT: return "MIG_DUP_REJECT";
    case MIG_DUP_MERGE: return "MIG_DUP_MERGE";
    case MIG_DUP_REWRITE: return "MIG_DUP_REWRITE";
    }
    migc_bug("what becomes of duplicates");
}

static functions dedup_functions(cg *g, const plan_dedup *d) {
    functions f = {.fold = "NULL", .finish = "NULL"};
    f.key = cg_key_function(g, d->table, NULL, emit_printf(g->e, "same_%s", d->table->name), d->key, d->n_key);
    f.order = order_function(g, d);
    if (d->action == MIG_DUP_MERGE) {
        f.fold = fold_function(g, d);
        f.finish = finish_function(g, d);
    }
    f.rewrite = rewrite_function(g, d);
    return f;
}

static const char *strict_columns(cg *g, const plan_dedup *d) {
    if (d->n_strict == 0)
        return "";
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < d->n_strict; i++)
        sb_printf(&sb, "%s%d", i > 0 ? ", " : "", d->strict[i]);
    return emit_printf(g->e, "    .strict = (const int[]){%s}, .n_strict = %d,\n", sb_take(&sb, g->a), d->n_strict);
}

static void dedup_object(cg *g, const plan_dedup *d, const functions *f) {
    emit_tpl(g->e,
             "static const mig_dedup ${object} = {\n"
             "    .table = &${table},\n"
             "    .id = ${id},\n"
             "    .key = ${key},\n"
             "    .keep_last = ${keep_last},\n"
             "    .order = ${order},\n"
             "    .action = ${action},\n"
             "    .why = ${why},\n"
             "    .fold = ${fold},\n"
             "    .finish = ${finish},\n"
             "    .rewrite = ${rewrite},\n"
             "${strict}"
             "    .late = ${late},\n"
             "${known}"
             "    .site = ${site},\n"
             "};\n\n",
             "object", g->dedups[d->id], "table", g->tables[d->table->id].object, "id", emit_printf(g->e, "%d", d->id), "key",
             f->key, "keep_last", d->keep_last ? "true" : "false", "order", f->order, "action", action(d->action), "why",
             emit_string_or_null(g->e, d->why), "fold", f->fold, "finish", f->finish, "rewrite", f->rewrite, "late",
             d->late ? "true" : "false", "known", d->keys_known ? "    .keys_known = true,\n" : "",
             "strict", strict_columns(g, d), "site", cg_site_of(g, &d->site, emit_printf(g->e, "dedup_%s", d->table->name)), (char *)NULL);
}

void cg_dedups(cg *g) {
    const plan *p = g->p;
    functions *all = arena_array(g->a, functions, p->n_dedups);
    for (int i = 0; i < p->n_dedups; i++) {
        emit_to(g->e, EMIT_FUNCTIONS);
        cg_heading(g, emit_printf(g->e, "dedup of %s", p->dedups[i]->table->name));
        all[i] = dedup_functions(g, p->dedups[i]);
    }
    emit_to(g->e, EMIT_REGISTRATION);
    if (p->n_dedups > 0)
        cg_heading(g, "dedup");
    for (int i = 0; i < p->n_dedups; i++)
        dedup_object(g, p->dedups[i], &all[i]);
}
