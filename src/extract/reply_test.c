/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply.h"

#include <stdlib.h>

#include "unit.h"

static char *status_text(struct wb_code c, char out[16])
{
    if (c.class)
        snprintf(out, 16, "%d.%d.%d", c.class, c.subject, c.detail);
    else
        out[0] = '\0';
    return out;
}

/* ---- layers: "CODE STATUS text" in brackets, "-" for what is missing ---- */

static const struct layer_row {
    const char *name, *text, *want;
} layer_rows[] = {
    {"NNN", "550 User unknown", "[550 - 550 User unknown]"},
    {"enhanced code", "550 5.1.1 User unknown", "[550 5.1.1 550 5.1.1 User unknown]"},
    {"NNN-", "550-5.1.1 User unknown", "[550 5.1.1 550-5.1.1 User unknown]"},
    {"code alone", "550", "[550 - 550]"},
    {"no code at all", "User unknown", "[0 - User unknown]"},
    {"only an enhanced code", "5.7.1 <a@example.org>: Relay access denied",
     "[0 5.7.1 5.7.1 <a@example.org>: Relay access denied]"},
    {"qmail's code behind", "Sorry, no mailbox here by that name. (#5.1.1)",
     "[0 5.1.1 Sorry, no mailbox here by that name. (#5.1.1)]"},
    {"quoted behind AsyncOS's words", "5.3.0 - Other mail system problem 550-'Denied' (x)",
     "[0 5.3.0 5.3.0 - Other mail system problem][550 - 550-'Denied' (x)]"},
    {"a number of things", "we counted 550 'things'", "[0 - we counted 550 'things']"},
    {"lines of one reply", "550-5.7.26 one\n550-5.7.26 two\n550 5.7.26 three",
     "[550 5.7.26 550-5.7.26 one\n550-5.7.26 two\n550 5.7.26 three]"},
    {"lines joined by Postfix", "550-5.7.26 one 550-5.7.26 two 550 5.7.26 three",
     "[550 5.7.26 550-5.7.26 one 550-5.7.26 two 550 5.7.26 three]"},
    {"status only on the last line", "552-Sorry\n552 5.2.2 over quota",
     "[552 5.2.2 552-Sorry\n552 5.2.2 over quota]"},
    {"reply in a sentence", "host mx.example.org[192.0.2.1] said: 550 5.1.1 Unknown",
     "[0 - host mx.example.org[192.0.2.1] said:][550 5.1.1 550 5.1.1 Unknown]"},
    {"reply in a reply",
     "451 4.1.1 <a@b.example>: unverified address: host mx.b.example[192.0.2.1] said: 550 5.1.1 "
     "User unknown",
     "[451 4.1.1 451 4.1.1 <a@b.example>: unverified address: host mx.b.example[192.0.2.1] said:]"
     "[550 5.1.1 550 5.1.1 User unknown]"},
    {"retry time over", "retry time over (last: 452 4.2.2 over quota)",
     "[0 - retry time over (last:][452 4.2.2 452 4.2.2 over quota)]"},
    {"an IP address is no code", "Connection from 550.example refused by 192.0.2.1",
     "[0 - Connection from 550.example refused by 192.0.2.1]"},
    {"an IP that begins like a code", "listed: 450.0.2.1", "[0 - listed: 450.0.2.1]"},
    {"behind the command", "DATA closing 550 Mail content denied",
     "[0 - DATA closing][550 - 550 Mail content denied]"},
    {"a count is no code", "you sent 550 messages in 500 seconds",
     "[0 - you sent 550 messages in 500 seconds]"},
    {"a count in Chinese", "550 今日已达 500 封", "[550 - 550 今日已达 500 封]"},
    {"a reply in Chinese", "对方返回 550 用户不存在", "[0 - 对方返回][550 - 550 用户不存在]"},
    {"a number in a word", "error code x550 here", "[0 - error code x550 here]"},
    {"a provider's number", "[550] blocked", "[0 - [550] blocked]"},
    {"a port is no code", "smtp.example.com:465 \xe8\xb6\x85\xe6\x97\xb6",
     "[0 - smtp.example.com:465 \xe8\xb6\x85\xe6\x97\xb6]"},
    {"999 is no code", "999 go away", "[0 - 999 go away]"},
    {"nothing", "", ""},
    {"blanks", "  550 x  ", "[550 - 550 x]"},
};

static void layers(void **state)
{
    const struct layer_row *row = *state;
    struct wb_layers got;
    wb_limit_set limits = 0;
    char text[1024] = "", status[16];
    struct wb_slice exact = unit_exact(wb_slice_str(row->text));
    wb_reply_layers(exact, &got, &limits);
    for (int i = 0; i < got.n; i++) {
        const struct wb_layer *layer = &got.layer[i];
        const char *code = status_text(layer->status, status);
        snprintf(text + strlen(text), sizeof text - strlen(text), "[%d %s %.*s]", layer->code,
                 code[0] ? code : "-", WB_F(layer->text));
    }
    assert_text(wb_slice_str(text), row->want);
    assert_int_equal(limits, 0);
    free((char *)exact.p);
}

/* More layers than there is room for: the limit is named, and nothing is written beyond. */
static void depth(void **state)
{
    (void)state;
    struct wb_layers got;
    wb_limit_set limits = 0;
    char text[1024] = "";
    for (int i = 0; i < 20; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d 4.7.1 host said: ", 421 + i);
    wb_reply_layers(wb_slice_str(text), &got, &limits);
    assert_true(got.n <= WB_MAX_REPLY_DEPTH);
    assert_int_equal(limits, 1u << WB_LIMIT_REPLY_DEPTH);
}

/* ---- the enhanced status code at the front: RFC 3463 2 ---- */

static const struct status_row {
    const char *name, *text, *want;
    size_t taken;
} status_rows[] = {
    {"plain", "5.1.1 x", "5.1.1", 5},
    {"alone", "4.4.7", "4.4.7", 5},
    {"three digits", "5.7.133;", "5.7.133", 7},
    {"full stop behind", "5.1.1. Sorry", "5.1.1", 5},
    {"bracket behind", "5.1.1)", "5.1.1", 5},
    {"class 3", "3.1.1", "", 0},
    {"class 1", "1.1.1", "", 0},
    {"four numbers", "5.1.1.1", "", 0},
    {"letter behind", "5.1.1a", "", 0},
    {"four digits", "5.1.1234", "", 0},
    {"two numbers", "5.1", "", 0},
    {"not at the front", "x 5.1.1", "", 0},
    {"nothing", "", "", 0},
};

static void status(void **state)
{
    const struct status_row *row = *state;
    char text[16];
    size_t taken = 99;
    struct wb_code code = wb_reply_status(wb_slice_str(row->text), &taken);
    assert_string_equal(status_text(code, text), row->want);
    assert_int_equal(taken, row->taken);
}

static const struct text_row {
    const char *name, *text, *want;
} find_status_rows[] = {
    {"in a sentence", "said 550 5.7.1 no", "5.7.1"},
    {"in brackets", "(#5.1.1)", "5.1.1"},
    {"behind NNN-", "550-5.7.26 x", "5.7.26"},
    {"in an IP address", "from 10.5.1.1 here", ""},
    {"behind an IP address", "from 192.0.2.1: 5.7.1", "5.7.1"},
    {"in a host name", "mx-5.1.1", ""},
    {"none", "User unknown", ""},
};

static void find_status(void **state)
{
    const struct text_row *row = *state;
    char text[16];
    assert_string_equal(status_text(wb_reply_find_status(wb_slice_str(row->text)), text),
                        row->want);
}

/* ---- the stage that the text names ---- */

static const struct stage_row {
    const char *name, *text;
    enum wb_stage want;
} stage_rows[] = {
    {"Postfix RCPT", "550 x (in reply to RCPT TO command)", WB_STAGE_RCPT},
    {"Postfix MAIL", "550 x (in reply to MAIL FROM command)", WB_STAGE_MAIL},
    {"Postfix DATA", "550 x (in reply to DATA command)", WB_STAGE_DATA},
    {"Postfix end of DATA", "550 x (in reply to end of DATA command)", WB_STAGE_END_OF_DATA},
    {"Postfix EHLO", "550 x (in reply to EHLO command)", WB_STAGE_EHLO},
    {"Exim RCPT", "SMTP error from remote mail server after RCPT TO:<a@example.org>: 550 x",
     WB_STAGE_RCPT},
    {"Exim end of data", "SMTP error from remote mail server after end of data: 550 x",
     WB_STAGE_END_OF_DATA},
    {"Exim initial connection",
     "SMTP error from remote mail server after initial connection: 550 x", WB_STAGE_CONNECT},
    {"the mail program's own", "SMTP error, RCPT TO: 550 Relay Deny", WB_STAGE_RCPT},
    {"a mail program, no blank", "SMTP error,RCPT TO: 550 no", WB_STAGE_RCPT},
    {"a full-width comma", "发送邮件失败：SMTP 服务器错误，MAIL FROM: 553 no", WB_STAGE_MAIL},
    {"a full-width comma behind English", "SMTP error，RCPT TO: 550 no", WB_STAGE_RCPT},
    {"an ASCII comma behind Chinese", "SMTP 服务器错误, RCPT TO: 550 no", WB_STAGE_RCPT},
    {"traditional Chinese", "SMTP 伺服器錯誤，RCPT TO: 550 no", WB_STAGE_RCPT},
    {"a word behind Chinese that is no command", "550 拒绝mail from a", WB_STAGE_ABSENT},
    {"the command wanted is not the stage",
     "530 Must issue a STARTTLS command first (in reply to MAIL FROM command)", WB_STAGE_MAIL},
    {"the command wanted, alone", "530 Must issue a STARTTLS command first", WB_STAGE_ABSENT},
    {"words that are no command", "550 Mail from 192.0.2.1 refused", WB_STAGE_ABSENT},
    {"none", "550 User unknown", WB_STAGE_ABSENT},
};

static void stage(void **state)
{
    const struct stage_row *row = *state;
    struct wb_layers got;
    wb_limit_set limits = 0;
    wb_reply_layers(wb_slice_str(row->text), &got, &limits);
    assert_slice(wb_stage_name(got.stage), wb_stage_name(row->want));
}

static const struct behind_row {
    const char *name, *text, *words, *want; /* NULL: they do not stand there */
} behind_rows[] = {
    {"as they are", "in reply to RCPT", "in reply to", " RCPT"},
    {"in capitals", "IN Reply to RCPT", "in reply to", " RCPT"},
    {"any blanks", "in  reply\n\tto RCPT", "in reply to", " RCPT"},
    {"any word", "to mx.example <<< x", "to * <<<", " x"},
    {"a star", "to * <<< x", "to * <<<", " x"},
    {"more than a star", "to *.example <<< x", "to * <<<", " x"},
    {"a star at the end", "to *.example", "to *", ""},
    {"a blank at the end", "auth  plain", "auth ", "plain"},
    {"all of it", "auth", "auth", ""},
    {"too short", "in reply t", "in reply to", NULL},
    {"others", "in rely to RCPT", "in reply to", NULL},
};

static void behind(void **state)
{
    const struct behind_row *row = *state;
    struct wb_slice text = wb_slice_str(row->text);
    const char *at = wb_reply_behind_words(text, wb_slice_str(row->words));
    assert_true(!at == !row->want);
    if (at)
        assert_text(wb_slice_span(at, wb_slice_end(text)), row->want);
}

/* ---- IP addresses ---- */

static const struct text_row ip_rows[] = {
    {"IPv4", "host [192.0.2.1] said", "192.0.2.1"},
    {"IPv4 at the end", "from 192.0.2.1", "192.0.2.1"},
    {"full stop behind", "blocked 192.0.2.1.", "192.0.2.1"},
    {"IPv6", "[2001:db8::1]", "2001:db8::1"},
    {"IPv6 with its tag", "[IPv6:2001:db8::1]", "2001:db8::1"},
    {"IPv6 in full", "2001:db8:0:0:0:0:0:1 is listed", "2001:db8:0:0:0:0:0:1"},
    {"five numbers", "1.2.3.4.5", ""},
    {"too large", "300.1.1.1", ""},
    {"a status code", "550 5.1.1 x", ""},
    {"a time", "at 09:40:01", ""},
    {"second of two", "x.300.1.1 but 192.0.2.1", "192.0.2.1"},
    {"none", "", ""},
};

static void ip(void **state)
{
    const struct text_row *row = *state;
    assert_text(wb_reply_ip(wb_slice_str(row->text)), row->want);
}

/* Behind and in front of any number of bytes, of which none is read that is not the text's. */
static void ip_anywhere(void **state)
{
    (void)state;
    static const char *const addresses[] = {"192.0.2.1", "2001:db8::1", "::1", "mx1.2nd.example"};
    for (size_t i = 0; i < 4; i++)
        for (size_t before = 0; before < 40; before++)
            for (size_t behind = 0; behind < 20; behind++) {
                size_t length = strlen(addresses[i]), n = before + length + behind;
                char *text = malloc(n);
                assert_non_null(text);
                memset(text, ' ', n);
                memcpy(text + before, addresses[i], length);
                struct wb_slice found = wb_reply_ip(wb_slice(text, n));
                assert_int_equal(found.n, i < 2 ? length : 0);
                if (found.n)
                    assert_ptr_equal(found.p, text + before);
                free(text);
            }
}

int main(void)
{
    UNIT_ROWS(layers, layer_rows);
    UNIT_ONE(depth, "limit");
    UNIT_ROWS(status, status_rows);
    UNIT_ROWS(find_status, find_status_rows);
    UNIT_ROWS(stage, stage_rows);
    UNIT_ROWS(behind, behind_rows);
    UNIT_ROWS(ip, ip_rows);
    UNIT_ONE(ip_anywhere, "an address anywhere");
    return unit_run();
}
