/*
 * The SQLite target where files and other programs are not as they should be: what is said, and that what was committed stays.
 */
#include "tests/unit/target_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const rt_target_ops *const ops = &rt_target_sqlite;
static const mig_target_def def = {.name = "app", .engine = MIG_SQLITE};
static char folder[256];

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "%s/migc-test-XXXXXX", getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    return mkdtemp(folder) == NULL;
}

/* Removes the folder, which has no folders below it. */
static int remove_folder(void **state)
{
    static const char *const names[] = {"a.db", "a.db-journal", "a.db-wal", "a.db-shm", "a.db-migc-lock", "b.db"};
    char path[512];

    (void)state;
    snprintf(path, sizeof path, "%s/disk", folder);
    umount2(path, MNT_DETACH); /* left by a test that failed */
    rmdir(path);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

static char *in_folder(const char *name)
{
    static char path[512];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static rt_target *opened(const char *path, bool writing)
{
    rt_target *t = NULL;
    rt_error e = {0};

    if (ops->open(&def, path, writing, &t, &e) != MIG_OK)
        fail_msg("%s", e.message);
    return t;
}

static void sql(rt_target *t, const char *text)
{
    rt_error e = {0};

    if (ops->exec(t, text, &e) != MIG_OK)
        fail_msg("%s", e.message);
}

static void refused(const char *path, bool writing, const char *words)
{
    rt_target *t = NULL;
    rt_error e = {0};

    assert_int_equal(ops->open(&def, path, writing, &t, &e), MIG_IO);
    assert_null(t);
    if (strstr(e.message, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, e.message);
}

static bool take_number(void *arg, int n, const char *const *values, const size_t *lens)
{
    (void)n;
    (void)lens;
    *(long long *)arg = values[0] != NULL ? strtoll(values[0], NULL, 10) : -1;
    return true;
}

static long long number(rt_target *t, const char *text)
{
    long long v = -1;
    rt_error e = {0};

    if (ops->query(t, text, 0, NULL, take_number, &v, &e) != MIG_OK)
        fail_msg("%s", e.message);
    return v;
}

static void write_file(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
}

static void places_that_are_no_database(void **state)
{
    char junk[5000];
    struct stat s;

    (void)state;
    refused("", true, "names no SQLite file");
    refused(folder, true, "is a folder, not a SQLite file");
    refused(in_folder("missing/a.db"), true, "the folder ");
    refused("/dev/null", true, "is not a regular file");
    refused("/dev/null/a.db", true, "cannot open /dev/null/a.db");
    memset(junk, 'j', sizeof junk);
    write_file(in_folder("a.db"), junk, sizeof junk);
    refused(in_folder("a.db"), true, "is not a SQLite database");
    refused(in_folder("a.db"), false, "is not a SQLite database");
    /* An empty file is an empty database. */
    write_file(in_folder("a.db"), "", 0);
    ops->close(opened(in_folder("a.db"), true));
    assert_int_equal(stat(in_folder("a.db"), &s), 0);
}

static void damaged_files_are_said(void **state)
{
    rt_target *t = opened(in_folder("a.db"), true);

    (void)state;
    sql(t, "create table x (a text); insert into x with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)"
           " select 'row ' || i from n");
    ops->close(t);
    int fd = open(in_folder("a.db"), O_RDWR);
    char junk[4096 * 8];
    memset(junk, 0xa5, sizeof junk);
    assert_int_equal(pwrite(fd, junk, sizeof junk, 4096), (ssize_t)sizeof junk);
    close(fd);
    t = opened(in_folder("a.db"), false);
    rt_error e = {0};
    long long v;
    assert_int_equal(ops->query(t, "select count(distinct a) from x", 0, NULL, take_number, &v, &e), MIG_IO);
    assert_non_null(strstr(e.message, "is damaged"));
    ops->close(t);
}

static void reading_creates_and_changes_nothing(void **state)
{
    rt_live_column c[4];
    rt_error e = {0};
    int n = -1;
    struct stat s;
    rt_target *t = opened(in_folder("a.db"), false);

    (void)state;
    assert_int_equal(ops->columns(t, "x", c, 4, &n, &e), MIG_OK);
    assert_int_equal(n, 0);
    assert_non_null(strstr(ops->describe(t), "a.db"));
    ops->close(t);
    assert_int_equal(stat(in_folder("a.db"), &s), -1);
    t = opened(in_folder("a.db"), true);
    sql(t, "create table x (a text)");
    ops->close(t);
    t = opened(in_folder("a.db"), false);
    assert_int_equal(ops->exec(t, "insert into x values (1)", &e), MIG_IO);
    ops->close(t);
    assert_int_equal(stat(in_folder("missing"), &s), -1);
}

/* A program killed in its transaction, with pages of it in the file already. */
static void a_killed_run_is_taken_back(void **state)
{
    rt_target *t = opened(in_folder("a.db"), true);
    int fds[2];
    char c;

    (void)state;
    sql(t, "create table x (a text); insert into x values ('kept')");
    ops->close(t);
    assert_int_equal(pipe(fds), 0);
    pid_t child = fork();
    if (child == 0) {
        rt_error e = {0};
        rt_target *mine = opened(in_folder("a.db"), true);

        ops->begin(mine, false, &e);
        sql(mine, "pragma cache_size = 10; update x set a = 'changed';"
                  " insert into x with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)"
                  " select hex(randomblob(100)) from n");
        if (write(fds[1], "y", 1) == 1)
            sleep(1000);
        _exit(0);
    }
    assert_int_equal(read(fds[0], &c, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    struct stat s;
    assert_int_equal(stat(in_folder("a.db-journal"), &s), 0);
    t = opened(in_folder("a.db"), false);
    assert_int_equal(number(t, "select count(*) from x where a = 'kept'"), 1);
    assert_int_equal(number(t, "select count(*) from x"), 1);
    ops->close(t);
}

static void anothers_lock_is_waited_for_and_said(void **state)
{
    rt_target *t = opened(in_folder("a.db"), true);
    rt_error e = {0};
    sqlite3 *other;

    (void)state;
    sql(t, "create table x (a text)");
    assert_int_equal(sqlite3_open(in_folder("a.db"), &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "begin immediate", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(ops->begin(t, false, &e), MIG_IO);
    assert_non_null(strstr(e.message, "is locked by another program"));
    assert_non_null(strstr(e.hint, "for 5 s;"));
    sqlite3_close(other);
    e = (rt_error){0};
    assert_int_equal(ops->begin(t, false, &e), MIG_OK);
    ops->rollback(t);
    ops->close(t);
}

static void the_lock_file_goes_away(void **state)
{
    char holder[256];
    rt_error e = {0};
    struct stat s;
    rt_target *a = opened(in_folder("a.db"), true), *b = opened(in_folder("a.db"), true);

    (void)state;
    assert_int_equal(ops->lock(a, "m", holder, sizeof holder, &e), MIG_OK);
    assert_int_equal(stat(in_folder("a.db-migc-lock"), &s), 0);
    assert_int_equal(ops->lock(b, "m", holder, sizeof holder, &e), MIG_LOCKED);
    ops->unlock(a);
    assert_int_equal(stat(in_folder("a.db-migc-lock"), &s), -1);
    assert_int_equal(ops->lock(b, "m", holder, sizeof holder, &e), MIG_OK);
    assert_int_equal(ops->lock(a, "m", holder, sizeof holder, &e), MIG_LOCKED);
    /* Somebody removed the file: the lock is another file's now, and ours is not removed for it. */
    unlink(in_folder("a.db-migc-lock"));
    assert_int_equal(ops->lock(a, "m", holder, sizeof holder, &e), MIG_OK);
    ops->unlock(b);
    assert_int_equal(stat(in_folder("a.db-migc-lock"), &s), 0);
    ops->close(a);
    ops->close(b);
    assert_int_equal(stat(in_folder("a.db-migc-lock"), &s), -1);
}

static void a_full_disk_leaves_the_old_content(void **state)
{
    char path[600];
    rt_error e = {0};
    rt_writer *w = NULL;
    mig_status st = MIG_OK;

    (void)state;
    snprintf(path, sizeof path, "%s/disk", folder);
    assert_int_equal(mkdir(path, 0755), 0);
    if (mount("migc-test", path, "tmpfs", 0, "size=3m") != 0) {
        rmdir(path);
        skip();
    }
    snprintf(path, sizeof path, "%s/disk/a.db", folder);
    rt_target *t = opened(path, true);
    sql(t, every_create[MIG_SQLITE]);
    sql(t, "insert into \"every \"\"type\"\"\" (id, text) values (1000000, 'old')");
    assert_int_equal(ops->begin(t, false, &e), MIG_OK);
    assert_int_equal(ops->writer(t, &every_table, &w, &e), MIG_OK);
    for (int i = 0; i < 100000 && st == MIG_OK; i++) {
        static char text[1000];
        struct row_every r = every_null(i);

        memset(text, 'x', sizeof text);
        r.text = (mig_text){text, sizeof text};
        st = ops->put(w, &r, &e);
    }
    if (st == MIG_OK)
        st = ops->commit(t, &e);
    assert_int_equal(st, MIG_IO);
    assert_non_null(strstr(e.message, "is full"));
    assert_non_null(strstr(e.hint, "Make room"));
    ops->rollback(t);
    ops->writer_close(w);
    assert_int_equal(number(t, "select count(*) from \"every \"\"type\"\"\""), 1);
    ops->close(t);
    t = opened(path, false);
    assert_int_equal(number(t, "select id from \"every \"\"type\"\"\" where text = 'old'"), 1000000);
    ops->close(t);
    *strrchr(path, '/') = '\0';
    assert_int_equal(umount(path), 0);
    assert_int_equal(rmdir(path), 0);
}

/* A value that is not of its column's form, and the words for it. */
static void strict(const char *set, const char *words)
{
    rt_target *t = opened(in_folder("a.db"), true);
    rt_error e = {0};
    rt_scan *s;
    bool more = true;
    char text[400];
    struct row_every r;
    mig_status st = MIG_OK;

    sql(t, "drop table if exists \"every \"\"type\"\"\"");
    sql(t, every_create[MIG_SQLITE]);
    snprintf(text, sizeof text, "insert into \"every \"\"type\"\"\" (id) values (1), (77); update \"every \"\"type\"\"\" set %s where id = 77", set);
    sql(t, text);
    assert_int_equal(ops->scan(t, &every_table, &s, &e), MIG_OK);
    while (st == MIG_OK && more)
        st = ops->scan_next(s, &r, &more, &e);
    ops->scan_close(s);
    ops->close(t);
    if (words == NULL) {
        assert_int_equal(st, MIG_OK);
        return;
    }
    assert_int_equal(st, MIG_IO);
    if (strstr(e.message, words) == NULL || strstr(e.message, "table \"every \"type\"\", column \"") == NULL ||
        strstr(e.message, ", rowid 77: ") == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, e.message);
}

static void values_are_checked_as_they_are_read(void **state)
{
    (void)state;
    strict("\"a boolean\" = 2", "2 is not a boolean");
    strict("\"a boolean\" = 'true'", "true is not a boolean");
    strict("\"smallint\" = 32768", "32768 is not a smallint");
    strict("\"integer\" = 2147483648", "is not an integer");
    strict("\"integer\" = 'x\ny'", "x\\ny is not an integer");
    strict("\"bigint\" = 1.5", "1.5 is not a bigint");
    strict("\"double\" = 'one'", "one is not a number");
    strict("\"double\" = 9e999", "is not a finite number");
    strict("\"real\" = 1e300", "is not a real");
    strict("\"numeric\" = 1.5", NULL); /* the column's affinity makes it text */
    strict("\"numeric\" = 'abc'", "abc is not an exact decimal");
    strict("\"numeric\" = '007'", "is not an exact decimal");
    strict("\"numeric\" = '-0.00'", "is not an exact decimal");
    strict("\"numeric\" = '1e5'", "is not an exact decimal");
    strict("\"numeric\" = '1.'", "is not an exact decimal");
    strict("\"text\" = x'6162'", "a blob is not text");
    strict("\"text\" = cast(x'ff41' as text)", "is not text in UTF-8");
    strict("\"text\" = 'a' || char(0) || 'b'", "is not text in UTF-8");
    strict("\"bytea\" = 'text'", "text is not a blob");
    strict("\"date\" = '2024-02-30'", "2024-02-30 is not a date");
    strict("\"date\" = '2024-2-3'", "is not a date");
    strict("\"date\" = '0000-01-01'", "is not a date");
    strict("\"date\" = '02024-01-01'", "is not a date");
    strict("\"date\" = '5874898-01-01'", "is not a date");
    strict("\"time\" = '25:00:00'", "25:00:00 is not a time");
    strict("\"time\" = '12:00:00.1234567'", "is not a time");
    strict("\"time\" = '12:00:00.120000'", NULL);
    strict("\"timestamp\" = '2024-01-01T00:00:00'", "is not a timestamp");
    strict("\"timestamp\" = '2024-01-01 24:00:00'", "is not a timestamp");
    strict("\"timestamptz\" = '2024-01-01 00:00:00'", "is not a timestamptz");
    strict("\"timestamptz\" = '2024-01-01 00:00:00+01:00'", "is not a timestamptz");
    strict("\"uuid\" = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "is not a uuid");
    strict("\"json\" = '{'", "{ is not JSON text");
    strict("\"jsonb\" = 'nul'", "nul is not JSON text");
    strict("\"li\"\"st\" = '[1]'", "[1] is not a JSON array of texts");
    strict("\"li\"\"st\" = '[\"a\",]'", "is not a JSON array");
    strict("\"li\"\"st\" = '[[\"a\"]]'", "is not a JSON array");
    strict("\"li\"\"st\" = '[\"\\ud800\"]'", "is not a JSON array");
    strict("\"li\"\"st\" = '[\"\\u0000\"]'", "is not a JSON array");
    strict("\"li\"\"st\" = '[\"a'", "is not a JSON array");
    strict("\"li\"\"st\" = ' [ \"\\u00e9\\ud83d\\ude00\\/\" , null ] '", NULL);
}

/* A table without row ids and a view are read too, and their rows are named by number. */
struct row_one { mig_int a; };
static void visit_one(void *row, mig_codec *c) { c->integer(c, &((struct row_one *)row)->a); }

static void tables_without_row_ids(void **state)
{
    static const mig_column columns[] = {{.name = "a", .type = MIG_T_INTEGER}};
    mig_table t1 = {.name = "w", .columns = columns, .n_columns = 1, .visit = visit_one};
    rt_target *t = opened(in_folder("a.db"), true);
    rt_error e = {0};
    rt_scan *s;
    bool more;
    struct row_one r;

    (void)state;
    sql(t, "create table w (a integer primary key) without rowid; insert into w values (5), (6); create view v as select a * 3000000000 as a from w");
    assert_int_equal(ops->scan(t, &t1, &s, &e), MIG_OK);
    assert_int_equal(ops->scan_next(s, &r, &more, &e), MIG_OK);
    assert_int_equal(r.a.v, 5);
    ops->scan_close(s);
    t1.name = "v";
    assert_int_equal(ops->scan(t, &t1, &s, &e), MIG_OK);
    assert_int_equal(ops->scan_next(s, &r, &more, &e), MIG_IO);
    ops->scan_close(s);
    assert_string_equal(e.message, "table \"v\", column \"a\", row 1: 15000000000 is not an integer");
    e = (rt_error){0};
    t1.name = "none";
    assert_int_equal(ops->scan(t, &t1, &s, &e), MIG_IO);
    assert_non_null(strstr(e.message, "no such table: none"));
    ops->close(t);
}

/* ---- references that come before what they refer to ---- */

struct row_tree { mig_int id, parent; };
static void visit_tree(void *row, mig_codec *c)
{
    struct row_tree *r = row;

    c->bigint(c, &r->id);
    c->bigint(c, &r->parent);
}

static const mig_column tree_columns[] = {{.name = "id", .type = MIG_T_BIGINT}, {.name = "parent", .type = MIG_T_BIGINT}};
static const mig_table tree = {.name = "tree", .columns = tree_columns, .n_columns = 2, .visit = visit_tree};

static rt_target *tree_loaded(const char *file, int rows, int bad)
{
    rt_target *t = opened(in_folder(file), true);
    rt_error e = {0};
    rt_writer *w;

    sql(t, "create table tree (id integer primary key, parent integer references tree (id))");
    assert_int_equal(ops->begin(t, false, &e), MIG_OK);
    assert_int_equal(ops->writer(t, &tree, &w, &e), MIG_OK);
    for (int i = 1; i <= rows; i++) {
        struct row_tree r = {MIG_INT(i), i == rows ? MIG_NULL_INT : MIG_INT(i == bad ? rows + 7 : i + 1)};

        assert_int_equal(ops->put(w, &r, &e), MIG_OK);
    }
    ops->writer_close(w);
    return t;
}

static void children_may_come_before_parents(void **state)
{
    rt_error e = {0};
    rt_target *t = tree_loaded("a.db", 100000, 0); /* hours, if each row looked for its children */

    (void)state;
    assert_int_equal(ops->commit(t, &e), MIG_OK);
    assert_int_equal(number(t, "select count(*) from tree"), 100000);
    assert_int_equal(ops->exec(t, "insert into tree values (0, 12345678)", &e), MIG_IO); /* enforced again */
    assert_non_null(strstr(e.message, "FOREIGN KEY constraint failed"));
    ops->close(t);
    t = tree_loaded("b.db", 1000, 44);
    e = (rt_error){0};
    assert_int_equal(ops->commit(t, &e), MIG_IO);
    assert_string_equal(e.message, "foreign keys do not hold: table \"tree\", column \"parent\": rowid 44 refers to a row of"
                                   " \"tree\" (1007) that is not there (1 such rows)");
    ops->rollback(t);
    assert_int_equal(number(t, "select count(*) from tree"), 0);
    ops->close(t);
}

#define CASE(test) {#test, test, make_folder, remove_folder, NULL}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(places_that_are_no_database), CASE(damaged_files_are_said), CASE(reading_creates_and_changes_nothing),
        CASE(a_killed_run_is_taken_back), CASE(anothers_lock_is_waited_for_and_said), CASE(the_lock_file_goes_away),
        CASE(a_full_disk_leaves_the_old_content), CASE(values_are_checked_as_they_are_read), CASE(tables_without_row_ids),
        CASE(children_may_come_before_parents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
