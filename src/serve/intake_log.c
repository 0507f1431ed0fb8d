/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "intake.h"
#include "parcel.h"
#include "source.h"
#include "vocab.h"
#include "whybounce.h"

enum { BATCH = 1000 /* events of one commit */ };

struct run {
    const struct wb_intake_settings *s;
    struct wb_store *store;
    struct wb_session *session;
    struct wb_log *log;
    struct wb_slice source;
    size_t open; /* events since begin; 0: there is no batch */
    struct wb_intake_count *count;
};

static bool commit(struct run *run, struct wb_status *status)
{
    if (!run->open)
        return true;
    run->open = 0;
    if (run->s->progress)
        run->s->progress(run->s->own, run->count);
    return wb_store_commit(run->store, status);
}

static bool take(struct run *run, const struct wb_report *report, struct wb_slice document,
                 struct wb_status *status)
{
    struct wb_record record;
    struct wb_added added = {0};
    struct wb_message message = {
        .source = run->source, .received = time(NULL), .records = &record, .n = 1};
    wb_record_of(report, document, &record);
    wb_record_date(&record, WB_NONE, message.received);
    record.proof = WB_PROOF_LOG; /* nobody but ourselves writes it */
    if (!run->open++ && !wb_store_begin(run->store, status))
        return false;
    if (wb_slice_eq(record.kind, wb_kind_name(WB_KIND_DELIVERED)))
        return wb_store_delivered(run->store, record.recipient, record.at, status);
    if (!wb_store_add(run->store, &message, 1, run->s->policy, &added, status))
        return false;
    run->count->reports += added.reports;
    run->count->duplicates += added.duplicates;
    run->count->changes += added.changes;
    return true;
}

static bool take_line(struct run *run, struct wb_slice line, struct wb_status *status)
{
    const struct wb_analysis *analysis = wb_log_line(run->log, run->session, line.p, line.n);
    bool ok = true;
    run->count->mails++;
    if (!analysis || wb_log_repeats(run->log))
        return true;
    struct wb_string json = wb_analysis_render(run->session, analysis, "json");
    struct wb_slice rest = wb_slice(json.text, json.length);
    for (size_t i = 0, n = wb_analysis_count(analysis); ok && i < n && rest.n; i++) {
        struct wb_slice document = wb_slice_head(rest, wb_slice_find(rest, WB_S("\n")));
        rest = wb_slice_from(rest, document.n + 1);
        ok = take(run, wb_analysis_report(analysis, i), document, status);
    }
    return ok && (run->open < BATCH || commit(run, status));
}

static bool read_lines(struct run *run, struct wb_lines *lines, struct wb_status *status)
{
    struct wb_slice block;
    bool ok = true;
    while (ok && wb_lines_next(lines, false, &block, status)) {
        while (ok && block.n) {
            struct wb_slice line = wb_slice_head(block, wb_slice_find(block, WB_S("\n")));
            block = wb_slice_from(block, line.n + 1);
            ok = take_line(run, line, status);
        }
    }
    return ok && !*status->text && commit(run, status);
}

bool wb_intake_log(const struct wb_intake_settings *s, struct wb_store *store, const char *path,
                   const char *format, struct wb_intake_count *count, struct wb_status *status)
{
    char trouble[WB_TROUBLE_TEXT];
    const char *knowledge = *s->settings->catalogue ? s->settings->catalogue : NULL;
    struct wb_catalogue *catalogue = wb_catalogue_open(knowledge, trouble);
    struct run run = {.s = s, .store = store, .count = count, .source = wb_slice_str(path)};
    struct wb_lines *lines = NULL;
    bool ok = false;
    if (!catalogue)
        wb_trouble(status, "%s", trouble);
    else if (!(run.log = wb_log_new(format)))
        wb_trouble(status, "%s: there is no such format of a log", format ? format : "");
    else if ((lines = wb_lines_open(path, status))) {
        run.session = wb_session_new(catalogue);
        WB_CHECK(run.session);
        wb_log_only(run.log, NULL, NULL, 0, 1);
        wb_log_file(run.log, wb_lines_modified(lines), 0);
        ok = read_lines(&run, lines, status);
        if (!ok && run.open)
            wb_store_undo(store);
    }
    if (lines)
        wb_lines_close(lines);
    if (run.log)
        wb_log_free(run.log);
    if (run.session)
        wb_session_free(run.session);
    if (catalogue)
        wb_catalogue_free(catalogue);
    return ok;
}
