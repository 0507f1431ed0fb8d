/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KumoMTA's delivery log: one JSON object a line.
 *
 *     {"type":"Bounce","id":"d7ef132b5d7711eea8c8000c29c33806","sender":"a@example.com",
 *      "recipient":"b@example.org","queue":"example.org","size":1047,
 *      "response":{"code":550,"enhanced_code":{"class":5,"subject":1,"detail":1},
 *                  "content":"User unknown","command":"RCPT TO:<b@example.org>"},
 *      "peer_address":{"name":"mx.example.org.","addr":"192.0.2.1"},"timestamp":1795483452,
 *      "headers":{"Message-ID":"<x@example.com>"}, ...}
 *
 * An Expiration says only that time is over; the reason is that of the last TransientFailure.
 */
#include "json.h"
#include "reader.h"

static bool knows(struct wb_slice line)
{
    return line.n && line.p[0] == '{' && wb_log_json_get(line, WB_S("type")).n &&
           wb_log_json_get(line, WB_S("recipient")).n && wb_log_json_get(line, WB_S("queue")).n;
}

static enum wb_action action_of(struct wb_slice type)
{
    static const struct {
        struct wb_slice name;
        enum wb_action action;
    } types[] = {{{"\"Delivery\"", 10}, WB_ACTION_DELIVERED},
                 {{"\"TransientFailure\"", 18}, WB_ACTION_DELAYED},
                 {{"\"Bounce\"", 8}, WB_ACTION_FAILED},
                 {{"\"Expiration\"", 12}, WB_ACTION_FAILED},
                 {{"\"AdminBounce\"", 13}, WB_ACTION_FAILED}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (wb_slice_eq(type, types[i].name))
            return types[i].action;
    return WB_ACTION_ABSENT;
}

static struct wb_slice put(char **at, struct wb_slice s)
{
    if (s.n)
        memcpy(*at, s.p, s.n);
    *at += s.n;
    return s;
}

/* {"class":5,"subject":1,"detail":1} as "5.1.1 " */
static void put_status(char **at, struct wb_slice code)
{
    static const struct wb_slice names[] = {{"class", 5}, {"subject", 7}, {"detail", 6}};
    for (int i = 0; i < 3; i++) {
        put(at, wb_slice_head(wb_log_json_get(code, names[i]), 3));
        *(*at)++ = i < 2 ? '.' : ' ';
    }
}

/* "550 5.1.1 User unknown", and behind it "(in reply to RCPT TO:<...>)", as it went over the wire.
 */
static struct wb_slice reply_of(struct wb_logbook *book, struct wb_slice response)
{
    struct wb_slice code = wb_slice_head(wb_log_json_get(response, WB_S("code")), 3);
    struct wb_slice status = wb_log_json_get(response, WB_S("enhanced_code"));
    struct wb_slice text = wb_log_json_text(book, wb_log_json_get(response, WB_S("content")));
    struct wb_slice command = wb_log_json_text(book, wb_log_json_get(response, WB_S("command")));
    command = wb_slice_rtrim(command);
    char *p = wb_log_room(book, text.n + command.n + 64), *at = p;
    if (!p)
        return text;
    put(&at, code);
    *at++ = ' ';
    if (status.n > 2 && status.p[0] == '{')
        put_status(&at, status);
    put(&at, text);
    if (command.n) {
        put(&at, WB_S(" (in reply to "));
        put(&at, wb_slice_eq(command, WB_S(".")) ? WB_S("end of DATA") : command);
        put(&at, WB_S(" command)"));
    }
    return wb_slice_span(p, at);
}

static void note_time(struct wb_logbook *book, struct wb_slice v)
{
    long long seconds;
    v = wb_slice_head(v, wb_slice_chr(v, '.'));
    if (wb_slice_number(v, &seconds) && seconds < 253402300800)
        wb_log_at(book, (struct wb_time){seconds, 0, true});
}

static struct wb_slice text_of(struct wb_logbook *book, struct wb_slice line, struct wb_slice name)
{
    return wb_log_json_text(book, wb_log_json_get(line, name));
}

static void tell_all(struct wb_logbook *book, struct wb_log_message *m, struct wb_log_told *told,
                     struct wb_slice recipients)
{
    struct wb_slice one;
    if (recipients.n && recipients.p[0] == '"') {
        told->recipient = wb_log_json_text(book, recipients);
        wb_log_tell(book, m, told);
    }
    while (wb_log_json_item(&recipients, &one)) {
        told->recipient = wb_log_json_text(book, one);
        if (told->recipient.n)
            wb_log_tell(book, m, told);
    }
}

static void read(struct wb_logbook *book, struct wb_slice line)
{
    struct wb_slice type = wb_log_json_get(line, WB_S("type"));
    struct wb_log_told told = {.action = action_of(type)};
    if (!told.action)
        return;
    note_time(book, wb_log_json_get(line, WB_S("timestamp")));
    struct wb_log_message *m = wb_log_message(book, text_of(book, line, WB_S("id")));
    wb_log_note(book, m, WB_LOG_SENDER, text_of(book, line, WB_S("sender")));
    wb_log_bytes(m, wb_log_json_get(line, WB_S("size")));
    struct wb_slice headers = wb_log_json_get(line, WB_S("headers"));
    struct wb_slice id = text_of(book, headers, WB_S("Message-ID"));
    if (id.n)
        wb_log_note(book, m, WB_LOG_MESSAGE_ID, wb_log_unbracket(wb_slice_trim(id)));
    struct wb_slice peer = wb_log_json_get(line, WB_S("peer_address"));
    told.remote_mta = text_of(book, peer, WB_S("name"));
    if (told.remote_mta.n && told.remote_mta.p[told.remote_mta.n - 1] == '.')
        told.remote_mta.n--;
    told.remote_ip = text_of(book, peer, WB_S("addr"));
    if (told.action != WB_ACTION_DELIVERED)
        told.diagnostic = reply_of(book, wb_log_json_get(line, WB_S("response")));
    told.says_nothing = wb_slice_eq(type, WB_S("\"Expiration\""));
    tell_all(book, m, &told, wb_log_json_get(line, WB_S("recipient")));
    if (told.action != WB_ACTION_DELAYED)
        wb_log_done(book, m);
}

const struct wb_log_format wb_log_format_kumomta = {"kumomta", knows, read, NULL};
