/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce verp: envelope senders that prove a bounce to be ours. */
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "prove.h"

static int print_line(struct wb_buf *out)
{
    wb_buf_byte(out, '\n');
    bool ok = fwrite(out->p, 1, out->n, stdout) == out->n;
    wb_buf_clear(out);
    return ok ? 0 : 1;
}

static int tag(const struct wb_settings *s, const struct wb_prover *prover, const char *from,
               const char *recipient)
{
    struct wb_buf out = {0};
    int result;
    if (wb_prover_tag(prover, wb_slice_str(from), wb_slice_str(recipient), &out)) {
        result = print_line(&out);
    } else {
        wb_serve_complain(
            wb_say(s, "%s, %s: one of them is no mail address", "%s、%s：其中有一个不是邮件地址"),
            from, recipient);
        result = 1;
    }
    wb_buf_free(&out);
    return result;
}

static int check(const struct wb_settings *s, const struct wb_prover *prover, const char *tagged)
{
    struct wb_buf out = {0};
    int result;
    if (wb_prover_read(prover, wb_slice_str(tagged), &out)) {
        result = print_line(&out);
    } else {
        wb_serve_complain(wb_say(s, "%s: this tag is not ours", "%s：这个标记不是我们生成的"),
                          tagged);
        result = 1;
    }
    wb_buf_free(&out);
    return result;
}

int wb_verp_command(int argc, char **argv)
{
    struct wb_settings settings;
    struct wb_status status = {{0}};
    const char *from = NULL, *checked = NULL;
    int first, result = 0;
    const struct wb_serve_option options[] = {
        {"from", true, &from}, {"check", false, &checked}, {NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    result = 0;
    struct wb_prover *prover = wb_prover_open(&settings, &status);
    if (!prover) {
        wb_serve_complain("%s", status.text);
        result = 1;
    } else if (first == argc || !from == !checked) {
        result = wb_usage(&settings, "verp");
    } else {
        for (int i = first; i < argc; i++)
            result |=
                checked ? check(&settings, prover, argv[i]) : tag(&settings, prover, from, argv[i]);
    }
    if (prover)
        wb_prover_close(prover);
    wb_settings_close(&settings);
    return result;
}
