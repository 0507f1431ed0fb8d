/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens of the service; only their SHA-256 is kept. What store.h says holds here. */
#ifndef WB_STORE_TOKEN_H
#define WB_STORE_TOKEN_H

#include "store.h"

struct wb_token_row {
    int64_t id, created, last_used; /* Unix time; last_used 0: never */
    struct wb_slice name;
    unsigned scopes; /* the bits of the caller */
    bool revoked;
};
typedef bool (*wb_token_callback)(void *own, const struct wb_token_row *row);

/* In a batch. */
bool wb_store_token_add(struct wb_store *store, struct wb_slice name, unsigned scopes,
                        const unsigned char sha256[32], int64_t *id_out, struct wb_status *status);
bool wb_store_token_revoke(struct wb_store *store, int64_t id, bool *found,
                           struct wb_status *status);
/* Notes when a token was last used: not for each call, once a minute is enough. */
bool wb_store_token_used(struct wb_store *store, int64_t id, int64_t at, struct wb_status *status);

bool wb_store_tokens(struct wb_store *store, wb_token_callback callback, void *own,
                     struct wb_status *status);
/* The one that is not revoked. */
bool wb_store_token_find(struct wb_store *store, const unsigned char sha256[32],
                         wb_token_callback callback, void *own, bool *found,
                         struct wb_status *status);

#endif
