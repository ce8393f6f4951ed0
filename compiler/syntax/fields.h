/*
 * fields.h: what each kind of node consists of, as data. The walker, the comparison and the dump read it, so that a new
 * field is one line in fields.c. For compiler/syntax only.
 */
#ifndef MIGC_FIELDS_H
#define MIGC_FIELDS_H

#include "compiler/syntax/ast.h"

typedef enum field_type {
    FIELD_END,
    FIELD_NODE,   /* ast_node * */
    FIELD_LIST,   /* ast_list */
    FIELD_NAME,   /* ast_name */
    FIELD_NAMES,  /* ast_names */
    FIELD_TEXT,   /* ast_text */
    FIELD_TEXTS,  /* ast_texts */
    FIELD_STRING, /* const char * */
    FIELD_FLAG,   /* bool */
    FIELD_INT,    /* int; -1 is "none" */
    FIELD_WORD    /* an enumeration, of which `words` has the names; NULL: not worth showing */
} field_type;

typedef struct ast_field {
    const char *name;
    field_type type;
    size_t offset; /* in ast_node */
    const char *const *words;
} ast_field;

/* The fields of a kind, in the order of the source text; the last one is FIELD_END. */
const ast_field *ast_fields(ast_kind kind);

#endif
