/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Forgetting an address. Its reports go, and the mails that they stood in: whoever else they speak
 * of, they name this address. Reports of the other recipients of these mails stay, but their
 * documents may quote the address (in To:), so it is masked there.
 */
#include "check.h"
#include "events.h"
#include "judge.h"
#include "limit.h"
#include "store_address.h"

struct oblivion {
    struct wb_store *store;
    struct wb_slice address;
    int64_t id;
    struct wb_buf mails;   /* int64_t: of its reports */
    struct wb_rows masked; /* body, id: of reports of others */
    uint64_t rows;
    bool is_damaged;
};

static bool take_mail(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct oblivion *o = own;
    wb_buf_put(&o->mails, wb_slice((const char *)&row[0].i, sizeof row[0].i));
    return true;
}

/* The texts of a record that was unpacked stand in memory of ours. */
static bool mask(struct wb_slice s, struct wb_slice address)
{
    bool found = false;
    while (s.n) {
        size_t at = wb_slice_findi(s, address);
        if (at >= s.n)
            break;
        memset((char *)(uintptr_t)s.p + at, '*', address.n);
        s = wb_slice_from(s, at + address.n);
        found = true;
    }
    return found;
}

static bool mask_report(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct oblivion *o = own;
    struct wb_record record = {0};
    if (!wb_unpack_record(o->store->packer, row[1].s, &record)) {
        o->is_damaged = true;
        return false;
    }
    struct wb_slice *const texts[] = {&record.document, &record.diagnostic, &record.subject,
                                      &record.envelope_from, &record.message_id};
    bool found = false;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = wb_room_copy(&o->store->room, *texts[i]);
        found |= mask(*texts[i], o->address);
    }
    if (!found)
        return true;
    /* the packer writes into the memory that it read the other texts from */
    struct wb_record copy = wb_record_copy(&o->store->room, &record);
    wb_rows_text(&o->masked, wb_pack_record(o->store->packer, &copy, &o->store->room));
    wb_rows_int(&o->masked, row[0].i);
    return true;
}

static bool mask_others(struct oblivion *o, struct wb_status *status)
{
    static const struct wb_sql others = {
        "SELECT id, body FROM reports WHERE mail = $1 AND part = 1 AND coalesce(address, 0) <> $2",
        "SELECT k.n, id, body FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY"
        " k(mail, mine, n) JOIN reports ON reports.mail = k.mail AND reports.part = 1"
        " AND coalesce(reports.address, 0) <> k.mine",
        "ii", "ib"};
    static const struct wb_sql rewrite = {
        "UPDATE reports SET body = $1 WHERE id = $2",
        "UPDATE reports SET body = k.body FROM unnest($1::bytea[], $2::bigint[]) k(body, id)"
        " WHERE reports.id = k.id",
        "bi", ""};
    struct wb_store *store = o->store;
    struct wb_rows rows = {0};
    for (size_t at = 0; at < o->mails.n; at += sizeof(int64_t)) {
        int64_t mail;
        memcpy(&mail, o->mails.p + at, sizeof mail);
        wb_rows_int(&rows, mail);
        wb_rows_int(&rows, o->id);
    }
    bool ok = store->driver->find(store->db, &others, &rows, mask_report, o, status) &&
              (!o->is_damaged ||
               wb_trouble(status, "the store is damaged: a report cannot be unpacked")) &&
              store->driver->run(store->db, &rewrite, &o->masked, NULL, status);
    wb_buf_free(&rows.cells);
    return ok;
}

static bool drop(struct oblivion *o, const struct wb_sql *sql, const struct wb_rows *rows,
                 struct wb_status *status)
{
    uint64_t n = 0;
    if (!o->store->driver->run(o->store->db, sql, rows, &n, status))
        return false;
    o->rows += n;
    return true;
}

static bool drop_mails(struct oblivion *o, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "DELETE FROM mails WHERE id = $1",
        "DELETE FROM mails USING unnest($1::bigint[]) k(id) WHERE mails.id = k.id", "i", ""};
    struct wb_rows rows = {0};
    for (size_t at = 0; at < o->mails.n; at += sizeof(int64_t)) {
        int64_t mail;
        memcpy(&mail, o->mails.p + at, sizeof mail);
        wb_rows_int(&rows, mail);
    }
    bool ok = drop(o, &sql, &rows, status);
    wb_buf_free(&rows.cells);
    return ok;
}

/*
 * Free texts may name it, too: names of files, reasons. An address without a domain is a word like
 * others: looked for everywhere, "unknown" would take the names of causes away.
 */
static bool drop_elsewhere(struct oblivion *o, struct wb_status *status)
{
    static const struct wb_sql names = {
        "UPDATE names SET text = 'forgotten ' || id WHERE instr(lower(text), $1) > 0",
        "UPDATE names SET text = 'forgotten ' || id WHERE strpos(lower(text), $1) > 0", "t", ""};
    static const struct wb_sql reasons = {
        "UPDATE audit SET why = '' WHERE instr(lower(why), $1) > 0",
        "UPDATE audit SET why = '' WHERE strpos(lower(why), $1) > 0", "t", ""};
    static const struct wb_sql states = {
        "UPDATE addresses SET why = '' WHERE instr(lower(why), $1) > 0",
        "UPDATE addresses SET why = '' WHERE strpos(lower(why), $1) > 0", "t", ""};
    struct wb_cell cells[] = {WB_TEXT(o->address)};
    if (wb_slice_chr(o->address, '@') == o->address.n)
        return true;
    wb_map_clear(&o->store->names);
    return wb_run_one(o->store, &names, cells, status) &&
           wb_run_one(o->store, &reasons, cells, status) &&
           wb_run_one(o->store, &states, cells, status);
}

/* As it stands between quotation marks in JSON; without a domain only as a whole text. */
static struct wb_slice as_json(struct wb_room *room, struct wb_slice address)
{
    char *out = wb_room_take(room, 2 * address.n + 2);
    bool is_word = wb_slice_chr(address, '@') == address.n;
    size_t n = 0;
    if (is_word)
        out[n++] = '"';
    for (size_t i = 0; i < address.n; i++) {
        if (address.p[i] == '"' || address.p[i] == '\\')
            out[n++] = '\\';
        out[n++] = address.p[i];
    }
    if (is_word)
        out[n++] = '"';
    return wb_slice(out, n);
}

/* Nobody is told any more of what names it. */
static bool drop_notices(struct oblivion *o, struct wb_status *status)
{
    static const struct wb_sql notices = {"DELETE FROM notices WHERE instr(lower(body), $1) > 0",
                                          "DELETE FROM notices WHERE strpos(lower(body), $1) > 0",
                                          "t", ""};
    static const struct wb_sql told = {"DELETE FROM told WHERE instr(lower(subject), $1) > 0",
                                       "DELETE FROM told WHERE strpos(lower(subject), $1) > 0", "t",
                                       ""};
    struct wb_rows rows = {0};
    wb_rows_text(&rows, as_json(&o->store->room, o->address));
    bool ok = drop(o, &notices, &rows, status);
    wb_rows_clear(&rows);
    wb_rows_text(&rows, o->address);
    ok = ok && (wb_slice_chr(o->address, '@') == o->address.n || drop(o, &told, &rows, status));
    wb_buf_free(&rows.cells);
    return ok;
}

static bool drop_rows(struct oblivion *o, struct wb_status *status)
{
    static const struct wb_sql statements[] = {
        {"DELETE FROM reports WHERE address = $1", NULL, "i", ""},
        {"DELETE FROM strikes WHERE address = $1", NULL, "i", ""},
        {"DELETE FROM audit WHERE address = $1", NULL, "i", ""},
        {"DELETE FROM addresses WHERE id = $1", NULL, "i", ""},
    };
    struct wb_rows rows = {0};
    wb_rows_int(&rows, o->id);
    bool ok = true;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && ok; i++)
        ok = drop(o, statements + i, &rows, status);
    wb_buf_free(&rows.cells);
    return ok;
}

/* That something was forgotten is kept, what it was is not. */
static bool note(struct oblivion *o, struct wb_slice who, struct wb_status *status)
{
    struct wb_rows rows = {0};
    struct wb_audit_entry entry = {.who = wb_clean_text(&o->store->room, who, WB_MAX_STORED_NAME),
                                   .action = WB_S("forget"),
                                   .before = -1,
                                   .after = -1};
    mask(entry.who, o->address);
    wb_audit_put(o->store, &rows, &entry);
    bool ok = wb_audit_write(o->store, &rows, status);
    wb_buf_free(&rows.cells);
    return ok;
}

static bool forget(struct oblivion *o, struct wb_slice who, struct wb_status *status)
{
    static const struct wb_sql mails = {
        "SELECT DISTINCT mail FROM reports WHERE address = $1 AND mail IS NOT NULL", NULL, "i",
        "i"};
    return wb_address_number(o->store, o->address, &o->id, status) &&
           wb_find_one(o->store, &mails, (struct wb_cell[]){WB_INT(o->id)}, take_mail, o, status) &&
           mask_others(o, status) && drop_mails(o, status) && drop_rows(o, status) &&
           drop_elsewhere(o, status) && drop_notices(o, status) && note(o, who, status);
}

bool wb_store_forget(struct wb_store *store, struct wb_slice address, struct wb_slice who,
                     uint64_t *rows, struct wb_status *status)
{
    WB_CHECK(store->writing);
    wb_room_reset(&store->room);
    struct oblivion o = {.store = store};
    o.address = wb_plain_address(&store->room, address, NULL);
    bool ok = o.address.n ? forget(&o, who, status) : wb_trouble(status, "an address is missing");
    wb_buf_free(&o.mails);
    wb_buf_free(&o.masked.cells);
    *rows = o.rows;
    store->has_forgotten |= ok;
    return ok || wb_give_up(store);
}
