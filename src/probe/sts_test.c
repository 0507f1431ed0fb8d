/* SPDX-License-Identifier: BSD-2-Clause */
#include "unit.h"

#include "sts.h"

/* ---- records ---- */

static const struct record {
    const char *name, *txt[3];
    enum wb_sts_record want;
} records[] = {
    {"as in the RFC", {"v=STSv1; id=20160831085700Z;"}, WB_STS_ONE},
    {"without the last mark", {"v=STSv1;id=1"}, WB_STS_ONE},
    {"with a field of the future", {"v=STSv1; x-y.z=%41; id=a1"}, WB_STS_ONE},
    {"beside other texts", {"hello", "v=STSv1; id=1", "v=spf1 -all"}, WB_STS_ONE},
    {"other texts only", {"v=TLSRPTv1; rua=mailto:a@example.org"}, WB_STS_ABSENT},
    {"nothing", {0}, WB_STS_ABSENT},
    {"two", {"v=STSv1; id=1", "v=STSv1; id=2"}, WB_STS_SEVERAL},
    {"two, one of them broken", {"v=STSv1; id=1", "v=STSv1"}, WB_STS_SEVERAL},
    {"without an id", {"v=STSv1;"}, WB_STS_BROKEN},
    {"an empty id", {"v=STSv1; id=;"}, WB_STS_BROKEN},
    {"an id with a dash", {"v=STSv1; id=2026-01-01"}, WB_STS_BROKEN},
    {"an id of 32", {"v=STSv1; id=12345678901234567890123456789012"}, WB_STS_ONE},
    {"an id of 33", {"v=STSv1; id=123456789012345678901234567890123"}, WB_STS_BROKEN},
    {"the version in small letters", {"v=stsv1; id=1"}, WB_STS_BROKEN},
    {"a blank in front", {" v=STSv1; id=1"}, WB_STS_BROKEN},
    {"another version", {"v=STSv10; id=1"}, WB_STS_BROKEN},
    {"a comma between", {"v=STSv1, id=1"}, WB_STS_BROKEN},
    {"a piece that is no field", {"v=STSv1; hello; id=1"}, WB_STS_BROKEN},
};

static void reads_records(void **state)
{
    const struct record *row = *state;
    struct wb_dns_record r[3] = {0};
    size_t n = 0;
    for (; n < 3 && row->txt[n]; n++)
        r[n].data = wb_slice_str(row->txt[n]);
    assert_int_equal(wb_sts_record_read(r, n), row->want);
}

/* ---- policies ---- */

#define FRONT "version: STSv1\r\nmode: enforce\r\n"
#define MX    "mx: mx.example.org\r\n"
#define AGE   "max_age: 604800\r\n"

static const struct policy {
    const char *name, *text;
    const char *wrong; /* NULL: it is good */
    enum wb_sts_mode mode;
    long long max_age;
} policies[] = {
    {"as in the RFC", FRONT "mx: mail.example.com\r\nmx: *.example.net\r\n" AGE, NULL,
     WB_STS_ENFORCE, 604800},
    {"LF only", "version: STSv1\nmode: testing\nmx: a.example\nmax_age: 0", NULL, WB_STS_TESTING},
    {"no blanks, blank lines", "version:STSv1\n\nmode:enforce \nmx:a.example\nmax_age:1\n\n", NULL,
     WB_STS_ENFORCE, 1},
    {"another order", AGE MX "mode: testing\r\nversion: STSv1\r\n", NULL, WB_STS_TESTING, 604800},
    {"off, without servers", "version: STSv1\nmode: none\nmax_age: 86400\n", NULL, WB_STS_NONE,
     86400},
    {"a field of the future", FRONT MX AGE "x-new: 1:2 3\r\n", NULL, WB_STS_ENFORCE, 604800},
    {"the first of two modes counts", FRONT "mode: none\r\n" MX AGE, NULL, WB_STS_ENFORCE, 604800},
    {"the longest age", FRONT MX "max_age: 31557600", NULL, WB_STS_ENFORCE, 31557600},
    {"nothing", "", "version"},
    {"a page", "<html><body>not: found</body></html>", "<html><body>not: found</body></html>"},
    {"no version", "mode: enforce\r\n" MX AGE, "version"},
    {"another version", "version: STSv2\r\nmode: enforce\r\n" MX AGE, "version: STSv2"},
    {"no mode", "version: STSv1\r\n" MX AGE, "mode"},
    {"an unknown mode", "version: STSv1\nmode: report\n" MX AGE, "mode: report"},
    {"a mode in capitals", "version: STSv1\nmode: Enforce\n" MX AGE, "mode: Enforce"},
    {"no age", FRONT MX, "max_age"},
    {"more than a year", FRONT MX "max_age: 31557601", "max_age: 31557601"},
    {"a negative age", FRONT MX "max_age: -1", "max_age: -1"},
    {"an age without end", FRONT MX "max_age: 99999999999999999999999",
     "max_age: 99999999999999999999999"},
    {"no server", FRONT AGE, "mx"},
    {"an empty server", FRONT "mx:\r\n" AGE, "mx:"},
    {"a star in the middle", FRONT "mx: mx.*.example.org\r\n" AGE, "mx: mx.*.example.org"},
    {"half a star", FRONT "mx: mx*.example.org\r\n" AGE, "mx: mx*.example.org"},
    {"a star alone", FRONT "mx: *\r\n" AGE, "mx: *"},
    {"two servers in a line", FRONT "mx: a.example, b.example\r\n" AGE, "mx: a.example, b.example"},
    {"no colon", FRONT MX AGE "hello\r\n", "hello"},
    {"escapes", FRONT MX AGE "x: \x1b[2J\r\n", "x: \x1b[2J"},
};

static void reads_policies(void **state)
{
    const struct policy *row = *state;
    struct wb_sts_policy policy;
    struct wb_slice wrong = WB_NONE;
    bool good = wb_sts_policy_read(wb_slice_str(row->text), &policy, &wrong);
    if (row->wrong) {
        assert_false(good);
        assert_int_equal(wrong.n, strlen(row->wrong));
        assert_memory_equal(wrong.p, row->wrong, wrong.n);
        return;
    }
    assert_true(good);
    assert_int_equal(policy.mode, row->mode);
    assert_int_equal(policy.max_age, row->max_age);
}

static void refuses_nul(void **state)
{
    (void)state;
    struct wb_sts_policy policy;
    struct wb_slice wrong;
    assert_false(wb_sts_policy_read(WB_S(FRONT MX AGE "x: \0 y\n"), &policy, &wrong));
}

/* ---- servers ---- */

static const struct host {
    const char *name, *host;
    bool want;
} hosts[] = {
    {"by name", "mail.example.com", true},
    {"in capitals", "MAIL.example.COM", true},
    {"another name", "mail2.example.com", false},
    {"below a name", "a.mail.example.com", false},
    {"the star for one label", "mx1.example.net", true},
    {"the star for no label", "example.net", false},
    {"the star for two labels", "a.mx1.example.net", false},
    {"the star for an empty label", ".example.net", false},
    {"only the end fits", "badexample.net", false},
    {"nothing", "", false},
};

static void lists_hosts(void **state)
{
    const struct host *row = *state;
    struct wb_sts_policy policy;
    struct wb_slice wrong;
    assert_true(wb_sts_policy_read(WB_S(FRONT "mx: mail.example.com\nmx: *.example.net\n" AGE),
                                   &policy, &wrong));
    assert_int_equal(wb_sts_lists(&policy, wb_slice_str(row->host)), row->want);
}

int main(void)
{
    UNIT_ROWS(reads_records, records);
    UNIT_ROWS(reads_policies, policies);
    UNIT_ONE(refuses_nul, "a zero byte");
    UNIT_ROWS(lists_hosts, hosts);
    return unit_run();
}
