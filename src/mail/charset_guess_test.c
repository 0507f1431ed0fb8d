/* SPDX-License-Identifier: BSD-2-Clause */
/* Unlabelled text: the bytes of words whose charset a reader knows at once. */
#include "mail_int.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    const char *bytes, *text;
} rows[] = {
    /* Latin: an accented letter and the one behind it are a legal pair of Big5 or GBK */
    {"Usu\xE1rio Inv\xE1lido", "Usuário Inválido"},
    {"revisi\xF3n 1.1856", "revisión 1.1856"},
    {"\xDC"
     "ber uns: die \xC4nderung ist nicht m\xF6glich",
     "Über uns: die Änderung ist nicht möglich"},
    {"bo\xEEte pleine, r\xE9"
     "essayez",
     "boîte pleine, réessayez"},
    /* Chinese and Japanese, pairs with an ASCII byte among them */
    {"\xD3\xC3\xBB\xA7\xB2\xBB\xB4\xE6\xD4\xDA", "用户不存在"},
    {"\xD6\xEC\xE9"
     "F\xBB\xF9",
     "朱镕基"},
    {"\xA8\xCF\xA5\xCE\xAA\xCC\xAB"
     "H\xBD"
     "c\xA4w\xBA\xA1",
     "使用者信箱已滿"},
    {"\x83\x81\x81[\x83\x8B error", "メール error"},
};

static void reads_as_what_it_is(void **state)
{
    (void)state;
    struct wb_arena arena;
    struct wb_mail mail;
    wb_limit_set limits = 0;
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct wb_slice got = wb_mail_utf8(&mail, wb_slice_str(rows[i].bytes), WB_NONE);
        if (!wb_slice_eq(got, wb_slice_str(rows[i].text)))
            fail_msg("%s is read as %.*s", rows[i].text, (int)got.n, got.p);
    }
    wb_mail_close(&mail);
    wb_arena_close(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(reads_as_what_it_is)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
