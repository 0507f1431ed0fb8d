/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports in, the JSON of whybounce parse, a line each: of every one whether its trouble still
 * stands. "whybounce explain --live" hands them over.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "checker.h"
#include "find.h"
#include "live.h"

enum { LONGEST_REPORT = 1 << 20 };

static struct wb_slice member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? wb_slice_str(text) : WB_NONE;
}

/* The address of "Name <a@example.org>". */
static struct wb_slice bare_address(struct wb_slice s)
{
    size_t open = wb_slice_chr(s, '<');
    if (open < s.n)
        s = wb_slice_from(s, open + 1);
    return wb_slice_trim(wb_slice_head(s, wb_slice_chr(s, '>')));
}

static struct wb_live_case case_of(const json_t *report)
{
    const json_t *facts = json_object_get(report, "facts"),
                 *original = json_object_get(report, "original");
    struct wb_live_case that = {.cause = member(report, "cause"),
                                .recipient = member(report, "recipient"),
                                .sender = bare_address(member(original, "envelope_from")),
                                .client_ip = member(facts, "client_ip"),
                                .list = member(facts, "blocklist"),
                                .remote_host = member(report, "remote_mta"),
                                .remote_ip = member(report, "remote_ip")};
    if (!that.sender.n)
        that.sender = bare_address(member(original, "from"));
    return that;
}

static enum wb_check_exit check_report(const struct wb_check_settings *s, const json_t *report,
                                       struct wb_buf *out)
{
    struct wb_check_run run;
    struct wb_live found;
    struct wb_live_case that = case_of(report);
    if (!wb_check_begin(s, &run))
        return WB_CHECK_NOT_RUN;
    wb_live_check(&run.probe, &that, &found, &run.findings);
    const struct wb_answer answer = {.subject = that.recipient,
                                     .result = found.known ? found.state : WB_FINDING_UNKNOWN,
                                     .cause = that.cause,
                                     .words = found.words};
    wb_put_answer(s, &answer, &run.findings, out);
    wb_check_end(&run);
    return found.known ? wb_check_exit_of(found.state) : WB_CHECK_HEALTHY;
}

enum wb_check_exit wb_check_reports(const struct wb_check_settings *s)
{
    enum wb_check_exit worst = WB_CHECK_HEALTHY;
    struct wb_buf out = {0};
    char *line = malloc(LONGEST_REPORT);
    bool ok = line != NULL;
    while (ok && fgets(line, LONGEST_REPORT, stdin)) {
        json_t *report = json_loads(line, 0, NULL);
        if (!report)
            wb_check_complain(s, "", "the input is no report", "输入的内容不是分析结果");
        enum wb_check_exit result = report ? check_report(s, report, &out) : WB_CHECK_NOT_RUN;
        json_decref(report);
        ok = result != WB_CHECK_NOT_RUN && wb_check_write(s, &out);
        worst = wb_check_worse(worst, result);
    }
    free(line);
    wb_buf_free(&out);
    return ok ? worst : WB_CHECK_NOT_RUN;
}
