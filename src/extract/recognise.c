/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which signs the message shows: header fields and phrases that the catalogue lists for kinds and
 * dialects. The words of all header signs are sought in one pass over a synopsis ("from: ...", only
 * the fields that some sign looks at), those of all text signs, and of all lines that dialects are
 * interested in, in one pass over the folded text.
 */
#include "extract_int.h"

#include "match.h"

enum { MAX_CANDIDATES = 512, MAX_FIELDS = 48, FIELD_BYTES = 512 };

/* The header fields that matter, folded, one behind the other with line ends between. */
struct synopsis {
    struct wb_slice text;
    struct {
        struct wb_slice name, value;
    } field[MAX_FIELDS];
    uint32_t n;
};

static void read_synopsis(struct wb_extract *ex, struct synopsis *s)
{
    const struct wb_part *root = &ex->mail->parts[0];
    s->n = 0;
    for (uint32_t i = 0; i < root->headers && s->n < MAX_FIELDS; i++) {
        const struct wb_header *h = &ex->mail->headers[root->first_header + i];
        if (!wb_cat_wants_header(ex->cat, h->name))
            continue;
        s->field[s->n].name = h->name;
        s->field[s->n++].value = wb_mail_value(ex->mail, h);
    }
    struct wb_text text = wb_text_open(ex->arena, MAX_FIELDS * (FIELD_BYTES + 1));
    for (uint32_t i = 0; i < s->n && text.cap - text.n > FIELD_BYTES; i++) {
        char *to = text.p + text.n;
        size_t n = wb_fold_plain(wb_slice_head(s->field[i].value, FIELD_BYTES), to, FIELD_BYTES);
        s->field[i].value = wb_slice(to, n);
        text.n += n;
        wb_text_byte(&text, '\n');
    }
    s->text = wb_text_close(&text);
}

/* The tally of groups of signs. */
struct tally {
    uint8_t *seen; /* of each group: how many of its signs */
    uint16_t touched[MAX_CANDIDATES];
    uint32_t n;
};

static void count_sign(struct tally *tally, const struct wb_sign *sign)
{
    if (tally->seen[sign->group]++ == 0 && tally->n < MAX_CANDIDATES)
        tally->touched[tally->n++] = sign->group;
}

static bool header_confirms(const struct wb_extract *ex, const struct wb_sign *sign,
                            const struct synopsis *s)
{
    struct wb_groups groups;
    struct wb_slice name = wb_cat_str(ex->cat, sign->header);
    const struct wb_regex *regex = wb_cat_sign_regex(ex->cat, sign);
    for (uint32_t i = 0; i < s->n; i++)
        if (wb_slice_eqi(s->field[i].name, name) &&
            wb_regex_find(regex, ex->matcher, s->field[i].value, &groups))
            return true;
    return false;
}

static void count_header_signs(struct wb_extract *ex, struct tally *tally)
{
    struct wb_candidate found[MAX_CANDIDATES];
    struct synopsis s;
    uint32_t n;
    const struct wb_sign *signs = wb_cat_signs(ex->cat, &n);
    read_synopsis(ex, &s);
    size_t count = wb_scan(wb_cat_scan_headers(ex->cat), ex->matcher, s.text, found, MAX_CANDIDATES);
    for (size_t i = 0; i < count; i++)
        if (header_confirms(ex, &signs[found[i].id], &s))
            count_sign(tally, &signs[found[i].id]);
}

static void count_text_signs(struct wb_extract *ex, struct tally *tally)
{
    struct wb_candidate found[MAX_CANDIDATES];
    struct wb_groups groups;
    uint32_t n;
    const struct wb_sign *signs = wb_cat_signs(ex->cat, &n);
    struct wb_slice text = wb_slice_head(ex->prose, WB_MAX_PROSE_BYTES);
    struct wb_text folded = wb_text_open(ex->arena, text.n);
    folded.n = wb_fold(text, 0, folded.p, folded.cap, NULL);
    struct wb_slice all = wb_slice(folded.p, folded.n);
    size_t count = wb_scan(wb_cat_scan_text(ex->cat), ex->matcher, all, found, MAX_CANDIDATES);
    ex->lines_known = ex->prose.n <= WB_MAX_PROSE_BYTES && count < MAX_CANDIDATES;
    for (size_t i = 0; i < count; i++) {
        uint32_t id = found[i].id;
        if (id & WB_IS_LINE_PATTERN)
            ex->line_possible[id & ~WB_IS_LINE_PATTERN] = true;
        else if (found[i].sure ||
                 wb_regex_find(wb_cat_sign_regex(ex->cat, &signs[id]), ex->matcher, all, &groups))
            count_sign(tally, &signs[id]);
    }
    wb_text_drop(&folded);
}

static void take_group(struct wb_extract *ex, const struct wb_sign_group *group, int *best)
{
    if (group->owner == WB_OWNER_KIND) {
        ex->kind_weight[group->kind] += group->weight;
        ex->origin += group->origin;
        if (group->detail)
            ex->kind_detail[group->kind] = wb_cat_str(ex->cat, group->detail);
    } else if (group->specificity > *best) {
        *best = group->specificity;
        ex->dialect = group->dialect;
    }
}

void wb_recognise(struct wb_extract *ex)
{
    uint32_t n, patterns;
    const struct wb_sign_group *groups = wb_cat_groups(ex->cat, &n);
    wb_cat_patterns(ex->cat, &patterns);
    struct tally tally = {.seen = wb_arena_alloc(ex->arena, n + 1u)};
    ex->line_possible = wb_arena_alloc(ex->arena, patterns + 1u);
    if (!tally.seen || !ex->line_possible)
        return;
    count_header_signs(ex, &tally);
    count_text_signs(ex, &tally);
    int best = 0;
    for (uint32_t i = 0; i < tally.n; i++) {
        const struct wb_sign_group *group = &groups[tally.touched[i]];
        if (tally.seen[tally.touched[i]] >= group->needed)
            take_group(ex, group, &best);
    }
}
