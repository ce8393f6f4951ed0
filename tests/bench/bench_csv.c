/*
 * bench_csv.c: how fast CSV is read, beside a count of its lines with read() and memchr() in the same run.
 *
 *     bench_csv [MEGABYTES]      (default 200; the files lie in TMPDIR and are removed)
 *
 * Three kinds of text: rows as sheets have them, every field quoted, and text that is not ASCII. For each: the count of lines, the
 * split into records and fields with every scanner, and the whole source (cells in the spec's order, white space trimmed, nulls
 * found) as the engine sees it. Best of five.
 */
#include "runtime/sources/csv.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 5 };
static const char *const kinds[] = {"sheet", "quoted", "greek"};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what, const rt_error *e) {
    fprintf(stderr, "bench_csv: %s%s%s\n", what, e != NULL ? ": " : "", e != NULL ? e->message : "");
    exit(1);
}

static void add_row(FILE *out, int kind, int i) {
    int n = i * 7, year = 1950 + i % 70;
    if (kind == 0)
        fprintf(out, "%d,The Wire %d,HBO,Blown Deadline,\"crime, drama\",%d-06-02,ended,\"Baltimore, seen from all sides\"\n",
                i, n, year);
    else if (kind == 1)
        fprintf(out, "\"%d\",\"Title %d\",\"Net\"\"work\"\"\",\"Studio\",\"crime, drama\",\"%d-01-01\",\"airing\","
                "\"two\nlines\"\n", i, n, year);
    else
        fprintf(out, "%d,Ο τίτλος της σειράς %d,ΕΡΤ,Στούντιο,\"δράμα, κωμωδία\",%d-03-04,ended,"
                "Μια ιστορία για αδέλφια\n",
                i, n, year);
}

static void make_file(const char *path, int kind, size_t bytes) {
    FILE *out = fopen(path, "wb");
    if (out == NULL)
        fail(path, NULL);
    fputs("id,title,network,studio,genres,premiere,status,about\n", out);
    for (int i = 0; i % 1000 != 0 || (size_t)ftello(out) < bytes; i++)
        add_row(out, kind, i);
    if (fclose(out) != 0)
        fail(path, NULL);
}

static int64_t count_lines(const char *path) {
    static char block[256 * 1024];
    int fd = open(path, O_RDONLY);
    int64_t lines = 0;
    ssize_t n;
    while ((n = read(fd, block, sizeof block)) > 0)
        for (const char *p = block, *end = block + n; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
            lines++;
    close(fd);
    return lines;
}

static int64_t split(const rt_file *f, rt_csv_scan_fn scan) {
    const mig_csv_options o = {.delimiter = ',', .quote = '"', .escape = '"'};
    rt_error e = {0};
    rt_stream *s;
    const rt_csv_record *r;
    int64_t fields = 0;
    rt_csv *c = rt_csv_new(&o, &(rt_csv_tuning){.scan = scan});
    if (c == NULL || rt_stream_open(f, &s, &e) != MIG_OK)
        fail("open", &e);
    rt_csv_start(c, rt_stream_read, s);
    if (rt_csv_columns(c, 8, &e) != MIG_OK)
        fail("columns", &e);
    while (rt_csv_next(c, &r, &e) == MIG_OK && r != NULL)
        fields += r->n_fields;
    rt_csv_free(c);
    rt_stream_close(s);
    return fields;
}

static int64_t whole_source(const char *dir, const char *name) {
    static const mig_source_column columns[] = {{.name = "title"}, {.name = "id", .not_null = true}, {.name = "network"}, {.name = "studio"},
                                                {.name = "genres"}, {.name = "premiere"}, {.name = "status"}, {.name = "about"}};
    static const char *const nulls[] = {"", "N/A"};
    static const size_t lens[] = {0, 3};
    const mig_source_table t = {.name = name, .pattern = name, .columns = columns, .n_columns = 8,
                                .csv = {.delimiter = ',', .quote = '"', .escape = '"', .header = true, .trim = true,
                                        .nulls = nulls, .null_lens = lens, .n_nulls = 2}};
    const mig_source_def def = {.name = "bench"};
    rt_error e = {0};
    rt_source *s;
    rt_reader *r;
    const mig_record *rec;
    int64_t rows = 0;
    if (rt_source_csv.open(&def, dir, &s, &e) != MIG_OK || rt_source_csv.read(s, &t, &r, &e) != MIG_OK)
        fail("open", &e);
    mig_status st;
    for (; (st = rt_source_csv.next(r, &rec, &e)) == MIG_OK && rec != NULL; rows++)
        if (rec->fault != MIG_RULE_NONE)
            fail(rec->fault_why, NULL);
    if (st != MIG_OK)
        fail("read", &e);
    rt_source_csv.stop(r);
    rt_source_csv.close(s);
    return rows;
}

static double report(const char *what, double bytes, double seconds, double floor) {
    printf("  %-22s %7.0f MB/s", what, bytes / seconds / 1e6);
    if (floor > 0)
        printf("   %5.2f x the time of the line count", seconds / floor);
    printf("\n");
    return seconds;
}

#define BEST(best, call)                                                                                               \
    double best = 1e9;                                                                                                 \
    for (int round = 0; round < ROUNDS; round++) {                                                                     \
        double from = now();                                                                                           \
        (void)(call);                                                                                                  \
        best = now() - from < best ? now() - from : best;                                                              \
    }

static void measure(const char *dir, int kind, size_t bytes) {
    char path[600];
    rt_files files;
    rt_error e = {0};
    int n;
    snprintf(path, sizeof path, "%s/%s", dir, kinds[kind]);
    make_file(path, kind, bytes);
    if (rt_files_find(dir, kinds[kind], &files, &e) != MIG_OK)
        fail("find", &e);
    double size = (double)files.bytes;
    printf("%s: %.0f MB, %lld rows\n", kinds[kind], size / 1e6, (long long)whole_source(dir, kinds[kind]));
    BEST(lines, count_lines(path))
    report("line count (memchr)", size, lines, 0);
    const rt_csv_scanner *scan = rt_csv_scanners(&n);
    for (int k = 0; k < n; k++) {
        char what[40];
        if (!scan[k].usable)
            continue;
        BEST(fields, split(&files.v[0], scan[k].scan))
        snprintf(what, sizeof what, "split, %s", scan[k].name);
        report(what, size, fields, lines);
    }
    BEST(rows, whole_source(dir, kinds[kind]))
    report("source, as the engine", size, rows, lines);
    rt_files_free(&files);
    unlink(path);
}

int main(int argc, char **argv) {
    char dir[500];
    const char *tmp = getenv("TMPDIR");
    size_t bytes = (argc > 1 ? strtoul(argv[1], NULL, 10) : 200) * 1000000;
    snprintf(dir, sizeof dir, "%s/benchXXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(dir) == NULL)
        fail(dir, NULL);
    for (int kind = 0; kind < 3; kind++)
        measure(dir, kind, bytes);
    rmdir(dir);
    return 0;
}
