/* SPDX-License-Identifier: BSD-2-Clause */
#include "signature.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { SIGNATURE = 96 /* bytes at the end of a reply in which the server may sign */ };

static bool in_host_name(char c)
{
    return wb_is_alnum(c) || c == '-' || c == '.';
}

/*
 * The server that a reply names as itself, where no field does: 421 is followed by its name (RFC
 * 5321 4.2.3), and 554 and 521 may stand in the place of the greeting (3.1; RFC 7504 3). A name of
 * two labels is rather the domain that the reply is about.
 */
static uint16_t self_named(const struct wb_classifier *cl, const struct wb_layers *layers)
{
    for (int i = layers->n; i-- > 0;) {
        const struct wb_layer *layer = &layers->layer[i];
        if (layer->code != 421 && layer->code != 521 && layer->code != 554)
            continue;
        size_t n = 0, dots = 0, taken;
        struct wb_slice rest = wb_slice_ltrim(wb_slice_from(layer->text, 4));
        wb_reply_status(rest, &taken);
        rest = wb_slice_ltrim(wb_slice_from(rest, taken));
        while (n < rest.n && in_host_name(rest.p[n]))
            dots += rest.p[n++] == '.';
        if (dots > 1 && (n == rest.n || rest.p[n] != '@'))
            return wb_cat_provider_of(cl->cat, wb_slice_head(rest, n), WB_DOMAIN_HOST);
    }
    return WB_NO_INDEX;
}

#if defined(__SSE2__)
/* Of the sixteen places from p on those where "[" stands, or a blank before "-". */
static unsigned marks_at(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i behind = _mm_loadu_si128((const __m128i *)(const void *)(p + 1));
    __m128i dash = _mm_and_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                                 _mm_cmpeq_epi8(behind, _mm_set1_epi8('-')));
    return (unsigned)_mm_movemask_epi8(
        _mm_or_si128(dash, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('['))));
}
#endif

/* What stands behind the last "[" or " -" from `first` on; text.n: there is none. */
static size_t behind_mark(struct wb_slice text, size_t first)
{
    size_t at = text.n < 2 ? 0 : text.n - 2; /* what stands here or further on is none */
#if defined(__SSE2__)
    unsigned marks = 0;
    while (!marks && at >= first + 16) {
        at -= 16;
        marks = marks_at(text.p + at);
    }
    if (marks)
        at += 32 - (unsigned)__builtin_clz(marks);
#endif
    while (at-- > first)
        if (text.p[at] == '[' || (text.p[at] == ' ' && text.p[at + 1] == '-'))
            return at + 1 + (text.p[at] == ' ');
    return text.n;
}

/*
 * The server that signs at the end of a reply, behind "- " or in brackets: "... - gsmtp", "... -
 * mta1.mail.example.org", "... [FT012.prod.example.com 2026-01-02T03:04:05Z 08DC]". No name of two
 * labels, as above.
 */
static uint16_t signed_by(const struct wb_classifier *cl, const struct wb_layers *layers)
{
    if (!layers->n)
        return WB_NO_INDEX;
    struct wb_slice text = wb_slice_rtrim(layers->layer[layers->n - 1].text);
    size_t first = text.n > SIGNATURE ? text.n - SIGNATURE : 0, n = 0, dots = 0;
    struct wb_slice name = wb_slice_ltrim(wb_slice_from(text, behind_mark(text, first)));
    while (n < name.n && in_host_name(name.p[n]))
        dots += name.p[n++] == '.';
    bool ends = n == name.n || strchr(" ]>'\")(", name.p[n]);
    return n && ends && dots != 1
               ? wb_cat_provider_of(cl->cat, wb_slice_head(name, n), WB_DOMAIN_HOST)
               : WB_NO_INDEX;
}

uint16_t wb_provider_named_by(const struct wb_classifier *cl, const struct wb_layers *layers)
{
    uint16_t provider = self_named(cl, layers);
    return provider == WB_NO_INDEX ? signed_by(cl, layers) : provider;
}
