/* SPDX-License-Identifier: BSD-2-Clause */
#include "address.h"
#include "extract_int.h"

#include "unit.h"

static struct wb_arena arena;
static wb_limit_set limits;

/* ---- the first address in a text ---- */

static const struct text_row {
    const char *name, *text, *want;
} find_rows[] = {
    {"alone", "a@example.org", "a@example.org"},
    {"in brackets", "Ann <a@example.org>", "a@example.org"},
    {"in a sentence", "mail to a@example.org, please", "a@example.org"},
    {"full stop behind", "I wrote to a@example.org.", "a@example.org"},
    {"quotes around", "'a@example.org' is gone", "a@example.org"},
    {"plus and dots", "x.y+tag@sub.example.org", "x.y+tag@sub.example.org"},
    {"a way behind a long domain", "a@lists.mail.example.org/archive/of/2026",
     "a@lists.mail.example.org"},
    {"quoted local part", "<\"john doe\"@example.org>", "\"john doe\"@example.org"},
    {"quoted at-sign", "\"a@b\"@example.org", "\"a@b\"@example.org"},
    {"address literal", "a@[192.0.2.1] refused", "a@[192.0.2.1]"},
    {"second at-sign counts", "@ home, a@example.org", "a@example.org"},
    {"in an address of X.400", "c=US;a= ;p=Corp;o=Site;dda:SMTP=a@example.org; on Fri",
     "a@example.org"},
    {"a mailbox of that name", "smtp=@example.org", "smtp=@example.org"},
    {"no local part", "@example.org", ""},
    {"no domain", "a@ b", ""},
    {"nothing", "", ""},
    {"the name of a worm", "W32.Netsky.P@mm", ""},
    {"a worm with a mark behind", "W32.Netsky.P@mM!zip", ""},
    {"a domain of one letter", "a@m", "a@m"},
    {"behind the name of a worm", "W32/Klez.h@MM for a@example.org", "a@example.org"},
    {"a host that begins so", "a@mm.example.org", "a@mm.example.org"},
    {"no at-sign", "example.org", ""},
    {"RFC 6531", "<用户@例子.公司>", "用户@例子.公司"},
    {"Latin local part beyond ASCII", "<josé@example.org>", "josé@example.org"},
    {"Latin letters beyond ASCII inside", "an søren@example.org", "søren@example.org"},
    {"the same in front", "søren@example.org", "søren@example.org"},
    {"Chinese and letters in brackets", "<用户a@example.org>", "用户a@example.org"},
    {"domain beyond ASCII", "<a@münchen.example>", "a@münchen.example"},
    {"Chinese words in front", "收件人地址 a@example.org 不存在", "a@example.org"},
    {"Chinese words touching", "地址a@example.org不存在", "a@example.org"},
    {"Chinese words touching, behind a stop", "已退回。您發給a@example.org的郵件", "a@example.org"},
    {"Chinese words touching, behind a bracket", "【退信提醒】您发给1@example.com",
     "1@example.com"},
    {"Chinese words touching, behind a comma", "很抱歉，發往a@example.org", "a@example.org"},
    {"a Chinese local part behind a colon", "收件人：张三@example.org", "张三@example.org"},
    {"a Chinese local part in brackets", "退回《张三@example.org》", "张三@example.org"},
    {"a Chinese local part in heavy brackets", "退回【张三@example.org】", "张三@example.org"},
    {"Chinese words touching, further on", "550 地址a@example.org不存在", "a@example.org"},
    {"Chinese quotation marks", "地址是“a@example.org”。 主题", "a@example.org"},
    {"Chinese brackets", "（a@example.org）", "a@example.org"},
    {"Chinese comma", "a@example.org，请核对", "a@example.org"},
    {"Chinese colon", "收件人：a@example.org", "a@example.org"},
    {"a Chinese name in Chinese quotation marks", "地址“用户@例子.公司”不存在", "用户@例子.公司"},
    {"Japanese brackets", "「a@example.org」", "a@example.org"},
};

static void find(void **state)
{
    const struct text_row *row = *state;
    assert_text(wb_address_find(wb_slice_str(row->text)), row->want);
}

/* Domains of any length, in a text that ends with them or right behind. */
static void lengths_behind(const char *local)
{
    static const char *const behind[] = {"", " x", ">", ".", "_x", "-", "ß"};
    char domain[80] = "", want[120];
    for (size_t n = 1; n < sizeof domain; n++) {
        domain[n - 1] = "zAZ09-.a"[n % 8];
        if (strchr(".-", domain[n - 1]))
            continue;
        for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
            bool more = behind[i][0] == '_' || !strcmp(behind[i], "ß");
            int size = snprintf(want, sizeof want, "<%s@%s%s", local, domain, behind[i]);
            char *text = malloc((size_t)size);
            assert_non_null(text);
            memcpy(text, want, (size_t)size); /* no byte more */
            snprintf(want, sizeof want, "%s@%s%s", local, domain, more ? behind[i] : "");
            assert_text(wb_address_find(wb_slice(text, (size_t)size)), want);
            free(text);
        }
    }
}

static void lengths(void **state)
{
    (void)state;
    lengths_behind("a");
    lengths_behind("ann");
    lengths_behind("ann.of.the.office");
}

/* ---- the address in a value that holds one ---- */

static const struct text_row clean_rows[] = {
    {"bare", " a@example.org ", "a@example.org"},
    {"brackets", "<a@example.org>", "a@example.org"},
    {"name and brackets", "\"Ann, B\" <a@example.org>", "a@example.org"},
    {"blanks in brackets", "< a@example.org >", "a@example.org"},
    {"mailto", "mailto:a@example.org", "a@example.org"},
    {"mailto in capitals", "MAILTO:a@example.org", "a@example.org"},
    {"what only begins so", "mailtos:a@example.org", "mailtos:a@example.org"},
    {"smtp", "smtp:a@example.org", "a@example.org"},
    {"smtp in capitals, with another mark", "SMTP=a@example.org", "a@example.org"},
    {"another scheme", "ldap:a@example.org", "ldap:a@example.org"},
    {"source route", "<@relay.example:a@example.org>", "a@example.org"},
    {"punctuation behind", "a@example.org:", "a@example.org"},
    {"quoted local part stays", "<\"john doe\"@example.org>", "\"john doe\"@example.org"},
    {"two brackets", "<<a@example.org>>", "a@example.org"},
    {"empty", "<>", ""},
};

static void clean(void **state)
{
    const struct text_row *row = *state;
    assert_text(wb_address_clean(wb_slice_str(row->text)), row->want);
}

/* ---- "type; address": RFC 3464 2.1.2, RFC 3461 4, RFC 6533 3 ---- */

static const struct text_row typed_rows[] = {
    {"rfc822", "rfc822; a@example.org", "a@example.org"},
    {"no blank", "rfc822;a@example.org", "a@example.org"},
    {"capitals", "RFC822; a@example.org", "a@example.org"},
    {"no type", "a@example.org", "a@example.org"},
    {"brackets", "rfc822; <a@example.org>", "a@example.org"},
    {"blank before the semicolon", "rfc822 ; a@example.org", "a@example.org"},
    {"xtext plus", "rfc822; a+2Btag@example.org", "a+tag@example.org"},
    {"xtext equals", "rfc822; a+3Db@example.org", "a=b@example.org"},
    {"a tag of digits is no xtext", "rfc822; a+2023@example.org", "a+2023@example.org"},
    {"xtext at the end", "rfc822; a+2", "a+2"},
    {"xtext twice, and tags between", "rfc822; a+2B+x+3Db++2B", "a++x=b++"},
    {"plus signs at the end", "rfc822; a+2Bb+3D+", "a+b=+"},
    {"pluses alone", "rfc822; +++", "+++"},
    {"utf-8", "utf-8; 用户@example.org", "用户@example.org"},
    {"utf-8 unitext", "utf-8; \\x{7528}\\x{6237}@example.org", "用户@example.org"},
    {"utf-8 unitext of a backslash", "utf-8; a\\x{5C}b@example.org", "a\\b@example.org"},
    {"utf-8 in capitals", "UTF-8; \\x{E9}@example.org", "é@example.org"},
    {"raw UTF-8 called rfc822", "rfc822;用户@example.org", "用户@example.org"},
    {"dots in quotes", "rfc822; \"a..b\"@example.org", "a..b@example.org"},
    {"a blank keeps the quotes", "rfc822; \"a b\"@example.org", "\"a b\"@example.org"},
};

static void typed(void **state)
{
    const struct text_row *row = *state;
    assert_text(wb_address_typed(&arena, wb_slice_str(row->text)), row->want);
}

/* ---- SRS, BATV ---- */

static const struct text_row unwrap_rows[] = {
    {"nothing to undo", "a@example.org", "a@example.org"},
    {"SRS0", "SRS0=HHH=TT=example.org=ann@forward.example", "ann@example.org"},
    {"SRS0 with plus", "SRS0+HHH=TT=example.org=ann@forward.example", "ann@example.org"},
    {"SRS0 in lower case", "srs0=HHH=TT=example.org=ann@forward.example", "ann@example.org"},
    {"SRS0, local part with equals", "SRS0=H=T=example.org=a=b@forward.example", "a=b@example.org"},
    {"SRS1", "SRS1=GGG=first.example==HHH=TT=example.org=ann@second.example", "ann@example.org"},
    {"BATV", "prvs=0123456789=ann@example.org", "ann@example.org"},
    {"BATV of Barracuda", "btv1==0123456789a==ann@example.org", "ann@example.org"},
    {"BATV around SRS", "prvs=01234=SRS0=H=T=example.org=ann@forward.example", "ann@example.org"},
    {"SRS0 that ends early", "SRS0=HHH=TT@forward.example", "SRS0=HHH=TT@forward.example"},
    {"a name that begins with SRS0", "srs0mething@example.org", "srs0mething@example.org"},
    {"prvs without tag", "prvs=@example.org", "prvs=@example.org"},
};

static void unwrap(void **state)
{
    const struct text_row *row = *state;
    assert_text(wb_address_unwrap(&arena, wb_slice_str(row->text)), row->want);
}

/* ---- VERP ---- */

static const struct verp_row {
    const char *name, *address, *known, *want;
} verp_rows[] = {
    {"plus", "list-bounces+ann=example.org@list.example", "", "ann@example.org"},
    {"hyphen", "list-return-42-ann=example.org@list.example", "", "ann@example.org"},
    {"known recipient settles a hyphen", "bounce-mary-ann=example.org@list.example",
     "mary-ann@example.org", "mary-ann@example.org"},
    {"known recipient in other case", "bounce-mary-ann=example.org@list.example",
     "Mary-Ann@EXAMPLE.org", "mary-ann@example.org"},
    {"known is another", "b+ann=example.org@list.example", "bob@other.example", "ann@example.org"},
    {"more behind the domain", "b+ann=example.org-77@list.example", "", "ann@example.org"},
    {"a hyphen in the domain", "b+ann=my-shop.example@list.example", "", "ann@my-shop.example"},
    {"a domain in punycode", "b+ann=shop.xn--fiqs8s@list.example", "", "ann@shop.xn--fiqs8s"},
    {"no VERP", "ann@example.org", "", ""},
    {"equals but no domain", "b+ann=x@list.example", "", ""},
    {"SRS is none", "SRS0=HHH=TT=example.org=ann@forward.example", "", ""},
    {"no user", "b+=example.org@list.example", "", ""},
    {"nothing in front", "ann=example.org@list.example", "", ""},
    {"nothing", "", "", ""},
};

static void verp(void **state)
{
    const struct verp_row *row = *state;
    struct wb_slice got =
        wb_address_verp(&arena, wb_slice_str(row->address), wb_slice_str(row->known));
    if (wb_slice_eqi(got, wb_slice_str(row->want))) /* domains are of any case */
        return;
    assert_text(got, row->want);
}

/* ---- two spellings of one mailbox, and what is an address at all ---- */

static const struct same_row {
    const char *name, *a, *b;
    bool same;
} same_rows[] = {
    {"equal", "a@example.org", "a@example.org", true},
    {"domain in capitals", "a@example.org", "a@EXAMPLE.ORG", true},
    {"other user", "a@example.org", "b@example.org", false},
    {"other domain", "a@example.org", "a@example.com", false},
    {"two absent ones are not the same", "", "", false},
};

static void same(void **state)
{
    const struct same_row *row = *state;
    assert_int_equal(wb_address_same(wb_slice_str(row->a), wb_slice_str(row->b)), row->same);
}

static const struct valid_row {
    const char *name, *text;
    bool valid;
} valid_rows[] = {
    {"whole", "a@example.org", true},
    {"quoted at-sign", "\"a@b\"@example.org", true},
    {"no at-sign", "a", false},
    {"no user", "@example.org", false},
    {"no domain", "a@", false},
    {"nothing", "", false},
    {"a worm", "W32.Netsky.P@mm!enc", false},
};

static void valid(void **state)
{
    const struct valid_row *row = *state;
    assert_int_equal(wb_address_valid(wb_slice_str(row->text)), row->valid);
}

/* RFC 5321 4.1.2: the last at-sign parts; those before it are quoted. */
static void halves(void **state)
{
    (void)state;
    struct wb_slice address = WB_S("\"a@b\"@example.org");
    assert_text(wb_address_local(address), "\"a@b\"");
    assert_text(wb_address_domain(address), "example.org");
    assert_text(wb_address_domain(WB_S("nobody")), "");
}

static void list(void **state)
{
    (void)state;
    assert_text(wb_address_list(&arena, WB_S("choir-bounces@example.org")), "choir@example.org");
    assert_text(wb_address_list(&arena, WB_S("a-b-Owner@example.org")), "a-b@example.org");
    assert_text(wb_address_list(&arena, WB_S("choir@example.org")), "");
    assert_text(wb_address_list(&arena, WB_S("-owner@example.org")), "");
    assert_text(wb_address_list(&arena, WB_S("choir-bounces")), "");
}

/* Two dots at any place of an address of any length: the domain ends before the first of them. */
static void dots(void **state)
{
    (void)state;
    assert_text(wb_address_in(WB_S("<a..b@example.org>"), false), "a..b@example.org");
    assert_text(wb_address_in(WB_S("a@b.example.org...User unknown"), false), "a@b.example.org");
    assert_text(wb_address_in(WB_S("nobody..at..all"), false), "nobody");
    for (size_t n = 4; n <= 50; n++)
        for (size_t at = 2; at + 2 < n; at++) {
            char text[50];
            memset(text, 'x', n);
            text[1] = '@';
            struct wb_slice s = unit_exact(wb_slice(text, n));
            assert_int_equal(wb_address_in(s, false).n, n);
            ((char *)s.p)[at] = '.';
            assert_int_equal(wb_address_in(s, false).n, n);
            ((char *)s.p)[at + 1] = '.';
            assert_int_equal(wb_address_in(s, false).n, at);
            free((char *)s.p);
        }
}

int main(void)
{
    if (!wb_arena_open(&arena, 1 << 20, &limits))
        return 1;
    UNIT_ROWS(find, find_rows);
    UNIT_ONE(lengths, "domains of any length");
    UNIT_ROWS(clean, clean_rows);
    UNIT_ROWS(typed, typed_rows);
    UNIT_ROWS(unwrap, unwrap_rows);
    UNIT_ROWS(verp, verp_rows);
    UNIT_ROWS(same, same_rows);
    UNIT_ROWS(valid, valid_rows);
    UNIT_ONE(halves, "local part and domain");
    UNIT_ONE(list, "the list behind its other names");
    UNIT_ONE(dots, "dots behind a domain");
    int failed = unit_run();
    wb_arena_close(&arena);
    return failed;
}
