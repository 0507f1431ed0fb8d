/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From an expression to a program, in one walk. What is repeated so and so often is walked over as
 * many times: a group of "{0,3}" stands in the program three times, each time with a way past it.
 *
 *     a(?:b|cd)?e       0 byte a
 *                       1 either, else 6      begins with b, c    | e
 *                       2 list, 3 or 5        begins with b       | c
 *                       3 byte b
 *                       4 jump 6
 *                       5 text cd
 *                       6 byte e
 */
#include "program_int.h"

#include <stdlib.h>

#include "check.h"

enum {
    MAX_TIMES = 120,    /* that a group stands in a program one behind the other */
    MAX_NAME = 32,      /* as in PCRE2 */
    CODE_OF_CLASS = 38, /* PCRE2 needs most for a class with a range of times */
    CODE_OF_MARK = 10,  /* of ways, places and captures, and of the group that is one of them */
    CODE_OF_BYTE = 2,
    CODE_OF_GROUP = 6,
};

/*
 * Whatever is walked over is weighed, also what puts nothing into the program. So PCRE2 takes what
 * we take, and no expression is walked over for long.
 */
static void weigh(struct wb_builder *b, uint32_t code)
{
    b->code += code;
    if (b->code > WB_MAX_CODE)
        b->refused = true;
}

/* The last place takes what there is no room for. */
static struct wb_step *emit(struct wb_builder *b, enum wb_op op)
{
    weigh(b, op == WB_OP_SET || op == WB_OP_RUN ? CODE_OF_CLASS : CODE_OF_MARK);
    if (b->count + 1 == WB_MAX_STEPS) {
        b->refused = true;
        b->count--;
        b->fork_count = 0;
    }
    if (op == WB_OP_LIST || op == WB_OP_RUN || op == WB_OP_AHEAD || op == WB_OP_EITHER)
        b->forks[b->fork_count++] = (uint16_t)b->count;
    b->steps[b->count] = (struct wb_step){.op = op & WB_OP_MASK};
    return &b->steps[b->count++];
}

/* Nothing is put into the last step any more: this place is gone to from elsewhere. */
static void arrive(struct wb_builder *b, uint32_t step)
{
    wb_step_point(&b->steps[step], b->count);
    b->label = b->count;
}

static uint16_t *set_slot(struct wb_builder *b, const struct wb_byte_set *set)
{
    uint64_t mix = set->bits[0] ^ set->bits[1] * 5 ^ set->bits[2] * 11 ^ set->bits[3] * 23;
    return &b->set_slots[mix * 0x9E3779B97F4A7C15u >> (64 - WB_SET_SLOT_BITS)];
}

/* A set is kept once, as far as its slot remembers it. */
uint16_t wb_builder_set(struct wb_builder *b, const struct wb_byte_set *set)
{
    uint16_t *slot = set_slot(b, set);
    if (*slot && memcmp(&b->sets[*slot], set, sizeof *set) == 0)
        return *slot;
    if (b->set_count == WB_MAX_SETS_OF_PROGRAM) {
        b->refused = true;
        return WB_ANY_SET;
    }
    *slot = b->set_count;
    b->sets[b->set_count] = *set;
    return b->set_count++;
}

static uint32_t place_of(const struct wb_builder *b, const char *p)
{
    return (uint32_t)(p - b->front);
}

/* ---- repetitions ---- */

struct times {
    uint32_t least, most;
    bool lazy;
};

/* "{2,5}": false when these braces are none of a repetition. */
static bool braces(struct wb_reader *r, struct times *times)
{
    int least, most;
    struct wb_reader look = *r;
    if (!wb_reader_accept(&look, '{') || !wb_reader_digits(&look, 3, &least))
        return false;
    most = least;
    if (wb_reader_accept(&look, ',') && !wb_reader_digits(&look, 3, &most))
        most = -1;
    if (!wb_reader_accept(&look, '}'))
        return false;
    *times = (struct times){(uint32_t)least, most < 0 ? WB_FOR_EVER : (uint32_t)most, false};
    *r = look;
    return true;
}

static struct times read_times(struct wb_builder *b, struct wb_reader *r)
{
    struct times times = {1, 1, false};
    char c = wb_reader_peek(r, 0);
    if (c == '?' || c == '*' || c == '+') {
        r->p++;
        times = (struct times){c == '+', c == '?' ? 1 : WB_FOR_EVER, false};
    } else if (c != '{') {
        return times;
    } else if (!braces(r, &times)) {
        b->refused = true; /* braces that are letters */
        return times;
    }
    times.lazy = wb_reader_accept(r, '?');
    if (wb_reader_peek(r, 0) == '+' || times.least > times.most)
        b->refused = true;
    return times;
}

/*
 * So many bytes have been put behind the others of the program's text. What stands once grows with
 * what stands before it to one text.
 */
static void add_text(struct wb_builder *b, size_t n)
{
    struct wb_step *last = b->count && b->label != b->count ? &b->steps[b->count - 1] : NULL;
    if (!last || last->op != WB_OP_TEXT) {
        last = emit(b, WB_OP_TEXT);
        wb_step_point(last, b->text_n);
        last->lazy = b->caseless;
    }
    weigh(b, CODE_OF_BYTE * (uint32_t)n);
    last->least = (uint16_t)(last->least + n);
    for (size_t i = 0; b->caseless && i < n; i++)
        b->text[b->text_n + i] = wb_lower(b->text[b->text_n + i]);
    b->text_n += (uint32_t)n;
}

static void put_byte(struct wb_builder *b, int byte)
{
    if (b->text_n == WB_MAX_PROGRAM_TEXT) {
        b->refused = true;
        return;
    }
    b->text[b->text_n] = (char)byte;
    add_text(b, 1);
}

static void put_run(struct wb_builder *b, uint16_t set, struct times times)
{
    struct wb_step *run = emit(b, WB_OP_RUN);
    run->set = set;
    run->lazy = times.lazy;
    wb_step_point(run, times.most << WB_TIMES_BITS | times.least);
}

/* ---- groups ---- */

static void alternatives(struct wb_builder *b, uint32_t from);

/* As PCRE2 has them: of letters, digits and "_", not twice. */
static bool is_good_name(const struct wb_builder *b, struct wb_slice name)
{
    if (!name.n || name.n > MAX_NAME || wb_is_digit(name.p[0]))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if (!wb_is_alnum(name.p[i]) && name.p[i] != '_')
            return false;
    for (uint32_t i = 0; i < b->head.named_count; i++)
        if (wb_slice_eq(wb_slice(b->front + b->named[i].at, b->named[i].n), name))
            return false;
    return true;
}

/* "(?<name>"; a name that a program has no room for is refused with it. */
static void take_name(struct wb_builder *b, uint32_t group)
{
    struct wb_slice name = wb_reader_until(&b->r, '>');
    wb_reader_accept(&b->r, '>');
    bool known = false;
    for (uint32_t i = 0; i < b->head.named_count; i++)
        known |= b->named[i].group == group;
    if (known) /* the group is walked over again */
        return;
    if (b->head.named_count == WB_MAX_NAMED || !is_good_name(b, name)) {
        b->refused = true;
        return;
    }
    b->named[b->head.named_count++] =
        (struct wb_named){place_of(b, name.p), (uint16_t)name.n, (uint16_t)group};
}

/* What stands behind "(?=" or "(?!". */
static void look_ahead(struct wb_builder *b, uint32_t from, bool absent)
{
    uint32_t look = b->count;
    emit(b, WB_OP_AHEAD)->lazy = absent;
    alternatives(b, from);
    emit(b, WB_OP_SEEN);
    arrive(b, look);
}

static void captured(struct wb_builder *b, uint32_t from)
{
    uint32_t group = ++b->groups;
    if (group >= WB_MAX_GROUPS) {
        b->refused = true;
        return;
    }
    if (wb_reader_accept(&b->r, '?')) {
        if (!wb_reader_accept(&b->r, '<'))
            b->refused = true; /* a look behind, an option and so on */
        take_name(b, group);
    }
    emit(b, WB_OP_SAVE)->least = (uint16_t)(2 * group);
    alternatives(b, from);
    emit(b, WB_OP_SAVE)->least = (uint16_t)(2 * group + 1);
}

/* The letter of "?:", "?=" and "?!" at the front; NUL: something else stands there. */
static char kind_of_group(const struct wb_reader *r)
{
    char kind = wb_reader_peek(r, 0) == '?' ? wb_reader_peek(r, 1) : '\0';
    return kind == ':' || kind == '=' || kind == '!' ? kind : '\0';
}

/* What stands behind "(". */
static void group(struct wb_builder *b)
{
    uint32_t from = place_of(b, b->r.p) - 1;
    char kind = kind_of_group(&b->r);
    weigh(b, CODE_OF_GROUP);
    if (kind) {
        b->r.p += 2;
        if (kind == ':')
            alternatives(b, from);
        else
            look_ahead(b, from, kind == '!');
    } else if (b->named_only && wb_reader_peek(&b->r, 0) != '?') {
        alternatives(b, from);
    } else {
        captured(b, from);
    }
    if (!wb_reader_accept(&b->r, ')'))
        b->refused = true;
}

/* A group, or a place; \A and the like are left to PCRE2. */
static void long_atom(struct wb_builder *b)
{
    char c = wb_reader_take(&b->r);
    if (c == '(') {
        group(b);
    } else if (c == '^') {
        emit(b, WB_OP_BEGIN);
    } else if (c == '$') {
        emit(b, WB_OP_END);
    } else if (c == '\\' && (wb_reader_peek(&b->r, 0) == 'b' || wb_reader_peek(&b->r, 0) == 'B')) {
        emit(b, wb_reader_take(&b->r) == 'b' ? WB_OP_EDGE : WB_OP_NO_EDGE);
    } else {
        b->refused = true;
    }
}

/* ---- sequences ---- */

/* The atom that stands at a place, once more. */
static void again(struct wb_builder *b, struct wb_reader at, uint32_t groups)
{
    b->r = at;
    b->groups = groups;
    b->label = b->count;
    long_atom(b);
}

static struct wb_step *fork_here(struct wb_builder *b, bool lazy)
{
    struct wb_step *step = emit(b, WB_OP_EITHER);
    step->lazy = lazy;
    return step;
}

/* As often as there is more of it; each time a byte must be taken, or that would never end. */
static void repeat_for_ever(struct wb_builder *b, struct wb_reader at, uint32_t groups, bool lazy)
{
    uint32_t loop = b->count;
    fork_here(b, lazy);
    again(b, at, groups);
    b->refused |= wb_builder_passes(b, loop + 1, b->count);
    wb_step_point(emit(b, WB_OP_JUMP), loop);
    arrive(b, loop);
}

static void repeat(struct wb_builder *b, struct wb_reader at, struct times times)
{
    uint32_t groups = b->groups, forks[MAX_TIMES], n = 0;
    uint32_t optional = times.most == WB_FOR_EVER ? 0 : times.most - times.least;
    if (times.most == 0 || times.least > MAX_TIMES || optional > MAX_TIMES) {
        b->refused = true;
        return;
    }
    for (uint32_t i = 0; i < times.least && !b->refused; i++)
        again(b, at, groups);
    if (times.most == WB_FOR_EVER && !b->refused)
        repeat_for_ever(b, at, groups, times.lazy);
    for (; n < optional && !b->refused; n++) {
        forks[n] = b->count;
        fork_here(b, times.lazy);
        again(b, at, groups);
    }
    while (n)
        arrive(b, forks[--n]);
}

/* Whether what stands before it may be repeated by that byte. */
static inline bool repeats(char c)
{
    return c == '*' || c == '+' || c == '?' || c == '{';
}

/* Nearly all texts are short, and copied with what stands behind them, where there is room. */
static inline void copy_letters(struct wb_builder *b, size_t n)
{
    char *to = b->text + b->text_n;
    if (n <= WB_COPY_BYTES && wb_reader_left(&b->r) >= WB_COPY_BYTES)
        memcpy(to, b->r.p, WB_COPY_BYTES);
    else
        memcpy(to, b->r.p, n);
}

/* What stands for itself and stands once, as most of an expression does; false: there is none. */
static bool letters(struct wb_builder *b)
{
    const char *p = b->r.p;
    size_t n = wb_builder_next_special(b, place_of(b, p)) - place_of(b, p);
    size_t room = WB_MAX_PROGRAM_TEXT - b->text_n;
    if (n > room)
        n = room;
    if (n && p + n < b->r.end && repeats(p[n]))
        n--; /* that one is repeated */
    if (n == 0)
        return false;
    copy_letters(b, n);
    b->r.p += n;
    add_text(b, n);
    return true;
}

/* Whether the group at the front only looks. */
static bool looks_ahead(struct wb_reader at)
{
    wb_reader_take(&at);
    char kind = kind_of_group(&at);
    return kind && kind != ':';
}

/* A group or a place, with what repeats it. */
static void long_piece(struct wb_builder *b, struct wb_reader at)
{
    bool is_group = *at.p == '(';
    struct wb_reader behind = at;
    if (wb_reader_take(&behind) == '\\')
        wb_reader_take(&behind);
    if (is_group)
        behind.p = b->front + b->shape[place_of(b, at.p)].behind;
    const char *atom_end = behind.p;
    bool is_place = !is_group || looks_ahead(at);
    struct times times = read_times(b, &behind);
    if (is_place && behind.p > atom_end)
        b->refused = true; /* a place that is repeated, be it once */
    else if (times.least == 1 && times.most == 1)
        long_atom(b);
    else
        repeat(b, at, times);
    b->r = behind;
}

static void piece(struct wb_builder *b)
{
    struct wb_byte_set set;
    int byte;
    bool any;
    struct wb_reader at = b->r;
    if (letters(b))
        return;
    if (*at.p == '(' || !wb_builder_single(b, &set, &byte, &any)) {
        long_piece(b, at);
        return;
    }
    struct times times = read_times(b, &b->r);
    bool once = times.least == 1 && times.most == 1;
    if (once && byte >= 0)
        put_byte(b, byte);
    else if (once)
        emit(b, WB_OP_SET)->set = any ? WB_ANY_SET : wb_builder_set(b, &set);
    else
        put_run(b, any ? WB_ANY_SET : wb_builder_set(b, &set), times);
}

static void sequence(struct wb_builder *b)
{
    while (!b->refused && wb_reader_left(&b->r) && *b->r.p != '|' && *b->r.p != ')')
        piece(b);
}

/* Room for a table of that many words, named by the list; NULL: there is none. */
static uint32_t *new_table(struct wb_builder *b, uint32_t list, uint32_t words)
{
    if (b->refused || words > WB_MAX_TABLE_WORDS - b->table_words) {
        b->refused = true;
        return NULL;
    }
    uint32_t *table = b->tables + b->table_words;
    wb_step_point(&b->steps[list], b->table_words);
    b->table_words += words;
    memset(table + words - 1, 0, sizeof *table); /* it may be used by half */
    return table;
}

/* Whether each alternative is a text, of two bytes at least, and nothing else. */
static bool are_words(const struct wb_builder *b, uint32_t list, uint32_t n)
{
    const struct wb_step *s = &b->steps[list + 1];
    if (b->count != list + 2 * n)
        return false;
    for (uint32_t i = 0; i < n; i++, s += 2)
        if (s->op != WB_OP_TEXT || s->least < sizeof(uint16_t))
            return false;
    return true;
}

/* The texts become one step. */
static void make_words(struct wb_builder *b, uint32_t list, uint32_t n)
{
    struct wb_word_table *words =
        (struct wb_word_table *)new_table(b, list, wb_word_table_words(n));
    if (!words)
        return;
    const struct wb_step *s = &b->steps[list + 1];
    uint16_t *places = words->pairs + n;
    words->text = s->to;
    places[0] = 0;
    for (uint32_t i = 0; i < n; i++, s += 2) {
        words->pairs[i] = wb_pair_at(b->text + s->to);
        places[i + 1] = (uint16_t)(places[i] + s->least);
    }
    b->steps[list].op = WB_OP_WORDS;
    b->steps[list].lazy = b->caseless;
    b->steps[list].least = (uint16_t)n;
    b->count = b->label = list + 1;
}

/* All alternatives of a list have been walked over; jumps: a chain of their ends, the last first.
 */
static void close_list(struct wb_builder *b, uint32_t list, uint32_t n, uint32_t jumps)
{
    if (are_words(b, list, n)) {
        make_words(b, list, n);
        return;
    }
    uint32_t *table = new_table(b, list, wb_list_words(n));
    if (!table)
        return;
    b->steps[list].least = (uint16_t)n;
    uint16_t *places = (uint16_t *)(table + wb_list_mask_words(n));
    for (uint32_t i = n; --i > 0;) {
        uint32_t next = b->steps[jumps].to;
        places[i] = (uint16_t)(jumps + 1 - list);
        arrive(b, jumps);
        jumps = next;
    }
    places[0] = 1;
}

/*
 * Behind the "(", or the beginning, at the place `from`. More alternatives than a list holds are
 * the last of its alternatives, as a list of their own.
 */
static void alternatives(struct wb_builder *b, uint32_t from)
{
    uint32_t list = b->count, jumps = WB_NO_BOUND, n = 1;
    if (!b->shape[from].more) {
        sequence(b);
        return;
    }
    emit(b, WB_OP_LIST);
    while (!b->refused && b->shape[from].more && n < WB_MAX_ALTERNATIVES) {
        sequence(b);
        uint32_t jump = b->count;
        wb_step_point(emit(b, WB_OP_JUMP), jumps);
        jumps = jump;
        from = place_of(b, b->r.p);
        if (!wb_reader_accept(&b->r, '|'))
            b->refused = true; /* a ")" too many */
        b->label = b->count;
        n++;
    }
    if (!b->refused)
        alternatives(b, from);
    close_list(b, list, n, jumps);
}

/* ---- the whole ---- */

void wb_program_find_literal(struct wb_program *program)
{
    const struct wb_step *first = &program->steps[program->head.first];
    bool is_text = first->op == WB_OP_TEXT && !first->lazy;
    program->literal = is_text ? wb_slice(program->text + first->to, first->least) : WB_NONE;
}

/* All in one block. */
static struct wb_program *finished(const struct wb_builder *b)
{
    size_t steps = b->count * sizeof *b->steps, sets = b->set_count * sizeof *b->sets;
    size_t tables = b->table_words * sizeof *b->tables, starts = sizeof b->starts;
    size_t named = b->head.named_count * sizeof *b->named;
    _Static_assert(sizeof b->starts >= WB_TABLE_ROOM, "what stands behind the tables");
    struct wb_program *p =
        malloc(sizeof *p + sets + steps + named + tables + starts + b->text_n + WB_TEXT_ROOM);
    WB_CHECK(p);
    char *at = (char *)(p + 1);
    p->head = b->head;
    p->sets = memcpy(at, b->sets, sets);
    p->steps = memcpy(at += sets, b->steps, steps);
    p->named = memcpy(at += steps, b->named, named);
    p->tables = memcpy(at += named, b->tables, tables);
    p->starts = memcpy(at += tables, &b->starts, starts);
    p->text = memcpy(at + starts, b->text, b->text_n);
    memset(at + starts + b->text_n, 0, WB_TEXT_ROOM);
    wb_program_find_literal(p);
    return p;
}

struct wb_program *wb_program_new(struct wb_slice expression, int flags)
{
    size_t places = expression.n + 1, words = places / 64 + 1;
    struct wb_builder *b =
        malloc(sizeof *b + words * sizeof *b->special + places * sizeof *b->shape);
    WB_CHECK(b);
    memset(b, 0, offsetof(struct wb_builder, steps));
    b->r = wb_reader(expression);
    b->front = expression.p;
    b->special = (uint64_t *)(b + 1);
    b->shape = (struct wb_shape *)(b->special + words);
    wb_builder_find_shape(b, (uint32_t)expression.n);
    b->caseless = flags & WB_REGEX_CASELESS;
    b->named_only = flags & WB_REGEX_NAMED_ONLY;
    b->set_count = 1;
    memset(&b->sets[WB_ANY_SET], 0xFF, sizeof b->sets[WB_ANY_SET]);
    alternatives(b, (uint32_t)expression.n);
    emit(b, WB_OP_MATCH);
    b->head.groups = (uint8_t)b->groups;
    b->refused |= wb_reader_left(&b->r) > 0;
    struct wb_program *program = NULL;
    if (!b->refused) {
        wb_builder_join_jumps(b);
        wb_builder_find_starts(b);
        program = b->refused ? NULL : finished(b);
    }
    free(b);
    return program;
}

void wb_program_free(struct wb_program *program)
{
    free(program);
}
