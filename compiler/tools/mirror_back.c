/*
 * mirror_back.c: new to old. One trigger function per flow and new table: a row of the table that stands for the source row makes,
 * changes or removes that; a row of another table changes the columns of the source row that it came from.
 */
#include "compiler/tools/mirror.h"

#include <string.h>

static const char *source_column(const mirror_flow *f, int column) {
    return f->f->source->columns[column].name;
}

static void put_column(strbuf *out, const char *row, const char *name) {
    if (row != NULL)
        sb_printf(out, "%s.", row);
    plan_sql_ident(out, name);
}

/* o.id = new.project_id: the source row of a row. */
static void put_link(const mirror_flow *f, const mirror_group *g, const char *row, strbuf *out) {
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? " and " : "");
        put_column(out, "o", source_column(f, f->key[k]));
        sb_puts(out, " = ");
        put_column(out, row, g->t->columns[g->link[k]].name);
    }
}

/* Writers of both sides meet at the source row: those of the old side have it, and the others take it before they do anything else.
   Has it been written since their statement began? */
static void put_lock(const mirror_flow *f, const mirror_group *g, const char *row, strbuf *out) {
    sb_puts(out, "    perform migc.mirror_meet(o.xmin) from (select o.xmin from ");
    mirror_put_old(f, out);
    sb_puts(out, " as o where ");
    put_link(f, g, row, out);
    sb_puts(out, " for no key update) as o;\n");
}

/* ---- values ------------------------------------------------------------------------------------------------------------ */

/* All elements of a list, from the rows that are there now. */
static void put_list_value(const mirror *m, const mirror_flow *f, const mirror_into *in, const mirror_back *b, const char *row, strbuf *out) {
    const mirror_group *g = &f->groups[in->group];
    const plan_source_column *c = &f->f->source->columns[b->source_column];
    if (c->not_null)
        sb_puts(out, "coalesce(");
    sb_puts(out, b->way == MIRROR_ARRAY ? "(select array_agg(" : "(select string_agg(");
    put_column(out, "e", g->t->columns[b->column].name);
    sb_puts(out, "::text");
    if (b->way == MIRROR_JOINED) {
        sb_puts(out, ", ");
        plan_sql_text(out, b->text);
    }
    sb_puts(out, " order by ");
    put_column(out, "e", g->t->columns[in->order].name);
    sb_puts(out, ") from ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as e where ");
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? " and " : "");
        put_column(out, "e", g->t->columns[g->link[k]].name);
        sb_puts(out, " = ");
        put_column(out, row, g->t->columns[g->link[k]].name);
    }
    sb_putc(out, ')');
    if (c->not_null)
        sb_puts(out, b->way == MIRROR_ARRAY ? ", '{}')" : ", '')");
}

/* The old column's value from a row of the new table. */
static void put_value(const mirror *m, const mirror_flow *f, const mirror_into *in, const mirror_back *b, const char *row, strbuf *out) {
    const char *name = in->s->table->columns[b->column].name;
    switch (b->way) {
    case MIRROR_NO: return;
    case MIRROR_COPY: put_column(out, row, name); return;
    case MIRROR_JSON_TEXT:
        sb_putc(out, '(');
        put_column(out, row, name);
        sb_puts(out, " #>> '{}')");
        return;
    case MIRROR_JSON_KEY:
        sb_putc(out, '(');
        put_column(out, row, name);
        sb_puts(out, " ->> ");
        plan_sql_text(out, b->text);
        sb_putc(out, ')');
        return;
    case MIRROR_ARRAY: case MIRROR_JOINED: put_list_value(m, f, in, b, row, out); return;
    }
}

/* Texts and json cannot always be compared as they are; live columns may be of other types. */
static void put_comparable(const plan_source_column *c, const char *value, strbuf *out) {
    bool as_text = c->type.id == MIG_T_JSON || c->type.id == MIG_T_TEXT || c->type.id == MIG_T_VARCHAR || c->type.id == MIG_T_CHAR;
    sb_printf(out, "%s%s", value, as_text ? "::text" : "");
}

static void put_fixed(const mirror *m, const mirror_into *in, const char *row, strbuf *out);

/* A row is gone: what another table says of the column, else null. */
static void put_other_value(const mirror *m, const mirror_flow *f, const mirror_into *gone, int column, strbuf *out) {
    strbuf others = STRBUF_INIT;
    for (int i = 0; i < f->n_intos; i++) {
        const mirror_into *in = &f->intos[i];
        const mirror_group *g = &f->groups[in->group];
        for (int k = 0; k < in->n_back; k++) {
            if (in == gone || in->back[k].source_column != column)
                continue;
            sb_puts(&others, "(select ");
            put_value(m, f, in, &in->back[k], "t", &others);
            sb_puts(&others, " from ");
            mirror_put_new(m, g->t, &others);
            sb_puts(&others, " as t where ");
            for (int n = 0; n < f->n_key; n++) {
                sb_puts(&others, n > 0 ? " and " : "");
                put_column(&others, "t", g->t->columns[g->link[n]].name);
                sb_puts(&others, " = ");
                put_column(&others, "old", f->groups[gone->group].t->columns[f->groups[gone->group].link[n]].name);
            }
            put_fixed(m, in, "t", &others);
            sb_puts(&others, "), ");
        }
    }
    if (others.length > 0)
        sb_printf(out, "coalesce(%snull)", sb_text(&others));
    else
        sb_puts(out, "null");
    sb_free(&others);
}

/* `update old set … where key and something differs`; row NULL: it is gone. */
static void put_update(const mirror *m, const mirror_flow *f, const mirror_into *in, const char *indent, const char *row, const char *key_row,
                       strbuf *out) {
    strbuf sets = STRBUF_INIT, was = STRBUF_INIT, is = STRBUF_INIT;
    for (int k = 0; k < in->n_back; k++) {
        const mirror_back *b = &in->back[k];
        const plan_source_column *c = &f->f->source->columns[b->source_column];
        strbuf value = STRBUF_INIT, old = STRBUF_INIT;
        if (row == NULL && b->way < MIRROR_ARRAY)
            put_other_value(m, f, in, b->source_column, &value);
        else
            put_value(m, f, in, b, row != NULL ? row : key_row, &value);
        put_column(&old, "o", c->name);
        sb_puts(&sets, k > 0 ? ", " : "");
        plan_sql_ident(&sets, c->name);
        sb_printf(&sets, " = %s", sb_text(&value));
        sb_puts(&was, k > 0 ? ", " : "");
        put_comparable(c, sb_text(&old), &was);
        sb_puts(&is, k > 0 ? ", " : "");
        put_comparable(c, sb_text(&value), &is);
        sb_free(&value);
        sb_free(&old);
    }
    if (in->n_back > 0) {
        sb_printf(out, "%supdate ", indent);
        mirror_put_old(f, out);
        sb_printf(out, " as o set %s\n%s    where ", sb_text(&sets), indent);
        put_link(f, &f->groups[in->group], key_row, out);
        sb_printf(out, " and row(%s) is distinct from row(%s);\n", sb_text(&was), sb_text(&is));
    }
    sb_free(&sets);
    sb_free(&was);
    sb_free(&is);
}

/* ---- rows of another table ------------------------------------------------------------------------------------------------ */

/* Is the row one of this into's? " and new.key = 'syllabus'". */
static void put_fixed(const mirror *m, const mirror_into *in, const char *row, strbuf *out) {
    px_sql w = {.a = m->a, .out = out};
    for (int k = 0; k < in->n_fixed; k++) {
        sb_puts(out, " and ");
        put_column(out, row, in->s->table->columns[in->fixed[k]->column].name);
        sb_puts(out, " = ");
        px_sql_put(&w, in->fixed[k]->value);
    }
}

/* The columns that say which source row and which into a row belongs to. */
static void put_identity(const mirror_flow *f, const mirror_into *in, const char *row, strbuf *out) {
    const mirror_group *g = &f->groups[in->group];
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? ", " : "");
        put_column(out, row, g->t->columns[g->link[k]].name);
    }
    for (int k = 0; k < in->n_fixed; k++) {
        sb_puts(out, ", ");
        put_column(out, row, g->t->columns[in->fixed[k]->column].name);
    }
}

static void put_found_row(const mirror_flow *f, const mirror_into *in, strbuf *out) {
    const mirror_group *g = &f->groups[in->group];
    sb_puts(out, "        perform from ");
    mirror_put_old(f, out);
    sb_puts(out, " as o where ");
    put_link(f, g, "here", out);
    sb_puts(out, ";\n        if not found then\n            raise exception using message = ");
    strbuf message = STRBUF_INIT;
    sb_printf(&message, "%s has no row for this row of %s", f->f->source->name, g->t->name);
    plan_sql_text(out, sb_text(&message));
    sb_puts(out, ";\n        end if;\n");
    sb_free(&message);
}

/* Nothing was put in its place: a trigger of the application may have done so since. Lists are read anew in any case. */
static void put_not_there(const mirror *m, const mirror_flow *f, const mirror_into *in, strbuf *out) {
    const mirror_group *g = &f->groups[in->group];
    if (in->s->each != NULL)
        return;
    sb_puts(out, "\n        and not exists (select from ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t where ");
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? " and " : "");
        put_column(out, "t", g->t->columns[g->link[k]].name);
        sb_puts(out, " = ");
        put_column(out, "old", g->t->columns[g->link[k]].name);
    }
    put_fixed(m, in, "t", out);
    sb_putc(out, ')');
}

static void put_part(const mirror *m, const mirror_flow *f, const mirror_into *in, strbuf *out) {
    if (in->n_back == 0)
        return;
    mirror_put_place(out, "    ", &in->s->site);
    sb_puts(out, "    if tg_op <> 'INSERT' and (tg_op = 'DELETE' or row(");
    put_identity(f, in, "new", out);
    sb_puts(out, ") is distinct from row(");
    put_identity(f, in, "old", out);
    sb_puts(out, "))");
    put_fixed(m, in, "old", out);
    put_not_there(m, f, in, out);
    sb_puts(out, " then\n");
    put_update(m, f, in, "        ", NULL, "old", out);
    sb_puts(out, "    end if;\n    if not (here is null)");
    put_fixed(m, in, "here", out);
    sb_puts(out, " then\n");
    put_found_row(f, in, out);
    put_update(m, f, in, "        ", "here", "here", out);
    sb_puts(out, "    end if;\n");
}

/* ---- the row that stands for the source row -------------------------------------------------------------------------------- */

static void put_keys(const mirror_flow *f, strbuf *out, const char *between, const char *row, const mirror_group *g) {
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? between : "");
        put_column(out, row, g != NULL ? g->t->columns[g->link[k]].name : source_column(f, f->key[k]));
    }
}

static void put_insert(const mirror *m, const mirror_flow *f, const mirror_into *in, strbuf *out) {
    const mirror_group *g = &f->groups[in->group];
    sb_puts(out, "        if not exists (select from ");
    mirror_put_old(f, out);
    sb_puts(out, " as o where ");
    put_link(f, g, "here", out);
    sb_puts(out, ") then\n            insert into ");
    mirror_put_old(f, out);
    sb_puts(out, " (");
    put_keys(f, out, ", ", NULL, NULL);
    for (int k = 0; k < in->n_back; k++) {
        sb_puts(out, ", ");
        plan_sql_ident(out, source_column(f, in->back[k].source_column));
    }
    sb_puts(out, ")\n                overriding system value values (");
    put_keys(f, out, ", ", "here", g);
    for (int k = 0; k < in->n_back; k++) {
        sb_puts(out, ", ");
        put_value(m, f, in, &in->back[k], "here", out);
    }
    sb_puts(out, ");\n        end if;\n");
}

static void put_base(const mirror *m, const mirror_flow *f, const mirror_into *in, strbuf *out) {
    const mirror_group *g = &f->groups[in->group];
    mirror_put_place(out, "    ", &in->s->site);
    sb_puts(out, "    if tg_op = 'DELETE'");
    put_not_there(m, f, in, out);
    sb_puts(out, " then\n        delete from ");
    mirror_put_old(f, out);
    sb_puts(out, " as o where ");
    put_link(f, g, "old", out);
    sb_puts(out, ";\n    end if;\n    if not (here is null) then\n");
    put_insert(m, f, in, out);
    put_update(m, f, in, "        ", "here", "here", out);
    sb_puts(out, "    end if;\n");
}

/* The row as it is now, which may be newer than what fired the trigger: other triggers write, too. */
static void put_here(const mirror *m, const mirror_group *g, strbuf *out) {
    sb_puts(out, "    if tg_op <> 'DELETE' then\n        select t.* into here from ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t where ");
    for (int k = 0; k < g->n_key; k++) {
        sb_puts(out, k > 0 ? " and " : "");
        put_column(out, "t", g->t->columns[g->key[k]].name);
        sb_puts(out, " = ");
        put_column(out, "new", g->t->columns[g->key[k]].name);
    }
    sb_puts(out, ";\n    end if;\n");
}

/* ---- the trigger of one table ---------------------------------------------------------------------------------------------- */

static bool has_work(const mirror_flow *f, int group) {
    for (int i = 0; i < f->n_intos; i++)
        if (f->intos[i].group == group && (i == f->base_into || f->intos[i].n_back > 0))
            return true;
    return false;
}

static void put_table(const mirror *m, const mirror_flow *f, int group, strbuf *out) {
    const mirror_group *g = &f->groups[group];
    strbuf body = STRBUF_INIT;
    mirror_put_declare(&body, &f->f->site);
    sb_puts(&body, "    here ");
    mirror_put_new(m, g->t, &body);
    sb_puts(&body, ";\nbegin\n");
    mirror_put_guard(m, &body);
    if (group == f->base)
        mirror_put_same_key(f, &body, "old", "new", g);
    put_lock(f, g, "old", &body);
    put_lock(f, g, "new", &body);
    mirror_put_mirroring(&body);
    put_here(m, g, &body);
    for (int i = 0; i < f->n_intos; i++) {
        if (f->intos[i].group == group && i == f->base_into)
            put_base(m, f, &f->intos[i], &body);
        else if (f->intos[i].group == group)
            put_part(m, f, &f->intos[i], &body);
    }
    mirror_put_handler(&body, "null");
    sb_puts(out, "\n-- A row of ");
    plan_sql_comment(out, g->t->name);
    sb_puts(out, " was written: its row of ");
    plan_sql_comment(out, f->f->source->name);
    sb_puts(out, " follows.\n");
    mirror_put_row_trigger(m, f, g->t, false, &body, out);
    sb_free(&body);
}

void mirror_backward(const mirror *m, const mirror_flow *f, strbuf *out) {
    for (int i = 0; i < f->n_groups; i++)
        if (has_work(f, i))
            put_table(m, f, i, out);
}
