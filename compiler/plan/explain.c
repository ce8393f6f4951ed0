/*
 * explain.c: the plan in words, for `migc explain`: what is read, in which order things happen and why, what streams and what is
 * held, what the ledger keeps. Reads the plan only.
 */
#include "compiler/plan/build.h"
#include "compiler/plan/make.h"

#include <string.h>

static const char *const engine_names[] = {[MIG_SQLITE] = "SQLite", [MIG_POSTGRES] = "PostgreSQL"};

static void put_count(strbuf *out, int n, const char *one, const char *many) {
    sb_printf(out, "%d %s", n, n == 1 ? one : many);
}

static void put_location(strbuf *out, const plan_location *at) {
    if (at->text != NULL)
        sb_printf(out, "'%s'", at->text);
    else
        sb_printf(out, "the environment variable %s", at->env);
    if (at->fallback != NULL)
        sb_printf(out, " (default '%s')", at->fallback);
}

/* ---- sources and target ---- */

/* Some unique rule of the target holds by the table's key. */
static bool vouches(const plan *p, const plan_source_table *t) {
    for (int i = 0; i < p->n_uniques; i++)
        if (plan_source_vouches(p, p->uniques[i]) == PLAN_VOUCHES_KEY && plan_only_writer(p, p->uniques[i]->table, NULL)->source == t)
            return true;
    return false;
}

static void explain_sources(const plan *p, strbuf *out) {
    static const char *const kinds[] = {[MIG_SOURCE_CSV] = "CSV files in ", [MIG_SOURCE_SQLITE] = "SQLite, ",
                                        [MIG_SOURCE_POSTGRES] = "PostgreSQL, "};
    sb_puts(out, "\nreads\n");
    for (int i = 0; i < p->n_sources; i++) {
        const plan_source *s = p->sources[i];
        sb_printf(out, "  %s: %s", s->name, kinds[s->kind]);
        put_location(out, &s->at);
        sb_puts(out, s->kind == MIG_SOURCE_CSV ? "\n" : "; read only, all of it as it stands at one instant\n");
        for (int k = 0; k < p->n_snapshots; k++)
            if (p->snapshots[k]->source == s)
                sb_printf(out, "    what it holds stands in %s, and is compared before the run: %d tables and other objects\n",
                          p->snapshots[k]->file != NULL ? p->snapshots[k]->file : "the program", p->snapshots[k]->n_objects);
        for (int k = 0; k < p->n_source_tables; k++) {
            const plan_source_table *t = p->source_tables[k];
            if (t->source != s)
                continue;
            if (s->kind != MIG_SOURCE_CSV) {
                sb_printf(out, "    %s%s: ", t->name, t->query != NULL ? ", by a query" : "");
                put_count(out, t->n_columns, "column", "columns");
                sb_puts(out, s->kind == MIG_SOURCE_SQLITE ? ", read by what is stored in each row\n" : ", types compared with the live ones\n");
                if (vouches(p, t))
                    sb_puts(out, "      its primary key is looked at before the run, and then vouches for the target's: no keys are kept in memory\n");
                continue;
            }
            sb_printf(out, "    %s from '%s': ", t->name, t->pattern);
            put_count(out, t->n_columns, "column", "columns");
            sb_printf(out, "%s%s\n", t->csv.header ? ", matched by header" : ", by position",
                      t->csv.extra_ignore ? ", others passed over" : ", others refused");
        }
    }
}

static void explain_target(const plan *p, strbuf *out) {
    sb_printf(out, "\nwrites\n  %s: %s, ", p->target->name, engine_names[p->target->engine]);
    put_location(out, &p->target->at);
    sb_puts(out, "\n");
    for (int i = 0; i < p->n_tables; i++) {
        const plan_table *t = p->tables[i];
        sb_printf(out, "    %s: ", t->name);
        put_count(out, t->n_columns, "column", "columns");
        if (t->existing)
            sb_puts(out, ", exists already: verified before the first write, never created");
        if (t->identity >= 0 && plan_keeps_keys(p, t))
            sb_printf(out, ", keys in %s as the spec sets them, those that come later behind them", t->columns[t->identity].name);
        else if (t->identity >= 0)
            sb_printf(out, ", keys in %s given by the program in source order", t->columns[t->identity].name);
        if (t->n_rules > 0) {
            sb_puts(out, ", ");
            put_count(out, t->n_rules, "check rule", "check rules");
            sb_puts(out, " tested before a row is written");
        }
        sb_putc(out, '\n');
    }
}

/* ---- phases ---- */

static void put_source_lookup(const plan_source_key *k, strbuf *out) {
    int n = 0;
    sb_printf(out, "      %s.%s by (%s): ", k->table->source->name, k->table->name, k->name);
    for (int i = 0; i < k->table->n_columns; i++)
        if (k->cells[i] != NULL)
            sb_printf(out, "%s%s", n++ > 0 ? ", " : "", k->table->columns[i].name);
    sb_puts(out, ", one entry a row, read before the phase's first row\n");
}

static void put_lookup(const plan_key *k, strbuf *out) {
    const char *result = k->table->columns[k->result].name;
    if (k->from != NULL)
        sb_printf(out, "      %s by the row of %s.%s that a row came from (%s): %s, one entry a source row%s\n", k->table->name,
                  k->from->source->name, k->from->name, k->name, result, k->kept ? ", kept in the ledger, too" : "");
    else
        sb_printf(out, "      %s by (%s): %s, one entry a row\n", k->table->name, k->name, result);
}

static void put_needs_of_steps(const plan_phase *p, strbuf *out) {
    for (int i = 0; i < p->n_aliases; i++) {
        const plan_alias *al = p->aliases[i];
        sb_printf(out, "      spellings of %s, one entry each", al->name);
        if (al->names == NULL)
            sb_puts(out, " (kept in no table: read from its lists again when a later run needs them)");
        sb_putc(out, '\n');
    }
    for (int i = 0; i < p->n_lookups; i++)
        put_lookup(p->lookups[i], out);
    for (int i = 0; i < p->n_source_lookups; i++)
        put_source_lookup(p->source_lookups[i], out);
    for (int i = 0; i < p->n_uniques; i++)
        sb_printf(out, "      unique rule %s, one entry a row\n", p->uniques[i]->name);
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].kind == MIG_STEP_SETTLE)
            sb_printf(out, "      rows of %s until its dedup is settled (on disk past the memory limit)\n",
                      p->steps[i].dedup->table->name);
    for (int i = 0; i < p->n_steps; i++)
        for (int k = 0; p->steps[i].kind == MIG_STEP_RESOLVE && k < p->steps[i].ring->n_flows; k++)
            sb_printf(out, "      rows of %s until their look-ups are answered (on disk past a few megabytes)\n",
                      p->steps[i].ring->flows[k]->name);
}

static bool holds_anything(const plan_phase *p) {
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].kind == MIG_STEP_SETTLE || p->steps[i].kind == MIG_STEP_RESOLVE)
            return true;
    return p->n_aliases + p->n_lookups + p->n_source_lookups + p->n_uniques > 0;
}

static void explain_flow(const plan_flow *f, strbuf *out) {
    sb_printf(out, "    from %s, streamed (line %d)\n", f->name, f->site.line);
    for (int i = 0; i < f->n_stmts; i++) {
        const plan_stmt *s = &f->stmts[i];
        if (s->kind == PLAN_SKIP)
            sb_printf(out, "      %s\n", s->site.text);
        else if (s->kind == PLAN_REJECT)
            sb_printf(out, "      %s\n", s->site.text);
        else if (s->kind == PLAN_INTO)
            sb_printf(out, "      into %s%s%s\n", s->table->name, s->each != NULL ? ", a row for each element of a list" : "",
                      s->when != NULL ? ", by condition" : "");
    }
}

static const char *const duplicate_words[] = {
    [MIG_DUP_DROP] = "the others are dropped", [MIG_DUP_REJECT] = "the others are rejected",
    [MIG_DUP_MERGE] = "the others are merged into it", [MIG_DUP_REWRITE] = "the others are rewritten"};

enum { LINE_WIDTH = 110 };

/* `first` and the steps of its kind behind it as one sentence; returns how many steps that were. */
static int explain_tables(const plan_step *first, int n, strbuf *out) {
    size_t line = out->length;
    int count = 1;
    while (count < n && first[count].kind == first->kind)
        count++;
    if (first->kind == MIG_STEP_CREATE)
        sb_printf(out, "    create %s ", count == 1 ? "table" : "tables");
    else if (first->kind == MIG_STEP_INDEX)
        sb_puts(out, "    indexes of ");
    else
        sb_puts(out, "    now that the rows are in: keys, unique rules, indexes and references of ");
    for (int i = 0; i < count; i++) {
        if (i > 0 && out->length - line + strlen(first[i].table->name) > LINE_WIDTH) {
            sb_puts(out, ",\n       ");
            line = out->length - 7;
        } else if (i > 0) {
            sb_putc(out, ',');
        }
        sb_printf(out, "%s%s", i > 0 ? " " : "", first[i].table->name);
    }
    sb_putc(out, '\n');
    return count;
}

static void explain_backup(const plan_step *s, strbuf *out) {
    sb_printf(out, "    before its transaction begins: a checked copy of %s %s into ", s->source < 0 ? "target" : "source", s->system);
    if (s->to.env != NULL)
        sb_printf(out, "the folder that %s names%s", s->to.env, s->to.fallback != NULL ? ", or else " : "");
    if (s->to.text != NULL || s->to.fallback != NULL)
        sb_printf(out, "'%s'", s->to.text != NULL ? s->to.text : s->to.fallback);
    sb_putc(out, '\n');
}

/* Said where a phase holds what the program cannot take back by itself. */
static void explain_undo(const plan_phase *p, strbuf *out) {
    arena *a = arena_create();
    const char *why = plan_why_final(a, p);
    if (why != NULL || plan_has_undo(p))
        sb_printf(out, "    can be taken back: %s%s\n", why != NULL ? "no: " : "yes, by the undo of its sql steps", why != NULL ? why : "");
    arena_destroy(a);
}

static bool has_backup(const plan *p) {
    for (int i = 0; i < p->n_phases; i++)
        for (int k = 0; k < p->phases[i]->n_steps; k++)
            if (p->phases[i]->steps[k].kind == MIG_STEP_BACKUP)
                return true;
    return false;
}

static const char *name_of_step(const plan_step *s) {
    return s->kind == MIG_STEP_OBJECT ? s->label : s->sequence->table != NULL ? s->sequence->table->name : s->sequence->name;
}

/* Objects of PostgreSQL's own, or sequences, as one sentence; returns how many steps that were. */
static int explain_objects(const plan_step *first, int n, strbuf *out) {
    size_t line = out->length;
    int count = 1;
    while (count < n && first[count].kind == first->kind)
        count++;
    sb_puts(out, first->kind == MIG_STEP_OBJECT ? "    in PostgreSQL: " : "    sequences are put where the source's stand: ");
    for (int i = 0; i < count; i++) {
        if (i > 0 && strcmp(name_of_step(&first[i]), name_of_step(&first[i - 1])) == 0)
            continue;
        if (i > 0)
            sb_puts(out, ",");
        if (out->length - line + strlen(name_of_step(&first[i])) > LINE_WIDTH) {
            sb_puts(out, "\n       ");
            line = out->length - 7;
        }
        sb_printf(out, "%s%s", i > 0 ? " " : "", name_of_step(&first[i]));
    }
    sb_putc(out, '\n');
    return count;
}

static void explain_step(const plan_step *s, strbuf *out) {
    switch (s->kind) {
    case MIG_STEP_OBJECT:
    case MIG_STEP_SEQUENCE:
        explain_objects(s, 1, out);
        break;
    case MIG_STEP_CREATE:
    case MIG_STEP_CONSTRAIN:
    case MIG_STEP_INDEX:
        explain_tables(s, 1, out);
        break;
    case MIG_STEP_LOAD:
        sb_printf(out, "    load %s into %s", s->alias->name, s->alias->table->name);
        if (s->alias->names != NULL)
            sb_printf(out, ", synonyms into %s", s->alias->names->name);
        sb_printf(out, " (");
        put_count(out, s->alias->n_values, "literal", "literals");
        sb_puts(out, ", ");
        put_count(out, s->alias->n_lists, "list", "lists");
        sb_puts(out, ")\n");
        break;
    case MIG_STEP_FLOW:
        explain_flow(s->flow, out);
        break;
    case MIG_STEP_SETTLE:
        sb_printf(out, "    settle duplicates in %s: the %s row %sis kept, %s\n", s->dedup->table->name,
                  s->dedup->keep_last ? "last" : "first", s->dedup->order != NULL ? "by the order given " : "",
                  duplicate_words[s->dedup->action]);
        break;
    case MIG_STEP_RESOLVE:
        sb_puts(out, "    answer the look-ups that rows wait for, refuse those whose rows are not there, write the others\n");
        break;
    case MIG_STEP_SQL:
        sb_printf(out, "    run SQL of the spec%s\n", s->undo != NULL ? ", which says how it is undone" : "");
        break;
    case MIG_STEP_BACKUP:
        explain_backup(s, out);
        break;
    case MIG_STEP_RUN:
        sb_puts(out, "    run the program");
        for (int i = 0; i < s->n_words; i++)
            sb_printf(out, " '%s'", s->words[i]);
        sb_puts(out, ", only with --allow-run; it sees nothing of this phase\n");
        break;
    }
}

static void put_limits(const plan_phase *p, strbuf *out) {
    if (p->reject_limit >= 0)
        sb_printf(out, ", at most %lld rejects", (long long)p->reject_limit);
    if (p->reject_share >= 0)
        sb_printf(out, ", at most %g%% rejects", p->reject_share * 100);
    if (p->commit_every > 0)
        sb_printf(out, ", committed every %lld rows", (long long)p->commit_every);
}

/* "  when it is committed, measure 'x': old, then app, in turn; expected: after <= 0.8 * before" */
static void explain_measure(const plan *all, const plan_measure *m, strbuf *out) {
    sb_printf(out, "    when it is committed, measure '%s': ", m->name);
    if (m->before != NULL)
        sb_printf(out, "the query before in %s", m->before->source != NULL ? m->before->source->name : all->target->name);
    if (m->before != NULL && m->after != NULL)
        sb_puts(out, " and ");
    if (m->after != NULL)
        sb_printf(out, "the query after in %s", m->after->source != NULL ? m->after->source->name : all->target->name);
    sb_puts(out, m->before != NULL && m->after != NULL ? ", timed in turn\n" : ", timed and kept as baseline\n");
    for (int i = 0; i < m->n_expects; i++)
        sb_printf(out, "      expected: %s%s\n", m->expects[i].site.text, m->expects[i].warn ? " (warns only)" : "");
}

static void explain_phase(const plan *all, const plan_phase *p, strbuf *out) {
    sb_printf(out, "\n  %d. %s%s", p->id + 1, p->name, p->implicit ? " (the spec leaves it open)" : "");
    for (int i = 0; i < p->n_after; i++)
        sb_printf(out, "%s%s", i == 0 ? ", after " : ", ", all->phases[p->after[i]]->name);
    if (p->manual)
        sb_printf(out, ", only when asked for with --phase %s", p->name);
    for (int i = 0; i < p->n_needs; i++)
        sb_printf(out, ", requires '%s'", p->needs[i]->name);
    put_limits(p, out);
    sb_putc(out, '\n');
    for (int i = 0; i < all->n_checks; i++)
        if (all->checks[i]->phase == p->id && all->checks[i]->before)
            sb_printf(out, "    check first: '%s'%s\n", all->checks[i]->name, all->checks[i]->warn ? " (warns only)" : "");
    for (int i = 0; i < p->n_steps;) {
        if (p->steps[i].kind == MIG_STEP_CREATE || p->steps[i].kind == MIG_STEP_CONSTRAIN ||
            p->steps[i].kind == MIG_STEP_INDEX) {
            i += explain_tables(&p->steps[i], p->n_steps - i, out);
            continue;
        }
        if (p->steps[i].kind == MIG_STEP_OBJECT || p->steps[i].kind == MIG_STEP_SEQUENCE) {
            i += explain_objects(&p->steps[i], p->n_steps - i, out);
            continue;
        }
        explain_step(&p->steps[i++], out);
    }
    for (int i = 0; i < all->n_checks; i++)
        if (all->checks[i]->phase == p->id && !all->checks[i]->before)
            sb_printf(out, "    check before it commits: '%s'%s\n", all->checks[i]->name,
                      all->checks[i]->warn ? " (warns only)" : "");
    for (int i = 0; i < all->n_measures; i++)
        if (all->measures[i]->phase == p->id)
            explain_measure(all, all->measures[i], out);
    explain_undo(p, out);
    if (holds_anything(p)) {
        sb_puts(out, "    held while it runs, within the memory limit:\n");
        put_needs_of_steps(p, out);
    }
}

static bool commits_on_the_way(const plan *p) {
    for (int i = 0; i < p->n_phases; i++)
        if (p->phases[i]->commit_every > 0)
            return true;
    return false;
}

static void put_phases(const plan *p, const plan_key *k, bool ask, strbuf *out) {
    int n = 0;
    for (int i = 0; i < p->n_phases; i++) {
        bool is_one = !ask && plan_phase_brings(p->phases[i], k);
        for (int c = 0; ask && c < p->phases[i]->n_lookups; c++)
            is_one = is_one || p->phases[i]->lookups[c] == k;
        if (is_one)
            sb_printf(out, "%s%s", n++ > 0 ? ", " : "", p->phases[i]->name);
    }
}

static void explain_provenance(const plan *p, const plan_key *k, strbuf *out) {
    sb_printf(out, "  provenance: which row of %s each row of %s.%s (%s) became, because ", k->table->name, k->from->source->name,
              k->from->name, k->name);
    put_phases(p, k, true, out);
    sb_puts(out, " asks what ");
    put_phases(p, k, false, out);
    sb_puts(out, " has committed\n");
}

static void explain_ledger(const plan *p, strbuf *out) {
    bool late = p->n_dedups > 0;
    sb_puts(out, "\nthe ledger, in the target\n"
                 "  run, phase, flow counts: what is done is not done again\n"
                 "  reject: every refused row with its place, reason and text\n");
    if (commits_on_the_way(p))
        sb_puts(out, "  chunk: of phases that commit on the way, where a killed run goes on\n"
                     "  place: of their rows that others can be the same as, where they came from, until the phase is done\n");
    if (p->n_checks > 0)
        sb_puts(out, "  check: the outcome of every check\n");
    if (p->n_measures > 0)
        sb_puts(out, "  measure: the times of every measure, the baseline of later ones\n");
    if (has_backup(p))
        sb_puts(out, "  backup: every copy that a backup step made, with its sha256\n");
    for (int i = 0; i < p->n_lookups; i++)
        if (p->lookups[i]->kept)
            explain_provenance(p, p->lookups[i], out);
    if (late)
        sb_puts(out, "  duplicate: every row that lost against another, with the row that was kept\n");
}

void plan_explain(const plan *p, strbuf *out) {
    sb_printf(out, "migration %s (%s)\n", p->name, p->file);
    explain_sources(p, out);
    explain_target(p, out);
    sb_printf(out, "\ndoes, each phase in one transaction%s\n", commits_on_the_way(p) ? ", or in as many as are said" : "");
    for (int i = 0; i < p->n_phases; i++)
        explain_phase(p, p->phases[i], out);
    plan_explain_rings(p, out);
    explain_ledger(p, out);
}
