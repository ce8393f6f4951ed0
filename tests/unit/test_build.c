/*
 * test_build.c: a plan as a program on disk: it compiles, runs and moves rows; what is missing is named; nothing half-written
 * stays behind.
 */
#include "plan_fixture.h"

#include "compiler/codegen/build.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

typedef struct place {
    char folder[600]; /* with a blank and a quote in its name */
    char said[700];   /* what build_program said on stderr */
    fixture *f;
} place;

static char *path_in(place *p, const char *name) {
    return arena_printf(p->f->a, "%s/%s", p->folder, name);
}

static void write_file(const char *path, const char *words, mode_t mode) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, words, strlen(words)), (ssize_t)strlen(words));
    close(fd);
}

static char *read_file(place *p, const char *path) {
    char buffer[65536];
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return NULL;
    size_t n = fread(buffer, 1, sizeof buffer, f);
    fclose(f);
    return arena_strndup(p->f->a, buffer, n);
}

/* The build folder that this program stands in, so that build_program finds the library of the same build. */
static void point_to_library(void) {
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(n > 0);
    path[n] = '\0';
    for (int i = 0; i < 3; i++)
        *strrchr(path, '/') = '\0';
    setenv("MIGC_HOME", path, 1);
}

/* sheets.shows into app.show: title and its length. */
static void make_migration(fixture *f, const char *folder) {
    f->source.at = (plan_location){arena_strdup(f->a, folder), NULL, NULL};
    f->target.at = (plan_location){arena_printf(f->a, "%s/app.db", folder), NULL, NULL};
    static plan_column columns[3];
    columns[0] = column("id", TYPE_BIGINT, true);
    columns[0].identity = true;
    columns[1] = column("title", TYPE_VARCHAR, true);
    columns[2] = column("premiere", TYPE_DATE, false);
    columns[0].sql[0] = "integer";
    f->show.columns = columns;
    f->show.n_columns = 3;
    f->show.id = 0;
    f->tables[0] = &f->show;
    f->p.n_tables = 1;
    static const char *create[] = {"create table \"show\" (\"id\" integer primary key, \"title\" text not null, \"premiere\" text)"};
    f->show.create[MIG_SQLITE] = create;
    f->show.n_create[MIG_SQLITE] = 1;
    plan_var *title = add_let(f, "title", trim(f, cell(f, 0)), 31, "let title = trim(s.title);");
    plan_stmt *skip = add_stmt(f, PLAN_SKIP, 32, "skip when title is null or title = '';");
    skip->value = PX(f, PX_OR, TYPE_BOOL, PX(f, PX_IS_NULL, TYPE_BOOL, var(f, title)), eq(f, var(f, title), text(f, "")));
    static plan_set sets[2];
    plan_expr *short_title = PX(f, PX_NARROW, TYPE_VARCHAR, var(f, title));
    short_title->fallible = true;
    sets[0] = (plan_set){1, handled(f, short_title, PLAN_H_REJECT, NULL, NULL), at(34, "title = title;"), NULL};
    sets[1] = (plan_set){2, handled(f, date(f, cell(f, 2)), PLAN_H_VALUE, null_of(f, TYPE_DATE), NULL), at(35, "premiere = …"), NULL};
    plan_stmt *into = add_stmt(f, PLAN_INTO, 33, "into app.show");
    into->table = &f->show;
    into->sets = sets;
    into->n_sets = 2;
    into->refused.kind = PLAN_H_REJECT;
    f->flow.n_intos = 1;
    static plan_step steps[2];
    steps[0] = (plan_step){.kind = MIG_STEP_CREATE, .table = &f->show, .site = at(28, "create app.*")};
    steps[1] = (plan_step){.kind = MIG_STEP_FLOW, .flow = &f->flow, .site = at(30, "from sheets.shows")};
    f->phase.steps = steps;
    f->phase.n_steps = 2;
}

static place make_place(void) {
    place p = {.f = make_fixture()};
    const char *tmp = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    snprintf(p.folder, sizeof p.folder, "%s/a b'c-XXXXXX", tmp);
    assert_non_null(mkdtemp(p.folder));
    point_to_library();
    unsetenv("CC");
    make_migration(p.f, p.folder);
    snprintf(p.said, sizeof p.said, "%s/said", p.folder);
    return p;
}

static void end_place(place *p) {
    DIR *d = opendir(p->folder);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        unlink(path_in(p, e->d_name));
    closedir(d);
    rmdir(p->folder);
    arena_destroy(p->f->a);
}

/* build_program with stderr in a file. */
static bool build(place *p, const build_options *o) {
    int saved = dup(STDERR_FILENO), fd = open(p->said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    fflush(stderr);
    dup2(fd, STDERR_FILENO);
    bool ok = build_program(p->f->a, &p->f->p, o);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    return ok;
}

static void must_say(place *p, const char *words) {
    char *said = read_file(p, p->said);
    if (strstr(said, words) == NULL)
        fail_msg("not said: %s\nbut: %s", words, said);
}

static int entries(place *p) {
    int n = 0;
    DIR *d = opendir(p->folder);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.' || strlen(e->d_name) > 2;
    closedir(d);
    return n;
}

static int run_program(place *p, const char *program, const char *command) {
    const char *argv[] = {program, command, "--progress", "off", NULL};
    pid_t pid;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, p->said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    assert_int_equal(posix_spawn(&pid, program, &actions, NULL, (char *const *)argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static char *rows(place *p) {
    sqlite3 *db;
    sqlite3_stmt *s;
    strbuf sb = STRBUF_INIT;
    assert_int_equal(sqlite3_open_v2(path_in(p, "app.db"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "select id, title, premiere from show order by id", -1, &s, NULL), SQLITE_OK);
    while (sqlite3_step(s) == SQLITE_ROW)
        sb_printf(&sb, "%d %s %s;", sqlite3_column_int(s, 0), (const char *)sqlite3_column_text(s, 1),
                  sqlite3_column_type(s, 2) == SQLITE_NULL ? "null" : (const char *)sqlite3_column_text(s, 2));
    sqlite3_finalize(s);
    sqlite3_close(db);
    return sb_take(&sb, p->f->a);
}

static void a_program_moves_rows(void **state) {
    (void)state;
    place p = make_place();
    write_file(path_in(&p, "shows.csv"), "title,network,Premiere Date\n The Wire ,HBO,2002-06-02\nDark,,soon\n,,\n"
                                         "a title that is much too long,,\n", 0600);
    const char *program = path_in(&p, "mover");
    assert_true(build(&p, &(build_options){.output = program, .stable = true}));
    int code = run_program(&p, program, "run");
    if (code != 0)
        fail_msg("exit %d\n%s", code, read_file(&p, p.said));
    assert_string_equal(rows(&p), "1 The Wire 2002-06-02;2 Dark null;");
    end_place(&p);
}

static void the_compiler_may_have_arguments(void **state) {
    (void)state;
    place p = make_place();
    setenv("CC", "gcc  -m64 ", 1);
    const char *program = path_in(&p, "-mover");
    assert_true(build(&p, &(build_options){.output = program, .emit_c = path_in(&p, "kept.c"), .debug = true}));
    assert_int_equal(access(program, X_OK), 0);
    assert_non_null(strstr(read_file(&p, path_in(&p, "kept.c")), "#line 31 \"shows.mig\""));
    unsetenv("CC");
    end_place(&p);
}

static void a_compiler_that_is_not_there(void **state) {
    (void)state;
    place p = make_place();
    assert_false(build(&p, &(build_options){.output = path_in(&p, "mover"), .cc = "no-such-cc -O3"}));
    must_say(&p, "migc: there is no C compiler \"no-such-cc\"\nOn Debian this installs one: apt-get install gcc libc6-dev");
    assert_int_equal(entries(&p), 1);
    end_place(&p);
}

/* A compiler that says what a real one says where something is missing. */
static void says(place *p, const char *words, const char *wanted) {
    const char *cc = path_in(p, "cc");
    write_file(cc, arena_printf(p->f->a, "#!/bin/sh\necho \"%s\" >&2\nexit 1\n", words), 0700);
    char link[64] = "/tmp/migc-cc-XXXXXX"; /* CC is split at blanks */
    close(mkstemp(link));
    unlink(link);
    assert_int_equal(symlink(cc, link), 0);
    assert_false(build(p, &(build_options){.output = path_in(p, "mover"), .cc = link}));
    unlink(link);
    must_say(p, wanted);
}

static void what_is_missing_is_named(void **state) {
    (void)state;
    place p = make_place();
    says(&p, "/usr/bin/ld: cannot find -lpq: No such file or directory\n/usr/bin/ld: cannot find -licuuc: No such file",
         "libraries that the program needs are missing: \"pq\", \"icuuc\"\nOn Debian this installs them: apt-get install libpq-dev "
         "libicu-dev\n");
    says(&p, "ld.lld: error: unable to find library -lxxhash", "apt-get install libxxhash-dev\n");
    says(&p, "x.c:3: fatal error: stdint.h: No such file or directory", "the C library's headers are missing\n");
    says(&p, "/usr/bin/ld: final link failed: No space left on device", "cannot be written: no space left on device\n");
    says(&p, "mover.c:7:1: error: what is this", "this is a fault of migc and not of the spec");
    must_say(&p, "mover.c:7:1: error: what is this");
    assert_int_equal(entries(&p), 2);
    end_place(&p);
}

static void where_it_cannot_be_written(void **state) {
    (void)state;
    place p = make_place();
    assert_false(build(&p, &(build_options){.output = p.folder}));
    must_say(&p, "is a directory");
    assert_false(build(&p, &(build_options){.output = path_in(&p, "not/there")}));
    must_say(&p, "No such file or directory");
    const char *spec = path_in(&p, "shows.mig");
    write_file(spec, "migration x;\n", 0600);
    assert_false(build(&p, &(build_options){.spec = spec, .output = spec}));
    must_say(&p, "that is the spec");
    assert_false(build(&p, &(build_options){.spec = spec, .output = path_in(&p, "x"), .emit_c = path_in(&p, "x")}));
    must_say(&p, "the C text goes into that file");
    assert_string_equal(read_file(&p, spec), "migration x;\n");
    end_place(&p);
}

static void where_there_is_no_runtime(void **state) {
    (void)state;
    place p = make_place();
    setenv("MIGC_HOME", p.folder, 1);
    assert_false(build(&p, &(build_options){.output = path_in(&p, "mover")}));
    must_say(&p, "which the environment variable MIGC_HOME names");
    end_place(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_program_moves_rows),
        cmocka_unit_test(the_compiler_may_have_arguments),
        cmocka_unit_test(a_compiler_that_is_not_there),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(where_it_cannot_be_written),
        cmocka_unit_test(where_there_is_no_runtime),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
