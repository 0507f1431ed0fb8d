/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which charset unlabelled bytes are in. Each candidate that can hold the bytes at all gets
 * points for the pairs or letters that are common in running text of its language; the most
 * points win, and GB18030 wins ties: this program's mail is Chinese more often than not.
 */
#include "mail_int.h"

enum {
    GBK = 2,
    BIG5 = 3,
    SHIFT_JIS = 5,
    EUC_JP = 6,
    EUC_KR = 7,
    KOI8_R = 10,
    CP1251 = 13,
    CP1252 = 14
};

static bool in(unsigned char c, int first, int last)
{
    return c >= first && c <= last;
}

/* Points of a double-byte charset, -1 when the bytes cannot be in it. */
typedef int pair_points(unsigned char lead, unsigned char trail);

static int gbk_points(unsigned char a, unsigned char b)
{
    if (!in(a, 0x81, 0xFE) || !in(b, 0x40, 0xFE) || b == 0x7F)
        return -1;
    if (in(a, 0xB0, 0xD7) && b >= 0xA1) /* GB 2312 level 1: the 3,755 commonest */
        return 4;
    if ((a == 0xA1 || a == 0xA3) && b >= 0xA1) /* punctuation, full-width letters */
        return 3;
    return a >= 0xD8 && b >= 0xA1 ? 2 : 0;
}

static int big5_points(unsigned char a, unsigned char b)
{
    if (!in(a, 0xA1, 0xF9) || !(in(b, 0x40, 0x7E) || in(b, 0xA1, 0xFE)))
        return -1;
    /* level 1 is A4-C6; a trail below 80 is what GB 2312 never has */
    return in(a, 0xA4, 0xC6) ? (b < 0x80 ? 5 : 3) : 1;
}

static int shift_jis_points(unsigned char a, unsigned char b)
{
    if (!(in(a, 0x81, 0x9F) || in(a, 0xE0, 0xFC)) || !(in(b, 0x40, 0x7E) || in(b, 0x80, 0xFC)))
        return -1;
    if (a == 0x82 && in(b, 0x9F, 0xF1)) /* hiragana */
        return 6;
    return a == 0x83 || a == 0x81 ? 4 : 1;
}

static int euc_jp_points(unsigned char a, unsigned char b)
{
    if (!in(a, 0xA1, 0xFE) || !in(b, 0xA1, 0xFE))
        return -1;
    if (a == 0xA4) /* hiragana */
        return 6;
    return a == 0xA5 ? 5 : in(a, 0xB0, 0xCF) ? 2 : 1;
}

static int euc_kr_points(unsigned char a, unsigned char b)
{
    if (!in(a, 0xA1, 0xFE) || !in(b, 0xA1, 0xFE))
        return -1;
    return in(a, 0xB0, 0xC8) ? 4 : -2; /* Hangul syllables; Hanja are rare today */
}

static bool ascii_at(struct wb_slice s, size_t i)
{
    return i >= s.n || (unsigned char)s.p[i] < 0x80;
}

/*
 * An accented letter and the ASCII one behind it ("Usu\xE1rio", "\xDCber") look like a pair too.
 * Chinese and Japanese stand in runs, so a pair like that, alone among ASCII, says nothing.
 */
static bool alone(struct wb_slice s, size_t lead, size_t behind_last)
{
    return ascii_at(s, lead + 1) && ascii_at(s, lead + 2) && behind_last != lead;
}

static int pairs_score(struct wb_slice s, pair_points *points)
{
    int score = 0, pairs = 0;
    size_t behind_last = 0; /* the byte behind the last pair */
    for (size_t i = 0; i < s.n; i++) {
        unsigned char a = (unsigned char)s.p[i];
        if (a < 0x80)
            continue;
        if (i + 1 == s.n)
            return pairs > 2 ? score - 4 : -1; /* a server may cut a line inside a character */
        int p = points(a, (unsigned char)s.p[i + 1]);
        if (p == -1)
            return -1;
        score += alone(s, i, pairs ? behind_last : s.n) ? 0 : p;
        pairs++;
        behind_last = i++ + 2;
    }
    return pairs ? score * 16 / pairs : -1;
}

/* Korean separates words by blanks; Chinese that fits the Hangul rows by chance is short. */
static bool has_words(struct wb_slice s)
{
    int blanks = 0, high = 0;
    for (size_t i = 1; i + 1 < s.n; i++) {
        blanks += s.p[i] == ' ' && (s.p[i - 1] & 0x80) && (s.p[i + 1] & 0x80);
        high += (s.p[i] & 0x80) != 0;
    }
    return blanks > 0 && high / (blanks + 1) < 16;
}

/*
 * Words of even length in Cyrillic are legal pairs of GBK too. But Cyrillic letters stand at C0 and
 * above, with hardly a byte below, where every second byte of Chinese or Korean is; and nearly all
 * of them are small letters, in one half of that. -1: it is no such text.
 */
static int surely_cyrillic(struct wb_slice s)
{
    int high = 0, below = 0, upper_half = 0, lone = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        high += c >= 0x80;
        below += in(c, 0x80, 0xBF);
        upper_half += c >= 0xE0;
        lone += c >= 0x80 && (i == 0 || !(s.p[i - 1] & 0x80)) && ascii_at(s, i + 1);
    }
    int letters = high - below;
    if (lone * 3 > high) /* accented letters of Latin */
        return -1;
    if (high >= 6 && below * 8 <= high && upper_half * 4 >= letters * 3)
        return CP1251;
    bool enough = high >= 12 || (high >= 8 && has_words(s)); /* common Chinese letters are there */
    if (enough && below * 16 <= high && upper_half * 8 <= letters)
        return KOI8_R;
    return -1;
}

/* Cyrillic comes in words of high bytes only, mostly lower-case letters; Latin does not. */
static int cyrillic_or_latin(struct wb_slice s)
{
    int lone = 0, run = 0, koi_lower = 0, win_lower = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x80)
            continue;
        bool before = i > 0 && (unsigned char)s.p[i - 1] >= 0x80;
        bool after = i + 1 < s.n && (unsigned char)s.p[i + 1] >= 0x80;
        before || after ? run++ : lone++;
        koi_lower += in(c, 0xC0, 0xDF);
        win_lower += in(c, 0xE0, 0xFF);
    }
    if (lone * 2 >= run)
        return CP1252;
    return koi_lower > win_lower ? KOI8_R : CP1251;
}

static bool is_high(struct wb_slice s, size_t i)
{
    return i < s.n && (s.p[i] & 0x80);
}

/*
 * "Empf\xE4nger": nearly all high bytes stand alone among ASCII letters. With the letter behind
 * them they would be pairs of Big5 or GBK too, but there a pair seldom stands alone in a word.
 */
static bool is_accented(struct wb_slice s)
{
    int lone = 0, high = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_high(s, i))
            continue;
        bool before = i > 0 && wb_is_alpha(s.p[i - 1]),
             after = i + 1 < s.n && wb_is_alpha(s.p[i + 1]);
        bool alone = (i == 0 || !is_high(s, i - 1)) && !is_high(s, i + 1) && !is_high(s, i + 2);
        lone += alone && (before || after);
        high++;
    }
    return lone * 4 >= high * 3;
}

int wb_charset_guess(struct wb_slice bytes)
{
    static const struct {
        int charset;
        pair_points *points;
    } candidates[] = {{GBK, gbk_points},
                      {BIG5, big5_points},
                      {SHIFT_JIS, shift_jis_points},
                      {EUC_JP, euc_jp_points},
                      {EUC_KR, euc_kr_points}};
    int best = -1, best_score = 12;
    if (is_accented(bytes))
        return CP1252;
    int cyrillic = surely_cyrillic(bytes);
    if (cyrillic >= 0)
        return cyrillic;
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        int score = pairs_score(bytes, candidates[i].points);
        bool korean = candidates[i].charset == EUC_KR;
        if (korean && score == 64 && has_words(bytes))
            score++;
        if (score > best_score) {
            best = candidates[i].charset;
            best_score = score;
        }
    }
    return best >= 0 ? best : cyrillic_or_latin(bytes);
}
