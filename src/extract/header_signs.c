/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signs that header fields show. Most fields that signs look at have the same few values in
 * thousands of reports ("Undelivered Mail Returned to Sender", "auto-replied"), so which signs a
 * value shows is kept in the session's cache.
 */
#include "extract_int.h"

#include "match.h"
#include "sixteen.h"

enum {
    MAX_CANDIDATES = 128,
    VALUE_BYTES = 512,
    LONGEST_TAG = 40, /* bytes of "external sender", "spam? 5.2" */
    KEPT_BYTES = 128, /* longer values are lists of addresses and the like, and never come twice */
};

/* What is kept of a value. */
struct row {
    uint32_t n;
    uint16_t group[]; /* of each sign, see wb_note_groups */
};

/* The signs of one value, behind those that were found already. */
static uint32_t add_signs(struct wb_extract *ex, wb_str name, struct wb_slice value,
                          uint16_t *signs, uint32_t n)
{
    struct wb_candidate found[MAX_CANDIDATES];
    struct wb_groups groups;
    uint32_t all;
    const struct wb_sign *sign = wb_cat_signs(ex->cat, &all);
    size_t candidates =
        wb_scan(wb_cat_scan_headers(ex->cat), ex->matcher, value, found, MAX_CANDIDATES);
    for (size_t i = 0; i < candidates && n < MAX_CANDIDATES; i++) {
        uint16_t id = (uint16_t)found[i].id;
        if (sign[id].header != name) /* most are of other fields */
            continue;
        bool again = false;
        for (uint32_t k = 0; k < n && !again; k++)
            again = signs[k] == id;
        if (!again && (found[i].sure || wb_regex_find(wb_cat_sign_regex(ex->cat, &sign[id]),
                                                      ex->matcher, value, &groups)))
            signs[n++] = id;
    }
    return n;
}

/*
 * "[EXTERNAL] Undelivered Mail", "*** SPAM *** Undelivered Mail", "[list] Re: ...": gateways and
 * lists put a tag before a subject. The subject behind it, or nothing.
 */
static struct wb_slice behind_tag(struct wb_slice subject)
{
    static const struct {
        char open[4];
        struct wb_slice close;
    } tags[] = {{"[", WB_S("]")}, {"{", WB_S("}")}, {"(", WB_S(")")}, {"***", WB_S("***")}};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        struct wb_slice open = wb_slice_str(tags[i].open);
        if (!wb_slice_starts(subject, open))
            continue;
        struct wb_slice rest = wb_slice_from(subject, open.n);
        size_t end = wb_slice_find(rest, tags[i].close);
        if (end <= LONGEST_TAG) /* nothing stands behind one that is not closed */
            return wb_slice_ltrim(wb_slice_from(rest, end + tags[i].close.n));
    }
    return WB_NONE;
}

/*
 * "multipart/report; boundary="=_12ab/mail.example.org"": from its first digit on a boundary is
 * chosen anew for each mail and says nothing, and with that no value would ever come again. The
 * value without it, put together in room if anything stands behind it.
 */
static struct wb_slice without_boundary(struct wb_slice value, struct wb_slice boundary,
                                        char room[KEPT_BYTES])
{
    const char *from = boundary.p, *end = wb_slice_end(boundary);
    if (from < value.p || end > wb_slice_end(value))
        return value;
    while (from < end && !wb_is_digit(*from))
        from++;
    struct wb_slice front = wb_slice_span(value.p, from);
    struct wb_slice behind = wb_slice_span(end, wb_slice_end(value));
    if (from == end || front.n + behind.n > KEPT_BYTES)
        return value;
    if (behind.n <= 1) /* a quotation mark */
        return front;
    memcpy(room, front.p, front.n);
    memcpy(room + front.n, behind.p, behind.n);
    return wb_slice(room, front.n + behind.n);
}

/* A field that some sign looks at. */
struct field {
    const struct wb_header *h;
    struct wb_slice value; /* as it is looked at, still folded */
    int which;             /* of the names in the catalogue */
    struct wb_cache_key key;
    void *sought; /* see wb_cache_seek */
};

/* The groups of the signs of one field. */
static uint32_t find_signs(struct wb_extract *ex, const struct field *f, uint16_t *group_out)
{
    uint32_t n;
    const struct wb_sign *signs = wb_cat_signs(ex->cat, &n);
    const wb_str name = wb_cat_headers(ex->cat, &n)[f->which].ref;
    char folded[VALUE_BYTES];
    const struct wb_header h = {f->h->name, f->value, f->h->id};
    struct wb_slice value = wb_slice_head(wb_mail_value(ex->mail, &h), VALUE_BYTES);
    value = wb_slice(folded, wb_fold_plain(value, folded, VALUE_BYTES));
    uint32_t count = add_signs(ex, name, value, group_out, 0);
    struct wb_slice bare = h.id == WB_H_SUBJECT ? behind_tag(value) : WB_NONE;
    if (bare.n)
        count = add_signs(ex, name, bare, group_out, count);
    for (uint32_t i = 0; i < count; i++)
        group_out[i] = signs[group_out[i]].group;
    wb_cat_groups(ex->cat, &n);
    uint32_t all = count;
    do
        group_out[all++] = (uint16_t)n; /* none */
    while (all % WB_GROUPS_TOGETHER);
    return (count + WB_GROUPS_TOGETHER - 1) & ~(uint32_t)(WB_GROUPS_TOGETHER - 1);
}

#if defined(__SSE2__)
/* Controls, what is not ASCII, and "?". */
static __m128i odd(__m128i bytes)
{
    return _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' ')),
                        _mm_cmpeq_epi8(bytes, _mm_set1_epi8('?')));
}

/* That byte, whatever bit 32 of it is: a letter in either case. */
static __m128i either(__m128i bytes, char c)
{
    const __m128i bit = _mm_set1_epi8(32);
    return _mm_cmpeq_epi8(_mm_or_si128(bytes, bit), _mm_set1_epi8((char)(c | 32)));
}

/* Whether a value stands there as it will be read and surely does not have the word. */
static bool lacks(struct wb_slice value, struct wb_slice word)
{
    if (value.n < 17 || word.n < 2)
        return false;
    const char *p = value.p, *last = wb_slice_end(value) - 17;
    __m128i any = _mm_setzero_si128();
    for (;; p = last - p > 16 ? p + 16 : last) { /* the last block overlaps the one before */
        __m128i here = wb_sixteen(p), behind = wb_sixteen(p + 1);
        __m128i begins = _mm_and_si128(either(here, word.p[0]), either(behind, word.p[1]));
        any = _mm_or_si128(any, _mm_or_si128(begins, _mm_or_si128(odd(here), odd(behind))));
        if (p == last)
            return !_mm_movemask_epi8(any);
    }
}
#else
static bool lacks(struct wb_slice value, struct wb_slice word)
{
    (void)value, (void)word;
    return false;
}
#endif

/*
 * Of a Message-ID nothing is ever known, for each comes once, and hardly any shows a sign. That is
 * seen at once where all signs of a header need the same word; without "?" no word is encoded.
 */
static bool shows_nothing(const struct wb_extract *ex, const struct wb_header *h, int which)
{
    struct wb_slice word = wb_cat_header_word(ex->cat, which);
    return word.n && lacks(h->value, word);
}

static void note_new(struct wb_extract *ex, const struct field *f, wb_note_groups note, void *to)
{
    uint16_t found[MAX_CANDIDATES + WB_GROUPS_TOGETHER];
    uint32_t n = find_signs(ex, f, found);
    size_t bytes = (n ? n : WB_GROUPS_TOGETHER) * sizeof *found;
    struct row *row = NULL;
    if (f->value.n <= KEPT_BYTES)
        row = wb_cache_add(ex->cache, &f->key, sizeof *row + bytes);
    if (row) {
        row->n = n;
        memcpy(row->group, found, bytes);
    }
    note(to, found, n);
}

enum { TOGETHER = 64 };

/* Mostly all of them are known, but lie where the processor's cache has lost them long ago. */
static void note_fields(struct wb_extract *ex, const struct wb_header *const *asked, uint32_t all,
                        wb_note_groups note, void *to)
{
    uint32_t n = 0;
    struct field fields[TOGETHER];
    char room[KEPT_BYTES];
    for (uint32_t i = 0; i < all; i++) {
        /* all are set: NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign) */
        const struct wb_header *h = asked[i];
        int which = ex->wanted[h->id];
        if (which == WB_ASK_NAME)
            which = wb_cat_wanted_header(ex->cat, h->name);
        if (which < 0 || shows_nothing(ex, h, which))
            continue;
        struct field *f = &fields[n++];
        f->h = h;
        f->value = without_boundary(h->value, ex->mail->boundary, room);
        f->which = which;
        f->key = wb_cache_key(wb_slice_head(f->value, KEPT_BYTES + 1),
                              WB_CACHE_HEADER + (uint32_t)which);
        wb_cache_expect(ex->cache, &f->key);
    }
    for (uint32_t i = 0; i < n; i++)
        fields[i].sought = wb_cache_seek(ex->cache, &fields[i].key);
    for (uint32_t i = 0; i < n; i++) {
        const struct row *known = wb_cache_take(fields[i].sought, &fields[i].key);
        if (known)
            note(to, known->group, known->n);
        else
            note_new(ex, &fields[i], note, to);
    }
}

/*
 * Whether some sign looks at a field is as good as chance: those at which none does are left out
 * of a list, which takes no branch, and the list is gone through.
 */
void wb_header_signs(struct wb_extract *ex, wb_note_groups note, void *to)
{
    const struct wb_header *asked[TOGETHER];
    const struct wb_part *root = &ex->mail->parts[0];
    const struct wb_header *h = &ex->mail->headers[root->first_header];
    for (const struct wb_header *end = h + root->headers; h < end;) {
        const struct wb_header *stop = end - h < TOGETHER ? end : h + TOGETHER;
        uint32_t n = 0;
        for (; h < stop; h++) {
            asked[n] = h;
            n += ex->wanted[h->id] != WB_NOT_WANTED;
        }
        note_fields(ex, asked, n, note, to);
    }
}
