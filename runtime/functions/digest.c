/*
 * digest.c: md5, sha256, encode and decode, UUIDs made by the program. Digests come from libcrypto, random bytes from the system.
 */
#include "runtime/functions/fn.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sys/random.h>

/* ---- digests: looked up once; one context a thread ---------------------------------------------------------------------- */

enum { MD5_BYTES = 16, SHA1_BYTES = 20, SHA256_BYTES = 32 };

typedef enum algorithm { MD5, SHA1, SHA256, ALGORITHMS } algorithm;

static EVP_MD *algorithms[ALGORITHMS];
static pthread_key_t context_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void context_free(void *context) {
    EVP_MD_CTX_free(context);
}

static void fetch(void) {
    algorithms[MD5] = EVP_MD_fetch(NULL, "MD5", NULL);
    algorithms[SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
    algorithms[SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
    pthread_key_create(&context_key, context_free);
}

/* The digest of two pieces, one behind the other. */
static bool digest(mig_ctx *x, algorithm a, const void *p, size_t n, const void *q, size_t m, unsigned char *out) {
    static _Thread_local EVP_MD_CTX *context;
    pthread_once(&once, fetch);
    if (context == NULL) {
        context = EVP_MD_CTX_new();
        pthread_setspecific(context_key, context);
    }
    if (context != NULL && algorithms[a] != NULL && EVP_DigestInit_ex2(context, algorithms[a], NULL) &&
        EVP_DigestUpdate(context, p, n) && (m == 0 || EVP_DigestUpdate(context, q, m)) && EVP_DigestFinal_ex(context, out, NULL))
        return true;
    mig_fatal(x, MIG_IO, "the cryptography library has no %s", a == MD5 ? "MD5" : a == SHA1 ? "SHA-1" : "SHA-256");
    return false;
}

static void put_hex(char *out, const unsigned char *p, size_t n) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = hex[p[i] >> 4];
        out[2 * i + 1] = hex[p[i] & 15];
    }
}

mig_text mig_md5_bytea(mig_ctx *x, mig_bytea v) {
    unsigned char d[MD5_BYTES];
    char *out = v.p == NULL || !digest(x, MD5, v.p, v.n, NULL, 0, d) ? NULL : fn_bytes(x, 2 * MD5_BYTES);
    if (out == NULL)
        return MIG_NULL_TEXT;
    put_hex(out, d, MD5_BYTES);
    return (mig_text){out, 2 * MD5_BYTES};
}

mig_text mig_md5_text(mig_ctx *x, mig_text v) {
    return mig_md5_bytea(x, (mig_bytea){v.p, v.n});
}

mig_bytea mig_sha256_bytea(mig_ctx *x, mig_bytea v) {
    char *out = v.p == NULL ? NULL : fn_bytes(x, SHA256_BYTES);
    if (out == NULL || !digest(x, SHA256, v.p, v.n, NULL, 0, (unsigned char *)out))
        return MIG_NULL_BYTEA;
    return (mig_bytea){out, SHA256_BYTES};
}

mig_bytea mig_sha256_text(mig_ctx *x, mig_text v) {
    return mig_sha256_bytea(x, (mig_bytea){v.p, v.n});
}

/* ---- UUIDs ------------------------------------------------------------------------------------------------------------------ */

static mig_uuid with_version(mig_uuid v, int version) {
    v.v[6] = (uint8_t)((v.v[6] & 0x0f) | version << 4);
    v.v[8] = (uint8_t)((v.v[8] & 0x3f) | 0x80);
    return v;
}

mig_uuid mig_gen_random_uuid(mig_ctx *x) {
    enum { AHEAD = 64 };
    static _Thread_local uint8_t pool[AHEAD][16]; /* asking for many bytes at once is much quicker */
    static _Thread_local int left;
    mig_uuid v = {{0}, false};
    if (left == 0) {
        for (int i = 0; i < AHEAD; i += 256 / (int)sizeof pool[0]) /* as many as getentropy gives at once */
            if (getentropy(pool[i], 256) != 0) {
                mig_fatal(x, MIG_IO, "the system gives no random bytes");
                return MIG_NULL_UUID;
            }
        left = AHEAD;
    }
    memcpy(v.v, pool[--left], sizeof v.v);
    return with_version(v, 4);
}

mig_uuid mig_uuid5(mig_ctx *x, mig_uuid space, mig_text name) {
    unsigned char d[SHA1_BYTES];
    mig_uuid v = {{0}, false};
    if (space.is_null || name.p == NULL || !digest(x, SHA1, space.v, sizeof space.v, name.p, name.n, d))
        return MIG_NULL_UUID;
    memcpy(v.v, d, sizeof v.v);
    return with_version(v, 5);
}

mig_uuid mig_uuid_of_text(mig_ctx *x, mig_text v) {
    mig_uuid out = {{0}, false};
    if (v.p == NULL)
        return MIG_NULL_UUID;
    mig_text t = fn_strip(v);
    if (fn_uuid_read(t.p, t.n, out.v))
        return out;
    mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a UUID: 32 hex digits", fn_show(v).s);
    return MIG_NULL_UUID;
}

mig_uuid mig_uuid_of_uuid(mig_ctx *x, mig_uuid v) {
    (void)x;
    return v;
}

/* ---- encode, decode ----------------------------------------------------------------------------------------------------------- */

typedef enum code { HEX, BASE64, ESCAPE, NO_CODE } code;

static code code_of(mig_text form) {
    return fn_is_word(form, "hex")      ? HEX
           : fn_is_word(form, "base64") ? BASE64
           : fn_is_word(form, "escape") ? ESCAPE
                                        : NO_CODE;
}

bool fn_code_refused(mig_text form, char *why, size_t n) {
    if (code_of(form) != NO_CODE)
        return false;
    snprintf(why, n, "it is none of hex, base64, escape");
    return true;
}

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Lines of 76 characters, a line end behind each that is full, as PostgreSQL writes them. */
static mig_text to_base64(mig_ctx *x, const unsigned char *p, size_t n) {
    char *out = fn_bytes(x, (n + 2) / 3 * 4 + n / 57 + 1);
    size_t at = 0;
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < n; i += 3) {
        unsigned three = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
        out[at++] = base64[three >> 18];
        out[at++] = base64[three >> 12 & 63];
        out[at++] = i + 1 < n ? base64[three >> 6 & 63] : '=';
        out[at++] = i + 2 < n ? base64[three & 63] : '=';
        if (i % 57 == 54)
            out[at++] = '\n';
    }
    return (mig_text){out, at};
}

static mig_text to_escape(mig_ctx *x, const unsigned char *p, size_t n) {
    char *out = fn_bytes(x, n * 4);
    size_t at = 0;
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == 0 || p[i] >= 0x80) {
            out[at++] = '\\';
            out[at++] = (char)('0' + (p[i] >> 6));
            out[at++] = (char)('0' + (p[i] >> 3 & 7));
            out[at++] = (char)('0' + (p[i] & 7));
        } else {
            if (p[i] == '\\')
                out[at++] = '\\';
            out[at++] = (char)p[i];
        }
    }
    return (mig_text){out, at};
}

mig_text mig_encode(mig_ctx *x, mig_bytea v, mig_text form) {
    if (v.p == NULL || form.p == NULL)
        return MIG_NULL_TEXT;
    const unsigned char *p = (const unsigned char *)v.p;
    char *out;
    switch (code_of(form)) {
    case BASE64: return to_base64(x, p, v.n);
    case ESCAPE: return to_escape(x, p, v.n);
    case HEX:
        out = fn_bytes(x, v.n * 2);
        if (out != NULL)
            put_hex(out, p, v.n);
        return out == NULL ? MIG_NULL_TEXT : (mig_text){out, v.n * 2};
    case NO_CODE: break;
    }
    mig_fail(x, MIG_RULE_PARSE, form, "\"%s\" is none of hex, base64, escape", fn_show(form).s);
    return MIG_NULL_TEXT;
}

static int digit_value(char c) {
    return fn_is_digit(c) ? c - '0' : fn_lower(c) >= 'a' && fn_lower(c) <= 'f' ? fn_lower(c) - 'a' + 10 : -1;
}

/* Each returns what was decoded, or SIZE_MAX. White space between digits is passed over. */
static size_t from_hex(char *out, mig_text v) {
    size_t at = 0;
    for (size_t i = 0; i < v.n;) {
        if (fn_is_space(v.p[i])) {
            i++;
            continue;
        }
        int high = digit_value(v.p[i]), low = i + 1 < v.n ? digit_value(v.p[i + 1]) : -1;
        if (high < 0 || low < 0)
            return SIZE_MAX;
        out[at++] = (char)(high << 4 | low);
        i += 2;
    }
    return at;
}

static size_t from_base64(char *out, mig_text v) {
    size_t at = 0;
    unsigned bits = 0;
    int have = 0, pads = 0; /* digits and = of a group of four */
    for (size_t i = 0; i < v.n; i++) {
        char c = v.p[i];
        const char *place = c == '\0' ? NULL : strchr(base64, c);
        if (fn_is_space(c))
            continue;
        if (c == '=' ? have < 2 : place == NULL || pads > 0)
            return SIZE_MAX;
        bits = bits << 6 | (c == '=' ? 0 : (unsigned)(place - base64));
        have += c != '=';
        pads += c == '=';
        if (have + pads < 4)
            continue;
        out[at++] = (char)(bits >> 16);
        if (have > 2)
            out[at++] = (char)(bits >> 8);
        if (have > 3)
            out[at++] = (char)bits;
        bits = 0;
        have = pads = 0;
    }
    return have + pads == 0 ? at : SIZE_MAX;
}

static size_t from_escape(char *out, mig_text v) {
    size_t at = 0;
    for (size_t i = 0; i < v.n; i++) {
        if (v.p[i] != '\\') {
            out[at++] = v.p[i];
        } else if (i + 1 < v.n && v.p[i + 1] == '\\') {
            out[at++] = '\\';
            i++;
        } else if (i + 3 < v.n && v.p[i + 1] >= '0' && v.p[i + 1] <= '3' && v.p[i + 2] >= '0' && v.p[i + 2] <= '7' &&
                   v.p[i + 3] >= '0' && v.p[i + 3] <= '7') {
            out[at++] = (char)((v.p[i + 1] - '0') << 6 | (v.p[i + 2] - '0') << 3 | (v.p[i + 3] - '0'));
            i += 3;
        } else {
            return SIZE_MAX;
        }
    }
    return at;
}

mig_bytea mig_decode(mig_ctx *x, mig_text v, mig_text form) {
    if (v.p == NULL || form.p == NULL)
        return MIG_NULL_BYTEA;
    code c = code_of(form);
    char *out = fn_bytes(x, v.n);
    size_t n = SIZE_MAX;
    if (out == NULL)
        return MIG_NULL_BYTEA;
    if (c == NO_CODE) {
        mig_fail(x, MIG_RULE_PARSE, form, "\"%s\" is none of hex, base64, escape", fn_show(form).s);
        return MIG_NULL_BYTEA;
    }
    n = c == HEX ? from_hex(out, v) : c == BASE64 ? from_base64(out, v) : from_escape(out, v);
    if (n != SIZE_MAX)
        return (mig_bytea){out, n};
    mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not text in the form %s", fn_show(v).s, fn_show(form).s);
    return MIG_NULL_BYTEA;
}
