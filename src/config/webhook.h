/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is told of what: the mapping "webhooks" of the configuration. doc/webhooks.md explains it. */
#ifndef WB_WEBHOOK_H
#define WB_WEBHOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "slice.h"

/* What can be told of. */
#define WB_WEBHOOK_KINDS(X)                                                                        \
    X(REPORT, "report")   /* each new report */                                                    \
    X(ADDRESS, "address") /* the state of an address becomes another one */                        \
    X(ALARM, "alarm")     /* what somebody should look at now */                                   \
    X(DIGEST, "digest")   /* a week */
enum wb_webhook_kind {
#define X(id, name) WB_WEBHOOK_##id,
    WB_WEBHOOK_KINDS(X)
#undef X
        WB_WEBHOOK_KIND_COUNT
};
const char *wb_webhook_kind_name(enum wb_webhook_kind kind);

struct wb_words {
    char **word;
    size_t n;
};
/* Is it one of them, upper and lower case alike? No words: any text is. */
bool wb_words_take(const struct wb_words *words, struct wb_slice text);

struct wb_webhook {
    char *name, *url;
    char *secret, *secret_file; /* "whsec_...", or a file with it in its first line; one is "" */
    bool kinds[WB_WEBHOOK_KIND_COUNT];
    struct wb_words causes, providers, domains, report_kinds; /* empty: any */
    bool allow_private;
};

struct wb_webhooks {
    struct wb_webhook *hook;
    size_t n;
};

struct wb_yaml;
struct fy_node;
/* The mapping, NULL for none; complaints stand in the log of yaml. */
void wb_webhooks_read(struct wb_webhooks *hooks, struct wb_yaml *yaml, struct fy_node *map);
void wb_webhooks_free(struct wb_webhooks *hooks);

#endif
