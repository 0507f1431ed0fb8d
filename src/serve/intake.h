/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many mails into the store: one thread reads files, some read mails, the caller's writes, all in
 * the order of the files. Memory does not depend on how much there is.
 */
#ifndef WB_INTAKE_H
#define WB_INTAKE_H

#include "prove.h"
#include "store.h"

struct wb_intake_count {
    uint64_t mails, reports, duplicates, changes;
    bool trouble; /* of some file: it was complained of; true only when all is read */
};

struct wb_intake_settings {
    const struct wb_settings *settings;
    struct wb_prover *prover;
    const struct wb_policy *policy;
    unsigned threads;
    void (*progress)(void *own, const struct wb_intake_count *count);
    void *own;
};

/* The files, or "-". False when the store had trouble; what was committed before is there. */
bool wb_intake(const struct wb_intake_settings *settings, struct wb_store *store, char **paths,
               size_t n, struct wb_intake_count *count, struct wb_status *status) WB_MUST_CHECK;

/* A log of our own server: failures, and deliveries which take back strikes. */
bool wb_intake_log(const struct wb_intake_settings *settings, struct wb_store *store,
                   const char *path, const char *format, struct wb_intake_count *count,
                   struct wb_status *status) WB_MUST_CHECK;

#endif
