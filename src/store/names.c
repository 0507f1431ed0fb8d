/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts and names as they are kept: made clean, and as numbers where they come again and again. */
#include "limit.h"
#include "store_int.h"
#include "utf8.h"

int64_t wb_report_key(int64_t at, int64_t number)
{
    const int64_t last = ((int64_t)1 << (62 - WB_KEY_BITS)) - 1;
    at = at < 0 ? 0 : at > last ? last : at;
    return at << WB_KEY_BITS | (number & (((int64_t)1 << WB_KEY_BITS) - 1));
}

bool wb_id_bytes(struct wb_slice hex, unsigned char out[16])
{
    if (hex.n != 32)
        return false;
    for (size_t i = 0; i < 16; i++) {
        int high = wb_hex_digit(hex.p[2 * i]), low = wb_hex_digit(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

struct wb_slice wb_id_hex(struct wb_slice bytes, char out[32])
{
    for (size_t i = 0; i < 32; i++) {
        unsigned char byte = i / 2 < bytes.n ? (unsigned char)bytes.p[i / 2] : 0;
        out[i] = "0123456789abcdef"[i % 2 ? byte & 15 : byte >> 4];
    }
    return wb_slice(out, 32);
}

int64_t wb_failure_number(struct wb_slice failure_key)
{
    unsigned char bytes[16];
    uint64_t n = 0;
    if (!wb_id_bytes(failure_key, bytes))
        return 0;
    for (size_t i = 0; i < 8; i++)
        n = n << 8 | bytes[i];
    return n >> 1 ? (int64_t)(n >> 1) : 1;
}

struct wb_slice wb_clean_text(struct wb_room *room, struct wb_slice s, size_t most)
{
    s = wb_slice_head(s, most);
    if (wb_utf8_valid(s) == s.n && (s.n == 0 || !memchr(s.p, 0, s.n)))
        return wb_room_copy(room, s);
    char *out = wb_room_take(room, 3 * s.n);
    size_t n = 0;
    while (s.n) {
        size_t taken;
        uint32_t rune = wb_utf8_get(s, &taken);
        size_t size = wb_utf8_put(rune ? rune : 0xfffd, out + n);
        if (n + size > most)
            break;
        n += size;
        s = wb_slice_from(s, taken);
    }
    return wb_slice(out, n);
}

struct wb_slice wb_plain_address(struct wb_room *room, struct wb_slice address,
                                 struct wb_slice *domain_out)
{
    struct wb_slice plain = wb_clean_text(room, wb_slice_trim(address), WB_MAX_STORED_ADDRESS);
    char *p = (char *)(uintptr_t)plain.p; /* ours */
    size_t at = plain.n;
    for (size_t i = 0; i < plain.n; i++) {
        p[i] = wb_lower(p[i]);
        if (p[i] == '@')
            at = i;
    }
    if (domain_out)
        *domain_out = wb_slice_head(wb_slice_from(plain, at + 1), WB_MAX_STORED_NAME);
    return plain;
}

/* ---- names as numbers ---- */

static struct wb_slice clean_name(struct wb_store *store, struct wb_slice name)
{
    bool is_clean = name.n <= WB_MAX_STORED_NAME && wb_utf8_valid(name) == name.n &&
                    (name.n == 0 || !memchr(name.p, 0, name.n));
    return is_clean ? name : wb_clean_text(&store->room, name, WB_MAX_STORED_NAME);
}

void wb_name_want(struct wb_store *store, struct wb_slice name)
{
    name = clean_name(store, name);
    if (name.n)
        wb_map_put(&store->names, name, 0, NULL);
}

int64_t wb_name_id(struct wb_store *store, struct wb_slice name)
{
    name = clean_name(store, name);
    const struct wb_map_row *row = name.n ? wb_map_find(&store->names, name) : NULL;
    return row ? row->value : 0;
}

/* The rows of the map without a number stand at its end. */
static size_t first_unknown(const struct wb_map *names)
{
    size_t i = wb_map_count(names);
    while (i && wb_map_rows(names)[i - 1].value == 0)
        i--;
    return i;
}

static bool set_name(void *own, size_t key, const struct wb_cell *row)
{
    struct wb_map_row *wanted = own;
    wanted[key].value = row[0].i;
    return true;
}

static bool find_names(struct wb_store *store, size_t first, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT id FROM names WHERE text = $1",
        "SELECT k.n, names.id FROM unnest($1::text[]) WITH ORDINALITY k(text, n)"
        " JOIN names USING (text)",
        "t", "i"};
    struct wb_map_row *wanted = wb_map_rows(&store->names) + first;
    struct wb_rows rows = {0};
    for (size_t i = first; i < wb_map_count(&store->names); i++)
        wb_rows_text(&rows, wb_map_rows(&store->names)[i].key);
    bool ok = store->driver->find(store->db, &sql, &rows, set_name, wanted, status);
    wb_buf_free(&rows.cells);
    return ok;
}

static bool make_names(struct wb_store *store, size_t first, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "INSERT INTO names (id, text) VALUES ($1, $2)",
        "INSERT INTO names (id, text) SELECT * FROM unnest($1::bigint[], $2::text[])", "it", ""};
    struct wb_rows rows = {0};
    for (size_t i = first; i < wb_map_count(&store->names); i++) {
        struct wb_map_row *row = wb_map_rows(&store->names) + i;
        if (row->value)
            continue;
        row->value = store->next[WB_NEXT_NAME]++;
        wb_rows_int(&rows, row->value);
        wb_rows_text(&rows, row->key);
    }
    bool ok = store->driver->run(store->db, &sql, &rows, NULL, status);
    wb_buf_free(&rows.cells);
    return ok;
}

bool wb_names_resolve(struct wb_store *store, struct wb_status *status)
{
    size_t first = first_unknown(&store->names);
    return first == wb_map_count(&store->names) ||
           (find_names(store, first, status) && make_names(store, first, status));
}
