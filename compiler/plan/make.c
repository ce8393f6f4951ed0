/*
 * make.c: plan_build(), and the small things all its files use: sites, types, the map from tree to plan.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"
#include "compiler/syntax/token.h"

#include <openssl/evp.h>
#include <string.h>

void plan_map_put(builder *b, const ast_node *node, void *object) {
    node_map *m = arena_push(b->a, &b->map, &b->n_map, &b->cap_map, sizeof(node_map));
    m->node = node;
    m->object = object;
}

void *plan_map_get(const builder *b, const ast_node *node) {
    for (int i = b->n_map - 1; i >= 0; i--)
        if (b->map[i].node == node)
            return b->map[i].object;
    return NULL;
}

enum { SITE_TEXT_MAX = 160 };

/* The spec's text on one line: white space folded, cut to a length that fits a comment. */
static const char *one_line(builder *b, span at) {
    const char *text = src_text_of(b->src, at, b->a);
    strbuf sb = STRBUF_INIT;
    bool space = false;
    for (const char *p = text; *p != '\0' && sb.length < SITE_TEXT_MAX; p++) {
        if (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') {
            space = sb.length > 0;
            continue;
        }
        if (space)
            sb_putc(&sb, ' ');
        space = false;
        sb_putc(&sb, *p);
    }
    if (sb.length >= SITE_TEXT_MAX) {
        while (sb.length > 0 && ((unsigned char)sb.data[sb.length - 1] & 0xC0) == 0x80)
            sb_truncate(&sb, sb.length - 1);
        sb_truncate(&sb, sb.length - 1);
        sb_puts(&sb, "…");
    }
    return sb_take(&sb, b->a);
}

plan_site plan_site_of(builder *b, span at) {
    src_place place = src_locate(b->src, at);
    return (plan_site){.file = place.file,
                       .line = (int)place.line,
                       .column = (int)place.column,
                       .text_id = at.source,
                       .offset = at.offset,
                       .length = at.length,
                       .text = one_line(b, at)};
}

plan_site *plan_site_new(builder *b, span at, const plan_expr *e) {
    plan_site *s = arena_new(b->a, plan_site);
    *s = plan_site_of(b, at);
    s->target = b->set_target;
    if (e != NULL && b->flow != NULL)
        s->source = plan_first_source(e, b->flow->source);
    return s;
}

plan_type plan_type_of(value_type t) {
    if (t.id <= TYPE_NULL || t.id >= TYPE_COUNT)
        return (plan_type){MIG_T_TEXT, -1, -1};
    return (plan_type){(mig_type)(t.id - TYPE_NULL - 1), t.p, t.s};
}
_Static_assert((int)TYPE_COUNT - (int)TYPE_NULL - 1 == (int)MIG_T_COUNT, "both sides read types.def");

/* ---- the pass --------------------------------------------------------------------------------------------------- */

static const char *migration_name(const ast_node *file) {
    for (int i = 0; i < file->file.decls.n; i++)
        if (file->file.decls.at[i]->kind == AST_MIGRATION)
            return file->file.decls.at[i]->migration.name.text;
    migc_bug("a spec without its name");
}

/*
 * sha256 of the tokens of all files: layout and comments do not count, every word of the spec does, and nothing that another
 * version of the compiler might think of them.
 */
static const char *spec_hash(builder *b) {
    strbuf sb = STRBUF_INIT;
    diag *silent = diag_create(b->a, b->src);
    for (uint32_t id = 1; id <= src_count(b->src); id++) {
        token_list tokens;
        lex_source(b->a, silent, src_get(b->src, id), &tokens);
        for (int i = 0; i < tokens.n; i++) {
            const token *t = &tokens.at[i];
            if (t->kind != TOKEN_COMMENT)
                sb_printf(&sb, "%s %s\n", token_kind_name(t->kind), t->text != NULL ? t->text : "");
        }
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int n = 0;
    if (EVP_Digest(sb_text(&sb), sb.length, digest, &n, EVP_sha256(), NULL) != 1)
        migc_bug("no sha256");
    sb_clear(&sb);
    for (unsigned int i = 0; i < n; i++)
        sb_printf(&sb, "%02x", digest[i]);
    return sb_take(&sb, b->a);
}

static const char *first_file(const src_map *src) {
    const src_file *f = src_get(src, 1);
    return f == NULL ? "" : f->name;
}

plan *plan_build(arena *a, diag *d, const src_map *src, const ast_node *file) {
    builder b = {.a = a, .d = d, .src = src, .file = file, .p = arena_new(a, plan)};
    b.p->name = migration_name(file);
    b.p->file = first_file(src);
    b.p->hash = spec_hash(&b);
    plan_sources(&b);
    plan_targets(&b);
    plan_aliases(&b);
    plan_dedups(&b);
    plan_phases(&b);
    if (diag_errors(d) > 0)
        return NULL;
    plan_carry(&b);
    plan_checks(&b);
    plan_measures(&b);
    plan_ddl(&b);
    plan_ddl_constrain(&b);
    plan_schema(&b);
    return diag_errors(d) > 0 ? NULL : b.p;
}
