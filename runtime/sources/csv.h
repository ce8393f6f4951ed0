/*
 * csv.h: what the files of the CSV source share; private to this folder and its tests. From the outside only
 * rt_source_csv (rt.h) is seen. The way of the bytes:
 *
 *   file -> rt_stream (plain, gzip, zstd) -> rt_decoder (UTF-8) -> rt_csv (fields of records) -> source_csv.c (mig_record)
 *
 * Each step pulls from the one before it through an rt_pull, so tests and fuzzers can feed any step from memory.
 */
#ifndef RT_CSV_H
#define RT_CSV_H

#include "runtime/rt.h"
#include "runtime/sources/database.h" /* rt_similar */
#include <sys/stat.h>

/* Up to cap bytes into p; *got 0 only at the end. cap > 0. */
typedef mig_status (*rt_pull)(void *from, char *p, size_t cap, size_t *got, rt_error *e);

/* ---- files.c: which files a pattern means ---------------------------------------------------------------------- */

typedef struct rt_file {
    char *path;     /* as it can be opened */
    char *name;     /* below the source's folder: what records and reports say */
    int64_t size;   /* these four: as the file was when it was found */
    dev_t dev;
    ino_t ino;
    struct timespec mtime;
} rt_file;

typedef struct rt_files { rt_file *v; int n; int64_t bytes; } rt_files;

/*
 * The regular, readable files below folder that pattern (as of glob(3): * ? [...]) means, sorted bytewise. None, one that
 * cannot be read, a pattern that leaves the folder: MIG_PREFLIGHT. On failure nothing has to be freed.
 */
mig_status rt_files_find(const char *folder, const char *pattern, rt_files *out, rt_error *e);
void rt_files_free(rt_files *f);
/* What the bytes of a file are told by. */
typedef struct rt_file_mark { char text[33]; } rt_file_mark;
/* Reads all of the files' bytes. *out: one mark a file, for free(). */
mig_status rt_files_mark(const rt_files *f, rt_file_mark **out, rt_error *e);
/* The files as fields of a text (names, sizes, marks), and how those of such a text differ from them. */
void rt_files_tell(const rt_files *f, const rt_file_mark *marks, rt_buf *out);
mig_status rt_files_compare(const rt_files *f, const rt_file_mark *marks, const char *told, mig_status refusal, rt_error *e);
/* Is what stat() says now the file that was found? */
bool rt_file_same(const rt_file *f, const struct stat *now);

/* ---- inflate.c: the bytes of a file, decompressed ---------------------------------------------------------------- */

typedef struct rt_stream rt_stream;
/* Compression is told by the first bytes; a name in .gz or .zst whose content is something else is an error. */
mig_status rt_stream_open(const rt_file *f, rt_stream **out, rt_error *e);
mig_status rt_stream_read(void *stream, char *p, size_t cap, size_t *got, rt_error *e);
int64_t rt_stream_position(const rt_stream *s);     /* bytes taken from the file */
/* MIG_IO when the file is not the one that was opened, or has another size or time. For the end of the reading. */
mig_status rt_stream_unchanged(const rt_stream *s, rt_error *e);
void rt_stream_close(rt_stream *s);                 /* NULL allowed */

/* ---- decode.c: text in the declared encoding -> UTF-8 -------------------------------------------------------------- */

typedef enum rt_encoding { RT_UTF8, RT_LATIN1, RT_UTF16 } rt_encoding;
bool rt_encoding_named(const char *name, rt_encoding *out);

typedef struct rt_decoder {
    rt_encoding encoding;
    rt_pull pull;
    void *from;
    unsigned char in[16384];
    size_t in_at, in_n;
    char out[4];        /* a character that did not fit behind the last one */
    size_t out_at, out_n;
    bool begun, big_endian, ended;
} rt_decoder;
void rt_decoder_start(rt_decoder *d, rt_encoding encoding, rt_pull pull, void *from);
/*
 * UTF-8 is handed on as it is. What is broken in UTF-16 comes out as bytes that are not UTF-8: a surrogate without its
 * partner as its three bytes ED xx xx, an odd last byte as FF. A byte order mark comes out as U+FEFF.
 */
mig_status rt_decoder_read(void *decoder, char *p, size_t cap, size_t *got, rt_error *e);

/* Offset of the first byte that is not part of valid UTF-8 (shortest forms, no surrogates), or n. */
size_t rt_utf8_check(const char *p, size_t n);
/* Adds text that is certainly valid: bytes that are not UTF-8, and NUL, become \xNN. */
void rt_utf8_escape(const char *p, size_t n, rt_buf *out);
/* Takes outer white space (Unicode's White_Space) off. */
void rt_trim(const char **p, size_t *n);

/* ---- scan.c: where the bytes are that matter ------------------------------------------------------------------------ */

/*
 * For each block of 64 bytes from p: bit i of special[block] is set when byte i is one of the six in set; bit `block` of
 * the result is set when the block has a byte above 0x7F. blocks <= 64; 64 * blocks bytes are read.
 */
typedef uint64_t (*rt_csv_scan_fn)(const char *p, size_t blocks, const char set[6], uint64_t *special);
uint64_t rt_csv_scan_portable(const char *p, size_t blocks, const char set[6], uint64_t *special);
typedef struct rt_csv_scanner { const char *name; rt_csv_scan_fn scan; bool usable; } rt_csv_scanner;
/* Every scanner of this build, best last, "portable" first; usable: this processor can run it. */
const rt_csv_scanner *rt_csv_scanners(int *n);
rt_csv_scan_fn rt_csv_scan_best(void);

/* ---- csv.c: fields of records ---------------------------------------------------------------------------------------- */

#define RT_CSV_BLOCK ((size_t)256 * 1024)
#define RT_CSV_LIMIT ((size_t)1024 * 1024 * 1024 - 1)  /* bytes of a record */
#define RT_CSV_COLUMNS 100000                          /* columns of a header */
#define RT_CSV_HEAD 4096                               /* bytes kept of a record above the limit */

/* What tests change; {0} is what programs run with. */
typedef struct rt_csv_tuning { size_t block, limit; rt_csv_scan_fn scan; } rt_csv_tuning;

/* Bytes [begin, end) of the record: what stands between the quotes, or between the delimiters. */
typedef struct rt_csv_field { uint32_t begin, end; bool escaped; } rt_csv_field;

typedef struct rt_csv_record {
    const char *raw;        /* as it stands in the file, without line end; the first RT_CSV_HEAD bytes when too large */
    size_t raw_n;
    int64_t line, offset;   /* where it begins */
    int64_t last_line;      /* the line on which it ends */
    const rt_csv_field *fields;
    int64_t n_fields;       /* as many as it has; at most `columns` of them are in fields */
    mig_rule fault;         /* TOO_LARGE, QUOTE, NUL, UTF8, or NONE */
    int64_t fault_offset;   /* NUL, UTF8: offset of the byte in the file */
    int64_t fault_line;     /* QUOTE: where the quote opened */
    int64_t fault_field;    /* field in which it stands, or -1 */
    bool fault_unclosed;    /* QUOTE: the quote never closes; else: text after the closing quote */
    int64_t size;           /* bytes of the whole record */
} rt_csv_record;

typedef struct rt_csv rt_csv;
/* NULL: no memory. The options must live as long. */
rt_csv *rt_csv_new(const mig_csv_options *o, const rt_csv_tuning *t);
void rt_csv_free(rt_csv *c);    /* NULL allowed */
/* Begins with a new text: byte order mark and `skip` lines are passed over, lines count from 1. columns as below. */
void rt_csv_start(rt_csv *c, rt_pull pull, void *from);
/*
 * How many fields a record shall have: that many are kept. 1: an empty line is a record of one empty field (otherwise it
 * holds no record). 0: not known yet, all are kept (up to RT_CSV_COLUMNS).
 */
mig_status rt_csv_columns(rt_csv *c, int columns, rt_error *e);
/* The next record, which lives until the next call, or *out NULL at the end. */
mig_status rt_csv_next(rt_csv *c, const rt_csv_record **out, rt_error *e);
/* Writes the field without its escapes to `out` (room for end - begin bytes); returns the length. */
size_t rt_csv_unescape(const rt_csv *c, const rt_csv_field *f, char *out);
/* Bytes of the text pulled so far, and how many of them belong to records that were given out (or passed over). */
void rt_csv_progress(const rt_csv *c, int64_t *pulled, int64_t *used);

/* ---- header.c: columns by name ------------------------------------------------------------------------------------------ */

/*
 * map[i] = place of spec column i in the file. A column that is missing, there twice, or (unless extra_ignore) not in the
 * spec is refused with `refusal`: both names in the message, a hint that says what to do.
 */
mig_status rt_header_match(const mig_source_table *t, const char *path, int64_t line, const mig_text *names, int n_names,
                           mig_status refusal, int *map, rt_error *e);
/* Adds `"a", "b"`, at most `most` of them, then `and N more`. */
void rt_header_list(const mig_source_table *t, int most, rt_buf *out);

/* ---- source_csv.c -------------------------------------------------------------------------------------------------------- */

void rt_source_csv_tune(rt_source *s, const rt_csv_tuning *t); /* for tests */

#endif
