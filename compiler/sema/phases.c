/*
 * phases.c: what happens in which order, as far as the spec says it: names that are there, nothing done twice, no ring in `after`. The
 * order that follows from what phases do is worked out by the plan.
 */
#include "compiler/sema/inside.h"

#include <string.h>

/* ---- phases that the spec does not write ------------------------------------------------------------------------------ */

static bool names_step(const sema *s, ast_kind kind, const ast_node *table, const char *alias)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        const ast_node *n = s->file->file.decls.at[i];

        for (int k = 0; n->kind == AST_PHASE && k < n->phase.steps.n; k++) {
            const ast_node *step = n->phase.steps.at[k];

            if (step->kind != kind)
                continue;
            if (kind == AST_LOAD) {
                for (int j = 0; j < step->load.names.n; j++)
                    if (strcmp(step->load.names.at[j].text, alias) == 0)
                        return true;
                continue;
            }
            for (int j = 0; j < step->tables.refs.n; j++)
                if (step->tables.refs.at[j]->sym == table || step->tables.refs.at[j]->sym == s->target)
                    return true;
        }
    }
    return false;
}

static bool some_table_left(const sema *s, ast_kind kind)
{
    for (int i = 0; s->target != NULL && i < s->target->system.tables.n; i++) {
        const ast_node *t = s->target->system.tables.at[i];

        if (!t->table.existing && !names_step(s, kind, t, NULL))
            return true;
    }
    return false;
}

/* A phase that is there because tables, aliases or flows are in no other. */
static bool is_implicit(const sema *s, const char *name)
{
    if (strcmp(name, "create") == 0)
        return some_table_left(s, AST_CREATE);
    if (strcmp(name, "constrain") == 0)
        return some_table_left(s, AST_CONSTRAIN);
    for (int i = 0; i < s->file->file.decls.n; i++) {
        const ast_node *n = s->file->file.decls.at[i];

        if (strcmp(name, "data") == 0 && n->kind == AST_FLOW)
            return true;
        if (strcmp(name, "load") == 0 && n->kind == AST_ALIAS && !names_step(s, AST_LOAD, NULL, n->alias.name.text))
            return true;
    }
    return false;
}

bool phases_find(sema *s, ast_name name)
{
    nearest near = nearest_start(name.text);
    static const char *const implicit[] = {"create", "load", "data", "constrain"};

    if (scope_find(s->phases, name.text) != NULL || is_implicit(s, name.text))
        return true;
    for (symbol *sym = scope_first(s->phases); sym != NULL; sym = sym->next)
        nearest_offer(&near, sym->name);
    for (size_t i = 0; i < sizeof implicit / sizeof *implicit; i++)
        if (is_implicit(s, implicit[i]))
            nearest_offer(&near, implicit[i]);
    diag_error(s->d, name.at, D_UNKNOWN_NAME, "there is no phase \"%s\"", name.text);
    return diag_did_you_mean(s->d, near.best);
}

/* ---- after ---------------------------------------------------------------------------------------------------------------- */

static void after(sema *s, const ast_node *n)
{
    for (int i = 0; i < n->phase.after.n; i++) {
        ast_name name = n->phase.after.at[i];

        if (strcmp(name.text, n->phase.name.text) == 0)
            diag_error(s->d, name.at, D_CYCLE, "a phase cannot come after itself");
        else
            phases_find(s, name);
        for (int k = 0; k < i; k++)
            if (strcmp(n->phase.after.at[k].text, name.text) == 0)
                diag_error(s->d, name.at, D_DUPLICATE, "\"%s\" stands twice behind \"after\"", name.text);
    }
}

typedef struct walk {
    const ast_node **path; /* phases from the first to the one in work */
    int n;
    const ast_node **done;
    int n_done;
} walk;

static bool is_done(const walk *w, const ast_node *n)
{
    for (int i = 0; i < w->n_done; i++)
        if (w->done[i] == n)
            return true;
    return false;
}

static void report_ring(sema *s, const walk *w, int from)
{
    const char **names = arena_array(s->a, const char *, w->n);
    const ast_node *first = w->path[from];

    for (int i = from; i < w->n; i++) {
        names[i - from] = w->path[i]->phase.name.text;
        if (w->path[i]->at.offset < first->at.offset && w->path[i]->at.source == first->at.source)
            first = w->path[i];
    }
    diag_error(s->d, first->phase.name.at, D_CYCLE, "the phases %s wait for each other", text_names(s, names, w->n - from, 6));
    for (int i = from; i < w->n; i++)
        for (int k = 0; k < w->path[i]->phase.after.n; k++)
            if (strcmp(w->path[i]->phase.after.at[k].text, w->path[i + 1 < w->n ? i + 1 : from]->phase.name.text) == 0)
                diag_note(s->d, w->path[i]->phase.after.at[k].at, "\"%s\" comes after \"%s\"", w->path[i]->phase.name.text,
                          w->path[i]->phase.after.at[k].text);
}

static bool find_ring(sema *s, walk *w, const ast_node *n)
{
    for (int i = 0; i < w->n; i++)
        if (w->path[i] == n) {
            report_ring(s, w, i);
            return true;
        }
    if (is_done(w, n))
        return false;
    w->path[w->n++] = n;
    for (int i = 0; i < n->phase.after.n; i++) {
        const symbol *sym = scope_find(s->phases, n->phase.after.at[i].text);

        if (sym != NULL && sym->what != n && find_ring(s, w, sym->what))
            return true;
    }
    w->n--;
    w->done[w->n_done++] = n;
    return false;
}

static void rings(sema *s)
{
    int n = 1;

    for (symbol *sym = scope_first(s->phases); sym != NULL; sym = sym->next)
        n++;
    walk w = {.path = arena_array(s->a, const ast_node *, n), .done = arena_array(s->a, const ast_node *, n)};
    for (symbol *sym = scope_first(s->phases); sym != NULL; sym = sym->next) {
        w.n = 0;
        if (find_ring(s, &w, sym->what))
            return;
    }
}

/* ---- steps ---------------------------------------------------------------------------------------------------------------- */

typedef struct done {
    const ast_node *what;  /* TABLE, or ALIAS */
    ast_kind step;
    span at;
} done;

typedef struct done_list {
    done *at;
    int n, cap;
} done_list;

/* Notes that a step does something; false: it was done before, and that has been said. */
static bool note_done(sema *s, done_list *all, const ast_node *what, ast_kind step, span at, const char *words, const char *name)
{
    for (int i = 0; i < all->n; i++)
        if (all->at[i].what == what && all->at[i].step == step) {
            diag_error(s->d, at, D_DUPLICATE, "\"%s\" is %s already", name, words);
            diag_note(s->d, all->at[i].at, "it is %s here", words);
            return false;
        }
    *(done *)arena_push(s->a, &all->at, &all->n, &all->cap, sizeof(done)) = (done){what, step, at};
    return true;
}

/* Indexes that are unique are rules: they come with `constrain`. */
static bool has_index(const ast_node *table)
{
    for (int i = 0; i < table->table.indexes.n; i++)
        if (!table->table.indexes.at[i]->index.unique)
            return true;
    return false;
}

static void tables_step(sema *s, done_list *all, const ast_node *step)
{
    const char *words = step->kind == AST_CREATE ? "created" : step->kind == AST_INDEXES ? "indexed" : "constrained";

    for (int i = 0; i < step->tables.refs.n; i++) {
        ast_node *ref = step->tables.refs.at[i];
        const ast_node *what = names_table(s, ref, REF_TARGET, true);

        if (what == NULL)
            continue;
        if (what->kind == AST_TABLE && what->table.existing) {
            diag_error(s->d, ref->at, D_NOT_ALLOWED, "\"%s\" is an existing table: it is never %s", what->table.name.text, words);
            continue;
        }
        if (what->kind == AST_TABLE && step->kind == AST_INDEXES && !has_index(what))
            diag_warning(s->d, ref->at, D_UNUSED, "\"%s\" has no index to make", what->table.name.text);
        if (what->kind == AST_TABLE) {
            note_done(s, all, what, step->kind, ref->at, words, what->table.name.text);
            continue;
        }
        for (int k = 0; k < what->system.tables.n; k++) {
            const ast_node *t = what->system.tables.at[k];

            if (!t->table.existing && !note_done(s, all, t, step->kind, ref->at, words, t->table.name.text))
                break;
        }
    }
}

static void load_step(sema *s, done_list *all, const ast_node *step)
{
    for (int i = 0; i < step->load.names.n; i++) {
        ast_name name = step->load.names.at[i];
        const symbol *sym = scope_find(s->aliases, name.text);

        if (sym != NULL) {
            note_done(s, all, sym->what, AST_LOAD, name.at, "loaded", name.text);
            continue;
        }
        diag_error(s->d, name.at, D_UNKNOWN_NAME, "there is no alias \"%s\" to load", name.text);
        diag_did_you_mean(s->d, scope_nearest(s->aliases, name.text));
        if (scope_nearest(s->aliases, name.text) == NULL)
            diag_hint(s->d, "\"load\" fills the table of an alias; rows of a source are moved by `from … into …`.");
    }
}

static void sql_step(sema *s, const ast_node *step)
{
    const ast_node *system = names_find(s, s->systems, step->sql.target, D_UNKNOWN_NAME, "target");

    if (system != NULL && system->kind != AST_TARGET)
        diag_error(s->d, step->sql.target.at, D_NOT_ALLOWED, "SQL runs in the target, and \"%s\" is a source",
                   system->system.name.text);
    sqltext_check(s, step->sql.text);
    if (step->sql.undo.text != NULL)
        sqltext_check(s, step->sql.undo);
}

/* Taken before the transaction begins, so nothing of the phase may stand before it; of each system once. */
static void backup_step(sema *s, done_list *all, const ast_node *phase, int number)
{
    const ast_node *step = phase->phase.steps.at[number];
    const ast_node *system = names_find(s, s->systems, step->backup.system, D_UNKNOWN_NAME, "source or target");

    options_folder(s, step->backup.to, "backups");
    for (int i = 0; i < number; i++)
        if (phase->phase.steps.at[i]->kind != AST_BACKUP) {
            diag_error(s->d, step->at, D_MISPLACED, "a backup is taken before its phase begins, and stands before the other steps");
            diag_hint(s->d, "Move it up, or into a phase of its own that comes before this one.");
            break;
        }
    if (system == NULL)
        return;
    if (strcmp(system->system.engine.text, "csv") == 0) {
        diag_error(s->d, step->backup.system.at, D_NOT_ALLOWED, "\"%s\" is a folder of CSV files, which nothing here writes: "
                   "they are their own backup", system->system.name.text);
        return;
    }
    note_done(s, all, system, AST_BACKUP, step->backup.system.at, "backed up in this phase", system->system.name.text);
}

static void run_step(sema *s, const ast_node *step)
{
    ast_text program = step->run.words.at[0];

    if (program.text[strspn(program.text, " \t\r\n")] == '\0') {
        diag_error(s->d, program.at, D_MISSING, "there is no program to run");
    } else if (step->run.words.n == 1 && strpbrk(program.text, " \t\r\n|&;<>$`") != NULL) {
        diag_error(s->d, program.at, D_BAD_LITERAL, "'%s' is taken as the name of a program: no shell reads it", program.text);
        diag_hint(s->d, "Each argument is a text of its own: run 'program', 'argument';");
    }
}

static void steps(sema *s, done_list *all, const ast_node *phase)
{
    done_list backups = {NULL, 0, 0};

    for (int i = 0; i < phase->phase.steps.n; i++) {
        ast_node *step = phase->phase.steps.at[i];

        switch (ast_step(step)) {
        case STEP_CREATE:
        case STEP_CONSTRAIN:
        case STEP_INDEXES: tables_step(s, all, step); break;
        case STEP_LOAD: load_step(s, all, step); break;
        case STEP_SQL: sql_step(s, step); break;
        case STEP_BACKUP: backup_step(s, &backups, phase, i); break;
        case STEP_RUN: run_step(s, step); break;
        case STEP_FLOW: break;
        }
    }
}

void phases_check(sema *s)
{
    done_list all = {NULL, 0, 0};

    for (int i = 0; i < s->file->file.decls.n; i++)
        if (s->file->file.decls.at[i]->kind == AST_PHASE)
            steps(s, &all, s->file->file.decls.at[i]);
    for (int i = 0; i < s->file->file.decls.n; i++) {
        const ast_node *n = s->file->file.decls.at[i];

        if (n->kind != AST_PHASE)
            continue;
        after(s, n);
        for (int k = 0; k < n->phase.requires.n; k++) {
            ast_text t = n->phase.requires.at[k];

            names_find(s, s->checks, (ast_name){t.text, t.at, true}, D_UNKNOWN_NAME, "check");
        }
        if (n->phase.steps.n == 0)
            diag_warning(s->d, n->phase.name.at, D_UNUSED, "the phase \"%s\" does nothing", n->phase.name.text);
    }
    rings(s);
}
