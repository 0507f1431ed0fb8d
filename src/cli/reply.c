/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce reply: a bare SMTP reply. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static int run(int argc, char **argv)
{
    struct wb_catalogue *catalogue = wb_cli_catalogue();
    if (!catalogue)
        return WB_EXIT_TROUBLE;
    struct wb_session *session = wb_session_new(catalogue);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-") == 0) {
            char *line = NULL;
            size_t cap = 0;
            ssize_t n;
            struct wb_buf out = {0};
            while ((n = getline(&line, &cap, stdin)) > 0) {
                const struct wb_analysis *a = wb_analyse_reply(session, line, (size_t)n);
                struct wb_string json = wb_analysis_json(session, a);
                wb_buf_put(&out, wb_slice(json.text, json.length));
                if (out.n > 1 << 18) {
                    wb_cli_write(out.p, out.n);
                    wb_buf_clear(&out);
                }
            }
            wb_cli_write(out.p, out.n);
            free(line);
            continue;
        }
        const struct wb_analysis *a = wb_analyse_reply(session, argv[i], strlen(argv[i]));
        struct wb_string json = wb_analysis_json(session, a);
        wb_cli_write(json.text, json.length);
    }
    wb_session_free(session);
    wb_catalogue_free(catalogue);
    return WB_EXIT_OK;
}

const struct wb_command wb_command_reply = {"reply", run};
