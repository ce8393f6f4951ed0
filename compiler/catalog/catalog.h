/*
 * catalog.h: the pass between parser and sema that puts tables in the place of `table *`, and flows in the place of `from S.* into T.*`.
 * What a star stands for comes from the snapshot beside the spec, or from the database itself; both are texts in the language and go
 * through the parser, so that everything behind this pass sees ordinary tables.
 */
#ifndef MIGC_CATALOG_H
#define MIGC_CATALOG_H

#include "compiler/base/arena.h"
#include "compiler/base/diag.h"
#include "compiler/base/source.h"
#include "compiler/base/strbuf.h"
#include "compiler/syntax/ast.h"

#include <stdbool.h>

/* ---- catalog.c ---- */

/* report: NULL, or snapshots are written anew from the databases, and what that changed is said there. */
void catalog_expand(arena *a, diag *d, src_map *m, ast_node *file, strbuf *report);

/* ---- live.c ---- */

/* The database of a SOURCE as the text of a snapshot; NULL: it cannot be read, and that has been reported at the star. */
char *catalog_read_live(arena *a, diag *d, const ast_node *source, const ast_node *star);

/* ---- snapshot.c ---- */

/*
 * The SNAPSHOT that a star of a SOURCE stands for, or NULL with the reason reported. Its file (or what the database says) is added to the
 * map: so it is part of the spec, also for the spec's hash.
 */
ast_node *catalog_snapshot(arena *a, diag *d, src_map *m, const ast_node *source, const ast_node *star, strbuf *report);
/* Every object of a SNAPSHOT: its label, and its text in the form in which two are compared. */
typedef struct catalog_forms { char **labels, **texts; int n; } catalog_forms;
catalog_forms catalog_forms_of(arena *a, const src_map *m, const ast_node *snapshot);
/* The name that a label is about: a, for `trigger "t" of table "a"` t and in *of_table a (else NULL). */
const char *catalog_label_name(arena *a, const char *label, const char **of_table);

#endif
