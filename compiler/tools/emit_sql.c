/*
 * emit_sql.c: `migc emit sql`: the statements that make the target's schema, as a script for psql or sqlite3. They are those of the
 * plan, which the program executes too, in its order and with its transactions; the spec's lines stand above them.
 */
#include "compiler/plan/sql.h"
#include "compiler/tools/emit.h"

#include <string.h>

span tool_span(const plan_site *s) {
    return (span){s->text_id, s->offset, s->length};
}

void tool_put_place(strbuf *out, const plan_site *s) {
    strbuf place = STRBUF_INIT;
    sb_printf(&place, "%s:%d", s->file, s->line);
    plan_sql_comment(out, sb_text(&place));
    sb_free(&place);
}

static void put_heading(strbuf *out, const plan_site *s, const char *what, const char *name) {
    sb_puts(out, "\n-- ");
    tool_put_place(out, s);
    sb_printf(out, "  %s", what);
    plan_sql_comment(out, name);
    sb_putc(out, '\n');
}

static void put_statements(strbuf *out, const plan_site *s, const char *what, const char *name, const char **sql, int n) {
    if (n == 0)
        return;
    put_heading(out, s, what, name);
    for (int i = 0; i < n; i++)
        sb_printf(out, "%s;\n", sql[i]);
}

/* The spec's own statements end as they like: also in a comment, or with a semicolon. */
static void put_spec_sql(strbuf *out, const plan_step *s) {
    const char *from = s->sql, *end = s->sql + strlen(s->sql);
    while (from < end && strchr(" \t\r\n", *from) != NULL)
        from++;
    while (end > from && strchr(" \t\r\n", end[-1]) != NULL)
        end--;
    put_heading(out, &s->site, "SQL of the spec", "");
    sb_put(out, from, (size_t)(end - from));
    sb_puts(out, "\n;\n");
}

static bool has_sql(const plan_phase *ph, mig_engine engine) {
    for (int i = 0; i < ph->n_steps; i++) {
        const plan_step *s = &ph->steps[i];
        if (s->kind == MIG_STEP_SQL || (s->kind == MIG_STEP_OBJECT && engine == MIG_POSTGRES) ||
            (s->kind == MIG_STEP_CREATE && s->table->n_create[engine] > 0) ||
            (s->kind == MIG_STEP_CONSTRAIN && s->table->n_constrain[engine] > 0) ||
            (s->kind == MIG_STEP_INDEX && s->table->n_index_sql[engine] > 0))
            return true;
    }
    return false;
}

static void put_phase(strbuf *out, const plan_phase *ph, mig_engine engine) {
    sb_puts(out, "\n-- phase ");
    plan_sql_comment(out, ph->name);
    sb_puts(out, "\nbegin;\n");
    for (int i = 0; i < ph->n_steps; i++) {
        const plan_step *s = &ph->steps[i];
        const plan_table *t = s->table;
        if (s->kind == MIG_STEP_CREATE)
            put_statements(out, &t->site, "table ", t->name, t->create[engine], t->n_create[engine]);
        else if (s->kind == MIG_STEP_CONSTRAIN)
            put_statements(out, &t->site, "constraints and indexes of ", t->name, t->constrain[engine], t->n_constrain[engine]);
        else if (s->kind == MIG_STEP_INDEX)
            put_statements(out, &t->site, "indexes of ", t->name, t->index_sql[engine], t->n_index_sql[engine]);
        else if (s->kind == MIG_STEP_OBJECT && engine == MIG_POSTGRES)
            put_statements(out, &s->site, "", s->label, (const char *[]){s->sql}, 1);
        else if (s->kind == MIG_STEP_SQL)
            put_spec_sql(out, s);
    }
    sb_puts(out, "\ncommit;\n");
}

static void put_existing(const plan *p, strbuf *out) {
    for (int i = 0, n = 0; i < p->n_tables; i++) {
        if (!p->tables[i]->existing)
            continue;
        sb_puts(out, n++ == 0 ? "-- Must be there already: " : ", ");
        plan_sql_comment(out, p->tables[i]->name);
        if (i + 1 == p->n_tables)
            sb_putc(out, '\n');
    }
    if (out->length > 0 && out->data[out->length - 1] != '\n')
        sb_putc(out, '\n');
}

void tool_sql(const plan *p, mig_engine engine, strbuf *out) {
    bool postgres = engine == MIG_POSTGRES;
    sb_printf(out, "-- The schema of the migration ");
    plan_sql_comment(out, p->name);
    sb_puts(out, ", as a run makes it in ");
    sb_puts(out, postgres ? "PostgreSQL:  psql -v ON_ERROR_STOP=1 -f FILE\n" : "SQLite:  sqlite3 -bail DATABASE < FILE\n");
    sb_puts(out, "-- Made by `migc emit sql` from ");
    plan_sql_comment(out, p->file);
    sb_puts(out, ".\n");
    put_existing(p, out);
    if (postgres && p->target->schema != NULL) {
        sb_puts(out, "\ncreate schema if not exists ");
        plan_sql_ident(out, p->target->schema);
        sb_puts(out, ";\nset search_path to ");
        plan_sql_ident(out, p->target->schema);
        sb_puts(out, ";\n");
    }
    if (postgres)
        sb_puts(out, "set standard_conforming_strings = on;\n");
    for (int i = 0; i < p->n_phases; i++) {
        const plan_phase *ph = p->phases[i];
        if (!has_sql(ph, engine))
            continue;
        if (!ph->manual) {
            put_phase(out, ph, engine);
            continue;
        }
        sb_puts(out, "\n-- phase ");
        plan_sql_comment(out, ph->name);
        sb_puts(out, " is manual: a run leaves it out, and so does this script\n");
    }
}
