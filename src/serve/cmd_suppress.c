/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce suppress list|add|release|import|export */
#include <stdio.h>
#include <unistd.h>

#include "check.h"
#include "commands.h"
#include "exports.h"
#include "hooks.h"
#include "options.h"

enum { MOST_IMPORT = 256 << 20 };

struct run {
    struct wb_settings settings;
    struct wb_store *store;
    const char *reason, *form;
};

static int trouble(const struct wb_status *status)
{
    wb_serve_complain("%s", status->text);
    return 1;
}

static bool change(struct run *run, struct wb_slice address, bool release, bool *found,
                   struct wb_status *status)
{
    struct wb_slice who = wb_serve_who(), reason = wb_slice_str(run->reason);
    if (release)
        return wb_store_release(run->store, address, who, reason, found, status);
    *found = true;
    return wb_store_set_state(run->store, address, WB_ADDRESS_SUPPRESSED, 0, who, reason, status);
}

static int set_state(struct run *run, struct wb_slice address, bool release)
{
    struct wb_status status = {{0}};
    const struct wb_settings *s = &run->settings;
    bool found = false;
    if (!wb_is_plain_address(address)) {
        wb_serve_complain(wb_say(s, "%.*s: this is no mail address", "%.*s：这不是邮件地址"),
                          (int)address.n, address.p);
        return 1;
    }
    if (!run->reason || !*run->reason) {
        wb_serve_complain("%s", wb_say(s, "say why: --reason TEXT", "请写明原因：--reason 文字"));
        return 2;
    }
    if (!wb_store_begin(run->store, &status) || !change(run, address, release, &found, &status) ||
        !wb_store_commit(run->store, &status))
        return trouble(&status);
    if (!found)
        wb_serve_complain(wb_say(s, "%.*s: this address is neither suppressed nor paused",
                                 "%.*s：这个地址没有停发，也没有暂停"),
                          (int)address.n, address.p);
    return found ? 0 : 1;
}

static bool write_out(const struct wb_buf *out)
{
    return fwrite(out->p, 1, out->n, stdout) == out->n && fflush(stdout) == 0;
}

static int export(struct run *run)
{
    struct wb_status status = {{0}};
    struct wb_buf out = {0};
    const struct wb_export_form *form = wb_export_form(wb_slice_str(run->form ? run->form : ""));
    if (!form)
        return wb_usage(&run->settings, "suppress");
    bool ok = wb_export(run->store, form, &out, &status);
    if (ok && !write_out(&out))
        ok = wb_trouble(&status, "standard output cannot be written: %m");
    wb_buf_free(&out);
    return ok ? 0 : trouble(&status);
}

static int import(struct run *run)
{
    struct wb_status status = {{0}};
    struct wb_buf text = {0};
    struct wb_import import = {.who = wb_serve_who()};
    size_t n = 1;
    while (n && text.n < MOST_IMPORT) {
        wb_buf_reserve(&text, 1 << 16);
        n = fread(text.p + text.n, 1, 1 << 16, stdin);
        text.n += n;
    }
    if (n || ferror(stdin)) {
        wb_buf_free(&text);
        wb_trouble(&status, n ? "standard input has more than 256 MiB: nothing is imported"
                              : "standard input cannot be read: %m");
        return trouble(&status);
    }
    wb_import_read(&import, wb_buf_slice(&text));
    bool ok = wb_store_begin(run->store, &status) &&
              wb_import_write(run->store, NULL, &import, &status) &&
              wb_store_commit(run->store, &status);
    if (ok)
        printf(wb_say(&run->settings, "%zu suppressed, %zu lines that are no addresses\n",
                      "停发 %zu 个地址，%zu 行不是邮件地址\n"),
               import.n, import.refused);
    int result = !ok ? trouble(&status) : import.refused ? 1 : 0;
    wb_import_free(&import);
    wb_buf_free(&text);
    return result;
}

static int act(struct run *run, int n, char **words)
{
    if (n == 1 && strcmp(words[0], "list") == 0)
        return export(run);
    if (n == 1 && strcmp(words[0], "export") == 0)
        return export(run);
    if (n == 1 && strcmp(words[0], "import") == 0)
        return import(run);
    if (n == 2 && strcmp(words[0], "add") == 0)
        return set_state(run, wb_slice_str(words[1]), false);
    if (n == 2 && strcmp(words[0], "release") == 0)
        return set_state(run, wb_slice_str(words[1]), true);
    return wb_usage(&run->settings, "suppress");
}

int wb_suppress_command(int argc, char **argv)
{
    struct run run = {.store = NULL};
    struct wb_hook_teller teller;
    struct wb_status status = {{0}};
    int first, result;
    const struct wb_serve_option options[] = {
        {"reason", true, &run.reason}, {"format", true, &run.form}, {NULL, false, NULL}};
    if (!wb_serve_options(&run.settings, argc, argv, options, &first, &result))
        return result;
    run.store = wb_store_open(run.settings.store, WB_STORE_WRITE, &status);
    wb_hooks_tell(&teller, &run.settings.config.webhooks, run.store);
    if (run.store) {
        result = act(&run, argc - first, argv + first);
        wb_store_close(run.store);
    } else
        result = trouble(&status);
    wb_settings_close(&run.settings);
    return result;
}
