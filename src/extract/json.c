/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications of sending services that come as JSON, in a mail or as the body of a web request.
 * The catalogue says which members mean which field (see wb_json_shape); here they are only
 * looked up. jansson reads; what is kept is copied into the arena. (It takes memory from the
 * system while it reads: the one place where analysing a message does.)
 */
#include "extract_int.h"

#include <jansson.h>
#include <stdio.h>

enum { MAX_BANNER = 1024 };

static const json_t *member(const json_t *from, struct wb_slice path)
{
    while (from && path.n) {
        char name[64];
        struct wb_slice part = wb_slice_cut(&path, '.');
        if (part.n >= sizeof name)
            return NULL;
        memcpy(name, part.p, part.n);
        name[part.n] = '\0';
        bool number = part.n == 1 && wb_is_digit(name[0]);
        from = number && json_is_array(from) ? json_array_get(from, (size_t)(name[0] - '0'))
                                             : json_object_get(from, name);
    }
    return from;
}

/* A text, or a number as its digits; copied, because the document does not last. */
static struct wb_slice text_of(struct wb_extract *ex, const json_t *value)
{
    char digits[32];
    if (json_is_string(value))
        return wb_arena_copy(ex->arena,
                             wb_slice(json_string_value(value), json_string_length(value)));
    if (!json_is_integer(value))
        return WB_NONE;
    snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return wb_arena_copy(ex->arena, wb_slice_str(digits));
}

static void take_fields(struct wb_extract *ex, const struct wb_json_shape *shape,
                        const json_t *root, const json_t *item, struct wb_evidence *r)
{
    uint32_t n;
    const struct wb_json_field *fields = wb_cat_json_fields(ex->cat, &n) + shape->first_field;
    for (uint32_t i = 0; i < shape->fields; i++) {
        struct wb_slice path = wb_cat_str(ex->cat, fields[i].path);
        bool absolute = wb_slice_starts(path, WB_S("/"));
        const json_t *value = member(absolute ? root : item, wb_slice_from(path, absolute));
        if (path.n == 1 && path.p[0] == '.') /* the item itself */
            value = item;
        struct wb_slice text = text_of(ex, value);
        if (text.n)
            wb_take_field(ex, r, (enum wb_field)fields[i].meaning, text);
    }
}

static void take_recipient(struct wb_extract *ex, const struct wb_json_shape *shape,
                           const json_t *root, const json_t *item)
{
    struct wb_evidence *r = wb_add_recipient(ex, WB_NONE);
    if (!r)
        return;
    take_fields(ex, shape, root, item, r);
    if (!r->action)
        r->action = (enum wb_action)shape->action;
}

static void take_shape(struct wb_extract *ex, const struct wb_json_shape *shape, const json_t *root)
{
    struct wb_slice each = wb_cat_str(ex->cat, shape->each);
    const json_t *list = each.n ? member(root, each) : NULL;
    ex->dialect = shape->dialect;
    ex->kind_weight[shape->kind] += 100; /* it says so itself */
    ex->origin += 100;
    if (!json_is_array(list)) {
        take_recipient(ex, shape, root, list ? list : root);
        return;
    }
    for (size_t i = 0; i < json_array_size(list); i++)
        take_recipient(ex, shape, root, json_array_get(list, i));
}

static bool fits(struct wb_extract *ex, const struct wb_json_shape *shape, const json_t *root)
{
    const json_t *value = member(root, wb_cat_str(ex->cat, shape->test));
    struct wb_slice expected = wb_cat_str(ex->cat, shape->expected);
    if (!value || !expected.n)
        return value != NULL;
    return json_is_string(value) &&
           wb_slice_eqi(wb_slice(json_string_value(value), json_string_length(value)), expected);
}

/* A document, and one that stands as a text in a member of it, read when it is first asked for. */
struct wrapped {
    json_t *document, *inner;
    wb_str unwrap; /* the member; 0: none yet */
};

/* The document inside, when the shape is wrapped; the document itself otherwise. */
static json_t *unwrapped(struct wb_extract *ex, wb_str unwrap, struct wrapped *wrapped)
{
    const json_t *text = unwrap ? member(wrapped->document, wb_cat_str(ex->cat, unwrap)) : NULL;
    if (!json_is_string(text))
        return wrapped->document;
    if (wrapped->unwrap != unwrap) {
        json_decref(wrapped->inner);
        wrapped->unwrap = unwrap;
        wrapped->inner = json_loadb(json_string_value(text), json_string_length(text), 0, NULL);
    }
    return wrapped->inner;
}

static bool try_shapes(struct wb_extract *ex, json_t *document)
{
    uint32_t n;
    const struct wb_json_shape *shapes = wb_cat_json_shapes(ex->cat, &n);
    struct wrapped wrapped = {.document = document};
    bool found = false;
    for (uint32_t i = 0; i < n && !found; i++) {
        json_t *root = unwrapped(ex, shapes[i].unwrap, &wrapped);
        found = root && fits(ex, &shapes[i], root);
        if (found)
            take_shape(ex, &shapes[i], root);
    }
    json_decref(wrapped.inner);
    return found;
}

/*
 * Without its line ends and the blank behind each: a line of a mail has 998 bytes at most (RFC 5322
 * 2.1.1), and what carries a longer document folds it, in the middle of words if need be.
 */
static struct wb_slice unfolded(struct wb_extract *ex, struct wb_slice text)
{
    struct wb_text out = wb_text_open(ex->arena, text.n);
    struct wb_slice line;
    for (bool first = true; wb_slice_line(&text, &line); first = false) {
        bool blank = !first && line.n && line.p[0] == ' ';
        wb_text_put(&out, wb_slice_from(line, blank));
    }
    return wb_text_close(&out);
}

static json_t *load(struct wb_extract *ex, struct wb_slice text)
{
    json_t *document = json_loadb(text.p, text.n, JSON_DISABLE_EOF_CHECK, NULL);
    if (document)
        return document;
    text = unfolded(ex, text);
    return json_loadb(text.p, text.n, JSON_DISABLE_EOF_CHECK, NULL);
}

/* One document, or a list of them, as some services send. */
/* From the first bracket on: at the front, or behind a warning that a server on the way put there. */
static struct wb_slice from_bracket(struct wb_slice text)
{
    text = wb_slice_trim(text);
    if (!text.n || text.p[0] == '{' || text.p[0] == '[')
        return text;
    struct wb_slice front = wb_slice_head(text, MAX_BANNER);
    size_t at = wb_slice_find(front, WB_S("\n{"));
    return at < front.n ? wb_slice_from(text, at + 1) : WB_NONE;
}

void wb_read_json(struct wb_extract *ex, struct wb_slice text)
{
    text = from_bracket(text);
    if (!text.n)
        return;
    json_t *document = load(ex, text);
    if (json_is_array(document))
        for (size_t i = 0; i < json_array_size(document); i++)
            try_shapes(ex, json_array_get(document, i));
    else if (document)
        try_shapes(ex, document);
    json_decref(document);
}
