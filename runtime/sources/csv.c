/*
 * csv.c: UTF-8 text -> records and fields. The reading rules are listed in README.md of this folder.
 *
 * The text stands in one buffer that holds the current record and a block beyond it. scan.c tells where the bytes are
 * that matter; this file walks from one to the next with a small state machine, so that nothing is looked at twice and
 * every state can wait for more bytes. All positions are offsets in the text (as bytes of UTF-8), so that moving the
 * buffer changes none of them; fields are offsets from the begin of their record.
 */
#include "runtime/sources/csv.h"
#include <stdlib.h>
#include <string.h>

#define NONE UINT64_MAX
enum { GROUP = 64, BLOCK = 64 }; /* blocks asked for at once; bytes of one */

typedef enum csv_state {
    AT_FILE,        /* at the first byte: a byte order mark? */
    AT_RECORD,      /* at the first byte of a line: a comment? */
    IN_SKIP,        /* lines before the header */
    IN_COMMENT,
    IN_PLAIN,       /* between quoted fields; a quote here opens one only where a field begins */
    IN_QUOTED,
    AFTER_QUOTE,    /* behind a quote in a quoted field: the field's end, or half of a doubled quote */
    AFTER_ESCAPE,   /* behind an escape character that is not the quote */
    IN_BROKEN       /* the record is broken: it ends with this line */
} csv_state;

struct rt_csv {
    const mig_csv_options *options;
    size_t block, limit, comment_n;
    rt_csv_scan_fn scan;
    unsigned char delimiter, quote, escape;
    bool quoting, doubled; /* doubled: a quote is escaped by a quote */
    char set[6];
    rt_pull pull;
    void *from;

    char *buf;              /* bytes [base, base + n) of the text, then BLOCK zeros */
    size_t n, cap;
    uint64_t base;
    bool ended;             /* nothing more to pull */

    uint64_t at;            /* first byte that was not scanned */
    uint64_t masks[GROUP], group_base, mask, mask_base, high_blocks;
    size_t group_n, group_at;
    uint64_t high_end;      /* behind the last block in which a byte above 0x7F was seen */

    csv_state state;
    int skip;               /* lines yet to be skipped */
    uint64_t rec, field;    /* where the record and its current field begin */
    uint64_t cr_next;       /* behind the last CR: a LF there belongs to it; or NONE */
    uint64_t quote_at, close_at, escape_at, quote_eol; /* of the quoted field; its first line end or NONE */
    int64_t line, quote_line;
    uint64_t nul_at;
    bool escaped, discarding;
    char head[RT_CSV_HEAD]; /* begin of a record of which the rest is not kept */

    rt_csv_field *fields;
    int64_t keep, fields_cap, n_fields;
    int columns;
    bool no_memory;
    rt_csv_record out;
};

rt_csv *rt_csv_new(const mig_csv_options *o, const rt_csv_tuning *t) {
    rt_csv *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->options = o;
    c->block = t->block > 0 ? t->block : RT_CSV_BLOCK;
    c->limit = t->limit > 0 ? t->limit : RT_CSV_LIMIT;
    c->scan = t->scan != NULL ? t->scan : rt_csv_scan_best();
    c->comment_n = o->comment != NULL ? strlen(o->comment) : 0;
    c->delimiter = (unsigned char)(o->delimiter != '\0' ? o->delimiter : ',');
    c->quote = (unsigned char)o->quote;
    c->quoting = o->quote != '\0';
    c->escape = (unsigned char)(o->escape != '\0' ? o->escape : o->quote);
    c->doubled = c->escape == c->quote;
    const char set[6] = {(char)c->delimiter, (char)c->quote, c->quoting ? (char)c->escape : '\0', '\r', '\n', '\0'};
    memcpy(c->set, set, sizeof set);
    return c;
}

void rt_csv_free(rt_csv *c) {
    if (c == NULL)
        return;
    free(c->buf);
    free(c->fields);
    free(c);
}

static csv_state first_state(const rt_csv *c) { return c->comment_n > 0 ? AT_RECORD : IN_PLAIN; }

void rt_csv_start(rt_csv *c, rt_pull pull, void *from) {
    c->pull = pull;
    c->from = from;
    c->n = 0;
    c->base = c->at = c->mask = c->group_n = c->group_at = c->high_end = 0;
    c->ended = false;
    c->state = AT_FILE;
    c->skip = c->options->skip;
    c->rec = c->field = 0;
    c->cr_next = NONE;
    c->line = 1;
    c->out.raw = NULL;
}

mig_status rt_csv_columns(rt_csv *c, int columns, rt_error *e) {
    if (columns > c->fields_cap) {
        rt_csv_field *v = realloc(c->fields, (size_t)columns * sizeof *v);
        if (v == NULL)
            return rt_error_set(e, MIG_NOMEM, "out of memory");
        c->fields = v;
        c->fields_cap = columns;
    }
    c->columns = columns;
    c->keep = columns > 0 ? columns : c->fields_cap;
    return MIG_OK;
}

void rt_csv_progress(const rt_csv *c, int64_t *pulled, int64_t *used) {
    *pulled = (int64_t)(c->base + c->n);
    *used = (int64_t)c->rec;
}

/* ---- bytes --------------------------------------------------------------------------------------------------------- */

static inline unsigned char byte_at(const rt_csv *c, uint64_t i) { return (unsigned char)c->buf[i - c->base]; }

/* Bytes before this one are no longer needed. */
static uint64_t needed_from(rt_csv *c) {
    if (c->state == IN_SKIP || c->state == IN_COMMENT) {
        c->rec = c->field = c->at;
        return c->at;
    }
    if (c->state == AT_FILE || c->state == AT_RECORD)
        return c->rec;
    if (!c->discarding && c->base + c->n - c->rec > c->limit) {
        memcpy(c->head, c->buf + (c->rec - c->base), c->limit < RT_CSV_HEAD ? c->limit : RT_CSV_HEAD);
        c->discarding = true;
    }
    return c->discarding ? c->at : c->rec;
}

/* Pulls up to a block behind the buffer's bytes. */
static mig_status fill(rt_csv *c, rt_error *e) {
    uint64_t from = needed_from(c);
    size_t drop = (size_t)(from - c->base);
    if (drop > 0) {
        memmove(c->buf, c->buf + drop, c->n - drop);
        c->base = from;
        c->n -= drop;
    }
    if (c->cap < c->n + c->block) {
        size_t cap = c->n + c->block > 2 * c->cap ? c->n + c->block : 2 * c->cap;
        char *buf = realloc(c->buf, cap + BLOCK);
        if (buf == NULL)
            return rt_error_set(e, MIG_NOMEM, "out of memory for a record of %zu bytes", c->n);
        c->buf = buf;
        c->cap = cap;
    }
    size_t got = 0;
    mig_status st = c->pull(c->from, c->buf + c->n, c->block, &got, e);
    if (st != MIG_OK)
        return st;
    c->n += got;
    c->ended = got == 0;
    memset(c->buf + c->n, 0, BLOCK);
    return MIG_OK;
}

static bool scan_group(rt_csv *c) {
    uint64_t left = c->base + c->n - c->at;
    if (left == 0)
        return false;
    size_t blocks = left >= GROUP * BLOCK ? GROUP : (size_t)((left + BLOCK - 1) / BLOCK);
    c->high_blocks = c->scan(c->buf + (c->at - c->base), blocks, c->set, c->masks);
    c->group_base = c->at;
    c->at += blocks * BLOCK;
    if (left < blocks * BLOCK) { /* the zeros behind the text are not of it */
        c->masks[blocks - 1] &= (UINT64_C(1) << (left % BLOCK)) - 1;
        c->at = c->group_base + left;
    }
    c->group_n = blocks;
    c->group_at = 0;
    return true;
}

/* The next byte that matters, or false when the buffer has no more. */
static inline bool next_special(rt_csv *c, uint64_t *i) {
    while (c->mask == 0) {
        if (c->group_at == c->group_n && !scan_group(c))
            return false;
        c->mask = c->masks[c->group_at];
        c->mask_base = c->group_base + BLOCK * c->group_at;
        if (c->high_blocks >> c->group_at & 1)
            c->high_end = c->mask_base + BLOCK;
        c->group_at++;
    }
    *i = c->mask_base + (unsigned)__builtin_ctzll(c->mask);
    c->mask &= c->mask - 1;
    return true;
}

/* Scanning goes on at i, which is in the buffer. */
static void go_back(rt_csv *c, uint64_t i) {
    c->at = i;
    c->mask = 0;
    c->group_at = c->group_n = 0;
}

/* ---- records ------------------------------------------------------------------------------------------------------- */

/* A record begins at i. */
static inline void begin_record(rt_csv *c, uint64_t i) {
    c->rec = c->field = i;
    c->n_fields = 0;
    c->nul_at = NONE;
    c->escaped = c->discarding = false;
    c->state = first_state(c);
}

/* No room for a field: a header grows, a record only counts. */
static void add_field_slow(rt_csv *c, rt_csv_field f) {
    if (c->columns > 0 || c->discarding)
        return;
    if (c->n_fields >= RT_CSV_COLUMNS)
        return;
    int64_t cap = c->fields_cap < 64 ? 64 : 2 * c->fields_cap;
    rt_csv_field *v = realloc(c->fields, (size_t)cap * sizeof *v);
    if (v == NULL) {
        c->no_memory = true;
        return;
    }
    c->fields = v;
    c->fields_cap = c->keep = cap;
    c->fields[c->n_fields] = f;
}

static inline void add_field(rt_csv *c, uint64_t begin, uint64_t end) {
    rt_csv_field f = {(uint32_t)(begin - c->rec), (uint32_t)(end - c->rec), c->escaped};
    if (c->n_fields < c->keep && !c->discarding)
        c->fields[c->n_fields] = f;
    else
        add_field_slow(c, f);
    c->n_fields++;
    c->escaped = false;
}

/* A CR or LF stands at i. True: a new line begins behind it; false: it is the LF of a CR LF. */
static inline bool count_line(rt_csv *c, uint64_t i, unsigned char ch) {
    if (ch == '\n' && i == c->cr_next)
        return false;
    if (ch == '\r')
        c->cr_next = i + 1;
    c->line++;
    return true;
}

static void find_bad_utf8(rt_csv *c, rt_csv_record *r) {
    size_t bad = rt_utf8_check(r->raw, r->raw_n);
    if (bad == r->raw_n)
        return;
    r->fault = MIG_RULE_UTF8;
    r->fault_offset = (int64_t)(c->rec + bad);
    for (int64_t k = 0; k < r->n_fields && k < c->keep; k++)
        if (bad >= r->fields[k].begin && bad < r->fields[k].end)
            r->fault_field = k;
}

/* The record ends before `end`; the next one is looked for from `next`. last_line: the line it ends on. */
static void end_record(rt_csv *c, uint64_t end, uint64_t next, int64_t last_line) {
    rt_csv_record *r = &c->out;
    mig_rule fault = r->fault; /* QUOTE or none so far */
    r->offset = (int64_t)c->rec;
    r->size = (int64_t)(end - c->rec);
    r->last_line = last_line;
    r->fields = c->fields;
    r->n_fields = c->n_fields;
    r->raw = c->discarding ? c->head : c->buf + (c->rec - c->base);
    r->raw_n = (size_t)r->size;
    if ((uint64_t)r->size > c->limit) {
        r->raw_n = c->limit < RT_CSV_HEAD ? c->limit : RT_CSV_HEAD;
        size_t whole = rt_utf8_check(r->raw, r->raw_n);
        if (r->raw_n - whole < 4)
            r->raw_n = whole; /* no half character at the cut */
        fault = MIG_RULE_TOO_LARGE;
        r->fault_field = -1;
    }
    r->fault = fault;
    if (fault == MIG_RULE_NONE && c->nul_at != NONE) {
        r->fault = MIG_RULE_NUL;
        r->fault_offset = (int64_t)c->nul_at;
    } else if (fault == MIG_RULE_NONE && c->high_end > c->rec) {
        find_bad_utf8(c, r);
    }
    begin_record(c, next);
}

static void note_nul(rt_csv *c, uint64_t i) {
    if (c->nul_at == NONE) {
        c->nul_at = i;
        c->out.fault_field = c->n_fields;
    }
}

/*
 * The quoted field is broken: text (or, unclosed, the end of the file) follows at i. The record ends with the line on
 * which the quote opened, and the lines behind it are read as if nothing had been: one stray quote costs one record.
 * Only a record above the limit cannot go back, because it is not kept. True: the record is at its end.
 */
static bool break_record(rt_csv *c, uint64_t i, bool unclosed) {
    rt_csv_record *r = &c->out;
    r->fault = MIG_RULE_QUOTE;
    r->fault_line = c->quote_line;
    r->fault_unclosed = unclosed;
    r->fault_field = c->n_fields;
    c->state = IN_BROKEN;
    if (i - c->rec > c->limit || c->quote_eol == NONE)
        return false;
    uint64_t eol = c->quote_eol;
    go_back(c, eol + 1);
    c->line = c->quote_line + 1;
    c->cr_next = byte_at(c, eol) == '\r' ? eol + 1 : NONE;
    end_record(c, eol, eol + 1, c->quote_line);
    return true;
}

/* A line end stands at i, outside of quotes, and the field before it is [begin, end). True: a record is at its end. */
static inline bool line_end(rt_csv *c, uint64_t i, unsigned char ch, uint64_t begin, uint64_t end) {
    int64_t line = c->line;
    if (!count_line(c, i, ch) || (i == c->rec && c->columns != 1)) {
        begin_record(c, i + 1); /* rest of a CR LF, or an empty line */
        c->out.line = c->line;
        return false;
    }
    add_field(c, begin, end);
    end_record(c, i, i + 1, line);
    return true;
}

/* The special byte ch at i, outside of quotes. */
static inline bool in_plain(rt_csv *c, uint64_t i, unsigned char ch) {
    if (ch == c->delimiter) {
        add_field(c, c->field, i);
        c->field = i + 1;
        return false;
    }
    if (ch == '\n' || ch == '\r')
        return line_end(c, i, ch, c->field, i);
    if (ch == '\0')
        note_nul(c, i);
    else if (ch == c->quote && i == c->field) {
        c->state = IN_QUOTED;
        c->quote_at = i;
        c->quote_line = c->line;
        c->quote_eol = NONE;
    }
    return false;
}

static void in_quoted(rt_csv *c, uint64_t i, unsigned char ch) {
    if (ch == c->escape && !c->doubled) {
        c->state = AFTER_ESCAPE;
        c->escape_at = i;
    } else if (ch == c->quote) {
        c->state = AFTER_QUOTE;
        c->close_at = i;
    } else if (ch == '\n' || ch == '\r') {
        if (c->quote_eol == NONE)
            c->quote_eol = i;
        (void)count_line(c, i, ch);
    } else if (ch == '\0') {
        note_nul(c, i);
    }
}

/* The next special byte behind a quote that stood in a quoted field. */
static bool after_quote(rt_csv *c, uint64_t i, unsigned char ch) {
    if (i == c->close_at + 1) {
        if (ch == c->delimiter) {
            add_field(c, c->quote_at + 1, c->close_at);
            c->field = i + 1;
            c->state = IN_PLAIN;
            return false;
        }
        if (ch == c->quote && c->doubled) {
            c->escaped = true;
            c->state = IN_QUOTED;
            return false;
        }
        if (ch == '\n' || ch == '\r')
            return line_end(c, i, ch, c->quote_at + 1, c->close_at);
    }
    if (break_record(c, i, false))
        return true;
    if (ch != '\n' && ch != '\r')
        return false;
    int64_t line = c->line;
    (void)count_line(c, i, ch);
    end_record(c, i, i + 1, line);
    return true;
}

/* Takes the special byte at i. True: a record is at its end, in c->out. */
static inline bool take(rt_csv *c, uint64_t i) {
    unsigned char ch = byte_at(c, i);
    int64_t line = c->line;
    switch (c->state) {
    case IN_PLAIN:
        return in_plain(c, i, ch);
    case IN_QUOTED:
        in_quoted(c, i, ch);
        return false;
    case AFTER_QUOTE:
        return after_quote(c, i, ch);
    case AFTER_ESCAPE:
        c->state = IN_QUOTED;
        if (i == c->escape_at + 1 && (ch == c->quote || ch == c->escape))
            c->escaped = true;
        else
            in_quoted(c, i, ch);
        return false;
    case IN_BROKEN:
        if (ch != '\n' && ch != '\r')
            return false;
        (void)count_line(c, i, ch);
        end_record(c, i, i + 1, line);
        return true;
    case IN_SKIP:
    case IN_COMMENT:
        if ((ch == '\n' || ch == '\r') && count_line(c, i, ch) && (c->state == IN_COMMENT || --c->skip == 0)) {
            begin_record(c, i + 1);
            c->out.line = c->line;
        }
        return false;
    case AT_FILE:
    case AT_RECORD:
        break;
    }
    return false;
}

/* AT_FILE and AT_RECORD look at first bytes. False: more of them are needed. */
static bool begin_line(rt_csv *c) {
    size_t have = (size_t)(c->base + c->n - c->rec);
    const char *p = c->buf + (c->rec - c->base);
    if (c->state == AT_FILE) {
        if (have < 3 && !c->ended)
            return false;
        uint64_t i = have >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
        go_back(c, i);
        begin_record(c, i);
        if (c->skip > 0)
            c->state = IN_SKIP;
        return c->state != AT_RECORD || begin_line(c);
    }
    if (have < c->comment_n && !c->ended)
        return false;
    bool is_comment = have >= c->comment_n && memcmp(p, c->options->comment, c->comment_n) == 0;
    c->state = is_comment ? IN_COMMENT : IN_PLAIN;
    return true;
}

/* The text is at its end. True: that ends a record too, or leaves text behind a broken one to be read. */
static bool at_end(rt_csv *c) {
    uint64_t end = c->base + c->n;
    switch (c->state) {
    case IN_PLAIN:
        if (end == c->rec)
            return false;
        add_field(c, c->field, end);
        break;
    case AFTER_QUOTE:
        if (end != c->close_at + 1) {
            if (break_record(c, end, false))
                return true;
            break;
        }
        add_field(c, c->quote_at + 1, c->close_at);
        break;
    case IN_QUOTED:
    case AFTER_ESCAPE:
        if (break_record(c, end, true))
            return true;
        break;
    case IN_BROKEN:
        break;
    case AT_FILE:
    case AT_RECORD:
    case IN_SKIP:
    case IN_COMMENT:
        return false;
    }
    end_record(c, end, end, c->line);
    return true;
}

mig_status rt_csv_next(rt_csv *c, const rt_csv_record **out, rt_error *e) {
    c->out.fault = MIG_RULE_NONE;
    c->out.fault_field = -1;
    c->out.line = c->line;
    *out = NULL;
    for (;;) {
        uint64_t i;
        bool ready = (c->state != AT_FILE && c->state != AT_RECORD) || (c->n > 0 && begin_line(c));
        while (ready && next_special(c, &i)) {
            if (take(c, i)) {
                *out = &c->out;
                break;
            }
            ready = c->state != AT_RECORD || begin_line(c);
        }
        if (c->no_memory)
            return rt_error_set(e, MIG_NOMEM, "out of memory");
        if (*out != NULL)
            return MIG_OK;
        if (c->ended) {
            *out = at_end(c) ? &c->out : NULL;
            return MIG_OK;
        }
        mig_status st = fill(c, e);
        if (st != MIG_OK)
            return st;
    }
}

size_t rt_csv_unescape(const rt_csv *c, const rt_csv_field *f, char *out) {
    const char *p = c->out.raw + f->begin, *end = c->out.raw + f->end;
    char *o = out;
    while (p < end) {
        const char *hit = f->escaped ? memchr(p, c->escape, (size_t)(end - p)) : NULL;
        size_t n = (size_t)((hit != NULL ? hit : end) - p);
        memcpy(o, p, n);
        o += n;
        p += n;
        if (hit == NULL)
            break;
        bool pair = p + 1 < end && ((unsigned char)p[1] == c->quote || (unsigned char)p[1] == c->escape);
        p += pair; /* an escape before anything else is itself */
        *o++ = *p++;
    }
    return (size_t)(o - out);
}
