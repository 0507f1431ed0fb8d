/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that turns bytes into text: encoded words (RFC 2047), parameters (RFC 2231), charsets,
 * transfer encodings, octal escapes, HTML. The first byte chooses which.
 */
#include "fuzz.h"

#include "mail_int.h"
#include "utf8.h"

static struct wb_mail mail;
static struct wb_arena arena;
static wb_limit_set limits;

static void open_mail(void)
{
    if (mail.parts) {
        wb_arena_reset(&arena);
        return;
    }
    WB_CHECK(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    WB_CHECK(wb_mail_open(&mail, &arena, &limits));
}

/* A text that came out of a decoder stays within its bounds and can be read. */
static void check(struct wb_slice text, size_t max)
{
    volatile char sum = 0;
    WB_CHECK(text.n <= max);
    for (size_t i = 0; i < text.n; i++)
        sum = (char)(sum ^ text.p[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    open_mail();
    struct wb_slice s = wb_slice((const char *)data + 1, size - 1), rest = s;
    struct wb_slice name = wb_slice_cut(&rest, '\n');
    switch (data[0] % 8) {
    case 0: check(wb_mail_text_of_header(&mail, s), WB_MAX_TEXT_BYTES); break;
    case 1:
        if (name.n) /* there is no parameter without a name */
            check(wb_mail_param(&mail, rest, name), WB_MAX_TEXT_BYTES);
        break;
    case 2: fuzz_check_utf8(wb_mail_utf8(&mail, rest, name)); break;
    case 3: check(wb_mail_unescape(&mail, s), WB_MAX_TEXT_BYTES); break;
    case 4: check(wb_html_text(&arena, s), WB_MAX_SESSION_BYTES); break;
    case 5: check(wb_decode_base64(&arena, s, s.n), s.n); break;
    case 6: check(wb_decode_quoted(&arena, s, s.n), s.n); break;
    default: check(wb_decode_uu(&arena, s, s.n), s.n); break;
    }
    return 0;
}
