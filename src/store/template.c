/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnostics that nobody has a rule for, as templates: words stay; addresses, hosts, numbers and
 * ids become marks, so that one text with a thousand queue ids is one row.
 */
#include "decide.h"
#include "limit.h"
#include "rollup.h"
#include "vocab.h"

struct template_row {
    int64_t count, first, last;
    unsigned char report_id[16];
};

/* ---- the text ---- */

static bool is_between_words(char c)
{
    return wb_is_space(c) || strchr("<>()[]{}\"',;:=!?", c);
}

/* "550", "5.1.1": short numbers say what kind of reply it is. */
static bool is_code(struct wb_slice word)
{
    size_t digits = 0;
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] != '.' && word.p[i] != '-' && !wb_is_digit(word.p[i]))
            return false;
        digits += wb_is_digit(word.p[i]);
    }
    return digits > 0 && digits <= 3;
}

static struct wb_slice shown(struct wb_slice word)
{
    size_t digits = 0, letters = 0, dots = 0;
    for (size_t i = 0; i < word.n; i++) {
        digits += wb_is_digit(word.p[i]);
        letters += wb_is_alpha(word.p[i]);
        dots += word.p[i] == '.' && i > 0 && i + 1 < word.n;
    }
    if (wb_slice_chr(word, '@') < word.n)
        return WB_S("ADDRESS");
    if (is_code(word))
        return word;
    if (digits && !letters)
        return WB_S("N");
    if (dots && (letters || digits))
        return WB_S("HOST");
    return digits ? WB_S("ID") : word;
}

struct wb_slice wb_template_of(struct wb_room *room, struct wb_slice diagnostic)
{
    struct wb_slice rest = wb_clean_text(room, diagnostic, 2 * WB_MAX_STORED_TEMPLATE);
    char *out = wb_room_take(room, WB_MAX_STORED_TEMPLATE);
    size_t n = 0;
    while (rest.n) {
        size_t end = 0;
        while (end < rest.n && !is_between_words(rest.p[end]))
            end++;
        struct wb_slice word = end ? shown(wb_slice_head(rest, end)) : wb_slice_head(rest, 1);
        bool is_blank = !end && wb_is_space(word.p[0]);
        rest = wb_slice_from(rest, end ? end : 1);
        if (is_blank && (n == 0 || out[n - 1] == ' '))
            continue;
        if (n + word.n > WB_MAX_STORED_TEMPLATE)
            break;
        memcpy(out + n, is_blank ? " " : word.p, word.n);
        n += word.n;
    }
    return wb_slice_rtrim(wb_slice(out, n));
}

/* ---- counting ---- */

void wb_template_add(struct wb_store *store, const struct wb_record *record, int by)
{
    enum wb_kind kind = wb_kind_named(record->kind);
    bool is_new;
    if ((kind != WB_KIND_BOUNCE && kind != WB_KIND_DELAY) || !record->diagnostic.n ||
        !wb_cause_is_unknown(record->cause))
        return;
    struct wb_slice text = wb_template_of(&store->room, record->diagnostic);
    if (!text.n)
        return; /* blanks, and what cannot be shown */
    size_t n = store->template_rows.n / sizeof(struct template_row);
    int64_t place = wb_map_put(&store->templates, text, (int64_t)n, &is_new)->value;
    if (is_new) {
        struct template_row row = {.first = record->at, .last = record->at};
        wb_id_bytes(record->report_id, row.report_id);
        wb_buf_put(&store->template_rows, wb_slice((const char *)&row, sizeof row));
    }
    struct template_row *row = (struct template_row *)(void *)store->template_rows.p + place;
    row->count += by;
    row->first = record->at < row->first ? record->at : row->first;
    row->last = record->at > row->last ? record->at : row->last;
}

bool wb_templates_write(struct wb_store *store, struct wb_status *status)
{
#define ON_CONFLICT                                                                                \
    " ON CONFLICT (text) DO UPDATE SET count = templates.count + excluded.count,"                  \
    " first = CASE WHEN excluded.first < templates.first THEN excluded.first"                      \
    " ELSE templates.first END,"                                                                   \
    " last = CASE WHEN excluded.last > templates.last THEN excluded.last ELSE templates.last END," \
    " report_id = excluded.report_id"
    static const struct wb_sql sql = {
        "INSERT INTO templates (text, count, first, last, report_id)"
        " VALUES ($1, $2, $3, $4, $5)" ON_CONFLICT,
        "INSERT INTO templates (text, count, first, last, report_id)"
        " SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[],"
        " $5::bytea[])" ON_CONFLICT,
        "tiiib", ""};
#undef ON_CONFLICT
    struct wb_rows rows = {0};
    const struct template_row *all = (const struct template_row *)(void *)store->template_rows.p;
    for (size_t i = 0; i < wb_map_count(&store->templates); i++) {
        const struct wb_map_row *text = wb_map_rows(&store->templates) + i;
        const struct template_row *row = all + text->value;
        if (row->count == 0)
            continue;
        wb_rows_text(&rows, text->key);
        wb_rows_int(&rows, row->count);
        wb_rows_int(&rows, row->first);
        wb_rows_int(&rows, row->last);
        wb_rows_text(&rows, wb_slice((const char *)row->report_id, sizeof row->report_id));
    }
    bool ok = store->driver->run(store->db, &sql, &rows, NULL, status);
    wb_buf_free(&rows.cells);
    wb_map_clear(&store->templates);
    wb_buf_clear(&store->template_rows);
    return ok;
}

/* ---- reading ---- */

struct reading {
    wb_template_callback callback;
    void *own;
};

static bool show(void *own, size_t key, const struct wb_cell *row)
{
    (void)key;
    const struct reading *reading = own;
    char hex[32];
    struct wb_template out = {.text = row[1].s,
                              .count = (uint64_t)row[2].i,
                              .first = row[3].i,
                              .last = row[4].i,
                              .report_id = wb_id_hex(row[5].s, hex)};
    return reading->callback(reading->own, &out, (struct wb_cursor){row[2].i, row[0].i});
}

bool wb_store_templates(struct wb_store *store, struct wb_cursor after, unsigned limit,
                        wb_template_callback callback, void *own, struct wb_status *status)
{
    static const struct wb_sql sql = {
        "SELECT id, text, count, first, last, report_id FROM templates"
        " WHERE count > 0 AND (count, id) < ($1, $2) ORDER BY count DESC, id DESC LIMIT $3",
        NULL, "iii", "itiiib"};
    struct reading reading = {callback, own};
    struct wb_cell cells[] = {WB_INT(after.id ? after.at : INT64_MAX),
                              WB_INT(after.id ? after.id : INT64_MAX), WB_INT(limit)};
    return wb_find_one(store, &sql, cells, show, &reading, status);
}
