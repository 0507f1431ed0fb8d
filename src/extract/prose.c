/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part written for people, read line by line with the patterns of a dialect.
 *
 * A line can have a role: it names a recipient, gives a reason, is an SMTP command or its answer,
 * begins the returned message. A reason goes on over following lines as far as its pattern says
 * (see enum wb_reach). Reasons belong to the recipient named last; one that stands before any
 * recipient, or behind several that have none yet, is shared by them.
 *
 *     <a@example.org>:                          recipient
 *     192.0.2.1 does not like recipient.        reason of a@example.org
 *     Remote host said: 550 no such user        ... goes on
 *                                               blank: the paragraph ends
 *     --- Below this line is a copy ...         original: the rest is the returned message
 */
#include "lines.h"
#include "prose_int.h"

#include "address.h"
#include "line_ends.h"
#include "original.h"
#include "reason.h"
#include "reply.h"
#include "utf8.h"

enum {
    AHEAD = 8,       /* lines that are taken together */
    MAX_FITTING = 6, /* patterns that fit one line; more are not kept */
    MAX_SOUGHT = 16, /* names without a domain; a report names a few, hostile ones thousands */
};

static bool fits(const struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                 struct wb_slice line, struct wb_groups *groups)
{
    const struct wb_regex *regex = wb_cat_line_regex(rd->ex->cat, pattern);
    return wb_regex_may_start(regex, line) && wb_regex_find(regex, rd->ex->matcher, line, groups);
}

/* ---- roles ---- */

/* The recipient's entry: from the fields if they named it, else a new one. */
static struct wb_evidence *recipient_for(struct wb_prose_reader *rd, struct wb_slice address)
{
    struct wb_extract *ex = rd->ex;
    address = wb_address_unquote(ex->arena, address);
    struct wb_evidence *known = wb_find_recipient(ex, address);
    if (known)
        return known;
    if (!wb_address_valid(address) || (rd->general && wb_is_own_address(ex, address)))
        return NULL;
    if (rd->first > 0) /* the fields have named everybody */
        return NULL;
    return wb_add_recipient(ex, address);
}

static void set_original(struct wb_prose_reader *rd, struct wb_evidence *r,
                         struct wb_slice original)
{
    if (!wb_address_same(original, r->address))
        r->original = wb_arena_copy(rd->ex->arena, original);
}

static void fill_in(struct wb_prose_reader *rd, struct wb_evidence *r,
                    const struct wb_line_pattern *pattern, const struct wb_groups *groups)
{
    struct wb_slice remote = wb_captured(pattern, groups, WB_CAPTURE_REMOTE);
    struct wb_slice ip = wb_captured(pattern, groups, WB_CAPTURE_IP);
    struct wb_slice status = wb_captured(pattern, groups, WB_CAPTURE_STATUS);
    struct wb_slice original = wb_captured(pattern, groups, WB_CAPTURE_ORIGINAL);
    struct wb_slice command = wb_captured(pattern, groups, WB_CAPTURE_COMMAND);
    struct wb_slice until = wb_captured(pattern, groups, WB_CAPTURE_UNTIL);
    if (remote.n && !r->remote_mta.n)
        r->remote_mta = remote;
    if (ip.n && !r->remote_ip.n)
        r->remote_ip = wb_reply_ip(ip);
    if (status.n && !r->status.class)
        r->status = wb_reply_find_status(status);
    if (original.n && !r->original.n)
        set_original(rd, r, wb_address_clean(original));
    if (command.n && !r->stage)
        r->stage = wb_reply_stage_of_command(command);
    if (pattern->stage && !r->stage)
        r->stage = (enum wb_stage)pattern->stage;
    if (until.n && !r->retry_until.known)
        r->retry_until = wb_date_parse(until);
}

/*
 * "a@example.org, b@example.org": a list on one line, from its first address on; true: longer.
 * It begins as it stands in the text (unescaped it may be a copy) with the one that was named:
 * in "<john smith@example.org>" nobody is called smith.
 */
static bool rest_of_list(struct wb_prose_reader *rd, struct wb_slice address, struct wb_slice named,
                         bool weak)
{
    struct wb_slice rest = wb_slice_span(wb_slice_end(address), wb_slice_end(rd->text)), line;
    int n = 0;
    if ((!rd->general && !wb_address_same(address, named)) || !wb_slice_line(&rest, &line))
        return false;
    do {
        n++;
        struct wb_evidence *r = recipient_for(rd, wb_address_clean(address));
        if (r)
            r->named = (uint8_t)(r->named | (weak ? WB_NAMED_WEAK : WB_NAMED_STRONG));
    } while ((address = wb_address_of_list(rd->ex, &line)).n);
    return n > 1;
}

/* Whom a line names, in full or by his name at the server. */
static struct wb_evidence *named_by(struct wb_prose_reader *rd,
                                    const struct wb_line_pattern *pattern, struct wb_slice *address)
{
    bool alone = pattern->home && wb_slice_chr(*address, '@') == address->n;
    if (alone) {
        bool seek = rd->sought++ < MAX_SOUGHT;
        struct wb_slice sent_to = seek ? wb_extract_sent_under(rd->ex, *address) : WB_NONE;
        *address = sent_to.n ? sent_to : wb_address_at_home(rd->ex, *address);
    }
    struct wb_evidence *r = recipient_for(rd, *address);
    if (r && alone)
        r->named |= WB_NAMED_ALONE;
    return r;
}

/* Where it stands in the text; found: in what was read of that, which may be the very same. */
static struct wb_slice first_listed(const struct wb_prose_reader *rd, struct wb_slice stands,
                                    struct wb_slice plain, struct wb_slice found)
{
    return rd->general && plain.p == stands.p ? found : wb_address_in(stands, true);
}

static void recipient_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                           const struct wb_groups *groups)
{
    struct wb_extract *ex = rd->ex;
    struct wb_slice stands = wb_captured(pattern, groups, WB_CAPTURE_RECIPIENT);
    struct wb_slice plain = wb_mail_unescape(ex->mail, stands);
    struct wb_slice address = wb_address_in(plain, rd->general), first = address;
    wb_close_reason(rd);
    uint32_t before = ex->recipient_count;
    struct wb_evidence *r = named_by(rd, pattern, &address);
    bool list =
        r && rest_of_list(rd, first_listed(rd, stands, plain, first), address, pattern->weak);
    if (!r && rd->first == 1) /* the alias of the one that the fields name */
        r = &ex->recipients[0];
    rd->alone = !list && (!rd->latest || rd->answered);
    rd->answered = false;
    rd->latest = r;
    wb_set_nameless(rd, pattern, r);
    if (!r)
        return;
    if (ex->recipient_count > before && rd->waiting_from > before)
        rd->waiting_from = before;
    fill_in(rd, r, pattern, groups);
    for (uint32_t i = before; rd->ahead.n && i < ex->recipient_count; i++)
        ex->recipients[i].explanation = rd->ahead;
    struct wb_slice reason = wb_captured(pattern, groups, WB_CAPTURE_DIAGNOSTIC);
    if (ex->recipient_count > before + 1)
        wb_share_reason(rd, reason);
    else if (pattern->capture[WB_CAPTURE_DIAGNOSTIC] || pattern->next)
        wb_open_reason(rd, pattern, reason, r);
}

/* Whose reason a line gives: of the one that it names, of the only one, of the one above. */
static struct wb_evidence *owner_of(struct wb_prose_reader *rd,
                                    const struct wb_line_pattern *pattern, struct wb_slice address)
{
    struct wb_extract *ex = rd->ex;
    struct wb_evidence *named = address.n ? recipient_for(rd, address) : NULL;
    if (named || (rd->nameless && ex->recipient_count))
        return named;
    if (ex->recipient_count == 1)
        return &ex->recipients[0];
    /* right below the line of one recipient, not of several */
    bool below = rd->latest && (rd->latest->explanation.n || rd->alone || pattern->own);
    return below ? rd->latest : NULL;
}

static void diagnostic_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                            const struct wb_groups *groups)
{
    struct wb_extract *ex = rd->ex;
    wb_close_reason(rd);
    struct wb_slice reason = wb_captured(pattern, groups, WB_CAPTURE_DIAGNOSTIC);
    if (pattern->ahead) {
        rd->ahead = reason;
        rd->waiting_from = ex->recipient_count;
        return;
    }
    struct wb_slice address = wb_address_clean(wb_captured(pattern, groups, WB_CAPTURE_RECIPIENT));
    struct wb_evidence *owner = owner_of(rd, pattern, address);
    if (!owner && rd->nameless && ex->recipient_count)
        return;
    rd->answered = true;
    if (owner)
        fill_in(rd, owner, pattern, groups);
    bool whole = !pattern->capture[WB_CAPTURE_DIAGNOSTIC] && !pattern->next;
    wb_open_reason(rd, pattern, whole ? groups->whole : reason, owner);
}

/* True when the line told of the report or the returned mail: then it is no line of a reason. */
static bool field_captures(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                           const struct wb_groups *groups)
{
    struct wb_extract *ex = rd->ex;
    bool told = false;
    struct {
        enum wb_capture capture;
        struct wb_slice *to;
    } texts[] = {{WB_CAPTURE_REPORTER, &ex->reporting_mta},
                 {WB_CAPTURE_SUBJECT, &ex->original.subject},
                 {WB_CAPTURE_DATE, &ex->original.date},
                 {WB_CAPTURE_SENDER, &ex->original.from},
                 {WB_CAPTURE_MESSAGE_ID, &ex->original.message_id},
                 {WB_CAPTURE_QUEUE_ID, &ex->queue_id}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct wb_slice value = wb_captured(pattern, groups, texts[i].capture);
        told |= value.n > 0;
        if (value.n && !texts[i].to->n)
            *texts[i].to = value;
    }
    struct wb_slice until = wb_captured(pattern, groups, WB_CAPTURE_UNTIL);
    if (until.n && !ex->retry_until.known)
        ex->retry_until = wb_date_parse(until);
    struct wb_evidence *r = rd->open ? rd->owner : NULL;
    if (!r && ex->recipient_count)
        r = &ex->recipients[ex->recipient_count - 1];
    if (r && !rd->nameless)
        fill_in(rd, r, pattern, groups);
    return told;
}

/* ---- the loop ---- */

/* A server speaks of all that follow; in a list of results the line is about the one above it. */
static void delivered_line(struct wb_prose_reader *rd)
{
    if (!rd->general)
        rd->delivered = true;
    else if (rd->latest)
        rd->latest->action = WB_ACTION_DELIVERED;
}

static void take_role(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                      const struct wb_groups *groups)
{
    switch ((enum wb_role)pattern->role) {
    case WB_ROLE_BEGIN:
        wb_close_reason(rd);
        wb_end_section(rd);
        rd->started = true;
        field_captures(rd, pattern, groups);
        break;
    case WB_ROLE_END:
        wb_close_reason(rd);
        rd->started = false;
        break;
    case WB_ROLE_RECIPIENT: recipient_line(rd, pattern, groups); break;
    case WB_ROLE_DIAGNOSTIC: diagnostic_line(rd, pattern, groups); break;
    case WB_ROLE_COMMAND: wb_command_line(rd, pattern, groups); break;
    case WB_ROLE_REPLY: wb_reply_line(rd, pattern, groups); break;
    case WB_ROLE_SUMMARY: wb_summary_line(rd, pattern, groups); break;
    case WB_ROLE_FIELD: rd->told |= field_captures(rd, pattern, groups); break;
    case WB_ROLE_DELAYED:
        rd->delayed = true;
        field_captures(rd, pattern, groups);
        break;
    case WB_ROLE_FAILED: /* fields know better than the general words */
        rd->ex->gave_up |= !(rd->general && rd->first);
        break;
    case WB_ROLE_DELIVERED: delivered_line(rd); break;
    case WB_ROLE_ORIGINAL:
    case WB_ROLE_OTHER:
    case WB_ROLE_FOOTER:
    case WB_ROLE_SKIP:
    case WB_ROLE_COUNT: break;
    }
}

/* Roles that a line has beside another one. */
static bool is_aside(enum wb_role role)
{
    return role == WB_ROLE_BEGIN || role == WB_ROLE_FIELD || role == WB_ROLE_DELAYED ||
           role == WB_ROLE_FAILED || role == WB_ROLE_DELIVERED;
}

static void mark(struct wb_extract *ex, struct wb_slice line, enum wb_role role)
{
    if (ex->marks && ex->mark_count < WB_MAX_PROSE_HITS)
        ex->marks[ex->mark_count++] = (struct wb_mark){line, role};
}

/*
 * A pattern that fits a line, and where its groups stand in it, up to the last one that it asks
 * for; [0] is all of the match.
 */
struct fit {
    uint16_t pattern, groups;
    struct {
        uint16_t from, n;
    } group[WB_MAX_GROUPS];
};

/*
 * Those that fit, in their order, up to the first that is no aside. Before the report itself starts
 * nobody is named: nearly always none of those that would name somebody fits, and it is the same.
 */
struct fitting {
    uint16_t n;
    bool holds[2]; /* before the start, behind it */
    struct fit fit[];
};

static void keep_fit(struct fit *fit, const struct wb_prose_reader *rd, uint32_t pattern,
                     struct wb_slice line, const struct wb_groups *groups)
{
    int last = 0;
    for (int i = 0; i < WB_CAPTURE_COUNT; i++)
        if (rd->patterns[pattern].capture[i] > last)
            last = rd->patterns[pattern].capture[i];
    fit->pattern = (uint16_t)pattern;
    fit->groups = (uint16_t)(last + 1);
    for (int i = 0; i <= last; i++) {
        struct wb_slice group = i ? groups->group[i] : groups->whole;
        fit->group[i].from = group.n ? (uint16_t)(group.p - line.p) : 0;
        fit->group[i].n = (uint16_t)group.n;
    }
}

/* Nobody looks at the others. */
static void take_kept_groups(const struct fit *fit, struct wb_slice line, struct wb_groups *out)
{
    out->whole = wb_slice(line.p + fit->group[0].from, fit->group[0].n);
    for (int i = 1; i < fit->groups; i++)
        out->group[i] = wb_slice(line.p + fit->group[i].from, fit->group[i].n);
}

/* Takes along the roles that only carry facts; true when the line has a role beside them. */
static bool take_fitting(struct wb_prose_reader *rd, struct wb_slice line, uint32_t index,
                         const struct wb_groups *groups)
{
    const struct wb_line_pattern *pattern = &rd->patterns[index];
    if (!is_aside((enum wb_role)pattern->role))
        return true;
    mark(rd->ex, line, (enum wb_role)pattern->role);
    take_role(rd, pattern, groups);
    return false;
}

/* What was tried of a line: the fitting patterns of which MAX_FITTING are noted. */
struct tried {
    uint32_t n;
    bool named; /* one that names a recipient fits, whether that counts or not */
    struct fit fit[MAX_FITTING];
};

/* Tries one pattern after the other. */
static const struct wb_line_pattern *try_all(struct wb_prose_reader *rd, struct wb_slice line,
                                             struct wb_groups *groups, struct tried *tried)
{
    bool has_at = wb_slice_chr(line, '@') < line.n;
    for (uint32_t i = 0; i < rd->dialect->patterns; i++) {
        const struct wb_line_pattern *pattern = &rd->patterns[i];
        if (pattern->role == WB_ROLE_OTHER || pattern->role == WB_ROLE_FOOTER ||
            (pattern->needs_at && !has_at) ||
            !wb_line_possible(rd->ex, rd->dialect->first_pattern + i) ||
            !fits(rd, pattern, line, groups))
            continue;
        tried->named |= pattern->role == WB_ROLE_RECIPIENT;
        if (pattern->role == WB_ROLE_RECIPIENT && !rd->started)
            continue;
        if (rd->line->kept && tried->n < MAX_FITTING)
            keep_fit(&tried->fit[tried->n], rd, i, line, groups);
        tried->n++;
        if (take_fitting(rd, line, i, groups))
            return pattern;
    }
    return NULL;
}

/* The same, and what fits is kept in the session's cache. */
static const struct wb_line_pattern *try_and_keep(struct wb_prose_reader *rd, struct wb_slice line,
                                                  struct wb_groups *groups)
{
    struct tried tried = {.n = 0};
    const bool started = rd->started;
    const struct wb_line_pattern *pattern = try_all(rd, line, groups, &tried);
    if (!rd->line->kept || tried.n > MAX_FITTING)
        return pattern;
    size_t bytes = tried.n * sizeof *tried.fit;
    struct fitting *row = wb_cache_add(rd->ex->cache, &rd->line->key, sizeof *row + bytes);
    if (!row)
        return pattern;
    row->n = (uint16_t)tried.n;
    row->holds[started] = true;
    row->holds[!started] = !tried.named;
    if (bytes)
        memcpy(row->fit, tried.fit, bytes);
    return pattern;
}

static uint32_t line_tag(const struct wb_prose_reader *rd)
{
    return WB_CACHE_LINE + rd->index;
}

/*
 * The pattern of the line; roles that only carry facts are taken along on the way. Most lines are
 * the fixed words of some server, and most of these have no role: which patterns fit a line is
 * kept.
 */
static const struct wb_line_pattern *fitting_of(struct wb_prose_reader *rd, struct wb_slice line,
                                                struct wb_groups *groups)
{
    rd->told = false;
    const struct fitting *known = wb_cache_take(rd->line->row, &rd->line->key);
    if (!known || !known->holds[rd->started])
        return try_and_keep(rd, line, groups);
    for (uint32_t i = 0; i < known->n; i++) {
        take_kept_groups(&known->fit[i], line, groups);
        if (take_fitting(rd, line, known->fit[i].pattern, groups))
            return &rd->patterns[known->fit[i].pattern];
    }
    return NULL;
}

/* The same, without the recipients of lines that are about somebody else. */
static const struct wb_line_pattern *role_of(struct wb_prose_reader *rd, struct wb_slice line,
                                             struct wb_groups *groups)
{
    const struct wb_line_pattern *pattern = fitting_of(rd, line, groups);
    if (rd->general && pattern && pattern->role == WB_ROLE_RECIPIENT &&
        wb_line_of_other(rd->ex, line))
        return NULL;
    return pattern;
}

static void note_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                      struct wb_slice line, bool blank)
{
    if (pattern || (!blank && !rd->spoken)) /* what nobody knows may be told below a warning */
        rd->footer = NULL;
    if (pattern) {
        rd->spoken = true;
        mark(rd->ex, line, (enum wb_role)pattern->role);
    } else if (rd->open && !blank && !rd->told) {
        mark(rd->ex, line, WB_ROLE_DIAGNOSTIC);
    }
}

/* False: the returned message begins behind this line. */
static bool read_line(struct wb_prose_reader *rd, const struct wb_prose_line *l)
{
    struct wb_groups groups;
    const struct wb_slice line = l->text;
    const bool blank = l->blank;
    rd->line = l;
    if (wb_in_footer(rd, line, blank)) {
        mark(rd->ex, line, WB_ROLE_FOOTER);
        return true;
    }
    const struct wb_line_pattern *pattern = blank ? NULL : role_of(rd, line, &groups);
    if (blank)
        rd->latest = NULL;
    note_line(rd, pattern, line, blank);
    if (pattern && pattern->role == WB_ROLE_ORIGINAL) {
        rd->ex->prose = wb_slice_span(rd->text.p, line.p);
        rd->ex->prose_rest = wb_slice_span(l->behind, wb_slice_end(rd->ex->text));
        return false;
    }
    if (pattern)
        take_role(rd, pattern, &groups);
    else
        wb_plain_line(rd, line, blank);
    if (rd->general && !rd->told && (!pattern || pattern->role == WB_ROLE_DIAGNOSTIC))
        wb_leftovers_take(rd->ex, &rd->left, line);
    return true;
}

/*
 * Takes the next lines of the rest. Of all of them memory is asked at once for what is known: most
 * is, but lies where the processor's cache has lost it long ago.
 */
static uint32_t look_ahead(struct wb_prose_reader *rd, struct wb_lines *rest,
                           struct wb_prose_line *out)
{
    uint32_t n = 0;
    for (; n < AHEAD && wb_lines_next(rest, &out[n].text); n++) {
        struct wb_prose_line *l = &out[n];
        l->behind = rest->start;
        l->blank = wb_line_blank(l->text);
        l->kept = !l->blank && wb_is_kept_line(rd->ex, l->text);
        l->row = NULL;
        if (!l->kept)
            continue;
        l->key = wb_cache_key(l->text, line_tag(rd));
        wb_cache_expect(rd->ex->cache, &l->key);
    }
    for (uint32_t i = 0; i < n; i++)
        if (out[i].kept)
            out[i].row = wb_cache_seek(rd->ex->cache, &out[i].key);
    return n;
}

static void read_lines(struct wb_prose_reader *rd)
{
    struct wb_lines rest;
    struct wb_prose_line lines[AHEAD];
    uint32_t n, i;
    wb_lines_open(&rest, rd->text);
    wb_find_general_lines(rd);
    do {
        n = look_ahead(rd, &rest, lines);
        for (i = 0; i < n && read_line(rd, &lines[i]); i++)
            ;
    } while (n && i == n);
    wb_close_reason(rd);
    if (rd->footer && rd->footer > rd->text.p)
        rd->ex->prose = wb_slice_span(rd->text.p, rd->footer);
    if (rd->general && !rd->first)
        wb_settle_recipients(rd->ex, &rd->left);
}

static void read_as(struct wb_extract *ex, uint16_t dialect)
{
    uint32_t n;
    struct wb_prose_reader rd;
    memset(&rd, 0, offsetof(struct wb_prose_reader, lines));
    rd.ex = ex;
    rd.dialect = &wb_cat_dialects(ex->cat, &n)[dialect];
    rd.index = dialect;
    rd.text = wb_slice_head(ex->prose, ex->before_trace.n);
    rd.first = rd.section = ex->recipient_count;
    rd.patterns = wb_cat_patterns(ex->cat, &n) + rd.dialect->first_pattern;
    rd.general = rd.dialect->flags & WB_DIALECT_GENERAL;
    rd.started = rd.general || !ex->begins[dialect];
    read_lines(&rd);
    wb_join_transcript(&rd);
    if (!rd.general && !rd.delayed && !rd.delivered && !ex->gave_up)
        rd.delayed = wb_tells_of_delay(&rd);
    wb_set_outcomes(&rd);
    if (!rd.general)
        wb_drop_silent_sender(ex, rd.first);
}

/*
 * The fields name several, and nobody knows yet which words of the prose are about whom: it is of a
 * server that nobody described, or its dialect found no line that it knows.
 */
static bool is_undivided(const struct wb_extract *ex)
{
    bool told = ex->shared.n > 0;
    for (uint32_t i = 0; i < ex->recipient_count; i++)
        told |= ex->recipients[i].explanation.n > 0;
    return ex->recipient_count > 1 && !told;
}

/* The prose up to its first trace field, which is mostly that of the whole text. */
static struct wb_slice prose_before_trace(const struct wb_extract *ex)
{
    enum { LONGEST = 16 }; /* bytes of a line end and a trace field's name */
    size_t n = ex->before_trace.n;
    if (ex->prose.p != ex->text.p || (n < ex->prose.n && n + LONGEST > ex->prose.n))
        return wb_before_trace(ex->prose);
    return wb_slice_head(ex->prose, n);
}

void wb_extract_prose(struct wb_extract *ex)
{
    wb_extract_text(ex);
    if (ex->prose_read || !ex->prose.n)
        return;
    ex->prose_read = true;
    wb_recognise_lines(ex);
    uint16_t general = wb_cat_general(ex->cat);
    if (ex->dialect != WB_NO_INDEX)
        read_as(ex, ex->dialect);
    /* a report of a known server in words that its dialect does not know yet */
    bool nobody = !ex->recipient_count && wb_may_name_recipients(ex) && !wb_is_about_its_writer(ex);
    if (ex->dialect != general && (nobody || is_undivided(ex)))
        read_as(ex, general);
    ex->told_apart = wb_tells_apart(ex);
    wb_extract_stages(ex);
    if (!ex->prose_rest.n)
        ex->prose = prose_before_trace(ex);
}
