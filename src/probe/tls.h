/* SPDX-License-Identifier: BSD-2-Clause */
/* TLS on a connection that stands, by OpenSSL; and what is to be said of the certificate. */
#ifndef WB_TLS_H
#define WB_TLS_H

#include <openssl/ssl.h>
#include <sys/types.h>

#include "smtp.h"

/* For all talks of a check; NULL when OpenSSL does not start. */
SSL_CTX *wb_tls_open(void);
/* A client on the socket that names the host (SNI); NULL: not possible. */
SSL *wb_tls_client(SSL_CTX *context, int fd, struct wb_slice host);
/* The handshake is over: judges the certificate. */
void wb_tls_judge(SSL *tls, struct wb_talk *talk, struct wb_arena *arena);
/* The handshake failed: says why. */
void wb_tls_failed(struct wb_talk *talk, struct wb_arena *arena);
/* Like recv and send: -1 with EAGAIN when it has to wait. */
ssize_t wb_tls_get(SSL *tls, char *p, size_t n);
ssize_t wb_tls_put(SSL *tls, const char *p, size_t n);

#endif
