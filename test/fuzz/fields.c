/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of RFC 3464, 6533, 5965 and 8098: the first byte chooses one of them, the rest is the
 * body of that part of an otherwise sound report.
 */
#include "fuzz.h"

#include "buf.h"

static struct wb_buf mail; /* kept from input to input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"message/delivery-status", "message/global-delivery-status",
                                        "message/feedback-report",
                                        "message/disposition-notification"};
    if (size == 0)
        return 0;
    wb_buf_clear(&mail);
    wb_buf_printf(&mail,
                  "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: a@example.com\n"
                  "Subject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n"
                  "Content-Type: multipart/report; boundary=b\n\n--b\n\nIt is not delivered.\n"
                  "--b\nContent-Type: %s\n\n",
                  types[data[0] & 3]);
    wb_buf_put(&mail, wb_slice((const char *)data + 1, size - 1));
    wb_buf_lit(&mail, "\n--b\nContent-Type: text/rfc822-headers\n\nFrom: a@example.com\n"
                      "To: b@example.org\nSubject: s\nMessage-ID: <1@example.com>\n\n--b--\n");
    struct wb_session *session = fuzz_session();
    fuzz_style(session, (unsigned)size);
    fuzz_forms(session, wb_analyse_mail(session, mail.p, mail.n));
    return 0;
}
