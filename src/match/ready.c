/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps name sets, tables and texts by their number in a program. Those of all programs lie in
 * pools, where equal ones are the same, and steps are written anew to name them there: knowledge
 * says the same words and classes again and again, so a pool has an eighth of the sets.
 */
#include "ready.h"
#include "ready_int.h"

#include "check.h"
#include "map.h"

enum { ALIGNED = 16, MAX_SETS = 0xFFFF };

/* Things of one kind, each once. */
struct pool {
    size_t unit; /* bytes of what is counted */
    struct wb_buf bytes;
    struct wb_map known; /* where what stands, in units */
};

struct maker {
    struct pool pools[WB_READY_PARTS]; /* those of rows and steps only grow */
    struct wb_map rows;                /* of expressions: which has the same program */
    bool full;                         /* a step of this program cannot name what it needs */
};

static uint32_t kept(struct maker *m, enum wb_ready_part part, const void *bytes, size_t n)
{
    struct pool *pool = &m->pools[part];
    struct wb_slice s = wb_slice(bytes, n);
    bool is_new;
    int64_t at = (int64_t)(pool->bytes.n / pool->unit);
    const struct wb_map_row *row = wb_map_put(&pool->known, s, at, &is_new);
    if (is_new)
        wb_buf_put(&pool->bytes, s);
    return (uint32_t)row->value;
}

static uint16_t kept_set(struct maker *m, const struct wb_program *p, uint16_t set)
{
    uint32_t number =
        set == WB_ANY_SET ? WB_ANY_SET : kept(m, WB_READY_SETS, &p->sets[set], sizeof p->sets[set]);
    m->full |= number > MAX_SETS;
    return (uint16_t)number;
}

/* The table of words, which says where they stand. */
static uint32_t kept_words(struct maker *m, const struct wb_program *p, const struct wb_step *s)
{
    uint32_t table[1 + WB_MAX_ALTERNATIVES + 1], n = wb_word_table_words(s->least);
    const struct wb_word_table *words = (const struct wb_word_table *)(p->tables + s->to);
    memcpy(table, words, n * sizeof *table);
    table[0] =
        kept(m, WB_READY_TEXT, p->text + words->text, wb_word_places(words, s->least)[s->least]);
    return kept(m, WB_READY_TABLES, table, n * sizeof *table);
}

static void point(struct maker *m, struct wb_step *step, uint32_t to)
{
    m->full |= to >> WB_TO_BITS;
    wb_step_point(step, to);
}

/* The same step, of a program whose parts lie in the pools. */
static struct wb_step moved(struct maker *m, const struct wb_program *p, struct wb_step s)
{
    size_t n;
    switch ((enum wb_op)s.op) {
    case WB_OP_TEXT: point(m, &s, kept(m, WB_READY_TEXT, p->text + s.to, s.least)); break;
    case WB_OP_LIST:
        n = wb_list_words(s.least) * sizeof *p->tables;
        point(m, &s, kept(m, WB_READY_TABLES, p->tables + s.to, n));
        s.set = kept_set(m, p, s.set);
        break;
    case WB_OP_WORDS:
        point(m, &s, kept_words(m, p, &s));
        s.set = kept_set(m, p, s.set);
        break;
    case WB_OP_RUN:
    case WB_OP_EITHER: s.other = kept_set(m, p, s.other); /* fall through */
    case WB_OP_SET:
    case WB_OP_AHEAD: s.set = kept_set(m, p, s.set); break;
    default: break;
    }
    return s;
}

static struct wb_ready_row row_of(struct maker *m, const struct wb_program *p)
{
    struct wb_buf *steps = &m->pools[WB_READY_STEPS].bytes;
    struct wb_ready_row row = {.steps = (uint32_t)(steps->n / sizeof *p->steps), .head = p->head};
    size_t before = steps->n;
    m->full = false;
    for (const struct wb_step *s = p->steps;; s++) {
        struct wb_step step = moved(m, p, *s);
        wb_buf_put(steps, wb_slice((const char *)&step, sizeof step));
        if (s->op == WB_OP_MATCH)
            break;
    }
    row.starts = kept(m, WB_READY_STARTS, p->starts, sizeof *p->starts);
    row.named = kept(m, WB_READY_NAMED, p->named, p->head.named_count * sizeof *p->named);
    if (m->full) {
        steps->n = before;
        row.steps = WB_NO_BOUND;
    }
    return row;
}

static void put_row(struct maker *m, const struct wb_expression *e)
{
    struct wb_buf *rows = &m->pools[WB_READY_ROWS].bytes, key = {0};
    struct wb_ready_row row = {.steps = WB_NO_BOUND};
    bool is_new;
    wb_buf_put(&key, e->text);
    wb_buf_byte(&key, (char)e->flags);
    int64_t number = (int64_t)(rows->n / sizeof row);
    number = wb_map_put(&m->rows, wb_buf_slice(&key), number, &is_new)->value;
    struct wb_program *program = is_new ? wb_program_new(e->text, e->flags) : NULL;
    if (!is_new)
        memcpy(&row, rows->p + (size_t)number * sizeof row, sizeof row);
    else if (program)
        row = row_of(m, program);
    wb_buf_put(rows, wb_slice((const char *)&row, sizeof row));
    wb_program_free(program);
    wb_buf_free(&key);
}

static void put_zeros(struct wb_buf *out, size_t n)
{
    while (n-- > 0)
        wb_buf_byte(out, '\0');
}

void wb_ready_make(const struct wb_expression *expressions, size_t n, struct wb_buf *out)
{
    static const struct wb_byte_set any = {{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
    static const size_t units[WB_READY_PARTS] = {
        [WB_READY_ROWS] = sizeof(struct wb_ready_row),
        [WB_READY_STEPS] = sizeof(struct wb_step),
        [WB_READY_SETS] = sizeof(struct wb_byte_set),
        [WB_READY_TABLES] = sizeof(uint32_t),
        [WB_READY_STARTS] = sizeof(struct wb_starts),
        [WB_READY_NAMED] = sizeof(struct wb_named),
        [WB_READY_TEXT] = 1,
    };
    struct maker m = {0};
    for (int i = 0; i < WB_READY_PARTS; i++)
        m.pools[i].unit = units[i];
    kept(&m, WB_READY_SETS, &any, sizeof any);
    for (size_t i = 0; i < n; i++)
        put_row(&m, &expressions[i]);
    put_zeros(&m.pools[WB_READY_TEXT].bytes, WB_TEXT_ROOM);
    put_zeros(&m.pools[WB_READY_TABLES].bytes, WB_TABLE_ROOM);
    struct wb_ready_layout layout = {.count = (uint32_t)n};
    size_t front = out->n;
    put_zeros(out, sizeof layout);
    for (int i = 0; i < WB_READY_PARTS; i++) {
        put_zeros(out, (front - out->n) % ALIGNED);
        layout.at[i] = (uint32_t)(out->n - front);
        wb_buf_put(out, wb_buf_slice(&m.pools[i].bytes));
        wb_buf_free(&m.pools[i].bytes);
        wb_map_free(&m.pools[i].known);
    }
    memcpy(out->p + front, &layout, sizeof layout);
    wb_map_free(&m.rows);
}

bool wb_ready_program(struct wb_slice bytes, uint32_t number, struct wb_program *program_out)
{
    const struct wb_ready_layout *l = (const void *)bytes.p;
    WB_CHECK(bytes.n >= sizeof *l && number < l->count);
    const struct wb_ready_row *row = (const void *)(bytes.p + l->at[WB_READY_ROWS]);
    row += number;
    if (row->steps == WB_NO_BOUND)
        return false;
    *program_out = (struct wb_program){
        .head = row->head,
        .steps = (const struct wb_step *)(bytes.p + l->at[WB_READY_STEPS]) + row->steps,
        .sets = (const struct wb_byte_set *)(bytes.p + l->at[WB_READY_SETS]),
        .tables = (const uint32_t *)(bytes.p + l->at[WB_READY_TABLES]),
        .text = bytes.p + l->at[WB_READY_TEXT],
        .starts = (const struct wb_starts *)(bytes.p + l->at[WB_READY_STARTS]) + row->starts,
        .named = (const struct wb_named *)(bytes.p + l->at[WB_READY_NAMED]) + row->named,
    };
    wb_program_find_literal(program_out);
    return true;
}
