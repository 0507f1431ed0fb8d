/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions by chance, on texts by chance: what a run finds is what the oracle finds. */
#include "program_kit.h"

static uint32_t seed = 1;

static uint32_t chance(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static void add(char *to, const char *more)
{
    if (strlen(to) + strlen(more) < 180)
        strcat(to, more);
}

/* Many short words. */
static void add_list(char *to)
{
    const char *before = "(?:";
    for (uint32_t n = 2 + chance(40); n-- > 0; before = "|") {
        char word[] = {"abA \xC3"[chance(5)], "abA \xC3"[chance(5)], '\0'};
        word[chance(20) == 0 ? 0 : 1 + (chance(3) > 0)] = '\0';
        add(to, before);
        add(to, word);
    }
    add(to, ")");
}

static void add_pieces(char *to, int depth)
{
    static const char *const atoms[] = {"a", "b",   "ab",  "ba",  " ",        "[ab]", "[^a]",
                                        ".", "\\w", "\\b", "\\s", "\xC3\xA9", "^",    "$"};
    static const char *const times[] = {"?",     "*",  "+",  "{0,2}", "{2}",
                                        "{1,3}", "??", "*?", "+?",    "{0,2}?"};
    for (uint32_t n = 1 + chance(4); n-- > 0;) {
        bool group = depth > 0 && chance(3) == 0;
        if (group && chance(6) == 0)
            add_list(to);
        const char *atom = atoms[chance(sizeof atoms / sizeof *atoms)];
        bool look = group && chance(4) == 0;
        if (group) {
            add(to, look ? (chance(2) ? "(?=" : "(?!") : chance(2) ? "(" : "(?:");
            add_pieces(to, depth - 1);
            add(to, ")");
        } else {
            add(to, atom);
        }
        bool place = look || (!group && strchr("\\^$", atom[0]) && !strchr("ws", atom[1]));
        if (!place && chance(3) == 0)
            add(to, times[chance(sizeof times / sizeof *times)]);
        if (n > 0 && chance(4) == 0)
            add(to, "|");
    }
}

static void by_chance(void **state)
{
    (void)state;
    int compared = 0;
    for (int i = 0; i < 20000; i++) {
        char expression[200] = "", text[24];
        int flags =
            (chance(4) == 0 ? WB_REGEX_CASELESS : 0) | (chance(8) == 0 ? WB_REGEX_NAMED_ONLY : 0);
        add_pieces(expression, 3);
        struct wb_program *program = wb_program_new(wb_slice_str(expression), flags);
        pcre2_code *code = program ? oracle(wb_slice_str(expression), flags) : NULL;
        for (int j = 0; program && j < 8; j++) {
            size_t n = chance(sizeof text);
            for (size_t k = 0; k < n; k++)
                text[k] = "aabbAB \n\xC3\xA9"[chance(10)];
            struct wb_slice exact = unit_exact(wb_slice(text, n));
            assert_non_null(code); /* what we take is an expression */
            compared += compare(program, code, exact);
            if (j == 0 && i % 8 == 0)
                compare_ready(wb_slice_str(expression), flags, code, exact);
            free((char *)exact.p);
        }
        wb_program_free(program);
        pcre2_code_free(code);
    }
    assert_true(compared > 80000);
}

int main(void)
{
    data = pcre2_match_data_create(WB_MAX_GROUPS, NULL);
    UNIT_ONE(by_chance, "expressions by chance");
    int failed = unit_run();
    pcre2_match_data_free(data);
    return failed;
}
