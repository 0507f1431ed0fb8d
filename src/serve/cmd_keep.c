/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce forget, prune, backup: keeping house by hand, also while the service runs. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "commands.h"
#include "hooks.h"
#include "limit_webhook.h"
#include "options.h"
#include "quarantine.h"
#include "store_address.h"
#include "store_keep.h"

static int trouble(const struct wb_status *status)
{
    wb_serve_complain("%s", status->text);
    return 1;
}

/* ---- forget ---- */

static int forget(const struct wb_settings *s, struct wb_store *store, const char *address)
{
    struct wb_status status = {{0}};
    struct wb_buf clean = {0};
    uint64_t rows = 0;
    if (!wb_store_begin(store, &status) ||
        !wb_store_forget(store, wb_slice_str(address), wb_serve_who(), &rows, &status) ||
        !wb_store_commit(store, &status))
        return trouble(&status);
    wb_buf_safe(&clean, wb_slice_str(address));
    if (rows)
        printf(wb_say(s, "%.*s: forgotten, %llu rows are gone\n", "%.*s：已清除 %llu 条记录\n"),
               (int)clean.n, clean.p, (unsigned long long)rows);
    else
        printf(wb_say(s, "%.*s: nothing was kept about it\n", "%.*s：没有任何记录\n"), (int)clean.n,
               clean.p);
    wb_buf_free(&clean);
    return 0;
}

static int forget_all(const struct wb_settings *s, char **addresses)
{
    struct wb_status status = {{0}};
    struct wb_store *store = wb_store_open(s->store, WB_STORE_WRITE, &status);
    int result = store ? 0 : trouble(&status);
    for (; store && !result && *addresses; addresses++)
        result = forget(s, store, *addresses);
    if (store)
        wb_store_close(store);
    size_t aside = wb_quarantined(s);
    if (!result && aside)
        fprintf(stderr,
                wb_say(s,
                       "%zu mails that could not be read lie in %s/quarantine; look there, too\n",
                       "另有 %zu 封无法读取的邮件在 %s/quarantine，请一并检查\n"),
                aside, s->state);
    return result;
}

int wb_forget_command(int argc, char **argv)
{
    struct wb_settings settings;
    int first, result;
    const struct wb_serve_option options[] = {{NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    result = first == argc ? wb_usage(&settings, "forget") : forget_all(&settings, argv + first);
    wb_settings_close(&settings);
    return result;
}

/* ---- prune ---- */

static int prune(const struct wb_settings *s, bool dry_run)
{
    struct wb_status status = {{0}};
    const struct wb_config *c = &s->config;
    /* as the service does it: what was kept when mails were kept still has its day */
    unsigned raw_days = (unsigned)(c->raw_days ? c->raw_days : 1), days = (unsigned)c->days;
    uint64_t mails = 0, reports = 0, rows;
    struct wb_store *store =
        wb_store_open(s->store, dry_run ? WB_STORE_READ : WB_STORE_WRITE, &status);
    struct wb_hook_teller teller;
    int64_t now = time(NULL);
    wb_hooks_tell(&teller, &c->webhooks, store);
    bool ok = store && wb_store_outdated(store, raw_days, days, &mails, &reports, &status) &&
              (dry_run || (wb_store_retain(store, raw_days, days, &rows, &status) &&
                           wb_store_notices_retain(store, now - WB_MAX_WEBHOOK_WAIT,
                                                   now - c->webhook_days * WB_DAY, now, &status)));
    if (store)
        wb_store_close(store);
    if (!ok)
        return trouble(&status);
    printf(dry_run
               ? wb_say(s,
                        "%llu mails older than %u days and %llu reports older than %u days would "
                        "go\n",
                        "将清除 %llu 封超过 %u 天的邮件、%llu 条超过 %u 天的记录\n")
               : wb_say(s,
                        "%llu mails older than %u days and %llu reports older than %u days are "
                        "gone\n",
                        "已清除 %llu 封超过 %u 天的邮件、%llu 条超过 %u 天的记录\n"),
           (unsigned long long)mails, raw_days, (unsigned long long)reports, days);
    return 0;
}

int wb_prune_command(int argc, char **argv)
{
    struct wb_settings settings;
    const char *dry_run = NULL;
    int first, result;
    const struct wb_serve_option options[] = {{"dry-run", false, &dry_run}, {NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    result = first < argc ? wb_usage(&settings, "prune") : prune(&settings, dry_run != NULL);
    wb_settings_close(&settings);
    return result;
}

/* ---- backup ---- */

/* A copy that is told of is on the disk. */
static bool sync_file(const char *path, struct stat *found, struct wb_status *status)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0 && fstat(fd, found) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return ok || wb_trouble(status, "%s: %m", path);
}

static int backup(const struct wb_settings *s, const char *path)
{
    struct wb_status status = {{0}};
    struct stat found = {0};
    struct wb_store *store = wb_store_open(s->store, WB_STORE_READ, &status);
    bool ok = store && wb_store_backup(store, path, &status) && sync_file(path, &found, &status);
    if (store)
        wb_store_close(store);
    if (!ok)
        return trouble(&status);
    printf(wb_say(s, "%lld bytes are written; keep %s/verp.key with them\n",
                  "已写入 %lld 字节；请把 %s/verp.key 一起保存\n"),
           (long long)found.st_size, s->state);
    return 0;
}

int wb_backup_command(int argc, char **argv)
{
    struct wb_settings settings;
    int first, result;
    const struct wb_serve_option options[] = {{NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    result = first + 1 == argc ? backup(&settings, argv[first]) : wb_usage(&settings, "backup");
    wb_settings_close(&settings);
    return result;
}
