/* SPDX-License-Identifier: BSD-2-Clause */
/* Mails in another form: as an editor has saved them, or Outlook. */
#include "analysed.h"

#include "buf.h"
#include "compound_kit.h"

/* Saved as "Unicode" by an editor: both orders are read, and masked, as the same mail. */
static void utf16(void **state)
{
    (void)state;
    struct wb_string json = wb_mail_json(session, UNKNOWN, strlen(UNKNOWN));
    char *plain = strndup(json.text, json.length), *wide = malloc(2 * sizeof UNKNOWN);
    struct wb_string masked = wb_mail_anonymize(session, UNKNOWN, strlen(UNKNOWN));
    char *plain_masked = strndup(masked.text, masked.length);
    for (size_t high = 0; high < 2; high++) {
        size_t n = 0;
        wide[n + high] = '\xFF', wide[n + 1 - high] = '\xFE';
        for (const char *p = UNKNOWN; *p; p++) {
            n += 2;
            wide[n + high] = *p, wide[n + 1 - high] = '\0';
        }
        struct wb_slice exact = unit_exact(wb_slice(wide, n + 2));
        json = wb_mail_json(session, exact.p, exact.n);
        assert_slice(wb_slice(json.text, json.length), wb_slice_str(plain));
        masked = wb_mail_anonymize(session, exact.p, exact.n);
        assert_slice(wb_slice(masked.text, masked.length), wb_slice_str(plain_masked));
        free((char *)exact.p);
    }
    free(plain), free(wide), free(plain_masked);
}

/* n times that character of UTF-16, the lower byte first. */
static void put_wide(struct wb_buf *out, unsigned rune, size_t n)
{
    while (n-- > 0) {
        wb_buf_byte(out, (char)(rune & 0xFF));
        wb_buf_byte(out, (char)(rune >> 8));
    }
}

static void put_wide_text(struct wb_buf *out, const char *text)
{
    for (; *text; text++)
        put_wide(out, (unsigned char)*text, 1);
}

/* The report stands behind more text than a part may have; and what is left out is told of. */
static void long_utf16(void **state)
{
    (void)state;
    struct wb_buf mail = {0};
    wb_buf_lit(&mail, "\xFF\xFE");
    put_wide_text(&mail, "Content-Type: multipart/report; boundary=b\n\n");
    put_wide(&mail, 0x4E2D, 300 << 10);
    put_wide_text(&mail, "\n--b\nContent-Type: message/delivery-status\n\n"
                         "Reporting-MTA: dns; mx.b.example\n\n"
                         "Final-Recipient: rfc822; a@b.example\nAction: failed\n"
                         "Status: 5.1.1\n\n--b--\n");
    struct wb_string json = wb_mail_json(session, mail.p, mail.n);
    assert_non_null(strstr(json.text, "\"recipient\":\"a@b.example\""));
    assert_non_null(strstr(json.text, "\"limits_hit\":[]"));
    put_wide(&mail, 0x4E2D, 3 << 20);
    json = wb_mail_json(session, mail.p, mail.n);
    assert_non_null(strstr(json.text, "\"message-bytes\""));
    json = wb_mail_json(session, UNKNOWN, strlen(UNKNOWN));
    assert_non_null(strstr(json.text, "\"limits_hit\":[]"));
    wb_buf_free(&mail);
}

/* A file of Outlook, which is read and masked as the mail that it holds. */
static void outlook(void **state)
{
    (void)state;
    kit_begin();
    kit_unicode(0, 0x0037, "Undeliverable: Offer");
    kit_unicode(0, 0x1001, "Your message did not reach some recipients.");
    int one = kit_storage(0, "__recip_version1.0_#00000000");
    kit_unicode(one, 0x39FE, "kim.lee@b.example");
    kit_unicode(one, 0x0C1B, "<mx.b.example #5.2.2 smtp;552 5.2.2 mailbox is full>");
    struct wb_slice file = kit_file();
    const struct wb_analysis *a = wb_analyse_mail(session, file.p, file.n);
    assert_int_equal(wb_analysis_count(a), 1);
    const struct wb_report *r = wb_analysis_report(a, 0);
    assert_slice(field(r, WB_REPORT_RECIPIENT), WB_S("kim.lee@b.example"));
    assert_slice(field(r, WB_REPORT_CAUSE), WB_S("mailbox-full"));
    struct wb_slice masked = text_of(wb_mail_anonymize(session, file.p, file.n));
    assert_true(has(masked, "mailbox is full"));
    assert_false(has(masked, "kim.lee"));
    a = wb_analyse_mail(session, UNKNOWN, strlen(UNKNOWN)); /* nothing of it stays */
    assert_slice(field(wb_analysis_report(a, 0), WB_REPORT_RECIPIENT), WB_S("a@b.example"));
}

int main(void)
{
    session = wb_session_new(NULL);
    if (!session)
        return 1;
    UNIT_ONE(utf16, "UTF-16");
    UNIT_ONE(long_utf16, "UTF-16, longer than a text may be");
    UNIT_ONE(outlook, "a file of Outlook");
    int failed = unit_run();
    wb_session_free(session);
    return failed;
}
