/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Charsets. A mail's label is looked up in a fixed table; only names from that table ever reach
 * iconv_open, and each descriptor is opened once per session.
 *
 * Labels lie: servers claim us-ascii or utf-8 over raw GBK, and paste a UTF-8 reply into a GBK
 * template. So text is converted line by line: what is valid UTF-8 with non-ASCII characters is
 * taken as that, whatever the label; what is not valid in its label is guessed.
 */
#include "mail_int.h"

#include <iconv.h>
#include <stdlib.h>

#include "utf8.h"

enum { ESC = 0x1b, SO = 0x0e };

struct charset {
    const char *iconv_name; /* NULL: no conversion needed */
    char escape;            /* the ASCII byte that leads out of ASCII (ISO 2022, UTF-7); 0: none */
    bool holds; /* a state, or a letter back: a mark may follow that belongs to it (Windows-1255) */
};

enum {
    CS_UTF8 = WB_CHARSET_UTF8,
    CS_ASCII = WB_CHARSET_ASCII,
    CS_GB18030,
    CS_BIG5,
    CS_ISO2022JP,
    CS_SHIFT_JIS,
    CS_EUC_JP,
    CS_EUC_KR,
    CS_ISO2022KR,
    CS_UTF7,
    CS_KOI8_R,
    CS_KOI8_U,
    CS_CP1250,
    CS_CP1251,
    CS_CP1252,
    CS_CP1253,
    CS_CP1254,
    CS_CP1255,
    CS_CP1256,
    CS_CP1257,
    CS_CP1258,
    CS_CP866,
    CS_CP874,
    CS_LATIN2,
    CS_LATIN3,
    CS_LATIN4,
    CS_CYRILLIC,
    CS_ARABIC,
    CS_GREEK,
    CS_HEBREW,
    CS_LATIN6,
    CS_LATIN7,
    CS_LATIN9,
    CS_LATIN10,
    CS_UTF16,
    CS_UTF16LE,
    CS_UTF16BE,
    CS_HZ,
    CS_COUNT
};

static const struct charset charsets[CS_COUNT] = {
    [CS_UTF8] = {NULL, 0},
    [CS_ASCII] = {NULL, 0},
    [CS_GB18030] = {"GB18030", 0},
    [CS_BIG5] = {"BIG5-HKSCS", 0, true},
    [CS_ISO2022JP] = {"ISO-2022-JP-2", ESC, true}, /* a superset that Japanese mailers do use */
    [CS_SHIFT_JIS] = {"CP932", 0},
    [CS_EUC_JP] = {"EUC-JP-MS", 0},
    [CS_EUC_KR] = {"CP949", 0},
    [CS_ISO2022KR] = {"ISO-2022-KR", SO, true},
    [CS_UTF7] = {"UTF-7", '+', true},
    [CS_KOI8_R] = {"KOI8-R", 0},
    [CS_KOI8_U] = {"KOI8-U", 0},
    [CS_CP1250] = {"CP1250", 0},
    [CS_CP1251] = {"CP1251", 0},
    [CS_CP1252] = {"CP1252", 0},
    [CS_CP1253] = {"CP1253", 0},
    [CS_CP1254] = {"CP1254", 0},
    [CS_CP1255] = {"CP1255", 0, true},
    [CS_CP1256] = {"CP1256", 0},
    [CS_CP1257] = {"CP1257", 0},
    [CS_CP1258] = {"CP1258", 0, true},
    [CS_CP866] = {"CP866", 0},
    [CS_CP874] = {"CP874", 0},
    [CS_LATIN2] = {"ISO-8859-2", 0},
    [CS_LATIN3] = {"ISO-8859-3", 0},
    [CS_LATIN4] = {"ISO-8859-4", 0},
    [CS_CYRILLIC] = {"ISO-8859-5", 0},
    [CS_ARABIC] = {"ISO-8859-6", 0},
    [CS_GREEK] = {"ISO-8859-7", 0},
    [CS_HEBREW] = {"ISO-8859-8", 0},
    [CS_LATIN6] = {"ISO-8859-10", 0},
    [CS_LATIN7] = {"ISO-8859-13", 0},
    [CS_LATIN9] = {"ISO-8859-15", 0},
    [CS_LATIN10] = {"ISO-8859-16", 0},
    [CS_UTF16] = {NULL, 0}, /* one of the next two: see in_order */
    [CS_UTF16LE] = {"UTF-16LE", 0, true},
    [CS_UTF16BE] = {"UTF-16BE", 0, true},
    [CS_HZ] = {"GBK", 0}, /* HZ itself is not in glibc; its text is mostly plain */
};

/*
 * Labels, squeezed to letters and digits in lower case. Latin-1 is read as Windows-1252, as every
 * mail program does; GB2312 and GBK as GB18030, which holds them.
 */
static const struct {
    const char *label;
    int charset;
} labels[] = {
    {"utf8", CS_UTF8},
    {"usascii", CS_ASCII},
    {"iso88591", CS_CP1252},
    {"uft8", CS_UTF8},
    {"unicode11utf8", CS_UTF8},
    {"utf8mb4", CS_UTF8},
    {"ascii", CS_ASCII},
    {"ansix341968", CS_ASCII},
    {"iso646us", CS_ASCII},
    {"7bit", CS_ASCII},
    {"gb2312", CS_GB18030},
    {"gbk", CS_GB18030},
    {"gb18030", CS_GB18030},
    {"cp936", CS_GB18030},
    {"euccn", CS_GB18030},
    {"gb231280", CS_GB18030},
    {"chinesesimplified", CS_GB18030},
    {"windows936", CS_GB18030},
    {"xgbk", CS_GB18030},
    {"hzgb2312", CS_HZ},
    {"big5", CS_BIG5},
    {"big5hkscs", CS_BIG5},
    {"cp950", CS_BIG5},
    {"xbig5", CS_BIG5},
    {"windows950", CS_BIG5},
    {"iso2022jp", CS_ISO2022JP},
    {"iso2022jp2", CS_ISO2022JP},
    {"csiso2022jp", CS_ISO2022JP},
    {"iso2022jpms", CS_ISO2022JP},
    {"jis", CS_ISO2022JP},
    {"cp50220", CS_ISO2022JP},
    {"cp50221", CS_ISO2022JP},
    {"shiftjis", CS_SHIFT_JIS},
    {"sjis", CS_SHIFT_JIS},
    {"xsjis", CS_SHIFT_JIS},
    {"cp932", CS_SHIFT_JIS},
    {"windows31j", CS_SHIFT_JIS},
    {"mskanji", CS_SHIFT_JIS},
    {"eucjp", CS_EUC_JP},
    {"xeucjp", CS_EUC_JP},
    {"ujis", CS_EUC_JP},
    {"euckr", CS_EUC_KR},
    {"ksc56011987", CS_EUC_KR},
    {"ksc5601", CS_EUC_KR},
    {"cp949", CS_EUC_KR},
    {"uhc", CS_EUC_KR},
    {"windows949", CS_EUC_KR},
    {"iso2022kr", CS_ISO2022KR},
    {"utf7", CS_UTF7},
    {"unicode11utf7", CS_UTF7},
    {"koi8r", CS_KOI8_R},
    {"koi8", CS_KOI8_R},
    {"koi8u", CS_KOI8_U},
    {"windows1250", CS_CP1250},
    {"cp1250", CS_CP1250},
    {"windows1251", CS_CP1251},
    {"cp1251", CS_CP1251},
    {"win1251", CS_CP1251},
    {"windows1252", CS_CP1252},
    {"cp1252", CS_CP1252},
    {"latin1", CS_CP1252},
    {"ansi", CS_CP1252},
    {"windows1253", CS_CP1253},
    {"cp1253", CS_CP1253},
    {"windows1254", CS_CP1254},
    {"iso88599", CS_CP1254},
    {"latin5", CS_CP1254},
    {"cp1254", CS_CP1254},
    {"windows1255", CS_CP1255},
    {"cp1255", CS_CP1255},
    {"windows1256", CS_CP1256},
    {"cp1256", CS_CP1256},
    {"windows1257", CS_CP1257},
    {"cp1257", CS_CP1257},
    {"windows1258", CS_CP1258},
    {"cp1258", CS_CP1258},
    {"cp866", CS_CP866},
    {"ibm866", CS_CP866},
    {"tis620", CS_CP874},
    {"windows874", CS_CP874},
    {"iso885911", CS_CP874},
    {"iso88592", CS_LATIN2},
    {"latin2", CS_LATIN2},
    {"iso88593", CS_LATIN3},
    {"iso88594", CS_LATIN4},
    {"iso88595", CS_CYRILLIC},
    {"iso88596", CS_ARABIC},
    {"iso88597", CS_GREEK},
    {"iso88598", CS_HEBREW},
    {"iso88598i", CS_HEBREW},
    {"iso885910", CS_LATIN6},
    {"iso885913", CS_LATIN7},
    {"iso885915", CS_LATIN9},
    {"latin9", CS_LATIN9},
    {"iso885916", CS_LATIN10},
    {"utf16", CS_UTF16},
    {"utf16le", CS_UTF16LE},
    {"utf16be", CS_UTF16BE},
};

/* As nearly all mails write them: found without a look at each byte. */
static const struct {
    struct wb_slice label;
    int charset;
} usual[] = {
    {{"utf-8", 5}, CS_UTF8},           {{"us-ascii", 8}, CS_ASCII},
    {{"iso-8859-1", 10}, CS_CP1252},   {{"iso-2022-jp", 11}, CS_ISO2022JP},
    {{"windows-1252", 12}, CS_CP1252}, {{"", 0}, -1},
};

int wb_charset_find(struct wb_slice label)
{
    char squeezed[32];
    size_t n = 0;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (wb_slice_eqi(label, usual[i].label))
            return usual[i].charset;
    /* "charset=3Dutf-8": a quoted-printable "=" that was not undone */
    if (wb_slice_startsi(label, WB_S("3D")))
        label = wb_slice_from(label, 2);
    for (size_t i = 0; i < label.n && n < sizeof squeezed; i++)
        if (wb_is_alnum(label.p[i]))
            squeezed[n++] = wb_lower(label.p[i]);
    for (size_t i = 0; n && i < sizeof labels / sizeof labels[0]; i++)
        if (labels[i].label[0] == squeezed[0] &&
            wb_slice_eq(wb_slice(squeezed, n), wb_slice_str(labels[i].label)))
            return labels[i].charset;
    return -1;
}

struct wb_charsets {
    iconv_t descriptor[CS_COUNT];
    bool open[CS_COUNT];
};

struct wb_charsets *wb_charsets_new(void)
{
    return calloc(1, sizeof(struct wb_charsets));
}

void wb_charsets_free(struct wb_charsets *sets)
{
    for (int i = 0; sets && i < CS_COUNT; i++)
        if (sets->open[i] && sets->descriptor[i] != (iconv_t)-1)
            iconv_close(sets->descriptor[i]);
    free(sets);
}

static iconv_t descriptor(struct wb_charsets *sets, int charset)
{
    if (!sets->open[charset]) {
        sets->descriptor[charset] = iconv_open("UTF-8", charsets[charset].iconv_name);
        sets->open[charset] = true;
    }
    return sets->descriptor[charset];
}

void wb_mail_preload_charsets(struct wb_mail *mail)
{
    for (int i = 0; i < CS_COUNT; i++)
        if (charsets[i].iconv_name)
            descriptor(mail->charsets, i);
}

static bool put_utf8(struct wb_slice bytes, bool force, struct wb_text *text)
{
    size_t valid = wb_utf8_valid(bytes);
    if (valid == bytes.n) {
        wb_text_put(text, bytes);
        return true;
    }
    if (!force)
        return false;
    while (bytes.n) {
        wb_text_put(text, wb_slice_head(bytes, valid));
        if (valid < bytes.n)
            wb_text_rune(text, WB_REPLACEMENT);
        bytes = wb_slice_from(bytes, valid + 1);
        valid = wb_utf8_valid(bytes);
    }
    return true;
}

/*
 * Takes the byte order mark of UTF-16 away and returns which of the two it is. glibc's own "UTF-16"
 * stays with the order of the first text that it was given, whatever the mark of the next one is.
 */
static int in_order(struct wb_slice *bytes)
{
    bool low = wb_slice_starts(*bytes, WB_S("\xFF\xFE"));
    bool high = wb_slice_starts(*bytes, WB_S("\xFE\xFF"));
    if (low || high)
        *bytes = wb_slice_from(*bytes, 2);
    return high ? CS_UTF16BE : CS_UTF16LE;
}

/* What is held back. A descriptor is always left as it was opened: to ask for that takes long. */
static void put_held(iconv_t cd, struct wb_text *text)
{
    char *out = text->p + text->n;
    size_t room = text->cap - text->n;
    if (iconv(cd, NULL, NULL, &out, &room) == (size_t)-1)
        iconv(cd, NULL, NULL, NULL, NULL);
    text->n = (size_t)(out - text->p);
}

bool wb_charset_put(struct wb_charsets *sets, int charset, struct wb_slice bytes, bool force,
                    struct wb_text *text)
{
    if (charset == CS_UTF16)
        charset = in_order(&bytes);
    if (!charsets[charset].iconv_name)
        return put_utf8(bytes, force, text);
    iconv_t cd = descriptor(sets, charset);
    if (cd == (iconv_t)-1)
        return put_utf8(bytes, force, text);
    size_t before = text->n;
    char *in = (char *)bytes.p; /* iconv does not write there, its prototype is old */
    size_t left = bytes.n;
    while (left) {
        char *out = text->p + text->n;
        size_t room = text->cap - text->n;
        size_t status = iconv(cd, &in, &left, &out, &room);
        text->n = (size_t)(out - text->p);
        if (status != (size_t)-1)
            break;
        if (room < 4) {
            text->cut = true;
            break;
        }
        if (!force) {
            text->n = before;
            iconv(cd, NULL, NULL, NULL, NULL);
            return false;
        }
        wb_text_rune(text, WB_REPLACEMENT);
        in++;
        left--;
    }
    if (charsets[charset].holds)
        put_held(cd, text);
    return true;
}

/* True when bytes are UTF-8 that says so: valid, with a character of more than one byte. */
static bool is_telling_utf8(struct wb_slice bytes)
{
    return wb_utf8_ascii(bytes) < bytes.n && wb_utf8_valid(bytes) == bytes.n;
}

/* The first byte that is not ASCII, or means something else in that charset; s.n: none. */
static size_t first_odd(struct wb_slice s, int labelled)
{
    char escape = labelled < 0 ? '\0' : charsets[labelled].escape;
    s = wb_slice_head(s, wb_utf8_unmarked(s));
    return escape && escape != ESC ? wb_slice_chr(s, escape) : s.n;
}

/* Nothing but ASCII, also in that charset: the state of ISO 2022 ends with the line. */
static bool stays_ascii(struct wb_slice line, int labelled)
{
    return first_odd(line, labelled) == line.n;
}

static void put_line(struct wb_mail *mail, int labelled, struct wb_slice line, struct wb_text *text)
{
    if (stays_ascii(line, labelled) || is_telling_utf8(line)) {
        wb_text_put(text, line);
        return;
    }
    if (wb_slice_chr(line, ESC) < line.n && labelled != CS_ISO2022KR)
        labelled = CS_ISO2022JP;
    if (labelled > CS_ASCII && wb_charset_put(mail->charsets, labelled, line, false, text))
        return;
    wb_charset_put(mail->charsets, wb_charset_guess(line), line, true, text);
}

/* The whole lines at the front that are ASCII; sought in a window, which grows as long as all is.
 */
static struct wb_slice plain_lines(struct wb_slice bytes, int labelled)
{
    size_t odd = 0;
    for (size_t n = 256; odd < bytes.n; n *= 4) {
        struct wb_slice window = wb_slice_head(bytes, n);
        odd = first_odd(window, labelled);
        if (odd < window.n)
            break;
    }
    while (odd > 0 && odd < bytes.n && bytes.p[odd - 1] != '\n')
        odd--;
    return wb_slice_head(bytes, odd);
}

/* UTF-16 cannot be cut into lines before it is converted. */
static struct wb_slice whole_text(struct wb_mail *mail, struct wb_slice bytes, int charset,
                                  size_t max, enum wb_limit limit)
{
    struct wb_text text = wb_text_open(mail->arena, max);
    wb_charset_put(mail->charsets, charset, bytes, true, &text);
    if (text.cut)
        wb_limit_hit(mail->limits, limit);
    return wb_text_close(&text);
}

struct wb_slice wb_mail_from_utf16(struct wb_mail *mail, struct wb_slice raw)
{
    return whole_text(mail, raw, CS_UTF16, WB_MAX_MESSAGE_BYTES, WB_LIMIT_MESSAGE_BYTES);
}

/* Blanks that break no line (U+00A0) are blanks: what was copied off a page is full of them. */
static struct wb_slice with_soft_blanks(struct wb_mail *mail, struct wb_slice text)
{
    static const struct wb_slice hard = {"\xC2\xA0", 2};
    size_t at = wb_slice_find(text, hard);
    if (at == text.n)
        return text;
    struct wb_text out = wb_text_open(mail->arena, text.n);
    for (; at < text.n; at = wb_slice_find(text, hard)) {
        wb_text_put(&out, wb_slice_head(text, at));
        wb_text_byte(&out, ' ');
        text = wb_slice_from(text, at + hard.n);
    }
    wb_text_put(&out, text);
    return wb_text_close(&out);
}

struct wb_slice wb_mail_utf8(struct wb_mail *mail, struct wb_slice bytes, struct wb_slice label)
{
    int labelled = wb_charset_find(label);
    if (labelled == CS_UTF16 || labelled == CS_UTF16LE || labelled == CS_UTF16BE)
        return with_soft_blanks(
            mail, whole_text(mail, bytes, labelled, WB_MAX_TEXT_BYTES, WB_LIMIT_TEXT_BYTES));
    struct wb_slice odd = wb_slice_from(bytes, first_odd(bytes, labelled));
    if (!odd.n)
        return bytes;
    if (labelled != CS_UTF7 && wb_utf8_is_plain(odd))
        return with_soft_blanks(mail, bytes);
    struct wb_text text = wb_text_open(mail->arena, WB_MAX_TEXT_BYTES);
    while (bytes.n && !text.cut) {
        struct wb_slice plain = plain_lines(bytes, labelled);
        wb_text_put(&text, plain);
        bytes = wb_slice_from(bytes, plain.n);
        size_t n = wb_slice_chr(bytes, '\n');
        put_line(mail, labelled, wb_slice_head(bytes, n), &text);
        if (n < bytes.n)
            wb_text_byte(&text, '\n');
        bytes = wb_slice_from(bytes, n + 1);
    }
    if (text.cut)
        wb_limit_hit(mail->limits, WB_LIMIT_TEXT_BYTES);
    return with_soft_blanks(mail, wb_text_close(&text));
}
