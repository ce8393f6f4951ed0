/*
 * rejects.c: rows that were refused: counted by rule, judged against the limit, kept in the ledger (inside the phase's
 * transaction) and in one CSV for each source table (which stays when the phase is rolled back).
 *
 * A CSV is written under a name with the run in it and gets its own at the end of the phase: whoever finds DIR/phase.table.csv finds all of
 * it, also while other runs write their own, from the same folder into other targets. What an attempt that was rolled back has left goes when
 * the phase is done: then the ledger says which rejects there are.
 */
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct reject_file { FILE *f; char *path, *part; } reject_file;
typedef struct rt_rejects { reject_file *files; int n; bool dir_made; } rt_rejects; /* per source table */

enum { RAW_IN_LEDGER = 1 << 20 };

static const char header[] = "run,phase,source,file,line,offset,row,column,spec,rule,reason,value,raw\r\n";

/* ---- the CSV ---------------------------------------------------------------------------------------------------------------- */

static void csv_field(FILE *f, const char *p, size_t n, bool last) {
    bool quoted = false;
    for (size_t i = 0; i < n && !quoted; i++)
        quoted = p[i] == '"' || p[i] == ',' || p[i] == '\n' || p[i] == '\r';
    if (quoted)
        putc('"', f);
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '"')
            putc('"', f);
        putc(p[i], f);
    }
    if (quoted)
        putc('"', f);
    fputs(last ? "\r\n" : ",", f);
}

static void csv_text(FILE *f, mig_text v, bool last) {
    csv_field(f, v.p != NULL ? v.p : "", v.p != NULL ? v.n : 0, last);
}

static void csv_int(FILE *f, int64_t v) {
    fprintf(f, "%lld,", (long long)v);
}

static void file_name(const char *name, rt_buf *out) {
    for (const char *p = name; *p != '\0'; p++)
        rt_buf_add(out, *p == '/' || (unsigned char)*p < ' ' ? "_" : p, 1);
}

static mig_status io_error(rt_run *run, const char *what, const char *path) {
    return rt_error_set(&run->error, MIG_IO, "cannot %s \"%s\": %s", what, path, strerror(errno));
}

static mig_status make_dir(rt_run *run, rt_rejects *r) {
    if (r->dir_made)
        return MIG_OK;
    if (mkdir(run->rejects_dir, 0777) != 0 && errno != EEXIST) {
        io_error(run, "make the folder for rejects", run->rejects_dir);
        rt_error_hint(&run->error, "Say with --rejects where they shall go.");
        return MIG_IO;
    }
    r->dir_made = true;
    return MIG_OK;
}

/* Tables of two sources may have one name. */
static bool named_twice(const rt_run *run, const mig_source_table *t) {
    for (int i = 0; i < run->spec->n_source_tables; i++)
        if (run->spec->source_tables[i] != t && strcmp(run->spec->source_tables[i]->name, t->name) == 0)
            return true;
    return false;
}

static mig_status name_file(rt_run *run, const mig_source_table *t, reject_file *file) {
    rt_buf name = {0};
    rt_buf_printf(&name, "%s/", run->rejects_dir);
    file_name(run->phase->phase->name, &name);
    rt_buf_add(&name, ".", 1);
    if (named_twice(run, t)) {
        file_name(run->spec->sources[t->source].name, &name);
        rt_buf_add(&name, ".", 1);
    }
    file_name(t->name, &name);
    rt_buf_printf(&name, ".csv");
    file->path = name.failed ? NULL : rt_arena_copy(run->arena, name.p, name.n);
    file->part = name.failed ? NULL : rt_run_printf(run, "%s.%s.part", name.p, run->id);
    rt_buf_free(&name);
    return file->path == NULL || file->part == NULL ? rt_run_nomem(run) : MIG_OK;
}

static mig_status open_file(rt_run *run, rt_rejects *r, const mig_source_table *t) {
    reject_file *file = &r->files[t->id];
    mig_status st = make_dir(run, r);
    if (st == MIG_OK)
        st = name_file(run, t, file);
    if (st != MIG_OK)
        return st;
    file->f = fopen(file->part, "wb");
    if (file->f == NULL)
        return io_error(run, "write", file->part);
    fputs(header, file->f);
    return MIG_OK;
}

static mig_status to_csv(rt_run *run, rt_rejects *r, const struct rt_reject_row *v, const rt_reject *full) {
    reject_file *file = &r->files[full->source->id];
    mig_status st = file->f == NULL ? open_file(run, r, full->source) : MIG_OK;
    rt_buf raw = {0};
    if (st != MIG_OK)
        return st;
    csv_text(file->f, v->run, false);
    csv_text(file->f, v->phase, false);
    csv_text(file->f, v->source, false);
    csv_text(file->f, v->file, false);
    csv_int(file->f, v->line.v);
    csv_int(file->f, v->byte_offset.v);
    csv_int(file->f, v->row_no.v);
    csv_text(file->f, v->column_name, false);
    csv_text(file->f, v->spec, false);
    csv_text(file->f, v->rule, false);
    csv_text(file->f, v->reason, false);
    csv_text(file->f, v->value, false);
    csv_text(file->f, rt_clean(full->raw, full->raw_n, SIZE_MAX, &raw), true);
    if (raw.failed)
        st = rt_run_nomem(run);
    rt_buf_free(&raw);
    if (st == MIG_OK && ferror(file->f))
        st = io_error(run, "write", file->part);
    return st;
}

/* ---- one reject -------------------------------------------------------------------------------------------------------------- */

static const char *rule_code(mig_rule rule) {
    static const char *const codes[] = {
        "",
#define MIG_RULE(id, code, words) code,
#include "runtime/rules.def"
#undef MIG_RULE
    };
    return codes[rule];
}

static mig_text text_of(const char *s) {
    return s != NULL ? (mig_text){s, strlen(s)} : MIG_NULL_TEXT;
}

static mig_status to_ledger(rt_run *run, struct rt_reject_row *row) {
    rt_phase_run *ph = run->phase;
    mig_status st = MIG_OK;
    if (ph->reject_writer == NULL)
        st = run->ops->writer(run->target, rt_ledger_rejects[run->ops->engine], &ph->reject_writer, &run->error);
    return st == MIG_OK ? run->ops->put(ph->reject_writer, row, &run->error) : st;
}

static void count_rule(rt_run *run, const rt_reject *r, const char *column) {
    rt_rule_count *c = &run->phase->count->rules[r->rule];
    if (c->n++ > 0)
        return;
    rt_buf b = {0};
    rt_place_text(run, r->place, &b);
    snprintf(c->first, sizeof c->first, "%s: %s%s%s", b.p != NULL ? b.p : "", column != NULL ? column : "",
             column != NULL ? ": " : "", r->reason);
    rt_buf_free(&b);
}

static mig_status past_limit(rt_run *run, const char *allowed) {
    const rt_phase_run *ph = run->phase;
    bool given = run->settings->limit_rows >= 0 || run->settings->limit_share >= 0;
    rt_error_set(&run->error, MIG_REJECTS, "phase \"%s\" has %lld reject%s, and %s allowed", ph->phase->name,
                 (long long)ph->rejected, ph->rejected == 1 ? "" : "s", allowed);
    if (ph->count->chunks > 0) /* neither files nor spec may change any more */
        rt_error_hint(&run->error, "Allow more with --reject-limit, or begin anew in an empty target.");
    else
        rt_error_hint(&run->error, "Mend the rows or the spec, or allow more: --reject-limit, or `reject limit` in the phase.");
    run->error.site = given ? NULL : ph->phase->site;
    return MIG_REJECTS;
}

static mig_status judge(rt_run *run) {
    rt_phase_run *ph = run->phase;
    const rt_settings *s = run->settings;
    bool given = s->limit_rows >= 0 || s->limit_share >= 0;
    int64_t rows = given ? s->limit_rows : ph->phase->reject_limit;
    double share = given ? s->limit_share : ph->phase->reject_share;
    char allowed[96];
    if (rows >= 0 && ph->rejected > rows) {
        snprintf(allowed, sizeof allowed, rows == 0 ? "none is" : rows == 1 ? "1 is" : "%lld are", (long long)rows);
        return past_limit(run, allowed);
    }
    if (share >= 0 && ph->known_total > 0 && (double)ph->rejected > share * (double)ph->known_total) {
        snprintf(allowed, sizeof allowed, "%g%% of %lld rows are", share * 100, (long long)ph->known_total);
        return past_limit(run, allowed);
    }
    return MIG_OK;
}

mig_status rt_reject_share(rt_run *run) {
    rt_phase_run *ph = run->phase;
    ph->known_total = ph->read;
    return ph->rejected > 0 ? judge(run) : MIG_OK;
}

static mig_status files_ready(rt_run *run) {
    rt_phase_run *ph = run->phase;
    if (ph->rejects != NULL)
        return MIG_OK;
    size_t n = (size_t)run->spec->n_source_tables;
    rt_rejects *r = rt_arena_alloc(run->arena, sizeof *r);
    reject_file *files = rt_arena_zeroed(run->arena, sizeof *files, n);
    if (r == NULL || files == NULL)
        return rt_run_nomem(run);
    *r = (rt_rejects){.files = files, .n = (int)n};
    ph->rejects = r;
    return MIG_OK;
}

mig_status rt_reject_add(rt_run *run, const rt_reject *r) {
    rt_phase_run *ph = run->phase;
    char spec[512];
    rt_buf raw = {0}, reason = {0};
    mig_status st = files_ready(run);
    if (st != MIG_OK)
        return st;
    ph->rejected++;
    count_rule(run, r, r->column);
    if (r->site != NULL)
        snprintf(spec, sizeof spec, "%s:%d", r->site->file, r->site->line);
    struct rt_reject_row row = {
        .run = text_of(run->id), .migration = text_of(run->spec->name), .phase = text_of(ph->phase->name),
        .source = text_of(rt_source_table_name(run, r->source)), .file = text_of(rt_place_file(run, r->place)),
        .line = MIG_INT(r->place.line), .byte_offset = MIG_INT(r->offset), .row_no = MIG_INT(r->place.row),
        .column_name = text_of(r->column), .spec = r->site != NULL ? text_of(spec) : MIG_NULL_TEXT,
        .rule = text_of(rule_code(r->rule)), .reason = rt_clean(r->reason, strlen(r->reason), SIZE_MAX, &reason), .value = r->value,
        .raw = rt_clean(r->raw, r->raw_n, RAW_IN_LEDGER, &raw)};
    st = raw.failed || reason.failed ? rt_run_nomem(run) : to_csv(run, ph->rejects, &row, r);
    if (st == MIG_OK)
        st = to_ledger(run, &row);
    rt_buf_free(&raw);
    rt_buf_free(&reason);
    return st == MIG_OK ? judge(run) : st;
}

/* ---- rejects of earlier chunks, from the ledger --------------------------------------------------------------------------------- */

static mig_rule rule_of(const char *code) {
    for (int i = 1; i < MIG_RULE_COUNT; i++)
        if (strcmp(rule_code((mig_rule)i), code) == 0)
            return (mig_rule)i;
    return MIG_RULE_RULE;
}

static const mig_source_table *table_named(const rt_run *run, const char *name) {
    for (int i = 0; i < run->spec->n_source_tables; i++)
        if (strcmp(run->source_table_names[i], name) == 0)
            return run->spec->source_tables[i];
    return NULL;
}

/* run, source, file, line, byte_offset, row_no, column_name, spec, rule, reason, value, raw */
static bool take_again(void *arg, int n, const char *const *v, const size_t *lens) {
    rt_run *run = arg;
    int64_t numbers[3] = {0, 0, 0};
    rt_reject full = {.source = n == 12 ? table_named(run, v[1]) : NULL};
    (void)lens;
    if (full.source == NULL)
        return true;
    for (int i = 0; i < 3; i++)
        rt_read_int(v[3 + i], lens[3 + i], &numbers[i]);
    full.raw = v[11] != NULL ? v[11] : "";
    full.raw_n = v[11] != NULL ? lens[11] : 0;
    full.rule = rule_of(v[8]);
    full.reason = v[9];
    full.place = (rt_place){.line = numbers[0], .row = numbers[2]};
    if (!rt_place_named(run, v[2], &full.place.file))
        return false;
    struct rt_reject_row row = {
        .run = text_of(v[0]), .phase = text_of(run->phase->phase->name), .source = text_of(v[1]), .file = text_of(v[2]),
        .line = MIG_INT(numbers[0]), .byte_offset = MIG_INT(numbers[1]), .row_no = MIG_INT(numbers[2]), .column_name = text_of(v[6]),
        .spec = text_of(v[7]), .rule = text_of(v[8]), .reason = text_of(v[9]), .value = text_of(v[10])};
    count_rule(run, &full, v[6]);
    return files_ready(run) == MIG_OK && to_csv(run, run->phase->rejects, &row, &full) == MIG_OK;
}

mig_status rt_rejects_again(rt_run *run) {
    mig_status st = rt_ledger_rejects_of(run, run->phase->phase->name, take_again, run);
    return st == MIG_OK ? run->error.status : st;
}

/* The source column that the failure is about; its text when the failure names no value. */
static const char *failing_column(rt_run *run, const mig_source_table *t, mig_text *value) {
    const mig_ctx *x = &run->ctx;
    const mig_record *r = x->record;
    int column = r->fault != MIG_RULE_NONE ? r->fault_column : -1;
    if (r->show != NULL && column >= 0 && column < t->n_columns) /* a row of a database has its cells, whatever is wrong with one */
        *value = rt_cell_text_typed(&run->ctx, t->columns[column].type, &r->cells[column]);
    if (r->fault != MIG_RULE_NONE)
        return column >= 0 && column < t->n_columns ? t->columns[column].name : NULL;
    if (x->site == NULL) {
        for (int i = 0; i < t->n_columns && x->failed == MIG_RULE_NULL; i++)
            if (t->columns[i].not_null && r->cells[i].kind == MIG_CELL_NULL)
                return t->columns[i].name;
        return NULL;
    }
    for (int i = 0; i < t->n_columns && x->site->source != NULL; i++)
        if (strcmp(t->columns[i].name, x->site->source) == 0)
            *value = rt_cell_text_typed(&run->ctx, t->columns[i].type, &r->cells[i]);
    if (x->site->source != NULL)
        return x->site->source;
    if (x->column == NULL || x->site->target == NULL || strchr(x->site->target, '.') != NULL)
        return x->site->target;
    size_t n = strlen(x->site->target) + strlen(x->column) + 2; /* a rule of the table: "person.email" */
    char *p = mig_alloc(&run->ctx, n);
    if (p != NULL)
        snprintf(p, n, "%s.%s", x->site->target, x->column);
    return p;
}

mig_status rt_reject_current(rt_run *run) {
    mig_ctx *x = &run->ctx;
    mig_text cell = MIG_NULL_TEXT, value = MIG_NULL_TEXT;
    char shown[256];
    const char *column = failing_column(run, run->phase->source, &cell);
    if (x->has_value)
        value = text_of(x->value);
    else if (cell.p != NULL) {
        rt_shorten(shown, sizeof shown, cell.p, cell.n);
        value = text_of(shown);
    }
    mig_text raw = rt_record_raw(x->record);
    rt_reject r = {.source = run->phase->source, .place = rt_place_here(run), .offset = x->record->offset,
                   .raw = raw.p, .raw_n = raw.n,
                   .rule = x->failed != MIG_RULE_NONE ? x->failed : MIG_RULE_RULE, .site = x->site, .column = column,
                   .reason = x->failed != MIG_RULE_NONE ? x->reason : "rejected", .value = value};
    return rt_reject_add(run, &r);
}

/* ---- the end of a phase ------------------------------------------------------------------------------------------------------ */

static mig_status finish_file(rt_run *run, reject_file *file) {
    bool bad = fflush(file->f) != 0 || ferror(file->f) || fsync(fileno(file->f)) != 0;
    int error = errno;
    if (fclose(file->f) != 0 && !bad) {
        bad = true;
        error = errno;
    }
    file->f = NULL;
    errno = error;
    if (bad)
        return io_error(run, "write", file->part);
    if (rename(file->part, file->path) != 0)
        return io_error(run, "rename", file->part);
    if (run->n_reject_files == run->cap_reject_files) {
        int cap = run->cap_reject_files ? run->cap_reject_files * 2 : 8;
        char **v = realloc(run->reject_files, sizeof *v * (size_t)cap);
        if (v == NULL)
            return rt_run_nomem(run);
        run->reject_files = v;
        run->cap_reject_files = cap;
    }
    run->reject_files[run->n_reject_files++] = file->path;
    return MIG_OK;
}

/* The run that wrote the first record of the file. False: nothing that a run writes, or no record. */
static bool written_by(const char *path, char *id, size_t cap) {
    char line[sizeof header + 64];
    struct stat s;
    FILE *f = lstat(path, &s) == 0 && S_ISREG(s.st_mode) ? fopen(path, "rb") : NULL;
    if (f == NULL)
        return false;
    bool ours = fgets(line, sizeof line, f) != NULL && strcmp(line, header) == 0 && fgets(line, sizeof line, f) != NULL;
    if (ours)
        snprintf(id, cap, "%.*s", (int)strcspn(line, ","), line);
    fclose(f);
    return ours;
}

/* What an earlier run of this ledger has left; nobody else's file is touched. */
static mig_status forget(rt_run *run, const char *path, const char *id) {
    bool known = false;
    if (strlen(id) != 36 || strspn(id, "0123456789abcdef-") != 36)
        return MIG_OK;
    mig_status st = rt_ledger_knows_run(run, id, &known);
    return st == MIG_OK && known && unlink(path) != 0 && errno != ENOENT ? io_error(run, "remove", path) : st;
}

/* What runs that were killed have left of the table's file: its name, the run, ".part". */
static mig_status forget_parts(rt_run *run, const reject_file *file) {
    DIR *dir = opendir(run->rejects_dir);
    const char *name = strrchr(file->path, '/') + 1;
    size_t n = strlen(name);
    mig_status st = MIG_OK;
    for (struct dirent *e; dir != NULL && st == MIG_OK && (e = readdir(dir)) != NULL;) {
        char id[37], path[PATH_MAX];
        if (strncmp(e->d_name, name, n) != 0 || e->d_name[n] != '.' || strlen(e->d_name + n + 1) != 36 + strlen(".part") ||
            strcmp(e->d_name + n + 37, ".part") != 0)
            continue;
        snprintf(id, sizeof id, "%.36s", e->d_name + n + 1);
        snprintf(path, sizeof path, "%s/%s", run->rejects_dir, e->d_name);
        st = forget(run, path, id);
    }
    if (dir != NULL)
        closedir(dir);
    return st;
}

static mig_status forget_attempts(rt_run *run) {
    mig_status st = files_ready(run);
    for (int i = 0; i < run->spec->n_source_tables && st == MIG_OK; i++) {
        const mig_source_table *t = run->spec->source_tables[i];
        reject_file *file = &run->phase->rejects->files[t->id];
        char id[64];
        bool own = file->path != NULL; /* this attempt's */
        if (!own)
            st = name_file(run, t, file);
        if (st == MIG_OK && !own && written_by(file->path, id, sizeof id))
            st = forget(run, file->path, id);
        if (st == MIG_OK)
            st = forget_parts(run, file);
    }
    return st;
}

mig_status rt_rejects_finish(rt_run *run, bool whole) {
    rt_rejects *r = run->phase->rejects;
    mig_status st = MIG_OK;
    for (int i = 0; r != NULL && i < r->n; i++) {
        if (r->files[i].f == NULL)
            continue;
        mig_status one = finish_file(run, &r->files[i]);
        if (st == MIG_OK)
            st = one;
    }
    return whole && st == MIG_OK ? forget_attempts(run) : st;
}

void rt_duplicate_row(rt_run *run, const mig_table *t, const char *action, rt_place loser, rt_place winner, mig_status *st) {
    rt_phase_run *ph = run->phase;
    if (*st == MIG_OK && ph->duplicate_writer == NULL)
        *st = run->ops->writer(run->target, rt_ledger_duplicates[run->ops->engine], &ph->duplicate_writer, &run->error);
    struct rt_duplicate_row row = {
        .run = text_of(run->id), .migration = text_of(run->spec->name), .phase = text_of(ph->phase->name),
        .target_table = text_of(t->name), .action = text_of(action), .file = text_of(rt_place_file(run, loser)),
        .line = MIG_INT(loser.line), .row_no = loser.row > 0 ? MIG_INT(loser.row) : MIG_NULL_INT,
        .kept_file = text_of(rt_place_file(run, winner)), .kept_line = MIG_INT(winner.line)};
    if (*st == MIG_OK)
        *st = run->ops->put(ph->duplicate_writer, &row, &run->error);
}
