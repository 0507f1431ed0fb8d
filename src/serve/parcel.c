/* SPDX-License-Identifier: BSD-2-Clause */
#include "parcel.h"

#include <stdbool.h>
#include <stddef.h>

#include "date.h"
#include "whybounce.h"

/* Members of a record that a report has under the same name. */
#define TAKEN(X)                                                                                   \
    X(report_id, REPORT_ID)                                                                        \
    X(failure_key, FAILURE_KEY)                                                                    \
    X(kind, KIND)                                                                                  \
    X(recipient, RECIPIENT)                                                                        \
    X(action, ACTION)                                                                              \
    X(cause, CAUSE)                                                                                \
    X(detail, DETAIL)                                                                              \
    X(confidence, CONFIDENCE)                                                                      \
    X(permanence, PERMANENCE)                                                                      \
    X(fault, FAULT)                                                                                \
    X(responsible, RESPONSIBLE)                                                                    \
    X(recommendation, RECOMMENDATION)                                                              \
    X(status, STATUS)                                                                              \
    X(stage, STAGE)                                                                                \
    X(provider, PROVIDER)                                                                          \
    X(dialect, DIALECT)                                                                            \
    X(reporting_mta, REPORTING_MTA)                                                                \
    X(remote_mta, REMOTE_MTA)                                                                      \
    X(remote_ip, REMOTE_IP)                                                                        \
    X(rule, EVIDENCE_RULE)                                                                         \
    X(diagnostic, DIAGNOSTIC)                                                                      \
    X(message_id, MESSAGE_ID)                                                                      \
    X(envelope_from, ENVELOPE_FROM)                                                                \
    X(subject, SUBJECT)

static const size_t texts[] = {
#define X(name, field) offsetof(struct wb_record, name),
    TAKEN(X)
#undef X
        offsetof(struct wb_record, document),
};
enum { TEXTS = sizeof texts / sizeof texts[0] };

struct numbers {
    int64_t at;
    int32_t reply_code, proof;
};

static struct wb_slice slice_of(struct wb_string s)
{
    return wb_slice(s.text, s.length);
}

void wb_record_of(const struct wb_report *report, struct wb_slice document,
                  struct wb_record *record)
{
    *record = (struct wb_record){
#define X(name, field) .name = slice_of(wb_report_string(report, WB_REPORT_##field)),
        TAKEN(X)
#undef X
            .document = document,
        .reply_code = (int)wb_report_number(report, WB_REPORT_REPLY_CODE),
        .at = wb_report_number(report, WB_REPORT_LAST_ATTEMPT)};
}

static void put(const struct wb_record *record, struct wb_buf *out)
{
    struct numbers numbers = {record->at, record->reply_code, (int32_t)record->proof};
    wb_buf_put(out, wb_slice((const char *)&numbers, sizeof numbers));
    for (size_t i = 0; i < TEXTS; i++) {
        const struct wb_slice *text = (const void *)((const char *)record + texts[i]);
        uint32_t n = (uint32_t)text->n;
        wb_buf_put(out, wb_slice((const char *)&n, sizeof n));
        wb_buf_put(out, *text);
    }
}

uint32_t wb_parcel_put_lines(const struct wb_analysis *analysis, struct wb_slice lines,
                             uint32_t most, struct wb_buf *out)
{
    struct wb_slice rest = lines;
    uint32_t done = 0;
    for (size_t n = wb_analysis_count(analysis); done < n && done < most && rest.n; done++) {
        struct wb_record record;
        struct wb_slice line = wb_slice_head(rest, wb_slice_find(rest, WB_S("\n")));
        rest = wb_slice_from(rest, line.n + 1);
        wb_record_of(wb_analysis_report(analysis, done), line, &record);
        put(&record, out);
    }
    return done;
}

uint32_t wb_parcel_put(struct wb_session *session, const struct wb_analysis *analysis,
                       uint32_t most, struct wb_buf *out)
{
    struct wb_string json = wb_analysis_render(session, analysis, "json");
    return wb_parcel_put_lines(analysis, slice_of(json), most, out);
}

/* The header's Date; 0 without one. */
static int64_t date_of(struct wb_slice mail)
{
    for (struct wb_slice line; mail.n; mail = wb_slice_from(mail, line.n + 1)) {
        line = wb_slice_head(mail, wb_slice_find(mail, WB_S("\n")));
        if (wb_slice_startsi(line, WB_S("date:")))
            return wb_date_parse(wb_slice_trim(wb_slice_from(line, 5))).unix_seconds;
        if (!wb_slice_trim(line).n)
            return 0;
    }
    return 0;
}

void wb_record_date(struct wb_record *record, struct wb_slice mail, int64_t received)
{
    enum { DAY = 86400, HEADER = 64 << 10, EARLIEST = 631152000 /* 1990 */ };
    if (record->at > received + DAY || record->at < EARLIEST)
        record->at = date_of(wb_slice_head(mail, HEADER));
    if (record->at > received + DAY || record->at < EARLIEST)
        record->at = received;
}

static bool take(struct wb_slice *rest, void *out, size_t n)
{
    if (rest->n < n)
        return false;
    memcpy(out, rest->p, n);
    *rest = wb_slice_from(*rest, n);
    return true;
}

bool wb_parcel_take(struct wb_slice *rest, struct wb_record *record)
{
    struct numbers numbers;
    *record = (struct wb_record){.at = 0};
    if (!take(rest, &numbers, sizeof numbers))
        return false;
    record->at = numbers.at;
    record->reply_code = numbers.reply_code;
    record->proof = (enum wb_proof)numbers.proof;
    for (size_t i = 0; i < TEXTS; i++) {
        uint32_t n;
        if (!take(rest, &n, sizeof n) || rest->n < n)
            return false;
        *(struct wb_slice *)(void *)((char *)record + texts[i]) = wb_slice_head(*rest, n);
        *rest = wb_slice_from(*rest, n);
    }
    return true;
}
