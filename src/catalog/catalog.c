/* SPDX-License-Identifier: BSD-2-Clause */
#include "catalog.h"

#include <endian.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "check.h"
#include "hash.h"
#include "needed.h"
#include "ready.h"

enum {
    NAME_SLOTS = 4 * WB_MAX_NAMES,
    DOMAIN_END_BITS = 1 << 13,
};

struct wb_catalogue {
    const char *image;
    const struct wb_image_header *header;
    struct wb_scanner *entries, *headers, *text;
    _Atomic(struct wb_regex *) *regexes; /* by slot, made on first use */
    uint32_t regex_count;
    struct wb_slice programs; /* those made beforehand */
    uint16_t unknown;
    uint16_t general;
    /* by name_slot, row + 1; 0: free */
    uint16_t wanted_row[NAME_SLOTS];           /* of HEADERS */
    uint16_t field_row[NAME_SLOTS];            /* of FIELDS */
    struct wb_slice header_name[WB_MAX_NAMES]; /* by row; so that no table is asked where it is */
    struct wb_slice field_name[WB_MAX_NAMES];
    const struct wb_field_name *fields;
    struct wb_slice header_word[WB_MAX_NAMES];  /* of HEADERS; see wb_cat_header_word */
    uint64_t domain_ends[DOMAIN_END_BITS / 64]; /* see has_known_end */
    uint64_t domain_lengths; /* bit of each length that a known domain has; 63: that or more */
    bool short_domains;      /* one has less than 4 bytes: then they say nothing */
};

/* ---- tables and texts ---- */

static const void *table(const struct wb_catalogue *cat, enum wb_section section, size_t row,
                         uint32_t *n_out)
{
    *n_out = (uint32_t)(cat->header->section[section].bytes / row);
    return cat->image + cat->header->section[section].offset;
}

#define T(name, type, section)                                                                     \
    const struct type *wb_cat_##name(const struct wb_catalogue *cat, uint32_t *n_out)              \
    {                                                                                              \
        return table(cat, WB_SECTION_##section, sizeof(struct type), n_out);                       \
    }
WB_TABLES(T)
#undef T

struct wb_slice wb_cat_str(const struct wb_catalogue *cat, wb_str ref)
{
    const char *at = cat->image + cat->header->section[WB_SECTION_STRINGS].offset + ref;
    uint32_t n;
    memcpy(&n, at, sizeof n);
    return wb_slice(at + sizeof n, n);
}

static struct wb_slice section_bytes(const struct wb_catalogue *cat, enum wb_section section)
{
    return wb_slice(cat->image + cat->header->section[section].offset,
                    cat->header->section[section].bytes);
}

struct wb_slice wb_cat_version(const struct wb_catalogue *cat)
{
    return wb_cat_str(cat, cat->header->version);
}

struct wb_slice wb_cat_bytes(const struct wb_catalogue *cat)
{
    return wb_slice(cat->image, cat->header->size);
}

const struct wb_scanner *wb_cat_scan_entries(const struct wb_catalogue *cat)
{
    return cat->entries;
}

const struct wb_scanner *wb_cat_scan_headers(const struct wb_catalogue *cat)
{
    return cat->headers;
}

const struct wb_scanner *wb_cat_scan_text(const struct wb_catalogue *cat)
{
    return cat->text;
}

/* ---- finding rows ---- */

/* Every row of the tables that are sorted by id begins with the id. */
static uint16_t row_named(const struct wb_catalogue *cat, const void *rows, size_t row, uint32_t n,
                          struct wb_slice id)
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        wb_str ref;
        memcpy(&ref, (const char *)rows + mid * row, sizeof ref);
        int c = wb_slice_cmp(wb_cat_str(cat, ref), id);
        if (c == 0)
            return (uint16_t)mid;
        if (c < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return WB_NO_INDEX;
}

uint16_t wb_cat_cause_named(const struct wb_catalogue *cat, struct wb_slice id)
{
    uint32_t n;
    const struct wb_cause *rows = wb_cat_causes(cat, &n);
    return row_named(cat, rows, sizeof *rows, n, id);
}

uint16_t wb_cat_provider_named(const struct wb_catalogue *cat, struct wb_slice id)
{
    uint32_t n;
    const struct wb_provider *rows = wb_cat_providers(cat, &n);
    return row_named(cat, rows, sizeof *rows, n, id);
}

uint16_t wb_cat_scheme_named(const struct wb_catalogue *cat, struct wb_slice id)
{
    uint32_t n;
    const struct wb_scheme *rows = wb_cat_schemes(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        if (wb_slice_eq(wb_cat_str(cat, rows[i].id), id))
            return (uint16_t)i;
    return WB_NO_INDEX;
}

uint16_t wb_cat_dialect_named(const struct wb_catalogue *cat, struct wb_slice id)
{
    uint32_t n;
    const struct wb_dialect *rows = wb_cat_dialects(cat, &n);
    return row_named(cat, rows, sizeof *rows, n, id);
}

/* Names differ in length, first and last letter; with bit 32 set case does not count. */
static unsigned name_slot(struct wb_slice name)
{
    unsigned first = (unsigned char)name.p[0] | 32u;
    unsigned last = (unsigned char)name.p[name.n - 1] | 32u;
    return ((unsigned)name.n * 37 + first * 7 + last * 101) % NAME_SLOTS;
}

/* The row + 1 of a name; 0: there is none. */
static unsigned name_row(const uint16_t *rows, const struct wb_slice *names, struct wb_slice name)
{
    if (!name.n)
        return 0;
    unsigned slot = name_slot(name);
    while (rows[slot] && !wb_slice_eqi(names[rows[slot] - 1], name))
        slot = (slot + 1) % NAME_SLOTS;
    return rows[slot];
}

int wb_cat_wanted_header(const struct wb_catalogue *cat, struct wb_slice name)
{
    return (int)name_row(cat->wanted_row, cat->header_name, name) - 1;
}

struct wb_slice wb_cat_header_word(const struct wb_catalogue *cat, int header)
{
    return cat->header_word[header];
}

const struct wb_field_name *wb_cat_field(const struct wb_catalogue *cat, struct wb_slice name)
{
    unsigned row = name_row(cat->field_row, cat->field_name, name);
    return row ? &cat->fields[row - 1] : NULL;
}

struct wb_slice wb_cat_word(const struct wb_catalogue *cat, struct wb_slice id, int language)
{
    uint32_t n;
    const struct wb_word *rows = wb_cat_words(cat, &n);
    uint16_t at = row_named(cat, rows, sizeof *rows, n, id);
    WB_CHECK(language >= 0 && language < WB_LANGUAGES);
    return at == WB_NO_INDEX ? WB_NONE : wb_cat_str(cat, rows[at].text[language]);
}

static bool stands_there(enum wb_mark_meaning meaning, struct wb_slice text, struct wb_slice words)
{
    switch (meaning) {
    case WB_MARK_SOMEBODY_ELSE_BEHIND: return wb_slice_endsi(text, words);
    case WB_MARK_SOMEBODY_ELSE_BEFORE: return wb_slice_startsi(text, words);
    default: return wb_slice_hasi(text, words);
    }
}

bool wb_cat_marked(const struct wb_catalogue *cat, enum wb_mark_meaning meaning,
                   struct wb_slice text)
{
    uint32_t n;
    const struct wb_mark_words *rows = wb_cat_marks(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        if (rows[i].meaning == meaning &&
            stands_there(meaning, text, wb_cat_str(cat, rows[i].words)))
            return true;
    return false;
}

uint16_t wb_cat_unknown(const struct wb_catalogue *cat)
{
    return cat->unknown;
}

uint16_t wb_cat_general(const struct wb_catalogue *cat)
{
    return cat->general;
}

/*
 * Most names are nobody's that is known, and their last bytes tell it: a known domain is noted by
 * its last 8, or 6, 5 or 4 bytes, as many as it has, and a name is asked for by each of these. Bit
 * 32 is set, so the case of letters does not count.
 */
static const size_t end_lengths[] = {8, 6, 5, 4};

uint64_t wb_domain_end(struct wb_slice name)
{
    uint64_t bytes = 0;
    size_t n = name.n < sizeof bytes ? name.n : sizeof bytes;
    if (n == sizeof bytes)
        memcpy(&bytes, wb_slice_end(name) - sizeof bytes, sizeof bytes);
    else if (n)
        memcpy((char *)&bytes + sizeof bytes - n, name.p, n);
    return le64toh(bytes);
}

/* The bit of the last n of these bytes. */
static unsigned end_bit(uint64_t eight, size_t n)
{
    eight |= 0x2020202020202020u;
    return (unsigned)((eight >> (64 - 8 * n)) * 0x9E3779B97F4A7C15u >> 32) % DOMAIN_END_BITS;
}

static uint64_t length_bit(size_t n)
{
    return (uint64_t)1 << (n < 63 ? n : 63);
}

static void note_domain_end(struct wb_catalogue *cat, struct wb_slice name)
{
    size_t i = 0;
    while (i < sizeof end_lengths / sizeof end_lengths[0] && end_lengths[i] > name.n)
        i++;
    cat->domain_lengths |= length_bit(name.n);
    cat->short_domains |= name.n < 4;
    if (name.n < 4)
        return;
    unsigned bit = end_bit(wb_domain_end(name), end_lengths[i]);
    cat->domain_ends[bit / 64] |= (uint64_t)1 << bit % 64;
}

static bool has_known_end(const struct wb_catalogue *cat, struct wb_slice name, uint64_t eight)
{
    if (name.n < 8 || cat->short_domains)
        return true;
    uint64_t found = 0;
    for (size_t i = 0; i < sizeof end_lengths / sizeof end_lengths[0]; i++) {
        unsigned bit = end_bit(eight, end_lengths[i]);
        found |= cat->domain_ends[bit / 64] >> bit % 64;
    }
    return found & 1;
}

/* The row of a known domain; eight: see wb_domain_hash. */
static const struct wb_domain *domain_row(const struct wb_catalogue *cat, struct wb_slice domain,
                                          uint64_t eight)
{
    uint32_t n, hash = wb_domain_hash(eight, domain);
    const struct wb_domain *rows = wb_cat_domains(cat, &n);
    for (uint32_t i = hash & (n - 1); rows[i].name; i = (i + 1) & (n - 1))
        if (rows[i].mark == wb_domain_mark(hash) &&
            wb_slice_eqi(wb_cat_str(cat, rows[i].name), domain))
            return &rows[i];
    return NULL;
}

/* The name without labels in front, so that it is no longer than names of domains are. */
static struct wb_slice longest_domain(struct wb_slice name)
{
    enum { LONGEST = 255 }; /* RFC 1035 2.3.4 */
    if (name.n <= LONGEST)
        return name;
    name = wb_slice_from(name, name.n - LONGEST - 1); /* the label begins behind a dot */
    return wb_slice_from(name, wb_slice_chr(name, '.') + 1);
}

uint16_t wb_cat_provider_of(const struct wb_catalogue *cat, struct wb_slice domain,
                            enum wb_domain_use use)
{
    while (domain.n && (domain.p[domain.n - 1] == '.' || domain.p[domain.n - 1] == ']'))
        domain.n--;
    const uint64_t eight = wb_domain_end(domain);
    if (!has_known_end(cat, domain, eight))
        return WB_NO_INDEX;
    domain = longest_domain(domain);
    for (; domain.n; domain = wb_slice_from(domain, wb_slice_chr(domain, '.') + 1)) {
        if (!(cat->domain_lengths & length_bit(domain.n)))
            continue;
        const struct wb_domain *row = domain_row(cat, domain, eight);
        if (row && (row->uses & use))
            return row->provider;
    }
    return WB_NO_INDEX;
}

static const struct wb_status_meaning *status_of(const struct wb_catalogue *cat,
                                                 struct wb_code code, uint16_t provider)
{
    uint32_t n;
    const struct wb_status_meaning *rows = wb_cat_statuses(cat, &n);
    uint32_t low = 0, high = n; /* rows are sorted by provider, then subject */
    while (low < high) {
        uint32_t mid = (low + high) / 2;
        const struct wb_status_meaning *row = &rows[mid];
        bool before = row->provider < provider ||
                      (row->provider == provider && row->code.subject < code.subject);
        if (before)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < n && rows[low].provider == provider && rows[low].code.subject == code.subject;
         low++) {
        const struct wb_status_meaning *row = &rows[low];
        if ((row->code.class == 0 || row->code.class == code.class) &&
            code.detail >= row->code.detail && code.detail <= row->last_detail)
            return row;
    }
    return NULL;
}

const struct wb_status_meaning *wb_cat_status(const struct wb_catalogue *cat, struct wb_code code,
                                              uint16_t provider)
{
    const struct wb_status_meaning *row = NULL;
    if (code.class == 0)
        return NULL;
    if (provider != WB_NO_INDEX)
        row = status_of(cat, code, provider);
    return row ? row : status_of(cat, code, WB_NO_INDEX);
}

const struct wb_reply_meaning *wb_cat_reply(const struct wb_catalogue *cat, int code,
                                            enum wb_stage stage)
{
    uint32_t n;
    const struct wb_reply_meaning *rows = wb_cat_replies(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        if (rows[i].code == code && (!rows[i].stages || (rows[i].stages & 1u << stage)))
            return &rows[i];
    return NULL;
}

/* ---- compiled expressions ---- */

static const struct wb_regex *regex_at(const struct wb_catalogue *cat, uint32_t slot,
                                       wb_str expression, int flags)
{
    WB_CHECK(slot < cat->regex_count);
    struct wb_regex *regex = atomic_load_explicit(&cat->regexes[slot], memory_order_acquire);
    if (regex)
        return regex;
    struct wb_status status;
    struct wb_slice text = wb_cat_str(cat, expression);
    regex = wb_ready_regex(cat->programs, slot, text, flags);
    if (!regex)
        regex = wb_regex_new(text, flags, &status);
    WB_CHECK(regex != NULL); /* the knowledge compiler has compiled it once already */
    struct wb_regex *other = NULL;
    if (atomic_compare_exchange_strong(&cat->regexes[slot], &other, regex))
        return regex;
    wb_regex_free(regex); /* another thread was faster */
    return other;
}

const struct wb_regex *wb_cat_entry_regex(const struct wb_catalogue *cat,
                                          const struct wb_entry *entry)
{
    return regex_at(cat, entry->regex, entry->pattern, WB_ENTRY_REGEX);
}

const struct wb_regex *wb_cat_line_regex(const struct wb_catalogue *cat,
                                         const struct wb_line_pattern *pattern)
{
    return regex_at(cat, pattern->regex, pattern->pattern, WB_LINE_REGEX);
}

const struct wb_regex *wb_cat_sign_regex(const struct wb_catalogue *cat, const struct wb_sign *sign)
{
    return regex_at(cat, sign->regex, sign->pattern, WB_SIGN_REGEX);
}

/* ---- opening ---- */

static bool check_header(struct wb_slice image, struct wb_status *status)
{
    const struct wb_image_header *h = (const void *)image.p;
    if (image.n < sizeof *h || h->magic != WB_IMAGE_MAGIC)
        return wb_trouble(status, "this is not a compiled catalogue");
    if (h->format != WB_IMAGE_FORMAT)
        return wb_trouble(status,
                          "this catalogue has format %u, this program reads format %d; "
                          "compile it anew with 'whybounce knowledge build'",
                          h->format, WB_IMAGE_FORMAT);
    return h->size == image.n || wb_trouble(status, "the catalogue is damaged");
}

struct wb_hash wb_image_sum(struct wb_slice image)
{
    struct wb_image_header h;
    struct wb_hash behind = wb_hash_bytes(wb_slice_from(image, sizeof h));
    memcpy(&h, image.p, sizeof h);
    h.checksum[0] = behind.high;
    h.checksum[1] = behind.low;
    return wb_hash_bytes(wb_slice((const char *)&h, sizeof h));
}

static bool check_sum(struct wb_slice image, struct wb_status *status)
{
    const struct wb_image_header *h = (const void *)image.p;
    struct wb_hash sum = wb_image_sum(image);
    return (sum.high == h->checksum[0] && sum.low == h->checksum[1]) ||
           wb_trouble(status, "the catalogue is damaged");
}

static void load_scanners(struct wb_catalogue *cat)
{
    cat->entries = wb_scanner_load(section_bytes(cat, WB_SECTION_SCAN_ENTRIES));
    cat->headers = wb_scanner_load(section_bytes(cat, WB_SECTION_SCAN_HEADERS));
    cat->text = wb_scanner_load(section_bytes(cat, WB_SECTION_SCAN_TEXT));
}

static void note_name(uint16_t *rows, struct wb_slice *names, struct wb_slice name, uint32_t row)
{
    names[row] = name;
    unsigned slot = name_slot(name);
    while (rows[slot])
        slot = (slot + 1) % NAME_SLOTS;
    rows[slot] = (uint16_t)(row + 1);
}

static void note_names(struct wb_catalogue *cat)
{
    uint32_t headers, fields;
    const struct uint32_ref *header = wb_cat_headers(cat, &headers);
    cat->fields = wb_cat_fields(cat, &fields);
    WB_CHECK(headers <= WB_MAX_NAMES && fields <= WB_MAX_NAMES);
    for (uint32_t i = 0; i < headers; i++)
        note_name(cat->wanted_row, cat->header_name, wb_cat_str(cat, header[i].ref), i);
    for (uint32_t i = 0; i < fields; i++)
        note_name(cat->field_row, cat->field_name, wb_cat_str(cat, cat->fields[i].name), i);
}

/* Of the words that the signs of a header need the only one, until there is another. */
static void note_header_word(void *to, uint32_t sign, struct wb_slice word)
{
    uint32_t n, i = 0;
    struct wb_catalogue *cat = to;
    const wb_str name = wb_cat_signs(cat, &n)[sign].header;
    const struct uint32_ref *header = wb_cat_headers(cat, &n);
    while (i < n && header[i].ref != name)
        i++;
    WB_CHECK(i < n);
    struct wb_slice *known = &cat->header_word[i];
    bool one = wb_slice_chr(word, ' ') == word.n && (!known->p || wb_slice_eq(*known, word));
    *known = one ? word : WB_NONE;
}

static void note_domains(struct wb_catalogue *cat)
{
    uint32_t n;
    const struct wb_domain *rows = wb_cat_domains(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        if (rows[i].name)
            note_domain_end(cat, wb_cat_str(cat, rows[i].name));
}

static void find_roles(struct wb_catalogue *cat)
{
    uint32_t n;
    cat->unknown = cat->general = WB_NO_INDEX;
    const struct wb_cause *causes = wb_cat_causes(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        if (causes[i].role == WB_CAUSE_UNKNOWN)
            cat->unknown = (uint16_t)i;
    const struct wb_dialect *dialects = wb_cat_dialects(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        if (dialects[i].flags & WB_DIALECT_GENERAL)
            cat->general = (uint16_t)i;
    WB_CHECK(cat->unknown != WB_NO_INDEX && cat->general != WB_NO_INDEX);
}

bool wb_catalogue_open_own(struct wb_slice image, struct wb_catalogue **catalogue_out,
                           struct wb_status *status)
{
    if (!check_header(image, status))
        return false;
    struct wb_catalogue *cat = calloc(1, sizeof *cat);
    WB_CHECK(cat);
    cat->image = image.p;
    cat->header = (const void *)image.p;
    uint32_t entries, patterns, signs;
    wb_cat_entries(cat, &entries);
    wb_cat_patterns(cat, &patterns);
    wb_cat_signs(cat, &signs);
    cat->regex_count = entries + patterns + signs;
    cat->regexes = calloc(cat->regex_count + 1u, sizeof *cat->regexes);
    WB_CHECK(cat->regexes);
    load_scanners(cat);
    cat->programs = section_bytes(cat, WB_SECTION_PROGRAMS);
    find_roles(cat);
    note_names(cat);
    wb_scanner_words(cat->headers, note_header_word, cat);
    note_domains(cat);
    *catalogue_out = cat;
    return true;
}

bool wb_catalogue_open_image(struct wb_slice image, struct wb_catalogue **catalogue_out,
                             struct wb_status *status)
{
    return check_header(image, status) && check_sum(image, status) &&
           wb_catalogue_open_own(image, catalogue_out, status);
}

void wb_catalogue_close(struct wb_catalogue *cat)
{
    if (!cat)
        return;
    for (uint32_t i = 0; i < cat->regex_count; i++)
        wb_regex_free(atomic_load(&cat->regexes[i]));
    wb_scanner_free(cat->entries);
    wb_scanner_free(cat->headers);
    wb_scanner_free(cat->text);
    free(cat->regexes);
    free(cat);
}

struct wb_matcher *wb_catalogue_matcher(const struct wb_catalogue *cat)
{
    struct wb_scanner *const scanners[] = {cat->entries, cat->headers, cat->text};
    return wb_matcher_new(scanners, 3);
}
