/* SPDX-License-Identifier: BSD-2-Clause */
/* A whole message through the public header: analysis, every form, and the masked copy. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wb_session *session = fuzz_session();
    fuzz_style(session, (unsigned)size);
    fuzz_forms(session, wb_analyse_mail(session, data, size));
    struct wb_string masked = wb_mail_anonymize(session, data, size);
    WB_CHECK(masked.text);
    fuzz_again(session, data, size);
    return 0;
}
