/*
 * catalog_db.c: tables of a SQLite or PostgreSQL database: columns, keys and references, asked by queries through the very source
 * that reads the rows.
 */
#include "compiler/tools/catalog.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- asking --------------------------------------------------------------------------------------------------------- */

enum { ASKED = 8 };

typedef void (*row_fn)(catalog *c, const char *const *v);

/* Calls fn for each row of the query's answer; its columns are the names, separated by blanks. Values as text, null as NULL. */
static mig_status ask(catalog *c, const char *sql, const char *names, row_fn fn, rt_error *e)
{
    mig_source_column columns[ASKED] = {{0}};
    mig_source_table t = {.name = "the catalogue", .query = sql, .columns = columns};
    char *copy = arena_strdup(c->mem, names), *rest = copy, *name;
    rt_reader *reader = NULL;
    const mig_record *record;
    mig_status st;

    while ((name = strsep(&rest, " ")) != NULL)
        columns[t.n_columns++] = (mig_source_column){.name = name, .type = MIG_T_TEXT};
    st = c->ops->read(c->source, &t, &reader, e);
    while (st == MIG_OK) {
        const char *v[ASKED] = {NULL};

        st = c->ops->next(reader, &record, e);
        if (st != MIG_OK || record == NULL)
            break;
        for (int i = 0; i < t.n_columns; i++)
            if (record->cells[i].kind == MIG_CELL_TEXT)
                v[i] = arena_strndup(c->mem, record->cells[i].p, record->cells[i].n);
        fn(c, v);
    }
    if (reader != NULL)
        c->ops->stop(reader);
    return st;
}

/* ---- taking the answers ----------------------------------------------------------------------------------------------- */

/* Tables are named in the queries by their name (SQLite) or their number (PostgreSQL), kept in read.pattern, which databases do not use. */
static cat_table *find_table(catalog *c, const char *key)
{
    for (int i = 0; i < c->n_tables && key != NULL; i++)
        if (c->kind == MIG_SOURCE_SQLITE ? strcasecmp(c->tables[i].read.pattern, key) == 0 : strcmp(c->tables[i].read.pattern, key) == 0)
            return &c->tables[i];
    return NULL;
}

static int find_column(const catalog *c, const cat_table *t, const char *name)
{
    for (int i = 0; i < t->n_columns && name != NULL; i++)
        if (c->kind == MIG_SOURCE_SQLITE ? strcasecmp(t->columns[i].name, name) == 0 : strcmp(t->columns[i].name, name) == 0)
            return i;
    return -1;
}

/* key, schema, name, shown, bytes */
static void take_table(catalog *c, const char *const *v)
{
    cat_table *t = cat_add_table(c);

    t->name = v[3];
    t->read = (mig_source_table){.name = v[2], .schema = v[1], .pattern = v[0]};
    t->bytes = v[4] != NULL ? strtoll(v[4], NULL, 10) : -1;
}

/* PostgreSQL's types as people write them: "character varying(40)" -> "varchar(40)". */
static const char *short_type(arena *mem, const char *type)
{
    static const char *const pairs[][2] = {
        {"character varying", "varchar"}, {"character", "char"}, {"timestamp without time zone", "timestamp"},
        {"timestamp with time zone", "timestamptz"}, {"time without time zone", "time"}, {"double precision", "double"}};

    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        size_t n = strlen(pairs[k][0]);

        if (strncmp(type, pairs[k][0], n) == 0 && (type[n] == '\0' || type[n] == '(' || type[n] == '['))
            return arena_printf(mem, "%s%s", pairs[k][1], type + n);
    }
    return type;
}

/* key, column, type, not null */
static void take_column(catalog *c, const char *const *v)
{
    cat_table *t = find_table(c, v[0]);
    mig_type type = c->kind == MIG_SOURCE_SQLITE ? MIG_T_BYTEA : MIG_T_TEXT; /* SQLite: anything but text is given as it is stored */
    int cap, n;

    if (t == NULL || v[1] == NULL)
        return;
    n = cap = t->n_columns;
    while (cap > 0 && (cap & (cap - 1)) != 0) /* grown by doubling: the capacity follows from the number */
        cap++;
    if (c->kind == MIG_SOURCE_POSTGRES && v[2] != NULL && strcmp(v[2], "bytea") == 0)
        type = MIG_T_BYTEA;
    if (n == cap) {
        cat_column *columns = arena_array(c->mem, cat_column, cap == 0 ? 1 : cap * 2);
        mig_source_column *read = arena_array(c->mem, mig_source_column, cap == 0 ? 1 : cap * 2);

        if (n > 0) {
            memcpy(columns, t->columns, sizeof *columns * (size_t)n);
            memcpy(read, t->read.columns, sizeof *read * (size_t)n);
        }
        t->columns = columns;
        t->read.columns = read;
    }
    t->columns[n] = (cat_column){.name = v[1], .type = v[2] == NULL ? "" : c->kind == MIG_SOURCE_POSTGRES ? short_type(c->mem, v[2]) : v[2],
                                   .not_null = v[3] != NULL && *v[3] == '1'};
    ((mig_source_column *)(uintptr_t)t->read.columns)[n] = (mig_source_column){.name = v[1], .type = type};
    t->n_columns = t->read.n_columns = n + 1;
}

/* key, group, primary, position, column. A key over an expression has a column NULL, and is none. */
static void take_key(catalog *c, const char *const *v)
{
    cat_table *t = find_table(c, v[0]);
    int column = t != NULL ? find_column(c, t, v[4]) : -1;
    bool first = v[3] != NULL && strcmp(v[3], "1") == 0;
    cat_key *k;

    if (t == NULL)
        return;
    if (first) {
        k = arena_push(c->mem, &t->keys, &t->n_keys, &t->cap_keys, sizeof *k);
        k->primary = v[2] != NULL && *v[2] == '1';
        k->columns = arena_array(c->mem, int, t->n_columns);
    }
    k = &t->keys[t->n_keys - 1];
    if (column < 0 || k->n < 0)
        k->n = -1; /* dropped by tidy_keys */
    else
        k->columns[k->n++] = column;
}

/* key, group, position, column, key of the other table, its column (NULL: its primary key) */
static void take_ref(catalog *c, const char *const *v)
{
    cat_table *t = find_table(c, v[0]), *to = find_table(c, v[4]);
    bool first = v[2] != NULL && strcmp(v[2], "1") == 0;
    int column, to_column;
    cat_ref *r;

    if (t == NULL)
        return;
    if (first) {
        r = arena_push(c->mem, &t->refs, &t->n_refs, &t->cap_refs, sizeof *r);
        r->columns = arena_array(c->mem, int, t->n_columns);
        r->to_columns = arena_array(c->mem, int, t->n_columns);
        r->to = to != NULL ? (int)(to - c->tables) : -1;
    }
    r = &t->refs[t->n_refs - 1];
    column = find_column(c, t, v[3]);
    to_column = to != NULL ? find_column(c, to, v[5]) : -1;
    for (int i = 0; to != NULL && v[5] == NULL && i < to->n_keys; i++)
        if (to->keys[i].primary && r->n < to->keys[i].n)
            to_column = to->keys[i].columns[r->n];
    if (column < 0 || to_column < 0 || r->n < 0) {
        r->n = -1;
    } else {
        r->columns[r->n] = column;
        r->to_columns[r->n++] = to_column;
    }
}

/* Keys over expressions and references to what is not there are not followed. */
static void tidy(catalog *c)
{
    for (int i = 0; i < c->n_tables; i++) {
        cat_table *t = &c->tables[i];
        int n = 0;

        for (int k = 0; k < t->n_keys; k++)
            if (t->keys[k].n > 0)
                t->keys[n++] = t->keys[k];
        t->n_keys = n;
        n = 0;
        for (int k = 0; k < t->n_refs; k++)
            if (t->refs[k].n > 0)
                t->refs[n++] = t->refs[k];
        t->n_refs = n;
    }
}

static void take_others(catalog *c, const char *const *v)
{
    c->n_others = v[0] != NULL ? (int)strtol(v[0], NULL, 10) : 0;
}

static void take_size(catalog *c, const char *const *v)
{
    cat_table *t = find_table(c, v[0]);

    if (t != NULL && v[1] != NULL)
        t->bytes = strtoll(v[1], NULL, 10);
}

static void take_all_bytes(catalog *c, const char *const *v)
{
    c->bytes = v[0] != NULL ? strtoll(v[0], NULL, 10) : -1;
}

/* ---- SQLite ------------------------------------------------------------------------------------------------------------- */

/* The tables of people; those of SQLite and of migrations are none. */
#define LITE_TABLES "pragma_table_list t where t.schema = 'main' and t.name not like 'sqlite\\_%' escape '\\' " \
                    "and t.name not like '\\_migc\\_%' escape '\\' "

static const char lite_tables[] =
    "select t.name as key, null as schema, t.name as name, t.name as shown, null as bytes from " LITE_TABLES "and t.type = 'table' order by t.name";
static const char lite_columns[] =
    "select l.key as key, c.name as name, c.type as type, c.\"notnull\" as nn from (select t.name as key from " LITE_TABLES
    "and t.type = 'table') l, pragma_table_xinfo(l.key) c where c.hidden <> 1 order by l.key, c.cid";
static const char lite_keys[] =
    "select key, grp, prim, pos, name from ("
    "select l.key as key, ' primary' as grp, 1 as prim, c.pk as pos, c.name as name from (select t.name as key from " LITE_TABLES
    "and t.type = 'table') l, pragma_table_xinfo(l.key) c where c.pk > 0 union all "
    "select l.key, x.name, 0, i.seqno + 1, i.name from (select t.name as key from " LITE_TABLES
    "and t.type = 'table') l, pragma_index_list(l.key) x, pragma_index_info(x.name) i where x.\"unique\" and not x.partial and x.origin <> 'pk'"
    ") order by key, grp, pos";
static const char lite_refs[] =
    "select l.key as key, f.id as grp, f.seq + 1 as pos, f.\"from\" as name, f.\"table\" as to_key, f.\"to\" as to_name from "
    "(select t.name as key from " LITE_TABLES "and t.type = 'table') l, pragma_foreign_key_list(l.key) f order by l.key, f.id, f.seq";
static const char lite_others[] = "select count(*) as n from " LITE_TABLES "and t.type in ('view', 'virtual')";
static const char lite_sizes[] =
    "select s.tbl_name as key, sum(d.pgsize) as bytes from dbstat d join sqlite_schema s on s.name = d.name where d.aggregate = 1 group by 1";

static void lite_bytes(catalog *c)
{
    rt_error ignored = {0};
    struct stat st;

    if (stat(c->place, &st) == 0)
        c->bytes = (int64_t)st.st_size;
    (void)ask(c, lite_sizes, "key bytes", take_size, &ignored); /* a SQLite without dbstat knows no sizes */
}

/* ---- PostgreSQL ----------------------------------------------------------------------------------------------------------- */

#define PG_TABLES "pg_catalog.pg_class r join pg_catalog.pg_namespace n on n.oid = r.relnamespace where not r.relispartition " \
                  "and r.relpersistence <> 't' and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'migc') "
#define PG_KINDS "and r.relkind in ('r', 'p', 'm', 'f') "

static const char pg_tables[] =
    "select r.oid as key, n.nspname as schema, r.relname as name, case when pg_catalog.pg_table_is_visible(r.oid) then r.relname::text "
    "else n.nspname || '.' || r.relname end as shown, case when r.relkind in ('r', 'm') then pg_catalog.pg_total_relation_size(r.oid) end as bytes "
    "from " PG_TABLES PG_KINDS "order by (case when pg_catalog.pg_table_is_visible(r.oid) then r.relname::text "
    "else n.nspname || '.' || r.relname end) collate \"C\"";
static const char pg_columns[] =
    "select r.oid as key, a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull::int as nn "
    "from pg_catalog.pg_attribute a, " PG_TABLES PG_KINDS "and a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped order by r.oid, a.attnum";
static const char pg_keys[] =
    "select r.oid as key, i.indexrelid as grp, i.indisprimary::int as prim, k.pos as pos, a.attname as name from pg_catalog.pg_index i, "
    "lateral unnest(i.indkey::int2[]) with ordinality k(att, pos), pg_catalog.pg_attribute a, " PG_TABLES PG_KINDS
    "and i.indrelid = r.oid and a.attrelid = r.oid and a.attnum = k.att and i.indisunique and i.indpred is null and i.indexprs is null "
    "and k.pos <= i.indnkeyatts order by r.oid, i.indisprimary desc, i.indexrelid, k.pos";
static const char pg_refs[] =
    "select r.oid as key, f.oid as grp, k.pos as pos, a.attname as name, f.confrelid as to_key, b.attname as to_name "
    "from pg_catalog.pg_constraint f, lateral unnest(f.conkey, f.confkey) with ordinality k(att, to_att, pos), pg_catalog.pg_attribute a, "
    "pg_catalog.pg_attribute b, " PG_TABLES PG_KINDS "and f.contype = 'f' and f.conrelid = r.oid and a.attrelid = r.oid and a.attnum = k.att "
    "and b.attrelid = f.confrelid and b.attnum = k.to_att order by r.oid, f.oid, k.pos";
static const char pg_others[] = "select count(*) as n from " PG_TABLES "and r.relkind = 'v'";
static const char pg_bytes[] = "select pg_catalog.pg_database_size(pg_catalog.current_database()) as n";

/* ---- both ------------------------------------------------------------------------------------------------------------------- */

mig_status cat_list_database(catalog *c, rt_error *e)
{
    bool lite = c->kind == MIG_SOURCE_SQLITE;
    mig_status st = ask(c, lite ? lite_tables : pg_tables, "key schema name shown bytes", take_table, e);

    if (st == MIG_OK)
        st = ask(c, lite ? lite_columns : pg_columns, "key name type nn", take_column, e);
    if (st == MIG_OK)
        st = ask(c, lite ? lite_keys : pg_keys, "key grp prim pos name", take_key, e);
    if (st == MIG_OK)
        st = ask(c, lite ? lite_refs : pg_refs, "key grp pos name to_key to_name", take_ref, e);
    if (st == MIG_OK)
        st = ask(c, lite ? lite_others : pg_others, "n", take_others, e);
    tidy(c);
    if (st == MIG_OK && lite)
        lite_bytes(c);
    else if (st == MIG_OK)
        st = ask(c, pg_bytes, "n", take_all_bytes, e);
    return st;
}
