/*
 * catalog_lite.c: what a SQLite file holds (lite_catalog): tables with their declared types, keys, references, checks and plain indexes. What another
 * engine could not be told in SQLite's words (views, triggers, indexes of expressions) is refused by name.
 */
#include "runtime/sources/catalog.h"
#include "runtime/sources/lite_source.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct reading { const lite_source *s; rt_catalog *out; rt_error *e; } reading;

/* The table in work. */
typedef struct table { const char *name, *sql; rt_buf body, indexes; int n_keys; } table;

static const char *text_at(sqlite3_stmt *q, int i) {
    const char *t = (const char *)sqlite3_column_text(q, i);
    return t != NULL ? t : "";
}

static mig_status prepare(reading *r, const char *sql, const char *param, sqlite3_stmt **q) {
    int rc = sqlite3_prepare_v2(r->s->db, sql, -1, q, NULL);
    if (rc == SQLITE_OK && param != NULL)
        rc = sqlite3_bind_text(*q, 1, param, -1, SQLITE_STATIC);
    return rc == SQLITE_OK ? MIG_OK : lite_source_failed(r->s, rc, "looking at its tables", MIG_PREFLIGHT, r->e);
}

/* The next row: true. At the end, or when it fails (*st): false, and the statement is gone. */
static bool next(reading *r, sqlite3_stmt *q, mig_status *st) {
    int rc = *st == MIG_OK ? sqlite3_step(q) : SQLITE_DONE;
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE)
        *st = lite_source_failed(r->s, rc, "looking at its tables", MIG_PREFLIGHT, r->e);
    sqlite3_finalize(q);
    return false;
}

/* ---- columns -------------------------------------------------------------------------------------------------------------------- */

static bool is_any(const char *word, const char *const *words) {
    for (; *words != NULL; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* The language's type for a declared one. SQLite's own integers have 64 bits, however they are declared. */
static void put_type(rt_buf *b, const char *declared) {
    static const char *const whole[] = {"int", "integer", "bigint", "smallint", "mediumint", "tinyint", "int2", "int4", "int8", "unsigned big int", NULL};
    static const char *const texts[] = {"varchar", "nvarchar", "character varying", "varying character", "native character", "nchar", "char",
                                        "character", NULL};
    static const char *const reals[] = {"real", "double", "double precision", "float", NULL};
    static const struct { const char *declared, *type; } plain[] = {
        {"bool", "boolean"}, {"boolean", "boolean"}, {"date", "date"}, {"time", "time"}, {"datetime", "timestamp"}, {"timestamp", "timestamp"},
        {"timestamptz", "timestamptz"}, {"blob", "bytea"}, {"bytea", "bytea"}, {"uuid", "uuid"}, {"json", "json"}, {"jsonb", "jsonb"}};
    char word[64];
    size_t n = 0;
    int p = 0, s = 0;
    for (const char *c = declared; *c != '\0' && *c != '(' && n + 1 < sizeof word; c++)
        word[n++] = (char)tolower((unsigned char)*c);
    while (n > 0 && word[n - 1] == ' ')
        n--;
    word[n] = '\0';
    const char *open = strchr(declared, '(');
    int numbers = open != NULL ? sscanf(open, "(%d ,%d", &p, &s) : 0;
    if (is_any(word, whole))
        rt_buf_printf(b, "bigint");
    else if (is_any(word, reals))
        rt_buf_printf(b, "double");
    else if (is_any(word, texts) && numbers >= 1 && p > 0)
        rt_buf_printf(b, "varchar(%d)", p);
    else if (strcmp(word, "numeric") == 0 || strcmp(word, "decimal") == 0)
        rt_buf_printf(b, numbers >= 1 && p > 0 && s <= p ? "numeric(%d,%d)" : "numeric", p, s);
    else {
        const char *type = "text";
        for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
            if (strcmp(plain[i].declared, word) == 0)
                type = plain[i].type;
        rt_buf_printf(b, "%s", type);
    }
}

/* A default that the language reads as SQLite does: a number or a text. False: it is something else. */
static bool put_default(rt_buf *b, const char *type, const char *e) {
    size_t n = strlen(e);
    bool number = n > 0 && strspn(e + (*e == '-'), "0123456789.") == n - (*e == '-');
    bool holds_numbers = strstr(type, "int") != NULL || strncmp(type, "numeric", 7) == 0 || strcmp(type, "double") == 0;
    bool text = n >= 2 && *e == '\'' && e[n - 1] == '\'' && (strncmp(type, "varchar", 7) == 0 || strcmp(type, "text") == 0);
    bool now = strcasecmp(e, "current_timestamp") == 0 && strcmp(type, "timestamptz") == 0;
    if ((number && holds_numbers) || text || now)
        rt_buf_printf(b, " default %s", now ? "now()" : e);
    return (number && holds_numbers) || text || now || strcasecmp(e, "null") == 0;
}

static mig_status columns(reading *r, table *t, rt_buf *key, const char **why) {
    sqlite3_stmt *q;
    mig_status st = prepare(r, "select name, type, \"notnull\", dflt_value, pk, hidden, (select count(*) from pragma_table_xinfo(?1) where pk > 0),"
                               " (select wr from pragma_table_list where schema = 'main' and name = ?1) from pragma_table_xinfo(?1) order by cid", t->name, &q);
    while (st == MIG_OK && next(r, q, &st)) {
        rt_buf type = {0};
        if (sqlite3_column_int(q, 5) != 0)
            *why = "one of its columns is generated from others, or hidden";
        put_type(&type, text_at(q, 1));
        bool row_id = sqlite3_column_int(q, 4) == 1 && sqlite3_column_int(q, 6) == 1 && strcasecmp(text_at(q, 1), "integer") == 0 &&
                      sqlite3_column_int(q, 7) == 0;
        rt_buf_printf(&t->body, "%s    ", t->body.n > 0 ? ",\n" : "");
        rt_mig_name(&t->body, text_at(q, 0));
        rt_buf_printf(&t->body, " %s", type.failed ? "" : type.p);
        if (row_id)
            rt_buf_printf(&t->body, " primary key identity");
        else if (sqlite3_column_int(q, 2) != 0)
            rt_buf_printf(&t->body, " not null");
        if (!row_id && sqlite3_column_type(q, 3) != SQLITE_NULL && !type.failed && !put_default(&t->body, type.p, text_at(q, 3)))
            rt_catalog_reject(r->out, "default of column", text_at(q, 0), t->name, "it is written in SQLite's words");
        if (sqlite3_column_int(q, 4) > 0 && !row_id)
            t->n_keys++;
        t->body.failed = t->body.failed || type.failed;
        rt_buf_free(&type);
    }
    if (st == MIG_OK && t->n_keys > 0)
        st = prepare(r, "select name from pragma_table_info(?1) where pk > 0 order by pk", t->name, &q);
    while (st == MIG_OK && t->n_keys > 0 && next(r, q, &st)) {
        rt_buf_printf(key, "%s", key->n > 0 ? ", " : "");
        rt_mig_name(key, text_at(q, 0));
    }
    if (key->n > 0)
        rt_buf_printf(&t->body, ",\n    primary key (%s)", key->p);
    return st;
}

/* ---- references, unique rules, indexes, checks ------------------------------------------------------------------------------------- */

static mig_status references(reading *r, table *t) {
    sqlite3_stmt *q;
    int last = -1;
    rt_buf from = {0}, to = {0}, tail = {0};
    mig_status st = prepare(r, "select id, \"table\", \"from\", \"to\", on_delete, on_update from pragma_foreign_key_list(?1) union all"
                               " select -2, '', '', '', '', '' order by 1 desc", t->name, &q);
    while (st == MIG_OK && next(r, q, &st)) {
        if (sqlite3_column_int(q, 0) != last && from.n > 0) {
            rt_buf_printf(&t->body, ",\n    foreign key (%s) references %s", from.p, tail.p);
            if (from.failed || to.failed || tail.failed)
                t->body.failed = true;
        }
        if (sqlite3_column_int(q, 0) != last) {
            rt_buf_clear(&from);
            rt_buf_clear(&to);
            last = sqlite3_column_int(q, 0);
        }
        if (last < 0)
            continue;
        rt_buf_printf(&from, "%s", from.n > 0 ? ", " : "");
        rt_mig_name(&from, text_at(q, 2));
        rt_buf_printf(&to, "%s", to.n > 0 ? ", " : "");
        rt_mig_name(&to, text_at(q, 3));
        rt_buf_clear(&tail);
        rt_mig_name(&tail, text_at(q, 1));
        if (sqlite3_column_type(q, 3) != SQLITE_NULL && !to.failed)
            rt_buf_printf(&tail, " (%s)", to.p);
        for (int i = 4; i <= 5; i++)
            if (strcmp(text_at(q, i), "NO ACTION") != 0) {
                rt_buf_printf(&tail, " on %s ", i == 4 ? "delete" : "update");
                for (const char *c = text_at(q, i); *c != '\0'; c++)
                    rt_buf_printf(&tail, "%c", tolower((unsigned char)*c));
            }
    }
    rt_buf_free(&from);
    rt_buf_free(&to);
    rt_buf_free(&tail);
    return st;
}

static mig_status one_index(reading *r, table *t, const char *name, bool unique, const char *origin, bool partial) {
    sqlite3_stmt *q;
    rt_buf list = {0};
    bool plain = !partial;
    mig_status st = prepare(r, "select name, \"desc\", coll from pragma_index_xinfo(?1) where key order by seqno", name, &q);
    while (st == MIG_OK && next(r, q, &st)) {
        plain = plain && sqlite3_column_type(q, 0) != SQLITE_NULL && strcasecmp(text_at(q, 2), "binary") == 0;
        rt_buf_printf(&list, "%s", list.n > 0 ? ", " : "");
        rt_mig_name(&list, text_at(q, 0));
        rt_buf_printf(&list, "%s", sqlite3_column_int(q, 1) != 0 && *origin == 'c' ? " desc" : "");
    }
    t->body.failed = t->body.failed || list.failed;
    if (!plain) {
        rt_catalog_reject(r->out, "index", name, t->name, "it is of an expression, of a part of the table, or of another order of texts");
    } else if (*origin == 'u' && !list.failed) {
        rt_buf_printf(&t->body, ",\n    unique (%s)", list.p);
    } else if (!list.failed) {
        rt_buf_printf(&t->indexes, ",\n    %sindex ", unique ? "unique " : "");
        rt_mig_name(&t->indexes, name);
        rt_buf_printf(&t->indexes, " (%s)", list.p);
    }
    rt_buf_free(&list);
    return st;
}

static mig_status indexes(reading *r, table *t) {
    sqlite3_stmt *q;
    mig_status st = prepare(r, "select name, \"unique\", origin, partial from pragma_index_list(?1) where origin <> 'pk'"
                               " order by origin desc, name", t->name, &q);
    while (st == MIG_OK && next(r, q, &st)) {
        rt_buf name = {0};
        rt_buf_printf(&name, "%s", text_at(q, 0));
        const char *origin = text_at(q, 2)[0] == 'u' ? "u" : "c";
        st = name.failed ? rt_error_set(r->e, MIG_NOMEM, "out of memory")
                         : one_index(r, t, name.p, sqlite3_column_int(q, 1) != 0, origin, sqlite3_column_int(q, 3) != 0);
        rt_buf_free(&name);
    }
    return st;
}

/* Checks stand in the table's own text alone. Quoted things and comments are passed over. */
static void checks(table *t) {
    for (const char *p = t->sql; *p != '\0';) {
        size_t quote = rt_catalog_quotation(p);
        if (quote > 0) {
            p += quote;
            continue;
        }
        size_t word = 0;
        while (isalnum((unsigned char)p[word]) || p[word] == '_')
            word++;
        const char *open = p + word + strspn(p + word, " \t\r\n");
        if (word == 5 && strncasecmp(p, "check", 5) == 0 && *open == '(') {
            int depth = 0;
            const char *end = open;
            do {
                size_t skip = rt_catalog_quotation(end);
                depth += skip > 0 ? 0 : (*end == '(') - (*end == ')');
                end += skip > 0 ? skip : 1;
            } while (depth > 0 && *end != '\0');
            rt_buf_printf(&t->body, ",\n    check ");
            rt_buf_add(&t->body, open, (size_t)(end - open));
            p = end;
        } else {
            p += word > 0 ? word : 1;
        }
    }
}

/* ---- all of it ------------------------------------------------------------------------------------------------------------------------ */

static mig_status one_table(reading *r, const char *name, const char *sql) {
    table t = {.name = name, .sql = sql};
    rt_buf key = {0}, label = {0}, text = {0};
    const char *why = NULL;
    mig_status st = columns(r, &t, &key, &why);
    if (st == MIG_OK && why == NULL)
        st = references(r, &t);
    if (st == MIG_OK && why == NULL)
        checks(&t);
    if (st == MIG_OK && why == NULL)
        st = indexes(r, &t);
    rt_mig_label(&label, "table", name, NULL);
    rt_buf_printf(&text, "table ");
    rt_mig_name(&text, name);
    rt_buf_printf(&text, " (\n");
    rt_buf_add(&text, t.body.p, t.body.n);
    rt_buf_printf(&text, "\n)");
    if (t.indexes.n > 0 && !t.indexes.failed)
        rt_buf_printf(&text, "\n    %s", t.indexes.p + strlen(",\n    "));
    text.failed = text.failed || t.body.failed || t.indexes.failed || label.failed || key.failed;
    if (st == MIG_OK && why != NULL)
        rt_catalog_reject(r->out, "table", name, NULL, why);
    else if (st == MIG_OK)
        rt_catalog_add(r->out, label.failed ? "" : label.p, &text);
    rt_buf_free(&key);
    rt_buf_free(&label);
    rt_buf_free(&text);
    rt_buf_free(&t.body);
    rt_buf_free(&t.indexes);
    return st;
}

mig_status lite_catalog(rt_source *source, const char *schema, rt_catalog *out, const char **name, rt_error *e) {
    reading r = {(const lite_source *)(const void *)source, out, e};
    sqlite3_stmt *q;
    (void)schema;
    *name = NULL;
    *out = (rt_catalog){0};
    mig_status st = prepare(&r, "select type, name, coalesce(sql, ''), tbl_name from sqlite_schema where name not like 'sqlite\\_%' escape '\\'"
                                " and name not like '\\_migc\\_%' escape '\\' and type <> 'index' order by type, name", NULL, &q);
    while (st == MIG_OK && next(&r, q, &st)) {
        const char *type = text_at(q, 0), *sql = text_at(q, 2);
        if (strcmp(type, "table") == 0 && strncasecmp(sql, "create virtual", 14) == 0)
            rt_catalog_reject(r.out, "table", text_at(q, 1), NULL, "it is a virtual table");
        else if (strcmp(type, "table") == 0)
            st = one_table(&r, text_at(q, 1), sql);
        else if (strcmp(type, "trigger") == 0)
            rt_catalog_reject(r.out, "trigger", text_at(q, 1), text_at(q, 3), "what it does is written in SQLite's words");
        else
            rt_catalog_reject(r.out, type, text_at(q, 1), NULL, "it is written in SQLite's words");
    }
    return st == MIG_OK && out->failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : st;
}
