/* SPDX-License-Identifier: BSD-2-Clause */
/* PCRE2 is the oracle: programs must find what it finds, down to the groups. */
#include "program_kit.h"

static const struct row {
    const char *name, *expression;
    int flags;
    const char *text;
} rows[] = {
    {"alternatives, the first that fits", "(?:a|ab)(c|bcd)(d*)", 0, "abcd"},
    {"alternatives in groups in groups", "(?:a|(?:b|(?:c|(?:d|(e|f|\\|[|)]))g)h)i)", 0,
     "a bi chi dghi fghi |ghi )ghi eghi egh"},
    {"as many as possible", "a(.*)b", 0, "a1b2b3"},
    {"as few as possible", "a(.*?)b", 0, "a1b2b3"},
    {"a bounded stretch", "x([^.;]{0,4})y", 0, "x12345y x1.y x123y"},
    {"a lazy bounded stretch", "x(.{1,3}?)y", 0, "xyy xabcdy"},
    {"a group that is repeated", "(?:(a)|(b)){1,3}c", 0, "abac"},
    {"a group that is repeated lazily", "^(?:(\\w) ){0,3}?(\\w+)$", 0, "a b c"},
    {"a group for ever", "(?:(\\w+) )+end", 0, "one two three end"},
    {"a group for ever that never ends", "(?:\\w )*x", 0, "a b c d e"},
    {"a group that keeps what it had", "(?:(a)|b)*", 0, "ab"},
    {"classes", "[]a-c\\d-]+([^\\s\"])", 0, "xx]b-7\"z"},
    {"letters of either case", "[a-c]x(Q)\\w", WB_REGEX_CASELESS, "aBXq_"},
    {"no letters of that class", "[^a-c]X", WB_REGEX_CASELESS, "Ax bX dx"},
    {"boundaries", "\\bin\\b.\\Bn", 0, "inn in nn xin in"},
    {"before the last line end", "b$", 0, "b\n"},
    {"not before another line end", "b$", 0, "b\nc"},
    {"the front in some alternatives", "(?:^a|b)c", 0, "ac bc"},
    {"the front in all alternatives", "^a|^b", 0, "xb"},
    {"the front or bytes before it", "(?:^ ?|[^> ] )(?:the (a)|(b))", 0, "> b the b the a"},
    {"the front or a byte, at the front", "(?:^|[^a])(?:a|b)(c)", 0, "ac bc"},
    {"the front or a byte, not at the front", "(?:^|[^a])(?:a|b)(c)", 0, "bbaac bc"},
    {"the front behind a group", "(?:(^)|x)(?:(a)|b)", 0, "axb"},
    {"the front behind a look ahead", "(?:(?=(a))^|x)a", 0, "aaxa"},
    {"the front in a look ahead", "(?:(?=^)|x)(a)", 0, "baxa"},
    {"not the front", "(?!^)(a)", 0, "aba"},
    {"the front behind what may be nothing", "x*^(a)|b", 0, "ab"},
    {"the front behind bytes", "(?:x^|^)a|b", 0, "x ab"},
    {"the front in a group for ever", "(?:^|,)(?:a|^b)*(c)", 0, "xbc,aac"},
    {"nothing at the front", "(?:^|ab)", 0, "xab"},
    {"nothing in nothing, or more", "(?:^$|ab)", 0, "xab"},
    {"nothing in nothing", "(?:^$|ab)", 0, ""},
    {"the front behind anything in front", "^.*?(?:^(a)|b)c", 0, "ac bc"},
    {"not the front behind anything in front", "^.*?(?:^(a)|b)c", 0, "xac bc"},
    {"single bytes before many ways", "[a-c][^d](?:ef|[g-i]j|k)(l)", 0, "aekl adefl bxhjl"},
    {"more single bytes than are looked at", "[ab][cd][ef][gh][ij](k)", 0, "acegjk"},
    {"single bytes at the end of a text", "[ab](?:c|[de](?:f|))", 0, "afbcae"},
    {"single bytes in front of anything", "[ab].(c)", 0, "axbxc"},
    {"single bytes in front of words in either case", "[a-c](?:De|fG|h)(x)", WB_REGEX_CASELESS,
     "adx BFgX"},
    {"bytes above 0x7F", "(?:\xC3\xA9|\xE6\x97\xA5)+\xC3", 0, "\xE6\x97\xA5\xC3\xA9\xC3"},
    {"a name", "(?<who>[^ @]+)@(?<where>\\S+)", 0, "to a@example.org"},
    {"a look ahead", "a(?=b)", 0, "aab"},
    {"a look ahead and what follows from its place", "(?=(a+))\\w+?b", 0, "xaaab"},
    {"what a look ahead has seen it does not seek again", "(?=(a+)(b?))(a*)b", 0, "aab"},
    {"a look ahead that holds nothing", "a(?!b)(.?)", 0, "abaca"},
    {"a look ahead at the end", "a(?!b)", 0, "aba"},
    {"a look ahead for the end", "a(?=$)", 0, "aba"},
    {"captures in a look ahead are undone", "(?:(?=(a)(b)?)ax|(a))", 0, "ab"},
    {"captures in one that holds nothing", "(?!(a)(c))(a)", 0, "ab"},
    {"a look ahead in another", "(?=a(?!c(?=d)))(a)(c?)", 0, "acd ace"},
    {"a look ahead at each byte", "x(?:(?!end).){0,8}y", 0, "x endy x   y"},
    {"a look ahead in a group for ever", "(?:(?=a|b)\\w)+c", 0, "ababc"},
    {"only named groups", "(a)(?<b>b)((c))", WB_REGEX_NAMED_ONLY, "abc"},
    {"named groups only, of more than there is room for",
     "(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(?<b>b)", WB_REGEX_NAMED_ONLY, "aaaaaaaaaaaab"},
    {"a list of more than eight", "(?:a|b|c|d|e|f|g|h|(i)j|ik)l", 0, "ijl ikl"},
    {"a list of more than thirty-two",
     "(?:a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z|0|1|2|3|4|5|6(7)|68|6|)9", 0,
     "679 689 69 9"},
    {"words, the first that leads on", "(?:ab|abc|abd|abcd)(d?)e", 0, "abcde abde abcdde"},
    {"words, none of which leads on", "(?:ab|abc|cd)(e)f", 0, "abce cde abcd"},
    {"eight words", "(?:ab|bc|cd|de|ef|fg|gh|hi)(x)", 0, "ab hix"},
    {"nine words", "(?:ab|bc|cd|de|ef|fg|gh|hi|ij)(x)", 0, "hi ij ijx"},
    {"words that are more than sixteen",
     "(?:ab|bc|cd|de|ef|fg|gh|hi|ij|jk|kl|lm|mn|no|op|pq|qr|rs|st)(x)", 0, "pqx st stx"},
    {"as many words as a list holds",
     "(?:ab|bc|cd|de|ef|fg|gh|hi|ij|jk|kl|lm|mn|no|op|pq|qr|rs|st|tu|uv|vw|wx|xy|yz|za|ac|bd|ce|df|"
     "eg|fh)(x)",
     0, "eg fh fhx"},
    {"one word more than a list holds",
     "(?:ab|bc|cd|de|ef|fg|gh|hi|ij|jk|kl|lm|mn|no|op|pq|qr|rs|st|tu|uv|vw|wx|xy|yz|za|ac|bd|ce|df|"
     "eg|fh|gi)(x)",
     0, "fh gi gix"},
    {"a word and what is half of it at the end", "x(?:abc|ab|cd)?", 0, "xa xc xab"},
    {"a word of which one byte is left", "[^ ]*(?:ab|cd)", 0, "a"},
    {"words behind a run", "(\\w*)(?:ab|cd)(e?)$", 0, "abcdab"},
    {"words behind a lazy run", "(.*?)(?:ab|cd)(e)", 0, "xab cd cde"},
    {"words again and again", "^(?:ab|abc|cd)*(x)", 0, "abcdabcabx"},
    {"words that are looked for", "(?=ab|cd)(.)(?!ab|dx)", 0, "aab cdx cde"},
    {"words in either case", "(?:aB-|Cd@)(x)", WB_REGEX_CASELESS, "cd`x Ab-x CD@X"},
    {"words in either case with marks", "(?:a@-|`B)(x)", WB_REGEX_CASELESS, "A`-x @bx a@-x `bX"},
    {"words of bytes above ASCII", "(?:é|è|–)([.])", 0, "é –."},
    {"words at the front", "^(?:ab|cd)(e)", 0, "cde"},
    {"words in a list", "(?:(?:ab|cd)e|(?:ac|c)f|g)(x)", 0, "abf cex cdex"},
    {"words that may be left out, and a jump", "(?:a(?:bc|bd)?|b(?:c(?:d|ef|)|dd))(x)", 0,
     "ab bc abcd abdx"},
    {"the end of a list in the end of a list", "(?:ab|c(?:de|f(?:gh|i[jk]|)))(l)", 0,
     "cfgl cfghx cfil cfl"},
    {"a text that is passed over at the end of a round", "(?:(?:ab|a[cd])(?:ef|g[hi]))*(x)", 0,
     "abefacghx"},
    {"the second of the words that begin alike", "(?:abc|abd|a(b)|ac)e", 0, "abce abde abe"},
    {"letters of a list that differ in their upper bits alone", "(?:0a|pb|P(c)|@d)e", 0,
     "0be pae Pce"},
    {"second letters that do", "(?:ab|a\"|aB(c)|a\x02)d", 0, "a\"cd aBcd"},
    {"an alternative that is one byte, and what follows it", "(?:a|bb|cc)(?:c|d)", 0, "bd ad"},
    {"an alternative at the end", "x(?:ab|a|bc)$", 0, "xab xb xa"},
    {"an alternative of nothing at the end", "x(?:ab|)$", 0, "xa x"},
    {"a text in either case", "(?:aB-[c]@|C\xC3)(?:D|e+)x", WB_REGEX_CASELESS,
     "Ab-C`dX AB-C@DX c\xC3"
     "ex"},
    {"a list in either case", "(?:ab|Cd|E|.f)(G)", WB_REGEX_CASELESS, "Ag cDg"},
    {"repeated letters in either case", "ab?C+d{2}x", WB_REGEX_CASELESS, "aBccDdX"},
    {"a text in either case with what is repeated", "A-*b@+c", WB_REGEX_CASELESS, "a--B@C"},
    {"a run of two at the front, and what follows it", "b{2}(?:ac|c)d?", 0, "xbbac"},
    {"a run of none at the front", "b?(?:ac|c)d", 0, "xacd"},
    {"more ways to begin than there are bits",
     "(?:ab|cd|ef|gh|ij|kl|mn|op|qr|st|uv|wx|yz|01|23|45|67|89|ba|dc|fe|hg|ji|lk|nm|po|rq|ts|vu|xw|"
     "zy|10|32|(?:54|(7)6)|98)!",
     0, "99! 76! 98!"},
    {"a match of one byte at the end", "(?:abc|d|ef)", 0, "abxefd"},
    {"a run before a list", "^.*?(?:ab|ac)(x)", 0, "a ab ac abx"},
    {"a long run before a list", "(.{0,9})(?:ab|ac)", 0, "ab ac a"},
    {"a run before a list that may be nothing", "a[bc]*(?:cd|)", 0, "abcc"},
    {"anything in front", "^.*?(?:(?<a>b+)c|de)", 0, "xbbd bbc"},
    {"anything in front of a text", "^.*?bc(.)", 0, "bdbcx"},
    {"anything in front of what may be nothing", "^.*?(b?)$", 0, "abab"},
    {"anything in front of a place", "^.*?\\bb(?:c|^)", 0, "bd abc bc"},
    {"anything in front in one alternative", "^.*?b|a", 0, "ca"},
    {"anything in front, as much as possible", "^.*(b.)", 0, "babcb"},
    {"something in front", "^.+?(b)", 0, "bab"},
    {"anything but a byte in front", "^[^a]*?(b)", 0, "ab"},
    {"nothing at all", "", 0, "abc"},
    {"in nothing", "a?", 0, ""},
};

static void as_the_oracle(void **state)
{
    const struct row *row = *state;
    struct wb_slice expression = wb_slice_str(row->expression);
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    struct wb_program *program = wb_program_new(expression, row->flags);
    pcre2_code *code = oracle(expression, row->flags);
    assert_non_null(program);
    assert_non_null(code);
    assert_true(compare(program, code, text));
    assert_true(compare_ready(expression, row->flags, code, text));
    wb_program_free(program);
    pcre2_code_free(code);
    free((char *)text.p);
}

/* How often it is tried: each time is a turn, and each way back. */
static const struct begun_row {
    const char *name, *expression, *text;
    uint32_t turns;
} begun_rows[] = {
    {"what wants the front, there alone", "(?:^|x)a(?:b|c)", "aaaaaaaa", 1},
    {"what wants the front behind what may be nothing", "x*^a[ab]c|dd", "aaaaaaaa", 1},
    {"ways that are the same: one bit has room for all",
     "(?:abcd1|abcd2|abcd3|abcd4|abcd5|abcd6|abcd7|abcd8|abcd9|efgh|ijkl)x",
     "ebcd efcd efgd abch ijcd ibcd ijkh", 0},
    {"ways that share a bit: those that are alike",
     "(?:aaaa|ccbc|eeee|gggg|iiii|kkkk|mmmm|oooo|qqqq|qqqr|qqqs)x",
     "cqqq eqqq gqqq iqqq kqqq mqqq oqqq qcbc qeee qooo", 0},
    {"what takes bytes and then wants the front", "[ab]^c|dd", "acbcac", 0},
    {"bytes in front of words: those of each alone", "[^> ] (?:your|the|mail) x",
     "your, toy, yh, ma the y", 2},
    {"bytes in front of bytes", "[ab](?:c(?:d|e)|f(?:g|h))x", "acgx bfd ace bfgy", 0},
};

static void begun(void **state)
{
    const struct begun_row *row = *state;
    struct wb_program *program = wb_program_new(wb_slice_str(row->expression), 0);
    assert_int_equal(wb_program_find(program, &run, wb_slice_str(row->text)), WB_RUN_NONE);
    assert_int_equal(run.turns, row->turns);
    wb_program_free(program);
}

static const struct left_row {
    const char *name, *expression;
} left_rows[] = {
    {"a look ahead that is repeated", "(?=a)?b"},
    {"a look ahead that is repeated, be it once", "(?!a){1}b"},
    {"a look behind", "(?<=a)b"},
    {"a back reference", "(a)\\1"},
    {"a class by name", "[[:alpha:]]"},
    {"possessive", "a++b"},
    {"braces that are letters", "a{b"},
    {"an option", "(?i)a"},
    {"atomic", "(?>a|ab)c"},
    {"a body of nothing", "(?:a?)*"},
    {"too many groups", "(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)(a)"},
    {"a repeated boundary", "\\b*a"},
    {"bad: an end that is repeated once", "a${1}"},
    {"bad: a group never closed", "(a"},
    {"bad: closed too often", "a)"},
    {"bad: closed too often, and more behind", "a)b|c"},
    {"bad: closed too often behind an alternative", "a|b)c|d"},
    {"bad: nothing to repeat", "+a"},
    {"bad: a class by name alone", "[:a:]"},
    {"bad: a name twice", "(?<a>x)(?<a>y)"},
    {"bad: a name of two words", "(?<a b>x)"},
    {"bad: a name that begins with a digit", "(?<1a>x)"},
    {"bad: a name of 33 letters", "(?<abcdefghijklmnopqrstuvwxyzabcdefg>x)"},
    {"groups of nothing for ever",
     "(?:(?:(?:(?:(?:(?:(?:){100}){100}){100}){100}){100}){100}){100}"},
};

static void left_to_pcre2(void **state)
{
    const struct left_row *row = *state;
    assert_null(wb_program_new(wb_slice_str(row->expression), 0));
}

/* A piece of an expression so many times, with something behind it, and whether we take that. */
static bool takes(const char *piece, size_t times, const char *behind)
{
    size_t n = strlen(piece);
    char *text = malloc(n * times + strlen(behind) + 1);
    assert_non_null(text);
    for (size_t i = 0; i < times; i++)
        memcpy(text + i * n, piece, n);
    strcpy(text + n * times, behind);
    struct wb_program *program = wb_program_new(wb_slice_str(text), 0);
    pcre2_code *code = oracle(wb_slice_str(text), 0);
    bool taken = program != NULL;
    assert_true(!taken || code);
    wb_program_free(program);
    pcre2_code_free(code);
    free(text);
    return taken;
}

/* Texts of each length, with and without room behind them, and with each byte another. */
static void texts(void **state)
{
    (void)state;
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    for (size_t n = 1; n < 25; n++) {
        struct wb_buf expression = {0}, text = {0};
        wb_buf_lit(&expression, "[xy]");
        wb_buf_put(&expression, wb_slice(letters, n));
        wb_buf_byte(&text, 'x');
        wb_buf_put(&text, wb_slice(letters, n));
        struct wb_program *program = wb_program_new(wb_buf_slice(&expression), 0);
        for (size_t behind = 0; behind < 10; behind++) {
            for (size_t wrong = 1; wrong <= n + 1; wrong++) { /* the last time none is */
                struct wb_slice exact = unit_exact(wb_buf_slice(&text));
                if (wrong <= n)
                    ((char *)exact.p)[wrong] = '.';
                assert_int_equal(wb_program_find(program, &run, exact),
                                 wrong > n ? WB_RUN_FOUND : WB_RUN_NONE);
                free((char *)exact.p);
            }
            wb_buf_byte(&text, '.');
        }
        struct wb_slice cut = unit_exact(wb_slice(text.p, n));
        assert_int_equal(wb_program_find(program, &run, cut), WB_RUN_NONE);
        free((char *)cut.p);
        wb_program_free(program);
        wb_buf_free(&expression);
        wb_buf_free(&text);
    }
}

/* A match at each place of texts of each length, and what lacks its last byte. */
static void begins(void **state)
{
    (void)state;
    static const char *const expressions[] = {"[xy](?:abc|bd)(e)", "(?:xabce|xabcf)|[^.].{4}",
                                              "(?:xab|ab|bc|cd|de|ef|fg|gh|hi|ij|jk|kl)(ce)",
                                              "(?:x|[^.]$)a?bce"};
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct wb_slice expression = wb_slice_str(expressions[i]);
        struct wb_program *program = wb_program_new(expression, 0);
        pcre2_code *code = oracle(expression, 0);
        for (size_t n = 5; n < 75; n++)
            for (size_t at = 0; at + 4 <= n; at++) {
                char text[80];
                memset(text, '.', sizeof text);
                memcpy(text + at, "xabce", 5);
                struct wb_slice exact = unit_exact(wb_slice(text, n));
                assert_true(compare(program, code, exact));
                free((char *)exact.p);
            }
        wb_program_free(program);
        pcre2_code_free(code);
    }
}

/*
 * What is special, at each place of the blocks in which an expression is looked through, and of the
 * bits that are kept of it; with and without letters behind it.
 */
static void places(void **state)
{
    (void)state;
    static const char *const pieces[] = {"(b)", "[b]", "b|x", ".", "^", "$",      "b*",
                                         "b+",  "b?",  "\\.", "]", "}", "b{1,2}", "(?:b|c)?"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        for (size_t before = 0; before < 70; before++)
            for (size_t behind = 0; behind < 18; behind += 17) {
                struct wb_buf expression = {0}, text = {0};
                for (size_t n = 0; n < before; n++)
                    wb_buf_byte(&expression, 'a');
                wb_buf_put(&text, wb_buf_slice(&expression));
                wb_buf_put(&expression, wb_slice_str(pieces[i]));
                wb_buf_byte(&text, "b.]}"[behind ? before % 4 : 0]);
                for (size_t n = 0; n < behind; n++) {
                    wb_buf_byte(&expression, 'c');
                    wb_buf_byte(&text, 'c');
                }
                struct wb_slice exact = unit_exact(wb_buf_slice(&expression));
                struct wb_program *program = wb_program_new(exact, 0);
                pcre2_code *code = oracle(exact, 0);
                assert_non_null(program);
                assert_true(compare(program, code, wb_buf_slice(&text)));
                wb_program_free(program);
                pcre2_code_free(code);
                free((char *)exact.p);
                wb_buf_free(&expression);
                wb_buf_free(&text);
            }
}

/* Whatever is in hand when there is no room for more: nothing is put beside it. */
static void room(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "[ab]", "[ab]{1,5}", "a[bc]",          "(?:[ab])?", "(?:[ab])*", "(?:a|b)",
        "a|",   "[ab]|",     "(?:a[bc]){0,3}", "(?!a)b",    "(?=[ab])",  "(?:(?=a)|b){0,3}"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t fits = 100, too_many = 3000;
        assert_true(takes(pieces[i], fits, ""));
        assert_false(takes(pieces[i], too_many, ""));
        while (fits + 1 < too_many) {
            size_t n = (fits + too_many) / 2;
            *(takes(pieces[i], n, "") ? &fits : &too_many) = n;
        }
        for (size_t n = fits; n < fits + 4; n++)
            takes(pieces[i], n, "$[ab]"); /* with less room left over */
    }
}

/* PCRE2 takes no more than 64 KiB of its code: neither do we, or there were nobody to help us out.
 */
static void as_large_as_the_oracle(void **state)
{
    (void)state;
    static char letters[5001];
    static const char deep[] = "(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:(?:[ab]))))))))))))";
    memset(letters, 'x', sizeof letters - 1);
    assert_true(takes(deep, 500, ""));
    assert_false(takes(deep, 900, ""));
    assert_true(takes("[ab]{1,5}", 1300, letters));
    assert_false(takes("[ab]{1,5}", 1600, letters));
}

/* Nor all those that differ in their second bytes, and nothing is missed. */
static void many_second_bytes(void **state)
{
    (void)state;
    static const char list[] = "(?:a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|p|q|r|s|t|u|v|w|x|y|z)";
    char text[400] = "[^ab]";
    for (int i = 0; i < 5; i++)
        strcat(text, list);
    struct wb_slice expression = wb_slice_str(text);
    struct wb_program *program = wb_program_new(expression, 0);
    pcre2_code *code = oracle(expression, 0);
    assert_false(program->head.nullable);
    assert_true(compare(program, code, WB_S("a zebra cz.azb")));
    assert_true(compare(program, code, WB_S("a zebr czza, b")));
    wb_program_free(program);
    pcre2_code_free(code);
}

/* Ways without number that lead to the same place are not all walked. */
static void many_ways_to_the_front(void **state)
{
    (void)state;
    assert_true(takes("(?:|)", 100, "^a"));
}

/* What begins with what is not sought for ever; then nothing is known of it, and nothing missed. */
static void many_walks(void **state)
{
    (void)state;
    static char text[5000];
    for (int i = 0; i < 600; i++)
        strcpy(text + 6 * i, "(?:a|)");
    strcat(text, "b");
    struct wb_slice expression = wb_slice_str(text);
    struct wb_program *program = wb_program_new(expression, 0);
    pcre2_code *code = oracle(expression, 0);
    assert_true(compare(program, code, WB_S("xyaaab")));
    wb_program_free(program);
    pcre2_code_free(code);
}

static const struct endless_row {
    const char *name, *expression;
} endless_rows[] = {
    {"ways without number", "(?:a|a)+b"},
    {"long runs, from each place anew", "[^b]+b"},
    {"many rounds, from each place anew", "(?:aa)+b"},
};

static void gives_up(void **state)
{
    const struct endless_row *row = *state;
    static char text[8192];
    memset(text, 'a', sizeof text);
    struct wb_program *program = wb_program_new(wb_slice_str(row->expression), 0);
    assert_int_equal(wb_program_find(program, &run, wb_slice(text, sizeof text)), WB_RUN_GAVE_UP);
    wb_program_free(program);
}

/* Behind the pairs of words that are compared stand others, and numbers, which are none of them. */
static void bytes_like_numbers(void **state)
{
    (void)state;
    static const struct wb_slice expression = WB_S("yyyy(?:ab|bc|cd|de|ef)[^x][^x](?:[gh]i|[jk]l)");
    struct wb_program *program = wb_program_new(expression, 0);
    pcre2_code *code = oracle(expression, 0);
    for (int low = 0; low < 256; low++) {
        const char text[] = {'y', 'y', 'y', 'y', (char)low, 0, 'g', 'i'};
        struct wb_slice exact = unit_exact(wb_slice(text, sizeof text));
        assert_true(compare(program, code, exact));
        free((char *)exact.p);
    }
    wb_program_free(program);
    pcre2_code_free(code);
}

static void in_what_is_not_there(void **state)
{
    (void)state;
    static const char *const expressions[] = {"a?", "^$", "\\B"};
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct wb_program *program = wb_program_new(wb_slice_str(expressions[i]), 0);
        assert_int_equal(wb_program_find(program, &run, (struct wb_slice){0}), WB_RUN_FOUND);
        wb_program_free(program);
    }
}

int main(void)
{
    data = pcre2_match_data_create(WB_MAX_GROUPS, NULL);
    UNIT_ROWS(as_the_oracle, rows);
    UNIT_ROWS(begun, begun_rows);
    UNIT_ROWS(left_to_pcre2, left_rows);
    UNIT_ONE(texts, "texts of each length");
    UNIT_ONE(begins, "a match at each place");
    UNIT_ONE(places, "what is special at each place");
    UNIT_ONE(room, "programs that grow full");
    UNIT_ONE(as_large_as_the_oracle, "what is too large for PCRE2");
    UNIT_ONE(many_second_bytes, "many ways that differ in their second bytes");
    UNIT_ONE(many_ways_to_the_front, "many alternatives of nothing");
    UNIT_ONE(many_walks, "many alternatives of little");
    UNIT_ROWS(gives_up, endless_rows);
    UNIT_ONE(bytes_like_numbers, "two bytes that are no word");
    UNIT_ONE(in_what_is_not_there, "an empty slice without bytes");
    int failed = unit_run();
    pcre2_match_data_free(data);
    return failed;
}
