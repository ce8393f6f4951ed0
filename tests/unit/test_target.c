/*
 * Both targets behind the one interface: every type at its edges goes in and comes out, alternating writers, transactions,
 * queries, columns, keys and sequences, locks. Runs for SQLite always, for PostgreSQL where MIGC_TEST_PG names a server.
 */
#include "tests/unit/target_rows.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct fixture {
    const rt_target_ops *ops;
    mig_target_def def;
    char location[1024];
    char folder[256];
    rt_target *t;
    rt_error e;
} fixture;

static void ok(fixture *f, mig_status st)
{
    if (st != MIG_OK)
        fail_msg("status %d: %s (hint: %s)", (int)st, f->e.message, f->e.hint);
}

static void reopen(fixture *f, bool writing)
{
    if (f->t != NULL)
        f->ops->close(f->t);
    f->e = (rt_error){0};
    ok(f, f->ops->open(&f->def, f->location, writing, &f->t, &f->e));
}

static void sql(fixture *f, const char *text)
{
    ok(f, f->ops->exec(f->t, text, &f->e));
}

static int make(void **state, mig_engine engine)
{
    const char *server = getenv("MIGC_TEST_PG");
    fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->ops = engine == MIG_SQLITE ? &rt_target_sqlite : &rt_target_postgres;
    f->def = (mig_target_def){.name = "app", .engine = engine};
    snprintf(f->folder, sizeof f->folder, "%s/migc-test-XXXXXX", getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    snprintf(f->location, sizeof f->location, "%s/a b.db", f->folder);
    *state = f;
    if (engine == MIG_POSTGRES) {
        if (server == NULL)
            return 0;
        snprintf(f->location, sizeof f->location, "%s", server);
        f->def.schema = "sche\"ma";
    }
    reopen(f, true);
    if (engine == MIG_POSTGRES)
        sql(f, "drop schema if exists \"sche\"\"ma\" cascade; create schema \"sche\"\"ma\"");
    return 0;
}

static int make_sqlite(void **state) { return make(state, MIG_SQLITE); }
static int make_postgres(void **state) { return make(state, MIG_POSTGRES); }

static int unmake(void **state)
{
    fixture *f = *state;
    char path[600];

    if (f->t != NULL)
        f->ops->close(f->t);
    static const char *const left[] = {"a b.db", "a b.db-journal", "a b.db-migc-lock"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", f->folder, left[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(f->folder), 0);
    free(f);
    return 0;
}

static fixture *given(void **state)
{
    fixture *f = *state;

    if (f->t == NULL)
        skip();
    return f;
}

/* ---- answers ---- */

typedef struct grid { char text[200][256]; bool is_null[200]; int n; } grid;

static bool into_grid(void *arg, int n, const char *const *values, const size_t *lens)
{
    grid *g = arg;

    for (int i = 0; i < n && g->n < 200; i++, g->n++) {
        g->is_null[g->n] = values[i] == NULL;
        snprintf(g->text[g->n], sizeof g->text[0], "%.*s", (int)(values[i] != NULL ? lens[i] : 0), values[i] != NULL ? values[i] : "");
    }
    return true;
}

static void ask(fixture *f, grid *g, const char *text, int n, const char *const *params)
{
    g->n = 0;
    ok(f, f->ops->query(f->t, text, n, params, into_grid, g, &f->e));
}

static int64_t number(fixture *f, const char *text)
{
    static grid g;

    ask(f, &g, text, 0, NULL);
    assert_int_equal(g.n, 1);
    return strtoll(g.text[0], NULL, 10);
}

/* ---- rows in and out ---- */

static char big[10 << 20];

/* What both engines keep of a row: char(n) has no trailing spaces, there is one zero. */
static struct row_every kept(int i)
{
    struct row_every r = every_edge(i, big, sizeof big);

    r.dbl.v += 0.0;
    r.real.v += 0.0;
    return r;
}

static void write_edges(fixture *f, const mig_table *t)
{
    rt_writer *w;

    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->writer(f->t, t, &w, &f->e));
    for (int i = 0; i <= EVERY_EDGES; i++) {
        struct row_every r = every_edge(i, big, sizeof big);

        ok(f, f->ops->put(w, &r, &f->e));
        memset(&r, 0xff, sizeof r);
    }
    ok(f, f->ops->commit(f->t, &f->e));
    f->ops->writer_close(w);
}

static void every_type_goes_in_and_comes_out(void **state)
{
    fixture *f = given(state);
    rt_scan *s;
    bool more, seen[EVERY_EDGES + 1] = {false};

    sql(f, every_create[f->def.engine]);
    write_edges(f, &every_table);
    reopen(f, false);
    ok(f, f->ops->scan(f->t, &every_table, &s, &f->e));
    for (int n = 0;; n++) {
        struct row_every got;

        memset(&got, 0xff, sizeof got);
        ok(f, f->ops->scan_next(s, &got, &more, &f->e));
        if (!more) {
            assert_int_equal(n, EVERY_EDGES + 1);
            break;
        }
        int i = (int)got.id.v - 1;

        assert_in_range(i, 0, EVERY_EDGES);
        assert_false(seen[i]);
        seen[i] = true;
        struct row_every want = kept(i);
        assert_same_row(&want, &got);
    }
    f->ops->scan_close(s);
    assert_int_equal(number(f, "select count(*) from \"every \"\"type\"\"\""), EVERY_EDGES + 1);
}

/* The columns whose text is the same in both engines, as an expression for each. */
static void read_as_text(fixture *f, grid *g)
{
    bool pg = f->def.engine == MIG_POSTGRES;
    char text[1200];

    snprintf(text, sizeof text,
             "select %s, \"smallint\", \"bigint\", \"numeric\", case when id <> 4 then \"text\" end, \"varchar\", %s, \"date\", \"time\","
             " \"timestamp\", %s, \"uuid\", \"json\" from \"every \"\"type\"\"\" where id <= 12 order by id",
             pg ? "\"a boolean\"::int" : "\"a boolean\"", pg ? "trim(trailing ' ' from \"char\"::text)" : "\"char\"",
             pg ? "regexp_replace(\"timestamptz\"::text, '[+]00', '+00:00')" : "\"timestamptz\"");
    ask(f, g, text, 0, NULL);
}

static void text_is_the_same_in_both_engines(void **state)
{
    static grid mine, other;
    fixture *f = given(state);
    void *second = NULL;

    make_sqlite(&second);
    fixture *lite = second;
    sql(f, every_create[MIG_POSTGRES]);
    sql(lite, every_create[MIG_SQLITE]);
    write_edges(f, &every_table);
    write_edges(lite, &every_table);
    read_as_text(f, &mine);
    read_as_text(lite, &other);
    assert_int_equal(mine.n, 12 * 13);
    assert_int_equal(mine.n, other.n);
    for (int i = 0; i < mine.n; i++) {
        assert_int_equal(mine.is_null[i], other.is_null[i]);
        assert_string_equal(mine.text[i], other.text[i]);
    }
    unmake(&second);
}

static void infinity_is_refused(void **state)
{
    fixture *f = given(state);
    rt_writer *w;

    sql(f, every_create[f->def.engine]);
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->writer(f->t, &every_table, &w, &f->e));
    static const double odd[] = {INFINITY, -INFINITY, NAN};
    for (int i = 0; i < 3; i++) {
        struct row_every r = every_null(i);

        r.dbl = MIG_FLOAT(odd[i]);
        assert_int_equal(f->ops->put(w, &r, &f->e), MIG_IO);
        assert_non_null(strstr(f->e.message, "column \"double\": infinity and NaN cannot be stored"));
        f->e = (rt_error){0};
    }
    struct row_every r = every_null(9);
    r.real = MIG_FLOAT(1e39);
    assert_int_equal(f->ops->put(w, &r, &f->e), MIG_IO);
    assert_non_null(strstr(f->e.message, "column \"real\": the number is out of range for real"));
    f->e = (rt_error){0};
    r = every_null(9);
    r.date = (mig_date){INT32_MAX, false};
    assert_int_equal(f->ops->put(w, &r, &f->e), MIG_IO);
    assert_non_null(strstr(f->e.message, "column \"date\": the date is out of range"));
    f->e = (rt_error){0};
    r = every_null(9);
    r.timestamptz = (mig_timestamptz){INT64_MAX, false};
    assert_int_equal(f->ops->put(w, &r, &f->e), MIG_IO);
    assert_non_null(strstr(f->e.message, "column \"timestamptz\": the timestamp is out of range"));
    f->ops->rollback(f->t);
    f->ops->writer_close(w);
}

/* ---- small tables for the rest ---- */

struct row_pair { mig_int id; mig_text name; };

static void visit_pair(void *row, mig_codec *c)
{
    struct row_pair *r = row;

    c->integer(c, &r->id);
    c->text(c, &r->name);
}

static const mig_column pair_columns[] = {
    {"id", MIG_T_INTEGER, -1, -1, NULL, true, true, {NULL, NULL}}, {"name", MIG_T_TEXT, -1, -1, NULL, false, false, {NULL, NULL}}};
static const mig_table table_a = {.name = "a", .columns = pair_columns, .n_columns = 2, .identity = 0, .visit = visit_pair,
                                  .row_size = sizeof(struct row_pair)};
static const mig_table table_b = {.name = "b", .columns = pair_columns, .n_columns = 2, .identity = 0, .visit = visit_pair,
                                  .row_size = sizeof(struct row_pair)};

static void make_pairs(fixture *f)
{
    bool pg = f->def.engine == MIG_POSTGRES;

    sql(f, pg ? "create table a (id integer primary key generated by default as identity, name text)"
              : "create table a (id integer primary key autoincrement, name text)");
    sql(f, pg ? "create table b (id integer primary key generated by default as identity, name text unique,"
                " constraint no_x check (name <> 'x'))"
              : "create table b (id integer primary key, name text unique, constraint no_x check (name <> 'x'))");
}

static mig_status put_pair(fixture *f, rt_writer *w, int64_t id, const char *name)
{
    struct row_pair r = {MIG_INT(id), TXT(name)};

    return f->ops->put(w, &r, &f->e);
}

static void two_writers_alternate(void **state)
{
    fixture *f = given(state);
    rt_writer *a, *b;
    char text[400];

    make_pairs(f);
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->writer(f->t, &table_a, &a, &f->e));
    ok(f, f->ops->writer(f->t, &table_b, &b, &f->e));
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 1; i <= 20000; i++) {
        snprintf(text, sizeof text, "%0300d", i);
        ok(f, put_pair(f, a, i, text));
        ok(f, put_pair(f, b, i, text));
        if (i == 5)
            assert_int_equal(number(f, "select count(*) from a"), 5);
    }
    assert_int_equal(number(f, "select count(*) from b"), 20000);
    ok(f, put_pair(f, a, 20001, "last"));
    ok(f, f->ops->commit(f->t, &f->e));
    f->ops->writer_close(a);
    f->ops->writer_close(b);
    reopen(f, false);
    assert_int_equal(number(f, "select count(*) from a where name = 'last' or cast(name as integer) = id"), 20001);
}

static void rollback_takes_all_back(void **state)
{
    fixture *f = given(state);
    rt_writer *a;

    make_pairs(f);
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->writer(f->t, &table_a, &a, &f->e));
    ok(f, put_pair(f, a, 1, "one"));
    sql(f, "create table c (x integer)");
    ok(f, put_pair(f, a, 2, "two"));
    f->ops->rollback(f->t);
    f->ops->writer_close(a);
    f->ops->rollback(f->t);
    assert_int_equal(number(f, "select count(*) from a"), 0);
    rt_live_column columns[4];
    int n = -1;
    ok(f, f->ops->columns(f->t, "c", columns, 4, &n, &f->e));
    assert_int_equal(n, 0);
}

static void constraints_are_said(void **state)
{
    fixture *f = given(state);
    rt_writer *b;

    make_pairs(f);
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->writer(f->t, &table_b, &b, &f->e));
    mig_status st = MIG_OK;
    static const char *const names[] = {"a", "b", "a"};
    for (int i = 0; i < 3 && st == MIG_OK; i++)
        st = put_pair(f, b, i + 1, names[i]);
    if (st == MIG_OK)
        st = f->ops->flush(b, &f->e);
    assert_int_equal(st, MIG_IO);
    assert_non_null(strstr(f->e.message, "row 3 written to table \"b\""));
    assert_non_null(strstr(f->e.message, f->def.engine == MIG_POSTGRES ? "b_name_key" : "b.name"));
    if (f->def.engine == MIG_POSTGRES) {
        assert_string_equal(f->e.sqlstate, "23505");
        assert_non_null(strstr(f->e.message, "Key (name)=(a) already exists"));
    }
    f->ops->rollback(f->t);
    f->ops->writer_close(b);
    f->e = (rt_error){0};
    assert_int_equal(number(f, "select count(*) from b"), 0);
    assert_int_equal(f->ops->exec(f->t, "select 1;\n-- then\nselect nothing from nowhere", &f->e), MIG_IO);
    assert_non_null(strstr(f->e.message, "nowhere"));
}

static void foreign_keys_hold_at_commit(void **state)
{
    fixture *f = given(state);
    bool pg = f->def.engine == MIG_POSTGRES;

    sql(f, "create table p (id integer primary key)");
    sql(f, pg ? "create table c (id integer primary key, p_id integer references p (id) deferrable initially deferred)"
              : "create table c (id integer primary key, p_id integer references p (id))");
    ok(f, f->ops->begin(f->t, true, &f->e));
    sql(f, "insert into c values (1, 7)");
    sql(f, "insert into p values (7)");
    ok(f, f->ops->commit(f->t, &f->e));
    ok(f, f->ops->begin(f->t, true, &f->e));
    sql(f, "insert into c values (2, 8)");
    assert_int_equal(f->ops->commit(f->t, &f->e), MIG_IO);
    assert_non_null(strstr(f->e.message, "\"c\""));
    assert_non_null(strstr(f->e.message, "p_id"));
    f->ops->rollback(f->t);
    f->e = (rt_error){0};
    assert_int_equal(number(f, "select count(*) from c"), 1);
}

static void parameters_and_stopping(void **state)
{
    static grid g;
    fixture *f = given(state);
    const char *params[] = {"it's", NULL, "12"};

    ask(f, &g, "select cast($1 as text), cast($2 as text), cast($3 as integer) + 1, '$1', ''", 3, params);
    assert_int_equal(g.n, 5);
    assert_string_equal(g.text[0], "it's");
    assert_true(g.is_null[1]);
    assert_string_equal(g.text[2], "13");
    assert_string_equal(g.text[3], "$1");
    assert_false(g.is_null[4]);
    assert_int_equal(f->ops->query(f->t, "select 1; select 2", 0, NULL, into_grid, &g, &f->e), MIG_IO);
    f->e = (rt_error){0};
    ask(f, &g, "select 1 union all select 2", 0, NULL);
    assert_int_equal(g.n, 2);
}

static void the_transaction_is_ours(void **state)
{
    fixture *f = given(state);

    ok(f, f->ops->begin(f->t, false, &f->e));
    assert_int_equal(f->ops->exec(f->t, "create table z (a integer); commit", &f->e), MIG_IO);
    assert_non_null(strstr(f->e.message, "must not hold commit or rollback"));
    f->ops->rollback(f->t);
}

static void columns_are_told(void **state)
{
    fixture *f = given(state);
    rt_live_column c[8];
    int n;

    sql(f, "create table x (id integer primary key, \"a B\" varchar(10) not null, c integer default 3, d timestamp, e numeric(10,2))");
    ok(f, f->ops->columns(f->t, "x", c, 8, &n, &f->e));
    assert_int_equal(n, 5);
    assert_string_equal(c[0].name, "id");
    assert_true(c[0].is_key && c[0].not_null);
    assert_string_equal(c[1].name, "a B");
    assert_true(c[1].not_null && !c[1].has_default && !c[1].is_key);
    assert_string_equal(c[1].type, f->def.engine == MIG_POSTGRES ? "character varying(10)" : "varchar(10)");
    assert_true(c[2].has_default && !c[2].not_null);
    assert_string_equal(c[4].type, "numeric(10,2)");
    ok(f, f->ops->columns(f->t, "no such", c, 8, &n, &f->e));
    assert_int_equal(n, 0);
    int64_t bytes = 0;
    ok(f, f->ops->table_size(f->t, "x", &bytes, &f->e));
    assert_true(bytes >= 0);
}

static void keys_go_on_after_ours(void **state)
{
    fixture *f = given(state);
    rt_writer *a, *b;
    int64_t key = -1;

    make_pairs(f);
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->max_identity(f->t, &table_a, &key, &f->e));
    assert_int_equal(key, 0);
    ok(f, f->ops->set_sequence(f->t, &table_b, 0, &f->e));
    ok(f, f->ops->writer(f->t, &table_a, &a, &f->e));
    ok(f, f->ops->writer(f->t, &table_b, &b, &f->e));
    ok(f, put_pair(f, a, 40, "x"));
    ok(f, put_pair(f, b, 7, "y"));
    ok(f, f->ops->max_identity(f->t, &table_a, &key, &f->e));
    assert_int_equal(key, 40);
    ok(f, f->ops->set_sequence(f->t, &table_a, 44, &f->e));
    ok(f, f->ops->set_sequence(f->t, &table_b, 7, &f->e));
    ok(f, f->ops->commit(f->t, &f->e));
    f->ops->writer_close(a);
    f->ops->writer_close(b);
    sql(f, "insert into a (name) values ('next'); insert into b (name) values ('next')");
    assert_int_equal(number(f, "select id from a where name = 'next'"), 45);
    assert_int_equal(number(f, "select id from b where name = 'next'"), 8);
}

static void an_existing_table_is_locked_for_its_keys(void **state)
{
    fixture *f = given(state);
    mig_table existing = table_a;
    int64_t key;

    make_pairs(f);
    existing.existing = true;
    sql(f, "insert into a (id, name) values (3, 'old')");
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->max_identity(f->t, &existing, &key, &f->e));
    assert_int_equal(key, 3);
    if (f->def.engine == MIG_POSTGRES)
        assert_int_equal(number(f, "select count(*) from pg_locks where pid = pg_backend_pid() and mode = 'ShareRowExclusiveLock'"),
                         1);
    ok(f, f->ops->commit(f->t, &f->e));
}

static void nothing_runs_while_a_table_is_read(void **state)
{
    fixture *f = given(state);
    rt_scan *s;
    rt_writer *a;
    bool more;
    struct row_pair r;

    make_pairs(f);
    sql(f, "insert into a (name) values ('one'); insert into a (name) values ('two')");
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->scan(f->t, &table_a, &s, &f->e));
    ok(f, f->ops->scan_next(s, &r, &more, &f->e));
    assert_true(more);
    assert_int_equal(f->ops->exec(f->t, "select 1", &f->e), MIG_IO);
    assert_non_null(strstr(f->e.message, "still being read"));
    f->e = (rt_error){0};
    f->ops->scan_close(s); /* early */
    ok(f, f->ops->writer(f->t, &table_a, &a, &f->e));
    ok(f, put_pair(f, a, 9, "three"));
    ok(f, f->ops->commit(f->t, &f->e));
    f->ops->writer_close(a);
    assert_int_equal(number(f, "select count(*) from a"), 3);
}

/* ---- what people typed: the naughty strings ---- */

static void naughty_strings_stay_as_they_are(void **state)
{
    fixture *f = given(state);
    FILE *in = NULL;
    char path[600], line[4096];
    static const char *const places[] = {"../shared", "../../shared"};
    const char *root = getenv("MIG_ROOT");

    for (size_t i = 0; i < 2 && in == NULL; i++) {
        snprintf(path, sizeof path, "%s/%s/data/naughty-strings/blns.txt", root != NULL ? root : ".", places[i]);
        in = fopen(path, "r");
    }
    if (in == NULL)
        skip();
    rt_writer *a;
    int rows = 0;
    static char lines[1024][4096];

    make_pairs(f);
    ok(f, f->ops->begin(f->t, false, &f->e));
    ok(f, f->ops->writer(f->t, &table_a, &a, &f->e));
    while (rows < 1024 && fgets(line, sizeof line, in) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        memcpy(lines[rows], line, sizeof line);
        ok(f, put_pair(f, a, rows, line));
        rows++;
    }
    fclose(in);
    assert_true(rows > 500);
    ok(f, f->ops->commit(f->t, &f->e));
    f->ops->writer_close(a);
    rt_scan *s;
    bool more;
    struct row_pair r;
    int n = 0;
    ok(f, f->ops->scan(f->t, &table_a, &s, &f->e));
    for (;; n++) {
        ok(f, f->ops->scan_next(s, &r, &more, &f->e));
        if (!more)
            break;
        assert_int_equal(r.name.n, strlen(lines[r.id.v]));
        assert_memory_equal(r.name.p, lines[r.id.v], r.name.n);
    }
    assert_int_equal(n, rows);
    f->ops->scan_close(s);
}

/* ---- locks ---- */

/* A second process that takes the lock, says so on the pipe and sleeps until it is killed. */
static pid_t hold_lock(fixture *f)
{
    int fds[2];
    char said = 0;

    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        rt_target *t;
        rt_error e = {0};
        char holder[256];
        bool held = f->ops->open(&f->def, f->location, true, &t, &e) == MIG_OK &&
                    f->ops->lock(t, "mine", holder, sizeof holder, &e) == MIG_OK;

        said = held ? 'y' : 'n';
        if (write(fds[1], &said, 1) == 1)
            sleep(1000);
        _exit(0);
    }
    close(fds[1]);
    assert_int_equal(read(fds[0], &said, 1), 1);
    close(fds[0]);
    assert_int_equal(said, 'y');
    return child;
}

static void a_second_run_is_refused_and_a_killed_one_lets_go(void **state)
{
    fixture *f = given(state);
    char holder[256] = "", pid[32];

    sql(f, "create table anything (a integer)");
    pid_t child = hold_lock(f);

    assert_int_equal(f->ops->lock(f->t, "mine", holder, sizeof holder, &f->e), MIG_LOCKED);
    print_message("# holder: %s\n", holder);
    assert_non_null(strstr(holder, "since 20"));
    snprintf(pid, sizeof pid, "process %ld", (long)child);
    if (f->def.engine == MIG_SQLITE)
        assert_non_null(strstr(holder, pid));
    else
        assert_non_null(strstr(holder, "server process"));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    mig_status st = MIG_LOCKED;
    for (int i = 0; i < 10000 && st == MIG_LOCKED; i++) { /* the server needs a moment to notice */
        st = f->ops->lock(f->t, "mine", holder, sizeof holder, &f->e);
        usleep(20000);
    }
    ok(f, st);
    f->ops->unlock(f->t);
    f->ops->unlock(f->t);
    ok(f, f->ops->lock(f->t, "mine", holder, sizeof holder, &f->e));
}

/* ---- cancel ---- */

static fixture *to_cancel;
static void on_alarm(int sig)
{
    (void)sig;
    to_cancel->ops->cancel(to_cancel->t);
}

static void a_running_statement_can_be_stopped(void **state)
{
    fixture *f = given(state);
    bool pg = f->def.engine == MIG_POSTGRES;

    to_cancel = f;
    signal(SIGALRM, on_alarm); /* again and again: the first one may come before the statement */
    setitimer(ITIMER_REAL, &(struct itimerval){{1, 0}, {1, 0}}, NULL);
    assert_int_equal(f->ops->exec(f->t, pg ? "select pg_sleep(600)"
                                           : "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000000)"
                                             " select sum(i) from n", &f->e),
                     MIG_INTERRUPTED);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
    signal(SIGALRM, SIG_DFL);
    assert_string_equal(f->e.message, "interrupted");
}

static void a_cancel_that_comes_before_its_statement_stops_it(void **state)
{
    fixture *f = given(state);
    bool pg = f->def.engine == MIG_POSTGRES;

    ok(f, f->ops->begin(f->t, false, &f->e));
    f->ops->cancel(f->t);
    assert_int_equal(f->ops->exec(f->t, pg ? "select pg_sleep(600)"
                                           : "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000000)"
                                             " select sum(i) from n", &f->e),
                     MIG_INTERRUPTED);
    f->ops->rollback(f->t);
    f->e = (rt_error){0};
    sql(f, pg ? "select pg_sleep(1.5)" : "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000) select sum(i) from n");
}

#define POSTGRES(test) {#test " (postgres)", test, make_postgres, unmake, NULL}
#define BOTH(test) {#test " (sqlite)", test, make_sqlite, unmake, NULL}, POSTGRES(test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(every_type_goes_in_and_comes_out), POSTGRES(text_is_the_same_in_both_engines), BOTH(infinity_is_refused),
        BOTH(two_writers_alternate), BOTH(rollback_takes_all_back), BOTH(constraints_are_said),
        BOTH(foreign_keys_hold_at_commit), BOTH(parameters_and_stopping), BOTH(the_transaction_is_ours),
        BOTH(columns_are_told), BOTH(keys_go_on_after_ours), BOTH(an_existing_table_is_locked_for_its_keys),
        BOTH(nothing_runs_while_a_table_is_read), BOTH(naughty_strings_stay_as_they_are),
        BOTH(a_second_run_is_refused_and_a_killed_one_lets_go), BOTH(a_running_statement_can_be_stopped),
        BOTH(a_cancel_that_comes_before_its_statement_stops_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
