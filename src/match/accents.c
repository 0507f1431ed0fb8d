/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Letters without their accents: many servers answer in ASCII only, and who types a reply leaves
 * accents out as often as not. Small letters only: folding has made them small before.
 */
#include "accents.h"

#include "utf8.h"

/* What the letters U+00E0 to U+017F are without; '.': see below. */
static const char latin[] =
    "aaaaaa.ceeeeiiiidnooooo.ouuuuy.y"                                 /* U+00E0 */
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiii.jjkkklllllll" /* U+0100 */
    "lllnnnnnnnnnooooooo.rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs" /* U+0140 */;

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
    GREEK_LAST = 0x3CE, /* of those that have one; of the letters behind it one has */
    CYRILLIC_IO = 0x451,
};

static size_t other_letter(unsigned rune, char out[4])
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (others[i].letter == rune) {
            size_t n = wb_utf8_put(others[i].base, out);
            if (others[i].more)
                out[n++] = others[i].more;
            return n;
        }
    return wb_utf8_put(rune, out);
}

size_t wb_without_accent(unsigned rune, char out[4])
{
    if (rune >= LATIN_FIRST && rune <= LATIN_LAST && latin[rune - LATIN_FIRST] != '.') {
        out[0] = latin[rune - LATIN_FIRST];
        return 1;
    }
    if (rune >= COMBINING_FIRST && rune <= COMBINING_LAST)
        return 0;
    return rune <= GREEK_LAST || rune == CYRILLIC_IO ? other_letter(rune, out)
                                                     : wb_utf8_put(rune, out);
}

char wb_vietnamese_base(unsigned rune)
{
    if (rune < vietnamese[0].first)
        return '\0';
    size_t i = 0;
    while (vietnamese[i].base && rune >= vietnamese[i + 1].first)
        i++;
    return vietnamese[i].base;
}
