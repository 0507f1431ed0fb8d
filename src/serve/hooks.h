/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Webhooks: doc/webhooks.md. A teller puts notices into the batch of what they tell of, whoever
 * writes it, the service or a command; a thread of the service delivers them.
 */
#ifndef WB_HOOKS_H
#define WB_HOOKS_H

#include "serve.h"
#include "store_notice.h"

/* ---- telling: in every program that writes ---- */

struct wb_hook_teller {
    struct wb_teller teller; /* the first member */
    const struct wb_webhooks *hooks;
};
/* What is written through this store is told of; the teller lives as long as it. */
void wb_hooks_tell(struct wb_hook_teller *teller, const struct wb_webhooks *hooks,
                   struct wb_store *store);

/* A notice for each endpoint that wants this kind, in a batch; data is let go of. */
void wb_hooks_put(struct wb_store *store, const struct wb_webhooks *hooks,
                  enum wb_webhook_kind kind, const char *about, int64_t now, json_t *data);
bool wb_hooks_want(const struct wb_webhooks *hooks, enum wb_webhook_kind kind);

/* Alarms that were not told of today, and last week's digest, are put into the queue. */
bool wb_hooks_news(struct wb_service *service, struct wb_status *status);

/* ---- signing: Standard Webhooks 1.0 ---- */

struct wb_hook_key {
    unsigned char bytes[64];
    size_t n;
};
enum { WB_HOOK_SIGNATURE = 64 };

/* Of the endpoint's "whsec_..."; false, with a sentence, when it is none. */
bool wb_hook_key(const struct wb_webhook *hook, struct wb_hook_key *key_out,
                 struct wb_status *status) WB_MUST_CHECK;
/* "v1,..." of id.timestamp.body */
void wb_hook_sign(const struct wb_hook_key *key, const char *id, int64_t timestamp,
                  struct wb_slice body, char out[WB_HOOK_SIGNATURE]);
/* "msg_" and 32 digits */
enum { WB_HOOK_ID_TEXT = 4 + 2 * WB_NOTICE_ID + 1 };
void wb_hook_id(const unsigned char message[WB_NOTICE_ID], char out[WB_HOOK_ID_TEXT]);

/* ---- sending ---- */

struct wb_sender;

/* NULL, with a sentence, when a secret is none. Without endpoints it does nothing. */
struct wb_sender *wb_sender_open(struct wb_service *service, struct wb_status *status);
/* What is under way may end, for some seconds; the rest waits for the next start. */
void wb_sender_close(struct wb_sender *sender);
/* Counts of tries, in the text format of Prometheus. */
void wb_sender_put(struct wb_sender *sender, struct wb_buf *out);

#endif
