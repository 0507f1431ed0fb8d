/* SPDX-License-Identifier: BSD-2-Clause */
#include "sts.h"

#include "tags.h"

enum { LONGEST_ID = 32, LONGEST_AGE = 31557600 /* a year, 3.2 */ };

/* ---- the record ---- */

static bool is_id(struct wb_slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!wb_is_alnum(s.p[i]))
            return false;
    return s.n > 0 && s.n <= LONGEST_ID;
}

/* "v=STSv1; id=20160831085700Z;": the version in front, the id anywhere; unknown fields are fine.
 */
static bool is_record(struct wb_slice text)
{
    struct wb_tag tag;
    struct wb_slice id = WB_NONE, rest = text;
    bool good = wb_tag_next(&rest, &tag) && wb_slice_eq(tag.name, WB_S("v")) &&
                wb_slice_eq(tag.value, WB_S("STSv1")) && text.p[0] == 'v';
    while (good && wb_tag_next(&rest, &tag)) {
        good = tag.name.n > 0 && tag.value.n > 0;
        if (!id.n && wb_slice_eq(tag.name, WB_S("id")))
            id = tag.value;
    }
    return good && is_id(id);
}

enum wb_sts_record wb_sts_record_read(const struct wb_dns_record *records, size_t n)
{
    size_t seen = 0, valid = 0;
    for (size_t i = 0; i < n; i++) {
        if (!wb_slice_startsi(wb_slice_trim(records[i].data), WB_S("v=STSv1")))
            continue;
        seen++;
        valid += is_record(records[i].data);
    }
    if (seen == 0)
        return WB_STS_ABSENT;
    return seen > 1 ? WB_STS_SEVERAL : valid ? WB_STS_ONE : WB_STS_BROKEN;
}

/* ---- the policy ---- */

static bool is_pattern(struct wb_slice s)
{
    size_t label = 0;
    if (wb_slice_starts(s, WB_S("*.")))
        s = wb_slice_from(s, 2);
    for (size_t i = 0; i < s.n; i++) {
        bool dot = s.p[i] == '.';
        if (dot ? label == 0 : !(wb_is_alnum(s.p[i]) || s.p[i] == '-' || s.p[i] == '_'))
            return false;
        label = dot ? 0 : label + 1;
    }
    return label > 0;
}

/* Takes the next line "name: value" that is not blank; false at the end. */
static bool next_field(struct wb_slice *rest, struct wb_slice *line_out, struct wb_tag *field_out)
{
    while (rest->n) {
        struct wb_slice value = *line_out = wb_slice_trim(wb_slice_cut(rest, '\n'));
        if (!line_out->n)
            continue;
        field_out->name = wb_slice_rtrim(wb_slice_cut(&value, ':'));
        field_out->value = wb_slice_trim(value);
        return true;
    }
    return false;
}

/* A name, a colon, and nothing that could not be typed. */
static bool is_field(struct wb_slice line, const struct wb_tag *field)
{
    for (size_t i = 0; i < line.n; i++)
        if (((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 127)
            return false;
    return field->name.n && field->name.n < line.n && wb_is_alnum(field->name.p[0]);
}

static bool read_mode(struct wb_slice value, enum wb_sts_mode *mode_out)
{
    static const char *const names[] = {
        [WB_STS_NONE] = "none", [WB_STS_TESTING] = "testing", [WB_STS_ENFORCE] = "enforce"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (wb_slice_eq(value, wb_slice_str(names[i]))) {
            *mode_out = (enum wb_sts_mode)i;
            return true;
        }
    return false;
}

/* Which fields have been there, by the bits of enum. Of those that come twice the first counts. */
enum field { VERSION = 1, MODE = 2, MAX_AGE = 4, MX = 8 };

static bool take_field(const struct wb_tag *f, struct wb_sts_policy *policy, unsigned *seen)
{
    if (wb_slice_eq(f->name, WB_S("version")) && !(*seen & VERSION)) {
        *seen |= VERSION;
        return wb_slice_eq(f->value, WB_S("STSv1"));
    }
    if (wb_slice_eq(f->name, WB_S("mode")) && !(*seen & MODE)) {
        *seen |= MODE;
        return read_mode(f->value, &policy->mode);
    }
    if (wb_slice_eq(f->name, WB_S("max_age")) && !(*seen & MAX_AGE)) {
        *seen |= MAX_AGE;
        return wb_slice_number(f->value, &policy->max_age) && policy->max_age <= LONGEST_AGE;
    }
    if (wb_slice_eq(f->name, WB_S("mx"))) {
        *seen |= MX;
        return is_pattern(f->value);
    }
    return true;
}

/* The first field that has to be there and is not; absent when all are. */
static struct wb_slice missing(const struct wb_sts_policy *policy, unsigned seen)
{
    if (!(seen & VERSION))
        return WB_S("version");
    if (!(seen & MODE))
        return WB_S("mode");
    if (!(seen & MAX_AGE))
        return WB_S("max_age");
    return !(seen & MX) && policy->mode != WB_STS_NONE ? WB_S("mx") : WB_NONE;
}

bool wb_sts_policy_read(struct wb_slice text, struct wb_sts_policy *policy_out,
                        struct wb_slice *wrong_out)
{
    struct wb_slice line, rest = text;
    struct wb_tag field;
    unsigned seen = 0;
    *policy_out = (struct wb_sts_policy){.text = text};
    while (next_field(&rest, &line, &field))
        if (!is_field(line, &field) || !take_field(&field, policy_out, &seen)) {
            *wrong_out = line;
            return false;
        }
    *wrong_out = missing(policy_out, seen);
    return wrong_out->n == 0;
}

static bool fits(struct wb_slice pattern, struct wb_slice host)
{
    if (!wb_slice_starts(pattern, WB_S("*.")))
        return wb_slice_eqi(pattern, host);
    struct wb_slice label = wb_slice_cut(&host, '.');
    return label.n && wb_slice_eqi(wb_slice_from(pattern, 2), host);
}

bool wb_sts_lists(const struct wb_sts_policy *policy, struct wb_slice host)
{
    struct wb_slice line, rest = policy->text;
    struct wb_tag field;
    while (next_field(&rest, &line, &field))
        if (wb_slice_eq(field.name, WB_S("mx")) && fits(field.value, host))
            return true;
    return false;
}
