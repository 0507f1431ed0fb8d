/* SPDX-License-Identifier: BSD-2-Clause */
/* Punycode as in RFC 3492 6.3; the names are those of the RFC. */
#include "idn.h"

#include "utf8.h"

enum { LONGEST_LABEL = 63, LONGEST_DOMAIN = 253 };
enum { BASE = 36, TMIN = 1, TMAX = 26, SKEW = 38, DAMP = 700, INITIAL_BIAS = 72, INITIAL_N = 128 };

struct label {
    uint32_t runes[LONGEST_LABEL];
    size_t n;
    bool ascii;
};

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;
    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - TMIN) * TMAX / 2; k += BASE)
        delta /= BASE - TMIN;
    return k + (BASE - TMIN + 1) * delta / (delta + SKEW);
}

static void put_digit(struct wb_text *out, uint32_t digit)
{
    wb_text_byte(out, (char)(digit < 26 ? 'a' + digit : '0' + digit - 26));
}

static void put_number(struct wb_text *out, uint32_t q, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias ? TMIN : k >= bias + TMAX ? TMAX : k - bias;
        if (q < t)
            break;
        put_digit(out, t + (q - t) % (BASE - t));
        q = (q - t) / (BASE - t);
    }
    put_digit(out, q);
}

static uint32_t next_rune(const struct label *label, uint32_t from)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i < label->n; i++)
        if (label->runes[i] >= from && label->runes[i] < least)
            least = label->runes[i];
    return least;
}

/* A label has at most 63 characters up to U+10FFFF: delta stays within 32 bits. */
static void put_punycode(struct wb_text *out, const struct label *label)
{
    uint32_t delta = 0, bias = INITIAL_BIAS, n = INITIAL_N, done = 0, basic;
    for (size_t i = 0; i < label->n; i++)
        if (label->runes[i] < INITIAL_N) {
            wb_text_byte(out, (char)label->runes[i]);
            done++;
        }
    basic = done;
    if (basic)
        wb_text_byte(out, '-');
    while (done < label->n) {
        uint32_t rune = next_rune(label, n);
        delta += (rune - n) * (done + 1);
        n = rune;
        for (size_t i = 0; i < label->n; i++) {
            delta += label->runes[i] < n;
            if (label->runes[i] != n)
                continue;
            put_number(out, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
        delta++;
        n++;
    }
}

static void put_label(struct wb_text *out, const struct label *label)
{
    if (!label->ascii) {
        wb_text_put(out, WB_S("xn--"));
        put_punycode(out, label);
        return;
    }
    for (size_t i = 0; i < label->n; i++)
        wb_text_byte(out, (char)label->runes[i]);
}

static bool is_dot(uint32_t rune)
{
    return rune == '.' || rune == 0x3002 || rune == 0xFF0E || rune == 0xFF61;
}

struct wb_slice wb_idn_ascii(struct wb_arena *arena, struct wb_slice domain)
{
    struct label label = {.ascii = true};
    struct wb_text out = wb_text_open(arena, LONGEST_DOMAIN + 1);
    bool good = wb_utf8_valid(domain) == domain.n;
    while (good && domain.n) {
        size_t taken;
        uint32_t rune = wb_utf8_get(domain, &taken);
        domain = wb_slice_from(domain, taken);
        if (is_dot(rune)) {
            put_label(&out, &label);
            wb_text_byte(&out, '.');
            label = (struct label){.ascii = true};
            continue;
        }
        good = label.n < LONGEST_LABEL && !wb_utf8_unsafe(rune);
        if (!good)
            break;
        label.runes[label.n++] = rune < INITIAL_N ? (unsigned char)wb_lower((char)rune) : rune;
        label.ascii &= rune < INITIAL_N;
    }
    put_label(&out, &label);
    good = good && !out.cut;
    if (!good)
        wb_text_drop(&out);
    return good ? wb_text_close(&out) : WB_NONE;
}
