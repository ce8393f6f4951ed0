/*
 * mig.h: the one header that generated migration programs include.
 *
 * First part: the language's values as C types and the calls that row functions are made of. Second part: the
 * descriptors (tables, aliases, flows, phases) that a generated program hands to mig_main(). What the runtime keeps
 * to itself is in rt.h. Nothing here is for use outside generated code and the runtime.
 *
 * Failure law of row functions: calls return values, never statuses. A call that fails records the first failure in
 * the row context and returns null; the generated code asks mig_failed() where the spec says what shall happen.
 * Out of memory and engine faults are recorded as fatal: the row function's result is then ignored and the phase ends.
 */
#ifndef MIG_H
#define MIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIG_RUNTIME_ABI 1

typedef enum mig_status {
#define MIG_STATUS(id, code, words) MIG_##id,
#include "status.def"
#undef MIG_STATUS
    MIG_STATUS_COUNT
} mig_status;

typedef enum mig_rule {
    MIG_RULE_NONE,
#define MIG_RULE(id, code, words) MIG_RULE_##id,
#include "rules.def"
#undef MIG_RULE
    MIG_RULE_COUNT
} mig_rule;

/* ---- values ------------------------------------------------------------------------------------------------- */

/*
 * Slices point into the input buffer, into constants or into the row arena; they live until the next row at least.
 * Null is p == NULL (an empty value has a p that is not NULL). n counts bytes. Text is valid UTF-8 without U+0000.
 */
typedef struct mig_text { const char *p; size_t n; } mig_text;
typedef struct mig_bytea { const char *p; size_t n; } mig_bytea;
typedef struct mig_json { const char *p; size_t n; } mig_json;       /* json and jsonb: valid JSON text */
typedef struct mig_numeric { const char *p; size_t n; } mig_numeric; /* canonical: -?digits[.digits], scale = digits after the point; no exponent, no NaN */
typedef struct mig_bool { bool v; bool is_null; } mig_bool;
typedef struct mig_int { int64_t v; bool is_null; } mig_int;         /* smallint, integer, bigint */
typedef struct mig_float { double v; bool is_null; } mig_float;      /* real, double precision */
typedef struct mig_date { int32_t v; bool is_null; } mig_date;       /* days since 2000-01-01, proleptic Gregorian */
typedef struct mig_time { int64_t v; bool is_null; } mig_time;       /* microseconds since midnight */
typedef struct mig_timestamp { int64_t v; bool is_null; } mig_timestamp;     /* microseconds since 2000-01-01 00:00, no zone */
typedef struct mig_timestamptz { int64_t v; bool is_null; } mig_timestamptz; /* microseconds since 2000-01-01 00:00 UTC */
typedef struct mig_uuid { uint8_t v[16]; bool is_null; } mig_uuid;
typedef struct mig_list { const mig_text *v; size_t n; bool is_null; } mig_list; /* text[]; elements may be null */

#define MIG_TEXT(literal) ((mig_text){(literal), sizeof(literal) - 1})
#define MIG_NULL_TEXT ((mig_text){NULL, 0})
#define MIG_NULL_BYTEA ((mig_bytea){NULL, 0})
#define MIG_NULL_JSON ((mig_json){NULL, 0})
#define MIG_NULL_NUMERIC ((mig_numeric){NULL, 0})
#define MIG_NULL_BOOL ((mig_bool){false, true})
#define MIG_NULL_INT ((mig_int){0, true})
#define MIG_NULL_FLOAT ((mig_float){0, true})
#define MIG_NULL_DATE ((mig_date){0, true})
#define MIG_NULL_TIME ((mig_time){0, true})
#define MIG_NULL_TIMESTAMP ((mig_timestamp){0, true})
#define MIG_NULL_TIMESTAMPTZ ((mig_timestamptz){0, true})
#define MIG_NULL_UUID ((mig_uuid){{0}, true})
#define MIG_NULL_LIST ((mig_list){NULL, 0, true})
#define MIG_INT(x) ((mig_int){(x), false})
#define MIG_FLOAT(x) ((mig_float){(x), false})
#define MIG_BOOL(x) ((mig_bool){(x), false})
#define MIG_NUMERIC(literal) ((mig_numeric){(literal), sizeof(literal) - 1})

/* ---- places, failures, the row context ------------------------------------------------------------------------ */

/* A place in the spec where a row can fail, and what it is about. Constant data of the generated program. */
typedef struct mig_site {
    const char *file;   /* spec file as given on the command line of the compiler */
    int line, column;   /* from 1; column counts bytes */
    const char *target; /* "table.column" it is for, or NULL */
    const char *source; /* first source column that the expression reads, or NULL */
} mig_site;

typedef struct mig_ctx mig_ctx; /* private head in rt.h; this much is public: */
struct mig_ctx_public {
    mig_rule failed; /* first failure since the last mig_clear(), or MIG_RULE_NONE */
};

/* True when an expression has failed since the last mig_clear(). */
static inline bool mig_failed(const mig_ctx *x) {
    return ((const struct mig_ctx_public *)(const void *)x)->failed != MIG_RULE_NONE;
}

/* Forgets the failure: its handler took care of it. A fatal one stays. */
void mig_clear(mig_ctx *x);

/* Memory that lives as long as the current row (batch). Returns NULL, with the fatal failure recorded, when there is none. */
void *mig_alloc(mig_ctx *x, size_t n);

/*
 * Records a failure: the rule, the offending value (may be null; copied shortened) and a reason in words (printf form,
 * lower case, no full stop: `"soon" is not a date of the form DD.MM.YYYY`). The first one wins.
 */
void mig_fail(mig_ctx *x, mig_rule rule, mig_text value, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* Records an engine fault (out of memory, database): not for rows, ends the phase. */
void mig_fatal(mig_ctx *x, mig_status st, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* What a row function says of its row. */
typedef enum mig_verdict { MIG_ROW_CARRY, MIG_ROW_SKIP, MIG_ROW_REJECT, MIG_ROW_ABORT } mig_verdict;

/* `return mig_reject(x, &site)`: keeps the recorded failure as the row's reason. _why: the spec's own words (rule code "rule"). */
mig_verdict mig_reject(mig_ctx *x, const mig_site *site);
mig_verdict mig_reject_why(mig_ctx *x, const mig_site *site, const char *why);
mig_verdict mig_abort(mig_ctx *x, const mig_site *site);

/* ---- source records -------------------------------------------------------------------------------------------- */

/*
 * What a cell holds. CSV gives TEXT and NULL only. SQLite gives what is stored, whatever the column was declared as; in a column that
 * the spec says is text it gives TEXT. PostgreSQL gives the column's own type: INT for the integers, REAL for the floats, TEXT for texts,
 * BLOB for bytea, and VALUE for all others: boolean, date, time and timestamps in i; numeric and JSON in p and n; the 16 bytes of
 * a uuid at p; the n elements of a text[] as an array of mig_text at p. TEXT is valid UTF-8 without NUL bytes.
 */
typedef enum mig_cell_kind {
    MIG_CELL_NULL, MIG_CELL_TEXT, MIG_CELL_INT, MIG_CELL_REAL, MIG_CELL_BLOB, MIG_CELL_VALUE
} mig_cell_kind;
typedef struct mig_cell {
    const char *p; /* TEXT, BLOB, VALUE; not NULL, not terminated */
    size_t n;
    union { int64_t i; double d; };
    mig_cell_kind kind;
} mig_cell;

/* One source row: cells in the order of the spec's columns. */
typedef struct mig_record mig_record;
struct mig_record {
    const mig_cell *cells;
    int n_cells;
    const char *file;     /* source file, or table name for databases */
    int64_t line;         /* physical line on which the record begins, from 1; row key for databases */
    int64_t row;          /* number of the record in its table, from 1, over all files */
    int64_t offset;       /* byte offset in the (decoded) file */
    const char *raw;      /* the record as it stood in the file, UTF-8 decoded, without its line end; NULL: ask show */
    size_t raw_n;
    mig_text (*show)(const mig_record *); /* rows of databases: made when it is asked for, lives as long as the record */
    mig_rule fault;       /* structural fault found by the reader, or MIG_RULE_NONE */
    const char *fault_why;/* in words, when fault is set */
    int fault_column;     /* index of the cell it stands in, or -1 */
};

static inline mig_text mig_cell_text(const mig_record *r, int i) {
    return r->cells[i].kind == MIG_CELL_TEXT ? (mig_text){r->cells[i].p, r->cells[i].n} : MIG_NULL_TEXT;
}

/*
 * Typed cells of databases (sources/cells.c), by the name of the codec's member. A cell of SQLite that holds something else is read where
 * that loses nothing (digits in a text, 2.0 as an integer), else the read fails (rule parse or range).
 */
mig_bool mig_cell_boolean(mig_ctx *x, const mig_record *r, int i);
mig_int mig_cell_smallint(mig_ctx *x, const mig_record *r, int i);
mig_int mig_cell_integer(mig_ctx *x, const mig_record *r, int i);
mig_int mig_cell_bigint_of_other(mig_ctx *x, const mig_cell *c);
mig_float mig_cell_real(mig_ctx *x, const mig_record *r, int i);
mig_float mig_cell_double_of_other(mig_ctx *x, const mig_cell *c);
mig_numeric mig_cell_numeric(mig_ctx *x, const mig_record *r, int i);
mig_bytea mig_cell_bytea(mig_ctx *x, const mig_record *r, int i);
mig_date mig_cell_date(mig_ctx *x, const mig_record *r, int i);
mig_time mig_cell_time(mig_ctx *x, const mig_record *r, int i);
mig_timestamp mig_cell_timestamp(mig_ctx *x, const mig_record *r, int i);
mig_timestamptz mig_cell_timestamptz(mig_ctx *x, const mig_record *r, int i);
mig_uuid mig_cell_uuid(mig_ctx *x, const mig_record *r, int i);
mig_json mig_cell_json(mig_ctx *x, const mig_record *r, int i);
mig_json mig_cell_jsonb(mig_ctx *x, const mig_record *r, int i);
mig_list mig_cell_list(mig_ctx *x, const mig_record *r, int i);

static inline mig_int mig_cell_bigint(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    return c->kind == MIG_CELL_INT ? MIG_INT(c->i) : mig_cell_bigint_of_other(x, c);
}

static inline mig_float mig_cell_double_(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    return c->kind == MIG_CELL_REAL && c->d - c->d == 0 ? MIG_FLOAT(c->d) : mig_cell_double_of_other(x, c);
}

/* ---- keys: canonical bytes of typed values, hashed -------------------------------------------------------------- */

/* Equal values give equal keys (numerics without trailing zeros, -0 as 0, char(n) without padding). Initialise with mig_key_begin. */
typedef struct mig_key {
    uint8_t inl[104]; /* short keys stand here */
    uint8_t *p;       /* where the bytes are: inl, or the row arena */
    size_t n, cap;
    bool has_null;    /* a part is null: such a key equals nothing */
    mig_ctx *x;
} mig_key;
void mig_key_begin(mig_key *k, mig_ctx *x);
void mig_key_text(mig_key *k, mig_text v);
void mig_key_char(mig_key *k, mig_text v); /* char(n): trailing spaces do not count */
void mig_key_bytea(mig_key *k, mig_bytea v);
void mig_key_json(mig_key *k, mig_json v);
void mig_key_numeric(mig_key *k, mig_numeric v);
void mig_key_bool(mig_key *k, mig_bool v);
void mig_key_int(mig_key *k, mig_int v);
void mig_key_float(mig_key *k, mig_float v);
void mig_key_date(mig_key *k, mig_date v);
void mig_key_time(mig_key *k, mig_time v);
void mig_key_timestamp(mig_key *k, mig_timestamp v);
void mig_key_timestamptz(mig_key *k, mig_timestamptz v);
void mig_key_uuid(mig_key *k, mig_uuid v);
void mig_key_list(mig_key *k, mig_list v);

/* ---- codecs: one generated function per table visits its columns in order --------------------------------------- */

/*
 * The generated `visit_<table>(row, codec)` calls one member per column, in column order, with the column's value.
 * Writers (COPY encoder, SQLite binder, packer) read the value; readers (row from the target, unpacker) fill it in.
 * `name` members take the SQL type where one C type serves several (smallint/integer/bigint, real/double, json/jsonb).
 */
typedef struct mig_codec mig_codec;
struct mig_codec {
    void (*boolean)(mig_codec *, mig_bool *);
    void (*smallint)(mig_codec *, mig_int *);
    void (*integer)(mig_codec *, mig_int *);
    void (*bigint)(mig_codec *, mig_int *);
    void (*real)(mig_codec *, mig_float *);
    void (*double_)(mig_codec *, mig_float *);
    void (*numeric)(mig_codec *, mig_numeric *);
    void (*text)(mig_codec *, mig_text *); /* text, varchar(n), char(n), enum */
    void (*bytea)(mig_codec *, mig_bytea *);
    void (*date)(mig_codec *, mig_date *);
    void (*time)(mig_codec *, mig_time *);
    void (*timestamp)(mig_codec *, mig_timestamp *);
    void (*timestamptz)(mig_codec *, mig_timestamptz *);
    void (*uuid)(mig_codec *, mig_uuid *);
    void (*json)(mig_codec *, mig_json *);
    void (*jsonb)(mig_codec *, mig_json *);
    void (*list)(mig_codec *, mig_list *); /* text[] */
};

/* ---- descriptors ------------------------------------------------------------------------------------------------ */

typedef enum mig_type {
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) MIG_T_##id,
#include "types.def"
#undef MIG_TYPE
    MIG_T_COUNT
} mig_type;

typedef enum mig_engine { MIG_SQLITE, MIG_POSTGRES } mig_engine; /* also the index into [2] arrays below */

typedef struct mig_column {
    const char *name;
    mig_type type;
    int p, s;             /* varchar(p), char(p), numeric(p,s); -1: none */
    const char *as;       /* type in PostgreSQL when the table is constrained, where it is another; or NULL */
    bool not_null;
    bool identity;        /* key given by the program; at most one a table; smallint, integer or bigint */
    const char *sql[2];   /* type in each engine: "varchar(100)", "text" */
} mig_column;

typedef struct mig_table mig_table;

/* A set of columns of a table by which rows are found or must be unique. */
typedef struct mig_index_key {
    const mig_table *table;
    const char *name;      /* "shows_network_name_key", or "title" for a look-up */
    const int *columns; int n_columns;
    void (*key)(const void *row, mig_key *k); /* generated: adds the columns' values */
    int result;            /* look-ups: column whose value is wanted; unique rules: -1 */
    const mig_site *site;
    int id;                /* index into mig_spec.lookups or mig_spec.uniques */
    /*
     * Look-ups by the source row that a row came from: `columns` are those of `from`, `key` is NULL, the result is the primary key (an
     * integer, a uuid or a text). origin adds the record's values; it may fail: such a row is found by nothing.
     */
    const struct mig_source_table *from;
    void (*origin)(mig_ctx *x, const mig_record *s, mig_key *k);
    bool kept;             /* in the ledger: it is asked when the rows are committed */
} mig_index_key;

/* A foreign key of a table of the spec, as the existing table sees it that it refers to. */
typedef struct mig_reference {
    const char *name;
    const int *columns; int n_columns; /* of the existing table */
    int phase;                         /* in which PostgreSQL gets it, index into mig_spec.phases; -1: in none */
    const mig_site *site;
} mig_reference;

struct mig_table {
    const char *name;
    int id;                        /* index into mig_spec.tables */
    const char *schema;            /* PostgreSQL: NULL in specs (the target's schema); the ledger's tables name their own */
    bool existing;                 /* owned by someone else: verified, never created */
    const mig_column *columns; int n_columns;
    int identity;                  /* index of the identity column, or -1 */
    bool keeps_sequence;           /* a step puts its sequence where the source's stands */
    int primary;                   /* index of the single-column primary key, or -1 */
    size_t row_size;               /* sizeof(struct row_<table>) */
    void (*visit)(void *row, mig_codec *c);
    int64_t (*get_identity)(const void *row);
    void (*set_identity)(void *row, int64_t v);
    /*
     * Null in not null columns, lengths, check constraints: records the failure (rule, value, reason) and returns false.
     * Called for every row that is to be written, as it stands when it is to be written.
     */
    bool (*holds)(mig_ctx *x, const void *row);
    const char *const *create[2];    /* SQL in order, NULL at the end: table, and what must be there before rows */
    const char *const *constrain[2]; /* indexes, foreign keys: after the load. SQLite: foreign keys stand in create */
    const char *const *indexes[2];   /* of an `index` step of the spec; NULL: they are among `constrain` */
    const char *const *comments;     /* unused rows end: NULL */
    const mig_reference *referred; int n_referred; /* existing tables: references of the spec to them */
    const mig_site *site;
};

typedef struct mig_source_column {
    const char *name; bool not_null; mig_type type;
    int p, s;               /* varchar(p), char(p), numeric(p,s); p 0: none */
} mig_source_column;

typedef struct mig_csv_options {
    const char *const *nulls; const size_t *null_lens; int n_nulls;
    bool trim;
    const char *encoding;   /* "utf8", "latin1", "utf16" */
    char delimiter, quote, escape; /* quote '\0': no quoting; escape: as quote unless given */
    bool header;
    const char *comment;    /* lines that begin with it are passed over; NULL: none */
    int skip;               /* physical lines passed over before the header */
    bool extra_ignore;      /* columns of the file that the spec does not name are passed over, not refused */
} mig_csv_options;

typedef struct mig_source_table mig_source_table;
struct mig_source_table {
    const char *name;       /* "shows" */
    int source;             /* index into mig_spec.sources */
    int id;                 /* index into mig_spec.source_tables */
    const char *pattern;    /* CSV: file name or glob below the source's folder */
    const char *query;      /* databases: SQL whose answer the rows are; NULL: the table (or view) of this name */
    const char *schema;     /* PostgreSQL: schema of the table, NULL: the connection's own */
    const mig_source_column *columns; int n_columns;
    const int *key; int n_key; /* databases: columns of the primary key that the spec declares, and the preflight looks at; n_key 0: none */
    mig_csv_options csv;
    const mig_site *site;
};

typedef enum mig_source_kind { MIG_SOURCE_CSV, MIG_SOURCE_SQLITE, MIG_SOURCE_POSTGRES } mig_source_kind;

/* Where a source or target is: a literal, or an environment variable with an optional default; --source/--target win. */
typedef struct mig_location { const char *text; const char *env; const char *fallback; } mig_location;
typedef struct mig_source_def {
    const char *name; mig_source_kind kind; mig_location at;
    int wait;               /* PostgreSQL: seconds that a server which does not answer is waited for */
    const mig_site *site;
} mig_source_def;
typedef struct mig_target_def {
    const char *name; mig_engine engine; mig_location at;
    const char *schema;     /* PostgreSQL schema, or NULL for the connection's own */
    int wait;               /* PostgreSQL: seconds that a server which does not answer is waited for */
    const mig_site *site;
} mig_target_def;

/* ---- aliases ---- */

typedef enum mig_unknown { MIG_UNKNOWN_REJECT, MIG_UNKNOWN_NULL, MIG_UNKNOWN_USE, MIG_UNKNOWN_CREATE } mig_unknown;

/* One literal of the spec: canonical text, synonyms, and (optionally) a function that sets the row's other columns. */
typedef struct mig_alias_value {
    mig_text canonical; const mig_text *synonyms; int n_synonyms;
    void (*set)(mig_ctx *x, void *row);
    const mig_site *site;
} mig_alias_value;

typedef struct mig_alias mig_alias;
struct mig_alias {
    const char *name;
    int id;                        /* index into mig_spec.aliases */
    const mig_table *table; int column;            /* canonical rows and their text column */
    const mig_table *names; int names_column, names_ref; /* synonym table, its text column and its reference; NULL: none */
    void (*set_text)(void *row, mig_text v);       /* puts the canonical text */
    void (*set_name)(void *names_row, mig_text alias, const void *canonical_row); /* fills a row of names (keys apart) */
    void (*defaults)(mig_ctx *x, void *row);       /* columns' defaults for a fresh canonical row; text and key not yet set */
    void (*names_defaults)(mig_ctx *x, void *row);
    void (*created)(mig_ctx *x, void *row);        /* unknown create { … }: sets the other columns; NULL: none */
    mig_text (*fold)(mig_ctx *x, mig_text v);      /* the match rules, in order */
    mig_text (*clean)(mig_ctx *x, mig_text v);     /* match rules without casefold and unaccent: how synonyms and created rows are stored; NULL: as typed */
    mig_unknown unknown; mig_text use;             /* use: canonical text for MIG_UNKNOWN_USE */
    const mig_alias_value *values; int n_values;
    const struct mig_flow *const *lists; int n_lists; /* `from …` clauses: flows whose row function calls mig_alias_entry */
    const mig_site *site;
};

/*
 * Called by the row functions of an alias's lists: this canonical text, with these synonyms, in this row (struct row_<table>
 * with defaults and the list's own columns set; text and key are put by the call). Returns what the row function returns.
 */
mig_verdict mig_alias_entry(mig_ctx *x, const mig_alias *a, const mig_site *site, mig_text canonical,
                            const mig_list *synonyms, int n_synonyms, void *row);

/* Key of the canonical row that the text means. Null text gives null. Fails with unknown; by the alias's policy may create. */
mig_int mig_alias_int(mig_ctx *x, const mig_alias *a, mig_text v);
mig_uuid mig_alias_uuid(mig_ctx *x, const mig_alias *a, mig_text v);
mig_text mig_alias_text(mig_ctx *x, const mig_alias *a, mig_text v);

/* ---- look-ups by natural key: fail with missing or ambiguous; a key with a null part gives null ---- */
mig_int mig_lookup_int(mig_ctx *x, const mig_index_key *l, const mig_key *k);
mig_uuid mig_lookup_uuid(mig_ctx *x, const mig_index_key *l, const mig_key *k);
mig_text mig_lookup_text(mig_ctx *x, const mig_index_key *l, const mig_key *k);
/* Any other result type: the value as packed by the table's codec; generated code passes its own row and reads the column there.
   Returns false (row untouched) when the key is null or the look-up failed. */
bool mig_lookup_row(mig_ctx *x, const mig_index_key *l, const mig_key *k, void *row);

/* ---- look-ups in two steps: tables that refer to each other, or to themselves ---- */

/* What becomes of a row when an expression fails. */
typedef enum mig_on_failure { MIG_ON_FAILURE_REJECT, MIG_ON_FAILURE_SKIP, MIG_ON_FAILURE_VALUE, MIG_ON_FAILURE_ABORT } mig_on_failure;

/*
 * A look-up that may mean a row which is mapped later than the row that asks: the column is left open, the row waits, and the RESOLVE step
 * answers it when all rows that it may mean are mapped. It is always the whole value of a column.
 */
typedef struct mig_late {
    int id;                        /* index into mig_spec.lates */
    const mig_index_key *key;
    const mig_table *table; int column; /* the into's: what is left open */
    int source_column;             /* of the flow's source: whose text a reject tells; -1: none */
    bool not_null;                 /* null in the brackets is a failure */
    mig_on_failure on_failure;     /* VALUE: what stands in the column stays there */
    const char *why;               /* the spec's words for a reject, or NULL */
    const mig_site *site;
} mig_late;

/* Leaves the column open, unless the key has a null: the answer is null then (which fails where not_null says so). */
void mig_await(mig_ctx *x, const mig_late *late, const mig_key *k);
/* Is this column of the row at hand left open? Null is no fault of it yet. */
bool mig_is_open(const mig_ctx *x, int column);

/* Flows whose rows wait for each other. */
typedef struct mig_ring {
    int id;                        /* index into mig_spec.rings */
    const struct mig_flow *const *flows; int n_flows;
    const mig_site *site;
} mig_ring;

/* ---- look-ups in source tables: src.u[col = e].other ---- */

/*
 * By which columns rows are found (`key` adds them; it may fail: such a row is found by no value), and which of their cells are
 * kept. A phase that asks has read the table once before its first row.
 */
typedef struct mig_source_key {
    const mig_source_table *table;
    const char *name;              /* "id": for messages */
    void (*key)(mig_ctx *x, const mig_record *s, mig_key *k);
    const int *kept; int n_kept;   /* columns of the table */
    const mig_site *site;
    int id;                        /* index into mig_spec.source_lookups */
} mig_source_key;

/* The row, with its kept cells only, until the next call; NULL: the key has a null part, or the failure is recorded (missing, ambiguous). */
const mig_record *mig_source_find(mig_ctx *x, const mig_source_key *l, const mig_key *k);
/* Behind the reading of a cell that may have failed: the reason says whose cell it is. */
void mig_source_found(mig_ctx *x, const mig_source_key *l, int column);

/* ---- dedup ---- */

typedef enum mig_duplicate { MIG_DUP_DROP, MIG_DUP_REJECT, MIG_DUP_MERGE, MIG_DUP_REWRITE } mig_duplicate;

typedef struct mig_dedup {
    const mig_table *table;
    int id;                        /* index into mig_spec.dedups */
    void (*key)(mig_ctx *x, const void *row, mig_key *k);
    bool keep_last;                /* else first */
    /*
     * The `by` expression, as strcmp compares; NULL: source order, which breaks ties, too. A null never wins over a value: it
     * compares greater than all values when the first is kept, smaller than all when the last is.
     */
    int (*order)(mig_ctx *x, const void *a, const void *b);
    mig_duplicate action;
    const char *why;               /* MIG_DUP_REJECT's words, or NULL */
    /*
     * MIG_DUP_MERGE. acc begins as a copy of the first row; fold is called for each further row in source order, with its number
     * n = 2, 3, …; finish is called once for every group (n: its rows, 1 for a row without duplicates) and makes of acc the row that
     * is written: columns without a rule get the kept row's value or, where that is null, the first that is not (fold gathers it).
     */
    void (*fold)(mig_ctx *x, void *acc, const void *row, int64_t n);
    void (*finish)(mig_ctx *x, void *acc, const void *kept, int64_t n);
    const int *strict; int n_strict; /* MIG_DUP_MERGE: columns in which two rows of a group must not have different values */
    void (*rewrite)(mig_ctx *x, void *row); /* MIG_DUP_REWRITE: for each row that is not kept */
    bool late;                     /* true: rows are held until the phase's last flow into the table is done */
    bool keys_known;               /* late: look-ups by source rows may have a row's key before it is settled */
    const mig_site *site;
} mig_dedup;

/* ---- flows ---- */

/*
 * One `into` of a flow: what the accounting counts by. own_key: the into sets the table's identity column itself. refused: what
 * becomes of a row that waited and then breaks a rule of its table (REJECT, SKIP or ABORT).
 */
typedef struct mig_into { const mig_table *table; bool own_key; mig_on_failure refused; const mig_site *site; } mig_into;

typedef struct mig_flow {
    const char *name;              /* "sheets.shows" */
    int id;                        /* index into mig_spec.flows (alias lists have flows too) */
    const mig_source_table *source;
    mig_verdict (*row)(mig_ctx *x, const mig_record *s);
    const mig_into *intos; int n_intos;
    int ring;                      /* number, from 1, of the ring that it is in; 0: none */
    const mig_site *site;
} mig_flow;

/*
 * A row for the flow's into number `into` (row: struct row_<table>, complete but for the identity key, which the call puts in
 * so that later expressions of the same source row can refer to it; the row is copied). It is kept until the row function says
 * MIG_ROW_CARRY and forgotten otherwise. False: the row is refused, the failure is recorded (a check or unique rule of the table,
 * a duplicate that the spec rejects, or a fatal fault) and nothing of it is kept; the flow's `on error` decides, as for any expression:
 *     if (!mig_emit(x, 0, &out))
 *         return mig_reject(x, &site);        (on error skip: mig_clear(x), mig_into_skip(x, 0))
 * A row that dedup drops or holds gives true; its key is then that of the row it is the same as.
 */
bool mig_emit(mig_ctx *x, int into, void *row);
/* One into-row was given up by `else skip`, or its `when` did not hold (counted, nothing else). */
void mig_into_skip(mig_ctx *x, int into);

/* ---- checks ---- */

typedef struct mig_check {
    const char *name;
    bool before;                   /* before or after its phase */
    int phase;                     /* index into mig_spec.phases */
    bool warn;                     /* failing only warns */
    mig_bool (*test)(mig_ctx *x);  /* generated from the expression, using the calls below */
    const char *text;              /* the expression as written, for messages */
    const mig_site *site;
} mig_check;

/* Rows of a target table for which holds() is true; holds NULL: all. With every: false at the first row where it is not true (null counts as not true). */
mig_int mig_check_count_target(mig_ctx *x, const mig_table *t, mig_bool (*holds)(mig_ctx *x, const void *row));
mig_bool mig_check_every_target(mig_ctx *x, const mig_table *t, mig_bool (*holds)(mig_ctx *x, const void *row));
mig_bool mig_check_unique_target(mig_ctx *x, const mig_table *t, void (*key)(mig_ctx *x, const void *row, mig_key *k));
/* The same over a source table; structurally faulty records do not count in unique and every. */
mig_int mig_check_count_source(mig_ctx *x, const mig_source_table *t, mig_bool (*holds)(mig_ctx *x, const mig_record *s));
mig_bool mig_check_every_source(mig_ctx *x, const mig_source_table *t, mig_bool (*holds)(mig_ctx *x, const mig_record *s));
mig_bool mig_check_unique_source(mig_ctx *x, const mig_source_table *t, void (*key)(mig_ctx *x, const mig_record *s, mig_key *k));
mig_bool mig_check_refers(mig_ctx *x, const mig_table *from, int from_column, const mig_table *to, int to_column);
mig_int mig_check_rejected(mig_ctx *x, const mig_source_table *t);
mig_int mig_check_skipped(mig_ctx *x, const mig_source_table *t);
mig_int mig_check_merged(mig_ctx *x, const mig_table *t);
mig_bool mig_check_sql(mig_ctx *x, const char *sql);

/* ---- measures ---- */

/* Medians in milliseconds; null: the measure has none. */
typedef struct mig_medians { mig_float before, after, baseline; } mig_medians;

/* What a test asks: a query that was not timed leaves the expectation unjudged. */
typedef enum mig_median { MIG_ASKS_BEFORE = 1, MIG_ASKS_AFTER = 2, MIG_ASKS_BASELINE = 4 } mig_median;

typedef struct mig_expect {
    mig_bool (*test)(mig_ctx *x, const mig_medians *m);
    unsigned asks;                 /* of mig_median */
    bool warn;                     /* failing only warns */
    const char *text;              /* the expression as written, for messages */
    const mig_site *site;
} mig_expect;

/* A query that is timed; source: index into mig_spec.sources, -1: it is asked of the target. */
typedef struct mig_timed { int source; const char *sql; const mig_site *site; } mig_timed;

typedef struct mig_measure {
    const char *name;
    int id;                        /* index into mig_spec.measures */
    int phase;                     /* index into mig_spec.phases: timed when it is committed */
    const mig_timed *before, *after; /* NULL: there is none */
    const mig_expect *expects; int n_expects;
    const mig_site *site;
} mig_measure;

/* ---- phases ---- */

/* A sequence of the target, to be put where one of the source stands: one by its own name, or the one that a column owns. */
typedef struct mig_sequence { const char *name; const char *table, *column; int source; const char *schema; } mig_sequence;

typedef enum mig_step_kind {
    MIG_STEP_CREATE, MIG_STEP_CONSTRAIN, MIG_STEP_INDEX, MIG_STEP_LOAD, MIG_STEP_FLOW, MIG_STEP_SQL, MIG_STEP_SETTLE,
    MIG_STEP_RESOLVE, MIG_STEP_BACKUP, MIG_STEP_RUN, MIG_STEP_OBJECT, MIG_STEP_SEQUENCE
} mig_step_kind;

typedef struct mig_step {
    mig_step_kind kind;
    const mig_table *table;  /* CREATE, CONSTRAIN, INDEX: one table a step, in an order that references allow */
    const mig_alias *alias;  /* LOAD */
    const mig_flow *flow;    /* FLOW */
    const mig_ring *ring;    /* RESOLVE: the rows that wait for look-ups, after all flows into the tables that they look up */
    const mig_dedup *dedup;  /* SETTLE: the held rows of a late dedup, after the last flow into its table */
    const char *sql, *undo;  /* SQL (OBJECT: for PostgreSQL alone), and what takes it back, or NULL */
    const mig_site *sql_site;/* SQL: where its text begins in the spec */
    int source; mig_location to; /* BACKUP: which source (-1: the target), into which folder. Before all other steps of its phase */
    const char *const *words;/* RUN: the program and its arguments, NULL behind them */
    const char *label;       /* OBJECT: view "totals" */
    const mig_sequence *sequence; /* SEQUENCE */
    const mig_site *site;
} mig_step;

typedef struct mig_phase {
    const char *name;
    int id;
    bool manual;
    bool defers;                              /* its rows may refer to each other: references are checked at the end, where they can be */
    const int *after; int n_after;            /* phases that must be done; indexes */
    const mig_check *const *needs; int n_needs;   /* `requires` */
    int64_t reject_limit; double reject_share;/* rows, or share 0…1; negative: none */
    int64_t commit_every;                     /* source rows of a chunk, each of which is a transaction; 0: the phase is one */
    const mig_step *steps; int n_steps;
    /* Which in-memory structures the phase must have ready (they are built from the target when the phase begins): */
    const mig_alias *const *aliases; int n_aliases;
    const mig_index_key *const *lookups; int n_lookups;
    const mig_source_key *const *source_lookups; int n_source_lookups;
    const mig_index_key *const *uniques; int n_uniques;
    const mig_site *site;
} mig_phase;

/* What a source held when the spec was compiled: its catalogue's objects as sources/catalog.h makes them, in their one form. */
typedef struct mig_object { const char *label, *form; } mig_object;
typedef struct mig_snapshot {
    int source; const char *schema;
    const char *file;        /* the snapshot beside the spec, or NULL */
    const char *const *except; int n_except; /* names of what is left alone */
    const mig_object *objects; int n_objects;
    const mig_site *site;
} mig_snapshot;

typedef struct mig_spec {
    int abi;
    const char *name;        /* migration's name */
    const char *file;        /* spec file as given */
    const char *hash;        /* sha256 of the spec's tokens (all files), hex: a changed spec cannot continue another's run */
    const char *compiler;    /* "migc 0.1.0" */
    const mig_source_def *sources; int n_sources;
    const mig_source_table *const *source_tables; int n_source_tables;
    const mig_snapshot *const *snapshots; int n_snapshots;
    const mig_target_def *target;
    const mig_table *const *tables; int n_tables;
    const mig_alias *const *aliases; int n_aliases;
    const mig_dedup *const *dedups; int n_dedups;
    const mig_index_key *const *lookups; int n_lookups;
    const mig_source_key *const *source_lookups; int n_source_lookups;
    const mig_index_key *const *uniques; int n_uniques;
    const mig_flow *const *flows; int n_flows;
    const mig_late *const *lates; int n_lates;
    const mig_ring *const *rings; int n_rings;
    const mig_check *const *checks; int n_checks;
    const mig_measure *const *measures; int n_measures;
    const mig_phase *const *phases; int n_phases;   /* in the order in which they run */
} mig_spec;

/* The whole of a migration program's main(): command line, run, exit code of interface.md. */
int mig_main(const mig_spec *spec, int argc, char **argv);

/* ---- the language's functions: prototypes come from the table ---------------------------------------------------- */

#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help) ctype cname params;
#define MIG_FORM(id, syntax, family, help)
#include "functions.def"
#undef MIG_FN
#undef MIG_FORM

#include "ops.h"

#endif
