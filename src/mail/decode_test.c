/* SPDX-License-Identifier: BSD-2-Clause */
/* Transfer encodings with junk in them: RFC 2045 6.7 and 6.8; octal escapes; HTML as text. */
#include "unit.h"

#include "mail_int.h"

static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;

struct decode_row {
    const char *name, *body, *text;
};

static const struct decode_row base64_rows[] = {
    {"RFC 4648 10: f", "Zg==", "f"},
    {"RFC 4648 10: fo", "Zm8=", "fo"},
    {"RFC 4648 10: foo", "Zm9v", "foo"},
    {"RFC 4648 10: foobar", "Zm9vYmFy", "foobar"},
    {"lines", "Zm9v\nYmFy\n", "foobar"},
    {"lines that end inside a group", "Z\nm9\r\nvYmF\ny", "foobar"},
    {"blanks", " Zm9v\tYmFy ", "foobar"},
    {"RFC 2045 6.8: bytes outside the alphabet are ignored",
     "Zm!9-v*Ym\xFF"
     "Fy",
     "foobar"},
    {"no padding", "Zm8", "fo"},
    {"too much padding", "Zm8====", "fo"},
    {"padding in the middle", "Zg==Zg==", "ff"},
    {"one digit left over", "Zm9vY", "foo"},
    {"only padding", "====", ""},
    {"nothing", "", ""},
    {"plus and slash", "4pi6/v8+", "\xE2\x98\xBA\xFE\xFF>"},
};

static const struct decode_row quoted_rows[] = {
    {"plain", "abc", "abc"},
    {"escapes", "=41=c3=A4", "Aä"},
    {"soft line break", "a=\nb", "ab"},
    {"soft line break, CR LF", "a=\r\nb", "ab"},
    {"RFC 2045 6.7 (3): blanks behind the =", "a= \t\r\nb", "ab"},
    {"hard line break", "a\r\nb", "a\r\nb"},
    {"RFC 2045 6.7 (3): blanks at the end of a line", "a \t\nb c  \r\n \nd", "a\nb c\r\n\nd"},
    {"an escaped blank at the end of a line", "a=20\nb=09\r\nc =20 \nd", "a \nb\t\r\nc  \nd"},
    {"blanks before a soft line break", "a  =\nb", "a  b"},
    {"= escaped", "a=3Db", "a=b"},
    {"an = that is none stays", "a=b c=zz", "a=b c=zz"},
    {"half an escape", "a=4", "a=4"},
    {"= at the end", "a=", "a"},
    {"= and blanks at the end", "a=  ", "a"},
    {"an escape beside the end", "=41", "A"},
    {"two =", "a==41", "a=A"},
    {"8-bit bytes", "\xC3\xA4=C3=A4", "ää"},
    {"a NUL", "a=00b", "a\\0b"},
    {"underscore is no blank here", "a_b", "a_b"},
};

/* As the body of a part whose bytes are asked for. */
static void decoded(const struct decode_row *row, const char *encoding)
{
    char raw[2000];
    wb_arena_reset(&arena);
    int n = snprintf(raw, sizeof raw,
                     "From: a\nContent-Type: text/plain\nContent-Transfer-Encoding: %s\n\n%s",
                     encoding, row->body);
    struct wb_slice exact = unit_exact(wb_slice(raw, (size_t)n));
    wb_mail_parse(&mail, exact);
    struct wb_slice got = wb_mail_bytes(&mail, 0);
    if (wb_slice_chr(got, '\0') < got.n)
        assert_slice(got, WB_S("a\0b"));
    else
        assert_text(got, row->text);
    free((char *)exact.p);
}

static void base64(void **state)
{
    decoded(*state, "base64");
}

static void quoted(void **state)
{
    decoded(*state, "quoted-printable");
}

/* What ends a stretch that is copied, at every place of the blocks. */
static void quoted_stretches(void **state)
{
    (void)state;
    static const char letters[] =
        "a line that is somewhat longer than the blocks of sixty-four in which it is copied, twice";
    static const struct {
        const char *raw, *text;
    } ends[] = {{"=\n", ""},
                {"=\r\n", ""},
                {"=3D", "="},
                {"=E4=BD=A0", "你"},
                {" \t\n", "\n"},
                {" \r\n", "\r\n"},
                {"=20\n", " \n"},
                {"=20 \n=\n", " \n"},
                {"=x", "=x"},
                {"= \n", ""},
                {"\n\n", "\n\n"},
                {"=\r", ""},
                {"=41=42=", "AB="},
                {"\001\n", "\001\n"},
                {" \t\r\n", "\r\n"},
                {"\r\r\n", "\r\n"},
                {"\t=\r\n=\n", "\t"},
                {"=4G=g1", "=4G=g1"},
                {"\n=20\r\n", "\n \r\n"}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        for (int n = 1; n < 90; n++) {
            char body[700], text[700];
            if (letters[n - 1] == ' ')
                continue; /* it may be at the end of a line */
            /* the end of the text is not a whole block */
            snprintf(body, sizeof body, "%.*s%s%s%s.%s", n, letters, ends[i].raw, letters,
                     ends[i].raw, n % 2 ? letters : "");
            snprintf(text, sizeof text, "%.*s%s%s%s.%s", n, letters, ends[i].text, letters,
                     ends[i].text, n % 2 ? letters : "");
            decoded(&(struct decode_row){"", body, text}, "quoted-printable");
        }
}

/* As much as there is room for, whatever stands at its end. */
static void quoted_cut(void **state)
{
    (void)state;
    static const char *const texts[] = {"abcdef",         "ab=63=64=65", "=61=62=63=64=65",
                                        "a=\n=62c=64=65", "abc\n=64",    "ab=63 \n\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        wb_arena_reset(&arena);
        assert_text(wb_decode_quoted(&arena, wb_slice_str(texts[i]), 3), "abc");
    }
}

/* What was encoded comes back, whatever the bytes and wherever the lines break. */
static void every_byte(void **state)
{
    (void)state;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (unsigned length = 0; length < 300; length++) {
        unsigned char bytes[300];
        char raw[1500];
        size_t n = (size_t)sprintf(raw, "From: a\nContent-Transfer-Encoding: base64\n\n");
        for (unsigned i = 0; i < length; i++)
            bytes[i] = (unsigned char)(i * 7 + length);
        for (unsigned i = 0; i < length; i += 3) {
            unsigned left = length - i;
            unsigned group = (unsigned)bytes[i] << 16 | (left > 1 ? bytes[i + 1] : 0u) << 8 |
                             (left > 2 ? bytes[i + 2] : 0u);
            for (unsigned j = 0; j < 4; j++)
                raw[n++] = j > left ? '=' : digits[group >> (18 - 6 * j) & 63];
            if (i % (length % 13 + 1) == 0)
                raw[n++] = '\n';
        }
        wb_arena_reset(&arena);
        wb_mail_parse(&mail, wb_slice(raw, n));
        assert_slice(wb_mail_bytes(&mail, 0), wb_slice((char *)bytes, length));
    }
}

/* Texts of each length with a byte that is no digit at each place, and room for each length. */
static void groups(void **state)
{
    (void)state;
    const struct wb_slice digits = WB_S("Zm9vYmFyZm9vYmFyZm9v"), text = WB_S("foobarfoobarfoo");
    for (size_t n = 0; n <= digits.n; n++)
        for (size_t at = 0; at <= n; at++)
            for (size_t max = 0; max <= text.n + 1; max++) {
                char raw[32];
                memcpy(raw, digits.p, at);
                raw[at] = "!\n\xFF "[at % 4];
                memcpy(raw + at + 1, digits.p + at, n - at);
                struct wb_slice exact = unit_exact(wb_slice(raw, n + 1));
                size_t bytes = n * 6 / 8;
                wb_arena_reset(&arena);
                assert_slice(wb_decode_base64(&arena, exact, max),
                             wb_slice_head(text, bytes < max ? bytes : max));
                free((char *)exact.p);
            }
}

/* Exim writes bytes above ASCII so when print_topbitchars is off. */
static const struct decode_row escape_rows[] = {
    {"UTF-8", "\\345\\220\\215 unknown", "名 unknown"},
    {"GBK", "\\323\\312\\317\\344", "邮箱"},
    {"none", "user unknown", "user unknown"},
    {"a path", "C:\\temp\\new", "C:\\temp\\new"},
    {"ASCII is not written so", "\\101\\102", "\\101\\102"},
    {"no octal digit", "\\388\\2a0", "\\388\\2a0"},
    {"above a byte", "\\400", "\\400"},
    {"cut off", "a\\34", "a\\34"},
    {"a backslash at the end", "a\\", "a\\"},
    {"JSON", "\\u90ae\\u7BB1 x", "邮箱 x"},
    {"JSON, beyond the first plane", "\\ud83d\\ude00!", "😀!"},
    {"JSON, one half", "\\ud83d\\u0041",
     "\xEF\xBF\xBD"
     "A"},
    {"JSON, a line end", "a\\u000ab", "a b"},
    {"JSON, cut off", "a\\u90a", "a\\u90a"},
    {"no JSON", "C:\\users\\u12g4", "C:\\users\\u12g4"},
    {"HTML", "&lt;a@b.example&gt; isn&#39;t &quot;x&#x22; &amp; y",
     "<a@b.example> isn't \"x\" & y"},
    {"no HTML", "a&b, x &lt y, &nobody; &", "a&b, x &lt y, &nobody; &"},
    {"an address of a page", "http://a.example/?b=1&copy=2&amp;c=3",
     "http://a.example/?b=1&copy=2&c=3"},
    {"beside other backslashes", "\\n\\344\\270\\255\\n", "\\n中\\n"},
};

static void escapes(void **state)
{
    const struct decode_row *row = *state;
    wb_arena_reset(&arena);
    struct wb_slice text = unit_exact(wb_slice_str(row->body));
    assert_text(wb_mail_unescape(&mail, text), row->text);
    free((char *)text.p);
}

/* Lines in "|"; blank lines do not count. */
static const struct decode_row html_rows[] = {
    {"an address that is as long as a block", "<p>a</p><abcdefghijklmnop@b.example>",
     "a|<abcdefghijklmnop@b.example>"},
    {"an address with a dot", "<p>a</p><a.b@b.example>", "a|<a.b@b.example>"},
    {"a tag that is never closed", "<p>a</p>b<i", "a|b"},
    {"text", "User unknown", "User unknown"},
    {"tags", "<b>User</b> <i class=x>unknown</i>", "User unknown"},
    {"tags inside a word", "un<b>known</b>", "unknown"},
    {"br", "a<br>b<BR/>c<br />d", "a|b|c|d"},
    {"paragraphs", "<p>a</p><p>b</p>c", "a|b|c"},
    {"a table", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a|b|c"},
    {"a list", "<ul><li>a<li>b</ul>c", "a|b|c"},
    {"white space", "<p>a \n\t  b\r\n\r\nc", "a b c"},
    {"white space, far", "<p>a\n\t                                  b                \t c",
     "a b c"},
    {"a word behind blanks that were dropped", "a<br>&nbsp; <br>A message that you sent",
     "a|A message that you sent"},
    {"a word and a tag behind them", "a<br>&nbsp; <br>A <b>message</b>", "a|A message"},
    {"style", "<style>p { color: red }</style>a", "a"},
    {"script", "<script type=x>if (a<b) alert('</p>');</script>a", "a"},
    {"script never closed", "a<script>b", "a"},
    {"comment", "a<!-- <p>b</p> -- > -->c", "ac"},
    {"comment never closed", "a<!-- b", "a"},
    {"doctype", "<!DOCTYPE html><html>a</html>", "a"},
    {"title and body", "<head><title>t</title></head><body>a</body>", "t|a"},
    {"named references", "&lt;a@example.org&gt; &amp; &quot;x&quot;&nbsp;y",
     "<a@example.org> & \"x\" y"},
    {"hard blanks by number", "a&#160;b&#xA0;c", "a b c"},
    {"numbers", "&#20013;&#x6587;&#X41;&#65;", "中文AA"},
    {"names of Latin-1, the first and the last", "&iexcl;&yuml;&Agrave;&szlig;", "¡ÿÀß"},
    {"names in capitals are others", "&Eacute;&eacute;&ordm;&times;", "Ééº×"},
    {"names of marks and of what is no Latin-1", "&euro;&rarr;&Scaron;&commat;&ensp;|", "€→Š@ |"},
    {"no name", "&nobody; &shyly; &agrav", "&nobody; &shyly; &agrav"},
    {"a reference is undone once", "&amp;lt;", "&lt;"},
    {"no semicolon", "&lt a &#65 b", "< a A b"},
    {"what is no reference", "AT&T & &foo; &; &#; &#x;", "AT&T & &foo; &; &#; &#x;"},
    {"beyond Unicode", "&#x110000;", "\xEF\xBF\xBD"},
    {"a surrogate", "&#xD800;", "\xEF\xBF\xBD"},
    {"< that opens no tag", "a < b, 1<2", "a < b, 1<2"},
    {"> in a quoted attribute", "<a title=\"x > y\" href='>'>z</a>", "z"},
    {"tag never closed", "a<b c", "a"},
    {"a link behind a name", "<a href=\"mailto:a@b.example\">Jo</a>.", "Jo<mailto:a@b.example>."},
    {"a link with a subject", "<A class=x HREF=MAILTO:a-1@b.example?subject=c@d>Jo</A>",
     "Jo<mailto:a-1@b.example>"},
    {"a link that shows an address", "<a href='mailto:a@b.example'>c@b.example</a>", "c@b.example"},
    {"a link that is never closed", "<a href='mailto:a@b.example'>Jo <a href='x'>Al</a> c",
     "Jo <mailto:a@b.example>Al c"},
    {"a link that shows nothing", "x <a href='mailto:a@b.example'><b></b></a>y", "x y"},
    {"links to no address",
     "<a href='mailto:'>x</a><a href='mailto:@b'>y</a><a href=mailto:a@>z</a>", "xyz"},
    {"a link that another tag carries", "<b title='mailto:a@b.example'>x</b></a>y", "xy"},
    {"UTF-8", "<p>邮箱<b>已满</b></p>", "邮箱已满"},
    {"pre", "a <pre>\nb\r\n  c d\re</pre> f\ng", "a|b|c d|e|f g"},
    {"upper case", "<P>a</P><STYLE>x</STYLE><DIV>b</DIV>", "a|b"},
    {"nothing", "", ""},
};

/* What stands between words, at every place of the blocks in which words are copied. */
static void html_words(void **state)
{
    (void)state;
    static const struct {
        const char *html, *text;
    } between[] = {{" ", " "},  {" <b> ", " "},      {"<b> </b> ", " "}, {" \n ", " "},
                   {"  ", " "}, {" &nbsp; ", "   "}, {" & ", " & "},     {" < ", " < "},
                   {"\t", " "}, {"<br>", "\n"},      {" <p> ", "\n\n"},  {"\x01", "\x01"}};
    for (size_t i = 0; i < sizeof between / sizeof between[0]; i++)
        for (int n = 1; n < 40; n++) {
            char html[200], text[200];
            snprintf(html, sizeof html, "<i>%.*s%sa bc%sand then again some words%s.", n,
                     "one two three four five six seven eight", between[i].html, between[i].html,
                     between[i].html);
            snprintf(text, sizeof text, "%.*s%sa bc%sand then again some words%s.", n,
                     "one two three four five six seven eight", between[i].text, between[i].text,
                     between[i].text);
            if (html[n + 2] == ' ')
                continue; /* a blank more */
            assert_text(wb_html_text(&arena, unit_exact(wb_slice_str(html))), text);
        }
}

/* Blank lines part blocks of fields, and a blank at the front goes on with a field. */
static void html_as_it_is(void **state)
{
    (void)state;
    wb_arena_reset(&arena);
    assert_text(wb_html_text(&arena, WB_S("<pre>A: b\n  c\n\n\nD:\te  \n</pre>\nf")),
                "A: b\n  c\n\nD: e\n\nf");
    assert_text(wb_html_text(&arena, WB_S("<pre>A: b\r\nC: d\r\n\r\nE\r\n</pre>")),
                "A: b\nC: d\n\nE\n\n");
}

static void html(void **state)
{
    const struct decode_row *row = *state;
    wb_arena_reset(&arena);
    struct wb_slice exact = unit_exact(wb_slice_str(row->body));
    struct wb_slice rest = wb_html_text(&arena, exact), line;
    char got[1000] = "";
    while (wb_slice_line(&rest, &line)) {
        line = wb_slice_trim(line);
        if (line.n)
            sprintf(got + strlen(got), "%s%.*s", got[0] ? "|" : "", WB_F(line));
    }
    assert_text(wb_slice_str(got), row->text);
    free((char *)exact.p);
}

/* Blank lines count: they end a reason. */
static const struct decode_row block_rows[] = {
    {"plain text that is called HTML", "<a@b.example>:\n User &amp; unknown\n\n<http://c>",
     "<a@b.example>:\n User & unknown\n\n<http://c>\n"},
    {"one tag in it", "<a.b+c=d@b.example>:\n User<br>unknown",
     "<a.b+c=d@b.example>: User\nunknown\n"},
    {"the end of one", "a\nb</p>c", "a b\n\nc\n"},
    {"a remark", "a\nb<!-- c -->", "a b\n"},
    {"blocks", "<div>a</div>\n<div>b</div>c", "a\nb\nc\n"},
    {"a block in a block", "<div><div>a</div></div><div>b</div>", "a\nb\n"},
    {"a label and its cell",
     "<table><tr><td>Status:</td><td>550</td></tr><tr><th>To:\n</th>\n<td>a",
     "Status: 550\nTo: a\n"},
    {"blocks in such cells",
     "<tr><td><p>Status&nbsp;: </p></td><td><div><p>550</p></div></td></tr>c",
     "Status : 550\n\nc\n"},
    {"a wide label", "<td>状态：</td>\n<td> \n <p> 550</td>", "状态： 550\n"},
    {"a label without a cell", "<tr><td>Status:</td></tr><tr><td>550</td></tr>", "Status:\n550\n"},
    {"a label with an empty cell", "<tr><td>Status:</td><td></td></tr><tr><td>b</td></tr>",
     "Status:\nb\n"},
    {"a label that was not closed", "<tr><td>To:<tr><td>b", "To:\nb\n"},
    {"a sentence is no label",
     "<tr><td>It could not be delivered to these recipients:</td><td>a</td></tr>",
     "It could not be delivered to these recipients:\na\n"},
    {"no colon, no label", "<tr><td>a</td><td>b</td></tr>", "a\nb\n"},
    {"indented by hard blanks", "a<br>&nbsp; b<br>\n&nbsp; &nbsp; c &nbsp;d \n <i> e",
     "a\n  b\n    c  d e\n"},
    {"cells of a table", "x<table><tr><td>a</td> <td>b</td></tr><tr><td>c", "x\n\na\nb\nc\n"},
    {"items of a list", "<li>a</li><li>b</li>", "a\nb\n"},
    {"paragraphs", "<p>a</p>\n<p>b</p>c<p>d<p>e", "a\n\nb\n\nc\n\nd\n\ne\n"},
    {"one br", "a<br>\nb", "a\nb\n"},
    {"two br", "a<br> <br/>b<br><br><br><br>c", "a\n\nb\n\nc\n"},
    {"an empty line as mail programs make it", "<div>a</div><div><br></div><div>b</div>",
     "a\n\nb\n"},
    {"the same with a hard blank", "<div>a</div><div>&nbsp;</div><div>b<br>&nbsp;<br>c</div>",
     "a\n\nb\n\nc\n"},
    {"br at the end of a block", "<div>a<br></div><div>b</div>", "a\nb\n"},
    {"a paragraph of nothing", "<p></p><p> </p><br>a", "a\n"},
    {"a blank before the break", "a <div>b</div> <p>c", "a\nb\n\nc\n"},
};

static void blocks(void **state)
{
    const struct decode_row *row = *state;
    wb_arena_reset(&arena);
    struct wb_slice rest = wb_html_text(&arena, wb_slice_str(row->body)), line;
    char got[1000] = "";
    while (wb_slice_line(&rest, &line))
        sprintf(got + strlen(got), "%.*s\n", WB_F(line));
    assert_text(wb_slice_str(got), row->text);
}

int main(void)
{
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    UNIT_ROWS(base64, base64_rows);
    UNIT_ROWS(quoted, quoted_rows);
    UNIT_ONE(quoted_stretches, "stretches of quoted-printable");
    UNIT_ONE(quoted_cut, "quoted-printable in little room");
    UNIT_ONE(every_byte, "base64 there and back");
    UNIT_ONE(groups, "base64 by groups as by digits");
    UNIT_ROWS(escapes, escape_rows);
    UNIT_ROWS(html, html_rows);
    UNIT_ONE(html_words, "words");
    UNIT_ONE(html_as_it_is, "pre");
    UNIT_ROWS(blocks, block_rows);
    int failed = unit_run();
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    return failed;
}
