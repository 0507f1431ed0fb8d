/* SPDX-License-Identifier: BSD-2-Clause */
/* What Outlook has saved, as a mail; and files that were damaged, or made to do harm. */
#include "outlook.h"

#include "compound.h"
#include "compound_kit.h"
#include "hash.h"

static struct wb_buf out;

/* With the boundary, which hangs on the file, as "B". */
static char *mail_of(struct wb_slice file)
{
    char mark[20];
    struct wb_slice exact = unit_exact(file);
    wb_buf_clear(&out);
    assert_true(wb_mail_from_outlook(exact, &out));
    snprintf(mark, sizeof mark, "_%016llx", (unsigned long long)wb_hash_bytes(file).low);
    wb_buf_byte(&out, '\0');
    for (char *p; (p = strstr(out.p, mark));)
        memmove(p + 1, p + 17, strlen(p + 17) + 1), *p = 'B';
    free((char *)exact.p);
    return out.p;
}

#define TYPE(n) "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=B-" n "\"\n"

/* As Exchange hands out a report: its fields are a table of recipients. */
static void report(void **state)
{
    (void)state;
    kit_begin();
    kit_unicode(0, 0x001A, "REPORT.IPM.Note.NDR");
    kit_unicode(0, 0x007D,
                "From: postmaster@b.example\r\nSubject: Undeliverable: x\r\nMIME-Version: 1.0\r\n"
                "Content-Type: multipart/report;\r\n boundary=\"gone\"\r\nX-A: 1\r\n 2\r\n\r\n");
    kit_unicode(0, 0x1001, "Your message did not reach some recipients.\r\n");
    kit_unicode(0, 0x0049, "x");
    int one = kit_storage(0, "__recip_version1.0_#00000000");
    kit_unicode(one, 0x3001, "Kim");
    kit_unicode(one, 0x39FE, "kim@b.example");
    kit_unicode(one, 0x3003, "/o=B/cn=kim");
    kit_unicode(one, 0x0C1B, "<mx.b.example #5.1.1 smtp;550 5.1.1\r\n unknown>");
    int two = kit_storage(0, "__recip_version1.0_#00000001");
    kit_bytes(two, 0x3003, 0x001E, "li@b.example");
    kit_bytes(two, 0x0C1B, 0x001E, "full");
    int three = kit_storage(0, "__recip_version1.0_#00000002");
    kit_unicode(three, 0x3003, "delivered@b.example");
    assert_string_equal(
        mail_of(kit_file()),
        "From: postmaster@b.example\nSubject: Undeliverable: x\nX-A: 1\n 2\n" TYPE(
            "0") "\n--=B-0\nContent-Type: text/plain\n\nYour message did not reach some "
                 "recipients.\r\n"
                 "\n--=B-0\nContent-Type: message/delivery-status\n\n"
                 "\nFinal-Recipient: rfc822; kim@b.example\nAction: failed\n"
                 "Diagnostic-Code: smtp; <mx.b.example #5.1.1 smtp;550 5.1.1   unknown>\n"
                 "\nFinal-Recipient: rfc822; li@b.example\nAction: failed\nDiagnostic-Code: smtp; "
                 "full\n"
                 "\n--=B-0\nContent-Type: text/rfc822-headers\n\nSubject: x\n\n--=B-0--\n");
}

/* As it fetches one by POP or IMAP: the parts are attachments. */
static void attachments(void **state)
{
    static char text[5000];
    (void)state;
    memset(text, 'a', sizeof text - 1); /* too long for the small sectors */
    kit_begin();
    kit_bytes(0, 0x0037, 0x001E, "Undelivered\nmail");
    kit_bytes(0, 0x0C1F, 0x001E, "MAILER-DAEMON@b.example");
    kit_bytes(0, 0x1000, 0x001E, text);
    int status = kit_storage(0, "__attach_version1.0_#00000000");
    kit_unicode(status, 0x370E, "message/delivery-status");
    kit_bytes(status, 0x3701, 0x0102, "Reporting-MTA: dns; b.example\n");
    int picture = kit_storage(0, "__attach_version1.0_#00000001");
    kit_unicode(picture, 0x370E, "image/png");
    kit_bytes(picture, 0x3701, 0x0102, "PNG");
    int named = kit_storage(0, "__attach_version1.0_#00000003");
    kit_unicode(named, 0x3707, "details.TXT");
    kit_bytes(named, 0x3701, 0x0102, "Action: failed");
    int mail = kit_storage(0, "__attach_version1.0_#00000004");
    kit_unicode(mail, 0x3704, "a.eml");
    kit_bytes(mail, 0x3701, 0x0102, "Subject: b\n\nc");
    int unknown = kit_storage(0, "__attach_version1.0_#00000005");
    kit_unicode(unknown, 0x3707, "a.doc");
    kit_bytes(unknown, 0x3701, 0x0102, "DOC");
    int message = kit_storage(0, "__attach_version1.0_#00000002");
    int inside = kit_storage(message, "__substg1.0_3701000D");
    kit_unicode(inside, 0x0037, "Offer");
    kit_unicode(inside, 0x0E04, "kim@b.example");
    kit_bytes(inside, 0x1013, 0x0102, "<b>Hello</b>");
    char *got = mail_of(kit_file()), *a = strstr(got, "aaaa");
    assert_memory_equal(a, text, sizeof text - 1);
    memmove(a + 1, a + sizeof text - 1, strlen(a + sizeof text - 1) + 1);
    assert_string_equal(got, "From: MAILER-DAEMON@b.example\nSubject: Undelivered mail\n" TYPE(
                                 "0") "\n--=B-0\nContent-Type: text/plain\n\na"
                                      "\n--=B-0\nContent-Type: "
                                      "message/delivery-status\n\nReporting-MTA: dns; b.example\n"
                                      "\n--=B-0\nContent-Type: text/plain\n\nAction: failed"
                                      "\n--=B-0\nContent-Type: message/rfc822\n\nSubject: b\n\nc"
                                      "\n--=B-0\nContent-Type: message/rfc822\n\n"
                                      "To: kim@b.example\nSubject: Offer\n" TYPE(
                                          "1") "\n--=B-1\nContent-Type: "
                                               "text/html\n\n<b>Hello</b>\n--=B-1--\n\n--=B-0--\n");
}

static void utf16(void **state)
{
    (void)state;
    kit_begin();
    kit_add(0, "__substg1.0_0037001F", "\x2D\x4E\x3D\xD8\x00\xDE\x3D\xD8\x41\x00\x00\x00\x42", 13);
    assert_non_null(strstr(mail_of(kit_file()), "Subject: 中😀\xEF\xBF\xBD"
                                                "A\n"));
}

static void none(void **state)
{
    struct wb_buf unused = {0};
    (void)state;
    kit_begin();
    struct wb_slice file = kit_file();
    for (size_t n = 0; n < 512; n++) {
        struct wb_slice exact = unit_exact(wb_slice_head(file, n));
        assert_false(wb_mail_from_outlook(exact, &unused));
        free((char *)exact.p);
    }
    kit_add(0, "WordDocument", "text", 4); /* what other programs keep so */
    assert_false(wb_mail_from_outlook(kit_file(), &unused));
    assert_false(wb_mail_from_outlook(WB_S("From: a@b.example\n\nx"), &unused));
    assert_null(unused.p);
}

/* Cut anywhere, and with any four bytes of its tables set to what leads astray. */
static void damaged(void **state)
{
    static const uint32_t astray[] = {0, 1, 2, 3, 0x7FFFFFFF, 0xFFFFFFFE, UINT32_MAX};
    static char text[4200];
    (void)state;
    memset(text, 'a', sizeof text - 1);
    kit_begin();
    kit_unicode(0, 0x0037, "Subject");
    kit_bytes(0, 0x1000, 0x001E, text);
    int one = kit_storage(0, "__recip_version1.0_#00000000");
    kit_unicode(one, 0x0C1B, "550 unknown");
    int two = kit_storage(0, "__attach_version1.0_#00000000");
    kit_storage(two, "__substg1.0_3701000D");
    struct wb_slice file = kit_file();
    size_t n = file.n;
    for (size_t cut = 512; cut < n; cut += 61) {
        struct wb_slice exact = unit_exact(wb_slice_head(file, cut));
        wb_buf_clear(&out);
        wb_mail_from_outlook(exact, &out);
        free((char *)exact.p);
    }
    for (size_t at = 24; at + 4 <= 512 * 6; at += 4)
        for (size_t i = 0; i < sizeof astray / sizeof astray[0]; i++) {
            unsigned char kept[4];
            memcpy(kept, kit.file + at, 4);
            kit_le32(at, astray[i]);
            struct wb_slice exact = unit_exact(file);
            wb_buf_clear(&out);
            wb_mail_from_outlook(exact, &out);
            assert_in_range(out.n, 0, 20 * n);
            free((char *)exact.p);
            memcpy(kit.file + at, kept, 4);
        }
}

/* Many properties that all lead to the same long chain: not all of them are read to the end. */
static void amplified(void **state)
{
    (void)state;
    struct wb_compound c;
    struct wb_buf all = {0};
    static char text[30000];
    memset(text, 'a', sizeof text - 1);
    kit_begin();
    kit_bytes(0, 0x1000, 0x001E, text);
    struct wb_slice file = kit_file();
    assert_true(wb_compound_open(&c, file));
    uint32_t entry =
        wb_compound_find(&c, WB_COMPOUND_ROOT, "__substg1.0_1000001E", false, WB_COMPOUND_NONE);
    assert_int_equal(entry, 1);
    for (int i = 0; i < 100; i++)
        wb_compound_read(&c, entry, &all);
    assert_in_range(all.n, 2 * sizeof text, WB_COMPOUND_SHARE * file.n);
    wb_compound_close(&c);
    wb_buf_free(&all);
}

/* A chain that leads to itself is followed as far as one through the whole file could lead. */
static void in_a_circle(void **state)
{
    (void)state;
    struct wb_compound c;
    struct wb_buf all = {0};
    static char text[8000];
    memset(text, 'a', sizeof text - 1);
    kit_begin();
    kit_bytes(0, 0x1000, 0x001E, text);
    struct wb_slice file = kit_file();
    const size_t entry = 2 * KIT_SECTOR + 128; /* the directory is the second sector */
    const uint32_t first = kit.file[entry + 116];
    kit_le32(KIT_SECTOR + 4 * first, first);
    kit_le32(entry + 120, 0x7FFFFFFF);
    assert_true(wb_compound_open(&c, file));
    wb_compound_read(&c, 1, &all);
    assert_in_range(all.n, KIT_SECTOR, file.n);
    wb_compound_close(&c);
    wb_buf_free(&all);
}

/* Lists of the sectors of chains beyond the header's 109: of 127 each, and then of the next list.
 */
static void further_lists(void **state)
{
    (void)state;
    enum { SECTORS = 300 };
    struct wb_compound c;
    char *bytes = calloc(SECTORS + 1, KIT_SECTOR);
    kit_begin();
    kit_unicode(0, 0x0037, "x");
    for (int circle = 0; circle < 2; circle++) {
        struct wb_slice made = kit_file();
        kit_le32(44, UINT32_MAX);
        kit_le32(68, 100);
        kit_le32(KIT_SECTOR * 102 - 4, circle ? 100 : 101);
        memcpy(bytes, kit.file, KIT_SECTOR * 110);
        assert_true(made.n < KIT_SECTOR * 100);
        assert_true(wb_compound_open(&c, wb_slice(bytes, KIT_SECTOR * (SECTORS + 1))));
        /* one of the header's, whose others are none, 127 of the first list, 64 are left */
        assert_int_equal(c.chains.n, KIT_SECTOR * (1 + 127 + 64));
        wb_compound_close(&c);
    }
    free(bytes);
}

int main(void)
{
    UNIT_ONE(report, "a report of Exchange");
    UNIT_ONE(attachments, "a report with its parts attached");
    UNIT_ONE(utf16, "characters of UTF-16");
    UNIT_ONE(none, "what is no such file");
    UNIT_ONE(damaged, "cut, or leading astray");
    UNIT_ONE(amplified, "the same chain a hundred times");
    UNIT_ONE(in_a_circle, "a chain in a circle");
    UNIT_ONE(further_lists, "more chains than the header lists");
    int failed = unit_run();
    wb_buf_free(&out);
    return failed;
}
