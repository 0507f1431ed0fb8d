/* SPDX-License-Identifier: BSD-2-Clause */
/* Who calls: tokens of the store, the login link, cookies of the page. */
#ifndef WB_AUTH_H
#define WB_AUTH_H

#include "serve.h"

enum { WB_TOKEN_TEXT = 64, WB_SCOPES_TEXT = 64 };

/* "wb_" and 256 random bits; only its SHA-256 is kept anywhere. */
void wb_token_make(char text[WB_TOKEN_TEXT], unsigned char sha256[32]);
void wb_token_hash(struct wb_slice text, unsigned char sha256[32]);
/* "read,write" as bits; 0: a word that is no scope. */
unsigned wb_scopes_read(struct wb_slice text);
/* The scopes as words with commas. */
void wb_scopes_text(unsigned scopes, char out[WB_SCOPES_TEXT]);

struct wb_sessions *wb_sessions_open(void);
void wb_sessions_close(struct wb_sessions *sessions);
/* The token of the login link of this run. */
const char *wb_sessions_link(const struct wb_sessions *sessions);

/* Fills in r->caller; false, after an answer of 401 or 403, when there is something wrong. */
bool wb_authenticate(struct wb_request *r) WB_MUST_CHECK;

/* A cookie for who shows this token; false after an answer. */
bool wb_session_begin(struct wb_request *r, struct wb_slice token, char *cookie,
                      size_t room) WB_MUST_CHECK;
void wb_session_end(struct wb_request *r);
/* A token was revoked. */
void wb_sessions_forget_token(struct wb_sessions *sessions, int64_t id);

#endif
