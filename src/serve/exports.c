/* SPDX-License-Identifier: BSD-2-Clause */
#include "exports.h"

#include <stdlib.h>
#include <time.h>

#include "check.h"

enum { PAGE = 1000, LONGEST_ADDRESS = 320, LONGEST_REASON = 500 };

/*
 * What a map of a mail server could read as more than an address stays out: blanks, quotes, colons,
 * anything that is not visible. Such local parts are legal (RFC 5321 4.1.2) and in nobody's list.
 */
bool wb_is_plain_address(struct wb_slice text)
{
    size_t ats = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c <= ' ' || c == 0x7F || strchr("\"\\:;,#<>()[]|`$", c))
            return false;
        ats += c == '@';
    }
    return ats == 1 && text.p[0] != '@' && text.p[text.n - 1] != '@' && text.n <= LONGEST_ADDRESS;
}

/* ---- out ---- */

static void put_csv(struct wb_buf *out, struct wb_slice text)
{
    wb_buf_byte(out, '"');
    if (text.n && strchr("=+-@\t\r", text.p[0]))
        wb_buf_byte(out, '\''); /* no spreadsheet takes it for a formula */
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            wb_buf_byte(out, '"');
        wb_buf_byte(out, text.p[i] == '\n' || text.p[i] == '\r' ? ' ' : text.p[i]);
    }
    wb_buf_byte(out, '"');
}

static void put_time(struct wb_buf *out, int64_t at)
{
    char text[32] = "";
    struct tm tm;
    time_t t = (time_t)at;
    if (at && gmtime_r(&t, &tm))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    wb_buf_put(out, wb_slice_str(text));
}

static void csv_head(struct wb_buf *out)
{
    wb_buf_lit(out, "address,cause,since,until,why\r\n");
}

static void csv_row(struct wb_buf *out, const struct wb_address_row *row)
{
    put_csv(out, row->address);
    wb_buf_byte(out, ',');
    put_csv(out, row->cause);
    wb_buf_byte(out, ',');
    put_time(out, row->since);
    wb_buf_byte(out, ',');
    put_time(out, row->until);
    wb_buf_byte(out, ',');
    put_csv(out, row->why);
    wb_buf_lit(out, "\r\n");
}

static void map_head(struct wb_buf *out)
{
    wb_buf_lit(out, "# written by whybounce\n");
}

static void postfix_row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_put(out, row->address);
    wb_buf_lit(out, " REJECT 5.1.1 suppressed after bounces\n");
}

static void exim_row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_put(out, row->address);
    wb_buf_lit(out, ": suppressed after bounces\n");
}

static void sendmail_row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_lit(out, "To:");
    wb_buf_put(out, row->address);
    wb_buf_lit(out, "\tERROR:5.1.1:550 suppressed after bounces\n");
}

const struct wb_export_form *wb_export_form(struct wb_slice name)
{
    static const struct wb_export_form forms[] = {
        {"csv", "text/csv; charset=utf-8", "suppressions.csv", csv_head, csv_row},
        {"postfix", "text/plain; charset=utf-8", "suppressions.postfix", map_head, postfix_row},
        {"exim", "text/plain; charset=utf-8", "suppressions.exim", map_head, exim_row},
        {"sendmail", "text/plain; charset=utf-8", "suppressions.sendmail", map_head, sendmail_row},
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (!name.n || wb_slice_eq(name, wb_slice_str(forms[i].name)))
            return &forms[i];
    return NULL;
}

struct export_run {
    const struct wb_export_form *form;
    struct wb_buf *out;
};

static bool put_row(void *own, const struct wb_address_row *row, struct wb_cursor place)
{
    struct export_run *run = own;
    (void)place;
    if (run->form->row == csv_row || wb_is_plain_address(row->address))
        run->form->row(run->out, row);
    return true;
}

bool wb_export(struct wb_store *store, const struct wb_export_form *form, struct wb_buf *out,
               struct wb_status *status)
{
    struct export_run run = {form, out};
    struct wb_cursor place = {0}, next;
    bool ok;
    form->head(out);
    do {
        next = (struct wb_cursor){0};
        ok = wb_store_addresses(store, WB_ADDRESS_SUPPRESSED, WB_NONE, place, PAGE, put_row, &run,
                                &next, status);
        place = next;
    } while (ok && (next.at || next.id));
    return ok;
}

/* ---- in ---- */

static struct wb_slice unquoted(struct wb_slice text)
{
    text = wb_slice_trim(text);
    if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
        text = wb_slice(text.p + 1, text.n - 2);
    return text;
}

static void add_row(struct wb_import *import, struct wb_slice address, struct wb_slice reason)
{
    if (import->n == import->cap) {
        import->cap = import->cap ? 2 * import->cap : 256;
        import->rows = realloc(import->rows, import->cap * sizeof *import->rows);
        WB_CHECK(import->rows);
    }
    import->rows[import->n++] = (struct wb_import_row){
        address, reason.n ? wb_slice_head(reason, LONGEST_REASON) : WB_S("imported")};
}

void wb_import_read(struct wb_import *import, struct wb_slice text)
{
    bool first = true;
    while (text.n) {
        const char *end = memchr(text.p, '\n', text.n);
        struct wb_slice line = wb_slice_head(text, end ? (size_t)(end - text.p) : text.n);
        text = wb_slice_from(text, line.n + 1);
        const char *comma = memchr(line.p, ',', line.n);
        struct wb_slice address =
            unquoted(wb_slice_head(line, comma ? (size_t)(comma - line.p) : line.n));
        struct wb_slice reason =
            unquoted(comma ? wb_slice_from(line, (size_t)(comma - line.p) + 1) : WB_NONE);
        bool head = first && wb_slice_eqi(address, WB_S("address"));
        first = false;
        if (!address.n || address.p[0] == '#' || head)
            continue;
        if (wb_is_plain_address(address))
            add_row(import, address, reason);
        else
            import->refused++;
    }
}

void wb_import_free(struct wb_import *import)
{
    free(import->rows);
    *import = (struct wb_import){.n = 0};
}

bool wb_import_write(struct wb_store *store, const struct wb_policy *policy, void *own,
                     struct wb_status *status)
{
    struct wb_import *import = own;
    bool ok = true;
    (void)policy;
    for (size_t i = 0; ok && i < import->n; i++)
        ok = wb_store_set_state(store, import->rows[i].address, WB_ADDRESS_SUPPRESSED, 0,
                                import->who, import->rows[i].reason, status);
    return ok;
}
