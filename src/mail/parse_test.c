/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree of parts: RFC 2046, and what bounces make of it. Each row is read three times, with
 * LF, CR LF and bare CR as its line end, and must come out the same. A tree is shown so:
 *
 *     multipart/mixed(text/plain[hello],message/rfc822(text/plain<Subject>[body]))
 */
#include "unit.h"

#include "mail_int.h"

static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;

/* 32 lines, 1152 bytes, and the same as the answer shows them */
#define FOUR_TIMES(x) x x x x
#define THIRTY_TWO(x) FOUR_TIMES(x x) FOUR_TIMES(x x) FOUR_TIMES(x x) FOUR_TIMES(x x)
#define SOME_LINE     "abcdefghijklmnopqrstuvwxyz012345678"
#define LINES_OF_32   THIRTY_TWO(SOME_LINE "\n")
#define BARS_OF_32    THIRTY_TWO(SOME_LINE "|")
#define HEAD          "From: a@example.org\nMIME-Version: 1.0\n"
#define MIXED(param)  HEAD "Content-Type: multipart/mixed; " param "\n\n"
#define PLAIN         "Content-Type: text/plain\n\n"

static const struct tree_row {
    const char *name, *raw, *tree;
} tree_rows[] = {
    /* single parts */
    {"no content type", "From: a\nSubject: s\n\nhello", "-<s>[hello]"},
    {"text/plain", HEAD PLAIN "hello", "text/plain[hello]"},
    {"type in other case", HEAD "CONTENT-TYPE: Text/Plain; charset=utf-8\n\nhello",
     "Text/Plain[hello]"},
    {"no body", "From: a\nSubject: s\n\n", "-<s>[]"},
    {"header only", "From: a\nSubject: s\n", "-<s>[]"},
    {"header only, no line end", "From: a\nSubject: s", "-<s>[]"},
    {"From line of a mailbox in front", "From a@b Thu Jan  1 00:00:00 2026\nFrom: a\n\nhello",
     "-[hello]"},
    {"a byte order mark in front", "\xEF\xBB\xBF" HEAD PLAIN "hello", "text/plain[hello]"},
    {"a byte order mark and a From line in front",
     "\xEF\xBB\xBF"
     "From a@b Thu Jan  1 00:00:00 2026\nFrom: a\n\nhello",
     "-[hello]"},
    {"blank lines in front", "\n\nFrom: a\nSubject: s\n\nhello", "-<s>[hello]"},
    {"folded type", HEAD "Content-Type:\n text/plain;\n\tcharset=utf-8\n\nhello",
     "text/plain[hello]"},
    {"comment behind the type", HEAD "Content-Type: text/plain (hi); charset=utf-8\n\nhello",
     "text/plain[hello]"},
    {"comment at the type", HEAD "Content-Type: text/plain(hi); charset=utf-8\n\nhello",
     "text/plain[hello]"},
    {"a quote at the type", HEAD "Content-Type: text/html\"; charset=utf-8\n\n<b>x</b>",
     "text/html[x]"},
    {"controls in the type", HEAD "Content-Type: text/\1x-\2longer-than-a-block; a=b\n\nhello",
     "text/\1x-\2longer-than-a-block[hello]"},
    {"the first of two types counts",
     HEAD "Content-Type: text/html\nContent-Type: text/plain\n\n<b>x</b>", "text/html[x]"},
    {"HTML only", HEAD "Content-Type: text/html\n\n<p>User <b>unknown</b></p>",
     "text/html[User unknown]"},
    /* multiparts */
    {"without its type", HEAD "\n--b\n" PLAIN "one\n--b\n" PLAIN "two\n--b--\n",
     "-(text/plain[one],text/plain[two])"},
    {"without its type, with a preamble",
     HEAD "\nThis is a multi-part message in MIME format.\n\n--b\n" PLAIN "one\n--b--\n",
     "-(text/plain[one])"},
    {"a text that speaks of MIME, long before it quotes one",
     HEAD "\nThis is a MIME text.\n" LINES_OF_32 "--b\n" PLAIN "one\n--b--",
     "-[This is a MIME text.|" BARS_OF_32 "--b|Content-Type: text/plain||one|--b--]"},
    {"a text that quotes one", HEAD "\nSee:\n--b\n" PLAIN "one\n--b--",
     "-[See:|--b|Content-Type: text/plain||one|--b--]"},
    {"a text that says it is one", HEAD PLAIN "--b\n" PLAIN "one\n--b--",
     "text/plain[--b|Content-Type: text/plain||one|--b--]"},
    {"a part that looks like one", MIXED("boundary=a") "--a\n\n--b\n" PLAIN "one\n--b--\n--a--",
     "multipart/mixed(-[--b|Content-Type: text/plain||one|--b--])"},
    {"two parts",
     MIXED("boundary=b") "preamble\n--b\n" PLAIN "one\n--b\n" PLAIN "two\n--b--\nepilogue",
     "multipart/mixed(text/plain[one],text/plain[two])"},
    {"RFC 2046 5.1.1: implicit and explicit type",
     MIXED(
         "boundary=\"simple boundary\"") "This is the preamble.\n\n--simple boundary\n\n"
                                         "This is implicitly typed plain US-ASCII text.\n"
                                         "It does NOT end with a linebreak.\n--simple boundary\n"
                                         "Content-type: text/plain; charset=us-ascii\n\n"
                                         "It DOES end with a linebreak.\n\n--simple boundary--\n\n"
                                         "This is the epilogue.",
     "multipart/mixed(-[This is implicitly typed plain US-ASCII text.|It does NOT end with a "
     "linebreak.],text/plain[It DOES end with a linebreak.|])"},
    {"no preamble", MIXED("boundary=b") "--b\n\none\n--b--", "multipart/mixed(-[one])"},
    {"blanks behind the delimiter", MIXED("boundary=b") "--b \t\n\none\n--b-- \n",
     "multipart/mixed(-[one])"},
    {"marks in the boundary",
     MIXED("boundary=\"gc0pJq0M:08jU534c0p\"") "--gc0pJq0M:08jU534c0p\n\none\n--gc0pJq0M:"
                                               "08jU534c0p--",
     "multipart/mixed(-[one])"},
    {"an empty part", MIXED("boundary=b") "--b\n\n--b\n\ntwo\n--b--",
     "multipart/mixed(-[],-[two])"},
    {"a part with a header only", MIXED("boundary=b") "--b\n" PLAIN "--b\n\ntwo\n--b--",
     "multipart/mixed(text/plain[],-[two])"},
    {"delimiters right after each other's header",
     MIXED("boundary=b") "--b\nContent-Type: text/plain\n--b\n\ntwo\n--b--",
     "multipart/mixed(text/plain[],-[two])"},
    {"two delimiters in a row", MIXED("boundary=b") "--b\n--b\n\ntwo\n--b--",
     "multipart/mixed(-[],-[two])"},
    {"no final delimiter", MIXED("boundary=b") "--b\n\none\n--b\n\ntwo",
     "multipart/mixed(-[one],-[two])"},
    {"ends in the delimiter", MIXED("boundary=b") "--b\n\none\n--b--", "multipart/mixed(-[one])"},
    {"dashes that are no delimiter",
     MIXED("boundary=b") "--b\n\none\n--\n---b\n--bb\n-- b\n --b\nx--b\n--B\n--b--",
     "multipart/mixed(-[one|--|---b|--bb|-- b| --b|x--b|--B])"},
    {"a delimiter with something behind it is none",
     MIXED("boundary=b") "--b \n\none\n--b-\n--b---\n--b--x\n--b x\n--b -- \n--b-- \t",
     "multipart/mixed(-[one|--b-|--b---|--b--x|--b x|--b -- ])"},
    {"a field behind blank lines tells a delimiter",
     HEAD
     "Content-Type: multipart/mixed\n\n---\n--b\nx--\n--c\n\n\nContent-Type: text/plain\n\none",
     "multipart/mixed(-[|Content-Type: text/plain||one])"},
    {"nested",
     MIXED("boundary=outer") "--outer\nContent-Type: multipart/alternative; boundary=inner\n\n"
                             "--inner\n" PLAIN "one\n--inner\nContent-Type: text/html\n\ntwo\n"
                             "--inner--\n--outer\n\nthree\n--outer--",
     "multipart/mixed(multipart/alternative(text/plain[one],text/html[two]),-[three])"},
    {"outer boundary is the head of the inner",
     MIXED("boundary=b") "--b\nContent-Type: multipart/alternative; boundary=b1\n\n--b1\n\none\n"
                         "--b1\n\ntwo\n--b1--\n--b\n\nthree\n--b--",
     "multipart/mixed(multipart/alternative(-[one],-[two]),-[three])"},
    {"inner boundary is the head of the outer",
     MIXED("boundary=b1") "--b1\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n"
                          "--b\n\ntwo\n--b--\n--b1\n\nthree\n--b1--",
     "multipart/mixed(multipart/alternative(-[one],-[two]),-[three])"},
    {"the same, the inner one never closed",
     MIXED("boundary=b1") "--b1\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\none\n"
                          "--b1\n\nthree\n--b1--",
     "multipart/mixed(multipart/alternative(-[one]),-[three])"},
    {"the outer the head of the inner, never closed",
     MIXED("boundary=b") "--b\nContent-Type: multipart/alternative; boundary=b1\n\n--b1\n\none\n"
                         "--b\n\nthree\n--b--",
     "multipart/mixed(multipart/alternative(-[one]),-[three])"},
    {"boundary that ends in dashes",
     MIXED("boundary=\"b--\"") "--b--\n\none\n--b--\n\ntwo\n--b----",
     "multipart/mixed(-[one],-[two])"},
    {"inner one never closed, the outer goes on",
     MIXED("boundary=outer") "--outer\nContent-Type: multipart/alternative; boundary=inner\n\n"
                             "--inner\n\none\n--outer\n\ntwo\n--outer--",
     "multipart/mixed(multipart/alternative(-[one]),-[two])"},
    {"neither is closed",
     MIXED("boundary=outer") "--outer\nContent-Type: multipart/alternative; boundary=inner\n\n"
                             "--inner\n\none",
     "multipart/mixed(multipart/alternative(-[one]))"},
    {"boundary not named", MIXED("x=y") "--b\nContent-Type: text/plain\n\none\n--b--",
     "multipart/mixed(text/plain[one])"},
    {"boundary named wrongly",
     MIXED("boundary=wrong") "preamble\n\n--right\nContent-Type: text/plain\n\none\n--right--",
     "multipart/mixed(text/plain[one])"},
    {"boundary named wrongly, dashes before it",
     MIXED("boundary=wrong") "pre--amble -- of\n--dashes\r -- --\r\n--right\n" PLAIN
                             "one\n--right--",
     "multipart/mixed(text/plain[one])"},
    {"boundary continued by RFC 2231",
     MIXED("boundary*0=\"ab\"; boundary*1=\"cd\"") "--abcd\n\none\n--abcd--",
     "multipart/mixed(-[one])"},
    {"a multipart without any delimiter is text", MIXED("boundary=b") "hello",
     "multipart/mixed[hello]"},
    {"a transfer encoding of a multipart is ignored",
     HEAD "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
          "--b\n\none\n--b--",
     "multipart/mixed(-[one])"},
    {"three levels",
     MIXED("boundary=a") "--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
                         "Content-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c--\n--b--\n"
                         "--a--",
     "multipart/mixed(multipart/mixed(multipart/mixed(-[one])))"},
    /* messages in messages */
    {"message/rfc822",
     MIXED("boundary=b") "--b\nContent-Type: message/rfc822\n\nFrom: x\nSubject: s\n\nbody\n--b--",
     "multipart/mixed(message/rfc822(-<s>[body]))"},
    {"message/global (RFC 6532)",
     MIXED("boundary=b") "--b\nContent-Type: message/global\n\nFrom: x\nSubject: s\n\nbody\n--b--",
     "multipart/mixed(message/global(-<s>[body]))"},
    {"a whole message is a message",
     HEAD "Content-Type: message/rfc822\n\nFrom: x\nSubject: s\n\nbody",
     "message/rfc822(-<s>[body])"},
    {"a message in a message",
     HEAD "Content-Type: message/rfc822\n\nFrom: x\nContent-Type: message/rfc822\n\n"
          "From: y\nSubject: s\n\nbody",
     "message/rfc822(message/rfc822(-<s>[body]))"},
    {"a returned multipart cut off",
     MIXED("boundary=outer") "--outer\n" PLAIN "failed\n--outer\nContent-Type: message/rfc822\n\n"
                             "From: x\nSubject: s\nContent-Type: multipart/mixed; boundary=in\n\n"
                             "--in\n" PLAIN "one\n--in\n" PLAIN "tw\n--outer--",
     "multipart/mixed(text/plain[failed],message/rfc822(multipart/mixed<s>(text/plain[one],"
     "text/plain[tw])))"},
    {"a returned header without its body",
     MIXED("boundary=b") "--b\nContent-Type: message/rfc822\n\nFrom: x\nSubject: s\n\n--b--",
     "multipart/mixed(message/rfc822(-<s>[]))"},
    {"a returned header without a blank line behind it, and a part",
     MIXED("boundary=b") "--b\nContent-Type: message/rfc822\n\nFrom: x\nSubject: s\n--b\n\n"
                         "two\n--b--",
     "multipart/mixed(message/rfc822(-<s>[]),-[two])"},
    {"dashes in a header are no delimiter",
     MIXED("boundary=b") "--b\nSubject: s\n--x\n-----\nContent-Type: text/plain\n\none\n--b--",
     "multipart/mixed(text/plain<s>[one])"},
    {"text/rfc822-headers",
     MIXED("boundary=b") "--b\nContent-Type: text/rfc822-headers\n\nFrom: x\nSubject: s\n--b--",
     "multipart/mixed(text/rfc822-headers[From: x|Subject: s])"},
    {"RFC 2046 5.1.5: in a digest, messages",
     HEAD "Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: x\nSubject: s\n\nbody\n"
          "--b--",
     "multipart/digest(-(-<s>[body]))"},
    {"a message in base64",
     MIXED("boundary=b") "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                         "RnJvbTogeApTdWJqZWN0OiBzCgpib2R5\n--b--",
     "multipart/mixed(message/rfc822(-<s>[body]))"},
    {"a multipart message in base64",
     MIXED("boundary=b") "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                         "RnJvbTogeApTdWJqZWN0OiBzCkNvbnRlbnQtVHlwZTogbXVsdGlwYXJ0L21peGVkOyBib3\n"
                         "VuZGFyeT1pCgotLWkKCm9uZQotLWkKCnR3bwotLWktLQo=\n--b\n\nlast\n--b--",
     "multipart/mixed(message/rfc822(multipart/mixed<s>(-[one],-[two])),-[last])"},
    {"a message in quoted-printable",
     MIXED("boundary=b") "--b\nContent-Type: message/rfc822\n"
                         "Content-Transfer-Encoding: quoted-printable\n\n"
                         "From: x\nSubject: a=\nb\n\nbo=64y\n--b--",
     "multipart/mixed(message/rfc822(-<ab>[body]))"},
    {"a report as RFC 3464 writes it",
     HEAD "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
          "failed\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; m\n\n"
          "Final-Recipient: rfc822;x\nAction: failed\n\n--b\nContent-Type: message/rfc822\n\n"
          "From: x\nSubject: s\n\nbody\n--b--",
     "multipart/report(-[failed],message/delivery-status[Reporting-MTA: dns; m||Final-Recipient: "
     "rfc822;x|Action: failed|],message/rfc822(-<s>[body]))"},
    /* transfer encodings of parts */
    {"base64 text",
     HEAD "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\naGVs\nbG8=",
     "text/plain[hello]"},
    {"encoding in other case and quotes",
     HEAD "Content-Type: text/plain\nContent-Transfer-Encoding: \"BASE64\"\n\naGVsbG8=",
     "text/plain[hello]"},
    {"encoding with a comment",
     HEAD "Content-Type: text/plain\nContent-Transfer-Encoding: (x) Base64 (y)\n\naGVsbG8=",
     "text/plain[hello]"},
    {"quoted-printable text",
     HEAD "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
          "caf=C3=A9 =\nau lait",
     "text/plain[café au lait]"},
    {"the first type that is not empty, the last encoding",
     HEAD "Content-Type:\nContent-Transfer-Encoding: 8bit\nContent-Type: text/plain\n"
          "Content-Transfer-Encoding: base64\nContent-Type: text/html\n\naGVsbG8=",
     "text/plain[hello]"},
    {"7bit, 8bit, binary and nonsense are no encoding",
     MIXED("boundary=b") "--b\nContent-Transfer-Encoding: 8bit\n\na=41\n--b\n"
                         "Content-Transfer-Encoding: binary\n\nb=41\n--b\n"
                         "Content-Transfer-Encoding: x-foo\n\nc=41\n--b--",
     "multipart/mixed(-[a=41],-[b=41],-[c=41])"},
    {"uuencode",
     HEAD "Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\n"
          "begin 644 x\n%:&5L;&\\\n`\nend",
     "text/plain[hello]"},
    {"base64 delivery-status",
     HEAD "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"
          "QWN0aW9uOiBmYWlsZWQ=",
     "message/delivery-status[Action: failed]"},
};

static void put(char *out, struct wb_slice s)
{
    size_t n = strlen(out);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n')
            continue;
        out[n++] = s.p[i] == '\n' || s.p[i] == '\r' ? '|' : s.p[i];
    }
    out[n] = '\0';
}

static void show(uint32_t part, char *out)
{
    const struct wb_part *p = &mail.parts[part];
    const struct wb_header *subject = wb_mail_header(&mail, part, WB_H_SUBJECT);
    bool parent = false;
    put(out, p->type.n ? p->type : WB_S("-"));
    if (subject) {
        put(out, WB_S("<"));
        put(out, wb_mail_value(&mail, subject));
        put(out, WB_S(">"));
    }
    for (uint32_t i = part + 1; i < mail.part_count; i++) {
        if (mail.parts[i].parent != part)
            continue;
        assert_int_equal(mail.parts[i].depth, p->depth + 1);
        put(out, parent ? WB_S(",") : WB_S("("));
        show(i, out);
        parent = true;
    }
    if (parent) {
        put(out, WB_S(")"));
        return;
    }
    put(out, WB_S("["));
    put(out, p->media == WB_MEDIA_TEXT_HTML ? wb_slice_trim(wb_mail_text(&mail, part))
                                            : wb_mail_text(&mail, part));
    put(out, WB_S("]"));
}

/* The row with other line ends, in memory of its own size. */
static struct wb_slice with_ends(const char *raw, const char *end)
{
    char *copy = malloc(strlen(raw) * 2 + 1);
    size_t n = 0;
    for (; *raw; raw++) {
        if (*raw != '\n')
            copy[n++] = *raw;
        for (const char *e = *raw == '\n' ? end : ""; *e; e++)
            copy[n++] = *e;
    }
    struct wb_slice exact = unit_exact(wb_slice(copy, n));
    free(copy);
    return exact;
}

static void tree(void **state)
{
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    const struct tree_row *row = *state;
    for (int i = 0; i < 3; i++) {
        char got[4000] = "";
        struct wb_slice raw = with_ends(row->raw, ends[i]);
        wb_arena_reset(&arena);
        limits = 0;
        wb_mail_parse(&mail, raw);
        show(0, got);
        if (strcmp(got, row->tree) != 0)
            print_error("line end %d:\n", i);
        assert_text(wb_slice_str(got), row->tree);
        for (uint32_t part = 0; part < mail.part_count; part++) /* also what has but parts */
            assert_in_range(mail.parts[part].body.n, 0, raw.n);
        assert_int_equal(limits, 0);
        assert_false(mail.headless);
        free((char *)raw.p);
    }
}

/* Lines that end in CR, among which some program has put a line feed or two. */
static const struct stray_row {
    const char *name, *raw;
} stray_rows[] = {
    {"in front", "\n\nFrom: a@example.org\rSubject: x\r\rtext\rmore\r"},
    {"behind", "From: a@example.org\rSubject: x\r\rtext\rmore\r\n"},
    {"one behind three of the others",
     "From: a@example.org\r\r\r\nSubject: x\r\r\r\n\r\r\r\ntext\r\r\r\nmore\r\r\r\n"},
    {"inside", "From: a@example.org\rSubject: x\r\rtext\n\rmore\r"},
};

static void stray_line_feeds(void **state)
{
    const struct stray_row *row = *state;
    struct wb_slice raw = unit_exact(wb_slice_str(row->raw));
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, raw);
    assert_false(mail.headless);
    assert_slice(wb_mail_header(&mail, 0, WB_H_SUBJECT)->value, WB_S("x"));
    struct wb_slice text = wb_mail_text(&mail, 0), line;
    assert_true(wb_slice_line(&text, &line));
    assert_slice(line, WB_S("text"));
    free((char *)raw.p);
}

/* What ends in CR CR LF, wherever the part that is looked at for line ends may be cut. */
static void doubled_carriage_returns(void **state)
{
    (void)state;
    static char raw[6000];
    for (int shift = 0; shift < 32; shift++) {
        int n = sprintf(raw, "From: a@example.org\r\r\nSubject: x\r\r\nX-A: %*s\r\r\n\r\r\n", shift,
                        "1");
        while (n < 5000)
            n += sprintf(raw + n, "a line of the text of it.\r\r\n");
        wb_arena_reset(&arena);
        wb_mail_parse(&mail, wb_slice(raw, (size_t)n));
        assert_false(mail.headless);
        assert_non_null(wb_mail_header(&mail, 0, WB_H_SUBJECT));
        assert_slice(wb_mail_header(&mail, 0, WB_H_SUBJECT)->value, WB_S("x"));
    }
}

/* As wb_line_end_of says it, byte by byte. */
static char line_end_of(struct wb_slice raw)
{
    size_t bare = 0, feeds = 0, first = wb_slice_chr(raw, '\r');
    for (size_t i = 0; i < raw.n; i++) {
        struct wb_slice behind = wb_slice_from(raw, i + 1);
        feeds += raw.p[i] == '\n';
        bare += raw.p[i] == '\r' && !wb_slice_starts(behind, WB_S("\n")) &&
                !wb_slice_starts(behind, WB_S("\r\n"));
    }
    return !wb_slice_starts(wb_slice_from(raw, first + 1), WB_S("\n")) && bare > feeds ? '\r'
                                                                                       : '\n';
}

/* As many of both, in front of which and behind which each one counts. */
static const char balanced[] = "\ny\rx\ny\rx\ny\rx\ny\rx\ny\rx";

/* Line ends of all kinds around the places where blocks meet, beside few LF and beside more. */
static void line_ends(void **state)
{
    (void)state;
    static const char *const ends[] = {"\r", "\n", "\r\n", "\r\r\n", "\r\r", "\n\r", "\r\r\r\n"};
    enum { ENDS = sizeof ends / sizeof ends[0] };
    for (int n = 0; n < 1200; n++)
        for (int i = 0; i < ENDS * ENDS; i++) {
            char raw[400];
            int length = snprintf(raw, sizeof raw, "\rx%.*s%*s%s%s%*s", n / 200 * 4, balanced,
                                  n % 200, "", ends[i / ENDS], ends[i % ENDS], n % 70, "");
            struct wb_slice exact = unit_exact(wb_slice(raw, (size_t)length));
            assert_int_equal(wb_line_end_of(exact), line_end_of(exact));
            free((char *)exact.p);
        }
}

/* A CR is the last byte of those that are looked at; the LF behind it tells what it is. */
static void cut_line_end(void **state)
{
    (void)state;
    char raw[4097];
    for (int pairs = 0; pairs <= 5; pairs++) {
        memset(raw, ' ', sizeof raw);
        int n = sprintf(raw, "\rx\ny%.*s", pairs * 4, balanced);
        raw[n] = ' ';
        memcpy(raw + 4095, "\r\n", 2);
        assert_int_equal(wb_line_end_of(wb_slice(raw, 4097)), '\n');
        assert_int_equal(wb_line_end_of(wb_slice(raw, 4096)), '\r');
    }
}

static void nothing(void **state)
{
    (void)state;
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, WB_NONE);
    assert_int_equal(mail.part_count, 1);
    assert_int_equal(wb_mail_text(&mail, 0).n, 0);
    assert_null(wb_mail_header(&mail, 0, WB_H_FROM));
    assert_int_equal(wb_mail_value(&mail, NULL).n, 0);
}

/* ---- limits: noted, never exceeded, never a failure ---- */

static char *big;
static size_t big_n;
enum { BIG_BYTES = 12 << 20 };

static void add(const char *format, int number)
{
    big_n += (size_t)snprintf(big + big_n, BIG_BYTES - big_n, format, number);
}

static void parse_big(void)
{
    wb_arena_reset(&arena);
    limits = 0;
    wb_mail_parse(&mail, wb_slice(big, big_n));
}

static bool hit(enum wb_limit limit)
{
    return limits >> limit & 1;
}

static void many_parts(void **state)
{
    (void)state;
    big_n = 0;
    add(MIXED("boundary=b"), 0);
    for (int i = 0; i < 100000; i++)
        add("--b\n\n%d\n", i);
    parse_big();
    assert_int_equal(mail.part_count, WB_MAX_PARTS);
    assert_true(hit(WB_LIMIT_PARTS));
    assert_text(wb_mail_text(&mail, 7), "6");
}

static void deep_multiparts(void **state)
{
    (void)state;
    big_n = 0;
    add(HEAD "Content-Type: multipart/mixed; boundary=b0\n\n", 0);
    for (int i = 0; i < 200; i++) {
        add("--b%d\n", i);
        add("Content-Type: multipart/mixed; boundary=b%d\n\n", i + 1);
    }
    parse_big();
    assert_true(hit(WB_LIMIT_NESTING));
    for (uint32_t i = 0; i < mail.part_count; i++)
        assert_true(mail.parts[i].depth <= WB_MAX_NESTING + 1);
}

static void deep_messages(void **state)
{
    (void)state;
    big_n = 0;
    for (int i = 0; i < 200; i++)
        add(HEAD "X-Level: %d\nContent-Type: message/rfc822\n\n", i);
    parse_big();
    assert_true(hit(WB_LIMIT_NESTING));
    for (uint32_t i = 0; i < mail.part_count; i++)
        assert_true(mail.parts[i].depth <= WB_MAX_NESTING + 1);
}

static void many_headers(void **state)
{
    (void)state;
    big_n = 0;
    add(HEAD, 0);
    for (int i = 0; i < 10000; i++)
        add("X-%d: y\n", i);
    add("\nhello", 0);
    parse_big();
    assert_int_equal(mail.header_count, WB_MAX_HEADERS);
    assert_true(hit(WB_LIMIT_HEADERS));
    assert_text(wb_mail_text(&mail, 0), "hello");
}

static void long_header(void **state)
{
    (void)state;
    big_n = 0;
    add(HEAD "To: ", 0);
    for (int i = 0; i < 10000; i++)
        add("a%d@example.org,\n ", i);
    add("b@example.org\nSubject: s\n\nhello", 0);
    parse_big();
    assert_true(hit(WB_LIMIT_HEADER_BYTES));
    assert_true(wb_mail_value(&mail, wb_mail_header(&mail, 0, WB_H_TO)).n <= WB_MAX_HEADER_BYTES);
    assert_text(wb_mail_value(&mail, wb_mail_header(&mail, 0, WB_H_SUBJECT)), "s");
    assert_text(wb_mail_text(&mail, 0), "hello");
}

static void long_line(void **state)
{
    (void)state;
    big_n = 0;
    add(HEAD "Subject: ", 0);
    memset(big + big_n, 'x', 10 << 20);
    big_n += 10 << 20;
    add("\n\nhello", 0);
    parse_big();
    assert_true(hit(WB_LIMIT_MESSAGE_BYTES));
    assert_true(wb_mail_value(&mail, wb_mail_header(&mail, 0, WB_H_SUBJECT)).n <=
                WB_MAX_HEADER_BYTES);
    assert_true(hit(WB_LIMIT_HEADER_BYTES));
}

static void long_text(void **state)
{
    (void)state;
    big_n = 0;
    add(HEAD PLAIN, 0);
    memset(big + big_n, 'x', 1 << 20);
    big_n += 1 << 20;
    parse_big();
    assert_int_equal(wb_mail_text(&mail, 0).n, WB_MAX_TEXT_BYTES);
    assert_true(hit(WB_LIMIT_TEXT_BYTES));
}

int main(void)
{
    big = malloc(BIG_BYTES);
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    UNIT_ROWS(tree, tree_rows);
    UNIT_ROWS(stray_line_feeds, stray_rows);
    UNIT_ONE(doubled_carriage_returns, "CR CR LF is no bare CR");
    UNIT_ONE(line_ends, "which line ends are more");
    UNIT_ONE(cut_line_end, "a line end that is cut");
    UNIT_ONE(nothing, "an empty file");
    UNIT_ONE(many_parts, "100,000 parts");
    UNIT_ONE(deep_multiparts, "200 multiparts in each other");
    UNIT_ONE(deep_messages, "200 messages in each other");
    UNIT_ONE(many_headers, "10,000 fields");
    UNIT_ONE(long_header, "a folded field of 160,000 bytes");
    UNIT_ONE(long_line, "a field of 10 MB in one line");
    UNIT_ONE(long_text, "a text of 1 MB");
    int failed = unit_run();
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    free(big);
    return failed;
}
