/* SPDX-License-Identifier: BSD-2-Clause */
/* What a boundary looks like changes nothing of what the field around it shows. */
#include "extract_int.h"

#include "unit.h"
#include "whybounce.h"

static struct wb_session *session;

static const char *kind_of(const char *type)
{
    static char kind[40];
    char mail[2000];
    int n = snprintf(mail, sizeof mail, "From: a@example.org\nContent-Type: %s\n\nhello\n", type);
    struct wb_slice exact = unit_exact(wb_slice(mail, (size_t)n));
    const struct wb_analysis *a = wb_analyse_mail(session, exact.p, exact.n);
    struct wb_string s = wb_report_string(wb_analysis_report(a, 0), WB_REPORT_KIND);
    snprintf(kind, sizeof kind, "%.*s", (int)s.length, s.text);
    free((char *)exact.p);
    return kind;
}

#define SHOWS "report-type=feedback-report"
#define LONG  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"

static const struct type_row {
    const char *name, *type, *kind;
} type_rows[] = {
    {"none", "multipart/report; " SHOWS, "complaint"},
    {"behind", "multipart/report; " SHOWS "; boundary=\"12/b\"", "complaint"},
    {"in front", "multipart/report; boundary=\"12/b\"; " SHOWS, "complaint"},
    {"another in front", "multipart/report; boundary=\"77x\"; " SHOWS, "complaint"},
    {"nothing behind it", "multipart/report; boundary=\"12/b\"", "not-a-report"},
    {"something else behind it", "multipart/report; boundary=\"12/b\"; charset=x", "not-a-report"},
    {"without quotes", "multipart/report; boundary=12/b; " SHOWS, "complaint"},
    {"one digit", "multipart/report; boundary=1; " SHOWS, "complaint"},
    {"folded", "multipart/report;\n\tboundary=\"=_1.2\";\n\t" SHOWS, "complaint"},
    {"capitals", "Multipart/Report; BOUNDARY=\"12/b\"; Report-Type=Feedback-Report", "complaint"},
    {"no digit", "multipart/report; boundary=\"abc\"; " SHOWS, "complaint"},
    {"empty", "multipart/report; boundary=\"\"; " SHOWS, "complaint"},
    {"never closed", "multipart/report; " SHOWS "; boundary=\"12", "complaint"},
    {"in sections", "multipart/report; boundary*0=\"12\"; boundary*1=\"34\"; " SHOWS, "complaint"},
    {"a sign in front of its digits", "multipart/report; boundary=\"" SHOWS "12\"", "complaint"},
    {"a sign behind them", "multipart/report; boundary=\"12" SHOWS "\"", "not-a-report"},
    {"long", "multipart/report; boundary=\"" LONG "\"; " SHOWS, "complaint"},
    {"as long as a boundary may not be", "multipart/report; boundary=\"" LONG LONG "\"; " SHOWS,
     "complaint"},
    {"much behind it", "multipart/report; boundary=\"12/b\"; x=" LONG LONG "; " SHOWS, "complaint"},
};

/* What is kept of the first time is asked the second. */
static void types(void **state)
{
    const struct type_row *row = *state;
    for (int i = 0; i < 3; i++)
        assert_string_equal(kind_of(row->type), row->kind);
}

/* With so much behind it that it just fits where it is put together, or not any more. */
static void lengths(void **state)
{
    (void)state;
    for (int n = 1; n < 160; n++) {
        char type[400];
        for (int shows = 0; shows < 2; shows++) {
            snprintf(type, sizeof type, "multipart/report; boundary=\"%d\"; x=%0*d%s", n, n, 7,
                     shows ? "; " SHOWS : "");
            assert_string_equal(kind_of(type), shows ? "complaint" : "not-a-report");
        }
    }
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ROWS(types, type_rows);
    UNIT_ONE(lengths, "of what stands behind it");
    int failed = unit_run();
    wb_session_free(session);
    return failed;
}
