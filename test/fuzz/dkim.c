/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers that claim to be signed by us. Nobody has our keys, so whatever is made of the mails in
 * test/serve/dkim, only the addresses that these were written to can come out.
 */
#include <stdint.h>

#include "check.h"
#include "dkim_proof.h"

static const char *const written_to[] = {"wang@example.org", "chen@example.org", "sun@example.org",
                                         "li@example.org", "zhou@example.org"};

static bool is_right(struct wb_slice address)
{
    for (size_t i = 0; i < sizeof written_to / sizeof written_to[0]; i++)
        if (wb_slice_eqi(address, wb_slice_str(written_to[i])))
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct wb_dkim_keys *keys;
    struct wb_status status = {{0}};
    struct wb_buf out = {0};
    if (!keys)
        keys = wb_dkim_keys_open(FUZZ_DKIM, &status);
    WB_CHECK(keys);
    wb_dkim_find(keys, wb_slice((const char *)data, size), &out);
    for (struct wb_slice rest = wb_buf_slice(&out); rest.n;) {
        struct wb_slice line = wb_slice_head(rest, wb_slice_find(rest, WB_S("\n")));
        WB_CHECK(is_right(line));
        rest = wb_slice_from(rest, line.n + 1);
    }
    wb_buf_free(&out);
    return 0;
}
