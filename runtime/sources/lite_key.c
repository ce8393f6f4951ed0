/*
 * lite_key.c: is the primary key that a spec declares for a SQLite table one? An integer primary key or a unique index answers for it; else the
 * rows are looked through. SQLite keeps 1 and '1' apart where a column has no type, and reading them would not: all values of the key must be
 * stored as what the spec says, whole numbers or texts.
 */
#include "runtime/sources/lite_source.h"

#include <string.h>

static mig_status no_memory(rt_error *e) { return rt_error_set(e, MIG_NOMEM, "out of memory"); }

/* The first column of the first row of the answer; *out empty: there is none. Frees the SQL. */
static mig_status ask(const lite_source *s, const mig_source_table *t, rt_buf *sql, rt_buf *out, rt_error *e) {
    char about[160];
    sqlite3_stmt *q = NULL;
    rt_table_words(t, about, sizeof about);
    if (sql->failed) {
        rt_buf_free(sql);
        return no_memory(e);
    }
    int rc = sqlite3_prepare_v2(s->db, sql->p, -1, &q, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    mig_status st = rc == SQLITE_ROW || rc == SQLITE_DONE ? MIG_OK : lite_source_failed(s, rc, about, MIG_PREFLIGHT, e);
    const char *text = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
    rt_buf_clear(out);
    if (text != NULL)
        rt_buf_printf(out, "%s", text);
    sqlite3_finalize(q);
    rt_buf_free(sql);
    return st == MIG_OK && out->failed ? no_memory(e) : st;
}

static const char *key_name(const mig_source_table *t, int i) { return t->columns[t->key[i]].name; }

static bool is_words(mig_type t) { return t == MIG_T_TEXT || t == MIG_T_VARCHAR || t == MIG_T_CHAR; }

static bool is_whole(mig_type t) { return t == MIG_T_SMALLINT || t == MIG_T_INTEGER || t == MIG_T_BIGINT; }

static void from_rows(const mig_source_table *t, rt_buf *sql) {
    bool several; /* refused before */
    rt_buf_printf(sql, " from ");
    if (t->query == NULL) {
        rt_sql_ident(sql, t->name);
        return;
    }
    rt_buf_printf(sql, "(");
    rt_buf_add(sql, t->query, rt_query_length(t->query, &several));
    rt_buf_printf(sql, "\n)");
}

/* What the first value that is no key is stored as: "null", "text" …; empty: there is none. */
static mig_status ask_strays(const lite_source *s, const mig_source_table *t, int i, rt_buf *out, rt_error *e) {
    rt_buf sql = {0};
    mig_type type = t->columns[t->key[i]].type;
    rt_buf_printf(&sql, "select typeof(");
    rt_sql_ident(&sql, key_name(t, i));
    rt_buf_printf(&sql, ")");
    from_rows(t, &sql);
    rt_buf_printf(&sql, " where typeof(");
    rt_sql_ident(&sql, key_name(t, i));
    rt_buf_printf(&sql, ") %s", is_words(type) ? "<> 'text'" : is_whole(type) ? "<> 'integer'" : "= 'null'");
    if (type == MIG_T_SMALLINT || type == MIG_T_INTEGER) {
        rt_buf_printf(&sql, " or ");
        rt_sql_ident(&sql, key_name(t, i));
        rt_buf_printf(&sql, type == MIG_T_SMALLINT ? " not between -32768 and 32767" : " not between -2147483648 and 2147483647");
    }
    rt_buf_printf(&sql, " limit 1");
    return ask(s, t, &sql, out, e);
}

/* A unique index over columns of the key and no others. */
static mig_status ask_index(const lite_source *s, const mig_source_table *t, rt_buf *out, rt_error *e) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select 'yes' from pragma_index_list(");
    rt_sql_literal(&sql, t->name, strlen(t->name));
    rt_buf_printf(&sql, ") l where l.\"unique\" and not l.partial and not exists (select 1 from pragma_index_info(l.name) i"
                        " where i.name is null or i.name collate nocase not in (");
    for (int i = 0; i < t->n_key; i++) {
        rt_buf_printf(&sql, i > 0 ? ", " : "");
        rt_sql_literal(&sql, key_name(t, i), strlen(key_name(t, i)));
    }
    rt_buf_printf(&sql, ")) limit 1");
    return ask(s, t, &sql, out, e);
}

static void list_key(const mig_source_table *t, rt_buf *sql) {
    for (int i = 0; i < t->n_key; i++) {
        rt_buf_printf(sql, i > 0 ? ", " : "");
        rt_sql_ident(sql, key_name(t, i));
    }
}

static mig_status ask_rows(const lite_source *s, const mig_source_table *t, rt_buf *out, rt_error *e) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select 'yes'");
    from_rows(t, &sql);
    rt_buf_printf(&sql, " group by ");
    list_key(t, &sql);
    rt_buf_printf(&sql, " having count(*) > 1 limit 1");
    return ask(s, t, &sql, out, e);
}

static mig_status refuse(const mig_source_table *t, rt_error *e) {
    char about[160];
    rt_buf key = {0};
    rt_table_words(t, about, sizeof about);
    list_key(t, &key);
    rt_error_hint(e, "Declare columns that are null in no row and tell every row from every other.");
    mig_status st = rt_error_set(e, MIG_PREFLIGHT, "the primary key (%s) that the spec declares for %s is null, or the same in several rows",
                                 key.p != NULL ? key.p : "", about);
    rt_buf_free(&key);
    return st;
}

static mig_status refuse_stray(const mig_source_table *t, int i, const char *stored, rt_error *e) {
    char about[160];
    rt_table_words(t, about, sizeof about);
    mig_type type = t->columns[t->key[i]].type;
    bool too_large = strcmp(stored, "integer") == 0 && is_whole(type);
    rt_error_hint(e, "Take \"primary key\" away there: then the program itself sees to it that no key comes twice, and such rows can be rejected.");
    return rt_error_set(e, MIG_PREFLIGHT, "\"%s\" is a primary key of %s in the spec, but a row of %s holds %s there", key_name(t, i),
                        is_words(type) ? "texts" : type == MIG_T_BIGINT ? "whole numbers" : type == MIG_T_INTEGER ? "integers" : "small integers",
                        about, too_large ? "a larger one" : strcmp(stored, "text") == 0 ? "text" : strcmp(stored, "blob") == 0 ? "a blob" : "a number");
}

mig_status lite_check_key(const lite_source *s, const mig_source_table *t, const lite_shape *sh, rt_error *e) {
    rt_buf found = {0};
    mig_status st = MIG_OK;
    if (sh != NULL && sh->own_row_id && t->n_key == 1 && sh->key.n == 1 && sqlite3_stricmp(sh->key.v[0].p, key_name(t, 0)) == 0 &&
        t->columns[t->key[0]].type == MIG_T_BIGINT)
        return MIG_OK;
    for (int i = 0; st == MIG_OK && i < t->n_key; i++) {
        st = ask_strays(s, t, i, &found, e);
        if (st == MIG_OK && found.n > 0)
            st = strcmp(found.p, "null") == 0 ? refuse(t, e) : refuse_stray(t, i, found.p, e);
    }
    if (st == MIG_OK && t->query == NULL)
        st = ask_index(s, t, &found, e);
    if (st == MIG_OK && found.n == 0) {
        st = ask_rows(s, t, &found, e);
        if (st == MIG_OK && found.n > 0)
            st = refuse(t, e);
    }
    rt_buf_free(&found);
    return st;
}
