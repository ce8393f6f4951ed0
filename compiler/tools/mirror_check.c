/*
 * mirror_check.c: what the new side writes must be something that the old side can say. When a transaction that wrote new tables
 * commits, the old row is mapped again: were other rows due than those that are there, the sides would part, and the commit fails.
 * A statement that began before another writer of the same row had committed cannot have seen all of what that wrote: its failure is
 * one of serialization, which is tried again, and not one of what was written.
 */
#include "compiler/tools/mirror.h"

#include <string.h>

static void put_keys(const mirror_group *g, const char *left, const char *right, strbuf *out) {
    for (int k = 0; k < g->n_key; k++) {
        sb_printf(out, "%s%s.", k > 0 ? " and " : "", left);
        plan_sql_ident(out, g->t->columns[g->key[k]].name);
        sb_printf(out, " = %s.", right);
        plan_sql_ident(out, g->t->columns[g->key[k]].name);
    }
}

/* row(t.a, t.b): the columns that the source row decides. */
static void put_values(const mirror_group *g, const char *row, strbuf *out) {
    sb_puts(out, "row(");
    for (int i = 0, n = 0; i < g->t->n_columns; i++) {
        if (!g->changes[i])
            continue;
        sb_printf(out, "%s%s.", n++ > 0 ? ", " : "", row);
        plan_sql_ident(out, g->t->columns[i].name);
        if (g->t->columns[i].type.id == MIG_T_JSON)
            sb_puts(out, "::text");
    }
    sb_putc(out, ')');
}

static void put_error(const mirror_flow *f, int group, const char *what, strbuf *out) {
    const plan_site *s = mirror_site_of_group(f, group);
    strbuf place = STRBUF_INIT, message = STRBUF_INIT;
    sb_printf(&place, "%s:%d", s->file, s->line);
    sb_printf(&message, "by its row of %s, %s %s", f->f->source->name, f->groups[group].t->name, what);
    sb_puts(out, " then\n        perform migc.mirror_parted(");
    plan_sql_text(out, sb_text(&place));
    sb_puts(out, ", ");
    plan_sql_text(out, sb_text(&message));
    sb_puts(out, ", ");
    plan_sql_text(out, f->f->source->name);
    sb_puts(out, ",\n            concat_ws(' ', ");
    for (int k = 0; k < f->n_key; k++)
        sb_printf(out, "%skey_%d", k > 0 ? ", " : "", k + 1);
    sb_puts(out, "));\n    end if;\n");
    sb_free(&place);
    sb_free(&message);
}

static void put_link(const mirror_flow *f, const mirror_group *g, strbuf *out) {
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? " and t." : "t.");
        plan_sql_ident(out, g->t->columns[g->link[k]].name);
        sb_printf(out, " = key_%d", k + 1);
    }
}

static void put_group(mirror *m, const mirror_flow *f, int group, strbuf *out) {
    const mirror_group *g = &f->groups[group];
    mirror_put_site(out, "    ", mirror_site_of_group(f, group));
    sb_printf(out, "    if exists (select from unnest(rows_%d) as d where not exists (select from ", group + 1);
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t where ");
    put_keys(g, "t", "d", out);
    sb_puts(out, "))");
    put_error(f, group, "misses a row", out);
    sb_puts(out, "    if exists (select from ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t where ");
    put_link(f, g, out);
    mirror_put_fixed(m, f, group, out);
    sb_printf(out, " and not exists (select from unnest(rows_%d) as d where ", group + 1);
    put_keys(g, "t", "d", out);
    sb_puts(out, "))");
    put_error(f, group, "has a row too many", out);
    sb_printf(out, "    if exists (select from unnest(rows_%d) as d join ", group + 1);
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t on ");
    put_keys(g, "t", "d", out);
    sb_puts(out, " where ");
    put_values(g, "t", out);
    sb_puts(out, " is distinct from ");
    put_values(g, "d", out);
    sb_putc(out, ')');
    put_error(f, group, "has other values", out);
}

/* …_check(key): compares the rows of one source row. */
static void put_check(mirror *m, const mirror_flow *f, strbuf *out) {
    strbuf body = STRBUF_INIT;
    sb_puts(&body, "declare\n    due ");
    mirror_put_old(f, &body);
    sb_puts(&body, ";\n");
    mirror_put_rows(m, f, &body);
    sb_puts(&body, "begin\n");
    mirror_put_source_row(f, "due", &body);
    mirror_put_call_of_map(m, f, &body);
    for (int i = 0; i < f->n_groups; i++)
        put_group(m, f, i, &body);
    sb_puts(&body, "end");
    sb_puts(out, "\n-- Are the new side's rows those that are due by the old one?\ncreate function ");
    mirror_put_function(m, out, f, "check");
    mirror_put_parameters(f, out);
    sb_puts(out, " returns void\n");
    mirror_put_body(out, &body);
    sb_free(&body);
}

static void put_call(const mirror *m, const mirror_flow *f, const mirror_group *g, const char *row, strbuf *out) {
    sb_puts(out, "        perform ");
    mirror_put_function(m, out, f, "check");
    mirror_put_arguments(f, row, g, out);
    sb_puts(out, ";\n");
}

/* What a statement sees, kept for mirror_meet. */
static void put_begin_trigger(const mirror *m, const mirror_flow *f, const mirror_group *g, strbuf *out) {
    sb_puts(out, "create trigger ");
    mirror_put_begin_trigger(m, out, f);
    sb_puts(out, " before insert or update or delete on ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, "\n    for each statement execute function migc.mirror_begin();\n");
}

static void put_trigger(const mirror *m, const mirror_flow *f, const mirror_group *g, strbuf *out) {
    strbuf body = STRBUF_INIT;
    sb_puts(&body, "begin\n");
    mirror_put_guard(m, &body);
    sb_puts(&body, "    if tg_op <> 'INSERT' then\n");
    put_call(m, f, g, "old", &body);
    sb_puts(&body, "    end if;\n    if tg_op <> 'DELETE' then\n");
    put_call(m, f, g, "new", &body);
    sb_puts(&body, "    end if;\n    return null;\nend");
    sb_puts(out, "\n");
    mirror_put_row_trigger(m, f, g->t, true, &body, out);
    sb_free(&body);
}

void mirror_checks(mirror *m, const mirror_flow *f, strbuf *out) {
    put_check(m, f, out);
    for (int i = 0; i < f->n_groups; i++) {
        put_trigger(m, f, &f->groups[i], out);
        put_begin_trigger(m, f, &f->groups[i], out);
    }
}
