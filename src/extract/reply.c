/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply.h"

#include "block.h"
#include "reader.h"
#include "sixteen.h"

/* ---- enhanced status codes ---- */

static bool ends_token(char c)
{
    return !wb_is_alnum(c) && c != '.' && c != '_';
}

struct wb_code wb_reply_status(struct wb_slice s, size_t *taken_out)
{
    struct wb_reader r = wb_reader(s);
    int class = 0, subject, detail;
    *taken_out = 0;
    bool ok = wb_reader_digits(&r, 1, &class) && (class == 2 || class == 4 || class == 5) &&
              wb_reader_accept(&r, '.') && wb_reader_digits(&r, 3, &subject) &&
              wb_reader_accept(&r, '.') && wb_reader_digits(&r, 3, &detail);
    char next = wb_reader_peek(&r, 0);
    bool ends = ends_token(next) || (next == '.' && !wb_is_alnum(wb_reader_peek(&r, 1)));
    if (!ok || !ends)
        return (struct wb_code){0};
    *taken_out = (size_t)(r.p - s.p);
    return (struct wb_code){(uint8_t) class, (uint16_t)subject, (uint16_t)detail};
}

struct wb_code wb_reply_find_status(struct wb_slice s)
{
    for (size_t dot = 0; (dot += wb_slice_chr(wb_slice_from(s, dot), '.')) + 3 < s.n; dot++) {
        if (dot == 0 || !wb_is_digit(s.p[dot - 1]))
            continue;
        size_t i = dot - 1;
        if (i > 0 && (!ends_token(s.p[i - 1]) || s.p[i - 1] == '-') &&
            !(i > 3 && s.p[i - 1] == '-' && wb_is_digit(s.p[i - 2])))
            continue;
        size_t taken;
        struct wb_code code = wb_reply_status(wb_slice_from(s, i), &taken);
        if (code.class)
            return code;
    }
    return (struct wb_code){0};
}

/* ---- reply codes ---- */

/* The number that three digits at the front are; 0: there are fewer. */
static int three_digits(struct wb_slice s)
{
    if (s.n < 3 || !wb_is_digit(s.p[0]) || !wb_is_digit(s.p[1]) || !wb_is_digit(s.p[2]))
        return 0;
    return (s.p[0] - '0') * 100 + (s.p[1] - '0') * 10 + (s.p[2] - '0');
}

/* "550", then something that can follow a reply code. */
static int code_at(struct wb_slice s)
{
    int code = three_digits(s), first = code / 100;
    if ((first != 2 && first != 4 && first != 5) || s.p[1] > '7')
        return 0;
    char next = s.n > 3 ? s.p[3] : ' ';
    if (!strchr(" -\t\r\n:;,.\"'<#()", next)) /* "[416]" is a provider's own number */
        return 0;
    if (next == '.' && s.n > 4 && wb_is_digit(s.p[4])) /* an IP address */
        return 0;
    return code;
}

/* "550 messages", "in 500 seconds": a number with a unit is no reply code. */
static bool counts_something(struct wb_slice behind)
{
    static const struct wb_slice units[] = {
        WB_S("byte"),   WB_S("kb"),         WB_S("mb"),   WB_S("message"), WB_S("recipient"),
        WB_S("second"), WB_S("minute"),     WB_S("hour"), WB_S("day"),     WB_S("rcpt"),
        WB_S("mail"),   WB_S("connection"), WB_S("封"),   WB_S("条"),      WB_S("條"),
        WB_S("次"),     WB_S("个收"),       WB_S("個收"), WB_S("통"),      WB_S("건")};
    behind = wb_slice_ltrim(behind);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (wb_slice_startsi(behind, units[i]) &&
            !(behind.n > 4 && wb_slice_startsi(behind, WB_S("mail")) && behind.p[4] == 'b'))
            return true;
    return false;
}

/* Words behind which a reply is quoted. */
static bool announces_reply(struct wb_slice before)
{
    static const struct wb_slice words[] = {
        WB_S("said"),    WB_S("says"),      WB_S("returned"), WB_S("error"),    WB_S("code"),
        WB_S("reason"),  WB_S("with"),      WB_S("reply"),    WB_S("response"), WB_S("answered"),
        WB_S("replied"), WB_S("responded"), WB_S("status"),   WB_S("smtp"),     WB_S("got"),
        WB_S("server"),  WB_S("because"),   WB_S("message"),  WB_S("is"),       WB_S("was")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct wb_slice word = words[i];
        if (wb_slice_endsi(before, word) &&
            (before.n == word.n || !wb_is_alnum(before.p[before.n - word.n - 1])))
            return true;
    }
    return false;
}

/* "MAIL+RCPT 550 ...", "DATA closing 550 ...": the command that was answered stands in front. */
static bool ends_with_command(struct wb_slice before)
{
    return wb_slice_ends(before, WB_S("RCPT")) || wb_slice_ends(before, WB_S("DATA")) ||
           wb_slice_ends(before, WB_S("DATA closing"));
}

/* "problem 550-'5.7.1 ...'": what stands behind the code is quoted, as Cisco's AsyncOS does it. */
static bool is_quoted(struct wb_slice behind)
{
    return wb_slice_starts(behind, WB_S("-'")) || wb_slice_starts(behind, WB_S("-\""));
}

/* Whether a reply code may stand behind a word, with a blank in between. */
static bool may_follow_words(struct wb_slice words, struct wb_slice behind)
{
    return ends_with_command(words) || is_quoted(behind) ||
           (announces_reply(words) && !counts_something(behind));
}

/* Whether a reply code may stand between these texts. */
static bool may_begin_between(struct wb_slice before, struct wb_slice behind)
{
    struct wb_slice words = wb_slice_rtrim(before);
    if (!words.n)
        return true;
    char last = before.p[before.n - 1];
    if (wb_is_alnum(last) || strchr("._@+", last))
        return false;
    if (last == '\n' || last == '\r')
        return true;
    last = words.p[words.n - 1];
    bool blank = words.n < before.n;
    if (wb_is_alnum(last))
        return blank && may_follow_words(words, behind);
    if (last & 0x80 && counts_something(behind)) /* "已达 500 封" */
        return false;
    if (last == '.' || last == ',' || last == '-' || last == '/')
        return blank && last != '/'; /* "rejected. 550 ..." but not "1,550" */
    return true;                     /* ':', ';', '>', '(', quotes, and anything not ASCII */
}

static bool same_code(struct wb_code a, struct wb_code b)
{
    return a.class == b.class && a.subject == b.subject && a.detail == b.detail;
}

/* The status that stands right behind the reply code, as RFC 2034 has it, or after "#" or "(". */
static struct wb_code status_behind(struct wb_slice behind)
{
    size_t at = 0, taken;
    while (at < behind.n && at < 4 && (wb_is_space(behind.p[at]) || strchr("-#('<", behind.p[at])))
        at++;
    return wb_reply_status(wb_slice_from(behind, at), &taken);
}

/* "550-line 550-line 550 line": the later lines of one reply repeat its code. */
static bool continues(const struct wb_layer *layer, int code, struct wb_code status)
{
    return layer->code == code &&
           (!status.class || !layer->status.class || same_code(layer->status, status));
}

static void close_layers(struct wb_layers *out, struct wb_slice text)
{
    for (int i = 0; i < out->n; i++) {
        struct wb_layer *layer = &out->layer[i];
        const char *end = i + 1 < out->n ? out->layer[i + 1].text.p : wb_slice_end(text);
        layer->text = wb_slice_rtrim(wb_slice_span(layer->text.p, end));
        if (!layer->status.class)
            layer->status = wb_reply_find_status(layer->text);
    }
}

static void add_layer(struct wb_layers *out, struct wb_slice at, int code, struct wb_code status,
                      wb_limit_set *limits)
{
    if (out->n == WB_MAX_REPLY_DEPTH) {
        wb_limit_hit(limits, WB_LIMIT_REPLY_DEPTH);
        return;
    }
    out->layer[out->n++] = (struct wb_layer){at, code, status};
}

/* ---- stages ---- */

static const struct {
    struct wb_slice words;
    enum wb_stage stage;
} stage_words[] = {
#define W(text, stage)                                                                             \
    {                                                                                              \
        {text, sizeof(text) - 1}, WB_STAGE_##stage                                                 \
    }
    W("rcpt to", RCPT), W("mail from", MAIL),    W("end of data", END_OF_DATA),
    W("data", DATA),    W("ehlo", EHLO),         W("end-of-data", END_OF_DATA),
    W("helo", EHLO),    W("starttls", STARTTLS), W("initial connection", CONNECT),
    W("auth ", AUTH),   W("connect", CONNECT),   W("text command", END_OF_DATA),
#undef W
};

/* Whether the words stand there as they are: nearly always, if the rarest of them does. */
static bool as_they_are(struct wb_slice text, struct wb_slice words)
{
    return wb_slice_startsi(text, words) && wb_slice_chr(words, '*') == words.n &&
           !wb_slice_ends(words, WB_S(" "));
}

const char *wb_reply_behind_words(struct wb_slice text, struct wb_slice words)
{
    size_t at = 0;
    if (as_they_are(text, words))
        return text.p + words.n;
    for (size_t i = 0; i < words.n; i++) {
        if (words.p[i] == '*') {
            while (at < text.n && !wb_is_space(text.p[at]))
                at++;
            continue;
        }
        if (words.p[i] != ' ') {
            if (at == text.n || wb_lower(text.p[at++]) != wb_lower(words.p[i]))
                return NULL;
            continue;
        }
        size_t blank = at;
        while (at < text.n && wb_is_space(text.p[at]))
            at++;
        if (at == blank)
            return NULL;
    }
    return text.p + at;
}

static enum wb_stage stage_at(struct wb_slice s)
{
    if (s.n < 4)
        return WB_STAGE_ABSENT;
    char first = wb_lower(s.p[0]), second = wb_lower(s.p[1]);
    for (size_t i = 0; i < sizeof stage_words / sizeof stage_words[0]; i++)
        if (stage_words[i].words.p[0] == first && stage_words[i].words.p[1] == second &&
            wb_reply_behind_words(s, stage_words[i].words))
            return stage_words[i].stage;
    return WB_STAGE_ABSENT;
}

/* The first two letters of the stage words, as bits: which second letters a first one may have. */
static bool may_begin_stage(const char *p)
{
    static const uint32_t second[32] = {
#define AFTER(a, b) [(a)&31] = 1u << ((b)&31)
        AFTER('r', 'c'), AFTER('m', 'a'),
        AFTER('d', 'a'), AFTER('h', 'e'),
        AFTER('s', 't'), AFTER('i', 'n'),
        AFTER('a', 'u'), AFTER('c', 'o'),
        AFTER('t', 'e'), ['e' & 31] = 1u << ('n' & 31) | 1u << ('h' & 31),
#undef AFTER
    };
    return second[p[0] & 31] >> (p[1] & 31) & 1;
}

enum wb_stage wb_reply_stage_of_command(struct wb_slice command)
{
    command = wb_slice_trim(command);
    return wb_slice_eq(command, WB_S(".")) ? WB_STAGE_END_OF_DATA : stage_at(command);
}

/* "SMTP error, RCPT TO: 550 ...": what mail programs show of their own server's refusal. */
static bool ends_with_error(struct wb_slice before)
{
    static const struct wb_slice words[] = {
        WB_S("error, "), WB_S("error,"), WB_S("error，"), WB_S("错误，"), WB_S("错误,"),
        WB_S("错误, "),  WB_S("錯誤，"), WB_S("錯誤,"),   WB_S("錯誤, "), WB_S("エラー、")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (wb_slice_endsi(before, words[i]))
            return true;
    return false;
}

/* How firmly the words in front say that a command of ours is meant: 2 whatever it is. */
static int introduces_command(struct wb_slice before)
{
    if (wb_slice_endsi(before, WB_S("reply to ")) || wb_slice_endsi(before, WB_S("response to ")) ||
        wb_slice_endsi(before, WB_S("server after ")))
        return 2;
    return before.n == 0
               ? 0
               : before.p[before.n - 1] == '(' || wb_slice_endsi(before, WB_S("after ")) ||
                     wb_slice_endsi(before, WB_S("for ")) ||
                     wb_slice_endsi(before, WB_S("sending ")) || ends_with_error(before);
}

/* Whether the stage word is the command that was answered. */
static bool is_command(struct wb_slice at, enum wb_stage stage, bool introduced)
{
    if (introduced &&
        (stage == WB_STAGE_RCPT || stage == WB_STAGE_MAIL || stage == WB_STAGE_END_OF_DATA))
        return true;
    /* "must issue a STARTTLS command first" names the one that was not given */
    return stage != WB_STAGE_STARTTLS && stage != WB_STAGE_AUTH &&
           wb_slice_hasi(wb_slice_head(at, 24), WB_S("command"));
}

static bool begins_word(char before)
{
    return before == ' ' || before == '(' || before == ',' || (before & 0x80);
}

/* Of the sixteen places behind p[0] to p[15], those that stand behind a mark: a bit for each. */
static unsigned word_places(const char *p)
{
#if defined(__SSE2__)
    __m128i before = wb_sixteen(p);
    __m128i mark = _mm_or_si128(_mm_cmpeq_epi8(before, _mm_set1_epi8(' ')),
                                _mm_or_si128(_mm_cmpeq_epi8(before, _mm_set1_epi8('(')),
                                             _mm_cmpeq_epi8(before, _mm_set1_epi8(','))));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(before, mark));
#else
    unsigned places = 0;
    for (int i = 0; i < 16; i++)
        places |= (unsigned)begins_word(p[i]) << i;
    return places;
#endif
}

/*
 * The stage that a server says it was at: "(in reply to RCPT TO command)", "after RCPT TO:<x>".
 * The words alone do not count: "Mail from x refused" is a reply to whatever. True when nothing
 * behind this place can say it better.
 */
static bool stage_here(struct wb_slice text, size_t i, enum wb_stage *found)
{
    struct wb_slice at = wb_slice_from(text, i);
    enum wb_stage stage = stage_at(at);
    if (!stage)
        return false;
    int firm = introduces_command(wb_slice_head(text, i));
    if (firm == 2) { /* the reply may name a command of its own in front of that */
        *found = stage;
        return true;
    }
    if (!*found && is_command(at, stage, firm))
        *found = stage;
    return false;
}

static enum wb_stage find_stage(struct wb_slice text)
{
    enum wb_stage found = WB_STAGE_ABSENT;
    size_t i = 1;
    for (; i + 16 + 4 <= text.n; i += 16)
        for (unsigned places = word_places(text.p + i - 1); places; places &= places - 1)
            if (may_begin_stage(text.p + i + __builtin_ctz(places)) &&
                stage_here(text, i + (size_t)__builtin_ctz(places), &found))
                return found;
    for (; i + 4 <= text.n; i++)
        if (begins_word(text.p[i - 1]) && may_begin_stage(text.p + i) &&
            stage_here(text, i, &found))
            return found;
    return found;
}

/* ---- the cut ---- */

/* The ports of submission, RFC 6409 and RFC 8314: no reply code has such a second digit. */
enum { SUBMISSION_PORT = 587, SUBMISSIONS_PORT = 465 };

/* The code of the reply that begins at that place, 0: none does. */
static int reply_at(struct wb_slice text, size_t i, struct wb_code *status_out)
{
    struct wb_slice at = wb_slice_from(text, i);
    int code = code_at(at);
    if (!code || (i && (wb_is_alnum(text.p[i - 1]) || text.p[i - 1] == '.')))
        return 0;
    *status_out = status_behind(wb_slice_from(at, 3));
    if (status_out->class == code / 100) /* "421 4.2.1" can be nothing else */
        return code;
    if (code == SUBMISSION_PORT || code == SUBMISSIONS_PORT)
        return 0;
    if (code < 300 && i > 0) /* a size, a count: successes are not quoted */
        return 0;
    return may_begin_between(wb_slice_head(text, i), wb_slice_from(at, 3)) ? code : 0;
}

/* The next place, from i on, where three digits stand together. */
static size_t next_digits(struct wb_slice text, size_t i)
{
#if defined(__SSE2__)
    const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
    for (; i + 16 <= text.n; i += 14) {
        __m128i bytes = wb_sixteen(text.p + i);
        __m128i from_zero = _mm_sub_epi8(bytes, zero);
        __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(from_zero, nine), from_zero);
        unsigned at = (unsigned)_mm_movemask_epi8(digit);
        at &= at >> 1 & at >> 2;
        if (at)
            return i + (size_t)__builtin_ctz(at);
    }
#endif
    while (i + 3 <= text.n &&
           !(wb_is_digit(text.p[i]) && wb_is_digit(text.p[i + 1]) && wb_is_digit(text.p[i + 2])))
        i++;
    return i;
}

void wb_reply_layers(struct wb_slice text, struct wb_layers *out, wb_limit_set *limits)
{
    out->n = 0; /* the rest is room */
    text = wb_slice_trim(text);
    for (size_t i = 0; (i = next_digits(text, i)) + 3 <= text.n; i++) {
        struct wb_code status;
        int code = reply_at(text, i, &status);
        if (!code)
            continue;
        struct wb_slice at = wb_slice_from(text, i);
        if (out->n == 0 && i > 0)
            add_layer(out, text, 0, (struct wb_code){0}, limits);
        if (out->n == 0 || !continues(&out->layer[out->n - 1], code, status))
            add_layer(out, at, code, status, limits);
        i += 2;
    }
    if (out->n == 0 && text.n)
        add_layer(out, text, 0, (struct wb_code){0}, limits);
    close_layers(out, text);
    out->stage = find_stage(text);
}

bool wb_reply_has_code(struct wb_slice text, wb_limit_set *limits)
{
    struct wb_layers layers;
    wb_reply_layers(text, &layers, limits);
    for (int i = 0; i < layers.n; i++)
        if (layers.layer[i].code || layers.layer[i].status.class)
            return true;
    return false;
}

int wb_reply_positive(struct wb_slice text, wb_limit_set *limits)
{
    struct wb_layers layers;
    text = wb_slice_trim(text);
    int code = three_digits(text);
    if (code < 200 || code > 399 || text.p[1] > '5' ||
        (text.n > 3 && text.p[3] != ' ' && text.p[3] != '-'))
        return 0;
    wb_reply_layers(text, &layers, limits);
    for (int i = 0; i < layers.n; i++)
        if (layers.layer[i].code >= 400 || layers.layer[i].status.class > 3)
            return 0;
    return code;
}

/* ---- IP addresses ---- */

static size_t ipv4_at(struct wb_slice s)
{
    struct wb_reader r = wb_reader(s);
    for (int i = 0; i < 4; i++) {
        int n;
        if ((i && !wb_reader_accept(&r, '.')) || !wb_reader_digits(&r, 3, &n) || n > 255)
            return 0;
    }
    char next = wb_reader_peek(&r, 0);
    bool more = wb_is_alnum(next) || (next == '.' && wb_is_digit(wb_reader_peek(&r, 1)));
    return more ? 0 : (size_t)(r.p - s.p);
}

static size_t ipv6_at(struct wb_slice s)
{
    size_t n = 0, colons = 0;
    while (n < s.n && (wb_hex_digit(s.p[n]) >= 0 || s.p[n] == ':'))
        colons += s.p[n++] == ':';
    return colons > 2 || (colons == 2 && wb_slice_find(wb_slice_head(s, n), WB_S("::")) < n) ? n
                                                                                             : 0;
}

#if defined(__SSE2__)
/* Of sixteen bytes, which others stand before and behind, the colons and dots between digits. */
static unsigned ip_marks(const char *p)
{
    __m128i before = wb_sixteen(p - 1);
    __m128i here = wb_sixteen(p);
    __m128i behind = wb_sixteen(p + 1);
    __m128i digits = _mm_and_si128(wb_between(before, '0', '9'), wb_between(behind, '0', '9'));
    __m128i dot = _mm_and_si128(_mm_cmpeq_epi8(here, _mm_set1_epi8('.')), digits);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(dot, _mm_cmpeq_epi8(here, _mm_set1_epi8(':'))));
}
#endif

/* A colon, or a dot between digits: without one there is no address, as in most names of hosts. */
static bool may_hold_ip(struct wb_slice s)
{
#if defined(__SSE2__)
    if (s.n >= 18) {
        const char *p = s.p + 1, *last = wb_slice_end(s) - 17;
        unsigned found = s.p[0] == ':';
        for (;; p = last - p > 16 ? p + 16 : last) { /* the last block overlaps the one before */
            found |= ip_marks(p);
            if (p == last)
                return found;
        }
    }
#endif
    for (size_t i = 1; i + 1 < s.n; i++)
        if (s.p[i] == ':' || (s.p[i] == '.' && wb_is_digit(s.p[i - 1]) && wb_is_digit(s.p[i + 1])))
            return true;
    return s.n && s.p[0] == ':';
}

struct wb_slice wb_reply_ip(struct wb_slice s)
{
    if (!may_hold_ip(s))
        return WB_NONE;
    for (size_t i = 0; i < s.n; i++) {
        if (wb_hex_digit(s.p[i]) < 0 || (i && (wb_is_alnum(s.p[i - 1]) || s.p[i - 1] == '.')))
            continue;
        struct wb_slice at = wb_slice_from(s, i);
        size_t n = ipv4_at(at);
        if (!n)
            n = ipv6_at(at);
        if (n)
            return wb_slice_head(at, n);
    }
    return WB_NONE;
}
