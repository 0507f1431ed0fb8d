/* SPDX-License-Identifier: BSD-2-Clause */
/* POST /v1/check: whybounce check, done for a program or at a click. */
#include <stdatomic.h>
#include <stdlib.h>

#include "calls.h"
#include "child.h"
#include "rates.h"

enum { MOST_AT_ONCE = 2, LONGEST_SUBJECT = 320, MOST_ANSWER = 1 << 20, CHECK_TIME = 15000 };

static atomic_int running; /* each holds one of the four threads of http.c */

/* More than one line would be more than one check. */
static bool is_line(struct wb_slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] < ' ')
            return false;
    return true;
}

/* The subject goes as a line of standard input: nothing in it can be an option. */
static void check(struct wb_request *r, const char *const *argv, struct wb_slice input)
{
    struct wb_status status = {{0}};
    struct wb_buf out = {0};
    bool ok = wb_child_run("whybounce-check", argv, input, MOST_ANSWER, CHECK_TIME, &out, &status);
    const char *end = ok && out.p ? memchr(out.p, '\n', out.n) : NULL;
    if (end) {
        wb_buf_clear(&r->out);
        wb_buf_put(&r->out, wb_slice_span(out.p, end));
        r->status = 200;
    } else if (ok) {
        wb_answer_problem(r, 422, "That could not be checked.");
    } else {
        wb_answer_trouble(r, &status);
    }
    wb_buf_free(&out);
}

static void check_body(struct wb_request *r, json_t *body)
{
    const char *lang = wb_language_tag(r->language);
    const char *of_subject[] = {"whybounce-check", "--json", "--lang", lang, "-", NULL};
    const char *of_report[] = {"whybounce-check", "--json", "--lang", lang, "--live", NULL};
    json_t *report = json_object_get(body, "report");
    struct wb_slice subject;
    struct wb_buf line = {0};
    char *text = json_is_object(report) ? json_dumps(report, JSON_COMPACT) : NULL;
    if (text) {
        wb_buf_put(&line, wb_slice_str(text));
        wb_buf_byte(&line, '\n');
        check(r, of_report, wb_buf_slice(&line));
    } else if (wb_body_text(r, body, "subject", LONGEST_SUBJECT, &subject)) {
        if (!is_line(subject)) {
            wb_answer_problem(r, 422, "\"subject\" must be one line.");
            return;
        }
        wb_buf_put(&line, subject);
        wb_buf_byte(&line, '\n');
        check(r, of_subject, wb_buf_slice(&line));
    }
    free(text);
    wb_buf_free(&line);
}

void wb_call_check(struct wb_request *r)
{
    json_t *body;
    if (!wb_rate_take(r, 'c', r->service->settings.config.check_per_minute))
        return;
    if (atomic_fetch_add(&running, 1) >= MOST_AT_ONCE) {
        r->retry_after = 10;
        wb_answer_problem(r, 503, "Enough checks are running; try again in some seconds.");
    } else if ((body = wb_body_json(r))) {
        check_body(r, body);
        json_decref(body);
    }
    atomic_fetch_sub(&running, 1);
}
