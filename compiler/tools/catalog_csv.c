/*
 * catalog_csv.c: a folder of CSV files as tables, one a file, named as the file without its endings. Encoding and delimiter are found
 * out from the beginning of the file, unless they are told; the first record names the columns.
 */
#include "compiler/tools/catalog.h"

#include "runtime/sources/csv.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SAMPLE_BYTES = 256 * 1024, SAMPLE_RECORDS = 200 };

/* Text in memory, for the reader of CSV. */
typedef struct memory { const char *p; size_t n; } memory;

static mig_status pull_memory(void *from, char *p, size_t cap, size_t *got, rt_error *e)
{
    memory *m = from;

    (void)e;
    *got = m->n < cap ? m->n : cap;
    memcpy(p, m->p, *got);
    m->p += *got;
    m->n -= *got;
    return MIG_OK;
}

/* ---- which files ------------------------------------------------------------------------------------------------------ */

static bool ends(const char *name, size_t n, const char *with)
{
    size_t m = strlen(with);

    return n > m && strncasecmp(name + n - m, with, m) == 0;
}

/* Bytes of the table's name in a file's name, or 0: not a CSV file. */
static size_t stem(const char *name)
{
    static const char *const packed[] = {".gz", ".zst"}, *const kinds[] = {".csv", ".tsv", ".tab"};
    size_t n = strlen(name);

    for (size_t k = 0; k < 2; k++)
        if (ends(name, n, packed[k]))
            n -= strlen(packed[k]);
    for (size_t k = 0; k < 3; k++)
        if (name[0] != '.' && ends(name, n, kinds[k]))
            return n - strlen(kinds[k]);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static mig_status list_files(const catalog *c, const char ***out, int *n, rt_error *e)
{
    DIR *d = opendir(c->place);
    int cap = 0;

    *out = NULL;
    *n = 0;
    if (d == NULL)
        return rt_error_set(e, MIG_IO, "the folder \"%s\" cannot be read: %s", c->place, strerror(errno));
    for (struct dirent *at; (at = readdir(d)) != NULL;)
        if (stem(at->d_name) > 0)
            *(const char **)arena_push(c->mem, out, n, &cap, sizeof(char *)) = arena_strdup(c->mem, at->d_name);
    (void)closedir(d);
    if (*n == 0) {
        rt_error_hint(e, "Files named *.csv, *.tsv or *.tab are looked at, also with .gz or .zst behind.");
        return rt_error_set(e, MIG_IO, "there are no CSV files in \"%s\"", c->place);
    }
    qsort(*out, (size_t)*n, sizeof **out, by_name);
    return MIG_OK;
}

/* The pattern that means this file and no other. */
static const char *pattern_of(arena *mem, const char *name)
{
    char *out = arena_alloc(mem, strlen(name) * 2 + 1), *at = out;

    for (; *name != '\0'; name++) {
        if (strchr("*?[]\\", *name) != NULL)
            *at++ = '\\';
        *at++ = *name;
    }
    return out;
}

/* ---- how a file is written ------------------------------------------------------------------------------------------------ */

/* The beginning of the file, unpacked. */
static mig_status sample(const rt_file *f, char *p, size_t *n, rt_error *e)
{
    rt_stream *stream = NULL;
    mig_status st = rt_stream_open(f, &stream, e);

    *n = 0;
    for (size_t got = 1; st == MIG_OK && got > 0 && *n < SAMPLE_BYTES; *n += got)
        st = rt_stream_read(stream, p + *n, SAMPLE_BYTES - *n, &got, e);
    rt_stream_close(stream);
    return st;
}

/* Characters of more than one byte, and bytes that are no UTF-8; what a cut at the end leaves does not count. */
static void count_utf8(const char *p, size_t n, bool whole, int64_t *wide, int64_t *broken)
{
    *wide = *broken = 0;
    for (size_t at = 0; at < n;) {
        size_t good = rt_utf8_check(p + at, n - at);

        for (size_t i = 0; i < good; i++)
            *wide += ((unsigned char)p[at + i] & 0xc0) == 0xc0;
        at += good;
        if (at < n && (whole || n - at > 3))
            ++*broken;
        at++;
    }
}

static const char *guess_encoding(const char *p, size_t n)
{
    int64_t wide, broken;
    size_t zeros = 0;

    for (size_t i = 0; i < n; i++)
        zeros += p[i] == '\0';
    if (n >= 2 && (memcmp(p, "\xFF\xFE", 2) == 0 || memcmp(p, "\xFE\xFF", 2) == 0))
        return "utf16";
    if (n >= 4 && zeros * 3 > n)
        return "utf16";
    count_utf8(p, n, n < SAMPLE_BYTES, &wide, &broken);
    return broken > wide ? "latin1" : "utf8"; /* one broken character in a text of UTF-8 is a fault of its record */
}

/* How well the delimiter fits: records with as many fields as the header, of all, times how many there are. 0: not at all. */
static double fit(const mig_csv_options *o, const char *p, size_t n, int *fields)
{
    memory text = {p, n};
    rt_decoder *decoder = malloc(sizeof *decoder);
    rt_csv_tuning tuning = {0};
    rt_csv *csv = rt_csv_new(o, &tuning);
    rt_encoding encoding = RT_UTF8;
    const rt_csv_record *rec = NULL;
    int64_t same = 0, all = 0, wanted = 0;

    if (decoder != NULL && csv != NULL) {
        rt_encoding_named(o->encoding, &encoding);
        rt_decoder_start(decoder, encoding, pull_memory, &text);
        rt_csv_start(csv, rt_decoder_read, decoder);
        (void)rt_csv_columns(csv, 0, NULL);
        while (all < SAMPLE_RECORDS && rt_csv_next(csv, &rec, NULL) == MIG_OK && rec != NULL) {
            wanted = all == 0 ? rec->n_fields : wanted;
            same += rec->fault != MIG_RULE_QUOTE && rec->n_fields == wanted;
            all++;
        }
    }
    rt_csv_free(csv);
    free(decoder);
    *fields = (int)wanted;
    return wanted < 2 || same == 0 ? 0 : (double)same / (double)all;
}

static char guess_delimiter(const mig_csv_options *o, const char *p, size_t n)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    mig_csv_options with = *o;
    double best = 0;
    int most = 0, fields;
    char found = ',';

    for (size_t k = 0; k < sizeof candidates; k++) {
        with.delimiter = candidates[k];
        double now = fit(&with, p, n, &fields);
        if (now > best + 0.05 || (now > best - 0.05 && now > 0 && fields > most)) {
            best = now;
            most = fields;
            found = candidates[k];
        }
    }
    return found;
}

/* ---- the header ------------------------------------------------------------------------------------------------------------- */

/* A name that no earlier column has. */
static const char *unlike(cat_table *t, int n, arena *mem, const char *name)
{
    const char *wanted = name;

    for (int again = 2, i = 0; i < n; i++)
        if (strcmp(t->columns[i].name, wanted) == 0) {
            wanted = arena_printf(mem, "%s (%d)", name, again++);
            t->twice = t->twice != NULL ? t->twice : name;
            i = -1;
        }
    return wanted;
}

static void take_names(catalog *c, cat_table *t, const rt_csv *csv, const rt_csv_record *rec)
{
    int n = (int)rec->n_fields;
    mig_source_column *read = arena_array(c->mem, mig_source_column, n);
    char *text = arena_alloc(c->mem, rec->raw_n + 1);

    t->columns = arena_array(c->mem, cat_column, n);
    for (int i = 0; i < n; i++) {
        const rt_csv_field *f = &rec->fields[i];
        const char *p = rec->raw + f->begin;
        size_t len = f->end - f->begin;

        if (f->escaped) {
            len = rt_csv_unescape(csv, f, text);
            p = text;
        }
        rt_trim(&p, &len);
        const char *name = len > 0 ? arena_strndup(c->mem, p, len) : arena_printf(c->mem, "column %d", i + 1);
        t->columns[i] = (cat_column){.name = unlike(t, i, c->mem, name), .type = ""};
        read[i] = (mig_source_column){.name = t->columns[i].name, .type = MIG_T_TEXT};
    }
    t->n_columns = t->read.n_columns = n;
    t->read.columns = read;
    t->skip = 1;
}

static mig_status read_header(catalog *c, cat_table *t, const rt_file *f, rt_error *e)
{
    rt_stream *stream = NULL;
    rt_decoder *decoder = malloc(sizeof *decoder);
    rt_csv_tuning tuning = {0};
    rt_csv *csv = rt_csv_new(&t->read.csv, &tuning);
    rt_encoding encoding = RT_UTF8;
    const rt_csv_record *rec = NULL;
    mig_status st = decoder == NULL || csv == NULL ? rt_error_set(e, MIG_NOMEM, "out of memory") : rt_stream_open(f, &stream, e);

    if (st == MIG_OK) {
        rt_encoding_named(t->read.csv.encoding, &encoding);
        rt_decoder_start(decoder, encoding, rt_stream_read, stream);
        rt_csv_start(csv, rt_decoder_read, decoder);
        st = rt_csv_columns(csv, 0, e);
    }
    if (st == MIG_OK)
        st = rt_csv_next(csv, &rec, e);
    if (st == MIG_OK && rec == NULL)
        st = rt_error_set(e, MIG_IO, "the file is empty: not even a header is in it");
    else if (st == MIG_OK && (rec->fault != MIG_RULE_NONE || rec->n_fields > RT_CSV_COLUMNS)) {
        rt_error_hint(e, "Say how the file is written by --encoding and --delimiter.");
        st = rt_error_set(e, MIG_IO, "the header (line %lld) cannot be read: %s", (long long)rec->line,
                          rec->fault == MIG_RULE_UTF8  ? "it is not UTF-8"
                          : rec->fault == MIG_RULE_NUL ? "it holds NUL bytes"
                          : rec->fault == MIG_RULE_QUOTE ? "its quotes do not close as they should" : "it is too large");
    } else if (st == MIG_OK) {
        take_names(c, t, csv, rec);
    }
    rt_stream_close(stream);
    rt_csv_free(csv);
    free(decoder);
    return st;
}

/* ---- a file as a table ---------------------------------------------------------------------------------------------------------- */

static mig_status look(catalog *c, const cat_options *o, cat_table *t, rt_error *e)
{
    rt_files files = {0};
    mig_csv_options *csv = &t->read.csv;
    char *text = malloc(SAMPLE_BYTES);
    size_t n = 0;
    mig_status st = text == NULL ? rt_error_set(e, MIG_NOMEM, "out of memory") : rt_files_find(c->place, t->read.pattern, &files, e);

    *csv = (mig_csv_options){.encoding = o->encoding, .delimiter = o->delimiter, .quote = '"', .escape = '"', .nulls = o->nulls,
                             .null_lens = o->null_lens, .n_nulls = o->n_nulls};
    if (st == MIG_OK) {
        t->bytes = files.v[0].size;
        st = sample(&files.v[0], text, &n, e);
    }
    if (st == MIG_OK && csv->encoding == NULL)
        csv->encoding = guess_encoding(text, n);
    if (st == MIG_OK && csv->delimiter == '\0')
        csv->delimiter = guess_delimiter(csv, text, n);
    if (st == MIG_OK)
        st = read_header(c, t, &files.v[0], e);
    rt_files_free(&files);
    free(text);
    return st;
}

mig_status cat_list_csv(catalog *c, const cat_options *o, rt_error *e)
{
    const char **names;
    int n;
    mig_status st = list_files(c, &names, &n, e);

    c->bytes = 0;
    for (int i = 0; st == MIG_OK && i < n; i++) {
        cat_table *t = cat_add_table(c);
        rt_error wrong = {0};

        t->file = names[i];
        t->name = arena_strndup(c->mem, names[i], stem(names[i]));
        t->read = (mig_source_table){.name = t->name, .pattern = pattern_of(c->mem, names[i])};
        if (look(c, o, t, &wrong) != MIG_OK) {
            t->error = arena_strdup(c->mem, wrong.message);
            t->hint = wrong.hint[0] != '\0' ? arena_strdup(c->mem, wrong.hint) : NULL;
        }
        c->bytes += t->bytes > 0 ? t->bytes : 0;
    }
    return st;
}
