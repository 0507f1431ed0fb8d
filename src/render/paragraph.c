/* SPDX-License-Identifier: BSD-2-Clause */
#include "paragraph.h"

#include "utf8.h"

enum {
    MAX_COLUMNS = 100, /* longer lines are hard to read, however wide the terminal is */
    MIN_COLUMNS = 40,
    USUAL_COLUMNS = 80,
    MAX_CELLS = 512,
};

struct cell {
    uint32_t rune;
    int width;
    enum wb_ink ink;
};

struct setter {
    struct wb_buf *out;
    const struct wb_style *style;
    int indent;
    int room;         /* columns for text in every line */
    int used;         /* columns of the line so far */
    bool after_other; /* on the first line, behind what is not ours */
    struct cell cells[MAX_CELLS];
    int n;
};

int wb_page_columns(const struct wb_style *style)
{
    int columns = style->columns ? style->columns : USUAL_COLUMNS;
    if (columns > MAX_COLUMNS)
        columns = MAX_COLUMNS;
    return columns < MIN_COLUMNS ? MIN_COLUMNS : columns;
}

void wb_blanks(struct wb_buf *out, int n)
{
    while (n-- > 0)
        wb_buf_byte(out, ' ');
}

static void put_rune(struct wb_buf *out, uint32_t rune)
{
    char bytes[4];
    wb_buf_put(out, wb_slice(bytes, wb_utf8_put(rune, bytes)));
}

static void ink_on(struct wb_buf *out, const struct wb_style *style, enum wb_ink ink)
{
    static const char *const codes[] = {
        [WB_INK_BOLD] = "\033[1m",   [WB_INK_DIM] = "\033[2m",   [WB_INK_GOOD] = "\033[32m",
        [WB_INK_BAD] = "\033[1;31m", [WB_INK_WAIT] = "\033[33m", [WB_INK_MARK] = "\033[1;4m"};
    if (style->colour && ink != WB_INK_PLAIN)
        wb_buf_put(out, wb_slice_str(codes[ink]));
}

static void ink_off(struct wb_buf *out, const struct wb_style *style, enum wb_ink ink)
{
    if (style->colour && ink != WB_INK_PLAIN)
        wb_buf_lit(out, "\033[0m");
}

/* Safe for a terminal; a line end is a blank. */
static uint32_t safe(uint32_t rune)
{
    if (rune == '\n' || rune == '\r' || rune == '\t')
        return ' ';
    return wb_utf8_unsafe(rune) ? WB_REPLACEMENT : rune;
}

/* ---- where a line may break ---- */

static bool is_among(uint32_t rune, struct wb_slice set)
{
    while (set.n) {
        size_t taken;
        if (wb_utf8_get(set, &taken) == rune)
            return true;
        set = wb_slice_from(set, taken);
    }
    return false;
}

static bool is_closing(uint32_t rune)
{
    return is_among(rune, WB_S(".,;:!?)]}%、。》」』】！），：；？”’…"));
}

static bool is_opening(uint32_t rune)
{
    return is_among(rune, WB_S("([{《「『【（“‘"));
}

/* Between a and b, none of which is a blank. */
static bool may_part(const struct cell *a, const struct cell *b)
{
    return (a->width == 2 || b->width == 2) && !is_closing(b->rune) && !is_opening(a->rune) &&
           b->width > 0;
}

/* How many cells go onto this line when no more fit; those behind go onto the next. */
static int break_at(const struct setter *s)
{
    for (int i = s->n - 1; i > 0; i--) {
        if (s->cells[i].rune == ' ')
            return i;
        if (i + 1 < s->n && may_part(&s->cells[i], &s->cells[i + 1]))
            return i + 1;
    }
    if (s->after_other)
        return 0;
    return s->n - 1 > 0 ? s->n - 1 : s->n;
}

/* ---- writing ---- */

static void mark_line(struct setter *s, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any |= s->cells[i].ink == WB_INK_MARK;
    if (!any || s->style->colour)
        return;
    wb_blanks(s->out, s->indent);
    int waiting = 0;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < s->cells[i].width; j++) {
            if (s->cells[i].ink != WB_INK_MARK) {
                waiting++;
                continue;
            }
            wb_blanks(s->out, waiting);
            waiting = 0;
            put_rune(s->out, s->style->ascii ? '^' : 0x203E);
        }
    }
    wb_buf_byte(s->out, '\n');
}

static void write_cells(struct setter *s, int n)
{
    enum wb_ink ink = WB_INK_PLAIN;
    for (int i = 0; i < n; i++) {
        if (s->cells[i].ink != ink) {
            ink_off(s->out, s->style, ink);
            ink = s->cells[i].ink;
            ink_on(s->out, s->style, ink);
        }
        put_rune(s->out, s->cells[i].rune);
    }
    ink_off(s->out, s->style, ink);
    wb_buf_byte(s->out, '\n');
    mark_line(s, n);
}

/* Writes the first n cells as a line and keeps the rest, without blanks in front, for the next. */
static void end_line(struct setter *s, int n)
{
    int kept = n;
    while (n > 0 && s->cells[n - 1].rune == ' ')
        n--;
    write_cells(s, n);
    s->after_other = false;
    while (kept < s->n && s->cells[kept].rune == ' ')
        kept++;
    s->used = 0;
    for (int i = kept; i < s->n; i++)
        s->used += s->cells[i].width;
    memmove(s->cells, s->cells + kept, (size_t)(s->n - kept) * sizeof *s->cells);
    s->n -= kept;
}

static void add(struct setter *s, uint32_t rune, enum wb_ink ink)
{
    struct cell cell = {safe(rune), wb_utf8_width(safe(rune)), ink};
    if (cell.rune == ' ' && s->n && s->cells[s->n - 1].rune == ' ')
        return;
    if (s->n == MAX_CELLS || s->used + cell.width > s->room + (cell.rune == ' ')) {
        bool blank = cell.rune == ' ';
        s->cells[s->n < MAX_CELLS ? s->n : MAX_CELLS - 1] = cell;
        s->n += s->n < MAX_CELLS;
        s->used += cell.width;
        end_line(s, blank ? s->n : break_at(s));
        if (s->n)
            wb_blanks(s->out, s->indent);
        else
            s->used = -1; /* the indentation is written when something follows */
        return;
    }
    if (s->used < 0) {
        if (cell.rune == ' ')
            return;
        wb_blanks(s->out, s->indent);
        s->used = 0;
    }
    s->cells[s->n++] = cell;
    s->used += cell.width;
}

void wb_paragraph(struct wb_buf *out, const struct wb_style *style, int at, int indent,
                  const struct wb_piece *pieces, int n)
{
    struct setter s = {.out = out, .style = style, .indent = indent};
    s.room = wb_page_columns(style) - indent;
    if (at > indent) {
        /* what stands in the way belongs to the first line */
        s.used = at - indent;
        s.indent = indent;
        s.after_other = true;
    } else {
        wb_blanks(out, indent - at);
    }
    for (int i = 0; i < n; i++)
        for (struct wb_slice rest = pieces[i].text; rest.n;) {
            size_t taken;
            uint32_t rune = wb_utf8_get(rest, &taken);
            add(&s, rune, pieces[i].ink);
            rest = wb_slice_from(rest, taken);
        }
    if (s.n || s.used >= 0)
        end_line(&s, s.n);
}

void wb_paragraph_plain(struct wb_buf *out, const struct wb_style *style, int at, int indent,
                        struct wb_slice text)
{
    struct wb_piece piece = {text, WB_INK_PLAIN};
    wb_paragraph(out, style, at, indent, &piece, 1);
}

int wb_inline(struct wb_buf *out, const struct wb_style *style, struct wb_slice text,
              enum wb_ink ink)
{
    int columns = 0;
    ink_on(out, style, ink);
    while (text.n) {
        size_t taken;
        uint32_t rune = safe(wb_utf8_get(text, &taken));
        put_rune(out, rune);
        columns += wb_utf8_width(rune);
        text = wb_slice_from(text, taken);
    }
    ink_off(out, style, ink);
    return columns;
}

int wb_columns(struct wb_slice text)
{
    int columns = 0;
    while (text.n) {
        size_t taken;
        columns += wb_utf8_width(safe(wb_utf8_get(text, &taken)));
        text = wb_slice_from(text, taken);
    }
    return columns;
}
