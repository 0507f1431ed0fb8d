/* SPDX-License-Identifier: BSD-2-Clause */
/* The small ones: closed vocabularies, names of limits, hashes, status, languages. */
#include "vocab.h"

#include "hash.h"
#include "language.h"
#include "limit.h"
#include "status.h"
#include "unit.h"

/* Every value has a name, every name is read back as its value, in any case. */
static void there_and_back(void **state)
{
    (void)state;
#define V(word, WORD, LIST)                                                                        \
    assert_int_equal(wb_##word##_name(WB_##WORD##_ABSENT).n, 0);                                   \
    assert_int_equal(wb_##word##_named(WB_S("no such name")), WB_##WORD##_ABSENT);                 \
    assert_int_equal(wb_##word##_named(WB_NONE), WB_##WORD##_ABSENT);                              \
    for (int i = 1; i < WB_##WORD##_COUNT; i++) {                                                  \
        struct wb_slice name = wb_##word##_name((enum wb_##word)i);                                \
        assert_true(name.n > 0);                                                                   \
        assert_int_equal(wb_##word##_named(name), i);                                              \
    }
    WB_VOCABULARIES(V)
#undef V
    assert_int_equal(wb_action_named(WB_S("Failed")), WB_ACTION_FAILED); /* RFC 3464 2.3.3 */
    assert_true(WB_CONFIDENCE_CERTAIN > WB_CONFIDENCE_STRONG);
    assert_true(WB_CONFIDENCE_STRONG > WB_CONFIDENCE_FAIR);
    assert_true(WB_CONFIDENCE_FAIR > WB_CONFIDENCE_WEAK);
}

static void limits(void **state)
{
    (void)state;
    wb_limit_set set = 0;
    for (int i = 0; i < WB_LIMIT_COUNT; i++) {
        assert_true(strlen(wb_limit_name((enum wb_limit)i)) > 0);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(wb_limit_name((enum wb_limit)i),
                                    wb_limit_name((enum wb_limit)j));
        assert_false(set & (wb_limit_set)1 << i);
        wb_limit_hit(&set, (enum wb_limit)i);
        wb_limit_hit(&set, (enum wb_limit)i);
        assert_true(set & (wb_limit_set)1 << i);
    }
    assert_string_equal(wb_limit_name(WB_LIMIT_RECIPIENTS), "recipients");
}

static void hashes(void **state)
{
    (void)state;
    char hex[33] = "";
    wb_hash_hex(wb_hash_bytes(WB_NONE), hex);
    assert_string_equal(hex,
                        "99aa06d3014798d86001c324468d497f"); /* XXH3 of nothing, as published */
    wb_hash_hex((struct wb_hash){0x0123456789ABCDEF, 1}, hex);
    assert_string_equal(hex, "0123456789abcdef0000000000000001");
    struct wb_hash a = wb_hash_more(wb_hash_bytes(WB_S("a")), WB_S("bc"));
    struct wb_hash b = wb_hash_more(wb_hash_bytes(WB_S("ab")), WB_S("c"));
    struct wb_hash c = wb_hash_more(wb_hash_bytes(WB_S("bc")), WB_S("a"));
    struct wb_hash again = wb_hash_more(wb_hash_bytes(WB_S("a")), WB_S("bc"));
    assert_true(a.low != b.low && a.low != c.low && b.low != c.low);
    assert_true(a.low == again.low && a.high == again.high);
}

static void trouble(void **state)
{
    (void)state;
    struct wb_status status = {{0}};
    assert_false(wb_trouble(&status, "%s: %s", "box", "no such file"));
    assert_string_equal(status.text, "box: no such file");
    char longer[2000];
    memset(longer, 'x', sizeof longer);
    assert_false(wb_trouble(&status, "%.*s", (int)sizeof longer, longer));
    assert_int_equal(strlen(status.text), WB_STATUS_TEXT - 1);
}

static void languages(void **state)
{
    (void)state;
    static const char *const chinese[] = {"zh", "ZH", "zh-CN", "zh_TW.UTF-8", "zh.GB18030"};
    static const char *const english[] = {"", "en", "de_DE.UTF-8", "C", "zhx", "z"};
    for (size_t i = 0; i < sizeof chinese / sizeof chinese[0]; i++)
        assert_int_equal(wb_language_of_tag(chinese[i]), WB_CHINESE);
    for (size_t i = 0; i < sizeof english / sizeof english[0]; i++)
        assert_int_equal(wb_language_of_tag(english[i]), WB_ENGLISH);
    setenv("LC_ALL", "", 1); /* empty: not set (POSIX) */
    setenv("LC_MESSAGES", "zh_CN.UTF-8", 1);
    setenv("LANG", "en", 1);
    assert_int_equal(wb_language_of_locale(), WB_CHINESE);
    setenv("LC_ALL", "C", 1);
    assert_int_equal(wb_language_of_locale(), WB_ENGLISH);
    assert_string_equal(wb_language_tag(WB_CHINESE), "zh");
}

int main(void)
{
    UNIT_ONE(there_and_back, "names and values");
    UNIT_ONE(limits, "each has a name and a bit of its own");
    UNIT_ONE(hashes, "known value, order matters");
    UNIT_ONE(trouble, "one sentence, cut where it is too long");
    UNIT_ONE(languages, "of tags and locales");
    return unit_run();
}
