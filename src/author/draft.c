/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * whybounce knowledge new: replies to entries. Replies of one family make one entry; its
 * expression has their words, and room for what differs. Texts of other causes that read nearly
 * the same are proposed as look-alikes.
 */
#include "author.h"
#include "bins.h"
#include "texts.h"

#include <stdlib.h>

#include "check.h"

enum {
    MOST_FAMILIES = 32,
    MOST_EXAMPLES = 3,
    MOST_LETTERS = 100,  /* of an expression: what stands behind them decides nothing */
    ENOUGH_LETTERS = 16, /* to end before a link */
    MOST_WORDS = 64,
    NEAR = 55, /* per cent of the words that two texts share */
    MOST_NEAR = 2,
};

struct draft {
    struct wb_session *session;
    struct wb_bins families; /* note: the replies, a line each */
    const char *from;
    struct wb_buf bare; /* the text of a file that is no mail */
    uint32_t mails;
};

/* ---- replies ---- */

static void add_reply(struct draft *d, struct wb_slice reply)
{
    struct wb_buf family = {0};
    reply = wb_slice_head(wb_slice_trim(reply), WB_MAX_DIAGNOSTIC_BYTES);
    if (!reply.n)
        return;
    wb_family(reply, &family);
    struct wb_bin *bin = wb_bins_count(&d->families, wb_buf_slice(&family));
    if (bin->n <= MOST_EXAMPLES) {
        wb_put_short(&bin->note, reply, WB_MAX_DIAGNOSTIC_BYTES);
        wb_buf_byte(&bin->note, '\n');
    }
    wb_buf_free(&family);
}

/* A text without header is a reply; of a mail, what it reports, with people masked. */
static void take(void *context, const struct wb_text_at *at)
{
    struct draft *d = context;
    wb_analyse_at(d->session, at);
    if (d->session->mail.headless) {
        wb_buf_put(&d->bare, at->text);
        wb_buf_byte(&d->bare, '\n');
        return;
    }
    struct wb_string masked = wb_mail_anonymize(d->session, at->text.p, at->text.n);
    struct wb_buf copy = {0};
    wb_buf_put(&copy, wb_slice(masked.text, masked.length));
    const struct wb_analysis *a = wb_analyse_mail(d->session, copy.p, copy.n);
    d->mails++;
    for (size_t i = 0; i < a->count; i++)
        if (wb_report_is_failure(&a->reports[i]))
            add_reply(d, a->reports[i].verdict.diagnostic);
    wb_buf_free(&copy);
}

static bool begins_reply(struct wb_slice line)
{
    return line.n > 3 && line.p[0] >= '2' && line.p[0] <= '5' && wb_is_digit(line.p[1]) &&
           wb_is_digit(line.p[2]) && (line.p[3] == ' ' || line.p[3] == '-');
}

/* RFC 5321 4.2.1: "550-" goes on, "550 " is the last line of a reply. */
static void add_replies(struct draft *d, struct wb_slice text)
{
    struct wb_buf reply = {0};
    struct wb_slice line;
    bool ended = false;
    while (wb_slice_line(&text, &line)) {
        line = wb_slice_trim(line);
        if (ended && begins_reply(line)) {
            add_reply(d, wb_buf_slice(&reply));
            wb_buf_clear(&reply);
        }
        if (begins_reply(line))
            ended = line.p[3] == ' ';
        if (reply.n && line.n)
            wb_buf_byte(&reply, ' ');
        wb_buf_put(&reply, line);
    }
    add_reply(d, wb_buf_slice(&reply));
    wb_buf_free(&reply);
}

/* ---- the expression ---- */

/* Behind the codes in front, which `when` matches, and the address that a reply begins with. */
static struct wb_slice words_of(struct wb_slice folded)
{
    size_t i = 0;
    while (i < folded.n && (wb_is_digit(folded.p[i]) || strchr(" .-<@>:", folded.p[i])))
        i++;
    return i < folded.n ? wb_slice_from(folded, i) : folded;
}

/* What the server itself said, folded, without codes and addresses in front. */
static struct wb_slice deciding_words(struct wb_slice reply, char *folded, size_t cap)
{
    return words_of(wb_innermost(reply, folded, cap));
}

static void put_piece(struct wb_buf *out, enum wb_piece piece, struct wb_slice text)
{
    switch (piece) {
    case WB_PIECE_NUMBER: wb_buf_printf(out, "\\d{1,%zu}", text.n + 8); break;
    case WB_PIECE_ID: wb_buf_printf(out, "[0-9a-z_]{1,%zu}", text.n + 8); break;
    case WB_PIECE_HOST: wb_buf_lit(out, "[0-9a-z_.-]{4,80}"); break;
    case WB_PIECE_URL: wb_buf_lit(out, "https?://[^ ]{4,120}"); break;
    default:
        for (size_t i = 0; i < text.n; i++) {
            if (strchr(".?*+()[]{}|^$\\", text.p[i]))
                wb_buf_byte(out, '\\');
            wb_buf_byte(out, text.p[i]);
        }
    }
}

/* The words as an expression; it ends where enough has been said. */
static void put_expression(struct wb_buf *out, struct wb_slice words)
{
    size_t n, letters = 0;
    char before = ' ';
    for (; words.n; words = wb_slice_from(words, n)) {
        enum wb_piece piece = wb_next_piece(words, before, &n);
        bool enough = piece == WB_PIECE_URL ? letters >= ENOUGH_LETTERS : letters >= MOST_LETTERS;
        if (enough && (before == ' ' || !wb_is_alnum(before)))
            break;
        put_piece(out, piece, wb_slice_head(words, n));
        letters += piece == WB_PIECE_PLAIN ? n : 0;
        before = words.p[n - 1];
    }
    while (out->n && out->p[out->n - 1] == ' ')
        out->n--;
}

/* ---- look-alikes ---- */

struct words {
    struct wb_slice word[MOST_WORDS];
    size_t n;
};

static bool has_word(const struct words *words, struct wb_slice word)
{
    for (size_t i = 0; i < words->n; i++)
        if (wb_slice_eq(words->word[i], word))
            return true;
    return false;
}

/* The words of a folded text, each once, without codes and marks. */
static void list_words(struct wb_slice text, struct words *out)
{
    out->n = 0;
    while (text.n && out->n < MOST_WORDS) {
        struct wb_slice word = wb_slice_cut(&text, ' ');
        while (word.n && !wb_is_alpha(word.p[0]) && !(word.p[0] & 0x80))
            word = wb_slice_from(word, 1);
        while (word.n && !wb_is_alpha(word.p[word.n - 1]) && !(word.p[word.n - 1] & 0x80))
            word.n--;
        if (word.n > 1 && !has_word(out, word))
            out->word[out->n++] = word;
    }
}

static int likeness(const struct words *a, const struct words *b)
{
    size_t common = 0;
    for (size_t i = 0; i < a->n; i++)
        common += has_word(b, a->word[i]);
    return a->n + b->n ? (int)(200 * common / (a->n + b->n)) : 0;
}

struct near {
    int percent;
    const struct wb_example *example;
};

/* The nearest examples of other causes, the nearest first; one of an entry. */
static size_t find_near(const struct wb_loaded *base, struct wb_slice reply, struct wb_slice cause,
                        struct near near[MOST_NEAR])
{
    static char mine[WB_MAX_DIAGNOSTIC_BYTES], theirs[WB_MAX_DIAGNOSTIC_BYTES];
    const struct wb_model *model = &base->model;
    struct words a, b;
    size_t n = 0;
    uint16_t own = wb_model_find(model, &model->causes, cause);
    list_words(deciding_words(reply, mine, sizeof mine), &a);
    for (uint32_t i = 0; i < model->examples.n; i++) {
        const struct wb_example *e = WB_ROW(model->examples, struct wb_example, i);
        if (e->use != WB_EXAMPLE_REPLY || e->cause == own || e->cause == WB_NO_INDEX)
            continue;
        list_words(deciding_words(e->text, theirs, sizeof theirs), &b);
        struct near found = {likeness(&a, &b), e};
        if (found.percent < NEAR || found.percent == 100)
            continue;
        size_t at = n;
        while (at && near[at - 1].percent < found.percent)
            at--;
        if (at == MOST_NEAR)
            continue;
        n += n < MOST_NEAR;
        memmove(near + at + 1, near + at, (n - at - 1) * sizeof *near);
        near[at] = found;
    }
    return n;
}

/* ---- the entry ---- */

static void put_quoted(struct wb_buf *out, struct wb_slice text)
{
    wb_buf_byte(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            wb_buf_byte(out, '\'');
        wb_buf_byte(out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
    }
    wb_buf_byte(out, '\'');
}

/* "rejected-by-acme-filter" */
static void put_slug(struct wb_buf *out, struct wb_slice words)
{
    int taken = 0;
    while (words.n && taken < 4) {
        struct wb_slice word = wb_slice_cut(&words, ' ');
        while (word.n && !wb_is_alnum(word.p[0])) /* "(policy)," is the word policy */
            word = wb_slice_from(word, 1);
        while (word.n && !wb_is_alnum(word.p[word.n - 1]))
            word.n--;
        bool plain = word.n > 1;
        for (size_t i = 0; i < word.n; i++)
            plain &= wb_is_alpha(word.p[i]);
        if (!plain)
            continue;
        wb_buf_printf(out, "%s%.*s", taken ? "-" : "", WB_F(word));
        taken++;
    }
    if (!taken)
        wb_buf_lit(out, "entry");
}

static void put_id(struct wb_buf *out, const struct wb_settings *s, struct wb_slice words,
                   struct wb_bins *ids)
{
    struct wb_buf id = {0};
    if (s->id)
        wb_buf_put(&id, wb_slice_str(s->id));
    else
        put_slug(&id, words);
    uint64_t before = wb_bins_count(ids, wb_buf_slice(&id))->n;
    wb_buf_put(out, wb_buf_slice(&id));
    if (before > 1)
        wb_buf_printf(out, "-%llu", (unsigned long long)before);
    wb_buf_free(&id);
}

static void put_entry(struct wb_buf *out, const struct wb_settings *s, const struct wb_bin *family,
                      const struct wb_loaded *base, struct wb_bins *ids)
{
    char folded[WB_MAX_DIAGNOSTIC_BYTES];
    struct wb_slice replies = wb_buf_slice(&family->note), first = replies;
    first = wb_slice_cut(&first, '\n');
    struct wb_slice words = deciding_words(first, folded, sizeof folded);
    struct wb_buf expression = {0};
    struct near near[MOST_NEAR + 1];
    wb_buf_lit(out, "  - id: ");
    put_id(out, s, words, ids);
    if (s->provider)
        wb_buf_printf(out, "\n    cause: %s", s->cause);
    wb_buf_lit(out, "\n    match: ");
    put_expression(&expression, words);
    put_quoted(out, wb_buf_slice(&expression));
    wb_buf_lit(out, "\n    examples: [");
    for (int i = 0; replies.n; i++) {
        wb_buf_printf(out, "%s", i ? ", " : "");
        put_quoted(out, wb_slice_cut(&replies, '\n'));
    }
    wb_buf_lit(out, "]\n");
    size_t n = base->catalogue ? find_near(base, first, wb_slice_str(s->cause), near) : 0;
    for (size_t i = 0; i < n; i++) {
        wb_buf_printf(out, "%s", i ? ", " : "    not: [");
        put_quoted(out, near[i].example->text);
    }
    wb_buf_printf(out, "%s", n ? "]\n" : "");
    wb_buf_lit(out, "    source: own\n");
    wb_buf_free(&expression);
}

/* Look-alikes are proposed where the source of the knowledge is there to find them in. */
static int put_entries(const struct wb_settings *s, struct draft *d)
{
    struct wb_buf out = {0};
    struct wb_bins ids = {0};
    struct wb_loaded base = {0};
    if (wb_is_folder(s->folders[0]) && !wb_load_folders(&base, s->folders, 1)) {
        wb_unload(&base);
        base = (struct wb_loaded){0};
    }
    wb_buf_printf(&out, "%s\n", s->provider ? "codes:" : "phrases:");
    for (size_t i = 0; i < d->families.n && i < MOST_FAMILIES; i++)
        put_entry(&out, s, &d->families.bin[i], &base, &ids);
    fwrite(out.p, 1, out.n, stdout);
    wb_buf_free(&out);
    wb_bins_free(&ids);
    wb_unload(&base);
    return WB_EXIT_OK;
}

/* False after a complaint. */
static bool read_input(const struct wb_settings *s, int argc, char **argv, struct draft *d)
{
    struct wb_buf words = {0};
    for (int i = 0; i < argc; i++)
        wb_buf_printf(&words, "%s%s", i ? " " : "", argv[i]);
    add_reply(d, wb_buf_slice(&words));
    wb_buf_free(&words);
    if (!s->from)
        return true;
    d->session = wb_session_new(NULL);
    WB_CHECK(d->session);
    if (!wb_corpus_read(&s->from, 1, false, take, d))
        return false;
    add_replies(d, wb_buf_slice(&d->bare));
    if (d->families.n || !d->mails)
        return true;
    wb_author_complain(
        s->from, wb_in_both("no failed delivery is reported in it", "里面没有投递失败的报告"));
    return false;
}

static int run(struct wb_settings *s, int argc, char **argv)
{
    struct draft d = {0};
    int status = WB_EXIT_USAGE;
    if (!s->cause) {
        wb_author_complain(
            "new", wb_in_both("which cause? --cause ID; 'whybounce causes' lists them",
                              "是哪个原因？用 --cause 写上编号；whybounce causes 可以列出全部"));
        return status;
    }
    if (!read_input(s, argc, argv, &d))
        status = WB_EXIT_TROUBLE;
    else if (d.families.n)
        status = put_entries(s, &d);
    else
        wb_author_complain("new",
                           wb_in_both("which reply? give it as an argument, or a file with --from",
                                      "是哪条答复？写在命令行里，或用 --from 指定文件"));
    wb_session_free(d.session);
    wb_bins_free(&d.families);
    wb_buf_free(&d.bare);
    return status;
}

const struct wb_tool wb_tool_new = {"new", run};
