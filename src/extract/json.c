/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications of sending services that come as JSON, in a mail or as the body of a web request.
 * The catalogue says which members mean which field (see wb_json_shape); here they are only
 * looked up.
 */
#include "document.h"
#include "extract_int.h"

enum { MAX_BANNER = 1024 };

static const struct wb_value *member(const struct wb_value *from, struct wb_slice path)
{
    while (from && path.n) {
        struct wb_slice name = wb_slice_cut(&path, '.');
        bool number = name.n == 1 && wb_is_digit(name.p[0]);
        from = number && from->type == WB_VALUE_LIST
                   ? wb_value_item(from, (size_t)(name.p[0] - '0'))
                   : wb_value_member(from, name);
    }
    return from;
}

/* A text, or a number as its digits; a copy, as of all that was decoded. */
static struct wb_slice text_of(struct wb_extract *ex, const struct wb_value *value)
{
    bool told = value && (value->type == WB_VALUE_STRING || value->type == WB_VALUE_INTEGER);
    return told ? wb_arena_copy(ex->arena, value->text) : WB_NONE;
}

static void take_fields(struct wb_extract *ex, const struct wb_json_shape *shape,
                        const struct wb_value *root, const struct wb_value *item,
                        struct wb_evidence *r)
{
    uint32_t n;
    const struct wb_json_field *fields = wb_cat_json_fields(ex->cat, &n) + shape->first_field;
    for (uint32_t i = 0; i < shape->fields; i++) {
        struct wb_slice path = wb_cat_str(ex->cat, fields[i].path);
        bool absolute = wb_slice_starts(path, WB_S("/"));
        const struct wb_value *value =
            member(absolute ? root : item, wb_slice_from(path, absolute));
        if (path.n == 1 && path.p[0] == '.') /* the item itself */
            value = item;
        struct wb_slice text = text_of(ex, value);
        if (text.n)
            wb_take_field(ex, r, (enum wb_field)fields[i].meaning, text);
    }
}

static void take_recipient(struct wb_extract *ex, const struct wb_json_shape *shape,
                           const struct wb_value *root, const struct wb_value *item)
{
    struct wb_evidence *r = wb_add_recipient(ex, WB_NONE);
    if (!r)
        return;
    take_fields(ex, shape, root, item, r);
    if (!r->action)
        r->action = (enum wb_action)shape->action;
}

static void take_shape(struct wb_extract *ex, const struct wb_json_shape *shape,
                       const struct wb_value *root)
{
    struct wb_slice each = wb_cat_str(ex->cat, shape->each);
    const struct wb_value *list = each.n ? member(root, each) : NULL;
    ex->dialect = shape->dialect;
    ex->kind_weight[shape->kind] += 100; /* it says so itself */
    ex->origin += 100;
    if (!list || list->type != WB_VALUE_LIST) {
        take_recipient(ex, shape, root, list ? list : root);
        return;
    }
    for (const struct wb_value *item = list->first; item; item = item->next)
        take_recipient(ex, shape, root, item);
}

static bool fits(struct wb_extract *ex, const struct wb_json_shape *shape,
                 const struct wb_value *root)
{
    const struct wb_value *value = member(root, wb_cat_str(ex->cat, shape->test));
    struct wb_slice expected = wb_cat_str(ex->cat, shape->expected);
    if (!value || !expected.n)
        return value != NULL;
    return value->type == WB_VALUE_STRING && wb_slice_eqi(value->text, expected);
}

/* A document, and one that stands as a text in a member of it, read when it is first asked for. */
struct wrapped {
    const struct wb_value *document, *inner;
    wb_str unwrap; /* the member; 0: none yet */
};

/* The document inside, when the shape is wrapped; the document itself otherwise. */
static const struct wb_value *unwrapped(struct wb_extract *ex, wb_str unwrap,
                                        struct wrapped *wrapped)
{
    const struct wb_value *text =
        unwrap ? member(wrapped->document, wb_cat_str(ex->cat, unwrap)) : NULL;
    if (!text || text->type != WB_VALUE_STRING)
        return wrapped->document;
    if (wrapped->unwrap != unwrap) {
        wrapped->unwrap = unwrap;
        wrapped->inner = wb_document_read(ex->arena, text->text, true);
    }
    return wrapped->inner;
}

static void try_shapes(struct wb_extract *ex, const struct wb_value *document)
{
    uint32_t n;
    const struct wb_json_shape *shapes = wb_cat_json_shapes(ex->cat, &n);
    struct wrapped wrapped = {.document = document};
    for (uint32_t i = 0; i < n; i++) {
        const struct wb_value *root = unwrapped(ex, shapes[i].unwrap, &wrapped);
        if (root && fits(ex, &shapes[i], root)) {
            take_shape(ex, &shapes[i], root);
            return;
        }
    }
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

static const struct wb_value *load(struct wb_extract *ex, struct wb_slice text)
{
    size_t mark = wb_arena_mark(ex->arena);
    const struct wb_value *document = wb_document_read(ex->arena, text, false);
    if (document)
        return document;
    wb_arena_release(ex->arena, mark);
    return wb_document_read(ex->arena, unfolded(ex, text), false);
}

/* A document, or a list of them; "[EXTERNAL]" opens neither. */
static bool opens_document(struct wb_slice text)
{
    if (text.n && text.p[0] == '[')
        text = wb_slice_ltrim(wb_slice_from(text, 1));
    return text.n && text.p[0] == '{';
}

/* From its bracket on: at the front, or behind a warning that a server on the way put there. */
static struct wb_slice from_bracket(struct wb_slice text)
{
    text = wb_slice_trim(text);
    if (opens_document(text))
        return text;
    struct wb_slice front = wb_slice_head(text, MAX_BANNER);
    size_t at = wb_slice_find(front, WB_S("\n{"));
    return at < front.n ? wb_slice_from(text, at + 1) : WB_NONE;
}

/* One document, or a list of them, as some services send. */
void wb_read_json(struct wb_extract *ex, struct wb_slice text)
{
    size_t mark = wb_arena_mark(ex->arena);
    text = from_bracket(text);
    const struct wb_value *document = text.n ? load(ex, text) : NULL;
    if (!document) {
        wb_arena_release(ex->arena, mark);
        return;
    }
    if (document->type != WB_VALUE_LIST)
        try_shapes(ex, document);
    else
        for (const struct wb_value *item = document->first; item; item = item->next)
            try_shapes(ex, item);
}
