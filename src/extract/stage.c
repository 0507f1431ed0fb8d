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

enum { MAX_BESIDE = 32 }; /* each is sought in the whole prose */

/* Where the words end in the text, NULL: they do not stand in it. Their first word is sought. */
static const char *find_words(struct wb_slice text, struct wb_slice words)
{
    struct wb_slice first = wb_slice_head(words, wb_slice_chr(words, ' '));
    struct wb_slice rest = text;
    while ((rest = wb_slice_from(rest, wb_slice_find(rest, first))).n) {
        bool inside = rest.p > text.p && wb_is_alnum(rest.p[-1]) && wb_is_alnum(first.p[0]);
        const char *end = inside ? NULL : wb_reply_behind_words(rest, words);
        if (end)
            return end;
        rest = wb_slice_from(rest, first.n);
    }
    return NULL;
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

static enum wb_stage told_by(const struct wb_stage_words *row, struct wb_slice words,
                             struct wb_slice text)
{
    if (row->at_start)
        return wb_reply_behind_words(text, words) ? (enum wb_stage)row->stage : WB_STAGE_ABSENT;
    const char *end = find_words(text, words);
    if (row->stage)
        return end ? (enum wb_stage)row->stage : WB_STAGE_ABSENT;
    enum wb_stage stage = WB_STAGE_ABSENT;
    while (end && !stage) {
        text = wb_slice_span(end, wb_slice_end(text));
        stage = named_at(text);
        end = find_words(text, words);
    }
    return stage;
}

/*
 * With which two bytes words begin in a text, as bits: most stage words need not be sought in a
 * reply then. In a long text it says nothing, so nothing is left out there.
 */
enum { SHORT = 1024 };

static unsigned head_bit(const char *p)
{
    return ((unsigned char)p[0] * 7u + (unsigned char)p[1]) % 64;
}

static uint64_t word_heads(struct wb_slice text)
{
    uint64_t heads = text.n > SHORT ? ~(uint64_t)0 : 0;
    bool inside = false;
    for (size_t i = 0; i + 1 < text.n && text.n <= SHORT; i++) {
        bool alnum = wb_is_alnum(text.p[i]);
        if (alnum && !inside)
            heads |= (uint64_t)1 << head_bit(text.p + i);
        inside = alnum;
    }
    return heads;
}

static bool may_stand(uint64_t heads, struct wb_slice words)
{
    return words.n < 2 || !wb_is_alnum(words.p[0]) || heads >> head_bit(words.p) & 1;
}

void wb_extract_stage(struct wb_extract *ex, struct wb_evidence *r, struct wb_slice text)
{
    uint32_t n;
    const struct wb_dialect *dialects = wb_cat_dialects(ex->cat, &n);
    const struct wb_dialect *d = &dialects[wb_cat_general(ex->cat)];
    if (ex->dialect != WB_NO_INDEX && dialects[ex->dialect].stage_words)
        d = &dialects[ex->dialect];
    const struct wb_stage_words *rows = wb_cat_stage_words(ex->cat, &n) + d->first_stage_words;
    struct wb_slice texts[] = {wb_slice_head(text, WB_MAX_PROSE_BYTES), r->diagnostic};
    for (size_t t = 0; t < 2 && !r->stage; t++) {
        uint64_t heads = texts[t].n ? word_heads(texts[t]) : 0;
        for (uint32_t i = 0; i < d->stage_words && !r->stage && texts[t].n; i++) {
            struct wb_slice words = wb_cat_str(ex->cat, rows[i].words);
            if (may_stand(heads, words))
                r->stage = told_by(&rows[i], words, texts[t]);
        }
    }
}

/*
 * The paragraph about a recipient, where no line of it is known: that of the reply, from the two
 * lines in front of it on. It is sought by the reply's first words, however its lines are broken.
 */
static struct wb_slice beside_reply(struct wb_slice text, const struct wb_evidence *r)
{
    struct wb_slice reply = wb_slice_trim(wb_slice_head(r->diagnostic, 24));
    const char *end = reply.n > 8 ? find_words(text, reply) : NULL;
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
        struct wb_slice text = r->explanation;
        if (!text.n && i < MAX_BESIDE)
            text = beside_reply(wb_slice_head(ex->text, WB_MAX_PROSE_BYTES), r);
        wb_extract_stage(ex, r, text);
    }
}
