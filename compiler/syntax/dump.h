/*
 * dump.h: what the front end has understood, for people: --dump=tokens and --dump=ast.
 */
#ifndef MIGC_DUMP_H
#define MIGC_DUMP_H

#include "compiler/base/strbuf.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"

/* One token a line: place, kind, text. */
void dump_tokens(const src_map *m, const token_list *tokens, strbuf *out);

/* The tree, one node a line, indented by 2; with types where sema has been. */
void dump_ast(const ast_node *n, strbuf *out);

#endif
