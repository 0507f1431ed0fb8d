/* SPDX-License-Identifier: BSD-2-Clause */
#include "dkim_keys.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "limit.h"

enum {
    LONGEST_LINE = 8 << 10,
    MOST_KEYS = 256,
    FEWEST_BITS = 1024, /* RFC 8301 3.2 */
    ED25519_BYTES = 32,
};

struct own_key {
    char *name; /* "mail._domainkey.example.com" */
    EVP_PKEY *key;
};

struct wb_dkim_keys {
    struct own_key rows[MOST_KEYS];
    size_t n;
};

struct wb_slice wb_dkim_tag(struct wb_slice list, const char *name)
{
    while (list.n) {
        struct wb_slice one = wb_slice_head(list, wb_slice_find(list, WB_S(";")));
        size_t equals = wb_slice_find(one, WB_S("="));
        if (wb_slice_eq(wb_slice_trim(wb_slice_head(one, equals)), wb_slice_str(name)))
            return wb_slice_trim(wb_slice_from(one, equals + 1));
        list = wb_slice_from(list, one.n + 1);
    }
    return WB_NONE;
}

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool wb_dkim_base64(struct wb_slice text, struct wb_buf *out)
{
    unsigned bits = 0, have = 0, digits = 0, pads = 0;
    for (size_t i = 0; i < text.n; i++) {
        int value = base64_value(text.p[i]);
        if (wb_is_space(text.p[i]))
            continue;
        if (text.p[i] == '=') {
            pads++;
            continue;
        }
        if (value < 0 || pads)
            return false;
        bits = (bits << 6 | (unsigned)value) & 0xFFFF;
        digits++;
        have += 6;
        if (have >= 8) {
            have -= 8;
            wb_buf_byte(out, (char)(bits >> have));
        }
    }
    return digits && (digits + pads) % 4 == 0 && pads < 3;
}

/* ---- the file ---- */

/* What stands in quotes, joined: DNS has long texts in pieces. */
static void join_quoted(struct wb_slice text, struct wb_buf *out)
{
    bool inside = false;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            inside = !inside;
        else if (inside && text.p[i] != '\\')
            wb_buf_byte(out, text.p[i]);
    }
}

static EVP_PKEY *read_public(struct wb_slice kind, struct wb_slice der)
{
    const unsigned char *p = (const unsigned char *)der.p;
    EVP_PKEY *key = NULL;
    if (wb_slice_eq(kind, WB_S("ed25519")))
        return der.n == ED25519_BYTES
                   ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, p, der.n)
                   : NULL;
    if (kind.n && !wb_slice_eq(kind, WB_S("rsa")))
        return NULL;
    key = d2i_PUBKEY(NULL, &p, (long)der.n);
    if (!key) { /* RFC 6376 names RSAPublicKey, which some write */
        p = (const unsigned char *)der.p;
        key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long)der.n);
    }
    if (key && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= FEWEST_BITS)
        return key;
    EVP_PKEY_free(key);
    return NULL;
}

/* NULL: this is no key, or a weak one. */
static EVP_PKEY *read_record(struct wb_slice record)
{
    struct wb_buf der = {0};
    EVP_PKEY *key = NULL;
    if (wb_dkim_base64(wb_dkim_tag(record, "p"), &der))
        key = read_public(wb_dkim_tag(record, "k"), wb_buf_slice(&der));
    wb_buf_free(&der);
    return key;
}

static bool is_name(struct wb_slice name)
{
    size_t at = wb_slice_findi(name, WB_S("._domainkey."));
    return at > 0 && at < name.n && name.n <= WB_MAX_STORED_NAME;
}

/* "NAME RECORD", or "NAME TTL IN TXT "RECORD" "MORE""; empty lines and remarks are left out. */
static bool read_line(struct wb_dkim_keys *keys, struct wb_slice line)
{
    size_t n = 0;
    struct wb_buf record = {0};
    line = wb_slice_trim(line);
    if (!line.n || line.p[0] == '#' || line.p[0] == ';')
        return true;
    while (n < line.n && !wb_is_space(line.p[n]))
        n++;
    struct wb_slice name = wb_slice_head(line, n), rest = wb_slice_trim(wb_slice_from(line, n));
    if (name.n && name.p[name.n - 1] == '.')
        name.n--;
    if (wb_slice_find(rest, WB_S("\"")) < rest.n)
        join_quoted(rest, &record);
    else
        wb_buf_put(&record, rest);
    EVP_PKEY *key =
        is_name(name) && keys->n < MOST_KEYS ? read_record(wb_buf_slice(&record)) : NULL;
    wb_buf_free(&record);
    if (!key)
        return false;
    struct own_key *row = &keys->rows[keys->n++];
    row->key = key;
    row->name = strndup(name.p, name.n);
    WB_CHECK(row->name);
    return true;
}

static bool read_all(struct wb_dkim_keys *keys, FILE *file, const char *path,
                     struct wb_status *status)
{
    char line[LONGEST_LINE];
    for (int number = 1; fgets(line, sizeof line, file); number++)
        if (!strchr(line, '\n') && !feof(file))
            return wb_trouble(status, "%s:%d: this line is too long", path, number);
        else if (!read_line(keys, wb_slice_str(line)))
            return wb_trouble(status,
                              "%s:%d: expected is SELECTOR._domainkey.DOMAIN and its record in "
                              "DNS, of RSA with 1024 bits at least, or Ed25519",
                              path, number);
    return !ferror(file) || wb_trouble(status, "%s: %m", path);
}

struct wb_dkim_keys *wb_dkim_keys_open(const char *path, struct wb_status *status)
{
    FILE *file = fopen(path, "re");
    struct wb_dkim_keys *keys = calloc(1, sizeof *keys);
    WB_CHECK(keys);
    bool ok = file ? read_all(keys, file, path, status) : wb_trouble(status, "%s: %m", path);
    if (file)
        fclose(file);
    if (ok)
        return keys;
    wb_dkim_keys_close(keys);
    return NULL;
}

void wb_dkim_keys_close(struct wb_dkim_keys *keys)
{
    while (keys && keys->n) {
        EVP_PKEY_free(keys->rows[--keys->n].key);
        free(keys->rows[keys->n].name);
    }
    free(keys);
}

EVP_PKEY *wb_dkim_key(const struct wb_dkim_keys *keys, struct wb_slice selector,
                      struct wb_slice domain)
{
    const struct wb_slice middle = WB_S("._domainkey.");
    for (size_t i = 0; i < keys->n; i++) {
        struct wb_slice name = wb_slice_str(keys->rows[i].name);
        if (name.n == selector.n + middle.n + domain.n && wb_slice_startsi(name, selector) &&
            wb_slice_startsi(wb_slice_from(name, selector.n), middle) &&
            wb_slice_endsi(name, domain))
            return keys->rows[i].key;
    }
    return NULL;
}
