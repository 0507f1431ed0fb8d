/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables to image: sorting, the hash table of domains, the scanners, the checksum. */
#include "catalogc.h"

#include <stdlib.h>

#include "check.h"
#include "hash.h"
#include "literals.h"
#include "match.h"
#include "ready.h"

static struct wb_model *sorting; /* qsort has no context; the compiler has one thread */

static int by_first_text(const void *a, const void *b)
{
    wb_str x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return wb_slice_cmp(wb_model_text(sorting, x), wb_model_text(sorting, y));
}

static int compare(long a, long b)
{
    return (a > b) - (a < b);
}

/* By provider and subject; then what is said of one class, or of fewer codes, comes first. */
static int by_status(const void *a, const void *b)
{
    const struct wb_status_meaning *x = a, *y = b;
    int c = compare(x->provider, y->provider);
    if (!c)
        c = compare(x->code.subject, y->code.subject);
    if (!c)
        c = compare(x->last_detail - x->code.detail, y->last_detail - y->code.detail);
    if (!c)
        c = compare(y->code.class, x->code.class);
    return c ? c : compare(x->code.detail, y->code.detail);
}

static int by_reply(const void *a, const void *b)
{
    const struct wb_reply_meaning *x = a, *y = b;
    int c = compare(x->code, y->code);
    return c ? c : compare(!x->stages, !y->stages);
}

static void sort_list(struct wb_list *list, int (*order)(const void *, const void *))
{
    if (list->n)
        qsort(list->p, list->n, list->row, order);
}

/* The list of domains as an open hash table, at most half full. */
static void hash_domains(struct wb_model *model)
{
    uint32_t size = 16;
    while (size < model->domains.n * 2)
        size *= 2;
    struct wb_list table = {.row = sizeof(struct wb_domain)};
    for (uint32_t i = 0; i < size; i++)
        wb_list_add(&table);
    for (uint32_t i = 0; i < model->domains.n; i++) {
        const struct wb_domain *row = WB_ROW(model->domains, struct wb_domain, i);
        struct wb_slice name = wb_model_text(model, row->name);
        uint32_t hash = wb_domain_hash(wb_domain_end(name), name), at = hash;
        struct wb_domain *slot = WB_ROW(table, struct wb_domain, at & (size - 1));
        while (slot->name && slot->name != row->name)
            slot = WB_ROW(table, struct wb_domain, ++at & (size - 1));
        uint8_t uses = slot->name ? slot->uses : 0;
        *slot = *row;
        slot->uses |= uses;
        slot->mark = wb_domain_mark(hash);
    }
    free(model->domains.p);
    model->domains = table;
}

static void number_regexes(struct wb_model *model)
{
    uint32_t slot = 0;
    for (uint32_t i = 0; i < model->entries.n; i++)
        WB_ROW(model->entries, struct wb_entry, i)->regex = slot++;
    for (uint32_t i = 0; i < model->patterns.n; i++)
        WB_ROW(model->patterns, struct wb_line_pattern, i)->regex = slot++;
    for (uint32_t i = 0; i < model->signs.n; i++)
        WB_ROW(model->signs, struct wb_sign, i)->regex = slot++;
}

/* ---- scanners ---- */

struct scan_source {
    struct wb_pattern *patterns;
    size_t n;
};

static void note_needs(struct wb_model *model)
{
    for (uint32_t i = 0; i < model->patterns.n; i++) {
        struct wb_line_pattern *line = WB_ROW(model->patterns, struct wb_line_pattern, i);
        line->needs_at = wb_expression_needs(wb_model_text(model, line->pattern), '@');
    }
}

static struct scan_source new_source(uint32_t n)
{
    struct scan_source s = {calloc(n + 1u, sizeof *s.patterns), 0};
    WB_CHECK(s.patterns);
    return s;
}

static bool is_bound(const struct wb_entry *e)
{
    return e->flags & (WB_ENTRY_ONLY_HERE | WB_ENTRY_ONLY_CODED) || e->stages || e->classes ||
           e->status.subject != 0xFFFF;
}

static uint32_t found_as(struct wb_model *model, uint32_t number)
{
    const struct wb_entry *e = WB_ROW(model->entries, struct wb_entry, number);
    uint32_t tier = e->tier, tells = 0;
    if (e->cause == WB_NO_INDEX)
        tier = WB_TIER_FACT;
    else if (!WB_ROW(model->causes, struct wb_cause, e->cause)->rank &&
             !(e->flags & WB_ENTRY_WRAPPING))
        tier = WB_TIER_HINT; /* it gives way, and has to meet what it takes away */
    if (e->fact != WB_FACT_NONE)
        tells = e->fact == WB_FACT_DOUBT ? WB_FOUND_DOUBT : WB_FOUND_TELLS;
    return number | tier << WB_FOUND_TIER | tells | (is_bound(e) ? WB_FOUND_BOUND : 0);
}

static struct scan_source entry_source(struct wb_model *model)
{
    struct scan_source s = new_source(model->entries.n);
    for (uint32_t i = 0; i < model->entries.n; i++) {
        const struct wb_entry *entry = WB_ROW(model->entries, struct wb_entry, i);
        s.patterns[s.n++] =
            (struct wb_pattern){wb_model_text(model, entry->pattern), found_as(model, i), false};
    }
    return s;
}

/* Signs of one place; beside those of the text, the lines that dialects are interested in. */
static struct scan_source sign_source(struct wb_model *model, enum wb_sign_place place)
{
    struct scan_source s = new_source(model->signs.n + model->patterns.n);
    for (uint32_t i = 0; i < model->signs.n; i++) {
        const struct wb_sign *sign = WB_ROW(model->signs, struct wb_sign, i);
        if (sign->place == place)
            s.patterns[s.n++] = (struct wb_pattern){wb_model_text(model, sign->pattern), i, false};
    }
    for (uint32_t i = 0; place == WB_SIGN_TEXT && i < model->patterns.n; i++) {
        const struct wb_line_pattern *line = WB_ROW(model->patterns, struct wb_line_pattern, i);
        s.patterns[s.n++] =
            (struct wb_pattern){wb_model_text(model, line->pattern), i | WB_IS_LINE_PATTERN, true};
    }
    return s;
}

/* All examples, folded: text of the kind that will be scanned. */
static struct wb_buf sample_text(struct wb_model *model)
{
    struct wb_buf sample = {0};
    for (uint32_t i = 0; i < model->examples.n; i++) {
        struct wb_slice text = WB_ROW(model->examples, struct wb_example, i)->text;
        wb_buf_reserve(&sample, text.n + 2);
        sample.n += wb_fold(text, 0, sample.p + sample.n, text.n + 1, NULL);
        wb_buf_byte(&sample, '\n');
    }
    return sample;
}

static void put_scanner(struct scan_source source, struct wb_slice sample, struct wb_buf *out)
{
    size_t n, always;
    struct wb_scanner *scanner = wb_scanner_new(source.patterns, source.n, sample, &always);
    char *bytes = wb_scanner_save(scanner, &n);
    wb_buf_put(out, wb_slice(bytes, n));
    free(bytes);
    wb_scanner_free(scanner);
    free(source.patterns);
}

/* ---- programs ---- */

/* By slot, as number_regexes has given them. */
static struct wb_expression *expressions(const struct wb_model *model, size_t *n_out)
{
    size_t n = model->entries.n + model->patterns.n + model->signs.n;
    struct wb_expression *e = calloc(n + 1, sizeof *e);
    WB_CHECK(e);
    for (uint32_t i = 0; i < model->entries.n; i++) {
        const struct wb_entry *entry = WB_ROW(model->entries, struct wb_entry, i);
        e[entry->regex] =
            (struct wb_expression){wb_model_text(model, entry->pattern), WB_ENTRY_REGEX};
    }
    for (uint32_t i = 0; i < model->patterns.n; i++) {
        const struct wb_line_pattern *line = WB_ROW(model->patterns, struct wb_line_pattern, i);
        e[line->regex] = (struct wb_expression){wb_model_text(model, line->pattern), WB_LINE_REGEX};
    }
    for (uint32_t i = 0; i < model->signs.n; i++) {
        const struct wb_sign *sign = WB_ROW(model->signs, struct wb_sign, i);
        e[sign->regex] = (struct wb_expression){wb_model_text(model, sign->pattern), WB_SIGN_REGEX};
    }
    *n_out = n;
    return e;
}

/* ---- the image ---- */

static void align(struct wb_buf *out)
{
    while (out->n % 16)
        wb_buf_byte(out, '\0');
}

static void begin_section(struct wb_buf *out, struct wb_image_header *header, enum wb_section s)
{
    align(out);
    header->section[s].offset = (uint32_t)out->n;
}

static void end_section(struct wb_buf *out, struct wb_image_header *header, enum wb_section s)
{
    header->section[s].bytes = (uint32_t)(out->n - header->section[s].offset);
}

static void put_list(struct wb_buf *out, struct wb_image_header *header, enum wb_section s,
                     const struct wb_list *list)
{
    begin_section(out, header, s);
    wb_buf_put(out, wb_slice(list->p, list->n * list->row));
    end_section(out, header, s);
}

static void put_scanners(struct wb_model *model, struct wb_buf *out, struct wb_image_header *h)
{
    struct wb_buf sample = sample_text(model);
    begin_section(out, h, WB_SECTION_SCAN_ENTRIES);
    put_scanner(entry_source(model), wb_buf_slice(&sample), out);
    end_section(out, h, WB_SECTION_SCAN_ENTRIES);
    begin_section(out, h, WB_SECTION_SCAN_HEADERS);
    put_scanner(sign_source(model, WB_SIGN_HEADER), wb_buf_slice(&sample), out);
    end_section(out, h, WB_SECTION_SCAN_HEADERS);
    begin_section(out, h, WB_SECTION_SCAN_TEXT);
    put_scanner(sign_source(model, WB_SIGN_TEXT), wb_buf_slice(&model->prose), out);
    end_section(out, h, WB_SECTION_SCAN_TEXT);
    wb_buf_free(&sample);
}

static void put_programs(const struct wb_model *model, struct wb_buf *out,
                         struct wb_image_header *h)
{
    size_t n;
    struct wb_expression *e = expressions(model, &n);
    begin_section(out, h, WB_SECTION_PROGRAMS);
    wb_ready_make(e, n, out);
    end_section(out, h, WB_SECTION_PROGRAMS);
    free(e);
}

void wb_image_write(struct wb_model *model, struct wb_buf *image_out)
{
    sorting = model;
    sort_list(&model->words, by_first_text);
    sort_list(&model->fields, by_first_text);
    sort_list(&model->statuses, by_status);
    sort_list(&model->replies, by_reply);
    hash_domains(model);
    number_regexes(model);
    note_needs(model);
    struct wb_image_header header = {
        .magic = WB_IMAGE_MAGIC, .format = WB_IMAGE_FORMAT, .version = model->version};
    wb_buf_clear(image_out);
    wb_buf_put(image_out, wb_slice((const char *)&header, sizeof header));
    begin_section(image_out, &header, WB_SECTION_STRINGS);
    wb_buf_put(image_out, wb_buf_slice(&model->strings));
    end_section(image_out, &header, WB_SECTION_STRINGS);
#define PUT(name, section)     put_list(image_out, &header, WB_SECTION_##section, &model->name);
#define T(name, type, section) PUT(name, section)
    WB_TABLES(T)
#undef T
#undef PUT
    put_scanners(model, image_out, &header);
    put_programs(model, image_out, &header);
    header.size = image_out->n;
    memcpy(image_out->p, &header, sizeof header);
    struct wb_hash sum = wb_image_sum(wb_buf_slice(image_out));
    header.checksum[0] = sum.high;
    header.checksum[1] = sum.low;
    memcpy(image_out->p, &header, sizeof header);
}
