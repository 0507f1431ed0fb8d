/* SPDX-License-Identifier: BSD-2-Clause */
#include "exports.h"

#include <stdlib.h>
#include <time.h>

#include "check.h"
#include "utf8.h"

enum { PAGE = 1000, LONGEST_ADDRESS = 320, LONGEST_REASON = 500 };

/*
 * What a map of a mail server could read as more than an address stays out: blanks, quotes, colons,
 * anything that is not visible; in front also what begins a wildcard, an exception or the name of
 * a file. Such local parts are legal (RFC 5321 4.1.2) and in nobody's list.
 */
bool wb_is_plain_address(struct wb_slice text)
{
    size_t ats = 0, taken;
    for (size_t i = 0; i < text.n; i += taken) {
        if (wb_utf8_unsafe(wb_utf8_get(wb_slice_from(text, i), &taken)) ||
            strchr(" \"\\:;,#<>()[]|`$", text.p[i]))
            return false;
        ats += text.p[i] == '@';
    }
    return ats == 1 && !strchr("@*!^/", text.p[0]) && text.p[text.n - 1] != '@' &&
           text.n <= LONGEST_ADDRESS && wb_utf8_valid(text) == text.n;
}

/* ---- out ---- */

static void put_time(struct wb_buf *out, int64_t at)
{
    char text[32] = "";
    struct tm tm;
    time_t t = (time_t)at;
    if (at && gmtime_r(&t, &tm))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
    wb_buf_put(out, wb_slice_str(text));
}

static void csv_row(struct wb_buf *out, const struct wb_address_row *row)
{
    wb_buf_cell(out, row->address);
    wb_buf_byte(out, ',');
    wb_buf_cell(out, row->cause);
    wb_buf_byte(out, ',');
    put_time(out, row->since);
    wb_buf_byte(out, ',');
    put_time(out, row->until);
    wb_buf_byte(out, ',');
    wb_buf_cell(out, row->why);
    wb_buf_lit(out, "\r\n");
}

#define MAP(name, before, after)                                                                   \
    {                                                                                              \
#name, "text/plain; charset=utf-8", "suppressions." #name, "# written by whybounce\n",     \
            before, after, NULL                                                                    \
    }

static const struct wb_export_form forms[] = {
    /* for spreadsheets and programs; the first one is what is written when none is named */
    {"csv", "text/csv; charset=utf-8", "suppressions.csv", "address,cause,since,until,why\r\n",
     NULL, NULL, csv_row},
    /* access(5): check_recipient_access hash:suppressions */
    MAP(postfix, "", " REJECT 5.1.1 suppressed after bounces\n"),
    /* for "lookup {$local_part@$domain} lsearch {FILE}" (specification, 9.3) */
    MAP(exim, "", ": suppressed after bounces\n"),
    /* access_db (cf/README): To: refuses a recipient */
    MAP(sendmail, "To:", "\tERROR:5.1.1:550 suppressed after bounces\n"),
};

const struct wb_export_form *wb_export_form(struct wb_slice name)
{
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
    if (run->form->row) {
        run->form->row(run->out, row);
    } else if (wb_is_plain_address(row->address)) {
        wb_buf_put(run->out, wb_slice_str(run->form->before));
        wb_buf_put(run->out, row->address);
        wb_buf_put(run->out, wb_slice_str(run->form->after));
    }
    return true;
}

bool wb_export(struct wb_store *store, const struct wb_export_form *form, struct wb_buf *out,
               struct wb_status *status)
{
    struct export_run run = {form, out};
    struct wb_cursor place = {0}, next;
    bool ok;
    wb_buf_put(out, wb_slice_str(form->head));
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
