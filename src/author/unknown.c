/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce knowledge unknown: what no phrase decided, in families, the most frequent first: there
 * the next rule is worth most.
 */
#include "author.h"
#include "bins.h"
#include "texts.h"

#include <errno.h>

struct search {
    struct wb_session *session;
    struct wb_bins bins;
    uint64_t texts, failures, unsure;
};

/* Codes decide with "fair", hints with "weak"; a phrase is "strong". */
static bool is_unsure(const struct wb_report *r)
{
    return wb_report_is_failure(r) && r->verdict.confidence < WB_CONFIDENCE_STRONG;
}

/* The verdict, a tab, the family. */
static void put_key(const struct wb_report *r, struct wb_buf *key)
{
    wb_buf_put(key, wb_report_cause(r));
    wb_buf_byte(key, '\t');
    wb_buf_put(key, wb_confidence_name(r->verdict.confidence));
    wb_buf_byte(key, '\t');
    wb_family(r->verdict.diagnostic, key);
}

/* source, index, the reply: what the first one of a family was */
static void put_note(const struct wb_report *r, const struct wb_text_at *at, struct wb_buf *note)
{
    wb_buf_printf(note, "%s%c%u%c", at->source, 0, at->index, 0);
    wb_buf_put(note, r->verdict.diagnostic);
}

static void take(void *context, const struct wb_text_at *at)
{
    struct search *s = context;
    const struct wb_analysis *a = wb_analyse_at(s->session, at);
    s->texts++;
    for (size_t i = 0; i < a->count; i++) {
        const struct wb_report *r = &a->reports[i];
        struct wb_buf key = {0};
        s->failures += wb_report_is_failure(r);
        if (!is_unsure(r))
            continue;
        s->unsure++;
        put_key(r, &key);
        struct wb_bin *bin = wb_bins_count(&s->bins, wb_buf_slice(&key));
        if (bin->n == 1)
            put_note(r, at, &bin->note);
        wb_buf_free(&key);
    }
}

/* A bin taken apart. */
struct family {
    struct wb_slice cause, confidence, words, source, index, example;
};

static struct family family_of(const struct wb_bin *bin)
{
    struct family f;
    f.words = wb_buf_slice(&bin->key);
    f.cause = wb_slice_cut(&f.words, '\t');
    f.confidence = wb_slice_cut(&f.words, '\t');
    f.example = wb_buf_slice(&bin->note);
    f.source = wb_slice_cut(&f.example, 0);
    f.index = wb_slice_cut(&f.example, 0);
    return f;
}

enum { SHOWN = 300 };

static void put_text(const struct search *s, struct wb_buf *out)
{
    for (size_t i = 0; i < s->bins.n; i++) {
        struct family f = family_of(&s->bins.bin[i]);
        wb_buf_printf(out, "%llu × %.*s (%.*s): ", (unsigned long long)s->bins.bin[i].n,
                      WB_F(f.cause), WB_F(f.confidence));
        wb_put_short(out, f.words.n ? f.words : wb_slice_str(wb_in_both("no reply", "没有答复")),
                     SHOWN);
        wb_buf_lit(out, "\n    ");
        wb_put_short(out, f.source, SHOWN);
        wb_buf_printf(out, ":%.*s  ", WB_F(f.index));
        wb_put_short(out, f.example, SHOWN);
        wb_buf_byte(out, '\n');
    }
    wb_buf_printf(out,
                  wb_in_both("%llu of %llu failures in %llu texts are not sure, %zu families\n",
                             "共 %3$llu 封邮件或答复，%2$llu 条失败报告，其中 %1$llu 条把握不大，"
                             "归为 %4$zu 类\n"),
                  (unsigned long long)s->unsure, (unsigned long long)s->failures,
                  (unsigned long long)s->texts, s->bins.n);
}

static void member(struct wb_buf *out, const char *name, struct wb_slice value)
{
    wb_buf_printf(out, ",\"%s\":", name);
    wb_json_string(out, value);
}

static void put_json(const struct search *s, struct wb_buf *out)
{
    for (size_t i = 0; i < s->bins.n; i++) {
        struct family f = family_of(&s->bins.bin[i]);
        wb_buf_printf(out, "{\"count\":%llu", (unsigned long long)s->bins.bin[i].n);
        member(out, "family", f.words);
        member(out, "cause", f.cause);
        member(out, "confidence", f.confidence);
        member(out, "example", f.example);
        member(out, "source", f.source);
        wb_buf_printf(out, ",\"index\":%.*s}\n", WB_F(f.index));
    }
}

static int run(struct wb_settings *s, int argc, char **argv)
{
    struct search search = {0};
    char trouble[WB_TROUBLE_TEXT];
    if (!argc) {
        wb_author_complain(
            "unknown", wb_in_both("which mails? for example: whybounce knowledge unknown Maildir/",
                                  "是哪些邮件？例如：whybounce knowledge unknown Maildir/"));
        return WB_EXIT_USAGE;
    }
    struct wb_catalogue *catalogue = wb_usual_catalogue(trouble);
    if (!catalogue)
        return wb_author_complain("unknown", trouble);
    search.session = wb_session_new(catalogue);
    bool ok = wb_corpus_read((const char *const *)argv, (size_t)argc, s->replies, take, &search);
    struct wb_buf out = {0};
    wb_bins_sort(&search.bins);
    if (s->json)
        put_json(&search, &out);
    else
        put_text(&search, &out);
    fwrite(out.p, 1, out.n, stdout);
    wb_buf_free(&out);
    wb_bins_free(&search.bins);
    wb_session_free(search.session);
    wb_catalogue_free(catalogue);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

const struct wb_tool wb_tool_unknown = {"unknown", run};
