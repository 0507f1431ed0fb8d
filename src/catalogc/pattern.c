/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions in knowledge files: what PCRE2 takes, without what the search for words
 * cannot see through.
 *
 * {name} stands for a list of words of words.yaml. An expression's specificity is the number of
 * letters that must stand in a text for it to match, as an average over its alternatives: so a
 * long phrase beats a short one, and a list of words counts as one of them.
 */
#include "model.h"

#include "check.h"
#include "match.h"
#include "reader.h"
#include "utf8.h"

/* ---- macros and folding ---- */

static const struct wb_macro *find_macro(const struct wb_model *model, struct wb_slice name)
{
    for (uint32_t i = 0; i < model->macros.n; i++) {
        const struct wb_macro *macro = WB_ROW(model->macros, struct wb_macro, i);
        if (wb_slice_eq(macro->name, name))
            return macro;
    }
    return NULL;
}

/* "{name}" here; quantifiers like {1,3} begin with a digit. */
static struct wb_slice macro_name(struct wb_slice at)
{
    if (at.n < 3 || at.p[0] != '{' || !wb_is_alpha(at.p[1]))
        return WB_NONE;
    size_t close = wb_slice_chr(at, '}');
    return close < at.n ? wb_slice(at.p + 1, close - 1) : WB_NONE;
}

static bool known_escape(char c)
{
    return c && strchr("dDwWsSbBAzZ.()[]{}|*+?^$\\/-\"'<>#:@%!,~&=_`; nrtx0123456789", c);
}

/*
 * Full-width and ideographic punctuation folds to ASCII that means something here. An ideographic
 * blank alone would be dropped as one at an end; in a text it is not alone.
 */
static void put_folded(struct wb_buf *out, struct wb_slice letters)
{
    char folded[512];
    size_t n = wb_fold_plain(letters, folded, sizeof folded);
    if (n == 0 && wb_slice_starts(letters, WB_S("\u3000")))
        folded[n++] = ' ';
    for (size_t i = 0; i < n; i++) {
        if (strchr(".?*+()[]{}|^$", folded[i]))
            wb_buf_byte(out, '\\');
        wb_buf_byte(out, folded[i]);
    }
}

static bool is_quantifier(struct wb_slice at)
{
    return at.n && (strchr("?*+", at.p[0]) || (at.n > 1 && at.p[0] == '{' && wb_is_digit(at.p[1])));
}

/*
 * Non-ASCII text is folded as the texts are that it is held against. Expressions work on bytes, so
 * what repeats a letter must find that letter in a group. Returns how much was read.
 */
static size_t put_wide(struct wb_buf *out, struct wb_slice at, bool *ascii_out)
{
    size_t n = 0, last = 0;
    while (n < at.n && n < 128 && (at.p[n] & 0x80)) {
        if ((at.p[n] & 0xC0) != 0x80)
            last = n;
        n++;
    }
    size_t start = out->n;
    bool repeated = is_quantifier(wb_slice_from(at, n));
    put_folded(out, wb_slice_head(at, repeated ? last : n));
    if (repeated) {
        wb_buf_lit(out, "(?:");
        put_folded(out, wb_slice(at.p + last, n - last));
        wb_buf_lit(out, ")");
    }
    for (size_t i = start; i < out->n; i++)
        *ascii_out &= !(out->p[i] & 0x80);
    return n;
}

/*
 * A stretch of anything, ".{0,40}" or "[^.]{0,40}": its length, 0 when none stands here. It is
 * put into a group, so that the letters which a match really accounts for can be counted.
 */
static size_t gap_length(struct wb_slice at)
{
    struct wb_reader r = wb_reader(at);
    if (wb_reader_word(&r, WB_S("[^"))) {
        wb_reader_accept(&r, ']');
        while (wb_reader_left(&r) && *r.p != ']') {
            if (*r.p == '\\')
                r.p++;
            wb_reader_take(&r);
        }
        wb_reader_accept(&r, ']');
    } else if (!wb_reader_accept(&r, '.')) {
        return 0;
    }
    if (wb_reader_peek(&r, 0) != '{')
        return 0;
    wb_reader_until(&r, '}');
    wb_reader_accept(&r, '}');
    wb_reader_accept(&r, '?');
    return (size_t)(r.p - at.p);
}

/* Its full-width punctuation as ASCII; Chinese letters cannot stand in a class. */
static void put_gap(struct wb_buf *out, struct wb_slice gap)
{
    char folded[256];
    size_t n = wb_fold_plain(gap, folded, sizeof folded);
    wb_buf_put(out, wb_slice(folded, n));
}

/* Whether a letter stands there that is not ASCII, also when it is folded: accents are dropped. */
static bool is_wide(struct wb_slice at, bool folded)
{
    char letter[16];
    size_t n;
    if (at.n == 0 || !(at.p[0] & 0x80))
        return false;
    wb_utf8_get(at, &n);
    return !folded || wb_fold_plain(wb_slice_head(at, n), letter, sizeof letter) == 0 ||
           (letter[0] & 0x80);
}

/*
 * "\b" is a boundary between ASCII letters and other bytes: beside a Chinese or Cyrillic letter
 * there is none. True when one stands before such a letter, or before a group with an alternative
 * that begins with one.
 */
static bool vain_boundary(struct wb_slice behind, bool folded)
{
    if (!wb_slice_starts(behind, WB_S("(?:")))
        return is_wide(behind, folded);
    bool begins = true;
    int depth = 0;
    for (size_t i = 3; i < behind.n && depth >= 0; i++) {
        char c = behind.p[i];
        if (begins && depth == 0 && is_wide(wb_slice_from(behind, i), folded))
            return true;
        depth += (c == '(') - (c == ')');
        begins = c == '|';
        i += c == '\\';
    }
    return false;
}

/* An expression on its way through. */
struct expansion {
    struct wb_model *model;
    struct fy_node *node;
    struct wb_buf *out;
    bool folded;   /* it is for folded text */
    bool in_class; /* between "[" and "]" */
};

static size_t expand_gap(struct expansion *e, struct wb_slice at, size_t gap)
{
    wb_buf_lit(e->out, "(");
    put_gap(e->out, wb_slice_head(at, gap));
    wb_buf_lit(e->out, ")");
    return gap;
}

static size_t expand_macro(struct expansion *e, struct wb_slice name)
{
    const struct wb_macro *macro = find_macro(e->model, name);
    if (macro)
        wb_buf_put(e->out, wb_buf_slice(e->folded ? &macro->text : &macro->as_is));
    else
        wb_yaml_error(&e->model->yaml, e->node, "there is no word list '%.*s'", WB_F(name));
    return name.n + 2;
}

static size_t expand_escape(struct expansion *e, struct wb_slice at)
{
    if (!known_escape(at.p[1]))
        wb_yaml_error(&e->model->yaml, e->node, "the escape \\%c is not known", at.p[1]);
    if (at.p[1] == 'b' && vain_boundary(wb_slice_from(at, 2), e->folded))
        wb_yaml_error(&e->model->yaml, e->node, "\\b before a letter that is not ASCII");
    wb_buf_put(e->out, wb_slice_head(at, 2));
    return 2;
}

/* In a class such a letter would stand for each of its bytes alone. */
static size_t expand_wide(struct expansion *e, struct wb_slice at)
{
    bool ascii = false;
    size_t n;
    if (e->folded) {
        ascii = true;
        n = put_wide(e->out, at, &ascii);
    } else {
        wb_utf8_get(at, &n);
        wb_buf_put(e->out, wb_slice_head(at, n));
    }
    if (e->in_class && !ascii)
        wb_yaml_error(&e->model->yaml, e->node,
                      "only ASCII inside [...]: write (?:a|b) for other letters");
    return n;
}

/* What stands at the front of the text; returns how many bytes that was. */
static size_t expand_one(struct expansion *e, struct wb_slice at)
{
    size_t gap = e->folded && !e->in_class ? gap_length(at) : 0;
    struct wb_slice name = e->in_class ? WB_NONE : macro_name(at);
    if (gap)
        return expand_gap(e, at, gap);
    if (name.n)
        return expand_macro(e, name);
    if (at.p[0] == '\\' && at.n > 1)
        return expand_escape(e, at);
    if (at.p[0] & 0x80)
        return expand_wide(e, at);
    if (at.p[0] == '[' || at.p[0] == ']')
        e->in_class = at.p[0] == '[';
    wb_buf_byte(e->out, e->folded ? wb_lower(at.p[0]) : at.p[0]);
    return 1;
}

wb_str wb_pattern_expand(struct wb_model *model, struct fy_node *node, struct wb_slice text,
                         enum wb_pattern_use use)
{
    struct wb_buf out = {0};
    struct expansion e = {model, node, &out, use == WB_FOR_FOLDED, false};
    for (size_t i = 0; i < text.n;)
        i += expand_one(&e, wb_slice_from(text, i));
    wb_str ref = wb_model_str(model, wb_buf_slice(&out));
    wb_buf_free(&out);
    struct wb_status status;
    struct wb_regex *regex = wb_regex_new(wb_model_text(model, ref), 0, &status);
    if (!regex)
        wb_yaml_error(&model->yaml, node, "bad expression: %s", status.text);
    wb_regex_free(regex);
    return ref;
}

/* ---- shape ---- */

/* Letters are counted in quarters: a class like [a-z] says less than a letter. */
enum { LETTER = 4, CLASS = 1 };

struct counts {
    int mean, least;
};

struct shaper {
    struct wb_reader r;
    bool unbounded;
};

static struct counts alternatives(struct shaper *s);

/* The repetition behind an atom: how often at least. */
static int at_least(struct shaper *s, bool wide)
{
    int low = 1, high = 1;
    char c = wb_reader_peek(&s->r, 0);
    if (c == '?' || c == '*') {
        s->r.p++;
        low = 0;
        high = c == '?' ? 1 : -1;
    } else if (c == '+') {
        s->r.p++;
        high = -1;
    } else if (c == '{' && wb_is_digit(wb_reader_peek(&s->r, 1))) {
        s->r.p++;
        wb_reader_digits(&s->r, 5, &low);
        high = low;
        if (wb_reader_accept(&s->r, ',') && !wb_reader_digits(&s->r, 5, &high))
            high = -1;
        wb_reader_accept(&s->r, '}');
    } else {
        return 1;
    }
    wb_reader_accept(&s->r, '?');
    if (high < 0 && wide)
        s->unbounded = true;
    return low;
}

static void skip_class(struct wb_reader *r)
{
    wb_reader_accept(r, '^');
    wb_reader_accept(r, ']');
    while (wb_reader_left(r) && *r->p != ']') {
        if (*r->p == '\\')
            r->p++;
        wb_reader_take(r);
    }
    wb_reader_accept(r, ']');
}

/* "(?:", "(?<name>", "(": what stands between the parenthesis and the content. */
static void skip_group_head(struct wb_reader *r)
{
    if (!wb_reader_accept(r, '?'))
        return;
    if (wb_reader_accept(r, ':'))
        return;
    wb_reader_until(r, '>');
    wb_reader_accept(r, '>');
}

static struct counts atom(struct shaper *s)
{
    char c = wb_reader_take(&s->r);
    struct counts n = {LETTER, LETTER};
    bool wide = false;
    if (c == '(') {
        skip_group_head(&s->r);
        n = alternatives(s);
        wb_reader_accept(&s->r, ')');
    } else if (c == '[') {
        bool negated = wb_reader_peek(&s->r, 0) == '^';
        skip_class(&s->r);
        n = (struct counts){CLASS, CLASS};
        wide = negated;
    } else if (c == '\\') {
        char e = wb_reader_take(&s->r);
        if (wb_is_alpha(e))
            n = (struct counts){strchr("bBAzZ", e) ? 0 : CLASS, strchr("bBAzZ", e) ? 0 : CLASS};
        wide = e == 'S' || e == 'D' || e == 'W';
    } else if (c == '.' || c == '^' || c == '$') {
        n = (struct counts){0, 0};
        wide = c == '.';
    } else if (c & 0x80) {
        n = (struct counts){LETTER, LETTER}; /* a Chinese character has three bytes: it says more */
    }
    int times = at_least(s, wide);
    if (times == 0)
        return (struct counts){n.mean / 4, 0};
    return (struct counts){n.mean * times, n.least * times};
}

static struct counts sequence(struct shaper *s)
{
    struct counts sum = {0, 0};
    while (wb_reader_left(&s->r) && *s->r.p != '|' && *s->r.p != ')') {
        struct counts n = atom(s);
        sum.mean += n.mean;
        sum.least += n.least;
    }
    return sum;
}

static struct counts alternatives(struct shaper *s)
{
    struct counts sum = sequence(s);
    int n = 1;
    while (wb_reader_accept(&s->r, '|')) {
        struct counts more = sequence(s);
        sum.mean += more.mean;
        sum.least = more.least < sum.least ? more.least : sum.least;
        n++;
    }
    sum.mean /= n;
    return sum;
}

struct wb_pattern_shape wb_pattern_shape(struct wb_slice expression)
{
    struct shaper s = {.r = wb_reader(expression)};
    struct counts n = alternatives(&s);
    return (struct wb_pattern_shape){n.mean / LETTER, n.least / LETTER, s.unbounded};
}
