/* SPDX-License-Identifier: BSD-2-Clause */
#include "dkim.h"

#include "reader.h"
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

static int digit_of(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Base64 with white space in it; empty when it is none. */
static struct wb_slice from_base64(struct wb_arena *arena, struct wb_slice s)
{
    struct wb_text out = wb_text_open(arena, s.n);
    unsigned bits = 0, have = 0;
    bool good = true, over = false;
    for (size_t i = 0; i < s.n && good; i++) {
        if (wb_is_space(s.p[i]))
            continue;
        int value = digit_of(s.p[i]);
        over |= s.p[i] == '=';
        if (over) {
            good = s.p[i] == '=';
            continue;
        }
        good = value >= 0;
        bits = (bits << 6 | (unsigned)(value & 63)) & 0xFFFF;
        have += 6;
        if (have >= 8)
            wb_text_byte(&out, (char)(bits >> (have -= 8) & 0xFF));
    }
    if (!good)
        wb_text_drop(&out);
    return good ? wb_text_close(&out) : WB_NONE;
}

/* ---- DER, as much as a public key needs (X.690 8.1) ---- */

/* Takes one element of the tag; false when another stands there or it is longer than what is left.
 */
static bool take_element(struct wb_reader *r, unsigned char tag, struct wb_reader *inside_out)
{
    if ((unsigned char)wb_reader_take(r) != tag || !wb_reader_left(r))
        return false;
    size_t n = (unsigned char)wb_reader_take(r);
    if (n & 0x80) {
        size_t more = n & 0x7F;
        if (more == 0 || more > 3 || more > wb_reader_left(r))
            return false;
        for (n = 0; more; more--)
            n = n << 8 | (unsigned char)wb_reader_take(r);
    }
    if (n > wb_reader_left(r))
        return false;
    *inside_out = wb_reader(wb_slice(r->p, n));
    wb_reader_skip(r, n);
    return true;
}

/* RSAPublicKey (RFC 8017 A.1.1): the modulus comes first. */
static unsigned modulus_bits(struct wb_reader *r)
{
    struct wb_reader key, number;
    if (!take_element(r, 0x30, &key) || !take_element(&key, 0x02, &number))
        return 0;
    while (wb_reader_accept(&number, '\0'))
        ;
    size_t bytes = wb_reader_left(&number);
    if (!bytes || bytes > 4096)
        return 0;
    unsigned first = (unsigned char)wb_reader_peek(&number, 0), bits = (unsigned)(bytes - 1) * 8;
    for (; first; first >>= 1)
        bits++;
    return bits;
}

/* SubjectPublicKeyInfo, as everybody publishes it, or a bare RSAPublicKey, as RFC 6376 says. */
static unsigned rsa_bits(struct wb_slice der)
{
    struct wb_reader r = wb_reader(der), whole, inner, bits;
    if (take_element(&r, 0x30, &whole) && take_element(&whole, 0x30, &inner) &&
        take_element(&whole, 0x03, &bits) && wb_reader_take(&bits) == '\0')
        return modulus_bits(&bits);
    r = wb_reader(der);
    return modulus_bits(&r);
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
