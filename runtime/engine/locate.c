/*
 * locate.c: where sources and target are: --source and --target win over the environment, the environment over the spec.
 * A location begins with what it is (csv:, sqlite:, postgres:, postgres://) or is taken as what the spec says.
 */
#include "runtime/engine/locate.h"

#include <stdlib.h>
#include <string.h>

const char *rt_nearest_name(const char *wanted, const char *const *names, int n) {
    size_t len = strlen(wanted);
    const char *best = NULL;
    int limit = len < 4 ? 1 : len < 8 ? 2 : 3;
    for (int i = 0; i < n && limit >= 0; i++) {
        int d = rt_edits((mig_text){wanted, len}, (mig_text){names[i], strlen(names[i])}, limit);
        if (d > limit)
            continue;
        best = names[i];
        limit = d - 1; /* only a nearer one from here on */
    }
    return best;
}

static bool starts(const char *s, const char *with) {
    return strncmp(s, with, strlen(with)) == 0;
}

const char *rt_location_of(const mig_location *at) {
    const char *v = at->env != NULL ? getenv(at->env) : NULL;
    if (v != NULL && *v != '\0')
        return v;
    return at->env != NULL ? at->fallback : at->text;
}

static mig_status unknown_name(rt_run *run, const char *what, const char *name, const char *const *names, int n) {
    const char *near = rt_nearest_name(name, names, n);
    rt_error_set(&run->error, MIG_USAGE, "the spec has no %s \"%s\"", what, name);
    if (near != NULL)
        rt_error_hint(&run->error, "Did you mean \"%s\"?", near);
    else if (n > 0)
        rt_error_hint(&run->error, "Its %s is \"%s\".", what, names[0]);
    return MIG_USAGE;
}

static void not_given(rt_run *run, const char *what, const char *name, const mig_location *at, const mig_site *site) {
    char hint[256];
    if (at->env != NULL)
        snprintf(hint, sizeof hint, "Set %s, or say --%s %s=LOCATION.", at->env, what, name);
    else
        snprintf(hint, sizeof hint, "Say --%s %s=LOCATION.", what, name);
    rt_problem_add(run, MIG_PREFLIGHT, site, hint, "no location is given for %s \"%s\"", what, name);
}

static bool ends(const char *s, const char *with) {
    size_t n = strlen(s), m = strlen(with);
    return n >= m && strcmp(s + n - m, with) == 0;
}

/* sqlite:///abs/path, as other programs write it. */
static const char *sqlite_path(const char *at) {
    at += strlen("sqlite:");
    return starts(at, "///") ? at + 2 : at;
}

static bool is_postgres(const char *at) {
    return starts(at, "postgres:") || starts(at, "postgresql:");
}

static bool is_uri(const char *at) {
    return starts(at, "postgres://") || starts(at, "postgresql://");
}

/*
 * True if the location begins as a URI or with the name of an engine does, `mysql:x`. A file of such a name is said with its
 * folder, `./mysql:x`. One letter is none: so drives are named.
 */
static bool has_scheme(const char *at) {
    size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    return n > 1 && at[n] == ':';
}

/* A name without = and without a scheme that can only be a file's. */
static bool looks_like_file(const char *at) {
    return !is_postgres(at) && strchr(at, '=') == NULL &&
           (strchr(at, '/') != NULL || ends(at, ".db") || ends(at, ".sqlite") || ends(at, ".sqlite3"));
}

/* A source is of the kind that the spec says: what can fail depends on it. The location without its prefix; NULL: refused. */
static const char *source_form(rt_run *run, const mig_source_def *def, const char *at) {
    static const char *const kinds[] = {"a folder of CSV files", "a SQLite file", "a PostgreSQL database"};
    static const char *const hints[] = {"Give a folder: csv:DIR.", "Give a file: sqlite:FILE.",
                                        "Give a postgres:// URI, or postgres:CONNINFO."};
    int named = starts(at, "csv:") ? MIG_SOURCE_CSV : starts(at, "sqlite:") ? MIG_SOURCE_SQLITE
              : is_postgres(at)    ? MIG_SOURCE_POSTGRES : -1;
    if (named < 0 && def->kind == MIG_SOURCE_POSTGRES && looks_like_file(at))
        named = MIG_SOURCE_SQLITE;
    if (named >= 0 && named != (int)def->kind) {
        rt_problem_add(run, MIG_PREFLIGHT, def->site, hints[def->kind], "source \"%s\" is %s, and its location names %s", def->name,
                       kinds[def->kind], kinds[named]);
        return NULL;
    }
    if (named < 0 && has_scheme(at)) {
        rt_problem_add(run, MIG_PREFLIGHT, def->site, hints[def->kind], "source \"%s\": the location begins with \"%.*s\", which is neither "
                       "csv: nor sqlite: nor postgres:", def->name, (int)strcspn(at, ":") + 1, at);
        return NULL;
    }
    switch (def->kind) {
    case MIG_SOURCE_CSV: return named >= 0 ? at + strlen("csv:") : at;
    case MIG_SOURCE_SQLITE: return named >= 0 ? sqlite_path(at) : at;
    case MIG_SOURCE_POSTGRES: return named >= 0 && !is_uri(at) ? strchr(at, ':') + 1 : at;
    }
    return at;
}

static mig_status locate_sources(rt_run *run) {
    const mig_spec *spec = run->spec;
    const rt_settings *set = run->settings;
    const char **names = rt_arena_alloc(run->arena, sizeof *names * (size_t)(spec->n_sources + 1));
    if (names == NULL)
        return rt_run_nomem(run);
    for (int i = 0; i < spec->n_sources; i++) {
        rt_source_place *s = &run->sources[i];
        names[i] = spec->sources[i].name;
        switch (spec->sources[i].kind) {
        case MIG_SOURCE_CSV: s->ops = &rt_source_csv; break;
        case MIG_SOURCE_SQLITE: s->ops = &rt_source_sqlite; break;
        case MIG_SOURCE_POSTGRES: s->ops = &rt_source_postgres; break;
        }
        s->location = rt_location_of(&spec->sources[i].at);
    }
    for (int k = 0; k < set->n_sources; k++) {
        int i = 0;
        while (i < spec->n_sources && strcmp(names[i], set->sources[k].name) != 0)
            i++;
        if (i == spec->n_sources)
            return unknown_name(run, "source", set->sources[k].name, names, spec->n_sources);
        run->sources[i].location = set->sources[k].location;
    }
    for (int i = 0; i < spec->n_sources; i++) {
        rt_source_place *s = &run->sources[i];
        if (s->location == NULL || *s->location == '\0') {
            not_given(run, "source", names[i], &spec->sources[i].at, spec->sources[i].site);
            s->location = NULL;
        } else {
            s->location = source_form(run, &spec->sources[i], s->location);
        }
    }
    return MIG_OK;
}

/* Sets the target's engine from the location's form; the location without its prefix. */
static const char *target_form(rt_run *run, const char *at) {
    mig_engine *engine = &run->target_def.engine;
    if (starts(at, "sqlite:")) {
        *engine = MIG_SQLITE;
        return sqlite_path(at);
    }
    if (is_postgres(at)) {
        *engine = MIG_POSTGRES;
        return is_uri(at) ? at : strchr(at, ':') + 1;
    }
    if (*engine == MIG_SQLITE && (strstr(at, "dbname=") != NULL || strstr(at, "host=") != NULL || strstr(at, "service=") != NULL))
        *engine = MIG_POSTGRES;
    if (has_scheme(at)) {
        rt_problem_add(run, MIG_PREFLIGHT, run->spec->target->site,
                       "A SQLite file is said as sqlite:FILE, a PostgreSQL database as a postgres:// URI or postgres:CONNINFO.",
                       "target \"%s\": the location begins with \"%.*s\", which is neither sqlite: nor postgres:",
                       run->spec->target->name, (int)strcspn(at, ":") + 1, at);
        return NULL;
    }
    if (*engine == MIG_POSTGRES && looks_like_file(at)) {
        rt_problem_add(run, MIG_PREFLIGHT, run->spec->target->site,
                       "A SQLite file is said as sqlite:FILE, a PostgreSQL database as a postgres:// URI or postgres:CONNINFO.",
                       "target \"%s\": the location looks like a file, and the spec says postgres", run->spec->target->name);
        return NULL;
    }
    return at;
}

static mig_status locate_target(rt_run *run) {
    const mig_target_def *def = run->spec->target;
    const rt_settings *set = run->settings;
    const char *at = rt_location_of(&def->at);
    run->target_def = *def;
    for (int k = 0; k < set->n_targets; k++) {
        if (strcmp(set->targets[k].name, def->name) != 0)
            return unknown_name(run, "target", set->targets[k].name, &def->name, 1);
        at = set->targets[k].location;
    }
    if (at == NULL || *at == '\0')
        not_given(run, "target", def->name, &def->at, def->site);
    else
        run->target_location = target_form(run, at);
    run->ops = run->target_def.engine == MIG_POSTGRES ? &rt_target_postgres : &rt_target_sqlite;
    return MIG_OK;
}

mig_status rt_locate(rt_run *run) {
    mig_status st = locate_sources(run);
    return st == MIG_OK ? locate_target(run) : st;
}
