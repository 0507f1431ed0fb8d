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
    /* Cyrillic, words of even length among it: legal pairs of GBK */
    {"\xCF\xEE\xEB\xFC\xE7\xEE\xE2\xE0\xF2\xE5\xEB\xFC \xED\xE5 \xED\xE0\xE9\xE4\xE5\xED",
     "Пользователь не найден"},
    {"\xF0\xCF\xCC\xD8\xDA\xCF\xD7\xC1\xD4\xC5\xCC\xD8 \xCE\xC5 \xCE\xC1\xCA\xC4\xC5\xCE",
     "Пользователь не найден"},
    {"\xFF\xF9\xE8\xEA \xEF\xE5\xF0\xE5\xEF\xEE\xEB\xED\xE5\xED", "ящик переполнен"},
    {"\xD1\xDD\xC9\xCB \xD0\xC5\xD2\xC5\xD0\xCF\xCC\xCE\xC5\xCE", "ящик переполнен"},
    {"\xCD\xE5\xE2\xE5\xF0\xED\xFB\xE9 \xE0\xE4\xF0\xE5\xF1 "
     "\xEF\xEE\xEB\xF3\xF7\xE0\xF2\xE5\xEB\xFF \xABivan\xBB",
     "Неверный адрес получателя «ivan»"},
    {"\xD3\xCA\xCF\xE4\xB5\xD8\xD6\xB7", "邮箱地址"},
    {"\xD0\xC5\xCF\xE4\xCF\xB5\xCD\xB3", "信箱系统"},
    {"\xD3\xCA\xCF\xE4 \xCF\xB5\xCD\xB3", "邮箱 系统"},
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
