/* SPDX-License-Identifier: BSD-2-Clause */
/* What the library hands out: fields of a report, and whole answers in all forms. */
#include "analysed.h"
#include "buf.h"

static void fields(void **state)
{
    (void)state;
    const struct wb_report *r = first(UNKNOWN);
    assert_text(field(r, WB_REPORT_KIND), "bounce");
    assert_text(field(r, WB_REPORT_RECIPIENT), "a@b.example");
    assert_text(field(r, WB_REPORT_CAUSE), "user-unknown");
    assert_text(field(r, WB_REPORT_STATUS), "5.1.1");
    assert_text(field(r, WB_REPORT_RECOMMENDATION), "suppress");
    assert_text(field(r, WB_REPORT_DIAGNOSTIC), "550 5.1.1 User unknown");
    assert_text(field(r, WB_REPORT_REPORTING_MTA), "mail.example.com");
    assert_text(field(r, WB_REPORT_MESSAGE_ID), "1@example.com");
    assert_text(field(r, WB_REPORT_SUBJECT), "Offer");
    assert_text(field(r, WB_REPORT_REMOTE_MTA), "");
    assert_int_equal(wb_report_number(r, WB_REPORT_REPLY_CODE), 550);
    assert_int_equal(wb_report_number(r, WB_REPORT_SIZE_LIMIT), 0);
    /* the words that decided stand where the report says */
    struct wb_slice words = field(r, WB_REPORT_EVIDENCE_TEXT);
    int64_t at = wb_report_number(r, WB_REPORT_EVIDENCE_OFFSET);
    assert_true(words.n && at > 0 && (size_t)at + words.n < sizeof UNKNOWN);
    assert_memory_equal(UNKNOWN + at, words.p, words.n);
}

/* One failure has one key, however it is reported; each report has its own id. */
static void keys(void **state)
{
    char key[64], id[64];
    (void)state;
    const struct wb_report *r = first(UNKNOWN);
    snprintf(key, sizeof key, "%.*s", WB_F(field(r, WB_REPORT_FAILURE_KEY)));
    snprintf(id, sizeof id, "%.*s", WB_F(field(r, WB_REPORT_REPORT_ID)));
    assert_int_equal(strlen(key), 32);
    r = first(REPORT("A@B.Example", "550 5.1.1 no such user", "Offer"));
    assert_text(field(r, WB_REPORT_FAILURE_KEY), key);
    assert_true(!wb_slice_eq(field(r, WB_REPORT_REPORT_ID), wb_slice_str(id)));
    r = first(REPORT("c@d.example", "552 5.2.2 mailbox is full", "Other"));
    assert_true(!wb_slice_eq(field(r, WB_REPORT_FAILURE_KEY), wb_slice_str(key)));
}

static void settings(void **state)
{
    (void)state;
    struct wb_session *s = wb_session_new(NULL);
    wb_session_keep_headers(s, "X-Campaign, X-None");
    wb_session_source(s, "box.mbox", 3);
    char *json = json_of(s, UNKNOWN);
    assert_true(strstr(json, "\"headers\":{\"X-Campaign\":\"spring\",\"X-None\":null}") != NULL);
    assert_true(strstr(json, "\"source\":\"box.mbox\",\"index\":3") != NULL);
    free(json);
    wb_session_keep_headers(s, "");
    json = json_of(s, UNKNOWN);
    assert_true(strstr(json, "\"headers\":{}") != NULL);
    free(json);
    wb_session_free(s);
}

static const struct language_row {
    const char *tag, *want;
} language_rows[] = {
    {"zh", "zh"},    {"zh-CN", "zh"}, {"zh_TW.UTF-8", "zh"}, {"ZH-Hans", "zh"}, {"en", "en"},
    {"en-GB", "en"}, {"de", "en"},    {"zhx", "en"},         {"", "en"},        {"C", "en"},
};

static void language(void **state)
{
    const struct language_row *row = *state;
    char want[40];
    wb_session_language(session, row->tag);
    const struct wb_analysis *a = wb_analyse_mail(session, UNKNOWN, sizeof UNKNOWN - 1);
    snprintf(want, sizeof want, "\"language\":\"%s\"", row->want);
    assert_true(has(text_of(wb_analysis_render(session, a, "words")), want));
    wb_session_language(session, "en");
}

static void forms(void **state)
{
    (void)state;
    const struct wb_analysis *a = wb_analyse_mail(session, UNKNOWN, sizeof UNKNOWN - 1);
    struct wb_slice json = text_of(wb_analysis_render(session, a, "json"));
    char *one = strndup(json.p, json.n), *other = json_of(session, UNKNOWN);
    assert_string_equal(one, other);
    free(one);
    free(other);
    assert_int_equal(text_of(wb_analysis_render(session, a, "pdf")).n, 0);
    assert_int_equal(text_of(wb_form_head(session, "json")).n, 0);
    assert_true(has(text_of(wb_form_head(session, "csv")), "kind,recipient,cause"));
}

/* Answers behind each other in a block of ours, from none on and from one that is full. */
static void gathered(void **state)
{
    (void)state;
    static const char *const parts[] = {"json", "pdf", "csv", "json", "text"};
    struct wb_buf want = {0};
    char *text = NULL;
    size_t length = 0, room = 0;
    const struct wb_analysis *a = wb_analyse_mail(session, UNKNOWN, sizeof UNKNOWN - 1);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct wb_string alone = wb_analysis_render(session, a, parts[i]);
        wb_buf_put(&want, wb_slice(alone.text, alone.length));
        if (length) {
            text = realloc(text, length);
            room = length;
        }
        wb_analysis_append(session, a, parts[i], &text, &length, &room);
        assert_true(length <= room);
        assert_int_equal(length, want.n);
        assert_memory_equal(text, want.p, want.n);
    }
    free(text);
    wb_buf_free(&want);
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ONE(fields, "strings and numbers");
    UNIT_ONE(keys, "one failure, one key");
    UNIT_ONE(settings, "kept headers and source");
    UNIT_ROWS(language, language_rows);
    UNIT_ONE(forms, "by their names");
    UNIT_ONE(gathered, "behind each other");
    int failed = unit_run();
    wb_session_free(session);
    return failed;
}
