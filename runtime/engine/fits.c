/*
 * fits.c: the spec's column types against the types of live columns. PostgreSQL's must be the same base type or a wider one, long enough; SQLite's
 * must have an affinity that leaves the stored form of the values alone.
 */
#include "runtime/engine/preflight.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* "character varying(150)" -> base "character varying", p 150; "timestamp(3) without time zone" -> base without "(3)". */
typedef struct live_type { char base[96]; int p, s; bool array; } live_type;

static live_type parse(const char *text) {
    live_type t = {.p = -1, .s = -1};
    size_t n = 0;
    for (const char *c = text; *c != '\0' && n + 1 < sizeof t.base; c++) {
        if (*c == '(') {
            char *end;
            t.p = (int)strtol(c + 1, &end, 10);
            if (*end == ',')
                t.s = (int)strtol(end + 1, &end, 10);
            else
                t.s = 0;
            c = strchr(c, ')');
            if (c == NULL)
                break;
        } else if (*c == '[') {
            t.array = true;
            break;
        } else {
            t.base[n++] = (char)tolower((unsigned char)*c);
        }
    }
    while (n > 0 && t.base[n - 1] == ' ')
        n--;
    t.base[n] = '\0';
    return t;
}

static bool is(const live_type *t, const char *base) {
    return strcmp(t->base, base) == 0;
}

static const char *postgres_name(mig_type t) {
    switch (t) {
    case MIG_T_BOOLEAN: return "boolean";
    case MIG_T_SMALLINT: return "smallint";
    case MIG_T_INTEGER: return "integer";
    case MIG_T_BIGINT: return "bigint";
    case MIG_T_REAL: return "real";
    case MIG_T_DOUBLE: return "double precision";
    case MIG_T_NUMERIC: return "numeric";
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: return "text";
    case MIG_T_BYTEA: return "bytea";
    case MIG_T_DATE: return "date";
    case MIG_T_TIME: return "time without time zone";
    case MIG_T_TIMESTAMP: return "timestamp without time zone";
    case MIG_T_TIMESTAMPTZ: return "timestamp with time zone";
    case MIG_T_UUID: return "uuid";
    case MIG_T_JSON: return "json";
    case MIG_T_JSONB: return "jsonb";
    case MIG_T_TEXT_ARRAY: return "text";
    case MIG_T_COUNT: return "";
    }
    return "";
}

static bool no(char *why, size_t n, const char *text) {
    snprintf(why, n, "%s", text);
    return false;
}

static bool text_fits(const mig_column *c, const live_type *live, char *why, size_t n) {
    bool sized = is(live, "character varying") || is(live, "character");
    if (!is(live, "text") && !sized)
        return no(why, n, "it is another type");
    if (is(live, "character") && c->type != MIG_T_CHAR)
        return no(why, n, "it pads its values with blanks");
    if (!sized || live->p < 0)
        return true;
    if (c->p < 0 || c->type == MIG_T_TEXT)
        return no(why, n, "longer texts would not fit");
    return c->p <= live->p ? true : no(why, n, "it is shorter");
}

static bool is_known(const live_type *live) {
    for (int t = 0; t < MIG_T_COUNT; t++)
        if (is(live, postgres_name((mig_type)t)))
            return true;
    return is(live, "character varying") || is(live, "character") || is(live, "time with time zone") || is(live, "interval");
}

/* What the writer can put into a live type that is not the spec's own. */
static bool widens(mig_type t, const live_type *live) {
    switch (t) {
    case MIG_T_SMALLINT: return is(live, "integer") || is(live, "bigint");
    case MIG_T_INTEGER: return is(live, "bigint");
    case MIG_T_REAL: return is(live, "double precision");
    case MIG_T_JSON: return is(live, "jsonb");
    case MIG_T_JSONB: return is(live, "json");
    case MIG_T_BOOLEAN: case MIG_T_BIGINT: case MIG_T_DOUBLE: case MIG_T_NUMERIC: case MIG_T_TEXT: case MIG_T_VARCHAR:
    case MIG_T_CHAR: case MIG_T_BYTEA: case MIG_T_DATE: case MIG_T_TIME: case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ:
    case MIG_T_UUID: case MIG_T_TEXT_ARRAY: case MIG_T_COUNT: return false;
    }
    return false;
}

static bool postgres_fits(const mig_column *c, const char *text, char *why, size_t n) {
    live_type live = parse(text);
    if (!is_known(&live)) {
        snprintf(why, n, "a type of the database's own, whose rules only the server knows");
        return true;
    }
    if (live.array != (c->type == MIG_T_TEXT_ARRAY))
        return no(why, n, "it is another type");
    if (c->type == MIG_T_TEXT || c->type == MIG_T_VARCHAR || c->type == MIG_T_CHAR)
        return text_fits(c, &live, why, n);
    if (widens(c->type, &live))
        return true;
    bool whole = is(&live, "smallint") || is(&live, "integer");
    if ((c->type == MIG_T_BIGINT || c->type == MIG_T_INTEGER) && whole && !is(&live, postgres_name(c->type)))
        return no(why, n, "larger numbers would not fit");
    if (!is(&live, postgres_name(c->type)))
        return no(why, n, "it is another type");
    if (c->type == MIG_T_NUMERIC && live.p >= 0 && (c->p < 0 || c->s > live.s || c->p - c->s > live.p - live.s))
        return no(why, n, "not every value would fit");
    if ((c->type == MIG_T_TIME || c->type == MIG_T_TIMESTAMP || c->type == MIG_T_TIMESTAMPTZ) && live.p >= 0 && live.p < 6)
        snprintf(why, n, "it keeps %d digits of a second's fraction", live.p);
    return true;
}

typedef enum affinity { INTEGER_AFFINITY, TEXT_AFFINITY, BLOB_AFFINITY, REAL_AFFINITY, NUMERIC_AFFINITY } affinity;

/* SQLite's own rules: https://sqlite.org/datatype3.html, 3.1. */
static affinity affinity_of(const char *type) {
    live_type t = parse(type);
    if (strstr(t.base, "int") != NULL)
        return INTEGER_AFFINITY;
    if (strstr(t.base, "char") != NULL || strstr(t.base, "clob") != NULL || strstr(t.base, "text") != NULL)
        return TEXT_AFFINITY;
    if (t.base[0] == '\0' || strstr(t.base, "blob") != NULL)
        return BLOB_AFFINITY;
    if (strstr(t.base, "real") != NULL || strstr(t.base, "floa") != NULL || strstr(t.base, "doub") != NULL)
        return REAL_AFFINITY;
    return NUMERIC_AFFINITY;
}

static bool sqlite_fits(const mig_column *c, const char *text, char *why, size_t n) {
    affinity a = affinity_of(text);
    live_type live = parse(text);
    switch (c->type) {
    case MIG_T_BOOLEAN: case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT:
        return a == TEXT_AFFINITY || a == REAL_AFFINITY ? no(why, n, "SQLite would turn whole numbers into something else") : true;
    case MIG_T_REAL: case MIG_T_DOUBLE:
        return a == TEXT_AFFINITY ? no(why, n, "SQLite would turn numbers into text") : true;
    case MIG_T_NUMERIC:
        if (a == NUMERIC_AFFINITY || a == INTEGER_AFFINITY || a == REAL_AFFINITY)
            snprintf(why, n, "SQLite keeps numbers of this type as floats, and so loses digits past the 15th");
        return true;
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR:
        if (a == TEXT_AFFINITY && live.p >= 0 && (c->p < 0 || c->p > live.p))
            snprintf(why, n, "SQLite does not hold it to its length, other programs may");
        return a == TEXT_AFFINITY || a == BLOB_AFFINITY ? true : no(why, n, "SQLite would turn texts that look like numbers into numbers");
    case MIG_T_DATE: case MIG_T_TIME: case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ: case MIG_T_UUID: case MIG_T_JSON:
    case MIG_T_JSONB: case MIG_T_TEXT_ARRAY: case MIG_T_BYTEA: case MIG_T_COUNT:
        return true;
    }
    return true;
}

bool rt_type_fits(mig_engine engine, const mig_column *c, const char *live, char *why, size_t why_n) {
    why[0] = '\0';
    return engine == MIG_POSTGRES ? postgres_fits(c, live, why, why_n) : sqlite_fits(c, live, why, why_n);
}
