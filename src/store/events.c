/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of reports. The rarest of the filters names the index that is walked, the newest first;
 * what the others say is held against each row that comes along. One call looks at no more than
 * WB_MAX_STORE_LOOK rows. Domains and servers are walked day by day: schema.c says why.
 */
#include "events.h"

#include "check.h"
#include "limit.h"
#include "store_int.h"
#include "vocab.h"

/* Columns of a report that are read; the same in all statements. */
#define LIST    "id, kind, cause, provider, domain, remote_mta, address, body FROM reports "
#define COLUMNS " SELECT " LIST
#define PAGE    " AND id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4"
/* of one day; PostgreSQL takes many of them at once */
#define DAYS(name)                                                                                 \
    COLUMNS "WHERE id / 23192823398400 = $5 AND " name " = $1" PAGE,                               \
        "SELECT k.n, r.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[],"      \
        " $5::bigint[]) WITH ORDINALITY k(number, below, least, most, day, n) CROSS JOIN LATERAL"  \
        " (SELECT " LIST "WHERE id / 23192823398400 = k.day AND " name " = k.number"               \
        " AND id < k.below AND id >= k.least ORDER BY id DESC LIMIT k.most) r"                     \
        " ORDER BY k.n, r.id DESC",                                                                \
        "iiiii", TYPES
static const int64_t DAY_OF_KEYS = (int64_t)WB_DAY << WB_KEY_BITS; /* 23192823398400 */
enum { ID, KIND, CAUSE, PROVIDER, DOMAIN, REMOTE_MTA, ADDRESS, BODY };
#define TYPES "iiiiiiib"

/* How a page may be found, the rarest first; $1 is the number that is sought. */
const struct wb_sql wb_event_walks[] = {
    {COLUMNS "WHERE address = $1" PAGE, NULL, "iiii", TYPES},
    {DAYS("domain")},
    {DAYS("remote_mta")},
    {COLUMNS "WHERE cause = $1" PAGE, NULL, "iiii", TYPES},
    {COLUMNS "WHERE provider = $1" PAGE, NULL, "iiii", TYPES},
    {COLUMNS "WHERE kind = $1 AND kind <> 1" PAGE, NULL, "iiii", TYPES},
    {COLUMNS "WHERE $1 = 0" PAGE, NULL, "iiii", TYPES},
};
enum { WALK_ADDRESS, WALK_DOMAIN, WALK_REMOTE_MTA, WALK_CAUSE, WALK_PROVIDER, WALK_KIND, WALK_ALL };
_Static_assert(WB_KIND_BOUNCE == 1, "schema.c knows it by number");
const size_t wb_event_walk_count = sizeof wb_event_walks / sizeof wb_event_walks[0];
static const int column_of[] = {ADDRESS, DOMAIN, REMOTE_MTA, CAUSE, PROVIDER, KIND};

struct page {
    struct wb_store *store;
    wb_event_callback callback;
    void *own;
    int64_t want[WALK_ALL]; /* 0: any */
    struct wb_slice words;
    unsigned limit, shown;
    unsigned looked; /* in this walk */
    unsigned bite;   /* the most rows of one question */
    size_t day;      /* the question that rows come of, and how many have come */
    unsigned of_day;
    int64_t last; /* the id of the last row that was looked at */
    bool stopped, damaged;
    bool is_cut; /* a row came for which this page has no room */
};

static bool wanted(const struct page *page, const struct wb_cell *row)
{
    for (int i = 0; i < WALK_ALL; i++)
        if (page->want[i] && row[column_of[i]].i != page->want[i])
            return false;
    return true;
}

static bool look_at(void *own, size_t key, const struct wb_cell *row)
{
    struct page *page = own;
    struct wb_record record = {0};
    bool is_day_cut = key != page->day && page->of_day == page->bite;
    page->is_cut = page->shown == page->limit;
    if (page->is_cut || is_day_cut)
        return false;
    page->of_day = key == page->day ? page->of_day + 1 : 1;
    page->day = key;
    page->looked++;
    page->last = row[ID].i;
    if (!wanted(page, row))
        return true;
    if (!wb_unpack_record(page->store->packer, row[BODY].s, &record)) {
        page->damaged = true;
        return false;
    }
    if (page->words.n && !wb_slice_hasi(record.diagnostic, page->words))
        return true;
    page->shown++;
    page->stopped = !page->callback(page->own, &record, (struct wb_cursor){record.at, row[ID].i});
    return !page->stopped;
}

/* ---- names as numbers ---- */

bool wb_name_number(struct wb_store *store, struct wb_slice name, int64_t *out,
                    struct wb_status *status)
{
    static const struct wb_sql sql = {"SELECT id FROM names WHERE text = $1", NULL, "t", "i"};
    struct wb_slice clean = wb_clean_text(&store->room, name, WB_MAX_STORED_NAME);
    *out = 0;
    return wb_find_one(store, &sql, (struct wb_cell[]){WB_TEXT(clean)}, wb_take_number, out,
                       status);
}

bool wb_address_number(struct wb_store *store, struct wb_slice address, int64_t *out,
                       struct wb_status *status)
{
    static const struct wb_sql sql = {"SELECT id FROM addresses WHERE address = $1", NULL, "t",
                                      "i"};
    struct wb_slice plain = wb_plain_address(&store->room, address, NULL);
    *out = 0;
    return wb_find_one(store, &sql, (struct wb_cell[]){WB_TEXT(plain)}, wb_take_number, out,
                       status);
}

/* ---- a page ---- */

/* False with an empty status: there can be no such report. */
static bool numbers_of(struct page *page, const struct wb_filter *filter, bool *possible,
                       struct wb_status *status)
{
    const struct wb_slice names[] = {
        [WALK_DOMAIN] = wb_plain_address(&page->store->room, filter->domain, NULL),
        [WALK_REMOTE_MTA] = wb_plain_address(&page->store->room, filter->remote_mta, NULL),
        [WALK_CAUSE] = filter->cause,
        [WALK_PROVIDER] = filter->provider};
    *possible = true;
    for (int i = WALK_DOMAIN; i <= WALK_PROVIDER; i++) {
        if (!names[i].n)
            continue;
        if (!wb_name_number(page->store, names[i], &page->want[i], status))
            return false;
        *possible &= page->want[i] != 0;
    }
    if (filter->address.n) {
        if (!wb_address_number(page->store, filter->address, &page->want[WALK_ADDRESS], status))
            return false;
        *possible &= page->want[WALK_ADDRESS] != 0;
    }
    if (filter->kind.n) {
        page->want[WALK_KIND] = wb_kind_named(filter->kind);
        *possible &= page->want[WALK_KIND] != 0;
    }
    return true;
}

/* A piece of the walk: rows of one question. */
static bool bite_one(struct page *page, int how, int64_t below, int64_t from, bool *end,
                     struct wb_status *status)
{
    int64_t number = how < WALK_ALL ? page->want[how] : 0;
    struct wb_cell cells[] = {WB_INT(number), WB_INT(below), WB_INT(from), WB_INT(page->bite)};
    bool ok = wb_find_one(page->store, &wb_event_walks[how], cells, look_at, page, status);
    *end = page->looked < page->bite;
    return ok;
}

struct ends {
    int64_t first, last;
};

static bool set_ends(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    *(struct ends *)own = (struct ends){row[0].i, row[1].i};
    return true;
}

/* Some days at once, the newest first; *below is where the next ones begin. */
static bool bite_days(struct page *page, int how, struct ends ends, size_t days, int64_t *below,
                      bool *end, struct wb_status *status)
{
    struct wb_store *store = page->store;
    struct wb_rows rows = {0};
    int64_t day = (*below - 1) / DAY_OF_KEYS, least = ends.first / DAY_OF_KEYS;
    for (size_t i = 0; i < days && day >= least; i++, day--) {
        wb_rows_int(&rows, page->want[how]);
        wb_rows_int(&rows, *below);
        wb_rows_int(&rows, ends.first);
        wb_rows_int(&rows, page->bite);
        wb_rows_int(&rows, day);
    }
    bool ok = rows.cells.n == 0 ||
              store->driver->find(store->db, &wb_event_walks[how], &rows, look_at, page, status);
    wb_buf_free(&rows.cells);
    /* of a day that was cut short the rest comes next */
    bool is_cut = page->of_day == page->bite || page->is_cut || page->stopped;
    *below = is_cut ? page->last : (day + 1) * DAY_OF_KEYS;
    *end = !is_cut && day < least;
    return ok;
}

static bool walk_days(struct page *page, int how, int64_t below, int64_t from, bool *end,
                      struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT (SELECT min(id) FROM reports), (SELECT max(id) FROM reports)", NULL, "", "ii"};
    struct ends ends = {0};
    unsigned looked = 0;
    if (!wb_find_one(page->store, &sql, NULL, set_ends, &ends, status))
        return false;
    ends.first = ends.first > from ? ends.first : from;
    below = below <= ends.last ? below : ends.last + 1;
    *end = false;
    for (size_t days = 1; looked < WB_MAX_STORE_LOOK && !*end;) {
        page->looked = page->of_day = 0;
        page->day = 0;
        page->last = below;
        if (!bite_days(page, how, ends, days, &below, end, status))
            return false;
        if (page->stopped || page->damaged || page->shown == page->limit)
            break;
        page->last = below;
        looked += page->looked;
        /* the fewer there are, the more days at once */
        days = page->looked >= page->bite ? 1 : days < 256 ? days * 4 : days;
    }
    return true;
}

/* Bites grow: a page of one filter is one bite, a rare combination needs some. */
static bool walk_all(struct page *page, int how, int64_t below, int64_t from, bool *end,
                     struct wb_status *status)
{
    unsigned looked = 0;
    *end = false;
    while (looked < WB_MAX_STORE_LOOK && !*end) {
        page->looked = page->of_day = 0;
        page->last = below;
        if (!bite_one(page, how, below, from, end, status))
            return false;
        *end &= !page->stopped && !page->is_cut;
        if (page->stopped || page->damaged || page->shown == page->limit)
            return true;
        looked += page->looked;
        below = page->last;
        unsigned left = looked < WB_MAX_STORE_LOOK ? WB_MAX_STORE_LOOK - looked : 0;
        page->bite = page->bite * 4 < left ? page->bite * 4 : left;
    }
    return true;
}

static bool walk(struct page *page, int64_t below, int64_t from, bool *end,
                 struct wb_status *status)
{
    int how = 0;
    while (how < WALK_ALL && !page->want[how])
        how++;
    if (how == WALK_KIND && page->want[how] == WB_KIND_BOUNCE)
        how = WALK_ALL; /* nearly all are: schema.c */
    page->bite = page->limit + 1;
    bool by_day = how == WALK_DOMAIN || how == WALK_REMOTE_MTA;
    if (!(by_day ? walk_days : walk_all)(page, how, below, from, end, status))
        return false;
    return !page->damaged ||
           wb_trouble(status, "the store is damaged: a report cannot be unpacked");
}

bool wb_store_events(struct wb_store *store, const struct wb_filter *filter, struct wb_cursor after,
                     unsigned limit, wb_event_callback callback, void *own,
                     struct wb_cursor *next_out, struct wb_status *status)
{
    struct page page = {
        .store = store, .callback = callback, .own = own, .words = filter->words, .limit = limit};
    int64_t below = filter->to ? wb_report_key(filter->to, 0) : INT64_MAX;
    int64_t from = wb_report_key(filter->from, 0);
    bool possible, end = true;
    wb_room_reset(&store->room);
    *next_out = (struct wb_cursor){0};
    if (after.id && after.id < below)
        below = after.id;
    if (!numbers_of(&page, filter, &possible, status))
        return false;
    if (!possible || limit == 0)
        return true;
    if (!walk(&page, below, from, &end, status))
        return false;
    if (!end)
        *next_out = (struct wb_cursor){wb_key_time(page.last), page.last};
    return true;
}

/* ---- one ---- */

static bool one(struct wb_store *store, const struct wb_sql *sql, const struct wb_cell *cells,
                wb_event_callback callback, void *own, unsigned *shown, struct wb_status *status)
{
    struct page page = {
        .store = store, .callback = callback, .own = own, .limit = UINT32_MAX, .bite = UINT32_MAX};
    if (!wb_find_one(store, sql, cells, look_at, &page, status))
        return false;
    *shown = page.shown;
    return !page.damaged || wb_trouble(status, "the store is damaged: a report cannot be unpacked");
}

bool wb_store_report(struct wb_store *store, struct wb_slice report_id, wb_event_callback callback,
                     void *own, bool *found, struct wb_status *status)
{
    static const struct wb_sql sql = {COLUMNS "WHERE report_id = $1", NULL, "b", TYPES};
    unsigned char id[16];
    unsigned shown = 0;
    *found = false;
    if (!wb_id_bytes(report_id, id))
        return true;
    struct wb_slice bytes = wb_slice((const char *)id, sizeof id);
    if (!one(store, &sql, (struct wb_cell[]){WB_TEXT(bytes)}, callback, own, &shown, status))
        return false;
    *found = shown > 0;
    return true;
}

/* A failure is one of one address, and an address has few reports. */
bool wb_store_history(struct wb_store *store, struct wb_slice report_id, wb_event_callback callback,
                      void *own, struct wb_status *status)
{
    static const struct wb_sql sql = {
        COLUMNS "WHERE address = (SELECT address FROM reports WHERE report_id = $1)"
                " AND failure = (SELECT failure FROM reports WHERE report_id = $1)"
                " ORDER BY id DESC LIMIT $2",
        NULL, "bi", TYPES};
    unsigned char id[16];
    unsigned shown;
    bool found;
    if (!wb_id_bytes(report_id, id))
        return true;
    struct wb_slice bytes = wb_slice((const char *)id, sizeof id);
    if (!one(store, &sql, (struct wb_cell[]){WB_TEXT(bytes), WB_INT(WB_MAX_STORE_LOOK)}, callback,
             own, &shown, status))
        return false;
    /* of no failure, or of nobody: it is alone */
    return shown > 0 || wb_store_report(store, report_id, callback, own, &found, status);
}

struct raw_out {
    struct wb_store *store;
    struct wb_buf *out;
    bool found, damaged;
};

static bool take_raw(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    struct raw_out *raw = own;
    raw->found = true;
    raw->damaged = raw->out && !wb_unpack_mail(raw->store->packer, row[0].s, raw->out);
    return true;
}

bool wb_store_raw(struct wb_store *store, struct wb_slice report_id, struct wb_buf *out,
                  bool *found, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT raw FROM mails WHERE id = (SELECT mail FROM reports WHERE report_id = $1)", NULL,
        "b", "b"};
    unsigned char id[16];
    struct raw_out raw = {store, out, false, false};
    *found = false;
    if (!wb_id_bytes(report_id, id))
        return true;
    struct wb_slice bytes = wb_slice((const char *)id, sizeof id);
    if (!wb_find_one(store, &sql, (struct wb_cell[]){WB_TEXT(bytes)}, take_raw, &raw, status))
        return false;
    *found = raw.found;
    return !raw.damaged || wb_trouble(status, "the store is damaged: a mail cannot be unpacked");
}
