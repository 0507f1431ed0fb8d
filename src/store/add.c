/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Adding reports. A piece of at most WB_MAX_STORE_PIECE reports is worked on at once: first all is
 * looked up that is there already, then it is decided what is new, then everything is written. So
 * the number of statements hangs on what there is to say and not on how many reports say it.
 *
 * Packing takes a quarter of the time and needs no database: a thread of its own does it, while
 * addresses, names and decisions are worked on.
 */
#include <pthread.h>

#include "check.h"
#include "judge.h"
#include "limit.h"
#include "rollup.h"
#include "store_notice.h"
#include "vocab.h"

struct item {
    const struct wb_record *record;
    const struct wb_message *message;
    struct wb_added *added;
    unsigned char report_id[16];
    struct wb_slice address, domain, remote_mta;
    int64_t at, key, address_id;
    int64_t mail;              /* its key; 0: none is kept, and it has no other reports */
    bool is_known;             /* there was one of this report_id */
    bool brings_mail;          /* the first new report of a mail that is to be kept */
    struct wb_slice body, raw; /* packed */
};

struct piece {
    struct wb_store *store;
    const struct wb_policy *policy;
    struct wb_buf memory; /* of the items */
    struct item *items;
    size_t n, bytes;         /* of raw mails */
    struct wb_map addresses; /* in this piece; their ids */
    int64_t first_new_address;
    struct wb_rows rows; /* of the statement in hand */
};

static struct wb_slice id_of(const struct item *item)
{
    return wb_slice((const char *)item->report_id, sizeof item->report_id);
}

static bool run(struct piece *piece, const struct wb_sql *sql, struct wb_status *status)
{
    struct wb_store *store = piece->store;
    bool ok = store->driver->run(store->db, sql, &piece->rows, NULL, status);
    wb_rows_clear(&piece->rows);
    return ok;
}

static bool find(struct piece *piece, const struct wb_sql *sql, wb_row_callback callback,
                 struct wb_status *status)
{
    struct wb_store *store = piece->store;
    bool ok = store->driver->find(store->db, sql, &piece->rows, callback, piece, status);
    wb_rows_clear(&piece->rows);
    return ok;
}

/* ---- what is there already ---- */

static bool set_known(void *own, size_t key, const struct wb_cell *row)
{
    struct piece *piece = own;
    piece->items[key].is_known = true;
    piece->items[key].mail = row[0].i;
    return true;
}

static bool find_reports(struct piece *piece, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT mail FROM reports WHERE report_id = $1",
        "SELECT k.n, mail FROM unnest($1::bytea[]) WITH ORDINALITY k(report_id, n)"
        " JOIN reports USING (report_id)",
        "b", "i"};
    for (size_t i = 0; i < piece->n; i++)
        wb_rows_text(&piece->rows, id_of(&piece->items[i]));
    if (!find(piece, &sql, set_known, status))
        return false;
    struct wb_map seen = {0}; /* the same report twice in this piece */
    for (size_t i = 0; i < piece->n; i++) {
        bool is_new;
        wb_map_put(&seen, id_of(&piece->items[i]), 0, &is_new);
        piece->items[i].is_known |= !is_new;
    }
    wb_map_free(&seen);
    return true;
}

static bool set_address(void *own, size_t key, const struct wb_cell *row)
{
    struct piece *piece = own;
    wb_map_rows(&piece->addresses)[key].value = row[0].i;
    return true;
}

static bool resolve_addresses(struct piece *piece, struct wb_status *status)
{
    static const struct wb_sql known = {
        "SELECT id FROM addresses WHERE address = $1",
        "SELECT k.n, id FROM unnest($1::text[]) WITH ORDINALITY k(address, n)"
        " JOIN addresses USING (address)",
        "t", "i"};
    static const struct wb_sql make = {
        "INSERT INTO addresses (id, address) VALUES ($1, $2)",
        "INSERT INTO addresses (id, address) SELECT * FROM unnest($1::bigint[], $2::text[])", "it",
        ""};
    for (size_t i = 0; i < piece->n; i++) {
        const struct item *item = piece->items + i;
        if (!item->is_known && item->address.n)
            wb_map_put(&piece->addresses, item->address, 0, NULL);
    }
    size_t n = wb_map_count(&piece->addresses);
    for (size_t i = 0; i < n; i++)
        wb_rows_text(&piece->rows, wb_map_rows(&piece->addresses)[i].key);
    if (!find(piece, &known, set_address, status))
        return false;
    piece->first_new_address = piece->store->next[WB_NEXT_ADDRESS];
    for (size_t i = 0; i < n; i++) {
        struct wb_map_row *row = wb_map_rows(&piece->addresses) + i;
        if (row->value)
            continue;
        row->value = piece->store->next[WB_NEXT_ADDRESS]++;
        wb_rows_int(&piece->rows, row->value);
        wb_rows_text(&piece->rows, row->key);
    }
    return run(piece, &make, status);
}

static bool resolve_names(struct piece *piece, struct wb_status *status)
{
    struct wb_store *store = piece->store;
    for (size_t i = 0; i < piece->n; i++) {
        const struct item *item = piece->items + i;
        if (item->is_known)
            continue;
        wb_name_want(store, item->record->cause);
        wb_name_want(store, item->record->provider);
        wb_name_want(store, item->domain);
        wb_name_want(store, item->remote_mta);
        wb_name_want(store, item->message->source);
    }
    return wb_names_resolve(store, status);
}

/* ---- writing ---- */

/* The key of the mail that items i and on stand in: of those that are there, else a new one. */
static int64_t mail_of(const struct piece *piece, size_t i, bool *is_new_out)
{
    const struct wb_message *message = piece->items[i].message;
    *is_new_out = false;
    for (size_t j = i; j < piece->n && piece->items[j].message == message; j++)
        if (piece->items[j].is_known && piece->items[j].mail)
            return piece->items[j].mail;
    *is_new_out = message->raw.n > 0;
    if (!message->raw.n && message->n == 1)
        return 0;
    return wb_report_key(message->received, piece->store->next[WB_NEXT_REPORT]);
}

static void give_keys(struct piece *piece)
{
    int64_t mail = 0;
    bool is_new = false;
    for (size_t i = 0; i < piece->n; i++) {
        struct item *item = piece->items + i;
        if (i == 0 || item->message != item[-1].message)
            mail = mail_of(piece, i, &is_new);
        item->mail = mail;
        if (item->is_known)
            continue;
        item->key = wb_report_key(item->at, piece->store->next[WB_NEXT_REPORT]++);
        item->brings_mail = is_new;
        is_new = false;
    }
}

/* A mail of which one more report was found than before: those that are there belong to it. */
static bool join_mails(struct piece *piece, struct wb_status *status)
{
    static const struct wb_sql sql = {"UPDATE reports SET mail = $2, part = 1 WHERE report_id = $1",
                                      "UPDATE reports SET mail = k.mail, part = 1"
                                      " FROM unnest($1::bytea[], $2::bigint[]) k(report_id, mail)"
                                      " WHERE reports.report_id = k.report_id",
                                      "bi", ""};
    for (size_t i = 0; i < piece->n; i++) {
        const struct item *item = piece->items + i;
        bool has_new = false;
        for (size_t j = i; j-- > 0 && piece->items[j].message == item->message;)
            has_new |= !piece->items[j].is_known;
        for (size_t j = i + 1; j < piece->n && piece->items[j].message == item->message; j++)
            has_new |= !piece->items[j].is_known;
        if (!item->is_known || !has_new)
            continue;
        wb_rows_text(&piece->rows, id_of(item));
        wb_rows_int(&piece->rows, item->mail);
    }
    return run(piece, &sql, status);
}

static bool write_mails(struct piece *piece, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "INSERT INTO mails (id, source, raw) VALUES ($1, $2, $3)",
        "INSERT INTO mails (id, source, raw)"
        " SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])",
        "iib", ""};
    struct wb_store *store = piece->store;
    for (size_t i = 0; i < piece->n; i++) {
        const struct item *item = piece->items + i;
        if (!item->brings_mail)
            continue;
        wb_rows_int(&piece->rows, item->mail);
        wb_rows_id(&piece->rows, wb_name_id(store, item->message->source));
        wb_rows_text(&piece->rows, item->raw);
    }
    return run(piece, &sql, status);
}

static struct wb_report_numbers numbers_of(struct wb_store *store, const struct item *item)
{
    const struct wb_record *record = item->record;
    return (struct wb_report_numbers){
        .at = wb_key_time(item->key),
        .kind = wb_kind_named(record->kind),
        .proof = record->proof,
        .cause = wb_name_id(store, record->cause),
        .provider = wb_name_id(store, record->provider),
        .domain = wb_name_id(store, item->domain),
        .remote_mta = wb_name_id(store, item->remote_mta),
    };
}

static bool write_reports(struct piece *piece, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "INSERT INTO reports (id, report_id, failure, kind, wish, proof, cause, provider, domain,"
        " remote_mta, address, mail, part, body)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        "INSERT INTO reports (id, report_id, failure, kind, wish, proof, cause, provider, domain,"
        " remote_mta, address, mail, part, body)"
        " SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[],"
        " $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],"
        " $11::bigint[], $12::bigint[], $13::bigint[], $14::bytea[])",
        "ibiiiiiiiiiiib", ""};
    struct wb_store *store = piece->store;
    struct wb_rows *rows = &piece->rows;
    for (size_t i = 0; i < piece->n; i++) {
        const struct item *item = piece->items + i;
        if (item->is_known)
            continue;
        struct wb_report_numbers numbers = numbers_of(store, item);
        wb_rollup_add(store, &numbers, 1);
        wb_template_add(store, item->record, 1);
        wb_rows_int(rows, item->key);
        wb_rows_text(rows, id_of(item));
        wb_rows_id(rows, wb_failure_number(item->record->failure_key));
        wb_rows_int(rows, numbers.kind);
        wb_rows_int(rows, wb_recommendation_named(item->record->recommendation));
        wb_rows_int(rows, numbers.proof);
        wb_rows_id(rows, numbers.cause);
        wb_rows_id(rows, numbers.provider);
        wb_rows_id(rows, numbers.domain);
        wb_rows_id(rows, numbers.remote_mta);
        wb_rows_id(rows, item->address_id);
        wb_rows_id(rows, item->mail);
        wb_rows_int(rows, item->message->n > 1);
        wb_rows_text(rows, item->body);
    }
    return run(piece, &sql, status);
}

static void count(const struct piece *piece)
{
    for (size_t i = 0; i < piece->n; i++) {
        const struct item *item = piece->items + i;
        if (item->added && item->is_known)
            item->added->duplicates++;
        else if (item->added)
            item->added->reports++;
    }
}

static bool judge(struct piece *piece, struct wb_status *status)
{
    struct wb_case *cases = wb_room_take(&piece->store->room, piece->n * sizeof *cases);
    size_t n = 0;
    for (size_t i = 0; i < piece->n && piece->policy; i++) {
        const struct item *item = piece->items + i;
        if (item->is_known || !item->address_id ||
            !(wb_policy_counts(piece->policy, item->record) ||
              wb_policy_delivers(piece->policy, item->record)))
            continue;
        cases[n++] = (struct wb_case){.address = item->address_id,
                                      .name = item->address,
                                      .at = item->at,
                                      .record = item->record,
                                      .is_new = item->address_id >= piece->first_new_address,
                                      .added = item->added};
    }
    return wb_judge(piece->store, piece->policy, cases, n, status);
}

static void tell(const struct piece *piece)
{
    const struct wb_teller *teller = piece->store->teller;
    for (size_t i = 0; i < piece->n && teller; i++) {
        struct wb_record record = *piece->items[i].record;
        record.at = piece->items[i].at;
        if (!piece->items[i].is_known)
            teller->report(teller, piece->store, &record);
    }
}

/* ---- packing, in a thread of its own ---- */

static void *pack(void *own)
{
    const struct piece *piece = own;
    struct wb_packer *packer = piece->store->thread_packer;
    struct wb_room *room = &piece->store->thread_room;
    for (size_t i = 0; i < piece->n; i++) {
        struct item *item = piece->items + i;
        if (item->is_known)
            continue;
        struct wb_record kept = *item->record;
        kept.at = item->at;
        item->body = wb_pack_record(packer, &kept, room);
        if (item->brings_mail)
            item->raw = wb_pack_mail(packer, item->message->raw, room);
    }
    return NULL;
}

/* What needs nothing that is packed; addresses come first, for decisions name them. */
static bool write_others(struct piece *piece, struct wb_status *status)
{
    if (!resolve_addresses(piece, status) || !resolve_names(piece, status))
        return false;
    for (size_t i = 0; i < piece->n; i++) {
        struct item *item = piece->items + i;
        if (!item->is_known && item->address.n)
            item->address_id = wb_map_find(&piece->addresses, item->address)->value;
    }
    return join_mails(piece, status) && judge(piece, status);
}

static bool add_piece(struct piece *piece, struct wb_status *status)
{
    pthread_t thread;
    if (!find_reports(piece, status))
        return false;
    give_keys(piece);
    count(piece);
    wb_room_reset(&piece->store->thread_room);
    bool apart = piece->n >= WB_MIN_STORE_THREAD && pthread_create(&thread, NULL, pack, piece) == 0;
    tell(piece);
    bool ok = write_others(piece, status);
    if (apart)
        pthread_join(thread, NULL);
    else
        pack(piece);
    return ok && write_mails(piece, status) && write_reports(piece, status);
}

/* ---- pieces ---- */

/* A report from the future would stand above all others for ever: it failed when it came. */
static int64_t time_of(const struct wb_message *message, const struct wb_record *record)
{
    int64_t received = message->received;
    return received > 0 && record->at > received ? received : record->at;
}

static bool fill_item(struct wb_store *store, struct item *item, const struct wb_message *message,
                      const struct wb_record *record, struct wb_added *added,
                      struct wb_status *status)
{
    *item = (struct item){.record = record, .message = message, .added = added};
    if (!wb_id_bytes(record->report_id, item->report_id))
        return wb_trouble(status, "a report without a report_id cannot be kept");
    item->at = time_of(message, record);
    item->address = wb_plain_address(&store->room, record->recipient, &item->domain);
    item->remote_mta =
        wb_slice_head(wb_plain_address(&store->room, record->remote_mta, NULL), WB_MAX_STORED_NAME);
    return true;
}

static bool end_piece(struct piece *piece, struct wb_status *status)
{
    bool ok = piece->n == 0 || (add_piece(piece, status) && wb_notices_flush(piece->store, status));
    piece->n = piece->bytes = 0;
    wb_buf_clear(&piece->memory);
    wb_map_clear(&piece->addresses);
    wb_room_reset(&piece->store->room);
    return ok;
}

/* A piece ends with a message: its reports share what is kept of it. */
static bool add_all(struct piece *piece, const struct wb_message *messages, size_t n,
                    struct wb_added *added, struct wb_status *status)
{
    for (size_t i = 0; i < n; i++) {
        wb_buf_reserve(&piece->memory, messages[i].n * sizeof *piece->items);
        piece->memory.n += messages[i].n * sizeof *piece->items;
        piece->items = (struct item *)(void *)piece->memory.p;
        for (size_t j = 0; j < messages[i].n; j++) {
            if (!fill_item(piece->store, piece->items + piece->n, messages + i,
                           messages[i].records + j, added ? added + i : NULL, status))
                return false;
            piece->n++;
        }
        piece->bytes += messages[i].raw.n;
        bool is_full = piece->n >= WB_MAX_STORE_PIECE || piece->bytes >= WB_MAX_STORE_PIECE_BYTES;
        if (is_full && !end_piece(piece, status))
            return false;
    }
    return end_piece(piece, status);
}

bool wb_store_add(struct wb_store *store, const struct wb_message *messages, size_t n,
                  const struct wb_policy *policy, struct wb_added *added, struct wb_status *status)
{
    WB_CHECK(store->writing);
    struct piece piece = {.store = store, .policy = policy};
    wb_room_reset(&store->room);
    if (added)
        memset(added, 0, n * sizeof *added);
    bool ok = add_all(&piece, messages, n, added, status);
    wb_buf_free(&piece.rows.cells);
    wb_buf_free(&piece.memory);
    wb_map_free(&piece.addresses);
    return ok || wb_give_up(store);
}
