/*
 * chunks.c: phases that commit every so many rows. What a later run must know of chunks that are in stands in the target: a phase that
 * needs to know more than that of its earlier rows, or whose source cannot be gone on with at a row, is refused here.
 */
#include "compiler/sema/inside.h"

#include <string.h>

typedef struct chunked {
    sema *s;
    const ast_node *phase;
} chunked;

/* ---- duplicates ------------------------------------------------------------------------------------------------------- */

static bool decides_at_once(const ast_node *dedup)
{
    bool leaves_kept = dedup->dedup.duplicate == DUP_UNSAID || dedup->dedup.duplicate == DUP_DROP || dedup->dedup.duplicate == DUP_REJECT;

    return leaves_kept && dedup->dedup.keep != KEEP_LAST && dedup->dedup.keep_by == NULL;
}

static void written_table(const chunked *c, const ast_node *into)
{
    sema *s = c->s;
    const ast_node *table = into->into.table->sym, *dedup = table == NULL ? NULL : dedup_of(s, table);

    if (dedup == NULL || decides_at_once(dedup))
        return;
    diag_error(s->d, into->into.table->at, D_NOT_ALLOWED,
               "which row of \"%s\" is kept is known when all rows are read, and the phase \"%s\" commits before that", table->table.name.text,
               c->phase->phase.name.text);
    diag_note(s->d, dedup->dedup.table->at, "the dedup is declared here");
    diag_hint(s->d, "Keep the first row and drop or reject the others, or take \"commit every\" away.");
}

/* ---- look-ups --------------------------------------------------------------------------------------------------------- */

static bool is_plain_key(const ast_node *dedup, const char *column)
{
    for (int i = 0; i < dedup->dedup.keys.n; i++) {
        const ast_node *key = dedup->dedup.keys.at[i];

        if (key->kind == AST_NAME && key->name.path.n > 0 && strcmp(key->name.path.at[key->name.path.n - 1].text, column) == 0)
            return true;
    }
    return false;
}

static bool phase_fills(const ast_node *phase, const ast_node *table)
{
    for (int i = 0; i < phase->phase.steps.n; i++) {
        const ast_node *flow = phase->phase.steps.at[i];

        for (int k = 0; flow->kind == AST_FLOW && k < flow->flow.items.n; k++)
            if (flow->flow.items.at[k]->kind == AST_INTO && flow->flow.items.at[k]->into.table->sym == table)
                return true;
    }
    return false;
}

/* A dropped row's natural keys lead to the row that is kept; nothing of a dropped row is in the target to be known by a later run. */
static void looked_up(const chunked *c, const ast_node *e)
{
    sema *s = c->s;
    const ast_node *table = e->sym, *dedup = table != NULL && table->kind == AST_TABLE ? dedup_of(s, table) : NULL;

    if (dedup == NULL || dedup->dedup.duplicate == DUP_REJECT || !decides_at_once(dedup) || !phase_fills(c->phase, table))
        return;
    for (int i = 0; i < e->lookup.keys.n; i++) {
        ast_names path = e->lookup.keys.at[i]->lookup_key.path;

        if (path.n != 1 || is_plain_key(dedup, path.at[0].text)) /* the ledger keeps what became of a source row */
            continue;
        diag_error(s->d, e->at, D_NOT_ALLOWED,
                   "rows of \"%s\" that its dedup drops could be looked up here by a key of their own, which no chunk keeps",
                   table->table.name.text);
        diag_note(s->d, dedup->dedup.table->at, "the dedup is declared here");
        diag_hint(s->d, "Look it up by columns that are the dedup's key, or in another phase, or take \"commit every\" away from \"%s\".",
                  c->phase->phase.name.text);
        return;
    }
}

static void find_lookups(ast_node *e, void *ctx)
{
    const chunked *c = ctx;

    if (e->kind == AST_LOOKUP)
        looked_up(c, e);
    else if (e->kind == AST_CALL && e->sym != NULL && e->sym->kind == AST_DEFINE)
        find_lookups(e->sym->define.e, ctx);
    ast_children(e, find_lookups, ctx);
}

/* ---- steps ------------------------------------------------------------------------------------------------------------ */

static void flow(chunked *c, ast_node *n)
{
    sema *s = c->s;
    const ast_node *source = n->flow.from->sym;

    if (source != NULL && source->kind == AST_TABLE && source->table.query.text != NULL) {
        diag_error(s->d, n->flow.from->at, D_NOT_ALLOWED, "no run can go on in the midst of the query \"%s\": its rows have no key to go on behind",
                   source->table.name.text);
        diag_hint(s->d, "Read a table, or a view with its \"primary key\" declared, or take \"commit every\" away.");
    }
    for (int i = 0; i < n->flow.items.n; i++)
        if (n->flow.items.at[i]->kind == AST_INTO)
            written_table(c, n->flow.items.at[i]);
    find_lookups(n, c);
}

static bool flow_from(const ast_node *phase, int first, int step)
{
    for (int i = first; step > 0 ? i < phase->phase.steps.n : i >= 0; i += step)
        if (phase->phase.steps.at[i]->kind == AST_FLOW)
            return true;
    return false;
}

static void step(chunked *c, int i, bool *flows)
{
    ast_node *n = c->phase->phase.steps.at[i];

    switch (ast_step(n)) {
    case STEP_FLOW:
        *flows = true;
        flow(c, n);
        break;
    case STEP_LOAD:
        diag_error(c->s->d, n->at, D_NOT_ALLOWED, "an alias is loaded as a whole, and the phase \"%s\" commits every so many rows",
                   c->phase->phase.name.text);
        diag_hint(c->s->d, "Load it in a phase before this one.");
        break;
    case STEP_SQL:
        if (!flow_from(c->phase, i, -1) || !flow_from(c->phase, i, 1))
            break;
        diag_error(c->s->d, n->at, D_NOT_ALLOWED, "SQL between two flows of a phase that commits on the way would find the rows of chunks that are in");
        diag_hint(c->s->d, "Put it before or behind the flows, or into a phase of its own.");
        break;
    case STEP_CREATE:
    case STEP_INDEXES:
    case STEP_CONSTRAIN:
    case STEP_BACKUP:
    case STEP_RUN: break; /* each is a transaction of its own */
    }
}

void chunks_check(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];
        chunked c = {s, n};
        bool flows = false;

        if (n->kind != AST_PHASE || n->phase.every.text == NULL)
            continue;
        for (int k = 0; k < n->phase.steps.n; k++)
            step(&c, k, &flows);
        if (!flows) {
            diag_error(s->d, n->phase.every.at, D_NOT_ALLOWED, "\"commit every\" counts rows of flows, and the phase \"%s\" has none",
                       n->phase.name.text);
            diag_hint(s->d, "Take it away: the phase is one transaction.");
        }
    }
}
