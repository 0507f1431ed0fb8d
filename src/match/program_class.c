/* SPDX-License-Identifier: BSD-2-Clause */
/* Atoms of one byte: letters, escapes, classes. */
#include "program_int.h"

static void add_byte(struct wb_byte_set *set, unsigned char c)
{
    set->bits[c >> 6] |= (uint64_t)1 << (c & 63);
}

static void add_either_case(struct wb_builder *b, struct wb_byte_set *set, unsigned char c)
{
    add_byte(set, c);
    if (b->caseless && wb_is_alpha((char)c))
        add_byte(set, c ^ 32u);
}

/* \d, \w, \s, and what they leave out. */
static bool add_kind(struct wb_byte_set *set, char kind)
{
    static const struct wb_byte_set kinds[] = {
        {{0x03FF000000000000, 0}},                  /* 0 to 9 */
        {{0x03FF000000000000, 0x07FFFFFE87FFFFFE}}, /* and letters and _ */
        {{0x0000000100003E00, 0}},                  /* tab to carriage return, and the blank */
    };
    char small = wb_lower(kind);
    if (small != 'd' && small != 'w' && small != 's')
        return false;
    const struct wb_byte_set *in = &kinds[small == 'd' ? 0 : small == 'w' ? 1 : 2];
    for (int i = 0; i < 4; i++)
        set->bits[i] |= small == kind ? in->bits[i] : ~in->bits[i];
    return true;
}

/* The byte that an escape stands for; -1: it is something else. */
static int escaped_byte(char c)
{
    if (c == 't' || c == 'n' || c == 'r')
        return c == 't' ? '\t' : c == 'n' ? '\n' : '\r';
    return c == '\0' || wb_is_alnum(c) || (c & 0x80) ? -1 : c;
}

/* One member of a class: -1 when it was a kind of bytes, which has been added. */
static int class_member(struct wb_builder *b, struct wb_byte_set *set)
{
    char c = wb_reader_take(&b->r);
    if (c == '[' && strchr(":.=", wb_reader_peek(&b->r, 0)))
        b->refused = true; /* a class by name */
    if (c != '\\')
        return (unsigned char)c;
    char e = wb_reader_take(&b->r);
    if (add_kind(set, e))
        return -1;
    int byte = escaped_byte(e);
    if (byte < 0)
        b->refused = true;
    return byte;
}

/* "[:alpha:]" is the name of a class, which PCRE2 takes only within another. */
static bool is_like_a_name(struct wb_slice members)
{
    return members.n > 1 && strchr(":.=", members.p[0]) && members.p[0] == members.p[members.n - 1];
}

static void read_class(struct wb_builder *b, struct wb_byte_set *set)
{
    struct wb_reader from = b->r;
    bool negated = wb_reader_accept(&b->r, '^'), first = true;
    while (wb_reader_left(&b->r) && (first || *b->r.p != ']')) {
        first = false;
        int low = class_member(b, set), high = low;
        if (wb_reader_peek(&b->r, 0) == '-' && wb_reader_peek(&b->r, 1) != ']') {
            b->r.p++;
            high = class_member(b, set);
            if (low < 0 || high < low)
                b->refused = true;
        }
        for (int c = low; low >= 0 && c <= high; c++)
            add_either_case(b, set, (unsigned char)c);
    }
    if (is_like_a_name(wb_slice_span(from.p, b->r.p)) || !wb_reader_accept(&b->r, ']'))
        b->refused = true;
    for (int i = 0; negated && i < 4; i++)
        set->bits[i] = ~set->bits[i];
}

bool wb_builder_single(struct wb_builder *b, struct wb_byte_set *set, int *byte, bool *any)
{
    struct wb_reader before = b->r;
    char c = wb_reader_take(&b->r);
    *set = (struct wb_byte_set){{0}};
    *any = c == '.';
    *byte = -1;
    if (c == '.')
        return true;
    if (c == '[') {
        read_class(b, set);
        return true;
    }
    if (c == '\\') {
        char e = wb_reader_take(&b->r);
        if (add_kind(set, e))
            return true;
        *byte = escaped_byte(e);
    } else if (!strchr("()^$*+?|{", c)) {
        *byte = (unsigned char)c;
    }
    if (*byte < 0) {
        b->r = before;
        return false;
    }
    add_either_case(b, set, (unsigned char)*byte);
    if (b->caseless && wb_is_alpha((char)*byte))
        *byte = -1;
    return true;
}
