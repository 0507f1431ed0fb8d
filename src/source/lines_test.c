/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of whole lines, and a file that is being written. */
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"
#include "unit.h"

static char path[] = "/tmp/whybounce-lines-XXXXXX";

static void put(const char *name, const char *mode, const char *text, size_t n)
{
    FILE *file = fopen(name, mode);
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

/* Everything that is there by now, its line ends as "|". */
static char *all(struct wb_lines *lines, bool follow)
{
    static char text[1000];
    struct wb_slice block;
    struct wb_status status;
    size_t n = 0;
    while (wb_lines_next(lines, follow, &block, &status))
        for (size_t i = 0; i < block.n && n < sizeof text - 1; i++)
            text[n++] = block.p[i] == '\n' ? '|' : block.p[i];
    text[n] = '\0';
    assert_string_equal(status.text, "");
    return text;
}

static struct wb_lines *open_lines(void)
{
    struct wb_status status;
    struct wb_lines *lines = wb_lines_open(path, &status);
    assert_non_null(lines);
    return lines;
}

static const struct whole_row {
    const char *name, *text, *followed, *whole;
} whole_rows[] = {
    {"lines", "a\nb\n", "a|b|", "a|b|"},
    {"no end at the end", "a\nb", "a|", "a|b"},
    {"only half a line", "a", "", "a"},
    {"blank lines", "\n\n", "||", "||"},
    {"nothing", "", "", ""},
};

static void whole(void **state)
{
    const struct whole_row *row = *state;
    put(path, "w", row->text, strlen(row->text));
    struct wb_lines *lines = open_lines();
    assert_string_equal(all(lines, true), row->followed);
    wb_lines_close(lines);
    lines = open_lines();
    assert_string_equal(all(lines, false), row->whole);
    wb_lines_close(lines);
}

/* Lines up to the limit and a little more are whole; longer ones end there. */
static void long_lines(void **state)
{
    static char text[2 << 20];
    struct wb_slice block;
    struct wb_status status;
    size_t longest = 0, lines_seen = 0, n = 0;
    (void)state;
    memset(text, 'x', sizeof text);
    memcpy(text, "a\n", 2);
    text[1 << 20] = '\n';
    memcpy(text + sizeof text - 3, "\nb\n", 3);
    put(path, "w", text, sizeof text);
    struct wb_lines *lines = open_lines();
    while (wb_lines_next(lines, false, &block, &status)) {
        for (size_t i = 0; i < block.n; i++) {
            n = block.p[i] == '\n' ? 0 : n + 1;
            lines_seen += block.p[i] == '\n';
            longest = n > longest ? n : longest;
        }
        assert_int_equal(block.p[block.n - 1], '\n');
    }
    assert_int_equal(lines_seen, 4);
    assert_true(longest > WB_MAX_LOG_LINE_BYTES && longest < (512 << 10));
    wb_lines_close(lines);
}

static void grows(void **state)
{
    (void)state;
    put(path, "w", "a\n", 2);
    struct wb_lines *lines = open_lines();
    assert_string_equal(all(lines, true), "a|");
    assert_false(wb_lines_again(lines));
    put(path, "a", "b", 1);
    assert_true(wb_lines_again(lines));
    assert_string_equal(all(lines, true), "");
    put(path, "a", "c\nd", 3);
    assert_true(wb_lines_again(lines));
    assert_string_equal(all(lines, true), "bc|");
    wb_lines_close(lines);
}

/* logrotate with copytruncate */
static void emptied(void **state)
{
    (void)state;
    put(path, "w", "a\nb\nhalf", 8);
    struct wb_lines *lines = open_lines();
    assert_string_equal(all(lines, true), "a|b|");
    put(path, "w", "c\n", 2);
    assert_true(wb_lines_again(lines));
    assert_string_equal(all(lines, true), "c|");
    wb_lines_close(lines);
}

/* logrotate with create: the server goes on writing the old file until it is told */
static void renamed(void **state)
{
    char old[sizeof path + 2];
    (void)state;
    snprintf(old, sizeof old, "%s.1", path);
    put(path, "w", "a\n", 2);
    struct wb_lines *lines = open_lines();
    assert_string_equal(all(lines, true), "a|");
    assert_int_equal(rename(path, old), 0);
    assert_false(wb_lines_again(lines)); /* nothing stands there */
    put(path, "w", "", 0);
    assert_false(wb_lines_again(lines)); /* nobody writes it yet */
    put(old, "a", "b\n", 2);
    put(path, "a", "c\n", 2);
    assert_true(wb_lines_again(lines)); /* first the rest of the old one */
    assert_string_equal(all(lines, true), "b|");
    assert_true(wb_lines_again(lines));
    assert_string_equal(all(lines, true), "c|");
    assert_false(wb_lines_again(lines));
    wb_lines_close(lines);
    unlink(old);
}

static void cannot(void **state)
{
    struct wb_status status;
    (void)state;
    assert_null(wb_lines_open("/no/such/file", &status));
    assert_string_equal(status.text, "/no/such/file: No such file or directory");
    assert_null(wb_lines_open("/tmp", &status));
    assert_string_equal(status.text, "/tmp: Is a directory");
}

int main(void)
{
    close(mkstemp(path));
    UNIT_ROWS(whole, whole_rows);
    UNIT_ONE(long_lines, "a line of a megabyte is cut");
    UNIT_ONE(grows, "a file that grows");
    UNIT_ONE(emptied, "a file that is emptied");
    UNIT_ONE(renamed, "a file in whose place another one comes");
    UNIT_ONE(cannot, "what cannot be opened");
    int failed = unit_run();
    unlink(path);
    return failed;
}
