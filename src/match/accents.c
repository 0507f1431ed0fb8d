/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Letters without their accents: many servers answer in ASCII only, and who types a reply leaves
 * accents out as often as not. Small letters only: folding has made them small before.
 */
#include "accents.h"

/* What the letters U+00E0 to U+017F are without; '.': they stay. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo.ouuuuytyaaaaaaccccccccddddeeeeeeeeeeggggggggh"
                            "hhhiiiiiiiiiiiijjkkklllllllllln"
                            "nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* The same of U+1EA0 to U+1EF9: where the letters with another base begin. */
static const struct {
    unsigned first;
    char base;
} vietnamese[] = {{0x1EA0, 'a'}, {0x1EB8, 'e'}, {0x1EC8, 'i'}, {0x1ECC, 'o'},
                  {0x1EE4, 'u'}, {0x1EF2, 'y'}, {0x1EFA, '\0'}};

static const struct {
    unsigned short letter, base;
    char more; /* a second letter */
} others[] = {{0xDF, 's', 's'},  {0xE6, 'a', 'e'},  {0xFE, 't', 'h'},  {0x133, 'i', 'j'},
              {0x153, 'o', 'e'}, {0x1A1, 'o', 0},   {0x1B0, 'u', 0},   {0x219, 's', 0},
              {0x21B, 't', 0},   {0x390, 0x3B9, 0}, {0x3AC, 0x3B1, 0}, {0x3AD, 0x3B5, 0},
              {0x3AE, 0x3B7, 0}, {0x3AF, 0x3B9, 0}, {0x3B0, 0x3C5, 0}, {0x3CA, 0x3B9, 0},
              {0x3CB, 0x3C5, 0}, {0x3CC, 0x3BF, 0}, {0x3CD, 0x3C5, 0}, {0x3CE, 0x3C9, 0},
              {0x451, 0x435, 0}};

enum {
    LATIN_FIRST = 0xE0,
    LATIN_LAST = 0x17F,
    COMBINING_FIRST = 0x300, /* accents by themselves, behind their letter */
    COMBINING_LAST = 0x36F,
};

static size_t put(unsigned rune, char more, char out[3])
{
    size_t n = 0;
    if (rune >= 0x80) {
        out[n++] = (char)(0xC0 | rune >> 6);
        rune = 0x80 | (rune & 0x3F);
    }
    out[n++] = (char)rune;
    if (more)
        out[n++] = more;
    return n;
}

size_t wb_without_accent(unsigned rune, char out[3])
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].letter == rune)
            return put(others[i].base, others[i].more, out);
    if (rune >= COMBINING_FIRST && rune <= COMBINING_LAST)
        return 0;
    if (rune >= LATIN_FIRST && rune <= LATIN_LAST && latin[rune - LATIN_FIRST] != '.')
        return put((unsigned char)latin[rune - LATIN_FIRST], 0, out);
    for (size_t i = 0; vietnamese[i].base; i++)
        if (rune >= vietnamese[i].first && rune < vietnamese[i + 1].first)
            return put((unsigned char)vietnamese[i].base, 0, out);
    return rune < 0x800 ? put(rune, 0, out) : WB_AS_IT_IS;
}

size_t wb_drop_accents(char *text, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n;) {
        unsigned char a = (unsigned char)text[i];
        size_t left = n - i, width = a >= 0xC3 && a < 0xE0 && left > 1 ? 2
                                     : a == 0xE1 && left > 2           ? 3
                                                                       : 1;
        unsigned rune = a;
        char out[3] = {0};
        size_t kept = WB_AS_IT_IS;
        if (width == 2)
            rune = (a & 0x1Fu) << 6 | ((unsigned char)text[i + 1] & 0x3Fu);
        if (width == 3)
            rune = (a & 0x0Fu) << 12 | ((unsigned char)text[i + 1] & 0x3Fu) << 6 |
                   ((unsigned char)text[i + 2] & 0x3Fu);
        if (width > 1)
            kept = wb_without_accent(rune, out);
        if (kept == WB_AS_IT_IS)
            memmove(text + to, text + i, kept = width);
        else
            memcpy(text + to, out, kept);
        to += kept;
        i += width;
    }
    return to;
}
