/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk over the expression. For each piece two things are worked out: all the texts it can
 * match, as long as they are few ("exact"), and the sets of words it needs. Neighbouring exact
 * pieces are multiplied into longer words; a piece that is not exact ends such a run.
 */
#include "literals.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "check.h"
#include "reader.h"

enum { DIGITS = 10 }; /* members that a range in a class may have, to be taken for words */

enum { BLOCK_BYTES = 16384 };

/* Everything lives until the answer is freed. */
struct wb_required_memory {
    struct block {
        struct block *next;
        char bytes[];
    } * blocks;
    char *free; /* in the newest block */
    size_t left;
};

/*
 * n bytes, aligned for a slice. With the address sanitizer what lies between two pieces may not be
 * touched.
 */
static void *take(struct wb_required_memory *memory, size_t n)
{
    size_t room = (n / sizeof(void *) + 1) * sizeof(void *);
    if (room > memory->left) {
        size_t size = room > BLOCK_BYTES ? room : BLOCK_BYTES;
        struct block *block = malloc(sizeof *block + size);
        WB_CHECK(block);
        block->next = memory->blocks;
        memory->blocks = block;
        memory->free = block->bytes;
        memory->left = size;
        WB_ARENA_CLOSE(block->bytes, size);
    }
    void *taken = memory->free;
    memory->free += room;
    memory->left -= room;
    WB_ARENA_OPEN(taken, n);
    return taken;
}

void wb_required_free(struct wb_required *required)
{
    struct block *block = required->memory ? required->memory->blocks : NULL;
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
    free(required->memory);
    *required = (struct wb_required){0};
}

/* What is known of a piece. */
struct piece {
    bool exact; /* `texts` is all it can match */
    struct wb_words texts;
    struct wb_words begins; /* of one that is not exact: with one of these; none: not known */
    struct wb_words needs[WB_MAX_SETS];
    size_t need_count;
};

struct walker {
    struct wb_reader r;
    struct wb_required_memory *memory;
    const struct wb_word_costs *costs;
    bool places; /* the expression asks for a place: \b, ^, $, a look around */
};

/* ---- sets of words ---- */

static struct wb_words one_word(struct walker *w, struct wb_slice text)
{
    struct wb_words words = {take(w->memory, sizeof(struct wb_slice)), 1};
    char *copy = take(w->memory, text.n);
    memcpy(copy, text.p, text.n);
    words.word[0] = wb_slice(copy, text.n);
    return words;
}

static struct wb_words either(struct walker *w, struct wb_words a, struct wb_words b)
{
    struct wb_words sum = {take(w->memory, (a.n + b.n) * sizeof(struct wb_slice)), 0};
    for (size_t i = 0; i < a.n + b.n; i++) {
        struct wb_slice word = i < a.n ? a.word[i] : b.word[i - a.n];
        bool known = false;
        for (size_t j = 0; j < sum.n && !known; j++)
            known = wb_slice_eq(sum.word[j], word);
        if (!known)
            sum.word[sum.n++] = word;
    }
    return sum;
}

static size_t longest(struct wb_words words)
{
    size_t n = 0;
    for (size_t i = 0; i < words.n; i++)
        n = words.word[i].n > n ? words.word[i].n : n;
    return n;
}

static size_t shortest(struct wb_words words)
{
    size_t n = (size_t)-1;
    for (size_t i = 0; i < words.n; i++)
        n = words.word[i].n < n ? words.word[i].n : n;
    return n;
}

/*
 * Words grow as long as that does not make many of them: two alternatives here and five there are
 * better kept apart than multiplied to ten. But words too short to be sought must grow.
 */
static bool may_multiply(struct wb_words a, struct wb_words b)
{
    bool few = a.n == 1 || b.n == 1 || a.n * b.n <= 8;
    bool too_short = shortest(a) < WB_SOUGHT_BYTES && shortest(b) < WB_SOUGHT_BYTES;
    return (few || too_short) && a.n * b.n <= WB_MAX_MULTIPLIED &&
           longest(a) + longest(b) <= WB_MAX_WORD_BYTES;
}

static struct wb_words both(struct walker *w, struct wb_words a, struct wb_words b)
{
    struct wb_words product = {take(w->memory, a.n * b.n * sizeof(struct wb_slice)), 0};
    for (size_t i = 0; i < a.n; i++)
        for (size_t j = 0; j < b.n; j++) {
            char *text = take(w->memory, a.word[i].n + b.word[j].n);
            memcpy(text, a.word[i].p, a.word[i].n);
            memcpy(text + a.word[i].n, b.word[j].p, b.word[j].n);
            product.word[product.n++] = wb_slice(text, a.word[i].n + b.word[j].n);
        }
    return product;
}

/* ---- pieces ---- */

static struct piece nothing(struct walker *w)
{
    return (struct piece){.exact = true, .texts = one_word(w, WB_NONE)};
}

static struct piece place(struct walker *w)
{
    w->places = true;
    return nothing(w);
}

/* A bit for each byte and each pair of bytes: what a word holds has no bit that it has not. */
static uint64_t outline_of(struct wb_slice word)
{
    uint64_t outline = 0;
    for (size_t i = 0; i < word.n; i++) {
        unsigned byte = (unsigned char)word.p[i];
        outline |= (uint64_t)1 << byte % 64;
        if (i + 1 < word.n)
            outline |= (uint64_t)1 << (byte * 31 + (unsigned char)word.p[i + 1] * 7) % 64;
    }
    return outline;
}

/* A word that holds another one of the set says nothing that the other does not. */
static void drop_longer(struct walker *w, struct wb_words *set)
{
    struct wb_slice kept_words[4 * WB_MAX_WORDS];
    uint64_t outline[4 * WB_MAX_WORDS];
    size_t kept = 0;
    if (set->n > 4 * WB_MAX_WORDS)
        return;
    for (size_t i = 0; i < set->n; i++)
        outline[i] = outline_of(set->word[i]);
    for (size_t i = 0; i < set->n; i++) {
        bool holds = false;
        for (size_t j = 0; j < set->n && !holds; j++)
            holds = (outline[j] & ~outline[i]) == 0 && set->word[j].n < set->word[i].n &&
                    wb_slice_find(set->word[i], set->word[j]) < set->word[i].n;
        if (!holds)
            kept_words[kept++] = set->word[i];
    }
    set->word = take(w->memory, kept * sizeof *kept_words);
    memcpy(set->word, kept_words, kept * sizeof *kept_words);
    set->n = kept;
}

/* A set is of use when even its shortest word is a word. */
static void need(struct walker *w, struct piece *p, struct wb_words set)
{
    if (set.n == 0 || shortest(set) == 0)
        return;
    drop_longer(w, &set);
    if (set.n > WB_MAX_WORDS)
        return;
    if (p->need_count < WB_MAX_SETS)
        p->needs[p->need_count++] = set;
}

static size_t cost_of(const struct walker *w, struct wb_words words)
{
    if (shortest(words) == 0)
        return SIZE_MAX;
    return w->costs ? w->costs->of(w->costs->context, words) : SIZE_MAX - shortest(words);
}

/* Of the sets that a piece needs the one that says most: for alternatives. */
static struct wb_words best_need(const struct walker *w, const struct piece *p)
{
    struct wb_words best = {0};
    if (p->exact)
        best = p->texts;
    size_t least = best.n ? cost_of(w, best) : SIZE_MAX;
    for (size_t i = 0; i < p->need_count; i++) {
        size_t cost = cost_of(w, p->needs[i]);
        if (best.n == 0 || cost < least) {
            best = p->needs[i];
            least = cost;
        }
    }
    return best;
}

/* The piece `run` goes on with `next`. */
static void append(struct walker *w, struct piece *sum, struct piece *run, const struct piece *next)
{
    if (next->exact && may_multiply(run->texts, next->texts)) {
        run->texts = both(w, run->texts, next->texts);
        return;
    }
    struct wb_words words = run->texts;
    if (next->begins.n && shortest(words) < WB_SOUGHT_BYTES && may_multiply(words, next->begins))
        words = both(w, words, next->begins);
    if (sum->exact && shortest(words))
        sum->begins = words;
    need(w, sum, words);
    sum->exact = false;
    *run = nothing(w);
    if (next->exact)
        run->texts = next->texts;
    for (size_t i = 0; !next->exact && i < next->need_count; i++)
        need(w, sum, next->needs[i]);
}

static struct piece alternatives(struct walker *w);

/* How often the piece before may stand: false when it may be missing or repeated. */
static bool once(struct walker *w, int *least_out)
{
    char c = wb_reader_peek(&w->r, 0);
    int low = 1, high = 1;
    if (c == '?' || c == '*' || c == '+') {
        w->r.p++;
        low = c == '+';
        high = c == '?' ? 1 : 2;
    } else if (c == '{' && wb_is_digit(wb_reader_peek(&w->r, 1))) {
        w->r.p++;
        wb_reader_digits(&w->r, 5, &low);
        high = low;
        if (wb_reader_accept(&w->r, ','))
            high = 2;
        wb_reader_until(&w->r, '}');
        wb_reader_accept(&w->r, '}');
    } else {
        *least_out = 1;
        return true;
    }
    wb_reader_accept(&w->r, '?');
    *least_out = low;
    return low == 1 && high == 1;
}

static struct piece repeated(struct walker *w, struct piece p)
{
    int least;
    if (once(w, &least))
        return p;
    if (least == 0) {
        bool optional = w->r.p[-1] == '?' && p.exact && p.texts.n < 24; /* "?": there or not */
        if (!optional)
            return (struct piece){0};
        p.texts = either(w, p.texts, one_word(w, WB_NONE));
        return p;
    }
    if (p.exact) {
        need(w, &p, p.texts);
        p.begins = p.texts;
    }
    p.exact = false;
    return p;
}

/* "0-9" is ten words that a piece can begin with; more are none. */
static struct wb_words range_of(struct walker *w, char low, char high)
{
    struct wb_words words = {0};
    for (int c = (unsigned char)low; c <= (unsigned char)high && words.n <= DIGITS; c++) {
        char byte = (char)c;
        words = either(w, words, one_word(w, wb_slice(&byte, 1)));
    }
    return words.n <= DIGITS ? words : (struct wb_words){0};
}

/* "[0-9]", and no more: with what it can begin. */
static struct wb_words lone_range(struct walker *w)
{
    char low = wb_reader_peek(&w->r, 0), high = wb_reader_peek(&w->r, 2);
    bool lone = wb_is_alnum(low) && wb_reader_peek(&w->r, 1) == '-' && wb_is_alnum(high) &&
                wb_reader_peek(&w->r, 3) == ']';
    return lone ? range_of(w, low, high) : (struct wb_words){0};
}

/* "[sz]": the letters, if they are few; "[^.]", "[a-z]": anything. */
static struct piece class(struct walker *w)
{
    struct piece p = {.exact = wb_reader_peek(&w->r, 0) != '^'};
    struct piece several = {.begins = lone_range(w)};
    bool first = true;
    while (wb_reader_left(&w->r) && (first || *w->r.p != ']')) {
        first = false;
        char c = wb_reader_take(&w->r);
        if (c == '\\')
            c = wb_reader_take(&w->r);
        bool range = wb_reader_peek(&w->r, 0) == '-' && wb_reader_peek(&w->r, 1) != ']';
        p.exact &= !range && !(wb_is_alpha(c) && w->r.p[-2] == '\\') && p.texts.n < 6;
        if (p.exact)
            p.texts = either(w, p.texts, one_word(w, wb_slice(&c, 1)));
    }
    wb_reader_accept(&w->r, ']');
    return p.exact ? p : several;
}

static struct piece group(struct walker *w)
{
    bool look = false;
    if (wb_reader_accept(&w->r, '?')) {
        if (wb_reader_peek(&w->r, 0) == '=' || wb_reader_peek(&w->r, 0) == '!') {
            look = true;
            w->r.p++;
        } else if (!wb_reader_accept(&w->r, ':')) {
            wb_reader_until(&w->r, '>');
            wb_reader_accept(&w->r, '>');
        }
    }
    struct piece p = alternatives(w);
    wb_reader_accept(&w->r, ')');
    return look ? place(w) : p;
}

static struct piece escape(struct walker *w)
{
    char c = wb_reader_take(&w->r);
    if (c == 'b' || c == 'B' || c == 'A' || c == 'z')
        return place(w);
    if (c == 'd')
        return (struct piece){.begins = range_of(w, '0', '9')};
    if (c == 't' || c == 'n' || c == 'r')
        c = c == 't' ? '\t' : '\n';
    else if (wb_is_alpha(c))
        return (struct piece){0};
    return (struct piece){.exact = true, .texts = one_word(w, wb_slice(&c, 1))};
}

static struct piece atom(struct walker *w)
{
    char c = wb_reader_take(&w->r);
    if (c == '(')
        return group(w);
    if (c == '[')
        return class(w);
    if (c == '^' || c == '$')
        return place(w);
    if (c == '.')
        return (struct piece){0};
    if (c == '\\')
        return escape(w);
    return (struct piece){.exact = true, .texts = one_word(w, wb_slice(&c, 1))};
}

static struct piece sequence(struct walker *w)
{
    struct piece sum = {.exact = true}, run = nothing(w);
    while (wb_reader_left(&w->r) && *w->r.p != '|' && *w->r.p != ')') {
        struct piece next = repeated(w, atom(w));
        append(w, &sum, &run, &next);
    }
    if (sum.exact) {
        sum.texts = run.texts;
        return sum;
    }
    need(w, &sum, run.texts);
    return sum;
}

/* With what a piece begins, as far as that is few words. */
static struct wb_words begins_of(const struct piece *p)
{
    struct wb_words words = p->exact ? p->texts : p->begins;
    return words.n && words.n <= WB_MAX_MULTIPLIED && shortest(words) ? words
                                                                      : (struct wb_words){0};
}

static struct piece alternatives(struct walker *w)
{
    struct piece sum = sequence(w);
    while (wb_reader_accept(&w->r, '|')) {
        struct piece more = sequence(w);
        struct wb_words a = best_need(w, &sum), b = best_need(w, &more);
        bool exact = sum.exact && more.exact && sum.texts.n + more.texts.n <= 4 * WB_MAX_WORDS;
        struct wb_words x = begins_of(&sum), y = begins_of(&more);
        struct piece joined = {.exact = exact};
        if (x.n && y.n)
            joined.begins = either(w, x, y);
        if (exact)
            joined.texts = either(w, sum.texts, more.texts);
        else if (a.n && b.n && shortest(a) && shortest(b))
            need(w, &joined, either(w, a, b));
        sum = joined;
    }
    return sum;
}

void wb_required_words(struct wb_slice expression, const struct wb_word_costs *costs,
                       struct wb_required *out)
{
    *out = (struct wb_required){.memory = calloc(1, sizeof *out->memory)};
    WB_CHECK(out->memory);
    struct walker w = {wb_reader(expression), out->memory, costs, false};
    struct piece p = alternatives(&w);
    if (p.exact)
        need(&w, &p, p.texts);
    out->whole = p.exact && p.need_count == 1 && !w.places;
    memcpy(out->set, p.needs, sizeof p.needs);
    /* the blocks are freed with the answer: NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    out->n = p.need_count;
}

static bool all_hold(struct wb_words set, char byte)
{
    for (size_t i = 0; i < set.n; i++)
        if (wb_slice_chr(set.word[i], byte) == set.word[i].n)
            return false;
    return set.n > 0;
}

bool wb_expression_needs(struct wb_slice expression, char byte)
{
    struct wb_required required;
    bool needs = false;
    wb_required_words(expression, NULL, &required);
    for (size_t i = 0; i < required.n; i++)
        needs |= all_hold(required.set[i], byte);
    wb_required_free(&required);
    return needs;
}
