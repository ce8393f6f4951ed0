/*
 * steps.c: the steps that do more than move rows: SQL of the spec, backups, programs; and whether what a phase does can be taken back.
 * Their place among the other steps is decided in order.c.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"

#include <string.h>

/* The place where the text between the dollar signs begins. */
static plan_site text_site(builder *b, ast_text sql) {
    uint32_t tag = (sql.at.length - (uint32_t)strlen(sql.text)) / 2;
    return plan_site_of(b, (span){sql.at.source, sql.at.offset + tag, 0});
}

void plan_step_sql(builder *b, plan_step *s, const ast_node *n) {
    s->sql = n->sql.text.text;
    s->sql_site = text_site(b, n->sql.text);
    s->undo = n->sql.undo.text;
}

void plan_step_backup(builder *b, plan_step *s, const ast_node *n) {
    s->system = n->backup.system.text;
    s->to = plan_location_of(n->backup.to);
    s->source = -1;
    for (int i = 0; i < b->p->n_sources; i++)
        if (strcmp(b->p->sources[i]->name, s->system) == 0)
            s->source = i;
}

void plan_step_run(builder *b, plan_step *s, const ast_node *n) {
    s->n_words = n->run.words.n;
    s->words = arena_array(b->a, const char *, s->n_words);
    for (int i = 0; i < s->n_words; i++)
        s->words[i] = n->run.words.at[i].text;
}

bool plan_stays_in_place(mig_step_kind kind) {
    return kind == MIG_STEP_SQL || kind == MIG_STEP_BACKUP || kind == MIG_STEP_RUN;
}

const char *plan_why_final(arena *a, const plan_phase *p) {
    for (int i = 0; i < p->n_steps; i++) {
        const plan_step *s = &p->steps[i];
        if (s->kind == MIG_STEP_SQL && s->undo == NULL)
            return arena_printf(a, "its sql step at line %d has no undo", s->site.line);
        if (s->kind == MIG_STEP_RUN)
            return arena_printf(a, "what the program of its run step at line %d did is not known", s->site.line);
    }
    return NULL;
}

bool plan_has_undo(const plan_phase *p) {
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].undo != NULL)
            return true;
    return false;
}
