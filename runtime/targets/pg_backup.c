/*
 * pg_backup.c: copies of PostgreSQL databases: pg_dump in its custom format, and pg_restore's list of what is in it held against the
 * catalogue. The two programs get the place as a conninfo string without the password, which goes through their environment.
 * Called by engine/backup.c.
 */
#include "runtime/targets/pg.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Tables that pg_dump writes: not those of the system, of an extension, of a session. Rows of a partitioned table are its partitions'. */
#define USER_TABLES \
    " from pg_class c join pg_namespace n on n.oid = c.relnamespace" \
    " where c.relkind in ('r', 'p') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'" \
    " and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')" \
    " and not exists (select 1 from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')"

bool rt_postgres_conninfo(const char *location, rt_buf *out, char **password) {
    PQconninfoOption *options = PQconninfoParse(location, NULL);
    if (password != NULL)
        *password = NULL;
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
        if (o->val == NULL)
            continue;
        if (strcmp(o->keyword, "password") == 0) {
            if (password != NULL)
                *password = strdup(o->val);
            continue;
        }
        if (strcmp(o->keyword, "sslpassword") == 0)
            continue;
        rt_buf_printf(out, "%s%s='", out->n > 0 ? " " : "", o->keyword);
        for (const char *p = o->val; *p != '\0'; p++)
            rt_buf_printf(out, "%s%c", *p == '\'' || *p == '\\' ? "\\" : "", *p);
        rt_buf_printf(out, "'");
    }
    PQconninfoFree(options);
    return options != NULL;
}

/* ---- the programs --------------------------------------------------------------------------------------------------------------- */

typedef struct version { char text[128]; } version;

static void take_version(void *arg, bool is_error, const char *text, size_t n) {
    version *v = arg;
    if (!is_error && v->text[0] == '\0')
        rt_shorten(v->text, sizeof v->text, text, n);
}

/* Where the program is, its first line for --version, and the major version in it. */
static mig_status find_tool(const char *name, const char *what, int server, char *path, size_t cap, char *tool, size_t tool_n, rt_error *e) {
    version v = {""};
    rt_child_end end;
    const char *argv[] = {name, "--version", NULL};
    if (!rt_child_find(name, path, cap)) {
        rt_error_hint(e, "It comes with PostgreSQL's client programs: apt-get install postgresql-client-%d", server);
        return rt_error_set(e, MIG_PREFLIGHT, "%s cannot be backed up: %s is not in PATH", what, name);
    }
    mig_status st = rt_child_run(&(rt_child){.path = path, .argv = argv, .out = -1, .line = take_version, .arg = &v}, &end, e);
    if (st != MIG_OK)
        return st;
    const char *number = strstr(v.text, "PostgreSQL) ");
    int major = number != NULL ? (int)strtol(number + strlen("PostgreSQL) "), NULL, 10) : 0;
    if (end.exit != 0 || end.signal != 0 || major == 0)
        return rt_error_set(e, MIG_PREFLIGHT, "%s cannot be backed up: %s does not tell its version", what, path);
    if (major < server) {
        rt_error_hint(e, "Install the newer ones, apt-get install postgresql-client-%d, or put their folder first in PATH.", server);
        return rt_error_set(e, MIG_PREFLIGHT, "%s cannot be backed up: %s is of version %d, its server of version %d", what, path, major, server);
    }
    if (tool != NULL)
        snprintf(tool, tool_n, "%s", v.text);
    return MIG_OK;
}

typedef struct tools { char dump[4096], restore[4096], version[128]; } tools;

static mig_status find_tools(const rt_target *t, const char *what, tools *out, rt_error *e) {
    int major = PQserverVersion(t->conn) / 10000;
    mig_status st = find_tool("pg_dump", what, major, out->dump, sizeof out->dump, out->version, sizeof out->version, e);
    return st == MIG_OK ? find_tool("pg_restore", what, major, out->restore, sizeof out->restore, NULL, 0, e) : st;
}

static mig_status connect_to(const rt_backup *b, rt_target **out, rt_error *e) {
    rt_target *t = calloc(1, sizeof *t);
    *out = t;
    if (t == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    t->role = b->role;
    mig_status st = pg_connect(t, b->location, e);
    return st == MIG_OK ? pg_session(t, e) : st;
}

/* ---- what must be in it ------------------------------------------------------------------------------------------------------- */

typedef struct table { char oid[16]; bool partitioned, found, rows_found; } table;
typedef struct tables { table *v; int n, cap; bool failed; } tables;

static bool add_table(void *arg, int n, const char *const *values, const size_t *lens) {
    tables *all = arg;
    (void)lens;
    if (all->n == all->cap) {
        int cap = all->cap > 0 ? all->cap * 2 : 64;
        table *v = realloc(all->v, sizeof *v * (size_t)cap);
        if (v == NULL) {
            all->failed = true;
            return false;
        }
        all->v = v;
        all->cap = cap;
    }
    table *t = &all->v[all->n++];
    *t = (table){.partitioned = n > 1 && values[1][0] == 'p'};
    snprintf(t->oid, sizeof t->oid, "%s", values[0]);
    return true;
}

static int by_oid(const void *a, const void *b) {
    return strcmp(((const table *)a)->oid, ((const table *)b)->oid);
}

static mig_status list_tables(rt_target *t, tables *all, rt_error *e) {
    mig_status st = pg_query(t, "select c.oid, c.relkind" USER_TABLES, 0, NULL, add_table, all, e);
    if (st == MIG_OK && all->failed)
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    if (st == MIG_OK && all->n > 0)
        qsort(all->v, (size_t)all->n, sizeof *all->v, by_oid);
    return st;
}

typedef struct listing { const rt_backup *b; tables *tables; int64_t entries; } listing;

/* "215; 1259 16385 TABLE public person owner": number; table of the catalogue and the entry's number in it; what it is. */
static void take_entry(void *arg, bool is_error, const char *text, size_t n) {
    listing *l = arg;
    char line[256];
    table key = {.oid = ""};
    int at = 0;
    if (is_error || n == 0 || text[0] == ';')
        return;
    snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : sizeof line - 1), text);
    if (sscanf(line, "%*d; %*u %15[0-9] %n", key.oid, &at) != 1 || at == 0)
        return;
    l->entries++;
    if (strncmp(line + at, "TABLE ", 6) != 0 || l->tables->n == 0)
        return;
    table *t = bsearch(&key, l->tables->v, (size_t)l->tables->n, sizeof *l->tables->v, by_oid);
    if (t != NULL && strncmp(line + at, "TABLE DATA ", 11) == 0)
        t->rows_found = true;
    else if (t != NULL)
        t->found = true;
}

typedef struct name { char text[256]; } name;

static bool take_name(void *arg, int n, const char *const *values, const size_t *lens) {
    (void)n;
    rt_shorten(((name *)arg)->text, sizeof ((name *)arg)->text, values[0], lens[0]);
    return false;
}

/* A table that is missing may have been dropped since: then nothing is wrong. */
static mig_status judge(rt_target *t, const rt_backup *b, const tables *all, rt_error *e) {
    mig_status st = MIG_OK;
    for (int i = 0; i < all->n && st == MIG_OK; i++) {
        const table *one = &all->v[i];
        const char *params[] = {one->oid};
        name missing = {""};
        if (one->found && (one->rows_found || one->partitioned))
            continue;
        st = pg_query(t, "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                         " where c.oid = $1::oid", 1, params, take_name, &missing, e);
        if (st == MIG_OK && missing.text[0] != '\0')
            st = rt_error_set(e, MIG_IO, "the backup of %s \"%s\" is not complete: %s table \"%s\" in it", b->role, b->name,
                              one->found ? "there are no rows of" : "there is no", missing.text);
    }
    return st;
}

/* ---- making it ------------------------------------------------------------------------------------------------------------------ */

static void tick(void *arg) {
    const rt_backup *b = ((const listing *)arg)->b;
    if (b->tick != NULL)
        b->tick(b->arg);
}

static mig_status run_tool(const rt_backup *b, const char *tool, const rt_child *c, rt_error *e) {
    rt_child_end end;
    char words[(RT_CHILD_LAST + 1) * 300];
    mig_status st = rt_child_run(c, &end, e);
    if (st != MIG_OK || (end.exit == 0 && end.signal == 0))
        return st;
    rt_child_words(&end, words, sizeof words);
    return rt_error_set(e, MIG_IO, "the backup of %s \"%s\" failed: %s %s", b->role, b->name, tool, words);
}

static mig_status dump(const rt_backup *b, const tools *use, listing *l, rt_error *e) {
    rt_buf place = {0}, secret = {0};
    char *password = NULL;
    mig_status st = MIG_OK;
    rt_buf_printf(&place, "--dbname=");
    rt_buf conninfo = {0};
    if (!rt_postgres_conninfo(b->location, &conninfo, &password))
        st = rt_error_set(e, MIG_IO, "the location of %s \"%s\" is none that libpq understands", b->role, b->name);
    rt_buf_printf(&place, "%s", conninfo.p != NULL ? conninfo.p : "");
    if (password != NULL)
        rt_buf_printf(&secret, "PGPASSWORD=%s", password);
    if (st == MIG_OK && (place.failed || secret.failed || conninfo.failed))
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    const char *argv[] = {"pg_dump", "--format=custom", "--no-password", place.p, NULL};
    const char *env[] = {secret.p, NULL};
    if (st == MIG_OK)
        st = run_tool(b, "pg_dump", &(rt_child){.path = use->dump, .argv = argv, .env = env, .out = b->fd, .stop = b->stop, .tick = tick,
                                                .arg = l}, e);
    if (secret.p != NULL)
        explicit_bzero(secret.p, secret.n);
    if (password != NULL)
        explicit_bzero(password, strlen(password));
    free(password);
    rt_buf_free(&secret);
    rt_buf_free(&place);
    rt_buf_free(&conninfo);
    return st;
}

static mig_status check(const rt_backup *b, const tools *use, listing *l, rt_error *e) {
    const char *argv[] = {"pg_restore", "--list", b->part, NULL};
    mig_status st = run_tool(b, "pg_restore", &(rt_child){.path = use->restore, .argv = argv, .out = -1, .stop = b->stop, .line = take_entry,
                                                          .tick = tick, .arg = l}, e);
    return st;
}

static mig_status make(rt_backup *b, rt_error *e) {
    rt_target *t;
    tools use;
    tables all = {.n = 0};
    listing l = {.b = b, .tables = &all};
    char what[256];
    snprintf(what, sizeof what, "%s \"%s\"", b->role, b->name);
    mig_status st = connect_to(b, &t, e);
    if (st == MIG_OK)
        st = find_tools(t, what, &use, e);
    if (st == MIG_OK)
        st = list_tables(t, &all, e);
    if (st == MIG_OK)
        st = dump(b, &use, &l, e);
    if (st == MIG_OK)
        st = check(b, &use, &l, e);
    if (st == MIG_OK)
        st = judge(t, b, &all, e);
    if (st == MIG_OK)
        snprintf(b->tool, sizeof b->tool, "%s", use.version);
    b->tables = all.n;
    free(all.v);
    pg_close(t);
    return st == MIG_PREFLIGHT ? MIG_IO : st;
}

/* ---- before the run --------------------------------------------------------------------------------------------------------------- */

static mig_status look_at_rights(rt_target *t, const rt_backup *b, rt_error *e) {
    name hidden = {""};
    mig_status st = pg_query(t, "select n.nspname || '.' || c.relname" USER_TABLES " and not has_table_privilege(c.oid, 'select') order by 1",
                             0, NULL, take_name, &hidden, e);
    if (st != MIG_OK || hidden.text[0] == '\0')
        return st;
    rt_error_hint(e, "grant select on the table to the role, or run as its owner.");
    return rt_error_set(e, MIG_PREFLIGHT, "%s \"%s\" cannot be backed up: the role may not read table \"%s\"", b->role, b->name, hidden.text);
}

static mig_status look(const rt_backup *b, rt_error *e) {
    rt_target *t;
    tools use;
    char what[256];
    snprintf(what, sizeof what, "%s \"%s\"", b->role, b->name);
    mig_status st = connect_to(b, &t, e);
    if (st == MIG_OK)
        st = find_tools(t, what, &use, e);
    if (st == MIG_OK)
        st = look_at_rights(t, b, e);
    pg_close(t);
    return st;
}

const rt_backup_ops rt_backup_postgres = {.suffix = ".dump", .look = look, .make = make};
