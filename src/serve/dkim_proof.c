/* SPDX-License-Identifier: BSD-2-Clause */
#include "dkim_proof.h"

#include <openssl/err.h>

enum {
    SEARCHED = 256 << 10, /* bytes of a mail in which a returned header is sought */
    MOST_FIELDS = 256,    /* of a header; one with more proves nothing */
    MOST_SIGNATURES = 4,  /* of a mail, with keys of ours: what is checked costs 20 us each */
    MOST_NAMES = 128,     /* of fields that are signed */
    ED25519_BYTES = 64,
};

struct field {
    struct wb_slice name, whole; /* whole: with its lines' ends inside, not behind it */
    bool used;
};

struct header {
    struct field fields[MOST_FIELDS];
    size_t n;
};

/* The next line without its end. */
static struct wb_slice next_line(struct wb_slice *rest)
{
    const char *end = memchr(rest->p, '\n', rest->n);
    struct wb_slice line = wb_slice_head(*rest, end ? (size_t)(end - rest->p) : rest->n);
    *rest = wb_slice_from(*rest, line.n + 1);
    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

static bool is_fold(char c)
{
    return c == ' ' || c == '\t';
}

/* False: there are too many fields. */
static bool cut_fields(struct wb_slice block, struct header *header)
{
    header->n = 0;
    while (block.n) {
        struct wb_slice line = next_line(&block);
        struct field *last = header->n ? &header->fields[header->n - 1] : NULL;
        if (line.n && is_fold(line.p[0])) {
            if (last)
                last->whole = wb_slice_span(last->whole.p, wb_slice_end(line));
            continue;
        }
        if (header->n == MOST_FIELDS)
            return false;
        struct wb_slice name = wb_slice_head(line, wb_slice_find(line, WB_S(":")));
        header->fields[header->n++] =
            (struct field){.name = wb_slice_rtrim(name), .whole = line, .used = name.n == line.n};
    }
    return true;
}

static struct wb_slice value_of(const struct field *field)
{
    return wb_slice_from(field->whole, wb_slice_find(field->whole, WB_S(":")) + 1);
}

/* ---- canonical forms: RFC 6376 3.4 ---- */

/* As it is; lines end with CR LF, whatever the way here has made of them. */
static void put_simple(struct wb_buf *out, struct wb_slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\n' && !(i && text.p[i - 1] == '\r'))
            wb_buf_byte(out, '\r');
        wb_buf_byte(out, text.p[i]);
    }
}

/* Without folds, blanks in a row as one, none at the ends. */
static void put_relaxed(struct wb_buf *out, struct wb_slice text)
{
    size_t start = out->n;
    bool blank = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\n' || (c == '\r' && i + 1 < text.n && text.p[i + 1] == '\n'))
            continue;
        if (is_fold(c)) {
            blank = true;
            continue;
        }
        if (blank && out->n > start)
            wb_buf_byte(out, ' ');
        blank = false;
        wb_buf_byte(out, c);
    }
}

static void put_field(struct wb_buf *out, const struct field *field, struct wb_slice value,
                      bool relaxed)
{
    if (!relaxed) {
        put_simple(out, wb_slice_span(field->whole.p, value.p));
        put_simple(out, value);
        return;
    }
    for (size_t i = 0; i < field->name.n; i++) {
        char c = field->name.p[i];
        wb_buf_byte(out, c >= 'A' && c <= 'Z' ? (char)(c + 32) : c);
    }
    wb_buf_byte(out, ':');
    put_relaxed(out, value);
}

/* The signature's own field, without what stands in b=. */
static void put_own(struct wb_buf *out, const struct field *field, bool relaxed)
{
    struct wb_slice value = value_of(field), rest = value;
    struct wb_buf without = {0};
    while (rest.n) {
        struct wb_slice one = wb_slice_head(rest, wb_slice_find(rest, WB_S(";")));
        size_t equals = wb_slice_find(one, WB_S("="));
        bool is_b = wb_slice_eq(wb_slice_trim(wb_slice_head(one, equals)), WB_S("b"));
        wb_buf_put(&without, is_b ? wb_slice_head(one, equals + 1) : one);
        if (one.n < rest.n)
            wb_buf_byte(&without, ';');
        rest = wb_slice_from(rest, one.n + 1);
    }
    if (!relaxed)
        put_simple(out, wb_slice_span(field->whole.p, value.p));
    struct field own = {.name = field->name};
    if (relaxed)
        put_field(out, &own, wb_buf_slice(&without), true);
    else
        put_simple(out, wb_buf_slice(&without));
    wb_buf_free(&without);
}

/* ---- one signature ---- */

/* Of fields with the same name the last one that is left (5.4.2); NULL: there is none any more. */
static struct field *pick(struct header *header, const struct field *own, struct wb_slice name)
{
    for (size_t i = header->n; i--;) {
        struct field *field = &header->fields[i];
        if (field != own && !field->used && wb_slice_eqi(field->name, name)) {
            field->used = true;
            return field;
        }
    }
    return NULL;
}

/* The bytes that are signed; false when From is not among them or there are too many names. */
static bool put_signed(struct header *header, const struct field *own, struct wb_slice names,
                       bool relaxed, struct wb_buf *out)
{
    bool from = false;
    size_t n = 0;
    for (; names.n && n < MOST_NAMES; n++) {
        struct wb_slice one = wb_slice_head(names, wb_slice_find(names, WB_S(":")));
        names = wb_slice_from(names, one.n + 1);
        struct wb_slice name = wb_slice_trim(one);
        struct field *field = pick(header, own, name);
        from |= wb_slice_eqi(name, WB_S("from"));
        if (!field)
            continue;
        put_field(out, field, value_of(field), relaxed);
        wb_buf_lit(out, "\r\n");
    }
    put_own(out, own, relaxed);
    return from && !names.n;
}

static bool verify(EVP_PKEY *key, bool ed25519, struct wb_slice data, struct wb_slice signature)
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const unsigned char *p = (const unsigned char *)data.p;
    /* RFC 8463 3: Ed25519 signs the hash */
    bool ok = context && EVP_PKEY_is_a(key, ed25519 ? "ED25519" : "RSA") &&
              EVP_Digest(data.p, data.n, hash, &n, EVP_sha256(), NULL) == 1 &&
              EVP_DigestVerifyInit(context, NULL, ed25519 ? NULL : EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.n,
                               ed25519 ? hash : p, ed25519 ? n : data.n) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return ok;
}

/* The key, when it claims to be ours and of a kind that is understood. */
static EVP_PKEY *key_of(const struct wb_dkim_keys *keys, struct wb_slice tags)
{
    struct wb_slice a = wb_dkim_tag(tags, "a");
    if (!wb_slice_eq(wb_dkim_tag(tags, "v"), WB_S("1")) ||
        (!wb_slice_eq(a, WB_S("rsa-sha256")) && !wb_slice_eq(a, WB_S("ed25519-sha256"))))
        return NULL;
    return wb_dkim_key(keys, wb_dkim_tag(tags, "s"), wb_dkim_tag(tags, "d"));
}

static bool is_signed(EVP_PKEY *key, struct header *header, const struct field *own)
{
    struct wb_buf data = {0}, signature = {0};
    struct wb_slice tags = value_of(own), form = wb_dkim_tag(tags, "c");
    bool relaxed =
        wb_slice_eq(wb_slice_head(form, wb_slice_find(form, WB_S("/"))), WB_S("relaxed"));
    bool ed25519 = wb_slice_eq(wb_dkim_tag(tags, "a"), WB_S("ed25519-sha256"));
    for (size_t i = 0; i < header->n; i++)
        header->fields[i].used = header->fields[i].name.n == header->fields[i].whole.n;
    bool ok = put_signed(header, own, wb_dkim_tag(tags, "h"), relaxed, &data) &&
              wb_dkim_base64(wb_dkim_tag(tags, "b"), &signature) &&
              verify(key, ed25519, wb_buf_slice(&data), wb_buf_slice(&signature));
    wb_buf_free(&data);
    wb_buf_free(&signature);
    return ok;
}

/* ---- addresses of a signed field ---- */

/* Without comments and quoted texts, which may look like addresses (RFC 5322 3.2). */
static void put_bare(struct wb_buf *out, struct wb_slice text)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\\' && (quoted || depth))
            i++;
        else if (c == '"' && !depth)
            quoted = !quoted;
        else if (c == '(' && !quoted)
            depth++;
        else if (c == ')' && depth)
            depth--;
        else if (!quoted && !depth)
            wb_buf_byte(out, wb_is_space(c) ? ' ' : c);
    }
}

/* "Wang <wang@example.cn>", "wang@example.cn", "Team: wang@example.cn", "li@example.cn;" */
static void put_address(struct wb_buf *out, struct wb_slice one)
{
    size_t open = wb_slice_find(one, WB_S("<")), colon;
    if (open < one.n) {
        one = wb_slice_from(one, open + 1);
        one = wb_slice_head(one, wb_slice_find(one, WB_S(">")));
    } else {
        colon = wb_slice_find(one, WB_S(":"));
        one = colon < one.n ? wb_slice_from(one, colon + 1) : one;
        one = wb_slice_head(one, wb_slice_find(one, WB_S(";")));
    }
    one = wb_slice_trim(one);
    if (wb_slice_find(one, WB_S("@")) == one.n || wb_slice_find(one, WB_S(" ")) < one.n)
        return;
    wb_buf_put(out, one);
    wb_buf_byte(out, '\n');
}

static void put_addresses(struct wb_buf *out, const struct header *header)
{
    struct wb_buf bare = {0};
    for (size_t i = 0; i < header->n; i++) {
        const struct field *field = &header->fields[i];
        if (!field->used ||
            (!wb_slice_eqi(field->name, WB_S("to")) && !wb_slice_eqi(field->name, WB_S("cc"))))
            continue;
        wb_buf_clear(&bare);
        put_bare(&bare, value_of(field));
        for (struct wb_slice rest = wb_buf_slice(&bare); rest.n;) {
            struct wb_slice one = wb_slice_head(rest, wb_slice_find(rest, WB_S(",")));
            put_address(out, one);
            rest = wb_slice_from(rest, one.n + 1);
        }
    }
    wb_buf_free(&bare);
}

/* ---- headers in a mail ---- */

static bool is_signature(struct wb_slice line)
{
    return wb_slice_startsi(line, WB_S("dkim-signature")) &&
           wb_slice_ltrim(wb_slice_from(line, 14)).n &&
           wb_slice_ltrim(wb_slice_from(line, 14)).p[0] == ':';
}

static void look_at(const struct wb_dkim_keys *keys, struct wb_slice block, int *left,
                    struct wb_buf *out)
{
    struct header header;
    if (!cut_fields(block, &header))
        return;
    for (size_t i = 0; i < header.n && *left; i++) {
        const struct field *own = &header.fields[i];
        EVP_PKEY *key =
            wb_slice_eqi(own->name, WB_S("dkim-signature")) ? key_of(keys, value_of(own)) : NULL;
        if (!key)
            continue;
        (*left)--;
        if (is_signed(key, &header, own))
            put_addresses(out, &header);
    }
}

/*
 * A header begins behind an empty line and ends in front of one, or of a border between parts. The
 * mail's own header is left out: what is signed there is the bounce, not what it returns.
 */
void wb_dkim_find(const struct wb_dkim_keys *keys, struct wb_slice mail, struct wb_buf *out)
{
    struct wb_slice rest = wb_slice_head(mail, SEARCHED);
    const char *begin = NULL;
    bool is_there = false;
    int left = MOST_SIGNATURES;
    while (rest.n && left) {
        struct wb_slice line = next_line(&rest);
        if (line.n && !wb_slice_starts(line, WB_S("--"))) {
            is_there |= begin && is_signature(line);
            if (rest.n)
                continue;
            line = wb_slice(wb_slice_end(line), 0); /* the end of it all ends a header, too */
        }
        if (is_there)
            look_at(keys, wb_slice_span(begin, line.p), &left, out);
        is_there = false;
        begin = rest.p;
    }
}
