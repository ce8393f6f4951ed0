/*
 * names.c: identifiers from spec names: mangling, reserved words, clashes. Called by every cg_ file, through the
 * scopes that cg.c (whole file) and cg_function.c (one function) own.
 */
#include "compiler/codegen/names.h"

#include "compiler/base/strbuf.h"
#include "compiler/base/utf8.h"

#include <string.h>

typedef struct taken {
    const char *name;
    struct taken *next;
} taken;

enum { BUCKETS = 256, LONGEST = 60 };

struct names {
    arena *a;
    const names *outer;
    taken *buckets[BUCKETS];
};

/* Keywords, and macros that mig.h's standard headers may define. Sorted by nothing: searched rarely. */
static const char *const reserved_words[] = {
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
    "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof",
    "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
    "alignas", "alignof", "and", "asm", "bool", "complex", "constexpr", "false", "imaginary", "main", "noreturn",
    "nullptr", "static_assert", "thread_local", "true", "typeof", "typeof_unqual",
    "NULL", "EOF", "offsetof", "errno", "assert", "stdin", "stdout", "stderr", "unix", "linux", "i386",
    "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "intmax_t", "uintmax_t",
    "intptr_t", "uintptr_t", "size_t", "ptrdiff_t", "wchar_t", "max_align_t",
};

bool names_is_reserved(const char *identifier) {
    for (size_t i = 0; i < sizeof(reserved_words) / sizeof(reserved_words[0]); i++)
        if (strcmp(identifier, reserved_words[i]) == 0)
            return true;
    return strncmp(identifier, "mig_", 4) == 0 || strncmp(identifier, "MIG_", 4) == 0 ||
           strncmp(identifier, "INT", 3) == 0 || strncmp(identifier, "UINT", 4) == 0;
}

static unsigned bucket_of(const char *s) {
    unsigned h = 5381;
    for (; *s != '\0'; s++)
        h = h * 33 + (unsigned char)*s;
    return h % BUCKETS;
}

static bool is_taken(const names *n, const char *name) {
    unsigned b = bucket_of(name);
    for (; n != NULL; n = n->outer)
        for (const taken *t = n->buckets[b]; t != NULL; t = t->next)
            if (strcmp(t->name, name) == 0)
                return true;
    return false;
}

names *names_create(arena *a, const names *outer) {
    names *n = arena_new(a, names);
    n->a = a;
    n->outer = outer;
    return n;
}

void names_reserve(names *n, const char *identifier) {
    taken *t = arena_new(n->a, taken);
    unsigned b = bucket_of(identifier);
    t->name = identifier;
    t->next = n->buckets[b];
    n->buckets[b] = t;
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Letters and digits stay, a run of other ASCII becomes one underscore, another letter its code point. */
static void mangle(strbuf *out, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < length && out->length < LONGEST;) {
        if (is_word(name[i]) || name[i] == '_') {
            sb_putc(out, name[i++]);
            continue;
        }
        if ((unsigned char)name[i] < 0x80) {
            while (i < length && (unsigned char)name[i] < 0x80 && !is_word(name[i]))
                i++;
            if (i < length && out->length > 0 && out->data[out->length - 1] != '_')
                sb_putc(out, '_');
            continue;
        }
        uint32_t cp;
        i += utf8_decode(name + i, length - i, &cp);
        sb_printf(out, "u%04x", (unsigned)cp);
    }
}

const char *names_make(names *n, const char *prefix, const char *name) {
    strbuf sb = STRBUF_INIT;
    sb_puts(&sb, prefix);
    mangle(&sb, name);
    if (sb.length == strlen(prefix))
        sb_puts(&sb, "unnamed");
    const char *text = sb_text(&sb);
    if (text[0] == '_' || (text[0] >= '0' && text[0] <= '9')) {
        char *plain = sb_take(&sb, n->a);
        sb_printf(&sb, "n%s", plain);
    }
    if (strncmp(prefix, "mig_spec_", 9) != 0 && names_is_reserved(sb_text(&sb)))
        sb_putc(&sb, '_');
    size_t base = sb.length;
    for (int i = 2; is_taken(n, sb_text(&sb)); i++) {
        sb_truncate(&sb, base);
        sb_printf(&sb, "_%d", i);
    }
    const char *made = sb_take(&sb, n->a);
    names_reserve(n, made);
    return made;
}
