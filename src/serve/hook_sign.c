/* SPDX-License-Identifier: BSD-2-Clause */
/* Signatures of webhooks: https://www.standardwebhooks.com, version 1.0, symmetric ("v1"). */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

#include "check.h"
#include "hooks.h"

enum { KEY_LEAST = 24, KEY_MOST = 64, LONGEST_SECRET = 128 };

static bool read_first_line(const char *path, char out[LONGEST_SECRET], struct wb_status *status)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return wb_trouble(status, "%s: %m", path);
    bool ok = fgets(out, LONGEST_SECRET, file) != NULL;
    fclose(file);
    out[ok ? strcspn(out, "\r\n") : 0] = 0;
    return true;
}

/* What the specification asks for: "whsec_", then 24 to 64 bytes in base64. */
static bool decode(const char *secret, struct wb_hook_key *key)
{
    unsigned char bytes[LONGEST_SECRET];
    struct wb_slice text = wb_slice_str(secret);
    size_t padding = 0;
    if (!wb_slice_starts(text, WB_S("whsec_")))
        return false;
    text = wb_slice_from(text, 6);
    while (padding < 2 && text.n > padding && text.p[text.n - 1 - padding] == '=')
        padding++;
    if (text.n % 4 != 0 || text.n > LONGEST_SECRET)
        return false;
    int n = EVP_DecodeBlock(bytes, (const unsigned char *)text.p, (int)text.n);
    if (n < 0 || (size_t)n < KEY_LEAST + padding || (size_t)n > KEY_MOST + padding)
        return false;
    key->n = (size_t)n - padding;
    memcpy(key->bytes, bytes, key->n);
    return true;
}

bool wb_hook_key(const struct wb_webhook *hook, struct wb_hook_key *key_out,
                 struct wb_status *status)
{
    char line[LONGEST_SECRET] = "";
    if (*hook->secret_file && !read_first_line(hook->secret_file, line, status))
        return false;
    if (decode(*hook->secret_file ? line : hook->secret, key_out))
        return true;
    return wb_trouble(status,
                      "webhooks: %s: a secret is 'whsec_' and 24 to 64 bytes in base64: echo "
                      "whsec_$(openssl rand -base64 32)",
                      hook->name);
}

void wb_hook_sign(const struct wb_hook_key *key, const char *id, int64_t timestamp,
                  struct wb_slice body, char out[WB_HOOK_SIGNATURE])
{
    unsigned char mac[32], text[48];
    unsigned n = sizeof mac;
    struct wb_buf signed_text = {0};
    wb_buf_printf(&signed_text, "%s.%lld.", id, (long long)timestamp);
    wb_buf_put(&signed_text, body);
    WB_CHECK(HMAC(EVP_sha256(), key->bytes, (int)key->n, (const unsigned char *)signed_text.p,
                  signed_text.n, mac, &n));
    EVP_EncodeBlock(text, mac, sizeof mac);
    snprintf(out, WB_HOOK_SIGNATURE, "v1,%s", (char *)text);
    wb_buf_free(&signed_text);
}

void wb_hook_id(const unsigned char message[WB_NOTICE_ID], char out[WB_HOOK_ID_TEXT])
{
    snprintf(out, WB_HOOK_ID_TEXT, "msg_");
    for (size_t i = 0; i < WB_NOTICE_ID; i++)
        snprintf(out + 4 + 2 * i, 3, "%02x", message[i]);
}
