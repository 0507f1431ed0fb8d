/* SPDX-License-Identifier: BSD-2-Clause */
#include "rollup.h"

static int64_t round_down(int64_t at, int64_t step)
{
    return at - (at % step + step) % step;
}

void wb_rollup_add(struct wb_store *store, const struct wb_report_numbers *numbers, int by)
{
    const int64_t names[WB_DIMENSIONS] = {
        [WB_DIMENSION_KIND] = numbers->kind,
        [WB_DIMENSION_PROOF] = numbers->proof,
        [WB_DIMENSION_PROVIDER] = numbers->provider,
        [WB_DIMENSION_DOMAIN] = numbers->domain,
        [WB_DIMENSION_REMOTE_MTA] = numbers->remote_mta,
    };
    struct wb_count_key key = {.cause = numbers->cause, .kind = numbers->kind};
    struct wb_slice bytes = wb_slice((const char *)&key, sizeof key);
    bool has_hours = numbers->at >= store->first_hour;
    for (key.dimension = 0; key.dimension < WB_DIMENSIONS; key.dimension++) {
        key.name = names[key.dimension];
        if (has_hours) {
            key.step = WB_STEP_HOUR;
            key.time = round_down(numbers->at, WB_HOUR);
            wb_map_put(&store->counts, bytes, 0, NULL)->value += by;
        }
        key.step = WB_STEP_DAY;
        key.time = round_down(numbers->at, WB_DAY);
        wb_map_put(&store->counts, bytes, 0, NULL)->value += by;
    }
}

bool wb_rollup_write(struct wb_store *store, struct wb_status *status)
{
#define ON_CONFLICT                                                                                \
    " ON CONFLICT (step, dimension, time, name, kind, cause)"                                      \
    " DO UPDATE SET count = counts.count + excluded.count"
    static const struct wb_sql sql = {
        "INSERT INTO counts (step, dimension, time, name, kind, cause, count)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)" ON_CONFLICT,
        "INSERT INTO counts (step, dimension, time, name, kind, cause, count)"
        " SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[],"
        " $5::bigint[], $6::bigint[], $7::bigint[])" ON_CONFLICT,
        "iiiiiii", ""};
#undef ON_CONFLICT
    struct wb_rows rows = {0};
    for (size_t i = 0; i < wb_map_count(&store->counts); i++) {
        const struct wb_map_row *row = wb_map_rows(&store->counts) + i;
        struct wb_count_key key;
        if (row->value == 0)
            continue;
        memcpy(&key, row->key.p, sizeof key);
        wb_rows_int(&rows, key.step);
        wb_rows_int(&rows, key.dimension);
        wb_rows_int(&rows, key.time);
        wb_rows_int(&rows, key.name);
        wb_rows_int(&rows, key.kind);
        wb_rows_int(&rows, key.cause);
        wb_rows_int(&rows, row->value);
    }
    bool ok = store->driver->run(store->db, &sql, &rows, NULL, status);
    wb_buf_free(&rows.cells);
    wb_map_clear(&store->counts);
    return ok;
}
