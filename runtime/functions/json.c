/*
 * json.c: JSON as text: checking, finding what stands under a path, strings, values turned into JSON. A json value has always
 * been checked, here or by the server that it came from, so that the walkers here trust it. The canonical form (jsonb) is in jsonb.c.
 *
 * As in PostgreSQL, json is kept as it is written and its escapes need only be of the right form; \u0000 and half of a surrogate pair
 * are no text, so that jsonb cannot hold them and no text can be taken out of them.
 */
#include "runtime/functions/fn.h"

#include <math.h>

const char *fn_json_space(const char *p, const char *end) {
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        p++;
    return p;
}

/* ---- checking ------------------------------------------------------------------------------------------------------------ */

typedef struct checker { const char *p, *end; const char *wrong; int depth; bool strict; } checker;

static bool wrong(checker *c, const char *why) {
    if (c->wrong == NULL)
        c->wrong = why;
    return false;
}

static bool check_hex(const char *p, const char *end, unsigned *out) {
    if (end - p < 4)
        return false;
    *out = 0;
    for (int i = 0; i < 4; i++) {
        char d = fn_lower(p[i]);
        if (!fn_is_digit(d) && (d < 'a' || d > 'f'))
            return false;
        *out = *out * 16 + (unsigned)(fn_is_digit(d) ? d - '0' : d - 'a' + 10);
    }
    return true;
}

/* Behind \u: four digits; where it must be text, no NUL, and surrogates in pairs. */
static bool check_unicode_escape(checker *c) {
    unsigned high, low;
    if (!check_hex(c->p, c->end, &high))
        return wrong(c, "four hex digits must stand behind \\u");
    c->p += 4;
    if (!c->strict)
        return true;
    if (high == 0)
        return wrong(c, "\\u0000 is in no text");
    if (high >= 0xdc00 && high <= 0xdfff)
        return wrong(c, "the second half of a surrogate pair stands alone");
    if (high < 0xd800 || high > 0xdbff)
        return true;
    if (c->end - c->p < 6 || c->p[0] != '\\' || c->p[1] != 'u' || !check_hex(c->p + 2, c->end, &low) || low < 0xdc00 ||
        low > 0xdfff)
        return wrong(c, "the first half of a surrogate pair stands alone");
    c->p += 6;
    return true;
}

static bool check_string(checker *c) {
    for (c->p++; c->p < c->end; c->p++) {
        unsigned char byte = (unsigned char)*c->p;
        if (byte == '"') {
            c->p++;
            return true;
        }
        if (byte < 0x20)
            return wrong(c, "a control character stands in a string and must be escaped");
        if (byte != '\\')
            continue;
        if (++c->p == c->end)
            break;
        if (*c->p == 'u') {
            c->p++;
            if (!check_unicode_escape(c))
                return false;
            c->p--;
        } else if (strchr("\"\\/bfnrt", *c->p) == NULL || *c->p == '\0') {
            return wrong(c, "an escape in a string is none of JSON's");
        }
    }
    return wrong(c, "a string is not closed");
}

static bool check_digits(checker *c) {
    const char *from = c->p;
    while (c->p < c->end && fn_is_digit(*c->p))
        c->p++;
    return c->p > from || wrong(c, "a number has no digits where there must be some");
}

static bool check_number(checker *c) {
    if (*c->p == '-')
        c->p++;
    bool zero = c->p < c->end && *c->p == '0';
    const char *from = c->p;
    if (!check_digits(c))
        return false;
    if (zero && c->p - from > 1)
        return wrong(c, "a number begins with 0");
    if (c->p < c->end && *c->p == '.') {
        c->p++;
        if (!check_digits(c))
            return false;
    }
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
        c->p++;
        if (c->p < c->end && (*c->p == '-' || *c->p == '+'))
            c->p++;
        if (!check_digits(c))
            return false;
    }
    return true;
}

static bool check_word(checker *c, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(c->end - c->p) < n || memcmp(c->p, word, n) != 0)
        return wrong(c, "a value is none of JSON's");
    c->p += n;
    return true;
}

static bool check_value(checker *c);

static bool check_key(checker *c) {
    c->p = fn_json_space(c->p, c->end);
    if (c->p == c->end || *c->p != '"')
        return wrong(c, "a key in double quotes must stand in an object");
    if (!check_string(c))
        return false;
    c->p = fn_json_space(c->p, c->end);
    if (c->p == c->end || *c->p != ':')
        return wrong(c, "a colon must stand behind a key");
    c->p++;
    return true;
}

static bool check_members(checker *c, char close) {
    if (++c->depth > FN_JSON_DEPTH)
        return wrong(c, "arrays and objects are nested too deep");
    c->p = fn_json_space(c->p + 1, c->end);
    if (c->p < c->end && *c->p == close) {
        c->p++;
        c->depth--;
        return true;
    }
    for (;;) {
        if ((close == '}' && !check_key(c)) || !check_value(c))
            return false;
        c->p = fn_json_space(c->p, c->end);
        if (c->p < c->end && *c->p == close)
            break;
        if (c->p == c->end || *c->p != ',')
            return wrong(c, close == '}' ? "a comma or } must stand behind a value" : "a comma or ] must stand behind a value");
        c->p++;
    }
    c->p++;
    c->depth--;
    return true;
}

static bool check_value(checker *c) {
    c->p = fn_json_space(c->p, c->end);
    if (c->p == c->end)
        return wrong(c, "it ends where a value must stand");
    switch (*c->p) {
    case '{': return check_members(c, '}');
    case '[': return check_members(c, ']');
    case '"': return check_string(c);
    case 't': return check_word(c, "true");
    case 'f': return check_word(c, "false");
    case 'n': return check_word(c, "null");
    default: return *c->p == '-' || fn_is_digit(*c->p) ? check_number(c) : wrong(c, "a value is none of JSON's");
    }
}

bool fn_json_check(mig_text v, bool strict, char *why, size_t n) {
    checker c = {.p = v.p, .end = v.p + v.n, .strict = strict};
    if (check_value(&c)) {
        c.p = fn_json_space(c.p, c.end);
        if (c.p < c.end)
            wrong(&c, "something stands behind the value");
    }
    if (c.wrong == NULL)
        return true;
    snprintf(why, n, "%s (character %zu)", c.wrong, fn_length((mig_text){v.p, (size_t)(c.p - v.p)}) + 1);
    return false;
}

mig_json fn_json_read(mig_ctx *x, mig_text v, bool strict) {
    char why[160];
    if (v.p == NULL || fn_json_check(v, strict, why, sizeof why))
        return (mig_json){v.p, v.n};
    char syntax[160];
    bool form = strict && fn_json_check(v, false, syntax, sizeof syntax);
    mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is %s: %s", fn_show(v).s, form ? "JSON, but no jsonb" : "not JSON", why);
    return MIG_NULL_JSON;
}

mig_json mig_json_of_text(mig_ctx *x, mig_text v) {
    return fn_json_read(x, v, false);
}

mig_json mig_json_of_json(mig_ctx *x, mig_json v) {
    (void)x;
    return v;
}

mig_json mig_json_of_jsonb(mig_ctx *x, mig_json v) {
    (void)x;
    return v;
}

/* ---- walking ------------------------------------------------------------------------------------------------------------- */

static const char *string_end(const char *p, const char *end) {
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p < end ? p + 1 : end;
}

const char *fn_json_end(const char *p, const char *end) {
    int depth = 0;
    p = fn_json_space(p, end);
    do {
        if (p >= end)
            return end;
        if (*p == '"') {
            p = string_end(p, end);
        } else if (*p == '{' || *p == '[') {
            depth++;
            p++;
        } else if (*p == '}' || *p == ']') {
            depth--;
            p++;
        } else if (depth > 0) {
            p++;
        } else {
            while (p < end && strchr(" \t\r\n,:]}", *p) == NULL)
                p++;
        }
    } while (depth > 0);
    return p;
}

/* The value that begins at or behind p. */
static mig_json value_at(const char *p, const char *end) {
    p = fn_json_space(p, end);
    return (mig_json){p, (size_t)(fn_json_end(p, end) - p)};
}

/* Steps over the members of an array or object: the first with *at NULL. False: no more. key: of an object, with its quotes. */
static bool next_member(mig_json v, const char **at, mig_text *key, mig_json *value) {
    const char *end = v.p + v.n, *p = *at == NULL ? v.p + 1 : *at;
    p = fn_json_space(p, end);
    if (p < end && *p == ',')
        p = fn_json_space(p + 1, end);
    if (p >= end || *p == ']' || *p == '}')
        return false;
    if (v.p[0] == '{') {
        const char *behind = string_end(p, end);
        *key = (mig_text){p, (size_t)(behind - p)};
        p = fn_json_space(behind, end) + 1; /* the colon */
    }
    *value = value_at(p, end);
    *at = value->p + value->n;
    return true;
}

static char *put_escape(char *out, const char **p) {
    unsigned c, low;
    switch (*(*p)++) {
    case 'b': *out = '\b'; return out + 1;
    case 'f': *out = '\f'; return out + 1;
    case 'n': *out = '\n'; return out + 1;
    case 'r': *out = '\r'; return out + 1;
    case 't': *out = '\t'; return out + 1;
    case 'u':
        check_hex(*p, *p + 4, &c);
        *p += 4;
        if (c >= 0xd800 && c <= 0xdbff && (*p)[0] == '\\' && (*p)[1] == 'u' && check_hex(*p + 2, *p + 6, &low) && low >= 0xdc00 &&
            low <= 0xdfff) { /* the string's closing quote ends what is read here */
            *p += 6;
            c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
        return out + fn_encode(out, c);
    default: *out = (*p)[-1]; return out + 1;
    }
}

mig_text fn_json_string(mig_ctx *x, mig_text quoted) {
    mig_text inner = {quoted.p + 1, quoted.n - 2};
    if (memchr(inner.p, '\\', inner.n) == NULL)
        return inner;
    char *out = fn_bytes(x, inner.n), *at = out; /* no escape is shorter than what it means */
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (const char *p = inner.p, *end = p + inner.n; p < end;) {
        if (*p == '\\') {
            p++;
            at = put_escape(at, &p);
        } else {
            *at++ = *p++;
        }
    }
    return (mig_text){out, (size_t)(at - out)};
}

static mig_json find_key(mig_ctx *x, mig_json v, mig_text wanted) {
    mig_json value, found = MIG_NULL_JSON; /* the last one counts */
    mig_text key;
    for (const char *at = NULL; next_member(v, &at, &key, &value);) {
        mig_text name = fn_json_string(x, key);
        if (name.p != NULL && name.n == wanted.n && memcmp(name.p, wanted.p, name.n) == 0)
            found = value;
    }
    return found;
}

static mig_json find_index(mig_json v, mig_text wanted) {
    mig_json value;
    mig_text key;
    int64_t index;
    if (fn_int_read(wanted, &index) != FN_READ_OK)
        return MIG_NULL_JSON;
    if (index < 0) {
        for (const char *at = NULL; next_member(v, &at, &key, &value);)
            index++;
        if (index < 0)
            return MIG_NULL_JSON;
    }
    for (const char *at = NULL; next_member(v, &at, &key, &value); index--)
        if (index == 0)
            return value;
    return MIG_NULL_JSON;
}

mig_json mig_json_get(mig_ctx *x, mig_json v, const mig_text *path, int n) {
    if (v.p != NULL && n > 0)
        v = value_at(v.p, v.p + v.n);
    for (int i = 0; i < n && v.p != NULL; i++) {
        if (path[i].p == NULL)
            return MIG_NULL_JSON;
        v = v.p[0] == '{' ? find_key(x, v, path[i]) : v.p[0] == '[' ? find_index(v, path[i]) : MIG_NULL_JSON;
    }
    return v;
}

static mig_text as_text(mig_ctx *x, mig_json v) {
    if (v.p == NULL || v.p[0] == 'n')
        return MIG_NULL_TEXT;
    mig_text t = {v.p, v.n};
    char why[160];
    if (v.p[0] != '"' || memchr(v.p, '\\', v.n) == NULL)
        return v.p[0] == '"' ? fn_json_string(x, t) : t;
    if (fn_json_check(t, true, why, sizeof why))
        return fn_json_string(x, t);
    mig_fail(x, MIG_RULE_PARSE, t, "%s is no text: %s", fn_show(t).s, why);
    return MIG_NULL_TEXT;
}

mig_text mig_json_get_text(mig_ctx *x, mig_json v, const mig_text *path, int n) {
    return as_text(x, mig_json_get(x, v, path, n));
}

mig_text mig_json_typeof(mig_ctx *x, mig_json v) {
    (void)x;
    if (v.p == NULL)
        return MIG_NULL_TEXT;
    switch (*fn_json_space(v.p, v.p + v.n)) {
    case '{': return MIG_TEXT("object");
    case '[': return MIG_TEXT("array");
    case '"': return MIG_TEXT("string");
    case 't': case 'f': return MIG_TEXT("boolean");
    case 'n': return MIG_TEXT("null");
    default: return MIG_TEXT("number");
    }
}

/* The array without white space before it; null (recorded) when it is none. */
static mig_json need_array(mig_ctx *x, mig_json v) {
    if (v.p == NULL)
        return v;
    mig_json inner = value_at(v.p, v.p + v.n);
    if (inner.p[0] == '[')
        return inner;
    mig_text t = {v.p, v.n};
    mig_fail(x, MIG_RULE_PARSE, t, "%s is not a JSON array", fn_show(t).s);
    return MIG_NULL_JSON;
}

static size_t count_members(mig_json v) {
    size_t n = 0;
    mig_text key;
    mig_json value;
    for (const char *at = NULL; next_member(v, &at, &key, &value);)
        n++;
    return n;
}

mig_int mig_json_array_length(mig_ctx *x, mig_json v) {
    v = need_array(x, v);
    return v.p == NULL ? MIG_NULL_INT : MIG_INT((int64_t)count_members(v));
}

mig_list mig_json_items(mig_ctx *x, mig_json v) {
    v = need_array(x, v);
    if (v.p == NULL)
        return MIG_NULL_LIST;
    size_t n = count_members(v), i = 0;
    mig_text *items = fn_array(x, n, sizeof *items), key;
    mig_json value;
    if (items == NULL)
        return MIG_NULL_LIST;
    for (const char *at = NULL; next_member(v, &at, &key, &value); i++) {
        items[i] = as_text(x, value);
        if (mig_failed(x))
            return MIG_NULL_LIST;
    }
    return (mig_list){items, n, false};
}

/* ---- values as JSON -------------------------------------------------------------------------------------------------------------- */

mig_json mig_to_json_text(mig_ctx *x, mig_text v) {
    if (v.p == NULL)
        return MIG_NULL_JSON;
    char *out = fn_bytes(x, fn_json_escape(NULL, v.p, v.n));
    return out == NULL ? MIG_NULL_JSON : (mig_json){out, fn_json_escape(out, v.p, v.n)};
}

mig_json mig_to_json_int(mig_ctx *x, mig_int v) {
    mig_text t = mig_text_of_int(x, v);
    return (mig_json){t.p, t.n};
}

mig_json mig_to_json_numeric(mig_ctx *x, mig_numeric v) {
    (void)x;
    return (mig_json){v.p, v.n};
}

mig_json mig_to_json_bool(mig_ctx *x, mig_bool v) {
    mig_text t = mig_text_of_bool(x, v);
    return (mig_json){t.p, t.n};
}

mig_json mig_to_json_bytea(mig_ctx *x, mig_bytea v) {
    return mig_to_json_text(x, mig_text_of_bytea(x, v));
}

/* What JSON has no number for becomes a string. */
static mig_json float_to_json(mig_ctx *x, mig_float v, mig_text t) {
    if (t.p == NULL || isfinite(v.v))
        return (mig_json){t.p, t.n};
    return mig_to_json_text(x, t);
}

mig_json mig_to_json_double(mig_ctx *x, mig_float v) {
    return float_to_json(x, v, mig_text_of_double(x, v));
}

mig_json mig_to_json_real(mig_ctx *x, mig_float v) {
    return float_to_json(x, v, mig_text_of_real(x, v));
}

/* Without an exponent: jsonb has its numbers written out. */
mig_json mig_to_jsonb_double(mig_ctx *x, mig_float v) {
    return mig_jsonb_of_json(x, mig_to_json_double(x, v));
}

mig_json mig_to_jsonb_real(mig_ctx *x, mig_float v) {
    return mig_jsonb_of_json(x, mig_to_json_real(x, v));
}

/* ASCII without anything to escape, in quotes. */
static mig_json quoted(mig_ctx *x, const char *p, size_t n) {
    char *out = fn_bytes(x, n + 2);
    if (out == NULL)
        return MIG_NULL_JSON;
    out[0] = out[n + 1] = '"';
    memcpy(out + 1, p, n);
    return (mig_json){out, n + 2};
}

mig_json mig_to_json_date(mig_ctx *x, mig_date v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_JSON : quoted(x, text, rt_spell_date(text, v.v));
}

mig_json mig_to_json_time(mig_ctx *x, mig_time v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_JSON : quoted(x, text, rt_spell_time(text, v.v));
}

/* With a T, as JSON's readers want it. */
static mig_json stamp_to_json(mig_ctx *x, int64_t v, const char *utc) {
    char text[RT_SPELL];
    size_t n = rt_spell_timestamptz(text, v, utc);
    char *blank = memchr(text, ' ', n);
    if (blank != NULL)
        *blank = 'T';
    return quoted(x, text, n);
}

mig_json mig_to_json_timestamp(mig_ctx *x, mig_timestamp v) {
    return v.is_null ? MIG_NULL_JSON : stamp_to_json(x, v.v, "");
}

mig_json mig_to_json_timestamptz(mig_ctx *x, mig_timestamptz v) {
    return v.is_null ? MIG_NULL_JSON : stamp_to_json(x, v.v, "+00:00");
}

mig_json mig_to_json_uuid(mig_ctx *x, mig_uuid v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_JSON : quoted(x, text, rt_spell_uuid(text, v.v));
}

/* ---- building -------------------------------------------------------------------------------------------------------------------- */

/* Growing row memory for one result. */
typedef struct out { char *p; size_t n; } out;

static void put(out *o, const char *p, size_t n) {
    if (o->p != NULL)
        memcpy(o->p + o->n, p, n);
    o->n += n;
}

static void put_value(out *o, mig_json v) {
    if (v.p == NULL)
        put(o, "null", 4);
    else
        put(o, v.p, v.n);
}

/* Twice: once to count, once to write. */
static mig_json build_array(mig_ctx *x, const mig_json *values, size_t n, const char *comma) {
    out o = {NULL, 0};
    for (int pass = 0; pass < 2; pass++) {
        put(&o, "[", 1);
        for (size_t i = 0; i < n; i++) {
            if (i > 0)
                put(&o, comma, strlen(comma));
            put_value(&o, values[i]);
        }
        put(&o, "]", 1);
        if (pass == 0 && (o = (out){fn_bytes(x, o.n), 0}).p == NULL)
            return MIG_NULL_JSON;
    }
    return (mig_json){o.p, o.n};
}

mig_json mig_json_array(mig_ctx *x, const mig_json *values, int n) {
    return build_array(x, values, (size_t)n, ", ");
}

/* PostgreSQL turns a value that is no string into a key by its text. */
static void put_key(out *o, mig_json key) {
    if (key.p[0] == '"') {
        put(o, key.p, key.n);
        return;
    }
    size_t n = fn_json_escape(NULL, key.p, key.n);
    if (o->p != NULL)
        fn_json_escape(o->p + o->n, key.p, key.n);
    o->n += n;
}

mig_json mig_json_object(mig_ctx *x, const mig_json *values, int n) {
    out o = {NULL, 0};
    for (int pass = 0; pass < 2; pass++) {
        bool first = true;
        put(&o, "{", 1);
        for (int i = 0; i + 1 < n; i += 2) {
            if (values[i].p == NULL)
                continue;
            if (!first)
                put(&o, ", ", 2);
            first = false;
            put_key(&o, values[i]);
            put(&o, " : ", 3);
            put_value(&o, values[i + 1]);
        }
        put(&o, "}", 1);
        if (pass == 0 && (o = (out){fn_bytes(x, o.n), 0}).p == NULL)
            return MIG_NULL_JSON;
    }
    return (mig_json){o.p, o.n};
}

static mig_json list_to_json(mig_ctx *x, mig_list v, const char *comma) {
    mig_json *values = v.is_null ? NULL : fn_array(x, v.n, sizeof *values);
    if (values == NULL)
        return MIG_NULL_JSON;
    for (size_t i = 0; i < v.n; i++)
        values[i] = mig_to_json_text(x, v.v[i]);
    return build_array(x, values, v.n, comma);
}

mig_json mig_to_json_list(mig_ctx *x, mig_list v) {
    return list_to_json(x, v, ",");
}

mig_json mig_to_jsonb_list(mig_ctx *x, mig_list v) {
    return list_to_json(x, v, ", ");
}
