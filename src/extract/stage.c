/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * At which stage of the SMTP dialogue it failed, in the words of the server that reports it:
 *
 *     host mx.example.org[192.0.2.1] said: 550 ... (in reply to
 *         RCPT TO command)                                   the command is named
 *     connect to mx.example.org[192.0.2.1]:25: Connection refused     these words say it
 *
 * The words stand in the dialect; what has no words of its own is read with those of the general
 * one.
 */
#include "extract_int.h"

#include "reply.h"

enum {
    MAX_BESIDE = 32, /* each is sought in the whole prose */
    MAX_ABSENT = 12,
};

/* Where the words in front of `end` begin, which stand there with any blanks; NULL: others do. */
static const char *back_over(struct wb_slice text, const char *end, struct wb_slice words)
{
    const char *p = end;
    while (words.n) {
        char c = words.p[--words.n];
        const char *blank = p;
        if (c == ' ') {
            while (p > text.p && wb_is_space(p[-1]))
                p--;
            if (p == blank)
                return NULL;
        } else if (p == text.p || wb_lower(*--p) != wb_lower(c)) {
            return NULL;
        }
    }
    return p;
}

/*
 * Where the words end in the text, NULL: they do not stand in it. anchor: one of them; at: where
 * that stands first.
 */
static const char *find_from(struct wb_slice text, struct wb_slice words, struct wb_slice anchor,
                             size_t at)
{
    struct wb_slice before = wb_slice_span(words.p, anchor.p), rest = text;
    while ((rest = wb_slice_from(rest, at)).n) {
        const char *from = back_over(text, rest.p, before);
        bool inside = from && from > text.p && wb_is_alnum(from[-1]) && wb_is_alnum(*from);
        if (from && !inside) {
            const char *end = wb_reply_behind_words(wb_slice_span(from, wb_slice_end(text)), words);
            if (end)
                return end;
        }
        rest = wb_slice_from(rest, anchor.n);
        at = wb_slice_find(rest, anchor);
    }
    return NULL;
}

static const char *find_words(struct wb_slice text, struct wb_slice words, struct wb_slice anchor)
{
    return find_from(text, words, anchor, wb_slice_find(text, anchor));
}

/*
 * The stage of a command that is named at the front. Servers write commands in capitals; "after
 * data analysis" and "after connecting" only sound like one.
 */
static enum wb_stage named_at(struct wb_slice text)
{
    struct wb_slice front = wb_slice_head(wb_slice_ltrim(wb_slice_head(text, 64)), 32);
    enum wb_stage stage = wb_reply_stage_of_command(front);
    if (!stage) /* a "." alone on its line */
        stage = wb_reply_stage_of_command(wb_slice_head(front, wb_slice_chr(front, '\n')));
    bool capital = front.n && (front.p[0] < 'a' || front.p[0] > 'z');
    bool sounds = stage == WB_STAGE_CONNECT || stage == WB_STAGE_AUTH ||
                  (!capital && stage != WB_STAGE_END_OF_DATA);
    return sounds ? WB_STAGE_ABSENT : stage;
}

/* Anchors that do not stand in a text: many rows share theirs, and "connection" has "connect". */
struct absent {
    struct wb_slice anchor[MAX_ABSENT];
    int n;
};

/* Where the anchor stands first; text.n: nowhere. */
static size_t find_anchor(struct absent *absent, struct wb_slice text, struct wb_slice anchor)
{
    for (int i = 0; i < absent->n; i++)
        if (anchor.p[0] == absent->anchor[i].p[0] && wb_slice_starts(anchor, absent->anchor[i]))
            return text.n;
    size_t at = wb_slice_find(text, anchor);
    if (at == text.n && absent->n < MAX_ABSENT)
        absent->anchor[absent->n++] = anchor;
    return at;
}

static struct wb_slice anchor_of(const struct wb_stage_words *row, struct wb_slice words)
{
    return wb_slice(words.p + row->anchor_at, row->anchor_n);
}

static enum wb_stage told_by(const struct wb_stage_words *row, struct wb_slice words,
                             struct wb_slice text, struct absent *absent)
{
    if (row->at_start)
        return wb_reply_behind_words(text, words) ? (enum wb_stage)row->stage : WB_STAGE_ABSENT;
    struct wb_slice anchor = anchor_of(row, words);
    size_t at = find_anchor(absent, text, anchor);
    if (at == text.n)
        return WB_STAGE_ABSENT;
    const char *end = find_from(text, words, anchor, at);
    if (row->stage)
        return end ? (enum wb_stage)row->stage : WB_STAGE_ABSENT;
    enum wb_stage stage = WB_STAGE_ABSENT;
    while (end && !stage) {
        text = wb_slice_span(end, wb_slice_end(text));
        stage = named_at(text);
        end = find_words(text, words, anchor);
    }
    return stage;
}

/* What the first of the dialect's words that tell anything tell of the text. */
static enum wb_stage stage_told(const struct wb_extract *ex, const struct wb_dialect *d,
                                struct wb_slice text)
{
    uint32_t n;
    const struct wb_stage_words *rows = wb_cat_stage_words(ex->cat, &n) + d->first_stage_words;
    unsigned buckets = text.n ? wb_sieve_buckets(&d->stage_sieve, text) : 0;
    struct absent absent;
    absent.n = 0; /* the rest is room */
    enum wb_stage stage = WB_STAGE_ABSENT;
    for (uint32_t i = 0; buckets && i < d->stage_words && !stage; i++)
        if (buckets >> rows[i].bucket & 1)
            stage = told_by(&rows[i], wb_cat_str(ex->cat, rows[i].words), text, &absent);
    return stage;
}

void wb_extract_stage(struct wb_extract *ex, struct wb_evidence *r, struct wb_slice text)
{
    uint32_t n;
    const struct wb_dialect *dialects = wb_cat_dialects(ex->cat, &n);
    const struct wb_dialect *d = &dialects[wb_cat_general(ex->cat)];
    if (ex->dialect != WB_NO_INDEX && dialects[ex->dialect].stage_words)
        d = &dialects[ex->dialect];
    if (!r->stage)
        r->stage = stage_told(ex, d, wb_slice_head(text, WB_MAX_PROSE_BYTES));
    if (!r->stage)
        r->stage = stage_told(ex, d, r->diagnostic);
}

/*
 * The paragraph about a recipient, where no line of it is known: that of the reply, from the two
 * lines in front of it on. It is sought by the reply's first words, however its lines are broken.
 */
static struct wb_slice beside_reply(struct wb_slice text, const struct wb_evidence *r)
{
    struct wb_slice reply = wb_slice_trim(wb_slice_head(r->diagnostic, 24));
    struct wb_slice word = wb_slice_head(reply, wb_slice_chr(reply, ' '));
    const char *end = reply.n > 8 ? find_words(text, reply, word) : NULL;
    if (!end)
        return WB_NONE;
    size_t from = (size_t)(end - text.p), first = from > 240 ? from - 240 : 0;
    for (int lines = 0; from > first && lines < 3; from--)
        lines += text.p[from - 1] == '\n';
    struct wb_slice front = wb_slice_span(text.p + from, end);
    size_t blank = wb_slice_find(front, WB_S("\n\n"));
    front = wb_slice_from(front, blank < front.n ? blank + 2 : 0);
    struct wb_slice behind = wb_slice_span(end, wb_slice_end(text));
    behind = wb_slice_head(behind, wb_slice_find(wb_slice_head(behind, 600), WB_S("\n\n")));
    return wb_slice_span(front.p, wb_slice_end(behind));
}

void wb_extract_stages(struct wb_extract *ex)
{
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        struct wb_evidence *r = &ex->recipients[i];
        if (r->stage)
            continue;
        struct wb_slice text = r->explanation;
        if (!text.n && i < MAX_BESIDE)
            text = beside_reply(wb_slice_head(ex->text, WB_MAX_PROSE_BYTES), r);
        wb_extract_stage(ex, r, text);
    }
}
