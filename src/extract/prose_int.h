/* SPDX-License-Identifier: BSD-2-Clause */
/* What the readers of prose and of the transcripts in it share. */
#ifndef WB_PROSE_INT_H
#define WB_PROSE_INT_H

#include "extract_int.h"

enum { WB_MAX_EXCHANGES = 64, WB_MAX_REASON_LINES = 48 };

/* A command of the transcript and what it was answered. */
struct wb_exchange {
    struct wb_slice address; /* in the command or the answer; empty: none */
    struct wb_slice to;      /* the command */
    struct wb_slice reply;
    struct wb_slice host; /* that gave it; empty: not told */
    enum wb_stage stage;
    bool goes_on; /* its last line so far was "550-..." */
    bool own;     /* the reporting server's own words */
};

/* A line, what stands behind it, and what is sought of it in the session's cache. */
struct wb_prose_line {
    struct wb_slice text;
    const char *behind;
    bool blank, kept; /* kept: what is known of it is in the cache, or may be put there */
    struct wb_cache_key key;
    void *row; /* see wb_cache_seek */
};

struct wb_prose_reader {
    struct wb_extract *ex;
    const struct wb_dialect *dialect;
    uint16_t index; /* of the dialect */
    const struct wb_line_pattern *patterns;
    struct wb_slice text; /* all of it */
    bool started, general;
    bool delayed, delivered;
    uint32_t first;        /* recipients from here on came from this prose */
    uint32_t sought;       /* names without a domain for which the text was gone through */
    uint32_t waiting_from; /* recipients from here on have no reason yet */
    uint32_t section;      /* recipients from here on stand below the last heading */
    const struct wb_prose_line *line; /* the one that is being read */
    /* the reason that is being read */
    bool open;
    enum wb_reach reach;
    int line_count;             /* 0: it begins with the next line that is not blank */
    struct wb_evidence *owner;  /* NULL: shared */
    struct wb_evidence *latest; /* the recipient named last in this paragraph, or NULL */
    bool alone, answered;       /* no other stands above it without a reason; a reason follows */
    bool told;                  /* this line told of the report: it is no part of the reason */
    bool may_have_footer;       /* words of such a line of the general dialect stand there */
    bool may_tell_of_delay;     /* the same */
    bool in_footer;             /* up to the next blank line */
    bool spoken;                /* a line had a role */
    const char *footer;         /* where the last one begins; NULL: a line with a role follows it */
    bool nameless; /* the lines are about a recipient without an address: a program, a file */
    struct wb_slice shared_before; /* the shared reason above these lines */
    struct wb_slice ahead;         /* the reason of recipients that are yet to be named */
    struct wb_slice above;         /* one that stands before any of them */
    struct wb_leftovers left;
    /* the transcript */
    int exchange_count;
    struct wb_slice command, host; /* the host that is being talked to */
    const char *transcript;        /* where it begins; NULL: there is none */
    /* room: of the reason's lines, and of the transcript */
    struct wb_slice lines[WB_MAX_REASON_LINES];
    struct wb_exchange exchanges[WB_MAX_EXCHANGES];
};

static inline struct wb_slice wb_captured(const struct wb_line_pattern *pattern,
                                          const struct wb_groups *groups, enum wb_capture capture)
{
    int group = pattern->capture[capture];
    return group ? wb_slice_trim(groups->group[group]) : WB_NONE;
}

/* Notes which patterns of the general dialect that are for all can fit: mostly none. */
void wb_find_general_lines(struct wb_prose_reader *rd);
/* Whether a footer begins on this line, or above it in the same paragraph; it ends a reason. */
bool wb_in_footer(struct wb_prose_reader *rd, struct wb_slice line, bool blank);

/*
 * Whether the general dialect sees a line of the prose tell of a delay, and none of a failure;
 * asked only when no fields say it.
 */
bool wb_tells_of_delay(const struct wb_prose_reader *rd);

/* A heading ends what the one above it says of the recipients between them. */
void wb_end_section(struct wb_prose_reader *rd);

/*
 * A line begins a recipient, perhaps one without an address: Sendmail lists "|/usr/bin/program"
 * beside addresses. What is said of that is no reason of theirs; only where none is listed it may
 * be that of the address that stands behind it. r: the one that the line names, or NULL.
 */
void wb_set_nameless(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                     const struct wb_evidence *r);

/* What became of each recipient of whom no field says it. */
void wb_set_outcomes(struct wb_prose_reader *rd);

/*
 * Whether the prose gives a recipient words, and one behind it others or none. Then the reason of
 * one may stand anywhere in it, and says nothing of the others. Those in front of the first words
 * may share them: a list above its reason.
 */
bool wb_tells_apart(const struct wb_extract *ex);

/* A line that is a command, an answer to one, or what the server makes of them. */
void wb_command_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                     const struct wb_groups *groups);
void wb_reply_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                   const struct wb_groups *groups);
void wb_summary_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                     const struct wb_groups *groups);

/* Gives each recipient the answer that is about it: the transcript knows the whole of it. */
void wb_join_transcript(struct wb_prose_reader *rd);

#endif
