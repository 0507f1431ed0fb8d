/* SPDX-License-Identifier: BSD-2-Clause */
/* Folding, by the contract of match.h. */
#include "match.h"

#include "unit.h"

static const struct fold_row {
    const char *name, *text;
    int code;
    const char *folded; /* with the marks for addresses */
    const char *plain;  /* without them; NULL: the same */
} fold_rows[] = {
    {"letters", "User Unknown", 0, "user unknown", NULL},
    {"white space", " a \t b\r\n\r\nc ", 0, "a b c", NULL},
    {"only white space", " \r\n\t", 0, "", NULL},
    {"nothing", "", 0, "", NULL},
    {"quotes", "“User” ‘unknown’ don’t „x”", 0, "\"user\" 'unknown' don't \"x\"", NULL},
    {"dashes", "a–b—c‐d", 0, "a-b-c-d", NULL},
    {"no-break space",
     "a\xC2\xA0"
     "b",
     0, "a b", NULL},
    {"ideographic space", "用户　不存在", 0, "用户 不存在", NULL},
    {"full-width letters and marks", "ＵＳＥＲ：１２３！（Ａ）", 0, "user:123!(a)", NULL},
    {"Chinese marks", "用户，不存在。请检查、重试", 0, "用户,不存在.请检查,重试", NULL},
    {"Chinese letters stay", "邮箱已满", 0, "邮箱已满", NULL},
    {"zero width",
     "us\xE2\x80\x8B"
     "er\xEF\xBB\xBF",
     0, "user", NULL},
    {"Latin capitals", "EMPFÄNGER ÉTÉ ÑÅŁŻ", 0, "empfanger ete nalz", NULL},
    {"letters that become two", "Straße Æble Þór cœur", 0, "strasse aeble thor coeur", NULL},
    {"accents behind their letter", "e\xCC\x81te\xCC\x81", 0, "ete", NULL},
    {"no capital: multiplication and division", "×÷", 0, "×÷", NULL},
    {"Cyrillic capitals", "ПОЧТА Ёж ЩЯ", 0, "почта еж щя", NULL},
    {"Greek capitals", "ΑΒΓ ΣΩ", 0, "αβγ σω", NULL},
    {"Greek capitals with an accent", "ΆΈΉΊΌΎΏ", 0, "αεηιουω", NULL},
    {"sigma at the end of a word", "ΜΕΓΕΘΟΣ ΣΑΣ", 0, "μεγεθος σας", NULL},
    {"Romanian and Vietnamese capitals", "ȘȚ ĂÂÎ ƠƯĐ ẠẾỮỲỸ ặ", 0, "st aai oud aeuyy a", NULL},
    {"Turkish dotted I", "İ", 0, "i", NULL},
    {"bytes that are no UTF-8 stay", "a\xFF\xC3", 0, "a\xFF\xC3", NULL},
    /* addresses */
    {"an address", "<Joe.Doe+x@Example.ORG>: unknown", 0, "<@>: unknown",
     "<joe.doe+x@example.org>: unknown"},
    {"full stop behind it", "mail to a@example.org.", 0, "mail to @.", "mail to a@example.org."},
    {"two", "a@b.c,d@e.f", 0, "@,@", "a@b.c,d@e.f"},
    {"at the front and at the end", "a@b.c x d@e.f", 0, "@ x @", "a@b.c x d@e.f"},
    {"only the mark", "a @ b", 0, "a @ b", NULL},
    {"without a domain", "user@ is", 0, "@ is", "user@ is"},
    {"without a local part", "x @example.org y", 0, "x @ y", "x @example.org y"},
    {"SRS", "SRS0=abc=de=example.org=joe@fwd.example", 0, "@",
     "srs0=abc=de=example.org=joe@fwd.example"},
    {"starred out", "j***e@example.org", 0, "@", "j***e@example.org"},
    {"a domain literal", "joe@[192.0.2.1]", 0, "@[%]", "joe@[192.0.2.1]"},
    /* IP addresses */
    {"IPv4", "host mx[192.0.2.1] said", 0, "host mx[%] said", "host mx[192.0.2.1] said"},
    {"IPv4 behind a colon", "client ip:192.0.2.1 host:192.0.2.2.3 x", 0,
     "client ip:% host:192.0.2.2.3 x", "client ip:192.0.2.1 host:192.0.2.2.3 x"},
    {"IPv4 behind a wide colon", "发信IP：192.0.2.1", 0, "发信ip:%", "发信ip:192.0.2.1"},
    {"IPv4 behind a reply code", "550-192.0.2.1 is listed", 550, "550-% is listed",
     "550-192.0.2.1 is listed"},
    {"IPv4 behind what is none", "5500-192.0.2.1", 0, "5500-192.0.2.1", NULL},
    {"a code alone", "550-1", 0, "550-1", NULL},
    {"IPv4 and a port", "192.0.2.1:25", 0, "%:25", "192.0.2.1:25"},
    {"IPv4 at the end of a sentence", "from 192.0.2.1.", 0, "from %.", "from 192.0.2.1."},
    {"IPv4 starred out", "ip *.*.*.* and xxx.xxx.xxx.xxx", 0, "ip % and %",
     "ip *.*.*.* and xxx.xxx.xxx.xxx"},
    {"IPv6", "2001:DB8::25 and [2001:db8:0:0:0:0:0:1]", 0, "% and [%]",
     "2001:db8::25 and [2001:db8:0:0:0:0:0:1]"},
    {"a status code is none", "5.7.1 and 5.1.1", 0, "5.7.1 and 5.1.1", NULL},
    {"a time is none", "10:20:30", 0, "10:20:30", NULL},
    {"a version is none", "v1.2.3.4 and 1.2.3.4.5", 0, "v1.2.3.4 and 1.2.3.4.5", NULL},
    {"part of a word is none", "a192.0.2.1 192.0.2.1b", 0, "a192.0.2.1 192.0.2.1b", NULL},
    {"three groups", "10.0.0 x", 0, "10.0.0 x", NULL},
    /* the reply code in the middle */
    {"code and status again", "550-5.1.1 the user 550-5.1.1 is 550 5.1.1 unknown", 550,
     "550-5.1.1 the user is unknown", "550-5.1.1 the user 550-5.1.1 is 550 5.1.1 unknown"},
    {"another code stays", "550-5.1.1 see 551-5.1.1 x", 550, "550-5.1.1 see 551-5.1.1 x", NULL},
    {"no code was given", "550-a 550-b", 0, "550-a 550-b", NULL},
};

static struct wb_slice fold(struct wb_slice text, int code, char *out, size_t cap, uint32_t *map)
{
    return wb_slice(out, wb_fold(text, code, out, cap, map));
}

static void folded(void **state)
{
    const struct fold_row *row = *state;
    char out[300];
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    assert_text(fold(text, row->code, out, sizeof out, NULL), row->folded);
    struct wb_slice plain = wb_slice(out, wb_fold_plain(text, out, sizeof out));
    assert_text(plain, row->plain ? row->plain : row->folded);
    free((char *)text.p);
}

/* The map leads back: forwards only, within the text, to a byte that can have become this one. */
static void mapped(void **state)
{
    const struct fold_row *row = *state;
    struct wb_slice text = wb_slice_str(row->text);
    char out[300];
    uint32_t map[301];
    struct wb_slice f = fold(text, row->code, out, sizeof out, map);
    for (size_t i = 0; i < f.n; i++) {
        assert_true(map[i] < text.n);
        assert_true(i == 0 || map[i] >= map[i - 1]);
        char c = text.p[map[i]];
        if (wb_is_alpha(f.p[i]) && !(c & 0x80))
            assert_int_equal(wb_lower(c), f.p[i]);
    }
    assert_true(map[f.n] <= text.n);
    assert_true(f.n == 0 || map[f.n] > map[f.n - 1]);
}

/* Never more than cap bytes, nor more of the map. */
static void bounded(void **state)
{
    const struct fold_row *row = *state;
    struct wb_slice text = wb_slice_str(row->text);
    for (size_t cap = 0; cap <= text.n; cap++) {
        char *out = malloc(cap + 1);
        uint32_t *map = malloc((cap + 2) * sizeof *map);
        out[cap] = '#';
        map[cap + 1] = 0xABCDEF;
        assert_true(fold(text, row->code, out, cap, map).n <= cap);
        assert_int_equal(out[cap], '#');
        assert_int_equal(map[cap + 1], 0xABCDEF);
        free(out);
        free(map);
    }
}

static void places(void **state)
{
    (void)state;
    char out[100];
    uint32_t map[101];
    struct wb_slice text = WB_S("To  <joe@example.org> at 192.0.2.1 x");
    struct wb_slice f = fold(text, 0, out, sizeof out, map);
    assert_text(f, "to <@> at % x");
    assert_int_equal(map[4], 5);   /* the address begins at "joe" */
    assert_int_equal(map[5], 20);  /* and ends before ">" */
    assert_int_equal(map[10], 25); /* the IP address */
    assert_int_equal(map[11], 34);
    assert_int_equal(map[f.n], text.n);
}

/* A long text: where a block of plain bytes ends must not be seen. */
static void shifted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fold_rows / sizeof fold_rows[0]; i++) {
        const struct fold_row *row = &fold_rows[i];
        if (row->code || !row->folded[0] || row->text[0] == ' ')
            continue;
        for (size_t shift = 0; shift < 40; shift++) {
            char text[400], want[400], out[400];
            memset(text, 'y', shift);
            snprintf(text + shift, sizeof text - shift, " %s", row->text);
            memset(want, 'y', shift);
            snprintf(want + shift, sizeof want - shift, "%s%s", shift ? " " : "", row->folded);
            assert_text(fold(wb_slice_str(text), 0, out, sizeof out, NULL), want);
        }
    }
}

int main(void)
{
    UNIT_ROWS(folded, fold_rows);
    UNIT_ROWS(mapped, fold_rows);
    UNIT_ROWS(bounded, fold_rows);
    UNIT_ONE(places, "where an address stood");
    UNIT_ONE(shifted, "at every place of a block");
    return unit_run();
}
