/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce knowledge diff: two catalogues over the same mails. Reports that change in the same
 * way stand together, with the rules before and after; where only the rule is another one, nothing
 * has changed.
 */
#include "author.h"
#include "bins.h"
#include "texts.h"

/* What a report is compared by. */
enum {
    RULE,
    KIND,
    CAUSE,
    DETAIL,
    CONFIDENCE,
    PERMANENCE,
    FAULT,
    RESPONSIBLE,
    RECOMMENDATION,
    MEMBERS
};

static const char *const member_names[MEMBERS] = {"rule",   "kind",        "cause",
                                                  "detail", "confidence",  "permanence",
                                                  "fault",  "responsible", "recommendation"};

struct members {
    struct wb_slice value[MEMBERS];
};

struct comparison {
    struct wb_session *before, *after;
    struct wb_bins bins;
    uint64_t texts, changed, reports;
};

static struct members members_of(const struct wb_report *r)
{
    struct members m = {{WB_NONE}};
    if (!r)
        return m;
    m.value[KIND] = wb_kind_name(r->kind);
    m.value[DETAIL] = r->extract->detail;
    m.value[RECOMMENDATION] = wb_recommendation_name(r->verdict.recommendation);
    if (!wb_report_is_failure(r))
        return m;
    m.value[RULE] = r->verdict.rule;
    m.value[CAUSE] = wb_report_cause(r);
    m.value[DETAIL] = r->verdict.detail;
    m.value[CONFIDENCE] = wb_confidence_name(r->verdict.confidence);
    m.value[PERMANENCE] = wb_permanence_name(r->verdict.permanence);
    m.value[FAULT] = wb_fault_name(r->verdict.fault);
    m.value[RESPONSIBLE] = wb_responsible_name(r->verdict.responsible);
    return m;
}

/* Which of several reports of one address the i-th is. */
static size_t turn_of(const struct wb_analysis *a, size_t i)
{
    size_t turn = 0;
    for (size_t j = 0; j < i; j++)
        turn += wb_slice_eqi(a->reports[j].evidence->address, a->reports[i].evidence->address);
    return turn;
}

/* The report of the other side on the same address, of several the one of the same turn. */
static const struct wb_report *partner_of(const struct wb_analysis *a, size_t i,
                                          const struct wb_analysis *other)
{
    size_t turn = turn_of(a, i);
    for (size_t j = 0; j < other->count; j++)
        if (wb_slice_eqi(other->reports[j].evidence->address, a->reports[i].evidence->address) &&
            turn-- == 0)
            return &other->reports[j];
    return NULL;
}

/* Members with a NUL behind each: all before, then all after. NULL: no such recipient. */
static bool put_key(const struct wb_report *before, const struct wb_report *after,
                    struct wb_buf *key)
{
    struct members both[] = {members_of(before), members_of(after)};
    bool changed = false;
    for (int i = KIND; i < MEMBERS; i++)
        changed |= !wb_slice_eq(both[0].value[i], both[1].value[i]);
    for (int side = 0; side < 2; side++)
        for (int i = 0; i < MEMBERS; i++) {
            wb_buf_put(key, both[side].value[i]);
            wb_buf_byte(key, 0);
        }
    return changed;
}

/* source, index, recipient, the reply: the first one that changes so */
static void put_note(const struct wb_report *r, const struct wb_text_at *at, struct wb_buf *note)
{
    wb_buf_printf(note, "%s%c%u%c", at->source, 0, at->index, 0);
    wb_buf_put(note, r->evidence->address);
    wb_buf_byte(note, 0);
    wb_buf_put(note, r->verdict.diagnostic);
}

static bool compare(struct comparison *c, const struct wb_text_at *at,
                    const struct wb_report *before, const struct wb_report *after)
{
    struct wb_buf key = {0};
    bool changed = put_key(before, after, &key);
    c->reports += changed;
    if (changed) {
        struct wb_bin *bin = wb_bins_count(&c->bins, wb_buf_slice(&key));
        const struct wb_report *shown = after ? after : before;
        if (bin->n == 1 && shown)
            put_note(shown, at, &bin->note);
    }
    wb_buf_free(&key);
    return changed;
}

static void take(void *context, const struct wb_text_at *at)
{
    struct comparison *c = context;
    const struct wb_analysis *before = wb_analyse_at(c->before, at);
    const struct wb_analysis *after = wb_analyse_at(c->after, at);
    bool changed = false;
    for (size_t i = 0; i < before->count; i++)
        changed |= compare(c, at, &before->reports[i], partner_of(before, i, after));
    for (size_t i = 0; i < after->count; i++)
        if (!partner_of(after, i, before))
            changed |= compare(c, at, NULL, &after->reports[i]);
    c->texts++;
    c->changed += changed;
}

/* A bin taken apart. */
struct change {
    struct members before, after;
    struct wb_slice source, index, recipient, reply;
};

static struct change change_of(const struct wb_bin *bin)
{
    struct change c;
    struct wb_slice key = wb_buf_slice(&bin->key), note = wb_buf_slice(&bin->note);
    for (int i = 0; i < MEMBERS; i++)
        c.before.value[i] = wb_slice_cut(&key, 0);
    for (int i = 0; i < MEMBERS; i++)
        c.after.value[i] = wb_slice_cut(&key, 0);
    c.source = wb_slice_cut(&note, 0);
    c.index = wb_slice_cut(&note, 0);
    c.recipient = wb_slice_cut(&note, 0);
    c.reply = note;
    return c;
}

static struct wb_slice or_none(struct wb_slice s)
{
    return s.n ? s : WB_S("-");
}

enum { SHOWN = 300 };

/* What a group is called: the causes, or the kinds where those are all there is. */
static void put_title(const struct change *c, uint64_t n, struct wb_buf *out)
{
    const struct members *b = &c->before, *a = &c->after;
    struct wb_slice was = b->value[CAUSE].n ? b->value[CAUSE] : b->value[KIND];
    struct wb_slice is = a->value[CAUSE].n ? a->value[CAUSE] : a->value[KIND];
    wb_buf_printf(out, "%llu × ", (unsigned long long)n);
    if (!was.n)
        wb_buf_printf(out, wb_in_both("a recipient more: %.*s\n", "多了一个收件人：%.*s\n"),
                      WB_F(is));
    else if (!is.n)
        wb_buf_printf(out, wb_in_both("a recipient less: %.*s\n", "少了一个收件人：%.*s\n"),
                      WB_F(was));
    else if (wb_slice_eq(was, is))
        wb_buf_printf(out, "%.*s\n", WB_F(was));
    else
        wb_buf_printf(out, "%.*s → %.*s\n", WB_F(was), WB_F(is));
}

static void put_change(const struct change *c, uint64_t n, struct wb_buf *out)
{
    put_title(c, n, out);
    for (int i = 0; i < MEMBERS; i++) {
        struct wb_slice was = c->before.value[i], is = c->after.value[i];
        if (!wb_slice_eq(was, is))
            wb_buf_printf(out, "    %-15s %.*s → %.*s\n", member_names[i], WB_F(or_none(was)),
                          WB_F(or_none(is)));
        else if (i == RULE && was.n)
            wb_buf_printf(out, "    %-15s %.*s\n", member_names[i], WB_F(was));
    }
    wb_buf_lit(out, "    ");
    wb_put_short(out, c->source, SHOWN);
    wb_buf_printf(out, ":%.*s  ", WB_F(c->index));
    wb_put_short(out, c->recipient, SHOWN);
    wb_buf_printf(out, "%s", c->recipient.n ? "  " : "");
    wb_put_short(out, c->reply, SHOWN);
    wb_buf_byte(out, '\n');
}

static void put_text(const struct comparison *c, struct wb_buf *out)
{
    for (size_t i = 0; i < c->bins.n; i++) {
        struct change change = change_of(&c->bins.bin[i]);
        put_change(&change, c->bins.bin[i].n, out);
    }
    wb_buf_printf(out,
                  wb_in_both("%llu of %llu texts are read otherwise, %llu reports in %zu groups\n",
                             "%2$llu 封邮件或答复中有 %1$llu 封的结论变了，共 %3$llu 条报告，"
                             "分为 %4$zu 组\n"),
                  (unsigned long long)c->changed, (unsigned long long)c->texts,
                  (unsigned long long)c->reports, c->bins.n);
}

static void put_side(const struct members *m, const char *name, struct wb_buf *out)
{
    wb_buf_printf(out, ",\"%s\":", name);
    if (!m->value[KIND].n) {
        wb_buf_lit(out, "null");
        return;
    }
    for (int i = 0; i < MEMBERS; i++) {
        wb_buf_printf(out, "%c\"%s\":", i ? ',' : '{', member_names[i]);
        if (m->value[i].n)
            wb_json_string(out, m->value[i]);
        else
            wb_buf_lit(out, "null");
    }
    wb_buf_byte(out, '}');
}

static void put_json(const struct comparison *c, struct wb_buf *out)
{
    for (size_t i = 0; i < c->bins.n; i++) {
        struct change change = change_of(&c->bins.bin[i]);
        wb_buf_printf(out, "{\"count\":%llu", (unsigned long long)c->bins.bin[i].n);
        put_side(&change.before, "before", out);
        put_side(&change.after, "after", out);
        wb_buf_lit(out, ",\"source\":");
        wb_json_string(out, change.source);
        wb_buf_printf(out, ",\"index\":%.*s,\"recipient\":", WB_F(change.index));
        wb_json_string(out, change.recipient);
        wb_buf_lit(out, ",\"diagnostic\":");
        wb_json_string(out, change.reply);
        wb_buf_lit(out, "}\n");
    }
}

/* 1 is for changes: whoever asks must tell them from trouble. */
enum { CHANGED = 1, UNREADABLE = 2 };

static int show(struct comparison *c, bool json, bool ok)
{
    struct wb_buf out = {0};
    wb_bins_sort(&c->bins);
    if (json)
        put_json(c, &out);
    else
        put_text(c, &out);
    if (out.n)
        fwrite(out.p, 1, out.n, stdout);
    wb_buf_free(&out);
    if (!ok)
        return UNREADABLE;
    return c->changed ? CHANGED : WB_EXIT_OK;
}

static int run(struct wb_settings *s, int argc, char **argv)
{
    struct comparison c = {0};
    struct wb_loaded before = {0}, after = {0};
    if (argc < 3) {
        wb_author_complain(
            "diff", wb_in_both("which two, and which mails? for example: whybounce knowledge diff "
                               "old.wbc rules/ Maildir/",
                               "要比较哪两个知识库，用哪些邮件？例如：whybounce knowledge diff "
                               "old.wbc rules/ Maildir/"));
        return WB_EXIT_USAGE;
    }
    int status = UNREADABLE;
    if (wb_load_any(&before, s, argv[0]) && wb_load_any(&after, s, argv[1])) {
        c.before = wb_session_new(before.catalogue);
        c.after = wb_session_new(after.catalogue);
        bool ok =
            wb_corpus_read((const char *const *)argv + 2, (size_t)argc - 2, s->replies, take, &c);
        status = show(&c, s->json, ok);
        wb_session_free(c.before);
        wb_session_free(c.after);
    }
    wb_bins_free(&c.bins);
    wb_unload(&after);
    wb_unload(&before);
    return status;
}

const struct wb_tool wb_tool_diff = {"diff", run};
