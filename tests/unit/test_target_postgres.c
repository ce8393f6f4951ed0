/*
 * The PostgreSQL target where the server, the location or the live tables are not as they should be. Needs a server in
 * MIGC_TEST_PG; what needs none (locations) is tested always.
 */
#include "tests/unit/target_rows.h"

#include "runtime/targets/pg.h"

#include <signal.h>
#include <unistd.h>

static const rt_target_ops *const ops = &rt_target_postgres;
static const mig_target_def def = {.name = "app", .engine = MIG_POSTGRES, .schema = "unit_pg"};
static const char *server;
static rt_target *t;
static rt_error e;

static void ok(mig_status st)
{
    if (st != MIG_OK)
        fail_msg("status %d: %s", (int)st, e.message);
}

static void sql(const char *text) { ok(ops->exec(t, text, &e)); }

static void says(const char *words)
{
    if (strstr(e.message, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, e.message);
}

static void reopen(const mig_target_def *d, bool writing)
{
    if (t != NULL)
        ops->close(t);
    t = NULL;
    e = (rt_error){0};
    ok(ops->open(d, server, writing, &t, &e));
}

static int fresh(void **state)
{
    (void)state;
    if (server == NULL)
        return 0;
    reopen(&def, true);
    sql("drop schema if exists unit_pg cascade; create schema unit_pg");
    return 0;
}

static int done(void **state)
{
    (void)state;
    if (t != NULL)
        ops->close(t);
    t = NULL;
    return 0;
}

static void need_server(void)
{
    if (server == NULL)
        skip();
}

static bool take_number(void *arg, int n, const char *const *values, const size_t *lens)
{
    (void)n;
    (void)lens;
    *(long long *)arg = values[0] != NULL ? strtoll(values[0], NULL, 10) : -1;
    return true;
}

static long long number(const char *text)
{
    long long v = -1;

    ok(ops->query(t, text, 0, NULL, take_number, &v, &e));
    return v;
}

/* ---- locations ---- */

static void cannot_open(const char *location, const char *words, const char *hint)
{
    rt_target *no = NULL;
    rt_error why = {0};

    assert_int_equal(ops->open(&def, location, true, &no, &why), MIG_IO);
    assert_null(no);
    if (strstr(why.message, words) == NULL || strstr(why.hint, hint) == NULL)
        fail_msg("\"%s\" / \"%s\" is not in \"%s\" / \"%s\"", words, hint, why.message, why.hint);
    assert_null(strstr(why.message, "s3cr"));
    assert_null(strstr(why.hint, "s3cr"));
    assert_null(strchr(why.message, '\n'));
}

static void bad_locations_are_said_without_passwords(void **state)
{
    (void)state;
    cannot_open("postgresql://bob:s3cret@127.0.0.1:1/db", "cannot connect to PostgreSQL: ", "Is the server running");
    cannot_open("host=/nonexistent password=s3cret user=bob", "cannot connect to PostgreSQL: ", "Is the server running");
    cannot_open("postgresql://bob:s3cr@et@127.0.0.1:1/db", "neither a URI nor a conninfo string", "%40");
    cannot_open("postgresql://bob:s3cr/et@127.0.0.1:1/db", "neither a URI nor a conninfo string", "%40");
    cannot_open("postgresql://bob:s3cr%zzet@127.0.0.1:1/db", "neither a URI nor a conninfo string", "%40");
    cannot_open("host=x password='s3cret", "neither a URI nor a conninfo string", "host=…");
    cannot_open("no equals sign", "neither a URI nor a conninfo string", "host=…");
}

static void words_hide_the_secret(void **state)
{
    char out[64];

    (void)state;
    pg_words(out, sizeof out, "user\n\tbob  with hush\nfailed\n", "hush");
    assert_string_equal(out, "user bob with *** failed");
    pg_words(out, 8, "a long message", NULL);
    assert_string_equal(out, "a long");
}

static void a_missing_database_or_role_is_said(void **state)
{
    char location[1200];
    rt_target *no;
    rt_error why = {0};

    (void)state;
    need_server();
    snprintf(location, sizeof location, "%s dbname=nowhere", server);
    assert_int_equal(ops->open(&def, location, false, &no, &why), MIG_IO);
    assert_non_null(strstr(why.message, "database \"nowhere\" does not exist"));
    assert_non_null(strstr(why.hint, "createdb"));
}

static void another_encoding_is_refused(void **state)
{
    char location[1200], name[64], statement[256];
    rt_target *no;
    rt_error why = {0};

    (void)state;
    need_server();
    snprintf(name, sizeof name, "migc_unit_ascii_%ld", (long)getpid());
    snprintf(statement, sizeof statement, "create database %s template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'", name);
    sql(statement);
    snprintf(location, sizeof location, "%s dbname=%s", server, name);
    assert_int_equal(ops->open(&def, location, true, &no, &why), MIG_PREFLIGHT);
    assert_non_null(strstr(why.message, "has the encoding SQL_ASCII; UTF8 is needed"));
    assert_non_null(strstr(why.hint, "createdb"));
    snprintf(statement, sizeof statement, "drop database %s", name);
    sql(statement);
}

static void the_session_is_as_it_must_be(void **state)
{
    (void)state;
    need_server();
    assert_int_equal(number("select (current_setting('timezone') = 'UTC' and current_setting('client_encoding') = 'UTF8'"
                            " and current_setting('application_name') = 'migc' and current_setting('datestyle') = 'ISO, YMD'"
                            " and current_setting('search_path') = 'unit_pg')::int"), 1);
    assert_non_null(strstr(ops->describe(t), "postgres host="));
    reopen(&def, false);
    assert_int_equal(ops->exec(t, "create table unit_pg.x (a int)", &e), MIG_IO);
    says("read-only transaction");
    assert_string_equal(e.sqlstate, "25006");
}

/* ---- rows ---- */

struct row_pair { mig_int id; mig_text name; };

static void visit_pair(void *row, mig_codec *c)
{
    struct row_pair *r = row;

    c->integer(c, &r->id);
    c->text(c, &r->name);
}

static const mig_column pair_columns[] = {{.name = "id", .type = MIG_T_INTEGER}, {.name = "name", .type = MIG_T_TEXT}};
static const mig_table pairs = {.name = "p", .columns = pair_columns, .n_columns = 2, .identity = 0, .visit = visit_pair};

static mig_status put(rt_writer *w, int64_t id, const char *name)
{
    struct row_pair r = {MIG_INT(id), TXT(name)};

    return ops->put(w, &r, &e);
}

static rt_writer *begun(void)
{
    rt_writer *w;

    ok(ops->begin(t, false, &e));
    ok(ops->writer(t, &pairs, &w, &e));
    return w;
}

/* Rows of about a kilobyte until a call fails, at most n; the failing row is bad. */
static mig_status put_many(rt_writer *w, int n, int bad, const char *bad_name)
{
    char text[1000];
    mig_status st = MIG_OK;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 1; i <= n && st == MIG_OK; i++)
        st = put(w, i, i == bad ? bad_name : text);
    return st;
}

static void a_refused_row_has_its_number_and_column(void **state)
{
    (void)state;
    need_server();
    sql("create domain short as text check (length(value) < 1000 and value <> 'bad'); create table p (id integer, name short)");
    rt_writer *w = begun();
    mig_status st = put_many(w, 40000, 25000, "bad"); /* past the first COPYs */
    if (st == MIG_OK)
        st = ops->flush(w, &e);
    assert_int_equal(st, MIG_IO);
    says("row 25000 written to table \"p\", column \"name\": value for domain short violates check constraint");
    assert_string_equal(e.sqlstate, "23514");
    ops->rollback(t);
    ops->writer_close(w);
    e = (rt_error){0};
    assert_int_equal(number("select count(*) from p"), 0);
    /* Another COPY goes through on the same connection. */
    w = begun();
    ok(put_many(w, 30000, 0, NULL));
    ok(ops->commit(t, &e));
    ops->writer_close(w);
    assert_int_equal(number("select count(*) from p"), 30000);
}

static void an_error_stops_a_long_load_soon(void **state)
{
    (void)state;
    need_server();
    sql("create table p (id integer unique, name text)");
    sql("insert into p values (1, 'there')");
    rt_writer *w = begun();
    assert_int_equal(put_many(w, 200000, 0, NULL), MIG_IO);
    says("row 1 written to table \"p\": duplicate key value violates unique constraint \"p_id_key\" (Key (id)=(1) already exists.)");
    ops->rollback(t);
    ops->writer_close(w);
}

static void a_writer_that_is_closed_has_written(void **state)
{
    (void)state;
    need_server();
    sql("create table p (id integer unique, name text)");
    rt_writer *w = begun();
    ok(put(w, 1, "a"));
    ops->writer_close(w);
    ok(ops->commit(t, &e));
    assert_int_equal(number("select count(*) from p"), 1);
    w = begun();
    ok(put(w, 1, "again"));
    ops->writer_close(w);
    assert_int_equal(ops->commit(t, &e), MIG_IO);
    says("row 1 written to table \"p\"");
    ops->rollback(t);
}

static void a_failed_statement_is_not_committed(void **state)
{
    (void)state;
    need_server();
    sql("create table p (id integer, name text)");
    ok(ops->begin(t, false, &e));
    sql("insert into p values (1, 'x')");
    assert_int_equal(ops->exec(t, "select 1 / 0", &e), MIG_IO);
    says("statement `select 1 / 0`: division by zero");
    e = (rt_error){0};
    assert_int_equal(ops->commit(t, &e), MIG_IO);
    says("rolled the transaction back");
    assert_int_equal(number("select count(*) from p"), 0);
}

static void a_lost_connection_ends_the_load(void **state)
{
    rt_target *other;
    char text[100];
    mig_status st = MIG_OK;

    (void)state;
    need_server();
    sql("create table p (id integer, name text)");
    rt_writer *w = begun();
    ok(put_many(w, 3000, 0, NULL));
    ok(ops->open(&def, server, true, &other, &e));
    snprintf(text, sizeof text, "select pg_terminate_backend(%d)", PQbackendPID(t->conn));
    ok(ops->exec(other, text, &e));
    for (int i = 0; i < 100 && st == MIG_OK; i++)
        st = put_many(w, 3000, 0, NULL);
    assert_int_equal(st, MIG_IO);
    says("was lost");
    says("writing to table \"p\": the connection to postgres host=");
    assert_non_null(strstr(e.hint, "run again"));
    ops->rollback(t);
    ops->writer_close(w);
    e = (rt_error){0};
    assert_int_equal(ops->begin(t, false, &e), MIG_IO);
    e = (rt_error){0};
    long long n = -1;
    ok(ops->query(other, "select count(*) from p", 0, NULL, take_number, &n, &e));
    assert_int_equal(n, 0);
    ops->close(other);
}

static void a_load_can_be_cancelled(void **state)
{
    mig_status st = MIG_OK;

    (void)state;
    need_server();
    sql("create table p (id integer, name text); create function slow() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(60); return new; end $$; create trigger slow before insert on p for each row execute function slow()");
    rt_writer *w = begun();
    ok(put_many(w, 2000, 0, NULL));
    rt_target *other;
    ok(ops->open(&def, server, false, &other, &e));
    long long n = 0;
    for (int i = 0; i < 30000 && n == 0; i++) { /* what is not yet at work cannot be cancelled */
        ok(ops->query(other, "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()", 0, NULL,
                      take_number, &n, &e));
        usleep(10000);
    }
    ops->close(other);
    assert_int_equal(n, 1);
    ops->cancel(t);
    st = ops->flush(w, &e);
    assert_int_equal(st, MIG_INTERRUPTED);
    ops->rollback(t);
    ops->writer_close(w);
}

/* ---- tables of others ---- */

static void existing_columns_of_other_widths_and_kinds(void **state)
{
    static const mig_column columns[] = {{.name = "id", .type = MIG_T_BIGINT}, {.name = "name", .type = MIG_T_TEXT}};
    mig_table table = {.name = "p", .columns = columns, .n_columns = 2, .identity = -1, .visit = visit_pair, .existing = true};
    rt_writer *w;

    (void)state;
    need_server();
    sql("create type mood as enum ('glad', 'sad'); create domain small as smallint; create domain smaller as small;"
        " create table p (name mood, more text default 'more', id smaller)");
    ok(ops->begin(t, false, &e));
    ok(ops->writer(t, &table, &w, &e));
    ok(put(w, -7, "sad"));
    ok(ops->flush(w, &e));
    assert_int_equal(number("select id from p where name = 'sad' and more = 'more'"), -7);
    assert_int_equal(put(w, 40000, "sad"), MIG_IO);
    says("row 2 written to table \"p\", column \"id\": the number is out of range for the column");
    e = (rt_error){0};
    ok(put(w, 1, "angry"));
    assert_int_equal(ops->flush(w, &e), MIG_IO);
    says("column \"name\": invalid input value for enum mood: \"angry\"");
    ops->rollback(t);
    ops->writer_close(w);
    e = (rt_error){0};
    sql("create table q (id numeric, name text)");
    table.name = "q";
    assert_int_equal(ops->writer(t, &table, &w, &e), MIG_IO);
    assert_string_equal(e.message, "table \"q\", column \"id\" is numeric in the database; the spec says bigint");
    e = (rt_error){0};
    table.name = "none";
    assert_int_equal(ops->writer(t, &table, &w, &e), MIG_IO);
    says("there is no table \"none\"");
}

static void a_table_of_another_schema(void **state)
{
    mig_table table = pairs;
    rt_writer *w;
    rt_scan *s;
    struct row_pair r;
    bool more;

    (void)state;
    need_server();
    sql("drop schema if exists unit_two cascade; create schema unit_two; create table unit_two.p (id integer, name text)");
    table.schema = "unit_two";
    ok(ops->begin(t, false, &e));
    ok(ops->writer(t, &table, &w, &e));
    ok(put(w, 3, "three"));
    ok(ops->commit(t, &e));
    ops->writer_close(w);
    ok(ops->scan(t, &table, &s, &e));
    ok(ops->scan_next(s, &r, &more, &e));
    assert_int_equal(r.id.v, 3);
    ops->scan_close(s);
    sql("drop schema unit_two cascade");
}

/* ---- reading ---- */

static void no_value(const char *column, const char *value, const char *words)
{
    char text[300];
    struct row_every r;
    rt_scan *s;
    bool more = true;
    mig_status st = MIG_OK;

    sql("drop table if exists \"every \"\"type\"\"\"");
    sql(every_create[MIG_POSTGRES]);
    snprintf(text, sizeof text, "insert into \"every \"\"type\"\"\" (id, \"%s\") values (1, null), (2, '%s')", column, value);
    sql(text);
    ok(ops->scan(t, &every_table, &s, &e));
    while (st == MIG_OK && more)
        st = ops->scan_next(s, &r, &more, &e);
    ops->scan_close(s);
    assert_int_equal(st, MIG_IO);
    says(words);
    says("row 2 as read");
    e = (rt_error){0};
}

static void values_that_the_language_has_not(void **state)
{
    (void)state;
    need_server();
    no_value("double", "infinity", "column \"double\", row 2 as read: the value is not a finite number");
    no_value("real", "nan", "is not a finite number");
    no_value("numeric", "NaN", "is not a finite number");
    no_value("date", "-infinity", "is not a finite date");
    no_value("timestamp", "infinity", "is not a finite timestamp");
    no_value("timestamptz", "-infinity", "is not a finite timestamp");
    no_value("li\"\"st", "{{a,b},{c,d}}", "is not an array of one dimension");
    assert_int_equal(number("select 5"), 5);
}

/* Numerics as the server prints them, over many shapes. */
struct row_numeric { mig_numeric n; mig_text shown; };
static void visit_numeric(void *row, mig_codec *c)
{
    struct row_numeric *r = row;

    c->numeric(c, &r->n);
    c->text(c, &r->shown);
}

static void numerics_are_as_the_server_shows_them(void **state)
{
    static const mig_column columns[] = {{.name = "n", .type = MIG_T_NUMERIC}, {.name = "shown", .type = MIG_T_TEXT}};
    static const mig_table table = {.name = "n", .columns = columns, .n_columns = 2, .visit = visit_numeric};
    struct row_numeric r;
    rt_writer *w;
    rt_scan *s;
    bool more = true;
    int rows = 0;

    (void)state;
    need_server();
    sql("create table n (n numeric, shown text);"
        " insert into n select x, x::text from (select (case when i % 3 = 0 then -1 else 1 end) *"
        "   (floor(random() * 10 ^ (i % 25))::numeric(60, 0) / 10::numeric ^ (i % 20))::numeric(60, 25) as x from generate_series(1, 2000) i) q;"
        " insert into n select x, x::text from (select trim_scale(n) as x from n) q;"
        " insert into n select x, x::text from (values (0.0000), (1e100), (1e-100), (10000), (100000000.0001)) v(x)");
    long long total = number("select count(*) from n");
    /* What is read is what the server shows; written again it is the same value with the same scale. */
    sql("create table back (n numeric, shown text)");
    static char shown[5000][200];
    ok(ops->scan(t, &table, &s, &e));
    for (;; rows++) {
        ok(ops->scan_next(s, &r, &more, &e));
        if (!more)
            break;
        assert_int_equal(r.n.n, r.shown.n);
        assert_memory_equal(r.n.p, r.shown.p, r.n.n);
        snprintf(shown[rows], sizeof shown[rows], "%.*s", (int)r.n.n, r.n.p);
    }
    ops->scan_close(s);
    assert_int_equal(rows, total);
    mig_table back = table;
    back.name = "back";
    ok(ops->begin(t, false, &e));
    ok(ops->writer(t, &back, &w, &e));
    for (int i = 0; i < rows; i++) {
        r = (struct row_numeric){NUMBER(shown[i]), TXT(shown[i])};
        ok(ops->put(w, &r, &e));
    }
    ok(ops->commit(t, &e));
    ops->writer_close(w);
    assert_int_equal(number("select count(*) from back where n::text = shown"), rows);
}

static void a_long_table_streams(void **state)
{
    struct row_pair r;
    rt_scan *s;
    bool more = true;
    long long sum = 0;

    (void)state;
    need_server();
    sql("create table p as select i::integer as id, repeat('y', i % 100000 / 10) as name from generate_series(1, 20000) i");
    ok(ops->scan(t, &pairs, &s, &e));
    for (;;) {
        ok(ops->scan_next(s, &r, &more, &e));
        if (!more)
            break;
        assert_int_equal(r.name.n, r.id.v % 100000 / 10);
        sum += r.id.v;
    }
    ops->scan_close(s);
    assert_int_equal(sum, 20000LL * 20001 / 2);
}

/* ---- the rest ---- */

static void a_sequence_never_goes_back(void **state)
{
    (void)state;
    need_server();
    sql("create table p (id integer generated always as identity, name text); insert into p (name) select 'x' from generate_series(1, 50)");
    ok(ops->set_sequence(t, &pairs, 10, &e));
    sql("insert into p (name) values ('next')");
    assert_int_equal(number("select id from p where name = 'next'"), 51);
    sql("drop table p; create table p (id integer, name text)");
    ok(ops->set_sequence(t, &pairs, 10, &e)); /* there is none */
}

static void copy_in_a_statement_is_refused(void **state)
{
    (void)state;
    need_server();
    sql("create table p (id integer, name text)");
    assert_int_equal(ops->exec(t, "copy p from stdin", &e), MIG_IO);
    says("COPY from or to the program is not possible here");
    e = (rt_error){0};
    assert_int_equal(ops->exec(t, "copy (select generate_series(1, 100000)) to stdout", &e), MIG_IO);
    e = (rt_error){0};
    assert_int_equal(number("select 7"), 7);
}

static void a_migration_of_another_name_is_not_locked_out(void **state)
{
    rt_target *other;
    char holder[300];

    (void)state;
    need_server();
    ok(ops->open(&def, server, true, &other, &e));
    ok(ops->lock(t, "one", holder, sizeof holder, &e));
    ok(ops->lock(other, "two", holder, sizeof holder, &e));
    assert_int_equal(ops->lock(other, "two", holder, sizeof holder, &e), MIG_OK);
    ops->unlock(other);
    assert_int_equal(ops->lock(other, "one", holder, sizeof holder, &e), MIG_LOCKED);
    ops->unlock(t);
    ok(ops->lock(other, "one", holder, sizeof holder, &e));
    ops->close(other);
}

#define CASE(test) {#test, test, fresh, done, NULL}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(bad_locations_are_said_without_passwords), CASE(words_hide_the_secret), CASE(a_missing_database_or_role_is_said),
        CASE(another_encoding_is_refused), CASE(the_session_is_as_it_must_be), CASE(a_refused_row_has_its_number_and_column),
        CASE(an_error_stops_a_long_load_soon), CASE(a_writer_that_is_closed_has_written),
        CASE(a_failed_statement_is_not_committed), CASE(a_lost_connection_ends_the_load), CASE(a_load_can_be_cancelled),
        CASE(existing_columns_of_other_widths_and_kinds), CASE(a_table_of_another_schema), CASE(values_that_the_language_has_not),
        CASE(numerics_are_as_the_server_shows_them), CASE(a_long_table_streams), CASE(a_sequence_never_goes_back),
        CASE(copy_in_a_statement_is_refused), CASE(a_migration_of_another_name_is_not_locked_out),
    };

    signal(SIGPIPE, SIG_IGN);
    server = getenv("MIGC_TEST_PG");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
