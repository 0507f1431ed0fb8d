/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The characters that HTML has names for (HTML 5, 13.5), as far as notices of servers use them.
 * Marks that mean the same to a reader become one: quotes, dashes and blanks are those of ASCII.
 */
#include "mail_int.h"

#include "reader.h"

/* ISO 8859-1 from its no-break space on, in the order of their codes. */
static const char latin[96][8] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
    "copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
    "sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
    "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
    "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};

/* Those that come most first. */
static const struct {
    char name[8];
    uint32_t rune;
} others[] = {
    {"nbsp", ' '},     {"amp", '&'},     {"lt", '<'},        {"gt", '>'},        {"quot", '"'},
    {"apos", '\''},    {"rsquo", '\''},  {"lsquo", '\''},    {"rdquo", '"'},     {"ldquo", '"'},
    {"bdquo", '"'},    {"sbquo", '\''},  {"ndash", '-'},     {"mdash", '-'},     {"hellip", 0x2026},
    {"trade", 0x2122}, {"bull", 0x2022}, {"lsaquo", 0x2039}, {"rsaquo", 0x203A}, {"euro", 0x20AC},
    {"ensp", ' '},     {"emsp", ' '},    {"thinsp", ' '},    {"rarr", 0x2192},   {"larr", 0x2190},
    {"OElig", 0x152},  {"oelig", 0x153}, {"Scaron", 0x160},  {"scaron", 0x161},  {"Yuml", 0x178},
    {"zwnj", 0x200C},  {"zwj", 0x200D},  {"num", '#'},       {"commat", '@'},    {"colon", ':'},
    {"period", '.'},   {"lowbar", '_'},  {"sol", '/'},       {"lpar", '('},      {"rpar", ')'},
    {"lsqb", '['},     {"rsqb", ']'},    {"lbrack", '['},    {"rbrack", ']'},    {"comma", ','},
    {"semi", ';'},     {"equals", '='},  {"plus", '+'},      {"excl", '!'},      {"quest", '?'},
    {"percnt", '%'},   {"dollar", '$'},
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* All names have at most eight letters: they are compared as one number. */
static uint64_t packed(const char name[8])
{
    uint64_t bytes;
    memcpy(&bytes, name, sizeof bytes);
    return bytes;
}

static uint32_t named(struct wb_slice name)
{
    char padded[8] = "";
    if (!name.n || name.n > sizeof padded)
        return 0;
    memcpy(padded, name.p, name.n);
    const uint64_t wanted = packed(padded);
    for (size_t i = 0; i < COUNT(others); i++)
        if (packed(others[i].name) == wanted)
            return others[i].rune;
    for (size_t i = 1; i < COUNT(latin); i++)
        if (packed(latin[i]) == wanted)
            return 0xA0 + (uint32_t)i;
    return 0;
}

static uint32_t numeric(struct wb_reader *r)
{
    uint32_t rune = 0;
    bool hex = wb_lower(wb_reader_peek(r, 0)) == 'x';
    if (hex)
        r->p++;
    for (int digits = 0; digits < 7; digits++, r->p++) {
        int value = wb_hex_digit(wb_reader_peek(r, 0));
        if (value < 0 || (!hex && value > 9))
            break;
        rune = rune * (hex ? 16 : 10) + (uint32_t)value;
    }
    return rune == 0xA0 ? ' ' : rune;
}

uint32_t wb_html_reference(struct wb_reader *r)
{
    struct wb_reader at = *r;
    uint32_t rune;
    if (wb_reader_accept(&at, '#')) {
        rune = numeric(&at);
    } else {
        const char *from = at.p;
        while (wb_is_alnum(wb_reader_peek(&at, 0)))
            at.p++;
        rune = named(wb_slice_span(from, at.p));
    }
    wb_reader_accept(&at, ';');
    if (rune)
        *r = at;
    return rune;
}
