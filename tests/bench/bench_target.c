/*
 * bench_target.c: writing rows through the targets, beside the least that each engine needs for the same rows.
 *
 * PostgreSQL: psql's \copy of a binary file that holds the very tuples. SQLite: the shell's .import of a CSV file, which is
 * its own prepared insert in one transaction. Both in turn, three times, in the same run; medians and ratios. PostgreSQL is
 * measured where MIGC_TEST_PG names a server.
 *
 *     bench_target [ROWS]
 */
#include "runtime/targets/forms.h"
#include "runtime/targets/pg.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 3 };

struct row_shows {
    mig_int id;
    mig_text title;
    mig_int network_id;
    mig_date premiere;
    mig_numeric rating;
    mig_bool active;
    mig_timestamptz created_at;
    mig_text notes;
};

static void visit_shows(void *row, mig_codec *c) {
    struct row_shows *r = row;
    c->bigint(c, &r->id);
    c->text(c, &r->title);
    c->bigint(c, &r->network_id);
    c->date(c, &r->premiere);
    c->numeric(c, &r->rating);
    c->boolean(c, &r->active);
    c->timestamptz(c, &r->created_at);
    c->text(c, &r->notes);
}

static const mig_column columns[] = {
    {.name = "id", .type = MIG_T_BIGINT},       {.name = "title", .type = MIG_T_VARCHAR},
    {.name = "network_id", .type = MIG_T_BIGINT}, {.name = "premiere", .type = MIG_T_DATE},
    {.name = "rating", .type = MIG_T_NUMERIC},  {.name = "active", .type = MIG_T_BOOLEAN},
    {.name = "created_at", .type = MIG_T_TIMESTAMPTZ}, {.name = "notes", .type = MIG_T_TEXT},
};
static const mig_table shows = {.name = "shows", .columns = columns, .n_columns = 8, .identity = 0, .primary = 0,
                                .row_size = sizeof(struct row_shows), .visit = visit_shows};
static const char *const create[2] = {
    [MIG_SQLITE] = "create table shows (id integer primary key, title text not null, network_id integer, premiere text,"
                   " rating text, active integer not null, created_at text not null, notes text)",
    [MIG_POSTGRES] = "create table shows (id bigint primary key, title varchar(200) not null, network_id bigint, premiere date,"
                     " rating numeric(4,1), active boolean not null, created_at timestamptz not null, notes text)",
};

/* Row i; its texts stand in the two buffers. */
static struct row_shows make(int64_t i, char title[64], char rating[16]) {
    static const char notes[] = "a note, with \"quotes\" and a comma, that is as long as such notes are as a rule";
    struct row_shows r = {.id = MIG_INT(i), .network_id = MIG_INT(i % 500 + 1), .premiere = {(int32_t)(i % 9000), false},
                          .active = MIG_BOOL(i % 3 != 0), .created_at = {INT64_C(700000000000000) + i, false}};
    r.title = (mig_text){title, (size_t)snprintf(title, 64, "The show with the number %lld, season %lld", (long long)i, (long long)(i % 9))};
    r.rating = (mig_numeric){rating, (size_t)snprintf(rating, 16, "%lld.%lld", (long long)(i % 10), (long long)(i % 7))};
    if (i % 4 == 0)
        r.notes = (mig_text){notes, sizeof notes - 1};
    return r;
}

static void die(const char *what, const rt_error *e) {
    fprintf(stderr, "bench_target: %s: %s\n", what, e != NULL ? e->message : "failed");
    exit(1);
}

static double clock_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Runs a program to its end, quietly; its wall seconds. */
static double run(const char *const *argv) {
    double start = clock_seconds();
    int status;
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0)
        die(argv[0], NULL);
    return clock_seconds() - start;
}

/* All rows through the target, in one transaction; wall seconds from begin to commit. */
static double load(const rt_target_ops *ops, rt_target *t, int64_t rows) {
    rt_error e = {0};
    rt_writer *w;
    char title[64], rating[16];
    double start = clock_seconds();
    if (ops->begin(t, false, &e) != MIG_OK || ops->writer(t, &shows, &w, &e) != MIG_OK)
        die("beginning", &e);
    for (int64_t i = 1; i <= rows; i++) {
        struct row_shows r = make(i, title, rating);
        if (ops->put(w, &r, &e) != MIG_OK)
            die("putting a row", &e);
    }
    if (ops->commit(t, &e) != MIG_OK)
        die("committing", &e);
    ops->writer_close(w);
    return clock_seconds() - start;
}

static double median(double v[ROUNDS]) {
    double a = v[0], b = v[1], c = v[2];
    return a > b ? (b > c ? b : a > c ? c : a) : (a > c ? a : b > c ? c : b);
}

static void tell(const char *what, const char *other, int64_t rows, double ours[ROUNDS], double theirs[ROUNDS]) {
    double a = median(ours), b = median(theirs);
    struct rusage self;
    getrusage(RUSAGE_SELF, &self);
    printf("%-10s %9.2f s %12.0f rows/s   %-24s %9.2f s   ratio %.2f   (peak memory here %ld MB)\n", what, a, (double)rows / a,
           other, b, a / b, self.ru_maxrss / 1024);
    fflush(stdout);
}

/* ---- PostgreSQL ---- */

static void binary_file(const char *path, int64_t rows) {
    static const char head[19] = "PGCOPY\n\377\r\n\0";
    FILE *f = fopen(path, "w");
    rt_buf b = {0};
    pg_form forms[8];
    char title[64], rating[16];
    const char *refused;
    int column;
    for (int i = 0; i < 8; i++)
        forms[i] = pg_form_of(columns[i].type);
    if (f == NULL || fwrite(head, sizeof head, 1, f) != 1)
        die(path, NULL);
    for (int64_t i = 1; i <= rows; i++) {
        struct row_shows r = make(i, title, rating);
        rt_buf_clear(&b);
        if (!pg_encode(&shows, forms, &r, &b, &refused, &column) || fwrite(b.p, b.n, 1, f) != 1)
            die(path, NULL);
    }
    if (fwrite("\377\377", 2, 1, f) != 1 || fclose(f) != 0)
        die(path, NULL);
    rt_buf_free(&b);
}

static void bench_postgres(const char *server, const char *folder, int64_t rows) {
    const mig_target_def def = {.name = "app", .engine = MIG_POSTGRES, .schema = "migc_bench"};
    const rt_target_ops *ops = &rt_target_postgres;
    rt_target *t;
    rt_error e = {0};
    char path[600], command[700];
    double ours[ROUNDS], theirs[ROUNDS];
    snprintf(path, sizeof path, "%s/shows.bin", folder);
    binary_file(path, rows);
    if (ops->open(&def, server, true, &t, &e) != MIG_OK ||
        ops->exec(t, "drop schema if exists migc_bench cascade; create schema migc_bench", &e) != MIG_OK)
        die("PostgreSQL", &e);
    snprintf(command, sizeof command, "\\copy migc_bench.shows from '%s' with (format binary)", path);
    const char *const psql[] = {"psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", server, "-c", command, NULL};
    for (int i = 0; i < ROUNDS; i++)
        for (int which = 0; which < 2; which++) {
            if (ops->exec(t, "drop table if exists shows", &e) != MIG_OK || ops->exec(t, create[MIG_POSTGRES], &e) != MIG_OK ||
                ops->exec(t, "checkpoint", &e) != MIG_OK)
                die("PostgreSQL", &e);
            if (which == i % 2)
                ours[i] = load(ops, t, rows);
            else
                theirs[i] = run(psql);
        }
    tell("postgres", "psql \\copy, same tuples", rows, ours, theirs);
    if (ops->exec(t, "drop schema migc_bench cascade", &e) != MIG_OK)
        die("PostgreSQL", &e);
    ops->close(t);
    unlink(path);
}

/* ---- SQLite ---- */

static void csv_file(const char *path, int64_t rows) {
    FILE *f = fopen(path, "w");
    char title[64], rating[16], day[RT_FORM_MAX], moment[RT_FORM_MAX];
    if (f == NULL)
        die(path, NULL);
    for (int64_t i = 1; i <= rows; i++) {
        struct row_shows r = make(i, title, rating);
        rt_form_date(day, r.premiere.v);
        rt_form_timestamptz(moment, r.created_at.v);
        fprintf(f, "%lld,\"%s\",%lld,%s,%s,%d,%s,%s\n", (long long)i, title, (long long)r.network_id.v, day, rating, r.active.v, moment,
                r.notes.p != NULL ? "\"a note, with \"\"quotes\"\" and a comma, that is as long as such notes are as a rule\"" : "");
    }
    if (fclose(f) != 0)
        die(path, NULL);
}

static void bench_sqlite(const char *folder, int64_t rows) {
    const mig_target_def def = {.name = "app", .engine = MIG_SQLITE};
    const rt_target_ops *ops = &rt_target_sqlite;
    char csv[600], db[600], import[700];
    double ours[ROUNDS], theirs[ROUNDS];
    snprintf(csv, sizeof csv, "%s/shows.csv", folder);
    snprintf(db, sizeof db, "%s/shows.db", folder);
    snprintf(import, sizeof import, ".import --csv '%s' shows", csv);
    csv_file(csv, rows);
    for (int i = 0; i < ROUNDS; i++)
        for (int which = 0; which < 2; which++) {
            rt_target *t;
            rt_error e = {0};
            unlink(db);
            if (ops->open(&def, db, true, &t, &e) != MIG_OK || ops->exec(t, create[MIG_SQLITE], &e) != MIG_OK)
                die("SQLite", &e);
            if (which == i % 2)
                ours[i] = load(ops, t, rows);
            ops->close(t);
            if (which != i % 2)
                theirs[i] = run((const char *const[]){"sqlite3", db, import, NULL});
        }
    tell("sqlite", "sqlite3 .import of a CSV", rows, ours, theirs);
    unlink(db);
    unlink(csv);
}

int main(int argc, char **argv) {
    int64_t rows = argc > 1 ? strtoll(argv[1], NULL, 10) : 1000000;
    const char *server = getenv("MIGC_TEST_PG"), *tmp = getenv("TMPDIR");
    char folder[256];
    snprintf(folder, sizeof folder, "%s/migc-bench-XXXXXX", tmp != NULL ? tmp : "/var/tmp");
    if (mkdtemp(folder) == NULL)
        die(folder, NULL);
    printf("%lld rows of 8 columns; wall seconds, medians of %d\n", (long long)rows, ROUNDS);
    fflush(stdout);
    bench_sqlite(folder, rows);
    if (server != NULL)
        bench_postgres(server, folder, rows);
    else
        printf("postgres   SKIP: MIGC_TEST_PG names no server (tests/pg/with-server runs a command with one)\n");
    rmdir(folder);
    return 0;
}
