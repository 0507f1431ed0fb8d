/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody may have meant who mistyped a command or an option. */
#include <string.h>

#include "cli.h"

enum { MAX_WORD = 32 };

static int least(int a, int b, int c)
{
    int n = a < b ? a : b;
    return n < c ? n : c;
}

/* How many letters differ: left out, added, changed, or two next to each other swapped. */
static int distance(const char *a, const char *b)
{
    int rows[3][MAX_WORD + 1];
    int *two_back = rows[0], *back = rows[1], *row = rows[2];
    int n = (int)strlen(b);
    for (int j = 0; j <= n; j++)
        back[j] = j;
    for (int i = 0; a[i]; i++) {
        row[0] = i + 1;
        for (int j = 0; j < n; j++) {
            row[j + 1] = least(back[j + 1] + 1, row[j] + 1, back[j] + (a[i] != b[j]));
            if (i && j && a[i] == b[j - 1] && a[i - 1] == b[j] && two_back[j - 1] < row[j + 1])
                row[j + 1] = two_back[j - 1] + 1;
        }
        int *oldest = two_back;
        two_back = back;
        back = row;
        row = oldest;
    }
    return back[n];
}

void wb_suggest_begin(struct wb_suggestion *s, const char *word)
{
    size_t n = strlen(word);
    *s = (struct wb_suggestion){.word = word, .distance = n < 4 ? 2 : n / 3 + 1};
    if (n > MAX_WORD)
        s->distance = 0;
}

void wb_suggest(struct wb_suggestion *s, const char *name)
{
    if (!s->distance || strlen(name) > MAX_WORD)
        return;
    size_t found = (size_t)distance(s->word, name);
    if (found < s->distance) {
        s->distance = found;
        s->name = name;
    }
}

const char *wb_suggest_command(const char *word)
{
    struct wb_suggestion s;
    wb_suggest_begin(&s, word);
    for (int i = 0; wb_commands[i]; i++)
        wb_suggest(&s, wb_commands[i]->name);
    return s.name;
}
