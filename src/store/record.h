/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept of one report: the members that are searched and counted, and the whole document. */
#ifndef WB_RECORD_H
#define WB_RECORD_H

#include <stdint.h>

#include "slice.h"

enum { WB_HOUR = 3600, WB_DAY = 24 * WB_HOUR, WB_WEEK = 7 * WB_DAY }; /* seconds */

/* Whose bounce it is: proven ours, and by what. design.md, "A bounce can be forged". */
enum wb_proof {
    WB_PROOF_NONE,       /* anybody could have sent it */
    WB_PROOF_TAG,        /* our tag in the address that it came to (whybounce verp) */
    WB_PROOF_MESSAGE_ID, /* a Message-ID that we know, or of the pattern of ours */
    WB_PROOF_LOG,        /* a line of our own server's log */
    WB_PROOF_SIGNATURE,  /* our DKIM signature on the returned header */
    WB_PROOF_COUNT
};

/* "none", "tag", "message-id", "log", "signature" */
struct wb_slice wb_proof_name(enum wb_proof proof);

/*
 * The members of doc/report.schema.json with the same names; absent is empty. Borrowed.
 * report_id and failure_key are 32 hexadecimal digits, kind is one of the schema's.
 */
struct wb_record {
    struct wb_slice report_id, failure_key;
    struct wb_slice kind, recipient, action;
    struct wb_slice cause, detail, confidence, permanence, fault, responsible, recommendation;
    struct wb_slice status, stage, provider, dialect, reporting_mta, remote_mta, remote_ip;
    struct wb_slice rule, diagnostic, message_id, envelope_from, subject;
    struct wb_slice document; /* the report as JSON, without a line's end */
    int reply_code;
    int64_t at; /* when it failed: seconds since 1970 UTC; when it came, if it does not say */
    enum wb_proof proof;
};

/* A mail as it came, with its reports; of a line of a log or a bare reply, raw is empty. */
struct wb_message {
    struct wb_slice raw;    /* kept when it is not empty */
    struct wb_slice source; /* "box.mbox", "api" */
    int64_t received;
    const struct wb_record *records;
    size_t n;
};

#endif
