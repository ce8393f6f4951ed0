/*
 * plan_fixture.h: plans made by hand, for tests of code generation: short constructors of expressions and a small migration
 * (two target tables, one source table) to hang statements on. Everything lives in one arena.
 */
#ifndef TESTS_UNIT_PLAN_FIXTURE_H
#define TESTS_UNIT_PLAN_FIXTURE_H

#include "unit.h"

#include "compiler/codegen/codegen.h"
#include "compiler/plan/plan.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct fixture {
    arena *a;
    plan p;
    plan_source source;
    plan_source_table shows;
    plan_target target;
    plan_table network, show;
    plan_flow flow;
    plan_phase phase;
    plan_source *sources[1];
    plan_source_table *source_tables[1];
    plan_table *tables[2];
    plan_flow *flows[4];
    plan_phase *phases[1];
    plan_alias *aliases[2];
    plan_dedup *dedups[2];
    plan_key *lookups[4], *uniques[2];
    plan_check *checks[16];
} fixture;

static const plan_type TYPE_TEXT = {MIG_T_TEXT, -1, -1}, TYPE_BOOL = {MIG_T_BOOLEAN, -1, -1},
                       TYPE_BIGINT = {MIG_T_BIGINT, -1, -1}, TYPE_INTEGER = {MIG_T_INTEGER, -1, -1},
                       TYPE_DATE = {MIG_T_DATE, -1, -1}, TYPE_NUMERIC = {MIG_T_NUMERIC, -1, -1},
                       TYPE_LIST = {MIG_T_TEXT_ARRAY, -1, -1}, TYPE_DOUBLE = {MIG_T_DOUBLE, -1, -1},
                       TYPE_VARCHAR = {MIG_T_VARCHAR, 20, -1}, TYPE_CHAR = {MIG_T_CHAR, 3, -1};

static inline plan_site at(int line, const char *text) {
    return (plan_site){.file = "shows.mig", .line = line, .column = 5, .text = text};
}

static inline plan_expr *px(fixture *f, plan_expr_kind kind, plan_type type, int n, plan_expr **args) {
    plan_expr *e = arena_new(f->a, plan_expr);
    e->kind = kind;
    e->type = type;
    e->n_args = n;
    e->args = arena_array(f->a, plan_expr *, n);
    for (int i = 0; i < n; i++) {
        e->args[i] = args[i];
        e->nullable = e->nullable || args[i]->nullable;
        e->fallible = e->fallible || args[i]->fallible;
    }
    e->site = arena_new(f->a, plan_site);
    *e->site = at(40, "an expression");
    return e;
}
#define PX(f, kind, type, ...) \
    px((f), (kind), (type), (int)(sizeof((plan_expr *[]){__VA_ARGS__}) / sizeof(plan_expr *)), (plan_expr *[]){__VA_ARGS__})

static inline plan_expr *leaf(fixture *f, plan_expr_kind kind, plan_type type, const char *text) {
    plan_expr *e = px(f, kind, type, 0, NULL);
    e->text = text;
    e->len = text != NULL ? strlen(text) : 0;
    e->nullable = kind == PX_NULL;
    return e;
}
static inline plan_expr *text(fixture *f, const char *t) { return leaf(f, PX_TEXT, TYPE_TEXT, t); }
static inline plan_expr *integer(fixture *f, const char *digits) { return leaf(f, PX_INT, TYPE_BIGINT, digits); }
static inline plan_expr *null_of(fixture *f, plan_type t) { return leaf(f, PX_NULL, t, NULL); }
static inline plan_expr *truth(fixture *f, bool v) {
    plan_expr *e = px(f, PX_BOOL, TYPE_BOOL, 0, NULL);
    e->truth = v;
    return e;
}
static inline plan_expr *cell(fixture *f, int index) {
    plan_expr *e = px(f, PX_CELL, TYPE_TEXT, 0, NULL);
    e->field.index = index;
    e->nullable = true;
    return e;
}
static inline plan_expr *field(fixture *f, const plan_table *t, int index) {
    plan_expr *e = px(f, PX_FIELD, t->columns[index].type, 0, NULL);
    e->field.index = index;
    e->field.row = PLAN_ROW_TABLE;
    e->field.row_table = t;
    e->nullable = !t->columns[index].not_null;
    return e;
}
static inline plan_expr *var(fixture *f, const plan_var *v) {
    plan_expr *e = px(f, PX_VAR, v->type, 0, NULL);
    e->var = v;
    e->nullable = true;
    return e;
}
static inline plan_expr *op(fixture *f, plan_op o, plan_type type, plan_expr *a, plan_expr *b) {
    plan_expr *e = b != NULL ? PX(f, PX_OP, type, a, b) : PX(f, PX_OP, type, a);
    e->op = o;
    return e;
}
static inline plan_expr *eq(fixture *f, plan_expr *a, plan_expr *b) { return op(f, PLAN_EQ, TYPE_BOOL, a, b); }

/* The row of functions.def with that C function. */
static inline int function(const char *cname) {
    static const char *const names[] = {
#define MIG_FN(id, name, c, result, args, ctype, params, null_rule, fallible, volatility, family, help) #c,
#define MIG_FORM(id, syntax, family, help)
#include "runtime/functions.def"
#undef MIG_FN
#undef MIG_FORM
    };
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        if (strcmp(names[i], cname) == 0)
            return i;
    fail_msg("no function %s", cname);
    return -1;
}
static inline plan_expr *call(fixture *f, const char *cname, plan_type type, int variadic, int n, plan_expr **args) {
    plan_expr *e = px(f, PX_CALL, type, n, args);
    e->call.fn = function(cname);
    e->call.variadic = variadic;
    return e;
}
#define CALL(f, cname, type, variadic, ...) \
    call((f), (cname), (type), (variadic), (int)(sizeof((plan_expr *[]){__VA_ARGS__}) / sizeof(plan_expr *)), \
         (plan_expr *[]){__VA_ARGS__})
static inline plan_expr *trim(fixture *f, plan_expr *e) {
    return CALL(f, "mig_trim", TYPE_TEXT, -1, e, null_of(f, TYPE_TEXT));
}
/* date(e): may fail. */
static inline plan_expr *date(fixture *f, plan_expr *e) {
    e = CALL(f, "mig_date_of_text", TYPE_DATE, -1, e);
    e->fallible = e->nullable = true;
    return e;
}
static inline plan_expr *handled(fixture *f, plan_expr *e, plan_handle kind, plan_expr *value, const char *why) {
    plan_expr *h = PX(f, PX_ELSE, e->type, e);
    h->fallible = false;
    h->nullable = true;
    h->handler = (plan_handler){kind, value, why};
    return h;
}

/* ---- the migration ---------------------------------------------------------------------------------------------------- */

static inline plan_column column(const char *name, plan_type t, bool not_null) {
    return (plan_column){.name = name, .type = t, .not_null = not_null, .sql = {"text", "text"}, .site = at(10, name)};
}

/* network (id bigint identity, name varchar(20) not null, active boolean) · show (id, title, network_id, premiere, score …) */
static inline void make_tables(fixture *f) {
    plan_column network[] = {column("id", TYPE_BIGINT, true), column("name", TYPE_VARCHAR, true),
                             column("active", TYPE_BOOL, false)};
    plan_column show[] = {column("id", TYPE_BIGINT, true),       column("title", TYPE_TEXT, true),
                          column("network_id", TYPE_BIGINT, false), column("premiere", TYPE_DATE, false),
                          column("score", TYPE_NUMERIC, false),  column("code", TYPE_CHAR, false),
                          column("tags", TYPE_LIST, false),      column("2nd name", TYPE_TEXT, false),
                          column("int", TYPE_INTEGER, false),    column("rate", TYPE_DOUBLE, false),
                          column("ok", TYPE_BOOL, false)};
    network[0].identity = show[0].identity = true;
    f->network = (plan_table){.name = "network", .id = 0, .identity = 0, .primary = 0, .site = at(9, "network")};
    f->show = (plan_table){.name = "show", .id = 1, .identity = 0, .primary = 0, .site = at(14, "show")};
    f->network.n_columns = sizeof network / sizeof network[0];
    f->show.n_columns = sizeof show / sizeof show[0];
    f->network.columns = arena_array(f->a, plan_column, f->network.n_columns);
    f->show.columns = arena_array(f->a, plan_column, f->show.n_columns);
    memcpy(f->network.columns, network, sizeof network);
    memcpy(f->show.columns, show, sizeof show);
}

static inline fixture *make_fixture(void) {
    arena *a = arena_create();
    fixture *f = arena_new(a, fixture);
    f->a = a;
    static plan_source_column cells[] = {{"title", {MIG_T_TEXT, -1, -1}, false},
                                         {"network", {MIG_T_TEXT, -1, -1}, false},
                                         {"Premiere Date", {MIG_T_TEXT, -1, -1}, false}};
    f->source = (plan_source){.name = "sheets", .kind = MIG_SOURCE_CSV, .at = {NULL, "SHEETS", "data"}, .site = at(3, "sheets")};
    f->shows = (plan_source_table){.name = "shows", .source = &f->source, .pattern = "shows*.csv", .columns = cells,
                                   .n_columns = 3, .site = at(4, "shows")};
    f->shows.csv.encoding = "utf8";
    f->shows.csv.delimiter = ',';
    f->shows.csv.quote = f->shows.csv.escape = '"';
    f->shows.csv.header = true;
    f->target = (plan_target){.name = "app", .engine = MIG_SQLITE, .at = {"app.db", NULL, NULL}, .site = at(8, "app")};
    make_tables(f);
    f->flow = (plan_flow){.name = "sheets.shows", .source = &f->shows, .site = at(30, "from sheets.shows")};
    f->phase = (plan_phase){.name = "data", .reject_limit = -1, .reject_share = -1, .site = at(29, "data")};
    f->sources[0] = &f->source;
    f->source_tables[0] = &f->shows;
    f->tables[0] = &f->network;
    f->tables[1] = &f->show;
    f->flows[0] = &f->flow;
    f->phases[0] = &f->phase;
    f->p = (plan){.name = "shows", .file = "shows.mig", .hash = "00", .sources = f->sources, .n_sources = 1,
                  .source_tables = f->source_tables, .n_source_tables = 1, .target = &f->target, .tables = f->tables,
                  .n_tables = 2, .aliases = f->aliases, .dedups = f->dedups, .lookups = f->lookups, .uniques = f->uniques,
                  .flows = f->flows, .n_flows = 1, .checks = f->checks, .phases = f->phases, .n_phases = 1};
    return f;
}

static inline plan_stmt *add_stmt(fixture *f, plan_stmt_kind kind, int line, const char *words) {
    plan_stmt *grown = arena_array(f->a, plan_stmt, f->flow.n_stmts + 1);
    if (f->flow.n_stmts > 0)
        memcpy(grown, f->flow.stmts, (size_t)f->flow.n_stmts * sizeof(plan_stmt));
    f->flow.stmts = grown;
    plan_stmt *s = &grown[f->flow.n_stmts++];
    s->kind = kind;
    s->site = at(line, words);
    return s;
}

/* let NAME = e */
static inline plan_var *add_let(fixture *f, const char *name, plan_expr *e, int line, const char *words) {
    plan_stmt *s = add_stmt(f, PLAN_LET, line, words);
    s->value = e;
    s->var = arena_new(f->a, plan_var);
    *s->var = (plan_var){.name = name, .type = e->type, .used = true};
    return s->var;
}

/* ---- the program ------------------------------------------------------------------------------------------------------------ */

static inline char *program(fixture *f, codegen_options options) {
    strbuf sb = STRBUF_INIT;
    options.stable = true;
    codegen(f->a, &f->p, options, &sb);
    return sb_take(&sb, f->a);
}

/* Fails the test unless the C text passes the compiler without a warning; a compiler that is not there is passed over. */
static inline void must_compile_with(const char *cc, const char *c_file) {
    const char *root = getenv("MIG_ROOT") != NULL ? getenv("MIG_ROOT") : ".";
    char include[512], include_root[512];
    snprintf(include, sizeof include, "-I%s/runtime", root);
    snprintf(include_root, sizeof include_root, "-I%s", root);
    const char *argv[] = {cc, "-std=c17", "-Wall", "-Wextra", "-Werror", "-Wshadow", "-Wmissing-prototypes", "-Wswitch-enum",
                          "-Wstrict-prototypes", "-Wwrite-strings", "-Wformat=2", "-Wvla", include, include_root,
                          "-O1", "-c", "-o", "/dev/null", "-x", "c", c_file, NULL};
    pid_t pid;
    if (posix_spawnp(&pid, cc, NULL, NULL, (char *const *)argv, environ) != 0)
        return;
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static inline void must_compile(const char *c) {
    char path[512];
    const char *folder = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    snprintf(path, sizeof path, "%s/codegen-XXXXXX", folder);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, c, strlen(c)), (ssize_t)strlen(c));
    close(fd);
    must_compile_with("gcc", path);
    must_compile_with("clang", path);
    unlink(path);
}

/* The program holds that text; blanks and line breaks count as one blank. */
static inline bool holds_text(const char *c, const char *wanted) {
    for (; *c != '\0'; c++) {
        const char *p = c, *w = wanted;
        while (*w != '\0') {
            if (*w == ' ' && (*p == ' ' || *p == '\n')) {
                p += strspn(p, " \n");
                w += strspn(w, " ");
            } else if (*w == *p) {
                w++;
                p++;
            } else {
                break;
            }
        }
        if (*w == '\0')
            return true;
    }
    return false;
}

static inline void must_hold(const char *c, const char *wanted) {
    if (holds_text(c, wanted))
        return;
    const char *row = strstr(c, "/* ---- from");
    fprintf(stderr, "not in the program:\n%s\n---\n%s", wanted, row != NULL ? row : c);
    fail();
}

#endif
