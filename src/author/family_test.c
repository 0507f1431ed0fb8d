/* SPDX-License-Identifier: BSD-2-Clause */
#include "texts.h"

#include "bins.h"
#include "unit.h"

static const struct family_row {
    const char *name, *reply, *family;
} family_rows[] = {
    {"codes stay", "550 5.1.1 User unknown", "550 5.1.1 user unknown"},
    {"an address and an IP", "550 <lee@example.org> refused from 192.0.2.1",
     "550 <@> refused from %"},
    {"a number", "552 size 9000000 over limit 7372800", "552 size # over limit #"},
    {"a number behind letters", "554 rule RULE31 says no", "554 rule rule# says no"},
    {"names of hosts", "554 mx1.example.org and example.com", "554 host and host"},
    {"a sentence without a blank is no host", "554 refused.please try", "554 refused.please try"},
    {"the end of a sentence is no host's", "554 go to mx.example.org.", "554 go to host."},
    {"a version is no host", "554 version 2.10.4 is old", "554 version # is old"},
    {"a queue id", "554 as 4FD1B2A0A9 refused", "554 as * refused"},
    {"an id of several pieces is one", "421 id u1-2aG7f3k9Q2x.77", "421 id u#"},
    {"a link", "550 see https://example.org/x?a=1.", "550 see url."},
    {"the innermost reply",
     "451 4.1.1 <a@b.example>: unverified: host mx.b.example[192.0.2.1] said: 550 5.1.1 gone "
     "(in reply to RCPT TO command)",
     "550 5.1.1 gone"},
    {"the one around, when the innermost has no words", "host said: 451", "host said:"},
    {"Chinese", "550 邮箱 3 已满", "550 邮箱 # 已满"},
    {"nothing", "", ""},
};

static void family(void **state)
{
    const struct family_row *row = *state;
    struct wb_buf out = {0};
    wb_family(wb_slice_str(row->reply), &out);
    wb_buf_byte(&out, 0);
    assert_string_equal(out.p, row->family);
    wb_buf_free(&out);
}

static void bins(void **state)
{
    struct wb_bins bins = {0};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        char key[16];
        sprintf(key, "%d", i % 300);
        wb_bins_count(&bins, wb_slice_str(key));
    }
    assert_int_equal(bins.n, 300);
    wb_bins_sort(&bins);
    assert_int_equal(bins.bin[0].n, 4);
    assert_int_equal(bins.bin[299].n, 3);
    assert_true(wb_slice_eq(wb_buf_slice(&bins.bin[0].key), WB_S("0")));
    wb_bins_free(&bins);
}

int main(void)
{
    UNIT_ROWS(family, family_rows);
    UNIT_ONE(bins, "the most frequent first, however many");
    return unit_run();
}
