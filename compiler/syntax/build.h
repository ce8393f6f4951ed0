/*
 * build.h: constructors that the grammar calls. They put nodes together and refuse what is wrong in itself (a clause given
 * twice, a number out of range); they know nothing of names and types. For grammar/mig.y only.
 */
#ifndef MIGC_BUILD_H
#define MIGC_BUILD_H

#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"

struct parser;

/* A copy of the node in the arena; p, s and fn are set to -1, the depth is worked out. */
ast_node *build_node(struct parser *p, const ast_node *init);

ast_list build_one(struct parser *p, ast_node *n);
void build_append(struct parser *p, ast_list *to, ast_list more);
ast_names build_path(struct parser *p, ast_name first);

/* Words. build_ident notes that the word is a name (the formatter leaves names alone). */
ast_name build_ident(token *t);
token *build_type_word(token *t);
ast_node *build_number(struct parser *p, const token *t);
ast_node *build_name(struct parser *p, ast_name name);

/* Sources, targets, tables. */
ast_node *build_system(struct parser *p, span at, ast_kind kind, ast_name name, ast_name engine, ast_node *location,
                       ast_list items);
ast_node *build_option(struct parser *p, span at, ast_name name, ast_node *value);
void build_option_value(struct parser *p, ast_list *options, ast_text value); /* one more for the last of them */
/* The head is a TABLE node that holds what stands before the "("; the actions are a CONSTRAINT node with them only. */
ast_node *build_table(struct parser *p, span at, ast_node *head, ast_list elements, ast_list indexes);
/* on delete, on update: each is said once. */
void build_fk_action(struct parser *p, span at, ast_fk_action *said, ast_fk_action action, const char *what);
ast_node *build_foreign_key(span at, ast_node *actions, ast_node *ref, ast_names columns);
ast_node *build_ref(struct parser *p, span at, ast_name system, ast_name table); /* no table: all */
ast_node *build_type(struct parser *p, span at, const token *word, const char *rest, ast_node *arguments);
ast_node *build_type_numbers(struct parser *p, span at, const token *first, const token *second);

/* Aliases, dedup, phases: `n` is the node in work. */
void build_alias_table(struct parser *p, ast_node *n, ast_node *table, ast_name key);
void build_alias_names(struct parser *p, ast_node *n, ast_node *names, ast_name key, ast_name ref);
void build_alias_match(struct parser *p, ast_node *n, span at, ast_names match);
void build_alias_unknown(struct parser *p, ast_node *n, span at, ast_unknown what);
void build_keep(struct parser *p, ast_node *n, span at, ast_keep what, ast_node *by);
void build_duplicate(struct parser *p, ast_node *n, span at, ast_duplicate what);
void build_phase_after(struct parser *p, ast_node *n, ast_names after);
void build_phase_requires(struct parser *p, ast_node *n, ast_texts requires);
void build_phase_limit(struct parser *p, ast_node *n, span at, const token *number, bool percent);
void build_phase_every(struct parser *p, ast_node *n, span at, const token *number);

/* Flows. each_part is an INTO node that holds only its part, or NULL. */
ast_node *build_short_flow(struct parser *p, span at, ast_node *from, ast_node *row, ast_node *into);
ast_node *build_into(struct parser *p, span at, ast_node *table, const ast_node *each_part, ast_node *when, ast_list sets);
ast_node *build_handler(struct parser *p, span at, ast_node *e); /* else e, where e may say skip, null, abort, reject */

/* Expressions. */
ast_node *build_binary(struct parser *p, span at, ast_op op, ast_node *left, ast_node *right, span op_at);
ast_node *build_lookup(struct parser *p, span at, ast_names path, ast_list keys, ast_name col);
ast_node *build_extract(struct parser *p, span at, token *word, ast_name field, ast_node *e);
ast_node *build_refers(struct parser *p, span at, ast_names from, ast_names to);

#endif
