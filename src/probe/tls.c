/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls.h"
#include "limit_check.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

enum { LONGEST_NAME = 255 };

SSL_CTX *wb_tls_open(void)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (!context)
        return NULL;
    /* the certificate is judged afterwards: the talk goes on whatever it is */
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_default_verify_paths(context);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_security_level(context, 0); /* old servers are to be seen, not to be trusted */
    return context;
}

static bool copy_name(struct wb_slice host, char out[LONGEST_NAME + 1])
{
    if (host.n == 0 || host.n > LONGEST_NAME || memchr(host.p, '\0', host.n))
        return false;
    memcpy(out, host.p, host.n);
    out[host.n] = '\0';
    return true;
}

SSL *wb_tls_client(SSL_CTX *context, int fd, struct wb_slice host)
{
    char name[LONGEST_NAME + 1];
    SSL *tls = SSL_new(context);
    if (!tls || !SSL_set_fd(tls, fd)) {
        SSL_free(tls);
        return NULL;
    }
    if (copy_name(host, name))
        SSL_set_tlsext_host_name(tls, name);
    SSL_set_connect_state(tls);
    return tls;
}

static int days_left(const X509 *certificate)
{
    int days = 0, seconds = 0;
    ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate));
    return days;
}

/* Copies what was shown; all of it or nothing. */
static void keep_chain(SSL *tls, struct wb_talk_chain *chain, struct wb_arena *arena)
{
    STACK_OF(X509) *all = SSL_get_peer_cert_chain(tls);
    size_t n = all ? (size_t)sk_X509_num(all) : 0, bytes = 0;
    for (size_t i = 0; i < n && n <= WB_MAX_CHAIN; i++) {
        X509 *one = sk_X509_value(all, (int)i);
        int length = i2d_X509(one, NULL);
        bytes += length > 0 ? (size_t)length : WB_MAX_CHAIN_BYTES;
        unsigned char *der =
            bytes < WB_MAX_CHAIN_BYTES ? wb_arena_alloc(arena, (size_t)length) : NULL;
        if (!der)
            return;
        chain->der[i] = wb_slice((const char *)der, (size_t)length);
        i2d_X509(one, &der);
    }
    chain->n = n <= WB_MAX_CHAIN ? n : 0;
}

void wb_tls_judge(SSL *tls, struct wb_talk *talk, struct wb_arena *arena)
{
    char name[LONGEST_NAME + 1];
    X509 *certificate = SSL_get0_peer_certificate(tls);
    long found = SSL_get_verify_result(tls);
    if (!certificate) {
        talk->tls = WB_TLS_FAILED;
        return;
    }
    keep_chain(tls, &talk->chain, arena);
    talk->tls_days = days_left(certificate);
    talk->tls_why = wb_arena_copy(arena, wb_slice_str(X509_verify_cert_error_string(found)));
    talk->tls_other_name =
        !copy_name(talk->host, name) || X509_check_host(certificate, name, 0, 0, NULL) != 1;
    if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0)
        talk->tls = WB_TLS_EXPIRED;
    else if (found != X509_V_OK)
        talk->tls = WB_TLS_UNTRUSTED;
    else
        talk->tls = talk->tls_other_name ? WB_TLS_WRONG_NAME : WB_TLS_WELL;
}

void wb_tls_failed(struct wb_talk *talk, struct wb_arena *arena)
{
    const char *why = ERR_reason_error_string(ERR_peek_last_error());
    talk->tls = WB_TLS_FAILED;
    talk->tls_why = wb_arena_copy(arena, wb_slice_str(why ? why : "the connection was closed"));
    ERR_clear_error();
}

static ssize_t result_of(SSL *tls, int n)
{
    if (n > 0)
        return n;
    int why = SSL_get_error(tls, n);
    errno = why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? EAGAIN : EPIPE;
    return why == SSL_ERROR_ZERO_RETURN ? 0 : -1;
}

/* Errors that another connection of this thread has left would be taken for this one's. */
ssize_t wb_tls_get(SSL *tls, char *p, size_t n)
{
    ERR_clear_error();
    return result_of(tls, SSL_read(tls, p, (int)n));
}

ssize_t wb_tls_put(SSL *tls, const char *p, size_t n)
{
    ERR_clear_error();
    return result_of(tls, SSL_write(tls, p, (int)n));
}
