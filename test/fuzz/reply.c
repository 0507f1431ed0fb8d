/* SPDX-License-Identifier: BSD-2-Clause */
/* A bare reply, or what a mail program showed of it; and words that people look causes up by. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char words[128];
    struct wb_session *session = fuzz_session();
    fuzz_style(session, (unsigned)size);
    fuzz_forms(session, wb_analyse_reply(session, data, size));
    fuzz_reply_again(session, data, size);
    if (size < sizeof words) {
        memcpy(words, data, size);
        words[size] = '\0';
        struct wb_string found = wb_describe_causes(session, words, size & 1 ? "json" : "text");
        fuzz_check_utf8(wb_slice(found.text, found.length));
    }
    return 0;
}
