/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "limit.h"
#include "channel.h"
#include "whybounce.h"

enum { LONGEST_WORDS = 1024 };

struct worker {
    int fd;
    struct wb_session *session;
    struct wb_slice body;
    struct wb_buf records;
};

static _Noreturn void give_up(const char *why)
{
    fprintf(stderr, "whybounce: a worker ends: %s\n", why);
    _exit(1);
}

static const struct wb_analysis *analyse(struct worker *w, const struct wb_question_head *head)
{
    return head->what == WB_ASK_REPLY ? wb_analyse_reply(w->session, w->body.p, w->body.n)
                                      : wb_analyse_mail(w->session, w->body.p, w->body.n);
}

/* Each line by itself; what lines say of one message is joined within this body. */
static uint32_t read_log(struct worker *w, const struct wb_question_head *head)
{
    struct wb_log *log =
        wb_log_new(head->form == WB_ANY_FORMAT ? NULL : wb_log_format_name(head->form));
    struct wb_slice rest = w->body;
    uint32_t n = 0;
    if (!log)
        give_up("there is not enough memory");
    wb_log_file(log, time(NULL), 0);
    wb_log_only(log, NULL, NULL, 0, 1);
    while (rest.n && n < WB_MAX_PARCELS) {
        const char *end = memchr(rest.p, '\n', rest.n);
        struct wb_slice line = wb_slice_head(rest, end ? (size_t)(end - rest.p) : rest.n);
        rest = wb_slice_from(rest, line.n + 1);
        const struct wb_analysis *analysis = wb_log_line(log, w->session, line.p, line.n);
        if (analysis && !wb_log_repeats(log))
            n += wb_parcel_put(w->session, analysis, WB_MAX_PARCELS - n, &w->records);
    }
    wb_log_free(log);
    return n;
}

static struct wb_string answer_mail(struct worker *w, const struct wb_question_head *head,
                                    uint32_t *count_out)
{
    const char *form = wb_form_name(head->form) ? wb_form_name(head->form) : "json";
    bool is_json = strcmp(form, "json") == 0; /* which a store keeps as well */
    const struct wb_analysis *analysis = analyse(w, head);
    if (head->records && !is_json)
        *count_out = wb_parcel_put(w->session, analysis, WB_MAX_PARCELS, &w->records);
    struct wb_string text = wb_analysis_render(w->session, analysis, form);
    if (head->records && is_json)
        *count_out = wb_parcel_put_lines(analysis, wb_slice(text.text, text.length), WB_MAX_PARCELS,
                                         &w->records);
    return text;
}

static struct wb_string describe_causes(struct worker *w)
{
    char words[LONGEST_WORDS + 1];
    size_t n = w->body.n < LONGEST_WORDS ? w->body.n : LONGEST_WORDS;
    memcpy(words, w->body.p, n);
    words[n] = 0;
    return wb_describe_causes(w->session, words, "json");
}

static void answer(struct worker *w, const struct wb_question_head *head)
{
    struct wb_answer_head out = {0};
    struct wb_string text = {"", 0};
    wb_buf_clear(&w->records);
    wb_session_language(w->session, wb_language_tag((enum wb_language)head->language));
    wb_session_text(w->session, 0, head->annotate ? WB_TEXT_ANNOTATE : 0);
    switch (head->what) {
    case WB_ASK_CAUSES: text = describe_causes(w); break;
    case WB_ASK_PROVIDERS: text = wb_describe_providers(w->session); break;
    case WB_ASK_LOG: out.count = read_log(w, head); break;
    default: text = answer_mail(w, head, &out.count); break;
    }
    out.text = (uint32_t)text.length;
    out.records = (uint32_t)w->records.n;
    struct iovec parts[] = {
        {&out, sizeof out}, {(void *)text.text, text.length}, {w->records.p, w->records.n}};
    if (!wb_channel_send(w->fd, parts, 3, 0))
        _exit(0); /* the parent has gone */
}

_Noreturn void wb_worker_run(int fd, const char *catalogue)
{
    char trouble[WB_TROUBLE_TEXT];
    struct worker w = {.fd = fd};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN); /* the parent ends us */
    struct wb_catalogue *c = wb_catalogue_open(*catalogue ? catalogue : NULL, trouble);
    if (!c)
        give_up(trouble);
    w.session = wb_session_new(c);
    if (!w.session)
        give_up("there is not enough memory");
    wb_session_preload(w.session);
    wb_session_follow(w.session, 1);
    json_object_seed(0); /* or it would open a file at its first object */
    if (!wb_lock_in())
        give_up("the system does not let it lock itself in");
    struct wb_question_head head;
    struct wb_buf in = {0};
    while (wb_channel_receive(fd, &in, sizeof head, 0)) {
        memcpy(&head, in.p, sizeof head);
        if (!wb_channel_receive(fd, &in, sizeof head + head.length, 0))
            break;
        w.body = wb_slice(in.p + sizeof head, head.length);
        answer(&w, &head);
        wb_buf_clear(&in); /* the parent asks one thing at a time */
    }
    _exit(0);
}
