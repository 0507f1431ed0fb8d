/* SPDX-License-Identifier: BSD-2-Clause */
#include "layers.h"

#include "facts.h"
#include "signature.h"

/* What is kept of a text:  row | its layers */
struct wb_kept_layers {
    uint32_t n;
    enum wb_stage stage;
    uint16_t server;
    bool links;
    struct wb_layer_codes codes;
    struct layer {
        uint64_t folding; /* the place of what is known of its text; 0: nothing */
        uint32_t from, n;
        int code;
        struct wb_code status;
    } layers[];
};

/* The first line of a longer reply, "550-5.7.26 ...", and no other behind it. */
static bool first_line_only(struct wb_slice d)
{
    if (d.n < 5 || d.p[3] != '-' || !wb_is_digit(d.p[0]))
        return false;
    struct wb_slice code = wb_slice_head(d, 3), rest = wb_slice_from(d, 4);
    return wb_slice_find(rest, code) == rest.n;
}

/* Some servers report only the first line of a reply, others its first hundred bytes and dots. */
static bool is_cut(struct wb_slice text)
{
    return first_line_only(text) || wb_slice_ends(text, WB_S("..."));
}

static struct wb_layer_codes codes_of(const struct wb_layers *layers, struct wb_slice text)
{
    struct wb_layer_codes codes = {.cut = is_cut(text)};
    for (int i = 0; i < layers->n; i++) {
        const struct wb_layer *l = &layers->layer[i];
        codes.may_quote = codes.refusal;
        codes.code = l->code ? l->code : codes.code;
        codes.refusal = l->code >= 400 ? l->code : codes.refusal;
        codes.status = l->status.class ? l->status : codes.status;
    }
    return codes;
}

static void read_row(const struct wb_cache *cache, const struct wb_kept_layers *row,
                     struct wb_slice text, struct wb_known_layers *out)
{
    out->kept = true;
    out->may_link = row->links;
    out->server = row->server;
    out->codes = row->codes;
    out->layers.n = (int)row->n;
    out->layers.stage = row->stage;
    for (uint32_t i = 0; i < row->n; i++) {
        const struct layer *l = &row->layers[i];
        wb_cache_expect_row(cache, l->folding);
        out->layers.layer[i] =
            (struct wb_layer){wb_slice(text.p + l->from, l->n), l->code, l->status};
    }
}

static void write_row(const struct wb_classifier *cl, const struct wb_known_layers *known,
                      struct wb_slice text, struct wb_kept_layers *row)
{
    const struct wb_layers *layers = &known->layers;
    *row = (struct wb_kept_layers){.n = (uint32_t)layers->n,
                                   .stage = layers->stage,
                                   .server = wb_provider_named_by(cl, layers),
                                   .links = wb_may_link(text),
                                   .codes = known->codes};
    for (int i = 0; i < layers->n; i++) {
        const struct wb_layer *l = &layers->layer[i];
        row->layers[i] = (struct layer){0, (uint32_t)(l->text.p - text.p), (uint32_t)l->text.n,
                                        l->code, l->status};
    }
}

void wb_known_layers(const struct wb_classifier *cl, struct wb_slice text,
                     struct wb_known_layers *out)
{
    out->kept = false;
    out->row = NULL;
    out->may_link = true;
    if (!text.n) {
        out->layers.n = 0;
        out->layers.stage = WB_STAGE_ABSENT;
        out->codes = (struct wb_layer_codes){0};
        return;
    }
    struct wb_cache_key key = wb_cache_key(text, WB_CACHE_LAYERS);
    struct wb_kept_layers *row = wb_cache_find(cl->cache, &key);
    out->row = row;
    if (row) {
        read_row(cl->cache, row, text, out);
        return;
    }
    wb_limit_set limits = 0;
    const struct wb_layers *layers = &out->layers;
    wb_reply_layers(text, &out->layers, &limits);
    out->codes = codes_of(layers, text);
    *cl->limits |= limits;
    if (!limits && wb_cache_again(cl->cache, &key))
        row = wb_cache_add(cl->cache, &key, sizeof *row + (size_t)layers->n * sizeof *row->layers);
    if (row)
        write_row(cl, out, text, row);
    out->row = row;
}

uint64_t *wb_folding_of(const struct wb_known_layers *known, int layer)
{
    return known->row ? &known->row->layers[layer].folding : NULL;
}

uint16_t wb_known_server(const struct wb_classifier *cl, const struct wb_known_layers *known)
{
    return known->kept ? known->server : wb_provider_named_by(cl, &known->layers);
}
