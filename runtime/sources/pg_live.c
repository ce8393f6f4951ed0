/*
 * pg_live.c: what a PostgreSQL source really has, asked before the run: the table, the right to read it, its columns and their types
 * against the spec's. A live type must be the spec's or a narrower one: nothing can fail when rows are read.
 */
#include "runtime/sources/pg_source.h"

#include <stdlib.h>
#include <string.h>

/* ---- types -------------------------------------------------------------------------------------------------------------- */

/* "character varying(150)" -> base "character varying", p 150; "timestamp(3) without time zone" -> base without "(3)". */
typedef struct live_type { char base[96]; int p, s; } live_type;

static live_type parse(const char *text) {
    live_type t = {.p = -1, .s = 0};
    size_t n = 0;
    for (const char *c = text; *c != '\0' && n + 1 < sizeof t.base; c++) {
        if (*c != '(') {
            t.base[n++] = *c;
            continue;
        }
        char *end;
        t.p = (int)strtol(c + 1, &end, 10);
        if (*end == ',')
            t.s = (int)strtol(end + 1, &end, 10);
        c = strchr(c, ')');
        if (c == NULL)
            break;
    }
    t.base[n] = '\0';
    return t;
}

static bool is(const live_type *t, const char *base) { return strcmp(t->base, base) == 0; }

/* Digits before the point of an integer type; 0: it is none. */
static int digits_of(const live_type *t) {
    return is(t, "smallint") ? 5 : is(t, "integer") ? 10 : is(t, "bigint") ? 19 : 0;
}

static bool no(char *why, size_t n, const char *text) {
    snprintf(why, n, "%s", text);
    return false;
}

static bool integer_fits(mig_type type, const live_type *live, char *why, size_t n) {
    int digits = digits_of(live), most = type == MIG_T_SMALLINT ? 5 : type == MIG_T_INTEGER ? 10 : 19;
    if (digits == 0)
        return no(why, n, "it is another type");
    return digits <= most ? true : no(why, n, "larger numbers would not fit");
}

static bool numeric_fits(const mig_source_column *c, const live_type *live, char *why, size_t n) {
    int digits = digits_of(live);
    if (digits == 0 && !is(live, "numeric"))
        return no(why, n, "it is another type");
    if (c->p == 0)
        return true;
    bool fits = digits > 0 ? digits <= c->p - c->s : live->p > 0 && live->s <= c->s && live->p - live->s <= c->p - c->s;
    return fits ? true : no(why, n, "not every value would fit");
}

static bool text_fits(const mig_source_column *c, const live_type *live, char *why, size_t n) {
    if (c->p == 0)
        return true; /* everything has a text */
    bool sized = is(live, "character varying") || is(live, "character");
    if (!sized && !is(live, "text"))
        return no(why, n, "it is another type");
    return sized && live->p > 0 && live->p <= c->p ? true : no(why, n, "longer texts would not fit");
}

bool pg_live_fits(const mig_source_column *c, const char *text, bool is_array, char *why, size_t why_n) {
    live_type live = parse(text);
    bool ok = false;
    why[0] = '\0';
    switch (c->type) {
    case MIG_T_TEXT: return true;
    case MIG_T_TEXT_ARRAY: return is_array ? true : no(why, why_n, "it is no array");
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: return integer_fits(c->type, &live, why, why_n);
    case MIG_T_NUMERIC: return numeric_fits(c, &live, why, why_n);
    case MIG_T_VARCHAR: case MIG_T_CHAR: return text_fits(c, &live, why, why_n);
    case MIG_T_BOOLEAN: ok = is(&live, "boolean"); break;
    case MIG_T_REAL: ok = is(&live, "real"); break;
    case MIG_T_DOUBLE: ok = is(&live, "real") || is(&live, "double precision"); break;
    case MIG_T_BYTEA: ok = is(&live, "bytea"); break;
    case MIG_T_DATE: ok = is(&live, "date"); break;
    case MIG_T_TIME: ok = is(&live, "time without time zone"); break;
    case MIG_T_TIMESTAMP: ok = is(&live, "timestamp without time zone") || is(&live, "date"); break;
    case MIG_T_TIMESTAMPTZ: ok = is(&live, "timestamp with time zone"); break;
    case MIG_T_UUID: ok = is(&live, "uuid"); break;
    case MIG_T_JSON: case MIG_T_JSONB: ok = is(&live, "json") || is(&live, "jsonb"); break;
    case MIG_T_COUNT: break;
    }
    if (!ok)
        snprintf(why, why_n, c->type == MIG_T_REAL && is(&live, "double precision") ? "digits would be lost" : "it is another type");
    return ok;
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------ */

typedef struct found { rt_arena *arena; rt_names names; int64_t rows; bool there, may_read, filled; } found;

static bool take_table(void *arg, int n, const char *const *v, const size_t *lens) {
    found *f = arg;
    (void)n;
    (void)lens;
    f->there = true;
    f->may_read = v[0][0] == 't';
    f->rows = strtoll(v[1], NULL, 10);
    f->filled = v[2][0] == 't';
    return false;
}

static bool take_name(void *arg, int n, const char *const *v, const size_t *lens) {
    found *f = arg;
    (void)n;
    (void)lens;
    rt_names_add(&f->names, f->arena, v[0]);
    return true;
}

/* $1: the schema, or null: any that the connection's search path sees; $2: the table. */
#define VISIBLE "from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace " \
                "where c.relkind in ('r', 'v', 'm', 'f', 'p') and " \
                "case when $1::text is null then pg_catalog.pg_table_is_visible(c.oid) else n.nspname = $1 end "

static mig_status missing(rt_target *c, const mig_source_table *t, const char *const *params, found *f, rt_error *e) {
    char where[400];
    mig_status st = pg_query(c, "select c.relname " VISIBLE "and n.nspname <> 'pg_catalog' and $2::text is not null order by 1", 2, params,
                             take_name, f, e);
    if (st != MIG_OK)
        return st;
    if (t->schema != NULL)
        snprintf(where, sizeof where, "schema \"%s\"", t->schema);
    else
        snprintf(where, sizeof where, "the database \"%s\"", PQdb(c->conn));
    return rt_no_such_table(t, where, &f->names, e);
}

mig_status pg_live_table(rt_target *c, const mig_source_table *t, int64_t *rows, rt_error *e) {
    found f = {.arena = rt_arena_new(4096), .rows = -1};
    const char *const params[] = {t->schema, t->name};
    if (f.arena == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    mig_status st = pg_query(c, "select pg_catalog.has_table_privilege(c.oid, 'select') or pg_catalog.has_any_column_privilege(c.oid, 'select'), "
                                "case when c.relkind in ('r', 'm') then c.reltuples::bigint else -1 end, c.relispopulated "
                                VISIBLE "and c.relname = $2", 2, params, take_table, &f, e);
    if (st == MIG_OK && !f.there) {
        st = missing(c, t, params, &f, e);
    } else if (st == MIG_OK && !f.may_read) {
        rt_error_hint(e, "grant select on \"%s\" to \"%s\"", t->name, PQuser(c->conn));
        st = rt_error_set(e, MIG_PREFLIGHT, "\"%s\" may not read table \"%s\"", PQuser(c->conn), t->name);
    } else if (st == MIG_OK && !f.filled) {
        rt_error_hint(e, "refresh materialized view \"%s\"", t->name);
        st = rt_error_set(e, MIG_PREFLIGHT, "the materialized view \"%s\" has not been filled yet", t->name);
    }
    *rows = f.rows;
    rt_arena_free(f.arena);
    return st;
}

/* ---- columns ------------------------------------------------------------------------------------------------------------------ */

typedef struct types { rt_arena *arena; rt_names names; bool *is_array; } types;

static bool take_type(void *arg, int n, const char *const *v, const size_t *lens) {
    types *t = arg;
    (void)n;
    (void)lens;
    t->is_array[t->names.n] = v[1][0] == 't';
    rt_names_add(&t->names, t->arena, v[0]);
    return true;
}

/* The types of the described columns in words; a domain's is what it stands on. */
static mig_status type_names(rt_target *c, const PGresult *res, types *out, rt_error *e) {
    int n = PQnfields(res);
    rt_buf oids = {0}, mods = {0};
    out->is_array = rt_arena_alloc(out->arena, (size_t)n + 1);
    rt_buf_printf(&oids, "{");
    rt_buf_printf(&mods, "{");
    for (int i = 0; i < n; i++) {
        rt_buf_printf(&oids, "%s%u", i > 0 ? "," : "", PQftype(res, i));
        rt_buf_printf(&mods, "%s%d", i > 0 ? "," : "", PQfmod(res, i));
    }
    rt_buf_printf(&oids, "}");
    rt_buf_printf(&mods, "}");
    const char *const params[] = {oids.p, mods.p};
    mig_status st = oids.failed || mods.failed || out->is_array == NULL ? rt_error_set(e, MIG_NOMEM, "out of memory")
        : pg_query(c, "with recursive b(i, oid, mod) as ("
                      "select i, ($1::oid[])[i], ($2::int4[])[i] from pg_catalog.generate_subscripts($1::oid[], 1) i union all "
                      "select b.i, t.typbasetype, case when b.mod >= 0 then b.mod else t.typtypmod end "
                      "from b join pg_catalog.pg_type t on t.oid = b.oid where t.typtype = 'd') "
                      "select pg_catalog.format_type(b.oid, b.mod), t.typcategory = 'A' "
                      "from b join pg_catalog.pg_type t on t.oid = b.oid where t.typtype <> 'd' order by b.i", 2, params, take_type, out, e);
    rt_buf_free(&oids);
    rt_buf_free(&mods);
    if (st == MIG_OK && (out->names.failed || out->names.n != n))
        st = rt_error_set(e, MIG_IO, "the types of the source's columns cannot be told");
    return st;
}

static mig_status compare(const mig_source_table *t, const types *live, const int *map, rt_error *e) {
    char why[120], words[160], spec[160];
    rt_table_words(t, words, sizeof words);
    for (int i = 0; i < t->n_columns; i++) {
        const mig_source_column *c = &t->columns[i];
        const char *type = live->names.v[map[i]].p;
        if (pg_live_fits(c, type, live->is_array[map[i]], why, sizeof why))
            continue;
        if (c->p > 0 && c->type == MIG_T_NUMERIC)
            snprintf(spec, sizeof spec, "numeric(%d,%d)", c->p, c->s);
        else if (c->p > 0)
            snprintf(spec, sizeof spec, "%s(%d)", c->type == MIG_T_CHAR ? "char" : "varchar", c->p);
        else
            snprintf(spec, sizeof spec, "%s", pg_cast_of(c->type));
        rt_error_hint(e, "Declare the column as it is, and convert it where it is used.");
        return rt_error_set(e, MIG_PREFLIGHT, "column \"%s\" of %s is %s, and the spec says %s: %s", c->name, words, type, spec, why);
    }
    return MIG_OK;
}

static mig_status match(rt_target *c, const mig_source_table *t, const PGresult *res, rt_error *e) {
    types live = {.arena = rt_arena_new(4096)};
    rt_names names = {0};
    int *map = calloc((size_t)t->n_columns + 1, sizeof *map);
    mig_status st = map == NULL || live.arena == NULL ? rt_error_set(e, MIG_NOMEM, "out of memory") : MIG_OK;
    for (int i = 0; st == MIG_OK && i < PQnfields(res); i++)
        rt_names_add(&names, live.arena, PQfname(res, i));
    if (names.failed)
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    if (st == MIG_OK)
        st = rt_match_columns(t, &names, false, map, e);
    if (st == MIG_OK)
        st = type_names(c, res, &live, e);
    if (st == MIG_OK)
        st = compare(t, &live, map, e);
    rt_arena_free(live.arena);
    free(map);
    return st;
}

mig_status pg_live_rights(rt_target *c, const mig_source_table *t, const char *sql, rt_error *e) {
    char words[160];
    rt_table_words(t, words, sizeof words);
    PGresult *res = PQexec(c->conn, sql);
    mig_status st = PQresultStatus(res) == PGRES_TUPLES_OK ? MIG_OK : pg_error(c, res, e, "%s", words);
    PQclear(res);
    return st;
}

mig_status pg_live_columns(rt_target *c, const mig_source_table *t, const char *sql, rt_error *e) {
    char words[160];
    rt_table_words(t, words, sizeof words);
    PGresult *res = PQprepare(c->conn, "", sql, 0, NULL);
    mig_status st = PQresultStatus(res) == PGRES_COMMAND_OK ? MIG_OK : pg_error(c, res, e, "%s", words);
    PQclear(res);
    if (st != MIG_OK)
        return st;
    res = PQdescribePrepared(c->conn, "");
    st = PQresultStatus(res) == PGRES_COMMAND_OK ? MIG_OK : pg_error(c, res, e, "%s", words);
    if (st == MIG_OK && PQnfields(res) == 0)
        st = rt_error_set(e, MIG_PREFLIGHT, "%s is not a select", words);
    if (st == MIG_OK)
        st = match(c, t, res, e);
    PQclear(res);
    return st;
}
