/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce reclassify: the mails that are kept once more, with the catalogue of today. First all
 * of them are read and what would change is told; then, if that is wanted, it is done. A page of
 * mails at a time, so that others write in between and memory does not depend on how many there
 * are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "commands.h"
#include "options.h"
#include "parcel.h"
#include "store_keep.h"
#include "store_read.h"
#include "whybounce.h"

enum { PAGE = 50, MOST_CHANGES = 500, LONGEST_CHANGE = 200, SHOWN = 40 };

/* So many reports change in this way. */
struct change {
    char text[LONGEST_CHANGE];
    char example[33];
    uint64_t count;
};

struct run {
    const struct wb_settings *s;
    struct wb_store *store;
    struct wb_session *session;
    bool apply;
    struct wb_buf parcels; /* of the page */
    struct wb_cursor last; /* mail of the page */
    size_t in_page;
    struct wb_buf document;
    uint64_t mails, reports, fresh, changed;
    struct change *changes;
    size_t n;
    /* the report in hand */
    const struct wb_record *today;
};

/* ---- what is different ---- */

static void put_member(struct wb_buf *out, const char *name, struct wb_slice before,
                       struct wb_slice after)
{
    if (wb_slice_eq(before, after))
        return;
    if (out->n)
        wb_buf_lit(out, "; ");
    wb_buf_put(out, wb_slice_str(name));
    wb_buf_safe(out, before.n ? before : WB_S("-"));
    wb_buf_lit(out, " → ");
    wb_buf_safe(out, after.n ? after : WB_S("-"));
}

static void note(struct run *run, struct wb_slice text, struct wb_slice report_id)
{
    size_t i = 0;
    text = wb_slice_head(text, LONGEST_CHANGE - 1);
    while (i < run->n && !wb_slice_eq(wb_slice_str(run->changes[i].text), text))
        i++;
    if (i == MOST_CHANGES)
        return; /* told in the sum */
    struct change *change = &run->changes[i];
    if (i == run->n) {
        memcpy(change->text, text.p, text.n);
        snprintf(change->example, sizeof change->example, "%.*s", WB_F(report_id));
        run->n++;
    }
    change->count++;
}

static void compare(struct run *run, const struct wb_record *before)
{
    struct wb_buf text = {0};
    put_member(&text, "", before->cause, run->today->cause);
    put_member(&text, wb_say(run->s, "kind ", "类型 "), before->kind, run->today->kind);
    put_member(&text, wb_say(run->s, "recommendation ", "建议 "), before->recommendation,
               run->today->recommendation);
    if (text.n) {
        run->changed++;
        note(run, wb_buf_slice(&text), run->today->report_id);
    }
    wb_buf_free(&text);
}

/* ---- one report ---- */

/* The members source and index, which the mail itself does not have. No text has a bare quote. */
static struct wb_slice place_in(struct wb_slice document)
{
    struct wb_slice from = wb_slice_from(document, wb_slice_find(document, WB_S(",\"source\":")));
    return wb_slice_head(from, wb_slice_find(from, WB_S(",\"kind\":")));
}

static bool take_old(void *own, const struct wb_record *before, struct wb_cursor place)
{
    struct run *run = own;
    (void)place;
    if (!run->apply) {
        compare(run, before);
        return true;
    }
    struct wb_slice today = run->today->document, hole = place_in(today);
    size_t from = (size_t)(hole.p - today.p);
    wb_buf_clear(&run->document);
    wb_buf_put(&run->document, wb_slice_head(today, from));
    wb_buf_put(&run->document, place_in(before->document));
    wb_buf_put(&run->document, wb_slice_from(today, from + hole.n));
    return true;
}

static bool judge(struct run *run, struct wb_record *record, struct wb_status *status)
{
    bool found;
    uint64_t changed = 0;
    run->today = record;
    run->reports++;
    if (!wb_store_report(run->store, record->report_id, take_old, run, &found, status))
        return false;
    run->fresh += !found;
    if (!run->apply || !found)
        return true;
    record->document = wb_buf_slice(&run->document);
    struct wb_message message = {.records = record, .n = 1};
    bool ok = wb_store_replace(run->store, &message, 1, &changed, status);
    run->changed += changed;
    return ok;
}

/* ---- all mails ---- */

static bool take_mail(void *own, const struct wb_mail_row *row, struct wb_cursor place)
{
    struct run *run = own;
    const struct wb_analysis *analysis = wb_analyse_mail(run->session, row->raw.p, row->raw.n);
    wb_parcel_put(run->session, analysis, WB_MAX_PARCELS, &run->parcels);
    run->last = place;
    run->in_page++;
    return true;
}

static bool judge_page(struct run *run, struct wb_status *status)
{
    struct wb_slice rest = wb_buf_slice(&run->parcels);
    struct wb_record record;
    bool ok = !run->apply || wb_store_begin(run->store, status);
    while (ok && wb_parcel_take(&rest, &record))
        ok = judge(run, &record, status);
    return ok && (!run->apply || wb_store_commit(run->store, status));
}

static bool walk(struct run *run, struct wb_status *status)
{
    run->last = (struct wb_cursor){0};
    run->mails = run->reports = run->fresh = run->changed = 0;
    do {
        run->in_page = 0;
        wb_buf_clear(&run->parcels);
        if (!wb_store_mails(run->store, run->last, PAGE, take_mail, run, status) ||
            !judge_page(run, status))
            return false;
        run->mails += run->in_page;
        if (isatty(STDERR_FILENO))
            fprintf(stderr, wb_say(run->s, "\r\033[K%" PRIu64 " read", "\r\033[K已读 %" PRIu64),
                    run->mails);
    } while (run->in_page);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    return true;
}

/* ---- telling ---- */

static int by_count(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    return x->count < y->count ? 1 : x->count > y->count ? -1 : strcmp(x->text, y->text);
}

static void tell_changes(struct run *run)
{
    const struct wb_settings *s = run->s;
    printf(wb_say(s, "%" PRIu64 " mails read, with %" PRIu64 " reports: %" PRIu64 " would change\n",
                  "读了 %" PRIu64 " 封邮件、%" PRIu64 " 条记录：%" PRIu64 " 条会改变\n"),
           run->mails, run->reports, run->changed);
    qsort(run->changes, run->n, sizeof *run->changes, by_count);
    for (size_t i = 0; i < run->n && i < SHOWN; i++)
        printf("%9" PRIu64 "  %s  (%s)\n", run->changes[i].count, run->changes[i].text,
               run->changes[i].example);
    if (run->n > SHOWN)
        printf(
            wb_say(s, "           and %zu rarer changes\n", "           另有 %zu 种较少的变化\n"),
            run->n - SHOWN);
    if (run->fresh)
        printf(wb_say(s, "%" PRIu64 " reports of today are not in the store, and are left out\n",
                      "%" PRIu64 " 条新结论在数据库里没有对应的记录，略过\n"),
               run->fresh);
    if (!run->apply && run->changed)
        puts(wb_say(s, "Nothing has been changed: whybounce reclassify --apply does it.",
                    "还没有改动任何数据；确认后运行 whybounce reclassify --apply。"));
}

static bool run_all(struct run *run, bool apply, struct wb_status *status)
{
    if (!walk(run, status))
        return false;
    run->apply = apply;
    tell_changes(run);
    if (!apply)
        return true;
    fflush(stdout);
    bool ok = walk(run, status);
    if (ok)
        printf(wb_say(run->s,
                      "%" PRIu64 " reports are changed; what was decided of addresses stays\n",
                      "已改动 %" PRIu64 " 条记录；对地址的决定不变\n"),
               run->changed);
    return ok;
}

static int reclassify(const struct wb_settings *s, bool apply)
{
    char trouble[WB_TROUBLE_TEXT];
    struct wb_status status = {{0}};
    struct run run = {.s = s, .changes = calloc(MOST_CHANGES, sizeof *run.changes)};
    struct wb_catalogue *catalogue =
        wb_catalogue_open(*s->catalogue ? s->catalogue : NULL, trouble);
    WB_CHECK(run.changes);
    if (!catalogue)
        wb_trouble(&status, "%s", trouble);
    else
        run.store = wb_store_open(s->store, apply ? WB_STORE_WRITE : WB_STORE_READ, &status);
    bool ok = false;
    if (run.store) {
        run.session = wb_session_new(catalogue);
        WB_CHECK(run.session);
        ok = run_all(&run, apply, &status);
        wb_session_free(run.session);
        wb_store_close(run.store);
    }
    if (catalogue)
        wb_catalogue_free(catalogue);
    if (!ok)
        wb_serve_complain("%s", status.text);
    wb_buf_free(&run.parcels);
    wb_buf_free(&run.document);
    free(run.changes);
    return ok ? 0 : 1;
}

int wb_reclassify_command(int argc, char **argv)
{
    struct wb_settings settings;
    const char *apply = NULL;
    int first, result;
    const struct wb_serve_option options[] = {{"apply", false, &apply}, {NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    result =
        first < argc ? wb_usage(&settings, "reclassify") : reclassify(&settings, apply != NULL);
    wb_settings_close(&settings);
    return result;
}
