/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report: what one message says of one recipient, judged. This is the record that is rendered
 * as JSON, as a table and as words; doc/report.schema.json describes its outside.
 *
 * Everything in it points into the message, the session's memory or the catalogue, and is valid
 * until the session analyses the next message.
 */
#ifndef WB_REPORT_H
#define WB_REPORT_H

#include "classify.h"
#include "hash.h"

enum { WB_REPORT_SCHEMA = 1 };

struct wb_report {
    const struct wb_catalogue *cat;
    const struct wb_extract *extract; /* the message; for bare replies without a mail */
    const struct wb_evidence *evidence;
    struct wb_verdict verdict;
    struct wb_hash report_id;
    char id_text[32]; /* the same in hexadecimal */
    char key_text[32];
    char status_text[16];       /* "5.1.1", with its NUL; empty: none */
    struct wb_hash failure_key; /* both halves 0: nothing to make it from */
    struct wb_slice source;     /* the file or other place it came from; may be empty */
    uint32_t index;             /* of the message in the source */
    enum wb_kind kind;
    struct wb_slice verp;      /* the recipient that the return address carries */
    long long evidence_offset; /* where the deciding words stand in the message, -1: nowhere */
    const struct wb_slice *kept_names; /* header fields to be shown, and their values */
    const struct wb_slice *kept_values;
    uint32_t kept;
    uint16_t scheme; /* of the classes that are shown beside causes; WB_NO_INDEX: none are */
    wb_limit_set limits;
};

#endif
