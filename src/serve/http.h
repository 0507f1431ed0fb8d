/* SPDX-License-Identifier: BSD-2-Clause */
/* HTTP by libmicrohttpd: bytes in, requests out, and what every answer must carry. */
#ifndef WB_HTTP_H
#define WB_HTTP_H

#include "serve.h"

struct wb_http;

/* Listens where the settings say; NULL, with a sentence, when that cannot be. */
struct wb_http *wb_http_open(struct wb_service *service, struct wb_status *status);
/* The port that it listens on. */
unsigned wb_http_port(const struct wb_http *http);
/* Reads the certificate again; false, with a sentence, when the old one goes on. */
bool wb_http_renew(struct wb_http *http, struct wb_status *status) WB_MUST_CHECK;
/* Takes no new connections, and returns when what is under way is answered. */
void wb_http_close(struct wb_http *http);

/*
 * The answer comes later: after true the call returns, and nobody but who brings the answer
 * touches the request. False: the service is about to end, and it must come now.
 */
bool wb_request_wait(struct wb_request *r) WB_MUST_CHECK;
/* The answer is there: of another thread. */
void wb_request_go_on(struct wb_request *r);

#endif
