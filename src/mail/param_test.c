/* SPDX-License-Identifier: BSD-2-Clause */
/* Parameters: RFC 2045 5.1, RFC 2231. */
#include "unit.h"

#include "mail.h"

static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;

static const struct param_row {
    const char *name, *field, *param, *value;
} param_rows[] = {
    {"token", "text/plain; charset=us-ascii", "charset", "us-ascii"},
    {"RFC 2045 5.1: quoted, with a comment", "text/plain; charset=\"us-ascii\" (Plain text)",
     "charset", "us-ascii"},
    {"RFC 2045 5.1: a comment behind a token", "text/plain; charset=us-ascii (Plain text)",
     "charset", "us-ascii"},
    {"name in other case", "text/plain; CHARSET=gbk", "charset", "gbk"},
    {"value keeps its case", "multipart/mixed; boundary=aBc", "boundary", "aBc"},
    {"the second", "text/plain; format=flowed; charset=gbk", "charset", "gbk"},
    {"folded", "multipart/mixed;\r\n\tboundary=\"a b\"", "boundary", "a b"},
    {"no blank", "text/plain;charset=gbk", "charset", "gbk"},
    {"blanks around =", "text/plain; charset = gbk", "charset", "gbk"},
    {"comments around =", "text/plain; charset (x) = (y) gbk", "charset", "gbk"},
    {"absent", "text/plain; format=flowed", "charset", ""},
    {"no parameters", "text/plain", "charset", ""},
    {"nothing", "", "charset", ""},
    {"no value", "text/plain; charset=", "charset", ""},
    {"empty quotes", "text/plain; charset=\"\"; format=flowed", "charset", ""},
    {"a name that ends so", "multipart/mixed; x-boundary=a; boundary=b", "boundary", "b"},
    {"a name that begins so", "multipart/mixed; boundaryx=a; boundary=b", "boundary", "b"},
    {"a value that looks so", "text/plain; name=\"; boundary=a\"; boundary=b", "boundary", "b"},
    {"a token that looks so", "text/plain; name=boundary; boundary=b", "boundary", "b"},
    {"quoted pairs", "text/plain; name=\"a\\\"b\\\\c\"", "name", "a\"b\\c"},
    {"marks of RFC 2045 that must be quoted", "multipart/mixed; boundary=\"=_(a)/[b]:c;d?=\"",
     "boundary", "=_(a)/[b]:c;d?="},
    {"the same unquoted, as some do", "multipart/mixed; boundary=----=_Part_1.2", "boundary",
     "----=_Part_1.2"},
    {"a quote never closed", "multipart/mixed; boundary=\"abc", "boundary", "abc"},
    {"a long one never closed", "multipart/mixed; boundary=\"abcdefghijklmnopqrstuvwxyz0123456789",
     "boundary", "abcdefghijklmnopqrstuvwxyz0123456789"},
    {"no semicolon", "text/plain charset=gbk", "charset", "gbk"},
    {"several blanks", "text/plain;  charset  =  gbk", "charset", "gbk"},
    {"a comment before the name", "text/plain; (x)charset=gbk", "charset", "gbk"},
    {"a blank before the quote", "text/plain; charset= \"gbk\"", "charset", "gbk"},
    {"only a blank behind =", "text/plain; charset= ", "charset", ""},
    {"semicolon at the end", "text/plain; charset=gbk;", "charset", "gbk"},
    {"two semicolons", "text/plain;; charset=gbk", "charset", "gbk"},
    {"the first of two counts", "text/plain; charset=gbk; charset=big5", "charset", "gbk"},
    /* RFC 2231 */
    {"RFC 2231 3: continued",
     "message/external-body; access-type=URL;\r\n URL*0=\"ftp://\";\r\n"
     " URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"",
     "url", "ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"},
    {"RFC 2231 3: order does not count", "a/b; n*1=two; n*0=one; n*2=three", "n", "onetwothree"},
    {"RFC 2231 4: charset and language",
     "application/x-stuff;\r\n title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "title",
     "This is ***fun***"},
    {"RFC 2231 4.1: both",
     "application/x-stuff;\r\n title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n"
     " title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n title*2=\"isn't it!\"",
     "title", "This is even more ***fun*** isn't it!"},
    {"RFC 2231: without a language", "a/b; n*=utf-8''%E4%B8%AD", "n", "中"},
    {"RFC 2231: GBK", "a/b; n*=gb2312'zh'%D3%CA%CF%E4", "n", "邮箱"},
    {"RFC 2231: a character split over two", "a/b; n*0*=utf-8''%E4%B8; n*1*=%AD", "n", "中"},
    {"RFC 2231: percent in what is not encoded", "a/b; n*0*=utf-8''a%20; n*1=b%20", "n", "a b%20"},
    {"RFC 2231: eleven pieces",
     "a/b; n*0=a; n*1=b; n*2=c; n*3=d; n*4=e; n*5=f; n*6=g; n*7=h; n*8=i; n*9=j; n*10=k", "n",
     "abcdefghijk"},
    {"RFC 2231: a piece of a number that none has", "a/b; n*0=a; n*99=x; n*1=b; n*4000000000=y",
     "n", "ab"},
    {"RFC 2231: the first of two pieces", "a/b; n*0=a; n*0=x; n*1=b", "n", "ab"},
    {"RFC 2231: a bad escape stays", "a/b; n*=utf-8''a%zz%4", "n", "a%zz%4"},
};

static void param(void **state)
{
    const struct param_row *row = *state;
    wb_arena_reset(&arena);
    struct wb_slice field = unit_exact(wb_slice_str(row->field));
    assert_text(wb_mail_param(&mail, field, wb_slice_str(row->param)), row->value);
    free((char *)field.p);
}

static const struct media_row {
    const char *name, *type;
    enum wb_media media;
} media_rows[] = {
    {"as it is written", "text/plain", WB_MEDIA_TEXT_PLAIN},
    {"the shortest", "Text/HTML; charset=gbk", WB_MEDIA_TEXT_HTML},
    {"the longest", "message/global-disposition-notification", WB_MEDIA_DISPOSITION},
    {"one longer", "message/global-disposition-notifications", WB_MEDIA_OTHER},
    {"as long as a block", "application/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
     WB_MEDIA_OTHER},
    {"a block longer than another",
     "application/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/text/plain", WB_MEDIA_OTHER},
    {"one shorter", "message/global-disposition-notificatio", WB_MEDIA_OTHER},
    {"shorter than all", "a/b", WB_MEDIA_OTHER},
    {"none", "", WB_MEDIA_TEXT_PLAIN},
    {"the first of two of one length", "message/rfc822", WB_MEDIA_RFC822},
    {"the second of two", "Message/Global", WB_MEDIA_RFC822},
    {"none of two", "message/globul", WB_MEDIA_OTHER},
    {"the first of two headers", "message/rfc822-headers", WB_MEDIA_RFC822_HEADERS},
    {"the second of two headers", "message/global-headers", WB_MEDIA_RFC822_HEADERS},
    {"a report, of two", "message/delivery-status", WB_MEDIA_DELIVERY_STATUS},
    {"another one", "message/feedback-report", WB_MEDIA_FEEDBACK},
    {"a report in UTF-8", "message/global-delivery-status", WB_MEDIA_DELIVERY_STATUS},
    {"of a reader", "message/disposition-notification", WB_MEDIA_DISPOSITION},
    {"of a reader, in UTF-8", "MESSAGE/GLOBAL-DISPOSITION-NOTIFICATION", WB_MEDIA_DISPOSITION},
    {"plain", "TEXT/PLAIN", WB_MEDIA_TEXT_PLAIN},
    {"too short for all", "audio/ac", WB_MEDIA_OTHER},
    {"as short as the shortest", "image/png", WB_MEDIA_OTHER},
    {"of the place of another", "image/htmlx", WB_MEDIA_OTHER},
    {"headers as text", "text/rfc822-headers", WB_MEDIA_RFC822_HEADERS},
    {"the same, shorter", "text/rfc822", WB_MEDIA_RFC822_HEADERS},
    {"the same, without a number", "text/headers", WB_MEDIA_RFC822_HEADERS},
    {"a piece", "message/partial", WB_MEDIA_RFC822_HEADERS},
    {"any text", "text/rtf", WB_MEDIA_TEXT_PLAIN},
    {"a comment before it", "(x) message/rfc822", WB_MEDIA_RFC822},
    {"blanks before it", " \t  text/html", WB_MEDIA_TEXT_HTML},
};

static void media(void **state)
{
    const struct media_row *row = *state;
    char raw[200];
    int n = snprintf(raw, sizeof raw, "Subject: x\nContent-Type: %s\n\nx\n", row->type);
    wb_mail_parse(&mail, wb_slice(raw, (size_t)n));
    assert_int_equal(mail.parts[0].media, row->media);
}

int main(void)
{
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    UNIT_ROWS(param, param_rows);
    UNIT_ROWS(media, media_rows);
    int failed = unit_run();
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    return failed;
}
