/*
 * convert.c: text(x), bool(x), bytea(x), encodings, and the conversions that assignments make. Numbers among themselves are in
 * number.c, dates and times in time.c, JSON in json.c.
 */
#include "runtime/functions/fn.h"

/* ---- text(x) ------------------------------------------------------------------------------------------------------ */

mig_text mig_text_of_text(mig_ctx *x, mig_text v) {
    (void)x;
    return v;
}

mig_text mig_text_of_char(mig_text v) {
    while (v.p != NULL && v.n > 0 && v.p[v.n - 1] == ' ')
        v.n--;
    return v;
}

mig_text mig_text_of_bool(mig_ctx *x, mig_bool v) {
    (void)x;
    return v.is_null ? MIG_NULL_TEXT : v.v ? MIG_TEXT("true") : MIG_TEXT("false");
}

mig_text mig_text_of_int(mig_ctx *x, mig_int v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_int(text, v.v));
}

mig_text mig_text_of_double(mig_ctx *x, mig_float v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_double(text, v.v));
}

mig_text mig_text_of_real(mig_ctx *x, mig_float v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_real(text, v.v));
}

mig_text mig_text_of_numeric(mig_ctx *x, mig_numeric v) {
    (void)x;
    return (mig_text){v.p, v.n};
}

mig_text mig_text_of_json(mig_ctx *x, mig_json v) {
    (void)x;
    return (mig_text){v.p, v.n};
}

mig_text mig_text_of_uuid(mig_ctx *x, mig_uuid v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_uuid(text, v.v));
}

mig_text mig_text_of_date(mig_ctx *x, mig_date v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_date(text, v.v));
}

mig_text mig_text_of_time(mig_ctx *x, mig_time v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_time(text, v.v));
}

mig_text mig_text_of_timestamp(mig_ctx *x, mig_timestamp v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_timestamp(text, v.v));
}

mig_text mig_text_of_timestamptz(mig_ctx *x, mig_timestamptz v) {
    char text[RT_SPELL];
    return v.is_null ? MIG_NULL_TEXT : fn_copy(x, text, rt_spell_timestamptz(text, v.v, "+00"));
}

/* ---- bool(x) ------------------------------------------------------------------------------------------------------- */

mig_bool mig_bool_of_bool(mig_ctx *x, mig_bool v) {
    (void)x;
    return v;
}

mig_bool mig_bool_of_int(mig_ctx *x, mig_int v) {
    (void)x;
    return v.is_null ? MIG_NULL_BOOL : MIG_BOOL(v.v != 0);
}

/* The beginnings of the words that PostgreSQL takes, as long as they say which. */
mig_bool mig_bool_of_text(mig_ctx *x, mig_text v) {
    static const struct { const char *word; size_t least; bool value; } words[] = {
        {"true", 1, true}, {"false", 1, false}, {"yes", 1, true}, {"no", 1, false},
        {"on", 2, true},   {"off", 2, false},   {"1", 1, true},   {"0", 1, false},
    };
    if (v.p == NULL)
        return MIG_NULL_BOOL;
    mig_text t = fn_strip(v);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (t.n < words[i].least || t.n > strlen(words[i].word))
            continue;
        size_t k = 0;
        while (k < t.n && fn_lower(t.p[k]) == words[i].word[k])
            k++;
        if (k == t.n)
            return MIG_BOOL(words[i].value);
    }
    mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a boolean: true, t, yes, y, on, 1 or false, f, no, n, off, 0",
             fn_show(v).s);
    return MIG_NULL_BOOL;
}

/* ---- bytes ------------------------------------------------------------------------------------------------------------ */

mig_bytea mig_bytea_of_bytea(mig_ctx *x, mig_bytea v) {
    (void)x;
    return v;
}

mig_text mig_text_of_bytea(mig_ctx *x, mig_bytea v) {
    static const char hex[] = "0123456789abcdef";
    char *out = v.p == NULL ? NULL : fn_bytes(x, v.n * 2 + 2);
    if (out == NULL)
        return MIG_NULL_TEXT;
    memcpy(out, "\\x", 2);
    for (size_t i = 0; i < v.n; i++) {
        out[2 + 2 * i] = hex[(unsigned char)v.p[i] >> 4];
        out[3 + 2 * i] = hex[(unsigned char)v.p[i] & 15];
    }
    return (mig_text){out, v.n * 2 + 2};
}

mig_bytea mig_bytea_of_text(mig_ctx *x, mig_text v) {
    if (v.p == NULL)
        return MIG_NULL_BYTEA;
    if (v.n >= 2 && v.p[0] == '\\' && v.p[1] == 'x')
        return mig_decode(x, (mig_text){v.p + 2, v.n - 2}, MIG_TEXT("hex"));
    return mig_decode(x, v, MIG_TEXT("escape"));
}

static bool is_utf8_name(mig_text encoding) {
    return fn_is_word(encoding, "UTF8") || fn_is_word(encoding, "UTF-8");
}

mig_bytea mig_convert_to(mig_ctx *x, mig_text v, mig_text encoding) {
    if (v.p == NULL || encoding.p == NULL)
        return MIG_NULL_BYTEA;
    if (!is_utf8_name(encoding)) {
        mig_fail(x, MIG_RULE_PARSE, encoding, "\"%s\" is not an encoding that text can be turned into: UTF8", fn_show(encoding).s);
        return MIG_NULL_BYTEA;
    }
    return (mig_bytea){v.p, v.n};
}

static mig_text from_latin1(mig_ctx *x, mig_bytea v) {
    char *out = fn_bytes(x, v.n * 2);
    size_t at = 0;
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < v.n; i++)
        at += fn_encode(out + at, (unsigned char)v.p[i]);
    return (mig_text){out, at};
}

mig_text mig_convert_from(mig_ctx *x, mig_bytea v, mig_text encoding) {
    if (v.p == NULL || encoding.p == NULL)
        return MIG_NULL_TEXT;
    mig_text t = {v.p, v.n};
    if (memchr(v.p, '\0', v.n) != NULL) {
        mig_fail(x, MIG_RULE_NUL, t, "a NUL byte stands in the text \"%s\"", fn_show(t).s);
        return MIG_NULL_TEXT;
    }
    if (fn_is_word(encoding, "LATIN1"))
        return from_latin1(x, v);
    if (!is_utf8_name(encoding))
        mig_fail(x, MIG_RULE_PARSE, encoding, "\"%s\" is not an encoding that can be read: UTF8 or LATIN1", fn_show(encoding).s);
    else if (fn_valid(v.p, v.n) != v.n)
        mig_fail(x, MIG_RULE_UTF8, t, "\"%s\" is not text in UTF-8: byte %zu is wrong", fn_show(t).s, fn_valid(v.p, v.n) + 1);
    else
        return t;
    return MIG_NULL_TEXT;
}

/* ---- assignments -------------------------------------------------------------------------------------------------------- */

void mig_fail_null(mig_ctx *x, const char *what) {
    mig_fail(x, MIG_RULE_NULL, MIG_NULL_TEXT, "null where \"%s\" needs a value", what);
}

mig_text mig_narrow_text(mig_ctx *x, mig_text v, int n, mig_type type) {
    if (v.p == NULL || n < 0)
        return v;
    if (type == MIG_T_CHAR)
        v = mig_text_of_char(v);
    if (v.n <= (size_t)n) /* no character is shorter than a byte */
        return v;
    size_t fits = fn_offset(v, (size_t)n);
    for (size_t i = fits; i < v.n; i++)
        if (v.p[i] != ' ') {
            mig_fail(x, MIG_RULE_LENGTH, v, "\"%s\" has %zu characters: more than the %d of %s(%d)", fn_show(v).s, fn_length(v),
                     n, type == MIG_T_CHAR ? "char" : "varchar", n);
            return MIG_NULL_TEXT;
        }
    return (mig_text){v.p, fits};
}

mig_text mig_narrow_enum(mig_ctx *x, mig_text v, const mig_text *choices, int n) {
    if (v.p == NULL)
        return v;
    char list[400] = "";
    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (choices[i].n == v.n && memcmp(choices[i].p, v.p, v.n) == 0)
            return v;
        if (at + 80 < sizeof list)
            at += (size_t)snprintf(list + at, sizeof list - at, "%s'%s'", i > 0 ? ", " : "", fn_show(choices[i]).s);
        else if (list[at - 1] != '.')
            at += (size_t)snprintf(list + at, sizeof list - at, ", ...");
    }
    mig_fail(x, MIG_RULE_CHECK, v, "\"%s\" is none of %s", fn_show(v).s, list);
    return MIG_NULL_TEXT;
}
