/*
 * types.c: the rules of types.h.
 *
 * Widening never loses anything: smallint < integer < bigint < numeric and double, real < double, date < timestamp. Text of a length
 * is text; text into a length can fail. Decimals and floats do not mix, instants and local times do not mix.
 */
#include "compiler/sema/types.h"

bool sema_is_integer(type_id t) {
    return t == TYPE_SMALLINT || t == TYPE_INTEGER || t == TYPE_BIGINT;
}

bool sema_is_number(type_id t) {
    return sema_is_integer(t) || t == TYPE_NUMERIC || t == TYPE_REAL || t == TYPE_DOUBLE;
}

bool sema_is_text(type_id t) {
    return t == TYPE_TEXT || t == TYPE_VARCHAR || t == TYPE_CHAR;
}

bool sema_same_storage(value_type a, value_type b) {
    if (a.id == b.id || (sema_is_integer(a.id) && sema_is_integer(b.id)))
        return true;
    return sema_is_text(a.id) && sema_is_text(b.id) && a.id != TYPE_CHAR && b.id != TYPE_CHAR;
}

static assign_kind assign_integer(value_type from, value_type to) {
    if (sema_is_integer(to.id)) /* the ids stand in order of their ranges */
        return from.id <= to.id ? ASSIGN_SAME : ASSIGN_NARROW;
    if (to.id == TYPE_NUMERIC)
        return to.p < 0 ? ASSIGN_WIDEN : ASSIGN_NARROW;
    if (to.id == TYPE_DOUBLE)
        return ASSIGN_WIDEN;
    return to.id == TYPE_REAL && from.id == TYPE_SMALLINT ? ASSIGN_WIDEN : ASSIGN_NO;
}

static assign_kind assign_numeric(value_type from, value_type to) {
    if (to.id != TYPE_NUMERIC)
        return ASSIGN_NO;
    if (to.p < 0)
        return ASSIGN_SAME;
    if (from.p < 0 || from.s > to.s || from.p - from.s > to.p - to.s)
        return ASSIGN_NARROW;
    return from.s == to.s ? ASSIGN_SAME : ASSIGN_NARROW; /* shorter scales are filled up by the same code */
}

static assign_kind assign_text(value_type from, value_type to) {
    if (to.id == TYPE_CHAR)
        return from.id == TYPE_CHAR && from.p == to.p ? ASSIGN_SAME : ASSIGN_NARROW;
    if (from.id == TYPE_CHAR) /* loses its padding */
        return to.id == TYPE_TEXT || to.p < 0 || (from.p >= 0 && from.p <= to.p) ? ASSIGN_WIDEN : ASSIGN_NARROW;
    if (to.id == TYPE_TEXT || to.p < 0)
        return ASSIGN_SAME;
    return from.id == TYPE_VARCHAR && from.p >= 0 && from.p <= to.p ? ASSIGN_SAME : ASSIGN_NARROW;
}

assign_kind sema_assign(value_type from, value_type to) {
    if (from.id == TYPE_ERROR || to.id == TYPE_ERROR || from.id == TYPE_NULL)
        return ASSIGN_SAME;
    if (sema_is_integer(from.id))
        return assign_integer(from, to);
    if (from.id == TYPE_NUMERIC)
        return assign_numeric(from, to);
    if (sema_is_text(from.id))
        return sema_is_text(to.id) ? assign_text(from, to) : ASSIGN_NO;
    if (from.id == TYPE_REAL && to.id == TYPE_DOUBLE)
        return ASSIGN_WIDEN;
    if (from.id == TYPE_DOUBLE && to.id == TYPE_REAL)
        return ASSIGN_NARROW;
    if (from.id == TYPE_DATE && to.id == TYPE_TIMESTAMP)
        return ASSIGN_WIDEN;
    return from.id == to.id ? ASSIGN_SAME : ASSIGN_NO;
}

bool sema_narrow_is_sure(value_type from, value_type to) {
    if (to.id == TYPE_NUMERIC) {
        int digits = from.id == TYPE_SMALLINT ? 5 : from.id == TYPE_INTEGER ? 10 : 19;
        if (from.id == TYPE_NUMERIC)
            return from.p >= 0 && from.s <= to.s && from.p - from.s <= to.p - to.s;
        return sema_is_integer(from.id) && digits <= to.p - to.s;
    }
    return to.id == TYPE_CHAR && from.id == TYPE_VARCHAR && from.p >= 0 && from.p <= to.p;
}

bool sema_sqlite_keeps_apart(value_type t) {
    return sema_is_integer(t.id) || t.id == TYPE_TEXT || t.id == TYPE_VARCHAR;
}

bool sema_keeps_apart(value_type from, value_type to) {
    if (sema_is_integer(from.id))
        return sema_is_integer(to.id) || to.id == TYPE_NUMERIC;
    if (sema_sqlite_keeps_apart(from))
        return to.id == TYPE_TEXT || to.id == TYPE_VARCHAR;
    return from.id == to.id && (to.id == TYPE_NUMERIC || to.id == TYPE_UUID || to.id == TYPE_DATE || to.id == TYPE_TIMESTAMP ||
                                to.id == TYPE_TIMESTAMPTZ || to.id == TYPE_BYTEA);
}

static value_type common_number(value_type a, value_type b) {
    if (sema_is_integer(a.id) && sema_is_integer(b.id))
        return sema_type(a.id > b.id ? a.id : b.id);
    bool a_float = a.id == TYPE_REAL || a.id == TYPE_DOUBLE, b_float = b.id == TYPE_REAL || b.id == TYPE_DOUBLE;
    if (a_float && b_float)
        return sema_type(TYPE_DOUBLE);
    if (a.id == TYPE_NUMERIC || b.id == TYPE_NUMERIC)
        return sema_type(a_float || b_float ? TYPE_ERROR : TYPE_NUMERIC);
    return sema_type(TYPE_DOUBLE); /* an integer beside a float */
}

value_type sema_common(value_type a, value_type b) {
    if (a.id == TYPE_ERROR || b.id == TYPE_ERROR)
        return sema_type(TYPE_ERROR);
    if (a.id == TYPE_NULL)
        return b;
    if (b.id == TYPE_NULL)
        return a;
    if (a.id == b.id)
        return a.p == b.p && a.s == b.s ? a : sema_type(a.id == TYPE_CHAR ? TYPE_TEXT : a.id);
    if (sema_is_text(a.id) && sema_is_text(b.id))
        return sema_type(TYPE_TEXT);
    if (sema_is_number(a.id) && sema_is_number(b.id))
        return common_number(a, b);
    if ((a.id == TYPE_DATE && b.id == TYPE_TIMESTAMP) || (a.id == TYPE_TIMESTAMP && b.id == TYPE_DATE))
        return sema_type(TYPE_TIMESTAMP);
    return sema_type(TYPE_ERROR);
}

const char *sema_type_text(arena *a, value_type t) {
    if (t.p >= 0 && t.s >= 0)
        return arena_printf(a, "%s(%d,%d)", type_spelling(t.id), t.p, t.s);
    if (t.p >= 0)
        return arena_printf(a, "%s(%d)", type_spelling(t.id), t.p);
    return type_spelling(t.id);
}
