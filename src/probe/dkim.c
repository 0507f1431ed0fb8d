/* SPDX-License-Identifier: BSD-2-Clause */
#include "dkim.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "tags.h"

enum { LONGEST_NAME = 253, LEAST_BITS = 1024, ED25519_BYTES = 32 };

struct wb_slice wb_dkim_problem_name(enum wb_dkim_problem problem)
{
    static const char *const names[] = {
#define X(id, name) name,
        WB_DKIM_PROBLEMS(X)
#undef X
    };
    return wb_slice_str(names[problem]);
}

/* ---- the key ---- */

/* Base64 with white space in it, and perhaps without the "=" at its end; empty when it is none. */
static struct wb_slice from_base64(struct wb_arena *arena, struct wb_slice s)
{
    struct wb_text text = wb_text_open(arena, s.n + 3);
    bool over = false, good = true;
    for (size_t i = 0; i < s.n; i++) {
        if (wb_is_space(s.p[i]))
            continue;
        over |= s.p[i] == '=';
        good &= over == (s.p[i] == '=');
        if (!over)
            wb_text_byte(&text, s.p[i]);
    }
    size_t digits = text.n;
    while (text.n % 4)
        wb_text_byte(&text, '=');
    struct wb_slice written = wb_text_close(&text);
    unsigned char *bytes = wb_arena_alloc(arena, written.n);
    int n = bytes && good && !text.cut
                ? EVP_DecodeBlock(bytes, (const unsigned char *)written.p, (int)written.n)
                : -1;
    return n < 0 ? WB_NONE : wb_slice((const char *)bytes, digits * 3 / 4);
}

/* SubjectPublicKeyInfo, as everybody publishes it, or a bare RSAPublicKey, as RFC 6376 says. */
static unsigned rsa_bits(struct wb_slice der)
{
    const unsigned char *p = (const unsigned char *)der.p, *bare = p;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)der.n);
    if (!key)
        key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &bare, (long)der.n);
    unsigned bits =
        key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA ? (unsigned)EVP_PKEY_bits(key) : 0;
    EVP_PKEY_free(key);
    ERR_clear_error();
    return bits;
}

static enum wb_dkim_problem judge_key(struct wb_slice key, struct wb_dkim *out)
{
    if (wb_slice_eqi(out->type, WB_S("ed25519"))) {
        out->bits = key.n == ED25519_BYTES ? 256 : 0;
        return out->bits ? WB_DKIM_IS_OK : WB_DKIM_IS_BAD_KEY;
    }
    if (!wb_slice_eqi(out->type, WB_S("rsa")))
        return WB_DKIM_IS_TYPE;
    out->bits = rsa_bits(key);
    return !out->bits               ? WB_DKIM_IS_BAD_KEY
           : out->bits < LEAST_BITS ? WB_DKIM_IS_SHORT
                                    : WB_DKIM_IS_OK;
}

static bool has_flag(struct wb_slice flags, struct wb_slice flag)
{
    while (flags.n)
        if (wb_slice_eqi(wb_slice_trim(wb_slice_cut(&flags, ':')), flag))
            return true;
    return false;
}

void wb_dkim_read(struct wb_arena *arena, struct wb_slice record, struct wb_dkim *out)
{
    struct wb_slice rest = record, version, flags, key = WB_NONE;
    struct wb_tag first;
    out->record = record;
    out->type = WB_S("rsa");
    wb_tag_find(record, WB_S("k"), &out->type);
    if (wb_tag_find(record, WB_S("t"), &flags))
        out->testing = has_flag(flags, WB_S("y"));
    bool versioned = wb_tag_find(record, WB_S("v"), &version);
    bool in_place =
        !versioned || (wb_tag_next(&rest, &first) && wb_slice_eq(first.name, WB_S("v")) &&
                       wb_slice_eq(version, WB_S("DKIM1")));
    if (!wb_tags_valid(record) || !in_place || !wb_tag_find(record, WB_S("p"), &key))
        out->problem = WB_DKIM_IS_SYNTAX;
    else
        out->problem = key.n ? judge_key(from_base64(arena, key), out) : WB_DKIM_IS_REVOKED;
}

static struct wb_slice key_name(struct wb_arena *arena, struct wb_slice domain,
                                struct wb_slice selector)
{
    struct wb_text text = wb_text_open(arena, LONGEST_NAME + 1);
    wb_text_put(&text, selector);
    wb_text_put(&text, WB_S("._domainkey."));
    wb_text_put(&text, domain);
    wb_text_byte(&text, '\0');
    if (text.cut) {
        wb_text_drop(&text);
        return WB_NONE;
    }
    struct wb_slice name = wb_text_close(&text);
    return wb_slice(name.p, name.n - 1);
}

void wb_dkim_check(struct wb_dns *dns, struct wb_arena *arena, struct wb_slice domain,
                   struct wb_slice selector, int64_t deadline, struct wb_dkim *out)
{
    *out = (struct wb_dkim){.problem = WB_DKIM_IS_NO_NAME};
    out->name = domain.n && selector.n ? key_name(arena, domain, selector) : WB_NONE;
    if (!out->name.n || memchr(out->name.p, 0, out->name.n))
        return;
    struct wb_dns_question q = wb_dns_ask_one(dns, out->name.p, WB_DNS_TXT, deadline);
    if (q.n == 1)
        wb_dkim_read(arena, q.records[0].data, out);
    else if (q.n > 1)
        out->problem = WB_DKIM_IS_TWO_RECORDS;
    else
        out->problem =
            q.status == WB_DNS_NODATA || q.status == WB_DNS_NXDOMAIN || q.status == WB_DNS_OK
                ? WB_DKIM_IS_NO_RECORD
                : WB_DKIM_IS_DNS;
}
