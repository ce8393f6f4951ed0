/*
 * emit_mirror.c: `migc emit mirror`: triggers that keep the old tables and the new ones equal while both are written. What all parts
 * share: names, the switch, the sequence that both sides draw keys from; and the script around them, or the one that drops all.
 */
#include "compiler/tools/mirror.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63 };

/* ---- names -------------------------------------------------------------------------------------------------------------- */

/* PostgreSQL cuts names at 63 bytes: a long one is cut here, with a number of the whole behind it. */
static void put_name(strbuf *out, const char *name) {
    size_t n = strlen(name);
    strbuf cut = STRBUF_INIT;
    if (n > NAME_MAX_BYTES) {
        uint32_t hash = 2166136261u;
        for (size_t i = 0; i < n; i++)
            hash = (hash ^ (unsigned char)name[i]) * 16777619u;
        n = NAME_MAX_BYTES - 9;
        while (n > 0 && ((unsigned char)name[n] & 0xC0) == 0x80)
            n--;
        sb_put(&cut, name, n);
        sb_printf(&cut, "_%08x", hash);
        name = sb_text(&cut);
    }
    plan_sql_ident(out, name);
    sb_free(&cut);
}

void mirror_put_function(const mirror *m, strbuf *out, const mirror_flow *f, const char *what) {
    strbuf name = STRBUF_INIT;
    sb_printf(&name, "mirror_%s_%s_%s", m->p->name, f != NULL ? f->name : "all", what);
    sb_puts(out, "migc.");
    put_name(out, sb_text(&name));
    sb_free(&name);
}

/* Behind the triggers of references, which begin with RI_: what they remove has been mirrored by then. */
static void put_trigger(const mirror *m, strbuf *out, const mirror_flow *f, const plan_table *t) {
    strbuf name = STRBUF_INIT;
    sb_printf(&name, "migc_mirror_%s_%s%s", m->p->name, f->name, t != NULL ? "_back" : "");
    put_name(out, sb_text(&name));
    sb_free(&name);
}

static void put_trigger_name(const mirror *m, strbuf *out, const mirror_flow *f, const char *what) {
    strbuf name = STRBUF_INIT;
    sb_printf(&name, "migc_mirror_%s_%s_%s", m->p->name, f->name, what);
    put_name(out, sb_text(&name));
    sb_free(&name);
}

static void put_check_trigger(const mirror *m, strbuf *out, const mirror_flow *f) {
    put_trigger_name(m, out, f, "check");
}

void mirror_put_begin_trigger(const mirror *m, strbuf *out, const mirror_flow *f) {
    put_trigger_name(m, out, f, "begin");
}

void mirror_put_old(const mirror_flow *f, strbuf *out) {
    px_sql_table(out, f->f->source->schema, f->f->source->name);
}

void mirror_put_new(const mirror *m, const plan_table *t, strbuf *out) {
    px_sql_table(out, m->p->target->schema, t->name);
}

void mirror_put_name(const mirror *m, strbuf *out) {
    plan_sql_text(out, m->p->name);
}

/* ---- pieces of functions ------------------------------------------------------------------------------------------------- */

void mirror_put_site(strbuf *out, const char *indent, const plan_site *s) {
    sb_printf(out, "%s-- ", indent);
    tool_put_place(out, s);
    sb_puts(out, "  ");
    plan_sql_comment(out, s->text);
    sb_putc(out, '\n');
}

/* Dollar quotes that the body does not hold. */
static void put_quoted(strbuf *out, const strbuf *body) {
    char tag[32] = "$mirror$";
    for (int i = 1; strstr(sb_text(body), tag) != NULL; i++)
        snprintf(tag, sizeof tag, "$mirror%d$", i);
    sb_printf(out, "%s\n%s;\n%s;\n", tag, sb_text(body), tag);
}

void mirror_put_body(strbuf *out, const strbuf *body) {
    sb_puts(out, "language plpgsql set search_path from current as ");
    put_quoted(out, body);
}

/* Statements that are run once, where they need PL/pgSQL. */
static void put_do(strbuf *out, strbuf *body) {
    sb_puts(out, "do ");
    put_quoted(out, body);
    sb_free(body);
}

void mirror_put_guard(const mirror *m, strbuf *out) {
    sb_puts(out, "    if not migc.mirror_is_on(");
    mirror_put_name(m, out);
    sb_puts(out, ") then\n        return null;\n    end if;\n");
}

void mirror_put_declare(strbuf *out, const plan_site *s) {
    sb_puts(out, "declare\n    place text := ");
    strbuf place = STRBUF_INIT;
    sb_printf(&place, "%s:%d", s->file, s->line);
    plan_sql_text(out, sb_text(&place));
    sb_puts(out, ";\n    outside text := current_setting('migc.mirroring', true);\n    told text;\n");
    sb_free(&place);
}

void mirror_put_place(strbuf *out, const char *indent, const plan_site *s) {
    strbuf place = STRBUF_INIT;
    mirror_put_site(out, indent, s);
    sb_printf(&place, "%s:%d", s->file, s->line);
    sb_printf(out, "%splace := ", indent);
    plan_sql_text(out, sb_text(&place));
    sb_puts(out, ";\n");
    sb_free(&place);
}

void mirror_put_mirroring(strbuf *out) {
    sb_puts(out, "    perform set_config('migc.mirroring', pg_trigger_depth()::text, true);\n");
}

void mirror_put_handler(strbuf *out, const char *result) {
    sb_puts(out, "    perform set_config('migc.mirroring', coalesce(outside, ''), true);\n");
    if (result != NULL)
        sb_printf(out, "    return %s;\n", result);
    sb_puts(out, "exception when others then\n"
                 "    if sqlstate = 'MIGC1' then\n        raise;\n    end if;\n"
                 "    get stacked diagnostics told = pg_exception_detail;\n"
                 "    raise exception using errcode = sqlstate, message = place || ': the mirror cannot write the other side: ' || sqlerrm,"
                 " detail = told;\nend");
}

/* …_old, …_TABLE_new, …_TABLE_check */
static const char *row_function(const mirror *m, const plan_table *t, bool at_commit) {
    return t == NULL ? "old" : arena_printf(m->a, "%s_%s", t->name, at_commit ? "check" : "new");
}

/*
 * Not for what the mirror itself has written. Its statements run one level below what migc.mirroring says, and those of an
 * application's trigger deeper, so that they are mirrored.
 */
void mirror_put_row_trigger(const mirror *m, const mirror_flow *f, const plan_table *t, bool at_commit, const strbuf *body, strbuf *out) {
    const char *what = row_function(m, t, at_commit);
    sb_puts(out, "create function ");
    mirror_put_function(m, out, f, what);
    sb_puts(out, "() returns trigger\n");
    mirror_put_body(out, body);
    sb_puts(out, at_commit ? "create constraint trigger " : "create trigger ");
    if (at_commit)
        put_check_trigger(m, out, f);
    else
        put_trigger(m, out, f, t);
    sb_puts(out, " after insert or update or delete on ");
    if (t != NULL)
        mirror_put_new(m, t, out);
    else
        mirror_put_old(f, out);
    sb_puts(out, at_commit ? " deferrable initially deferred" : "");
    sb_puts(out, "\n    for each row when (current_setting('migc.mirroring', true) is distinct from pg_trigger_depth()::text) execute function ");
    mirror_put_function(m, out, f, what);
    sb_puts(out, "();\n");
}

/* ---- the switch ------------------------------------------------------------------------------------------------------------ */

static void put_switch(const mirror *m, strbuf *out) {
    sb_puts(out,
            "\n-- The switch: select migc.mirror_on('NAME'), migc.mirror_off('NAME'). While it is off the sides part; make them equal\n"
            "-- again (see the end of this script) before it goes on.\n"
            "create schema if not exists migc;\n"
            "create table if not exists migc.mirror (name text primary key, enabled boolean not null, changed_at timestamptz not null);\n"
            "-- A transaction that sees nothing newer than its begin must not go by a switch that has been turned since: it is told to try again.\n"
            "create or replace function migc.mirror_hold(text) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as"
            " $mirror$\nbegin\n    perform from migc.mirror as m where m.name = $1 for share;\n"
            "    if not found then\n        raise exception using errcode = 'serialization_failure',"
            " message = 'could not serialize access: the mirror is newer than the transaction';\n    end if;\nend;\n$mirror$;\n"
            "create or replace function migc.mirror_is_on(text) returns boolean language plpgsql as $mirror$\nbegin\n"
            "    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then\n"
            "        perform migc.mirror_hold($1);\n    end if;\n"
            "    return coalesce((select m.enabled from migc.mirror as m where m.name = $1), false);\nend;\n$mirror$;\n"
            "create or replace function migc.mirror_set(text, boolean) returns void language plpgsql as $mirror$\nbegin\n"
            "    update migc.mirror as m set enabled = $2, changed_at = now() where m.name = $1;\n"
            "    if not found then\n        raise exception 'there is no mirror \"%\"', $1;\n    end if;\nend;\n$mirror$;\n"
            "create or replace function migc.mirror_on(text) returns void language sql as $mirror$ select migc.mirror_set($1, true) $mirror$;\n"
            "create or replace function migc.mirror_off(text) returns void language sql as $mirror$ select migc.mirror_set($1, false) $mirror$;\n"
            "create or replace function migc.mirror_refuse(text) returns text language plpgsql as $mirror$\nbegin\n"
            "    raise exception using errcode = 'MIGC1', message = $1;\nend;\n$mirror$;\n"
            "-- What a statement sees is what was committed when it began. A row that it meets may have been written since: then it has not seen\n"
            "-- all that belongs to that row, and what it leaves may be a state that neither writer meant.\n"
            "create or replace function migc.mirror_begin() returns trigger language plpgsql stable as $mirror$\nbegin\n"
            "    perform set_config('migc.began', pg_current_snapshot()::text, true); -- stable: the statement's own, not a newer one\n"
            "    return null;\nend;\n$mirror$;\n"
            "create or replace function migc.mirror_meet(xid) returns void language plpgsql as $mirror$\ndeclare\n"
            "    writer xid8 := greatest(pg_current_xact_id()::text::bigint - age($1), 3)::text::xid8;\nbegin\n"
            "    if pg_xact_status(writer) = 'committed'\n"
            "        and not pg_visible_in_snapshot(writer, nullif(current_setting('migc.began', true), '')::pg_snapshot) then\n"
            "        perform set_config('migc.met', 'yes', true);\n    end if;\nend;\n$mirror$;\n"
            "create or replace function migc.mirror_parted(place text, what text, old_table text, key text) returns void language plpgsql as $mirror$\n"
            "begin\n    if current_setting('migc.met', true) = 'yes' then\n"
            "        raise exception using errcode = 'serialization_failure', message = place || ': could not serialize access: ' || what,\n"
            "            detail = 'key: ' || key,\n"
            "            hint = 'Another transaction has written the same row of ' || old_table || ' meanwhile: try again.';\n    end if;\n"
            "    raise exception using errcode = 'MIGC1', message = place || ': the old side cannot say this: ' || what, detail = 'key: ' || key;\n"
            "end;\n$mirror$;\n"
            "grant usage on schema migc to public;\ngrant select on migc.mirror to public;\n"
            "insert into migc.mirror (name, enabled, changed_at) values (");
    mirror_put_name(m, out);
    sb_puts(out, ", true, now())\n    on conflict (name) do update set enabled = true, changed_at = now();\n");
}

/* ---- keys of new rows -------------------------------------------------------------------------------------------------------- */

static void put_quoted_table(strbuf *out, const char *schema, const char *table) {
    strbuf name = STRBUF_INIT;
    px_sql_table(&name, schema, table);
    plan_sql_text(out, sb_text(&name));
    sb_free(&name);
}

/* The column that the new side numbers by itself, of a row that is also on the old side; -1: none. */
static int numbered(const mirror_flow *f) {
    const mirror_group *g = &f->groups[f->base];
    return f->n_key == 1 && g->t->columns[g->link[0]].identity && !g->t->existing ? g->link[0] : -1;
}

static void put_shared_sequence(const mirror *m, const mirror_flow *f, strbuf *out) {
    int column = numbered(f);
    if (column < 0)
        return;
    const plan_table *t = f->groups[f->base].t;
    const char *key = f->f->source->columns[f->key[0]].name;
    strbuf table = STRBUF_INIT, name = STRBUF_INIT;
    mirror_put_new(m, t, &table);
    plan_sql_ident(&name, t->columns[column].name);
    sb_puts(out, "\n-- Both sides draw the keys of new rows from the old side's sequence, so that no key is given twice: the new column gives up\n"
                 "-- its own. The script of `migc emit mirror --drop` gives it back.\n");
    strbuf body = STRBUF_INIT, *script = out;
    out = &body;
    sb_puts(out, "declare\n    sequence text := pg_get_serial_sequence(");
    put_quoted_table(out, f->f->source->schema, f->f->source->name);
    sb_puts(out, ", ");
    plan_sql_text(out, key);
    sb_puts(out, ");\n    key text;\n    highest bigint;\n    last bigint;\nbegin\n    select pg_get_expr(d.adbin, d.adrelid) into key from pg_attrdef as d\n"
                 "        join pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum\n        where d.adrelid = ");
    put_quoted_table(out, f->f->source->schema, f->f->source->name);
    sb_puts(out, "::regclass and a.attname = ");
    plan_sql_text(out, key);
    sb_puts(out, ";\n    if sequence is not null then\n        key := format('nextval(%L::regclass)', sequence);\n    end if;\n"
                 "    if key is null then\n        raise warning 'the old side gives no keys to new rows: writers of the new side must give them';\n"
                 "        return;\n    end if;\n    alter table ");
    sb_printf(out, "%s alter column %s drop identity if exists;\n", sb_text(&table), sb_text(&name));
    strbuf command = STRBUF_INIT;
    sb_puts(&command, "alter table ");
    for (const char *p = sb_text(&table); *p != '\0'; p++)
        sb_puts(&command, *p == '%' ? "%%" : (char[]){*p, '\0'});
    sb_puts(&command, " alter column ");
    for (const char *p = sb_text(&name); *p != '\0'; p++)
        sb_puts(&command, *p == '%' ? "%%" : (char[]){*p, '\0'});
    sb_puts(&command, " set default %s");
    sb_puts(out, "    execute format(");
    plan_sql_text(out, sb_text(&command));
    sb_printf(out, ", key);\n    if sequence is not null then\n        select max(t.%s) into highest from %s as t;\n", sb_text(&name), sb_text(&table));
    sb_puts(out, "        execute 'select last_value from ' || sequence into last;\n"
                 "        if highest > last then\n            perform setval(sequence, highest);\n        end if;\n"
                 "    end if;\nend");
    put_do(script, &body);
    sb_free(&table);
    sb_free(&name);
    sb_free(&command);
}

static void put_own_sequence(const mirror *m, const mirror_flow *f, strbuf *out) {
    int column = numbered(f);
    if (column < 0)
        return;
    const plan_table *t = f->groups[f->base].t;
    strbuf table = STRBUF_INIT, name = STRBUF_INIT;
    mirror_put_new(m, t, &table);
    plan_sql_ident(&name, t->columns[column].name);
    strbuf body = STRBUF_INIT, *script = out;
    out = &body;
    sb_puts(out, "begin\n    if exists (select from pg_attribute as a where a.attrelid = to_regclass(");
    put_quoted_table(out, m->p->target->schema, t->name);
    sb_puts(out, ") and a.attname = ");
    plan_sql_text(out, t->columns[column].name);
    sb_printf(out, " and a.attidentity = '') then\n        alter table %s alter column %s drop default;\n", sb_text(&table), sb_text(&name));
    sb_printf(out, "        alter table %s alter column %s add generated by default as identity;\n", sb_text(&table), sb_text(&name));
    sb_puts(out, "        perform setval(pg_get_serial_sequence(");
    put_quoted_table(out, m->p->target->schema, t->name);
    sb_puts(out, ", ");
    plan_sql_text(out, t->columns[column].name);
    sb_printf(out, "), max(t.%s)) from %s as t;\n    end if;\nend", sb_text(&name), sb_text(&table));
    put_do(script, &body);
    sb_free(&table);
    sb_free(&name);
}

/* ---- making the sides equal ---------------------------------------------------------------------------------------------------- */

static bool is_alone(const mirror *m, const mirror_flow *f, const plan_table *t) {
    for (int i = 0; i < m->n_flows; i++)
        for (int k = 0; k < m->flows[i].n_groups; k++)
            if (&m->flows[i] != f && m->flows[i].groups[k].t == t)
                return false;
    return true;
}

static void put_orphans(const mirror *m, const mirror_flow *f, strbuf *out) {
    const mirror_group *g = &f->groups[f->base];
    if (!is_alone(m, f, g->t))
        return;
    sb_puts(out, "    delete from ");
    mirror_put_new(m, g->t, out);
    sb_puts(out, " as t where not exists (select from ");
    mirror_put_old(f, out);
    sb_puts(out, " as o where ");
    for (int k = 0; k < f->n_key; k++) {
        sb_puts(out, k > 0 ? " and o." : "o.");
        plan_sql_ident(out, f->f->source->columns[f->key[k]].name);
        sb_puts(out, " = t.");
        plan_sql_ident(out, g->t->columns[g->link[k]].name);
    }
    sb_puts(out, ");\n");
}

/* Old to new, all rows: after the run, for what was written between it and the triggers, or after the mirror was off. */
static void put_catch_up(const mirror *m, strbuf *out) {
    strbuf body = STRBUF_INIT;
    mirror_put_declare(&body, &m->p->target->site);
    for (int i = 0; i < m->n_flows; i++) {
        sb_printf(&body, "    row_%d ", i + 1);
        mirror_put_old(&m->flows[i], &body);
        sb_puts(&body, ";\n");
    }
    sb_puts(&body, "    refused integer := 0;\nbegin\n"
                   "    if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then\n"
                   "        raise exception using errcode = 'MIGC1', message = place || ': the sides cannot be made equal here: only a transaction"
                   " that is read committed sees all that has been written',\n"
                   "            hint = 'begin isolation level read committed;';\n    end if;\n");
    for (int i = 0; i < m->n_flows; i++) {
        sb_puts(&body, "    lock table ");
        mirror_put_old(&m->flows[i], &body);
        sb_puts(&body, " in share row exclusive mode;\n");
        for (int k = 0; k < m->flows[i].n_groups; k++) {
            sb_puts(&body, "    lock table ");
            mirror_put_new(m, m->flows[i].groups[k].t, &body);
            sb_puts(&body, " in share row exclusive mode;\n");
        }
    }
    mirror_put_mirroring(&body);
    for (int i = m->n_flows - 1; i >= 0; i--)
        put_orphans(m, &m->flows[i], &body);
    for (int i = 0; i < m->n_flows; i++) {
        sb_printf(&body, "    for row_%d in select * from ", i + 1);
        mirror_put_old(&m->flows[i], &body);
        sb_puts(&body, " loop\n        begin\n            perform ");
        mirror_put_function(m, &body, &m->flows[i], "carry");
        mirror_put_arguments(&m->flows[i], arena_printf(m->a, "row_%d", i + 1), NULL, &body);
        sb_puts(&body, ";\n        exception when sqlstate 'MIGC1' then\n            refused := refused + 1;\n"
                       "            if refused <= 10 then\n                raise warning '%', sqlerrm;\n            end if;\n"
                       "        end;\n    end loop;\n");
    }
    sb_puts(&body, "    if refused > 10 then\n        raise warning '% rows of the old side are refused by the mapping', refused;\n    end if;\n");
    mirror_put_handler(&body, NULL);
    sb_puts(out, "\n-- Makes the new side equal to the old one, whose rows win. Rows that the mapping refuses are named and passed over.\ncreate function ");
    mirror_put_function(m, out, NULL, "catch_up");
    sb_puts(out, "() returns void\n");
    mirror_put_body(out, &body);
    sb_free(&body);
}

/* ---- truncate ------------------------------------------------------------------------------------------------------------------ */

/* Every mirrored table once, as SQL: old ones, and new ones where they are read back. */
static int all_tables(const mirror *m, const char ***out) {
    int n = 0, most = 0;
    for (int i = 0; i < m->n_flows; i++)
        most += 1 + m->flows[i].n_groups;
    *out = arena_array(m->a, const char *, most);
    for (int i = 0; i < m->n_flows; i++)
        for (int k = -1; k < (m->one_way ? 0 : m->flows[i].n_groups); k++) {
            strbuf name = STRBUF_INIT;
            if (k < 0)
                mirror_put_old(&m->flows[i], &name);
            else
                mirror_put_new(m, m->flows[i].groups[k].t, &name);
            const char *table = sb_take(&name, m->a);
            bool known = false;
            for (int j = 0; j < n; j++)
                known = known || strcmp((*out)[j], table) == 0;
            if (!known)
                (*out)[n++] = table;
        }
    return n;
}

static void put_truncate_trigger(const mirror *m, strbuf *out) {
    strbuf name = STRBUF_INIT;
    sb_printf(&name, "migc_mirror_%s_truncate", m->p->name);
    put_name(out, sb_text(&name));
    sb_free(&name);
}

/* It fires no trigger of a row: the other side would never hear of it. */
static void put_truncate(const mirror *m, strbuf *out) {
    const char **tables;
    int n = all_tables(m, &tables);
    strbuf body = STRBUF_INIT;
    sb_puts(&body, "begin\n");
    mirror_put_guard(m, &body);
    sb_puts(&body, "    raise exception using errcode = 'MIGC1', message = ");
    mirror_put_name(m, &body);
    sb_puts(&body, " || ': truncate is not mirrored; delete the rows, or switch the mirror off';\nend");
    sb_puts(out, "\n-- Truncate fires no trigger of a row: the other side would never hear of it.\ncreate function ");
    mirror_put_function(m, out, NULL, "truncate");
    sb_puts(out, "() returns trigger\n");
    mirror_put_body(out, &body);
    sb_free(&body);
    for (int i = 0; i < n; i++) {
        sb_puts(out, "create trigger ");
        put_truncate_trigger(m, out);
        sb_printf(out, " before truncate on %s\n    for each statement execute function ", tables[i]);
        mirror_put_function(m, out, NULL, "truncate");
        sb_puts(out, "();\n");
    }
}

/* ---- dropping ------------------------------------------------------------------------------------------------------------------ */

static void drop_function(const mirror *m, const mirror_flow *f, const char *what, strbuf *out) {
    sb_puts(out, "drop function if exists ");
    mirror_put_function(m, out, f, what);
    sb_puts(out, ";\n");
}

static void drop_flow(const mirror *m, const mirror_flow *f, strbuf *out) {
    static const char *const whats[] = {"old", "carry", "check", "map"};
    sb_puts(out, "drop trigger if exists ");
    put_trigger(m, out, f, NULL);
    sb_puts(out, " on ");
    mirror_put_old(f, out);
    sb_puts(out, ";\n");
    for (int i = 0; i < f->n_groups; i++) {
        const plan_table *t = f->groups[i].t;
        sb_puts(out, "drop trigger if exists ");
        put_trigger(m, out, f, t);
        sb_puts(out, " on ");
        mirror_put_new(m, t, out);
        sb_puts(out, ";\ndrop trigger if exists ");
        put_check_trigger(m, out, f);
        sb_puts(out, " on ");
        mirror_put_new(m, t, out);
        sb_puts(out, ";\ndrop trigger if exists ");
        mirror_put_begin_trigger(m, out, f);
        sb_puts(out, " on ");
        mirror_put_new(m, t, out);
        sb_puts(out, ";\n");
        drop_function(m, f, row_function(m, t, false), out);
        drop_function(m, f, row_function(m, t, true), out);
    }
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++)
        drop_function(m, f, whats[i], out);
}

static void put_drops(const mirror *m, strbuf *out) {
    const mirror both = {.a = m->a, .p = m->p, .flows = m->flows, .n_flows = m->n_flows}; /* an earlier version may have gone both ways */
    const char **tables;
    int n = all_tables(&both, &tables);
    for (int i = 0; i < n; i++) {
        sb_puts(out, "drop trigger if exists ");
        put_truncate_trigger(m, out);
        sb_printf(out, " on %s;\n", tables[i]);
    }
    drop_function(m, NULL, "truncate", out);
    drop_function(m, NULL, "catch_up", out);
    for (int i = 0; i < m->n_flows; i++)
        drop_flow(m, &m->flows[i], out);
}

static void put_last_drop(const mirror *m, strbuf *out) {
    for (int i = 0; i < m->n_flows; i++)
        put_own_sequence(m, &m->flows[i], out);
    strbuf body = STRBUF_INIT, *script = out;
    out = &body;
    sb_puts(out, "begin\n    if to_regclass('migc.mirror') is null then\n        return;\n    end if;\n"
                 "    delete from migc.mirror as m where m.name = ");
    mirror_put_name(m, out);
    sb_puts(out, ";\n    if not exists (select from migc.mirror) then\n        drop function migc.mirror_on(text), migc.mirror_off(text),"
                 " migc.mirror_set(text, boolean), migc.mirror_is_on(text), migc.mirror_hold(text),\n"
                 "            migc.mirror_refuse(text), migc.mirror_begin(), migc.mirror_meet(xid), migc.mirror_parted(text, text, text, text);\n"
                 "        drop table migc.mirror;\n    end if;\nend");
    put_do(script, &body);
}

/* ---- the script ---------------------------------------------------------------------------------------------------------------- */

static void put_head(const mirror *m, bool drop, strbuf *out) {
    sb_puts(out, drop ? "-- Removes the mirror of the migration " : "-- The mirror of the migration ");
    plan_sql_comment(out, m->p->name);
    sb_puts(out, drop ? ".\n" : m->one_way ? ": what is written to the old tables reaches the new ones.\n"
                                           : ": what is written to the old tables reaches the new ones, and the other way round.\n");
    sb_puts(out, "-- Made by `migc emit mirror` from ");
    plan_sql_comment(out, m->p->file);
    sb_puts(out, ".  psql -v ON_ERROR_STOP=1 -f FILE\n");
    for (int i = 0; !drop && i < m->p->n_flows; i++) {
        bool there = false;
        for (int k = 0; k < m->n_flows; k++)
            there = there || m->flows[k].f == m->p->flows[i];
        if (there || m->p->flows[i]->alias != NULL)
            continue;
        sb_puts(out, "-- Not mirrored: ");
        plan_sql_comment(out, m->p->flows[i]->name);
        sb_puts(out, ", which is no table of a PostgreSQL source.\n");
    }
    if (!drop)
        sb_puts(out, "-- Before the old tables can be dropped, the mirror goes: migc emit mirror --drop. Roles that write need rights on both sides.\n"
                     "-- What a cascade removes on one side is removed on the other; a row that is written to both sides at the same moment may end\n"
                     "-- one of the two transactions as a deadlock or as one that could not be serialized, to be tried again.\n");
    sb_puts(out, "set standard_conforming_strings = on;\nset client_min_messages = warning;\nbegin isolation level read committed;\n"
                 "-- One script or run at a time makes or drops what is everybody's in the schema migc. Functions keep the search path of now.\n"
                 "do $mirror$\nbegin\n    perform pg_advisory_xact_lock(1835624291, 0);\n"
                 "    perform set_config('search_path', coalesce((select string_agg(quote_ident(s), ', ' order by n)\n"
                 "        from unnest(current_schemas(false)) with ordinality as u(s, n)), ''), true);\nend;\n$mirror$;\n");
}

static void name_flows(mirror *m) {
    for (int i = 0; i < m->n_flows; i++) {
        int before = 0;
        for (int k = 0; k < i; k++)
            before += strcmp(m->flows[k].f->source->name, m->flows[i].f->source->name) == 0;
        const char *name = m->flows[i].f->source->name;
        m->flows[i].name = before == 0 ? name : arena_printf(m->a, "%s_%d", name, before + 1);
    }
}

bool tool_mirror(arena *a, diag *d, const plan *p, tool_mirror_options o, strbuf *out) {
    mirror m = {.a = a, .d = d, .p = p, .one_way = o.one_way || o.drop};
    if (!mirror_model(&m))
        return false;
    name_flows(&m);
    put_head(&m, o.drop, out);
    sb_puts(out, o.drop ? "\n" : "\n-- An earlier version goes first.\n");
    put_drops(&m, out);
    if (o.drop) {
        put_last_drop(&m, out);
    } else {
        put_switch(&m, out);
        for (int i = 0; i < m.n_flows; i++)
            mirror_forward(&m, &m.flows[i], out);
        for (int i = 0; i < m.n_flows && !o.one_way; i++) {
            mirror_backward(&m, &m.flows[i], out);
            mirror_checks(&m, &m.flows[i], out);
            put_shared_sequence(&m, &m.flows[i], out);
        }
        put_truncate(&m, out);
        put_catch_up(&m, out);
        sb_puts(out, "\n-- What was written since the rows were moved:\n");
        strbuf body = STRBUF_INIT;
        sb_puts(&body, "begin\n    perform ");
        mirror_put_function(&m, &body, NULL, "catch_up");
        sb_puts(&body, "();\nend");
        put_do(out, &body);
    }
    sb_puts(out, "\ncommit;\n");
    return diag_errors(d) == 0;
}
