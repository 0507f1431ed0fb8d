/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce ingest: mails and logs into the store. */
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "hooks.h"
#include "intake.h"
#include "options.h"

static void show(void *own, const struct wb_intake_count *count)
{
    const struct wb_settings *s = own;
    fprintf(stderr,
            wb_say(s, "\r\033[K%llu read, %llu new reports", "\r\033[K已读 %llu，新增 %llu 条"),
            (unsigned long long)count->mails, (unsigned long long)count->reports);
}

static void sum_up(const struct wb_settings *s, const struct wb_intake_count *count, bool log)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    printf(log ? wb_say(s,
                        "%llu lines read: %llu new reports, %llu known before, %llu addresses "
                        "changed their state\n",
                        "读了 %llu 行：新增 %llu 条，已有 %llu 条，%llu 个地址的状态有变化\n")
               : wb_say(s,
                        "%llu messages read: %llu new reports, %llu known before, %llu addresses "
                        "changed their state\n",
                        "读了 %llu 封邮件：新增 %llu 条，已有 %llu 条，%llu 个地址的状态有变化\n"),
           (unsigned long long)count->mails, (unsigned long long)count->reports,
           (unsigned long long)count->duplicates, (unsigned long long)count->changes);
}

static bool read_all(const struct wb_intake_settings *in, struct wb_store *store, char **paths,
                     int n, const char *format, struct wb_intake_count *count,
                     struct wb_status *status)
{
    bool ok = true;
    if (!format)
        return wb_intake(in, store, paths, (size_t)n, count, status);
    for (int i = 0; ok && i < n; i++)
        ok = wb_intake_log(in, store, paths[i], *format ? format : NULL, count, status);
    return ok;
}

/* format NULL: mails; "": logs, whose format is recognised. */
static int ingest(struct wb_settings *s, char **paths, int n, const char *format, bool is_silent)
{
    struct wb_status status = {{0}};
    struct wb_intake_count count = {0};
    const char *own_policy = *s->config.policy ? s->config.policy : NULL;
    struct wb_policy *policy = wb_policy_open(own_policy, &status);
    struct wb_store *store = policy ? wb_store_open(s->store, WB_STORE_WRITE, &status) : NULL;
    struct wb_hook_teller teller;
    if (!is_silent)
        wb_hooks_tell(&teller, &s->config.webhooks, store);
    struct wb_prover *prover = store ? wb_prover_open(s, &status) : NULL;
    struct wb_intake_settings in = {.settings = s,
                                    .prover = prover,
                                    .policy = policy,
                                    .threads = (unsigned)sysconf(_SC_NPROCESSORS_ONLN),
                                    .progress = isatty(STDERR_FILENO) ? show : NULL,
                                    .own = s};
    bool ok = prover && read_all(&in, store, paths, n, format, &count, &status);
    if (prover) {
        sum_up(s, &count, format != NULL);
        wb_prover_close(prover);
    }
    if (!ok)
        wb_serve_complain("%s", status.text);
    if (store)
        wb_store_close(store);
    wb_policy_free(policy);
    return ok && !count.trouble ? 0 : 1;
}

int wb_ingest_command(int argc, char **argv)
{
    struct wb_settings settings;
    const char *log = NULL, *format = "", *silent = NULL;
    int first, result;
    const struct wb_serve_option options[] = {{"log", false, &log},
                                              {"format", true, &format},
                                              {"no-webhooks", false, &silent},
                                              {NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    result = first == argc ? wb_usage(&settings, "ingest")
                           : ingest(&settings, argv + first, argc - first, log ? format : NULL,
                                    silent != NULL);
    wb_settings_close(&settings);
    return result;
}
