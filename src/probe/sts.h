/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MTA-STS (RFC 8461): the record in DNS and the text of the policy. Reads in place, asks nobody;
 * what is given points into the text.
 */
#ifndef WB_STS_H
#define WB_STS_H

#include "dns.h"

enum wb_sts_record {
    WB_STS_ABSENT,
    WB_STS_ONE,     /* one record, and it is valid */
    WB_STS_SEVERAL, /* senders then take it for none (3.1) */
    WB_STS_BROKEN,  /* one record without a valid id, or in a wrong spelling */
};

enum wb_sts_mode { WB_STS_NONE, WB_STS_TESTING, WB_STS_ENFORCE };

struct wb_sts_policy {
    enum wb_sts_mode mode;
    long long max_age; /* seconds */
    struct wb_slice text;
};

/* The TXT records of _mta-sts.DOMAIN, of which some may be about something else. */
enum wb_sts_record wb_sts_record_read(const struct wb_dns_record *records, size_t n);

/* False when senders must not use it; what is wrong: a field's name, or the line itself. */
bool wb_sts_policy_read(struct wb_slice text, struct wb_sts_policy *policy_out,
                        struct wb_slice *wrong_out);

/* Whether a mail server's name fits the policy; "*." stands for one label (4.1). */
bool wb_sts_lists(const struct wb_sts_policy *policy, struct wb_slice host);

#endif
