/* SPDX-License-Identifier: BSD-2-Clause */
#include "header_fields.h"

#include "avx2.h"
#include "avx512.h"
#include "block.h"

/* ftext of RFC 5322 3.6.8, without the marks that open an address or a sentence. */
static bool name_byte(char c)
{
    return wb_is_of(c, WB_BYTE_FIELD_NAME);
}

#if defined(__SSE2__)
/* Which of the sixteen bytes at the front, which are there, are those of no name. */
static unsigned other_block(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i letter = wb_letters(bytes);
    __m128i mark =
        _mm_or_si128(wb_between(bytes, '-', '.'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_')));
    __m128i name = _mm_or_si128(_mm_or_si128(letter, mark), wb_between(bytes, '0', '9'));
    return (unsigned)_mm_movemask_epi8(name) ^ 0xFFFFu;
}
#endif

size_t wb_field_name(struct wb_slice text)
{
    size_t n = 0;
#if defined(__SSE2__)
    for (; text.n >= n + 16; n += 16) {
        unsigned other = other_block(text.p + n);
        if (other)
            return n + (size_t)__builtin_ctz(other);
    }
#endif
    while (n < text.n && name_byte(text.p[n]))
        n++;
    return n;
}

static struct wb_field_masks masks_of(const char *p, char eol)
{
    return (struct wb_field_masks){wb_places_in_block(p, eol),
                                   wb_places_in_block(p, ' ') | wb_places_in_block(p, '\t') |
                                       wb_places_in_block(p, '\r') | wb_places_in_block(p, '\n')};
}

static void note_blocks(struct wb_fields *f)
{
    struct wb_field_scan s = f->scan;
    bool more = true;
    while (more && wb_field_block_left(&s))
        more = wb_note_block(&s, f->start, masks_of(s.at, f->eol), WB_FIELD_BLOCK);
    f->scan = s;
}

/* Of the bytes behind the last whole block. */
static void note_rest(struct wb_fields *f, size_t n)
{
    char block[WB_FIELD_BLOCK] = {0};
    /* some are left: NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
    memcpy(block, f->scan.at, n);
    wb_note_block(&f->scan, f->start, masks_of(block, f->eol), n);
}

bool wb_fields_next(struct wb_fields *f)
{
    struct wb_field_scan *s = &f->scan;
    s->count = 0;
    s->blank = NULL;
    if (s->at == s->end)
        return false;
    if (wb_has_avx512()) {
        wb_fields_avx512(f);
        return true;
    }
    (wb_has_avx2() ? wb_fields_avx2 : note_blocks)(f);
    unsigned named = wb_has_avx2() ? s->count : 0;
    size_t left = (size_t)(s->end - s->at);
    if (!s->blank && left && left < WB_FIELD_BLOCK && s->count <= WB_FIELD_STARTS - WB_FIELD_BLOCK)
        note_rest(f, left);
    if (named < s->count)
        memset(f->name + named, WB_LONG_NAME, s->count - named);
    return true;
}
