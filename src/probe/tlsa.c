/* SPDX-License-Identifier: BSD-2-Clause */
#include "tlsa.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

enum { USAGE_TA = 2, USAGE_EE = 3, HEAD = 3 /* usage, selector, matching type */ };

/* OpenSSL checks a chain for DANE on behalf of a connection: this one is never connected. */
static SSL *open_check(SSL_CTX *context, const char *host, const char *domain)
{
    if (SSL_CTX_dane_enable(context) <= 0)
        return NULL;
    SSL_CTX_dane_set_flags(context, DANE_FLAG_NO_DANE_EE_NAMECHECKS); /* RFC 7672 3.1.1 */
    SSL *tls = SSL_new(context);
    if (tls && SSL_dane_enable(tls, host) > 0 && SSL_add1_host(tls, domain))
        return tls;
    SSL_free(tls);
    return NULL;
}

/* How many records can be used: OpenSSL takes no wrong lengths and no unknown numbers. */
static size_t add_records(SSL *tls, const struct wb_slice *records, size_t n)
{
    size_t usable = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned char *p = (const unsigned char *)records[i].p;
        if (records[i].n > HEAD && (p[0] == USAGE_TA || p[0] == USAGE_EE))
            usable += SSL_dane_tlsa_add(tls, p[0], p[1], p[2], p + HEAD, records[i].n - HEAD) > 0;
    }
    return usable;
}

static STACK_OF(X509) * read_chain(const struct wb_talk_chain *chain)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    for (size_t i = 0; all && i < chain->n; i++) {
        const unsigned char *p = (const unsigned char *)chain->der[i].p;
        X509 *one = d2i_X509(NULL, &p, (long)chain->der[i].n);
        if (one && sk_X509_push(all, one))
            continue;
        X509_free(one);
        sk_X509_pop_free(all, X509_free);
        return NULL;
    }
    return all;
}

static bool prepare(X509_STORE_CTX *verify, X509_STORE *none, SSL *tls, STACK_OF(X509) * chain)
{
    if (!verify || !none || !X509_STORE_CTX_init(verify, none, sk_X509_value(chain, 0), chain))
        return false;
    X509_STORE_CTX_set0_dane(verify, SSL_get0_dane(tls));
    X509_STORE_CTX_set_default(verify, "ssl_server");
    return X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(verify), SSL_get0_param(tls)) &&
           X509_STORE_CTX_set_ex_data(verify, SSL_get_ex_data_X509_STORE_CTX_idx(), tls);
}

static enum wb_tlsa_end verify_chain(SSL *tls, STACK_OF(X509) * chain, struct wb_slice *reason_out)
{
    X509_STORE_CTX *verify = X509_STORE_CTX_new();
    X509_STORE *none = X509_STORE_new(); /* the system's authorities play no part */
    enum wb_tlsa_end end = WB_TLSA_FAILED;
    if (prepare(verify, none, tls, chain)) {
        end = X509_verify_cert(verify) == 1 ? WB_TLSA_MATCH : WB_TLSA_MISMATCH;
        *reason_out = wb_slice_str(X509_verify_cert_error_string(X509_STORE_CTX_get_error(verify)));
    }
    X509_STORE_CTX_free(verify);
    X509_STORE_free(none);
    return end;
}

enum wb_tlsa_end wb_tlsa_check(const struct wb_slice *records, size_t n,
                               const struct wb_talk_chain *chain, const char *host,
                               const char *domain, struct wb_slice *reason_out)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL *tls = context ? open_check(context, host, domain) : NULL;
    STACK_OF(X509) *certificates = chain->n ? read_chain(chain) : NULL;
    enum wb_tlsa_end end = WB_TLSA_FAILED;
    if (tls && add_records(tls, records, n) == 0)
        end = WB_TLSA_UNUSABLE;
    else if (tls && certificates)
        end = verify_chain(tls, certificates, reason_out);
    sk_X509_pop_free(certificates, X509_free);
    SSL_free(tls);
    SSL_CTX_free(context);
    ERR_clear_error(); /* of records and certificates that cannot be read */
    return end;
}
