/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer of a check: for a person, or as one line of JSON (doc/check.md). */
#include "checker.h"

#include <jansson.h>
#include <stdlib.h>

#include "find.h"

static const struct {
    const char *name, *mark, *colour, *id;
} states[] = {
    [WB_FINDING_OK] = {"ok", "✓", "\033[32m", "result.healthy"},
    [WB_FINDING_NOTE] = {"note", "·", "", "result.healthy"},
    [WB_FINDING_UNKNOWN] = {"unknown", "?", "\033[33m", "result.unknown"},
    [WB_FINDING_TROUBLE] = {"trouble", "✗", "\033[31m", "result.trouble"},
};

static const char *result_name(enum wb_finding_state state)
{
    return state == WB_FINDING_OK ? "healthy" : states[state].name;
}

/* ---- for a person ---- */

static void put_line(const struct wb_check_settings *s, const struct wb_finding *f,
                     struct wb_buf *out)
{
    const char *colour = s->colour ? states[f->state].colour : "";
    wb_buf_printf(out, "  %s%s%s ", colour, states[f->state].mark, *colour ? "\033[0m" : "");
    wb_put_finding(out, f, s->language);
    wb_buf_byte(out, '\n');
}

static void put_transcript(struct wb_slice transcript, struct wb_buf *out)
{
    struct wb_slice line;
    while (wb_slice_line(&transcript, &line)) {
        wb_buf_lit(out, "    ");
        wb_buf_safe(out, line);
        wb_buf_byte(out, '\n');
    }
}

/* "example.org: there is trouble."; of a bounce "Now  a@example.org  The domain is found again." */
static void put_heading(const struct wb_check_settings *s, const struct wb_answer *answer,
                        struct wb_buf *out)
{
    struct wb_finding heading = {.id = answer->words ? answer->words : states[answer->result].id,
                                 .subject = answer->subject};
    if (answer->words) {
        wb_buf_printf(out, "\n%s  ", wb_words("live.label", s->language));
        wb_buf_safe(out, answer->subject);
        wb_buf_put(out, answer->subject.n ? WB_S("  ") : WB_NONE);
    }
    wb_put_finding(out, &heading, s->language);
    wb_buf_byte(out, '\n');
}

static void put_text(const struct wb_check_settings *s, const struct wb_answer *answer,
                     const struct wb_findings *findings, struct wb_buf *out)
{
    put_heading(s, answer, out);
    for (size_t i = 0; i < findings->n; i++)
        put_line(s, &findings->items[i], out);
    if (s->verbose)
        put_transcript(findings->transcript, out);
}

/* ---- JSON ---- */

/* Bytes that are no UTF-8 become U+FFFD, unsafe characters go. */
static json_t *string(struct wb_slice text)
{
    struct wb_buf safe = {0};
    wb_buf_safe(&safe, text);
    json_t *value = json_stringn(safe.n ? safe.p : "", safe.n);
    wb_buf_free(&safe);
    return value;
}

static json_t *finding(const struct wb_check_settings *s, const struct wb_finding *f)
{
    struct wb_buf words = {0};
    json_t *values = json_array();
    wb_put_finding(&words, f, s->language);
    for (int i = 0; i < WB_FINDING_VALUES; i++)
        if (f->value[i].n)
            json_array_append_new(values, string(f->value[i]));
    json_t *all = json_pack("{s:s, s:s, s:o, s:o, s:o}", "id", f->id, "state",
                            states[f->state].name, "subject", string(f->subject), "values", values,
                            "text", string(wb_buf_slice(&words)));
    wb_buf_free(&words);
    return all;
}

static json_t *transcript_lines(struct wb_slice transcript)
{
    json_t *lines = json_array();
    struct wb_slice line;
    while (wb_slice_line(&transcript, &line))
        json_array_append_new(lines, string(line));
    return lines;
}

static void put_json(const struct wb_check_settings *s, const struct wb_answer *answer,
                     const struct wb_findings *findings, struct wb_buf *out)
{
    json_t *list = json_array();
    for (size_t i = 0; i < findings->n; i++)
        json_array_append_new(list, finding(s, &findings->items[i]));
    json_t *all = json_pack("{s:i, s:o, s:s, s:o}", "schema", 1, "subject", string(answer->subject),
                            "result", result_name(answer->result), "findings", list);
    if (answer->cause.n)
        json_object_set_new(all, "cause", string(answer->cause));
    if (answer->words)
        json_object_set_new(all, "text", json_string(wb_words(answer->words, s->language)));
    if (s->verbose)
        json_object_set_new(all, "transcript", transcript_lines(findings->transcript));
    char *text = json_dumps(all, JSON_COMPACT);
    if (text)
        wb_buf_put(out, wb_slice_str(text));
    wb_buf_byte(out, '\n');
    free(text);
    json_decref(all);
}

void wb_put_answer(const struct wb_check_settings *s, const struct wb_answer *answer,
                   const struct wb_findings *findings, struct wb_buf *out)
{
    (s->json ? put_json : put_text)(s, answer, findings, out);
}
