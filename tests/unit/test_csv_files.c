/* The CSV source around the records: files and patterns, compression, encodings, headers, the preflight, large fields. */
#include "tests/unit/csv_fixture.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <zlib.h>
#include <zstd.h>

#define BYTES(literal) (literal), sizeof(literal) - 1
#define PLACE "source table \"shows\": the header of \"DIR/shows.csv\" (line 1) "

static fx f;

static int end(void **state) {
    (void)state;
    fx_end(&f);
    return 0;
}

static void text_file(const char *name, const char *text) { fx_file(&f, name, text, strlen(text)); }
static void reads(const char *want) { fx_expect_text(fx_read(&f), want); }
static void described(const char *want) { fx_expect_text(fx_describe(&f), want); }

/* ---- which files ---- */

static void several_files_make_one_table(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.t.pattern = "s*.csv";
    text_file("s10.csv", "b,a\n4,3\n");
    text_file("s1.csv", "a,b\n1,2");
    text_file("sZ.csv", "a,b\n");
    text_file("s9.csv", "\n\na,b\n5,6\n7\n");
    text_file(".s.csv", "hidden");
    text_file("t.csv", "other");
    assert_int_equal(mkdir(fx_path(&f, "sub.csv"), 0755), 0);
    reads("2@4 1|2\n2@4 3|4\n4@6 5|6\n5@10 !ragged: 1 field where 2 were expected {7}\n");
    described("4 files, 31 bytes, 4 rows\n");
    f.t.pattern = "*/*.csv";
    text_file("sub.csv/x.csv", "a,b\n8,9");
    reads("2@4 8|9\n");
}

static void refused_files(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    described("error PREFLIGHT: there is no file \"shows.csv\" in \"DIR\" / The folder is empty.\n");
    text_file("Show.csv", "a,b\n");
    described("error PREFLIGHT: there is no file \"shows.csv\" in \"DIR\" / Did you mean \"Show.csv\"?\n");
    f.t.pattern = "x?y*.csv";
    described("error PREFLIGHT: no file in \"DIR\" matches \"x?y*.csv\"\n");
    f.t.pattern = "../shows.csv";
    described("error PREFLIGHT: the file pattern \"../shows.csv\" leaves the folder \"DIR\" / Make the source's location a folder above "
              "all of its files.\n");
    f.t.pattern = "/etc/passwd";
    described("error PREFLIGHT: the file pattern \"/etc/passwd\" leaves the folder \"DIR\" / Make the source's location a folder above "
              "all of its files.\n");
    f.t.pattern = ".*/*.csv"; /* hits "." and "..": the first is this folder, the second is left */
    described("1 files, 4 bytes, 0 rows\n");
    f.t.pattern = "";
    described("error PREFLIGHT: the file pattern is empty\n");
    f.t.pattern = "d.csv";
    assert_int_equal(mkdir(fx_path(&f, "d.csv"), 0755), 0);
    described("error PREFLIGHT: \"DIR/d.csv\" is a folder, not a CSV file\n");
    f.t.pattern = "pipe.csv";
    assert_int_equal(mkfifo(fx_path(&f, "pipe.csv"), 0600), 0);
    described("error PREFLIGHT: \"DIR/pipe.csv\" is not a regular file\n");
    f.t.pattern = "secret.csv";
    text_file("secret.csv", "a,b\n");
    assert_int_equal(chmod(fx_path(&f, "secret.csv"), 0), 0);
    if (geteuid() != 0)
        described("error PREFLIGHT: \"DIR/secret.csv\" cannot be read: Permission denied\n");
}

static void symbolic_links(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    text_file("real.data", "a,b\n1,2\n");
    assert_int_equal(symlink("real.data", fx_path(&f, "shows.csv")), 0);
    reads("2@4 1|2\n");
    f.t.pattern = "gone.csv";
    assert_int_equal(symlink("nowhere", fx_path(&f, "gone.csv")), 0);
    described("error PREFLIGHT: \"DIR/gone.csv\" is a symbolic link to a file that is not there\n");
}

static void folders(void **state) {
    char saved[sizeof f.dir];
    (void)state;
    fx_begin(&f, "a,b");
    text_file("shows.csv", "a,b\n");
    memcpy(saved, f.dir, sizeof saved);
    strncat(f.dir, "/[1]*", sizeof f.dir - strlen(f.dir) - 1); /* nothing in the folder's own name is a pattern */
    assert_int_equal(mkdir(f.dir, 0755), 0);
    text_file("shows.csv", "a,b\n1,2");
    f.t.pattern = "*s.csv";
    reads("2@4 1|2\n");
    memcpy(f.dir, saved, sizeof saved);
    strncat(f.dir, "/none", sizeof f.dir - strlen(f.dir) - 1);
    described("error PREFLIGHT: source \"sheets\": folder \"DIR\" cannot be opened: No such file or directory\n");
    memcpy(f.dir, saved, sizeof saved);
    strncat(f.dir, "/shows.csv", sizeof f.dir - strlen(f.dir) - 1);
    described("error PREFLIGHT: source \"sheets\": \"DIR\" is a file, not a folder / The location is the folder; each table of the "
              "source says its file.\n");
    memcpy(f.dir, saved, sizeof saved);
}

static void a_file_that_changes(void **state) {
    const rt_source_ops *ops = &rt_source_csv;
    rt_source_stat stat;
    const mig_record *rec;
    (void)state;
    fx_begin(&f, "a,b");
    for (int way = 0; way < 3; way++) {
        rt_error e = {0};
        rt_source *s;
        rt_reader *r;
        text_file("shows.csv", "a,b\n1,2\n");
        assert_int_equal(ops->open(&f.def, f.dir, &s, &e), MIG_OK);
        assert_int_equal(ops->describe(s, &f.t, &stat, &e), MIG_OK);
        assert_int_equal(ops->read(s, &f.t, &r, &e), MIG_OK);
        if (way == 0)
            text_file("shows.csv", "a,b\n1,2\n3,4\n");
        mig_status st = ops->next(r, &rec, &e);
        if (way > 0) {
            assert_int_equal(st, MIG_OK);
            if (way == 1) {
                text_file("shows.csv", "a,b\n"); /* cut short while it is read */
            } else {
                text_file("other", "a,b\n1,2\n");
                const char *other = strdupa(fx_path(&f, "other"));
                assert_int_equal(rename(other, fx_path(&f, "shows.csv")), 0);
            }
            st = ops->next(r, &rec, &e);
        }
        assert_int_equal(st, MIG_IO);
        assert_non_null(strstr(e.message, way == 0 ? "the file has changed since it was checked"
                                                   : "the file changed while it was read"));
        ops->stop(r);
        ops->close(s);
    }
}

/* ---- compression ---- */

static size_t gzip(const char *p, size_t n, char *out, size_t cap) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)p;
    z.avail_in = (uInt)n;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)cap;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return z.total_out;
}

static char *numbers(size_t rows, size_t *n) {
    rt_buf b = {0};
    rt_buf_printf(&b, "a,b\n");
    for (size_t i = 0; i < rows; i++)
        rt_buf_printf(&b, "%zu,\"%zu\"\n", i, i * i);
    *n = b.n;
    return b.p;
}

/* Reads the file under both names' block sizes; the rows of numbers(). */
static void reads_numbers(const char *name, size_t rows) {
    static const size_t blocks[] = {0, 1, 1000};
    f.t.pattern = name;
    f.places = false;
    for (size_t k = 0; k < 3; k++) {
        f.tune.block = blocks[k];
        char *got = fx_read(&f), *at = got;
        for (size_t i = 0; i < rows; i++) {
            char want[64];
            int n = snprintf(want, sizeof want, "%zu|%zu\n", i, i * i);
            assert_memory_equal(at, want, (size_t)n);
            at += n;
        }
        assert_string_equal(at, "");
        free(got);
    }
    f.tune.block = 0;
}

static void gzip_files(void **state) {
    size_t n, k;
    (void)state;
    fx_begin(&f, "a,b");
    char *text = numbers(20000, &n), *z = malloc(n + 1000);
    k = gzip(text, n, z, n + 1000);
    fx_file(&f, "x.csv.gz", z, k);
    fx_file(&f, "unnamed", z, k);
    reads_numbers("x.csv.gz", 20000);
    reads_numbers("unnamed", 20000);
    size_t first = gzip(text, 10000, z, n), second = first + gzip(text + 10000, n - 10000, z + first, n + 1000 - first);
    memset(z + second, 0, 512);
    fx_file(&f, "members.gz", z, second);
    fx_file(&f, "padded.gz", z, second + 512);
    reads_numbers("members.gz", 20000);
    reads_numbers("padded.gz", 20000);
    free(text);
    free(z);
}

static void broken_gzip_files(void **state) {
    size_t n;
    (void)state;
    fx_begin(&f, "a,b");
    f.places = false;
    f.t.pattern = "x.gz";
    char z[256], copy[300];
    n = gzip("a,b\n1,2\n", 8, z, sizeof z);
    for (size_t cut = 1; cut < n; cut++) {
        fx_file(&f, "x.gz", z, cut);
        char *got = fx_read(&f);
        assert_non_null(strstr(got, cut == 1 ? "error IO: \"DIR/x.gz\": the name says gzip, the content is something else\n"
                                             : "error IO: \"DIR/x.gz\": the file ends in the middle of its gzip data\n"));
        free(got);
    }
    memcpy(copy, z, n);
    memcpy(copy + n, "1,2", 3);
    fx_file(&f, "x.gz", copy, n + 3);
    reads("1|2\nerror IO: \"DIR/x.gz\": something else follows the gzip data\n");
    copy[n - 6] ^= 1; /* checksum */
    fx_file(&f, "x.gz", copy, n);
    reads("error IO: \"DIR/x.gz\": damaged gzip data: incorrect data check\n");
    fx_file(&f, "x.gz", "a,b\n1,2\n", 8);
    described("error PREFLIGHT: \"DIR/x.gz\": the name says gzip, the content is something else\n");
}

static void zstd_files(void **state) {
    size_t n;
    (void)state;
    fx_begin(&f, "a,b");
    char *text = numbers(20000, &n), *z = malloc(n + 1000);
    size_t k = ZSTD_compress(z, n + 1000, text, n, 3);
    fx_file(&f, "x.csv.zst", z, k);
    fx_file(&f, "unnamed", z, k);
    reads_numbers("x.csv.zst", 20000);
    reads_numbers("unnamed", 20000);
    memcpy(z, "\x50\x2A\x4D\x18\x03\0\0\0abc", 11); /* a frame to be skipped, two of text */
    size_t first = 11 + ZSTD_compress(z + 11, n, text, 10000, 3);
    size_t second = first + ZSTD_compress(z + first, n + 1000 - first, text + 10000, n - 10000, 3);
    fx_file(&f, "frames.ZST", z, second);
    reads_numbers("frames.ZST", 20000);
    f.t.pattern = "cut.zst";
    for (size_t cut = 4; cut < 80; cut++) {
        fx_file(&f, "cut.zst", z + 11, cut);
        char *got = fx_read(&f);
        assert_non_null(strstr(got, "error IO: \"DIR/cut.zst\": the file ends in the middle of its zstd data\n"));
        free(got);
    }
    ZSTD_CCtx *c = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
    k = ZSTD_compress2(c, z, n, "a,b\n1,2\n", 8);
    ZSTD_freeCCtx(c);
    z[k - 1] ^= 1;
    fx_file(&f, "cut.zst", z, k);
    reads("error IO: \"DIR/cut.zst\": damaged zstd data: Restored data doesn't match checksum\n");
    free(text);
    free(z);
}

/* ---- encodings ---- */

static void latin1(void **state) {
    (void)state;
    fx_begin(&f, "a,ü");
    f.t.csv.encoding = "latin1";
    fx_expect(&f, "a,\xFC\n\xE9,\"\x80\xFF\"\n1,2\n", "2@5 é|\xC2\x80ÿ\n3@15 1|2\n");
}

/* ASCII and U+20AC, U+1F600 ("€", "😀" as UTF-8 in text) as UTF-16; 0xDx as a lone surrogate. */
static size_t utf16(const char *text, bool big, char *out) {
    size_t n = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        unsigned units[2] = {*p, 0}, k = 1;
        if (*p == 0xE2) {
            units[0] = 0x20AC;
            p += 2;
        } else if (*p == 0xF0) {
            units[0] = 0xD83D;
            units[1] = 0xDE00;
            k = 2;
            p += 3;
        } else if (*p >= 0xD8 && *p <= 0xDF) {
            units[0] = *p << 8;
        } else if (*p == 0xEF) {
            units[0] = 0xFEFF;
            p += 2;
        }
        for (unsigned i = 0; i < k; i++) {
            out[n++] = (char)(big ? units[i] >> 8 : units[i] & 0xFF);
            out[n++] = (char)(big ? units[i] & 0xFF : units[i] >> 8);
        }
    }
    return n;
}

static void utf16_files(void **state) {
    char out[400];
    (void)state;
    fx_begin(&f, "a,b");
    f.t.csv.encoding = "utf16";
    for (int big = 0; big < 2; big++) {
        size_t n = utf16("\xEF\xBB\xBF" "a,b\n€,\"😀\"\n1,2", big, out);
        fx_expect_n(&f, out, n, "2@7 €|😀\n3@18 1|2\n");
        n = utf16("a,b\n€,😀\n", big, out);
        fx_expect_n(&f, out, n, "2@4 €|😀\n");
        n = utf16("a,b\n\xD8x,\xDCy\n1,\xD8\n\xD8\xD8\xDC,😀\n", big, out);
        fx_expect_n(&f, out, n,
                    "2@4 !utf8[0]: half a UTF-16 character stands at offset 4 of the decoded text {\\xED\\xA0\\x80x,\\xED\\xB0\\x80y}\n"
                    "3@14 !utf8[1]: half a UTF-16 character stands at offset 16 of the decoded text {1,\\xED\\xA0\\x80}\n"
                    "4@20 !utf8[0]: half a UTF-16 character stands at offset 20 of the decoded text {\\xED\\xA0\\x80𐀀,😀}\n");
        n = utf16("a,b\n1,2", big, out);
        fx_expect_n(&f, out, n - 1, big ? "2@4 !utf8[1]: half a UTF-16 character stands at offset 6 of the decoded text {1,\\xFF}\n"
                                        : "2@4 !utf8[1]: half a UTF-16 character stands at offset 6 of the decoded text {1,\\xFF}\n");
        n = utf16("a,b\n1,2\n", big, out);
        memset(out + 8, 0, 2);
        fx_expect_n(&f, out, n, "2@4 !nul[0]: a NUL byte stands at offset 4 of the decoded text {\\x00,2}\n");
    }
}

/* ---- headers ---- */

static void header_refusals(void **state) {
    (void)state;
    fx_begin(&f, "title,network,premiere");
    text_file("shows.csv", "title,netwrok,premiere\n");
    described("error PREFLIGHT: " PLACE "is not what the spec says: it has no column \"network\"; the spec does not name its column \"netwrok\" "
              "/ Did you mean \"netwrok\" where the spec says \"network\"?\n");
    text_file("shows.csv", "Title,network,premiere\n");
    described("error PREFLIGHT: " PLACE "is not what the spec says: it has no column \"title\"; the spec does not name its column \"Title\" "
              "/ Did you mean \"Title\" where the spec says \"title\"?\n");
    text_file("shows.csv", "title,network,premiere,\n");
    described("error PREFLIGHT: " PLACE "is not what the spec says: the spec does not name its column \"\" / Name the column in the spec, or say "
              "options (extra ignore) to pass over columns that it does not name.\n");
    text_file("shows.csv", "title,network,premiere,title\n");
    described("error PREFLIGHT: " PLACE "is not what the spec says: it has more than one column \"title\"\n");
    text_file("shows.csv", "title;network;premiere\n");
    described("error PREFLIGHT: " PLACE "is not what the spec says: it has no column \"title\"; it has no column \"network\"; it has no column "
              "\"premiere\"; the spec does not name its column \"title;network;premiere\" / The header is one column with \";\" in it; "
              "say options (delimiter ';').\n");
    text_file("shows.csv", "title\tnetwork\tpremiere\n");
    char *got = fx_describe(&f);
    assert_non_null(strstr(got, "is the delimiter a tab?"));
    free(got);
    text_file("shows.csv", "");
    described("error PREFLIGHT: source table \"shows\": \"DIR/shows.csv\" is empty; a header with the columns \"title\", \"network\", "
              "\"premiere\" was expected / If the file has no header line, say options (header off).\n");
    text_file("shows.csv", "\xEF\xBB\xBF\n\n");
    described("error PREFLIGHT: source table \"shows\": \"DIR/shows.csv\" has no header; a header with the columns \"title\", \"network\", "
              "\"premiere\" was expected / If the file has no header line, say options (header off).\n");
    text_file("shows.csv", "t\xEEtle,network,premiere\n");
    described("error PREFLIGHT: " PLACE "cannot be read: byte 0xEE at offset 1 of the file is not UTF-8 / If the file is in another encoding, "
              "say so: options (encoding latin1).\n");
    fx_file(&f, "shows.csv", BYTES("\xFF\xFEt\0i\0"));
    described("error PREFLIGHT: " PLACE "cannot be read: a NUL byte stands at offset 3 of the file / It looks like UTF-16; say options "
              "(encoding utf16).\n");
    text_file("shows.csv", "title,\"network,premiere\n");
    described("error PREFLIGHT: " PLACE "cannot be read: the quote that opens on line 1 never closes\n");
    text_file("shows.csv", "title,network,premiere\n");
    reads("");
    described("1 files, 23 bytes, 0 rows\n");
    f.t.csv.extra_ignore = true;
    text_file("shows.csv", ",title,x,network,x,premiere,\n"); /* what is passed over may be there twice */
    described("1 files, 29 bytes, 0 rows\n");
}

static void every_file_has_its_header(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.t.pattern = "*.csv";
    text_file("1.csv", "a,b\n1,2\n");
    text_file("2.csv", "a,c\n3,4\n");
    described("error PREFLIGHT: source table \"shows\": the header of \"DIR/2.csv\" (line 1) is not what the spec says: it has no column \"b\"; "
              "the spec does not name its column \"c\" / The header has: \"a\", \"c\".\n");
    reads("2@4 1|2\nerror IO: source table \"shows\": the header of \"DIR/2.csv\" (line 1) is not what the spec says: it has no column \"b\"; "
          "the spec does not name its column \"c\" / The header has: \"a\", \"c\".\n");
    text_file("2.csv", "");
    described("error PREFLIGHT: source table \"shows\": \"DIR/2.csv\" is empty; a header with the columns \"a\", \"b\" was expected / If the "
              "file has no header line, say options (header off).\n");
}

static void impossible_options(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    text_file("shows.csv", "a,b\n");
    f.t.csv.delimiter = '"';
    described("error PREFLIGHT: source table \"shows\": delimiter and quote are the same character\n");
    f.t.csv.delimiter = '\n';
    described("error PREFLIGHT: source table \"shows\": the delimiter must be one ASCII character, no line end\n");
    f.t.csv.delimiter = '\xA7';
    described("error PREFLIGHT: source table \"shows\": the delimiter must be one ASCII character, no line end\n");
    f.t.csv.delimiter = '\0'; /* as a zeroed struct has it: the defaults */
    f.t.csv.quote = f.t.csv.escape = '\0';
    f.t.csv.encoding = NULL;
    described("1 files, 4 bytes, 0 rows\n");
    f.t.csv.encoding = "utf7";
    described("error PREFLIGHT: source table \"shows\": unknown encoding \"utf7\"\n");
}

/* ---- size ---- */

static void rows_are_estimated(void **state) {
    const rt_source_ops *ops = &rt_source_csv;
    rt_source *s;
    rt_source_stat stat;
    rt_error e = {0};
    size_t n;
    (void)state;
    fx_begin(&f, "a,b");
    char *text = numbers(200000, &n), *z = malloc(n);
    fx_file(&f, "shows.csv", text, n);
    f.t.pattern = "*.csv*";
    fx_file(&f, "shows.csv.zst", z, ZSTD_compress(z, n, text, n, 3));
    assert_int_equal(ops->open(&f.def, f.dir, &s, &e), MIG_OK);
    assert_int_equal(ops->describe(s, &f.t, &stat, &e), MIG_OK);
    ops->close(s);
    assert_int_equal(stat.n_files, 2);
    assert_false(stat.exact);
    assert_in_range(stat.rows_estimate, 360000, 500000);
    free(text);
    free(z);
}

static void position_ends_at_the_size(void **state) {
    const rt_source_ops *ops = &rt_source_csv;
    rt_source *s;
    rt_reader *r;
    rt_error e = {0};
    const mig_record *rec;
    int64_t last = 0;
    size_t n;
    (void)state;
    fx_begin(&f, "a,b");
    char *text = numbers(100000, &n);
    fx_file(&f, "1.csv", text, n);
    fx_file(&f, "2.csv", text, n);
    f.t.pattern = "?.csv";
    assert_int_equal(ops->open(&f.def, f.dir, &s, &e), MIG_OK);
    assert_int_equal(ops->read(s, &f.t, &r, &e), MIG_OK);
    while (ops->next(r, &rec, &e) == MIG_OK && rec != NULL) {
        assert_true(ops->position(r) >= last);
        last = ops->position(r);
    }
    assert_int_equal(ops->position(r), 2 * n);
    ops->stop(r);
    ops->close(s);
    free(text);
}

/* 100 MB in one field, quoted with an escape in it and plain; then the memory of a long file of small records. */
static void a_field_of_100_megabytes(void **state) {
    const rt_source_ops *ops = &rt_source_csv;
    const size_t big = 100 * 1000 * 1000;
    rt_source *s;
    rt_reader *r;
    rt_error e = {0};
    const mig_record *rec;
    (void)state;
    fx_begin(&f, "a,b");
    char *text = malloc(big);
    for (size_t i = 0; i < big; i++)
        text[i] = i % 80 == 79 ? '\n' : i % 7 == 0 ? ',' : 'x';
    FILE *out = fopen(fx_path(&f, "shows.csv"), "wb");
    assert_non_null(out);
    fputs("a,b\n\"", out);
    fwrite(text, 1, big, out);
    fputs("\"\"\",2\n", out);
    memset(text, 'y', big);
    fwrite(text, 1, big, out);
    fputs(",3\n4,5\n", out);
    fclose(out);
    assert_int_equal(ops->open(&f.def, f.dir, &s, &e), MIG_OK);
    assert_int_equal(ops->read(s, &f.t, &r, &e), MIG_OK);
    assert_int_equal(ops->next(r, &rec, &e), MIG_OK);
    assert_int_equal(rec->cells[0].n, big + 1);
    assert_int_equal(rec->cells[0].p[big], '"');
    assert_int_equal(rec->cells[0].p[79], '\n');
    assert_int_equal(ops->next(r, &rec, &e), MIG_OK);
    assert_int_equal(rec->line, 2 + big / 80 + 1);
    assert_int_equal(rec->cells[0].n, big);
    assert_memory_equal(rec->cells[0].p, text, big);
    assert_int_equal(ops->next(r, &rec, &e), MIG_OK);
    assert_memory_equal(rec->cells[1].p, "5", 1);
    assert_int_equal(ops->next(r, &rec, &e), MIG_OK);
    assert_null(rec);
    ops->stop(r);
    ops->close(s);
    free(text);
}

/* A record far above the limit is read past in bounded memory: 256 MB through a process that grows by less than 16. */
static void memory_is_bounded(void **state) {
    struct rusage before, after;
    (void)state;
    fx_begin(&f, "a,b");
    f.places = false;
    f.tune.limit = 1000000;
    FILE *out = fopen(fx_path(&f, "shows.csv"), "wb");
    assert_non_null(out);
    fputs("a,b\n1,2\n\"", out);
    char *mb = malloc(1 << 20);
    memset(mb, 'z', 1 << 20);
    for (int i = 0; i < 256; i++)
        fwrite(mb, 1, 1 << 20, out);
    fputs("\",\"\"\n3,4\n", out);
    fclose(out);
    free(mb);
    getrusage(RUSAGE_SELF, &before);
    char *got = fx_read(&f);
    getrusage(RUSAGE_SELF, &after);
    assert_memory_equal(got, "1|2\n!too_large: the record has 268435461 bytes (lines 3 to 3), more than the limit of 1000000 {\"zzz", 98);
    assert_string_equal(got + strlen(got) - 6, "}\n3|4\n");
    free(got);
    assert_true(after.ru_maxrss - before.ru_maxrss < 16 * 1024);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(memory_is_bounded, end), /* first: the largest size ever is what is measured */
        cmocka_unit_test_teardown(several_files_make_one_table, end),
        cmocka_unit_test_teardown(refused_files, end),
        cmocka_unit_test_teardown(symbolic_links, end),
        cmocka_unit_test_teardown(folders, end),
        cmocka_unit_test_teardown(a_file_that_changes, end),
        cmocka_unit_test_teardown(gzip_files, end),
        cmocka_unit_test_teardown(broken_gzip_files, end),
        cmocka_unit_test_teardown(zstd_files, end),
        cmocka_unit_test_teardown(latin1, end),
        cmocka_unit_test_teardown(utf16_files, end),
        cmocka_unit_test_teardown(header_refusals, end),
        cmocka_unit_test_teardown(every_file_has_its_header, end),
        cmocka_unit_test_teardown(impossible_options, end),
        cmocka_unit_test_teardown(rows_are_estimated, end),
        cmocka_unit_test_teardown(position_ends_at_the_size, end),
        cmocka_unit_test_teardown(a_field_of_100_megabytes, end),
    };
    return cmocka_run_group_tests_name("csv files", tests, NULL, NULL);
}
