/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reports written for people, as the dialects and the general reader read them. The input is such a
 * mail; a few header lines that let it pass for a report stand before it.
 */
#include "fuzz.h"

#include "buf.h"

static struct wb_buf mail; /* kept from input to input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wb_buf_clear(&mail);
    wb_buf_lit(&mail,
               "Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@example.net>\n"
               "Subject: Returned mail: delivery failure notice\nAuto-Submitted: auto-replied\n");
    wb_buf_put(&mail, wb_slice((const char *)data, size));
    struct wb_session *session = fuzz_session();
    fuzz_style(session, (unsigned)size);
    wb_session_text(session, 80, WB_TEXT_DETAILS | WB_TEXT_ANNOTATE);
    fuzz_forms(session, wb_analyse_mail(session, mail.p, mail.n));
    return 0;
}
