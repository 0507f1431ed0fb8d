/* SPDX-License-Identifier: BSD-2-Clause */
/* What a message says: of each recipient, of the returned message, of a complaint. */
#ifndef WB_EVIDENCE_H
#define WB_EVIDENCE_H

#include "date.h"
#include "prose.h"
#include "slice.h"
#include "vocab.h"

/* One recipient of whom the message reports something. */
/*
 * A weak line may as well belong to the returned header: "To: a@example.org". Alone is a name
 * without its domain. What stands in the subject may be of the returned message's subject.
 */
enum { WB_NAMED_WEAK = 1, WB_NAMED_STRONG = 2, WB_NAMED_ALONE = 4, WB_NAMED_IN_SUBJECT = 8 };

struct wb_evidence {
    struct wb_slice address;  /* the final recipient; empty: not named */
    struct wb_slice original; /* the address written to, where it differs */
    struct wb_slice alias;    /* the local name behind it: X-Actual-Recipient, "(expanded from)" */
    enum wb_action action;
    enum wb_stage stage;
    struct wb_code status;           /* of the Status field */
    struct wb_slice comment;         /* the comment in the Status field */
    struct wb_slice diagnostic;      /* of the Diagnostic-Code field, without its type */
    struct wb_slice diagnostic_type; /* "smtp", "x-unix", ...; as written */
    struct wb_slice explanation;     /* what the prose says of this recipient */
    struct wb_slice supplement;      /* further words of the server in a field */
    struct wb_slice remote_mta;      /* without type */
    struct wb_slice remote_ip;
    struct wb_slice queue_id;
    uint8_t named; /* where, if by no field: WB_NAMED_WEAK and the others */
    struct wb_time last_attempt;
    struct wb_time retry_until;
};

/* The returned message. part is WB_NO_PART when no header of it came back. */
struct wb_original {
    uint32_t part;
    struct wb_slice message_id;
    struct wb_slice envelope_from;
    struct wb_slice from;
    struct wb_slice to;
    struct wb_slice subject;
    struct wb_slice date; /* as written */
    struct wb_slice list_id;
    struct wb_slice feedback_id;
    long long bytes; /* of the returned message when it came back whole; 0 unknown */
};

/* RFC 5965 */
struct wb_feedback {
    struct wb_slice type;
    struct wb_slice source_ip;
    struct wb_slice user_agent;
    struct wb_slice reported_domain;
    struct wb_slice auth_failure;
};

/* A line of the prose and what it was read as, for the annotated view. */
struct wb_mark {
    struct wb_slice line;
    enum wb_role role;
};

#endif
