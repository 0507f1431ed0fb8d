/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions to DNS whose answers are validated (DNSSEC), by libunbound: it asks the same resolver
 * as the other questions, and checks all signatures itself up to a trust anchor.
 *
 * Where validation does not work at all, because there is no anchor or the resolver leaves the
 * signatures out, every state is "could not tell": the anchor's own keys are asked for first.
 * A wb_dnssec belongs to one thread; it and the answers live in the probe's arena. libunbound works
 * in a thread of its own, so questions are on their way while something else is done.
 */
#ifndef WB_DNSSEC_H
#define WB_DNSSEC_H

#include "probe.h"
#include "limit_check.h"

enum wb_dnssec_state {
    WB_DNSSEC_UNKNOWN,  /* no answer, or validation does not work here */
    WB_DNSSEC_UNSIGNED, /* it is proven that there are no signatures to be had */
    WB_DNSSEC_BOGUS,    /* signatures are missing, wrong or expired */
    WB_DNSSEC_SECURE,
};

struct wb_dnssec_question {
    const char *name;
    uint16_t type;
    /* the answer */
    enum wb_dnssec_state state;
    bool answered;
    struct wb_slice *records; /* their data, as on the wire */
    size_t n;
    bool cut;               /* there were more records than WB_MAX_DNS_RECORDS */
    struct wb_slice cname;  /* where aliases led to; absent when the name is no alias */
    struct wb_slice reason; /* why it is bogus, in the words of libunbound */
};

struct wb_dnssec;

/* NULL when there is no trust anchor, or libunbound does not start. */
struct wb_dnssec *wb_dnssec_open(const struct wb_probe *probe);
/* Sends the questions, which must stay where they are until wb_dnssec_wait has returned. */
void wb_dnssec_ask(struct wb_dnssec *dnssec, struct wb_dnssec_question *questions, size_t n);
/* Until all are answered, or the deadline (wb_now): those that are late stay unknown. */
void wb_dnssec_wait(struct wb_dnssec *dnssec, int64_t deadline);
void wb_dnssec_close(struct wb_dnssec *dnssec);

/* One question from beginning to end. */
struct wb_dnssec_question wb_dnssec_ask_one(const struct wb_probe *probe, struct wb_slice name,
                                            uint16_t type);

#endif
