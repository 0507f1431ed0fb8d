/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PowerMTA's accounting files: CSV (RFC 4180), the names of the columns in the first line. Which
 * columns there are is configured; a file without that line has the usual ones.
 *
 *     type,timeLogged,timeQueued,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,...
 *     b,2026-11-02 03:04:05+0800,2026-11-02 03:04:01+0800,a@example.com,b@example.org,,failed,
 *     5.1.1 (bad destination mailbox address),"smtp;550 5.1.1 User unknown",mx.x (192.0.2.1),...
 */
#include "format.h"

enum column {
    TYPE,
    LOGGED,
    QUEUED,
    SENDER,
    RECIPIENT,
    ORIGINAL,
    STATUS,
    DIAGNOSTIC,
    SERVER,
    SIZE,
    ENVELOPE,
    MESSAGE,
    ADDRESS,
    COLUMNS,
};

static const struct wb_slice names[COLUMNS] = {
    {"type", 4},  {"timeLogged", 10},        {"timeQueued", 10},      {"orig", 4},   {"rcpt", 4},
    {"orcpt", 5}, {"dsnStatus", 9},          {"dsnDiag", 7},          {"dsnMta", 6}, {"dlvSize", 7},
    {"envId", 5}, {"header_Message-Id", 17}, {"dlvDestinationIp", 16}};

static const char usual[] =
    "type,timeLogged,timeQueued,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,bounceCat,"
    "srcType,srcMta,dlvType,dlvSourceIp,dlvDestinationIp,dlvEsmtpAvailable,dlvSize,vmta,jobId,"
    "envId";

/* The next cell as it stands; the quotes around it are taken off, doubled ones in it are not. */
static struct wb_slice cell(struct wb_slice *rest)
{
    if (!rest->n || rest->p[0] != '"')
        return wb_slice_cut(rest, ',');
    size_t n = 1;
    while (n < rest->n && (rest->p[n] != '"' || (n + 1 < rest->n && rest->p[n + 1] == '"')))
        n += rest->p[n] == '"' ? 2 : 1;
    struct wb_slice inner = wb_slice_head(wb_slice_from(*rest, 1), n ? n - 1 : 0);
    *rest = wb_slice_from(*rest, n + 1);
    wb_slice_cut(rest, ',');
    return inner;
}

static struct wb_slice plain(struct wb_logbook *book, struct wb_slice s)
{
    if (wb_slice_chr(s, '"') == s.n)
        return s;
    char *p = wb_log_room(book, s.n);
    size_t n = 0;
    for (size_t i = 0; p && i < s.n; i++) {
        i += s.p[i] == '"' && i + 1 < s.n && s.p[i + 1] == '"';
        p[n++] = s.p[i];
    }
    return p ? wb_slice(p, n) : WB_NONE;
}

/* Notes in which place each column stands, from 1 on. */
static void read_names(struct wb_logbook *book, struct wb_slice line)
{
    int *places = wb_log_columns(book);
    memset(places, 0, COLUMNS * sizeof *places);
    for (int place = 1; line.n; place++) {
        struct wb_slice name = cell(&line);
        for (int i = 0; i < COLUMNS; i++)
            if (wb_slice_eqi(name, names[i]))
                places[i] = place;
    }
}

static bool is_names(struct wb_slice line)
{
    return wb_slice_starts(line, WB_S("type,")) && wb_slice_hasi(line, WB_S("timeLogged"));
}

static bool knows(struct wb_slice line)
{
    return is_names(line) && wb_slice_hasi(line, WB_S("dsnStatus"));
}

static void begin(struct wb_logbook *book)
{
    read_names(book, wb_slice_str(usual));
}

static enum wb_action action_of(struct wb_slice type)
{
    if (wb_slice_eq(type, WB_S("d")))
        return WB_ACTION_DELIVERED;
    if (wb_slice_eq(type, WB_S("t")) || wb_slice_eq(type, WB_S("tq")))
        return WB_ACTION_DELAYED;
    /* rb: the other side took it, and then sent a bounce */
    bool failed = wb_slice_eq(type, WB_S("b")) || wb_slice_eq(type, WB_S("rb"));
    return failed ? WB_ACTION_FAILED : WB_ACTION_ABSENT;
}

static void tell(struct wb_logbook *book, const struct wb_slice *cells, struct wb_log_told *told)
{
    /* each line says everything: no id, and nothing to be remembered */
    struct wb_log_message *m = wb_log_message(book, WB_NONE);
    struct wb_slice text = plain(book, cells[DIAGNOSTIC]);
    wb_log_note(book, m, WB_LOG_SENDER, cells[SENDER]);
    wb_log_note(book, m, WB_LOG_MESSAGE_ID, wb_log_unbracket(plain(book, cells[MESSAGE])));
    wb_log_note(book, m, WB_LOG_ENVELOPE_ID, cells[ENVELOPE]);
    wb_log_bytes(m, cells[SIZE]);
    told->recipient = plain(book, cells[RECIPIENT]);
    told->status = wb_log_code(cells[STATUS]);
    if (told->action != WB_ACTION_DELIVERED)
        told->diagnostic = wb_slice_starts(text, WB_S("smtp;")) ? wb_slice_from(text, 5) : text;
    wb_log_relay(cells[SERVER], &told->remote_mta, &told->remote_ip);
    if (!told->remote_ip.n)
        told->remote_ip = cells[ADDRESS];
    if (told->recipient.n)
        wb_log_tell(book, m, told);
    wb_log_done(book, m);
}

static void read(struct wb_logbook *book, struct wb_slice line)
{
    const int *places = wb_log_columns(book);
    struct wb_slice cells[COLUMNS] = {{0}}, rest = line;
    if (is_names(line)) {
        read_names(book, line);
        return;
    }
    for (int place = 1; rest.n; place++) {
        struct wb_slice s = cell(&rest);
        for (int i = 0; i < COLUMNS; i++)
            if (places[i] == place)
                cells[i] = s;
    }
    struct wb_log_told told = {.action = action_of(cells[TYPE])};
    if (!told.action || !cells[LOGGED].n)
        return;
    wb_log_stamp(book, cells[LOGGED]);
    tell(book, cells, &told);
}

const struct wb_log_format wb_log_format_powermta = {"powermta", knows, read, begin};
