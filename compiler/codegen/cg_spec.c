/*
 * cg_spec.c: phases with their steps, the whole migration as one constant, main().
 */
#include "compiler/codegen/cg.h"

#include "config.h"

#include <string.h>

/* ---- arrays of pointers to what has been described ------------------------------------------------------------------- */

/* `.aliases = (const mig_alias *const[]){&alias_network}, .n_aliases = 1,`, nothing when there are none. */
static void pointers(cg *g, const char *member, const char *type, const char **objects, int n) {
    if (n == 0)
        return;
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < n; i++)
        sb_printf(&sb, "%s&%s", i > 0 ? ", " : "", objects[i]);
    emit_tpl(g->e, ".${member} = (const ${type} *const[]){${objects}}, .n_${member} = ${n},\n", "member", member, "type", type,
             "objects", sb_text(&sb), "n", emit_printf(g->e, "%d", n), (char *)NULL);
    sb_free(&sb);
}

static const char **keys_of(cg *g, const cg_key *all, const plan_key *const *keys, int n) {
    const char **objects = arena_array(g->a, const char *, n);
    for (int i = 0; i < n; i++)
        objects[i] = all[keys[i]->id].object;
    return objects;
}

static const char **source_keys_of(cg *g, const plan_source_key *const *keys, int n) {
    const char **objects = arena_array(g->a, const char *, n);
    for (int i = 0; i < n; i++)
        objects[i] = g->source_lookups[keys[i]->id].object;
    return objects;
}

/* ---- steps -------------------------------------------------------------------------------------------------------------- */

static const char *step_kind(mig_step_kind k) {
    switch (k) {
    case MIG_STEP_CREATE: return "MIG_STEP_CREATE";
    case MIG_STEP_CONSTRAIN: return "MIG_STEP_CONSTRAIN";
    case MIG_STEP_INDEX: return "MIG_STEP_INDEX";
    case MIG_STEP_LOAD: return "MIG_STEP_LOAD";
    case MIG_STEP_FLOW: return "MIG_STEP_FLOW";
    case MIG_STEP_SQL: return "MIG_STEP_SQL";
    case MIG_STEP_SETTLE: return "MIG_STEP_SETTLE";
    case MIG_STEP_RESOLVE: return "MIG_STEP_RESOLVE";
    case MIG_STEP_BACKUP: return "MIG_STEP_BACKUP";
    case MIG_STEP_RUN: return "MIG_STEP_RUN";
    case MIG_STEP_OBJECT: return "MIG_STEP_OBJECT";
    case MIG_STEP_SEQUENCE: return "MIG_STEP_SEQUENCE";
    }
    migc_bug("a step of kind %d", (int)k);
}

static const char *sql_of_step(cg *g, const plan_step *s) {
    const char *site = cg_site_of(g, &s->sql_site, "sql_text");
    const char *sql = emit_printf(g->e, ".sql = %s, .sql_site = %s", cg_sql(g, &s->site, s->sql), site);
    return s->undo == NULL ? sql : emit_printf(g->e, "%s, .undo = %s", sql, cg_sql(g, &s->site, s->undo));
}

static const char *words_of_step(cg *g, const plan_step *s) {
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < s->n_words; i++)
        sb_printf(&sb, "%s, ", emit_string_or_null(g->e, s->words[i]));
    const char *text = emit_printf(g->e, ".words = (const char *const[]){%sNULL}", sb_text(&sb));
    sb_free(&sb);
    return text;
}

static const char *step_of_what(cg *g, const plan_step *s) {
    switch (s->kind) {
    case MIG_STEP_CREATE:
    case MIG_STEP_CONSTRAIN:
    case MIG_STEP_INDEX: return emit_printf(g->e, ".table = &%s", g->tables[s->table->id].object);
    case MIG_STEP_LOAD: return emit_printf(g->e, ".alias = &%s", g->aliases[s->alias->id].object);
    case MIG_STEP_FLOW: return emit_printf(g->e, ".flow = &%s", g->flows[s->flow->id]);
    case MIG_STEP_RESOLVE: return emit_printf(g->e, ".ring = &%s", g->rings[s->ring->id]);
    case MIG_STEP_SETTLE: return emit_printf(g->e, ".dedup = &%s", g->dedups[s->dedup->id]);
    case MIG_STEP_SQL: return sql_of_step(g, s);
    case MIG_STEP_BACKUP: return emit_printf(g->e, ".source = %d, .to = %s", s->source, cg_location(g, s->to));
    case MIG_STEP_RUN: return words_of_step(g, s);
    case MIG_STEP_OBJECT:
        return emit_printf(g->e, ".label = %s, .sql = %s", emit_string_or_null(g->e, s->label), cg_sql(g, &s->site, s->sql));
    case MIG_STEP_SEQUENCE: return cg_sequence(g, s->sequence);
    }
    migc_bug("a step of kind %d", (int)s->kind);
}

static void steps(cg *g, const plan_phase *ph) {
    if (ph->n_steps == 0)
        return;
    emit_text(g->e, ".steps = (const mig_step[]){\n");
    emit_in(g->e);
    for (int i = 0; i < ph->n_steps; i++)
        emit_tpl(g->e, "{.kind = ${kind}, ${what}, .site = ${site}},\n", "kind", step_kind(ph->steps[i].kind), "what",
                 step_of_what(g, &ph->steps[i]), "site", cg_site_of(g, &ph->steps[i].site, emit_printf(g->e, "step_of_%s", ph->name)), (char *)NULL);
    emit_out(g->e);
    emit_tpl(g->e, "}, .n_steps = ${n},\n", "n", emit_printf(g->e, "%d", ph->n_steps), (char *)NULL);
}

/* ---- phases ---------------------------------------------------------------------------------------------------------------- */

static void needs_of(cg *g, const plan_phase *ph) {
    const char **objects = arena_array(g->a, const char *, ph->n_needs);
    for (int i = 0; i < ph->n_needs; i++)
        objects[i] = g->checks[ph->needs[i]->id];
    pointers(g, "needs", "mig_check", objects, ph->n_needs);
}

static void structures_of(cg *g, const plan_phase *ph) {
    const char **objects = arena_array(g->a, const char *, ph->n_aliases);
    for (int i = 0; i < ph->n_aliases; i++)
        objects[i] = g->aliases[ph->aliases[i]->id].object;
    pointers(g, "aliases", "mig_alias", objects, ph->n_aliases);
    pointers(g, "lookups", "mig_index_key", keys_of(g, g->lookups, ph->lookups, ph->n_lookups), ph->n_lookups);
    pointers(g, "source_lookups", "mig_source_key", source_keys_of(g, ph->source_lookups, ph->n_source_lookups),
             ph->n_source_lookups);
    pointers(g, "uniques", "mig_index_key", keys_of(g, g->uniques, ph->uniques, ph->n_uniques), ph->n_uniques);
}

static void phase_object(cg *g, const plan_phase *ph, const char *object) {
    emit_tpl(g->e,
             "static const mig_phase ${object} = {\n"
             "    .name = ${name},\n"
             "    .id = ${id},\n",
             "object", object, "name", emit_string_or_null(g->e, ph->name), "id", emit_printf(g->e, "%d", ph->id),
             (char *)NULL);
    emit_in(g->e);
    if (ph->manual)
        emit_text(g->e, ".manual = true,\n");
    if (ph->n_after > 0) {
        strbuf sb = STRBUF_INIT;
        for (int i = 0; i < ph->n_after; i++)
            sb_printf(&sb, "%s%d", i > 0 ? ", " : "", ph->after[i]);
        emit_tpl(g->e, ".after = (const int[]){${after}}, .n_after = ${n},\n", "after", sb_text(&sb), "n",
                 emit_printf(g->e, "%d", ph->n_after), (char *)NULL);
        sb_free(&sb);
    }
    needs_of(g, ph);
    emit_tpl(g->e, ".reject_limit = ${limit}, .reject_share = ${share},\n", "limit", cg_int(g, ph->reject_limit), "share",
             ph->reject_share < 0 ? "-1.0" : emit_printf(g->e, "%.17g", ph->reject_share), (char *)NULL);
    if (ph->defers)
        emit_text(g->e, ".defers = true,\n");
    if (ph->commit_every > 0)
        emit_tpl(g->e, ".commit_every = ${n},\n", "n", cg_int(g, ph->commit_every), (char *)NULL);
    steps(g, ph);
    structures_of(g, ph);
    emit_tpl(g->e, ".site = ${site},\n", "site", cg_site_of(g, &ph->site, emit_printf(g->e, "phase_%s", ph->name)), (char *)NULL);
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

/* ---- the migration ------------------------------------------------------------------------------------------------------------ */

static const char **objects_of_tables(cg *g) {
    const char **objects = arena_array(g->a, const char *, g->p->n_tables);
    for (int i = 0; i < g->p->n_tables; i++)
        objects[i] = g->tables[i].object;
    return objects;
}

static const char **objects_of_sources(cg *g) {
    const char **objects = arena_array(g->a, const char *, g->p->n_source_tables);
    for (int i = 0; i < g->p->n_source_tables; i++)
        objects[i] = g->sources[i].object;
    return objects;
}

static const char **objects_of_aliases(cg *g) {
    const char **objects = arena_array(g->a, const char *, g->p->n_aliases);
    for (int i = 0; i < g->p->n_aliases; i++)
        objects[i] = g->aliases[i].object;
    return objects;
}

static const char **objects_of_snapshots(cg *g) {
    const char **objects = arena_array(g->a, const char *, g->p->n_snapshots);
    for (int i = 0; i < g->p->n_snapshots; i++)
        objects[i] = g->snapshots[g->p->snapshots[i]->source->id];
    return objects;
}

static void spec_object(cg *g, const char *name, const char **phases) {
    const plan *p = g->p;
    emit_tpl(g->e,
             "extern const mig_spec ${name}; /* seen outside, as main is */\n"
             "const mig_spec ${name} = {\n"
             "    .abi = MIG_RUNTIME_ABI,\n"
             "    .name = ${migration},\n"
             "    .file = ${file},\n"
             "    .hash = ${hash},\n"
             "    .compiler = ${compiler},\n",
             "name", name, "migration", emit_string_or_null(g->e, p->name), "file", emit_string_or_null(g->e, cg_path(g, p->file)), "hash",
             emit_string_or_null(g->e, p->hash != NULL ? p->hash : ""), "compiler",
             g->options.stable ? "\"migc\"" : "\"migc " MIG_VERSION "\"", (char *)NULL);
    emit_in(g->e);
    if (p->n_sources > 0)
        emit_tpl(g->e, ".sources = sources, .n_sources = ${n},\n", "n", emit_printf(g->e, "%d", p->n_sources), (char *)NULL);
    pointers(g, "source_tables", "mig_source_table", objects_of_sources(g), p->n_source_tables);
    pointers(g, "snapshots", "mig_snapshot", objects_of_snapshots(g), p->n_snapshots);
    if (p->target != NULL)
        emit_text(g->e, ".target = &target,\n");
    pointers(g, "tables", "mig_table", objects_of_tables(g), p->n_tables);
    pointers(g, "aliases", "mig_alias", objects_of_aliases(g), p->n_aliases);
    pointers(g, "dedups", "mig_dedup", g->dedups, p->n_dedups);
    pointers(g, "lookups", "mig_index_key", keys_of(g, g->lookups, (const plan_key *const *)p->lookups, p->n_lookups),
             p->n_lookups);
    pointers(g, "source_lookups", "mig_source_key",
             source_keys_of(g, (const plan_source_key *const *)p->source_lookups, p->n_source_lookups), p->n_source_lookups);
    pointers(g, "uniques", "mig_index_key", keys_of(g, g->uniques, (const plan_key *const *)p->uniques, p->n_uniques),
             p->n_uniques);
    pointers(g, "flows", "mig_flow", g->flows, p->n_flows);
    const char **lates = arena_array(g->a, const char *, p->n_lates);
    for (int i = 0; i < p->n_lates; i++)
        lates[i] = g->lates[i].object;
    pointers(g, "lates", "mig_late", lates, p->n_lates);
    pointers(g, "rings", "mig_ring", g->rings, p->n_rings);
    pointers(g, "checks", "mig_check", g->checks, p->n_checks);
    pointers(g, "measures", "mig_measure", g->measures, p->n_measures);
    pointers(g, "phases", "mig_phase", phases, p->n_phases);
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

void cg_phases(cg *g) {
    emit_to(g->e, EMIT_REGISTRATION);
    if (g->p->n_phases > 0)
        cg_heading(g, "phases, in the order in which they run");
    const char **phases = arena_array(g->a, const char *, g->p->n_phases);
    for (int i = 0; i < g->p->n_phases; i++) {
        phases[i] = names_make(g->names, "phase_", g->p->phases[i]->name);
        phase_object(g, g->p->phases[i], phases[i]);
    }
    cg_heading(g, "the migration");
    const char *name = names_make(g->names, "mig_spec_", g->p->name);
    spec_object(g, name, phases);
    emit_tpl(g->e,
             "int main(int argc, char **argv) {\n"
             "    return mig_main(&${name}, argc, argv);\n"
             "}\n",
             "name", name, (char *)NULL);
}
