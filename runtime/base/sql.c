/*
 * sql.c: the only two ways of text into SQL. PostgreSQL (with standard_conforming_strings on, which every connection of
 * the runtime sets) and SQLite take the same forms: "na""me" and 'te''xt'. Values that can be parameters are parameters;
 * literals are for statements that take none.
 */
#include "runtime/rt.h"

#include <string.h>

static void quoted(rt_buf *b, char quote, const char *p, size_t n) {
    /* A NUL would end the statement early; no text of ours holds one. */
    if (n > 0 && memchr(p, '\0', n) != NULL) {
        b->failed = true;
        return;
    }
    rt_buf_add(b, &quote, 1);
    while (n > 0) {
        const char *q = memchr(p, quote, n);
        size_t part = q != NULL ? (size_t)(q - p) + 1 : n;
        rt_buf_add(b, p, part);
        if (q != NULL)
            rt_buf_add(b, &quote, 1);
        p += part;
        n -= part;
    }
    rt_buf_add(b, &quote, 1);
}

void rt_sql_ident(rt_buf *b, const char *name) {
    quoted(b, '"', name, strlen(name));
}

void rt_sql_literal(rt_buf *b, const char *text, size_t n) {
    quoted(b, '\'', text, n);
}

const char rt_sql_sequence[] =
    "coalesce((select d.refobjid::regclass from pg_attrdef f join pg_attribute a on a.attrelid = f.adrelid and a.attnum = f.adnum"
    " join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass"
    " join pg_class q on q.oid = d.refobjid and q.relkind = 'S' where f.adrelid = to_regclass($1) and a.attname = $2 limit 1),"
    " pg_get_serial_sequence($1, $2)::regclass)";
