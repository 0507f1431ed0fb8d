/* SPDX-License-Identifier: BSD-2-Clause */
#include "page.h"

#include "calls.h"

static void put_file(struct wb_request *r, const char *path)
{
    for (const struct wb_page_file *file = wb_page_files; file->path; file++) {
        if (strcmp(file->path, path) != 0)
            continue;
        wb_buf_clear(&r->out);
        wb_buf_put(&r->out, wb_slice_span(file->bytes, file->end));
        r->type = file->type;
        r->keep = file->immutable;
        r->status = 200;
        return;
    }
    wb_answer_problem(r, 404, "There is nothing here.");
}

/* The page itself, for each path that the page knows. */
void wb_call_page(struct wb_request *r)
{
    put_file(r, "/index.html");
}

void wb_call_asset(struct wb_request *r)
{
    put_file(r, r->path);
}
