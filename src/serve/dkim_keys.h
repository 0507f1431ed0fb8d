/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our own public keys of DKIM (RFC 6376 3.6.1, RFC 8463), from a file: a line each, as DNS has
 * them. "mail._domainkey.example.com v=DKIM1; k=rsa; p=MIIB..." or what
 * `dig +noall +answer TXT mail._domainkey.example.com` prints. A key of DNS is anybody's who can
 * answer for DNS; one in a file is the administrator's.
 */
#ifndef WB_DKIM_KEYS_H
#define WB_DKIM_KEYS_H

#include <openssl/evp.h>

#include "buf.h"
#include "status.h"

struct wb_dkim_keys;

/* NULL, with file and line, when one cannot be read or is too weak (RSA below 1024 bits). */
struct wb_dkim_keys *wb_dkim_keys_open(const char *path, struct wb_status *status);
void wb_dkim_keys_close(struct wb_dkim_keys *keys);

/* The key of "mail" and "example.com", in any case of the letters; NULL: it is none of ours. */
EVP_PKEY *wb_dkim_key(const struct wb_dkim_keys *keys, struct wb_slice selector,
                      struct wb_slice domain);

/*
 * A tag of a list (RFC 6376 3.2), "k" of "v=DKIM1; k=rsa": without the blanks around it; empty
 * when it is absent.
 */
struct wb_slice wb_dkim_tag(struct wb_slice list, const char *name);
/* Base64 with blanks in it, appended to out; false when it is none. */
bool wb_dkim_base64(struct wb_slice text, struct wb_buf *out) WB_MUST_CHECK;

#endif
