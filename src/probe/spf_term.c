/* SPDX-License-Identifier: BSD-2-Clause */
/* The terms of an SPF record (RFC 7208 5, 6, 12). */
#include "spf_int.h"

#include <arpa/inet.h>

bool wb_spf_next(struct wb_slice *rest, struct wb_slice *term_out)
{
    while (rest->n && rest->p[0] == ' ')
        *rest = wb_slice_from(*rest, 1);
    size_t n = 0;
    while (n < rest->n && rest->p[n] != ' ')
        n++;
    *term_out = wb_slice_head(*rest, n);
    *rest = wb_slice_from(*rest, n);
    return n != 0;
}

enum { DOMAIN_NONE, DOMAIN_MAY, DOMAIN_MUST };

static const struct shape {
    const char *name;
    enum wb_spf_kind kind;
    int domain;
    bool cidr;
    bool modifier;
} shapes[] = {
    {"all", WB_SPF_ALL, DOMAIN_NONE, false, false},
    {"include", WB_SPF_INCLUDE, DOMAIN_MUST, false, false},
    {"a", WB_SPF_A, DOMAIN_MAY, true, false},
    {"mx", WB_SPF_MX, DOMAIN_MAY, true, false},
    {"ptr", WB_SPF_PTR, DOMAIN_MAY, false, false},
    {"ip4", WB_SPF_IP4, DOMAIN_MUST, true, false},
    {"ip6", WB_SPF_IP6, DOMAIN_MUST, true, false},
    {"exists", WB_SPF_EXISTS, DOMAIN_MUST, false, false},
    {"redirect", WB_SPF_REDIRECT, DOMAIN_MUST, false, true},
    {"exp", WB_SPF_EXP, DOMAIN_MUST, false, true},
};

static const struct shape *shape_named(struct wb_slice name, bool modifier)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (shapes[i].modifier == modifier && wb_slice_eqi(name, wb_slice_str(shapes[i].name)))
            return &shapes[i];
    return NULL;
}

/* Digits at the end behind a slash, without a leading zero: the place of the slash, or s.n. */
static size_t trailing_number(struct wb_slice s, unsigned *n_out)
{
    size_t at = s.n;
    long long number;
    while (at && wb_is_digit(s.p[at - 1]))
        at--;
    struct wb_slice digits = wb_slice_from(s, at);
    if (!digits.n || !at || s.p[at - 1] != '/' || digits.n > 3 ||
        (digits.n > 1 && digits.p[0] == '0') || !wb_slice_number(digits, &number))
        return s.n;
    *n_out = (unsigned)number;
    return at - 1;
}

/* Takes "/24", "//64" or "/24//64" from the end. */
static bool take_cidr(struct wb_slice *s, struct wb_spf_term *term)
{
    unsigned number = 0;
    size_t at = trailing_number(*s, &number);
    if (at < s->n && at && s->p[at - 1] == '/') {
        term->bits6 = number;
        s->n = at - 1;
        at = trailing_number(*s, &number);
    }
    if (at < s->n) {
        term->bits4 = number;
        s->n = at;
    }
    return term->bits4 <= 32 && term->bits6 <= 128;
}

static bool read_address(struct wb_slice s, struct wb_spf_term *term)
{
    char text[64] = {0};
    bool v6 = term->kind == WB_SPF_IP6;
    unsigned bits = v6 ? 128 : 32;
    size_t at = trailing_number(s, &bits);
    if (at >= sizeof text || bits > (v6 ? 128u : 32u))
        return false;
    memcpy(text, s.p, at);
    *(v6 ? &term->bits6 : &term->bits4) = bits;
    return memchr(s.p, 0, s.n) == NULL && inet_pton(v6 ? AF_INET6 : AF_INET, text, term->ip) == 1;
}

static bool read_modifier(struct wb_slice name, struct wb_slice value, struct wb_spf_term *term)
{
    const struct shape *shape = shape_named(name, true);
    term->kind = shape ? shape->kind : WB_SPF_OTHER;
    term->domain = value;
    return shape ? wb_spf_domain_valid(value) : wb_spf_macros_valid(value, false);
}

/* A name is a letter and letters, digits, "-", "_", "." (RFC 7208 12). */
static size_t name_length(struct wb_slice s)
{
    size_t n = 0;
    if (!s.n || !wb_is_alpha(s.p[0]))
        return 0;
    while (n < s.n && (wb_is_alnum(s.p[n]) || (s.p[n] && strchr("-_.", s.p[n]))))
        n++;
    return n;
}

static enum wb_spf_result take_qualifier(struct wb_slice *s)
{
    enum wb_spf_result result = WB_SPF_PASS;
    if (!s->n)
        return result;
    switch (s->p[0]) {
    case '+': break;
    case '-': result = WB_SPF_FAIL; break;
    case '~': result = WB_SPF_SOFTFAIL; break;
    case '?': result = WB_SPF_NEUTRAL; break;
    default: return result;
    }
    *s = wb_slice_from(*s, 1);
    return result;
}

bool wb_spf_term_read(struct wb_slice text, struct wb_spf_term *term)
{
    *term = (struct wb_spf_term){.text = text, .bits4 = 32, .bits6 = 128};
    size_t n = name_length(text);
    if (n && n < text.n && text.p[n] == '=')
        return read_modifier(wb_slice_head(text, n), wb_slice_from(text, n + 1), term);
    term->result = take_qualifier(&text);
    n = name_length(text);
    const struct shape *shape = shape_named(wb_slice_head(text, n), false);
    if (!shape)
        return false;
    term->kind = shape->kind;
    struct wb_slice rest = wb_slice_from(text, n);
    bool colon = rest.n && rest.p[0] == ':';
    if (colon)
        rest = wb_slice_from(rest, 1);
    if (colon ? shape->domain == DOMAIN_NONE : shape->domain == DOMAIN_MUST)
        return false;
    if (term->kind == WB_SPF_IP4 || term->kind == WB_SPF_IP6)
        return read_address(rest, term);
    if (shape->cidr && !take_cidr(&rest, term))
        return false;
    term->domain = rest;
    return colon ? wb_spf_domain_valid(rest) : !rest.n;
}
