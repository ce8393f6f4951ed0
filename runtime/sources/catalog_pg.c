/*
 * catalog_pg.c: what a schema of a PostgreSQL database holds (rt_catalog_postgres). The statements are in sql/catalog_*.sql; here their answers
 * become the language. What the language says exactly is said in it; the rest goes as PostgreSQL's own SQL, or is refused by name.
 */
#include "runtime/sources/catalog.h"
#include "runtime/targets/pg.h"

#include <stdlib.h>
#include <string.h>

extern const char embed_catalog_tables_sql[], embed_catalog_columns_sql[], embed_catalog_keys_sql[], embed_catalog_indexes_sql[],
    embed_catalog_tails_sql[], embed_catalog_sequences_sql[], embed_catalog_objects_sql[];

/* The table in work. */
typedef struct table {
    const char *oid, *name;
    rt_buf body;             /* its elements */
    rt_buf indexes, tail;    /* what stands behind them */
    bool has_identity, failed;
} table;

typedef struct found { char *oid, *name, *why; } found;

typedef struct reading {
    rt_target *conn;
    const char *schema;
    rt_catalog *out;
    rt_error *e;
    found *tables; int n_tables, cap_tables;
    char **carried; int n_carried;           /* sequences that come with a column */
    rt_buf foreign_keys;                     /* NUL-separated: label, statement */
    table *table;
    bool nomem;
} reading;

static bool is(const char *a, const char *b) { return strcmp(a, b) == 0; }
static bool yes(const char *v) { return v != NULL && v[0] == 't'; }

/* ---- types ------------------------------------------------------------------------------------------------------------------ */

static const char *language_type(const char *base) {
    static const char *const types[][2] = {
        {"boolean", "boolean"}, {"smallint", "smallint"}, {"integer", "integer"}, {"bigint", "bigint"}, {"real", "real"},
        {"double precision", "double"}, {"numeric", "numeric"}, {"text", "text"}, {"character varying", "varchar"},
        {"character", "char"}, {"bytea", "bytea"}, {"date", "date"}, {"time without time zone", "time"},
        {"timestamp without time zone", "timestamp"}, {"timestamp with time zone", "timestamptz"}, {"uuid", "uuid"},
        {"json", "json"}, {"jsonb", "jsonb"}, {"text[]", "text[]"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (is(types[i][0], base))
            return types[i][1];
    return NULL;
}

/* The numbers of "numeric(10,2)": how many; 0: none. */
static int numbers(const char *full, int *p, int *s) {
    const char *open = strchr(full, '(');
    return open == NULL ? 0 : sscanf(open, "(%d,%d", p, s);
}

/* Adds the type; returns its word in the language. What the language has no type for is text there, and itself in PostgreSQL. */
static const char *put_type(rt_buf *b, const char *base, const char *full, const char *collation) {
    int p = 0, s = 0, n = numbers(full, &p, &s);
    const char *type = language_type(base);
    bool whole = is(base, full);
    rt_buf as = {0};
    if (type == NULL) {
        type = "text";
        whole = false;
        rt_buf_printf(b, "text");
    } else if (is(type, "numeric") && n == 2 && s >= 0 && s <= p) {
        rt_buf_printf(b, "numeric(%d,%d)", p, s);
        whole = true;
    } else if ((is(type, "varchar") || is(type, "char")) && n == 1) {
        rt_buf_printf(b, "%s(%d)", type, p);
        whole = true;
    } else if (is(type, "char")) {
        rt_buf_printf(b, "text"); /* bpchar: of any length */
        whole = false;
    } else {
        rt_buf_printf(b, "%s", type);
    }
    if (!whole || collation != NULL) {
        rt_buf_printf(&as, "%s%s%s", full, collation != NULL ? " collate " : "", collation != NULL ? collation : "");
        rt_buf_printf(b, " as ");
        rt_mig_text(b, as.p != NULL ? as.p : "");
    }
    b->failed = b->failed || as.failed;
    rt_buf_free(&as);
    return type;
}

/* ---- defaults ---------------------------------------------------------------------------------------------------------------- */

static bool only(const char *p, size_t n, const char *chars) {
    return n > 0 && strspn(p, chars) >= n;
}

static bool looks_like(const char *p, size_t n, const char *form) {
    if (n != strlen(form))
        return false;
    for (size_t i = 0; i < n; i++) {
        bool hex = (p[i] >= '0' && p[i] <= '9') || (p[i] >= 'a' && p[i] <= 'f');
        if (form[i] == 'x' ? !hex : form[i] == '9' ? p[i] < '0' || p[i] > '9' : p[i] != form[i])
            return false;
    }
    return true;
}

/* Whether the literal between the quotes, p[0…n), is one of the language for a column of that type. */
static bool literal_fits(const char *type, const char *p, size_t n) {
    if (is(type, "text") || is(type, "varchar") || is(type, "char"))
        return true;
    if (is(type, "json") || is(type, "jsonb"))
        return looks_like(p, n, "{}") || looks_like(p, n, "[]");
    if (is(type, "date"))
        return looks_like(p, n, "9999-99-99");
    return is(type, "uuid") && looks_like(p, n, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

static bool number_fits(const char *type, const char *p, size_t n) {
    size_t sign = n > 0 && *p == '-';
    if (is(type, "smallint") || is(type, "integer") || is(type, "bigint"))
        return only(p + sign, n - sign, "0123456789");
    return is(type, "numeric") && only(p + sign, n - sign, "0123456789.");
}

/* ` default e`, when the language says the same as the server's expression. */
static bool put_default(rt_buf *b, const char *type, const char *full, const char *e) {
    if (is(type, "timestamptz") && (is(e, "now()") || is(e, "CURRENT_TIMESTAMP")))
        return rt_buf_printf(b, " default now()"), true;
    if (is(type, "uuid") && is(e, "gen_random_uuid()"))
        return rt_buf_printf(b, " default gen_random_uuid()"), true;
    if (is(type, "boolean") && (is(e, "true") || is(e, "false")))
        return rt_buf_printf(b, " default %s", e), true;
    if (number_fits(type, e, strlen(e)))
        return rt_buf_printf(b, " default %s", e), true;
    if (*e != '\'')
        return false;
    const char *end = e + 1; /* the closing quote */
    while (*end != '\0' && (*end != '\'' || end[1] == '\''))
        end += *end == '\'' ? 2 : 1;
    if (*end == '\0' || memchr(e, '\\', (size_t)(end - e)) != NULL)
        return false;
    const char *cast = end + 1;
    size_t bare = strcspn(full, "(");
    if (*cast != '\0' && (strncmp(cast, "::", 2) != 0 || (!is(cast + 2, full) && (strncmp(cast + 2, full, bare) != 0 || cast[2 + bare] != '\0'))))
        return false;
    size_t n = (size_t)(end - e - 1);
    if (number_fits(type, e + 1, n))
        return rt_buf_printf(b, " default %.*s", (int)n, e + 1), true;
    if (!literal_fits(type, e + 1, n))
        return false;
    rt_buf_printf(b, " default ");
    rt_buf_add(b, e, n + 2);
    return true;
}

/* ---- a table ------------------------------------------------------------------------------------------------------------------ */

static void tail_sql(table *t, const char *sql) {
    rt_buf_printf(&t->tail, ",\n    sql ");
    rt_mig_raw(&t->tail, sql);
}

static void remember(reading *r, const char *sequence) {
    char **more = realloc(r->carried, sizeof *more * (size_t)(r->n_carried + 1));
    r->nomem = r->nomem || more == NULL;
    if (more == NULL)
        return;
    r->carried = more;
    r->carried[r->n_carried] = strdup(sequence);
    r->nomem = r->nomem || r->carried[r->n_carried] == NULL;
    r->n_carried += r->carried[r->n_carried] != NULL;
}

static void tail_default(table *t, const char *column, const char *e) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "alter table ");
    rt_sql_ident(&sql, t->name);
    rt_buf_printf(&sql, " alter column ");
    rt_sql_ident(&sql, column);
    rt_buf_printf(&sql, " set default %s", e);
    t->failed = t->failed || sql.failed;
    if (!sql.failed)
        tail_sql(t, sql.p);
    rt_buf_free(&sql);
}

/* name, base type, full type, kind, collation, not null, identity, default, serial, sequence, its options */
static bool take_column(void *arg, int n, const char *const *v, const size_t *lens) {
    reading *r = arg;
    table *t = r->table;
    rt_buf *b = &t->body;
    (void)n;
    (void)lens;
    rt_buf_printf(b, "%s    ", b->n > 0 ? ",\n" : "");
    rt_mig_name(b, v[0]);
    rt_buf_printf(b, " ");
    const char *type = put_type(b, v[1], v[2], v[4]);
    bool whole = strstr(type, "int") != NULL && v[4] == NULL;
    bool is_key = whole && !t->has_identity && v[9] != NULL && (*v[6] != '\0' || (yes(v[8]) && yes(v[5])));
    if (is_key) {
        rt_buf_printf(b, " %sidentity", *v[6] == 'a' ? "generated always as " : "");
        if (v[10][0] != '\0') {
            rt_buf_printf(b, " ");
            rt_mig_raw(b, v[10]);
        }
        t->has_identity = true;
        remember(r, v[9]);
    } else if (*v[6] != '\0') {
        rt_buf sql = {0};
        rt_buf_printf(b, " not null");
        rt_buf_printf(&sql, "alter table ");
        rt_sql_ident(&sql, t->name);
        rt_buf_printf(&sql, " alter column ");
        rt_sql_ident(&sql, v[0]);
        rt_buf_printf(&sql, " add generated %s as identity%s%s%s", *v[6] == 'a' ? "always" : "by default", v[10][0] != '\0' ? " (" : "", v[10],
                      v[10][0] != '\0' ? ")" : "");
        if (!sql.failed)
            tail_sql(t, sql.p);
        t->failed = t->failed || sql.failed;
        rt_buf_free(&sql);
    } else {
        if (yes(v[5]))
            rt_buf_printf(b, " not null");
        if (v[7] != NULL && !(language_type(v[1]) != NULL && put_default(b, type, v[2], v[7])))
            tail_default(t, v[0], v[7]);
    }
    return true;
}

/* Names with line breaks between: `(a, b)`. A tab behind a name: desc. */
static void put_names(rt_buf *b, const char *names) {
    rt_buf_printf(b, "(");
    while (names != NULL && *names != '\0') {
        size_t n = strcspn(names, "\n");
        bool desc = n > 0 && names[n - 1] == '\t';
        char *one = strndup(names, n - desc);
        b->failed = b->failed || one == NULL;
        if (one != NULL)
            rt_mig_name(b, one);
        free(one);
        rt_buf_printf(b, "%s", desc ? " desc" : "");
        names += n + (names[n] == '\n');
        rt_buf_printf(b, "%s", *names != '\0' ? ", " : "");
    }
    rt_buf_printf(b, ")");
}

static void put_actions(rt_buf *b, const char *on_delete, const char *on_update, bool deferrable, bool deferred) {
    static const struct { char letter; const char *words; } actions[] = {
        {'r', "restrict"}, {'c', "cascade"}, {'n', "set null"}, {'d', "set default"}};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (*on_delete == actions[i].letter)
            rt_buf_printf(b, " on delete %s", actions[i].words);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (*on_update == actions[i].letter)
            rt_buf_printf(b, " on update %s", actions[i].words);
    rt_buf_printf(b, "%s%s", deferrable ? " deferrable" : "", deferred ? " initially deferred" : "");
}

/* name, kind, columns, other table, its columns, on delete, on update, deferrable, deferred, SQL, sayable, of another schema */
static bool take_key(void *arg, int n, const char *const *v, const size_t *lens) {
    reading *r = arg;
    table *t = r->table;
    (void)n;
    (void)lens;
    if (yes(v[11])) {
        rt_catalog_reject(r->out, "foreign key", v[0], t->name, "it refers to a table of another schema");
        return true;
    }
    if (!yes(v[10]) && *v[1] == 'f') { /* the key that it refers to may be another table's statement */
        rt_mig_label(&r->foreign_keys, "foreign key", v[0], t->name);
        rt_buf_add(&r->foreign_keys, "", 1);
        rt_buf_add(&r->foreign_keys, v[9], strlen(v[9]) + 1);
        return true;
    }
    if (!yes(v[10])) {
        tail_sql(t, v[9]);
        return true;
    }
    rt_buf_printf(&t->body, ",\n    constraint ");
    rt_mig_name(&t->body, v[0]);
    rt_buf_printf(&t->body, *v[1] == 'p' ? " primary key " : *v[1] == 'u' ? " unique " : " foreign key ");
    put_names(&t->body, v[2]);
    if (*v[1] == 'f') {
        rt_buf_printf(&t->body, " references ");
        rt_mig_name(&t->body, v[3]);
        rt_buf_printf(&t->body, " ");
        put_names(&t->body, v[4]);
        put_actions(&t->body, v[5], v[6], yes(v[7]), yes(v[8]));
    }
    return true;
}

/* name, unique, method, columns, SQL, sayable */
static bool take_index(void *arg, int n, const char *const *v, const size_t *lens) {
    table *t = ((reading *)arg)->table;
    (void)n;
    (void)lens;
    if (!yes(v[5]) || !is(v[2], "btree")) { /* which types another method takes is PostgreSQL's to know */
        tail_sql(t, v[4]);
        return true;
    }
    rt_buf_printf(&t->indexes, ",\n    %sindex ", yes(v[1]) ? "unique " : "");
    rt_mig_name(&t->indexes, v[0]);
    rt_buf_printf(&t->indexes, " ");
    put_names(&t->indexes, v[3]);
    return true;
}

static bool take_tail(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)n;
    (void)lens;
    tail_sql(((reading *)arg)->table, v[0]);
    return true;
}

static void put_table(reading *r, table *t) {
    rt_buf label = {0}, text = {0};
    rt_mig_label(&label, "table", t->name, NULL);
    rt_buf_printf(&text, "table ");
    rt_mig_name(&text, t->name);
    rt_buf_printf(&text, " (\n");
    rt_buf_add(&text, t->body.p, t->body.n);
    rt_buf_printf(&text, "\n)");
    if (t->indexes.n + t->tail.n > 0) {
        rt_buf behind = {0};
        rt_buf_add(&behind, t->indexes.p, t->indexes.n);
        rt_buf_add(&behind, t->tail.p, t->tail.n);
        if (!behind.failed)
            rt_buf_printf(&text, "\n    %s", behind.p + strlen(",\n    "));
        text.failed = text.failed || behind.failed;
        rt_buf_free(&behind);
    }
    text.failed = text.failed || t->body.failed || t->indexes.failed || t->tail.failed || t->failed || label.failed;
    rt_catalog_add(r->out, label.failed ? "" : label.p, &text);
    rt_buf_free(&label);
    rt_buf_free(&text);
}

static mig_status one_table(reading *r, const found *f) {
    table t = {.oid = f->oid, .name = f->name};
    const char *params[] = {f->oid};
    if (f->why != NULL) {
        rt_catalog_reject(r->out, "table", f->name, NULL, f->why);
        return MIG_OK;
    }
    r->table = &t;
    mig_status st = pg_query(r->conn, embed_catalog_columns_sql, 1, params, take_column, r, r->e);
    if (st == MIG_OK)
        st = pg_query(r->conn, embed_catalog_keys_sql, 1, params, take_key, r, r->e);
    if (st == MIG_OK)
        st = pg_query(r->conn, embed_catalog_indexes_sql, 1, params, take_index, r, r->e);
    if (st == MIG_OK)
        st = pg_query(r->conn, embed_catalog_tails_sql, 1, params, take_tail, r, r->e);
    if (st == MIG_OK)
        put_table(r, &t);
    rt_buf_free(&t.body);
    rt_buf_free(&t.indexes);
    rt_buf_free(&t.tail);
    r->table = NULL;
    return st;
}

/* ---- all tables ---------------------------------------------------------------------------------------------------------------- */

static bool take_table(void *arg, int n, const char *const *v, const size_t *lens) {
    reading *r = arg;
    (void)n;
    (void)lens;
    if (r->n_tables == r->cap_tables) {
        int cap = r->cap_tables ? r->cap_tables * 2 : 64;
        found *more = realloc(r->tables, sizeof *more * (size_t)cap);
        r->nomem = r->nomem || more == NULL;
        if (more == NULL)
            return false;
        r->tables = more;
        r->cap_tables = cap;
    }
    found f = {strdup(v[0]), strdup(v[1]), v[2] != NULL ? strdup(v[2]) : NULL};
    r->nomem = r->nomem || f.oid == NULL || f.name == NULL || (v[2] != NULL && f.why == NULL);
    r->tables[r->n_tables++] = f;
    return !r->nomem;
}

static const found *table_named(const reading *r, const char *name) {
    for (int i = 0; name != NULL && i < r->n_tables; i++)
        if (is(r->tables[i].name, name))
            return &r->tables[i];
    return NULL;
}

/* name, options, table, column, identity. Those that come with a column of a table that is carried are in that; others stand alone. */
static bool take_sequence(void *arg, int n, const char *const *v, const size_t *lens) {
    reading *r = arg;
    rt_buf label = {0}, text = {0};
    const found *owner = table_named(r, v[2]);
    (void)n;
    (void)lens;
    for (int i = 0; i < r->n_carried; i++)
        if (is(r->carried[i], v[0]))
            return true;
    if (yes(v[4]) || (owner != NULL && owner->why != NULL))
        return true;
    if (strpbrk(v[0], "\n\r\t") != NULL) {
        rt_catalog_reject(r->out, "sequence", v[0], NULL, "its name has a control character");
        return true;
    }
    rt_mig_label(&label, "sequence", v[0], NULL);
    rt_buf_printf(&text, "sequence ");
    rt_mig_name(&text, v[0]);
    if (v[1][0] != '\0') {
        rt_buf_printf(&text, " ");
        rt_mig_raw(&text, v[1]);
    }
    text.failed = text.failed || label.failed;
    rt_catalog_add(r->out, label.failed ? "" : label.p, &text);
    if (owner != NULL && v[3] != NULL) {
        rt_buf_clear(&label);
        rt_mig_label(&label, "owner of sequence", v[0], v[2]);
        rt_buf_clear(&text);
        rt_buf sql = {0};
        rt_buf_printf(&sql, "alter sequence ");
        rt_sql_ident(&sql, v[0]);
        rt_buf_printf(&sql, " owned by ");
        rt_sql_ident(&sql, v[2]);
        rt_buf_printf(&sql, ".");
        rt_sql_ident(&sql, v[3]);
        rt_buf_printf(&text, "sql after ");
        rt_mig_text(&text, label.failed ? "" : label.p);
        rt_buf_printf(&text, " ");
        rt_mig_raw(&text, sql.failed ? "" : sql.p);
        text.failed = text.failed || label.failed || sql.failed;
        rt_catalog_add(r->out, label.failed ? "" : label.p, &text);
        rt_buf_free(&sql);
    }
    rt_buf_free(&label);
    rt_buf_free(&text);
    return !r->out->failed;
}

static void put_object(reading *r, const char *place, const char *label, const char *sql) {
    rt_buf text = {0};
    rt_buf_printf(&text, "sql %s ", place);
    rt_mig_text(&text, label);
    rt_buf_printf(&text, " ");
    rt_mig_raw(&text, sql);
    rt_catalog_add(r->out, label, &text);
    rt_buf_free(&text);
}

typedef struct wanted { reading *r; const char *place; } wanted;

/* place, kind, name, table, SQL or why not */
static bool take_object(void *arg, int n, const char *const *v, const size_t *lens) {
    wanted *w = arg;
    rt_buf label = {0};
    (void)n;
    (void)lens;
    if (!is(v[0], w->place))
        return true;
    rt_mig_label(&label, v[1], v[2], v[3]);
    w->r->nomem = w->r->nomem || label.failed;
    const found *owner = table_named(w->r, v[3]);
    if (is(v[0], "reject"))
        rt_catalog_reject(w->r->out, v[1], v[2], v[3], v[4]);
    else if (!label.failed && (owner == NULL || owner->why == NULL)) /* what belongs to a refused table goes with it */
        put_object(w->r, v[0], label.p, v[4]);
    rt_buf_free(&label);
    return !w->r->nomem;
}

static mig_status objects(reading *r, const char *place) {
    wanted w = {r, place};
    return pg_query(r->conn, embed_catalog_objects_sql, 1, &r->schema, take_object, &w, r->e);
}

static mig_status read_all(reading *r) {
    mig_status st = pg_query(r->conn, embed_catalog_tables_sql, 1, &r->schema, take_table, r, r->e);
    if (st == MIG_OK)
        st = objects(r, "reject");
    if (st == MIG_OK)
        st = objects(r, "before");
    for (int i = 0; i < r->n_tables && st == MIG_OK && !r->nomem; i++)
        st = one_table(r, &r->tables[i]);
    if (st == MIG_OK)
        st = pg_query(r->conn, embed_catalog_sequences_sql, 1, &r->schema, take_sequence, r, r->e);
    const char *p = r->foreign_keys.p, *end = p + r->foreign_keys.n;
    while (st == MIG_OK && p != NULL && p < end) {
        const char *sql = p + strlen(p) + 1;
        put_object(r, "after", p, sql);
        p = sql + strlen(sql) + 1;
    }
    return st == MIG_OK ? objects(r, "after") : st;
}

static void reading_free(reading *r) {
    for (int i = 0; i < r->n_tables; i++) {
        free(r->tables[i].oid);
        free(r->tables[i].name);
        free(r->tables[i].why);
    }
    for (int i = 0; i < r->n_carried; i++)
        free(r->carried[i]);
    free(r->tables);
    free(r->carried);
    rt_buf_free(&r->foreign_keys);
}

static bool take_schema(void *arg, int n, const char *const *v, const size_t *lens) {
    reading *r = arg;
    (void)n;
    if (v[0] != NULL && r->out->arena != NULL)
        r->schema = rt_arena_copy(r->out->arena, v[0], lens[0]);
    return false;
}

/* Names in that schema are written without it, so that they mean the target's schema there. */
static mig_status see_only(reading *r) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "set local search_path = ");
    rt_sql_ident(&sql, r->schema);
    mig_status st = sql.failed ? rt_error_set(r->e, MIG_NOMEM, "out of memory") : pg_run(r->conn, sql.p, "looking at the tables", r->e);
    rt_buf_free(&sql);
    return st;
}

mig_status rt_catalog_postgres(rt_target *c, const char *schema, rt_catalog *out, const char **name, rt_error *e) {
    reading r = {.conn = c, .out = out, .e = e};
    *out = (rt_catalog){.arena = rt_arena_new(1 << 14)};
    if (out->arena == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    mig_status st = pg_query(c, "select nspname from pg_catalog.pg_namespace where nspname = coalesce($1, current_schema())", 1, &schema, take_schema, &r, e);
    if (st == MIG_OK && r.schema == NULL)
        st = rt_error_set(e, MIG_PREFLIGHT, "the database has no schema \"%s\"", schema != NULL ? schema : "");
    if (st == MIG_OK)
        st = see_only(&r);
    if (st == MIG_OK)
        st = read_all(&r);
    if (st == MIG_OK && (r.nomem || out->failed || r.foreign_keys.failed))
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    *name = r.schema;
    reading_free(&r);
    return st;
}
