/*
 * catalog.h: what a database holds, as texts in the language: one object a table, sequence, type, view … The compiler makes tables of the
 * spec of it (`table *`), the preflight holds it against what was compiled. Implemented by the sources that are databases.
 */
#ifndef RT_CATALOG_H
#define RT_CATALOG_H

#include "runtime/rt.h"

/* label: `table "orders"`, `trigger "t" of table "orders"`; text: its statement in a snapshot, without the closing semicolon. */
typedef struct rt_object { const char *label, *text; } rt_object;
typedef struct rt_catalog rt_catalog;
struct rt_catalog { rt_arena *arena; rt_object *at; int n, cap; bool failed; };

void rt_catalog_free(rt_catalog *c);
/* Takes a copy of both. Nothing happens after `failed`. */
void rt_catalog_add(rt_catalog *c, const char *label, const rt_buf *text);

/* ---- writing the language ---- */

void rt_mig_name(rt_buf *b, const char *name);    /* in double quotes where it must be */
void rt_mig_text(rt_buf *b, const char *text);    /* in single quotes */
void rt_mig_raw(rt_buf *b, const char *text);     /* between $$, or $tag$ where the text has such itself */
void rt_mig_label(rt_buf *b, const char *kind, const char *name, const char *of_table); /* of_table: NULL allowed */

/* Adds what cannot be carried, as `reject 'LABEL' 'WHY'`. */
void rt_catalog_reject(rt_catalog *c, const char *kind, const char *name, const char *of_table, const char *why);

/* Bytes of the comment, quoted text, quoted name or raw text that begins at p; 0: none does. */
size_t rt_catalog_quotation(const char *p);

/* ---- comparing ---- */

bool rt_label_is_about(const char *label, const char *name); /* or about what belongs to the table of that name */

/* The text without comments, with blanks only where words would run together: two texts that say the same are equal then. */
void rt_catalog_form(rt_buf *out, const char *text, size_t n);
/*
 * Both are in that form. Says each difference: what ("column", "rule", …), how it is now and how it was; now or was is NULL when
 * it came or went. Texts live until the call returns.
 */
typedef void (*rt_difference_fn)(void *arg, const char *now, const char *was);
bool rt_catalog_compare(const char *now, const char *was, rt_difference_fn fn, void *arg); /* false: no memory */

/* ---- reading ---- */

struct rt_target;
/* All that the schema holds (NULL: the connection's own schema), in the order in which it can be made. *schema gets its name. */
mig_status rt_catalog_postgres(struct rt_target *c, const char *schema, rt_catalog *out, const char **name, rt_error *e);

#endif
