/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of one text is said of another only where both show the same. */
#include "extract_int.h"

#include "unit.h"
#include "whybounce.h"

static struct wb_catalogue *cat;
static struct wb_session *session;

static const struct text_row {
    const char *name, *text; /* with %s for an address */
} text_rows[] = {
    {"a failure", "Your message to %s could not be delivered.\n\n550 5.1.1 User unknown\n"},
    {"another reply", "Your message to %s could not be delivered.\n\n552 5.2.2 Mailbox full\n"},
    {"a delay", "Your message to %s has not been delivered yet.\nIt will be tried again.\n"},
    {"somebody away", "I am out of the office until Monday. Please write to %s instead.\n"},
    {"nothing", "Shall we have lunch with %s?\n"},
    {"an address alone", "%s"},
};

static char *json_of(struct wb_session *s, const struct text_row *row, const char *address)
{
    char mail[1000];
    int n = snprintf(mail, sizeof mail, "From: mailer-daemon@example.org\nSubject: hello\n\n");
    n += snprintf(mail + n, sizeof mail - (size_t)n, row->text, address);
    struct wb_slice exact = unit_exact(wb_slice(mail, (size_t)n));
    struct wb_string json = wb_mail_json(s, exact.p, exact.n);
    char *copy = strndup(json.text, json.length);
    free((char *)exact.p);
    return copy;
}

/* Each address more than once, so that what was kept is asked, and the texts between each other. */
static void texts(void **state)
{
    static const char *const addresses[] = {"a@b.example", "<c@d.example>", "a@b.example",
                                            "nobody",      "e.f@g.example", "<c@d.example>",
                                            "a@b.example"};
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        for (size_t k = 0; k < sizeof text_rows / sizeof text_rows[0]; k++) {
            struct wb_session *fresh = wb_session_new(cat);
            assert_non_null(fresh);
            char *got = json_of(session, &text_rows[k], addresses[i]);
            char *want = json_of(fresh, &text_rows[k], addresses[i]);
            assert_string_equal(got, want);
            free(got);
            free(want);
            wb_session_free(fresh);
        }
}

int main(void)
{
    cat = wb_catalogue_open(NULL, NULL);
    session = cat ? wb_session_new(cat) : NULL;
    if (!session)
        return 1;
    UNIT_ONE(texts, "that differ in addresses");
    int failed = unit_run();
    wb_session_free(session);
    wb_catalogue_free(cat);
    return failed;
}
