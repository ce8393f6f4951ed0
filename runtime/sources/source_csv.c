/*
 * source_csv.c: CSV files as a source (rt_source_csv): opens the files of a table one after the other, checks their
 * headers, and turns the records of csv.c into mig_records: columns in the spec's order, nulls, white space, faults.
 *
 * The list of a table's files is made once, by the first describe or read, and every later reading holds the files to it:
 * a file that is another one, or was written to, is an error. describe and read of one source are called from one thread;
 * a reader may then be used from another.
 */
#include "runtime/sources/csv.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 1024 * 1024, SAMPLE_MANY = 64 * 1024, MANY = 16 }; /* bytes read by describe for its estimate */
#define RAW_LIMIT ((size_t)64 * 1024 * 1024) /* bytes of a record with faulty bytes that are shown */

typedef struct csv_table csv_table;
struct csv_table {
    const mig_source_table *table;
    rt_files files;
    rt_file_mark *marks; /* of the files, once they are asked for */
    csv_table *next;
};

/* What an rt_source of this kind is. */
typedef struct csv_source {
    const mig_source_def *def;
    char *folder;
    rt_csv_tuning tuning;
    csv_table *tables;
} csv_source;

/* What an rt_reader of this kind is. */
typedef struct csv_reader {
    const mig_source_table *table;
    csv_table *of;
    const rt_files *files;
    int file;               /* index of the file being read */
    mig_status refusal;     /* what a wrong header is: MIG_PREFLIGHT in describe, MIG_IO later */
    size_t limit;
    rt_encoding encoding;
    rt_stream *stream;      /* NULL: between files */
    rt_decoder decoder;
    rt_csv *csv;
    int n_fields;           /* that a record of this file shall have */
    int *map;               /* spec column -> field */
    mig_cell *cells;
    mig_record out;
    int64_t row;
    uint64_t null_lens;     /* bit min(n, 63) is set: a null text has that length */
    char *text;             /* fields of the current record without their escapes */
    size_t text_cap;
    rt_buf raw;             /* the current record, when it has to be escaped */
    char why[256];
    int64_t done;           /* bytes of the files before this one */
    _Atomic int64_t position;
} csv_reader;

static csv_source *source_of(rt_source *s) { return (csv_source *)(void *)s; }
static csv_reader *reader_of(rt_reader *r) { return (csv_reader *)(void *)r; }

static mig_status no_memory(rt_error *e) { return rt_error_set(e, MIG_NOMEM, "out of memory"); }

/* ---- the source ------------------------------------------------------------------------------------------------------- */

static mig_status check_folder(const mig_source_def *def, const char *location, rt_error *e) {
    struct stat st;
    if (location == NULL || location[0] == '\0')
        return rt_error_set(e, MIG_PREFLIGHT, "source \"%s\" has an empty location", def->name);
    if (stat(location, &st) != 0)
        return rt_error_set(e, MIG_PREFLIGHT, "source \"%s\": folder \"%s\" cannot be opened: %s", def->name, location,
                            strerror(errno));
    if (!S_ISDIR(st.st_mode)) {
        rt_error_set(e, MIG_PREFLIGHT, "source \"%s\": \"%s\" is a file, not a folder", def->name, location);
        rt_error_hint(e, "The location is the folder; each table of the source says its file.");
        return MIG_PREFLIGHT;
    }
    return MIG_OK;
}

static mig_status csv_open(const mig_source_def *def, const char *location, rt_source **out, rt_error *e) {
    *out = NULL;
    mig_status st = check_folder(def, location, e);
    if (st != MIG_OK) {
        if (e != NULL && e->site == NULL)
            e->site = def->site;
        return st;
    }
    csv_source *s = calloc(1, sizeof *s);
    if (s == NULL || (s->folder = strdup(location)) == NULL) {
        free(s);
        return no_memory(e);
    }
    for (size_t n = strlen(s->folder); n > 1 && s->folder[n - 1] == '/'; n--)
        s->folder[n - 1] = '\0';
    s->def = def;
    *out = (rt_source *)(void *)s;
    return MIG_OK;
}

static void csv_close(rt_source *source) {
    csv_source *s = source_of(source);
    if (s == NULL)
        return;
    for (csv_table *t = s->tables, *next; t != NULL; t = next) {
        next = t->next;
        rt_files_free(&t->files);
        free(t->marks);
        free(t);
    }
    free(s->folder);
    free(s);
}

void rt_source_csv_tune(rt_source *s, const rt_csv_tuning *t) { source_of(s)->tuning = *t; }

/* The table's files, looked for once. */
static mig_status files_of(csv_source *s, const mig_source_table *t, csv_table **out, rt_error *e) {
    for (csv_table *at = s->tables; at != NULL; at = at->next)
        if (at->table == t) {
            *out = at;
            return MIG_OK;
        }
    csv_table *new = calloc(1, sizeof *new);
    if (new == NULL)
        return no_memory(e);
    mig_status st = rt_files_find(s->folder, t->pattern, &new->files, e);
    if (st != MIG_OK) {
        free(new);
        return st;
    }
    new->table = t;
    new->next = s->tables;
    s->tables = new;
    *out = new;
    return MIG_OK;
}

/* The compiler refuses these too; a reader that trusted it would loop or split characters. */
static mig_status check_options(const mig_source_table *t, rt_encoding *encoding, rt_error *e) {
    const mig_csv_options *o = &t->csv;
    const struct { const char *name; char c; } all[] = {
        {"delimiter", o->delimiter}, {"quote", o->quote}, {"escape", o->escape}};
    if (!rt_encoding_named(o->encoding, encoding))
        return rt_error_set(e, MIG_PREFLIGHT, "source table \"%s\": unknown encoding \"%s\"", t->name, o->encoding);
    for (int i = 0; i < 3; i++) {
        if ((unsigned char)all[i].c >= 0x80 || all[i].c == '\n' || all[i].c == '\r')
            return rt_error_set(e, MIG_PREFLIGHT, "source table \"%s\": the %s must be one ASCII character, no line end",
                                t->name, all[i].name);
        if (i > 0 && all[i].c != '\0' && all[i].c == (o->delimiter != '\0' ? o->delimiter : ','))
            return rt_error_set(e, MIG_PREFLIGHT, "source table \"%s\": delimiter and %s are the same character", t->name,
                                all[i].name);
    }
    return MIG_OK;
}

/* ---- a reader: making, ending ------------------------------------------------------------------------------------------ */

static void close_file(csv_reader *r) {
    rt_stream_close(r->stream);
    r->stream = NULL;
}

static void csv_stop(rt_reader *reader) {
    csv_reader *r = reader_of(reader);
    if (r == NULL)
        return;
    close_file(r);
    rt_csv_free(r->csv);
    rt_buf_free(&r->raw);
    free(r->map);
    free(r->cells);
    free(r->text);
    free(r);
}

static mig_status new_reader(csv_source *s, const mig_source_table *t, mig_status refusal, csv_reader **out, rt_error *e) {
    csv_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return no_memory(e);
    r->table = t;
    r->refusal = refusal;
    r->limit = s->tuning.limit > 0 ? s->tuning.limit : RT_CSV_LIMIT;
    mig_status st = check_options(t, &r->encoding, e);
    if (st == MIG_OK)
        st = files_of(s, t, &r->of, e);
    if (st == MIG_OK) {
        r->files = &r->of->files;
        r->csv = rt_csv_new(&t->csv, &s->tuning);
        r->map = calloc((size_t)t->n_columns + 1, sizeof *r->map);
        r->cells = calloc((size_t)t->n_columns + 1, sizeof *r->cells);
        if (r->csv == NULL || r->map == NULL || r->cells == NULL)
            st = no_memory(e);
    }
    for (int i = 0; i < t->csv.n_nulls; i++)
        r->null_lens |= UINT64_C(1) << (t->csv.null_lens[i] < 63 ? t->csv.null_lens[i] : 63);
    if (st != MIG_OK) {
        csv_stop((rt_reader *)(void *)r);
        if (e != NULL && e->site == NULL)
            e->site = t->site;
        return st;
    }
    *out = r;
    return MIG_OK;
}

/* ---- a file: opening, header, end ---------------------------------------------------------------------------------------- */

static mig_status pull(void *reader, char *p, size_t cap, size_t *got, rt_error *e) {
    csv_reader *r = reader;
    mig_status st = rt_decoder_read(&r->decoder, p, cap, got, e);
    atomic_store_explicit(&r->position, r->done + rt_stream_position(r->stream), memory_order_relaxed);
    return st;
}

static mig_status room_for_text(csv_reader *r, size_t n, rt_error *e) {
    if (n <= r->text_cap)
        return MIG_OK;
    char *p = realloc(r->text, n);
    if (p == NULL)
        return no_memory(e);
    r->text = p;
    r->text_cap = n;
    return MIG_OK;
}

/* The fault that csv.c found, in words, into r->why. */
static void tell_fault(csv_reader *r, const rt_csv_record *rec) {
    const char *place = r->encoding == RT_UTF8 ? "of the file" : "of the decoded text";
    char *why = r->why;
    size_t cap = sizeof r->why;
    if (rec->fault == MIG_RULE_TOO_LARGE)
        snprintf(why, cap, "the record has %lld bytes (lines %lld to %lld), more than the limit of %zu",
                 (long long)rec->size, (long long)rec->line, (long long)rec->last_line, r->limit);
    else if (rec->fault == MIG_RULE_QUOTE && rec->fault_unclosed)
        snprintf(why, cap, "the quote that opens on line %lld never closes", (long long)rec->fault_line);
    else if (rec->fault == MIG_RULE_QUOTE)
        snprintf(why, cap, "text follows the closing quote of the field that opens on line %lld",
                 (long long)rec->fault_line);
    else if (rec->fault == MIG_RULE_NUL)
        snprintf(why, cap, "a NUL byte stands at offset %lld %s", (long long)rec->fault_offset, place);
    else if (r->encoding == RT_UTF16)
        snprintf(why, cap, "half a UTF-16 character stands at offset %lld %s", (long long)rec->fault_offset, place);
    else
        snprintf(why, cap, "byte 0x%02X at offset %lld %s is not UTF-8",
                 (unsigned char)rec->raw[rec->fault_offset - rec->offset], (long long)rec->fault_offset, place);
}

static mig_status refuse_no_header(csv_reader *r, const rt_file *f, rt_error *e) {
    rt_buf b = {0};
    rt_header_list(r->table, 20, &b);
    rt_error_set(e, r->refusal, "source table \"%s\": \"%s\" %s; a header with the columns %s was expected", r->table->name,
                 f->path, f->size == 0 ? "is empty" : "has no header", b.failed ? "of the spec" : b.p);
    rt_error_hint(e, "If the file has no header line, say options (header off).");
    rt_buf_free(&b);
    return r->refusal;
}

static mig_status refuse_header(csv_reader *r, const rt_file *f, const rt_csv_record *rec, rt_error *e) {
    bool mark16 = rec->raw_n >= 2 && (memcmp(rec->raw, "\xFF\xFE", 2) == 0 || memcmp(rec->raw, "\xFE\xFF", 2) == 0);
    tell_fault(r, rec);
    rt_error_set(e, r->refusal, "source table \"%s\": the header of \"%s\" (line %lld) cannot be read: %s", r->table->name,
                 f->path, (long long)rec->line, r->why);
    if (r->encoding == RT_UTF8 && (mark16 || rec->fault == MIG_RULE_NUL))
        rt_error_hint(e, "It looks like UTF-16; say options (encoding utf16).");
    else if (r->encoding == RT_UTF8 && rec->fault == MIG_RULE_UTF8)
        rt_error_hint(e, "If the file is in another encoding, say so: options (encoding latin1).");
    return r->refusal;
}

/* A header's names lose outer white space and byte order marks. */
static mig_text clean_name(const char *p, size_t n) {
    rt_trim(&p, &n);
    while (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
        n -= 3;
        rt_trim(&p, &n);
    }
    return (mig_text){p, n};
}

static mig_status match_header(csv_reader *r, const rt_file *f, const rt_csv_record *rec, rt_error *e) {
    int n = (int)rec->n_fields;
    mig_text *names = calloc((size_t)n, sizeof *names);
    mig_status st = room_for_text(r, rec->raw_n + 1, e);
    if (names == NULL)
        st = no_memory(e);
    char *text = r->text;
    for (int i = 0; st == MIG_OK && i < n; i++) {
        const rt_csv_field *field = &rec->fields[i];
        const char *p = rec->raw + field->begin;
        size_t len = field->end - field->begin;
        if (field->escaped) {
            len = rt_csv_unescape(r->csv, field, text);
            p = text;
            text += len;
        }
        names[i] = clean_name(p, len);
    }
    if (st == MIG_OK)
        st = rt_header_match(r->table, f->path, rec->line, names, n, r->refusal, r->map, e);
    free(names);
    return st;
}

static mig_status read_header(csv_reader *r, const rt_file *f, rt_error *e) {
    const rt_csv_record *rec;
    mig_status st = rt_csv_columns(r->csv, 0, e);
    if (st == MIG_OK)
        st = rt_csv_next(r->csv, &rec, e);
    if (st != MIG_OK)
        return st;
    if (rec == NULL)
        return refuse_no_header(r, f, e);
    if (rec->fault != MIG_RULE_NONE)
        return refuse_header(r, f, rec, e);
    if (rec->n_fields > RT_CSV_COLUMNS)
        return rt_error_set(e, r->refusal, "source table \"%s\": the header of \"%s\" has %lld columns, at most %d can be read",
                            r->table->name, f->path, (long long)rec->n_fields, RT_CSV_COLUMNS);
    int64_t n = rec->n_fields;
    st = match_header(r, f, rec, e);
    if (st != MIG_OK)
        return st;
    r->n_fields = (int)n;
    return rt_csv_columns(r->csv, r->n_fields, e);
}

static mig_status open_file(csv_reader *r, rt_error *e) {
    const rt_file *f = &r->files->v[r->file];
    mig_status st = rt_stream_open(f, &r->stream, e);
    if (st != MIG_OK)
        return st;
    rt_decoder_start(&r->decoder, r->encoding, rt_stream_read, r->stream);
    rt_csv_start(r->csv, pull, r);
    r->out.file = f->name;
    if (r->table->csv.header)
        return read_header(r, f, e);
    r->n_fields = r->table->n_columns;
    for (int i = 0; i < r->n_fields; i++)
        r->map[i] = i;
    return rt_csv_columns(r->csv, r->n_fields, e);
}

/* The file was read to its end. */
static mig_status end_file(csv_reader *r, rt_error *e) {
    mig_status st = rt_stream_unchanged(r->stream, e);
    close_file(r);
    r->done += r->files->v[r->file].size;
    atomic_store_explicit(&r->position, r->done, memory_order_relaxed);
    r->file++;
    return st;
}

/* ---- records ------------------------------------------------------------------------------------------------------------- */

static bool is_null(const csv_reader *r, const char *p, size_t n) {
    const mig_csv_options *o = &r->table->csv;
    if ((r->null_lens >> (n < 63 ? n : 63) & 1) == 0)
        return false;
    for (int i = 0; i < o->n_nulls; i++)
        if (o->null_lens[i] == n && memcmp(o->nulls[i], p, n) == 0)
            return true;
    return false;
}

static void set_fault(csv_reader *r, mig_rule fault, int column) {
    r->out.fault = fault;
    r->out.fault_why = r->why;
    r->out.fault_column = column;
}

/* The record is whole: its cells. A null where the spec wants none is the record's fault. */
static mig_status fill_cells(csv_reader *r, const rt_csv_record *rec, rt_error *e) {
    bool trim = r->table->csv.trim;
    char *text = NULL;
    for (int i = 0; i < r->table->n_columns; i++) {
        const rt_csv_field *f = &rec->fields[r->map[i]];
        mig_cell *cell = &r->cells[i];
        const char *p = rec->raw + f->begin;
        size_t n = f->end - f->begin;
        if (f->escaped) {
            if (text == NULL) {
                mig_status st = room_for_text(r, rec->raw_n, e);
                if (st != MIG_OK)
                    return st;
                text = r->text;
            }
            n = rt_csv_unescape(r->csv, f, text);
            p = text;
            text += n;
        }
        if (trim)
            rt_trim(&p, &n);
        cell->p = p;
        cell->n = n;
        cell->kind = is_null(r, p, n) ? MIG_CELL_NULL : MIG_CELL_TEXT;
        if (cell->kind == MIG_CELL_NULL && r->table->columns[i].not_null && r->out.fault == MIG_RULE_NONE) {
            snprintf(r->why, sizeof r->why, "column \"%.100s\" is null", r->table->columns[i].name);
            set_fault(r, MIG_RULE_NULL, i);
        }
    }
    return MIG_OK;
}

/* The record is broken: no cells, why, and its raw text with what is no text escaped. */
static mig_status fill_fault(csv_reader *r, const rt_csv_record *rec, rt_error *e) {
    int column = -1;
    for (int i = 0; i < r->table->n_columns; i++) {
        r->cells[i] = (mig_cell){.kind = MIG_CELL_NULL};
        if (rec->fault_field >= 0 && r->map[i] == rec->fault_field)
            column = i;
    }
    set_fault(r, rec->fault, column);
    if (rec->fault != MIG_RULE_NONE) {
        tell_fault(r, rec);
    } else {
        snprintf(r->why, sizeof r->why, "%lld field%s where %d were expected", (long long)rec->n_fields,
                 rec->n_fields == 1 ? "" : "s", r->n_fields);
        set_fault(r, MIG_RULE_RAGGED, -1);
        return MIG_OK;
    }
    size_t n = rec->raw_n < RAW_LIMIT ? rec->raw_n : RAW_LIMIT;
    if (rt_utf8_check(rec->raw, rec->raw_n) == rec->raw_n && memchr(rec->raw, '\0', rec->raw_n) == NULL)
        return MIG_OK;
    rt_buf_clear(&r->raw);
    rt_utf8_escape(rec->raw, n, &r->raw);
    if (r->raw.failed)
        return no_memory(e);
    r->out.raw = r->raw.p;
    r->out.raw_n = r->raw.n;
    return MIG_OK;
}

static mig_status csv_next(rt_reader *reader, const mig_record **out, rt_error *e) {
    csv_reader *r = reader_of(reader);
    const rt_csv_record *rec = NULL;
    mig_status st = MIG_OK;
    *out = NULL;
    while (rec == NULL) {
        if (r->stream == NULL) {
            if (r->file == r->files->n)
                return MIG_OK;
            st = open_file(r, e);
        }
        if (st == MIG_OK)
            st = rt_csv_next(r->csv, &rec, e);
        if (st == MIG_OK && rec == NULL)
            st = end_file(r, e);
        if (st != MIG_OK)
            return st;
    }
    mig_record *o = &r->out;
    o->cells = r->cells;
    o->n_cells = r->table->n_columns;
    o->line = rec->line;
    o->row = ++r->row;
    o->offset = rec->offset;
    o->raw = rec->raw;
    o->raw_n = rec->raw_n;
    o->fault = MIG_RULE_NONE;
    o->fault_why = NULL;
    o->fault_column = -1;
    bool more = r->table->csv.extra_ignore && !r->table->csv.header; /* fields behind the spec's are passed over */
    bool whole = rec->n_fields == r->n_fields || (more && rec->n_fields > r->n_fields);
    st = rec->fault == MIG_RULE_NONE && whole ? fill_cells(r, rec, e) : fill_fault(r, rec, e);
    if (st == MIG_OK)
        *out = o;
    return st;
}

static mig_status csv_read(rt_source *s, const mig_source_table *t, rt_reader **out, rt_error *e) {
    csv_reader *r = NULL;
    mig_status st = new_reader(source_of(s), t, MIG_IO, &r, e);
    *out = (rt_reader *)(void *)r;
    return st;
}

static int64_t csv_position(const rt_reader *reader) {
    const csv_reader *r = (const csv_reader *)(const void *)reader;
    return atomic_load_explicit(&r->position, memory_order_relaxed);
}

/* ---- going on in another run: behind the record with this number, in files that are what they were ------------------------------- */

static mig_status marks_of(csv_table *t, rt_error *e) {
    return t->marks != NULL ? MIG_OK : rt_files_mark(&t->files, &t->marks, e);
}

/* row, file, offset of the last record; then the files */
static mig_status csv_where(rt_reader *reader, rt_buf *out, rt_error *e) {
    csv_reader *r = reader_of(reader);
    mig_status st = marks_of(r->of, e);
    if (st != MIG_OK)
        return st;
    rt_field_put_int(out, r->row);
    rt_field_put_int(out, r->file);
    rt_field_put_int(out, r->out.offset);
    rt_files_tell(r->files, r->of->marks, out);
    return out->failed ? no_memory(e) : MIG_OK;
}

static bool read_where(const char **after, int64_t out[3]) {
    return rt_field_get_int(after, &out[0]) && rt_field_get_int(after, &out[1]) && rt_field_get_int(after, &out[2]);
}

static mig_status csv_resumable(rt_source *source, const mig_source_table *t, const char *after, rt_error *e) {
    int64_t at[3];
    csv_table *of;
    if (after == NULL)
        return MIG_OK;
    mig_status st = files_of(source_of(source), t, &of, e);
    if (st == MIG_OK)
        st = marks_of(of, e);
    if (st == MIG_OK && !read_where(&after, at))
        st = rt_error_set(e, MIG_PREFLIGHT, "the ledger's place in source table \"%s\" cannot be read", t->name);
    return st == MIG_OK ? rt_files_compare(&of->files, of->marks, after, MIG_PREFLIGHT, e) : st;
}

static mig_status csv_resume(rt_source *source, const mig_source_table *t, const char *after, rt_reader **out, rt_error *e) {
    csv_reader *r = NULL;
    int64_t at[3] = {0, 0, 0};
    const mig_record *record = NULL;
    *out = NULL;
    mig_status st = new_reader(source_of(source), t, MIG_IO, &r, e);
    if (st == MIG_OK) /* before a row is read: what the marks stand for is what is read */
        st = marks_of(r->of, e);
    if (st == MIG_OK && after != NULL && !read_where(&after, at))
        st = rt_error_set(e, MIG_IO, "the ledger's place in source table \"%s\" cannot be read", t->name);
    while (st == MIG_OK && r->row < at[0]) {
        st = csv_next((rt_reader *)(void *)r, &record, e);
        if (st == MIG_OK && record == NULL)
            break;
    }
    if (st == MIG_OK && after != NULL && (r->row != at[0] || r->file != at[1] || r->out.offset != at[2]))
        st = rt_error_set(e, MIG_IO, "record %lld of source table \"%s\" is not where the last run read it", (long long)at[0], t->name);
    if (st != MIG_OK && r != NULL) {
        csv_stop((rt_reader *)(void *)r);
        return st;
    }
    *out = (rt_reader *)(void *)r;
    return st;
}

/* ---- preflight ------------------------------------------------------------------------------------------------------------ */

/* Header and first records of the current file; adds its rows, counted or estimated, to st. */
static mig_status sample_file(csv_reader *r, double *rows, bool *exact, rt_error *e) {
    int64_t most = r->files->n > MANY ? SAMPLE_MANY : SAMPLE, pulled, begin, used, n = 0;
    const rt_csv_record *rec = NULL;
    mig_status st = open_file(r, e);
    rt_csv_progress(r->csv, &pulled, &begin);
    for (used = begin; st == MIG_OK && used - begin < most; n++) {
        st = rt_csv_next(r->csv, &rec, e);
        if (st != MIG_OK || rec == NULL)
            break;
        rt_csv_progress(r->csv, &pulled, &used);
    }
    if (st != MIG_OK)
        return st;
    if (rec == NULL) {
        *rows += (double)n;
        return end_file(r, e);
    }
    /* The part of the file that was read times the part of that which the records fill. */
    double size = (double)r->files->v[r->file].size, read = (double)rt_stream_position(r->stream);
    double part = read / size * (double)(used - begin) / (double)pulled;
    *rows += (double)n / (part > 0 ? part : 1);
    *exact = false;
    close_file(r);
    r->file++;
    return MIG_OK;
}

static mig_status csv_describe(rt_source *s, const mig_source_table *t, rt_source_stat *st, rt_error *e) {
    csv_reader *r = NULL;
    double rows = 0;
    *st = (rt_source_stat){.exact = true};
    mig_status status = new_reader(source_of(s), t, MIG_PREFLIGHT, &r, e);
    if (status != MIG_OK)
        return status;
    while (status == MIG_OK && r->file < r->files->n)
        status = sample_file(r, &rows, &st->exact, e);
    st->n_files = r->files->n;
    st->bytes = r->files->bytes;
    st->rows_estimate = (int64_t)(rows + 0.5);
    csv_stop((rt_reader *)(void *)r);
    if (status == MIG_IO) { /* nothing was written yet: the preflight refuses */
        status = MIG_PREFLIGHT;
        if (e != NULL)
            e->status = status;
    }
    if (status != MIG_OK && e != NULL && e->site == NULL)
        e->site = t->site;
    return status;
}

const rt_source_ops rt_source_csv = {
    .open = csv_open,
    .close = csv_close,
    .describe = csv_describe,
    .read = csv_read,
    .next = csv_next,
    .resume = csv_resume,
    .where = csv_where,
    .resumable = csv_resumable,
    .position = csv_position,
    .stop = csv_stop,
};
