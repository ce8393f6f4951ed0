/*
 * statement.c: pieces of SQL that both engines write the same way.
 */
#include "runtime/targets/statement.h"

#include <string.h>

const char rt_kept_out[] =
    "A trigger of the table keeps rows out or puts them elsewhere, so they would be lost here. Disable it, or reject or skip such rows in the spec.";

void rt_sql_qualified(rt_buf *b, const char *schema, const char *table) {
    if (schema != NULL) {
        rt_sql_ident(b, schema);
        rt_buf_add(b, ".", 1);
    }
    rt_sql_ident(b, table);
}

void rt_sql_columns(rt_buf *b, const mig_table *t) {
    for (int i = 0; i < t->n_columns; i++) {
        if (i > 0)
            rt_buf_add(b, ", ", 2);
        rt_sql_ident(b, t->columns[i].name);
    }
}

void rt_sql_origin(rt_buf *b, const mig_site *site) {
    if (site == NULL || site->file == NULL)
        return;
    rt_buf_add(b, " /* migc ", 9);
    for (const char *p = site->file; *p != '\0'; p++) {
        /* A file name must not end the comment, nor hold what the server would take for a line of its own. */
        bool harmless = (unsigned char)*p >= 0x20 && *p != 0x7f && *p != '*';
        rt_buf_add(b, harmless ? p : "_", 1);
    }
    rt_buf_printf(b, ":%d */", site->line);
}

void rt_sql_excerpt(char *out, size_t cap, const char *sql) {
    char line[512];
    size_t n = 0;
    for (; *sql != '\0' && n < sizeof line - 1; sql++) {
        bool space = strchr(" \t\r\n", *sql) != NULL;
        if (!space)
            line[n++] = *sql;
        else if (n > 0 && line[n - 1] != ' ')
            line[n++] = ' ';
    }
    while (n > 0 && line[n - 1] == ' ')
        n--;
    rt_shorten(out, cap, line, n);
}
